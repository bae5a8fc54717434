"""`./run quiet-restart`: Asterisk is started again in a minute without a call, so that no caller is cut off.

In:  the settings, an Asterisk that runs under the supervisor or systemd, which starts it again.
Out: it runs anew, with the settings of now and a new volume of its records; or it goes on as it was, and why.
Never: a call refused or cut: until it stops it takes calls like always, and who dials in the second in which it is away
is asked by SIP itself to try again (an INVITE without an answer is sent anew after 0.5, 1, 2 ... s).
"""

import sqlite3
import subprocess
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from callcenter.asterisk.volumes import due
from callcenter.core.errors import BadInput
from callcenter.settings import Settings
from callcenter.setup import runs_older
from callcenter.supervise import running_asterisk

BACK_S = 30.0
LOOK_S = 0.2
NOT_HERE = "Asterisk of {home} does not run here. Run this on Asterisk's machine, as the user that runs it."
NOT_QUIET = "In {minutes} minutes there was none without a call: Asterisk goes on as it was. Try again at night."
NOT_BACK = (
    "Asterisk stopped and is not back after {seconds} s. Is the server (./run, or systemd) running? Start it now."
)
NO_ANSWER = "Asterisk does not take the order ({why})."


def quiet_restart(settings: Settings, *, minutes: float, if_due: bool) -> list[str]:
    """Wait for the minute, stop it, see it come back. BadInput: it was not done, and why."""
    pid = running_asterisk(settings)
    if pid is None:
        raise BadInput(NOT_HERE, home=settings.home)
    reasons = list(_reasons(settings))
    if if_due and not reasons:
        return ["Nothing waits for a restart of Asterisk."]
    order(settings, "core stop when convenient")
    if not _until(lambda: running_asterisk(settings) != pid, minutes * 60):
        order(settings, "core abort shutdown")
        if running_asterisk(settings) == pid:
            raise BadInput(NOT_QUIET, minutes=f"{minutes:g}")
    if not _until(lambda: running_asterisk(settings) not in (None, pid), BACK_S):
        raise BadInput(NOT_BACK, seconds=int(BACK_S))
    return ["Asterisk was started again, between two calls.", *reasons]


def _reasons(settings: Settings) -> list[str]:
    found = ["It has read the settings of now."] if runs_older(settings) else []
    return [*found, *(["A new volume of its records begins."] if _old_records(settings.cel_file) else [])]


def _old_records(file: Path) -> bool:
    try:
        return due(file, datetime.now(UTC))
    except (sqlite3.Error, OSError, ValueError):
        return False


def order(settings: Settings, words: str) -> None:
    """To Asterisk's own console. Its client waits as long as the order takes: it is left alone after a moment."""
    program = settings.asterisk_prefix / "bin" / "asterisk"
    line = [str(program), "-C", str(settings.asterisk / "etc" / "asterisk.conf"), "-rx", words]
    try:
        subprocess.run(line, stdin=subprocess.DEVNULL, capture_output=True, timeout=2, check=False)
    except subprocess.TimeoutExpired:
        return  # it waits for the quiet minute
    except OSError as wrong:
        raise BadInput(NO_ANSWER, why=wrong.strerror or wrong) from wrong


def _until(true: Callable[[], bool], seconds: float) -> bool:
    end = time.monotonic() + seconds
    while not true():
        if time.monotonic() > end:
            return False
        time.sleep(LOOK_S)
    return True
