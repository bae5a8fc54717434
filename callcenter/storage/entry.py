"""One entry of the journal, and its line in the spool.

In:  a fact with the calls it changed. Out: one line of ASCII with a checksum, and back.
Never: an exception for a damaged line: it comes back as damaged, to be put where a person sees it.
"""

import json
import zlib
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from callcenter.core.call import Call
from callcenter.core.codec import fact_to_plain, to_plain
from callcenter.core.facts import Fact


@dataclass(frozen=True, slots=True)
class Entry:
    """What was heard, and the calls as they are since."""

    fact: Fact
    calls: tuple[Call, ...] = ()


@dataclass(frozen=True, slots=True)
class Heard:
    """An entry with its place in the order of things, as JSON values."""

    revision: int
    heard_at: str = ""
    fact: dict[str, Any] = field(default_factory=dict)
    calls: tuple[dict[str, Any], ...] = ()
    line: bytes = b""
    damage: str = ""  # why it cannot be read; the other fields are empty then


def to_line(entry: Entry, revision: int, heard_at: datetime) -> bytes:
    """The entry's line in the spool. An entry that JSON does not know still gets one: damaged, with its text."""
    try:
        plain = {"fact": fact_to_plain(entry.fact), "calls": [to_plain(call) for call in entry.calls]}
        body = json.dumps({"heard_at": heard_at.isoformat(), **plain}, separators=(",", ":"))
    except (TypeError, ValueError, OverflowError, AttributeError) as error:
        body = json.dumps({"damage": f"{type(error).__name__}: {error}", "entry": ascii(entry)[:20_000]})
    rest = f"{revision} {body}".encode("ascii")
    return b"%08x %s\n" % (zlib.crc32(rest), rest)


def from_line(line: bytes) -> Heard:
    """What the line says; damaged where it says nothing."""
    try:
        checksum, _, rest = line.rstrip(b"\n").partition(b" ")
        if int(checksum, 16) != zlib.crc32(rest):
            return Heard(revision=0, line=line, damage="the checksum does not fit: the disk changed it")
        number, _, body = rest.partition(b" ")
        data = json.loads(body)
        if "damage" in data:
            return Heard(revision=int(number), line=line, damage=str(data["damage"]))
        return Heard(int(number), data["heard_at"], data["fact"], tuple(data["calls"]), line)
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        return Heard(revision=0, line=line, damage=f"{type(error).__name__}: {error}")
