"""Failures of the database, told apart and put into sentences.

In:  whatever the drivers raise.
Out: StoreDown where the database cannot work now, None where the statement itself is at fault.
Never: a fault of one row taken for a database that is away: that would stop the line behind it for ever.
"""

import asyncio
import sqlite3

from sqlalchemy.exc import DBAPIError, DisconnectionError, StatementError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from callcenter.core.errors import BadInput, StoreDown

LOCKED = "The database is held by another program ({place}). Nothing is lost; what was typed waits. Close that program."
READ_ONLY = "The database cannot be written: {place} is read-only for this program. Give it the right to write there."
FULL = "The disk of the database is full ({place}). Free some space; what waits is stored by itself then."
UNREACHABLE = "The database cannot be reached ({place}): {why}"
NO_TABLES = "The database at {place} lacks tables of this program ({why}). Start it with ./run, which makes them."
BROKEN = "The database at {place} is damaged or its disk fails ({why}). Calls go on; restore the last backup."
SLOW = (
    "The database does not answer in time ({place}). It is not known whether this was stored: "
    "keep it on the screen and try again."
)
TAKEN_AWAY = (
    "The file of the database, {place}, was deleted or replaced while the program ran, and what it held cannot be put "
    "back ({why}). Do not stop the program: it still has everything. Make room on that disk."
)
REPLACED = (
    "The file of the database, {place}, was replaced while the program ran. "
    "The new one is used from now on; what the old one held is kept beside it."
)
UNFIT = "This text cannot be stored or looked for as it is ({why})."
STOPPING = "The program is being stopped; this was not stored."

_SQLITE = (
    ("locked", LOCKED),
    ("busy", LOCKED),
    ("readonly", READ_ONLY),
    ("read-only", READ_ONLY),
    ("full", FULL),
    ("unable to open", UNREACHABLE),
    ("no such table", NO_TABLES),
    ("no such column", NO_TABLES),
    ("no column named", NO_TABLES),
    ("malformed", BROKEN),
    ("not a database", BROKEN),
    ("disk i/o", BROKEN),
)
_POSTGRES = (  # beginnings of SQLSTATE
    ("53100", FULL),
    ("53", UNREACHABLE),
    ("55P03", LOCKED),
    ("40", LOCKED),
    ("25006", READ_ONLY),
    ("42P01", NO_TABLES),
    ("42703", NO_TABLES),
    ("3D", UNREACHABLE),
    ("28", UNREACHABLE),
    ("57", UNREACHABLE),
    ("08", UNREACHABLE),
    ("58", BROKEN),
    ("XX", BROKEN),
)


def away(error: BaseException, place: str) -> StoreDown | None:
    """The sentence, when the database cannot work now; None when it is the row's or the statement's own fault."""
    sentence = _sentence(error)
    if sentence is None:
        return None
    return StoreDown(sentence, place=place, why=reason(error))


def unfit(error: BaseException) -> BadInput | None:
    """The sentence, when a text or number from outside is nothing that the database can hold, or look for."""
    chain = [error, getattr(error, "orig", None), getattr(getattr(error, "orig", None), "__cause__", None)]
    refused = any(isinstance(e, UnicodeError | OverflowError | sqlite3.DataError) for e in chain)
    state = next((code for e in chain if isinstance(code := getattr(e, "sqlstate", None), str)), "")
    return BadInput(UNFIT, why=reason(error)) if refused or state.startswith("22") else None


def reason(error: BaseException) -> str:
    """The driver's own words, short."""
    deepest = error.orig if isinstance(error, DBAPIError) and error.orig is not None else error
    words = str(deepest).strip().splitlines()
    return words[0][:200] if words else type(deepest).__name__


def _sentence(error: BaseException) -> str | None:
    if isinstance(error, StatementError):
        return _of_driver(error)
    if isinstance(error, PoolTimeout | DisconnectionError | TimeoutError | asyncio.CancelledError):
        return SLOW
    if isinstance(error, OSError):  # refused, no route, name not known
        return UNREACHABLE
    return _of_words(error)


def _of_driver(error: StatementError) -> str | None:
    chain = [error.orig, getattr(error.orig, "__cause__", None)]
    state = next((code for e in chain if isinstance(code := getattr(e, "sqlstate", None), str)), "")
    if state:
        return next((sentence for start, sentence in _POSTGRES if state.startswith(start)), None)
    if any(
        isinstance(e, ValueError | TypeError) for e in chain
    ):  # asyncpg and sqlite3 refuse a value before sending it
        return None
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return UNREACHABLE
    found = next((found for e in chain if e is not None and (found := _of_words(e))), None)
    if found is None and any(isinstance(e, TimeoutError) for e in chain):
        return SLOW
    return found or (UNREACHABLE if any(isinstance(e, OSError) for e in chain) else None)


def _of_words(error: BaseException) -> str | None:
    text = str(error).lower()
    if isinstance(error, sqlite3.OperationalError | sqlite3.DatabaseError) and not isinstance(
        error, sqlite3.IntegrityError | sqlite3.DataError | sqlite3.ProgrammingError
    ):
        return next((sentence for part, sentence in _SQLITE if part in text), UNREACHABLE)  # unknown: wait, do not drop
    return UNREACHABLE if "connection is closed" in text or "connection was closed" in text else None
