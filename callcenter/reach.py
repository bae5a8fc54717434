"""Can Asterisk's recordings be reached from here?

In:  the settings, the folder. Out: nothing, or why not, in words.
Never: "the recording is missing" said of one that lies on another machine.
"""

from pathlib import Path

from callcenter.core.errors import NotFound
from callcenter.settings import Settings

ELSEWHERE = (
    "Asterisk runs on another machine ({host}) and keeps its recordings there. To hear, check and keep them here, "
    "mount that folder and set recordings_folder."
)
NOT_MOUNTED = (
    "The folder of recordings {folder} is not there, or empty: is it mounted? Until then nobody can tell here whether "
    "calls are recorded."
)


def out_of_reach(settings: Settings) -> NotFound | None:
    """None where they are here. A folder that misses beside our own Asterisk is what it is: missing recordings."""
    if not settings.asterisk_elsewhere:
        return None
    if not settings.recordings_folder:
        return NotFound(ELSEWHERE, host=settings.ami_host)
    try:
        if any(settings.recordings.iterdir()):  # a mount point without its disk is empty
            return None
    except OSError:
        pass
    return NotFound(NOT_MOUNTED, folder=settings.recordings)


def own_disk(settings: Settings) -> Path:
    """The disk that must not fill: that of the recordings, where they are ours; tickets are on it, too."""
    return settings.home if settings.asterisk_elsewhere else settings.recordings
