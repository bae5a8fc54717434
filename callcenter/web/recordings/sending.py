"""A recording's bytes, to hear or to keep.

In:  a call's id and which of its recordings, never a path. Out: the file, in parts where the player asks for parts,
also one that grows or was never ended: then its header is ours.
Never: a byte before a line in the audit is committed; a name or a number of a caller in a file's name.
"""

import asyncio
import re
from pathlib import Path

from aiohttp import hdrs, web
from aiohttp.abc import AbstractStreamWriter
from aiohttp.payload import Payload

from callcenter import wav
from callcenter.core.errors import NotFound
from callcenter.core.recorded import SIDES
from callcenter.storage import audited
from callcenter.web.parts import Parts, parts
from callcenter.web.recordings.sounds import NOT_THERE, Sound, file_of, side_file, sound_of

CHUNK = 64 * 1024
KINDS = {".wav": "audio/wav", ".flac": "audio/flac"}
ONE_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")


async def send_recording(request: web.Request, *, call: str, by: str) -> web.StreamResponse:
    """With HTTP ranges; `?download=1` makes the browser keep it; `?part=relay`, `?part=colleague&leg=...`: another one
    of this call; `?side=in` or `out`: one side alone, while each has a file of its own; `?as=wav` or `flac`: as nothing
    else, so that no player takes parts of two files for one."""
    here = parts(request)
    page = await here.history.call(call)
    sound = await sound_of(here, page.call, request.query.get("part", "")[:20], request.query.get("leg", "")[:200])
    path = file_of(sound)
    side, kind = request.query.get("side", ""), request.query.get("as", "")
    if kind and path.suffix != f".{kind}":
        raise NotFound(NOT_THERE)  # it was made smaller while it is heard: a part of this file is none of that one
    if side:
        path = _one_side(path, side)
    await _write_down(request, here, sound, by)
    name = await _name(here, sound, path) if "download" in request.query else ""
    return await send(request, path, name)


def _one_side(path: Path, side: str) -> Path:
    if side not in SIDES or path.suffix != ".wav" or not side_file(path, side).is_file():
        raise NotFound(NOT_THERE)
    return side_file(path, side)


async def _write_down(request: web.Request, here: Parts, sound: Sound, by: str) -> None:
    """One hearing is one line of the audit; a download, or a whole file, is always one of its own."""
    address, now = request.remote or "", here.clock()
    part = hdrs.RANGE in request.headers and "download" not in request.query
    key = f"{sound.call} {sound.query}"
    if not here.plays.goes_on(key, by, address, part=part, now=now):
        how = {"how": "download" if "download" in request.query else "play"}
        told = {**how, **({"part": sound.part.value, "leg": sound.leg} if sound.query else {})}
        await audited(
            here.database, by=by, action="call.recording", at=now, target=sound.call, details=told, address=address
        )
    here.plays.heard(key, by, address, part=part, now=now)


async def _name(here: Parts, sound: Sound, path: Path) -> str:
    """112-260114-0007-relay-20260114-071307.flac: which ticket, what, when by the city's clock; nothing of whom."""
    ticket = (await here.recordings.tickets_of([sound.call])).get(sound.call, "call")
    began = sound.began.astimezone(here.settings.zone).strftime("%Y%m%d-%H%M%S") if sound.began else "undated"
    what = [] if sound.part == "MAIN" else [sound.part.lower(), *([sound.position] if sound.leg else [])]
    return "-".join(["112", ticket, *what, began]) + path.suffix


async def send(request: web.Request, path: Path, name: str = "") -> web.StreamResponse:
    """This file. NotFound when it went meanwhile."""
    try:
        whole = path.suffix != ".wav" or (await asyncio.to_thread(wav.look, path)).closed
        response = web.FileResponse(path, chunk_size=CHUNK) if whole else await _unended(request, path)
    except OSError as gone:
        raise NotFound(NOT_THERE) from gone
    response.content_type = KINDS.get(path.suffix, "application/octet-stream")
    if name:
        response.headers[hdrs.CONTENT_DISPOSITION] = f'attachment; filename="{name}"'
    return response


async def _unended(request: web.Request, path: Path) -> web.StreamResponse:
    """What is there so far, or was when Asterisk died, with a header that tells its true length."""
    sound = (await asyncio.to_thread(wav.look, path)).sound
    whole = wav.HEADER + sound
    span = _span(request.headers.get(hdrs.RANGE, ""), whole)
    since, until = span or (0, whole)
    body = Sounding(path, wav.header(sound), since, until)
    headers = {hdrs.ACCEPT_RANGES: "bytes"}
    if span is None:
        return web.Response(body=body, headers=headers)
    return web.Response(
        status=206, body=body, headers=headers | {hdrs.CONTENT_RANGE: f"bytes {since}-{until - 1}/{whole}"}
    )


class Sounding(Payload):
    """A piece of a file with another header before it."""

    def __init__(self, path: Path, head: bytes, since: int, until: int) -> None:
        super().__init__(path)
        self._head, self._since, self._until, self._size = head, since, until, until - since

    def decode(self, encoding: str = "utf-8", errors: str = "strict") -> str:
        raise TypeError("sound is no text")

    async def write(self, writer: AbstractStreamWriter) -> None:
        """Never more of it in memory than one piece. It is opened once: it may be made smaller meanwhile."""
        with await asyncio.to_thread(self._value.open, "rb") as file:
            await writer.write(self._head[self._since : self._until])
            at = max(self._since, len(self._head))
            await asyncio.to_thread(file.seek, at)
            while raw := await asyncio.to_thread(file.read, min(CHUNK, max(0, self._until - at))):
                await writer.write(raw)
                at += len(raw)


def _span(asked: str, whole: int) -> tuple[int, int] | None:
    """From which byte to before which; None where all is wanted. 416 where there is no such part."""
    found = ONE_RANGE.fullmatch(asked.strip())
    if found is None or found[0] == "bytes=-":
        return None
    if not found[1]:
        since, until = max(0, whole - int(found[2])), whole
    else:
        since, until = int(found[1]), min(int(found[2]) + 1 if found[2] else whole, whole)
    if since >= until:
        raise web.HTTPRequestRangeNotSatisfiable(headers={hdrs.CONTENT_RANGE: f"bytes */{whole}"})
    return since, until
