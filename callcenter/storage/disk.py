"""How fast this disk makes things safe, and how much it still takes.

In:  a folder. Out: milliseconds that one fdatasync takes; bytes and files that find room.
Never: a file left behind.
"""

import os
import shutil
import statistics
import tempfile
import time
from pathlib import Path

SLOW_MS = 5.0
ROUNDS = 15
FEW_FILES = 200
"""A call makes four or five; below this, recordings and the spool's next file are about to be refused."""


def room_for(folder: Path) -> tuple[int, int | None]:
    """Bytes that are free on the disk under that folder, which may not be there yet; and how many more files it takes,
    None where nothing but room limits them. Raises OSError."""
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    found = os.statvfs(folder)
    return shutil.disk_usage(folder).free, found.f_favail if found.f_files else None


def sync_ms(folder: Path) -> float:
    """The median of a few small synced writes in that folder. Raises OSError where nothing can be written."""
    took = []
    with tempfile.TemporaryFile(dir=folder) as file:
        for _ in range(ROUNDS):
            file.write(bytes(4096))
            file.flush()
            began = time.perf_counter()
            os.fdatasync(file.fileno())
            took.append((time.perf_counter() - began) * 1000)
    return statistics.median(took)
