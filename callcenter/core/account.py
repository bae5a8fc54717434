"""The daily account: arrivals in Asterisk's own records = calls = tickets + exceptions, each with its kind. Pure.

In:  what Asterisk wrote, what the database holds, the span, what is known to be on its way. Out: an Account.
Never: a clock, a file, a guess: a call that is in one book and not in the other is named.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

GRACE = timedelta(seconds=90)
"""A call needs a moment to be written in both books: younger ones are on their way."""


class Kind(StrEnum):
    """Why a call is not in both books with one ticket."""

    ON_ITS_WAY = "on its way"  # younger than GRACE, or in the spool
    BEFORE_RECORDS = "before the records"  # older than the first row of Asterisk's file
    QUARANTINED = "put aside"  # its facts could not be stored; they are listed there
    NO_CALL = "no call row"
    NO_TICKET = "no ticket"
    TWO_TICKETS = "more than one ticket"
    NO_ARRIVAL = "not in Asterisk's records"


ALARMING = frozenset({Kind.NO_CALL, Kind.NO_TICKET, Kind.TWO_TICKETS, Kind.NO_ARRIVAL, Kind.QUARANTINED})


NOT_FROM_HALF = frozenset({Kind.BEFORE_RECORDS, Kind.NO_ARRIVAL})


@dataclass(frozen=True, slots=True)
class Arrival:
    """The first event of a caller's channel, as Asterisk wrote it."""

    call: str
    at: datetime
    number: str = ""


@dataclass(frozen=True, slots=True)
class Kept:
    """A call row, and how many tickets it has."""

    call: str
    at: datetime
    tickets: int


@dataclass(frozen=True, slots=True)
class Difference:
    """One call that is not in both books with one ticket."""

    call: str
    at: datetime
    kind: Kind


@dataclass(frozen=True, slots=True)
class Account:
    """The books of one span, side by side."""

    since: datetime
    until: datetime
    arrivals: int
    calls: int
    tickets: int
    differences: tuple[Difference, ...] = ()
    half: bool = False  # of Asterisk's books only its database could be read: calls that are not committed for long

    @property
    def alarming(self) -> tuple[Difference, ...]:
        return tuple(each for each in self.differences if each.kind in ALARMING)

    def count(self, kind: Kind) -> int:
        return sum(each.kind is kind for each in self.differences)


def account(
    arrivals: Iterable[Arrival],
    kept: Iterable[Kept],
    *,
    since: datetime,
    until: datetime,
    now: datetime,
    records_begin: datetime | None,
    waiting: Collection[str] = (),
    put_aside: Collection[str] = (),
    half: bool = False,
) -> Account:
    """Compare. Both books may be given with a margin around the span: a call is of the span by its arrival in
    Asterisk's, or by its row where Asterisk has none. `waiting`: calls in the spool or on the floor. `half`: arrivals
    are those of Asterisk's database, which forgets what we have: a row that is not there says nothing."""
    heard = _first_of_each(arrivals)
    rows = {row.call: row for row in kept}
    moments = {call: row.at for call, row in rows.items()} | heard
    mine = sorted((at, call) for call, at in moments.items() if since <= at < until)
    differences = [
        Difference(call, at, kind)
        for at, call in mine
        if (kind := _kind(call, at, call in heard, rows.get(call), now, records_begin, waiting, put_aside))
    ]
    ours: Sequence[Kept] = [rows[call] for _, call in mine if call in rows]
    return Account(
        since,
        until,
        arrivals=sum(call in heard for _, call in mine),
        calls=len(ours),
        tickets=sum(row.tickets for row in ours),
        differences=tuple(each for each in differences if not half or each.kind not in NOT_FROM_HALF),
        half=half,
    )


def _first_of_each(arrivals: Iterable[Arrival]) -> dict[str, datetime]:
    """A row that Asterisk wrote twice is one arrival."""
    found: dict[str, datetime] = {}
    for each in arrivals:
        found[each.call] = min(each.at, found.get(each.call, each.at))
    return found


def _kind(
    call: str,
    at: datetime,
    heard: bool,
    row: Kept | None,
    now: datetime,
    records_begin: datetime | None,
    waiting: Collection[str],
    put_aside: Collection[str],
) -> Kind | None:
    if heard and row is not None and row.tickets == 1:
        return None
    if now - at < GRACE or (row is None and call in waiting):
        return Kind.ON_ITS_WAY
    if row is None:
        return Kind.QUARANTINED if call in put_aside else Kind.NO_CALL
    if row.tickets != 1:
        return Kind.TWO_TICKETS if row.tickets else Kind.NO_TICKET
    return Kind.BEFORE_RECORDS if records_begin is None or at < records_begin else Kind.NO_ARRIVAL
