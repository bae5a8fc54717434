"""Every recording of a real Asterisk tells its story; and again with its beginning cut off."""

from datetime import datetime
from pathlib import Path

import pytest

from callcenter.asterisk.inbox import House
from callcenter.core.call import Call, Stage
from callcenter.replay import Story, messages_of, replayed, tell

FOLDER = Path(__file__).parent / "recordings"
ANY_QUEUE = House(queue="*")


def seconds(call: Call, moment: datetime | None) -> float | None:
    return None if moment is None else round((moment - call.arrived_at).total_seconds(), 1)


def story(name: str) -> list[str]:
    told = tell(messages_of((FOLDER / f"{name}.ami").read_bytes()), ANY_QUEUE)
    assert not told.unreadable
    return lines(told)


def lines(told: Story) -> list[str]:
    return [
        f"{c.outcome} by {c.answered_by or '-'}, answered {seconds(c, c.answered_at)}, ended {seconds(c, c.ended_at)}"
        for c in told.calls.values()
    ]


STORIES = {
    "answered-caller-hangs-up": ["ANSWERED by agent1, answered 1.5, ended 4.0"],
    "answered-call-taker-hangs-up": ["ANSWERED by agent1, answered 1.2, ended 3.9"],
    "abandoned-while-ringing": ["ABANDONED_SHORT by -, answered None, ended 3.0"],
    "abandoned-with-nobody-there": ["ABANDONED_SHORT by -, answered None, ended 2.0"],
    "abandoned-before-any-answer": ["ABANDONED_SHORT by -, answered None, ended 2.5"],
    "both-hang-up-before-the-answer": ["ABANDONED_SHORT by -, answered None, ended 1.5"],
    "rings-out-then-the-next-position": ["ANSWERED by agent1, answered 6.3, ended 7.8"],
    "rejected-then-the-next-position": ["ANSWERED by agent1, answered 1.3, ended 6.0"],
    "two-phones-ring-one-answers": ["ANSWERED by agent1, answered 2.0, ended 4.0"],
    "two-wait-one-gives-up": [
        "ABANDONED_SHORT by -, answered None, ended 3.5",
        "ABANDONED_SHORT by -, answered None, ended 4.5",
    ],
    "put-back-into-the-queue": ["ANSWERED by agent1, answered 1.2, ended 5.2"],
    "redirected-into-a-conference-with-an-agency": ["ANSWERED by agent1, answered 1.2, ended 7.9"],
    "attended-transfer": ["ANSWERED by agent1, answered 1.2, ended 8.7"],
    "blind-transfer": ["ANSWERED by agent1, answered 1.2, ended 5.7"],
    "held-and-resumed": ["ANSWERED by agent1, answered 1.2, ended 6.2"],
    "recorded": ["ANSWERED by agent1, answered 1.2, ended 4.7"],
    "asterisk-restarts-with-a-call-up": ["ANSWERED by agent1, answered 1.2, ended 1.7"],
    "a-position-comes-and-goes": [],
    "agencies-that-fail": [],
    "caller-names-in-every-alphabet": [],
    "a-supervisor-listens-whispers-and-joins": ["ANSWERED by 101, answered 0.0, ended 4.2"],
}


@pytest.mark.parametrize("name", STORIES)
def test_a_recording_tells_its_story(name: str) -> None:
    assert story(name) == STORIES[name]


@pytest.mark.parametrize("name", sorted(set(STORIES) - {"caller-names-in-every-alphabet"}))  # they hang up at once
def test_whoever_replays_it_without_saying_whose_it_is_reads_the_same_story(name: str) -> None:
    """What `Dial`, bridges and hang-ups tell beside the queue takes nothing away and invents nothing."""
    with (FOLDER / f"{name}.ami").open("rb") as file:
        assert lines(replayed(file, House(), any_queue=True, numbers=())) == STORIES[name]


def test_every_recording_has_a_story() -> None:
    assert {path.stem for path in FOLDER.glob("*.ami")} == set(STORIES)


@pytest.mark.parametrize("name", STORIES)
def test_joining_in_the_middle_of_a_call_never_trips_nor_doubles_it(name: str) -> None:
    messages = list(messages_of((FOLDER / f"{name}.ami").read_bytes()))
    whole = tell(messages, ANY_QUEUE).calls
    for start in range(len(messages)):
        told = tell(messages[start:], ANY_QUEUE)
        assert not told.unreadable
        assert set(told.calls) <= set(whole)
        assert all(call.stage is Stage.ENDED for call in told.calls.values())


def test_another_queue_is_not_ours() -> None:
    recording = (FOLDER / "answered-caller-hangs-up.ami").read_bytes()
    assert not tell(messages_of(recording), House(queue="emergency")).calls
