"""The recordings of another telephone system (tests/recordings/elsewhere), and the story that is told of them."""

import gzip
import io
import json
from collections.abc import Callable
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from callcenter.asterisk import wire
from callcenter.asterisk.inbox import House
from callcenter.asterisk.wire import Fields
from callcenter.replay import replayed
from callcenter.told import record

FOLDER = Path(__file__).parent / "recordings" / "elsewhere"


@cache
def raw(name: str) -> bytes:
    return gzip.decompress((FOLDER / f"{name}.ami.gz").read_bytes())


def told(recording: bytes) -> list[dict[str, Any]]:
    story = replayed(io.BytesIO(recording), House(), any_queue=True, numbers=())
    assert not story.unreadable
    found: list[dict[str, Any]] = record(story, "ID")["calls"]
    return found


@cache
def whole(name: str) -> list[dict[str, Any]]:
    return told(raw(name))


def epoch(moment: str) -> float:
    return datetime.fromisoformat(moment).timestamp()


def messages(name: str) -> list[Fields]:
    return [wire.fields(wire.parse(frame)) for frame in wire.frames(raw(name))]


def stamped(message: Fields) -> float:
    return float(wire.text(message, "Timestamp") or 0)


def less(*names: str) -> Callable[[Fields], Fields]:
    return lambda message: {name: value for name, value in message.items() if name not in names}


def as_lines(said: list[Any]) -> bytes:
    return "\n".join(json.dumps(message) for message in said).encode()
