"""The spool: a queue on disk between the telephone and the database.

In:  lines, in order. Out: the same lines, in order, until they are acknowledged; also after a crash at any byte.
Never: a line lost once `append` returned; anything about calls; use by two threads at once.

A folder of segments, each named by the first revision in it. Lines are appended to the newest; a segment goes when
all of its lines are acknowledged. After a crash lines may come again that are stored already: the writer does not mind.
"""

import logging
import os
from contextlib import suppress
from pathlib import Path

from callcenter.on_disk import sync_folder

log = logging.getLogger(__name__)

SEGMENT = 8 * 1024 * 1024
TIDY = 1024 * 1024
"""When all is acknowledged, a segment larger than this is replaced: so little is read again after a crash."""


class Spool:
    """Raises OSError where the disk does not do what it should; what was not appended can be appended again."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._segments: list[Path] = []  # the oldest first; the last one is written to
        self._offset = 0  # in the oldest: up to here all is acknowledged
        self._file = -1
        self._size = 0
        self._broken = False
        self.lines = 0  # not acknowledged
        self.torn = 0  # half lines found at the start: their writer was killed before it could promise anything

    def open(self, revision: int) -> int:
        """Recover what is there; new lines go to a new segment. The highest revision that its names tell, or 0."""
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        found = sorted(self._folder.glob("*.spool"))
        for path in found:
            self._mend(path)
        self._segments = [path for path in found if path.stat().st_size]
        last = max((_revision(path) for path in found), default=0)
        first = max(revision, last + 1, self._last_revision() + 1)
        try:
            self._start(first)
        except OSError:
            if not found:
                raise
            self._go_on(found[-1], first)  # a disk that takes no more files may still take lines
        for path in found:
            if path not in self._segments:
                path.unlink(missing_ok=True)
        return first

    def append(self, lines: list[bytes], revision: int) -> None:
        """Make these lines safe; the first has that revision. After an OSError none of them counts."""
        if self._broken or self._size > SEGMENT:
            self._start(revision)
        data = b"".join(lines)
        try:
            done = 0
            while done < len(data):
                done += os.write(self._file, data[done:])
            os.fdatasync(self._file)
        except OSError:
            self._broken = True  # what stands behind the last good line is cut off, or else left behind
            with suppress(OSError):
                os.ftruncate(self._file, self._size)
            raise
        self._size += len(data)
        self.lines += len(lines)

    def read(self, most: int) -> list[bytes]:
        """The oldest lines that are not acknowledged, from one segment."""
        while True:
            with self._segments[0].open("rb") as file:
                file.seek(self._offset)
                lines = [line for _ in range(most) if (line := file.readline()).endswith(b"\n")]
            if lines or len(self._segments) == 1:
                return lines
            self._segments.pop(0).unlink()
            self._offset = 0

    def acknowledge(self, lines: list[bytes], next_revision: int) -> None:
        """These lines, the oldest ones, are in the database."""
        self._offset += sum(map(len, lines))
        self.lines = max(0, self.lines - len(lines))
        if len(self._segments) == 1 and self._offset >= self._size > TIDY:
            self._start(next_revision)

    def close(self) -> None:
        """Stop writing."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1

    def _start(self, revision: int) -> None:
        path = self._folder / f"{revision:020d}.spool"
        file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
        again = path in self._segments[-1:]  # the disk was full: the same lines are tried once more, in the same place
        try:
            if again:
                os.ftruncate(file, self._size)
        except OSError:
            os.close(file)
            raise
        self.close()
        self._file, self._size, self._broken = file, os.fstat(file).st_size, False
        if not again:
            self._segments.append(path)
        sync_folder(self._folder)

    def _go_on(self, newest: Path, revision: int) -> None:
        """Append to the newest segment of the former life; one with nothing in it takes the name of a new one."""
        self.close()
        if not self._segments:
            self._segments = [newest.rename(self._folder / f"{revision:020d}.spool")]
        self._file = os.open(self._segments[-1], os.O_WRONLY | os.O_APPEND | os.O_CLOEXEC)
        self._size, self._broken = os.fstat(self._file).st_size, False

    def _mend(self, path: Path) -> None:
        """Cut off a last line without its end: whoever wrote it never came to say that it is safe."""
        data = path.read_bytes()
        end = data.rfind(b"\n") + 1
        if end < len(data):
            self.torn += 1
            log.warning("%s ended in the middle of a line: %d bytes cut off", path, len(data) - end)
            os.truncate(path, end)
        self.lines += data.count(b"\n")

    def _last_revision(self) -> int:
        for path in reversed(self._segments):
            for line in reversed(path.read_bytes().splitlines()):
                number = line.split(b" ", 2)[1:2]
                if number and number[0].isdigit():
                    return int(number[0])
        return 0


def _revision(path: Path) -> int:
    return int(path.stem) if path.stem.isdigit() else 0
