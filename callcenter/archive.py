"""One file that holds many, each with its sum: written whole or not at all, believed only when every sum is right.

In:  files with the names that they have inside; or an archive that came from anywhere.
Out: an archive for its owner only; or a folder with exactly what the archive's own list says.
Never: a path that leaves the folder, a link, a device, a file that is not on the list, a half-written archive under
its final name.
"""

import hashlib
import io
import json
import os
import tarfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path, PurePosixPath
from typing import IO, Any, cast

from callcenter.core.errors import BadInput
from callcenter.on_disk import sync_folder

MANIFEST = "manifest.json"
FORMAT = 1
LARGEST_MANIFEST = 512 * 1024 * 1024
CHUNK = 1 << 20
NOT_WRITTEN = "{file} cannot be written ({why})."
NOT_READ = "{file} cannot be read as a backup ({why}). Nothing was changed."
HOSTILE = "{file} holds {name!r}, which no backup has ({why}). Nothing was changed."
WRONG_SUM = "{file} is damaged: {name} is not what was saved. Nothing was changed."
INCOMPLETE = "{file} is incomplete: {name} is missing. Nothing was changed."


class Summed:
    """A file that is summed while it is read."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file, self.sum = file, hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        data = self._file.read(size)
        self.sum.update(data)
        return data


def sum_of(file: Path) -> dict[str, Any]:
    """Size and sum of a file."""
    with file.open("rb") as data:
        return {"size": os.fstat(data.fileno()).st_size, "sha256": hashlib.file_digest(data, "sha256").hexdigest()}


def write(target: Path, files: Mapping[str, Path], about: Mapping[str, Any]) -> dict[str, Any]:
    """All files that are still there, then the list of them, which is returned. BadInput when it cannot be written."""
    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(handle, "wb") as out:
                with tarfile.open(fileobj=out, mode="w:gz", compresslevel=1, format=tarfile.PAX_FORMAT) as tar:
                    manifest = {**about, "format": FORMAT, "files": dict(_put(tar, files))}
                    _put_text(tar, MANIFEST, json.dumps(manifest, indent=1))
                out.flush()
                os.fsync(out.fileno())
            part.rename(target)
        finally:
            with suppress(FileNotFoundError):
                part.unlink()
        sync_folder(target.parent)
    except OSError as wrong:
        raise BadInput(NOT_WRITTEN, file=target, why=wrong.strerror or wrong) from wrong
    return manifest


def _put(tar: tarfile.TarFile, files: Mapping[str, Path]) -> Iterator[tuple[str, dict[str, Any]]]:
    for name, path in files.items():
        with suppress(FileNotFoundError), path.open("rb") as file:  # a recording whose time was over meanwhile
            info = tarfile.TarInfo(name)
            state = os.fstat(file.fileno())
            info.size, info.mtime, info.mode = state.st_size, int(state.st_mtime), 0o600
            summed = Summed(file)
            tar.addfile(info, cast(IO[bytes], summed))  # it only reads
            yield name, {"size": info.size, "sha256": summed.sum.hexdigest()}


def _put_text(tar: tarfile.TarFile, name: str, text: str) -> None:
    data = text.encode()
    info = tarfile.TarInfo(name)
    info.size, info.mode = len(data), 0o600
    tar.addfile(info, io.BytesIO(data))


def read(archive: Path, into: Path | None) -> dict[str, Any]:
    """Every file into that new folder (None: only look), and the archive's list, once all sums are right. BadInput."""
    found: dict[str, dict[str, Any]] = {}
    manifest: dict[str, Any] = {}
    try:
        with tarfile.open(archive, "r:gz") as tar:
            for member in tar:
                name = _safe(archive, member, found)
                data = tar.extractfile(member)
                assert data is not None  # it is a plain file
                if name == MANIFEST:
                    manifest = _manifest(archive, data.read(LARGEST_MANIFEST))
                    break
                found[name] = _take(data, into / name if into else None)
    except (tarfile.TarError, EOFError, zlib.error, OSError) as wrong:
        raise BadInput(NOT_READ, file=archive, why=getattr(wrong, "strerror", None) or wrong) from wrong
    _compare(archive, found, manifest)
    return manifest


def _safe(archive: Path, member: tarfile.TarInfo, found: Mapping[str, object]) -> str:
    """The member's name, when it is a plain file with a plain place."""
    name = member.name
    if not member.isreg() or member.issparse():
        raise BadInput(HOSTILE, file=archive, name=name, why="it is no plain file")
    if not is_plain(name):
        raise BadInput(HOSTILE, file=archive, name=name, why="it lies outside")
    if name in found:
        raise BadInput(HOSTILE, file=archive, name=name, why="it is there twice")
    return name


def is_plain(name: str) -> bool:
    """A place below the folder, written in the one way that it can be."""
    parts = PurePosixPath(name).parts
    return (
        bool(parts) and parts[0] != "/" and ".." not in parts and str(PurePosixPath(name)) == name and "\0" not in name
    )


def _take(data: IO[bytes], place: Path | None) -> dict[str, Any]:
    summed, size = Summed(data), 0
    if place is None:
        while chunk := summed.read(CHUNK):
            size += len(chunk)
    else:
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as out:
            while chunk := summed.read(CHUNK):
                size += out.write(chunk)
            out.flush()
            os.fsync(out.fileno())
    return {"size": size, "sha256": summed.sum.hexdigest()}


def _manifest(archive: Path, data: bytes) -> dict[str, Any]:
    try:
        manifest = json.loads(data)
        if manifest["format"] != FORMAT or not isinstance(manifest["files"], dict):
            raise ValueError("its list is of another kind")
    except (ValueError, KeyError, TypeError) as wrong:
        raise BadInput(NOT_READ, file=archive, why=wrong) from wrong
    return dict(manifest)


def _compare(archive: Path, found: Mapping[str, object], manifest: Mapping[str, Any]) -> None:
    if not manifest:
        raise BadInput(INCOMPLETE, file=archive, name=MANIFEST)
    listed = manifest["files"]
    for name in sorted({*listed, *found}):
        if name not in found:
            raise BadInput(INCOMPLETE, file=archive, name=name)
        if name not in listed:
            raise BadInput(HOSTILE, file=archive, name=name, why="it is not on its list")
        if found[name] != listed[name]:
            raise BadInput(WRONG_SUM, file=archive, name=name)
