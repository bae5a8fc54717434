"""A new version in place of the old one, and back, with a caller and a call taker in speech; and a cut of the power."""

import asyncio
import contextlib
import os
import shlex
import signal
import sqlite3
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from callcenter.health import trouble
from callcenter.install import copy_tree, put_in_place
from callcenter.keys import read_secrets
from callcenter.settings_reader import read_settings
from callcenter.units import ASTERISK, SERVICE, Place, units
from tests.faults.house import rows_of
from tests.live.places import free_block, tools
from tests.live.softphone import Phone
from tests.live.waiting import PATIENT_S, until
from tests.test_install import ME

pytestmark = pytest.mark.live

STEP = '''
"""Something is added: the version after this one."""

import sqlalchemy as sa
from alembic import op

revision = "9999"
down_revision = "{before}"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table("moods", sa.Column("id", sa.Integer(), primary_key=True))
    op.add_column("tickets", sa.Column("mood", sa.Text(), nullable=True))
'''
SETTINGS = '[[trunks]]\nname = "main"\nhosts = ["127.0.0.2"]\n'


class Machine:
    """A room that was installed: its units' programs, started as systemd does, but for the hardening."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.prefix, home = folder, folder / "opt" / "callcenter", folder / "home"
        home.mkdir(mode=0o700)
        first = free_block(120)
        ports = f"sip_port = {first}\nami_port = {first + 1}\nws_port = {first + 2}\nweb_port = {first + 3}\n"
        audio = f'rtp_start = {first + 6}\nrtp_end = {first + 119}\npositions = ["101"]\nselftest_every_s = 0\n'
        (home / "settings.toml").write_text(ports + audio + SETTINGS)
        self.environment = {key: value for key, value in os.environ.items() if not key.startswith("CALLCENTER_")}
        self.environment |= {"CALLCENTER_HOME": str(home), "CALLCENTER_TOOLS": str(tools())}
        self.settings = read_settings(self.environment)
        place = Place(
            user=ME,
            tree=self.prefix,
            python=Path(sys.executable),
            asterisk=tools() / "asterisk" / "bin" / "asterisk",
            home=home,
            run_folder=self.settings.run_folder,
            environment=folder / "environment",
            backups=folder / "backups",
        )
        self.units = units(place)
        self.running: dict[str, asyncio.subprocess.Process] = {}

    def install(self, *, after: str = "") -> None:
        """As `./run install --prefix` puts it there. `after`: a version whose migration follows that one."""
        new = self.prefix.with_name("callcenter.new")
        copy_tree(new)
        if after:
            (new / "migrations" / "versions" / "9999_something_is_added.py").write_text(STEP.format(before=after))
        put_in_place(new, self.prefix)

    def roll_back(self) -> None:
        """The README's words: swap the two."""
        previous, aside = self.prefix.with_name("callcenter.previous"), self.prefix.with_name("aside")
        self.prefix.rename(aside)
        previous.rename(self.prefix)
        aside.rename(previous)

    async def start(self, name: str, key: str = "ExecStart") -> asyncio.subprocess.Process:
        lines = dict(line.split("=", 1) for line in self.units[name].splitlines() if "=" in line)
        with (self.folder / f"{name}.log").open("ab") as out:
            self.running[name] = await asyncio.create_subprocess_exec(
                *shlex.split(lines[key].lstrip("-")),
                cwd=lines["WorkingDirectory"],
                env=self.environment | {"PYTHONPATH": str(self.prefix)},
                stdin=asyncio.subprocess.DEVNULL,
                stdout=out,
                stderr=out,
            )
        return self.running[name]

    async def boot(self) -> None:
        """In the order of the units, with nobody there."""
        assert await (await self.start(ASTERISK, "ExecStartPre")).wait() == 0
        await self.start(ASTERISK)
        await self.start(SERVICE)
        await self.healthy()

    async def healthy(self) -> None:
        await until(lambda: asyncio.to_thread(self._well), "the service is healthy", 120, every=0.1)

    def _well(self) -> bool:
        return trouble(self.settings) == []

    async def restart_service(self) -> None:
        """systemctl restart callcenter"""
        self.running[SERVICE].terminate()
        await self.running[SERVICE].wait()
        await self.start(SERVICE)
        await self.healthy()

    async def stop(self) -> None:
        for process in self.running.values():
            if process.returncode is None:
                process.send_signal(signal.SIGTERM)
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(process.wait(), 10)
                if process.returncode is None:
                    process.kill()
                    await process.wait()

    def rows(self, query: str) -> list[dict[str, Any]]:
        return rows_of(self.settings.home / "callcenter.db", query)

    def call(self) -> dict[str, Any]:
        """The one call, with its ticket."""
        (row,) = self.rows(
            "SELECT c.*, t.number AS ticket FROM calls c JOIN ticket_calls l ON l.call = c.id JOIN tickets t"
            " ON t.id = l.ticket WHERE NOT c.test"
        )
        return row

    def talking(self) -> set[str]:
        return {str(row["id"]) for row in self.rows("SELECT id FROM calls WHERE stage = 'TALKING'")}

    def schema(self) -> str:
        return str(self.rows("SELECT version_num FROM alembic_version")[0]["version_num"])

    def sound(self) -> int:
        return sum(file.stat().st_size for file in self.settings.recordings.rglob("*.wav"))


@pytest_asyncio.fixture
async def machine(tmp_path: Path) -> AsyncIterator[Machine]:
    made = Machine(tmp_path)
    made.install()
    try:
        yield made
    finally:
        await made.stop()


@contextlib.asynccontextmanager
async def in_speech(machine: Machine, phones: Path | None = None) -> AsyncIterator[Phone]:
    """A citizen and the phone at 101 hear each other; he hangs up where the block ends."""
    server, secret = f"127.0.0.1:{machine.settings.sip_port}", read_secrets(machine.settings).phones["101"]
    place, heard, earlier = phones or machine.folder, machine.sound(), machine.talking()
    her = Phone("101", server, place / "101", 800, secret)
    him = Phone("081234567890", server, place / "citizen", 500, host="127.0.0.2")
    try:
        await her.start()
        await him.start()
        await him.dial("112")
        await her.answer()
        await until(lambda: machine.sound() > heard + 10_000, "the recording grows", 60)
        await until(lambda: machine.talking() - earlier, "it is stored", 60)
        yield him
        await him.order("hangup")
    finally:
        for phone in (her, him):
            await phone.stop()


async def grows(machine: Machine) -> None:
    before = machine.sound()
    await until(lambda: machine.sound() > before + 8_000, "the recording goes on", 60)


async def test_a_version_goes_in_and_comes_out_again_with_a_call_up(machine: Machine) -> None:
    await machine.boot()
    schema, asterisk = machine.schema(), machine.running[ASTERISK]
    async with in_speech(machine):
        first = machine.call()
        machine.install(after=schema)
        await machine.restart_service()
        assert machine.schema() == "9999", "the new version has migrated forward"
        await grows(machine)
        machine.roll_back()
        await machine.restart_service()
        assert machine.schema() == "9999" and "newer version, which lets this one" in log_of(machine)
        await grows(machine)
        there = machine.call()
        assert (there["id"], there["ticket"], there["stage"]) == (first["id"], first["ticket"], "TALKING")
        assert asterisk.returncode is None
    await until(lambda: machine.call()["done"], "the call has ended", 60)
    over = machine.call()
    kept = ("arrived_at", "answered_at", "answered_by", "recording", "ticket", "number")
    assert {name: over[name] for name in kept} == {name: first[name] for name in kept}
    assert (over["outcome"], over["end_seen"], over["disconnected_early"]) == ("ANSWERED", 1, 0)
    machine.roll_back()
    await machine.restart_service()
    assert machine.schema() == "9999" and machine.call()["ticket"] == first["ticket"], "and forward again"


def log_of(machine: Machine) -> str:
    return (machine.folder / f"{SERVICE}.log").read_text()


async def test_a_version_that_cannot_be_taken_back_says_so_and_the_phones_do_not_mind(machine: Machine) -> None:
    await machine.boot()
    with contextlib.closing(sqlite3.connect(machine.settings.home / "callcenter.db", timeout=20)) as db:
        db.execute("UPDATE alembic_version SET version_num = '9999'")
        db.execute("UPDATE schema_readers SET revision = '9999'")
        db.commit()
    machine.running[SERVICE].terminate()
    await machine.running[SERVICE].wait()
    again = await machine.start(SERVICE)
    assert await asyncio.wait_for(again.wait(), PATIENT_S) == 2
    assert "restore the backup made before the upgrade" in log_of(machine)
    assert machine.running[ASTERISK].returncode is None


async def test_everything_is_killed_at_once_and_the_first_call_is_taken_with_nobody_there(machine: Machine) -> None:
    """As the power goes, but for what the kernel had not written (tests/storage holds the commits to their sync)."""
    await machine.boot()
    async with in_speech(machine):
        before = machine.call()
        for process in machine.running.values():
            process.kill()
        for process in machine.running.values():
            await process.wait()
        await machine.boot()
    async with in_speech(machine, machine.folder / "again"):
        every = "SELECT * FROM calls WHERE NOT test ORDER BY arrived_at"
        await until(lambda: machine.rows(every)[0]["done"], "the first one's end is found", 60)
        rows = machine.rows(every)
        assert len(rows) == 2 and rows[0]["id"] == before["id"]
        assert (rows[0]["outcome"], rows[0]["disconnected_early"]) == ("ANSWERED", 1), "he is owed a callback"
        assert rows[1]["answered_by"] == "101"
