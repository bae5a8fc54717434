"""Where a number or a protected ticket's text can come out: every address of the router, every role, every kind of
file, the live channels too. Nobody keeps a list of pages; what is not a leak is said with its reason."""

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from callcenter.core import facts
from callcenter.core.score import Answer as Given
from callcenter.storage import Filled
from callcenter.storage.score_forms import shipped
from callcenter.web.access import ROLES
from callcenter.web.agency.actions import spread
from callcenter.web.complaints.pages import complaints_of
from callcenter.web.quality.room import stores
from tests.browser.every_page import PEOPLE, much_happened, whole_cast
from tests.browser.scenes import BUDI
from tests.web.conftest import Visitor, with_people
from tests.web.every_answer import SOUND, Answer, Guest, answers, asked
from tests.web.house import PARTS, PASSWORD, House, house
from tests.web.test_aside import unstorable

Visit = Callable[..., Awaitable[Visitor]]
WHOLE = {"call_taker", "dispatcher", "supervisor", "agency"}
NUMBER = re.compile(r"812[ .–/-]?3456[ .–/-]?7890")
WRITTEN = ("HP:0812-3456-7890", "hubungi 0812.3456.7890 dulu", "wa 62 812 3456 7890", "no.081234567890")
PLACE, LANDMARK, WORDS, WHO = "Jalan Rahasia 7", "gerbang merah", "suaminya memukul lagi", "Ibu Sari Dewi"
MASKED = re.compile(r"0?812•+90|62\s?81•+90")
TOLD = (PLACE, LANDMARK, WORDS, WHO)

UNWRITTEN = {
    "screen": "the running calls of the room: whoever sits there works with them, and no page of it is kept",
    "screen.live": "the same, as it changes",
    "screen.ticket": "the sheet of a call that lies open on the desk; who may open it is asked before",
    "shift": "whom the next shift owes a callback: their work",
    "agency.live": "the same request that the agency's page showed, and that page is a row",
    "quality.mine": "her own sheets and what she was told: a number stands there only where somebody typed it",
}
"""Where a number stands and no row is written, and why."""


NEVER_THERE = {
    "sign_in.code",  # only between a password and a code, and nothing else opens then
    "quality.population",  # of a month that was drawn: ids of calls and sign-in names
}


@pytest.fixture
async def here(tmp_path: Path) -> AsyncIterator[House]:
    """A city where an auditor gives a reason first, and sees numbers masked."""
    async with house(
        tmp_path / "home",
        CALLCENTER_RESTRICTED_ROLES="supervisor",
        CALLCENTER_WHOLE_NUMBER_ROLES=", ".join(sorted(WHOLE)),
    ) as made:
        yield await with_people(made)


async def spoken_of_everywhere(here: House) -> dict[str, str]:
    """Budi's number stands wherever somebody can type or the network can send it; so do the secrets of his ticket."""
    stands = await much_happened(here)
    number, call, parts = stands["number"], stands["call"], here.app[PARTS]
    version = (await here.history.ticket(number)).ticket.version
    texts = {"place": f"{PLACE} {WRITTEN[0]}", "landmark": f"{LANDMARK} {WRITTEN[1]}", "caller_name": WHO}
    texts |= {"hazards": WRITTEN[3], "summary": f"{WORDS} {WRITTEN[2]}"}
    await here.tickets.set_fields(number, texts, version=version, by="siti")
    await here.tickets.save_note(number, key="n" * 20, text=f"{WORDS}, {WRITTEN[0]}", version=1, by="siti")
    await here.tickets.save_note(number, key="n" * 20, text=f"{WORDS}: {WRITTEN[1]}", version=2, by="siti")
    again = here.telephone.dials("e112-1790020000.1", BUDI, name="0812 3456 7890")
    at = here.clock()
    here.board.hear(facts.CallAbandoned(again, at, 30), facts.LegEnded(again, at, 16))
    other = here.telephone.dials("e112-1790020009.1", "+6285700002222", name=WRITTEN[3])
    here.telephone.answers(other, "101", "102", "103")
    here.record(other)
    unstorable(here, "e112-1790020002.1")
    await here.stored()
    await here.until(lambda: {again, other} <= set(here.board.tickets))
    await here.until(lambda: any(line.e164 == BUDI for line in parts.callers.owed.lines))
    callback = next(line.id for line in parts.callers.owed.lines if line.e164 == BUDI)
    flag = await parts.callers.flags.flag(BUDI, hours=1, reason=f"usil: {WRITTEN[3]}", by="bima", ticket=number)
    complaint = await here.tickets.set_class(here.board.tickets[again], "NON_EMERGENCY", version=1, by="siti")
    await here.tickets.set_fields(
        complaint.number, {"summary": f"lampu, {WRITTEN[1]}"}, version=complaint.version, by="siti"
    )
    await complaints_of(parts).write_out(contacts=True, by="bima")
    await spread(here.app[PARTS], await parts.agencies.responders.message(number, "bpbd", by="siti", text=WRITTEN[0]))
    reviews = stores(parts).reviews
    sheet = await reviews.begin(call, by="dian")
    filled = {question.code: Given(question.choices[0], WRITTEN[0]) for question in shipped()}
    await reviews.save(sheet, Filled(filled, f"ingat {WRITTEN[1]}", 1, True), by="dian")
    await stores(parts).coaching.add("siti", f"tanya dulu, {WRITTEN[2]}", by="bima", review=None)
    await parts.holds.put(number, why=f"polisi, {WRITTEN[3]}", by="bima")
    return stands | {
        "sheet": str(sheet), "callback": str(callback), "flag": str(flag.id), "month": "2026-10", "form": "csv",
        "lapor": "1", "screen.recall call": other, "screen.replay call": other,
        "quality.my_sheet sheet": stands["sheet"],
    }  # fmt: skip


QUERIES = {
    "calls": ("?all=1", "?number=7890", "?q=rahasia"),
    "screen": ("?call={call}",),
    "screen.live": ("?call={call}",),
    "screen.number": ("?n=081234567890",),
    "places.find": ("?q=pasar",),
    "audit": ("", "?action=number"),
    "api.calls": ("", "?number=7890"),
    "agency.forward": ("",),
    "complaints": ("?show=all",),
}


async def cast(here: House, visit: Visit) -> dict[str, Guest]:
    """Nobody, one of each role, and Rina, who had nothing to do with Siti's call."""
    found = {"": Guest("", await visit())}
    for role in ROLES:
        secret = await here.people.create_token(f"t-{role}", role=role)
        found[role] = Guest(role, await visit(PEOPLE[role], "101" if role == "call_taker" else ""), secret)
    return found | {"rina": Guest("call_taker", await visit("rina", "102"), found["call_taker"].secret)}


async def swept(here: House, guests: list[Guest], stands: dict[str, str]) -> list[Answer]:
    queries = {name: tuple(each.format(**stands) for each in some) for name, some in QUERIES.items()}
    return [each async for each in answers(here, guests, asked(here, stands, queries))]


async def test_numbers_and_protected_tickets_come_out_nowhere_but_where_they_may(here: House, visit: Visit) -> None:
    await whole_cast(here)
    await here.people.add_user("dian", role="supervisor", password=PASSWORD)
    stands, everybody = await spoken_of_everywhere(here), await cast(here, visit)
    found = await swept(here, [each for name, each in everybody.items() if name != "rina"], stands)
    whole = [each for each in found if NUMBER.search(each.text)]
    assert len({each.route for each in whole}) > 20, "the sweep sees the number where it stands"
    leaks = {(each.route, each.role) for each in whole if each.role not in WHOLE and each.route != "link"}
    assert leaks == set(), "who reads numbers masked was shown a whole one"
    shown = [each for each in found if NUMBER.search(each.text) or MASKED.search(each.text) or each.text == SOUND]
    silent = {each.route for each in shown if not each.rows}
    assert silent == set(UNWRITTEN), "each look at a number or a recording is a row of the audit, or says why not"
    met = {each.route for each in found if each.status in (200, 206)}
    assert {name for name, _ in asked(here, stands, {})} - met == NEVER_THERE, "every address was really read"

    number = stands["number"]
    version = (await here.history.ticket(number)).ticket.version
    siti = everybody["call_taker"].visitor
    await siti.get("/")
    assert (await siti.send(f"/calls/{stands['call']}/category", {"value": "DV", "version": version}))[0] == 200
    await here.app[PARTS].callers.known.read()
    paces = here.app[PARTS].agencies.paces
    paces.touch()
    await here.until(lambda: any(line.duty.ticket.category == "DV" for line in paces.lines))
    strangers = [everybody[name] for name in ("", "dispatcher", "admin", "auditor", "viewer", "rina")]
    found = await swept(here, strangers, stands)
    told = {(each.route, each.role) for each in found if any(each.text.count(secret) for secret in TOLD)}
    assert {route for route, _ in told} == {"link"}, "whoever holds an agency's link reads where to go"
    assert not [each for each in found if any(secret in each.text for secret in (WORDS, WHO))]
    (late,) = [each.text for each in found if (each.route, each.role) == ("api.responses", "viewer")]
    assert number in late and "PROTECTED" in late and "DV" not in late
    rina = everybody["rina"].visitor
    await rina.get("/")
    for path in ("link", "unlink", "told"):
        status, said = await rina.send(f"/forwards/{stands['forward']}/{path}", {"answer": "ACCEPTED", "name": "x"})
        assert status == 403 and "terlindungi" in said["error"]["sentence"], path
