"""Ready, paused, writing up: what Asterisk is asked, what it tells, and that nobody waits because of it."""

from datetime import timedelta

from callcenter.asterisk.inbox import House, read
from callcenter.asterisk.pauses import orders, pack, unpack
from callcenter.core import facts
from callcenter.core.desk_wishes import BeReady, TakePause
from callcenter.core.floor import Floor
from callcenter.core.forward import allow
from callcenter.core.position import Pause
from callcenter.core.readiness import OFF, WRAP_UP, aimed, lacking, over, spoken, writes_after
from callcenter.core.seen import PositionSeen
from tests.core.test_floor import after, play

LUNCH = TakePause("101", "MEAL", "siti", after(5))
READY = BeReady("101", "siti")


def seat(
    position: str = "101", phone: str = "IDLE", pause: str = "", until: float | None = None, page: bool = False
) -> PositionSeen:
    why = Pause(pause, after(1), after(until) if until else None) if pause else None
    return PositionSeen(position, after(1), phone, bool(pause), in_queue=True, page=page, pause=why)


def floor_of(*news: facts.Fact) -> Floor:
    return play(*news)[0]


def caller(call: str = "c1", *, test: bool = False) -> tuple[facts.Fact, ...]:
    return facts.CallArrived(call, after(2), "0812", test=test), facts.CallQueued(call, after(2))


def test_a_pause_goes_to_both_phones_in_the_queue_that_counts_pauses_with_its_reason_and_moment() -> None:
    floor = floor_of(seat(), seat(page=True))
    wish = aimed(floor, LUNCH)
    assert isinstance(wish, TakePause)
    asked = [order.headers for order in orders(wish, "emergency")]
    assert [each["Interface"] for each in asked] == ["PJSIP/101", "PJSIP/101-web"]
    assert {each["Queue"] for each in asked} == {"emergency"}, "the other queue rings paused phones"
    assert {each["Paused"] for each in asked} == {"true"}
    found = unpack(str(asked[0]["Reason"]))
    assert found == Pause("MEAL", after(5).replace(microsecond=0))
    assert [o.headers["Interface"] for o in orders(aimed(floor_of(seat()), READY), "emergency")] == ["PJSIP/101"]


def test_what_asterisk_tells_of_a_pause_is_read_back_also_by_our_next_life() -> None:
    wish = TakePause("101", WRAP_UP, "wrap-up", after(5), after(35.2))
    told = {"Event": "QueueMemberStatus", "Queue": "emergency", "Interface": "PJSIP/101", "Paused": "1", "Status": "1"}
    fact = read(House(), {**told, "PausedReason": pack(wish)}, after(6))
    here = floor_of(fact).positions["101"] if fact else None
    assert here is not None and here.pause is not None
    assert here.pause.code == WRAP_UP and here.turned == here.pause.since
    assert here.pause.until is not None and after(35.2) <= here.pause.until <= after(36.2), "never too early"
    fact = read(House(), {**told, "PausedReason": "by hand at the console"}, after(6))
    here = floor_of(fact).positions["101"] if fact else None
    assert here is not None and here.paused and here.pause is None and here.turned == after(6)
    assert unpack("MEAL.x") is None and unpack("") is None


def test_ready_while_she_speaks_does_not_wake_the_phone_that_rests() -> None:
    floor = floor_of(seat(phone="IN_USE", pause="MEAL"), seat(page=True, pause="MEAL"))
    assert aimed(floor, READY).phones == ("sip",)
    away = floor_of(seat(phone="IN_USE", pause="MEAL"), seat(phone="UNREACHABLE", page=True, pause="MEAL"))
    assert aimed(away, READY).phones == ("sip", "page"), "a page that is not there does not rest: nobody would wake it"
    assert aimed(floor, LUNCH).phones == ("sip", "page"), "a pause holds after the call, on both"


def test_what_cannot_be_asked_is_refused_in_words() -> None:
    assert str(allow(Floor(), LUNCH, {}, now=after(5))).startswith("Position 101 is not in Asterisk's queue")
    assert allow(floor_of(seat()), LUNCH, {}, now=after(5)) is None
    bad = TakePause("101", "meal\r\nAction: Originate", "siti", after(5))
    assert str(allow(floor_of(seat()), bad, {}, now=after(5))) == "Choose one of the reasons for a pause."
    speaking = floor_of(seat(), *caller(), facts.CallAnswered("c1", after(4), "101", "leg"))
    assert allow(speaking, LUNCH, {}, now=after(5)) is None
    home = TakePause("101", OFF, "siti", after(5))
    assert str(allow(speaking, home, {}, now=after(5))) == "Position 101 is in a call. End it first."


def test_writing_begins_after_a_call_with_somebody_and_never_over_a_pause_of_her_own() -> None:
    answered = (*caller(), facts.CallAnswered("c1", after(4), "101", "leg"))
    speaking = floor_of(seat(), *answered)
    call = spoken(speaking)["101"]
    done = floor_of(seat(), *answered, facts.LegEnded("c1", after(20), 16))
    assert writes_after(done, "101", call)
    assert not writes_after(speaking, "101", call), "the call goes on"
    died = floor_of(seat(phone="UNREACHABLE"), *answered, facts.LegEnded("c1", after(20), 16))
    assert not writes_after(died, "101", call), "her phone is gone, and must ring as soon as it is back"
    paused = floor_of(seat(pause="MEAL"), *answered, facts.LegEnded("c1", after(20), 16))
    assert not writes_after(paused, "101", call)
    again = floor_of(seat(pause=WRAP_UP, until=9), *answered, facts.LegEnded("c1", after(20), 16))
    assert writes_after(again, "101", call), "she took another call while she wrote: the writing begins anew"


def test_nobody_waits_because_of_somebodys_writing() -> None:
    writing = (seat("101", pause=WRAP_UP, until=60), seat("102", pause="MEAL"))
    now = after(10)
    assert over(floor_of(*writing), now) == []
    assert [each.number for each in over(floor_of(*writing), now + timedelta(seconds=50))] == ["101"]
    alone = floor_of(*writing, *caller())
    assert lacking(alone) == 1
    assert [each.number for each in over(alone, now)] == ["101"], "a caller waits, and nobody else is free"
    with_budi = floor_of(*writing, seat("103"), *caller())
    assert over(with_budi, now) == [], "103 is free: her phone rings"
    two = floor_of(*writing, seat("103", "RINGING"), *caller(), *caller("c2"))
    assert [each.number for each in over(two, now)] == ["101"]
    assert over(floor_of(*writing, *caller(test=True)), now) == [], "the system's own test is nobody"
    assert not writes_after(
        two, "103", spoken(floor_of(*caller("c3"), facts.CallAnswered("c3", after(3), "103", "l")))["103"]
    )
