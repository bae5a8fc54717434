"""Asterisk's WAV files, also while they are written: 8 kHz, 16 bit, one channel, a header of 44 bytes.

In:  a file's path. Out: how long it is, its header put right, how loud it is where.
Never: trust in a growing file's header, which says 0; more of a file in memory than one piece of it.
"""

from __future__ import annotations

import hashlib
import struct
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from callcenter.core.coverage import Side

HEADER = 44
RATE = 8000
BYTES_S = RATE * 2
BLOCK = BYTES_S * 4
BUCKETS = 600
"""Columns of a picture of the sound."""
FRAME = 160
"""20 ms: what one packet of a telephone carries."""


@dataclass(frozen=True, slots=True)
class State:
    """A file as it is now. `closed`: Asterisk wrote its length, and all of that is there."""

    size: int
    closed: bool

    @property
    def sound(self) -> int:
        """Bytes of sound, whole samples."""
        return max(self.size - HEADER, 0) // 2 * 2

    @property
    def seconds(self) -> float:
        return self.sound / BYTES_S


def look(path: Path) -> State:
    """Raises OSError."""
    with path.open("rb") as file:
        head = file.read(HEADER)
        size = file.seek(0, 2)
    told = struct.unpack("<I", head[40:44])[0] if len(head) == HEADER else 0
    return State(size, told > 0 and told == size - HEADER)


def header(sound: int) -> bytes:
    """Of a file with so many bytes of sound."""
    shape = struct.pack("<IHHIIHH", 16, 1, 1, RATE, BYTES_S, 2, 16)
    return b"RIFF" + struct.pack("<I", sound + HEADER - 8) + b"WAVEfmt " + shape + b"data" + struct.pack("<I", sound)


UNENDED = header(0)[:4] + bytes(4) + header(0)[8:]
"""As Asterisk begins a file, and leaves it when it is killed."""


def read(path: Path, since: int, until: int) -> bytes:
    """The file as it would be with its length in its header, from one byte to another."""
    state = look(path)
    head = header(state.sound)[since:until]
    with path.open("rb") as file:
        file.seek(max(since, HEADER))
        rest = file.read(max(0, min(until, HEADER + state.sound) - max(since, HEADER)))
    return head + rest


def samples(path: Path, since: int = 0) -> Iterator[array[int]]:
    """Its sound, a few seconds at a time, from that byte of sound on."""
    with path.open("rb") as file:
        file.seek(HEADER + since)
        while raw := file.read(BLOCK):
            yield array("h", raw[: len(raw) // 2 * 2])


def side(path: Path) -> Side:
    """The longest time in it in which nothing at all came."""
    longest = running = whole = 0
    for block in samples(path):
        whole += len(block)
        for at in range(0, len(block), FRAME):
            frame = block[at : at + FRAME]
            running = running + len(frame) if not any(frame) else 0
            longest = max(longest, running)
    return Side(whole / RATE, longest / RATE)


def peaks(blocks: Iterator[array[int]], total: int, buckets: int = BUCKETS) -> list[int]:
    """The loudest of each column, 0 to 100. `total`: samples in all."""
    width = max(1, -(-total // buckets))
    loudest = [0] * min(buckets, -(-total // width)) if total else []
    at = 0
    for block in blocks:
        start = 0
        while start < len(block) and at // width < len(loudest):
            end = min(len(block), start + width - at % width)
            piece = block[start:end]
            loudest[at // width] = max(loudest[at // width], max(piece), -min(piece))
            at, start = at + end - start, end
    return [min(100, round(each * 100 / 32768)) for each in loudest]


def peaks_of(files: Sequence[Path]) -> list[list[int]]:
    """One row of columns for each file; raises OSError."""
    return [peaks(samples(file), look(file).sound // 2) for file in files]


def digest(path: Path) -> tuple[int, str]:
    """Size and SHA-256. Raises OSError."""
    with path.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
        return file.seek(0, 2), found
