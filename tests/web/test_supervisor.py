"""The call log: found, heard, taken out, and every look written down."""

import csv
import io
from collections.abc import Awaitable, Callable

from tests.browser.scenes import fire_brigade_joins, picked_up, rings
from tests.web.conftest import Visitor
from tests.web.house import PASSWORD, House

Visit = Callable[..., Awaitable[Visitor]]


async def a_night(here: House) -> str:
    call = rings(here)
    picked_up(here, call)
    fire_brigade_joins(here, call)
    here.telephone.hangs_up(call)
    await here.stored()
    await here.until(lambda: len(here.board.tickets) == 2)
    return call


async def test_an_empty_log_says_that_nothing_has_come_in(visit: Visit) -> None:
    bima = await visit("bima")
    assert "Belum ada panggilan masuk." in (await bima.get("/calls"))[1]
    assert "Tidak ada panggilan yang cocok" in (await bima.get("/calls?number=999"))[1]


async def test_the_log_shows_numbers_as_people_write_them_and_times_of_the_city(here: House, visit: Visit) -> None:
    await a_night(here)
    bima = await visit("bima")
    _, page = await bima.get("/calls")
    assert "0812-3456-7890" in page
    assert "22 Nov 2026 01.12.00" in page
    assert "Terjawab" in page
    _, page = await bima.get("/calls?number=7890&outcome=ANSWERED&q=")
    assert "Nomor disembunyikan" not in page


async def test_a_filter_that_cannot_be_read_is_said_and_kept(here: House, visit: Visit) -> None:
    bima = await visit("bima")
    status, page = await bima.get("/calls?day=kemarin&number=7890")
    assert status == 400
    assert "day bukan tanggal" in page
    assert 'value="7890"' in page


async def test_one_call_tells_its_times_and_who_accepted(here: House, visit: Visit) -> None:
    call = await a_night(here)
    bima = await visit("bima")
    status, page = await bima.get(f"/calls/{call}")
    assert status == 200
    assert "n/a" in page  # the place was never verified
    assert "dengan tombol" in page
    assert here.board.tickets[call] in page
    assert (await bima.get(f"/tickets/{here.board.tickets[call]}"))[0] == 200


async def test_the_export_holds_what_is_filtered_and_runs_no_formula(here: House, visit: Visit) -> None:
    call = await a_night(here)
    here.telephone.dials("e112-9.9", "+6281211112222", name='=HYPERLINK("http://evil")')
    await here.stored()
    bima = await visit("bima")
    status, text = await bima.get("/calls.csv?number=2222")
    assert status == 200
    rows = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))
    assert len(rows) == 2
    assert rows[1][3] == '\'=HYPERLINK("http://evil")'
    assert rows[1][2] == "'+6281211112222"
    _, everything = await bima.get("/calls.csv")
    assert call in everything
    assert [line.action for line in (await here.history.audit()).lines].count("calls.export") == 2


async def test_every_look_at_callers_data_is_written_down_and_the_auditor_finds_it(here: House, visit: Visit) -> None:
    call = await a_night(here)
    bima = await visit("bima")
    number = (await here.history.call(call)).line.ticket
    for path in ("/calls?number=4567", f"/calls/{call}", f"/tickets/{number}"):
        assert (await bima.get(path))[0] == 200
    await here.people.add_user("ayu-audit", role="auditor", password=PASSWORD)
    ayu = await visit("ayu-audit")
    status, page = await ayu.get("/audit?by=bima")
    assert status == 200
    for told in ("calls.view", "4567", "call.view", call, "ticket.view", str(number)):
        assert told in page
    _, only = await ayu.get(f"/audit?action=ticket&target={number}")
    assert "ticket.view" in only and "call.view" not in only
    assert [line.action for line in (await here.history.audit()).lines][:2] == ["audit.view", "audit.view"]


async def test_a_filter_of_the_audit_that_cannot_be_read_is_a_sentence(here: House, visit: Visit) -> None:
    await here.people.add_user("ayu-audit", role="auditor", password=PASSWORD)
    ayu = await visit("ayu-audit")
    for query in ("from=yesterday", "by=a%00b", "after=x", "from=2026-02-01&to=2026-01-01", "target=" + "x" * 300):
        status, page = await ayu.get(f"/audit?{query}")
        assert status == 400 and 'role="alert"' in page, query
    assert (await ayu.get("/audit?by=nobody"))[0] == 200
