"""A call's recording, to hear or to keep.

In:  a call's id, never a path. Out: the file, in parts where the player asks for parts.
Never: a file outside the recordings folder, or without a line in the audit (storage writes it, before the first byte).
"""

import asyncio
import struct
from pathlib import Path

from aiohttp import hdrs, web

from callcenter.core.errors import NotFound
from callcenter.web.parts import Parts, parts

CHUNK = 64 * 1024
HEADER = 44  # what sox and Asterisk write before 8 kHz, 16 bit, one channel


async def send_recording(request: web.Request, *, call: str, by: str) -> web.StreamResponse:
    """The file with HTTP ranges; `?download=1` makes the browser keep it; `?part=relay`: what was said to agencies
    after the caller had hung up."""
    here = parts(request)
    relative = await _written_down(request, here, call, by)
    path = await _file(here, relay_of(relative) if request.query.get("part") == "relay" else relative)
    name = path.name if "download" in request.query else ""
    if await asyncio.to_thread(_still_growing, path):
        return await _growing(request, path, name)
    response = web.FileResponse(path, chunk_size=CHUNK)
    response.content_type = "audio/wav"
    if name:
        response.headers[hdrs.CONTENT_DISPOSITION] = f'attachment; filename="{name}"'
    return response


def relay_of(relative: str) -> str:
    """Where the dialplan records what was said to agencies after the caller had hung up."""
    return f"{relative.removesuffix('.wav')}-relay.wav"


async def has_relay(here: Parts, relative: str) -> bool:
    """There is such a recording beside the call's own."""
    if not relative:
        return False
    try:
        await _file(here, relay_of(relative))
    except NotFound:
        return False
    return True


async def _written_down(request: web.Request, here: Parts, call: str, by: str) -> str:
    """Where it is. One hearing is one line of the audit; a download, or a whole file, is always one of its own."""
    address, now = request.remote or "", here.clock()
    part = hdrs.RANGE in request.headers and "download" not in request.query
    if here.plays.goes_on(call, by, address, part=part, now=now):
        relative = (await here.history.call(call)).line.recording
    else:
        relative = await here.history.recording(call, by=by, address=address)
    here.plays.heard(call, by, address, part=part, now=now)
    return relative


async def _file(here: Parts, relative: str) -> Path:
    """The path of that file, proved to lie below the recordings folder."""

    def find() -> Path | None:
        folder = here.settings.recordings.resolve()
        path = (folder / relative).resolve()
        return path if path.is_relative_to(folder) and path.is_file() else None

    found = await asyncio.to_thread(find)
    if found is None:
        raise NotFound("The recording of this call is not there.")
    return found


def _still_growing(path: Path) -> bool:
    """Asterisk writes the length into the header at the end; until then it says 0."""
    with path.open("rb") as file:
        head = file.read(HEADER)
    return len(head) == HEADER and head[:4] == b"RIFF" and struct.unpack("<I", head[40:44])[0] == 0


async def _growing(request: web.Request, path: Path, name: str) -> web.StreamResponse:
    """What is there so far, with a header that tells its true length. At most one call long: it fits in memory."""
    data = await asyncio.to_thread(path.read_bytes)
    sound = len(data) - HEADER
    head = data[:4] + struct.pack("<I", sound + HEADER - 8) + data[8:40] + struct.pack("<I", sound)
    response = web.Response(body=head + data[HEADER:], content_type="audio/wav")
    if name:
        response.headers[hdrs.CONTENT_DISPOSITION] = f'attachment; filename="{name}"'
    return response
