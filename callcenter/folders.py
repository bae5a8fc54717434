"""The data folder: for its owner only, and writable before anything else is tried.

In:  the settings.
Out: the folders, and settings.toml the first time; or BadInput with what is wrong with the place.
Never: changes a file that is there.
"""

import os
import stat
from importlib.resources import files
from pathlib import Path

from callcenter.core.errors import BadInput
from callcenter.keys import write_private
from callcenter.settings import Settings

NOT_OURS = "{home} belongs to another user. Run this as that user, so that no file there becomes unreadable for it."
ASTERISK_PARTS = ("etc", "log", "spool", "spool/monitor", "spool/tmp", "lib", "lib/keys", "cache")


def make_folders(settings: Settings) -> None:
    """Everything for the owner's eyes only."""
    must_be_ours(settings.home)
    parts = [settings.asterisk / name for name in ASTERISK_PARTS]
    try:
        for folder in [settings.home, settings.spool, settings.log, settings.tls_folder, settings.asterisk, *parts]:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        trial = settings.home / ".trial"
        trial.write_text("")
        trial.unlink()
    except OSError as wrong:
        raise BadInput(
            "The data folder {home} cannot be written ({why}). Give CALLCENTER_HOME a folder of this user's own.",
            home=settings.home,
            why=wrong.strerror,
        ) from wrong
    settings.home.chmod(0o700)
    make_run_folder(settings.run_folder)


def must_be_ours(home: Path) -> None:
    """Written by root, a file there could not be opened by the one whose room it is."""
    try:
        owner = home.stat().st_uid
    except OSError:  # it is made now, or what is wrong is told when it is
        return
    if owner != os.getuid():
        raise BadInput(NOT_OURS, home=home)


def write_settings_file(settings: Settings) -> None:
    """Once; from then on it is the city's."""
    if not settings.settings_file.exists():
        write_private(settings.settings_file, files("callcenter").joinpath("settings.example").read_text("utf-8"))


def make_run_folder(folder: Path) -> None:
    """It may lie in a folder where everybody writes: then it must be ours, and no link."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid():
        raise BadInput(
            "{folder} belongs to somebody else. Set CALLCENTER_RUN_FOLDER to a folder of ours.", folder=folder
        )
    folder.chmod(0o700)
