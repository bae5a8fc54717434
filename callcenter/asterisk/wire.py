"""AMI text: bytes to messages, questions to bytes. The only place that knows how Asterisk writes.

In:  raw bytes from the socket or from a recording; the headers of a question.
Out: frames, panoramisk Messages (`Heard`), and the checked bytes of one action.
Never: reads a clock or a socket, raises on bytes from outside other than `Unreadable`, strips what it should refuse.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any

from panoramisk.actions import Action
from panoramisk.message import Message
from panoramisk.utils import CaseInsensitiveDict

from callcenter.core.errors import BadInput

Fields = dict[str, str | list[str]]
"""One message: header names as Asterisk writes them; a header that came more than once is a list."""
Given = Mapping[str, str | int | Sequence[str]]
"""The headers of a question; a sequence is one header line for each item."""

BANNER = "Asterisk Call Manager/"
MAX_FRAME = 4 << 20  # bytes; the longest message seen from Asterisk has 20 kB
MAX_LINE = 1022  # bytes without the line end; Asterisk answers "line too long" to 1023
MAX_HEADERS = 128  # AST_MAX_MANHEADERS

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,63}")
_VARIABLE = re.compile(r"_{0,2}[A-Za-z][A-Za-z0-9_]*")  # no brackets: CALLERID(name)=... would be a function call
_UNSAFE = re.compile(r"[\x00-\x08\x0a-\x1f\x7f\ud800-\udfff]")  # all C0 but TAB, DEL, lone surrogates
_LF_BLANK_LINE = re.compile(rb"\r?\n\r?\n")
_ID = b"\r\nActionID: "


class Unreadable(ValueError):
    """A frame that is no AMI message; its text says why."""


class Heard(Message):
    """panoramisk's Message over a plain dict, so that filling it is cheap: the case-insensitive view
    (`message["uniqueid"]`, `message.uniqueid`) is made only when somebody uses it."""

    def __init__(self, plain: Fields) -> None:
        self.fields = plain
        self.manager = None

    @cached_property
    def _store(self) -> dict[str, tuple[str, str | list[str]]]:  # type: ignore[override]  # made when used, not in __init__
        return {name.lower(): (name, value) for name, value in self.fields.items()}


def fields(message: Message) -> Fields:
    """The message as a plain dict: `str` values, or a list of them where a header was repeated."""
    return message.fields if isinstance(message, Heard) else dict(message.items())


def text(plain: Fields, name: str) -> str:
    """One header as text, the first one where it was repeated, "" where it is absent."""
    value = plain.get(name, "")
    return value if isinstance(value, str) else value[0]


class Frames:
    """Cuts a stream into frames, however it is segmented. Bytes only: decoding waits for a whole message.

    A stream has one line end, that of its first line. Asterisk writes CRLF, and then a bare LF inside a value
    is data: otherwise a caller could end a message and begin one of her own.
    """

    def __init__(self) -> None:
        self._rest = b""
        self._crlf: bool | None = None

    @property
    def waiting(self) -> int:
        """Bytes of the frame that has not ended yet."""
        return len(self._rest)

    def feed(self, data: bytes) -> list[bytes]:
        """The frames that these bytes complete. A frame may be empty or begin with stray blank lines."""
        data = self._rest + data if self._rest else data
        if self._crlf is None:
            end = data.find(b"\n")
            if end < 0:
                self._rest = data
                return []
            self._crlf = data[end - 1 : end] == b"\r"
        found = data.split(b"\r\n\r\n") if self._crlf else _LF_BLANK_LINE.split(data)
        self._rest = found.pop()
        return found if self._crlf else [re.sub(rb"\r?\n", b"\r\n", frame) for frame in found]


def frames(recording: bytes) -> Iterator[bytes]:
    """The frames of a whole recording (banner, stray blank lines, LF line ends and a missing last one are fine)."""
    for frame in Frames().feed(recording.rstrip(b"\r\n") + _end_of(recording)):
        if cleaned := frame.strip(b"\r\n"):
            yield cleaned


def _end_of(recording: bytes) -> bytes:
    first, newline, _ = recording.partition(b"\n")
    return b"\r\n\r\n" if first.endswith(b"\r") or not newline else b"\n\n"


def event_name(frame: bytes) -> bytes | None:
    """The name of an event without parsing the rest; None where the frame does not begin with one."""
    if not frame.startswith(b"Event: "):
        return None
    end = frame.find(b"\r\n")
    return frame[7:end] if end > 0 else frame[7:]


def has_id(frame: bytes) -> bool:
    """Whether the frame carries an ActionID: it may be part of an answer."""
    return _ID in frame


def is_name(name: str) -> bool:
    """Whether this can be the name of an event, a response, an action or a header."""
    return _NAME.fullmatch(name) is not None


def parse(frame: bytes) -> Heard:
    """One frame as a message. Decoded as a whole, so no letter is ever cut; invalid UTF-8 becomes U+FFFD.

    Raises Unreadable when it is neither an event nor a response.
    """
    lines = frame.decode("utf-8", "replace").lstrip("\r\n").split("\r\n")
    if lines[0].startswith(BANNER):
        del lines[0]
    found: Fields = {}
    for line in lines:
        name, colon, value = line.partition(": ")
        if not colon:  # an empty header whose last space was trimmed; anything else is no header
            if not line.endswith(":"):
                continue
            name = line[:-1]
        if name not in found:
            found[name] = value
        elif isinstance(earlier := found[name], list):
            earlier.append(value)
        else:
            found[name] = [earlier, value]
    kind = "Event" if "Event" in found else "Response"
    found[kind] = name = text(found, kind)  # one kind only: a second `Event:` in a message is not believed
    if not is_name(name):
        raise Unreadable("neither an event nor a response" if not name else f"bad name {name[:80]!r}")
    return Heard(found)


def originated_leg(originate_response: Fields) -> str:
    """The ChannelId that was asked for. Where the leg failed, Asterisk's own `Uniqueid` says only `<unknown>`, but
    the ActionID comes back, and the link writes the ChannelId behind its `/`. Empty: not asked for by a link."""
    return text(originate_response, "ActionID").partition("/")[2]


class Question(Action):
    """panoramisk's Action for its headers and wire form only. Its own future is left out: that part re-sends,
    never resolves for QueueAdd, and closes the link for Atxfer."""

    def __init__(self, headers: Mapping[str, Any]) -> None:
        CaseInsensitiveDict.__init__(self, headers)  # type: ignore[no-untyped-call]


def question(action: str, action_id: str, given: Given) -> bytes:
    """The bytes of one action. Raises BadInput, and never strips: a line break in any value, name or id would be
    a second action; too long a line or too many of them would be refused by Asterisk without saying which."""
    headers: dict[str, list[Any]] = {"Action": [action], "ActionID": [action_id]}
    if not is_name(action):
        raise BadInput("{name} is not the name of an action.", name=repr(action))
    for name, value in given.items():
        if not isinstance(name, str) or not is_name(name) or name.lower() in ("action", "actionid", "commandid"):
            raise BadInput("{name} cannot be sent to Asterisk as a header.", name=repr(name))
        headers[name] = (
            list(value) if isinstance(value, list | tuple) else [str(value) if type(value) is int else value]
        )
    for name, values in headers.items():
        for value in values:
            _check(name, value)
    if sum(map(len, headers.values())) > MAX_HEADERS or len({name.lower() for name in headers}) < len(headers):
        raise BadInput("{name} has too many headers, or one of them twice.", name=action)
    return str(Question(headers)).encode()


def _check(name: str, value: object) -> None:
    if not isinstance(value, str) or _UNSAFE.search(value):
        raise BadInput("{name} has a line break or a control character; nothing was sent.", name=name)
    if len(name) + 2 + len(value.encode()) > MAX_LINE:
        raise BadInput("{name} is too long for Asterisk ({limit} bytes); nothing was sent.", name=name, limit=MAX_LINE)


def variables(values: Mapping[str, str]) -> list[str]:
    """Channel variables as one `Variable:` line each. Asterisk splits such a line at commas and sets what it
    finds, so comma, quote and backslash are refused: percent-encode them."""
    for name, value in values.items():
        if not _VARIABLE.fullmatch(name):
            raise BadInput("{name} cannot be the name of a channel variable.", name=repr(name))
        if any(bad in value for bad in ',"\\'):
            raise BadInput("{name} has a comma, a quote or a backslash; nothing was sent.", name=name)
    return [f"{name}={value}" for name, value in values.items()]
