"""The call log's own filters and its spreadsheet."""

import io
import re
import zipfile
from collections.abc import Awaitable, Callable

from tests.browser.scenes import fire_brigade_joins, picked_up, rings
from tests.web.conftest import Visitor
from tests.web.house import PASSWORD, House

Visit = Callable[..., Awaitable[Visitor]]


async def test_a_filter_is_kept_for_one_person_under_a_name(here: House, visit: Visit) -> None:
    bima = await visit("bima")
    await bima.get("/calls?outcome=ABANDONED&q=pasar")
    status, _, where = await bima.form(
        "/calls/filters", name=" Putus  di pasar ", query="outcome=ABANDONED&q=pasar&evil=1"
    )
    assert (status, where) == (303, "/calls?outcome=ABANDONED&q=pasar")
    _, page = await bima.get("/calls")
    assert "Putus di pasar" in page and 'href="/calls?outcome=ABANDONED&amp;q=pasar"' in page
    await here.people.add_user("dewi", role="auditor", password=PASSWORD)
    dewi = await visit("dewi")
    assert "Putus di pasar" not in (await dewi.get("/calls"))[1]
    await dewi.form("/calls/filters/forget", name="Putus di pasar")
    assert "Putus di pasar" in (await bima.get("/calls"))[1]
    await bima.form("/calls/filters/forget", name="Putus di pasar")
    assert "Putus di pasar" not in (await bima.get("/calls"))[1]


async def test_a_filter_is_shared_and_one_of_them_comes_first(here: House, visit: Visit) -> None:
    await here.people.add_user("dewi", role="auditor", password=PASSWORD)
    bima, dewi = await visit("bima"), await visit("dewi")
    for who in (bima, dewi):
        await who.get("/calls")
    await bima.form("/calls/filters", name="Malam", query="outcome=ABANDONED")
    assert (await dewi.form("/calls/filters/first", owner="bima", name="Malam"))[0] == 404  # not shared
    assert (await dewi.form("/calls/filters/share", name="Malam", on="1"))[0] == 404  # not hers
    assert (await bima.form("/calls/filters/share", name="Malam", on="1"))[0] == 303
    _, page = await dewi.get("/calls")
    assert "Malam" in page and "/calls/filters/forget" not in page
    await dewi.form("/calls/filters/forget", name="Malam")
    assert (await dewi.form("/calls/filters/first", owner="bima", name="Malam"))[::2] == (303, "/calls")
    opened = await dewi.head("/calls", allow_redirects=False)
    assert (opened.status, opened.headers["Location"]) == (303, "/calls?outcome=ABANDONED")
    assert (await dewi.head("/calls?all=1", allow_redirects=False)).status == 200
    assert (await bima.head("/calls", allow_redirects=False)).status == 200  # first for her, not for him
    await bima.form("/calls/filters/share", name="Malam", on="0")
    assert (await dewi.head("/calls", allow_redirects=False)).status == 200  # gone with the sharing, and no error
    assert "Malam" not in (await dewi.get("/calls"))[1]
    await bima.form("/calls/filters/share", name="Malam", on="1")
    await dewi.form("/calls/filters/first", owner="", name="")
    assert (await dewi.head("/calls", allow_redirects=False)).status == 200


async def test_the_log_is_found_by_each_thing_that_people_know(here: House, visit: Visit) -> None:
    """One call has it all, the other nothing of it; each filter alone finds the one and not the other."""
    await visit("siti", "101")
    call = rings(here)
    picked_up(here, call)
    fire_brigade_joins(here, call)
    here.telephone.hangs_up(call)
    here.telephone.dials("e112-9.9", "+6281999990000", name="Wati")
    await here.stored()
    await here.until(lambda: {call, "e112-9.9"} <= set(here.board.tickets))
    number = here.board.tickets[call]
    ticket = await here.tickets.set_class(number, "EMERGENCY", version=1, by="siti")
    await here.tickets.set_category(number, "FIRE", version=ticket.version, by="siti")
    await here.tickets.set_fields(
        number, {"place": "Jl. Siliwangi", "caller_name": "Budi Santoso"}, version=99, by="siti"
    )
    await here.tickets.save_note(number, key="note-0001", text="asap tebal", version=1, by="siti")
    bima = await visit("bima")
    day = here.clock().astimezone(here.settings.zone).date()
    for asked in (
        "number=7890", "number=081234567890", "q=santoso", "q=asap", "q=siliwangi", "agency=damkar", "category=FIRE",
        "class=EMERGENCY", "outcome=ANSWERED", "person=siti", "position=101", f"ticket={number}", "status=ACCEPTED",
    ):  # fmt: skip
        _, page = await bima.get(f"/calls?{asked}")
        assert f'/calls/{call}"' in page and '/calls/e112-9.9"' not in page, asked
        _, text = await bima.get(f"/calls.csv?{asked}")
        assert call in text and "e112-9.9" not in text, asked
    for asked in (f"day={day}", f"from={day}&to={day}", "kind=ARRIVAL"):
        assert f'/calls/{call}"' in (await bima.get(f"/calls?{asked}"))[1], asked
    for asked in ("from=2020-01-01&to=2020-01-02", "kind=CALLBACK", "q=banjir"):
        assert f'/calls/{call}"' not in (await bima.get(f"/calls?{asked}"))[1], asked


async def test_a_filter_that_cannot_be_read_or_named_is_not_kept(here: House, visit: Visit) -> None:
    bima = await visit("bima")
    await bima.get("/calls")
    assert (await bima.form("/calls/filters", name="x", query="outcome=GONE"))[0] == 400
    assert (await bima.form("/calls/filters", name=" ", query="q=a"))[0] == 400
    for n in range(30):
        assert (await bima.form("/calls/filters", name=f"no {n}", query="q=a"))[0] == 303
    assert (await bima.form("/calls/filters", name="one more", query="q=a"))[0] == 400
    assert (await bima.form("/calls/filters", name="no 7", query="q=b"))[0] == 303


async def test_the_spreadsheet_holds_what_is_filtered_and_runs_no_formula(here: House, visit: Visit) -> None:
    here.telephone.dials("e112-9.9", "+6281211112222", name='=HYPERLINK("http://evil")')
    here.telephone.dials("e112-9.8", "+6281299998888")
    await here.stored()
    bima = await visit("bima")
    async with bima.session.get(bima.base.with_path("/calls.xlsx").with_query(number="2222")) as answer:
        assert answer.status == 200
        book = zipfile.ZipFile(io.BytesIO(await answer.read()))
    sheet = book.read("xl/worksheets/sheet1.xml").decode()
    assert len(re.findall("<row ", sheet)) == 2
    assert "<f>" not in sheet and "HYPERLINK" in sheet and "+6281211112222" in sheet
    assert [line.action for line in (await here.history.audit()).lines].count("calls.export") == 1
    async with bima.session.get(bima.base.with_path("/calls.xlsx").with_query(number="7777")) as answer:
        assert (
            len(
                re.findall(
                    "<row ", zipfile.ZipFile(io.BytesIO(await answer.read())).read("xl/worksheets/sheet1.xml").decode()
                )
            )
            == 1
        )
