"""What the telephone says of its roads and sounds: trunks, agencies' lines, recordings, the daily account.

In:  the link of the doctor, the settings, the database. Out: findings.
Never: an action that changes anything, a call dialled.
"""

import os
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial

from callcenter.account import one_day
from callcenter.asterisk.conf import dial_string
from callcenter.asterisk.link import Link
from callcenter.asterisk.wire import fields, text
from callcenter.core.errors import CallCenterError
from callcenter.core.phone import read
from callcenter.doctor_agencies import look_at_agencies
from callcenter.findings import Finding, broken, good, look
from callcenter.reach import out_of_reach
from callcenter.settings import Settings
from callcenter.storage import CallFilter, CallLine, Database, History

GONE = {"UNAVAILABLE", "INVALID"}
HEADER = 44  # bytes of a wav file without any sound


async def look_at_roads(link: Link, settings: Settings) -> AsyncIterator[Finding]:
    """Every trunk and every agency's line: does anything answer there?"""
    for trunk in settings.trunks:
        if await _answers(link, f"trunk-{trunk.name}"):
            yield good(f"the trunk {trunk.name} answers")
        else:
            hosts = ", ".join(trunk.hosts)
            yield broken(f"The trunk {trunk.name} ({hosts}) does not answer. Call the operator; look at the network.")
    if not settings.trunks:
        yield look(f"No operator's trunk is set: only phones here reach 112. Set one in {settings.settings_file}")
    if settings.overflow:
        lines = {
            each.name or each.number: await _answers(link, _endpoint(dial_string(each))) for each in settings.overflow
        }
        for name in (name for name, answers in lines.items() if not answers):
            yield look(f"The overflow line {name} cannot be reached. Look at its road.")
        if all(lines.values()):
            yield good(f"the overflow lines can be reached: {', '.join(lines)}")
    else:
        yield look(
            "No overflow line is set: when no position answers, nobody else is called and the caller waits on. Set "
            f"[[overflow]] in {settings.settings_file}"
        )
    async for finding in look_at_agencies(settings, partial(_answers, link)):
        yield finding


def _endpoint(dialled: str) -> str:
    return dialled.removeprefix("PJSIP/").rpartition("@")[2]


async def _answers(link: Link, endpoint: str) -> bool:
    said = fields(await link.ask("Getvar", {"Variable": f"DEVICE_STATE(PJSIP/{endpoint})"}))
    return text(said, "Value") not in GONE


def look_at_recordings_folder(settings: Settings) -> Iterator[Finding]:
    folder, away = settings.recordings, out_of_reach(settings)
    if not settings.home.exists():
        return  # told already
    if away is not None:
        yield (broken if settings.recordings_folder else look)(str(away))
    elif not folder.exists():
        yield broken(f"There is no folder for recordings {folder}. Start ./run: it makes it.")
    elif not os.access(folder, os.W_OK):
        yield broken(f"Recordings cannot be written: {folder}. Give it to the user that runs Asterisk.")


async def look_at_recordings(settings: Settings, now: datetime) -> list[Finding]:
    """The answered calls of the last day: is there sound?"""
    if out_of_reach(settings) is not None:
        return []  # told already
    database = Database(settings.database_url)
    reads = partial(read, region=settings.region, language=settings.language, pseudo=settings.no_sim_numbers)
    try:
        history = History(database, read_number=reads, clock=lambda: now)
        page = await history.calls(CallFilter(since=now - timedelta(days=1), outcome="ANSWERED"), limit=100)
    except CallCenterError:
        return []  # told already
    finally:
        await database.close()
    ended = [line for line in page.lines if line.ended_at is not None and settings.recordings.exists()]
    silent = [line for line in ended if not _sounds(settings, line)]
    if silent:
        first = f"{silent[0].id}, {silent[0].arrived_at:%Y-%m-%d %H:%M} UTC"
        return [
            broken(f"{len(silent)} of the last {len(ended)} answered calls have no recording, the newest: {first}.")
        ]
    return [good(f"the last {len(ended)} answered calls of a day have their recordings")] if ended else []


def _sounds(settings: Settings, line: CallLine) -> bool:
    if not line.recording:
        return False
    stem = settings.recordings / line.recording
    files = [stem, *stem.parent.glob(f"{stem.stem}.*")]  # compressed ones have another ending
    return any(file.is_file() and file.stat().st_size > HEADER for file in files)


async def look_at_books(settings: Settings, now: datetime) -> list[Finding]:
    """Recordings and the daily account, once there is something to look at."""
    if not settings.home.exists():
        return []  # told already
    return [*await look_at_recordings(settings, now), *await look_at_account(settings, now)]


async def look_at_account(settings: Settings, now: datetime) -> list[Finding]:
    """Today and yesterday, both books."""
    found = []
    for day in (now - timedelta(days=1), now):
        text_ = f"{day.astimezone(settings.zone):%Y-%m-%d}"
        try:
            code, lines = await one_day(settings, text_, lambda: datetime.now(UTC))
        except CallCenterError as wrong:
            return [look(f"The daily account cannot be made: {wrong}")]
        found.append(broken(f"{lines[0]}: see ./run account {text_}") if code else good(lines[0]))
    return found
