"""The city's phrases, a list for each language; the shipped ones until somebody changes them.

In:  a language, the list as text, the version that the page had seen. Out: all lists, in memory.
Never: another person's newer list overwritten; a list with a line that is no phrase.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from importlib.resources import files

from sqlalchemy import Column, Integer, Table, select
from sqlalchemy.ext.asyncio import AsyncConnection

from callcenter.core.errors import Conflict, StoreDown
from callcenter.core.phrase import Phrase, read
from callcenter.storage.audit import add as audit
from callcenter.storage.columns import key, metadata, moment, words
from callcenter.storage.database import Clock, Database
from callcenter.storage.sql import clean
from callcenter.storage.texts import replace_text

log = logging.getLogger(__name__)

SHIPPED = ("id", "en")
OTHER_FIRST = "{who} changed these phrases meanwhile. Your list was not stored; copy it, read the newer one, try again."

phrases = Table(
    "phrases",
    metadata,
    key("language", 20),
    words("text"),
    Column("version", Integer, nullable=False),
    words("changed_by"),
    moment("changed_at", known=True),
)


@dataclass(frozen=True, slots=True)
class PhraseList:
    """One language's phrases. Version 0: as shipped."""

    text: str = ""
    version: int = 0
    changed_by: str = ""
    changed_at: datetime | None = None

    @property
    def phrases(self) -> tuple[Phrase, ...]:
        return read(self.text)


NONE = PhraseList()


def shipped() -> dict[str, PhraseList]:
    """Those of the program."""
    folder = files("callcenter").joinpath("data")
    return {code: PhraseList(folder.joinpath(f"phrases.{code}.txt").read_text("utf-8")) for code in SHIPPED}


class Phrases:
    """Every list, in memory; the database has those that the city changed."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database, self._clock = database, clock
        self.lists: Mapping[str, PhraseList] = shipped()

    def of(self, language: str) -> tuple[Phrase, ...]:
        """What may be typed; the Indonesian list where the language has none of its own."""
        return self.lists.get(language, self.lists[SHIPPED[0]]).phrases

    async def load_or_keep(self) -> None:
        """At the start: a database that is away costs the city's own phrases for now, not the shipped ones."""
        try:
            async with self._database.read() as connection:
                rows = await connection.execute(select(phrases))
                changed = {r.language: PhraseList(r.text, r.version, r.changed_by, r.changed_at) for r in rows}
        except StoreDown as away:
            log.warning("the phrases are the shipped ones for now: %s", away)
            return
        self.lists = {**shipped(), **changed}

    async def save(self, language: str, text: str, *, version: int, by: str) -> PhraseList:
        """Keep it. BadInput names the line; Conflict: somebody else did meanwhile, and nothing was stored."""
        said, now = clean(text).replace("\r\n", "\n").strip(), self._clock()
        read(said)

        async def unit(connection: AsyncConnection) -> PhraseList | Conflict:
            row = {"language": language}
            old = await replace_text(connection, phrases, row, said, version=version, by=by, now=now, clash=OTHER_FIRST)
            if isinstance(old, Conflict):
                return old
            details = {"old": shipped().get(language, NONE).text if old is None else old, "new": said}
            await audit(connection, by=by, action="phrases.change", target=language, details=details, at=now)
            return PhraseList(said, version + 1, by, now)

        saved = await self._database.write(unit)
        assert isinstance(saved, PhraseList)  # a Conflict is raised by the database
        self.lists = {**self.lists, language: saved}
        return saved
