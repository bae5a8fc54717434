"""Thousands of calls, replayed with random stretches cut out: the records fill them, and the journal is the same."""

import os
import random
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from callcenter.asterisk.recall import recalled
from callcenter.asterisk.records import MARGIN
from callcenter.asterisk.snapshot import Clock, with_recalled
from callcenter.asterisk.wire import Fields, text
from callcenter.core.facts import LineLost
from callcenter.core.floor import Floor, Gap
from callcenter.core.reconcile import read_from
from callcenter.core.seen import FloorSeen
from tests.asterisk.test_gap_stories import (
    BOOT,
    HOUSE,
    POSITIONS,
    SIGNING_IN,
    WRITTEN,
    Service,
    leg_seen,
    moments,
    outcome,
    same,
)
from tests.faults.copies import CALLS, STEP, Day, Heard

LOOKS_BACK = 3 * STEP  # longer than any call


class Replay:
    """One service that hears all, and one that does not."""

    def __init__(self, day: Day, chance: random.Random) -> None:
        self.day, self.chance = day, chance
        self.whole, self.gappy = Service(), Service()
        self.up: dict[str, Fields] = {}  # legs
        self.gaps: list[Gap] = []

    def run(self) -> None:
        heard, waiting = self.day.heard(), list[Heard]()
        while True:
            for each in self._next(heard, waiting, self.chance.randrange(5, 800)):
                self._happens(each)
                self.gappy.hear(each.fact)
            missed = list(self._next(heard, waiting, int(self.chance.expovariate(1 / 150)) + 1))
            if not missed:
                return
            for each in missed:
                self._happens(each)
            self._comes_back(missed[0].at, missed[-1].at, heard, waiting)

    def _next(self, heard: Iterator[Heard], waiting: list[Heard], count: int) -> Iterator[Heard]:
        for _ in range(count):
            each = waiting.pop(0) if waiting else next(heard, None)
            if each is None:
                return
            yield each

    def _happens(self, each: Heard) -> None:
        self.whole.hear(each.fact)
        if each.born is not None:
            self.up[text(each.born, "Uniqueid")] = each.born
        self.up.pop(each.died, None)

    def _comes_back(self, lost: datetime, back: datetime, heard: Iterator[Heard], waiting: list[Heard]) -> None:
        """Asked a moment after the last missed message; what happens in that moment is asked and heard."""
        asked = back + SIGNING_IN
        while not waiting or waiting[-1].at <= asked:
            each = next(heard, None)
            if each is None:
                break
            waiting.append(each)
        meanwhile = [each for each in waiting if each.at <= asked]
        whole, up = Service(self.whole.floor), dict(self.up)
        for each in meanwhile:
            whole.hear(each.fact)
            if each.born is not None:
                up[text(each.born, "Uniqueid")] = each.born
            up.pop(each.died, None)
        self.gappy.hear(LineLost(lost, "cut"))
        if self.chance.random() < 0.3:
            self.gappy.restart()
        seen = self._look(asked, up, whole.floor)
        self.gaps.append(self.gappy.hear(seen).floor.gaps[-1])
        before = self.gappy.floor.calls
        assert self.gappy.hear(seen).floor.calls == before, "the same snapshot again changes nothing"

    def _look(self, asked: datetime, up: dict[str, Fields], whole: Floor) -> FloorSeen:
        service, then = self.gappy, asked + WRITTEN
        bridged: set[str] = set()
        for row in self.day.rows(asked - LOOKS_BACK, asked):
            if row.kind in ("BRIDGE_ENTER", "BRIDGE_EXIT"):
                (bridged.add if row.kind == "BRIDGE_ENTER" else bridged.discard)(row.leg)
        since = read_from(service.floor)
        assert since is not None
        kept = self.day.rows(since - MARGIN, then)
        known = recalled(HOUSE, POSITIONS, kept, self.day.entries(since - MARGIN, then))
        open_ = [r for r in known if r.call not in service.calls or service.calls[r.call].live]
        legs = tuple(leg_seen(born, whole, leg in bridged) for leg, born in up.items())
        return with_recalled(FloorSeen(asked, BOOT, legs), open_, Clock(asked))


def replayed(calls: int, seed: int) -> Replay:
    replay = Replay(Day(calls), random.Random(seed))
    replay.run()
    return replay


def compare(replay: Replay, calls: int) -> None:
    whole, gappy = replay.whole.calls, replay.gappy.calls
    assert len(whole) == -(-calls // CALLS) * CALLS
    assert set(whole) == set(gappy)
    wrong = [id_ for id_ in whole if outcome(whole[id_]) != outcome(gappy[id_])]
    assert not wrong, f"{len(wrong)} outcomes differ: {outcome(gappy[wrong[0]])}, not {outcome(whole[wrong[0]])}"
    for id_, call in whole.items():
        pairs = list(zip(moments(gappy[id_]), moments(call), strict=True))
        assert all(same(*pair) for pair in pairs), (id_, pairs)
    assert not replay.gappy.floor.calls
    assert len(replay.gaps) > 3
    assert not any(gap.unknown or gap.cut for gap in replay.gaps)


@pytest.fixture
def seed() -> int:
    return int(os.environ.get("CALLCENTER_FAULTS_SEED") or random.randrange(10**6))


def test_four_hundred_calls_with_gaps_are_the_same_calls(seed: int) -> None:
    print(f"\nseed {seed}")
    compare(replayed(400, seed), 400)


@pytest.mark.faults
def test_ten_thousand_calls_with_gaps_are_the_same_calls(seed: int) -> None:
    replay = replayed(10_000, seed)
    print(f"\nseed {seed}: {len(replay.whole.calls)} calls, {len(replay.gaps)} gaps")
    compare(replay, 10_000)


def test_a_day_of_copies_is_as_long_as_it_should_be() -> None:
    day = Day(90)
    heard = [each.at for each in day.heard()]
    assert heard == sorted(heard)
    assert timedelta(seconds=60) < heard[-1] - heard[0] < timedelta(seconds=100)
