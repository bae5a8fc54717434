"""`replay FILE`: three forms of recording, one story."""

import json
import re
from pathlib import Path

import pytest

from callcenter.asterisk import wire
from callcenter.asterisk.headers import NAMES
from callcenter.asterisk.inbox import House
from callcenter.core.errors import BadInput
from callcenter.core.facts import UNKNOWN_MOMENT
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


def test_an_array_cut_in_the_middle_is_told_up_to_there() -> None:
    array = json.dumps(MESSAGES).encode()
    story = tell(messages_of(array[: len(array) - 20]), HOUSE)
    assert (len(story.calls), len(story.unreadable)) == (1, 1)
    assert story.messages == len(MESSAGES)


def test_a_message_of_which_the_recording_holds_only_the_beginning_makes_no_call() -> None:
    join = b"Event: QueueCallerJoin\r\nQueue: q\r\nUniqueid: 1795304644.12"
    story = tell(messages_of(join), HOUSE)
    assert not story.calls
    assert "ends in the middle" in story.unreadable[0]
    assert len(tell(messages_of(join + b"\r\n"), HOUSE).calls) == 1


def test_what_is_no_recording_and_what_cannot_be_read_is_said_in_a_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    picture, nothing = tmp_path / "picture.png", tmp_path / "nothing.ami"
    picture.write_bytes(b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\r\n\r\nmore")
    with pytest.raises(BadInput, match="holds no AMI messages"):
        main(picture, HOUSE)
    with pytest.raises(BadInput, match="cannot be read: No such file"):
        main(tmp_path / "elsewhere.ami", HOUSE)
    with pytest.raises(BadInput, match="cannot be read: Is a directory"):
        main(tmp_path, HOUSE)
    nothing.write_bytes(b"\n")
    assert main(nothing, HOUSE) == 0
    assert capsys.readouterr().out == "The recording is empty.\n"


def session(*, uptime: int, since: float, calls: bool) -> list[dict[str, str]]:
    """A login, and what came in the second after it."""
    begun = [{"Event": "FullyBooted", "Uptime": str(uptime)}]
    caller = {"Uniqueid": "1.1", "Queue": "q", "Timestamp": str(since + 1)}
    return [*begun, {**caller, "Event": "QueueCallerJoin"}] if calls else [*begun, {**caller, "Event": "Hold"}]


@pytest.mark.parametrize(
    ("uptime", "ended"), [(1600, False), (1601, False), (2, True), (1100, True)], ids=["on", "on+1", "fell", "long ago"]
)
def test_a_new_login_to_the_same_asterisk_ends_no_call_and_one_to_a_younger_asterisk_does(
    uptime: int, ended: bool
) -> None:
    """The recorder was away for ten minutes, or Asterisk restarted meanwhile: its own age tells."""
    joined = session(uptime=1000, since=1795304000, calls=True)
    waits = {"Event": "QueueMemberStatus", "Queue": "q", "Interface": "PJSIP/1", "Timestamp": "1795304590"}
    story = tell([*joined, waits, *session(uptime=uptime, since=1795304600, calls=False)], HOUSE)  # type: ignore[list-item]
    (call,) = story.calls.values()
    assert call.live is not ended


def test_a_second_session_without_moments_has_none_of_the_first_one_s() -> None:
    first = session(uptime=10, since=1795304000, calls=True)
    later = [{"Event": "FullyBooted", "Uptime": "20"}, {"Event": "QueueCallerJoin", "Uniqueid": "2.2", "Queue": "q"}]
    story = tell([*first, *later], HOUSE)  # type: ignore[list-item]
    assert story.calls["2.2"].queued_at == UNKNOWN_MOMENT


def test_an_answer_to_a_ping_tells_no_moment_of_the_events_around_it() -> None:
    join = {"Event": "QueueCallerJoin", "Uniqueid": "2.2", "Queue": "q"}
    story = tell([{"Response": "Success", "Ping": "Pong", "Timestamp": "1795304000.1"}, join], HOUSE)  # type: ignore[list-item]
    assert story.calls["2.2"].queued_at == UNKNOWN_MOMENT
    assert not story.unreadable


def test_a_caller_s_number_cannot_steer_the_terminal(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "hostile.json"
    join = {"Event": "QueueCallerJoin", "Uniqueid": "1.1", "Queue": "\u202eq", "CallerIDNum": "\x1b[2J\ud8000812"}
    file.write_text(json.dumps([join]))
    assert main(file, HOUSE) == 0
    said = capsys.readouterr().out
    assert "[2J\N{REPLACEMENT CHARACTER}0812" in said
    assert not {"\x1b", "\u202e"} & set(said)


def test_what_somebody_asked_is_no_damage() -> None:
    asked = b"Action: Login\r\nUsername: x\r\n\r\nResponse: Success\r\n\r\nEvent: FullyBooted\r\n\r\n"
    assert not tell(messages_of(asked), HOUSE).unreadable
    assert not tell(messages_of(b'{"Action": "Ping"}\n{"Event": "FullyBooted"}'), HOUSE).unreadable


OLD = """
Event: Join|Channel: SIP/trunk-1|CallerIDNum: 0812|Queue: sales|Position: 1|Count: 1|Uniqueid: 100.1
Event: AgentCalled|Queue: sales|AgentCalled: SIP/201|AgentName: Ani|ChannelCalling: SIP/trunk-1|Uniqueid: 100.1
Event: Leave|Channel: SIP/trunk-1|Queue: sales|Count: 0|Uniqueid: 100.1
Event: AgentConnect|Queue: sales|Uniqueid: 100.1|Channel: SIP/201-2|Member: SIP/201|BridgedChannel: 100.2|Holdtime: 3
Event: Hangup|Channel: SIP/201-2|Uniqueid: 100.2|Cause: 16
Event: Hangup|Channel: SIP/trunk-1|Uniqueid: 100.1|Cause: 16
"""


def test_a_queue_of_asterisk_11_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "old.ami"
    file.write_text(OLD.strip().replace("\n", "\n\n").replace("|", "\n") + "\n")
    assert main(file, HOUSE, as_json=True) == 0
    (call,) = json.loads(capsys.readouterr().out)["calls"]
    assert (call["outcome"], call["number"], call["queue"], call["answered_by"]) == ("ANSWERED", "0812", "sales", "201")


def test_every_header_that_is_read_is_known_in_any_case() -> None:
    """Also of our own dialplan: a recording of our system, kept by another tool, tells all that ours tells."""
    for module in ("inbox", "own", "foreign", "pauses"):
        source = Path(wire.__file__).with_name(f"{module}.py").read_text()
        found = set(re.findall(r"""text\(\w+, "(\w+)"\)""", source)) | set(
            re.findall(r"""leg_id\(f, "(\w+)"\)""", source)
        )
        assert found <= set(NAMES.values()), module


def test_a_restart_of_asterisk_ends_the_calls_of_before() -> None:
    caller = [m for m in MESSAGES if m.get("Event") in ("Newchannel", "QueueCallerJoin")][:2]
    booted = [{"Event": "FullyBooted", "Uptime": "1000", "Timestamp": "1795304000"}]
    again = [{"Event": "FullyBooted", "Uptime": "2", "Timestamp": "1795305000"}]
    told = tell([*booted, *caller, *again], HOUSE)  # type: ignore[list-item]
    (call,) = told.calls.values()
    assert (call.outcome, call.end_seen) == ("NO_AGENT", False)  # we ended his wait
