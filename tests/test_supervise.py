"""Processes are kept alive; ports that are taken are told; two servers never share a folder. With real processes."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from callcenter.alone import SERVER, only_one
from callcenter.children import Adopted, Kept, Process
from callcenter.core.errors import BadInput
from callcenter.ports import asterisk_ports_are_free, web_port_is_free
from callcenter.settings import Settings
from callcenter.settings_reader import read_settings
from callcenter.supervise import last_line, running_asterisk, say
from tests.live.places import free_block
from tests.live.waiting import until

FIRST = free_block(4)
WEB, SIP, AMI, WS = range(FIRST, FIRST + 4)
STUBBORN = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(flush=True); time.sleep(60)"


def sleeper() -> Awaitable[Process]:
    return asyncio.create_subprocess_exec("sleep", "60", start_new_session=True)


@asynccontextmanager
async def kept(start: Callable[[], Awaitable[Process]]) -> AsyncIterator[tuple[Kept, list[str]]]:
    said: list[str] = []
    part = Kept("the part", start, said.append)
    keeping = asyncio.create_task(part.keep())
    try:
        await until(lambda: part.process is not None or bool(said), "a first start")
        yield part, said
    finally:
        keeping.cancel()
        await asyncio.gather(keeping, return_exceptions=True)
        await part.stop(None, 2.0)


def room(home: Path, **more: str) -> Settings:
    ports = {"WEB_PORT": WEB, "SIP_PORT": SIP, "AMI_PORT": AMI, "WS_PORT": WS}
    variables = {f"CALLCENTER_{name}": str(port) for name, port in ports.items()}
    return read_settings({"CALLCENTER_HOME": str(home), **variables, **more})


async def test_a_part_that_is_killed_outright_is_started_again() -> None:
    async with kept(sleeper) as (part, said):
        assert part.process
        first = part.process.pid
        os.kill(first, signal.SIGKILL)
        await until(lambda: part.process is not None and part.process.pid != first, "a second process")
        assert said == ["the part ended; it is started again in 0.5 s"]


async def test_a_part_that_cannot_be_started_is_tried_again_with_the_reason_told() -> None:
    async def start() -> Process:
        return await asyncio.create_subprocess_exec("/nowhere/asterisk")

    async with kept(start) as (_, said):
        await until(lambda: len(said) >= 2, "a second try")
    assert said[0] == "the part cannot be started (No such file or directory); it is started again in 0.5 s"
    assert said[1].endswith("in 1 s")


async def test_a_part_that_died_of_something_is_quoted(tmp_path: Path) -> None:
    log = tmp_path / "log"

    async def start() -> Process:
        with log.open("ab") as out:
            return await asyncio.create_subprocess_exec(sys.executable, "-c", "raise ValueError('no')", stderr=out)

    said: list[str] = []
    part = Kept("the service", start, said.append, lambda: last_line(log))
    keeping = asyncio.create_task(part.keep())
    await until(lambda: bool(said), "its end")
    keeping.cancel()
    assert said[0] == "the service ended with code 1 (ValueError: no); it is started again in 0.5 s"


async def test_a_part_that_does_not_listen_to_sigterm_is_killed() -> None:
    def start() -> Awaitable[Process]:
        return asyncio.create_subprocess_exec(sys.executable, "-c", STUBBORN, stdout=asyncio.subprocess.PIPE)

    async with kept(start) as (part, _):
        assert isinstance(part.process, asyncio.subprocess.Process) and part.process.stdout
        await part.process.stdout.readline()
        await part.stop(None, 0.2)
        assert part.process.returncode == -signal.SIGKILL


async def test_a_part_is_asked_in_words_first() -> None:
    async with kept(sleeper) as (part, _):

        async def ask() -> None:
            assert part.process
            os.kill(part.process.pid, signal.SIGUSR1)

        await part.stop(ask, 60.0)
        assert part.process and part.process.returncode == -signal.SIGUSR1


async def test_a_running_process_is_adopted_watched_and_stopped() -> None:
    with subprocess.Popen(["sleep", "60"]) as stranger:

        async def adopt() -> Process:
            return Adopted(stranger.pid)

        async with kept(adopt) as (part, said):
            assert part.process and part.process.pid == stranger.pid
            await part.stop(None, 60.0)
            assert stranger.wait(60) == -signal.SIGTERM
            assert not said or said[0].startswith("the part ended")


def test_the_asterisk_of_this_folder_is_found_and_no_other(tmp_path: Path) -> None:
    settings = room(tmp_path)
    settings.run_folder.mkdir(parents=True)
    pid_file = settings.run_folder / "asterisk.pid"
    assert running_asterisk(settings) is None
    configuration = str(settings.asterisk / "etc" / "asterisk.conf")
    ours = [sys.executable, "-c", "import time; time.sleep(60)", "-C", configuration]
    with subprocess.Popen(ours) as asterisk, subprocess.Popen(["sleep", "60"]) as other:
        pid_file.write_text(f"{asterisk.pid}\n")
        assert running_asterisk(settings) == asterisk.pid
        pid_file.write_text(f"{other.pid}\n")  # the number was given again to somebody else
        assert running_asterisk(settings) is None
        asterisk.kill()
        other.kill()


@pytest.mark.parametrize(
    ("port", "variable"), [(SIP, "SIP_PORT"), (AMI, "AMI_PORT"), (WS, "WS_PORT")], ids=["SIP", "AMI", "WS"]
)
def test_a_taken_port_is_told_with_its_holder_and_the_variable_that_moves_it(
    tmp_path: Path, port: int, variable: str
) -> None:
    kind = socket.SOCK_DGRAM if port == SIP else socket.SOCK_STREAM
    with socket.socket(socket.AF_INET, kind) as taken:
        taken.bind(("127.0.0.1", port))
        if kind is socket.SOCK_STREAM:
            taken.listen()
        with pytest.raises(BadInput) as wrong:
            asterisk_ports_are_free(room(tmp_path))
    sentence = str(wrong.value)
    assert f"Port {port} on 127.0.0.1" in sentence
    assert f"(process {os.getpid()})" in sentence
    assert f"CALLCENTER_{variable}={port + 10000}" in sentence


def test_free_ports_are_free(tmp_path: Path) -> None:
    web_port_is_free(room(tmp_path))
    asterisk_ports_are_free(room(tmp_path))


def test_an_address_that_this_machine_does_not_have_is_told(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"192\.0\.2\.77 is not one of this machine"):
        web_port_is_free(room(tmp_path, CALLCENTER_WEB_HOST="192.0.2.77"))


def test_a_second_server_in_the_same_folder_is_refused(tmp_path: Path) -> None:
    settings = room(tmp_path)
    with (
        only_one(settings, SERVER),
        pytest.raises(BadInput, match=f"already runs \\(process {os.getpid()}\\)"),
        only_one(settings, SERVER),
    ):
        pass
    with only_one(settings, SERVER):  # and free again afterwards
        pass


def test_what_the_supervisor_says_goes_to_standard_error(capsys: pytest.CaptureFixture[str]) -> None:
    say("Asterisk ended")
    assert capsys.readouterr() == ("", "callcenter: Asterisk ended\n")
