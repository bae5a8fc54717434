"""Every page of the house, from its router and its access table: nobody keeps a list, so none is forgotten.

In:  a house in which something happened. Out: the address of each page, and who may open it.
Never: a page left out because nobody thought of it: a route with a place in its address needs a word here of what
stands there, or the tests fail.
"""

import re
from collections.abc import Iterator, Mapping

from aiohttp import hdrs

from callcenter.core import facts
from callcenter.core.score import Answer
from callcenter.storage import Filled
from callcenter.storage.score_forms import shipped
from callcenter.web.access import ACCESS, API_PREFIX, EVERYONE, ROLES
from callcenter.web.entry.pages import seats
from callcenter.web.quality.room import stores
from tests.browser import scenes
from tests.web.house import PARTS, PASSWORD, House

NO_PAGES = {"static", "health", "icon", "recording", "screen.ticket", "screen.replay", "places.find", "places.map"}
NO_PAGES |= {"screen.worker", "screen.ticket_call", "screen.number", "screen.recall", "recording.peaks", "screen.story"}
"""Sounds, scripts, parts of a page, answers to scripts."""
FILES = re.compile(r"[.]\w+$|[.]{\w+}$|/csv$|/live$|/files/")
"""Addresses of files and channels."""
MORE = {
    "calls": ("number=999", "from=nonsense", "limit=1"),
    "figures": ("period=week", "by=agency"),
}
"""The same page in another state."""
PEOPLE = {
    "call_taker": "siti",
    "dispatcher": "dewi",
    "supervisor": "bima",
    "agency": "regu1",
    "admin": "ayu",
    "auditor": "agus",
    "viewer": "walikota",
}


async def whole_cast(here: House) -> None:
    """One person of each role; siti, bima and ayu are there already."""
    for role, name in PEOPLE.items():
        if name not in ("siti", "bima", "ayu"):
            agency = "damkar" if role == "agency" else ""
            await here.people.add_user(name, display=name.title(), role=role, agency=agency, password=PASSWORD)


def addresses(here: House, stands: Mapping[str, str], *, leave_out: bool = False) -> dict[str, list[str]]:
    """Name of each page -> where it is found. `leave_out`: pages of what has not happened."""
    found: dict[str, list[str]] = {}
    for route in here.app.router.routes():
        name, path = route.name or "", route.resource.canonical if route.resource else ""
        if route.method != hdrs.METH_GET or path.startswith(API_PREFIX) or name in NO_PAGES:
            continue
        if FILES.search(path):
            continue
        places = re.findall(r"\{(\w+)\}", path)
        if leave_out and not stands.keys() >= {*places}:
            continue
        for place in places:
            assert place in stands, f"every_page.py must say what stands for {{{place}}} in {path}"
            path = path.replace(f"{{{place}}}", stands.get(f"{name} {place}", stands[place]))
        found[name] = [path.lstrip("/"), *(f"{path.lstrip('/')}?{query}" for query in MORE.get(name, ()))]
    return found


def guests(name: str) -> list[str]:
    """The roles that may open it; nobody's name where everybody may."""
    return [""] if ACCESS[name] is EVERYONE else [role for role in ROLES if role in ACCESS[name]]


def visits(pages: Mapping[str, list[str]], role: str) -> Iterator[tuple[str, str]]:
    """What that role may open: name and address."""
    for name, paths in pages.items():
        if role in guests(name):
            yield from ((name, path) for path in paths)


async def practised(here: House) -> str:
    """Siti's practice call, broken off after the answer."""
    call, at = "e112-1790000500.1", here.clock()
    here.board.hear(facts.CallArrived(call, at, "112", dialled="112*101*1", test=True), facts.CallQueued(call, at))
    here.board.hear(
        facts.PhoneCalled(call, at, "101", f"101-{call}"), facts.CallAnswered(call, at, "101", f"101-{call}")
    )
    here.board.hear(facts.LegEnded(call, at, 42))
    await here.stored()
    return call


async def much_happened(here: House) -> dict[str, str]:
    """A night with something for every page; what stands for the places in their addresses."""
    await here.people.sign_in("siti", PASSWORD, position="101", address="192.168.1.11", agent="")
    await seats(here.app[PARTS])
    drill = await practised(here)
    await scenes.earlier_nights(here)
    scenes.nobody_listened(here)
    call = scenes.rings(here, scenes.PIDF)
    scenes.picked_up(here, call)
    scenes.fire_brigade_joins(here, call)
    here.record(call)
    await here.stored()
    number = here.board.tickets[call]
    ticket = await here.tickets.set_class(number, "EMERGENCY", version=1, by="siti")
    ticket = await here.tickets.set_category(number, "FIRE", version=ticket.version, by="siti")
    fields = {"place": "Jl. Kartini 48, Kejaksan, dekat alun-alun", "hazards": "tabung gas", "victims": "2"}
    await here.tickets.set_fields(number, fields, version=ticket.version, by="siti")
    await here.tickets.save_note(number, key="key-00001", text="Api besar dari dapur.", version=1, by="siti")
    here.telephone.hangs_up(call)
    await here.stored()
    (forward,) = (await here.history.ticket(number)).forwards
    link = await here.app[PARTS].agencies.links.of(forward.id, by="siti", address="")
    here.app[PARTS].agencies.duties.touch()
    reviews = stores(here.app[PARTS]).reviews
    sheet = await reviews.begin(call, by="bima")
    answers = {question.code: Answer(question.choices[0]) for question in shipped()}
    await reviews.save(sheet, Filled(answers, "Terima kasih", 1, True), by="bima")
    return {
        "call": call,
        "screen.practice call": drill,
        "number": number,
        "category": "FIRE",
        "code": "damkar",
        "forward": forward.id,
        "token": link.token,
        "days": f"{here.clock():%Y-%m}",
        "sheet": str(sheet),
        **dict.fromkeys(("person", "name"), "siti"),
        "version": "1",
    }
