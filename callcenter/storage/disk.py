"""How fast this disk makes things safe.

In:  a folder. Out: milliseconds that one fdatasync takes.
Never: a file left behind.
"""

import os
import statistics
import tempfile
import time
from pathlib import Path

SLOW_MS = 5.0
ROUNDS = 15


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
