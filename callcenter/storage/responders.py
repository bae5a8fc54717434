"""What agencies answer: accepted, en route, on scene, handled; from their own page, by link, or by phone to the desk.

In:  a forward, an answer, who gives it and through what. Out: the duty as it is after the commit.
Never: an answer given twice (one conditional UPDATE: the first wins, the second reads who); an earlier moment written
over, but by a supervisor with a reason, and then the old one stays in the ticket's history.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import case, insert, literal, update
from sqlalchemy.ext.asyncio import AsyncConnection

from callcenter.core.answer import FROM, ORDER, Answer, moments, stands
from callcenter.core.errors import BadInput, CallCenterError, Conflict, NotFound, Refused
from callcenter.core.share import Mode, Status
from callcenter.core.ticket import TicketStatus
from callcenter.storage.audit import add as audit
from callcenter.storage.changes import change, find
from callcenter.storage.changes import text as as_text
from callcenter.storage.database import Clock, Database
from callcenter.storage.duties import Duty, duties_of, of_ticket, one_duty, open_duties
from callcenter.storage.forwards import Source
from callcenter.storage.notes import save_note
from callcenter.storage.numbering import FORWARDED_FROM
from callcenter.storage.records import ForwardLine, Note, Ticket
from callcenter.storage.sql import clean
from callcenter.storage.tables import forwards

RECENT = timedelta(days=3)
SHOWN = 60
OPEN_AT_ONCE = 500
LONGEST_NAME = 100

NO_FORWARD = "There is no such request."
TAKEN_BACK = "112 has taken this request back. Call 112 if you are on the way."
SAID = "{who} has reported this already, at {at}."
PRESSED = "It was accepted already with a key on the agency's phone, at {at}."
GONE_ON = "A later step is reported already, so this one can no longer be added."
NO_ANSWER = "There is no such step."
NO_REASON = "Write why this time is corrected: the old one stays in the history."
NOT_YET = "This time lies in the future."
TOO_EARLY = "This time lies before the request itself, at {at}."
NO_WHO = "Write the name of who accepts."
NO_NOTE = "The note is empty."


@dataclass(frozen=True, slots=True)
class Teller:
    """Who answers. `agency`: may speak for this one only; empty: sits in the room. `name`: as it was typed or said."""

    by: str
    source: Source
    agency: str = ""
    name: str = ""
    address: str = ""


class Responders:
    """The agency's side of every forward."""

    def __init__(self, database: Database, *, clock: Clock) -> None:
        self._database, self._clock = database, clock

    async def of(self, agency: str) -> list[Duty]:
        """The agency's own shares, the open ones first, then those of the last days."""
        async with self._database.read() as connection:
            return await duties_of(connection, agency, since=self._clock() - RECENT, limit=SHOWN)

    async def open(self) -> list[Duty]:
        """Every open share of every agency, the oldest first."""
        async with self._database.read() as connection:
            return await open_duties(connection, limit=OPEN_AT_ONCE)

    async def one(self, forward: str, *, agency: str = "") -> Duty:
        """One share; NotFound also for another agency's."""
        async with self._database.read() as connection:
            return own(await one_duty(connection, forward), agency)

    async def say(self, forward: str, answer: Answer | str, teller: Teller) -> Duty:
        """The agency answers. Conflict: it was answered already; says by whom. Refused: taken back, or too late."""
        chosen, now = read_answer(answer), self._clock()
        if chosen is Answer.ACCEPTED and teller.source is Source.CALL_TAKER and not teller.name.strip():
            raise BadInput(NO_WHO)
        return await self._database.write(lambda connection: answered(connection, forward, chosen, teller, now))

    async def message(self, ticket: str, agency: str, *, by: str, text: str = "", call: str | None = None) -> Duty:
        """A forward by message: nobody is called; the outbox announces it, or the call taker sends its text herself."""
        now, said = self._clock(), clean(text).strip()
        return await self._database.write(lambda connection: _message(connection, ticket, agency, said, by, call, now))

    async def note(self, forward: str, text: str, *, key: str, teller: Teller) -> Duty:
        """The agency writes something down, for the room to read."""
        if not text.strip():
            raise BadInput(NO_NOTE)
        now = self._clock()
        return await self._database.write(lambda connection: noted(connection, forward, text, key, teller, now))

    async def correct(self, forward: str, answer: Answer | str, at: datetime, *, reason: str, by: str) -> Duty:
        """A supervisor puts a time right, or adds one that nobody reported. The old one stays in the history."""
        chosen, now = read_answer(answer), self._clock()
        why = clean(reason).strip()[:500]
        if not why:
            raise BadInput(NO_REASON)
        if at > now:
            raise BadInput(NOT_YET)
        return await self._database.write(lambda connection: _correct(connection, forward, chosen, at, why, by, now))


def read_answer(text: Answer | str) -> Answer:
    """BadInput: there is no such answer."""
    try:
        return Answer(text)
    except ValueError:
        raise BadInput(NO_ANSWER) from None


def author(teller: Teller) -> str:
    """As it stands beside a note and in the history."""
    who = teller.name.strip() or teller.by
    return f"{clean(who)[:LONGEST_NAME]} ({teller.agency})" if teller.agency else clean(who)[:LONGEST_NAME]


def own(duty: Duty | None, agency: str) -> Duty:
    """That agency's share; for the room (no agency) anybody's. NotFound."""
    if duty is None or (agency and duty.forward.agency != agency):
        raise NotFound(NO_FORWARD)
    return duty


async def answered(connection: AsyncConnection, forward: str, answer: Answer, teller: Teller, now: datetime) -> Duty:
    """The answer, inside a transaction. Conflict, Refused, NotFound."""
    claimed = await connection.execute(
        update(forwards)
        .where(forwards.c.id == forward, forwards.c[f"{answer.column}_at"].is_(None))
        .where(forwards.c.status.in_([status.value for status in FROM[answer]]))
        .where(forwards.c.agency == teller.agency if teller.agency else literal(value=True))
        .values(_values(answer, teller, now))
        .returning(forwards.c.id)
    )
    first = claimed.first() is not None
    duty = own(await one_duty(connection, forward), teller.agency)
    if not first:
        raise _why_not(duty.forward, answer)
    told = {f"{duty.forward.agency} {answer.value}": ("", as_text(now))}
    await _follow(connection, duty.ticket, author(teller), now, told)
    await _audit(connection, "forward.answer", duty.forward, teller, now, {"answer": answer.value})
    return own(await one_duty(connection, forward), "")


async def noted(
    connection: AsyncConnection, forward: str, text: str, key: str, teller: Teller, now: datetime
) -> Duty | CallCenterError:
    """The note, inside a transaction."""
    duty = own(await one_duty(connection, forward), teller.agency)
    saved = await save_note(connection, duty.ticket.number, key, text.strip(), 1, by=author(teller), now=now)
    if not isinstance(saved, Note):
        return saved
    await _audit(connection, "forward.note", duty.forward, teller, now, {})
    return own(await one_duty(connection, forward), teller.agency)


async def _message(
    connection: AsyncConnection, number: str, agency: str, text: str, by: str, call: str | None, now: datetime
) -> Duty:
    ticket = await find(connection, number)
    row = {"id": f"{agency}-m-{secrets.token_hex(8)}", "ticket": ticket.id, "call": call, "agency": clean(agency)}
    row |= {"turn": 0, "mode": Mode.MESSAGE.value, "status": Status.TRYING.value, "by": by, "text": text}
    await connection.execute(insert(forwards).values(**row, asked_at=now))
    told = {f"{agency} {Mode.MESSAGE.value}": ("", as_text(now))}
    moved = {"status": TicketStatus.FORWARDED.value} if ticket.status in FORWARDED_FROM else {}
    await change(connection, ticket, moved, by=by, now=now, told=told)
    return own(await one_duty(connection, str(row["id"])), "")


def _values(answer: Answer, teller: Teller, now: datetime) -> dict[str, Any]:
    """The row after this answer. Who is on the way has accepted."""
    who = author(teller) if teller.source is Source.AGENCY else teller.by
    said: dict[str, Any] = {"status": answer.value, "ended_at": None, "stopped_by": ""}
    said |= {f"{answer.column}_at": now, f"{answer.column}_by": who, f"{answer.column}_source": teller.source.value}
    first = forwards.c.accepted_at.is_(None)
    accepted = {"at": now, "by": who, "source": teller.source.value, "name": clean(teller.name).strip()[:200]}
    for part, value in accepted.items():
        column = forwards.c[f"accepted_{part}"]
        said[column.name] = case((first, literal(value, column.type)), else_=column)
    return said


def _why_not(line: ForwardLine, answer: Answer) -> CallCenterError:
    at = getattr(line, f"{answer.column}_at")
    who = getattr(line, f"{answer.column}_by")
    if at is not None:
        return Conflict(SAID, who=who, at=at) if who else Conflict(PRESSED, at=at)
    return Refused(TAKEN_BACK) if line.status == Status.CANCELLED else Refused(GONE_ON)


def _times(line: ForwardLine) -> dict[Answer, datetime | None]:
    return {answer: getattr(line, f"{answer.column}_at") for answer in ORDER}


async def _follow(
    connection: AsyncConnection,
    ticket: Ticket,
    by: str,
    now: datetime,
    told: Mapping[str, tuple[str, str]],
    *,
    reason: str = "",
) -> None:
    """The ticket after an answer: its status never goes back, its moments are the first ones that are known."""
    ticket = await find(connection, ticket.number)
    lines = await of_ticket(connection, ticket.id)
    status = stands(TicketStatus(ticket.status), [Status(line.status) for line in lines])
    values: dict[str, Any] = {"status": status.value}
    known = moments([_times(line) for line in lines], handled=status is TicketStatus.HANDLED)
    for answer, at in known.items():
        column = f"{answer.column}_at"
        if reason or getattr(ticket, column) is None:
            values[column] = at
    await change(connection, ticket, values, by=by, now=now, told=told, reason=reason)


async def _correct(
    connection: AsyncConnection, forward: str, answer: Answer, at: datetime, reason: str, by: str, now: datetime
) -> Duty:
    duty = own(await one_duty(connection, forward), "")
    line = duty.forward
    if line.asked_at is not None and at < line.asked_at:
        raise BadInput(TOO_EARLY, at=line.asked_at)
    old = getattr(line, f"{answer.column}_at")
    source = getattr(line, f"{answer.column}_source") or Source.CALL_TAKER.value
    known = [one for one in ORDER if one is answer or getattr(line, f"{one.column}_at") is not None]
    values = {f"{answer.column}_at": at, f"{answer.column}_by": by, f"{answer.column}_source": source}
    reached = max(known, key=ORDER.index)
    await connection.execute(
        update(forwards)
        .where(forwards.c.id == forward)
        .values(**values, status=reached.value, ended_at=None, stopped_by="")
    )
    told = {f"{line.agency} {answer.value}": (as_text(old), as_text(at))}
    await _follow(connection, duty.ticket, by, now, told, reason=reason)
    details = {"answer": answer.value, "old": as_text(old), "new": as_text(at), "reason": reason}
    await _audit(connection, "forward.correct", line, Teller(by, Source.CALL_TAKER), now, details)
    return own(await one_duty(connection, forward), "")


async def _audit(
    connection: AsyncConnection, action: str, line: ForwardLine, teller: Teller, now: datetime, more: dict[str, str]
) -> None:
    details = {"agency": line.agency, "ticket": line.ticket_number, "source": teller.source.value, **more}
    by = f"link: {author(teller)}" if teller.by == "link" else teller.by
    await audit(connection, by=by, action=action, at=now, target=line.id, details=details, address=teller.address)
