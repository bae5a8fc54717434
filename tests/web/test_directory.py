"""The administrator's pages of agencies and categories: what is saved is used at once, what would break is refused."""

import re
from collections.abc import Awaitable, Callable
from html import unescape

from aiohttp import FormData
from sqlalchemy import select
from yarl import URL

from callcenter.storage.tables_people import audit
from tests.web.conftest import Visitor
from tests.web.house import House

Visit = Callable[..., Awaitable[Visitor]]


def fields(page: str) -> dict[str, str]:
    """What a browser would send back from the form of that page."""
    found = {}
    for tag in re.findall(r"<input [^>]*>", page):
        name, value = re.search(r'name="([^"]+)"', tag), re.search(r'value="([^"]*)"', tag)
        if name and ('type="checkbox"' not in tag or " checked" in tag):
            found[name[1]] = unescape(value[1]) if value else ""
    for name, options in re.findall(r'<select [^>]*name="([^"]+)"[^>]*>(.*?)</select>', page, re.DOTALL):
        chosen = re.search(r'value="([^"]*)" selected', options) or re.search(r'value="([^"]*)"', options)
        found[name] = unescape(chosen[1]) if chosen else ""
    for unwanted in ("language", "theme", "back", "file"):
        found.pop(unwanted, None)
    return found


async def form_of(visitor: Visitor, path: str) -> dict[str, str]:
    status, page = await visitor.get(path)
    assert status == 200, page
    return fields(page)


async def audited(here: House, action: str) -> list[tuple[str, str, object]]:
    async with here.database.read() as connection:
        rows = await connection.execute(select(audit).where(audit.c.action == action).order_by(audit.c.id))
        return [(row.by, row.target, row.details) for row in rows]


async def test_a_saved_agency_is_called_by_its_new_number_at_once_and_the_audit_has_both(
    here: House, visit: Visit
) -> None:
    ayu = await visit("ayu")
    form = await form_of(ayu, "/agencies/damkar")
    form |= {"lines.0.number": "(0231) 201-113", "lines.0.ring_s": "30", "do": "save"}
    status, _, where = await ayu.form("/agencies/damkar", **form)
    assert (status, where) == (303, "/agencies/damkar?told=saved")
    line = here.directory().agencies["damkar"].lines[0]
    assert (line.number, line.ring_s, line.road) == ("0231201113", 30, "trunk:telkom")
    ((by, target, details),) = await audited(here, "agency.change")
    assert (by, target) == ("ayu", "damkar")
    assert details == {"lines": ["1: 113 trunk 20 s (112)", "1: 0231201113 trunk 30 s (112)"]}


async def test_an_open_screen_offers_a_new_agency_at_once(here: House, visit: Visit) -> None:
    ayu, siti = await visit("ayu"), await visit("siti", "101")
    call = here.telephone.dials("e112-1.1", "081234567890")
    here.telephone.answers(call, "101")
    form = await form_of(ayu, "/agencies/-/add")
    form |= {"code": "rsud", "short": "301", "name_id": "RSUD Gunung Jati", "lines.0.number": "0231206330"}
    status, page, where = await ayu.form("/agencies/-/add", **form)
    assert (status, where) == (303, "/agencies/rsud?told=saved"), page
    _, screen = await siti.get("/")
    assert "RSUD Gunung Jati" in screen


async def test_the_chain_is_built_without_a_script(here: House, visit: Visit) -> None:
    ayu = await visit("ayu")
    form = await form_of(ayu, "/agencies/damkar")
    for step, number in (("add", "0231201114"), ("add", "0231201115")):
        status, page, _ = await ayu.form("/agencies/damkar", **form, do=step)
        assert status == 200
        form = fields(page)
        form[max(name for name in form if name.endswith(".number"))] = number
    status, page, _ = await ayu.form("/agencies/damkar", **form, do="up.2")
    form = fields(page)
    assert [form[f"lines.{n}.number"] for n in range(3)] == ["113", "0231201115", "0231201114"]
    assert here.directory().agencies["damkar"].lines[0].number == "113"  # nothing is saved yet
    assert len(here.directory().agencies["damkar"].lines) == 1
    form["lines.1.together"] = "1"
    _, page, _ = await ayu.form("/agencies/damkar", **form, do="remove.2")
    status, page, _ = await ayu.form("/agencies/damkar", **fields(page), do="save")
    assert status == 303, page
    lines = here.directory().agencies["damkar"].lines
    assert [(line.number, line.order) for line in lines] == [("113", 1), ("0231201115", 1)]


async def test_what_would_break_dialling_is_said_beside_its_field_and_what_was_typed_stays(
    here: House, visit: Visit
) -> None:
    ayu = await visit("ayu")
    form = await form_of(ayu, "/agencies/damkar")
    form |= {"short": "119", "lines.0.number": "112", "lines.0.hours": "always", "name_en": "<b>Fire</b>"}
    status, page, _ = await ayu.form("/agencies/damkar", **form)
    assert status == 400
    for field in ("short", "lines-0-number", "lines-0-hours"):
        assert f'id="{field}-fault"' in page
    assert "panggilan akan kembali kepada Anda" in page
    typed = fields(page)
    assert (typed["short"], typed["lines.0.number"], typed["name_en"]) == ("119", "112", "<b>Fire</b>")
    assert "<b>Fire</b>" not in page
    assert here.directory.book.revision == 1


async def test_two_administrators_see_both_texts_and_saving_again_decides(here: House, visit: Visit) -> None:
    await here.people.add_user("dewi", role="admin", password="rahasia-sekali-112")
    ayu, dewi = await visit("ayu"), await visit("dewi")
    mine, hers = await form_of(ayu, "/agencies/damkar"), await form_of(dewi, "/agencies/damkar")
    assert (await dewi.form("/agencies/damkar", **(hers | {"short": "913"})))[0] == 303
    status, page, _ = await ayu.form("/agencies/damkar", **(mine | {"short": "914"}))
    assert status == 409
    assert "dewi" in page and "913" in page and "914" in page
    assert here.directory().agencies["damkar"].short == "913"
    assert (await ayu.form("/agencies/damkar", **fields(page)))[0] == 303
    assert here.directory().agencies["damkar"].short == "914"


async def test_what_rests_is_offered_no_more_and_what_has_a_history_cannot_go(here: House, visit: Visit) -> None:
    ayu = await visit("ayu")
    form = await form_of(ayu, "/agencies/kodim")
    assert (await ayu.form("/agencies/kodim", **form, do="rest"))[0] == 303
    assert "kodim" not in here.directory().agencies
    call = here.telephone.dials("e112-1.1", "081234567890")
    here.telephone.answers(call, "101")
    here.telephone.is_called(call, "basarnas")
    await here.stored()
    form = await form_of(ayu, "/categories/RESCUE")
    form = {name: value for name, value in form.items() if value != "basarnas"}
    assert (await ayu.form("/categories/RESCUE", **form))[0] == 303
    form = await form_of(ayu, "/agencies/basarnas")
    status, page, _ = await ayu.form("/agencies/basarnas", **form, do="remove")
    assert (status, "Nonaktifkan saja" in page) == (409, True)
    form = await form_of(ayu, "/agencies/kodim")
    assert (await ayu.form("/agencies/kodim", **form, do="remove"))[0] == 303
    assert here.directory.book.agency("kodim") is None


async def test_a_category_goes_to_its_agencies_in_the_order_that_was_chosen(here: House, visit: Visit) -> None:
    ayu = await visit("ayu")
    form = await form_of(ayu, "/categories/FIRE")
    form |= {"agencies.1": "bpbd", "agencies.2": "pmi", "limit_min": "12", "priority": "2"}
    assert (await ayu.form("/categories/FIRE", **form))[0] == 303
    fire = here.directory().categories["FIRE"]
    assert (fire.agencies, fire.limit_min, fire.priority) == (("damkar", "bpbd", "pmi"), 12, 2)
    form = await form_of(ayu, "/categories/CARE")
    assert (await ayu.form("/categories/CARE", **form, do="work"))[0] == 303  # off until a city wants it
    assert "CARE" in here.directory().categories
    status, page, _ = await ayu.form("/categories/FIRE", **(await form_of(ayu, "/categories/FIRE") | {"priority": "x"}))
    assert (status, 'id="priority-fault"' in page) == (400, True)


async def test_the_supervisor_reads_and_changes_nothing(here: House, visit: Visit) -> None:
    bima = await visit("bima")
    status, page = await bima.get("/agencies/damkar")
    assert status == 200 and "disabled" in page and 'value="save"' not in page.split("<fieldset")[1]
    assert (await bima.form("/agencies/damkar", short="999"))[0] == 403
    assert (await bima.form("/agencies/-/csv", text="code"))[0] == 403


async def sent(visitor: Visitor, path: str, data: bytes, **more: str) -> tuple[int, str]:
    form = FormData({"csrf": visitor.csrf, **more})
    form.add_field("file", data, filename="agencies.csv", content_type="text/csv")
    async with visitor.session.post(visitor.base.join(URL(path)), data=form, allow_redirects=False) as answer:
        return answer.status, await answer.text()


async def test_the_file_goes_out_and_comes_back_without_a_difference(here: House, visit: Visit) -> None:
    ayu = await visit("ayu")
    for name in ("agencies", "categories"):
        await ayu.get(f"/{name}")
        answer = await ayu.session.get(ayu.base.join(URL(f"/{name}/-/csv")))
        data = await answer.read()
        assert answer.headers["Content-Disposition"] == f'attachment; filename="112-{name}.csv"'
        status, page = await sent(ayu, f"/{name}/-/csv", data)
        assert status == 200
        assert "0 di antaranya berbeda" in page
    assert [by for by, _, _ in await audited(here, "agencies.export")] == ["ayu"]


async def test_a_file_changes_nothing_until_every_row_is_good_and_then_all_of_it(here: House, visit: Visit) -> None:
    ayu = await visit("ayu")
    await ayu.get("/agencies")
    head = "code;active;short;name_id;name_en;escalation;languages;modes;contact;step;number;road;ring_s;show;hours\r\n"
    mine = "rsud;1;301;RSUD;Hospital;;id;;;1;"
    good = f"{mine}0231206330;trunk;25;112;\r\n{mine}101;position;20;112;\r\n"
    bad = "dua;1;301;Dua;;;;;;1;1,2E+11;trunk;20;112;\r\ntiga;1;x;Tiga;;;;;;;;;;;\r\n"
    status, page = await sent(ayu, "/agencies/-/csv", (head + good + bad).encode("utf-8-sig"))
    assert status == 400
    assert "Baris 4:" in page and "diubah oleh lembar kerja" in page and "Baris 5:" in page
    assert here.directory.book.revision == 1
    status, page = await sent(ayu, "/agencies/-/csv", (head + good).encode())
    assert status == 200 and "RSUD" in page
    assert here.directory.book.revision == 1
    text = unescape(page.split("<textarea")[1].split(">", 1)[1].split("</textarea>")[0]).removeprefix("\n")
    revision = fields(page)["revision"]
    status, _, where = await ayu.form("/agencies/-/csv", text=text, revision=revision, do="save")
    assert (status, where) == (303, "/agencies?told=in")
    lines = here.directory().agencies["rsud"].lines
    assert [(line.number, line.order) for line in lines] == [("0231206330", 1), ("101", 1)]
    assert len(here.directory().agencies) == 22  # the others stay


async def test_a_file_that_was_looked_at_is_looked_at_again_when_the_book_changed(here: House, visit: Visit) -> None:
    ayu = await visit("ayu")
    answer = await ayu.session.get(ayu.base.join(URL("/agencies/-/csv")))
    text = (await answer.read()).decode("utf-8-sig").replace("Damkar (pemadam kebakaran)", "Pemadam")
    await ayu.get("/agencies")
    status, page = await sent(ayu, "/agencies/-/csv", text.encode())
    revision = fields(page)["revision"]
    form = await form_of(ayu, "/agencies/pln")
    assert (await ayu.form("/agencies/pln", **(form | {"short": "923"})))[0] == 303
    status, page, _ = await ayu.form("/agencies/-/csv", text=text, revision=revision, do="save")
    assert status == 200  # the look again: now it would also take 923 back
    assert "923" in page
    assert here.directory().agencies["damkar"].name_id == "Damkar (pemadam kebakaran)"


async def test_what_is_no_such_file_is_said_in_words(here: House, visit: Visit) -> None:
    ayu = await visit("ayu")
    await ayu.get("/agencies")
    for data, says in (
        (b"", "Baris pertama harus"),
        (b"\xff\xfe\x00c", "bukan UTF-8"),
        (b"a,b\n1,2\n", "Belum ada: code"),
        (b"code\x00", "Belum ada"),
    ):
        status, page = await sent(ayu, "/agencies/-/csv", data)
        assert status == 400, data
        assert says in page, data
