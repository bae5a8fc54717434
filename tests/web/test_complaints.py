"""Complaints: a message instead of a call, a clock in working days, a file for the national system."""

import csv
import io
import re
from collections.abc import Awaitable, Callable

from sqlalchemy import select
from yarl import URL

from callcenter.storage.tables_people import audit
from callcenter.web.parts import PARTS
from tests.web.conftest import Visitor
from tests.web.house import House

Visit = Callable[..., Awaitable[Visitor]]


async def complains(here: House, visitor: Visitor, call: str, place: str, category: str = "UTILITY") -> str:
    """Budi says that a street light is dark; Siti has class, category and place."""
    here.telephone.dials(call, "081234567890")
    here.telephone.answers(call, "101")
    await here.stored()
    await here.until(lambda: call in here.board.tickets)
    number = here.board.tickets[call]
    for what, body in (
        ("class", {"class": "NON_EMERGENCY"}),
        ("category", {"value": category}),
        ("field", {"field": "place", "value": place}),
        ("field", {"field": "caller_name", "value": "Budi"}),
        ("field", {"field": "summary", "value": "=PJU padam"}),
    ):
        status, answer = await visitor.send(f"/calls/{call}/{what}", {"version": 99, **body})
        assert status == 200, answer
    return number


async def test_a_complaint_is_sent_by_one_button_and_nobody_is_called(here: House, visit: Visit) -> None:
    siti = await visit("siti", "101")
    call = "e112-1.1"
    await complains(here, siti, call, "Jl. Kesambi RT 03")
    _, page = await siti.get(f"/?call={call}")
    proposed = page.split('id="more-agencies"')[0]
    (address,) = set(re.findall(r'data-key="Q"[^>]*data-hand="([^"]+)"', proposed))
    assert address == f"/calls/{call}/message"
    assert 'data-ask="forward:' not in proposed.split('data-live="agencies"')[1]
    status, answer = await siti.send(address, {"agency": "dishub"})
    assert status == 200 and "Jl. Kesambi RT 03" in answer["text"]
    assert here.board.asked == []
    await here.until(lambda: here.app[PARTS].desk.about(call).forwards)
    _, page = await siti.get(f"/?call={call}")
    assert "batas waktu 27 Nov 2026" in page  # five working days after Sunday night in Cirebon
    here.telephone.hangs_up(call)
    await here.stored()
    bima = await visit("bima")
    _, page = await bima.get("/complaints")
    assert "Dishub" in page and "tersisa 5 hari kerja" in page


async def test_the_clock_runs_out_in_working_days_without_the_citys_holidays(here: House, visit: Visit) -> None:
    siti, bima = await visit("siti", "101"), await visit("bima")
    number = await complains(here, siti, "e112-1.1", "Jl. Kesambi")
    await siti.send("/calls/e112-1.1/message", {"agency": "dishub"})
    here.clock.pass_(86400 * 8)  # type: ignore[attr-defined]
    bima = await visit("bima")
    _, page = await bima.get("/complaints")
    assert "terlambat 1 hari kerja" in page
    ticket = (await here.history.ticket(number)).ticket
    await here.tickets.set_status(number, "CLOSED", disposition="RESOLVED", version=ticket.version, by="siti")
    _, page = await bima.get("/complaints")
    assert number not in page
    _, page = await bima.get("/complaints?show=all")
    assert number in page and "terlambat" not in page


async def rows(visitor: Visitor, path: str) -> list[dict[str, str]]:
    answer = await visitor.session.get(visitor.base.join(URL(path)))
    assert answer.status == 200
    assert "sp4n-lapor-" in answer.headers["Content-Disposition"]
    return list(csv.DictReader(io.StringIO((await answer.read()).decode("utf-8-sig"))))


async def test_what_is_new_is_written_out_once_and_the_file_can_be_had_again(here: House, visit: Visit) -> None:
    siti, bima = await visit("siti", "101"), await visit("bima")
    first = await complains(here, siti, "e112-1.1", "Jl. Kesambi RT 03")
    await complains(here, siti, "e112-2.2", "Rumah", category="DV")  # protected: never handed on
    await bima.get("/complaints")
    assert (await bima.form("/complaints/files"))[0] == 303
    (row,) = await rows(bima, "/complaints/files/1")
    assert row["Nomor Tiket 112"] == first
    assert row["Isi Laporan"] == "'=PJU padam"  # no spreadsheet runs it
    assert (row["Instansi Tujuan"], row["Anonim"], row["Nama Pelapor"]) == ("Dishub (perhubungan)", "Ya", "")
    status, page, _ = await bima.form("/complaints/files")
    assert (status, "belum ditulis ke berkas" in page) == (409, True)
    second = await complains(here, siti, "e112-3.3", "Jl. Pemuda")
    assert (await bima.form("/complaints/files", contacts="1"))[0] == 303
    (row,) = await rows(bima, "/complaints/files/2")
    assert (row["Nomor Tiket 112"], row["Anonim"], row["Nama Pelapor"]) == (second, "Tidak", "Budi")
    assert row["Kontak Pelapor"]
    assert await rows(bima, "/complaints/files/1") == await rows(bima, "/complaints/files/1")
    assert (await bima.get("/complaints/files/3"))[0] == 404
    async with here.database.read() as connection:
        found = await connection.execute(select(audit.c.by, audit.c.target).where(audit.c.action == "complaints.file"))
        assert {(row.by, row.target) for row in found} == {("bima", "1"), ("bima", "2")}


async def test_a_complaint_that_came_to_nothing_is_not_handed_on(here: House, visit: Visit) -> None:
    siti, bima = await visit("siti", "101"), await visit("bima")
    number = await complains(here, siti, "e112-1.1", "Jl. Kesambi")
    ticket = (await here.history.ticket(number)).ticket
    await here.tickets.set_status(number, "CLOSED", disposition="DUPLICATE", version=ticket.version, by="siti")
    await bima.get("/complaints")
    assert (await bima.form("/complaints/files"))[0] == 409
