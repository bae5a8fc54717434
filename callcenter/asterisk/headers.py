"""One message of a recording that another tool wrote, with the header names that Asterisk writes today.

In:  a JSON value, or the lines of a message: names in any case, the message inside another object, older names.
Out: the headers that we read, under their names; `Timestamp` in seconds since 1970 where any field tells the moment.
Never: a moment that no field tells.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, tzinfo
from typing import Any

from callcenter.asterisk.inbox import READERS
from callcenter.asterisk.wire import Fields, text

READ = """
Event Response Action Message Timestamp Uniqueid DestUniqueid Linkedid DestLinkedid Channel DestChannel ChannelState
ChannelStateDesc Queue Interface Location Member MemberName Context Exten Extension CallerIDNum CallerIDName Status
Paused PausedReason DialStatus DialString Cause Conference HoldTime Result ActionID UserEvent Uptime Shutdown Restart
TransfereeUniqueid TransfererUniqueid OrigTransfererUniqueid TransferTargetUniqueid TransferTargetChannel
Leg By Number NumberSource Name Recording Trunk SipCallId Test Call Line Turn Why To
Position In Kind About Step Direction Digit DestApp Reason BridgeUniqueid BridgeTechnology
SubEvent Bridgestate Meetme Channel1 Channel2 Uniqueid1 Uniqueid2 Newname SpyerUniqueid SpyerChannel RetrieverUniqueid
"""
NAMES = {name.lower(): name for name in READ.split()}
"""How Asterisk writes the headers that we read; other tools' recordings change their case."""

_FOLLOWED = """
DialBegin Newstate HangupRequest SoftHangupRequest AgentComplete BridgeEnter BridgeLeave BridgeDestroy FullyBooted
Shutdown Rename Bridge Link Unlink MeetmeJoin MeetmeLeave Pickup ChanSpyStart AgentLogin Agentlogin UnParkedCall
"""
FOLLOWED = tuple(_FOLLOWED.split())
"""What tells of calls in other systems, beside that which the inbox reads."""
WANTED = frozenset((*READERS, *FOLLOWED, "Join", "Leave", "Dial"))
EVENTS = {name.lower(): name for name in WANTED}

OLDER = {"join": "QueueCallerJoin", "leave": "QueueCallerLeave"}
"""Until Asterisk 11."""
OLDER_HEADERS = {
    "bridgedchannel": "destuniqueid",  # AgentConnect until 11: that leg's id
    "agentcalled": "interface",
    "destinationchannel": "destchannel",
    "agentname": "membername",
    "srcuniqueid": "uniqueid",
    "destination": "destchannel",
}
OLDER_NAMES = frozenset({"BridgedChannel", "AgentCalled", "SrcUniqueID", "UniqueID"})
"""One of them stands in each older message that we read."""

_MOMENTS = """
timestamp eventtime eventtv time ts @timestamp datetime date received receivedat datereceived createdat loggedat at when
epoch t
"""
MOMENTS = tuple(_MOMENTS.split())
"""Fields that tell when, the surest first."""

CLASSES = ("eventname", "eventtype", "name", "type", "class")
"""Where other libraries write which event it is."""

COUNTED = ("Cause", "HoldTime", "Uptime", "ChannelState", "Status")
NUMBER = re.compile(r"\s*(?:(-?\d+)(?:\.0*)?\s*|.*)", re.DOTALL)
"""A whole number, also as a table wrote it (16.0); of anything else nothing is left."""

HELD = frozenset({"chanvariable", "variable", "variables", "chanvariables"})
"""Objects that are values of a message, not a message inside another one."""

EARLIEST, LATEST = 86_400.0 * 365 * 20, 86_400.0 * 365 * 200  # 1990 to 2170, about


def canonical(record: Any, zone: tzinfo = UTC) -> Fields:
    """The message with Asterisk's own header names; empty where it is none."""
    lower = _flat(record)
    kind = _kind(lower)
    if not kind and not lower.get("response") and not lower.get("action"):
        return {}  # an action is what somebody asked: it says nothing, and is no damage
    if kind and kind not in WANTED:
        return {"Event": kind}
    for older, newer in OLDER_HEADERS.items():
        if older in lower and newer not in lower:
            lower[newer] = lower[older]
    found = {NAMES[name]: _value(value) for name, value in lower.items() if name in NAMES}
    found |= {name: NUMBER.sub(r"\1", text(found, name)) for name in COUNTED if name in found}
    if kind:
        found["Event"] = kind
    moment = next((at for name in MOMENTS if (at := seconds(lower.get(name), zone)) is not None), None)
    found.pop("Timestamp", None)
    return found if moment is None else {**found, "Timestamp": moment}


def _kind(lower: Mapping[str, Any]) -> str:
    """Which event it is, as Asterisk names it today; also by the name of another library's class. Empty: none."""
    told = str(lower.get("event") or "")
    if told.lower() == "dial":
        return _dialled(lower)
    named = [told] if told else [str(lower.get(name) or "") for name in CLASSES]
    for name in (each.rpartition(".")[2].lower() for each in named):
        known = OLDER.get(name) or EVENTS.get(name) or EVENTS.get(name.removesuffix("event"))
        if known:
            return known
    return told


def _dialled(lower: Mapping[str, Any]) -> str:
    """Until Asterisk 11 one event told the beginning and the end of a ring; the end without saying whose."""
    return {"begin": "DialBegin", "end": "DialEnd"}.get(str(lower.get("subevent", "")).lower(), "Dial")


def _flat(record: Any, depth: int = 4) -> dict[str, Any]:
    """One level: what is inside an object counts before what is around it. Names in small letters."""
    if isinstance(record, str):
        return headers(record.splitlines())
    record = listed(record) or record
    if not isinstance(record, Mapping) or not depth:
        return {}
    found: dict[str, Any] = {}
    inner: list[Any] = []
    for name, value in record.items():
        key = _spelt(name)
        told = isinstance(value, str) and value.lstrip().startswith(("Event: ", "Response: "))
        if told or (isinstance(value, Mapping) and key not in HELD):
            inner.append(value)
        elif key not in HELD and (pairs := listed(value)):
            inner.append(pairs)
        else:
            found[key] = value
    for value in inner:
        found.update(_flat(value, depth - 1))
    return found


def _spelt(name: object) -> str:
    """CallerIDNum, callerIdNum and caller_id_num are one header."""
    return str(name).lower().replace("_", "").replace("-", "")


def inside(record: Any, depth: int = 6) -> Iterator[Any]:
    """The messages of one JSON value: itself, or those in the lists of an object that is no message."""
    record = listed(record) or record
    held = record if isinstance(record, list) else ()
    if isinstance(record, Mapping) and not ({"response", "action"} & (flat := _flat(record)).keys() or _kind(flat)):
        held = [value for value in record.values() if _holds(value)]
    if not held or not depth:
        yield record
    for each in held:
        yield from inside(each, depth - 1)


def listed(value: Any) -> dict[str, Any] | None:
    """A message whose headers are a list: of pairs, of objects with name and value, or of lines."""
    if not isinstance(value, list) or not value:
        return None
    lines = [_line(each) for each in value]
    found = headers(line for line in lines if line is not None) if None not in lines else {}
    return found if {"event", "response"} & found.keys() else None


def _line(each: Any) -> str | None:
    """One header of such a list, as a line."""
    if isinstance(each, str):
        return each if ":" in each and "\n" not in each else None
    if isinstance(each, Mapping):
        each = [next((each[name] for name in names if name in each), None) for names in (("name", "key"), ("value",))]
    if not isinstance(each, list) or len(each) != 2 or not isinstance(each[0], str):
        return None
    return None if isinstance(each[1], list | Mapping) else f"{each[0]}: {_plain(each[1])}"


def _holds(value: Any) -> bool:
    """Objects, or a list of some."""
    return isinstance(value, Mapping) or (isinstance(value, list) and any(isinstance(each, Mapping) for each in value))


def headers(lines: Iterable[str]) -> dict[str, Any]:
    """Lines as headers, however they are written: names in small letters."""
    found: dict[str, Any] = {}
    for line in lines:
        name, colon, value = line.partition(":")
        key = _spelt(name.strip())
        if colon and key:
            known = found.get(key, [])
            earlier = known if isinstance(known, list) else [known]
            found[key] = [*earlier, value.strip()] if earlier else value.strip()
    return found


def _value(value: Any) -> str | list[str]:
    if isinstance(value, list):
        return [_plain(item) for item in value] or ""
    return _plain(value)


def _plain(value: Any) -> str:
    if value is None or isinstance(value, bool):
        return "1" if value else "0" if value is False else ""
    return value if isinstance(value, str) else json.dumps(value)


def seconds(value: Any, zone: tzinfo = UTC) -> str | None:
    """A moment as seconds since 1970, however it is written: also in milliseconds or finer, or as ISO 8601. Where
    that names no zone, it is the given one's time. None: no moment."""
    written = str(value).strip() if isinstance(value, str | int | float) and not isinstance(value, bool) else ""
    try:
        count = float(written)
    except ValueError:
        return _iso(written, zone)
    for scale in (1.0, 1e3, 1e6, 1e9):
        if EARLIEST < count / scale < LATEST:
            return written if scale == 1.0 else repr(count / scale)
    return None


def _iso(written: str, zone: tzinfo) -> str | None:
    try:
        moment = datetime.fromisoformat(written)
    except ValueError:
        return None
    aware = moment if moment.tzinfo else moment.replace(tzinfo=zone)
    return repr(aware.timestamp())


def of_asterisk(message: Fields, zone: tzinfo = UTC) -> Fields:
    """A message of Asterisk itself with today's names, and without what is no moment."""
    if text(message, "Event").lower() in (*OLDER, "dial") or OLDER_NAMES & message.keys():
        return canonical(message, zone)
    stamp = text(message, "Timestamp")
    return message if seconds(stamp, zone) else {**message, "Timestamp": ""}
