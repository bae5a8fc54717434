"""A small real Asterisk for the tests of the link: no telephone, four accounts, a dialplan of two extensions.

In:  a folder.
Out: a running Asterisk that can be frozen, killed and started again on the same port.
Never: our own configuration (tests/live has it): here nothing but the manager is tried.
"""

import asyncio
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from tests.fakes import Watch
from tests.live.places import asterisk_program, free_block
from tests.live.waiting import until

MANAGER = """
[general]
enabled = yes
webenabled = no
bindaddr = 127.0.0.1
port = {port}
timestampevents = yes
[desk]
secret = s3cret
permit = 127.0.0.1/32
read = system,call,agent,user,dtmf
write = call,agent,originate,reporting
writetimeout = 5000
[elsewhere]
secret = s3cret
deny = 0.0.0.0/0.0.0.0
permit = 192.0.2.1/32
read = system
write = reporting
[deaf]
secret = s3cret
read = call
write = call,reporting
[mute]
secret = s3cret
read = system,call
write = call
"""
MODULES = """
[modules]
autoload = no
load = pbx_config.so
load = bridge_softmix.so
load = app_confbridge.so
"""
DIALPLAN = """
[trial]
exten = wait,1,Answer()
same = n,Wait(300)
exten = over,1,Hangup(16)
"""


class RealAsterisk:
    """`watch` is touched by nobody here: the link under test does it."""

    user, secret = "desk", "s3cret"

    def __init__(self, program: Path, folder: Path) -> None:
        self._program, self._folder = program, folder
        self.port = free_block(1)
        self.watch = Watch()
        self._process: asyncio.subprocess.Process | None = None
        self._write()

    def _write(self) -> None:
        home = self._folder
        for name in ("etc", "run", "log", "spool", "lib/keys", "cache"):
            (home / name).mkdir(parents=True)
        folders = {"astetcdir": "etc", "astrundir": "run", "astlogdir": "log", "astspooldir": "spool"}
        folders |= {"astvarlibdir": "lib", "astdbdir": "lib", "astkeydir": "lib", "astcachedir": "cache"}
        lines = [f"{key} => {home / name}" for key, name in folders.items()]
        fetched = next(self._program.parents[1].glob("root/usr/lib/*/asterisk/modules"), None)
        if fetched:
            share = self._program.parents[1] / "root" / "usr" / "share" / "asterisk"
            lines += [f"astmoddir => {fetched}", f"astdatadir => {share}"]
        etc = home / "etc"
        (etc / "asterisk.conf").write_text("\n".join(["[directories]", *lines, "[options]", "nocolor = yes", ""]))
        (etc / "manager.conf").write_text(MANAGER.format(port=self.port))
        (etc / "modules.conf").write_text(MODULES)
        (etc / "extensions.conf").write_text(DIALPLAN)
        (etc / "confbridge.conf").write_text("[general]\n")

    async def start(self) -> None:
        with (self._folder / "out").open("ab") as out:
            self._process = await asyncio.create_subprocess_exec(
                self._program, "-f", "-C", self._folder / "etc" / "asterisk.conf",
                stdin=asyncio.subprocess.DEVNULL, stdout=out, stderr=out,
            )  # fmt: skip

    async def freeze(self) -> None:
        """Every thread stands still, not only the signal is sent."""
        assert self._process
        self._process.send_signal(signal.SIGSTOP)
        await until(self._stands_still, "every thread of Asterisk has stopped")

    def _stands_still(self) -> bool:
        assert self._process
        threads = Path(f"/proc/{self._process.pid}/task").glob("*/stat")
        return all(thread.read_text().rpartition(")")[2].split()[0] == "T" for thread in threads)

    def thaw(self) -> None:
        assert self._process
        self._process.send_signal(signal.SIGCONT)

    async def kill(self) -> None:
        if self._process and self._process.returncode is None:
            self._process.kill()
            await self._process.wait()

    async def rise(self) -> None:
        """As the supervisor would: an Asterisk that was told to restart itself may just end (a fetched one does)."""
        assert self._process
        await self._process.wait()
        await self.start()

    async def cli(self, command: str) -> None:
        shell = await asyncio.create_subprocess_exec(
            self._program,
            "-C",
            self._folder / "etc" / "asterisk.conf",
            "-rx",
            command,
            stdout=asyncio.subprocess.DEVNULL,
        )
        await shell.wait()


@asynccontextmanager
async def real_asterisk(folder: Path) -> AsyncIterator[RealAsterisk]:
    """Started, not yet awaited: the link waits better than a test does."""
    program = asterisk_program()
    assert program, "no Asterisk: ./test brings it"
    asterisk = RealAsterisk(program, folder)
    await asterisk.start()
    try:
        yield asterisk
    finally:
        await asterisk.kill()
