"""What becomes of a recording: judged, hashed, made smaller without a lost sample; whoever changes it is found."""

import asyncio
import math
import os
import sqlite3
import subprocess
import sys
from array import array
from collections.abc import AsyncIterator
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest
import soundfile

from callcenter import flac, wav
from callcenter.core.call import Call
from callcenter.core.errors import BadInput, NotFound
from callcenter.core.recorded import Piece, Span
from callcenter.keeper import Keeper
from callcenter.reach import own_disk
from callcenter.recorder import Seen
from callcenter.recordings import verify
from callcenter.settings import Settings
from callcenter.settings_reader import read_settings
from callcenter.storage import Database, Journal, Recording, Recordings, migrate
from tests.storage.cast import NOON, READ_NUMBER, ZONE, Clock, a_call, about, answered, arrival, ended

TALK_S = 56.0  # from the cast: answered after 4 s, ended after 60


def tone(seconds: float, hertz: int) -> bytes:
    second = array("h", (int(9000 * math.sin(2 * math.pi * hertz * n / wav.RATE)) for n in range(wav.RATE)))
    return second.tobytes() * int(seconds)


@dataclass
class Room:
    settings: Settings
    clock: Clock
    journal: Journal
    rows: Recordings
    keeper: Keeper
    alarms: dict[str, str | None]
    seen: dict[str, Seen]
    ticks: list[float]

    def file(self, call: Call, ending: str = "") -> Path:
        return self.settings.recordings / f"2026/01/14/{call.id}{ending}.wav"

    def put(self, call: Call, ending: str, sound: bytes, *, closed: bool = True) -> Path:
        path = self.file(call, ending)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes((wav.header(len(sound)) if closed else wav.UNENDED) + sound)
        return path

    async def over(self) -> Call:
        call = replace(a_call(), number=None)
        whole = ended(answered(replace(call, recording=f"2026/01/14/{call.id}.wav")))
        for entry in (arrival(call), about(whole)):
            self.journal.write(entry)
        await self.journal.settled(20)
        self.clock.at = max(self.clock.at, NOON + timedelta(seconds=75))
        return whole

    def older_backup(self, row: Recording) -> None:
        """The database is of before its recording was compressed."""
        name = Path(row.path).with_suffix(".wav")
        was = row.originals[name.name]
        with closing(sqlite3.connect(self.settings.home / "callcenter.db")) as db:
            db.execute(
                "UPDATE recordings SET path = ?, bytes = ?, sha256 = ?, sides = 1, packed_at = NULL WHERE id = ?",
                (str(name), was["bytes"], was["sha256"], row.id),
            )
            db.commit()

    async def row(self, call: Call) -> Recording:
        return (await self.rows.of([call.id]))[call.id][0]


@pytest.fixture
async def room(tmp_path: Path) -> AsyncIterator[Room]:
    settings = read_settings({"CALLCENTER_HOME": str(tmp_path)})
    await migrate(settings.database_url)
    settings.recordings.mkdir(parents=True)
    clock, alarms, seen, ticks = Clock(), dict[str, str | None](), dict[str, Seen](), [0.0]

    def told(call: str, piece: Piece) -> Seen:
        return seen.get(call, Seen())

    async with Database(settings.database_url, write_s=20).running() as database:
        journal = Journal(database, settings.spool, zone=ZONE, read_number=READ_NUMBER, clock=clock)
        rows = Recordings(database, settings.recordings, clock=clock)
        keeper = Keeper(
            settings.recordings, rows, seen=told, clock=clock, days=365, pack_after_s=300, alarm=alarms.__setitem__,
            ticks=lambda: ticks[0],
        )  # fmt: skip
        journal.open()
        task = asyncio.create_task(journal.run())
        yield Room(settings, clock, journal, rows, keeper, alarms, seen, ticks)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await journal.close()


async def test_a_call_becomes_one_file_with_two_sides_without_a_lost_sample_and_whoever_changes_it_is_found(
    room: Room,
) -> None:
    call = await room.over()
    his, hers = tone(TALK_S, 500), tone(TALK_S, 800)
    for ending, sound in (("", tone(TALK_S, 600)), ("-in", his), ("-out", hers)):
        room.put(call, ending, sound)
    written = wav.digest(room.file(call))
    assert await room.keeper.seal()
    row = await room.row(call)
    assert (row.verdict, row.bytes, row.sha256) == ("COMPLETE", *written)
    assert await verify(room.settings, room.clock) == (
        0,
        ["1 recordings are as they were written; 0 were deleted."],
    )
    await room.keeper.pack()
    assert room.file(call).exists()  # its time has not come
    room.clock.pass_(301)
    await room.keeper.pack()
    row = await room.row(call)
    kept = room.settings.recordings / row.path
    assert (kept.suffix, row.sides) == (".flac", 2)
    assert wav.digest(kept) == (row.bytes, row.sha256)
    assert row.originals[f"{call.id}.wav"] == {"bytes": written[0], "sha256": written[1]}
    assert {file.name for file in kept.parent.iterdir()} == {f"{call.id}.flac", f"{call.id}.peaks"}
    with soundfile.SoundFile(kept) as sound:
        woven = array("h", bytes(sound.buffer_read(dtype="int16")))
    assert (woven[0::2].tobytes(), woven[1::2].tobytes()) == (his, hers)
    columns = await flac.peaks(kept)
    assert [len(side) for side in columns] == [600, 600] and {max(side) for side in columns} <= {26, 27, 28}
    kept.write_bytes(kept.read_bytes()[:-1] + b"\0")
    code, said = await verify(room.settings, room.clock)
    assert code == 1 and "somebody or something changed it" in said[0]
    kept.unlink()
    code, said = await verify(room.settings, room.clock)
    assert code == 1 and "is not there" in said[0]
    await room.rows.erase([call.id], by="bima", why="asked")
    assert (await verify(room.settings, room.clock))[0] == 0


async def test_truncated_deleted_and_cut_recordings_have_their_verdicts(room: Room) -> None:
    short, gone, cut, holed = [await room.over() for _ in range(4)]
    room.put(short, "", tone(TALK_S, 500))
    os.truncate(room.file(short), wav.HEADER + 16000 * 30)  # its header says more than is there
    room.put(cut, "", tone(TALK_S - 1, 500), closed=False)  # Asterisk was killed
    room.put(holed, "", tone(TALK_S - 20, 500))
    hole = Span(NOON + timedelta(seconds=20), NOON + timedelta(seconds=40))
    room.seen[holed.id] = Seen(NOON + timedelta(seconds=4), (hole,))
    for call in (short, cut):
        os.utime(room.file(call), (NOON.timestamp(), NOON.timestamp()))
    assert await room.keeper.seal()
    found = {call.id: await room.row(call) for call in (short, gone, cut, holed)}
    assert [found[call.id].verdict for call in (short, gone, cut, holed)] == ["GAP", "MISSING", "GAP", "GAP"]
    assert [round(found[call.id].missing_s) for call in (short, gone, holed)] == [26, 56, 20]
    assert found[holed.id].spans == (hole,)


async def test_a_file_that_is_still_being_written_is_left_alone_and_one_without_legs_is_kept_as_it_is(
    room: Room,
) -> None:
    call = await room.over()
    room.put(call, "", tone(TALK_S, 500), closed=False)
    os.utime(room.file(call), (room.clock.at.timestamp(), room.clock.at.timestamp()))
    assert not await room.keeper.seal()
    assert await room.rows.of([call.id]) == {}
    room.put(call, "", tone(TALK_S, 500))
    assert await room.keeper.seal()
    room.clock.pass_(400)
    await room.keeper.pack()
    row = await room.row(call)
    assert (row.sides, room.file(call).exists()) == (1, False)


async def test_a_recording_that_was_changed_before_it_is_compressed_stays_as_it_is_and_alarms(room: Room) -> None:
    call = await room.over()
    room.put(call, "", tone(TALK_S, 500))
    await room.keeper.seal()
    room.put(call, "", tone(TALK_S, 700))
    room.clock.pass_(400)
    await room.keeper.pack()
    assert room.file(call).exists() and call.id in (room.alarms["recordings-damaged"] or "")
    await room.keeper.look()
    assert room.alarms["recordings-damaged"] and room.file(call).exists()
    room.put(call, "", tone(TALK_S, 500))  # from a backup
    room.ticks[0] += 3600
    await room.keeper.look()
    assert (await room.row(call)).packed_at and not room.alarms.get("recordings-damaged")


@pytest.mark.parametrize("ended", [True, False], ids=["both sides", "one file of a killed Asterisk"])
async def test_a_backup_older_than_the_compression_knows_its_recordings_again_by_their_sums(
    room: Room, ended: bool
) -> None:
    call = await room.over()
    for ending in ("", "-in", "-out") if ended else ("",):
        path = room.put(call, ending, tone(TALK_S, 500 + len(ending)), closed=ended)
        os.utime(path, (NOON.timestamp(), NOON.timestamp()))
    await room.keeper.seal()
    room.clock.pass_(400)
    await room.keeper.pack()
    packed = await room.row(call)
    assert packed.packed_at is not None and not room.file(call).exists()
    room.older_backup(packed)
    assert await verify(room.settings, room.clock) == (0, ["1 recordings are as they were written; 0 were deleted."])
    await room.keeper.pack()
    again = await room.row(call)
    assert (again.path, again.sha256, again.sides) == (packed.path, packed.sha256, 2 if ended else 1)
    assert not room.alarms.get("recordings-damaged")
    room.older_backup(packed)
    kept = room.settings.recordings / packed.path
    sound, _ = soundfile.read(kept, dtype="int16")
    sound.flat[4711] += 1
    soundfile.write(kept, sound, wav.RATE, subtype="PCM_16")
    code, said = await verify(room.settings, room.clock)
    assert code == 1 and "somebody or something changed it" in said[0]
    await room.keeper.pack()
    assert call.id in (room.alarms["recordings-damaged"] or "") and kept.exists()


async def test_verifying_says_what_it_cannot_tell_and_compares_each_side(room: Room) -> None:
    assert await verify(room.settings, room.clock) == (0, ["There is no recording yet."])
    call = await room.over()
    for ending in ("", "-in", "-out"):
        room.put(call, ending, tone(TALK_S, 500))
    await room.keeper.seal()
    room.file(call, "-out").write_bytes(b"other")
    code, said = await verify(room.settings, room.clock)
    assert (code, len(said)) == (1, 2)
    assert f"{call.id}-out.wav is not what was written" in said[0] and said[1].startswith("1 of 1 recordings")
    home = {"CALLCENTER_HOME": str(room.settings.home), "CALLCENTER_AMI_HOST": "192.0.2.7"}
    with pytest.raises(NotFound, match=r"another machine \(192\.0\.2\.7\)"):
        await verify(read_settings(home), room.clock)
    mounted = {**home, "CALLCENTER_RECORDINGS_FOLDER": str(room.settings.home / "mounted")}
    assert (own_disk(read_settings(mounted)), own_disk(room.settings)) == (room.settings.home, room.settings.recordings)
    with pytest.raises(NotFound, match="is it mounted"):
        await verify(read_settings(mounted), room.clock)
    room.settings.recordings.rename(room.settings.home / "mounted")
    assert (await verify(read_settings(mounted), room.clock))[0] == 1
    with pytest.raises(BadInput, match="Is CALLCENTER_HOME right"):
        await verify(room.settings, room.clock)


async def test_a_clock_in_the_wrong_year_deletes_nothing_until_a_person_had_a_day_to_see_it(room: Room) -> None:
    call = await room.over()
    room.put(call, "", tone(TALK_S, 500))
    room.clock.pass_(21 * 86400)  # the service was away: what ended weeks ago is judged all the same
    await room.keeper.look()
    assert (await room.row(call)).verdict == "COMPLETE"
    room.clock.pass_(500 * 86400)
    await room.keeper.look()
    kept = room.settings.recordings / (await room.row(call)).path
    assert kept.exists() and "jumped by" in (room.alarms["clock"] or "")
    room.clock.pass_(86400)
    room.ticks[0] += 86400
    await room.keeper.look()
    assert not kept.exists() and room.alarms["clock"] is None


async def test_a_side_that_is_still_written_is_waited_for_also_by_a_clock_that_was_set_back(room: Room) -> None:
    call = await room.over()
    for ending in ("", "-in", "-out"):
        room.put(call, ending, tone(TALK_S, 500), closed=ending != "-out")
    later = room.clock.at.timestamp() + 3600
    os.utime(room.file(call, "-out"), (later, later))
    assert not await room.keeper.seal()
    room.put(call, "-out", tone(TALK_S, 500))
    assert await room.keeper.seal()
    assert (await verify(room.settings, room.clock))[0] == 0


async def test_what_is_older_than_the_settings_say_is_deleted_and_says_so(room: Room) -> None:
    call = await room.over()
    room.put(call, "", tone(5, 500))
    await room.keeper.seal()
    room.clock.pass_(364 * 86400)
    await room.keeper.retire()
    assert room.file(call).exists()
    room.clock.pass_(2 * 86400)
    await room.keeper.retire()
    assert not room.file(call).exists()
    row = await room.row(call)
    assert (row.deleted_by, row.deleted_why) == ("retention", "Kept for 365 days, as the settings say.")


def test_the_program_itself_never_loads_the_library_that_reads_sound() -> None:
    """It would cost 30 MB in the service, and a damaged file could end it."""
    words = [sys.executable, "-c", "import callcenter.app, sys; sys.exit('soundfile' in sys.modules)"]
    assert subprocess.run(words, check=False, timeout=180).returncode == 0
