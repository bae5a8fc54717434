"""The score sheet in its versions: the shipped one fills the first, the city writes the next.

In:  questions, the version that the page had seen. Out: a version.
Never: a version changed: sheets that were filled with it must read as they were filled.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib.resources import files

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from callcenter.core.errors import Conflict, NotFound, Refused
from callcenter.core.score import Question, coded, faults, from_plain, to_plain
from callcenter.storage.audit import add as audit
from callcenter.storage.database import Clock, Database
from callcenter.storage.sql import clean
from callcenter.storage.sql import insert as insert_unless
from callcenter.storage.tables_quality import score_forms

SHIPPED = "112"
OTHER_FIRST = "{who} changed the score sheet meanwhile. Yours was not stored: it is still below."
SAME = "Nothing was changed."
NO_FORM = "There is no such version of the score sheet."


@dataclass(frozen=True, slots=True)
class Form:
    """One version."""

    version: int
    questions: tuple[Question, ...]
    changed_by: str
    changed_at: datetime | None


def shipped() -> list[Question]:
    """Those of the program: a 112 call taker's call."""
    return from_plain(json.loads(files("callcenter").joinpath("data/score_sheet.json").read_text("utf-8")))


async def newest(connection: AsyncConnection) -> Form | None:
    """The one that new sheets are filled with."""
    row = (await connection.execute(select(score_forms).order_by(score_forms.c.version.desc()).limit(1))).first()
    return Form(row.version, tuple(from_plain(row.questions)), row.changed_by, row.changed_at) if row else None


async def newest_or_first(connection: AsyncConnection, now: datetime) -> Form:
    """The same; the shipped one becomes the first version. Inside a transaction that writes."""
    found = await newest(connection)
    if found is not None:
        return found
    row = {"version": 1, "questions": to_plain(shipped()), "changed_by": SHIPPED, "changed_at": now}
    await connection.execute(insert_unless(connection, score_forms).values(row).on_conflict_do_nothing())
    return Form(1, tuple(shipped()), SHIPPED, now)


class ScoreForms:
    """Reads versions, writes the next one."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database, self._clock = database, clock

    async def newest(self) -> Form:
        """The one in force; the shipped one until a sheet was begun or the city changed it."""
        async with self._database.read() as connection:
            return await newest(connection) or Form(1, tuple(shipped()), SHIPPED, None)

    async def versions(self) -> list[Form]:
        """All of them, the newest first."""
        async with self._database.read() as connection:
            rows = await connection.execute(select(score_forms).order_by(score_forms.c.version.desc()))
            return [Form(r.version, tuple(from_plain(r.questions)), r.changed_by, r.changed_at) for r in rows]

    async def one(self, version: int) -> Form:
        """NotFound."""
        found = next((form for form in await self.versions() if form.version == version), None)
        if found is None:
            raise NotFound(NO_FORM)
        return found

    async def save(self, questions: Sequence[Question], *, version: int, by: str) -> Form:
        """The next version. BadInput: a fault; Conflict: somebody else was first; Refused: nothing changed."""
        wrong = faults(questions)
        if wrong:
            raise wrong[0]
        now = self._clock()

        async def unit(connection: AsyncConnection) -> Form:
            last = await newest_or_first(connection, now)
            if last.version != version:
                raise Conflict(OTHER_FIRST, who=last.changed_by)
            new, old = to_plain(coded(questions, version + 1)), to_plain(last.questions)
            new = [{**one, "id": clean(one["id"]), "en": clean(one["en"])} for one in new]
            if new == old:
                raise Refused(SAME)
            row = {"version": version + 1, "questions": new, "changed_by": by, "changed_at": now}
            await connection.execute(insert(score_forms), [row])
            told = {"old": old, "new": new}
            await audit(connection, by=by, action="quality.form", target=f"{version + 1}", details=told, at=now)
            return Form(version + 1, tuple(from_plain(new)), by, now)

        return await self._database.write(unit)
