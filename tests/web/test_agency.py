"""An agency's page: its own requests, live, with the four answers; nothing of anybody else."""

import json
from collections.abc import Awaitable, Callable

from callcenter.core import facts
from tests.web.conftest import Visitor
from tests.web.house import PARTS, PASSWORD, House

Visit = Callable[..., Awaitable[Visitor]]
CALL = "e112-1.1"


async def forwarded(here: House, *agencies: str, call: str = CALL) -> str:
    """Siti speaks with Budi, and these agencies are being called. The ticket's number."""
    here.telephone.dials(call, "+6281234567890", name="Budi")
    here.telephone.answers(call, "101")
    for agency in agencies or ("damkar",):
        here.board.hear(facts.ForwardAsked(call, here.clock(), agency, 1, "siti"))
        here.telephone.is_called(call, agency)
    await here.stored()
    return here.board.tickets[call]


async def crew(here: House, visit: Visit, agency: str = "damkar", name: str = "regu1") -> Visitor:
    await here.people.add_user(name, display="Regu 1", role="agency", agency=agency, password=PASSWORD)
    return await visit(name)


async def test_an_agency_begins_on_its_own_page_and_sees_what_it_needs(here: House, visit: Visit) -> None:
    number = await forwarded(here)
    ticket = await here.tickets.set_category(number, "FIRE", version=1, by="siti")
    fields = {
        "place": "Jl. Kartini 48",
        "latitude": "-6.7320",
        "longitude": "108.5523",
        "victims": "2",
        "hazards": "tabung gas",
    }
    await here.tickets.set_fields(number, fields, version=ticket.version, by="siti")
    await here.tickets.save_note(number, key="k" * 16, text="Api di lantai dua", version=1, by="siti")
    regu = await crew(here, visit)
    _, page = await regu.get("/")
    for shown in (
        number,
        "Kebakaran",
        "Jl. Kartini 48",
        "-6.73200, 108.55230",
        "geo:-6.732000,108.552300",
        "tabung gas",
    ):
        assert shown in page
    assert "Api di lantai dua" in page
    assert 'href="tel:+6281234567890"' in page
    looked = next(line for line in (await here.history.audit()).lines if line.action == "forward.view")
    assert (looked.by, looked.details["tickets"]) == ("regu1", [number])


async def test_an_answer_is_on_the_ticket_and_on_the_call_taker_s_screen(here: House, visit: Visit) -> None:
    number = await forwarded(here)
    siti = await visit("siti", "101")
    regu = await crew(here, visit)
    await siti.get(f"/calls/{CALL}/sheet")
    for answer in ("ACCEPTED", "EN_ROUTE", "ON_SCENE", "HANDLED"):
        here.clock.pass_(60)  # type: ignore[attr-defined]
        status, body = await regu.send(f"/agency/f/damkar-1-{CALL}/say", {"answer": answer})
        assert (status, body) == (200, {"status": answer})
        shown = here.app[PARTS].desk.about(CALL).ticket
        assert shown is not None and shown.status == answer
    await here.until(lambda: any(line.status == "HANDLED" for line in here.app[PARTS].desk.about(CALL).forwards))
    _, page = await siti.get(f"/?call={CALL}")
    assert "Laporan instansi" in page and "oleh instansi sendiri · Regu 1 (damkar)" in page
    ticket = (await here.history.ticket(number)).ticket
    assert ticket.en_route_at and ticket.on_scene_at and ticket.handled_at == here.clock()
    status, body = await regu.send(f"/agency/f/damkar-1-{CALL}/say", {"answer": "HANDLED"})
    assert (status, body["error"]["code"]) == (409, "conflict")
    assert "Regu 1 (damkar) sudah melaporkan ini" in body["error"]["sentence"]


async def test_another_agency_s_request_is_not_there(here: House, visit: Visit) -> None:
    number = await forwarded(here, "damkar", "psc119")
    medic = await crew(here, visit, "psc119", "medis")
    _, page = await medic.get("/agency")
    assert f"d-psc119-1-{CALL}" in page and f"d-damkar-1-{CALL}" not in page
    fire = f"/agency/f/damkar-1-{CALL}"
    assert (await medic.get(fire))[0] == 404
    for path, body in ((f"{fire}/say", {"answer": "ACCEPTED"}), (f"{fire}/note", {"text": "x", "key": "k" * 16})):
        assert (await medic.send(path, body))[0] == 404
    for path in (f"/tickets/{number}", "/calls", f"/calls/{CALL}", f"/calls/{CALL}/sheet", "/people"):
        assert (await medic.head(path)).status in (403, 404)
    assert (await here.history.ticket(number)).forwards[0].accepted_at is None


async def test_a_protected_category_shows_only_what_is_needed_to_come(here: House, visit: Visit) -> None:
    number = await forwarded(here, "polres")
    ticket = await here.tickets.set_category(number, "DV", version=1, by="siti")
    fields = {"place": "Gg. Mawar 3", "caller_name": "Melati"}
    await here.tickets.set_fields(number, fields, version=ticket.version, by="siti")
    await here.tickets.save_note(number, key="k" * 16, text="Suaminya mabuk", version=1, by="siti")
    _, page = await (await crew(here, visit, "polres", "spkt")).get("/agency")
    assert "Gg. Mawar 3" in page and "Dilindungi" in page
    assert "Melati" not in page and "Suaminya" not in page


async def test_a_new_request_comes_by_itself_and_rings(here: House, visit: Visit) -> None:
    regu = await crew(here, visit)
    url = here.server.make_url("/agency/live")
    origin = str(here.server.make_url("/"))[:-1]
    async with regu.session.ws_connect(url, headers={"Origin": origin}) as socket:
        first = json.loads(await socket.receive_str(timeout=30))
        assert "Tidak ada permintaan" in first["html"].get("duties", "") or "belum dibaca" in first["html"]["duties"]
        await forwarded(here)
        html = ""
        while f"d-damkar-1-{CALL}" not in html:
            html = json.loads(await socket.receive_str(timeout=30))["html"].get("duties", "")
        assert f'data-ringing="damkar-1-{CALL}"' in html


async def test_what_an_agency_told_by_phone_is_written_down_by_the_call_taker(here: House, visit: Visit) -> None:
    number = await forwarded(here)
    siti = await visit("siti", "101")
    path = f"/forwards/damkar-1-{CALL}/told"
    status, body = await siti.send(path, {"answer": "ACCEPTED"})
    assert (status, body["error"]["sentence"]) == (400, "Tuliskan nama orang yang menerima.")
    assert (await siti.send(path, {"answer": "ACCEPTED", "name": "Rudi"}))[0] == 200
    assert (await siti.send(path, {"answer": "ON_SCENE"}))[0] == 200
    (line,) = (await here.history.ticket(number)).forwards
    assert (line.accepted_name, line.accepted_by, line.on_scene_source) == ("Rudi", "siti", "call_taker")
    assert (await siti.send(path, {"answer": "FLYING"}))[0] == 400


async def test_a_note_of_the_agency_is_on_the_ticket(here: House, visit: Visit) -> None:
    number = await forwarded(here)
    regu = await crew(here, visit)
    _, page = await regu.get(f"/agency/f/damkar-1-{CALL}")
    assert "<textarea" in page
    status, _, where = await regu.form(f"/agency/f/damkar-1-{CALL}/note", text="Jalan tertutup", key="k" * 16)
    assert (status, where) == (303, f"/agency/f/damkar-1-{CALL}")
    notes = (await here.history.ticket(number)).notes
    assert [(note.author, note.text) for note in notes] == [("Regu 1 (damkar)", "Jalan tertutup")]


async def test_a_supervisor_corrects_a_time_and_says_why(here: House, visit: Visit) -> None:
    number = await forwarded(here)
    here.clock.pass_(600)  # type: ignore[attr-defined]
    await here.app[PARTS].agencies.responders.correct(
        f"damkar-1-{CALL}", "ON_SCENE", here.clock(), reason="told late", by="bima"
    )
    bima = await visit("bima")
    await bima.get(f"/tickets/{number}")
    local = (here.clock()).astimezone(here.settings.zone)
    at = local.replace(minute=local.minute - 3).strftime("%Y-%m-%dT%H:%M:%S")
    path = f"/forwards/damkar-1-{CALL}/correct"
    status, _, where = await bima.form(path, answer="ON_SCENE", at=at, reason="jam salah")
    assert (status, where) == (303, f"/tickets/{number}")
    _, page = await bima.get(where)
    assert "jam salah" in page and f'action="{path}"' in page
    changes = (await here.history.ticket(number)).changes
    assert [change.reason for change in changes if change.field == "damkar ON_SCENE"] == ["told late", "jam salah"]
    assert (await bima.form(path, answer="ON_SCENE", at="kemarin", reason="x"))[0] == 400
    assert (await (await visit("siti")).send(path, {"answer": "ON_SCENE", "at": at, "reason": "x"}))[0] == 403


async def test_an_administrator_says_which_agency_a_person_is_of(here: House, visit: Visit) -> None:
    ayu = await visit("ayu")
    await ayu.get("/people")
    status, text, _ = await ayu.form("/people", name="regu2", display="Regu 2", role="agency", agency="")
    assert status == 400 and "Pilih instansi" in text
    assert (await ayu.form("/people", name="regu2", display="Regu 2", role="agency", agency="damkar"))[0] == 200
    assert (await ayu.form("/people/agency", name="regu2", agency="bpbd"))[0] == 200
    (regu,) = [user for user in await here.people.users() if user.name == "regu2"]
    assert regu.agency == "bpbd"
    assert (await ayu.form("/people/agency", name="siti", agency="bpbd"))[0] == 409


async def test_a_late_agency_turns_amber_then_red_everywhere(here: House, visit: Visit) -> None:
    number = await forwarded(here)
    ticket = await here.tickets.set_category(number, "FIRE", version=1, by="siti")
    assert ticket.priority == 1
    siti = await visit("siti", "101")
    regu = await crew(here, visit)
    paces = here.app[PARTS].agencies.paces
    await siti.get(f"/calls/{CALL}/sheet")
    secret = await here.people.create_token("wall", role="viewer")
    token = {"Authorization": f"Bearer {secret}"}

    async def at(minutes: float) -> tuple[str, str, dict[str, int]]:
        here.clock.pass_(60 * minutes)  # type: ignore[attr-defined]
        await paces.read()
        _, page = await siti.get(f"/?call={CALL}")
        _, agency = await regu.get("/agency")
        async with siti.session.get(here.server.make_url("/api/v1/wall"), headers=token) as answer:
            return page, agency, await answer.json()

    page, agency, wall = await at(9)
    assert "pace-" not in page and wall["agencies_late"] == wall["agencies_soon_late"] == 0
    page, agency, wall = await at(2)
    assert "pace-amber" in page and "pace-amber" in agency and "Instansi hampir terlambat: 1" in page
    assert wall["agencies_soon_late"] == 1
    page, agency, wall = await at(5)
    assert "pace-red" in page and "Instansi terlambat: 1" in page and wall["agencies_late"] == 1
    async with siti.session.get(here.server.make_url("/api/v1/responses"), headers=token) as answer:
        (line,) = (await answer.json())["responses"]
    assert (line["number"], line["agency"], line["pace"]) == (number, "damkar", "RED")
    await regu.send(f"/agency/f/damkar-1-{CALL}/say", {"answer": "ON_SCENE"})
    page, agency, wall = await at(1)
    assert "pace-" not in page and "pace-" not in agency and wall["agencies_late"] == 0


async def test_who_forgot_to_report_does_not_stay_open_when_the_ticket_is_closed(here: House, visit: Visit) -> None:
    number = await forwarded(here)
    paces = here.app[PARTS].agencies.paces
    await paces.read()
    assert [line.duty.ticket.number for line in paces.lines] == [number]
    ticket = (await here.history.ticket(number)).ticket
    await here.tickets.set_status(number, "CLOSED", disposition="RESOLVED", version=ticket.version, by="siti")
    await paces.read()
    assert paces.lines == ()


async def test_programs_read_who_answered_when_and_through_what(here: House, visit: Visit) -> None:
    number = await forwarded(here)
    regu = await crew(here, visit)
    await regu.send(f"/agency/f/damkar-1-{CALL}/say", {"answer": "EN_ROUTE"})
    secret = await here.people.create_token("report", role="auditor")
    headers = {"Authorization": f"Bearer {secret}"}
    async with regu.session.get(here.server.make_url(f"/api/v1/tickets/{number}"), headers=headers) as answer:
        (line,) = (await answer.json())["forwards"]
    assert (line["agency"], line["status"], line["en_route_source"]) == ("damkar", "EN_ROUTE", "agency")
    assert (line["en_route_by"], line["on_scene_at"]) == ("Regu 1 (damkar)", None)


async def test_the_worst_of_several_agencies_is_the_ticket_s(here: House, visit: Visit) -> None:
    number = await forwarded(here, "damkar", "psc119")
    paces = here.app[PARTS].agencies.paces
    here.clock.pass_(960)  # type: ignore[attr-defined]
    regu = await crew(here, visit)
    await regu.send(f"/agency/f/damkar-1-{CALL}/say", {"answer": "ON_SCENE"})
    await paces.read()
    found = paces.of_ticket(number)
    assert found is not None and (found.duty.forward.agency, found.pace) == ("psc119", "RED")
