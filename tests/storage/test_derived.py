"""What the database keeps by itself: made at the start where it is missing, and left alone where it is there."""

from typing import Any

from sqlalchemy import Connection, delete, insert

from callcenter.storage import Database, migrate
from callcenter.storage.derived import _there, derive
from callcenter.storage.kept import EVERYTHING
from callcenter.storage.tables import calls
from callcenter.storage.tables_figures import figure_marks
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
