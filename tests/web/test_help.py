"""The key Help: whom it rings, how it stands on the screen, and that it is written down."""

from collections.abc import Awaitable, Callable

from callcenter.core import desk_facts, facts
from callcenter.core.agency import OverflowLine
from callcenter.core.desk_wishes import CallHelp, StopHelp
from callcenter.storage import Trail
from tests.web.conftest import Visitor
from tests.web.house import House

Visit = Callable[..., Awaitable[Visitor]]
CALL = "e112-1790000100.1"


async def test_without_settings_it_rings_the_supervisor_who_sits_at_a_free_position(here: House, visit: Visit) -> None:
    siti = await visit("siti", "101")
    here.telephone.dials(CALL, "+6281234567890")
    here.telephone.rings(CALL, "101")
    here.telephone.answers(CALL, "101")
    await here.stored()
    status, told = await siti.send(f"/calls/{CALL}/help", {})
    assert status == 409 and told["error"]["sentence"].startswith("Belum ada yang dapat dipanggil")
    await visit("bima", "103")
    assert (await siti.send(f"/calls/{CALL}/help", {}))[0] == 200
    line = OverflowLine("103", "position", name="Bima")
    assert here.board.asked[-1:] == [CallHelp(CALL, (line,), "101", "siti")]
    trail = await Trail(here.database).lines()
    assert [(row.by, row.target, row.details) for row in trail.lines if row.action == "call.help"] == [
        ("siti", CALL, {"lines": ["Bima"]})
    ]

    leg, at = f"desk-103-1-{CALL}", here.clock()
    here.board.hear(desk_facts.HelpAsked(CALL, at, "siti", (line,)))
    here.board.hear(desk_facts.ColleagueAsked(CALL, at, leg, "103", "siti", help=1, name="Bima"))
    here.board.hear(desk_facts.DeskPhoneCalled(CALL, at, leg, "103"), facts.LegRinging(leg, at))
    page_of_hers = (await siti.get("/"))[1]
    assert "bantuan sedang dipanggil" in page_of_hers and "Bima: berdering" in page_of_hers
    assert (await siti.send(f"/calls/{CALL}/help/stop", {}))[0] == 200
    assert here.board.asked[-1:] == [StopHelp(CALL, "101", "siti")]
    here.telephone.hangs_up(leg, 19)
    assert "tidak ada yang dapat dihubungi untuk bantuan" in (await siti.get("/"))[1]
    bima = await visit("bima")
    await here.stored()
    assert "Bantuan dipanggil" in (await bima.get(f"/calls/{CALL}"))[1], "it stands in the story of the call"
