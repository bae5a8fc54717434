"""A position with a SIP phone and a phone in the page is as busy as the busier of the two."""

from datetime import UTC, datetime, timedelta

from callcenter.core import facts
from callcenter.core.apply import apply
from callcenter.core.codec import fact_from_plain, fact_to_plain
from callcenter.core.facts import Fact
from callcenter.core.floor import Floor
from callcenter.core.position import Position
from callcenter.core.seen import FloorSeen, PositionSeen

AT = datetime(2026, 1, 14, tzinfo=UTC)
BUDI, SIP, PAGE = "e112-1.0", "e112-1.1", "e112-1.2"


def sip(phone: str | None, paused: bool | None = None) -> PositionSeen:
    return PositionSeen("101", AT, phone, paused, in_queue=True)


def page(phone: str | None, paused: bool | None = None) -> PositionSeen:
    return PositionSeen("101", AT, phone, paused, in_queue=True, page=True)


def floor_after(*told: Fact) -> Floor:
    floor = Floor()
    for fact in told:
        floor, _ = apply(floor, fact)
    return floor


def at_101(*told: Fact) -> Position:
    return floor_after(*told).positions["101"]


def test_either_phone_makes_the_position_reachable() -> None:
    assert at_101(sip("UNREACHABLE"), page("IDLE")).phone == "IDLE"
    assert at_101(page("UNREACHABLE"), sip("IDLE")).phone == "IDLE"
    assert not at_101(sip("UNREACHABLE"), page("UNREACHABLE")).reachable


def test_the_busier_one_counts() -> None:
    assert at_101(sip("IDLE"), page("IN_USE")).phone == "IN_USE"
    assert at_101(page("RINGING"), sip("IDLE")).phone == "RINGING"
    assert at_101(page("IN_USE"), sip("IDLE"), page("IDLE")).phone == "IDLE"


def test_the_page_is_said_to_ring_while_it_is_signed_in() -> None:
    assert at_101(sip("IDLE"), page("IDLE")).in_page
    assert not at_101(sip("IDLE"), page("IDLE"), page("UNREACHABLE")).in_page


def test_a_phone_that_rests_during_a_call_does_not_pause_the_position() -> None:
    assert not at_101(sip("IDLE"), page("IN_USE"), sip(None, paused=True)).paused
    assert at_101(sip("IDLE", paused=True), page("IDLE", paused=True)).paused
    assert at_101(sip("IDLE", paused=True), page("UNREACHABLE")).paused, "the page that is not there is not asked"


def test_since_is_of_the_word_that_is_shown() -> None:
    later = AT + timedelta(seconds=5)
    seen = at_101(sip("IDLE"), PositionSeen("101", later, "IDLE", page=True))
    assert seen.since == AT


def test_one_phone_rejects_and_the_other_rings_on() -> None:
    rings = (facts.PhoneCalled(BUDI, AT, "101", SIP), facts.PhoneCalled(BUDI, AT, "101", PAGE))
    call = floor_after(facts.CallQueued(BUDI, AT), *rings, facts.PhoneUnanswered(BUDI, AT, "101", PAGE)).calls[BUDI]
    assert [ring.leg for ring in call.rings] == [SIP]
    old = floor_after(facts.CallQueued(BUDI, AT), *rings, facts.PhoneUnanswered(BUDI, AT, "101")).calls[BUDI]
    assert old.rings == (), "journals of before name no leg"


def test_a_snapshot_tells_both() -> None:
    assert floor_after(FloorSeen(AT, "boot", positions=(sip("UNREACHABLE"), page("IDLE")))).positions["101"].in_page


def test_it_is_kept_in_the_journal_like_every_fact() -> None:
    for fact in (page("IDLE"), sip(None), facts.PhoneUnanswered(BUDI, AT, "101", PAGE)):
        assert fact_from_plain(fact_to_plain(fact)) == fact
