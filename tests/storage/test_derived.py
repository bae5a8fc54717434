"""What the database keeps by itself: made at the start where it is missing, and left alone where it is there."""

from functools import partial
from typing import Any

from sqlalchemy import Connection, UpdateBase, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from callcenter.storage import Database, migrate
from callcenter.storage.derived import _there, derive
from callcenter.storage.kept import EVERYTHING
from callcenter.storage.tables import attempts, calls
from callcenter.storage.tables_figures import figure_marks
from callcenter.storage.tables_log import call_agencies
from tests.storage.cast import NOON
from tests.storage.conftest import Room
from tests.storage.wild import town, written


async def triggers(database: Database) -> set[str]:
    async with database.read() as connection:
        return set(await connection.run_sync(lambda c: _there(c, c.dialect.name)))


async def marks(database: Database) -> set[str]:
    async with database.read() as connection:
        return {row.hour for row in await connection.execute(figure_marks.select())}


async def test_a_trigger_that_was_lost_is_made_again_and_what_it_missed_is_found(url: str, room: Room) -> None:
    before = await triggers(room.database)
    assert len(before) == sum(len(kept.triggers) for kept in EVERYTHING)
    lost = next(name for name in before if name.startswith("kept_marks_call_new"))
    made = town(seed=1, many=3)

    async def unit(connection: Any) -> None:
        on = "" if connection.dialect.name == "sqlite" else " ON calls"
        await connection.exec_driver_sql(f"DROP TRIGGER {lost}{on}")
        await connection.execute(insert(calls), made.calls)  # nobody marks these
        await connection.execute(delete(figure_marks))

    await room.database.write(unit)
    await migrate(url)
    assert await triggers(room.database) == before
    assert await marks(room.database) == {f"{call['arrived_at']:%Y-%m-%d %H}" for call in made.calls}


async def test_a_start_with_everything_in_place_changes_nothing(url: str, room: Room) -> None:
    await written(room.database, town(seed=2, many=5))
    await room.database.write(lambda connection: connection.execute(delete(figure_marks)))
    await migrate(url)
    assert await marks(room.database) == set()


async def test_an_older_version_of_a_trigger_goes(room: Room) -> None:
    before = await triggers(room.database)

    async def unit(connection: Any) -> None:
        if connection.dialect.name == "sqlite":
            await connection.exec_driver_sql("CREATE TRIGGER kept_old_0000 AFTER INSERT ON calls BEGIN SELECT 1; END")
        else:
            body = "BEGIN RETURN NULL; END"
            made = f"CREATE FUNCTION kept_old_0000() RETURNS trigger LANGUAGE plpgsql AS $${body}$$"
            await connection.exec_driver_sql(made)
            on = "CREATE TRIGGER kept_old_0000 AFTER INSERT ON calls FOR EACH ROW EXECUTE FUNCTION kept_old_0000()"
            await connection.exec_driver_sql(on)

    await room.database.write(unit)
    assert "kept_old_0000" in await triggers(room.database)

    def again(connection: Connection) -> None:
        derive(connection, EVERYTHING)

    await room.database.write(lambda connection: connection.run_sync(again))
    assert await triggers(room.database) == before


async def test_an_agency_has_its_calls_and_no_others_whatever_becomes_of_the_attempts(room: Room) -> None:
    made = town(seed=3, many=40)
    await written(room.database, made)
    legs = [row["leg"] for row in made.attempts]

    async def holds() -> int:
        tried = select(calls.c.id, attempts.c.agency, calls.c.arrived_at).join(attempts).where(attempts.c.agency != "")
        kept = select(call_agencies.c.call, call_agencies.c.agency, call_agencies.c.arrived_at)
        async with room.database.read() as connection:
            expected = {tuple(row) for row in await connection.execute(tried)}
            found = [tuple(row) for row in await connection.execute(kept)]
        assert len(found) == len(expected) and set(found) == expected
        return len(found)

    before = await holds()
    changes: tuple[UpdateBase, ...] = (
        update(attempts).where(attempts.c.leg.in_(legs[:9])).values(agency="bpbd"),
        update(attempts).where(attempts.c.leg == legs[0]).values(agency=""),
        delete(attempts).where(attempts.c.leg.in_(legs[5:15])),
        update(calls).where(calls.c.id == made.attempts[20]["call"]).values(arrived_at=NOON),
    )
    for change in changes:
        await room.database.write(partial(AsyncConnection.execute, statement=change))
        await holds()
    assert 0 < await holds() < before
