"""Flags in Asterisk's own database: only what differs is written, and only what the dialplan takes."""

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime

from callcenter.asterisk.flags import MOST_NUMBERS, orders, there
from callcenter.core.errors import LineDown
from callcenter.flags import PATIENCE, FlagKeeper

UNTIL = datetime(2026, 1, 15, 5, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Flag:
    e164: str
    effect: str = "flag"
    until: datetime = UNTIL


def test_what_stands_there_is_read() -> None:
    entries: list[dict[str, str | list[str]]] = [
        {"Key": "/flag/+62812", "Val": "1|flag"},
        {"Key": "/other/1", "Val": "x"},
    ]
    assert there(entries) == {"+62812": "1|flag"}


def test_only_differences_are_written_and_what_is_over_is_taken_out() -> None:
    now = {"0812000001": "1768453200|flag", "0812000002": "1|flag", "0812000003": "1|block"}
    wanted = {"0812000001": "1768453200|flag", "0812000002": "1768453200|block"}
    assert list(orders(now, wanted)) == [
        {"NUMBERS": "0812000002", "UNTIL": "1768453200", "EFFECT": "block"},
        {"NUMBERS": "0812000003", "UNTIL": "", "EFFECT": ""},
    ]
    assert list(orders(wanted, wanted)) == []


def test_an_order_holds_only_so_many_numbers_as_a_line_does() -> None:
    wanted = {f"+62812000{n:05}": "1768453200|flag" for n in range(100)}
    made = list(orders({}, wanted))
    assert [len(order["NUMBERS"].split("&")) for order in made] == [MOST_NUMBERS, MOST_NUMBERS, 20]
    assert all(len(f"Variable: NUMBERS={order['NUMBERS']}") < 1000 for order in made)


def test_a_number_that_the_dialplan_would_refuse_is_not_sent() -> None:
    assert list(orders({"a&b": "1|flag"}, {"112": "1768453200|flag", "x,y": "1768453200|flag"})) == []


async def test_every_form_of_the_number_gets_the_flag_s_end_and_effect() -> None:
    put: list[dict[str, str]] = []

    async def running() -> list[Flag]:
        return [Flag("+6281234567890")]

    async def take(wanted: object) -> int:
        put.append(dict(wanted))  # type: ignore[call-overload]
        return 0

    keeper = FlagKeeper(running, take, region="ID", line_up=lambda: True, alarm=lambda *_: None)
    await keeper._look()
    assert put[0]["081234567890"] == put[0]["+6281234567890"] == f"{int(UNTIL.timestamp())}|flag"
    assert len(put[0]) == 5


async def test_an_alarm_is_raised_when_asterisk_does_not_take_them_and_ends_when_it_does() -> None:
    said: list[str | None] = []
    wrong = [True]

    async def running() -> list[Flag]:
        return []

    async def take(_: object) -> int:
        if wrong[0]:
            raise LineDown("There is no link to Asterisk.")
        return 0

    keeper = FlagKeeper(
        running, take, region="ID", line_up=lambda: True, alarm=lambda _, sentence: said.append(sentence)
    )
    for _ in range(PATIENCE):
        await keeper._look()
    assert said[-1] is not None and said[:-1] == [None] * (PATIENCE - 1)
    wrong[0] = False
    await keeper._look()
    assert said[-1] is None


async def test_a_change_is_written_at_once() -> None:
    seen, looked, flags = asyncio.Event(), asyncio.Event(), list[Flag]()

    async def running() -> list[Flag]:
        looked.set()
        return list(flags)

    async def take(wanted: object) -> int:
        if wanted:
            seen.set()
        return 0

    keeper = FlagKeeper(running, take, region="ID", line_up=lambda: True, alarm=lambda *_: None)
    task = asyncio.create_task(keeper.run())
    async with asyncio.timeout(30):
        await looked.wait()
        flags.append(Flag("+6281234567890"))
        keeper.kick()
        await seen.wait()
    task.cancel()
