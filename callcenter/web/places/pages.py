"""What is found for the letters typed so far, what the map shows, and the city's whole list.

In:  GET, hostile. Out: JSON for the screen's script, HTML, CSV.
Never: a request that leaves the server; a caller's number on the map.
"""

import json
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import Any

from aiohttp import hdrs, web

from callcenter.core.call import Stage
from callcenter.core.errors import BadInput
from callcenter.core.gazetteer import KINDS, Place
from callcenter.core.where import Point, read
from callcenter.storage import write_places
from callcenter.web.need import looker
from callcenter.web.parts import Parts, parts
from callcenter.web.place import read_place

LONGEST = 2000
SHOWN = 8
COAST = "data/cirebon-coast.geojson"
LISTED = 500
ROWS_SHOWN = 20


@cache
def coast() -> Any:
    """The coastline: the only line that the schematic map has."""
    return json.loads(files("callcenter").joinpath(COAST).read_bytes())


def around(here: Parts, point: Point) -> str:
    """The kelurahan whose middle is nearest, in words; empty outside of the city."""
    near = here.places.book.nearest(point, "kelurahan")
    return ", ".join(filter(None, (near.name, near.kecamatan))) if near else ""


def shown(here: Parts, language: str, place: Place) -> dict[str, Any]:
    """One place for the list under the field."""
    kind = here.painter.label("place", place.kind, language)
    where = [name for name in (place.kelurahan, place.kecamatan) if name and name != place.name]
    detail = " · ".join([kind, *([", ".join(where)] if where else [])])
    return {"id": place.id, "name": place.name, "detail": detail, "point": place.point is not None}


async def find(request: web.Request) -> web.Response:
    """`?q=`: places that begin so; the point where the text is one; a sentence where it is meant as one and is none."""
    here = parts(request)
    text = request.query.get("q", "")[:LONGEST]
    language = here.painter.language_of(request).code
    try:
        point = read(text, here.places.book.middle)
    except BadInput as wrong:
        return web.json_response({"places": [], "point": None, "why": here.painter.sentence(request, wrong)})
    if point is not None:
        told = {"latitude": round(point.latitude, 6), "longitude": round(point.longitude, 6)}
        return web.json_response({"places": [], "point": {**told, "near": around(here, point)}, "why": ""})
    found = here.places.book.find(text, limit=SHOWN)
    return web.json_response({"places": [shown(here, language, place) for place in found], "point": None, "why": ""})


async def map_data(request: web.Request) -> web.Response:
    """The coast, the city's named points, and open incidents that have one."""
    here = parts(request)
    named = [
        {"name": place.name, "kind": place.kind, "at": [place.point.latitude, place.point.longitude]}
        for place in here.places.book.places
        if place.point
    ]
    middle = here.places.book.middle
    return web.json_response(
        {
            "coast": coast(),
            "places": named,
            "middle": [middle.latitude, middle.longitude],
            "incidents": await _incidents(here, request),
        },
        headers={hdrs.CACHE_CONTROL: "no-store"},
    )


async def _incidents(here: Parts, request: web.Request) -> list[dict[str, Any]]:
    """Tickets that are on screens now, with their points; the caller's own circle is the call's."""
    language, found = here.painter.language_of(request).code, {}
    for call in here.board.floor.calls.values():
        ticket = here.desk.about(call.id).ticket
        if ticket is not None and not here.concerned.ticket(ticket, looker(request)):
            continue
        sent = read_place(call.location) if call.location else None
        if ticket is not None and ticket.latitude is not None and ticket.longitude is not None:
            at, radius = [ticket.latitude, ticket.longitude], ticket.radius_m
        elif sent is not None and call.stage is not Stage.ENDED:
            at, radius = [sent.latitude, sent.longitude], sent.radius
        else:
            continue
        category = here.catalogue().category_name(ticket.category, language) if ticket and ticket.category else ""
        number = ticket.number if ticket else ""
        found[number or call.id] = {
            "call": call.id,
            "ticket": number,
            "at": at,
            "radius": radius,
            "name": " ".join(filter(None, (number, category))),
        }
    return list(found.values())


async def places(request: web.Request) -> web.Response:
    return await places_page(request)


async def places_page(
    request: web.Request,
    *,
    wrong: BadInput | None = None,
    rows: Sequence[tuple[int, BadInput]] = (),
    now: int = 0,
    status: int = 200,
) -> web.Response:
    """The list, with what the last change says."""
    here = parts(request)
    book = here.places.book
    text = request.query.get("q", "")[:200]
    found = book.find(text, limit=LISTED) if text.strip() else list(book.places[:LISTED])
    return here.painter.page(
        request,
        "places/places.html",
        status=status,
        found=found,
        count=len(book.places),
        with_point=sum(place.point is not None for place in book.places),
        kinds=KINDS,
        q=text,
        error=here.painter.sentence(request, wrong) if wrong else "",
        rows=rows[:ROWS_SHOWN],
        bad=len(rows),
        now=now,
    )


async def export(request: web.Request) -> web.Response:
    """The list as a file that the import takes back."""
    text = write_places(parts(request).places.book.places)
    return web.Response(
        body=text.encode(),
        headers={
            hdrs.CONTENT_TYPE: "text/csv; charset=utf-8",
            hdrs.CONTENT_DISPOSITION: 'attachment; filename="places.csv"',
        },
    )
