"""The monthly report: sums that come out, four forms of it, versions that stay, and the check case of 2018."""

import csv
import hashlib
import io
import json
import zipfile
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from xml.etree import ElementTree

from aiohttp import FormData

from callcenter.audit import check
from callcenter.core.report import canonical
from callcenter.core.seal import read_seal
from callcenter.storage.reports import read_days
from callcenter.web.figures import papers
from callcenter.web.figures.papers import Paper
from callcenter.web.figures.sheets import Sheet, Speaker, sheets
from tests.browser.scenes import fire_brigade_joins, picked_up, rings
from tests.web.conftest import Visitor
from tests.web.house import PARTS, PASSWORD, Clock, House

Visit = Callable[..., Awaitable[Visitor]]
CHECK_CASE = """period,report_row,count
2018-10-29..2018-12-11,Kebakaran,14
2018-10-29..2018-12-11,Kekerasan PA,2
2018-10-29..2018-12-11,Trantibum,9
2018-10-29..2018-12-11,Ambulan,9
2018-10-29..2018-12-11,Kecelakaan,6
2018-10-29..2018-12-11,Kamtibmas,19
2018-10-29..2018-12-11,BPBD,2
2018-10-29..2018-12-11,Informasi / layanan,50
"""
ROWS = {
    "Kebakaran": 14, "Kekerasan PA": 2, "Trantibum": 9, "Ambulan": 9, "Kecelakaan": 6, "Kamtibmas": 19, "BPBD": 2,
    "Informasi / layanan": 50,
}  # fmt: skip


async def handed_in(visitor: Visitor, text: str) -> tuple[int, str]:
    await visitor.get("/reports")
    form = FormData()
    form.add_field("csrf", visitor.csrf)
    form.add_field("file", text.encode(), filename="earlier.csv", content_type="text/csv")
    async with visitor.session.post(visitor.base.with_path("/reports"), data=form) as answer:
        return answer.status, await answer.text()


async def a_night(here: House) -> str:
    call = rings(here)
    picked_up(here, call)
    fire_brigade_joins(here, call)
    here.telephone.hangs_up(call)
    await here.stored()
    await here.until(lambda: len(here.board.tickets) == 2)
    return here.board.tickets[call]


def later(here: House) -> None:
    """The month is over."""
    assert isinstance(here.clock, Clock)
    here.clock.at = datetime(2026, 12, 3, 2, 0, tzinfo=UTC)


async def test_the_check_case_of_2018_prints_exactly_its_rows_and_111_incidents(here: House, visit: Visit) -> None:
    bima = await visit("bima")
    status, page = await handed_in(bima, CHECK_CASE)
    assert status == 200 and "8 baris" in page
    _, text = await bima.get("/reports/2018-10-29..2018-12-11.json")
    body = json.loads(text)["report"]
    assert {row: handed for row, own, handed in body["incidents"]["rows"] if own == 0} == ROWS
    assert (body["incidents"]["earlier"], body["incidents"]["own"], body["arrivals"]) == (111, 0, 0)
    _, page = await bima.get("/reports/2018-10-29..2018-12-11")
    assert "Kejadian bukan panggilan" in page
    assert "Panggilan masuk menurut klasifikasi" not in page  # nothing is printed as calls
    await handed_in(bima, CHECK_CASE.replace(",14", ",15"))
    _, text = await bima.get("/reports/2018-10-29..2018-12-11.json")
    assert json.loads(text)["report"]["incidents"]["earlier"] == 112  # handed in again: replaced, not added
    body = json.loads((await bima.get("/reports/2018-11.json"))[1])["report"]
    assert (body["incidents"]["earlier"], len(body["left_out"])) == (0, 8)  # no share of it is guessed


async def test_a_file_that_cannot_be_read_names_its_line(here: House, visit: Visit) -> None:
    bima = await visit("bima")
    for text, said in {
        "a,b,c\n": "Baris pertama harus",
        "period,report_row,count\n2018-11,Kebakaran,viele\n": "Baris 2",
        "period,report_row,count\n2018-13,Kebakaran,1\n": "Baris 2",
        "period,report_row,count\n2018-11,Kebakaran,-1\n": "Baris 2",
        "period,report_row,count\n2018-11,Kebakaran,1\n2018-11,Kebakaran,2\n": "Baris 3",
        "period,report_row,count\n": "Baris pertama",
    }.items():
        status, page = await handed_in(bima, text)
        assert status == 400 and said in page, text
    assert (await here.reports.all_earlier()) == []
    assert (await handed_in(bima, "period;report_row;count\r\n2018;BPBD;7\r\n"))[0] == 200
    assert [count for _, _, count in await here.reports.all_earlier()] == [7]


async def test_the_parts_of_a_month_are_its_arrivals(here: House, visit: Visit) -> None:
    ticket = await a_night(here)
    await here.tickets.set_class(ticket, "EMERGENCY", version=99, by="siti")
    await here.tickets.set_category(ticket, "FIRE", version=99, by="siti")
    bima = await visit("bima")
    body = json.loads((await bima.get("/reports/2026-11.json"))[1])["report"]
    assert sum(body["classes"].values()) == body["arrivals"] == 2
    assert (body["classes"]["EMERGENCY"], body["classes"]["in_progress"]) == (1, 1)
    assert body["incidents"]["rows"][0] == ["Kebakaran", 1, 0]
    assert body["ministry"] == {"normal": 1, "ghost": 0, "prank": 0, "informasi": 0}
    assert (await bima.get("/reports/2026-11"))[0] == 200
    painter = here.app[PARTS].painter
    speaker = Speaker(painter.languages["id"], here.catalogue(), painter.times["id"])
    tables = {sheet.title: sheet for sheet in sheets({**body, "kecamatan": {"": 5, "Kejaksan": 1}}, speaker)}
    rows = [row[0] for row in tables["Kejadian menurut kecamatan"].rows]
    assert rows == ["Kejaksan", "tidak diketahui", "Jumlah seluruhnya"], "what is not known stands last"


async def test_every_form_of_the_report_says_the_same(here: House, visit: Visit) -> None:
    await a_night(here)
    bima = await visit("bima")
    await bima.form("/language", language="en", back="/reports")
    text = (await bima.get("/reports/2026-11.csv"))[1]
    rows = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))
    assert ["Sum: the arrivals", "2"] in rows
    async with bima.session.get(bima.base.with_path("/reports/2026-11.xlsx")) as answer:
        book = zipfile.ZipFile(io.BytesIO(await answer.read()))
    shared = book.read("xl/sharedStrings.xml").decode()
    assert "Sum: the arrivals" in shared
    ElementTree.fromstring(book.read("xl/worksheets/sheet2.xml"))
    async with bima.session.get(bima.base.with_path("/reports/2026-11.pdf")) as answer:
        assert answer.content_type == "application/pdf"
        assert (await answer.read()).startswith(b"%PDF-")


async def test_a_published_month_stays_and_a_correction_is_a_revision(here: House, visit: Visit) -> None:
    ticket = await a_night(here)
    await here.tickets.set_class(ticket, "EMERGENCY", version=99, by="siti")
    bima = await visit("bima")
    assert (await bima.form("/reports/2026-11/publish"))[0] == 409  # it is not over
    later(here)
    bima = await visit("bima")
    assert (await bima.form("/reports/2026-11/publish"))[0] == 303
    first = json.loads((await bima.get("/reports/2026-11.json"))[1])
    assert first["published"]["sha256"] == hashlib.sha256(canonical(first["report"]).encode()).hexdigest()
    kept = read_seal(first["published"]["audit_seal"])
    sealed = next(line for line in (await here.history.audit()).lines if line.action == "report.publish")
    assert (kept.digest, sealed.details["sha256"]) == (sealed.digest, first["published"]["sha256"])
    assert (await check(here.database, here.settings.home / "none", here.clock(), [kept]))[1] == []
    text = (await bima.get("/reports/2026-11.csv"))[1] + (await bima.get("/reports/2026-11"))[1]
    assert text.count(first["published"]["audit_seal"]) == 2, "on paper and on the page"
    assert (await bima.form("/reports/2026-11/publish", reason="again"))[0] == 409  # nothing has changed
    assert (await bima.form(f"/tickets/{ticket}/class", **{"class": "PRANK", "reason": ""}))[0] == 400
    assert (await bima.form(f"/tickets/{ticket}/class", **{"class": "PRANK", "reason": "anak-anak"}))[0] == 303
    changes = (await here.history.ticket(ticket)).changes
    assert [(c.old, c.new, c.reason) for c in changes if c.reason and c.field == "call_class"] == [
        ("EMERGENCY", "PRANK", "anak-anak")
    ]
    assert "anak-anak" in (await bima.get(f"/tickets/{ticket}"))[1]
    _, page = await bima.get("/reports/2026-11")
    assert "Panggilan masuk menurut klasifikasi: Darurat" in page and "Terbitkan versi 2" in page
    assert json.loads((await bima.get("/reports/2026-11.json"))[1]) == first  # as it was printed
    assert (await bima.form("/reports/2026-11/publish"))[0] == 400  # a revision says why
    assert (await bima.form("/reports/2026-11/publish", reason="satu tiket prank"))[0] == 303
    second = json.loads((await bima.get("/reports/2026-11.json"))[1])
    assert (second["published"]["version"], second["report"]["classes"]["PRANK"]) == (2, 1)
    assert json.loads((await bima.get("/reports/2026-11.json?version=1"))[1]) == first
    _, text = await bima.get("/reports/2026-11.csv")
    assert "Panggilan masuk menurut klasifikasi: Darurat,1,0" in text and "satu tiket prank" in text
    assert [a.action for a in (await here.history.audit()).lines].count("report.publish") == 2


async def test_only_a_supervisor_publishes_corrects_and_hands_in(here: House, visit: Visit) -> None:
    ticket = await a_night(here)
    for role in ("auditor", "viewer"):
        await here.people.add_user(f"a-{role}", role=role, password=PASSWORD)
        somebody = await visit(f"a-{role}")
        await somebody.get("/reports")
        assert (await somebody.get("/reports/2026-11"))[0] == 200
        assert (await somebody.form("/reports/2026-10/publish"))[0] == 403
        assert (await somebody.form(f"/tickets/{ticket}/class", reason="x"))[0] == 403
        assert (await handed_in(somebody, CHECK_CASE))[0] == 403


async def test_days_that_are_none_are_said(here: House, visit: Visit) -> None:
    bima = await visit("bima")
    for path in ("2026-13", "0001", "2026-11-31", "2026-11..2026-10", "1990..2200"):
        assert (await bima.get(f"/reports/{path}"))[0] == 400, path
    assert (await bima.get("/reports/2026-11?version=7"))[0] == 404
    assert (await bima.get("/reports/2026-11?version=x"))[0] == 400
    assert (await bima.get("/reports/../../etc/passwd"))[0] == 404
    assert read_days("2018-02") is not None and read_days("2018-02")[1].day == 28  # type: ignore[index]


def test_a_paper_runs_no_formula_and_shows_any_letter() -> None:
    sheet = Sheet("Kelurahan [a/b]: *?", ("Name", "Count"), (("=1+1", 3), ("<b>Ω & 漢字</b>", 4), ("Sum", 7)), sums=1)
    paper = Paper("112 Cirebon", "2018", ("a line",), [sheet, sheet])
    assert b"'=1+1" in papers.as_csv(paper)
    book = zipfile.ZipFile(io.BytesIO(papers.as_xlsx(paper)))
    assert b"<f>" not in book.read("xl/worksheets/sheet2.xml")
    assert papers.as_pdf(paper) == papers.as_pdf(paper)
    assert papers.as_xlsx(paper) == papers.as_xlsx(paper)
