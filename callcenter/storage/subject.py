"""One person's data, by a telephone number: all that is kept of it, as UU 27/2022 lets that person ask for.

In:  a number. Out: everything found, as plain values; what the same number is in a text.
Never: a number that names nobody; a search without a bound.

Articles 7 and 32: access and a copy, with who processed it, within 3 x 24 hours. 8 and 43: deletion. 13: a usual
format. 14: each request is on record. 15 and 33: what is kept all the same (law enforcement, the public's interest,
statistics), and that nobody is told of somebody else.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, Table, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from callcenter.core.errors import BadInput, Refused
from callcenter.core.phone import Number
from callcenter.storage.database import Database
from callcenter.storage.rows import ReadNumber
from callcenter.storage.spoken import Rows, find
from callcenter.storage.tables import (
    attempts,
    calls,
    facts,
    forwards,
    note_revisions,
    notes,
    ticket_calls,
    ticket_changes,
    tickets,
)  # fmt: skip
from callcenter.storage.tables_callers import callback_calls, callback_tries, callbacks, number_flags
from callcenter.storage.tables_people import audit
from callcenter.storage.tables_places import ticket_points
from callcenter.storage.tables_recordings import legal_holds, recordings
from callcenter.storage.tables_responders import messages

NOBODY = "This is not a number that names one person: a withheld one, a short code, or a phone without a SIM."
SLOW_S = 60.0
MOST = 200_000
TOO_MUCH = "More than {most} rows of one kind are kept of this number: that is too much for one request."
OMITTED = frozenset({"state", "digits_backwards", "digest", "revision", "previous"})


@dataclass(frozen=True, slots=True)
class Found:
    """All that is kept of one number: table -> rows."""

    e164: str
    shown: str
    rows: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    held: frozenset[int] = frozenset()  # tickets under legal hold
    spoken: Rows = field(default_factory=dict)  # texts all over the database that name it

    def count(self, name: str) -> int:
        return len(self.rows.get(name, ()))

    def ids(self, name: str, key: str = "id") -> list[Any]:
        return [row[key] for row in self.rows.get(name, ())]


class Subjects:
    """Looks for one person's data."""

    def __init__(self, database: Database, *, read_number: ReadNumber, region: str = "ID") -> None:
        self._database, self._read_number, self._region = database, read_number, region

    def number(self, said: str) -> Number:
        """The number that somebody typed. BadInput: it names nobody."""
        found = self._read_number(said)
        if found.e164 is None:
            raise BadInput(NOBODY)
        return found

    async def find(self, said: str) -> Found:
        """Everything of that number. BadInput."""
        number = self.number(said)
        assert number.e164 is not None
        async with self._database.read(deadline=SLOW_S) as connection:
            return await gather(connection, number.e164, number.shown, self._region)


async def gather(connection: AsyncConnection, e164: str, shown: str, region: str) -> Found:
    """The same, inside a connection."""
    rows: dict[str, list[dict[str, Any]]] = {}

    async def take(name: str, table: Table, *where: ColumnElement[bool]) -> None:
        query: Select[Any] = select(table).where(*where).limit(MOST + 1)
        rows[name] = [dict(row._mapping) for row in await connection.execute(query)]
        if len(rows[name]) > MOST:
            raise Refused(TOO_MUCH, most=MOST)

    own = select(calls.c.id).where(calls.c.e164 == e164)
    tied = select(ticket_calls.c.ticket).where(ticket_calls.c.call.in_(own))
    his = or_(tickets.c.id.in_(tied), tickets.c.merged_into.in_(tied))
    mine, numbers = select(tickets.c.id).where(his), select(tickets.c.number).where(his)
    await take("calls", calls, calls.c.e164 == e164)
    await take("tickets", tickets, his)
    await take("notes", notes, notes.c.ticket.in_(mine))
    theirs = select(notes.c.key).where(notes.c.ticket.in_(mine))
    await take("note_revisions", note_revisions, note_revisions.c.note.in_(theirs))
    await take("ticket_changes", ticket_changes, ticket_changes.c.ticket.in_(mine))
    await take("ticket_points", ticket_points, ticket_points.c.ticket.in_(mine))
    await take("facts", facts, facts.c.call.in_(own))
    await take("attempts", attempts, attempts.c.call.in_(own))
    await take("forwards", forwards, forwards.c.ticket.in_(mine))
    await take("messages", messages, messages.c.forward.in_(select(forwards.c.id).where(forwards.c.ticket.in_(mine))))
    await take("recordings", recordings, recordings.c.call.in_(own))
    await take("callbacks", callbacks, callbacks.c.e164 == e164)
    owed = select(callbacks.c.id).where(callbacks.c.e164 == e164)
    await take("callback_calls", callback_calls, callback_calls.c.callback.in_(owed))
    await take("callback_tries", callback_tries, callback_tries.c.callback.in_(owed))
    await take("flags", number_flags, number_flags.c.e164 == e164)
    await take("looked", audit, or_(audit.c.target.in_(own), audit.c.target.in_(numbers), audit.c.target == e164))
    spoken = await find(connection, e164, region)
    known = frozenset(row["id"] for row in rows["tickets"])
    rows["mentions"] = [row for row in spoken[notes] if row["ticket"] not in known]
    running = select(legal_holds.c.ticket).where(legal_holds.c.released_at.is_(None), legal_holds.c.ticket.in_(mine))
    return Found(e164, shown, rows, frozenset((await connection.execute(running)).scalars()), spoken)


def plain(value: Any) -> Any:
    """As JSON writes it."""
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, dict):
        return {key: plain(each) for key, each in value.items()}
    return [plain(each) for each in value] if isinstance(value, list | tuple) else value


def told(found: Found) -> dict[str, Sequence[dict[str, Any]]]:
    """What the person gets: every row without what only the program needs."""
    return {
        name: [{key: plain(value) for key, value in row.items() if key not in OMITTED} for row in rows]
        for name, rows in found.rows.items()
        if rows and name != "mentions"
    }
