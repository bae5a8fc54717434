"""After the call: a call taker's open tickets, the last calls of her position, and the one that she may hear again."""

from collections.abc import Awaitable, Callable

from callcenter.web.parts import PARTS
from callcenter.web.screen.shelf import Papers
from tests.web.conftest import Visitor
from tests.web.house import House

Visit = Callable[..., Awaitable[Visitor]]


async def took(here: House, call: str, position: str = "101", number: str = "+6281234567890") -> str:
    """Somebody at that position took this call, and it ended. Its ticket."""
    here.telephone.dials(call, number)
    here.telephone.rings(call, position)
    here.telephone.answers(call, position)
    here.telephone.hangs_up(call)
    await here.stored()
    await here.until(lambda: call in here.board.tickets)
    return here.board.tickets[call]


async def shelf(here: House, person: str, position: str) -> Papers:
    await here.until(lambda: here.app[PARTS].shelf.of(person, position).known)
    return here.app[PARTS].shelf.of(person, position)


async def test_a_ticket_can_be_finished_after_the_call(here: House, visit: Visit) -> None:
    siti = await visit("siti", "101")
    ticket = await took(here, "e112-1.1")
    await here.until(lambda: here.app[PARTS].shelf.of("siti", "101").open)
    assert [line.ticket for line in (await shelf(here, "siti", "101")).open] == [ticket]
    _, page = await siti.get("/")
    assert 'data-open="e112-1.1"' in page
    assert (await siti.send("/calls/e112-1.1/class", {"class": "PRANK"}))[0] == 200
    assert (await shelf(here, "siti", "101")).open == ()
    assert (await siti.send("/calls/e112-1.1/class", {"class": "EMERGENCY"}))[0] == 200
    assert [line.ticket for line in (await shelf(here, "siti", "101")).open] == [ticket]


async def test_a_call_that_ends_comes_onto_the_shelf_by_itself(here: House, visit: Visit) -> None:
    await visit("siti", "101")
    assert (await shelf(here, "siti", "101")).last == ()
    await took(here, "e112-1.1")
    await here.until(lambda: here.app[PARTS].shelf.of("siti", "101").last)
    assert here.app[PARTS].shelf.of("siti", "101").mine == "e112-1.1"


async def test_another_person_s_open_tickets_lie_on_her_own_shelf(here: House, visit: Visit) -> None:
    await visit("siti", "101")
    await visit("rina", "102")
    await took(here, "e112-1.1", "101")
    other = await took(here, "e112-2.2", "102")
    await here.until(lambda: here.app[PARTS].shelf.of("rina", "102").open)
    assert [line.ticket for line in (await shelf(here, "rina", "102")).open] == [other]
    assert [line.id for line in (await shelf(here, "rina", "102")).last] == ["e112-2.2"]


async def test_who_sits_nowhere_has_a_shelf_without_last_calls(here: House, visit: Visit) -> None:
    await took(here, "e112-1.1", "101")
    papers = await shelf(here, "bima", "")
    assert (papers.open, papers.last, papers.mine) == ((), (), "")


async def test_she_hears_her_own_last_call_and_no_other(here: House, visit: Visit) -> None:
    siti = await visit("siti", "101")
    rina = await visit("rina", "102")
    for call, position in (("e112-1.1", "101"), ("e112-2.2", "101"), ("e112-3.3", "102")):
        here.record(call)
        await took(here, call, position)
        here.clock.pass_(60)  # type: ignore[attr-defined]
    assert (await siti.head("/calls/e112-2.2/replay")).status == 200
    for visitor, call in ((siti, "e112-1.1"), (siti, "e112-3.3"), (rina, "e112-2.2"), (siti, "e112-9.9")):
        status, text = await visitor.get(f"/calls/{call}/replay")
        assert status == 404
        assert "hanya panggilan terakhir yang Anda terima" in text
    heard = [(line.by, line.target) for line in (await here.history.audit()).lines if line.action == "call.recording"]
    assert heard == [("siti", "e112-2.2")]


async def test_one_hearing_is_one_line_of_the_audit(here: House, visit: Visit) -> None:
    siti = await visit("siti", "101")
    here.record("e112-1.1")
    await took(here, "e112-1.1")

    async def lines() -> int:
        return [line.action for line in (await here.history.audit()).lines].count("call.recording")

    for part in ("bytes=0-", "bytes=4000-", "bytes=0-99", "bytes=9000-"):
        assert (await siti.head("/calls/e112-1.1/replay", headers={"Range": part})).status == 206
        here.clock.pass_(20)  # type: ignore[attr-defined]
    assert await lines() == 1
    here.clock.pass_(200)  # type: ignore[attr-defined]
    await siti.head("/calls/e112-1.1/replay", headers={"Range": "bytes=0-"})
    assert await lines() == 2
    bima = await visit("bima")
    await bima.head("/calls/e112-1.1/recording", headers={"Range": "bytes=0-"})
    assert await lines() == 3
    for _ in range(2):
        await bima.head("/calls/e112-1.1/recording?download=1")
    assert await lines() == 5
