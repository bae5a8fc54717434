"""The floor under any order, repetition or loss of facts."""

from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from callcenter.core import facts
from callcenter.core.apply import apply
from callcenter.core.call import NEXT, Call, Outcome, Stage
from callcenter.core.codec import fact_from_plain, fact_to_plain, from_plain, to_plain
from callcenter.core.facts import Fact
from callcenter.core.floor import Floor, Gap
from callcenter.core.seen import FloorSeen, LegSeen, PositionSeen

START = datetime(2026, 1, 14, 1, 0, tzinfo=UTC)
BUDI, SITI = "e112-1768352400.0", "e112-1768352407.3"  # two callers
AYU, DEWI, DAMKAR = "e112-1768352401.1", "e112-1768352402.2", f"fwd-damkar-1-1-{BUDI}"


def after(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def play(*told: Fact, floor: Floor | None = None) -> tuple[Floor, dict[str, Call]]:
    """The floor after these facts, and the last state of every call they touched."""
    floor, calls = floor or Floor(), {}
    for fact in told:
        floor, changed = apply(floor, fact)
        calls.update({call.id: call for call in changed})
    return floor, calls


ANSWERED: tuple[Fact, ...] = (
    facts.CallArrived(BUDI, after(0), "+6281234567890", "Budi"),
    facts.CallQueued(BUDI, after(0.1), "+6281234567890"),
    facts.PhoneCalled(BUDI, after(0.2), "101", AYU),
    facts.PhoneCalled(BUDI, after(0.3), "102", DEWI),
    facts.CallLeftQueue(BUDI, after(4)),
    facts.CallAnswered(BUDI, after(4), "101", AYU),
    facts.LegEnded(DEWI, after(4), 26),
)
FORWARDED: tuple[Fact, ...] = (
    facts.RoomJoined(BUDI, after(10), "room"),
    facts.RoomJoined(AYU, after(10), "room"),
    facts.AttemptQueued(BUDI, after(10), DAMKAR, "damkar", 1, 1, "113", "ayu"),
    facts.AttemptDialled(BUDI, after(10.1), DAMKAR, "damkar", 1, 1),
    facts.LegRinging(DAMKAR, after(10.5)),
    facts.LegAnswered(DAMKAR, after(13)),
    facts.AttemptAccepted(DAMKAR, after(16), "key"),
    facts.RoomJoined(DAMKAR, after(16), "room"),
)


def test_a_call_that_is_answered_and_ended_keeps_every_moment() -> None:
    floor, calls = play(*ANSWERED, facts.LegEnded(AYU, after(60), 16), facts.LegEnded(BUDI, after(60), 16))
    call = calls[BUDI]
    assert (call.arrived_at, call.queued_at, call.rang_at, call.answered_at, call.ended_at) == tuple(
        after(s) for s in (0, 0.1, 0.2, 4, 60)
    )
    assert (call.outcome, call.answered_by, call.disconnected_early) == (Outcome.ANSWERED, "101", False)
    assert not floor.calls
    assert not floor.legs


def test_a_caller_who_hangs_up_before_the_queue_was_lost_in_the_message() -> None:
    _, calls = play(facts.CallArrived(BUDI, after(0)), facts.LegEnded(BUDI, after(2), 16))
    assert calls[BUDI].outcome is Outcome.ABANDONED_IVR


def test_five_seconds_tell_a_short_abandon_from_one_in_the_queue() -> None:
    for waited, outcome in ((4.9, Outcome.ABANDONED_SHORT), (5.0, Outcome.ABANDONED)):
        _, calls = play(
            facts.CallQueued(BUDI, after(0)),
            facts.CallAbandoned(BUDI, after(waited), waited),
            facts.CallLeftQueue(BUDI, after(waited)),
            facts.LegEnded(BUDI, after(waited), 0),
        )
        assert calls[BUDI].outcome is outcome


def test_a_wait_that_we_end_is_nobody_available() -> None:
    _, calls = play(
        facts.CallQueued(BUDI, after(0)), facts.CallLeftQueue(BUDI, after(60)), facts.LegEnded(BUDI, after(61), 16)
    )
    assert calls[BUDI].outcome is Outcome.NO_AGENT


def test_a_caller_who_goes_while_a_phone_is_being_lifted_has_abandoned() -> None:
    _, calls = play(
        facts.CallQueued(BUDI, after(0)),
        facts.PhoneCalled(BUDI, after(0), "101", AYU),
        facts.LegAnswered(AYU, after(6)),
        facts.CallLeftQueue(BUDI, after(6)),
        facts.LegEnded(BUDI, after(6), 16),
    )
    assert calls[BUDI].outcome is Outcome.ABANDONED


def test_the_queue_s_time_limit_changes_neither_the_first_moment_nor_the_outcome() -> None:
    floor, calls = play(
        facts.CallQueued(BUDI, after(0)), facts.CallLeftQueue(BUDI, after(45)), facts.CallQueued(BUDI, after(45.2))
    )
    assert floor.calls[BUDI].stage is Stage.WAITING
    assert floor.calls[BUDI].queued_at == after(0)
    _, calls = play(facts.CallAbandoned(BUDI, after(50), 5), facts.LegEnded(BUDI, after(50)), floor=floor)
    assert calls[BUDI].outcome is Outcome.ABANDONED


def test_a_hand_over_ends_with_caller_and_agency_speaking_on() -> None:
    floor, calls = play(*ANSWERED, *FORWARDED)
    attempt = calls[BUDI].attempts[0]
    assert (attempt.dialled_at, attempt.ringing_at, attempt.answered_at, attempt.accepted_at) == tuple(
        after(s) for s in (10.1, 10.5, 13, 16)
    )
    assert (attempt.result, attempt.accepted_by, attempt.number, attempt.by) == ("ACCEPTED", "key", "113", "ayu")
    floor, calls = play(facts.RoomLeft(AYU, after(30), "room"), facts.LegEnded(AYU, after(30), 16), floor=floor)
    assert calls[BUDI].stage is Stage.HANDED_OVER
    assert floor.at_position("101") is None
    floor, calls = play(facts.LegEnded(BUDI, after(50), 16), facts.LegEnded(DAMKAR, after(51), 16), floor=floor)
    assert (calls[BUDI].outcome, calls[BUDI].accepted_at) == (Outcome.ANSWERED, after(16))
    assert calls[BUDI].attempts[0].ended_at == after(51)
    assert not floor.calls


def test_an_agency_that_hangs_up_last_ends_a_good_call() -> None:
    floor, _ = play(*ANSWERED, *FORWARDED, facts.LegEnded(AYU, after(30), 16))
    _, calls = play(facts.LegEnded(DAMKAR, after(50), 16), facts.LegEnded(BUDI, after(50.1), 16), floor=floor)
    assert not calls[BUDI].disconnected_early


def test_an_agency_that_lifts_and_hangs_up_has_declined() -> None:
    for cause, result in ((17, "BUSY"), (19, "NO_ANSWER"), (21, "DECLINED"), (16, "CANCELLED"), (1, "FAILED")):
        _, calls = play(*ANSWERED, *FORWARDED[:4], facts.LegEnded(DAMKAR, after(12), cause))
        assert calls[BUDI].attempts[0].result == result
    _, calls = play(*ANSWERED, *FORWARDED[:6], facts.LegEnded(DAMKAR, after(14), 16))
    assert calls[BUDI].attempts[0].result == "DECLINED"


def test_an_agency_s_line_that_cannot_even_be_dialled_has_failed() -> None:
    refused = facts.AttemptRefused(BUDI, after(11), DAMKAR, "damkar", 1, 1)
    for told in ((FORWARDED[2], refused), (refused, FORWARDED[2])):  # Asterisk's two words may cross
        _, calls = play(*ANSWERED, *told)
        assert (calls[BUDI].attempts[0].result, calls[BUDI].attempts[0].by) == ("FAILED", "ayu")


def test_a_caller_put_back_keeps_his_answer_and_is_owed_a_callback_when_he_gives_up() -> None:
    floor, calls = play(*ANSWERED, facts.LegEnded(AYU, after(20), 44), facts.CallQueued(BUDI, after(20.1)))
    assert (calls[BUDI].stage, calls[BUDI].answered_at) == (Stage.WAITING, after(4))
    _, calls = play(facts.CallAbandoned(BUDI, after(30), 10), facts.LegEnded(BUDI, after(30)), floor=floor)
    assert (calls[BUDI].outcome, calls[BUDI].disconnected_early) == (Outcome.ANSWERED, True)


def test_late_facts_do_not_bring_a_call_back() -> None:
    floor, _ = play(*ANSWERED, facts.LegEnded(BUDI, after(60), 16))
    floor, calls = play(*ANSWERED, *FORWARDED, facts.CallAbandoned(BUDI, after(70)), floor=floor)
    assert not calls
    assert not floor.calls


def test_an_asterisk_that_died_takes_its_calls_with_it_and_they_are_owed_a_callback() -> None:
    floor, _ = play(FloorSeen(after(-1), "first"), *ANSWERED, facts.LineLost(after(20), "gone"))
    floor, calls = play(FloorSeen(after(40), "second"), floor=floor)
    assert (calls[BUDI].outcome, calls[BUDI].disconnected_early, calls[BUDI].end_seen) == ("ANSWERED", True, False)
    assert floor.gaps == (Gap(after(20), after(40), found=0, unknown=0, cut=1),)


def test_a_snapshot_finds_calls_that_came_while_nobody_listened() -> None:
    legs = (
        LegSeen(BUDI, after(5), BUDI, "+62812", entry=True, talking=True, dialled="112"),
        LegSeen(AYU, after(6), BUDI, position="101", talking=True),
        LegSeen(SITI, after(12), SITI, "+62813", entry=True, waiting_since=after(13), dialled="112"),
    )
    floor, _ = play(FloorSeen(after(20), "boot", legs=legs, positions=(PositionSeen("101", after(20), "IN_USE"),)))
    assert (floor.calls[BUDI].stage, floor.calls[BUDI].position) == (Stage.TALKING, "101")
    assert (floor.calls[SITI].stage, floor.calls[SITI].queued_at) == (Stage.WAITING, after(13))


MOMENTS = st.integers(0, 600).map(lambda tenths: after(tenths / 10))
CALLS, LEGS = st.sampled_from([BUDI, SITI]), st.sampled_from([BUDI, SITI, AYU, DEWI, DAMKAR])
POSITIONS = st.sampled_from(["101", "102"])
ANY_FACT: st.SearchStrategy[Fact] = st.one_of(
    st.builds(facts.CallArrived, CALLS, MOMENTS),
    st.builds(facts.CallQueued, CALLS, MOMENTS),
    st.builds(facts.CallLeftQueue, CALLS, MOMENTS),
    st.builds(facts.CallAbandoned, CALLS, MOMENTS),
    st.builds(facts.PhoneCalled, CALLS, MOMENTS, POSITIONS, LEGS),
    st.builds(facts.PhoneUnanswered, CALLS, MOMENTS, POSITIONS),
    st.builds(facts.CallAnswered, CALLS, MOMENTS, POSITIONS, LEGS),
    st.builds(facts.LegStarted, LEGS, MOMENTS),
    st.builds(facts.LegRinging, LEGS, MOMENTS),
    st.builds(facts.LegAnswered, LEGS, MOMENTS),
    st.builds(facts.LegHeld, LEGS, MOMENTS, st.booleans()),
    st.builds(facts.LegEnded, LEGS, MOMENTS, st.sampled_from([0, 16, 17, 26, 44])),
    st.builds(facts.RoomJoined, LEGS, MOMENTS, st.just("room")),
    st.builds(facts.RoomLeft, LEGS, MOMENTS, st.just("room")),
    st.builds(facts.AttemptDialled, CALLS, MOMENTS, st.just(DAMKAR), st.just("damkar"), st.just(1), st.just(1)),
    st.builds(facts.AttemptAccepted, LEGS, MOMENTS, st.just("key")),
    st.builds(facts.LineLost, MOMENTS, st.just("gone")),
    st.builds(
        FloorSeen,
        MOMENTS,
        st.sampled_from(["first", "second"]),
        st.lists(st.builds(LegSeen, LEGS, MOMENTS, CALLS, entry=st.booleans()), max_size=3).map(tuple),
    ),
)


@settings(max_examples=400)
@given(st.lists(ANY_FACT, max_size=40))
def test_no_order_repetition_or_loss_of_facts_breaks_the_floor(told: list[Fact]) -> None:
    floor = Floor()
    for fact in told:
        floor, changed = apply(floor, fact)
        assert len({call.id for call in changed}) == len(changed)
        for call in changed:
            assert call.stage is Stage.ARRIVED or call.stage in NEXT.values()
            assert (call.outcome is Outcome.IN_PROGRESS) == call.live
            assert from_plain(Call, to_plain(call)) == call
        assert all(owner in floor.calls for owner in floor.legs.values())
        assert fact_from_plain(fact_to_plain(fact)) == fact


@settings(max_examples=100)
@given(st.lists(ANY_FACT, max_size=30))
def test_telling_the_last_fact_twice_changes_nothing(told: list[Fact]) -> None:
    floor, _ = play(*told)
    for fact in told[-1:]:
        again, changed = apply(floor, fact)
        if not isinstance(fact, FloorSeen | facts.LineLost):
            assert (again.calls, changed) == (floor.calls, ())
