"""The one holder of the book of agencies and categories: the database rules, everybody reads the newest picture.

In:  the database; the first book (from the settings) where it is empty; changes that an administrator makes.
Out: `directory()`, the catalogue of this moment; `changed` told after each change, also one that another program made.
Never: a room without agencies: while the database is away at the start, the last good copy in the home folder serves.
"""

import asyncio
import logging
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncConnection

from callcenter.core.book import Book, Roads, picture
from callcenter.core.catalogue import Catalogue
from callcenter.core.errors import CallCenterError, StoreDown
from callcenter.keys import write_private
from callcenter.storage import book_copy
from callcenter.storage.book_changes import Edit, apply_edit, fill
from callcenter.storage.book_rows import read_book, read_revision
from callcenter.storage.database import Clock, Database

log = logging.getLogger(__name__)

LOOK_EVERY_S = 1.0


class Directory:
    """Call it for the catalogue; `open` it first, then `run` it."""

    def __init__(
        self,
        database: Database,
        *,
        first: Callable[[], Book],
        roads: Roads,
        copy: Path,
        clock: Clock,
        changed: Callable[[], None] = lambda: None,
    ) -> None:
        """`first`: the book of an empty database. `copy`: where the last good one is kept. `roads`: see core/book."""
        self.roads, self.changed = roads, changed
        self._database, self._first, self._copy, self._clock = database, first, copy, clock
        self.book = Book(revision=-1)
        self._catalogue = Catalogue()

    def __call__(self) -> Catalogue:
        """The catalogue of this moment."""
        return self._catalogue

    async def open(self) -> None:
        """The stored book; while the database is away the last good copy, or the settings'."""
        try:
            await self.look()
        except StoreDown as away:
            log.warning("agencies as they were last known: %s", away)
            self._take(await asyncio.to_thread(self._last_known))

    def _last_known(self) -> Book:
        return book_copy.read(self._copy) or self._first()

    async def run(self) -> None:
        """Sees, within a second, what another program changed. Until cancelled."""
        while True:
            await asyncio.sleep(LOOK_EVERY_S)
            with suppress(CallCenterError):  # the database's own state tells it
                await self.look()

    async def look(self) -> None:
        """Once: the stored book, if there is a newer one. An empty database gets the first one. StoreDown."""
        async with self._database.read() as connection:
            revision = await read_revision(connection)
            if revision == self.book.revision:
                return
            stored = await read_book(connection) if revision is not None else None
        if stored is None:
            first, now = self._first(), self._clock()

            async def unit(connection: AsyncConnection) -> Book:
                return await fill(connection, first, now)

            stored = await self._database.write(unit)
        await self._keep(stored)

    async def read(self) -> Book:
        """The book as it is stored right now. StoreDown."""
        await self.look()
        return self.book

    async def change(self, edit: Edit, *, by: str, seen: Mapping[str, int]) -> Book:
        """Another book in place of this one. `seen`: the versions that the page had, by code; 0: it was not there.

        Unfit: what would break dialling, by field. Conflict: somebody else changed it meanwhile. Refused: it is used.
        """
        now = self._clock()

        async def unit(connection: AsyncConnection) -> Book:
            return await apply_edit(connection, edit, self.roads, by=by, seen=seen, now=now)

        book = await self._database.write(unit)
        await self._keep(book)
        return book

    async def _keep(self, book: Book) -> None:
        self._take(book)
        try:
            await asyncio.to_thread(write_private, self._copy, book_copy.text(book))
        except OSError as wrong:
            log.warning("the copy of the agencies could not be written: %s", wrong)

    def _take(self, book: Book) -> None:
        self.book = book
        self._catalogue = picture(book, self.roads)
        self.changed()
