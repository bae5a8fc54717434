"""Which line of an agency is dialled, when the next one follows, and that a chain always ends."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from callcenter.core import facts
from callcenter.core.agency import Agency, Line
from callcenter.core.apply import apply
from callcenter.core.call import Call, Stage
from callcenter.core.chain import KEYLESS, Dial, Due, Escalate, GiveUp, Release, Stop, due, look_again
from callcenter.core.facts import Fact
from callcenter.core.floor import Floor
from callcenter.core.seen import FloorSeen, LegSeen
from callcenter.core.share import Mode, Status
from tests.core.test_floor import ANSWERED, AYU, BUDI, after, play


def line(number: str, **more: object) -> Line:
    return replace(Line(number, "trunk:op"), **more)  # type: ignore[arg-type]


CHAIN = Agency("damkar", "113", "Damkar", "", (line("1"), line("2"), line("3")), escalation="bpbd")
TOGETHER = Agency("bpbd", "117", "BPBD", "", (line("7", order=1), line("8", order=1), line("9")), escalation="polres")
POLICE = Agency("polres", "110", "Polres", "", (line("5"),), escalation="damkar")
AGENCIES = {each.code: each for each in (CHAIN, TOGETHER, POLICE)}
IN_ROOM = (facts.RoomJoined(BUDI, after(9), "r"), facts.RoomJoined(AYU, after(9), "r"))


def asked(agency: str = "damkar", mode: Mode = Mode.WARM) -> Fact:
    return facts.ForwardAsked(BUDI, after(10), agency, 1, "ayu", mode.value)


def leg(place: int, agency: str = "damkar", turn: int = 1) -> str:
    return f"fwd-{agency}-{place}-{turn}-{BUDI}"


def dialled(place: int, seconds: float, agency: str = "damkar") -> Fact:
    return facts.AttemptDialled(BUDI, after(seconds), leg(place, agency), agency, place, 1)


def steps(seconds: float, *told: Fact) -> list[Due]:
    floor, _ = play(*ANSWERED, *IN_ROOM, *told)
    return list(due(floor.calls[BUDI], AGENCIES, after(seconds)))


def places(found: list[Due]) -> list[int]:
    return [step.place for step in found if isinstance(step, Dial)]


def test_the_first_line_is_dialled_and_the_next_one_when_it_is_over() -> None:
    assert places(steps(10, asked())) == [1]
    assert steps(12, asked(), dialled(1, 10)) == []
    assert places(steps(12, asked(), dialled(1, 10), facts.LegEnded(leg(1), after(12), 17))) == [2]


def test_a_voice_box_does_not_hold_the_chain_for_an_hour_when_the_clock_is_set_back() -> None:
    floor, _ = play(*ANSWERED, *IN_ROOM, asked(), dialled(1, 3605), facts.LegAnswered(leg(1), after(3610)))
    call = floor.calls[BUDI]
    assert list(due(call, AGENCIES, after(3612))) == []
    assert places(list(due(call, AGENCIES, after(25)))) == [2]


def test_a_line_that_was_lifted_without_a_key_has_15_s_then_the_next_one_rings_beside_it() -> None:
    lifted = (asked(), dialled(1, 10), facts.LegAnswered(leg(1), after(14)))
    assert steps(28.9, *lifted) == []
    assert steps(29, *lifted) == [step for step in steps(29, *lifted) if isinstance(step, Dial)]
    assert places(steps(29, *lifted)) == [2]
    floor, _ = play(*ANSWERED, *IN_ROOM, *lifted)
    assert look_again(floor.calls[BUDI], AGENCIES, after(20)) == after(29)
    assert Stop(leg(1), 31) in steps(14 + KEYLESS.total_seconds(), *lifted, dialled(2, 29))


def test_lines_of_one_step_ring_together_and_the_first_acceptance_stops_the_others() -> None:
    assert places(steps(10, asked("bpbd"))) == [1, 2]
    both = (asked("bpbd"), dialled(1, 10, "bpbd"), dialled(2, 10, "bpbd"))
    busy = facts.LegEnded(leg(1, "bpbd"), after(11), 17)
    assert steps(11, *both, busy) == []
    key = facts.AttemptAccepted(leg(2, "bpbd"), after(14), "key")
    assert steps(14, *both, facts.LegAnswered(leg(2, "bpbd"), after(12)), key) == [Stop(leg(1, "bpbd"), 26)]


def test_an_order_that_was_not_confirmed_holds_the_chain_until_the_floor_tells() -> None:
    unsure = (asked(), facts.AttemptQueued(BUDI, after(10), leg(1), "damkar", 1, 1, "1", "ayu"))
    assert steps(300, *unsure) == []
    her = LegSeen(AYU, after(0), BUDI, room="r", position="101", talking=True)
    here = (LegSeen(BUDI, after(0), BUDI, room="r", talking=True), her)
    there = FloorSeen(after(14), "b", (*here, LegSeen(leg(1), after(10), BUDI, agency="damkar", line=1, turn=1)))
    assert steps(15, *unsure, there) == []
    nowhere = FloorSeen(after(14), "b", here, timeline=True)
    assert places(steps(15, *unsure, nowhere)) == [1]  # the same line, so the same id
    unknown = FloorSeen(after(14), "b", here)
    assert places(steps(15, *unsure, unknown)) == [2]  # it may have rung: not again


def test_after_the_last_line_the_next_agency_is_tried_and_this_one_was_not_reached() -> None:
    told: list[Fact] = [asked()]
    for place in (1, 2, 3):
        told += [dialled(place, 10 + place), facts.LegEnded(leg(place), after(10.5 + place), 19)]
    escalate, give_up = steps(14, *told)
    assert isinstance(escalate, Escalate)
    assert (escalate.share.agency, escalate.share.escalated_from, escalate.share.by) == ("bpbd", "damkar-1", "ayu")
    assert isinstance(give_up, GiveUp)
    assert give_up.status is Status.UNREACHED


def test_a_line_out_of_hours_is_skipped() -> None:
    day = replace(CHAIN, lines=(line("1", hours="20:00-21:00"), line("2")))
    floor, _ = play(*ANSWERED, asked())
    (step,) = due(floor.calls[BUDI], {"damkar": day}, after(10))
    assert isinstance(step, Dial)
    assert step.place == 2


def test_when_her_phone_dies_nobody_rings_for_an_empty_room() -> None:
    died = (asked(), dialled(1, 10), facts.LegEnded(AYU, after(12), 38), facts.CallQueued(BUDI, after(12)))
    (give_up,) = steps(12, *died)
    assert isinstance(give_up, GiveUp)
    over = facts.ForwardStopped(BUDI, after(12), "damkar", 1, "CANCELLED")
    assert steps(12, *died, over) == [Stop(leg(1), 31)]


def test_when_the_caller_hangs_up_the_chain_goes_on_and_she_relays() -> None:
    gone = (asked(), dialled(1, 10), facts.LegEnded(BUDI, after(12), 16))
    floor, _ = play(*ANSWERED, *IN_ROOM, *gone)
    call = floor.at_position("101")
    assert call is not None
    assert (call.stage, call.relay, call.forwards[0].mode) == (Stage.ENDED, True, Mode.RELAY)
    assert places(steps(13, *gone, facts.LegEnded(leg(1), after(13), 17))) == [2]
    joined = (facts.AttemptAccepted(leg(1), after(14), "key"), facts.RoomJoined(leg(1), after(14), "r"))
    assert steps(15, *gone, *joined) == []
    assert steps(20, *gone, *joined, facts.LegEnded(leg(1), after(20), 16)) == [Release(AYU)]
    floor, calls = play(*ANSWERED, *IN_ROOM, *gone, facts.LegEnded(AYU, after(15), 16))
    assert steps(15, *gone, facts.LegEnded(AYU, after(15), 16))  # the leg that still rings is stopped
    floor, calls = play(facts.LegEnded(leg(1), after(16), 31), floor=floor)
    assert not floor.calls
    assert calls[BUDI].forwards[0].status is Status.CANCELLED


def test_an_agency_that_says_elsewhere_that_it_comes_is_not_dialled_further_nor_is_another() -> None:
    taken = facts.ForwardTaken(BUDI, after(11), "damkar", 1, "regu-1")
    rings = (asked(), dialled(1, 10), taken)
    assert steps(12, *rings) == []  # somebody is on the way to the phone
    assert steps(13, *rings, facts.LegEnded(leg(1), after(13), 19)) == []
    joined = (facts.LegAnswered(leg(1), after(13)), facts.AttemptAccepted(leg(1), after(14), "key"))
    assert steps(14, *rings, *joined) == []
    assert Stop(leg(1), 26) in steps(300, *rings, facts.LegAnswered(leg(1), after(13)))


def test_blind_she_leaves_by_herself_at_the_acceptance() -> None:
    told = (asked(mode=Mode.BLIND), dialled(1, 10), facts.LegAnswered(leg(1), after(12)))
    assert steps(13, *told) == []
    assert steps(14, *told, facts.RoomJoined(leg(1), after(14), "r")) == [Release(AYU)]


@dataclass
class World:
    """Asterisk, the agencies and chance: carries out what is due, and answers as the dice say."""

    dice: list[int]
    floor: Floor = field(default_factory=Floor)
    now: datetime = field(default_factory=lambda: after(10))
    ordered: list[str] = field(default_factory=list)

    def hear(self, fact: Fact) -> None:
        self.floor, _ = apply(self.floor, fact)

    @property
    def call(self) -> Call | None:
        return self.floor.calls.get(BUDI)

    def throw(self) -> int:
        return self.dice.pop() if self.dice else 0

    def take(self, step: Due) -> None:
        match step:
            case Dial(share, place):
                name = leg(place, share.agency, share.turn)
                assert name not in self.ordered, "a line is dialled once in a forward"
                self.ordered.append(name)
                told = name, share.agency, place, share.turn
                if self.throw() % 5 == 4:
                    self.hear(facts.AttemptQueued(BUDI, self.now, *told, "1", "ayu"))
                self.hear(facts.AttemptDialled(BUDI, self.now, *told))
            case Stop(name, cause):
                self.hear(facts.LegEnded(name, self.now, cause))
            case Release(name):
                self.hear(facts.LegEnded(name, self.now, 16))
            case GiveUp(share, status):
                self.hear(facts.ForwardStopped(BUDI, self.now, share.agency, share.turn, status.value))
            case Escalate(share):
                more = share.by, share.mode.value, share.escalated_from
                self.hear(facts.ForwardAsked(BUDI, self.now, share.agency, share.turn, *more))

    def happen(self) -> None:
        """Something that nobody ordered."""
        legs = [a.leg for a in self.call.attempts if a.live] if self.call else []
        chosen, what = (legs[self.throw() % len(legs)] if legs else AYU), self.throw() % 12
        happened: dict[int, Fact] = {
            0: facts.LegRinging(chosen, self.now),
            1: facts.LegAnswered(chosen, self.now),
            2: facts.LegEnded(chosen, self.now, 17),
            3: facts.LegEnded(chosen, self.now, 19),
            4: facts.AttemptAccepted(chosen, self.now, "key"),
            5: facts.RoomJoined(chosen, self.now, "r"),
            6: facts.LegEnded(BUDI, self.now, 16),
            7: facts.LegEnded(AYU, self.now, 16),
            8: facts.ForwardStopped(BUDI, self.now, "damkar", 1, "CANCELLED", "ayu"),
            9: facts.RoomLeft(chosen, self.now, "r"),
            10: facts.ForwardTaken(BUDI, self.now, "damkar", 1, "regu-1"),
        }
        if what in happened:
            self.hear(happened[what])

    def turn(self) -> bool:
        """All that is due, then chance or time. False: nothing will ever happen again."""
        for _ in range(100):
            found = due(self.call, AGENCIES, self.now) if self.call else ()
            if not found:
                break
            self.take(found[0])
        else:
            raise AssertionError("what is due does not end")
        if self.dice:
            self.now += timedelta(seconds=self.throw() % 20)
            self.happen()
            return True
        moment = look_again(self.call, AGENCIES, self.now) if self.call else None
        self.now = moment or self.now
        return moment is not None


@given(
    st.lists(st.integers(0, 1000), max_size=60), st.sampled_from(["damkar", "bpbd", "polres"]), st.sampled_from(Mode)
)
@settings(max_examples=400)
def test_whatever_happens_no_line_is_dialled_twice_and_the_chain_ends(dice: list[int], agency: str, mode: Mode) -> None:
    world = World(dice)
    for fact in (*ANSWERED, *IN_ROOM, asked(agency, mode)):
        world.hear(fact)
    for _ in range(400):
        if not world.turn():
            break
    else:
        raise AssertionError("the chain goes on for ever")
    call = world.call
    if call is not None:
        assert not any(share.trying for share in call.forwards), "nothing is still being tried"
        assert not any(a.live and a.accepted_at is None for a in call.attempts), "nothing rings for ever"
        assert len({share.agency for share in call.forwards}) == len(call.forwards), "each agency once in a chain"
