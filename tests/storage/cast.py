"""The fixed cast of the storage's stories: a clock that is moved by hand, calls, facts.

In:  nothing. Out: small builders. Budi calls; Siti and Rina take calls.
Never: the real time of day.
"""

import itertools
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from argon2 import PasswordHasher

from callcenter.core.agency import Category
from callcenter.core.attempt import Attempt, Result
from callcenter.core.call import Call, Outcome, Stage
from callcenter.core.catalogue import always
from callcenter.core.facts import CallArrived, Fact, LegHeld
from callcenter.core.phone import read
from callcenter.storage import Entry
from callcenter.storage.passwords import Passwords

ZONE = ZoneInfo("Asia/Jakarta")
NOON = datetime(2026, 1, 14, 5, 0, tzinfo=UTC)  # noon in Cirebon
BUDI = "+6281234567890"
READ_NUMBER = partial(read, region="ID")
QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


def quick() -> Passwords:
    """One for each house: its places belong to that house's event loop."""
    return Passwords(QUICK)


CATALOGUE = always(
    categories=[
        Category("FIRE", "Kebakaran", "Fire", 1, ("damkar",)),
        Category("TREE", "Pohon tumbang", "Fallen tree", 2, ("bpbd",)),
    ]
)


class Clock:
    """Stands still until it is moved."""

    def __init__(self, at: datetime = NOON) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at

    def pass_(self, seconds: float) -> datetime:
        """So many seconds later."""
        self.at += timedelta(seconds=seconds)
        return self.at


_count = itertools.count(1)


def a_call(id_: str = "", **more: object) -> Call:
    """Budi dials 112."""
    call = Call(id=id_ or f"e112-1768366800.{next(_count)}", arrived_at=NOON, number=BUDI, dialled="112")
    return replace(call, **more)  # type: ignore[arg-type]


def arrival(call: Call) -> Entry:
    """The entry of its first fact."""
    return Entry(CallArrived(call.id, call.arrived_at, call.number, call.name, call.dialled), (call,))


def about(call: Call, fact: Fact | None = None) -> Entry:
    """An entry that brings the call as it is now."""
    return Entry(fact or LegHeld(call.id, NOON + timedelta(milliseconds=next(_count))), (call,))


def answered(call: Call, position: str = "101", after_s: float = 4) -> Call:
    """A call taker lifts."""
    at = call.arrived_at + timedelta(seconds=after_s)
    return replace(call, stage=Stage.TALKING, queued_at=call.arrived_at, answered_at=at, answered_by=position)


def ended(call: Call, after_s: float = 60, outcome: Outcome = Outcome.ANSWERED) -> Call:
    """Budi hangs up."""
    at = call.arrived_at + timedelta(seconds=after_s)
    return replace(call, stage=Stage.ENDED, outcome=outcome, ended_at=at)


def tried(call: Call, agency: str = "damkar", result: Result = Result.DIALLING) -> Call:
    """The agency's line is dialled."""
    at = call.arrived_at + timedelta(seconds=30)
    attempt = Attempt(f"fwd-{agency}-1-1-{call.id}", agency, 1, 1, "113", "siti", result, dialled_at=at)
    return replace(call.with_attempt(attempt), forwarded_at=at)


def ids(calls: Iterable[Call]) -> list[str]:
    """Their names."""
    return [call.id for call in calls]
