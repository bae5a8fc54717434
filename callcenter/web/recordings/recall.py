"""Instant recall: what a call taker has just heard, again, while the call and its recording go on.

In:  GET by the call taker whose call it is. Out: WAV: the last minute of the call that runs, or all of the one before.
Never: another one's call; a byte before a line in the audit is committed; the recording touched.
"""

import asyncio

from aiohttp import hdrs, web

from callcenter import wav
from callcenter.core.errors import NotFound
from callcenter.core.recorded import Part
from callcenter.storage import audited
from callcenter.web.parts import parts
from callcenter.web.recordings.sending import send_recording
from callcenter.web.recordings.sounds import file_of, sounds_of
from callcenter.web.screen import view
from callcenter.web.screen.live import viewer_of
from callcenter.web.security import person

LAST_S = 60
HEARD = (Part.MAIN, Part.RELAY)
"""What she hears on her own phone now."""
NOT_YOURS = "Only your own running call can be heard here."
NOTHING_YET = "Nothing of this call is recorded yet."


async def recall(request: web.Request) -> web.StreamResponse:
    """The last minute, as far as Asterisk has written it down (all but the last two seconds)."""
    here, who = parts(request), person(request).person
    mine = view.my_call(here.board.floor, viewer_of(request))
    if mine is None or mine.id != request.match_info["call"]:
        raise NotFound(NOT_YOURS)
    found = await sounds_of(here, [mine])
    sound = next((each for each in reversed(found) if each.part in HEARD and each.path), None)
    if sound is None:
        raise (found[0].away if found else None) or NotFound(NOTHING_YET)
    path = file_of(sound)
    await audited(
        here.database, by=who, action="call.recall", at=here.clock(), target=mine.id, address=request.remote or ""
    )
    whole = (await asyncio.to_thread(wav.look, path)).sound
    since = max(0, whole - LAST_S * wav.BYTES_S)
    data = await asyncio.to_thread(wav.read, path, wav.HEADER + since, wav.HEADER + whole)
    if not data:
        raise NotFound(NOTHING_YET)
    return web.Response(
        body=wav.header(len(data)) + data, content_type="audio/wav", headers={hdrs.ACCEPT_RANGES: "none"}
    )


async def replay(request: web.Request) -> web.StreamResponse:
    """The call that she has just taken, to hear again; any other one is the supervisor's. Each hearing is audited."""
    call, who = request.match_info["call"], person(request).person
    if await parts(request).shelf.last_of(who) != call:
        raise NotFound("Only the last call that you took can be heard here.")
    return await send_recording(request, call=call, by=who)
