"""Styles, scripts and icons, under an address that changes with their contents, packed where the browser takes it.

In:  the folder static/. Out: /static/<build>/...: relative imports between modules inherit the build, so a browser may
keep every file for a year and never mixes two versions.
Never: a file that was not there at the start, or of another folder: what is served was read into memory.
"""

import gzip
import hashlib
import mimetypes
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from aiohttp import hdrs, web

from callcenter.web.i18n import SCRIPTS

FOR_EVER = "public, max-age=31536000, immutable"
TYPES = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}
PACKED_FROM = 200
"""Bytes below which packing gains nothing."""
IMPORT = re.compile(rb'^import\b[^"(]*"\./([\w-]+\.js)";', re.MULTILINE)


@dataclass(frozen=True)
class File:
    """One file as it is sent."""

    kind: str
    plain: bytes
    packed: bytes | None

    def answer(self, request: web.Request, *, kept: str) -> web.Response:
        headers = {hdrs.CACHE_CONTROL: kept, hdrs.CONTENT_TYPE: self.kind}
        if self.packed is None:
            return web.Response(body=self.plain, headers=headers)
        headers[hdrs.VARY] = hdrs.ACCEPT_ENCODING
        if not takes_gzip(request):
            return web.Response(body=self.plain, headers=headers)
        return web.Response(body=self.packed, headers={**headers, hdrs.CONTENT_ENCODING: "gzip"})


@dataclass(frozen=True)
class StaticFiles:
    """What there is, and the name of this build."""

    build: str
    files: Mapping[str, File] = field(repr=False)

    @property
    def prefix(self) -> str:
        return f"/static/{self.build}"

    def url(self, path: str) -> str:
        """The address of one file; FileNotFoundError where there is none, so that a test finds it."""
        if path not in self.files:
            raise FileNotFoundError(path)
        return f"{self.prefix}/{path}"

    def modules(self, *paths: str) -> list[str]:
        """The addresses of all that these scripts import, and what that imports: asked for at once, not one depth after
        the other, each of which costs a way there and back."""
        found, look = dict[str, None](), list(paths)
        while look:
            folder, _, _ = (path := look.pop(0)).rpartition("/")
            imported = [f"{folder}/{name.decode()}" for name in IMPORT.findall(self.files[path].plain)]
            look += [each for each in imported if each not in found]
            found |= dict.fromkeys(imported)
        return [self.url(each) for each in found if each not in paths]

    async def serve(self, request: web.Request) -> web.Response:
        """The file of the address, to be kept for ever."""
        found = self.files.get(request.match_info["file"])
        if found is None:
            raise web.HTTPNotFound
        return found.answer(request, kept=FOR_EVER)


def takes_gzip(request: web.Request) -> bool:
    """The browser says that it unpacks. `gzip;q=0` says that it does not."""
    asked = (each.strip().partition(";") for each in request.headers.get(hdrs.ACCEPT_ENCODING, "").lower().split(","))
    return any(name.strip() == "gzip" and how.replace(" ", "") not in ("q=0", "q=0.0") for name, _, how in asked)


@cache
def read_static(folder: Path = SCRIPTS) -> StaticFiles:
    """Reads, hashes and packs every file once, at the start."""
    digest, files = hashlib.sha256(), {}
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        name, plain = path.relative_to(folder).as_posix(), path.read_bytes()
        digest.update(name.encode() + b"\0" + plain)
        files[name] = _read(path, plain)
    return StaticFiles(digest.hexdigest()[:12], files)


def _read(path: Path, plain: bytes) -> File:
    kind = TYPES.get(path.suffix) or mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    if kind.startswith("text/"):
        kind += "; charset=utf-8"
    worth = len(plain) > PACKED_FROM and (kind.startswith("text/") or path.suffix in TYPES)
    return File(kind, plain, gzip.compress(plain, mtime=0) if worth else None)
