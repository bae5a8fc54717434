"""What a power cut must not take away, for whoever writes files; nothing heavy comes with it.

In:  a folder. Out: its names are on the disk.
Never: an error kept quiet.
"""

import os
from pathlib import Path


def sync_folder(folder: Path) -> None:
    """The names in it are on the disk: else a power cut takes away the name of a file that is safe. Raises OSError."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
