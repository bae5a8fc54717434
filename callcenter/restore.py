"""`./run restore FILE`: the room as it was when the backup was made.

In:  a backup, and a home that is empty or holds something. Out: the home of the backup, migrated; what came back, in
words.
Never: over a running server; before every sum is right; a byte of the old home deleted: it is put aside.
"""

import asyncio
import os
import shutil
from collections.abc import AsyncIterator, Iterator, Mapping
from pathlib import Path
from typing import Any

from callcenter import archive
from callcenter.alone import LOCKS, SERVER, SERVICE, only_one
from callcenter.audit import HEADS
from callcenter.backup import DATABASE, SOUNDS
from callcenter.core.errors import BadInput
from callcenter.folders import must_be_ours
from callcenter.settings import Settings
from callcenter.settings_reader import read_settings
from callcenter.setup import prepare
from callcenter.storage.dump import SQLITE, check_sqlite, counted, file_name, load, stamp_now
from callcenter.storage.migrate import knows
from callcenter.supervise import running_asterisk
from callcenter.words import some

STAGING, ASIDE = ".restoring", "before-restore-"
TOPS = {"settings.toml", "secrets.json", "first-run.txt", HEADS, "tls", "spool", "asterisk", DATABASE}
TOPS |= {"sounds", "locales"}  # the city's own
RUNS = "Asterisk of {home} is running (process {pid}). Stop the server first; nothing was changed."
NEWER = "{file} was made by a newer version of this program ({program}). Restore it with that version."
STRANGE = "{file} holds {name!r}, which no backup has. Nothing was changed."
OTHER_KIND = "{file} holds the database as {found}, but database_url names another kind ({wanted} is needed)."


async def restore(settings: Settings, file: Path, environ: Mapping[str, str]) -> list[str]:
    """Check everything, put the old home aside, bring the backup's in."""
    must_be_ours(settings.home)
    settings.home.mkdir(mode=0o700, parents=True, exist_ok=True)
    with only_one(settings, SERVER), only_one(settings, SERVICE):
        pid = running_asterisk(settings)
        if pid is not None:
            raise BadInput(RUNS, home=settings.home, pid=pid)
        staging = settings.home / STAGING
        shutil.rmtree(staging, ignore_errors=True)
        try:
            staging.mkdir(mode=0o700)
            manifest = await asyncio.to_thread(archive.read, file, staging)
            kind = _fits(file, manifest, staging, environ)
            return await _bring(settings, staging, kind, manifest, environ)
        finally:
            shutil.rmtree(staging, ignore_errors=True)


def _fits(file: Path, manifest: Mapping[str, Any], staging: Path, environ: Mapping[str, str]) -> str:
    """This program can use what is in it. Returns the name of the database's copy. BadInput."""
    for name in manifest["files"]:
        if name.split("/")[0] not in TOPS:
            raise BadInput(STRANGE, file=file, name=name)
    for name in manifest["recordings"]:
        if not archive.is_plain(name) or not name.startswith(SOUNDS):
            raise BadInput(STRANGE, file=file, name=name)
    if not knows(str(manifest["schema"])):
        raise BadInput(NEWER, file=file, program=manifest["program"])
    there = next((path.name for path in (staging / DATABASE).glob("*")), "nothing")
    wanted = file_name(read_settings({**environ, "CALLCENTER_HOME": str(staging)}).database_url)
    if there != wanted:
        raise BadInput(OTHER_KIND, file=file, found=there, wanted=wanted)
    if wanted == SQLITE:
        check_sqlite(staging / DATABASE / SQLITE)
    return wanted


async def _bring(
    settings: Settings, staging: Path, kind: str, manifest: Mapping[str, Any], environ: Mapping[str, str]
) -> list[str]:
    stamp, kept = stamp_now(), []
    copy = staging / DATABASE / kind
    url = read_settings({**environ, "CALLCENTER_HOME": str(staging)}).database_url
    if kind != SQLITE:  # it comes whole or not at all, and so it comes first
        kept.append(await load(url, copy, stamp))
    kept.append(_put_aside(settings.home, stamp))
    _move_in(staging, settings.home)
    settings = read_settings(environ)
    if kind == SQLITE:
        kept.append(await load(settings.database_url, copy, stamp))
    await prepare(settings)
    await asyncio.to_thread(os.sync)
    return [line async for line in _said(settings, manifest, [each for each in kept if each])]


def _move_in(staging: Path, home: Path) -> None:
    for path in list(staging.iterdir()):
        if path.name != DATABASE:
            path.rename(home / path.name)


def _put_aside(home: Path, stamp: str) -> str:
    """What is in the home, into one folder in it: the home itself may be a mounted disk."""
    old = [path for path in home.iterdir() if not path.name.startswith(ASIDE) and path.name not in (*LOCKS, STAGING)]
    if not old:
        return ""
    aside = home / f"{ASIDE}{stamp}"
    aside.mkdir(mode=0o700)
    for path in old:
        path.rename(aside / path.name)
    return str(aside)


async def _said(settings: Settings, manifest: Mapping[str, Any], kept: list[str]) -> AsyncIterator[str]:
    found = await counted(settings.database_url)
    newest = found.newest.astimezone(settings.zone).isoformat(sep=" ", timespec="seconds") if found.newest else "n/a"
    what = f"{some(found.calls, 'call')}, {some(found.tickets, 'ticket')}, the newest call at {newest}"
    yield f"restored from {manifest['made_at']}: {what}"
    waiting = sum(path.read_bytes().count(b"\n") for path in settings.spool.glob("*.spool"))
    if waiting:
        yield f"up to {waiting} facts that were on their way come into the database at the next start"
    listed = manifest["recordings"]
    missing = list(_find_recordings(settings, listed))
    if listed:
        yield f"{len(listed) - len(missing)} of {len(listed)} files of recordings were found again"
    if missing:
        yield f"{len(missing)} of them are not here, the first is {missing[0]}: copy them back from where they are"
    for place in kept:
        yield f"what was there before is kept in {place}"
    yield "Start ./run."


def _find_recordings(settings: Settings, listed: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    """The recordings that the backup only lists, from the homes put aside. Yields those that are nowhere."""
    homes = sorted(settings.home.glob(f"{ASIDE}*"), reverse=True)
    for name, told in listed.items():
        old = next((path for path in (home / name for home in homes) if _is(path, told)), None)
        found = [old] if old else next(filter(None, (_made_smaller(home / name) for home in homes)), [])
        for path in found:
            _link(path, (settings.home / name).with_name(path.name))
        if not found:
            yield name


def _is(path: Path, told: Mapping[str, Any]) -> bool:
    return path.is_file() and archive.sum_of(path) == told


def _made_smaller(path: Path) -> list[Path]:
    """What has become of that WAV file since: one FLAC with both sides, and its picture. Whether it is the same sound,
    the sums in the database tell (`./run recordings verify`)."""
    if path.suffix != ".wav":
        return []
    stems = dict.fromkeys([path.stem, path.stem.removesuffix("-in"), path.stem.removesuffix("-out")])
    smaller = next((each for each in (path.with_name(f"{stem}.flac") for stem in stems) if each.is_file()), None)
    return [each for each in (smaller, smaller.with_suffix(".peaks")) if each.is_file()] if smaller else []


def _link(path: Path, place: Path) -> None:
    place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not place.exists():
        os.link(path, place)
