"""Callbacks as pages and the API print them: each with its calls and its tries.

In:  a reading connection. Out: frozen lines.
Never: one query for each line of a list; a change.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from callcenter.core.callback import Tried
from callcenter.core.errors import NotFound
from callcenter.storage.lookups import row_number
from callcenter.storage.records import record
from callcenter.storage.tables import ticket_calls, tickets
from callcenter.storage.tables_callers import callback_calls, callback_tries, callbacks
from callcenter.storage.tables_people import users

T = TypeVar("T")
MOST = 200
NONE_SUCH = "There is no such callback."


@dataclass(frozen=True, slots=True)
class OwedCall:
    """A call that a callback is owed for."""

    call: str
    at: datetime  # its arrival
    reason: str
    ticket: str


@dataclass(frozen=True, slots=True)
class Try:
    """Somebody called back. `call` empty: dialled by hand, and only the word is known."""

    leg: str
    by: str
    position: str
    call: str
    result: str
    asked_at: datetime
    dialled_at: datetime | None
    ringing_at: datetime | None
    answered_at: datetime | None
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class CallbackLine:
    """One caller whom we owe a callback."""

    id: int
    e164: str
    number: str
    state: str
    reason: str
    owed_since: datetime
    last_call_at: datetime
    tries: int
    not_reached: int
    owner: str
    owner_shown: str
    position: str
    claimed_at: datetime | None
    held_until: datetime | None
    closed_at: datetime | None
    closed_by: str
    why: str
    calls: tuple[OwedCall, ...] = ()  # the newest first
    tried: tuple[Try, ...] = ()  # the newest first

    def held(self, now: datetime) -> bool:
        """Somebody is at it right now."""
        return bool(self.owner) and self.closed_at is None and self.held_until is not None and self.held_until > now

    @property
    def newest_call(self) -> str:
        return self.calls[0].call if self.calls else ""

    @property
    def ticket(self) -> str:
        return self.calls[0].ticket if self.calls else ""

    @property
    def running(self) -> Try | None:
        """The try that goes on."""
        return next((each for each in self.tried if each.result == Tried.CALLING and each.ended_at is None), None)


@dataclass(frozen=True, slots=True)
class CallbacksPage:
    """Some of them, and where the next ones begin; `next` is empty at the end."""

    lines: list[CallbackLine]
    next: str = ""


@dataclass(frozen=True, slots=True)
class Standing:
    """What is owed."""

    owed: int = 0
    oldest: datetime | None = None


def _lines() -> Select[Any]:
    shown = func.coalesce(users.c.display, "").label("owner_shown")
    return select(callbacks, shown).join_from(callbacks, users, users.c.name == callbacks.c.owner, isouter=True)


async def open_ones(connection: AsyncConnection, limit: int) -> list[CallbackLine]:
    wanted = _lines().where(callbacks.c.closed_at.is_(None)).order_by(callbacks.c.owed_since, callbacks.c.id)
    return await _filled(connection, wanted.limit(max(1, min(limit, MOST))))


async def page(connection: AsyncConnection, done: bool | None, after: str, limit: int) -> CallbacksPage:
    most = max(1, min(limit, MOST))
    wanted = _lines().order_by(callbacks.c.id.desc()).limit(most)
    if done is not None:
        ended = callbacks.c.closed_at.is_not(None)
        wanted = wanted.where(ended if done else ~ended)
    if after:
        wanted = wanted.where(callbacks.c.id < row_number(after))
    found = await _filled(connection, wanted)
    return CallbacksPage(found, str(found[-1].id) if len(found) == most else "")


async def standing(connection: AsyncConnection) -> Standing:
    open_ = callbacks.c.closed_at.is_(None)
    found = await connection.execute(select(func.count(callbacks.c.id), func.min(callbacks.c.owed_since)).where(open_))
    owed, oldest = found.one()
    return Standing(owed, oldest)


async def of_calls(connection: AsyncConnection, call_ids: Sequence[str]) -> list[CallbackLine]:
    """What is or was owed for these calls, the oldest first."""
    owed = select(callback_calls.c.callback).where(callback_calls.c.call.in_(call_ids))
    return await _filled(connection, _lines().where(callbacks.c.id.in_(owed)).order_by(callbacks.c.id))


async def one(connection: AsyncConnection, id_: int) -> CallbackLine:
    """NotFound."""
    found = await _filled(connection, _lines().where(callbacks.c.id == id_))
    if not found:
        raise NotFound(NONE_SUCH)
    return found[0]


async def _filled(connection: AsyncConnection, wanted: Select[Any]) -> list[CallbackLine]:
    lines = [record(CallbackLine, row) for row in await connection.execute(wanted)]
    ids = [line.id for line in lines]
    owed = await _calls(connection, ids)
    tried = await _tries(connection, ids)
    return [replace(line, calls=tuple(owed.get(line.id, ())), tried=tuple(tried.get(line.id, ()))) for line in lines]


async def _calls(connection: AsyncConnection, ids: Sequence[int]) -> dict[int, list[OwedCall]]:
    wanted = (
        select(callback_calls.c.callback, callback_calls.c.call, callback_calls.c.at, callback_calls.c.reason)
        .add_columns(tickets.c.number.label("ticket"))
        .join_from(callback_calls, ticket_calls, ticket_calls.c.call == callback_calls.c.call)
        .join(tickets, tickets.c.id == ticket_calls.c.ticket)
        .where(callback_calls.c.callback.in_(ids))
        .order_by(callback_calls.c.at.desc(), callback_calls.c.call.desc())
    )
    return _by_callback((row.callback, record(OwedCall, row)) for row in await connection.execute(wanted))


async def _tries(connection: AsyncConnection, ids: Sequence[int]) -> dict[int, list[Try]]:
    wanted = select(callback_tries).where(callback_tries.c.callback.in_(ids))
    found = await connection.execute(wanted.order_by(callback_tries.c.asked_at.desc(), callback_tries.c.leg))
    return _by_callback((row.callback, record(Try, row)) for row in found)


def _by_callback(pairs: Iterable[tuple[int, T]]) -> dict[int, list[T]]:
    found: dict[int, list[T]] = {}
    for id_, each in pairs:
        found.setdefault(id_, []).append(each)
    return found
