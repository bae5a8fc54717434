"""Ready, pause, sitting down, the end of a shift: what the pages ask of the telephone, and what they refuse."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

from callcenter.core import facts
from callcenter.core.desk_wishes import BeReady, TakePause
from callcenter.core.errors import LineDown
from tests.web.conftest import Visitor
from tests.web.house import House

Visit = Callable[..., Awaitable[Visitor]]


def asked(here: House) -> list[tuple[str, str, str]]:
    """Position, reason (ready: empty), who."""
    return [
        (wish.position, wish.reason if isinstance(wish, TakePause) else "", wish.by)
        for wish in here.board.asked
        if isinstance(wish, TakePause | BeReady)
    ]


def speaks(here: House) -> None:
    call = here.telephone.dials("e112-1790000100.1", "+6281234567890")
    here.telephone.rings(call, "101")
    here.telephone.answers(call, "101")


async def test_pause_and_ready_are_asked_of_asterisk_and_shown_when_it_says_so(here: House, visit: Visit) -> None:
    siti = await visit("siti", "101")
    assert (await siti.send("/pause", {"reason": "PRAYER"}))[0] == 200
    assert asked(here) == [("101", "PRAYER", "siti")]
    assert "Siap menerima panggilan" in (await siti.get("/"))[1], "nothing is shown that did not happen"
    here.telephone.pauses("101", "PRAYER")
    page = (await siti.get("/"))[1]
    assert "Jeda: Salat" in page and "tetap berdering" in page
    rina = await visit("rina", "102")
    assert "Salat" in (await rina.get("/"))[1], "the others see it, with since when"
    bima = await visit("bima")
    assert ": Salat" in (await bima.get("/wall"))[1]
    assert (await siti.send("/ready", {}))[0] == 200
    assert asked(here)[1:] == [("101", "", "siti")]


async def test_a_pause_needs_a_reason_of_the_settings_a_position_and_a_line(here: House, visit: Visit) -> None:
    siti = await visit("siti", "101")
    status, told = await siti.send("/pause", {"reason": "WRAP_UP"})
    assert (status, told["error"]["sentence"]) == (400, "Pilih salah satu alasan jeda.")
    bima = await visit("bima")
    assert (await bima.send("/ready", {}))[0] == 400
    here.board.wrong = LineDown("There is no link to Asterisk. Nothing was sent; use the phone itself.")
    assert (await siti.send("/pause", {"reason": "MEAL"}))[0] == 503
    assert asked(here) == []


async def test_the_writing_counts_down_and_done_ends_it(here: House, visit: Visit) -> None:
    siti = await visit("siti", "101")
    speaks(here)
    await here.stored()
    await here.until(lambda: here.board.tickets)
    here.telephone.pauses("101", "WRAP_UP", here.clock() + timedelta(seconds=30))
    page = (await siti.get("/"))[1]
    assert "Melengkapi catatan" in page and "data-until=" in page
    bima = await visit("bima")
    assert "melengkapi catatan" in (await bima.get("/"))[1]
    assert (await siti.send("/calls/e112-1790000100.1/status", {"status": "WRAPPED_UP"}))[0] == 200
    assert asked(here) == [("101", "", "siti")]


async def test_who_sits_down_is_ready_and_who_moves_leaves_a_phone_that_rests(here: House, visit: Visit) -> None:
    here.telephone.pauses("101", "OFF")
    siti = await visit("siti", "101")
    assert asked(here) == [("101", "", "siti")]
    here.telephone.pauses("101")
    assert (await siti.form("/position", position="103"))[0] == 303
    assert asked(here)[1:] == [("101", "OFF", "siti")], "103 was not paused: nothing is asked"


async def test_the_end_of_a_shift_goes_through_the_sheet(here: House, visit: Visit) -> None:
    siti = await visit("siti", "101")
    status, told = await siti.send("/sign-out", {})
    assert (status, told["to"]) == (200, "/shift?end=1")
    assert asked(here) == [("101", "HANDOVER", "siti")]
    page = (await siti.get("/shift?end=1"))[1]
    assert "Anda mengakhiri sif di posisi 101." in page
    status, _, where = await siti.form("/shift", text="Jl. Kanoman ditutup.", end="1")
    assert (status, where) == (303, "/shift?end=1"), "a note does not lead off the way"
    assert (await siti.form("/ready"))[2] == "/", "she stays after all"
    assert asked(here).pop() == ("101", "", "siti")
    here.board.asked.pop()
    status, _, where = await siti.form("/sign-out", end="1")
    assert (status, where) == (303, "/sign-in")
    assert asked(here)[1:] == [("101", "OFF", "siti")]
    assert await here.people.at_positions() == {}


async def test_nobody_goes_home_or_gets_up_with_a_caller_on_the_phone(here: House, visit: Visit) -> None:
    siti = await visit("siti", "101")
    speaks(here)
    for end in ("", "1"):
        status, told = await siti.send("/sign-out", {"end": end})
        assert (status, told["error"]["sentence"]) == (
            409,
            "Posisi 101 sedang dalam panggilan. Akhiri dulu panggilannya.",
        )
    status, page, _ = await siti.form("/position", position="102")
    assert status == 409 and "Akhiri dulu panggilannya" in page
    assert "101" in await here.people.at_positions()
    here.board.hear(facts.LegEnded("e112-1790000100.1", here.clock(), 16))
    assert (await siti.form("/position", position="102"))[0] == 303


async def test_with_the_line_down_she_can_still_sign_out(here: House, visit: Visit) -> None:
    siti = await visit("siti", "101")
    here.board.wrong = LineDown("There is no link to Asterisk. Nothing was sent; use the phone itself.")
    assert (await siti.form("/sign-out", end="1"))[2] == "/sign-in"
