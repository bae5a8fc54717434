"""A recorded AMI stream, whichever form it has, as messages with Asterisk's own header names.

In:  an open file: raw AMI text, or JSON (lines, an array, objects one after the other), also of other tools; packed
     (gzip, bzip2, xz) or not.
Out: one message after the other; an empty one for each that cannot be read.
Never: the whole file in memory, an exception on its content, a message of which the file holds only the beginning.
"""

import bz2
import codecs
import contextlib
import gzip
import io
import json
import lzma
import re
import zlib
from collections.abc import Callable, Iterator
from datetime import UTC, tzinfo
from typing import IO, Any

from callcenter.asterisk import wire
from callcenter.asterisk.headers import WANTED, canonical, headers, inside, of_asterisk
from callcenter.asterisk.wire import Fields

CHUNK = 1 << 18
LONGEST = 32 << 20  # characters of one JSON value; a list inside an object has to fit
PACKED: dict[bytes, Callable[[IO[bytes]], Any]] = {
    b"\x1f\x8b": gzip.open,
    b"BZh": bz2.open,
    b"\xfd7zXZ": lzma.open,
}
WIDE = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
JSON = re.compile(rb"\s*(\{|\[\s*([\[{\"\]]|$))")
"""How a JSON recording begins. A line of a log may begin with a bracket, too: [2026-11-22 10:00:00]."""

WRAPPED = re.compile(rb'\s*\{(?:\s*"[^"]*"\s*:\s*(?:"[^"]*"|[^\s"\[{,]+)\s*,)*\s*"[^"]*"\s*:\s*(?=\[\s*\{)')
"""An object around the array: then it is read like an array, of any length."""

BETWEEN = re.compile(r"[\s,\[\]}\x1e]*")
"""What may stand between two JSON values: so an array, lines, and arrays after each other are read alike."""

LISTED = re.compile(rb'\s*\[(?=\s*\[\s*(\[\s*)?")')
"""An array of lists: each is a message, of which every header is a pair, or a line of text."""

BETWEEN_LISTS = re.compile(r"[\s,\]}\x1e]*")

CUT = ""
"""The name of a header that no message has: the recording ends in the middle of this one."""

_SESSION = re.compile(rb"\r?\n(?=Asterisk Call Manager/)")
_BLANK_LINE = re.compile(rb"\n[ \t]*\n")

_MIXED = 0.2
"""From this share of the lines on, a bare LF is a line's end too, and no letter inside a value."""
_PADDED = re.compile(rb"\n[ \t]+\r?\n")
_MENDS = (
    (re.compile(rb"\r"), b"\n"),
    (re.compile(rb"\r\r\n"), b"\r\n"),
    (re.compile(rb"\r+\n"), b"\n"),
    (re.compile(rb"[ \t]*\r*(?=\n)|(?m:^[ \t]+)"), b""),
)


def messages_of(data: bytes, zone: tzinfo = UTC) -> Iterator[Fields]:
    """The messages of a recording that is in memory."""
    return messages_in(io.BytesIO(data), zone)


def is_json(file: IO[bytes]) -> bool:
    """Not Asterisk's own text: another tool collected it, perhaps not in the order in which it happened."""
    return JSON.match(next(_chunks(file), b"")) is not None


def messages_in(file: IO[bytes], zone: tzinfo = UTC) -> Iterator[Fields]:
    """The messages of an open recording, from its beginning. `zone`: of moments that name none."""
    chunks = _chunks(file)
    first = next(chunks, b"")
    if JSON.match(first):
        around = WRAPPED.match(first)
        wrapped = around is not None and not re.search(rb'(?i)"(event|response)"', around[0])
        between = BETWEEN
        if listed := LISTED.match(first):
            first, between = first[listed.end() :], BETWEEN_LISTS
        for value in _values(first[around.end() :] if around and wrapped else first, chunks, between):
            for record in inside(value):
                yield canonical(record, zone)
    else:
        yield from _raw(_mended(first, chunks), zone)


def _chunks(file: IO[bytes]) -> Iterator[bytes]:
    """The bytes of the recording, unpacked, as UTF-8 without its mark. What is packed may end in the middle."""
    file.seek(0)
    head = file.read(8)
    file.seek(0)
    unpack = next((opened for magic, opened in PACKED.items() if head.startswith(magic)), None)
    plain = unpack(file) if unpack else file
    wide = codecs.getincrementaldecoder("utf-16")("replace") if head.startswith(WIDE) else None
    began = False
    while chunk := _read(plain, CHUNK):
        if wide is not None:
            chunk = wide.decode(chunk).encode("utf-8", "replace")
        if not began:
            chunk = chunk.removeprefix(codecs.BOM_UTF8).lstrip()
            began = bool(chunk)
        if chunk:
            yield chunk


def _read(file: Any, count: int) -> bytes:
    """Up to so many bytes; of a packed file that is cut also what stands before the cut."""
    pieces: list[bytes] = []
    with contextlib.suppress(EOFError, OSError, zlib.error, lzma.LZMAError):
        while count > 0 and (piece := file.read1(count)):
            pieces.append(piece)
            count -= len(piece)
    return b"".join(pieces)


def _mended(first: bytes, chunks: Iterator[bytes]) -> Iterator[bytes]:
    """The same with line ends as Asterisk writes them: other ones, and spaces around lines, come from other tools."""
    mend = _mend(first)
    if mend is None:
        yield from _both(first, chunks)
        return
    wrong, right = _MENDS[mend]
    rest = b""
    for chunk in _both(first, chunks):
        whole = rest + chunk
        kept = len(whole) if mend == 0 or len(whole) > wire.MAX_FRAME else whole.rfind(b"\n") + 1
        rest = whole[kept:]
        yield wrong.sub(right, whole[:kept])
    yield wrong.sub(right, rest)


def _mend(first: bytes) -> int | None:
    """Which one of the ways to mend it needs."""
    line, newline, _ = first.partition(b"\n")
    if not newline:
        return 0 if b"\r" in line else None
    if _PADDED.search(first) and b"\n\n" not in first and b"\r\n\r\n" not in first:
        return 3
    if line.endswith(b"\r\r"):
        return 1
    ends, whole = first.count(b"\n"), first.count(b"\r\n")
    return 2 if whole and (ends - whole) > ends * _MIXED else None


def _both(first: bytes, chunks: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    yield from chunks


def _raw(chunks: Iterator[bytes], zone: tzinfo) -> Iterator[Fields]:
    """AMI text. Sessions with other line ends may follow each other in one file."""
    frames, last = wire.Frames(), b""
    for chunk in chunks:
        last = chunk[-1:] or last
        for frame in frames.feed(chunk):
            yield from _parsed(frame, zone)
        if frames.waiting > wire.MAX_FRAME:
            yield {}
            frames = wire.Frames()
    for frame in frames.feed(b"\r\n\r\n"):
        for message in _parsed(frame, zone):
            yield message if last == b"\n" or not message else {**message, CUT: "1"}


def _parsed(frame: bytes, zone: tzinfo) -> Iterator[Fields]:
    """The messages of one frame: several, where a session began without a blank line or with other line ends."""
    for session in _SESSION.split(frame):
        pieces = [session] if b"\r\n" in session else _BLANK_LINE.split(session)
        for piece in pieces:
            if cleaned := piece.strip(b"\r\n\0 \t"):
                yield _message(cleaned if b"\r\n" in cleaned else cleaned.replace(b"\n", b"\r\n"), zone)


def _message(frame: bytes, zone: tzinfo) -> Fields:
    name = wire.event_name(frame)
    if name is not None and (plain := name.decode("utf-8", "replace")) not in WANTED and wire.is_name(plain):
        return {"Event": plain}  # two thirds of a stream: nobody reads what they hold
    try:
        return of_asterisk(wire.fields(wire.parse(frame)), zone)
    except wire.Unreadable:
        return canonical(headers(frame.decode("utf-8", "replace").splitlines()), zone)


def _values(first: bytes, chunks: Iterator[bytes], between: re.Pattern[str] = BETWEEN) -> Iterator[Any]:
    """JSON values, wherever one ends and the next begins; None for what is none."""
    decoder = json.JSONDecoder(parse_float=str, parse_int=str)
    letters = codecs.getincrementaldecoder("utf-8")("replace")
    text, at, wanted, more = letters.decode(first), 0, CHUNK, True
    while True:
        at = _after(text, at, between)
        if at < len(text):
            try:
                value, at = decoder.raw_decode(text, at)
            except (ValueError, RecursionError) as wrong:
                if not (more and _unfinished(wrong, text, at)):
                    yield None
                    at = _next_value(text, at)
                    continue
            else:
                yield value
                continue
        if not more:
            return
        text, at = text[at:], 0
        wanted = max(CHUNK, len(text))  # as much again: a long value is begun anew a few times, not for each chunk
        text, more = _longer(text, wanted, letters, chunks)


def _after(text: str, at: int, between: re.Pattern[str]) -> int:
    found = between.match(text, at)
    return found.end() if found else at


def _unfinished(wrong: Exception, text: str, at: int) -> bool:
    """The value may still be whole: what is wrong is that the text ends."""
    if not isinstance(wrong, json.JSONDecodeError) or len(text) - at > LONGEST:
        return False
    return wrong.msg.startswith("Unterminated string") or wrong.pos >= len(text) - len("-Infinity")


def _next_value(text: str, at: int) -> int:
    """Behind the line that is no JSON."""
    end = text.find("\n", at)
    return len(text) if end < 0 else end + 1


def _longer(text: str, wanted: int, letters: codecs.IncrementalDecoder, chunks: Iterator[bytes]) -> tuple[str, bool]:
    pieces, count = [text], 0
    while count < wanted:
        chunk = next(chunks, None)
        if chunk is None:
            pieces.append(letters.decode(b"", final=True))
            return "".join(pieces), False
        pieces.append(letters.decode(chunk))
        count += len(chunk)
    return "".join(pieces), True
