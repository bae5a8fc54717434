"""Every look at a recording or at a number leaves a row in the audit; the auditor finds it, and takes it out."""

import csv
import io

from callcenter.storage import AuditFilter
from callcenter.web.supervisor.trail_words import TrailWords
from tests.browser.scenes import picked_up, rings
from tests.web.house import PARTS, PASSWORD, House
from tests.web.test_agency import crew, forwarded
from tests.web.test_trail_changes import Visit
from tests.web.trail_book import TrailBook


async def a_call(here: House) -> tuple[str, str]:
    """Siti's call, over, with its recording; its ticket."""
    call = rings(here)
    picked_up(here, call)
    here.record(call)
    here.telephone.hangs_up(call)
    await here.stored()
    await here.until(lambda: call in here.board.tickets)
    return call, here.board.tickets[call]


async def siti_corrects(here: House) -> None:
    _, ticket = await a_call(here)
    await here.tickets.set_class(ticket, "EMERGENCY", version=1, by="siti")


async def test_every_look_at_a_recording_or_a_number_leaves_a_row(here: House, visit: Visit) -> None:
    book, siti, bima = TrailBook(here), await visit("siti", "101"), await visit("bima")
    call, ticket = await a_call(here)
    for who, name, path, action, about in (
        (bima, "bima", "/calls", "calls.view", ""),
        (bima, "bima", "/calls?number=34567890", "calls.view", "34567890"),
        (bima, "bima", "/calls.csv", "calls.export", ""),
        (bima, "bima", "/calls.xlsx", "calls.export", ""),
        (bima, "bima", f"/calls/{call}", "call.view", call),
        (bima, "bima", f"/calls/{call}/player", "call.view", call),
        (bima, "bima", f"/calls/{call}/recording", "call.recording", call),
        (bima, "bima", f"/calls/{call}/recording?download=1", "call.recording", "download"),
        (bima, "bima", f"/quality/calls/{call}", "call.view", call),
        (bima, "bima", f"/tickets/{ticket}", "ticket.view", ticket),
        (bima, "bima", f"/tickets/{ticket}.pdf", "ticket.report", ticket),
        (bima, "bima", "/flags", "flags.view", ""),
        (bima, "bima", "/callbacks", "callbacks.view", ""),
        (siti, "siti", "/numbers?n=081234567890", "number.view", "+6281234567890"),
        (siti, "siti", f"/calls/{call}/story", "ticket.view", ticket),
        (siti, "siti", f"/tickets/{ticket}/call", "ticket.view", ticket),
    ):
        assert about in await book.looks(who, path, action, name), path
    secret = await here.people.create_token("rekap", role="supervisor")
    for path, action, about in (
        ("/api/v1/calls?number=34567890", "calls.view", "34567890"),
        (f"/api/v1/calls/{call}", "call.view", call),
        (f"/api/v1/calls/{call}/recording", "call.recording", call),
        ("/api/v1/tickets", "tickets.view", ""),
        (f"/api/v1/tickets/{ticket}", "ticket.view", ticket),
        ("/api/v1/callbacks", "callbacks.view", ""),
        ("/api/v1/flags", "flags.view", ""),
    ):
        program = await visit()
        said = await book.looks(program, path, action, "token:rekap", headers={"Authorization": f"Bearer {secret}"})
        assert about in said, path


async def test_the_auditor_finds_a_number_as_people_write_it_and_takes_the_rows_out(here: House, visit: Visit) -> None:
    await here.people.add_user("dewi", role="auditor", password=PASSWORD)
    siti, dewi = await visit("siti", "101"), await visit("dewi")
    await siti.get("/numbers?n=081234567890")
    await siti.get("/numbers?n=081299998888")
    _, page = await dewi.get("/audit?target=0812-3456-7890")
    assert page.count("number.view") == 1 and "/audit.csv?" in page
    assert "melihat nomor secara lengkap" in page
    await siti_corrects(here)
    _, page = await dewi.get("/audit?action=ticket")
    assert "Klasifikasi: – → Darurat" in page and "EMERGENCY" not in page, "words, no codes"
    status, text = await dewi.get("/audit.csv?action=number&by=siti")
    assert status == 200
    head, *rows = csv.reader(io.StringIO(text.removeprefix("\ufeff")))
    assert len(head) == 7 and [row[2] for row in rows] == ["number.view"] * 2
    lines = (await here.history.audit()).lines
    assert [row[6] for row in rows] == [line.digest for line in lines if line.action == "number.view"]
    assert (lines[0].action, lines[0].by, lines[0].details["by"]) == ("audit.export", "dewi", "siti")
    assert (await dewi.get("/audit.csv?from=never"))[0] == 400
    assert (await siti.get("/audit.csv"))[0] == 403


async def test_the_auditor_finds_by_a_tickets_number_also_what_names_it_only_in_its_details(
    here: House, visit: Visit
) -> None:
    await here.people.add_user("dewi", role="auditor", password=PASSWORD)
    number = await forwarded(here)
    regu, dewi, bima = await crew(here, visit), await visit("dewi"), await visit("bima")
    await regu.get("/agency")
    other = here.telephone.dials("e112-7.7", "085712340000")
    here.telephone.answers(other, "102")
    await here.stored()
    await here.until(lambda: other in here.board.tickets)
    await bima.get("/")
    assert (await bima.send(f"/calls/{other}/link", {"to": number, "kind": "RELATED"}))[0] == 200
    found = (await here.history.audit(AuditFilter(target=number))).lines
    assert {line.action for line in found} >= {"forward.view", "ticket.link"}
    assert any(line.target != number for line in found)
    _, page = await dewi.get(f"/audit?target={number}")
    assert "forward.view" in page
    words = TrailWords(here.app[PARTS].painter, here.app[PARTS].painter.languages["id"])
    assert (words.name("for"), words.value("for", "quality")) == ("Untuk", "Mutu")
    assert words.value("tickets", [number, "x"]) == f"{number}, x", "a list is not what was before and after"
    assert words.value("word", ["NOT_REACHED", "REACHED"]) == "Tidak terhubung → Terhubung"
    for part in (number[:9], "damkar-1-e112"):
        assert (await here.history.audit(AuditFilter(target=part))).lines, part
    assert not (await here.history.audit(AuditFilter(target=f"{number[:-1]}%"))).lines


async def test_a_program_that_asks_the_same_again_and_again_leaves_one_line_a_minute(here: House, visit: Visit) -> None:
    await a_call(here)
    program, secret = await visit(), await here.people.create_token("papan", role="supervisor")
    bearer = {"Authorization": f"Bearer {secret}"}

    async def lines() -> int:
        page = await here.history.audit(AuditFilter(by="token:papan", action="calls.view"))
        return len(page.lines)

    for _ in range(3):
        assert (await program.get("/api/v1/calls", headers=bearer))[0] == 200
    assert await lines() == 1
    assert (await program.get("/api/v1/calls?limit=1", headers=bearer))[0] == 200
    assert await lines() == 2, "another question is another line"
    here.clock.pass_(61)  # type: ignore[attr-defined]
    assert (await program.get("/api/v1/calls", headers=bearer))[0] == 200
    assert await lines() == 3
