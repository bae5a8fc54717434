"""`./run backup FILE`: one archive from which the room comes back, made while calls run.

In:  the settings of a home, running or not. Out: one file, verified after it was written.
Never: a lock that Asterisk or the service feels; a file overwritten; anything that others can read.

The order matters. What is on its way moves from Asterisk's journals to the spool and from there into the database, and
is then taken away behind it. So each is copied before the one that it moves to: it may be copied twice, which changes
nothing, but it is never missed.
"""

import asyncio
import json
import shutil
import sqlite3
import tempfile
import time
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from callcenter import __version__, archive
from callcenter.audit import HEADS
from callcenter.core.errors import BadInput
from callcenter.folders import must_be_ours
from callcenter.keys import write_private
from callcenter.settings import Settings
from callcenter.storage.dump import check_sqlite, copy_sqlite, dump, file_name, stamp_now
from callcenter.watch import LAST_BACKUP
from callcenter.words import some

ASTDB = "asterisk/lib/astdb.sqlite3"
CEL = "asterisk/log/master.db"
DATABASE = "database"
SOUNDS = "asterisk/spool/monitor/"
SELF_TEST = "self-test"
NAME = "callcenter-{stamp}.tar.gz"
STILL_S = 30.0
SPARE = 200_000_000
NO_ROOM = "{folder} has {free:.1f} GB free; a backup may need {needed:.1f}. Make room, or choose another disk."
THERE = "{file} is there already. Give another name, or a folder: the name is then made from the moment."
NOT_NOTED = (
    "The backup {file} is made and can be read, but {note} cannot be written ({why}), so the server does not know of "
    "it and goes on to ask for a backup; no older one was removed. Make the data folder writable, then back up again."
)
NO_HOME = "There is nothing to back up in {home}: start ./run once, or set CALLCENTER_HOME."


async def backup(settings: Settings, target: Path, *, recordings: bool = False, keep: int = 0) -> list[str]:
    """Make it; what was made, in words. `keep`: of a folder's backups only so many stay."""
    if not settings.secrets_file.exists():
        raise BadInput(NO_HOME, home=settings.home)
    must_be_ours(settings.home)
    try:
        file, keeps = _place(target, keep)
        _has_room(settings, file.parent, recordings)
        with tempfile.TemporaryDirectory(prefix=".backup-", dir=file.parent) as made:
            files, about = await collect(settings, Path(made), recordings)
            manifest = await asyncio.to_thread(archive.write, file, files, about)
    except OSError as wrong:
        raise BadInput(archive.NOT_WRITTEN, file=target, why=wrong.strerror or wrong) from wrong
    await asyncio.to_thread(archive.read, file, None)  # what cannot be read back is no backup
    size = file.stat().st_size
    told = {"at": about["made_at"], "file": str(file), "bytes": size, "recordings": recordings}
    try:
        write_private(settings.home / LAST_BACKUP, json.dumps(told) + "\n")
    except OSError as wrong:  # the archive is whole, but the alarm about backups goes by this note
        raise BadInput(NOT_NOTED, file=file, note=settings.home / LAST_BACKUP, why=wrong.strerror or wrong) from wrong
    return list(_said(file, size, manifest, _remove_older(file, keep) if keeps else 0))


def _place(target: Path, keep: int) -> tuple[Path, bool]:
    """The file to make, and whether it is one of a folder's. Several are kept only in a folder: it is made."""
    if keep > 0 and not target.exists():
        target.mkdir(mode=0o700, parents=True)
    folder = target.is_dir()
    file = target.absolute() / NAME.format(stamp=stamp_now()) if folder else target.absolute()
    if file.exists():
        raise BadInput(THERE, file=file)
    return file, folder


def _has_room(settings: Settings, folder: Path, recordings: bool) -> None:
    """A backup must not fill the disk that calls are written to. What it holds is there twice for a while."""
    parts = [settings.home / name for name in (ASTDB, CEL, "callcenter.db")]
    parts += [path for _, path in _recordings(settings)] if recordings else []
    needed = 2 * sum(path.stat().st_size for path in parts if path.exists()) + SPARE
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise BadInput(NO_ROOM, folder=folder, free=free / 1e9, needed=needed / 1e9)


async def collect(settings: Settings, folder: Path, recordings: bool) -> tuple[dict[str, Path], dict[str, Any]]:
    """The files by their names inside, and what the list says beside them."""
    files = {name: settings.home / name for name in ("settings.toml", "secrets.json", "first-run.txt")}
    files |= {f"tls/{path.name}": path for path in _plain(settings.tls_folder)}
    own = [path for folder in (settings.sounds, settings.locales) for path in folder.rglob("*") if path.is_file()]
    files |= {str(path.relative_to(settings.home)): path for path in own}
    kept = await asyncio.to_thread(_copies, settings, folder)
    database = folder / DATABASE
    database.mkdir()
    counted = await dump(settings.database_url, database)  # the last: all that was on its way is in it, or copied
    name = file_name(settings.database_url)
    files |= {**kept, f"{DATABASE}/{name}": database / name}
    sounds = {f"{SOUNDS}{name}": path for name, path in _recordings(settings)}
    listed = {} if recordings else await asyncio.to_thread(_listed, sounds)
    about = {
        "program": __version__,
        "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "city": settings.city,
        "schema": counted.schema,
        "calls": counted.calls,
        "tickets": counted.tickets,
        "newest": counted.newest.isoformat() if counted.newest else None,
        "audit": counted.seal,
        "recordings": listed,
    }
    return {name: path for name, path in (files | (sounds if recordings else {})).items() if path.exists()}, about


def _copies(settings: Settings, folder: Path) -> dict[str, Path]:
    """The audit's ends, before the rows; Asterisk's two journals, then the spool: in the order in which all moves."""
    found: dict[str, Path] = {}
    if (settings.home / HEADS).exists():
        found[HEADS] = Path(shutil.copyfile(settings.home / HEADS, folder / HEADS))
    for name, copy in ((ASTDB, _copy_astdb), (CEL, _copy_cel)):
        if (settings.home / name).exists():
            found[name] = folder / Path(name).name
            copy(settings.home / name, found[name])
    (folder / "spool").mkdir()
    for path in _plain(settings.spool):
        found[f"spool/{path.name}"] = folder / "spool" / path.name
        try:
            shutil.copyfile(path, found[f"spool/{path.name}"])
        except FileNotFoundError:  # all of it came into the database meanwhile, which is copied after this
            del found[f"spool/{path.name}"]
    return found


def _copy_cel(source: Path, file: Path) -> None:
    try:
        copy_sqlite(source, file, wal=True)
    except sqlite3.Error as wrong:
        raise BadInput("{file} cannot be copied ({why}).", file=source, why=wrong) from wrong


def _copy_astdb(source: Path, file: Path) -> None:
    """By its bytes, until they stand still for as long as the copy takes.

    Asterisk rolls back its last second when its commit meets any reader's lock (main/db.c): so no lock, no SQLite. It
    writes into the file only at its commits, about once a second, for some milliseconds.
    """
    end = time.monotonic() + STILL_S
    while True:
        before = source.stat()
        shutil.copyfile(source, file)
        after = source.stat()
        if (before.st_mtime_ns, before.st_size) == (after.st_mtime_ns, after.st_size):
            try:
                return check_sqlite(file)
            except BadInput:
                if time.monotonic() > end:
                    raise
        elif time.monotonic() > end:
            raise BadInput("{file} never stands still.", file=source)
        time.sleep(0.05)


def _plain(folder: Path) -> list[Path]:
    return sorted(path for path in folder.glob("*") if path.is_file() and not path.is_symlink())


def _recordings(settings: Settings) -> Iterator[tuple[str, Path]]:
    for path in sorted(settings.recordings.rglob("*")):
        own = path.name.startswith(SELF_TEST)  # no caller's, and made again every few minutes
        if path.is_file() and not path.is_symlink() and not own:
            yield path.relative_to(settings.recordings).as_posix(), path


def _listed(files: Mapping[str, Path]) -> dict[str, Any]:
    found = {}
    for name, path in files.items():
        try:
            found[name] = archive.sum_of(path)
        except FileNotFoundError:  # its time was over meanwhile
            continue
    return found


def _remove_older(file: Path, keep: int) -> int:
    """Of this folder's backups only the newest stay; 0: all."""
    old = sorted(file.parent.glob(NAME.format(stamp="*T*Z")), reverse=True)[keep:] if keep > 0 else []
    for each in old:
        each.unlink()
    return len(old)


def _said(file: Path, size: int, manifest: Mapping[str, Any], gone: int) -> Iterator[str]:
    newest = manifest["newest"] or "n/a"
    counted = f"{some(manifest['calls'], 'call')}, {some(manifest['tickets'], 'ticket')}"
    yield f"{file}: {counted}, the newest call at {newest}; {size} bytes"
    sounds = sum(name.startswith(SOUNDS) for name in manifest["files"])
    if manifest["recordings"]:
        total = sum(each["size"] for each in manifest["recordings"].values())
        count = len(manifest["recordings"])
        yield f"{some(count, 'file')} of recordings ({some(total, 'byte')}) only listed: --recordings takes them in"
    elif sounds:
        yield some(sounds, "file of recordings is in it", "files of recordings are in it")
    if manifest["audit"]:
        yield f"the audit's seal, to be kept elsewhere too: {manifest['audit']}"
    if gone:
        yield some(gone, "older backup was removed", "older backups were removed")
    yield "It holds secrets and callers' numbers: keep it where only those who need it can read it."
