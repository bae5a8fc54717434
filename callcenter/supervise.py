"""The two processes of a room on one machine: Asterisk and our service, kept alive.

In:  the settings, and signals.
Out: both run; one line with the URL when the screens answer; exit code 0 after SIGTERM or Ctrl-C.
Never: stops Asterisk because we die. Killed outright, we leave it running, and the next start adopts it with its
calls.
"""

import asyncio
import os
import signal
import sys
from pathlib import Path

from callcenter.alone import SERVER, only_one
from callcenter.children import Adopted, Kept, Process
from callcenter.folders import make_folders
from callcenter.health import trouble
from callcenter.logs import keep_short, service_log, start_log
from callcenter.ports import asterisk_ports_are_free, web_port_is_free
from callcenter.settings import Settings
from callcenter.setup import OLDER, mark_started, prepare, ready_call_records, runs_older

PATIENCE_S = 10.0  # for each way of stopping
LATE_S = 20.0


def say(sentence: str) -> None:
    print(f"callcenter: {sentence}", file=sys.stderr, flush=True)


def run(settings: Settings) -> int:
    """Until a signal ends it."""
    make_folders(settings)
    with only_one(settings, SERVER):
        return asyncio.run(_run(settings))


async def _run(settings: Settings) -> int:
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    web_port_is_free(settings)
    if running_asterisk(settings) is None:
        asterisk_ports_are_free(settings)
    else:
        say("Asterisk of this folder is already running: it is kept as it is, with its calls")
    for line in await prepare(settings):
        print(line, file=sys.stderr, flush=True)
    if running_asterisk(settings) is not None and runs_older(settings):
        say(OLDER)
    asterisk = Kept("Asterisk", lambda: start_asterisk(settings), say, lambda: last_line(start_log(settings)))
    service = Kept("the service", lambda: start_service(settings), say, lambda: last_line(service_log(settings)))
    tasks = [asyncio.create_task(part.keep()) for part in (asterisk, service)]
    tasks += [asyncio.create_task(announce(settings)), asyncio.create_task(keep_short(settings))]
    await stop.wait()
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    say("stopping: the calls that are up have some seconds to end")
    await service.stop(None, PATIENCE_S)
    await asterisk.stop(lambda: _asterisk_command(settings, "core stop gracefully"), PATIENCE_S)
    return 0


def running_asterisk(settings: Settings) -> int | None:
    """The process number of this home's Asterisk, if one is alive."""
    try:
        pid = int((settings.run_folder / "asterisk.pid").read_text())
        words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except (OSError, ValueError):
        return None
    return pid if str(settings.asterisk / "etc" / "asterisk.conf").encode() in words else None


async def start_asterisk(settings: Settings) -> Process:
    pid = running_asterisk(settings)
    if pid is not None:
        return Adopted(pid)
    mark_started(settings)
    await asyncio.to_thread(ready_call_records, settings)
    start_log(settings).unlink(missing_ok=True)
    with start_log(settings).open("ab") as out:
        return await asyncio.create_subprocess_exec(
            *_asterisk(settings), "-f",
            stdin=asyncio.subprocess.DEVNULL, stdout=out, stderr=out, start_new_session=True,
        )  # fmt: skip


async def start_service(settings: Settings) -> Process:
    """In a session of its own: Ctrl-C reaches only us. It ends by itself when we are killed (`--under`)."""
    with service_log(settings).open("ab") as out:
        return await asyncio.create_subprocess_exec(
            sys.executable, "-P", "-m", "callcenter", "serve", "--under", str(os.getpid()),
            stdin=asyncio.subprocess.DEVNULL, stdout=out, stderr=out, start_new_session=True,
        )  # fmt: skip


def _asterisk(settings: Settings) -> list[str]:
    return [str(settings.asterisk_prefix / "bin" / "asterisk"), "-C", str(settings.asterisk / "etc" / "asterisk.conf")]


async def _asterisk_command(settings: Settings, words: str) -> None:
    null = asyncio.subprocess.DEVNULL
    command = await asyncio.create_subprocess_exec(
        *_asterisk(settings), "-rx", words, stdin=null, stdout=null, stderr=null
    )
    await command.wait()


def last_line(file: Path) -> str:
    """What a program wrote last: mostly why it ended."""
    try:
        with file.open("rb") as log:
            log.seek(max(0, file.stat().st_size - 2000))
            lines = log.read().decode("utf-8", "replace").split("\n")
    except OSError:
        return ""
    return next((line.strip() for line in reversed(lines) if line.strip()), "")[:300]


async def announce(settings: Settings) -> None:
    """The one line on standard output, when the screens answer."""
    clock = asyncio.get_running_loop().time
    told, late = set[str](), clock() + LATE_S
    while (reasons := await asyncio.to_thread(trouble, settings)) != []:
        why = f"{settings.url} is open, but: {' '.join(reasons)}" if reasons else "no answer yet"
        if clock() > late and why not in told:  # once each: a service that starts and ends would fill the screen
            told.add(why)
            say(f"{why} (more in {service_log(settings)})")
        await asyncio.sleep(0.2)
    print(settings.url, flush=True)
