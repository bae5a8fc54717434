"""What is wrong in the room, and from when on a person is told."""

from callcenter.core.alarms import A_TRUNK, NO_PHONE, NO_TRUNK, NOBODY_HEARS, since, told, wrong
from callcenter.core.floor import Floor
from callcenter.core.position import Phone, Position
from tests.core.test_floor import after


def floor(*phones: Phone) -> Floor:
    return Floor(positions={str(place): Position(str(place), phone) for place, phone in enumerate(phones, 101)})


def test_a_room_in_which_one_phone_is_registered_has_no_alarm() -> None:
    assert wrong(floor(Phone.UNREACHABLE, Phone.IDLE), line_up=True, trunks={"a": True}, others={"line": None}) == {}


def test_no_phone_at_all_is_one_but_not_while_nobody_could_know() -> None:
    empty = floor(Phone.UNREACHABLE, Phone.UNREACHABLE)
    assert wrong(empty, line_up=True, trunks={}, others={}) == {"phones": NO_PHONE}
    alone = wrong(empty, line_up=True, trunks={}, others={}, overflow=False)
    assert alone == {"phones": NOBODY_HEARS}, "overflow lines must not be promised where none is set"
    assert wrong(empty, line_up=False, trunks={}, others={"line": "No link."}) == {"line": "No link."}
    assert wrong(Floor(), line_up=True, trunks={}, others={}) == {}


def test_trunks_that_do_not_answer_are_named() -> None:
    here = floor(Phone.IDLE)
    both = wrong(here, line_up=True, trunks={"b": False, "a": False}, others={})
    assert both == {"trunks": NO_TRUNK.format(names="a, b")}
    one = wrong(here, line_up=True, trunks={"b": False, "a": True}, others={})
    assert one == {"trunks": A_TRUNK.format(names="b")}


def test_it_is_told_after_its_grace_with_its_first_moment() -> None:
    first = since({}, {"phones": "x", "disk": "full"}, after(0))
    assert list(told(first, after(1))) == ["disk"]
    later = since(first, {"phones": "y"}, after(30))
    assert told(later, after(30))["phones"].since == after(0)
    assert told(later, after(30))["phones"].sentence == "y"
    assert since(later, {}, after(40)) == {}


def test_a_clock_that_is_set_back_neither_ends_an_alarm_nor_hides_it_for_an_hour() -> None:
    before = since({}, {"phones": "x"}, after(3600))
    assert list(told(since(before, {"phones": "x"}, after(30)), after(30))) == ["phones"]
