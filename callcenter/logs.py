"""Logs that do not grow for ever, cut while their writers go on writing.

In:  the files of a home. Out: each at most LIMIT long, with its former part beside it as .1.
Never: a writer stopped or asked to open its file again. They append (O_APPEND), so a file may be cut under them; what
is written in the very moment between the copy and the cut, some lines at most, is lost.
"""

import asyncio
import logging
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from callcenter.settings import Settings

log = logging.getLogger(__name__)

LIMIT = 20_000_000
EVERY_S = 60.0


def service_log(settings: Settings) -> Path:
    return settings.log / "service.log"


def start_log(settings: Settings) -> Path:
    """What Asterisk says before its own log is open."""
    return settings.log / "asterisk-start.log"


def logs(settings: Settings) -> Iterator[Path]:
    yield from (service_log(settings), start_log(settings))
    folder = settings.asterisk / "log"
    yield from (folder / name for name in ("messages", "security", "queue_log", "cdr-csv/Master.csv"))


def cut(file: Path, limit: int = LIMIT) -> bool:
    """True when it was too long. Raises OSError."""
    if not file.exists() or file.stat().st_size <= limit:
        return False
    shutil.copyfile(file, file.with_name(file.name + ".1"))
    os.truncate(file, 0)
    return True


async def keep_short(settings: Settings) -> None:
    """Until cancelled."""
    while True:
        for file in logs(settings):
            try:
                await asyncio.to_thread(cut, file)
            except OSError as wrong:
                log.warning("%s cannot be cut: %s", file, wrong)
        await asyncio.sleep(EVERY_S)
