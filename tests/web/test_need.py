"""Who reads a protected ticket, and who reads numbers whole: as a table of people and places."""

import csv
import io
import json
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from callcenter.core.phone import masked, masked_in
from callcenter.storage import AuditFilter
from callcenter.web.live import Viewer
from callcenter.web.screen.live import regions
from tests.browser.scenes import BUDI, picked_up, rings
from tests.web.conftest import Visitor, with_people
from tests.web.house import PARTS, PASSWORD, House, house

Visit = Callable[..., Awaitable[Visitor]]
STREET, NAME, NUMBER, WORDS = "Jalan Rahasia 7", "Ibu Sari Dewi", "0812-3456-7890", "suaminya memukul lagi"
SECRETS = (STREET, NAME, WORDS)
DIGITS = "34567890"


@pytest.fixture
async def here(tmp_path: Path) -> AsyncIterator[House]:
    """A city where an auditor, too, gives a reason first, and sees numbers masked."""
    whole = "call_taker, dispatcher, supervisor, agency"
    async with house(
        tmp_path / "home", CALLCENTER_RESTRICTED_ROLES="supervisor", CALLCENTER_WHOLE_NUMBER_ROLES=whole
    ) as made:
        yield await with_people(made)


@pytest.fixture
async def call(here: House, visit: Visit) -> str:
    """Siti's call, over: violence at home. Rina, Dewi (auditor) and Dimas (dispatcher) had nothing to do with it."""
    await here.people.add_user("dewi", role="auditor", password=PASSWORD)
    await here.people.add_user("dimas", role="dispatcher", password=PASSWORD)
    siti = await visit("siti", "101")
    made = rings(here)
    picked_up(here, made)
    await here.stored()
    await here.until(lambda: made in here.board.tickets)
    await siti.get("/")
    number = here.board.tickets[made]
    note = {"key": "k" * 20, "text": f"{WORDS} {NUMBER}", "version": 1}
    for path, body in (
        ("field", {"field": "place", "value": STREET}),
        ("field", {"field": "caller_name", "value": NAME}),
        ("category", {"value": "DV"}),
        ("note", note),
    ):
        version = (await here.history.ticket(number)).ticket.version
        status, said = await siti.send(f"/calls/{made}/{path}", {"version": version, **body})
        assert status == 200, (path, said)
    here.record(made)
    here.telephone.hangs_up(made)
    await here.stored()
    return made


async def seen(visitor: Visitor, path: str) -> str:
    """Everything that this browser is told there."""
    status, text = await visitor.get(path)
    assert status in (200, 403), (path, status)
    return text


async def places(here: House, call: str) -> dict[str, str]:
    number = here.board.tickets[call]
    return {
        "the call's page": f"/calls/{call}",
        "the ticket's page": f"/tickets/{number}",
        "the call log": "/calls",
        "the log by number": "/calls?number=7890",
        "the log by words": "/calls?q=Rahasia",
        "the export": "/calls.csv",
        "the sheet": f"/calls/{call}/sheet",
        "the screen": f"/?call={call}",
        "the shift's sheet": "/shift",
        "the number's calls": "/numbers?n=081234567890",
        "the map": "/places/map",
    }


READ_BY = {"siti": True, "bima": True, "rina": False, "dimas": False, "dewi": False}


@pytest.mark.parametrize("name", list(READ_BY))
async def test_only_those_concerned_read_a_protected_ticket_wherever_it_would_stand(
    here: House, visit: Visit, call: str, name: str
) -> None:
    visitor = await visit(name, "101" if name == "siti" else "")
    role = {"dewi": "auditor", "bima": "supervisor", "dimas": "dispatcher"}.get(name, "call_taker")
    told = {}
    for place, path in (await places(here, call)).items():
        status, text = await visitor.get(path)
        if status == 403 and "terlindungi" not in text:
            continue  # this role has no such page
        told[place] = [secret for secret in SECRETS if secret in text]
    if READ_BY[name]:
        assert any(told.values()), f"{name} ({role}) works with it"
    else:
        assert not any(told.values()), (name, role, told)


async def test_others_see_that_there_is_a_ticket_and_find_nothing_by_its_contents(
    here: House, visit: Visit, call: str
) -> None:
    dewi = await visit("dewi")
    number = here.board.tickets[call]
    _, log = await dewi.get("/calls")
    assert number in log and "terlindungi" in log and "KDRT" not in log.split("<tbody>")[1]
    for asked in ("number=7890", "q=Rahasia", "q=memukul", "category=DV", f"ticket={number}"):
        assert "Tidak ada panggilan yang cocok" in (await dewi.get(f"/calls?{asked}"))[1], asked
    status, page = await dewi.get(f"/tickets/{number}")
    assert status == 403 and "terlindungi" in page
    assert (await dewi.head(f"/calls/{call}/recording")).status == 403
    bima = await visit("bima")
    assert number in (await bima.get("/calls?q=memukul"))[1]


async def test_a_stranger_to_it_changes_nothing_and_cannot_make_herself_concerned(
    here: House, visit: Visit, call: str
) -> None:
    rina = await visit("rina", "102")
    own = here.telephone.dials("e112-9.9", "085712340000")
    here.telephone.answers(own, "102")
    await here.stored()
    await here.until(lambda: own in here.board.tickets)
    number, version = here.board.tickets[call], 3
    for path, body in (
        (f"/calls/{call}/note", {"key": "x" * 20, "text": "hello", "version": 1}),
        (f"/calls/{call}/field", {"field": "place", "value": "elsewhere", "version": version}),
        (f"/calls/{call}/class", {"class": "PRANK"}),
        (f"/calls/{call}/category", {"value": "FIRE", "version": version}),
        (f"/calls/{call}/forward", {"agency": "polres"}),
        (f"/calls/{own}/merge", {"into": number}),
        (f"/calls/{own}/link", {"to": number, "kind": "RELATED"}),
    ):
        status, said = await rina.send(path, body)
        assert status == 403 and "terlindungi" in said["error"]["sentence"], (path, status, said)
    page = await here.history.ticket(number)
    assert page.ticket.category == "DV" and len(page.notes) == 1


async def test_the_glass_is_broken_with_a_reason_for_some_hours_and_that_is_written_down(
    here: House, visit: Visit, call: str
) -> None:
    number = here.board.tickets[call]
    rina = await visit("rina")
    await rina.get("/")
    status, page, _ = await rina.form(f"/tickets/{number}/open", reason="", back=f"/?call={call}")
    assert status == 400 and "paling sedikit 5 huruf" in page
    assert not [line for line in (await here.history.audit()).lines if line.action == "ticket.opened"]
    status, _, where = await rina.form(f"/tickets/{number}/open", reason="Dia menelepon lagi", back=f"/?call={call}")
    assert (status, where) == (303, f"/?call={call}")
    assert STREET in (await rina.get(f"/?call={call}"))[1]
    line = (await here.history.audit(AuditFilter(action="ticket.opened"))).lines[0]
    assert (line.by, line.target, line.details) == ("rina", number, {"reason": "Dia menelepon lagi"})
    status, _, where = await rina.form(f"/tickets/{number}/open", reason="lagi, lagi", back="https://evil.example/")
    assert where == f"/tickets/{number}"
    here.clock.pass_(11 * 3600 + 50 * 60)  # type: ignore[attr-defined]
    here.clock.pass_(20 * 60)  # type: ignore[attr-defined]
    later = await visit("rina")
    assert STREET not in await seen(later, f"/calls/{call}/sheet")


async def test_programs_read_what_their_role_reads(here: House, visit: Visit, call: str) -> None:
    number, program = here.board.tickets[call], await visit()
    tokens = {role: await here.people.create_token(f"t-{role}", role=role) for role in ("auditor", "supervisor")}
    for role, whole in (("auditor", False), ("supervisor", True)):
        bearer = {"Authorization": f"Bearer {tokens[role]}"}
        for path in ("/api/v1/calls", "/api/v1/tickets", f"/api/v1/calls/{call}", f"/api/v1/tickets/{number}"):
            status, text = await program.get(path, headers=bearer)
            assert status in ((200,) if whole or not path.endswith((call, number)) else (403,)), (role, path, status)
            assert whole or not [secret for secret in (*SECRETS, DIGITS) if secret in text], (role, path)
        assert (await program.head(f"/api/v1/calls/{call}/recording", headers=bearer)).status == (200 if whole else 403)
        _, text = await program.get("/api/v1/calls?number=7890", headers=bearer)
        assert bool(json.loads(text)["calls"]) is whole


async def test_by_default_an_auditor_reads_everything(tmp_path: Path) -> None:
    async with house(tmp_path / "usual") as made:
        usual = made.settings
    assert "auditor" in usual.whole_number_roles and "auditor" in usual.restricted_roles
    assert not {"viewer", "admin"} & {*usual.whole_number_roles, *usual.restricted_roles}


async def test_an_auditor_reads_numbers_masked_until_a_click_that_is_written_down(here: House, visit: Visit) -> None:
    await here.people.add_user("dewi", role="auditor", password=PASSWORD)
    made = rings(here)
    picked_up(here, made)
    await here.stored()
    await here.until(lambda: made in here.board.tickets)
    await here.tickets.save_note(here.board.tickets[made], key="n" * 20, text=f"hubungi {NUMBER}", version=1, by="siti")
    here.telephone.hangs_up(made)
    await here.stored()
    dewi, bima = await visit("dewi"), await visit("bima")
    paths = (
        "/calls",
        f"/calls/{made}",
        f"/tickets/{here.board.tickets[made]}",
        "/calls.csv",
        "/callbacks",
        "/flags",
        "/audit",
    )
    plain = re.compile(r"0812[- ]?3456[- ]?7890|812[- ]?3456[- ]?7890")
    for path in paths:
        status, text = await dewi.get(path)
        assert status == 200 and not plain.search(text), path
    hidden = masked(BUDI)
    assert hidden and hidden in (await dewi.get("/calls"))[1]
    _, text = await dewi.get("/calls.csv")
    assert hidden in [row["Nomor"] for row in csv.DictReader(io.StringIO(text.lstrip("\ufeff")))]
    assert plain.search((await bima.get("/calls"))[1])
    await dewi.get(f"/calls/{made}")
    status, page, _ = await dewi.form(f"/calls/{made}/number")
    assert status == 200 and plain.search(page)
    line = (await here.history.audit(AuditFilter(by="dewi", action="number.view"))).lines[0]
    assert line.details == {"call": made}
    assert not plain.search((await dewi.get("/audit?action=number"))[1]), "not in the audit's own page either"


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("081234567890", "0812••••••90"), ("+6281234567890", "6281•••••••90"), ("(0231) 201001", "0231••••01"),
        ("113", "113"), ("101", "101"), ("anonymous", "anonymous"), (None, None),
    ],
)  # fmt: skip
def test_a_masked_number_keeps_four_digits_and_two(number: str | None, shown: str | None) -> None:
    assert masked(number) == shown


def test_numbers_in_a_text_are_masked_and_nothing_else() -> None:
    text = "Telepon 0812-3456-7890 atau +62 231 201001, tiket 261122-0001, e112-1700000000.12, 22.11.2026 01:12:00"
    assert masked_in(text) == (
        "Telepon 0812••••••90 atau 6223•••••01, tiket 261122-0001, e112-1700000000.12, 22.11.2026 01:12:00"
    )


@pytest.mark.parametrize(
    "written",
    ["HP:0812-3456-7890", "no.081234567890", "wa0812 3456 7890", "0812.3456.7890", "62-812-3456-7890", "0812–3456–7890",
     "+62 (812) 3456-7890", "tel:(0231)201001", "(0231) 201001;", "0812/3456/7890"],
)  # fmt: skip
def test_a_number_is_masked_however_people_write_it(written: str) -> None:
    assert re.search("•{4}", masked_in(f"Anak jatuh, {written} ya")), masked_in(written)


@pytest.mark.parametrize(
    "written",
    ["buka 08.00-10.00", "RT 03 RW 05", "01.02.2026 08.00", "2026-11-22T04:05:06.789012+00:00", "261122-T001",
     'pos="-6.7320 108.5523"', 'pos="0.5071 101.4478",radius="50"', "-0.94924, 100.35427", "back-1790000000.9000001",
     "fwd-damkar-1-1-e112-1790020000.9", "e112-0081234567.1"],
)  # fmt: skip
def test_what_is_no_number_stays_as_it_is(written: str) -> None:
    assert masked_in(written) == written


async def test_a_protected_ticket_stands_veiled_on_the_live_screen_of_others(
    here: House, visit: Visit, call: str
) -> None:
    """The same parts that the WebSocket sends, painted for somebody who only says that she has it open."""
    parts = here.app[PARTS]
    siti = await visit("siti", "101")
    await siti.get(f"/calls/{call}/sheet")
    for name, reads in (("siti", True), ("rina", False)):
        viewer = Viewer(name, "call_taker", "101" if name == "siti" else "102", "id", call)
        painted = " ".join(str(region.paint(viewer)) for region in regions(lambda: parts))
        assert any(secret in painted for secret in SECRETS) is reads, name
    scopes = {
        (region.name, region.scope(Viewer(name, "call_taker", "", "id", call)))
        for region in regions(lambda: parts)
        for name in ("siti", "rina")
        if region.name in ("ticket", "notes", "place", "agencies")
    }
    assert len(scopes) == 8, "what one sees is not sent to the other"
