"""Quality as people meet it: the draw, a sheet filled beside the call, her own page, the city's questions."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

from callcenter.storage.score_forms import shipped
from tests.web.conftest import Visitor
from tests.web.house import PASSWORD, Clock, House

Visit = Callable[..., Awaitable[Visitor]]
CALL = "e112-1.1"
SHEET = "/quality/sheets/1"


async def an_answered_call(here: House, visit: Visit, position: str = "101", call: str = CALL) -> None:
    """A call came, was answered and is over."""
    here.telephone.dials(call, "081234567890")
    here.telephone.answers(call, position)
    here.telephone.hangs_up(call)
    await here.stored()


def filled(**other: str) -> dict[str, str]:
    return {f"a.{q.code}": other.get(q.code, q.choices[0]) for q in shipped()}


async def test_a_supervisor_scores_a_call_and_the_call_taker_reads_and_answers(here: House, visit: Visit) -> None:
    siti = await visit("siti", "101")
    await an_answered_call(here, visit)
    bima, rina = await visit("bima"), await visit("rina", "102")
    assert f'href="/quality/calls/{CALL}"' in (await bima.get(f"/calls/{CALL}"))[1]
    assert (await bima.form(f"/quality/calls/{CALL}"))[::2] == (303, SHEET)
    _, page = await bima.get(SHEET)
    assert f"/calls/{CALL}/recording" in page and "Menanyakan lokasi kejadian lebih dulu" in page and "draf" in page
    status, page, _ = await bima.form(SHEET, version="1", do="finish", **{"a.greeting": "YES", "r.greeting": "<b>Baik"})
    assert status == 400 and "14 pertanyaan belum dijawab" in page and "&lt;b&gt;Baik" in page
    status, page, _ = await bima.form(SHEET, version="1", do="save", **{"a.calm": "3"})
    assert status == 409 and 'name="a.calm" value="3" checked' in page  # what was chosen is still there
    assert (await bima.form(SHEET, version="2", do="save", **{"a.calm": "9"}))[0] == 400
    assert (await siti.get("/quality/mine/1"))[0] == 404
    sent = {**filled(agency="NO"), "remark": "Terima kasih"}
    assert (await bima.form(SHEET, version="2", do="finish", **sent))[::2] == (303, f"{SHEET}?told=finished")
    await bima.form("/quality/people/siti/notes", text="Instansi dulu, lalu catatan.", sheet="1")
    _, page = await siti.get("/quality/mine")
    assert "/quality/mine/1" in page and "Instansi dulu" in page and "belum dibaca" in page
    _, page = await siti.get("/quality/mine/1")
    assert "Terima kasih" in page and "081234567890" not in page
    assert (await siti.form("/quality/mine/1", reply="Saya setuju"))[0] == 303
    assert (await siti.form("/quality/mine/notes/1"))[0] == 303
    assert "belum dibaca" not in (await siti.get("/quality/mine"))[1]
    for path in ("/quality/mine/1", "/quality/mine/notes/1"):
        assert (await rina.form(path))[0] == 404
    assert (await rina.get("/quality/mine/1"))[0] == 404
    _, page = await bima.get("/quality/people/siti")
    assert "Saya setuju" in page and "dipilih" in page
    _, csv = await bima.get("/quality.csv")
    assert "agency" in csv and csv.count("\r\n") == 2 + len(shipped())
    actions = {row.action for row in (await here.history.audit()).lines}
    assert {"quality.begin", "quality.finish", "quality.read", "quality.coach", "quality.seen", "call.view"} <= actions


async def test_two_supervisors_score_blindly_and_then_see_where_they_differ(here: House, visit: Visit) -> None:
    await visit("siti", "101")
    await an_answered_call(here, visit)
    await here.people.add_user("dewi", role="supervisor", password=PASSWORD)
    bima, dewi = await visit("bima"), await visit("dewi")
    for who in (bima, dewi):
        await who.form(f"/quality/calls/{CALL}")
    assert (await dewi.get(SHEET))[0] == 409  # a draft is nobody else's
    await bima.form(SHEET, version="1", do="finish", **filled(calm="2"))
    assert (await dewi.get(SHEET))[0] == 409  # nor is a finished one, while hers is open
    _, page = await dewi.get(f"/quality/calls/{CALL}")
    assert "Perbedaan" not in page
    await dewi.form("/quality/sheets/2", version="1", do="finish", **filled(agency="NO"))
    _, page = await dewi.get(f"/quality/calls/{CALL}")
    assert page.count('class="differs"') == 2 and "2 dari 15 pertanyaan" in page
    assert (await dewi.get(SHEET))[0] == 200
    assert (await bima.form("/quality/sheets/2", version="2", do="save", reason="x"))[0] == 409


async def test_the_draw_of_a_month_is_made_once_and_shown_with_what_proves_it(here: House, visit: Visit) -> None:
    await visit("siti", "101")
    await an_answered_call(here, visit)
    bima = await visit("bima")
    assert (await bima.form("/quality/months/2026-11/draw"))[0] == 409  # not over yet
    assert (await bima.get("/quality?month=2026-11"))[0] == 200
    assert isinstance(here.clock, Clock)
    here.clock.pass_(timedelta(days=12).total_seconds())
    bima = await visit("bima")
    _, page = await bima.get("/quality")
    assert "Undi panggilan November 2026" in page
    where = "/quality?month=2026-11"
    assert (await bima.form("/quality/months/2026-11/draw"))[::2] == (303, where)
    assert (await bima.form("/quality/months/2026-11/draw"))[0] == 409
    _, page = await bima.get(where)
    assert "0 / 1" in page and "hasilnya sama" not in page and "petugas ini" in page
    assert "hasilnya sama" in (await bima.get(f"{where}&check=1"))[1]
    _, text = await bima.get("/quality/months/2026-11/population.txt")
    assert text == f"{CALL} siti\n"
    await bima.form(f"/quality/calls/{CALL}")
    await bima.form(SHEET, version="1", do="finish", **filled(calm="0"))
    _, page = await bima.get(where)
    assert "1 / 1" in page and 'class="chart"' in page and "93,7 %" in page and "30,0 / 32,0" in page
    assert "Semua panggilan hasil undian" in (await bima.get(f"{where}&open=1"))[1]
    assert (await bima.get("/quality?month=2026-13"))[0] == 400
    assert (await bima.get("/quality/months/2026-10/population.txt"))[0] == 404


async def test_the_citys_own_questions_are_edited_as_rows_and_saved_as_a_version(here: House, visit: Visit) -> None:
    ayu = await visit("ayu")
    _, page = await ayu.get("/quality/form")
    assert page.count('class="line-row"') == len(shipped()) and "/quality/form" in page
    one = {"q.0.id": "Salam?", "q.0.en": "Greeting?", "q.0.most": "4", "q.0.weight": "2", "q.0.critical": "1"}
    two = {"q.1.id": "Tutup?", "q.1.en": "Closing?", "q.1.most": "1", "q.1.weight": "1", "q.1.code": "closing"}
    _, page, _ = await ayu.form("/quality/form", version="1", do="up.1", **one, **two)
    assert page.index("Tutup?") < page.index("Salam?")
    _, page, _ = await ayu.form("/quality/form", version="1", do="add", **one)
    assert page.count('class="line-row"') == 2
    status, page, _ = await ayu.form("/quality/form", version="1", do="save", **{**one, "q.0.weight": "99"}, **two)
    assert status == 400 and "Pertanyaan 1: bobot" in page and "Salam?" in page
    assert (await ayu.form("/quality/form", version="1", do="save", **one, **two))[0] == 303
    status, page, _ = await ayu.form("/quality/form", version="1", do="save", **two)
    assert status == 409 and "ayu" in page
    assert "Salam?" in (await ayu.get("/quality/form"))[1] and "Salam?" not in (await ayu.get("/quality/form/1"))[1]
    assert (await ayu.get("/quality/form/9"))[0] == 404
    assert (await ayu.form("/quality/form", do="up.77"))[0] == 400
