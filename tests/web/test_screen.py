"""What a call taker does, and what the server answers."""

from collections.abc import Awaitable, Callable
from typing import Any

from callcenter.core.errors import LineDown, Unconfirmed
from callcenter.core.wishes import Admit, Forward, HangUp, Leave
from callcenter.web.parts import PARTS
from tests.web.conftest import Visitor
from tests.web.house import House

Visit = Callable[..., Awaitable[Visitor]]
CALL = "e112-1790010000.7"


async def siti_speaks(here: House, visit: Visit) -> Visitor:
    """Siti at 101 speaks with Budi; the ticket is stored."""
    siti = await visit("siti", "101")
    here.telephone.dials(CALL, "+6281234567890", name="Budi")
    here.telephone.rings(CALL, "101", "102")
    here.telephone.answers(CALL, "101", "102")
    await here.stored()
    await here.until(lambda: CALL in here.board.tickets)
    return siti


async def test_what_is_typed_is_stored_and_shown_to_the_others(here: House, visit: Visit) -> None:
    siti = await siti_speaks(here, visit)
    status, told = await siti.send(f"/calls/{CALL}/note", {"key": "k1-of-siti", "text": "Api di dapur", "version": 1})
    assert (status, told["version"]) == (200, 1)
    status, told = await siti.send(f"/calls/{CALL}/field", {"field": "place", "value": "Jl. Kesambi 12", "version": 1})
    assert status == 200
    rina = await visit("rina", "102")
    _, sheet = await rina.get(f"/calls/{CALL}/sheet")
    assert "Jl. Kesambi 12" in sheet
    await here.until(lambda: here.app[PARTS].desk.about(CALL).notes)
    _, sheet = await rina.get(f"/calls/{CALL}/sheet")
    assert "Api di dapur" in sheet


async def test_two_who_change_one_field_keep_both_texts(here: House, visit: Visit) -> None:
    siti = await siti_speaks(here, visit)
    rina = await visit("rina", "102")
    ticket = await here.history.ticket_of(CALL)
    place = {"field": "place", "version": ticket.version}
    assert (await siti.send(f"/calls/{CALL}/field", {**place, "value": "Jl. Kesambi 12"}))[0] == 200
    status, body = await rina.send(f"/calls/{CALL}/field", {**place, "value": "Jl. Kesambi 21"})
    assert (status, body["error"]["code"]) == (409, "conflict")
    assert body["error"]["theirs"] == "Jl. Kesambi 12"
    assert "Jl. Kesambi 21" in body["error"]["sentence"]


async def test_one_key_classifies_and_a_prank_closes(here: House, visit: Visit) -> None:
    siti = await siti_speaks(here, visit)
    assert (await siti.send(f"/calls/{CALL}/class", {"class": "PRANK"}))[0] == 200
    ticket = await here.history.ticket_of(CALL)
    assert (ticket.call_class, ticket.status, ticket.disposition) == ("PRANK", "CLOSED", "NO_INCIDENT")


async def test_a_forward_is_asked_for_and_nothing_is_shown_as_done(here: House, visit: Visit) -> None:
    siti = await siti_speaks(here, visit)
    assert await siti.send(f"/calls/{CALL}/forward", {"agency": "damkar"}) == (200, {"asked": True})
    assert here.board.asked == [Forward(CALL, "damkar", "101", "siti")]
    assert here.board.floor.calls[CALL].attempts == ()


async def test_no_one_forwards_another_positions_caller(here: House, visit: Visit) -> None:
    await siti_speaks(here, visit)
    rina = await visit("rina", "102")
    status, body = await rina.send(f"/calls/{CALL}/forward", {"agency": "damkar"})
    assert (status, body["error"]["code"]) == (409, "refused")
    assert body["error"]["sentence"] == "Posisi 101 sedang berbicara dengan penelepon ini."


async def test_a_dead_line_and_a_lost_answer_are_told_apart(here: House, visit: Visit) -> None:
    siti = await siti_speaks(here, visit)
    here.board.wrong = LineDown("There is no link to Asterisk. Nothing was sent; use the phone itself.")
    status, body = await siti.send(f"/calls/{CALL}/hangup", {})
    assert (status, body["error"]["code"]) == (503, "line_down")
    assert "pakai telepon langsung" in body["error"]["sentence"]
    here.board.wrong = Unconfirmed("Asterisk has not confirmed. Watch the screen: it shows what really happened.")
    assert (await siti.send(f"/calls/{CALL}/hangup", {}))[0] == 504


async def test_letting_in_needs_the_name_of_who_accepted(here: House, visit: Visit) -> None:
    siti = await siti_speaks(here, visit)
    leg = here.telephone.is_called(CALL, "damkar")
    here.telephone.lifts(leg)
    await here.stored()
    status, body = await siti.send(f"/calls/{CALL}/admit", {"leg": leg, "name": "  "})
    assert (status, body["error"]["sentence"]) == (400, "Tulis nama orang yang menerima di sana.")
    status, _ = await siti.send(f"/calls/{CALL}/admit", {"leg": leg, "name": "Serka Dedi"})
    assert status == 200
    assert here.board.asked == [Admit(CALL, leg, "101", "siti")]
    assert (await here.history.call(CALL)).attempts[0].accepted_name == "Serka Dedi"


async def test_she_leaves_only_when_somebody_stays_with_the_caller(here: House, visit: Visit) -> None:
    siti = await siti_speaks(here, visit)
    assert (await siti.send(f"/calls/{CALL}/leave", {}))[0] == 409
    leg = here.telephone.is_called(CALL, "damkar")
    here.telephone.lifts(leg)
    here.telephone.accepts(CALL, leg)
    assert (await siti.send(f"/calls/{CALL}/leave", {}))[0] == 200
    assert (await siti.send(f"/calls/{CALL}/hangup", {}))[0] == 200
    assert here.board.asked == [Leave(CALL, "101", "siti"), HangUp(CALL, "101", "siti")]


async def test_who_sits_nowhere_is_told_to_choose_a_position(here: House, visit: Visit) -> None:
    await siti_speaks(here, visit)
    bima = await visit("bima")
    status, body = await bima.send(f"/calls/{CALL}/hangup", {})
    assert status == 400
    assert "Pilih posisi" in body["error"]["sentence"]


async def test_hostile_bodies_get_a_sentence(here: House, visit: Visit) -> None:
    siti = await siti_speaks(here, visit)
    bodies: list[tuple[str, dict[str, Any]]] = [
        ("field", {"field": "number", "value": "x"}),
        ("field", {"field": "place", "value": "x" * 30_000}),
        ("field", {"field": "place", "value": ["x"]}),
        ("note", {"key": "k", "text": "x", "version": "many"}),
        ("class", {"class": "'; DROP TABLE calls"}),
        ("category", {"value": "NOPE", "version": 1}),
        ("status", {"status": "CLOSED"}),
        ("forward", {"agency": 7}),
    ]
    for path, body in bodies:
        status, told = await siti.send(f"/calls/{CALL}/{path}", body)
        assert status in (400, 409), (path, body)
        assert told["error"]["sentence"]


async def test_half_letters_and_zero_bytes_break_nothing(here: House, visit: Visit) -> None:
    siti = await siti_speaks(here, visit)
    for odd in ("\ud800", "a\x00b", "\u202e" * 50):
        status, _ = await siti.send(f"/calls/{CALL}/field", {"field": "place", "value": odd, "version": 1})
        assert status in (200, 400)
        status, _ = await siti.send(f"/calls/{CALL}/note", {"key": f"k{len(odd)}", "text": odd, "version": 1})
        assert status in (200, 400)
        assert (await siti.get("/"))[0] == 200


async def test_bodies_that_are_no_bodies_get_a_sentence(here: House, visit: Visit) -> None:
    siti = await siti_speaks(here, visit)
    url = siti.base.join(siti.base.with_path(f"/calls/{CALL}/note"))
    for kind, body in (
        ("application/json", b"[" * 100_000),
        ("application/json", b"\xff\xfe"),
        ("application/json; charset=klingon", b"{}"),
        ("application/x-www-form-urlencoded; charset=klingon", b"a=b"),
        ("multipart/form-data", b"x"),
        ("application/json", b'"' + b"x" * 300_000 + b'"'),
    ):
        headers = {"Content-Type": kind, "Accept": "application/json", "X-CSRF-Token": siti.csrf}
        async with siti.session.post(url, data=body, headers=headers) as answer:
            told = await answer.json()
        assert answer.status in (400, 403, 413), (kind, answer.status)
        assert told["error"]["sentence"]


async def test_a_callers_name_is_only_ever_text(here: House, visit: Visit) -> None:
    siti = await visit("siti", "101")
    evil = "<script>alert(1)</script>\"' " + "😀" * 500
    here.telephone.dials(CALL, "+6281234567890", name=evil, location='<img src=x onerror="alert(1)">')
    here.telephone.rings(CALL, "101")
    _, page = await siti.get("/")
    assert "<script>alert" not in page
    here.telephone.answers(CALL, "101")
    _, page = await siti.get("/")
    assert "<script>alert" not in page
    assert "<img src=x" not in page


async def test_a_withheld_number_is_said_to_be_withheld(here: House, visit: Visit) -> None:
    siti = await visit("siti", "101")
    here.telephone.dials(CALL, "anonymous")
    here.telephone.rings(CALL, "101")
    _, page = await siti.get("/")
    assert "Nomor disembunyikan" in page
    assert "tidak dapat ditelepon balik" in page


async def test_a_call_nobody_knows_has_no_sheet(visit: Visit) -> None:
    siti = await visit("siti", "101")
    assert (await siti.get("/calls/e112-1.99/sheet"))[0] == 404
