"""A supervisor at somebody else's call: what her pages offer, what may be asked, and what the call taker is told."""

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable
from contextlib import closing
from pathlib import Path

from callcenter.core import desk_facts, facts
from callcenter.core.listen_wishes import Listen, StopListening
from callcenter.core.listener import Mode
from callcenter.web.live import Viewer
from callcenter.web.parts import PARTS
from callcenter.web.screen.live import picture
from tests.web.conftest import Visitor
from tests.web.control import ROOM
from tests.web.house import House, house
from tests.web.test_screen import CALL, siti_speaks

Visit = Callable[..., Awaitable[Visitor]]
EAR = f"ear-104-1-{CALL}"


def rung(here: House, mode: str = "LISTEN") -> None:
    here.board.hear(
        desk_facts.ListenerAsked(CALL, here.clock(), EAR, "104", "bima", mode),
        desk_facts.ListenerCalled(CALL, here.clock(), EAR, "104"),
    )


def turns(here: House, mode: str) -> None:
    here.board.hear(desk_facts.ListenerTurned(CALL, here.clock(), EAR, "104", mode, "bima"))


def takes_over(here: House) -> None:
    legs = (f"101-{CALL}", CALL, EAR)
    here.board.hear(*(facts.RoomJoined(leg, here.clock(), ROOM) for leg in legs))
    here.telephone.hangs_up(f"101-{CALL}")


async def told(here: House, action: str = "call.listen") -> list[tuple[str, object, object]]:
    lines = [line for line in (await here.history.audit()).lines if line.action == action]
    return [(line.target, line.details["mode"], line.details["position"]) for line in reversed(lines)]


async def test_one_click_is_a_wish_that_stands_in_the_audit_first(here: House, visit: Visit) -> None:
    await siti_speaks(here, visit)
    bima = await visit("bima", "104")
    _, page = await bima.get("/wall")
    assert f'data-post="/calls/{CALL}/listen"' in page and "Dengarkan" in page
    for mode in Mode:
        assert await bima.send(f"/calls/{CALL}/listen", {"mode": mode.value}) == (200, {"asked": True})
    assert here.board.asked == [Listen(CALL, "104", "bima", mode) for mode in Mode]
    assert await told(here) == [(CALL, mode.value, "104") for mode in Mode]
    assert here.board.floor.calls[CALL].listeners == ()
    rung(here)
    turns(here, "LISTEN")
    assert await bima.send(f"/calls/{CALL}/listen/stop", {}) == (200, {"asked": True})
    assert here.board.asked[-1] == StopListening(CALL, "104", "bima")
    assert (await told(here))[-1] == (CALL, "STOP", "104")


async def test_what_cannot_be_is_refused_in_words_and_leaves_no_row(here: House, visit: Visit) -> None:
    siti = await siti_speaks(here, visit)
    standing, bima = await visit("bima"), await visit("bima", "104")
    _, page = await standing.get("/wall")
    assert "pilih posisi Anda" in page
    for visitor, call, mode, status, words in (
        (standing, CALL, "LISTEN", 400, "Pilih posisi Anda dahulu"),
        (bima, CALL, "SHOUT", 400, "SHOUT"),
        (bima, "e112-1.1", "LISTEN", 409, "sudah berakhir"),
    ):
        answered, body = await visitor.send(f"/calls/{call}/listen", {"mode": mode})
        assert (answered, words in body["error"]["sentence"]) == (status, True), body
    rung(here)
    _, body = await bima.send(f"/calls/{CALL}/listen", {"mode": "JOIN"})
    assert body["error"]["sentence"].startswith("Angkat telepon Anda dahulu")
    assert (await siti.send(f"/calls/{CALL}/listen", {"mode": "LISTEN"}))[0] == 403
    assert here.board.asked == [] and await told(here) == []


async def test_without_a_row_nobody_listens_but_anybody_may_stop(here: House, visit: Visit) -> None:
    await siti_speaks(here, visit)
    bima = await visit("bima", "104")
    rung(here)
    turns(here, "LISTEN")
    with closing(sqlite3.connect(here.settings.home / "callcenter.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")  # the database takes nothing
        more, end = await asyncio.gather(
            bima.send(f"/calls/{CALL}/listen", {"mode": "WHISPER"}), bima.send(f"/calls/{CALL}/listen/stop", {})
        )
    assert (more[0], end) == (503, (200, {"asked": True}))
    assert here.board.asked == [StopListening(CALL, "104", "bima")]


async def test_the_call_taker_reads_who_is_there_and_the_wall_shows_it(here: House, visit: Visit) -> None:
    siti = await siti_speaks(here, visit)
    bima = await visit("bima", "104")
    rung(here)
    _, wall = await bima.get("/wall")
    assert "Telepon Anda berdering: angkatlah." in wall
    assert "ear-sign" not in (await siti.get("/"))[1]  # nobody hears her yet
    for mode, hers, his in (
        ("LISTEN", "mendengarkan panggilan ini", "Anda mendengarkan"),
        ("WHISPER", "berbisik: hanya Anda yang mendengar", "Anda berbisik"),
    ):
        turns(here, mode)
        _, screen = await siti.get("/")
        _, wall = await bima.get("/wall")
        _, own = await bima.get("/")
        assert "Bima" in screen and hers in screen and his in wall and his in own
        assert f"/calls/{CALL}/listen" not in screen
    assert 'class="wseat listening"' in (await siti.get("/wall"))[1]
    _, refused = await siti.send(f"/calls/{CALL}/dismiss", {"leg": EAR})
    assert refused["error"]["sentence"] == "Ini seorang supervisor: ia keluar sendiri."


async def test_a_call_that_was_taken_over_is_hers_and_its_ticket_tells_all_of_it(here: House, visit: Visit) -> None:
    siti = await siti_speaks(here, visit)
    bima = await visit("bima", "104")
    rung(here, "TAKE")
    turns(here, "JOIN")
    _, screen = await siti.get("/")
    assert "mengambil alih panggilan ini" in screen
    takes_over(here)
    assert here.board.floor.calls[CALL].position == "104"
    assert "Bima telah mengambil alih panggilan ini." in (await siti.get(f"/?call={CALL}"))[1]
    _, wall = await bima.get("/wall")
    assert "Panggilan ini sekarang milik Anda" in wall
    assert f'data-call="{CALL}"' in (await bima.get("/"))[1]
    here.telephone.hangs_up(EAR)
    await here.stored()
    number = here.board.tickets[CALL]
    _, ticket = await bima.get(f"/tickets/{number}")
    asked, there = (
        "Supervisor meminta: mengambil alih panggilan 104",
        "Supervisor mendampingi: berbicara dengan semua 104",
    )
    for words in (asked, there, "Supervisor menutup teleponnya", "→ bima"):
        assert words in ticket
    assert (await here.history.ticket_of(CALL)).taken_by == "bima"
    _, call = await bima.get(f"/calls/{CALL}")
    assert "Telepon supervisor dibunyikan" in call


async def test_a_city_may_have_its_supervisors_listen_unseen(tmp_path: Path) -> None:
    async with house(tmp_path / "home", CALLCENTER_LISTEN_OPENLY="false") as here:
        here.telephone.ready("101", "104")
        here.telephone.dials(CALL, "+6281234567890")
        here.telephone.answers(CALL, "101")
        rung(here)
        turns(here, "LISTEN")
        seat = {seat.position: seat.state for seat in here.app[PARTS].wall.now().seats}
        assert seat["104"] != "LISTENING"
        siti = Viewer("siti", "call_taker", "101", "id")
        assert "ear-sign" not in picture(here.app[PARTS], "mine", siti)
        turns(here, "WHISPER")
        assert "ear-sign" in picture(here.app[PARTS], "mine", siti)
