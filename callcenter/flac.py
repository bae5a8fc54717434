"""A recording made smaller without losing one sample: FLAC, which every browser plays.

In:  WAV files of one call: both sides in one, or each side in its own. Out: one FLAC file, compared sample by sample
with what it came from; and how loud it is where.
Never: in the service's own process: libsndfile runs in a child of low priority, so that a damaged file or a long one
touches no call. Never a file under its final name before it is whole and safe on the disk.

    python -m callcenter.flac pack TARGET WAV [WAV]     prints its seconds; two files become left and right
    python -m callcenter.flac peaks FLAC                prints rows of columns as JSON
    python -m callcenter.flac sums FLAC SIZE [SIZE]     prints the sums of the WAV files of that size that it came from
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import sys
from array import array
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from callcenter import wav
from callcenter.core.errors import BadInput
from callcenter.on_disk import sync_folder

PACK_S, PEAKS_S = 600.0, 60.0
FRAMES = 16_000
FAILED = "{file} could not be compressed ({why}). It stays as it is."


async def pack(target: Path, files: Sequence[Path]) -> None:
    """In a child. BadInput."""
    await _child("pack", str(target), *map(str, files), deadline=PACK_S)


async def peaks(file: Path) -> list[list[int]]:
    """In a child. BadInput."""
    rows: list[list[int]] = json.loads(await _child("peaks", str(file), deadline=PEAKS_S))
    return rows


async def proves(file: Path, originals: Mapping[str, Mapping[str, Any]]) -> int:
    """Are its sides the very files that Asterisk wrote, byte by byte? How many sides; 0: they are not. In a child.

    For a database that is older than the compression: it has the sums of the WAV files, which are gone."""
    sides = sorted(name for name in originals if name.endswith(("-in.wav", "-out.wav")))
    both = [name for name in originals if name not in sides]
    for names in (sides, both):
        try:
            told = await _child("sums", str(file), *(str(originals[name]["bytes"]) for name in names), deadline=PACK_S)
        except BadInput:  # it cannot be read, or has another number of sides
            continue
        found = json.loads(told)
        if names and all(originals[name]["sha256"] in sums for name, sums in zip(names, found, strict=True)):
            return len(names)
    return 0


async def _child(act: str, *words: str, deadline: float) -> str:
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "callcenter.flac", act, *words,
        stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    try:
        async with asyncio.timeout(deadline):
            out, wrong = await child.communicate()
    except TimeoutError:
        raise BadInput(FAILED, file=words[0], why="it takes too long") from None
    finally:
        if child.returncode is None:
            child.kill()
            await child.wait()
    if child.returncode:
        why = wrong.decode(errors="replace").strip().splitlines()
        raise BadInput(FAILED, file=words[0], why=why[-1][:200] if why else child.returncode)
    return out.decode()


def _both(files: Sequence[Path]) -> Iterator[array[int]]:
    """The sides woven into one: left, right, left, right. One file is as it is."""
    total = max(wav.look(file).sound for file in files) // 2
    with ExitStack() as opened:
        handles = [opened.enter_context(file.open("rb")) for file in files]
        for handle in handles:
            handle.seek(wav.HEADER)
        for at in range(0, total, FRAMES):
            size = min(FRAMES, total - at)
            woven = array("h", bytes(2 * size * len(files)))
            for number, handle in enumerate(handles):
                raw = handle.read(2 * size)
                piece = array("h", raw[: len(raw) // 2 * 2])
                piece.extend(array("h", bytes(2 * (size - len(piece)))))
                woven[number :: len(files)] = piece
            yield woven


def _frames(file: Path) -> Iterator[array[int]]:
    import soundfile

    with soundfile.SoundFile(file) as sound:
        while True:
            raw = bytes(sound.buffer_read(FRAMES, dtype="int16"))
            if not raw:
                return
            yield array("h", raw)


def _write(target: Path, files: Sequence[Path]) -> None:
    import soundfile

    part = target.with_name(
        f".{target.name}.{os.getpid()}.part"
    )  # a child of a service that was killed may still write
    try:
        with soundfile.SoundFile(
            part, "w", samplerate=wav.RATE, channels=len(files), format="FLAC", subtype="PCM_16"
        ) as out:
            for block in _both(files):
                out.buffer_write(block.tobytes(), dtype="int16")
        _same(part, files)
        with part.open("rb") as done:
            os.fsync(done.fileno())
        part.rename(target)
        sync_folder(target.parent)
    finally:
        part.unlink(missing_ok=True)


def _same(part: Path, files: Sequence[Path]) -> None:
    """Decoded, it is what it was made from, sample by sample. Raises ValueError."""
    decoded = _frames(part)
    for block in _both(files):
        if next(decoded, None) != block:
            raise ValueError("what was written is not what was read")
    if next(decoded, None) is not None:
        raise ValueError("more was written than was read")


def _peaks(file: Path) -> list[list[int]]:
    import soundfile

    about: Any = soundfile.info(str(file))
    sides = int(about.channels)
    return [wav.peaks((block[side::sides] for block in _frames(file)), int(about.frames)) for side in range(sides)]


def _sums(file: Path, sizes: Sequence[int]) -> list[list[str]]:
    """For each side the sums of its WAV file of that size: with its length in the header, and as a killed Asterisk
    leaves it. Raises ValueError where it has another number of sides, or more sound."""
    import soundfile

    if int(soundfile.info(str(file)).channels) != len(sizes):
        raise ValueError("another number of sides")
    lengths = [size - wav.HEADER for size in sizes]
    sums = [[hashlib.sha256(head) for head in (wav.header(length), wav.UNENDED)] for length in lengths]
    for block in _frames(file):
        for side, length in enumerate(lengths):
            raw = block[side :: len(sizes)].tobytes()
            if any(raw[max(length, 0) :]):
                raise ValueError("it has more sound than the file")
            for each in sums[side]:
                each.update(raw[: max(length, 0)])
            lengths[side] = length - len(raw)
    return [[each.hexdigest() for each in side] for side in sums]


def main(words: Sequence[str]) -> int:
    """The child."""
    os.nice(10)
    act, *files = words
    if act == "pack":
        _write(Path(files[0]), [Path(each) for each in files[1:]])
    elif act == "sums":
        sys.stdout.write(json.dumps(_sums(Path(files[0]), [int(each) for each in files[1:]])))
    else:
        sys.stdout.write(json.dumps(_peaks(Path(files[0]))))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
