"""The book of agencies: filled once, changed by two people at once, known while the database is away."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select

from callcenter.core.agency import Agency, Category, Line
from callcenter.core.book import Book, Kept, Roads, put
from callcenter.core.errors import Conflict, Refused
from callcenter.storage import Database, Directory, Journal, Unfit, sqlite_url
from callcenter.storage.tables_people import audit
from tests.storage.cast import Clock, a_call, answered, arrival, tried
from tests.storage.conftest import Room

FIRE = Agency("damkar", "113", "Damkar", "Fire department", (Line("113", "trunk"), Line("0231201113", "trunk")))
AMBULANCE = Agency("psc119", "119", "PSC 119", "Ambulance", (Line("119", "trunk:telkom"),), escalation="damkar")
BURNS = Category("FIRE", "Kebakaran", "Fire", 1, ("damkar", "psc119"), "FSTRU", "Kebakaran")
CARE = Category("CARE", "Wadul Bae", "Care", 3, ("psc119",))
FIRST = Book((Kept(FIRE), Kept(AMBULANCE)), (Kept(BURNS), Kept(CARE, active=False)))
ROADS = Roads(("telkom",), ("192.0.2.20:5060",), ("101", "102"), ("112", "+62112", "0231112"))


def directory_of(
    room: Room, tmp_path: Path, changed: Callable[[], None] = lambda: None, first: Book = FIRST
) -> Directory:
    return Directory(
        room.database,
        first=lambda: first,
        roads=ROADS,
        copy=tmp_path / "agencies.json",
        clock=room.clock,
        changed=changed,
    )


@pytest.fixture
async def directory(room: Room, tmp_path: Path) -> Directory:
    made = directory_of(room, tmp_path)
    await made.open()
    return made


def with_agency(agency: Agency, active: bool = True) -> Callable[[Book], Book]:
    return lambda book: replace(book, agencies=put(book.agencies, Kept(agency, active)))


async def test_an_empty_database_is_filled_from_the_settings_once(room: Room, tmp_path: Path) -> None:
    directory = directory_of(room, tmp_path)
    await directory.open()
    assert list(directory().agencies) == ["damkar", "psc119"]
    assert directory().agencies["damkar"].lines[0].road == "trunk:telkom"  # the first one of now
    assert list(directory().categories) == ["FIRE"]
    assert directory().category_name("CARE", "id") == "Wadul Bae"  # rests, and still has its name
    again = directory_of(room, tmp_path, first=Book((Kept(replace(FIRE, short="999")),)))
    await again.open()
    assert again().agencies["damkar"].short == "113"


async def test_a_change_is_there_for_everybody_and_stands_in_the_audit(
    room: Room, tmp_path: Path, directory: Directory
) -> None:
    told: list[str] = []
    other = directory_of(room, tmp_path, lambda: told.append("changed"))
    await other.open()
    told.clear()
    await directory.change(with_agency(replace(FIRE, short="213")), by="ayu", seen={"damkar": 1})
    assert directory().agencies["damkar"].short == "213"
    await other.look()  # another program
    assert (other().agencies["damkar"].short, told) == ("213", ["changed"])
    await other.look()
    assert told == ["changed"]
    async with room.database.read() as connection:
        rows = (await connection.execute(select(audit).where(audit.c.action == "agency.change"))).all()
    assert [(row.by, row.target, row.details) for row in rows] == [("ayu", "damkar", {"short": ["113", "213"]})]


async def test_two_administrators_never_overwrite_each_other(directory: Directory) -> None:
    await directory.change(with_agency(replace(FIRE, name_en="Fire")), by="ayu", seen={"damkar": 1})
    with pytest.raises(Conflict, match="ayu changed damkar meanwhile"):
        await directory.change(with_agency(replace(FIRE, short="213")), by="bima", seen={"damkar": 1})
    assert directory().agencies["damkar"].short == "113"
    await directory.change(with_agency(replace(FIRE, short="213")), by="bima", seen={"damkar": 2})
    kept = directory.book.agency("damkar")
    assert kept and (kept.version, kept.changed_by) == (3, "bima")


async def test_a_new_agency_takes_no_other_ones_place(directory: Directory) -> None:
    new = Agency("bpbd", "117", "BPBD", "")
    await directory.change(with_agency(new), by="ayu", seen={"bpbd": 0})
    with pytest.raises(Conflict):
        await directory.change(with_agency(new), by="bima", seen={"bpbd": 0})


async def test_lines_come_back_in_the_order_in_which_they_ring(directory: Directory) -> None:
    lines = (
        Line("03", "trunk", order=7),
        Line("01", "trunk", order=2, hours="mon-fri 08:00-16:00"),
        Line("02", "position", order=2, ring_s=9, show="0231112"),
    )
    lines = (lines[0], lines[1], replace(lines[2], number="101"))
    await directory.change(with_agency(replace(FIRE, lines=lines)), by="ayu", seen={"damkar": 1})
    book = await directory.read()
    kept = book.agency("damkar")
    assert kept
    assert [(line.number, line.order) for line in kept.what.lines] == [("01", 1), ("101", 1), ("03", 2)]
    assert kept.what.lines[0].hours == "mon-fri 08:00-16:00"


async def test_what_would_break_dialling_is_refused_and_nothing_changes(directory: Directory) -> None:
    bad = replace(FIRE, short="119", lines=(Line("112", "trunk"),))
    with pytest.raises(Unfit) as wrong:
        await directory.change(with_agency(bad), by="ayu", seen={"damkar": 1})
    assert {fault.field for fault in wrong.value.faults} == {"short", "lines.0.number"}
    assert directory.book.revision == 1


async def test_what_was_used_rests_and_what_was_not_may_go(room: Room, journal: Journal, directory: Directory) -> None:
    call = tried(answered(a_call("budi")))
    journal.write(arrival(call))
    await journal.settled(60)

    def without(code: str) -> Callable[[Book], Book]:
        return lambda book: replace(
            book,
            agencies=tuple(
                replace(one, what=replace(one.what, escalation="")) for one in book.agencies if one.code != code
            ),
            categories=tuple(
                replace(one, what=replace(one.what, agencies=tuple(a for a in one.what.agencies if a != code)))
                for one in book.categories
            ),
        )

    with pytest.raises(Refused, match="stands in the history"):
        await directory.change(without("damkar"), by="ayu", seen={"damkar": 1})
    await directory.change(without("psc119"), by="ayu", seen={"psc119": 1})
    assert list(directory().agencies) == ["damkar"]
    await directory.change(with_agency(FIRE, active=False), by="ayu", seen={})
    assert directory().agencies == {}
    assert directory().agency_name("damkar", "id") == "Damkar"
    assert directory().categories["FIRE"].agencies == ()


async def test_with_the_database_away_the_last_good_copy_serves(
    room: Room, tmp_path: Path, directory: Directory
) -> None:
    await directory.change(with_agency(replace(FIRE, short="213")), by="ayu", seen={"damkar": 1})
    nowhere = Database(sqlite_url(tmp_path / "no" / "such" / "folder" / "x.db"), read_s=1)
    later = Directory(nowhere, first=lambda: FIRST, roads=ROADS, copy=tmp_path / "agencies.json", clock=room.clock)
    await later.open()
    assert later().agencies["damkar"].short == "213"
    assert later().agencies["damkar"].lines == directory().agencies["damkar"].lines
    assert dict(later().resting_categories) == dict(directory().resting_categories)
    assert (tmp_path / "agencies.json").stat().st_mode & 0o077 == 0
    unknown = Directory(nowhere, first=lambda: FIRST, roads=ROADS, copy=tmp_path / "none.json", clock=room.clock)
    await unknown.open()
    assert unknown().agencies["damkar"].short == "113"  # as the settings say
    await nowhere.close()


@pytest.mark.parametrize("text", ["", "{", "[]", '{"agencies": [{"code": 1}], "categories": []}'])
async def test_a_spoilt_copy_is_no_copy(clock: Clock, tmp_path: Path, text: str) -> None:
    (tmp_path / "agencies.json").write_text(text)
    nowhere = Database(sqlite_url(tmp_path / "no" / "such" / "folder" / "x.db"), read_s=1)
    later = Directory(nowhere, first=lambda: FIRST, roads=ROADS, copy=tmp_path / "agencies.json", clock=clock)
    await later.open()
    assert list(later().agencies) == ["damkar", "psc119"]
    await nowhere.close()
