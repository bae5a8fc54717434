"""What the doctor says of agencies: as they stand in the database, not in the settings.

In:  the settings, a question to Asterisk. Out: findings.
Never: a change: an empty database is not filled here.
"""

from collections.abc import AsyncIterator, Awaitable, Callable

from callcenter.asterisk.conf import dial_string
from callcenter.core.book import Book, picture
from callcenter.core.errors import CallCenterError
from callcenter.findings import Finding, good, look
from callcenter.seed import first_book
from callcenter.settings import Settings
from callcenter.storage import Database
from callcenter.storage.book_copy import read as read_copy
from callcenter.storage.book_rows import read_book, read_revision

PAGE = "on the page Agencies"


async def book_of(settings: Settings) -> Book:
    """The stored book; without a database the last copy, or what the first start would take from the settings."""
    database = Database(settings.database_url)
    try:
        async with database.read() as connection:
            if await read_revision(connection) is not None:
                return await read_book(connection)
    except CallCenterError:
        pass  # the database's own findings say it
    finally:
        await database.close()
    return read_copy(settings.agencies_copy) or first_book(settings)


async def look_at_agencies(settings: Settings, answers: Callable[[str], Awaitable[bool]]) -> AsyncIterator[Finding]:
    """Lines without a road, lines that do not answer, agencies that nobody can call."""
    book, roads = await book_of(settings), settings.roads
    gone = [
        f"{kept.code} {line.number} ({line.road})"
        for kept in book.agencies
        for line in kept.what.lines
        if kept.active and not roads.has(line)
    ]
    if gone:  # one finding: without a trunk it is all of them
        yield look(f"These lines of agencies have no road: {', '.join(gone)}. Set it, or change them {PAGE}.")
    reached = picture(book, roads).agencies
    for agency in reached.values():
        silent = [line.number for line in agency.lines if not await answers(_endpoint(dial_string(line)))]
        if silent and len(silent) == len(agency.lines):
            yield look(f"No line of {agency.code} can be reached ({', '.join(silent)}). Look at their roads.")
        elif silent:
            yield look(f"Of {agency.code}, these lines cannot be reached: {', '.join(silent)}.")
    without = [kept.code for kept in book.agencies if kept.active and not kept.what.lines]
    if without:
        yield look(f"Agencies without a line: {', '.join(without)}. Give them lines {PAGE}.")
    calling = sum(bool(agency.lines) for agency in reached.values())
    yield good(f"{calling} of {len(reached)} agencies have a line that can be dialled")


def _endpoint(dialled: str) -> str:
    return dialled.removeprefix("PJSIP/").rpartition("@")[2]
