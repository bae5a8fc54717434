"""What proves that no call was lost, as the pages see it: gaps, books, alarms, the self-test.

In:  parts of the service by what they say, never by their class. Out: Protocols; the gaps worth telling; the lights so
far. Never: a question to Asterisk or to the database.
"""

from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol

from callcenter.core.account import Account
from callcenter.core.floor import Gap
from callcenter.core.seen import GapClosed
from callcenter.storage.disk import room_for

SHORTEST = timedelta(seconds=1)
"""A reconnect that is shorter, in which nothing came or went, is no gap that a person must know of."""
RECENT = timedelta(hours=12)
LIGHTS_KEPT = 96


def free_bytes(folder: Path) -> int:
    """Free on the disk under that folder, which may not be there yet. Raises OSError."""
    return room_for(folder)[0]


class Alarm(Protocol):
    """Something that a person must look at."""

    @property
    def code(self) -> str: ...
    @property
    def sentence(self) -> str: ...
    @property
    def since(self) -> datetime: ...


class Light(Protocol):
    """How the last self-test went. `ok` None: not tried yet."""

    @property
    def ok(self) -> bool | None: ...
    @property
    def at(self) -> datetime | None: ...
    @property
    def took_s(self) -> float | None: ...
    @property
    def last_ok(self) -> datetime | None: ...
    @property
    def why(self) -> str: ...


class SelfTest(Protocol):
    @property
    def light(self) -> Light: ...


class Books(Protocol):
    """The daily account."""

    @property
    def last(self) -> Account | None: ...

    async def compare(self, since: datetime, until: datetime) -> Account:
        """Raises CallCenterError where one of the books cannot be read."""
        ...


@dataclass(frozen=True)
class Proofs:
    """What other parts prove or warn of; each may be missing."""

    notices: Callable[[], Sequence[str]] = tuple  # what parts that the web does not know want a person to look at
    alarms: Callable[[], Sequence[Alarm]] = tuple  # the oldest first
    books: Books | None = None
    self_test: SelfTest | None = None
    free: Callable[[Path], int] = free_bytes  # on the disk of that folder; raises OSError


def colour(test: SelfTest | None) -> str:
    """good, bad, waiting (not tried yet), off (there is none)."""
    if test is None:
        return "off"
    return {True: "good", False: "bad", None: "waiting"}[test.light.ok]


def told(gap: Gap) -> bool:
    """Long enough to matter, or something happened in it."""
    return gap.until - gap.since >= SHORTEST or bool(gap.found or gap.cut or gap.unknown)


def worth_telling(gaps: Iterable[Gap | GapClosed]) -> list[Gap]:
    """Those that matter, the newest first."""
    same = [g if isinstance(g, Gap) else Gap(g.since, g.at, g.found, g.unknown, g.cut) for g in gaps]
    return sorted((gap for gap in same if told(gap)), key=lambda gap: gap.until, reverse=True)


def recent(gaps: Iterable[Gap], now: datetime) -> Gap | None:
    """The newest of the last hours, for the status line."""
    found = worth_telling(gaps)
    return found[0] if found and now - found[0].until <= RECENT else None


class Lights:
    """The self-tests since the service started, the newest last."""

    def __init__(self, test: SelfTest | None) -> None:
        self._test = test
        self._seen: deque[Light] = deque(maxlen=LIGHTS_KEPT)

    def look(self) -> None:
        """The floor was told anew: a test may have ended. Never blocks."""
        light = self._test.light if self._test is not None else None
        if light is not None and light.at is not None and (not self._seen or self._seen[-1].at != light.at):
            self._seen.append(light)

    @property
    def seen(self) -> Sequence[Light]:
        return tuple(self._seen)
