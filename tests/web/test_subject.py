"""One person's data: found, handed out, made unknown by two people; figures, holds and the audit's chain stay."""

import io
import json
import zipfile
from collections.abc import Awaitable, Callable

import pytest
from sqlalchemy import text

from callcenter.audit import check
from callcenter.core.score import Answer
from callcenter.storage import AuditFilter, Filled, Looker, histories
from callcenter.storage.columns import metadata
from callcenter.storage.holds import Holds
from callcenter.storage.score_forms import shipped
from callcenter.web.quality.room import stores
from tests.browser.scenes import BUDI, picked_up, rings
from tests.web.conftest import Visitor
from tests.web.house import PARTS, PASSWORD, House

Visit = Callable[..., Awaitable[Visitor]]
STREET, NAME, WORDS = "Jalan Melati 12", "Bapak Budi Santoso", "dia minta ambulans"
OTHER = "085712340000"
EVIDENCE = {"audit", "audit_named"}
"""Who looked at whom stays; the page says so."""


@pytest.fixture
async def call(here: House, visit: Visit) -> str:
    """Budi's call and its ticket, closed; a note on somebody else's ticket that names his number."""
    await here.people.add_user("dian", role="supervisor", password=PASSWORD)
    await here.people.sign_in("siti", PASSWORD, position="101", address="")
    made = rings(here)
    picked_up(here, made)
    other = here.telephone.dials("e112-1790020000.9", OTHER)
    here.telephone.answers(other, "102")
    await here.stored()
    await here.until(lambda: {made, other} <= set(here.board.tickets))
    number = here.board.tickets[made]
    await here.tickets.set_fields(number, {"place": STREET, "caller_name": NAME}, version=1, by="siti")
    await here.tickets.save_note(number, key="a" * 20, text=WORDS, version=1, by="siti")
    await here.tickets.save_note(
        here.board.tickets[other], key="b" * 20, text="tetangga, hubungi 0812-3456-7890 dulu", version=1, by="rina"
    )
    here.record(made)
    here.telephone.hangs_up(made)
    here.telephone.hangs_up(other)
    await here.stored()
    version = (await here.history.ticket(number)).ticket.version
    await here.tickets.set_class(number, "EMERGENCY", version=version, by="siti")
    return made


async def close(here: House, call: str) -> None:
    number = here.board.tickets[call]
    version = (await here.history.ticket(number)).ticket.version
    await here.tickets.set_status(number, "CLOSED", disposition="RESOLVED", version=version, by="siti")


async def seal(here: House) -> None:
    """What was typed is in the audit's chain."""
    here.clock.pass_(200)  # type: ignore[attr-defined]
    await here.database.write(lambda connection: histories.seal(connection, here.clock()))


async def asked(here: House, visit: Visit) -> Visitor:
    """Bima has asked for Budi to be made unknown."""
    bima = await visit("bima")
    await bima.get("/data")
    status, page, _ = await bima.form("/data/ask", number="0812-3456-7890", reason="Budi, ditelepon balik")
    assert status == 200 and "dicatat" in page
    return bima


async def left(here: House) -> list[str]:
    """Tables that still tell something of Budi; every table of the database is looked through."""
    secrets = ("81234567890", "0812-3456-7890", "0812 3456 7890", "0812.3456.7890", STREET, NAME, WORDS, "Budi")
    found = []
    async with here.database.read() as connection:
        for table in sorted(metadata.tables.keys() - EVIDENCE):
            for row in await connection.execute(text(f"SELECT * FROM {table}")):
                told = [secret for secret in secrets if secret in str(row)]
                if told and not (table == "data_requests" and told == ["Budi"]):
                    found.append(f"{table}: {told}")
    return found


async def spoken_of_elsewhere(here: House, call: str) -> None:
    """His number stands in what people wrote about other things, each time written in another way."""
    parts, other = here.app[PARTS], here.board.tickets["e112-1790020000.9"]
    version = (await here.history.ticket(other)).ticket.version
    await here.tickets.set_fields(other, {"summary": "tetangga HP:0812-3456-7890"}, version=version, by="rina")
    reviews = stores(parts).reviews
    sheet = await reviews.begin(call, by="bima")
    given = {question.code: Answer(question.choices[0], "tanya 0812 3456 7890") for question in shipped()}
    await reviews.save(sheet, Filled(given, "pelapor 081234567890", 1, True), by="bima")
    await stores(parts).coaching.add("siti", "tentang +6281234567890", by="bima", review=None)
    await parts.shifts.note("0812.3456.7890 menelepon lagi", by="siti")
    await parts.saved.save("bima", "dia", "number=081234567890")
    await parts.concerned.need.open(other, Looker("rina", "call_taker"), "dari 081234567890", address="")
    own = (await here.history.ticket(here.board.tickets[call])).ticket
    point = {"latitude": "-6.7320", "longitude": "108.5523"}
    await here.tickets.set_fields(own.number, point, version=own.version, by="siti")
    facts = [
        {"digest": f"{n:064x}", "kind": "KeyPressed", "call": call, "body": json.dumps({"number": BUDI, "at": None})}
        for n in range(6000)
    ]
    order = "(digest, kind, call, heard_at, body) VALUES (:digest, :kind, :call, '2026-11-22 00:00:00.000000', :body)"
    await here.database.write(lambda connection: connection.execute(text(f"INSERT INTO facts {order}"), facts))


async def test_what_is_kept_of_a_number_is_found_and_handed_out_as_a_file(here: House, visit: Visit, call: str) -> None:
    bima = await visit("bima")
    await bima.get("/data")
    status, page, _ = await bima.form("/data/find", number="+62 812 3456 7890")
    assert status == 200 and "0812-3456-7890" in page
    assert '<a href="/data" aria-current="page">' in page, "the menu and the change of language know the room"
    assert 'name="back" value="/data"' in page
    data = {"csrf": bima.csrf, "number": BUDI}
    async with bima.session.post(bima.base.join(bima.base.with_path("/data/copy")), data=data) as answer:
        assert (answer.status, answer.content_type) == (200, "application/zip")
        body = await answer.read()
    with zipfile.ZipFile(io.BytesIO(body)) as file:
        assert file.testzip() is None
        assert set(file.namelist()) == {"data.json", "data.html", f"recordings/{call}.wav"}
        told = json.loads(file.read("data.json"))
        readable = file.read("data.html").decode()
    assert told["data"]["tickets"][0]["place"] == STREET and STREET in readable and "<script" not in readable
    assert told["data"]["notes"][0]["text"] == WORDS
    assert OTHER not in json.dumps(told), "nothing of somebody else"
    assert {line["action"] for line in told["data"]["looked"]} >= {"data.view"}, "and who looked at it"
    lines = (await here.history.audit(AuditFilter(by="bima", action="data"))).lines
    assert [line.action for line in lines] == ["data.copy", "data.view"]


async def test_who_cannot_be_called_is_nobody(visit: Visit, call: str) -> None:
    bima = await visit("bima")
    await bima.get("/data")
    for number in ("anonymous", "113", "", "abc"):
        status, page, _ = await bima.form("/data/find", number=number)
        assert status == 400 and "bukan nomor milik satu orang" in page


async def test_two_people_make_him_unknown_and_the_figures_and_the_chain_stay(
    here: House, visit: Visit, call: str
) -> None:
    await seal(here)
    await spoken_of_elsewhere(here, call)
    await close(here, call)
    await seal(here)
    before = await here.history.call(call)
    bima = await asked(here, visit)
    status, page, _ = await bima.form("/data/erase", id="1")
    assert status == 409 and "orang lain" in page and await left(here), "never by whoever asked"
    dian = await visit("dian")
    assert "0812" not in (await dian.get("/data"))[1].replace("6281", "")
    status, page, _ = await dian.form("/data/erase", id="1")
    assert status == 200 and "tidak lagi menyebut siapa pun" in page
    assert await left(here) == []
    assert before.line.recording and not (here.settings.recordings / before.line.recording).exists()
    after = (await here.history.call(call)).line
    same = ("outcome", "arrived_at", "answered_at", "ended_at", "call_class", "status", "ticket", "person", "kind")
    assert {name: getattr(after, name) for name in same} == {name: getattr(before.line, name) for name in same}
    assert (after.number, after.e164, after.callable) == ("erased-1", None, False)
    assert (await here.history.call(call)).call.number == "erased-1", "and the call can still be read whole"
    assert (await here.history.call(call)).facts, "its facts too"
    count, wrong = await check(here.database, here.settings.home / "no-such-file", here.clock())
    assert count and wrong == [], "what was sealed as it was typed may be made unknown by this way"
    await here.database.write(lambda c: c.execute(text("UPDATE ticket_changes SET new = 'x' WHERE field = 'place'")))
    assert len((await check(here.database, here.settings.home / "no-such-file", here.clock()))[1]) == 1, "by no other"
    status, page, _ = await dian.form("/data/erase", id="1")
    assert status == 409 and "sudah diputuskan" in page
    _, page = await dian.get("/data")
    assert "jejak audit" in page and "disamarkan" in page
    other = next(line for line in (await here.history.audit(AuditFilter(action="data.erase"))).lines)
    assert (other.by, other.details["done"]) == ("dian", {"calls": 1, "tickets": 1, "mentions": 1})


async def test_a_ticket_under_hold_or_still_open_stays_as_it_is(here: House, visit: Visit, call: str) -> None:
    await asked(here, visit)
    dian = await visit("dian")
    await dian.get("/data")
    status, page, _ = await dian.form("/data/erase", id="1")
    assert status == 200 and "masih terbuka" in page
    assert (await here.history.ticket(here.board.tickets[call])).ticket.place == STREET
    await close(here, call)
    await Holds(here.database, clock=here.clock).put(here.board.tickets[call], why="perkara polisi", by="bima")
    await asked(here, visit)
    status, page, _ = await dian.form("/data/erase", id="2")
    assert status == 200 and "dalam pembekuan hukum" in page
    page_ = await here.history.ticket(here.board.tickets[call])
    assert (page_.ticket.place, page_.notes[0].text) == (STREET, WORDS)
    assert (await here.history.call(call)).line.number == BUDI


async def test_a_request_is_refused_with_a_reason(here: House, visit: Visit, call: str) -> None:
    await asked(here, visit)
    ayu = await visit("ayu")
    await ayu.get("/data")
    assert (await ayu.form("/data/find", number=BUDI))[0] == 403, "an administrator confirms, and reads nothing"
    status, page, _ = await ayu.form("/data/refuse", id="1", reason="Penyidikan berjalan (Pasal 15)")
    assert status == 200 and "Penyidikan berjalan" in page
    assert (await ayu.form("/data/erase", id="1"))[0] == 409
    assert (await here.history.call(call)).line.number == BUDI
