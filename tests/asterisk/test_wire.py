"""AMI text, without a socket: framing, decoding, what is refused."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callcenter.asterisk.wire import (
    MAX_HEADERS,
    MAX_LINE,
    Fields,
    Frames,
    Given,
    Unreadable,
    event_name,
    fields,
    frames,
    originated_leg,
    parse,
    question,
    text,
    variables,
)
from callcenter.core.errors import BadInput
from tests.fakes import event

NEWLINES = st.sampled_from([b"\r", b"\n", b"\r\n", b"\r\n\r\n", b"\n\n", b"Event: Hangup\r\n", b"Cause: 16", b": "])
STREAMS = st.lists(st.one_of(NEWLINES, st.binary(max_size=12)), max_size=40).map(b"".join)


def read(frame: bytes) -> Fields | str:
    try:
        return parse(frame).fields
    except Unreadable as why:
        return str(why)


@given(STREAMS, st.lists(st.integers(0, 400), max_size=30))
def test_any_bytes_in_any_segmentation_read_like_the_unsegmented_stream(stream: bytes, cuts: list[int]) -> None:
    whole, pieces = Frames(), Frames()
    edges = sorted({0, len(stream), *(cut for cut in cuts if cut < len(stream))})
    segmented = [frame for a, b in pairwise(edges) for frame in pieces.feed(stream[a:b])]
    expected = whole.feed(stream) if stream else []
    assert [read(frame) for frame in segmented] == [read(frame) for frame in expected]
    assert pieces.waiting == whole.waiting


@given(st.binary(max_size=300))
def test_no_bytes_at_all_make_the_reading_of_a_recording_fail(recording: bytes) -> None:
    for frame in frames(recording):
        read(frame)
        event_name(frame)


@pytest.mark.parametrize("cut", range(1, 60))
def test_a_letter_cut_in_two_by_the_network_is_not_lost(cut: int) -> None:
    stream = event("Newchannel", CallerIDName="Zoë Müller 🚒", Uniqueid="1")
    cutter = Frames()
    (frame,) = [*cutter.feed(stream[:cut]), *cutter.feed(stream[cut:])]
    assert parse(frame).fields["CallerIDName"] == "Zoë Müller 🚒"


def test_invalid_utf8_is_shown_as_such_and_read_on() -> None:
    assert parse(b"Event: Newchannel\r\nCallerIDName: Jos\xe9\r\nExten: 112").fields == {
        "Event": "Newchannel",
        "CallerIDName": "Jos\ufffd",
        "Exten": "112",
    }


def test_a_bare_line_feed_from_a_caller_never_ends_a_message_or_a_header() -> None:
    stream = b"Event: UserEvent\r\nName: x\n\nEvent: Hangup\nUniqueid: 7\r\nNumber: 1\r\n\r\n"
    (frame,) = Frames().feed(stream)
    assert parse(frame).fields == {"Event": "UserEvent", "Name": "x\n\nEvent: Hangup\nUniqueid: 7", "Number": "1"}


def test_headers_keep_their_order_their_case_and_their_empty_values() -> None:
    message = parse(b"Event: VarSet\r\nVariable: NOTE\r\nValue: \r\nLast:")
    assert list(message.fields.items()) == [("Event", "VarSet"), ("Variable", "NOTE"), ("Value", ""), ("Last", "")]


def test_a_header_that_comes_more_than_once_is_a_list() -> None:
    message = parse(b"Event: Hangup\r\nChanVariable: A=1\r\nChanVariable: B=2\r\nChanVariable: C=3")
    assert message.fields["ChanVariable"] == ["A=1", "B=2", "C=3"]
    assert text(message.fields, "ChanVariable") == "A=1"
    assert text(message.fields, "Absent") == ""


def test_a_second_event_header_in_a_message_is_not_believed() -> None:
    assert parse(b"Event: UserEvent\r\nUserEvent: Arrival\r\nEvent: Hangup").fields["Event"] == "UserEvent"


def test_a_message_is_panoramisks_and_answers_in_any_case() -> None:
    message = parse(b"Event: Hangup\r\nUniqueid: e112-1.7\r\nCause: 16")
    assert (message["uniqueid"], message.cause, message.absent) == ("e112-1.7", "16", "")
    assert dict(message.items()) == fields(message)
    assert "CAUSE" in message


@pytest.mark.parametrize("frame", [b"", b"hello", b"Event: ", b"Event: a b", b"Event: \xff", b"Response: \nx", b"X: y"])
def test_what_is_no_message_is_called_unreadable(frame: bytes) -> None:
    with pytest.raises(Unreadable):
        parse(frame)


@pytest.mark.parametrize(
    "recording",
    [
        b"Asterisk Call Manager/11.0.0\r\nEvent: A\r\nX: 1\r\n\r\n\r\nEvent: B\r\n\r\n",
        b"Asterisk Call Manager/11.0.0\nEvent: A\nX: 1\n\n\nEvent: B\n\n",
        b"\n\nEvent: A\nX: 1\n\n\n\nEvent: B",
        b"\r\nEvent: A\r\nX: 1\r\n\r\nEvent: B\r\n",
        b"\nEvent: A\r\nX: 1\r\n\r\nEvent: B\r\n",
    ],
)
def test_recordings_are_read_as_other_tools_write_them(recording: bytes) -> None:
    assert [parse(frame).fields for frame in frames(recording)] == [{"Event": "A", "X": "1"}, {"Event": "B"}]


def test_the_name_of_an_event_is_known_without_parsing() -> None:
    assert event_name(b"Event: Hangup\r\nCause: 16") == b"Hangup"
    assert event_name(b"Event: Hangup") == b"Hangup"
    assert event_name(b"Response: Success") is None


# What is sent


def test_a_question_is_written_as_asterisk_reads_it() -> None:
    sent = question("Originate", "x-1", {"Priority": 1, "Variable": ["A=1", "B=2"], "CallerID": "Rumah Sakit\t<119>"})
    assert sent.endswith(b"\r\n\r\n")
    assert sorted(sent.decode().split("\r\n")) == [
        "",
        "",
        "Action: Originate",
        "ActionID: x-1",
        "CallerID: Rumah Sakit\t<119>",
        "Priority: 1",
        "Variable: A=1",
        "Variable: B=2",
    ]


UNSAFE: list[Given] = [
    {"Channel": "a\r\n\r\nAction: Command"},
    {"Channel": "a\n\nAction: Command"},
    {"Channel": "a\nb"},
    {"Channel": "a\rb"},
    {"Channel": "a\0b"},
    {"Channel": "a\x1bb"},
    {"Channel": "a\x7fb"},
    {"Channel": "a\ud800b"},
    {"Channel": ["good", "a\nb"]},
    {"Chan\nnel": "a"},
    {"Chan nel": "a"},
    {"Chan:nel": "a"},
    {"Channel\n": "a"},
    {"": "a"},
    {"Action": "Command"},
    {"actionid": "mine"},
    {"CommandID": "mine"},
    {"Channel": "a", "channel": "b"},
    {"Channel": "x" * (MAX_LINE - len("Channel: ") + 1)},
    {"Channel": "é" * 507},
    {"Variable": ["A=1"] * (MAX_HEADERS - 1)},
    {"Channel": None},  # type: ignore[dict-item]
    {"Channel": b"a"},  # type: ignore[dict-item]
    {"Channel": {"a": "b"}},  # type: ignore[dict-item]
]


@pytest.mark.parametrize("unsafe", UNSAFE, ids=str)
def test_what_could_become_a_second_action_is_refused_and_not_repaired(unsafe: Given) -> None:
    with pytest.raises(BadInput):
        question("Redirect", "x-1", unsafe)


@pytest.mark.parametrize("name", ["", "Ping\r\nAction: Command", "Ping ", "Core Status", "9"])
def test_the_name_and_the_id_of_an_action_are_checked_too(name: str) -> None:
    with pytest.raises(BadInput):
        question(name, "x-1", {})
    with pytest.raises(BadInput):
        question("Ping", "x\nAction: Command", {})


def test_the_longest_line_and_the_most_headers_that_asterisk_takes_are_sent() -> None:
    longest = "x" * (MAX_LINE - len("Channel: "))
    sent = question("Originate", "x-1", {"Channel": longest, "Variable": ["A=1"] * (MAX_HEADERS - 3)})
    assert max(map(len, sent.split(b"\r\n"))) == MAX_LINE


@given(st.text(), st.text(max_size=20))
def test_whatever_is_sent_is_one_action_with_the_headers_that_were_given(value: str, name: str) -> None:
    try:
        sent = question("Setvar", "x-1", {"Channel": "c", name: value})
    except BadInput:
        return
    lines = sent.decode().split("\r\n")
    assert lines[-2:] == ["", ""]
    assert sorted(lines[:-2]) == sorted(["Action: Setvar", "ActionID: x-1", "Channel: c", f"{name}: {value}"])
    assert "\n" not in "".join(lines)


def test_each_variable_is_a_header_of_its_own() -> None:
    assert variables({"AGENCY": "damkar", "__ROOM": "112"}) == ["AGENCY=damkar", "__ROOM=112"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("NOTE", "first,INJ=injected"),
        ("NOTE", 'a"b'),
        ("NOTE", "a\\b"),
        ("CALLERID(name)", "evil"),
        ("A=B", "x"),
        ("1A", "x"),
        ("", "x"),
    ],
)
def test_a_variable_that_would_set_another_one_or_call_a_function_is_refused(name: str, value: str) -> None:
    with pytest.raises(BadInput):
        variables({name: value})


def test_a_failed_leg_is_known_by_the_id_that_was_asked_for() -> None:
    failed = parse(b"Event: OriginateResponse\r\nActionID: 5f-3/fwd-damkar-1-1-e112-1.7\r\nUniqueid: <unknown>")
    assert originated_leg(fields(failed)) == "fwd-damkar-1-1-e112-1.7"
    assert originated_leg(fields(parse(b"Event: OriginateResponse\r\nActionID: somebody-elses"))) == ""
