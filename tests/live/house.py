"""A real Asterisk with our configuration, in a home of its own.

In:  a folder and what a city would set. Out: a running Asterisk, its CLI, its journals.
Never: the Python service: everything here must work without it.
"""

import asyncio
import contextlib
import re
import sqlite3
from dataclasses import dataclass
from pathlib import Path

from callcenter.asterisk.render import render
from callcenter.keys import Secrets
from callcenter.settings import Settings
from callcenter.settings_reader import read_settings
from tests.live.ami import Ami
from tests.live.places import asterisk_program, free_block, tools
from tests.live.tone import heard, samples_of
from tests.live.waiting import until

WATCHER = """
[watch]
secret = watch
permit = 127.0.0.1/32
read = all
write = all
writetimeout = 5000
"""
"""An account for tests only: sees everything, may do everything."""

ASTERISKS_OWN = ("registrar/", "pbx/", "Queue/", "subscription/")
"""Families of AstDB that no order of ours reaches."""

SECRETS = Secrets(ami="desk-secret", session="x", phones={str(n): f"password{n}" for n in range(101, 105)})


@dataclass
class Exchange:
    """One running Asterisk."""

    program: Path
    home: Path
    sip_port: int
    ami_port: int
    process: asyncio.subprocess.Process | None = None

    @property
    def etc(self) -> Path:
        return self.home / "asterisk" / "etc"

    @property
    def server(self) -> str:
        return f"127.0.0.1:{self.sip_port}"

    async def start(self) -> None:
        with (self.home / "asterisk.out").open("ab") as out:
            self.process = await asyncio.create_subprocess_exec(
                self.program,
                "-f",
                "-C",
                self.etc / "asterisk.conf",
                stdin=asyncio.subprocess.DEVNULL,
                stdout=out,
                stderr=out,
            )
        await until(self._booted, "Asterisk has booted", 60, every=0.1)

    async def _booted(self) -> bool:
        return "fully booted" in await self.cli("core waitfullybooted")

    async def cli(self, command: str) -> str:
        shell = await asyncio.create_subprocess_exec(
            self.program, "-C", self.etc / "asterisk.conf", "-rx", command, stdout=-1, stderr=asyncio.subprocess.DEVNULL
        )
        out, _ = await shell.communicate()
        return out.decode(errors="replace")

    async def stop(self) -> None:
        if self.process and self.process.returncode is None:
            self.process.terminate()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self.process.wait(), 10)
            if self.process.returncode is None:
                self.process.kill()
                await self.process.wait()

    async def quiet(self) -> None:
        """No channel left, nothing in the journal."""
        await until(self._emptied, "no channel is left")
        await self.cli("database deltree e112")
        await self.cli("database deltree agency")
        await self.cli("database deltree rate")
        await self.cli("database deltree flag")

    async def _emptied(self) -> bool:
        """Also of what began after the last time it was said."""
        await self.cli("channel request hangup all")
        return await self._empty()

    async def rings(self, position: str) -> bool:
        """Asterisk has asked that phone once since it signed in: until then the queue passes it over."""
        said = await self.cli(f"dialplan eval function DEVICE_STATE(PJSIP/{position})")
        return "Result: " in said and not any(word in said for word in ("UNAVAILABLE", "INVALID", "UNKNOWN"))

    async def _empty(self) -> bool:
        return "0 active channels" in await self.cli("core show channels count")

    async def journal(self) -> dict[str, str]:
        """AstDB: key -> value."""
        lines = re.findall(r"(?m)^/(\S+)\s*: ?(.*)$", await self.cli("database show"))
        return {key: value.strip() for key, value in lines}

    async def written(self) -> dict[str, str]:
        """The journal without what Asterisk writes there for itself: phones sign in again, also while a test looks."""
        return {key: value for key, value in (await self.journal()).items() if not key.startswith(ASTERISKS_OWN)}

    async def entry(self, call: str, key: str) -> str:
        """e112/<call>/<key>, as soon as it is there."""
        found = await until(lambda: self._entry(f"e112/{call}/{key}"), f"{key} of {call} in the journal")
        assert found
        return found

    async def _entry(self, key: str) -> str | None:
        return (await self.journal()).get(key)

    def timeline(self) -> list[dict[str, str]]:
        """CEL, read as anybody may: read-only."""
        with contextlib.closing(sqlite3.connect(f"file:{self.home}/asterisk/log/master.db?mode=ro", uri=True)) as db:
            db.row_factory = sqlite3.Row
            return [dict(row) for row in db.execute("SELECT * FROM cel ORDER BY AcctId")]

    def toll_free(self) -> str:
        file = self.home / "asterisk" / "log" / "cdr-csv" / "Master.csv"
        return file.read_text(errors="replace") if file.exists() else ""

    def recording(self, name: str) -> Path:
        return self.home / "asterisk" / "spool" / "monitor" / name

    async def on_record(self, name: str, *hertz: int, last: float | None = None) -> None:
        """All these tones are on the recording, or in its last seconds."""

        def there() -> bool:
            file = self.recording(name)
            return file.exists() and all(heard(samples_of(file, last), each) for each in hertz)

        await until(there, f"{hertz} Hz in {name}")

    def desk(self) -> Ami:
        return Ami(self.ami_port, "desk", SECRETS.ami)

    def watch(self) -> Ami:
        return Ami(self.ami_port, "watch", "watch")


def prepared(home: Path, settings_text: str) -> tuple[Exchange, Settings]:
    """The files of a home; nothing runs yet."""
    program = asterisk_program()
    assert program is not None
    ports = free_block(70)
    home.mkdir(parents=True, exist_ok=True)
    (home / "settings.toml").write_text(
        f"sip_port = {ports}\nami_port = {ports + 1}\nws_port = {ports + 2}\n"
        f"rtp_start = {ports + 4}\nrtp_end = {ports + 69}\n{settings_text}"
    )
    settings = read_settings({"CALLCENTER_HOME": str(home), "CALLCENTER_TOOLS": str(tools())})
    etc = _folders(settings)
    render(settings, SECRETS, etc)
    _timeline(settings.asterisk / "log" / "master.db", (etc / "cel_sqlite3_custom.conf").read_text())
    with (etc / "city" / "manager.conf").open("a") as accounts:
        accounts.write(WATCHER)
    changes = (
        ("pjsip.conf", "rtp_timeout = 30", "rtp_timeout = 2"),
        ("pjsip.conf", "qualify_frequency = 15", "qualify_frequency = 15\nqualify_timeout = 12"),  # a late one is there
    )
    for file, what, instead in changes:
        text = (etc / file).read_text()
        assert what in text
        (etc / file).write_text(text.replace(what, instead))
    return Exchange(program, home, ports, ports + 1), settings


def _folders(settings: Settings) -> Path:
    for name in ("etc", "log", "spool/monitor", "spool/tmp", "lib/keys", "cache"):
        (settings.asterisk / name).mkdir(parents=True)
    settings.run_folder.mkdir(parents=True, exist_ok=True)
    return settings.asterisk / "etc"


def _timeline(file: Path, configuration: str) -> None:
    """In WAL mode before Asterisk opens it."""
    columns = re.search(r"(?m)^columns = (.+)$", configuration)
    assert columns
    with contextlib.closing(sqlite3.connect(file)) as db:
        db.execute("PRAGMA journal_mode=WAL")
        db.execute(f"CREATE TABLE cel (AcctId INTEGER PRIMARY KEY, {columns[1]})")
        db.commit()
