"""`./run doctor`: look at everything, say in words what to do.

In:  the settings, and the room as it stands, running or not.
Out: one line a finding; exit code 1 when something is broken.
Never: changes anything (but one probing row in the database), or stops at the first thing that is wrong.
"""

import asyncio
import ctypes
import os
import shutil
import sqlite3
import subprocess
from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields
from datetime import UTC, datetime
from pathlib import Path

from callcenter.account import HALF
from callcenter.asterisk.volumes import LASTS, begins
from callcenter.core.errors import CallCenterError
from callcenter.doctor_asterisk import look_at_asterisk
from callcenter.doctor_telephone import look_at_books, look_at_recordings_folder
from callcenter.emptied import missing
from callcenter.findings import Finding, Grade, broken, good, look
from callcenter.health import trouble
from callcenter.keys import read_secrets
from callcenter.settings import Settings
from callcenter.setup import OLDER, runs_older
from callcenter.storage import Database
from callcenter.supervise import running_asterisk
from callcenter.watch import LAST_BACKUP, LOOKS, backup_trouble, disk

GB = 1 << 30
LONG_RECORDS = 8 * GB  # half a year or more of a busy city
LONG_VOLUME = 2 * LASTS
TIME_ERROR = 5  # what the kernel answers while no time server steers the clock
OWN_VARIABLES = {"CALLCENTER_NO_SKIPS"}


def free_bytes(folder: Path) -> int:
    return shutil.disk_usage(folder).free


def main(settings: Settings, environ: Mapping[str, str] | None = None) -> int:
    now = datetime.now(UTC)
    findings = [
        *look_at_variables(os.environ if environ is None else environ),
        *look_at_program(settings),
        *look_at_folder(settings),
        *look_at_clock(time_state()),
        *look_at_records(settings),
        *look_at_recordings_folder(settings),
        *look_at_what_fills(settings, now),
        *look_at_links(settings),
        *asyncio.run(look_at_database(settings)),
        *asyncio.run(look_at_books(settings, now)),
        *asyncio.run(look_at_asterisk(settings)),
        *look_at_service(settings),
    ]
    for finding in findings:
        print(finding)
    worst = sum(finding.grade is Grade.BROKEN for finding in findings)
    print(f"{worst} broken, {sum(finding.grade is Grade.LOOK for finding in findings)} to look at")
    return 1 if worst else 0


def look_at_variables(environ: Mapping[str, str]) -> Iterator[Finding]:
    known = {f"CALLCENTER_{each.name.upper()}" for each in fields(Settings)} | OWN_VARIABLES
    for name in sorted(environ):
        if name.startswith("CALLCENTER_") and name not in known:
            yield look(f"The variable {name} is none that is read. Is it misspelt?")


def look_at_program(settings: Settings) -> Iterator[Finding]:
    program = settings.asterisk_prefix / "bin" / "asterisk"
    if not program.exists():
        return  # Asterisk is started by somebody else, here or on another machine; the link tells its version
    try:
        said = subprocess.run([program, "-V"], capture_output=True, text=True, timeout=10, check=True).stdout
        yield good(f"{program} runs: {said.strip()}")
    except (OSError, subprocess.SubprocessError) as wrong:
        yield broken(f"{program} does not run ({wrong}). Remove {settings.asterisk_prefix} and start ./run again.")


def look_at_service(settings: Settings) -> Iterator[Finding]:
    """What it says of itself."""
    if not settings.home.exists():
        return  # told already
    reasons = trouble(settings)
    if reasons is None:
        yield look(f"The screens do not answer at {settings.url}. Start ./run; why they ended is in {settings.log}.")
    elif not reasons:
        yield good(f"the screens answer at {settings.url}")
    yield from (broken(reason) for reason in reasons or ())


def look_at_folder(settings: Settings, free: Callable[[Path], int] = free_bytes) -> Iterator[Finding]:
    if not settings.home.exists():
        yield broken(f"There is no data folder {settings.home} yet. Start ./run once.")
        return
    if not os.access(settings.home, os.W_OK):
        yield broken(f"{settings.home} cannot be written by this user. Give it to the user that runs the server.")
    left = free(settings.home) / GB
    sentence = f"{left:.1f} GB free for recordings and data in {settings.home}"
    if left < 1:
        yield broken(f"Only {sentence}. Make room now: recordings stop when it is full.")
    elif left < 10:
        yield look(f"Only {sentence}: 170 talk hours at most. Make room.")
    else:
        yield good(sentence)
    try:
        read_secrets(settings)
        if settings.secrets_file.stat().st_mode & 0o077:
            yield broken(f"{settings.secrets_file} can be read by others. Run: chmod 600 {settings.secrets_file}")
        else:
            yield good("secrets are there, for the owner only")
    except CallCenterError as wrong:
        yield broken(str(wrong))


def time_state() -> int:
    """What the kernel says of its clock."""
    return int(ctypes.CDLL(None).ntp_gettime(ctypes.create_string_buffer(256)))


def look_at_clock(state: int) -> Iterator[Finding]:
    now = f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S} UTC"
    if state == TIME_ERROR:
        yield look(f"No time server steers this machine's clock ({now}). Set one up: every t0 to t14 is read from it.")
    else:
        yield good(f"clock is steered, {now}")


def look_at_records(settings: Settings) -> Iterator[Finding]:
    """Asterisk's own call records: without WAL mode a reader would cost events."""
    file = settings.records_file
    if not file.exists():
        yield _no_records(settings)
        return
    try:
        connection = sqlite3.connect(f"file:{file}?mode=ro", uri=True)
        try:
            mode = connection.execute("PRAGMA journal_mode").fetchone()[0]
            rows = connection.execute("SELECT max(AcctId) FROM cel").fetchone()[0] or 0
        finally:
            connection.close()
    except sqlite3.Error as wrong:
        yield broken(f"{file} cannot be read ({wrong}). Stop ./run, move the file away, start ./run.")
        return
    if settings.records_folder:
        yield good(f"the copy of Asterisk's own records can be read ({rows} events so far)")
    elif mode != "wal":
        yield broken(f"{file} is in {mode} mode, in which events get lost. Stop ./run, move it away, start ./run.")
    else:
        yield good(f"Asterisk's own records can be read ({rows} events so far)")
    first, size = begins(file), file.stat().st_size
    if not settings.records_folder and (size > LONG_RECORDS or (first and datetime.now(UTC) - first > LONG_VOLUME)):
        yield look(
            f"Asterisk's own records {file} grow since {first or datetime.now(UTC):%Y-%m-%d} ({size / GB:.1f} GB): a "
            "new volume begins when Asterisk starts again, and it has not for long. Run ./run quiet-restart."
        )


def _no_records(settings: Settings) -> Finding:
    if settings.records_folder:
        return broken(f"There is no copy {settings.records_file}. Run ./run records FOLDER on Asterisk's machine.")
    if settings.asterisk_elsewhere:
        return look(HALF.format(host=settings.ami_host))
    return broken(
        f"Asterisk's own records {settings.cel_file} are missing. Start ./run: it makes them before Asterisk starts."
    )


def look_at_what_fills(settings: Settings, now: datetime) -> Iterator[Finding]:
    """Disk a year, the newest backup, Asterisk's settings that wait for a restart."""
    if not settings.home.exists():
        return  # told already
    found = disk(settings, now)
    if found.a_day:
        days = found.left.days if found.left else 0
        yield good(
            f"recordings take {found.a_year_gb:.0f} GB a year at the pace of the last days: room for {days} days"
        )
    for told in (find(settings, now) for find in LOOKS.values()):
        if told:
            yield look(told)
    if (settings.home / LAST_BACKUP).exists() and not backup_trouble(settings, now):
        yield good("the newest backup is of the last day")
    if running_asterisk(settings) is not None and runs_older(settings):
        yield look(OLDER)


def look_at_links(settings: Settings) -> Iterator[Finding]:
    """Messages to agencies carry links: they must lead here from outside."""
    if not settings.message_webhook:
        return
    if not settings.public_url:
        yield look(
            f"Links in messages to agencies lead to {settings.outside_url}, which only this machine knows. "
            "Set public_url."
        )
    elif settings.public_url.startswith("http://"):
        yield look("Links in messages to agencies come without encryption. Let public_url begin with https://.")
    else:
        yield good(f"links in messages to agencies lead to {settings.outside_url}")


async def look_at_database(settings: Settings) -> list[Finding]:
    if not settings.home.exists():
        return []
    database = Database(settings.database_url)
    found: list[Finding] = []
    async with database.running():
        try:
            await database.check()
            await database.measure_sync()
        except CallCenterError as wrong:
            return [broken(str(wrong))]
        emptied = await missing(settings, database)
        found += [broken(emptied)] if emptied else []
        health = await database.health()
        if not health.ok:
            found.append(broken(str(health.trouble)))
        elif health.slow_disk:
            found.append(look(f"The disk takes {health.sync_ms:.0f} ms to make a write safe; 5 is fair."))
        else:
            found.append(good(f"database {database.place}: up to date, a write takes {health.write_ms:.1f} ms"))
    return found
