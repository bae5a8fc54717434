"""The call log's own filters and its spreadsheet."""

import io
import re
import zipfile
from collections.abc import Awaitable, Callable

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
