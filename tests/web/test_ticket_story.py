"""The whole story of one ticket: every moment with its source, in one order, on the screen and on paper."""

import base64
import re
import zlib
from collections.abc import Awaitable, Callable

from callcenter.web.supervisor.report import Report, Section, as_pdf
from tests.browser.scenes import fire_brigade_joins, picked_up, rings
from tests.web.conftest import Visitor
from tests.web.house import Clock, House

Visit = Callable[..., Awaitable[Visitor]]
ROW = re.compile(r'<tr class="of-(\w+)"><td class="num">(.*?)</td>')


async def a_whole_story(here: House, siti: Visitor, bima: Visitor) -> str:
    """A call, forwarded and accepted; typed at, corrected, heard, and looked at. Its ticket's number."""
    assert isinstance(here.clock, Clock)
    call = rings(here)
    picked_up(here, call)
    fire_brigade_joins(here, call)
    await here.stored()
    await here.until(lambda: call in here.board.tickets)
    number = here.board.tickets[call]
    for version, text in ((1, "Api di dapur"), (2, "Api di dapur, <b>dua</b> orang di dalam")):
        await here.tickets.save_note(number, key="note-0001", text=text, version=version, by="siti")
        here.clock.pass_(10)
    await here.tickets.set_class(number, "EMERGENCY", version=1, by="siti")
    await here.tickets.set_fields(number, {"place": "Jl. Siliwangi 12"}, version=2, by="siti")
    here.telephone.hangs_up(call)
    await here.stored()
    here.clock.pass_(60)
    here.record(call)
    await bima.get(f"/calls/{call}")
    await bima.head(f"/calls/{call}/recording")
    await bima.form(f"/tickets/{number}/class", **{"class": "FALSE_REPORT", "reason": "tetangga bercanda"})
    return number


async def test_one_order_with_the_source_of_each_time_and_who_looked(here: House, visit: Visit) -> None:
    siti, bima = await visit("siti", "101"), await visit("bima")
    number = await a_whole_story(here, siti, bima)
    assert (await bima.get(f"/tickets/{number}"))[0] == 200
    _, page = await bima.get(f"/tickets/{number}")
    story = page[page.index('id="timeline"') :]
    sources = [source for source, _ in ROW.findall(story)]
    assert {"phone", "typed", "audit"} <= set(sources)
    times = [at for _, at in ROW.findall(story) if at != "n/a"]
    assert times == sorted(times) and len(times) > 12
    for said in (
        "Panggilan masuk", "0812-3456-7890", "Dijawab di posisi 101", "menerima dengan tombol",
        "Catatan, teks terakhir", "Api di dapur, &lt;b&gt;dua&lt;/b&gt; orang", "tetangga bercanda",
        "Klasifikasi: Darurat → Laporan palsu",
        "Lokasi: – → Jl. Siliwangi 12", "melihat panggilan", "mendengarkan atau mengambil rekaman", "melihat tiket",
        "Sambungan penelepon berakhir",
    ):  # fmt: skip
        assert said in story, said
    looked = [row.action for row in (await here.history.audit()).lines if row.target == number]
    assert looked.count("ticket.view") == 2
    bima.session.cookie_jar.update_cookies({"language": "en"}, bima.base)
    _, page = await bima.get(f"/tickets/{number}")
    assert "The whole story" in page and "Class: Emergency → False report" in page
    assert "Seluruh kejadian" not in page


async def test_the_report_on_paper_names_city_ticket_and_who_printed_it_on_every_page(
    here: House, visit: Visit
) -> None:
    siti, bima = await visit("siti", "101"), await visit("bima")
    number = await a_whole_story(here, siti, bima)
    async with bima.session.get(bima.base.with_path(f"/tickets/{number}.pdf")) as answer:
        assert (answer.status, answer.content_type) == (200, "application/pdf")
        assert number in answer.headers["Content-Disposition"]
        pages = texts(await answer.read())
    whole = " ".join(pages)
    for page, text in enumerate(pages, 1):
        assert f"112 Cirebon · Tiket {number}" in text
        assert "dicetak oleh Bima" in text and "WIB" in text
        assert f"Halaman {page} dari {len(pages)}" in text
    assert "tetangga bercanda" in whole and "< b > dua < /b > orang" in whole and "Jl. Siliwangi 12" in whole
    assert "Darurat > Laporan palsu" in whole and "tanda tanya" not in whole
    assert (await siti.get(f"/tickets/{number}.pdf"))[0] == 403
    assert (await bima.get("/tickets/000000-0000.pdf"))[0] == 404
    assert "ticket.report" in [row.action for row in (await here.history.audit()).lines]


def test_a_long_story_with_hostile_text_gets_as_many_pages_as_it_needs() -> None:
    rows = [(f"{n}", "x" * 5000 if n == 7 else "<para>&amp;\n" * 90, "\x00\ud800 消防") for n in range(25)]
    sections = [Section("T", ("A", "B", "C"), rows, (0.2, 0.5, 0.3)), Section("Empty", ("A",), (), (1.0,), "nothing")]
    pages = texts(as_pdf(Report("112 X", "by me", "Page {page} of {pages}", sections, "letters missing")))
    assert len(pages) > 20
    assert all(f"Page {n} of {len(pages)}" in text and "112 X" in text for n, text in enumerate(pages, 1))
    assert "nothing" in pages[-2] + pages[-1] and "letters missing" in pages[-1]


def texts(pdf: bytes) -> list[str]:
    """What stands on each page; each is A4 upright."""
    boxes = re.findall(rb"/MediaBox \[ 0 0 ([0-9.]+) ([0-9.]+) \]", pdf)
    found = []
    for stream in re.findall(rb"stream\r?\n(.*?)endstream", pdf, re.DOTALL):
        text = zlib.decompress(base64.a85decode(b"<~" + stream.strip(), adobe=True))
        said = re.findall(rb"\(((?:[^()\\]|\\.)*)\) Tj", text)
        found.append(" ".join(re.sub(rb"\\([0-7]{3}|.)", _letter, each).decode("cp1252") for each in said))
    assert len(boxes) == len(found)
    assert all((round(float(wide)), round(float(high))) == (595, 842) for wide, high in boxes)
    return found


def _letter(found: "re.Match[bytes]") -> bytes:
    code = found[1]
    return bytes([int(code, 8)]) if len(code) == 3 else code
