"""Recordings of Asterisk 11, whose words are other ones: the same stories."""

import json
from pathlib import Path

import pytest

from callcenter.asterisk import wire
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
