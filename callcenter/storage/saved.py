"""Filters that a person keeps: what she looks for again and again, for herself or for everybody who reads the log.

In:  her name, a name for the filter, its address. Out: her own filters and those that others share; her first one.
Never: another person's that is not shared, to see or to change.
"""

from dataclasses import dataclass

from sqlalchemy import Select, and_, delete, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from callcenter.core.errors import BadInput, NotFound
from callcenter.storage.database import Clock, Database
from callcenter.storage.records import record
from callcenter.storage.sql import clean, insert
from callcenter.storage.tables_log import saved_defaults, saved_filters

MOST, LONGEST_NAME, LONGEST_QUERY = 30, 60, 2000
NO_NAME = "Give the filter a name."
TOO_MANY = "You have {most} filters already. Take one away first."
NO_FILTER = "There is no such filter any more."


@dataclass(frozen=True, slots=True)
class SavedFilter:
    """One filter as one person sees it. `first`: what she sees when she opens the log."""

    person: str
    name: str
    query: str
    shared: bool
    first: bool


class SavedFilters:
    """A name is used once for each person: saving it again replaces what it stood for."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database, self._clock = database, clock

    async def of(self, person: str) -> list[SavedFilter]:
        """Hers, then those that others share; by name."""
        wanted = _seen(person).order_by(saved_filters.c.person != person, saved_filters.c.name, saved_filters.c.person)
        async with self._database.read() as connection:
            return [record(SavedFilter, row) for row in await connection.execute(wanted)]

    async def first(self, person: str) -> str:
        """The address of her first filter; empty: she has none, or its owner does not share it any more."""
        return next((each.query for each in await self.of(person) if each.first), "")

    async def save(self, person: str, name: str, query: str) -> None:
        """BadInput: no name, or too many."""
        name, now = clean(" ".join(name.split()))[:LONGEST_NAME], self._clock()
        if not name or not name.isprintable() or len(query) > LONGEST_QUERY:
            raise BadInput(NO_NAME)

        async def unit(connection: AsyncConnection) -> None:
            mine = select(func.count()).where(saved_filters.c.person == person, saved_filters.c.name != name)
            if int((await connection.execute(mine)).scalar_one()) >= MOST:
                raise BadInput(TOO_MANY, most=MOST)
            row = insert(connection, saved_filters).values(person=person, name=name, query=query, at=now, shared=False)
            same = {"query": row.excluded["query"], "at": row.excluded["at"]}
            await connection.execute(row.on_conflict_do_update(index_elements=["person", "name"], set_=same))

        await self._database.write(unit)

    async def forget(self, person: str, name: str) -> None:
        """Hers, of that name; nothing happens where there is none."""
        gone = delete(saved_filters).where(saved_filters.c.person == person, saved_filters.c.name == name)
        await self._database.write(lambda connection: connection.execute(gone))

    async def share(self, person: str, name: str, *, on: bool) -> None:
        """Show hers to everybody who reads the log, or no more. NotFound."""
        mine = saved_filters.c.person == person, saved_filters.c.name == name

        async def unit(connection: AsyncConnection) -> None:
            if (await connection.execute(update(saved_filters).where(*mine).values(shared=on))).rowcount == 0:
                raise NotFound(NO_FILTER)

        await self._database.write(unit)

    async def prefer(self, person: str, owner: str, name: str) -> None:
        """What she sees when she opens the log; no owner: everything. NotFound: not hers, and not shared."""

        async def unit(connection: AsyncConnection) -> None:
            await connection.execute(delete(saved_defaults).where(saved_defaults.c.person == person))
            if not owner:
                return
            one = _seen(person).where(saved_filters.c.person == owner, saved_filters.c.name == name)
            if (await connection.execute(one)).first() is None:
                raise NotFound(NO_FILTER)
            row = insert(connection, saved_defaults).values(person=person, owner=owner, name=name)
            await connection.execute(row)

        await self._database.write(unit)


def _seen(person: str) -> Select[tuple[str, str, str, bool, bool]]:
    """Those that this person sees."""
    hers = and_(
        saved_defaults.c.person == person,
        saved_defaults.c.owner == saved_filters.c.person,
        saved_defaults.c.name == saved_filters.c.name,
    )
    return (
        select(
            saved_filters.c.person,
            saved_filters.c.name,
            saved_filters.c.query,
            saved_filters.c.shared,
            saved_defaults.c.person.is_not(None).label("first"),
        )
        .join_from(saved_filters, saved_defaults, hers, isouter=True)
        .where(or_(saved_filters.c.person == person, saved_filters.c.shared.is_(True)))
    )
