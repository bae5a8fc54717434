"""Asterisk dies in mid-call and is started again: what is still known, and how soon phones ring."""

import sqlite3
from contextlib import closing

import pytest

from tests.live.ami import first
from tests.live.conftest import Room
from tests.live.waiting import until

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_after_a_kill_the_journal_has_the_open_call_and_phones_ring_again_at_once(room: Room) -> None:
    caller, her = await room.phone("caller"), await room.phone("101")
    async with room.exchange.desk() as ami:
        await caller.dial("112")
        await her.answer()
        call = first(await ami.event("AgentConnect"), "Uniqueid")
    file = room.exchange.home / "asterisk" / "lib" / "astdb.sqlite3"

    def on_disk() -> bool:  # Asterisk writes AstDB about once a second
        with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as db:
            keys = [key for (key,) in db.execute("SELECT key FROM astdb WHERE key LIKE '/e112/%'")]
        return f"/e112/{call}/ans" in keys

    await until(on_disk, "the answer in AstDB on the disk")
    assert room.exchange.process
    room.exchange.process.kill()
    await room.exchange.process.wait()
    await room.exchange.start()
    journal = await room.exchange.journal()
    assert f"e112/{call}/in" in journal
    assert f"e112/{call}/end" not in journal
    events = [row["eventtype"] for row in room.exchange.timeline() if row["linkedid"] == call]
    assert "ANSWER" in events
    assert "LINKEDID_END" not in events
    for phone in (caller, her):
        await phone.quiet()
    await caller.dial("112")
    await her.answer()
    await until(lambda: caller.hears(800) and her.hears(500), "they hear each other")
