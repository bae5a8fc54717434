"""The doctor over a room in which one thing after the other is broken: each is found, and said with what to do.

The manager is a fake on a real socket, the link, the home and the database are real.
"""

import asyncio
import json
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from callcenter import doctor
from callcenter.asterisk.wire import Fields, text
from callcenter.doctor_asterisk import ACTIONS, CONTEXTS, look_at_asterisk
from callcenter.doctor_telephone import look_at_recordings, look_at_recordings_folder
from callcenter.findings import Finding, Grade
from callcenter.settings import Settings
from callcenter.settings_reader import read_settings
from callcenter.storage import Database
from tests.fakes import Answer, FakeAsterisk, fake_asterisk, listing, reply
from tests.prepared import prepared
from tests.storage.cast import Clock, a_call, answered, arrival, ended
from tests.storage.conftest import Room

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
GB = 1 << 30
CITY = """
positions = ["101", "102"]
page_phone = false
[[trunks]]
name = "telkom"
hosts = ["192.0.2.10"]
[[overflow]]
name = "officer"
number = "081234567890"
road = "trunk:telkom"
[[agencies]]
code = "damkar"
lines = [{ number = "0231201113", road = "trunk:telkom" }, { number = "113", road = "sip:192.0.2.20:5060" }]
"""


@pytest.fixture
async def asterisk() -> AsyncIterator[FakeAsterisk]:
    async with fake_asterisk() as made:
        made.answers = healthy()
        yield made


@pytest.fixture
async def settings(tmp_path: Path, asterisk: FakeAsterisk) -> Settings:
    (tmp_path / "settings.toml").write_text(CITY)
    found = read_settings({"CALLCENTER_HOME": str(tmp_path), "CALLCENTER_AMI_PORT": str(asterisk.port)})
    await prepared(found)
    secrets = json.loads(found.secrets_file.read_text())
    found.secrets_file.write_text(json.dumps(secrets | {"ami": asterisk.secret}))
    return found


def members(*, status: str = "1", names: tuple[str, ...] = ("101", "102")) -> Answer:
    def answer(asked: Fields) -> bytes:
        rows = [{"Queue": "emergency", "Name": name, "Status": status} for name in names]
        own = {"ActionID": text(asked, "ActionID")}
        head = reply(asked, "Response: Success", "EventList: start", "Message: will follow")
        params = b"Event: QueueParams\r\nQueue: emergency\r\nActionID: %s\r\n\r\n" % own["ActionID"].encode()
        rest = listing(asked, rows, "QueueMember").split(b"\r\n\r\n", 1)[1]
        return head + params + rest.replace(b"QueueMemberListComplete", b"QueueStatusComplete")

    return answer


def state(gone: str = "") -> Answer:
    def answer(asked: Fields) -> bytes:
        away = bool(gone) and gone in text(asked, "Variable")
        return reply(asked, "Response: Success", f"Value: {'UNAVAILABLE' if away else 'NOT_INUSE'}")

    return answer


def plan(lacks: str = "") -> Answer:
    def answer(asked: Fields) -> bytes:
        if text(asked, "Context") == lacks:
            return reply(asked, "Response: Error", "Message: Did not find context")
        rows = [{"Context": text(asked, "Context")}]
        return listing(asked, rows, "ListDialplan").replace(b"ListDialplanListComplete", b"ShowDialPlanComplete")

    return answer


def rights(*lacks: str, more: tuple[str, ...] = ()) -> Answer:
    allowed = [f"{action}: does something" for action in (*ACTIONS, *more) if action not in lacks]
    return lambda asked: reply(asked, "Response: Success", *allowed)


def version(number: str) -> Answer:
    return lambda asked: reply(asked, "Response: Success", f"AsteriskVersion: {number}")


def healthy() -> dict[str, Answer]:
    return {
        "CoreSettings": version("22.10.1"),
        "ListCommands": rights(),
        "ShowDialPlan": plan(),
        "QueueStatus": members(),
        "Getvar": state(),
    }


def of(found: list[Finding] | Iterator[Finding], grade: Grade) -> str:
    return "\n".join(each.sentence for each in found if each.grade is grade)


async def test_a_room_in_which_all_is_well_has_nothing_to_look_at(settings: Settings, asterisk: FakeAsterisk) -> None:
    found = await look_at_asterisk(settings)
    assert of(found, Grade.BROKEN) == ""
    assert of(found, Grade.LOOK).startswith("Agencies without a line") and "\n" not in of(found, Grade.LOOK)
    assert "the overflow lines can be reached: officer" in of(found, Grade.GOOD)


@pytest.mark.parametrize(
    ("asked", "answer", "grade", "says"),
    [
        ("CoreSettings", version("18.9.0"), Grade.BROKEN, "18.9.0 is older than 20.10. Install a newer one"),
        ("ListCommands", rights("Originate", "Redirect"), Grade.BROKEN, "may not: Originate, Redirect. Restore"),
        ("ListCommands", rights(more=("Command",)), Grade.BROKEN, "may run commands, and so programs. Restore"),
        *(("ShowDialPlan", plan(name), Grade.BROKEN, f"lacks {name}. Restore") for name in CONTEXTS),
        (
            "QueueStatus",
            lambda asked: listing(asked, []),
            Grade.BROKEN,
            "no queue emergency: callers cannot be answered",
        ),
        ("QueueStatus", members(names=("101",)), Grade.BROKEN, "Position 102 is not in the queue"),
        ("QueueStatus", members(status="5"), Grade.LOOK, "No phone is signed in at any position: nobody hears a call"),
        ("Getvar", state("trunk-telkom"), Grade.BROKEN, "The trunk telkom (192.0.2.10) does not answer. Call the"),
        ("Getvar", state("trunk-telkom"), Grade.LOOK, "The overflow line officer cannot be reached. Look at its road"),
        ("Getvar", state("road-192.0.2.20"), Grade.LOOK, "Of damkar, these lines cannot be reached: 113."),
        ("Getvar", state("PJSIP"), Grade.LOOK, "No line of damkar can be reached (0231201113, 113)"),
    ],
)
async def test_each_thing_that_asterisk_lacks_is_said_with_what_to_do(
    settings: Settings, asterisk: FakeAsterisk, asked: str, answer: Answer, grade: Grade, says: str
) -> None:
    asterisk.answers[asked] = answer
    assert says in of(await look_at_asterisk(settings), grade)


async def test_an_asterisk_that_does_not_let_us_in_or_is_not_there_is_said(
    settings: Settings, asterisk: FakeAsterisk
) -> None:
    asterisk.secret = "another"
    assert "wrong secret" in of(await look_at_asterisk(settings, 1.0), Grade.BROKEN)
    await asterisk.stop()
    assert "start ./run" in of(await look_at_asterisk(settings, 1.0), Grade.BROKEN)


async def test_without_an_overflow_line_that_is_said(settings: Settings, asterisk: FakeAsterisk) -> None:
    settings.settings_file.write_text(CITY.replace("[[overflow]]", "[[unused]]").split("[[unused]]")[0])
    alone = read_settings({"CALLCENTER_HOME": str(settings.home), "CALLCENTER_AMI_PORT": str(asterisk.port)})
    assert "No overflow line is set: when no position answers" in of(await look_at_asterisk(alone), Grade.LOOK)


def test_the_clock_and_the_disk(settings: Settings) -> None:
    assert "No time server steers" in of(doctor.look_at_clock(doctor.TIME_ERROR), Grade.LOOK)
    assert "clock is steered" in of(doctor.look_at_clock(0), Grade.GOOD)
    assert "Make room now" in of(doctor.look_at_folder(settings, lambda _: GB // 2), Grade.BROKEN)
    assert "170 talk hours at most" in of(doctor.look_at_folder(settings, lambda _: 5 * GB), Grade.LOOK)
    settings.secrets_file.chmod(0o644)
    assert "can be read by others" in of(doctor.look_at_folder(settings, lambda _: 50 * GB), Grade.BROKEN)
    settings.secrets_file.unlink()
    assert of(doctor.look_at_folder(settings, lambda _: 50 * GB), Grade.BROKEN)


async def test_calls_without_sound_and_a_folder_that_is_gone(settings: Settings) -> None:
    async with Database(settings.database_url).running() as database:
        room = Room(database, settings.spool, Clock(NOW))
        async with room.journal() as journal:
            spoken = ended(answered(a_call(arrived_at=NOW - timedelta(hours=1))))
            journal.write(arrival(spoken))
            await journal.settled(60)
    found = await look_at_recordings(settings, NOW)
    assert "1 of the last 1 answered calls have no recording, the newest: " + spoken.id in of(found, Grade.BROKEN)
    settings.recordings.rmdir()
    assert "There is no folder for recordings" in of(look_at_recordings_folder(settings), Grade.BROKEN)
    away = replace(settings, ami_host="192.0.2.7")
    assert "another machine (192.0.2.7) and keeps its recordings there" in of(
        look_at_recordings_folder(away), Grade.LOOK
    )
    assert await look_at_recordings(away, NOW) == []
    (mounted := settings.home / "mounted").mkdir()
    away = replace(away, recordings_folder=str(mounted))
    assert "is it mounted?" in of(look_at_recordings_folder(away), Grade.BROKEN)
    (mounted / "2026").mkdir()
    assert list(look_at_recordings_folder(away)) == []


async def test_the_database_that_is_away_old_or_newer(settings: Settings) -> None:
    assert "up to date" in of(await doctor.look_at_database(settings), Grade.GOOD)
    with closing(sqlite3.connect(settings.home / "callcenter.db")) as db:
        db.execute("UPDATE alembic_version SET version_num = '0001'")
        db.commit()
    assert "is not up to date" in of(await doctor.look_at_database(settings), Grade.BROKEN)
    with closing(sqlite3.connect(settings.home / "callcenter.db")) as db:
        db.execute("UPDATE alembic_version SET version_num = '9999'")
        db.execute("UPDATE schema_readers SET revision = '9999'")
        db.commit()
    assert "newer version of this program" in of(await doctor.look_at_database(settings), Grade.BROKEN)
    away = read_settings(
        {"CALLCENTER_HOME": str(settings.home), "CALLCENTER_DATABASE_URL": "postgresql+asyncpg://nobody@127.0.0.1:1/x"}
    )
    assert "cannot be reached" in of(await doctor.look_at_database(away), Grade.BROKEN)


def test_asterisk_s_own_records_missing_half_or_elsewhere(settings: Settings) -> None:
    with closing(sqlite3.connect(settings.cel_file)) as db:
        db.execute("PRAGMA journal_mode=DELETE")
    assert "in which events get lost" in of(doctor.look_at_records(settings), Grade.BROKEN)
    settings.cel_file.write_bytes(b"x" * 5000)
    assert "cannot be read" in of(doctor.look_at_records(settings), Grade.BROKEN)
    settings.cel_file.unlink()
    assert "are missing. Start ./run" in of(doctor.look_at_records(settings), Grade.BROKEN)
    elsewhere = read_settings({"CALLCENTER_HOME": str(settings.home), "CALLCENTER_AMI_HOST": "192.0.2.7"})
    assert "runs on another machine (192.0.2.7)" in of(doctor.look_at_records(elsewhere), Grade.LOOK)


def test_records_that_no_restart_has_closed_for_long_are_told(settings: Settings) -> None:
    with closing(sqlite3.connect(settings.cel_file)) as db:
        db.execute("INSERT INTO cel (eventtype, eventtime) VALUES ('CHAN_START', '1700000000.0')")
        db.commit()
    assert "Run ./run quiet-restart" in of(doctor.look_at_records(settings), Grade.LOOK)


async def test_screens_that_do_not_answer_are_told(settings: Settings) -> None:
    found = await asyncio.to_thread(lambda: list(doctor.look_at_service(settings)))
    assert "The screens do not answer" in of(found, Grade.LOOK)


def test_links_in_messages_must_lead_here_from_outside() -> None:
    sends = Settings(message_webhook="https://gateway.example/send")
    assert list(doctor.look_at_links(Settings())) == []
    assert "Set public_url" in of(doctor.look_at_links(sends), Grade.LOOK)
    plain = replace(sends, public_url="http://112.example.id")
    assert "without encryption" in of(doctor.look_at_links(plain), Grade.LOOK)
    assert "https://112.example.id" in of(
        doctor.look_at_links(replace(sends, public_url="https://112.example.id")), Grade.GOOD
    )
