"""Styles, scripts and icons, under an address that changes with their contents.

In:  the folder static/. Out: /static/<build>/...: relative imports between modules inherit the build, so a browser may
keep every file for a year and never mixes two versions.
Never: a file of another server.
"""

import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from callcenter.web.i18n import SCRIPTS

FOR_EVER = "public, max-age=31536000, immutable"


@dataclass(frozen=True)
class StaticFiles:
    """The folder and the name of this build."""

    folder: Path
    build: str

    @property
    def prefix(self) -> str:
        return f"/static/{self.build}"

    def url(self, path: str) -> str:
        """The address of one file; FileNotFoundError where there is none, so that a test finds it."""
        if not (self.folder / path).is_file():
            raise FileNotFoundError(path)
        return f"{self.prefix}/{path}"


@cache
def read_static(folder: Path = SCRIPTS) -> StaticFiles:
    """Hashes every file once, at the start."""
    digest = hashlib.sha256()
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        digest.update(path.relative_to(folder).as_posix().encode() + b"\0" + path.read_bytes())
    return StaticFiles(folder, digest.hexdigest()[:12])
