"""Hold, colleagues, the queue, a silent caller: what her page shows, what may be asked, what is refused in words."""

from collections.abc import Awaitable, Callable

from callcenter.core.desk_wishes import (
    AskSilent,
    BackToQueue,
    CallBack,
    Consult,
    Dismiss,
    Hold,
    Relay,
    SendKeys,
    Unhold,
)
from tests.web import control
from tests.web.conftest import Visitor
from tests.web.house import House
from tests.web.test_screen import CALL, siti_speaks

Visit = Callable[..., Awaitable[Visitor]]
MINE = ("101", "siti")


async def test_her_buttons_are_wishes_and_show_nothing_by_themselves(here: House, visit: Visit) -> None:
    siti = await siti_speaks(here, visit)
    for what, body in (("hold", {}), ("requeue", {}), ("silent", {}), ("consult", {"position": "102", "pass": "1"})):
        assert await siti.send(f"/calls/{CALL}/{what}", body) == (200, {"asked": True})
    wishes = (Hold(CALL, *MINE), BackToQueue(CALL, *MINE), AskSilent(CALL, *MINE))
    assert here.board.asked == [*wishes, Consult(CALL, "102", *MINE, passing=True)]
    assert here.board.floor.calls[CALL].held_since is None


async def test_what_is_going_on_is_on_her_page_and_can_be_ended(here: House, visit: Visit) -> None:
    siti = await siti_speaks(here, visit)
    control.holds(here, CALL)
    leg = control.colleague_rings(here, CALL, passing=True)
    _, page = await siti.get("/")
    assert "Penelepon mendengar bahwa ia harus menunggu." in page
    assert "mengambil alih panggilan" in page
    assert (await siti.send(f"/calls/{CALL}/unhold", {}))[0] == 200
    assert (await siti.send(f"/calls/{CALL}/dismiss", {"leg": leg}))[0] == 200
    assert here.board.asked == [Unhold(CALL, *MINE), Dismiss(CALL, leg, *MINE)]


async def test_only_free_positions_are_offered(here: House, visit: Visit) -> None:
    siti = await siti_speaks(here, visit)
    here.telephone.ready("102")
    _, page = await siti.get("/")
    assert 'id="col-102"' in page
    assert 'id="col-101"' not in page
    control.colleague_rings(here, CALL)
    _, page = await siti.get("/")
    assert 'id="col-102"' not in page
    status, body = await siti.send(f"/calls/{CALL}/consult", {"position": "102"})
    assert (status, body["error"]["sentence"]) == (409, "Posisi 102 tidak bebas.")


async def test_a_live_call_is_silent_only_after_it_was_asked(here: House, visit: Visit) -> None:
    siti = await siti_speaks(here, visit)
    status, body = await siti.send(f"/calls/{CALL}/class", {"class": "GHOST"})
    assert (status, body["error"]["code"]) == (409, "refused")
    assert body["error"]["sentence"].startswith("Penelepon senyap ditanya dua kali")
    assert (await here.history.ticket_of(CALL)).status == "NEW"
    control.is_asked(here, CALL, "PROMPT_1", "LISTEN_1", "PROMPT_2", "LISTEN_2", "DONE")
    control.presses(here, CALL, "1", "2")
    _, page = await siti.get("/")
    assert "<kbd>1</kbd>" in page
    assert (await siti.send(f"/calls/{CALL}/class", {"class": "GHOST"}))[0] == 200
    assert (await here.history.ticket_of(CALL)).disposition == "NO_INCIDENT"


async def test_an_open_line_keeps_its_ticket_open_and_a_caller_who_is_gone_may_be_silent(
    here: House, visit: Visit
) -> None:
    siti = await siti_speaks(here, visit)
    assert (await siti.send(f"/calls/{CALL}/class", {"class": "OPEN_LINE"}))[0] == 200
    assert (await here.history.ticket_of(CALL)).status == "NEW"
    here.telephone.hangs_up(CALL)
    assert (await siti.send(f"/calls/{CALL}/class", {"class": "GHOST"}))[0] == 200


async def test_keys_are_keys(here: House, visit: Visit) -> None:
    siti = await siti_speaks(here, visit)
    control.holds(here, CALL)
    control.takes_back(here, CALL)
    for keys in ("", "12a", "1" * 40):
        assert (await siti.send(f"/calls/{CALL}/keys", {"keys": keys}))[0] == 409, keys
    assert (await siti.send(f"/calls/{CALL}/keys", {"keys": "0*#"}))[0] == 200
    assert here.board.asked == [SendKeys(CALL, "0*#", *MINE)]


async def test_a_call_that_is_over_is_called_back_or_relayed_from_its_ticket(here: House, visit: Visit) -> None:
    siti = await siti_speaks(here, visit)
    assert (await siti.send(f"/calls/{CALL}/callback", {}))[0] == 409
    here.telephone.hangs_up(CALL)
    here.telephone.ready("101")
    await here.stored()
    _, page = await siti.get(f"/?call={CALL}")
    assert f"/calls/{CALL}/relay" in page
    assert await siti.send(f"/calls/{CALL}/callback", {}) == (200, {"asked": True})
    assert await siti.send(f"/calls/{CALL}/relay", {}) == (200, {"asked": True})
    assert here.board.asked == [CallBack("+6281234567890", CALL, *MINE), Relay(CALL, *MINE)]
