"""Notes: each belongs to one person and to one page, and is kept while she types.

In:  a key made by the page, the text so far, the page's own count of saves. Out: the note after the commit.
Never: two people in one note; a text lost: what stood there before a pause, or came too late, is kept as a revision.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import insert as plain_insert
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from callcenter.core.errors import BadInput, CallCenterError, Conflict, NotFound, Refused
from callcenter.storage.changes import NO_TICKET
from callcenter.storage.records import Note, NoteVersion, record
from callcenter.storage.related import were_one
from callcenter.storage.sql import clean, insert
from callcenter.storage.tables import note_revisions, notes, tickets

LONGEST = 20_000
MOST_VERSIONS = 1000
PAUSE = timedelta(seconds=5)
LONG = "This note is too long ({length} letters, {most} at most): begin a new one."
NOT_YOURS = "This note belongs to {who}. Write one of your own."
TOO_LATE = "This note was written on in another window. Both texts are kept; yours: {mine}"
NO_KEY = "The page sent a note without its key. Load the page again."


async def save_note(
    connection: AsyncConnection, ticket: str, key: str, text: str, version: int, *, by: str, now: datetime
) -> Note | CallCenterError:
    """The note with this text. The same save again is harmless; an older count with another text: a Conflict."""
    text = _read(key, text)
    found = await connection.execute(select(tickets.c.id).where(tickets.c.number == ticket))
    id_ = found.scalar_one_or_none()
    if id_ is None:
        raise NotFound(NO_TICKET, number=ticket)
    new = {"key": key, "ticket": id_, "author": by, "text": text, "version": version}
    made = await connection.execute(
        insert(connection, notes)
        .values({**new, "created_at": now, "changed_at": now})
        .on_conflict_do_nothing(index_elements=["key"])
        .returning(notes)
    )
    row = made.first()
    return record(Note, row) if row is not None else await _write_on(connection, new, now)


async def versions_of(connection: AsyncConnection, ids: Iterable[int]) -> list[NoteVersion]:
    """What the notes of these tickets said before, oldest first; also what was refused."""
    theirs = select(notes.c.key).where(notes.c.ticket.in_(list(ids)))
    kept = note_revisions.c
    wanted = select(kept.note).add_columns(kept.version, kept.text, kept.at, kept.refused).where(kept.note.in_(theirs))
    rows = await connection.execute(wanted.order_by(kept.id).limit(MOST_VERSIONS))
    return [record(NoteVersion, row) for row in rows]


def _read(key: str, text: str) -> str:
    if not 8 <= len(key) <= 100 or not key.isascii():
        raise BadInput(NO_KEY)
    text = clean(text)
    if len(text) > LONGEST:
        raise BadInput(LONG, length=len(text), most=LONGEST)
    return text


async def _write_on(connection: AsyncConnection, new: dict[str, object], now: datetime) -> Note | CallCenterError:
    found = await connection.execute(select(notes).where(notes.c.key == new["key"]).with_for_update())
    old = record(Note, found.one())
    elsewhere = old.ticket != new["ticket"] and not await were_one(connection, old.ticket, int(str(new["ticket"])))
    if old.author != new["author"] or elsewhere:  # merged or taken apart while she types: the note stays where it is
        raise Refused(NOT_YOURS, who=old.author)
    text, version = str(new["text"]), int(str(new["version"]))
    if old.text == text:
        return old
    if version <= old.version:
        await _keep(connection, old.key, version, text, now, refused=True)
        return Conflict(TOO_LATE, mine=text, theirs=old.text, who=old.author, version=old.version)
    if now - old.changed_at >= PAUSE or not text.startswith(old.text):
        await _keep(connection, old.key, old.version, old.text, old.changed_at)
    changed = await connection.execute(
        update(notes)
        .where(notes.c.key == old.key, notes.c.version == old.version)
        .values(text=text, version=version, changed_at=now)
        .returning(notes)
    )
    return record(Note, changed.one())


async def _keep(
    connection: AsyncConnection, key: str, version: int, text: str, at: datetime, *, refused: bool = False
) -> None:
    row = {"note": key, "version": version, "text": text, "at": at, "refused": refused}
    await connection.execute(plain_insert(note_revisions), [row])
