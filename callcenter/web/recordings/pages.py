"""The player: a picture of the sound, marks to jump to, both sides or one.

In:  GET, a call's id and which of its recordings; POST, from where it was heard. Out: HTML, JSON, sound.
Never: a change of anything but the audit.
"""

import asyncio
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from aiohttp import web

from callcenter import flac, wav
from callcenter.core.errors import BadInput, CallCenterError
from callcenter.core.recorded import SIDES, offset
from callcenter.storage import FactLine, audited
from callcenter.storage.recording_files import picture_of
from callcenter.web.forms import read_body, text_of
from callcenter.web.parts import Parts, parts
from callcenter.web.recordings.sending import send_recording
from callcenter.web.recordings.sounds import Sound, file_of, side_file, sound_of, sounds_of
from callcenter.web.security import person
from callcenter.web.supervisor.trail import looked

MARKED = frozenset({
    "CallQueued", "CallAnswered", "CallOverflowed", "CallHeld", "LegHeld", "RoomJoined", "RoomLeft", "ForwardAsked",
    "AttemptAccepted", "ColleagueAsked", "SilentStep", "CallTransferred", "CallCut",
})  # fmt: skip
"""What is worth a mark of all that happened."""
MOST_MARKS = 40


@dataclass(frozen=True, slots=True)
class Mark:
    """A moment to jump to."""

    at: datetime
    seconds: float
    kind: str  # a fact's, or GAP, ENDED
    about: str = ""  # a position, an agency's code


async def recording(request: web.Request) -> web.StreamResponse:
    """Sound. The audit row is written before the first byte."""
    return await send_recording(request, call=request.match_info["call"], by=person(request).person)


async def player(request: web.Request) -> web.Response:
    """`/calls/ID/player`."""
    here = parts(request)
    page = await here.history.call(request.match_info["call"])
    sound = await _asked(here, request)
    error = ""
    try:
        file_of(sound)
    except CallCenterError as gone:
        error = here.painter.sentence(request, gone)
    await looked(request, "call.view", page.line.id)
    ticket = await here.history.ticket(page.line.ticket)
    calls = await here.history.states([line.id for line in ticket.calls])
    return here.painter.page(
        request,
        "recordings/player.html",
        line=page.line,
        sound=sound,
        gone=error,
        marks=list(marks(sound, page.facts))[:MOST_MARKS],
        others=await sounds_of(here, calls),
        held=await here.holds.held(page.line.id),
    )


def marks(sound: Sound, facts: Sequence[FactLine]) -> Iterator[Mark]:
    """In the order in which they are heard; none where nobody knows when the recording began."""
    if sound.began is None or sound.ended is None:
        return
    found = [Mark(gap.since, 0.0, "GAP", str(round(gap.seconds))) for gap in sound.gaps]
    for fact in facts:
        if fact.kind in MARKED and fact.at is not None:
            leg = str(fact.body.get("leg", ""))
            own = (fact.body.get("position"), fact.body.get("agency"), _agency_of(leg))
            found.append(Mark(fact.at, 0.0, _kind(fact), next((str(word) for word in own if word), "")))
    missing = sum(gap.seconds for gap in sound.gaps)
    last = sound.seconds + missing + 1
    for mark in sorted(found, key=lambda mark: mark.at):
        if -1 <= (mark.at - sound.began).total_seconds() <= last:
            where = offset(mark.at, sound.began, sound.seconds, sound.gaps)
            yield Mark(mark.at, where, mark.kind, mark.about)


def _kind(fact: FactLine) -> str:
    over = fact.kind in ("CallHeld", "LegHeld") and not fact.body.get("held", True)
    return "HoldEnded" if over else fact.kind


def _agency_of(leg: str) -> str:
    """fwd-damkar-1-1-CALL is the fire brigade's."""
    words = leg.split("-")
    return words[1] if words[0] == "fwd" and len(words) > 2 else ""


async def peaks(request: web.Request) -> web.Response:
    """How loud it is where, as JSON: a row of columns for each side. Kept beside a file that does not grow."""
    here = parts(request)
    sound = await _asked(here, request)
    path = file_of(sound)
    rows = await _columns(path, kept=sound.row is not None)
    return web.json_response({"seconds": sound.seconds, "packed": sound.packed, "rows": rows})


async def _columns(path: Path, *, kept: bool) -> list[list[int]]:
    picture = picture_of(path)
    try:
        rows: list[list[int]] = json.loads(await asyncio.to_thread(picture.read_text, "utf-8"))
        return rows
    except (OSError, ValueError):
        pass
    if path.suffix == ".wav":
        sides = [side_file(path, side) for side in SIDES]
        files = sides if all(side.is_file() for side in sides) else [path]
        rows = await asyncio.to_thread(wav.peaks_of, files)
    else:
        rows = await flac.peaks(path)
    if kept:
        await asyncio.to_thread(_keep, picture, json.dumps(rows))
    return rows


def _keep(picture: Path, text: str) -> None:
    """Beside the file; a disk that takes nothing keeps nobody from hearing it."""
    part = picture.with_name(f".{picture.name}.part")
    try:
        part.write_text(text, "utf-8")
        part.replace(picture)
    except OSError:
        part.unlink(missing_ok=True)


async def heard(request: web.Request) -> web.Response:
    """The player says from where it begins to play: one line of the audit for each beginning and each jump."""
    here, body = parts(request), await read_body(request)
    call, where = request.match_info["call"], text_of(body, "from", 12)
    try:
        seconds = round(float(where), 1)
        if not 0 <= seconds < 1_000_000:
            raise ValueError(where)
    except ValueError:
        raise BadInput("This request cannot be read.") from None
    sound = await _asked(here, request)
    told = {"from_s": seconds, **({"part": sound.part.value, "leg": sound.leg} if sound.query else {})}
    by, address = person(request).person, request.remote or ""
    await audited(
        here.database, by=by, action="call.heard", at=here.clock(), target=call, details=told, address=address
    )
    return web.json_response({})


async def _asked(here: Parts, request: web.Request) -> Sound:
    page = await here.history.call(request.match_info["call"])
    return await sound_of(here, page.call, request.query.get("part", "")[:20], request.query.get("leg", "")[:200])
