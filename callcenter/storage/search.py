"""Finding calls and tickets among millions: which ones, in which order, and nothing else of them.

In:  a filter from a form, hostile text in it; the place where the page before ended. Out: ids, newest first.
Never: a sort of everything, a count of everything, a wide row: the narrow call log is walked in the order of arrival,
by the index of a filter where there is one, an agency's calls by their own. What is rare (a word, a number) is looked
up first; what is common is met soon on that walk.
"""

import re
from dataclasses import dataclass, field
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
from callcenter.storage.tables import calls, tickets
from callcenter.storage.tables_log import call_agencies, call_log, ticket_words
from callcenter.storage.tables_recordings import recordings
from callcenter.storage.wanted import UNCLASSED, CallFilter

log = call_log.c
of_agency = call_agencies.c
TICKET_MET: ColumnElement[int] = literal_column("+call_log.ticket")
"""To SQLite: walk on in the order of arrival, and ask of each call that is met; it would begin with the hits."""
OPEN = [status.value for status in TicketStatus if status not in CLOSED_STATES]
RARE = 3000
"""So many hits are gathered at once; more of them stand close together on the walk."""
FEW_DIGITS = 4
"""An ending of fewer digits is common."""
MOST_WORDS, LONGEST_WORD = 8, 60
A_WORD = re.compile(r"[^\W_]+")


@dataclass(slots=True)
class Search:
    """A filter as conditions on the call log. `few`: one of them is met by few, which are looked up first."""

    wanted: CallFilter
    where: list[ColumnElement[bool]] = field(default_factory=list)
    few: bool = False

    def within(self, at: ColumnElement[datetime]) -> list[ColumnElement[bool]]:
        """The time that is asked for."""
        since, until = self.wanted.since, self.wanted.until
        return [*([at >= since] if since is not None else ()), *([at < until] if until is not None else ())]

    def everything(self) -> list[ColumnElement[bool]]:
        """All conditions, of a call of the log that is there already."""
        found = [*self.where, *self.within(log.arrived_at)]
        if self.wanted.agency:
            tried = select(of_agency.call).where(of_agency.call == log.call, of_agency.agency == self.wanted.agency)
            found.append(tried.correlate(call_log).offset(0).exists())  # OFFSET: asked of each, never joined
        return found


async def matching(
    connection: AsyncConnection, wanted: CallFilter, read_number: ReadNumber, readable: ColumnElement[bool] | None
) -> Search:
    """What to look for. `readable`: what may be found by its contents."""
    search = Search(wanted, _plain(wanted), few=bool(wanted.ticket))
    found = search.where
    if wanted.recording:
        judged = select(recordings.c.call).where(recordings.c.verdict == wanted.recording)
        one = exists().where(recordings.c.call == log.call, recordings.c.verdict == wanted.recording)
        rare = await _rare(connection, judged)
        found.append(log.call.in_(judged) if rare else one.correlate(call_log))
        search.few |= rare
    if wanted.number.strip():
        ended = _number(wanted.number, read_number)
        rare = len(backwards(wanted.number)) >= FEW_DIGITS or not backwards(wanted.number)
        one = exists().where(calls.c.id == log.call, ended).correlate(call_log)
        found.append(log.call.in_(select(calls.c.id).where(ended)) if rare else one)
        search.few |= rare
    if wanted.text.strip():
        said, rare = await _said(connection, wanted.text)
        found.append(said)
        search.few |= rare
    if readable is not None and wanted.by_contents:
        found.append(readable)
    return search


Place = tuple[datetime, str]
"""A call's arrival and its id: where a page ended."""


def page_of_calls(search: Search, most: int, after: Place | None = None) -> Select[Any]:
    """Calls, the newest first: along an agency's own, unless few are looked up."""
    wanted = select(log.call, log.ticket, log.arrived_at).limit(most)
    at, call = log.arrived_at, log.call
    if search.wanted.agency and not search.few:
        at, call = of_agency.arrived_at, of_agency.call
        wanted = wanted.join_from(call_agencies, call_log, log.call == call)
        wanted = wanted.where(of_agency.agency == search.wanted.agency, *search.where, *search.within(at))
    else:
        wanted = wanted.where(*search.everything())
    return (wanted.where(_before(after, at, call)) if after else wanted).order_by(at.desc(), call.desc())


async def walk_tickets(
    connection: AsyncConnection, search: Search, most: int, after: Place | None
) -> tuple[list[int], Place | None]:
    """Tickets that have such a call, each where its newest such call stands; and where the next page begins.

    It is the walk of the calls, so it is as quick under every filter. A walk by the tickets' own numbers would look at
    years of them for somebody who left."""
    found: dict[int, None] = {}
    place, at_once = after, most * 2
    while True:
        rows = (await connection.execute(page_of_calls(search, at_once, place))).all()
        seen = await _on_pages_before(connection, search, {row.ticket for row in rows} - found.keys(), after)
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
    connection: AsyncConnection, search: Search, some: set[int], after: Place | None
) -> set[int]:
    """Those of these tickets that have such a call on a page before."""
    if after is None or not some:
        return set()
    mine, before = log.ticket.in_(some), _before(after, log.arrived_at, log.call)
    newer = select(log.ticket).where(*search.everything(), mine, not_(before)).distinct()
    return set((await connection.execute(newer)).scalars())


def _before(place: Place, at: ColumnElement[datetime], call: ColumnElement[str]) -> ColumnElement[bool]:
    """Beyond it on the walk; as a pair, since the index is one."""
    return tuple_(at, call) < tuple_(literal(place[0], at.type), literal(place[1]))


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
    if wanted.call_class == UNCLASSED:
        found.append(and_(log.call_class == "", log.outcome == "ANSWERED"))
    elif wanted.call_class:
        found.append(log.call_class == wanted.call_class)
    return found


async def _rare(connection: AsyncConnection, hits: Select[Any]) -> bool:
    """There are few of them; looking stops as soon as there are not."""
    some = hits.limit(RARE + 1).subquery()
    return int((await connection.execute(select(func.count()).select_from(some))).scalar_one()) <= RARE


async def _said(connection: AsyncConnection, said: str) -> tuple[ColumnElement[bool], bool]:
    """Every word of it, or what begins with it, stands in the ticket; and whether that is rare. Signs between words
    mean nothing."""
    words = [word.lower()[:LONGEST_WORD] for word in A_WORD.findall(said)][:MOST_WORDS]
    if not words:
        return false(), True
    if connection.dialect.name == "sqlite":
        terms = " ".join(f'"{word}"*' for word in words)
        hits = text("SELECT rowid FROM ticket_search WHERE ticket_search MATCH :terms").bindparams(terms=terms)
        found = hits.columns(literal_column("rowid"))
        rare = await _rare(connection, select(found.subquery()))
        return (log.ticket if rare else TICKET_MET).in_(found), rare
    asked = func.to_tsquery(literal_column("'simple'"), " & ".join(f"{word}:*" for word in words))
    fits = ticket_words.c.vector.op("@@")(asked)
    found_ = select(ticket_words.c.ticket).where(fits)
    if await _rare(connection, found_):
        return log.ticket.in_(found_), True
    return exists().where(ticket_words.c.ticket == log.ticket, fits).correlate(call_log), False


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
