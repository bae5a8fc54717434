"""What goes wrong slowly: the disk that fills, the backup that nobody made, records that Asterisk could not write.

In:  the settings, the disk, the moment. Out: sentences that name the time that is left; none while all is well.
Never: a file written or removed; work on the loop.
"""

import asyncio
import json
import logging
import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from callcenter.settings import Settings

log = logging.getLogger(__name__)

EVERY_S = 600.0
LAST_BACKUP = "last-backup.json"
BACKUP_LASTS = timedelta(hours=26)
LOOKED_BACK = 7
"""Days of recordings whose mean is the pace."""

SOON = timedelta(days=30)
GB = 1 << 30
FILLS = "At the pace of the last days ({pace:.1f} GB a day) the disk is full in {days} days. Make room, or keep less."
NO_BACKUP = "There is no backup yet. Run ./run backup FOLDER, or ./run install, which makes one every night."
OLD_BACKUP = (
    "The newest backup was made {hours} hours ago ({file}). Run ./run backup FOLDER; see why the nightly one did not."
)
GONE_BACKUP = "The newest backup {file} is not there any more. Run ./run backup FOLDER."
UNWRITTEN = re.compile(r"\[(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)[^]]*\].*(Unable to (?:write CEL|prepare INSERT).*)")
TAIL = 256 * 1024
LOST_RECORD = "Asterisk could not write its own records at {moment} ({why}). Look at its disk and at log/messages."
UNREADABLE = "{file} cannot be read ({why}): whether there is a backup is not known."


@dataclass(frozen=True, slots=True)
class Disk:
    """How much is free, and for how long."""

    free: int
    a_day: float  # bytes of recordings, mean of the last full days that have any

    @property
    def left(self) -> timedelta | None:
        """None: nothing grows."""
        return timedelta(days=min(self.free / self.a_day, 36_500)) if self.a_day else None

    @property
    def a_year_gb(self) -> float:
        return self.a_day * 365 / GB


def disk(settings: Settings, now: datetime) -> Disk:
    """Under the recordings. Raises OSError."""
    days = [now.astimezone(UTC).date() - timedelta(days=back) for back in range(1, LOOKED_BACK + 1)]
    sizes = []
    for day in days:
        folder = settings.recordings / f"{day:%Y/%m/%d}"
        if folder.is_dir():
            sizes.append(sum(file.stat().st_size for file in folder.iterdir() if file.is_file()))
    place = settings.recordings if settings.recordings.exists() else settings.home
    return Disk(shutil.disk_usage(place).free, sum(sizes) / len(sizes) if sizes else 0.0)


def disk_trouble(settings: Settings, now: datetime) -> str | None:
    """That it fills soon. How full it is, /healthz tells by itself."""
    try:
        found = disk(settings, now)
    except OSError as wrong:
        return f"How full the disk is cannot be read ({wrong.strerror})."
    if found.left is None or found.left > SOON:
        return None
    return FILLS.format(pace=found.a_day / GB, days=found.left.days)


def backup_trouble(settings: Settings, now: datetime) -> str | None:
    """That there is none, or an old one."""
    file = settings.home / LAST_BACKUP
    try:
        told = json.loads(file.read_text("utf-8"))
        age = now - datetime.fromisoformat(told["at"])
        if settings.home.joinpath(told["file"]).exists():
            hours = int(age.total_seconds() // 3600)
            return OLD_BACKUP.format(hours=hours, file=told["file"]) if age > BACKUP_LASTS else None
        return GONE_BACKUP.format(file=told["file"])
    except FileNotFoundError:
        return NO_BACKUP if _is_old(settings, now) else None
    except (OSError, ValueError, KeyError, TypeError) as wrong:
        return UNREADABLE.format(file=file, why=wrong)


def _is_old(settings: Settings, now: datetime) -> bool:
    """A room of yesterday has something to lose."""
    made = settings.secrets_file
    return made.exists() and now - datetime.fromtimestamp(made.stat().st_mtime, UTC) > BACKUP_LASTS


def records_trouble(settings: Settings, now: datetime) -> str | None:
    """That Asterisk could not write its own records, within a day: what a rebuild after a gap stands on."""
    file = settings.asterisk / "log" / "messages"
    try:
        with file.open("rb") as log_file:
            log_file.seek(max(0, file.stat().st_size - TAIL))
            lines = log_file.read().decode("utf-8", "replace").splitlines()
    except OSError:  # Asterisk on another machine, or not started yet
        return None
    for line in reversed(lines):
        found = UNWRITTEN.match(line)
        if found and now - datetime.fromisoformat(found[1]).astimezone(UTC) < timedelta(days=1):
            return LOST_RECORD.format(moment=found[1], why=found[2][:200])
    return None


LOOKS: dict[str, Callable[[Settings, datetime], str | None]] = {
    "disk-soon": disk_trouble,
    "backup": backup_trouble,
    "records": records_trouble,
}


class Watch:
    """Looks every ten minutes."""

    def __init__(
        self,
        settings: Settings,
        *,
        clock: Callable[[], datetime],
        alarm: Callable[[str, str | None], None] = lambda key, sentence: None,
    ) -> None:
        """`alarm(key, sentence)`: raised when it becomes true, None when it is over."""
        self._settings, self._clock, self._alarm = settings, clock, alarm
        self._told: dict[str, str | None] = {}

    def notices(self) -> list[str]:
        """For /healthz."""
        return [told for told in self._told.values() if told]

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            await self.look()
            await asyncio.sleep(EVERY_S)

    async def look(self) -> None:
        """Once. Never raises."""
        for key, find in LOOKS.items():
            try:
                told = await asyncio.to_thread(find, self._settings, self._clock())
            except Exception:  # a mistake of ours here must not end the service
                log.exception("the watch over %s failed", key)
                continue
            if bool(told) != bool(self._told.get(key)):
                log.warning("%s", told or f"over: {self._told[key]}")
                self._alarm(key, told)
            self._told[key] = told
