"""Asterisk starts again between two calls, and never under one; its records begin a new volume then."""

import asyncio
import os
import sqlite3
import subprocess
from contextlib import closing, suppress
from pathlib import Path

import pytest

from callcenter.asterisk.records import older
from callcenter.settings import Settings
from callcenter.settings_reader import read_settings
from callcenter.setup import prepare
from tests.live.raw_sip import Invite
from tests.test_run import PORTS, ROOT, Room, environment, room, until

pytestmark = pytest.mark.live


def quiet_restart(home: Path, *words: str) -> subprocess.CompletedProcess[str]:
    line = [str(ROOT / "run"), "quiet-restart", *words]
    return subprocess.run(line, env=environment(home), capture_output=True, text=True, timeout=180)


def written_long_ago(settings: Settings) -> None:
    with closing(sqlite3.connect(settings.cel_file)) as db:
        db.execute("INSERT INTO cel (eventtype, eventtime, uniqueid) VALUES ('CHAN_START', '1700000000.0', 'x')")
        db.commit()


def test_a_new_volume_begins_when_asterisk_starts_and_it_starts_again_between_two_calls(tmp_path: Path) -> None:
    settings = read_settings(environment(tmp_path))
    asyncio.run(prepare(settings))
    written_long_ago(settings)
    with room(tmp_path) as here:
        assert len(older(settings.cel_file)) == 1
        until(lambda: here.health().get("line", {}).get("phase") == "up", "the link")
        assert "Nothing waits for a restart" in quiet_restart(tmp_path, "--if-due").stdout
        asyncio.run(a_caller_is_not_cut(tmp_path, here))
        before = here.asterisk()
        done = quiet_restart(tmp_path)
        assert done.returncode == 0 and "between two calls" in done.stdout, done.stderr
        assert here.asterisk() not in (None, before)
        until(lambda: here.health().get("line", {}).get("phase") == "up", "the link to the new one")
        assert len(older(settings.cel_file)) == 1, "a new one is not old"
    assert "does not run here" in quiet_restart(tmp_path).stderr


def order_given(home: Path) -> bool:
    """Asterisk's own console was started with it, and waits there for the quiet minute."""
    for process in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(OSError):
            line = process.read_bytes()
            if b"core stop when convenient" in line and os.fsencode(home) in line:
                return True
    return False


async def a_caller_is_not_cut(home: Path, here: Room) -> None:
    """While he waits it does not happen, and another one is taken meanwhile."""
    before = here.asterisk()
    he = await Invite(PORTS["SIP"], "112", "127.0.0.1").send()
    await he.status(180)
    waits = asyncio.create_task(asyncio.to_thread(quiet_restart, home, "--minutes", "0.08"))
    await asyncio.to_thread(until, lambda: order_given(home), "the order is given")
    she = await Invite(PORTS["SIP"], "112", "127.0.0.1").send()
    await she.status(180)
    done = await waits
    assert done.returncode == 2 and "Asterisk goes on as it was" in done.stderr, done.stdout + done.stderr
    assert here.asterisk() == before
    for each in (he, she):
        each.cancel()
        await each.status(487)
        each.close()
    until(lambda: here.health()["calls"]["live"] == 0, "both are gone")
