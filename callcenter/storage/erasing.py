"""Requests about one person's data, and making that person unknown where the law does not ask to keep it.

In:  a request with its reason, a second person's word. Out: what was made unknown, what stays and why.
Never: decided by whoever asked; a ticket under legal hold or still open touched; a figure changed; a row of the audit
touched: it is evidence of who looked, and names the number only where somebody looked it up.
"""

import asyncio
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Table, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from callcenter.core.errors import BadInput, NotFound, Refused
from callcenter.core.phone import masked
from callcenter.core.ticket import CLOSED_STATES
from callcenter.storage import histories
from callcenter.storage.audit import add as audit
from callcenter.storage.database import Clock, Database
from callcenter.storage.recordings import Recordings
from callcenter.storage.records import record
from callcenter.storage.spoken import ERASED, pattern, unsay, without
from callcenter.storage.sql import clean
from callcenter.storage.subject import SLOW_S, Found, Subjects, gather
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
from callcenter.storage.tables_callers import callbacks, number_flags
from callcenter.storage.tables_people import data_requests
from callcenter.storage.tables_places import ticket_points
from callcenter.storage.tables_responders import messages

T = TypeVar("T")

SHORTEST, LONGEST = 5, 500
AT_ONCE = 5000
NO_REASON = "Write who asks and how you know that it is this person: at least {least} letters."
GONE = "This request was decided already."
OWN = "Somebody else than who asked has to confirm this."
NO_REQUEST = "There is no such request."
KEPT_HOLD, KEPT_OPEN, KEPT_AUDIT, KEPT_NAMES, KEPT_RECORDS = "hold", "open", "audit", "names", "records"
"""Why something stays: codes that the page has words for."""


@dataclass(frozen=True, slots=True)
class Request:
    """Somebody asked for their data to be made unknown."""

    id: int
    e164: str  # masked once it is done
    reason: str
    asked_by: str
    asked_at: datetime
    decided_by: str
    decided_at: datetime | None
    decision: str  # done, refused; empty: waits
    result: dict[str, Any]


class Erasing:
    """Requests and what becomes of them."""

    def __init__(self, database: Database, subjects: Subjects, folder: Path, *, region: str, clock: Clock) -> None:
        """`folder`: where the recordings are."""
        self._database, self._subjects, self._folder = database, subjects, folder
        self._files = Recordings(database, folder, clock=clock)
        self._region, self._clock = region, clock

    async def ask(self, said: str, reason: str, *, by: str, address: str = "") -> int:
        """Note the request. BadInput: no number, no reason."""
        number, why, now = self._subjects.number(said), _reason(reason), self._clock()
        row: dict[str, Any] = {"e164": number.e164, "reason": why, "asked_by": by, "asked_at": now, "result": {}}

        async def unit(connection: AsyncConnection) -> int:
            made = await connection.execute(insert(data_requests).values(**row).returning(data_requests.c.id))
            id_ = int(made.scalar_one())
            told = {"number": masked(number.e164), "reason": why}
            await audit(connection, by=by, action="data.ask", at=now, target=str(id_), details=told, address=address)
            return id_

        return await self._database.write(unit)

    async def requests(self, *, limit: int = 100) -> list[Request]:
        """The newest first."""
        query = select(data_requests).order_by(data_requests.c.id.desc()).limit(limit)
        async with self._database.read() as connection:
            return [record(Request, row) for row in await connection.execute(query)]

    async def refuse(self, id_: int, why: str, *, by: str, address: str = "") -> None:
        """Not done, with the reason that the person is told."""
        said, now = _reason(why), self._clock()

        async def unit(connection: AsyncConnection) -> None:
            await _decide(connection, id_, by, "refused", {"why": said}, now)
            told = {"reason": said}
            await audit(connection, by=by, action="data.refuse", at=now, target=str(id_), details=told, address=address)

        await self._database.write(unit)

    async def erase(self, id_: int, *, by: str, address: str = "") -> dict[str, Any]:
        """Make the person unknown: rows first, then the recordings. Refused: by whoever asked, or decided already."""
        now = self._clock()

        async def unit(connection: AsyncConnection) -> tuple[dict[str, Any], list[str], list[str]]:
            row = (await connection.execute(select(data_requests).where(data_requests.c.id == id_))).first()
            if row is None:
                raise NotFound(NO_REQUEST)
            if row.asked_by == by:
                raise Refused(OWN)
            found = await gather(connection, row.e164, "", self._region)
            about = _about(found)
            before = await histories.digests(connection, *about)
            result, gone = await unknown(connection, found, self._region, f"erased-{id_}")
            changed = histories.rewritten(before, await histories.digests(connection, *about))
            await _decide(connection, id_, by, "done", result, now, masked(row.e164) or "")
            told = {**result, "rewritten": changed}
            await audit(connection, by=by, action="data.erase", at=now, target=str(id_), details=told, address=address)
            known = {each["call"] for each in found.rows["recordings"]}
            new = [each["recording"] for each in found.rows["calls"] if each["id"] in gone and each["id"] not in known]
            return result, gone, [path for path in new if path]

        result, gone, unsealed = await self._database.write(unit, deadline=SLOW_S)
        why = f"UU 27/2022, {id_}"
        await self._files.erase(gone, by=by, why=why, address=address)
        await asyncio.to_thread(_remove, self._folder, unsealed)
        return result


def _about(found: Found) -> tuple[set[int], set[str]]:
    """Tickets and notes whose histories change."""
    tickets_ = {*found.ids("tickets"), *(int(row["ticket"]) for row in found.spoken[ticket_changes])}
    keys = {*(row["key"] for row in found.spoken[notes]), *(row["note"] for row in found.spoken[note_revisions])}
    return tickets_, {*found.ids("notes", "key"), *keys}


def _remove(folder: Path, paths: list[str]) -> None:
    """Recordings that nobody has sealed yet: of a call just over."""
    whole = folder.resolve()
    for path in paths:
        for file in (whole / path, (whole / path).with_name(f"{Path(path).stem}-relay.wav")):
            if file.resolve().is_relative_to(whole):
                file.unlink(missing_ok=True)


async def unknown(
    connection: AsyncConnection, found: Found, region: str, mark: str
) -> tuple[dict[str, Any], list[str]]:
    """Everything but what stays. Counts and what stays; calls whose recordings go."""
    closed = {state.value for state in CLOSED_STATES}
    stay = {row["id"] for row in found.rows["tickets"] if row["id"] in found.held or row["status"] not in closed}
    kept_numbers = {
        KEPT_HOLD: [row["number"] for row in found.rows["tickets"] if row["id"] in found.held],
        KEPT_OPEN: [row["number"] for row in found.rows["tickets"] if row["id"] in stay - found.held],
    }
    free = [row["id"] for row in found.rows["tickets"] if row["id"] not in stay]
    gone = await _calls_of(connection, found, free)
    spelled = pattern(found.e164, region)
    await unsay(connection, found.spoken, spelled, stay)
    await _calls(connection, found, frozenset(gone), spelled, mark)
    await _tickets(connection, found, free)
    whole = not stay
    if whole:
        owed = callbacks.c.id.in_(found.ids("callbacks")), callbacks.c.closed_at.is_not(None)
        await connection.execute(update(callbacks).where(*owed).values(e164=mark, number=""))
        ended = number_flags.c.id.in_(found.ids("flags")), number_flags.c.ended_at.is_not(None)
        await connection.execute(update(number_flags).where(*ended).values(e164=mark, number="", reason=ERASED))
    stays = {key: numbers for key, numbers in kept_numbers.items() if numbers}
    if found.count("looked"):
        stays[KEPT_AUDIT] = [str(found.count("looked"))]
    stays[KEPT_NAMES], stays[KEPT_RECORDS] = [], []
    done = {"calls": len(gone), "tickets": len(free), "mentions": found.count("mentions")}
    return {"done": done, "stays": stays}, gone


async def _calls_of(connection: AsyncConnection, found: Found, free: list[int]) -> list[str]:
    own, gone = frozenset(found.ids("calls")), list[str]()
    for some in _chunks(free):
        tied = await connection.execute(select(ticket_calls.c.call).where(ticket_calls.c.ticket.in_(some)))
        gone += [call for call in tied.scalars() if call in own]
    return gone


async def _calls(
    connection: AsyncConnection, found: Found, gone: frozenset[str], spelled: re.Pattern[str], mark: str
) -> None:
    for row in found.rows["calls"]:
        if row["id"] not in gone:
            continue
        values: dict[str, Any] = {
            "number": mark,
            "e164": None,
            "shown": ERASED,
            "digits_backwards": "",
            "callable": False,
        }
        values |= {
            "name": None,
            "location": "",
            "origin": "",
            "sip_call_id": "",
            "dialled": without(row["dialled"], spelled, mark),
            "state": scrubbed(row["state"], spelled, mark),
        }
        await connection.execute(update(calls).where(calls.c.id == row["id"]).values(**values))
    for row in found.rows["attempts"]:
        if row["call"] in gone and spelled.search(row["number"]):  # his other telephone's turn came by hand
            await connection.execute(update(attempts).where(attempts.c.leg == row["leg"]).values(number=mark))
    for row in found.rows["facts"]:
        if row["call"] in gone:
            body = scrubbed(row["body"], spelled, mark)
            await connection.execute(update(facts).where(facts.c.id == row["id"]).values(body=body))


async def _tickets(connection: AsyncConnection, found: Found, free: list[int]) -> None:
    empty: dict[str, Any] = {
        "place": ERASED,
        "landmark": "",
        "caller_name": "",
        "relation": "",
        "hazards": "",
        "summary": "",
    }
    empty |= {"latitude": None, "longitude": None, "radius_m": None}
    await _set(connection, tickets, free, empty)
    own = [row["key"] for row in found.rows["notes"] if row["ticket"] in free]
    for some in _chunks(own):
        await connection.execute(update(notes).where(notes.c.key.in_(some)).values(text=ERASED))
        await connection.execute(update(note_revisions).where(note_revisions.c.note.in_(some)).values(text=ERASED))
    for some in _chunks(free):
        typed = ticket_changes.c.ticket.in_(some), ticket_changes.c.field.in_([*empty, "point"])
        await connection.execute(update(ticket_changes).where(*typed).values(old="", new=ERASED))
    for some in _chunks(free):
        await connection.execute(delete(ticket_points).where(ticket_points.c.ticket.in_(some)))
    sent = [row["id"] for row in found.rows["forwards"] if row["ticket"] in free]
    for some in _chunks(sent):
        await connection.execute(update(forwards).where(forwards.c.id.in_(some)).values(text=""))
        await connection.execute(update(messages).where(messages.c.forward.in_(some)).values(text=ERASED))


async def _set(connection: AsyncConnection, table: Table, ids: list[int], values: dict[str, Any]) -> None:
    for some in _chunks(ids):
        await connection.execute(update(table).where(table.c.id.in_(some)).values(**values))


def _chunks(ids: list[T]) -> Iterator[list[T]]:
    """A statement has only so many places for values."""
    return (ids[at : at + AT_ONCE] for at in range(0, len(ids), AT_ONCE))


def scrubbed(body: dict[str, Any], spelled: re.Pattern[str], mark: str) -> dict[str, Any]:
    """A fact or a call without what names the caller; an agency's number in it stays."""
    known = {key: without(value, spelled, mark) for key, value in body.items()}
    if "number" in body:  # it tells who calls
        known |= {"name": None} if "name" in body else {}
        known |= {key: "" for key in ("location", "sip_call_id") if key in body}
    return known


async def _decide(
    connection: AsyncConnection,
    id_: int,
    by: str,
    decision: str,
    result: dict[str, Any],
    now: datetime,
    shown: str = "",
) -> None:
    values = {"decided_by": by, "decided_at": now, "decision": decision, "result": result}
    values |= {"e164": shown} if shown else {}
    open_ = data_requests.c.id == id_, data_requests.c.decision == ""
    done = await connection.execute(update(data_requests).where(*open_).values(**values).returning(data_requests.c.id))
    if done.first() is None:
        raise Refused(GONE)


def _reason(text: str) -> str:
    why = " ".join(clean(text).split())[:LONGEST]
    if len(why) < SHORTEST:
        raise BadInput(NO_REASON, least=SHORTEST)
    return why
