"""`replay FILE`: three forms of recording, one story."""

import json
from pathlib import Path

import pytest

from callcenter.asterisk import wire
from callcenter.asterisk.inbox import House
from callcenter.core.errors import BadInput
from callcenter.replay import main, messages_of, tell

RAW = (Path(__file__).parent / "recordings" / "redirected-into-a-conference-with-an-agency.ami").read_bytes()
MESSAGES = [wire.fields(wire.parse(frame)) for frame in wire.frames(RAW)]
HOUSE = House(queue="*")


def records(recording: bytes) -> list[str]:
    return [repr(call) for call in tell(messages_of(recording), HOUSE).calls.values()]


FORMS = {
    "json lines": "\n".join(json.dumps(m) for m in MESSAGES),
    "a json array": json.dumps(MESSAGES, indent=1),
    "json in small letters": json.dumps([{k.lower(): v for k, v in m.items()} for m in MESSAGES]),
    "json with the event inside": "\n".join(json.dumps({"n": i, "event": m}) for i, m in enumerate(MESSAGES)),
    "raw with bare line feeds": RAW.replace(b"\r\n", b"\n").decode(),
    "raw without the banner": RAW.split(b"\r\n", 1)[1].decode(),
}


@pytest.mark.parametrize("form", FORMS)
def test_every_form_tells_the_same_story(form: str) -> None:
    assert len(records(RAW)) == 1
    assert records(FORMS[form].encode()) == records(RAW)


def test_a_recording_without_moments_reads_na_and_never_the_machine_s_clock(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "other-system.json"
    file.write_text(json.dumps([{k: v for k, v in m.items() if k != "Timestamp"} for m in MESSAGES]))
    assert main(file, HOUSE, as_json=True) == 0
    (call,) = json.loads(capsys.readouterr().out)["calls"]
    assert (call["outcome"], call["answered_by"]) == ("ANSWERED", "agent1")
    assert call["arrived_at"] is None
    main(file, HOUSE)
    assert "arrived n/a" in capsys.readouterr().out


def test_a_recording_cut_in_the_middle_of_a_line_is_told_up_to_there(tmp_path: Path) -> None:
    lines = FORMS["json lines"].encode()
    story = tell(messages_of(lines[: len(lines) - 20]), HOUSE)
    assert len(story.calls) == 1
    assert len(story.unreadable) == 1


@pytest.mark.parametrize("recording", [b"", b"\n\n", b"[]", b"hello", b"\xff\xfe\x00", b"{}", b'[1, "x", null]'])
def test_what_is_no_recording_tells_no_story(recording: bytes) -> None:
    assert not tell(messages_of(recording), HOUSE).calls


def test_an_array_that_is_no_json_and_a_missing_file_are_said_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="not whole JSON"):
        list(messages_of(b'[{"Event": '))
    with pytest.raises(BadInput, match="cannot be read"):
        main(tmp_path / "nothing.json", HOUSE)


def test_a_restart_of_asterisk_ends_the_calls_of_before() -> None:
    caller = [m for m in MESSAGES if m.get("Event") in ("Newchannel", "QueueCallerJoin")][:2]
    booted = [{"Event": "FullyBooted", "Uptime": "1000", "Timestamp": "1795304000"}]
    again = [{"Event": "FullyBooted", "Uptime": "2", "Timestamp": "1795305000"}]
    told = tell([*booted, *caller, *again], HOUSE)  # type: ignore[list-item]
    (call,) = told.calls.values()
    assert (call.outcome, call.end_seen) == ("NO_AGENT", False)  # we ended his wait
