"""A place picked for a ticket; the city's list replaced by a file.

In:  POST: what was typed, a place's number, or a point of the map; a CSV. Out: JSON with the ticket's version; a page.
Never: an older point of the ticket lost (`storage/points.py` keeps each); half of a file.
"""

import math
from collections.abc import Mapping
from typing import Any

from aiohttp import web

from callcenter.core.errors import BadInput, NotFound
from callcenter.core.where import Point, read
from callcenter.storage import BadRows
from callcenter.web.forms import read_body, text_of, version_of
from callcenter.web.parts import Parts, parts
from callcenter.web.places.pages import places_page
from callcenter.web.security import person

LARGEST = 2_000_000
NO_PLACE = "This place is not on the list any more. Type it again."
NO_POINT = "That is neither a place of the list nor a point."


async def pick(request: web.Request) -> web.Response:
    """The ticket gets the place's point, kelurahan and kecamatan; what was typed stays hers."""
    here = parts(request)
    call, who = request.match_info["call"], person(request)
    ticket = await here.desk.ticket_of(call)
    body = await read_body(request)
    values = _values(here, body)
    saved = await here.tickets.set_fields(ticket.number, values, version=version_of(body), by=who.person)
    here.desk.put(call, saved)
    return web.json_response({"version": saved.version, "ticket": ticket.number, "place": saved.place})


def _values(here: Parts, body: Mapping[str, Any]) -> dict[str, str]:
    chosen = text_of(body, "place", 20)
    if chosen:
        found = next((place for place in here.places.book.places if str(place.id) == chosen), None)
        if found is None:
            raise NotFound(NO_PLACE)
        values = {"place": text_of(body, "text", 500) or found.name}
        if found.kelurahan or found.kecamatan:
            values |= {"kelurahan": found.kelurahan, "kecamatan": found.kecamatan}
        return values | (_spot(found.point, "CALLER") if found.point else {})
    point = _of_map(body) or read(text_of(body, "text", 2000), here.places.book.middle)
    if point is None:
        raise BadInput(NO_POINT)
    near = here.places.book.nearest(point, "kelurahan")
    names = {"kelurahan": near.name, "kecamatan": near.kecamatan} if near else {}
    return names | _spot(point, "MAP" if "latitude" in body else "CALLER")


def _of_map(body: Mapping[str, Any]) -> Point | None:
    if "latitude" not in body:
        return None
    try:
        point = Point(float(body["latitude"]), float(body["longitude"]))
    except (KeyError, TypeError, ValueError):
        raise BadInput(NO_POINT) from None
    if not (math.isfinite(point.latitude) and abs(point.latitude) <= 90 and abs(point.longitude) <= 180):
        raise BadInput(NO_POINT)
    return point


def _spot(point: Point, source: str) -> dict[str, str]:
    return {
        "latitude": f"{point.latitude:.6f}",
        "longitude": f"{point.longitude:.6f}",
        "radius_m": "" if point.radius is None else f"{point.radius:.0f}",
        "location_source": source,
    }


async def replace(request: web.Request) -> web.Response:
    """The list of this file instead of the old one."""
    here = parts(request)
    form = await request.post()
    sent = form.get("file")
    try:
        if not isinstance(sent, web.FileField):
            raise BadInput("Choose a file first.")
        count = await here.places.replace(sent.file.read(LARGEST + 1), by=person(request).person)
    except BadInput as wrong:
        rows = wrong.rows if isinstance(wrong, BadRows) else ()
        return await places_page(request, wrong=wrong, rows=rows, status=400)
    return await places_page(request, now=count)
