"""The proof that no call was lost: gaps, books, lights and alarms, and what /healthz says when a part is dead."""

import json
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession, CookieJar
from yarl import URL

from callcenter.core import alarms
from callcenter.core.account import Account, Difference, Kind
from callcenter.core.alarms import Alarm
from callcenter.core.errors import StoreDown
from callcenter.core.facts import CallArrived
from callcenter.core.floor import Gap
from callcenter.selftest import NOT_HEARD, Light
from callcenter.storage.trouble import LOCKED
from callcenter.web.i18n import read_languages
from callcenter.web.proof import Lights, Proofs
from tests.browser.scenes import nobody_listened
from tests.web.conftest import Visitor
from tests.web.fakes import NIGHT
from tests.web.house import PASSWORD, House, house
from tests.web.test_api import fits, promised

Visit = Callable[..., Awaitable[Visitor]]
GIGA = 1 << 30


@dataclass
class Books:
    """What the accountant would find."""

    found: Account = field(default_factory=lambda: Account(NIGHT, NIGHT, 27, 27, 27))
    silent: StoreDown | None = None
    asked: list[tuple[datetime, datetime]] = field(default_factory=list)

    @property
    def last(self) -> Account:
        return self.found

    async def compare(self, since: datetime, until: datetime) -> Account:
        self.asked.append((since, until))
        if self.silent:
            raise self.silent
        return self.found


@dataclass
class Test:
    __test__ = False
    light: Light = field(default_factory=Light)


@dataclass
class Room:
    """A house whose other parts say what a story wants."""

    books: Books = field(default_factory=Books)
    test: Test = field(default_factory=Test)
    alarms: list[Alarm] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)
    free: int = 80 * GIGA
    house: House = field(init=False)

    def proofs(self) -> Proofs:
        return Proofs(
            notices=lambda: self.notices,
            alarms=lambda: self.alarms,
            books=self.books,
            self_test=self.test,
            free=lambda folder: self.free,
        )


@pytest.fixture
async def room(tmp_path: Path) -> AsyncIterator[Room]:
    made = Room()
    async with house(tmp_path / "home", proofs=made.proofs()) as made.house:
        for name, role in (("siti", "call_taker"), ("bima", "supervisor"), ("agus", "auditor")):
            await made.house.people.add_user(name, role=role, password=PASSWORD)
        made.house.telephone.ready("101", "102", "103", "104")
        yield made


@pytest.fixture
async def come(room: Room) -> AsyncIterator[Visit]:
    sessions: list[ClientSession] = []

    async def arrive(name: str = "", position: str = "") -> Visitor:
        sessions.append(ClientSession(cookie_jar=CookieJar(unsafe=True)))
        visitor = Visitor(sessions[-1], URL(room.house.url))
        if name:
            await visitor.sign_in(name, position)
        return visitor

    yield arrive
    for session in sessions:
        await session.close()


async def health(visitor: Visitor) -> tuple[int, dict[str, Any]]:
    status, text = await visitor.get("/healthz")
    return status, json.loads(text)


async def test_a_gap_is_told_with_what_was_found_again_and_what_was_cut(room: Room, come: Visit) -> None:
    nobody_listened(room.house)
    await room.house.stored()
    for name in ("bima", "agus"):
        _, page = await (await come(name)).get("/proof")
        assert "tanpa pantauan 00.57.07–00.59.19" in page
        assert "2 panggilan ditemukan lagi" in page
        assert "1 terputus" in page
        assert "0 tidak diketahui" in page


async def test_a_blink_in_which_nothing_happened_is_no_gap(room: Room, come: Visit) -> None:
    room.house.board.gap(Gap(NIGHT - timedelta(seconds=2), NIGHT - timedelta(seconds=1.2), found=0, unknown=0))
    await room.house.stored()
    _, page = await (await come("bima")).get("/proof")
    assert "didengarkan tanpa jeda" in page
    _, screen = await (await come("siti", "101")).get("/")
    assert "buta" not in screen
    assert (await health(await come()))[1]["gaps"] == []


async def test_the_status_line_tells_of_a_gap_for_twelve_hours(room: Room, come: Visit) -> None:
    siti = await come("siti", "101")
    nobody_listened(room.house, ago_s=13 * 3600)
    assert "buta" not in (await siti.get("/"))[1]
    nobody_listened(room.house)
    assert "tanpa pantauan 00.57–00.59: 2 ditemukan, 1 terputus, 0 tak diketahui" in (await siti.get("/"))[1]


async def test_the_books_come_out(room: Room, come: Visit) -> None:
    _, page = await (await come("bima")).get("/proof")
    assert "setiap panggilan punya satu tiket" in page
    assert "<dd>27</dd>" in page
    day = (datetime.fromisoformat("2026-11-21T17:00:00Z"), datetime.fromisoformat("2026-11-22T17:00:00Z"))
    assert room.books.asked == [day]  # Sunday in Cirebon


async def test_a_call_that_is_missing_in_a_book_is_named(room: Room, come: Visit) -> None:
    gone = Difference("e112-1790000009.1", NIGHT, Kind.NO_CALL)
    late = Difference("e112-1790000010.1", NIGHT, Kind.ON_ITS_WAY)
    room.books.found = Account(NIGHT, NIGHT, 28, 26, 26, (gone, late))
    _, page = await (await come("bima")).get("/proof?day=2026-11-20")
    assert "Panggilan yang hilang di salah satu buku: 1" in page
    assert "/calls/e112-1790000009.1" in page
    assert "ada di catatan Asterisk, tetapi tidak ada di sini" in page
    assert "Jumat, 20 November 2026" in page
    _, told = await health(await come())
    assert (told["account"]["exceptions"], told["account"]["missing"]) == (2, 1)


async def test_books_that_cannot_be_read_are_a_sentence(room: Room, come: Visit) -> None:
    room.books.silent = StoreDown(LOCKED, place="callcenter.db")
    status, page = await (await come("bima")).get("/proof")
    assert status == 200
    assert "Basis data sedang dipakai program lain (callcenter.db)" in page


async def test_a_day_that_is_none_is_said(room: Room, come: Visit) -> None:
    bima = await come("bima")
    for day in ("kemarin", "0001-01-01", "9999-12-31", "2026-13-01"):
        status, page = await bima.get(f"/proof?day={day}")
        assert status == 400 and "day bukan tanggal" in page, day


async def test_what_was_put_aside_is_in_sight(room: Room, come: Visit) -> None:
    room.house.board.hear(CallArrived("e112-1.1", NIGHT, "+6281", None, dialled=object()))  # type: ignore[arg-type]
    await room.house.stored()
    _, page = await (await come("bima")).get("/proof")
    assert "CallArrived" in page
    assert "Tidak ada yang dibuang" in page


async def test_the_light_of_the_self_test_has_its_history(room: Room, come: Visit) -> None:
    _, page = await (await come("bima")).get("/proof")
    assert "Belum ada panggilan uji." in page
    for minute, why in enumerate(("", NOT_HEARD, "")):
        at = NIGHT + timedelta(minutes=5 * minute)
        room.test.light = Light(ok=not why, at=at, took_s=2.4, last_ok=NIGHT, why=why)
        room.house.board.tell()
    _, page = await (await come("bima")).get("/proof")
    assert page.count('<li class="good" title=') == 2
    assert "tidak ada suara yang lewat" in page
    _, told = await health(await come())
    assert (told["self_test"]["light"], told["self_test"]["ok"]) == ("good", True)


def test_only_the_last_lights_are_kept() -> None:
    test = Test()
    lights = Lights(test)
    for minute in range(500):
        test.light = Light(ok=True, at=NIGHT + timedelta(minutes=minute))
        lights.look()
        lights.look()
    assert len(lights.seen) < 100
    assert lights.seen[-1].at == NIGHT + timedelta(minutes=499)


async def test_an_alarm_stands_on_the_screen_the_proof_and_in_healthz(room: Room, come: Visit) -> None:
    sentence = alarms.A_TRUNK.format(names="telkom")
    room.alarms.append(Alarm("trunks", sentence, NIGHT))
    room.notices.append(sentence)
    said = "Trunk telkom tidak menjawab"
    assert said in (await (await come("siti", "101")).get("/"))[1]
    _, page = await (await come("bima")).get("/proof")
    assert page.count(said) == 1
    _, told = await health(await come())
    assert [alarm["code"] for alarm in told["alarms"]] == ["trunks"]
    fits(room.house, told, promised(room.house, "/healthz"))


async def test_a_ringing_call_stands_above_every_alarm(room: Room, come: Visit) -> None:
    room.alarms.append(Alarm("disk-full", alarms.DISK_FULL, NIGHT))
    call = room.house.telephone.dials("e112-1.1", "+6281234567890")
    room.house.telephone.rings(call, "101")
    _, page = await (await come("siti", "101")).get("/")
    assert "PANGGILAN DARURAT" in page
    assert 'class="ring blind alarm"' not in page


async def test_healthz_says_no_when_the_disk_is_full(room: Room, come: Visit) -> None:
    room.free = 50 * 1024**2
    status, told = await health(await come())
    assert (status, told["status"]) == (503, "trouble")
    assert told["reasons"] == ["The disk is full: recordings and tickets cannot be stored. Free some space."]
    room.free = GIGA
    status, told = await health(await come())
    assert (status, told["warnings"]) == (200, ["The disk is nearly full."])


async def test_healthz_says_no_when_the_database_cannot_be_written(room: Room, come: Visit) -> None:
    nobody = await come()
    with closing(sqlite3.connect(room.house.settings.home / "callcenter.db", isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        status, told = await health(nobody)
    assert (status, told["status"], told["database"]["ok"]) == (503, "trouble", False)
    assert "database" in told["reasons"][0]
    fits(room.house, told, promised(room.house, "/healthz", 503))


async def test_the_proof_opens_also_while_the_database_is_held(room: Room, come: Visit) -> None:
    bima = await come("bima")
    with closing(sqlite3.connect(room.house.settings.home / "callcenter.db", isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        status, page = await bima.get("/proof")
    assert status == 200
    assert "basis data" in page.lower()


def test_a_sentence_that_was_filled_elsewhere_is_said_in_the_room_s_language() -> None:
    room = read_languages()["id"]
    assert room.again(alarms.NO_TRUNK.format(names="a, b")).startswith("Tidak ada trunk yang menjawab (a, b)")
    assert room.again(alarms.DISK_FULL).startswith("Disk penuh")
    assert room.again("Something that nobody translated.") == "Something that nobody translated."
    assert room.again("") == ""
    assert replace(room, sentences={}).again("x {y}") == "x {y}"


def test_every_alarm_of_the_room_has_its_words() -> None:
    room = read_languages()["id"]
    told: Sequence[str] = (alarms.NO_PHONE, alarms.NOBODY_HEARS, alarms.NO_TRUNK, alarms.A_TRUNK, alarms.DISK_FULL)
    for sentence in told:
        said = sentence.format(names="telkom")
        assert room.again(said) != said
