"""Agencies' lines in Asterisk's own database: only what differs is written, and what is gone is taken out."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from panoramisk.message import Message

from callcenter.asterisk import short_codes
from callcenter.asterisk.short_codes import ShortCodes, differences, wanted
from callcenter.asterisk.wire import Given, Heard
from callcenter.core.agency import Agency, Line
from callcenter.core.catalogue import Catalogue, catalogue_of
from callcenter.core.errors import CallCenterError, LineDown
from tests.live.waiting import until

FIRE = Agency("damkar", "113", "Damkar", "Fire", (Line("113", "trunk:telkom"), Line("101", "position", 15, "0231112")))
NOON = datetime(2026, 1, 14, 12, tzinfo=ZoneInfo("Asia/Jakarta"))


class AstDb:
    """Asterisk's database behind the dialplan's door: takes orders, shows its tree."""

    def __init__(self, **tree: str) -> None:
        self.tree = {f"/agency/{key}": value for key, value in tree.items()}
        self.orders: list[dict[str, str]] = []
        self.wrong: CallCenterError | None = None

    async def ask(self, name: str, given: Given | None = None, *, deadline: float = 3.0) -> Message:
        assert name == "Originate" and given
        if self.wrong:
            raise self.wrong
        lines = given.get("Variable", [])
        assert isinstance(lines, list)
        order = dict(each.split("=", 1) for each in lines)
        self.orders.append({"": str(given["Channel"]), **order})
        if str(given["Channel"]) == "Local/filled@ledger/n":
            self.tree["/agency/filled"] = "1"
        elif order["DIAL"]:
            self.tree[f"/agency/{order['SHORT']}/{order['N']}"] = f"{order['DIAL']}|{order['SHOW']}|{order['RING']}"
        else:
            self.tree.pop(f"/agency/{order['SHORT']}/{order['N']}", None)
        return Heard({"Response": "Success"})

    async def ask_list(self, name: str, given: Given | None = None, *, deadline: float = 3.0) -> list[Message]:
        assert (name, given) == ("DBGetTree", {"Family": "agency"})
        if self.wrong:
            raise self.wrong
        return [Heard({"Event": "DBGetTreeResponse", "Key": key, "Val": value}) for key, value in self.tree.items()]


class Room:
    """A link that is up or not, and a catalogue that changes."""

    def __init__(self, astdb: AstDb, *agencies: Agency) -> None:
        self.up, self.catalogue, self.at = True, catalogue_of(agencies), NOON
        self.astdb, self.looks = astdb, 0
        self.lines = ShortCodes(astdb, lambda: self.catalogue, self._is_up, lambda: self.at, ZoneInfo("Asia/Jakarta"))

    def _is_up(self) -> bool:
        self.looks += 1
        return self.up

    def change(self, *agencies: Agency) -> None:
        self.catalogue = catalogue_of(agencies)
        self.lines.stir()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        task = asyncio.create_task(self.lines.run())
        try:
            yield
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task


def test_each_line_has_its_dial_string_the_number_that_it_shows_and_its_seconds() -> None:
    assert wanted(catalogue_of([FIRE]), NOON) == {
        "filled": "1",
        "113/1": "PJSIP/113@trunk-telkom|112|20",
        "113/2": "PJSIP/101|0231112|15",
    }


def test_those_that_are_staffed_now_come_first_and_none_is_left_out() -> None:
    day, night = Line("1001", "trunk:t", hours="07:00-19:00"), Line("1002", "trunk:t", hours="19:00-07:00")
    agency = Agency("a", "99", "A", "", (day, night))
    midnight = datetime(2026, 1, 14, 0, tzinfo=ZoneInfo("Asia/Jakarta"))
    assert wanted(catalogue_of([agency]), NOON)["99/1"].startswith("PJSIP/1001@")
    assert wanted(catalogue_of([agency]), midnight)["99/1"].startswith("PJSIP/1002@")
    assert len(wanted(catalogue_of([agency]), midnight)) == 3


def test_a_line_that_cannot_be_dialled_is_left_out_and_the_others_stay() -> None:
    evil = Agency("a", "99", "A", "", (Line("1;x", "trunk:t"), Line("1002", "trunk:t")))
    assert wanted(catalogue_of([evil]), NOON) == {"filled": "1", "99/1": "PJSIP/1002@trunk-t|112|20"}


def test_only_what_differs_is_ordered_and_that_all_is_there_comes_last() -> None:
    there = {"113/1": "PJSIP/113@trunk-telkom|112|20", "113/2": "old|1|1", "119/1": "PJSIP/119@trunk-telkom|112|20"}
    orders = differences(there, wanted(catalogue_of([FIRE]), NOON))
    assert orders == [
        {"SHORT": "113", "N": "2", "DIAL": "PJSIP/101", "SHOW": "0231112", "RING": "15"},
        {"SHORT": "119", "N": "1", "DIAL": "", "SHOW": "", "RING": ""},
        {},
    ]
    assert differences(wanted(catalogue_of([FIRE]), NOON), wanted(catalogue_of([FIRE]), NOON)) == []


async def test_a_change_is_written_at_once_and_a_new_short_code_leaves_nothing_of_the_old_one() -> None:
    astdb = AstDb(**{"113/1": "PJSIP/113@trunk-telkom|112|20", "113/2": "PJSIP/101|0231112|15", "filled": "1"})
    room = Room(astdb, FIRE)
    async with room.running():
        room.change(Agency("damkar", "213", "Damkar", "Fire", FIRE.lines[:1]))
        await until(lambda: astdb.tree.keys() == {"/agency/filled", "/agency/213/1"}, "only the new code stands there")
    assert len(astdb.orders) == 3


async def test_after_a_new_login_it_is_compared_again_and_nothing_is_written_twice() -> None:
    astdb = AstDb()
    room = Room(astdb, FIRE)
    async with room.running():
        await until(lambda: "/agency/filled" in astdb.tree, "all of it")
        assert len(astdb.orders) == 3
        astdb.tree.pop("/agency/113/2")  # while we were away
        room.lines.stir()
        await until(lambda: "/agency/113/2" in astdb.tree, "it is written again")
        assert len(astdb.orders) == 4


async def test_while_the_line_is_down_nothing_is_asked_and_then_all_of_it_is_written() -> None:
    astdb = AstDb()
    room = Room(astdb, FIRE)
    room.up = False
    async with room.running():
        await until(lambda: room.looks, "it looks")
        assert astdb.orders == []
        room.up = True
        room.lines.stir()
        await until(lambda: len(astdb.tree) == 3, "all of it")


async def test_what_fails_is_said_tried_again_and_then_no_longer_said() -> None:
    astdb = AstDb()
    astdb.wrong = LineDown("There is no link to Asterisk. Nothing was sent; use the phone itself.")
    room = Room(astdb, FIRE)
    async with room.running():
        await until(lambda: room.lines.trouble, "it is said")
        assert "old number" in str(room.lines.trouble)
        astdb.wrong = None
        await until(lambda: room.lines.trouble is None, "it is over")
        assert len(astdb.tree) == 3


async def test_a_key_that_is_not_ours_stays() -> None:
    astdb = AstDb(**{"other": "x", "7/1": "short"})
    room = Room(astdb)
    async with room.running():
        await until(lambda: "/agency/filled" in astdb.tree, "all of it")
    assert "/agency/other" in astdb.tree and "/agency/7/1" in astdb.tree


def test_an_empty_room_has_only_the_mark() -> None:
    assert wanted(Catalogue(), datetime.now(UTC)) == {short_codes.FILLED: "1"}
