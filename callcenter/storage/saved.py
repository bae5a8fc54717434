"""Filters that a person keeps: what she looks for again and again.

In:  her name, a name for the filter, its address. Out: her own filters.
Never: another person's.
"""

from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from callcenter.core.errors import BadInput
from callcenter.storage.database import Clock, Database
from callcenter.storage.sql import clean, insert
from callcenter.storage.tables_log import saved_filters

MOST, LONGEST_NAME, LONGEST_QUERY = 30, 60, 2000
NO_NAME = "Give the filter a name."
TOO_MANY = "You have {most} filters already. Take one away first."


class SavedFilters:
    """A name is used once for each person: saving it again replaces what it stood for."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database, self._clock = database, clock

    async def of(self, person: str) -> dict[str, str]:
        """Name -> address, by name."""
        wanted = select(saved_filters).where(saved_filters.c.person == person).order_by(saved_filters.c.name)
        async with self._database.read() as connection:
            return {row.name: row.query for row in await connection.execute(wanted)}

    async def save(self, person: str, name: str, query: str) -> None:
        """BadInput: no name, or too many."""
        name, now = clean(" ".join(name.split()))[:LONGEST_NAME], self._clock()
        if not name or not name.isprintable() or len(query) > LONGEST_QUERY:
            raise BadInput(NO_NAME)

        async def unit(connection: AsyncConnection) -> None:
            mine = select(func.count()).where(saved_filters.c.person == person, saved_filters.c.name != name)
            if int((await connection.execute(mine)).scalar_one()) >= MOST:
                raise BadInput(TOO_MANY, most=MOST)
            row = insert(connection, saved_filters).values(person=person, name=name, query=query, at=now)
            same = {"query": row.excluded["query"], "at": row.excluded["at"]}
            await connection.execute(row.on_conflict_do_update(index_elements=["person", "name"], set_=same))

        await self._database.write(unit)

    async def forget(self, person: str, name: str) -> None:
        """Hers, of that name; nothing happens where there is none."""
        gone = delete(saved_filters).where(saved_filters.c.person == person, saved_filters.c.name == name)
        await self._database.write(lambda connection: connection.execute(gone))
