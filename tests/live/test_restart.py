"""Asterisk dies in mid-call and is started again: what is still known, and how soon phones ring."""

from pathlib import Path

import pytest

from callcenter import flac, wav
from tests.live.ami import first
from tests.live.conftest import Room
from tests.live.tone import heard, samples_of
from tests.live.waiting import until

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_after_a_kill_the_journal_has_the_open_call_and_phones_ring_again_at_once(room: Room) -> None:
    caller, her = await room.phone("caller"), await room.phone("101")
    async with room.exchange.desk() as ami:
        await caller.dial("112")
        await her.answer()
        await until(lambda: caller.hears(800) and her.hears(500), "they hear each other")
        call = first(await ami.event("AgentConnect"), "Uniqueid")
        recording = room.exchange.recording(first(ami.events("UserEvent")[0], "Recording"))
    file = room.exchange.home / "asterisk" / "lib" / "astdb.sqlite3"

    def on_disk() -> bool:
        """By its bytes: a reader's lock makes Asterisk roll back the second that it would commit. Committed when the
        journal is gone: a kill before would take it back."""
        written = f"/e112/{call}/ans".encode() in file.read_bytes()
        return written and not file.with_name(f"{file.name}-journal").exists()

    await until(on_disk, "the answer in AstDB on the disk")
    await until(lambda: recording.exists() and wav.look(recording).seconds > 4, "some seconds are recorded")
    assert room.exchange.process
    room.exchange.process.kill()
    await room.exchange.process.wait()
    await compressed_as_it_was_left(recording)
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


async def compressed_as_it_was_left(recording: Path) -> None:
    """Asterisk could not write its length any more: what is there is kept, and known again by its sum."""
    size, digest = wav.digest(recording)
    assert recording.read_bytes()[: wav.HEADER] == wav.UNENDED and not wav.look(recording).closed
    assert heard(samples_of(recording), 500) and heard(samples_of(recording), 800)
    smaller = recording.with_suffix(".flac")
    await flac.pack(smaller, [recording])
    assert await flac.proves(smaller, {recording.name: {"bytes": size, "sha256": digest}}) == 1
