"""A folder whose database was emptied while nothing ran says so, until it is back or a person says it is meant."""

import os
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from callcenter import doctor, emptied
from callcenter.audit import HEADS, Heads, verify
from callcenter.backup import backup
from callcenter.emptied import KEY, MEANT, WHOLE, Emptied, begin_anew
from callcenter.findings import Grade
from callcenter.restore import restore
from callcenter.settings import Settings
from callcenter.settings_reader import read_settings
from callcenter.setup import prepare
from callcenter.storage import Database, People
from tests.prepared import prepared

SAID = "but its database was empty at the start"


def now() -> datetime:
    return datetime.now(UTC)


async def lived(settings: Settings) -> None:
    """The service ran: the audit's end is written down."""
    async with Database(settings.database_url).running() as database:
        await Heads(settings, database, clock=now).look()


async def alarm(settings: Settings) -> str | None:
    """What the service raises."""
    told: dict[str, str | None] = {}
    async with Database(settings.database_url).running() as database:
        await Emptied(settings, database, alarm=told.__setitem__).look()
    return told[KEY]


def remove(settings: Settings, how: Callable[[Path], None] = Path.unlink) -> None:
    for ending in ("-wal", "-shm"):
        (settings.home / f"callcenter.db{ending}").unlink(missing_ok=True)
    how(settings.home / "callcenter.db")


def cut(file: Path) -> None:
    os.truncate(file, 0)


@pytest.fixture
async def settings(tmp_path: Path) -> Settings:
    found = read_settings({"CALLCENTER_HOME": str(tmp_path / "home")})
    await prepared(found)
    await lived(found)
    return found


async def test_a_new_folder_and_one_that_is_whole_say_nothing(
    tmp_path: Path, settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    new = read_settings({"CALLCENTER_HOME": str(tmp_path / "new")})
    assert "sign in as admin with" in "\n".join(await prepare(new))
    for room in (new, settings):
        (room.recordings / f"{now():%Y/%m/%d}").mkdir(parents=True)
        assert await alarm(room) is None
        await lived(room)
        assert await prepare(room) == [] and await alarm(room) is None
        assert await begin_anew(room, now) == [WHOLE]
    assert SAID not in capsys.readouterr().err


@pytest.mark.parametrize("how", [Path.unlink, cut])
async def test_an_emptied_database_is_said_at_each_start_until_a_backup_is_back(
    tmp_path: Path, settings: Settings, capsys: pytest.CaptureFixture[str], how: Callable[[Path], None]
) -> None:
    await backup(settings, tmp_path / "room.tar.gz")
    before = settings.first_run_file.read_text() if settings.first_run_file.exists() else ""
    remove(settings, how)
    shown = "\n".join(await prepare(settings))
    assert SAID in capsys.readouterr().err and f"since {now().astimezone(settings.zone):%Y-%m-%d}" in (
        await alarm(settings) or ""
    )
    password = re.search(r"as admin with (\S+)", settings.first_run_file.read_text())
    assert password and password[1] not in shown and password[1] not in before and "only its owner" in shown
    async with Database(settings.database_url).running() as database:
        assert (await People(database, clock=now).sign_in("admin", password[1], address="127.0.0.1")).session
    await lived(settings)
    assert await prepare(settings) == [] and SAID in capsys.readouterr().err
    found = await doctor.look_at_database(settings)
    assert any(SAID in each.sentence and each.grade is Grade.BROKEN for each in found)
    environ = {"CALLCENTER_HOME": str(settings.home)}
    await restore(settings, tmp_path / "room.tar.gz", environ)
    await prepare(settings)
    assert await alarm(settings) is None and SAID not in capsys.readouterr().err


async def test_a_person_at_the_machine_says_that_an_empty_database_is_meant_once_for_that_one(
    settings: Settings,
) -> None:
    remove(settings)
    await prepare(settings)
    await lived(settings)
    assert (await verify(settings, now))[0] == 1
    told = await begin_anew(settings, now)
    assert told[0] == MEANT and len(list(settings.home.glob("audit-heads.before-*.jsonl"))) == 1
    assert await alarm(settings) is None and await begin_anew(settings, now) == [WHOLE]
    await lived(settings)
    assert (settings.home / HEADS).exists() and (await verify(settings, now))[0] == 0
    remove(settings)
    await prepare(settings)
    assert SAID in (await alarm(settings) or "")


async def test_recordings_or_a_backup_tell_it_too_where_the_audit_s_ends_are_gone(
    tmp_path: Path, settings: Settings
) -> None:
    (settings.home / HEADS).unlink()
    remove(settings)
    await prepare(settings)
    assert await alarm(settings) is None
    old = now() - timedelta(days=400)
    (settings.recordings / f"{old:%Y/%m/%d}").mkdir(parents=True)
    assert f"since {old + emptied.ZONES:%Y-%m}" in (await alarm(settings) or "")
    assert await begin_anew(settings, now) == [MEANT] and await alarm(settings) is None
