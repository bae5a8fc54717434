"""Words are found as soon as they are typed, whatever signs surround them, and nothing hostile breaks the search."""

import random
import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import update

from callcenter.core.call import Outcome
from callcenter.storage import CallFilter, Journal
from callcenter.storage import search as module
from callcenter.storage.tables import attempts, calls, ticket_calls
from tests.storage.cast import NOON, a_call, about, answered, arrival, ended, tried
from tests.storage.conftest import Room
from tests.storage.wild import Town, town, written

WORDS = ("kebakaran", "Pasar", "Kanoman", "asap", "HITAM", "gang", "Melati", "100%", "rumah-sakit", "jl.Siliwangi", "4")


async def found(room: Room, said: str) -> list[str]:
    return [line.id for line in (await room.history.calls(CallFilter(text=said))).lines]


async def two_calls(room: Room, journal: Journal) -> tuple[str, str]:
    for n, name in enumerate(("budi", "wati")):
        journal.write(arrival(a_call(name, arrived_at=NOON + timedelta(minutes=n))))
    await journal.settled(60)
    return room.numbers["budi"], room.numbers["wati"]


async def test_what_is_typed_is_found_at_once_and_what_is_taken_out_is_not(room: Room, journal: Journal) -> None:
    budi, wati = await two_calls(room, journal)
    assert await found(room, "pasar") == []
    ticket = await room.tickets.set_fields(budi, {"place": "Pasar Kanoman"}, version=1, by="siti")
    await room.tickets.save_note(budi, key="key-00001", text="asap hit", version=1, by="siti")
    await room.tickets.save_note(budi, key="key-00001", text="asap hitam", version=2, by="siti")
    await room.tickets.save_note(wati, key="key-00002", text="dekat pasar", version=1, by="rina")
    assert await found(room, "Kano") == ["budi"]  # the beginning of a word is enough
    assert await found(room, "HITAM asap") == ["budi"]  # in any order, in any case
    assert await found(room, "pasar") == ["wati", "budi"]
    assert await found(room, "pasar hitam") == ["budi"]  # the place's word and the note's
    await room.tickets.set_fields(budi, {"place": ""}, version=ticket.version, by="siti")
    assert await found(room, "kanoman") == []
    assert await found(room, "hitam") == ["budi"]


async def test_the_name_that_the_network_sent_is_found_and_goes_with_its_call(room: Room, journal: Journal) -> None:
    await two_calls(room, journal)
    call = a_call("budi", arrived_at=NOON, name="TOKO BERKAH")
    journal.write(about(call))
    await journal.settled(60)
    assert await found(room, "berkah") == ["budi"]
    ids = {
        line.ticket: (await room.history.ticket(line.ticket)).ticket.id
        for line in (await room.history.calls(CallFilter())).lines
    }
    other = ids[room.numbers["wati"]]
    await room.database.write(
        lambda c: c.execute(update(ticket_calls).where(ticket_calls.c.call == "budi").values(ticket=other))
    )
    assert sorted(await found(room, "berkah")) == ["budi", "wati"]  # the ticket has the name now
    assert [t.number for t in (await room.history.tickets(CallFilter(text="berkah"))).lines] == [room.numbers["wati"]]


@pytest.mark.parametrize("common", [False, True], ids=["rare", "common"])
async def test_words_are_found_as_a_reader_would_find_them(
    room: Room, journal: Journal, monkeypatch: pytest.MonkeyPatch, common: bool
) -> None:
    """The same whether hits are gathered first or met on the walk."""
    if common:
        monkeypatch.setattr(module, "RARE", 2)
    chance = random.Random(112)
    said: dict[str, str] = {}
    for n in range(40):
        journal.write(arrival(a_call(f"c{n:02}", arrived_at=NOON + timedelta(seconds=n))))
    await journal.settled(60)
    for n in range(40):
        said[f"c{n:02}"] = " ".join(chance.choices(WORDS, k=chance.randint(1, 4)))
        await room.tickets.save_note(
            room.numbers[f"c{n:02}"], key=f"key-{n:05}", text=said[f"c{n:02}"], version=1, by="siti"
        )
    for asked in (*WORDS, "keb", "sakit", "siliwangi", "pasar asap", "4 gang", "tidak"):
        parts = re.findall(r"[a-z0-9]+", asked.lower())
        expected = [
            id_
            for id_, note in sorted(said.items(), reverse=True)
            if all(any(w.startswith(part) for w in re.findall(r"[a-z0-9]+", note.lower())) for part in parts)
        ]
        assert await found(room, asked) == expected, asked


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(said=st.text(max_size=200))
async def test_no_text_breaks_the_search(room: Room, said: str) -> None:
    assert (await room.history.calls(CallFilter(text=said.replace("\0", "")))).lines == []
    await room.history.tickets(CallFilter(text=said.replace("\0", "")))


async def test_signs_of_a_query_language_are_only_signs(room: Room, journal: Journal) -> None:
    await two_calls(room, journal)
    await room.tickets.save_note(room.numbers["budi"], key="key-00001", text="lampu merah", version=1, by="siti")
    for said in ('"', "a OR b", "NEAR(a b)", "words:x", "-x", "x*", "(", "!&|", "'; DROP TABLE calls --", "%", "_"):
        assert await found(room, said) == [], said
    assert await found(room, "merah") == ["budi"]


@pytest.fixture
async def busy(room: Room) -> Town:
    made = town(seed=7, many=300)
    await written(room.database, made)
    return made


@pytest.mark.parametrize("common", [False, True], ids=["rare", "common"])
async def test_filters_together_find_what_plain_reading_finds(
    room: Room, busy: Town, monkeypatch: pytest.MonkeyPatch, common: bool
) -> None:
    if common:
        monkeypatch.setattr(module, "RARE", 2)
    ticket = {link["call"]: next(t for t in busy.tickets if t["id"] == link["ticket"]) for link in busy.links}
    agencies = {(one["call"], one["agency"]) for one in busy.attempts}
    chance = random.Random(3)
    for _ in range(40):
        wanted = CallFilter(
            outcome=chance.choice(("", "", *Outcome)), category=chance.choice(("", "", "FIRE")),
            person=chance.choice(("", "", "siti")), call_class=chance.choice(("", "", "EMERGENCY", "NONE")),
            agency=chance.choice(("", "", "damkar")), tests=chance.random() < 0.3,
            since=chance.choice((None, NOON - timedelta(days=5))),
            until=chance.choice((None, NOON - timedelta(days=2))),
        )  # fmt: skip
        expected = [
            call["id"]
            for call in sorted(busy.calls, key=lambda c: (c["arrived_at"], c["id"]), reverse=True)
            if _fits(wanted, call, ticket[call["id"]], agencies)
        ]
        got = [line.id async for line in room.history.export(wanted, by="rina")]
        assert got == expected, wanted
        tickets = [t.id for t in (await room.history.tickets(wanted, limit=200)).lines]
        assert tickets == list(dict.fromkeys(ticket[id_]["id"] for id_ in expected))[:200]
        if wanted.outcome == "":
            assert await all_pages(room, wanted) == tickets


async def all_pages(room: Room, wanted: CallFilter) -> list[int]:
    """A few at a time: a ticket of several calls stands on one page."""
    found, after = list[int](), ""
    while True:
        page = await room.history.tickets(wanted, after=after, limit=3)
        found += [ticket.id for ticket in page.lines]
        after = page.next
        if not after:
            return found


def _fits(wanted: CallFilter, call: dict[str, Any], ticket: dict[str, Any], agencies: set[tuple[str, str]]) -> bool:
    classed = {
        "": True,
        "NONE": ticket["call_class"] == "" and call["outcome"] == "ANSWERED",
    }.get(wanted.call_class, ticket["call_class"] == wanted.call_class)
    return all((
        classed,
        wanted.tests or not call["test"],
        wanted.outcome in ("", call["outcome"]),
        wanted.category in ("", ticket["category"]),
        wanted.person in ("", call["person"]),
        not wanted.agency or (call["id"], wanted.agency) in agencies,
        wanted.since is None or call["arrived_at"] >= wanted.since,
        wanted.until is None or call["arrived_at"] < wanted.until,
    ))  # fmt: skip


async def test_a_call_whose_arrival_becomes_known_later_moves_in_the_log(room: Room, journal: Journal) -> None:
    await two_calls(room, journal)
    late = replace(ended(answered(tried(a_call("budi")))), arrived_at=NOON + timedelta(hours=1))
    journal.write(about(late))
    await journal.settled(60)
    assert [line.id for line in (await room.history.calls(CallFilter())).lines] == ["budi", "wati"]
    assert [line.id for line in (await room.history.calls(CallFilter(outcome="ANSWERED"))).lines] == ["budi"]
    async with room.database.read() as connection:
        assert (await connection.execute(calls.select().where(calls.c.id == "budi"))).one().outcome == "ANSWERED"
        assert len((await connection.execute(attempts.select())).all()) == 1
