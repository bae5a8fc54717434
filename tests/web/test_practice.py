"""The practice call on the pages: asked by a key, its sheet says how it went, nobody else's, nowhere counted."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

from callcenter.core import facts
from callcenter.core.desk_wishes import Practise
from tests.web.conftest import Visitor
from tests.web.house import Clock, House

Visit = Callable[..., Awaitable[Visitor]]
DRILL, HER = "e112-1790000500.1", "leg-101"


def passes(here: House, seconds: float) -> None:
    assert isinstance(here.clock, Clock)
    here.clock.pass_(seconds)


async def practised(here: House, siti: Visitor) -> None:
    """She answers after 4 s, writes, chooses fire and Damkar; then a true call comes."""
    at = here.clock()
    here.board.hear(facts.CallArrived(DRILL, at, "112", dialled="112*101*1", test=True))
    here.board.hear(facts.CallQueued(DRILL, at), facts.PhoneCalled(DRILL, at, "101", HER))
    passes(here, 4)
    here.board.hear(facts.CallAnswered(DRILL, here.clock(), "101", HER))
    await here.stored()
    await here.until(lambda: DRILL in here.board.tickets)
    passes(here, 5)
    assert (await siti.send(f"/calls/{DRILL}/note", {"key": "note-of-siti-1", "text": "Kebakaran", "version": 1}))[
        0
    ] == 200
    assert (await siti.send(f"/calls/{DRILL}/class", {"class": "EMERGENCY"}))[0] == 200
    version = (await here.history.ticket_of(DRILL)).version
    assert (await siti.send(f"/calls/{DRILL}/category", {"value": "FIRE", "version": version}))[0] == 200
    passes(here, 6)
    at, leg = here.clock(), f"fwd-damkar-1-1-{DRILL}"
    here.board.hear(facts.ForwardAsked(DRILL, at, "damkar", 1, "siti", "WARM"))
    here.board.hear(facts.AttemptQueued(DRILL, at, leg, "damkar", 1, 1, "113", "siti"))
    here.board.hear(facts.AttemptDialled(DRILL, at, leg, "damkar", 1, 1))
    here.board.hear(facts.AttemptAccepted(leg, at + timedelta(seconds=7), "key"))
    passes(here, 9)
    here.board.hear(facts.LegEnded(leg, here.clock(), 16), facts.LegEnded(DRILL, here.clock(), 42))
    await here.stored()


async def test_it_is_asked_for_and_its_sheet_says_how_it_went(here: House, visit: Visit) -> None:
    siti = await visit("siti", "101")
    assert "Latihan…" in (await siti.get("/"))[1]
    assert (await siti.send("/practice", {"story": "1"}))[0] == 200
    assert here.board.asked == [Practise("1", "101", "siti")]
    await practised(here, siti)
    page = (await siti.get("/"))[1]
    assert "Ada panggilan sungguhan, maka latihan berhenti." in page and f'href="/practice/{DRILL}"' in page
    status, sheet = await siti.get(f"/practice/{DRILL}")
    assert status == 200
    assert sheet.count("✓ tepat waktu") == 2, "answered within 10 s, forwarded within 60"
    assert sheet.count("<td>✓</td>") == 3, "class, category and agency as meant"
    assert "maka latihan berhenti" in sheet
    rina = await visit("rina", "102")
    assert (await rina.get(f"/practice/{DRILL}"))[0] == 404
    assert (await (await visit("bima")).get(f"/practice/{DRILL}"))[0] == 200, "the supervisor trains them"


async def test_what_a_true_call_left_no_time_for_is_not_called_late_or_wrong(here: House, visit: Visit) -> None:
    siti, at = await visit("siti", "101"), here.clock()
    here.board.hear(facts.CallArrived(DRILL, at, "112", dialled="112*101*1", test=True), facts.CallQueued(DRILL, at))
    here.board.hear(facts.PhoneCalled(DRILL, at, "101", HER), facts.CallAnswered(DRILL, at, "101", HER))
    passes(here, 20)
    here.board.hear(facts.LegEnded(DRILL, here.clock(), 42))
    await here.stored()
    sheet = (await siti.get(f"/practice/{DRILL}"))[1]
    assert "✗" not in sheet and sheet.count("✓ tepat waktu") == 1


async def test_nothing_of_it_is_counted_told_to_an_agency_or_made_a_true_call(here: House, visit: Visit) -> None:
    siti = await visit("siti", "101")
    await practised(here, siti)
    bima = await visit("bima")
    assert DRILL not in (await bima.get("/calls"))[1]
    assert (await here.history.call(DRILL)).forwards == [], "no agency's page, message or clock knows of it"
    for path, body in (("callback", {}), ("relay", {}), ("message", {"agency": "damkar"})):
        status, told = await siti.send(f"/calls/{DRILL}/{path}", body)
        assert (status, told["error"]["sentence"]) == (
            409,
            "Dalam panggilan latihan tidak ada orang lain yang dihubungi.",
        ), path
