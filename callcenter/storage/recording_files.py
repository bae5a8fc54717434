"""The files of recordings on the disk: which belong to a row, to a call, to a day.

In:  the recordings' folder, a row. Out: paths; files taken away.
Never: a file outside that folder; a folder that is a link followed.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol

KEPT_AS = (".wav", ".flac", "-relay.wav", "-relay.flac")
"""How the names of a call's own recordings end, in a row."""
ENDINGS = re.compile(r"(-relay|-in|-out)?[.](wav|flac|peaks)$")
CALL = re.compile(r"[a-z][a-z0-9]*-[0-9]+[.][0-9]+$")


class Row(Protocol):
    """What must be known of a recording to find its files."""

    @property
    def path(self) -> str: ...
    @property
    def originals(self) -> Mapping[str, Mapping[str, Any]]: ...


def files_of(folder: Path, row: Row) -> list[Path]:
    """Every file that belongs to it, there or not: as it is kept, what it was made from, its picture; and the smaller
    one of which the row does not know, in the database of a backup that is older than that."""
    if not row.path:
        return []
    kept = folder / row.path
    return [kept, *(kept.parent / name for name in row.originals), smaller_of(kept), picture_of(kept)]


def smaller_of(path: Path) -> Path:
    """Where its sound is kept once it is compressed."""
    return path.with_suffix(".flac")


def picture_of(path: Path) -> Path:
    """Where the columns of its sound are kept, beside it."""
    return path.with_suffix(".peaks")


def remove(folder: Path, row: Row) -> None:
    """Its files, as far as they are there and below that folder."""
    for file in files_of(folder, row):
        if file.resolve().is_relative_to(folder.resolve()):
            file.unlink(missing_ok=True)


def call_in(stem: str) -> str:
    """The call in the name of a leg's file (ear-103-1-CALL, desk-102-1-CALL); the name itself where there is none."""
    found = CALL.search(stem)
    return found[0] if found else stem


def days_before(folder: Path, before: datetime) -> list[Path]:
    """Folders of whole days (UTC) before that moment."""
    last = f"{before.astimezone(UTC):%Y/%m/%d}"
    days = (day for day in folder.glob("[0-9][0-9][0-9][0-9]/[0-9][0-9]/[0-9][0-9]") if day.is_dir())
    root = folder.resolve()
    inside = (day for day in days if day.resolve().is_relative_to(root))
    return sorted(day for day in inside if str(day.relative_to(folder)) < last)


def by_call(day: Path) -> dict[str, list[Path]]:
    """Files by the call or the leg in their names."""
    found: dict[str, list[Path]] = {}
    for file in day.iterdir():
        if file.is_file():
            found.setdefault(ENDINGS.sub("", file.name), []).append(file)
    return found
