"""Protocol cards as the city edits them; those shipped with the program until it does.

In:  a category's card in one language, the version that the page had seen. Out: all cards, in memory.
Never: another person's newer text overwritten; a card that a call has to wait for.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from importlib.resources import files

from sqlalchemy import Column, Integer, String, Table, select
from sqlalchemy.ext.asyncio import AsyncConnection

from callcenter.core.card import LONGEST, Line, read, sections
from callcenter.core.errors import BadInput, Conflict, StoreDown
from callcenter.storage.audit import add as audit
from callcenter.storage.columns import key, metadata, moment, words
from callcenter.storage.database import Clock, Database
from callcenter.storage.sql import clean
from callcenter.storage.texts import replace_text

log = logging.getLogger(__name__)

LANGUAGES = ("id", "en")
OTHER_FIRST = "{who} changed this card meanwhile. Your text was not stored; copy it, read the newer one, and try again."
TOO_LONG = "A card has at most {most} letters."

cards = Table(
    "cards",
    metadata,
    key("category", 40),
    Column("language", String(8), primary_key=True),
    words("text"),
    Column("version", Integer, nullable=False),
    words("changed_by"),
    moment("changed_at", known=True),
)


@dataclass(frozen=True, slots=True)
class Card:
    """One category's card in one language. Version 0: as shipped."""

    text: str = ""
    version: int = 0
    changed_by: str = ""
    changed_at: datetime | None = None

    @property
    def lines(self) -> tuple[Line, ...]:
        """What stands on it."""
        return read(self.text)


NO_CARD = Card()


def shipped() -> dict[tuple[str, str], Card]:
    """Those of the program."""
    found: dict[tuple[str, str], Card] = {}
    for language in LANGUAGES:
        text = files("callcenter").joinpath(f"data/cards.{language}.txt").read_text("utf-8")
        found |= {(code, language): Card(card) for code, card in sections(text).items()}
    return found


class Cards:
    """Every card, in memory; the database has those that the city changed."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database, self._clock = database, clock
        self.book: Mapping[tuple[str, str], Card] = shipped()

    def of(self, category: str, language: str) -> Card:
        """The card; in Indonesian where the language has none."""
        return self.book.get((category, language)) or self.book.get((category, LANGUAGES[0])) or NO_CARD

    async def load_or_keep(self) -> None:
        """At the start: a database that is away costs the city's own cards for now, not the shipped ones."""
        try:
            async with self._database.read() as connection:
                rows = await connection.execute(select(cards))
                changed = {(r.category, r.language): Card(r.text, r.version, r.changed_by, r.changed_at) for r in rows}
        except StoreDown as away:
            log.warning("the protocol cards are the shipped ones for now: %s", away)
            return
        self.book = {**shipped(), **changed}

    async def save(self, category: str, language: str, text: str, *, version: int, by: str) -> Card:
        """Keep it. Conflict: somebody else did meanwhile, and nothing was stored."""
        said, now = clean(text).replace("\r\n", "\n").strip(), self._clock()
        if len(said) > LONGEST:
            raise BadInput(TOO_LONG, most=LONGEST)

        async def unit(connection: AsyncConnection) -> Card | Conflict:
            row = {"category": category, "language": language}
            old = await replace_text(connection, cards, row, said, version=version, by=by, now=now, clash=OTHER_FIRST)
            if isinstance(old, Conflict):
                return old
            if old is None:
                old = shipped().get((category, language), NO_CARD).text
            details = {"old": old, "new": said}
            await audit(
                connection, by=by, action="cards.change", target=f"{category} {language}", details=details, at=now
            )
            return Card(said, version + 1, by, now)

        saved = await self._database.write(unit)
        assert isinstance(saved, Card)  # a Conflict is raised by the database
        self.book = {**self.book, (category, language): saved}
        return saved
