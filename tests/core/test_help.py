"""Help: the first one is rung, the next one where he does not come, nobody once one is there or she stopped."""

import json

from callcenter.core import desk_facts, facts
from callcenter.core.agency import OverflowLine
from callcenter.core.call import Call
from callcenter.core.codec import from_plain, to_plain
from callcenter.core.desk_wishes import CallHelp, HelpNext, Release, StopHelp
from callcenter.core.forward import allow
from callcenter.core.help import NOBODY, Standing, due, leg_for, rung, standing
from callcenter.core.wishes import Wish
from tests.core.test_floor import ANSWERED, AYU, BUDI, after, play

BIMA = OverflowLine("104", "position", name="Bima")
CHIEF = OverflowLine("+6281234500112", "trunk:main", name="on call")
ROOM = "1121768352400"
TO_BIMA, TO_CHIEF = f"desk-104-1-{BUDI}", f"desk-6281234500112-1-{BUDI}"
THERE = (facts.RoomJoined(AYU, after(10), ROOM), facts.RoomJoined(BUDI, after(10), ROOM))
ASKED = (
    *THERE,
    desk_facts.DeskPhoneCalled(BUDI, after(11), TO_BIMA, "104"),  # the leg may tell itself before we are told
    desk_facts.HelpAsked(BUDI, after(11.1), "ayu", (BIMA, CHIEF)),
    desk_facts.ColleagueAsked(BUDI, after(11.1), TO_BIMA, "104", "ayu", help=1, name="Bima"),
)
SECOND = (
    *ASKED,
    facts.LegEnded(TO_BIMA, after(31), 19),
    desk_facts.ColleagueAsked(BUDI, after(31.1), TO_CHIEF, "6281234500112", "ayu", help=2, name="on call"),
)


def call_of(*told: facts.Fact) -> Call:
    return play(*ANSWERED, *told)[1][BUDI]


def refusal(wish: Wish, *told: facts.Fact) -> str:
    return str(allow(play(*ANSWERED, *told)[0], wish, {}, now=after(0)) or "")


def wish(*lines: OverflowLine, position: str = "101") -> CallHelp:
    return CallHelp(BUDI, lines, position, "ayu")


def test_the_next_one_is_rung_where_the_first_does_not_come() -> None:
    assert standing(call_of(*ASKED)) is Standing.RINGING and due(call_of(*ASKED)) == []
    missed = call_of(*ASKED, facts.LegEnded(TO_BIMA, after(31), 19))
    assert standing(missed) is Standing.NEXT
    assert due(missed) == [HelpNext(BUDI, 1, 2)]
    assert leg_for(missed, CHIEF) == TO_CHIEF
    assert refusal(HelpNext(BUDI, 1, 2), *ASKED) != "", "not while the first one rings"
    assert [helper.name for helper in rung(call_of(*SECOND))] == ["Bima", "on call"]
    nobody = call_of(*SECOND, facts.LegEnded(TO_CHIEF, after(51), 17))
    assert standing(nobody) is Standing.FAILED and due(nobody) == []


def test_whoever_comes_ends_it_and_may_be_left_with_the_caller() -> None:
    there = call_of(*ASKED, facts.RoomJoined(TO_BIMA, after(15), ROOM))
    assert standing(there) is Standing.THERE and due(there) == []
    gone = call_of(*ASKED, facts.RoomJoined(TO_BIMA, after(15), ROOM), facts.LegEnded(TO_BIMA, after(40), 16))
    assert standing(gone) is Standing.LEFT and due(gone) == [], "he was there: nobody else is rung"
    taken = call_of(*ASKED, facts.RoomJoined(TO_BIMA, after(15), ROOM), facts.LegEnded(AYU, after(40), 16))
    assert taken.position == "104", "she leaves: the call is his"


def test_she_stops_it_and_may_begin_again() -> None:
    stopped = (*ASKED, desk_facts.HelpStopped(BUDI, after(14), "ayu"), facts.LegEnded(TO_BIMA, after(14.1), 16))
    assert standing(call_of(*stopped)) is Standing.STOPPED and due(call_of(*stopped)) == []
    assert refusal(StopHelp(BUDI, "101", "ayu"), *stopped) == "Help is not being called."
    again = call_of(*stopped, desk_facts.HelpAsked(BUDI, after(20), "ayu", (BIMA,)))
    assert rung(again) == [] and leg_for(again, BIMA) == f"desk-104-2-{BUDI}"


def test_what_cannot_be_is_refused_in_words() -> None:
    assert refusal(wish(BIMA)) == ""
    assert refusal(wish()) == NOBODY
    assert refusal(wish(BIMA), *ASKED) == "Help is being called already."
    assert refusal(wish(BIMA, position="102")) == "Position 101 is speaking with this caller."
    assert refusal(wish(BIMA), facts.LegEnded(BUDI, after(9), 16)) == "This call has ended."


def test_nobody_is_rung_into_a_call_that_she_has_left() -> None:
    agency = f"fwd-damkar-1-1-{BUDI}"
    left = (
        facts.AttemptDialled(BUDI, after(12), agency, "damkar", 1, 1),
        facts.LegAnswered(agency, after(13)),
        facts.RoomJoined(agency, after(14), ROOM),
        facts.LegEnded(AYU, after(16), 16),
    )
    assert due(call_of(*ASKED, *left)) == [Release(BUDI, TO_BIMA)]


def test_a_new_life_of_the_service_knows_whom_to_ring_next() -> None:
    call = call_of(*ASKED, facts.LegEnded(TO_BIMA, after(31), 19))
    kept = from_plain(Call, json.loads(json.dumps(to_plain(call))))
    assert kept == call and due(kept) == [HelpNext(BUDI, 1, 2)]
