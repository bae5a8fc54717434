"""Finding calls and tickets among millions: which ones, in which order, and nothing else of them.

In:  a filter from a form, hostile text in it; the place where the page before ended. Out: ids, newest first.
Never: a sort of everything, a count of everything, a wide row: the narrow call log is walked in the order of arrival,
by the index of a filter where there is one. What is rare (a word, an agency, a number) is looked up first; what is
common is met soon on that walk.
"""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    exists,
    false,
    func,
    literal,
    literal_column,
    not_,
    or_,
    select,
    text,
    tuple_,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from callcenter.core.ticket import CLOSED_STATES, TicketStatus
from callcenter.storage.rows import ReadNumber, backwards
from callcenter.storage.tables import attempts, calls, tickets
from callcenter.storage.tables_log import call_log, ticket_words
from callcenter.storage.tables_recordings import recordings
from callcenter.storage.wanted import UNCLASSED, CallFilter

log = call_log.c
CALL_MET: ColumnElement[str] = literal_column("+call_log.call")
TICKET_MET: ColumnElement[int] = literal_column("+call_log.ticket")
"""To SQLite: walk on in the order of arrival, and ask of each call that is met; it would begin with the hits."""
OPEN = [status.value for status in TicketStatus if status not in CLOSED_STATES]
RARE = 3000
"""So many hits are gathered at once; more of them stand close together on the walk."""
FEW_DIGITS = 4
"""An ending of fewer digits is common."""
MOST_WORDS, LONGEST_WORD = 8, 60
A_WORD = re.compile(r"[^\W_]+")


async def matching(
    connection: AsyncConnection, wanted: CallFilter, read_number: ReadNumber
) -> list[ColumnElement[bool]]:
    """The filter as conditions on the call log."""
    found = _plain(wanted)
    if wanted.agency:
        tried = select(attempts.c.call).where(attempts.c.agency == wanted.agency)
        one = exists().where(attempts.c.call == log.call, attempts.c.agency == wanted.agency).correlate(call_log)
        if await _rare(connection, tried):
            found.append(log.call.in_(tried))
        else:
            found.append(CALL_MET.in_(tried) if connection.dialect.name == "sqlite" else one)
    if wanted.recording:
        judged = select(recordings.c.call).where(recordings.c.verdict == wanted.recording)
        one = exists().where(recordings.c.call == log.call, recordings.c.verdict == wanted.recording)
        found.append(log.call.in_(judged) if await _rare(connection, judged) else one.correlate(call_log))
    if wanted.number.strip():
        ended = _number(wanted.number, read_number)
        rare = len(backwards(wanted.number)) >= FEW_DIGITS or not backwards(wanted.number)
        one = exists().where(calls.c.id == log.call, ended).correlate(call_log)
        found.append(log.call.in_(select(calls.c.id).where(ended)) if rare else one)
    if wanted.text.strip():
        found.append(await _said(connection, wanted.text))
    return found


Place = tuple[datetime, str]
"""A call's arrival and its id: where a page ended."""


def page_of_calls(where: Sequence[ColumnElement[bool]], most: int, after: Place | None = None) -> Select[Any]:
    """Calls, the newest first."""
    wanted = select(log.call, log.ticket, log.arrived_at).where(*where).limit(most)
    return (wanted.where(_before(after)) if after else wanted).order_by(log.arrived_at.desc(), log.call.desc())


async def walk_tickets(
    connection: AsyncConnection, where: Sequence[ColumnElement[bool]], most: int, after: Place | None
) -> tuple[list[int], Place | None]:
    """Tickets that have such a call, each where its newest such call stands; and where the next page begins.

    It is the walk of the calls, so it is as quick under every filter. A walk by the tickets' own numbers would look at
    years of them for somebody who left."""
    found: dict[int, None] = {}
    place, at_once = after, most * 2
    while True:
        rows = (await connection.execute(page_of_calls(where, at_once, place))).all()
        seen = await _on_pages_before(connection, where, {row.ticket for row in rows} - found.keys(), after)
        for row in rows:
            place = (row.arrived_at, row.call)
            if row.ticket not in seen:
                found[row.ticket] = None
            if len(found) == most:
                return list(found), place
        if len(rows) < at_once:
            return list(found), None
        at_once *= 2


async def _on_pages_before(
    connection: AsyncConnection, where: Sequence[ColumnElement[bool]], some: set[int], after: Place | None
) -> set[int]:
    """Those of these tickets that have such a call on a page before."""
    if after is None or not some:
        return set()
    newer = select(log.ticket).where(*where, log.ticket.in_(some), not_(_before(after))).distinct()
    return set((await connection.execute(newer)).scalars())


def _before(place: Place) -> ColumnElement[bool]:
    """Beyond it on the walk; as a pair, since the index is one."""
    return tuple_(log.arrived_at, log.call) < tuple_(literal(place[0], log.arrived_at.type), literal(place[1]))


def _plain(wanted: CallFilter) -> list[ColumnElement[bool]]:
    same = (
        (log.outcome, wanted.outcome),
        (log.kind, wanted.kind),
        (log.category, wanted.category),
        (log.status, wanted.status),
        (log.answered_by, wanted.position),
        (log.person, wanted.person),
    )
    found: list[ColumnElement[bool]] = [column == value for column, value in same if value]
    if wanted.ticket:
        found.append(log.ticket == select(tickets.c.id).where(tickets.c.number == wanted.ticket).scalar_subquery())
    elif not wanted.tests:
        found.append(log.test.is_(False))
    if wanted.open:
        found.append(log.status.in_(OPEN))
    if wanted.since is not None:
        found.append(log.arrived_at >= wanted.since)
    if wanted.until is not None:
        found.append(log.arrived_at < wanted.until)
    if wanted.call_class == UNCLASSED:
        found.append(and_(log.call_class == "", log.outcome == "ANSWERED"))
    elif wanted.call_class:
        found.append(log.call_class == wanted.call_class)
    return found


async def _rare(connection: AsyncConnection, hits: Select[Any]) -> bool:
    """There are few of them; looking stops as soon as there are not."""
    some = hits.limit(RARE + 1).subquery()
    return int((await connection.execute(select(func.count()).select_from(some))).scalar_one()) <= RARE


async def _said(connection: AsyncConnection, said: str) -> ColumnElement[bool]:
    """Every word of it, or what begins with it, stands in the ticket. Signs between words mean nothing."""
    words = [word.lower()[:LONGEST_WORD] for word in A_WORD.findall(said)][:MOST_WORDS]
    if not words:
        return false()
    if connection.dialect.name == "sqlite":
        terms = " ".join(f'"{word}"*' for word in words)
        hits = text("SELECT rowid FROM ticket_search WHERE ticket_search MATCH :terms").bindparams(terms=terms)
        found = hits.columns(literal_column("rowid"))
        rare = await _rare(connection, select(found.subquery()))
        return (log.ticket if rare else TICKET_MET).in_(found)
    asked = func.to_tsquery(literal_column("'simple'"), " & ".join(f"{word}:*" for word in words))
    fits = ticket_words.c.vector.op("@@")(asked)
    found_ = select(ticket_words.c.ticket).where(fits)
    if await _rare(connection, found_):
        return log.ticket.in_(found_)
    return exists().where(ticket_words.c.ticket == log.ticket, fits).correlate(call_log)


def _number(said: str, read_number: ReadNumber) -> ColumnElement[bool]:
    """The whole number, or what it ends with: the digits backwards begin with those of the text backwards."""
    number = read_number(said)
    digits = backwards(said)
    if not digits:
        return calls.c.number == said
    after = _next(digits)
    ends = calls.c.digits_backwards >= digits
    if after:
        ends = and_(ends, calls.c.digits_backwards < after)
    return or_(calls.c.e164 == number.e164, ends) if number.e164 else ends


def _next(digits: str) -> str:
    """The first text of digits that does not begin with these; empty when there is none."""
    kept = digits.rstrip("9")
    return kept[:-1] + str(int(kept[-1]) + 1) if kept else ""
