"""A supervisor at a call: what is told of her, whose the ticket is when she took it over, and no figure that moves."""

from datetime import timedelta

from sqlalchemy import select

from callcenter.core.facts import CallArrived, CallQueued, Fact, LegEnded
from callcenter.core.floor import Floor
from callcenter.storage import Entry, Figures, Journal, Stories
from callcenter.storage.tables import calls
from tests.core.test_floor import ANSWERED, AYU, BUDI, START, after, play
from tests.core.test_listening import EAR, JOINS, LISTENS, TAKES, turned
from tests.storage.cast import ZONE
from tests.storage.conftest import Room

OVER = (LegEnded(AYU, after(60), 16), LegEnded(BUDI, after(60), 16))
DAY = (START - timedelta(hours=1), START + timedelta(hours=5))


async def tell(journal: Journal, *told: Fact) -> None:
    """The switchboard's part."""
    floor = Floor()
    for fact in told:
        floor, changed = play(fact, floor=floor)
        journal.write(Entry(fact, tuple(changed.values())))
    await journal.settled(60)


async def test_what_supervisors_did_is_told_and_the_ticket_stays_whose_it_was(room: Room, journal: Journal) -> None:
    await tell(journal, *ANSWERED, *LISTENS, turned("WHISPER", 30), LegEnded(EAR, after(40), 16), *OVER)
    story = await Stories(room.database, room.history).of(room.numbers[BUDI])
    told = [(fact.kind, fact.body.get("mode")) for fact in story.facts if EAR in str(fact.body)]
    assert told == [
        ("ListenerAsked", "LISTEN"),
        ("ListenerCalled", None),
        ("LegRinging", None),
        ("ListenerTurned", "LISTEN"),
        ("ListenerTurned", "WHISPER"),
        ("LegEnded", None),
    ]
    assert (story.page.ticket.taken_by, story.page.changes) == ("", [])


async def test_who_took_a_call_over_has_its_ticket_and_that_is_written_once(room: Room, journal: Journal) -> None:
    await tell(journal, *ANSWERED, *TAKES)
    assert (await room.history.ticket(room.numbers[BUDI])).ticket.taken_by == ""  # not before it happened
    await tell(journal, *ANSWERED, *TAKES, LegEnded(AYU, after(31), 16), LegEnded(BUDI, after(90), 16))
    page = await room.history.ticket(room.numbers[BUDI])
    assert (page.ticket.taken_by, page.ticket.taken_at) == ("bima", after(31))
    assert [(c.field, c.old, c.new, c.by, c.at) for c in page.changes] == [("taken_by", "", "bima", "bima", after(31))]
    assert [ticket.number for ticket in await room.history.open_tickets("bima")] == [page.ticket.number]


async def test_a_listener_moves_no_figure_and_no_column_of_the_call(room: Room, journal: Journal) -> None:
    figures = Figures(room.database, zone=ZONE, clock=room.clock)
    heard = (*ANSWERED, *LISTENS, turned("WHISPER", 30), *JOINS, LegEnded(EAR, after(50), 16), *OVER)
    found = []
    for told in (heard, tuple(fact for fact in heard if fact not in (*LISTENS, *JOINS) and EAR not in str(fact))):
        await tell(journal, *told)
        async with room.database.read() as connection:
            row = (await connection.execute(select(calls).where(calls.c.id == BUDI))).one()._asdict()
        total = (await figures.count(*DAY)).total
        assert total.of("answered") == 1
        found.append(({k: v for k, v in row.items() if k not in ("state", "revision", "heard_at")}, total))
    assert found[0] == found[1]
    assert CallArrived in {type(fact) for fact in heard} and CallQueued in {type(fact) for fact in heard}
