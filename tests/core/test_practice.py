"""A practice call is a test, rings one position, dials nobody true, and ends as soon as a true caller is there."""

from callcenter.asterisk.control import Road
from callcenter.asterisk.inbox import House, read
from callcenter.asterisk.outbox import dial, orders
from callcenter.asterisk.wire import Fields
from callcenter.core import facts
from callcenter.core.agency import Agency, Line, OverflowLine
from callcenter.core.chain import Dial
from callcenter.core.desk_wishes import CallHelp, Consult, Practise, Release
from callcenter.core.floor import Floor
from callcenter.core.forward import allow
from callcenter.core.practice import CALLER_FIRST, CUT, NOT_FREE, ONLY_YOU, STORIES, practice_of, story_of, to_end
from callcenter.core.seen import PositionSeen
from callcenter.core.share import Share
from callcenter.core.wall import State, look
from callcenter.core.wishes import Wish
from tests.core.test_floor import after, play

DRILL, HER = "e112-1790000500.1", "leg-101"
SEAT = PositionSeen("101", after(0), "IDLE", False, True)
CAME = (
    facts.CallArrived(DRILL, after(1), "112", dialled="112*101*1", test=True),
    facts.CallQueued(DRILL, after(1)),
)
SPEAKS = (*CAME, facts.PhoneCalled(DRILL, after(2), "101", HER), facts.CallAnswered(DRILL, after(4), "101", HER))
TRUE = (facts.CallArrived("e112-1790000501.9", after(9), "0812"), facts.CallQueued("e112-1790000501.9", after(9)))


def floor_of(*told: facts.Fact) -> Floor:
    return play(SEAT, PositionSeen("102", after(0), "IDLE", False, True), *told)[0]


def refusal(wish: Wish, *told: facts.Fact) -> str:
    return str(allow(floor_of(*told), wish, {}, now=after(0)) or "")


def test_asterisks_own_call_is_known_for_a_practice_from_its_first_event() -> None:
    began: Fields = {"Event": "Newchannel", "Uniqueid": DRILL, "Context": "from-self-test", "Exten": "112*101*1"}
    fact = read(House(), began, after(1))
    assert isinstance(fact, facts.CallArrived) and fact.test
    assert practice_of(floor_of(fact).calls[DRILL]) == "101" and story_of(fact.dialled) is STORIES["1"]
    elsewhere = read(House(), began | {"Context": "from-phone"}, after(1))
    assert not isinstance(elsewhere, facts.CallArrived), "nobody dials a practice with a phone"
    joined: Fields = {"Event": "QueueCallerJoin", "Uniqueid": DRILL, "Queue": "practice-101"}
    assert isinstance(read(House(), joined, after(1)), facts.CallQueued)


def test_it_ends_as_soon_as_a_true_caller_is_there() -> None:
    assert to_end(floor_of(*SPEAKS)) == []
    assert to_end(floor_of(*CAME, *TRUE)) == [Release(DRILL, DRILL, CUT)], "also while it rings"
    wish = to_end(floor_of(*SPEAKS, TRUE[0]))[0]
    assert wish == Release(DRILL, DRILL, CUT), "before he even waits"
    call = floor_of(*SPEAKS).calls[DRILL]
    assert [order.headers["Cause"] for order in orders(wish, call)] == ["42"]
    assert to_end(floor_of(*TRUE)) == []


def test_it_is_refused_in_words_where_it_would_be_in_the_way() -> None:
    wish = Practise("1", "101", "siti")
    assert refusal(wish) == ""
    assert refusal(wish, *TRUE) == CALLER_FIRST
    assert refusal(wish, *CAME) == NOT_FREE, "one at a time"
    assert refusal(wish, PositionSeen("101", after(1), "IN_USE")) == NOT_FREE
    assert refusal(Practise("9", "101", "siti")) == "There is no such practice call."


def test_nobody_true_is_rung_from_it() -> None:
    call = floor_of(*SPEAKS).calls[DRILL]
    damkar = Agency("damkar", "113", "Damkar", "Fire", (Line("113", "trunk:main"),))
    order = dial(Dial(Share("damkar", 1), 1), call, damkar, "FIRE")
    assert order.headers["Channel"] == "PJSIP/agency@self-test"
    chief = OverflowLine("+628123", "trunk:main", name="chief")
    asked = orders(CallHelp(DRILL, (chief,), "101", "siti"), call, Road("trunk:main"))
    assert [o.headers["Channel"] for o in asked if o.action == "Originate"] == ["PJSIP/agency@self-test"]
    assert refusal(Consult(DRILL, "102", "101", "siti"), *SPEAKS) == ONLY_YOU


def test_the_wall_says_that_she_practises_and_counts_nothing_of_it() -> None:
    wall = look(floor_of(*SPEAKS), ["101"], {"101": "Siti"})
    assert [seat.state for seat in wall.seats] == [State.PRACTICE]
    assert (wall.waiting, wall.talking) == (0, 0)
