"""Recordings of Asterisk 11, whose words are other ones: the same stories."""

import json
from pathlib import Path

import pytest

from callcenter.asterisk import wire
from callcenter.asterisk.wire import Fields
from tests.elsewhere import as_lines, epoch, less, told

FOLDER = Path(__file__).parent / "recordings" / "older"
CALLER = "1400000000.1"

STORIES = {
    "a-phone-is-dialled-and-lifts": ("ANSWERED", "201", [("201", "ANSWERED")]),
    "a-phone-is-busy": ("NO_AGENT", None, [("201", "BUSY")]),
    "a-phone-rings-out": ("NO_AGENT", None, [("201", "NO_ANSWER")]),
    "he-gives-up-while-it-rings": ("ABANDONED", None, [("201", "CANCELLED")]),
    "two-phones-ring": ("ANSWERED", "202", [("201", "CANCELLED"), ("202", "ANSWERED")]),
    "picked-up-at-another-phone": ("ANSWERED", "202", [("201", "CANCELLED"), ("202", "ANSWERED")]),
    "passed-on-after-a-word": ("ANSWERED", "201", [("201", "ANSWERED")]),
    "a-queue": ("ANSWERED", "201", [("201", "ANSWERED")]),
    "a-queue-that-does-not-tell-who-answers": ("ANSWERED", "201", [("201", "ANSWERED")]),
    "given-up-in-a-queue": ("ABANDONED", None, [("201", "CANCELLED")]),
    "a-queue-then-passed-on": ("ANSWERED", "201", [("201", "ANSWERED")]),
    "a-local-channel-taken-out-of-the-way": ("ANSWERED", "201", [("201", "ANSWERED")]),
}


def raw(name: str) -> bytes:
    return (FOLDER / f"{name}.ami").read_bytes()


@pytest.mark.parametrize("name", STORIES)
def test_a_call_at_asterisk_11_is_told_as_it_was(name: str) -> None:
    """Also by another tool, in small letters, and to his last moment: a transfer gives his telephone another id."""
    messages = [wire.fields(wire.parse(frame)) for frame in wire.frames(raw(name))]
    small = as_lines([{key.lower(): value for key, value in message.items()} for message in messages])
    assert told(small) == told(raw(name))
    calls = {call["id"]: call for call in told(raw(name))}
    assert set(calls) - {CALLER} == ({"1400000010.3"} if name == "passed-on-after-a-word" else set())
    call = calls[CALLER]
    phones = [(phone["position"], phone["result"]) for phone in call["phones"]]
    assert (call["outcome"], call["answered_by"], phones) == STORIES[name]
    assert (call["number"], call["name"], call["queue"]) == (
        "08121234567",
        "Budi",
        "sales" if "queue" in name or "local" in name else None,
    )
    assert epoch(call["ended_at"]) == float(wire.text(messages[-1], "Timestamp"))
    assert all(phone["ended_at"] for phone in call["phones"])


def test_without_ids_the_channels_names_tell_it() -> None:
    messages = [wire.fields(wire.parse(frame)) for frame in wire.frames(raw("a-phone-is-dialled-and-lifts"))]
    nameless = [less("Uniqueid", "UniqueID", "DestUniqueID", "Uniqueid1", "Uniqueid2")(message) for message in messages]
    (call,) = told(as_lines(nameless))
    assert (call["outcome"], call["answered_by"]) == ("ANSWERED", "201")
    assert json.dumps(call["phones"]).count("SIP/201-00000002") == 1


def test_a_transfer_is_followed_where_the_beginning_of_the_call_is_not_in_the_recording() -> None:
    messages = [wire.fields(wire.parse(frame)) for frame in wire.frames(raw("a-queue-then-passed-on"))]
    (call,) = [call for call in told(as_lines(messages[4:])) if call["queue"]]
    assert (call["outcome"], call["answered_by"]) == ("ANSWERED", "201")
    assert epoch(call["ended_at"]) == float(wire.text(messages[-1], "Timestamp"))


def conference(one: Fields, other: Fields, state: str) -> list[Fields]:
    """The first waits in a room, the second one comes in, and they go."""
    room = {"Meetme": "8600051"}
    said: list[Fields] = [
        {"Event": "Newchannel", "ChannelStateDesc": state, "Context": "default", "Exten": "8600051", **one},
        {"Event": "Newstate", "ChannelStateDesc": "Up", **one},
        {"Event": "MeetmeJoin", **one, **room},
        {"Event": "Newchannel", "ChannelStateDesc": "Ring", "Context": "trunk", "Exten": "0231", **other},
        {"Event": "MeetmeJoin", **other, **room},
        {"Event": "MeetmeLeave", **other, **room},
        {"Event": "Hangup", "Cause": "16", **other},
        {"Event": "Hangup", "Cause": "16", **one},
    ]
    return [{**message, "Timestamp": str(1795304000 + n)} for n, message in enumerate(said)]


def test_who_meets_an_agent_in_an_older_conference_is_answered_by_her() -> None:
    """As dialling software has it: her leg, which the system called, waits in a room into which he is brought."""
    her: Fields = {"Channel": "SIP/1001-00000009", "Uniqueid": "1.9"}
    him: Fields = {"Channel": "SIP/trunk-0000000a", "Uniqueid": "1.10", "CallerIDNum": "0812"}
    (call,) = told(as_lines(conference(her, him, "Down")))
    assert (call["id"], call["outcome"], call["answered_by"]) == ("1.10", "ANSWERED", "1001")


def test_two_who_dial_into_a_conference_have_met_and_each_has_his_own_end() -> None:
    """The one was the other's phone, so that neither call ever ended."""
    one: Fields = {"Channel": "SIP/a-1", "Uniqueid": "1.9"}
    other: Fields = {"Channel": "SIP/b-2", "Uniqueid": "1.10"}
    calls = told(as_lines(conference(one, other, "Ring")))
    assert [(call["outcome"], call["answered_by"]) for call in calls] == [("ANSWERED", "b"), ("ANSWERED", "a")]
    assert all(call["ended_at"] for call in calls)


def test_a_phone_behind_a_local_channel_is_one_phone_however_the_channel_is_called() -> None:
    """Where nothing of the queue is heard, as many recordings are: it was told as cancelled, and another as lifted."""
    caller: Fields = {"Channel": "SIP/trunk-1", "Uniqueid": "2.1"}
    half: Fields = {"Channel": "Local/ID7@route-1;2", "Uniqueid": "2.3", "Linkedid": "2.1"}
    ringing: Fields = {"DestChannel": "Local/ID7@route-1;1", "DestUniqueid": "2.2"}
    phone: Fields = {"DestChannel": "SIP/202-2", "DestUniqueid": "2.4"}
    (call,) = told(
        as_lines(
            [
                {"Event": "Newchannel", "ChannelStateDesc": "Ring", "Context": "in", "Exten": "0231", **caller},
                {"Event": "DialBegin", **caller, **ringing},
                {"Event": "DialBegin", **half, **phone},
                {"Event": "DialEnd", "DialStatus": "ANSWER", **half, **phone},
                {"Event": "DialEnd", "DialStatus": "ANSWER", **caller, **ringing},
            ]
        )
    )
    assert [(each["position"], each["result"]) for each in call["phones"]] == [("202", "ANSWERED")]
