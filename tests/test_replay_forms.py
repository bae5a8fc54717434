"""Every form in which another tool keeps a recording: one story."""

import gzip
import io
import json
import lzma
import random
import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from callcenter.asterisk import wire
from callcenter.asterisk.inbox import House
from callcenter.asterisk.wire import Fields
from callcenter.replay import replayed
from callcenter.told import record
from tests.elsewhere import as_lines, less, messages, raw, stamped, whole


def without(message: Fields) -> Fields:
    return {name: value for name, value in message.items() if name != "Timestamp"}


def iso(message: Fields) -> str:
    return datetime.fromtimestamp(stamped(message), UTC).isoformat()


def moved(said: list[Fields]) -> list[Fields]:
    """Collected over a road on which some are overtaken."""
    chance = random.Random(112)
    return sorted(said, key=lambda message: stamped(message) + chance.random())


def snake(name: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()


FORMS: dict[str, Callable[[bytes, list[Fields]], bytes]] = {
    "bare line feeds": lambda text, _: text.replace(b"\r\n", b"\n"),
    "bare carriage returns": lambda text, _: text.replace(b"\r\n", b"\r"),
    "doubled carriage returns": lambda text, _: text.replace(b"\r\n", b"\r\r\n"),
    "a byte order mark": lambda text, _: b"\xef\xbb\xbf" + text,
    "sixteen bits a letter": lambda text, _: text.decode().encode("utf-16"),
    "packed": lambda text, _: gzip.compress(text),
    "names in small letters": lambda text, _: text.replace(b"\nEvent: ", b"\nevent: ").replace(b"\nUniq", b"\nuniq"),
    "every message twice": lambda text, _: b"\r\n\r\n".join(f for f in text.split(b"\r\n\r\n") for _ in (1, 2)),
    "the whole twice, with other line ends": lambda text, _: text + text.replace(b"\r\n", b"\n"),
    "line ends of two kinds in one message": lambda text, _: b"".join(
        line + (b"\n" if n % 2 else b"\r\n") for n, line in enumerate(text.split(b"\r\n"))
    ),
    "spaces at the ends of lines": lambda text, _: text.replace(b"\r\n", b" \r\n"),
    "spaces before every line": lambda text, _: b"".join(b"    " + line + b"\n" for line in text.split(b"\r\n")),
    "garbage between": lambda text, _: text.replace(b"\r\n\r\nEvent: New", b"\r\n\r\n\x00\xff\r\n\r\nEvent: New"),
    "lines": lambda _, said: as_lines(said),
    "an indented array": lambda _, said: json.dumps(said, indent=2).encode(),
    "objects on end": lambda _, said: "".join(json.dumps(message, indent=1) for message in said).encode(),
    "arrays after each other": lambda _, said: json.dumps(said[:50]).encode() + b"\n" + json.dumps(said[50:]).encode(),
    "a list in an object": lambda _, said: json.dumps({"version": 1, "events": said}).encode(),
    "found by a search": lambda _, said: json.dumps(
        {"took": 3, "hits": {"total": {"value": len(said)}, "hits": [{"_id": "x", "_source": m} for m in said]}}
    ).encode(),
    "inside, with a moment around it": lambda _, said: as_lines(
        [{"received": iso(m), "message": without(m)} for m in said]
    ),
    "iso in the timestamp": lambda _, said: as_lines([{**m, "Timestamp": iso(m)} for m in said]),
    "milliseconds": lambda _, said: as_lines([{**without(m), "ts": stamped(m) * 1000} for m in said]),
    "text inside": lambda text, _: as_lines([{"raw": f.decode()} for f in text.split(b"\r\n\r\n")[1:] if f]),
    "the newest first": lambda _, said: as_lines(said[::-1]),
    "overtaken": lambda _, said: as_lines(moved(said)),
    "a dict of variables": lambda _, said: as_lines([{**m, "ChanVariable": {"Event": "x", "a": "1"}} for m in said]),
    "another library's names": lambda _, said: as_lines(
        [
            {"eventName": f"org.x.{m.get('Event')}Event", **{snake(k): v for k, v in less("Event")(m).items()}}
            for m in said
        ]
    ),
    "numbers out of a table": lambda _, said: as_lines(
        [{k: float(wire.text(m, k)) if k in ("Cause", "Status", "HoldTime") else v for k, v in m.items()} for m in said]
    ),
    "headers as pairs": lambda _, said: json.dumps([list(map(list, m.items())) for m in said]).encode(),
    "headers as lines": lambda _, said: json.dumps([[f"{k}: {v}" for k, v in m.items()] for m in said]).encode(),
    "headers as names and values": lambda _, said: as_lines(
        [{"type": "ami", "headers": [{"name": k, "value": v} for k, v in m.items()]} for m in said]
    ),
    "headers as lists": lambda _, said: as_lines([{k: [v] if k == "Queue" else v for k, v in m.items()} for m in said]),
}


@pytest.mark.parametrize("form", FORMS)
def test_every_form_of_a_recording_tells_the_same_story(form: str) -> None:
    for name in ("local-channels-optimised-away", "sent-away-by-the-queue", "no-queue-a-ring-group"):
        said = [message for message in messages(name) if stamped(message)]
        story = replayed(io.BytesIO(FORMS[form](raw(name), said)), House(), any_queue=True, numbers=())
        calls: list[dict[str, Any]] = record(story, "ID")["calls"]
        assert rounded(calls) == rounded(whole(name))


def rounded(calls: list[dict[str, Any]]) -> list[str]:
    """The float in a moment of another tool loses a microsecond."""
    return [json.dumps(_rounded(call)) for call in calls]


def _rounded(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _rounded(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_rounded(each) for each in value]
    if isinstance(value, float):
        return round(value, 2)
    return str(value)[:23] if isinstance(value, str) and "T" in value and ":" in value else value


@pytest.mark.parametrize("pack", [gzip.compress, lzma.compress])
def test_a_packed_recording_that_is_cut_is_told_up_to_there(pack: Callable[[bytes], bytes]) -> None:
    """However short it is."""
    packed = pack(raw("ring-all-of-three"))
    story = replayed(io.BytesIO(packed[: len(packed) * 9 // 10]), House(), any_queue=True, numbers=())
    assert [call.answered_by for call in story.calls.values()] == ["202"]
