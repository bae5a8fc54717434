"""`replay FILE`: a recorded AMI stream through the very same code, and the story it tells.

In:  JSON lines, a JSON array, or the raw AMI text of Asterisk, of this or of another system.
Out: each call with outcome, times and attempts, as text for people or JSON for machines.
Never: the machine's clock. A recording without moments gives times that read n/a; a message that cannot be read is
counted and told, and the story goes on.
"""

import json
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import Any

from callcenter.asterisk import wire
from callcenter.asterisk.inbox import House, at, read
from callcenter.asterisk.wire import Fields, text
from callcenter.core.apply import apply
from callcenter.core.call import Call
from callcenter.core.errors import BadInput
from callcenter.core.facts import UNKNOWN_MOMENT
from callcenter.core.floor import Floor
from callcenter.core.record import ATTEMPT_CLOCK, CLOCK, call_record
from callcenter.core.seen import FloorSeen

READ = """
Event Timestamp Uniqueid DestUniqueid Queue Interface Location Member MemberName Context Exten CallerIDNum CallerIDName
Status Paused DialStatus Cause Conference HoldTime Response Result Extension TransfereeUniqueid TransfererUniqueid
UserEvent Leg By Number NumberSource Name Recording Trunk SipCallId Test Uptime
"""
NAMES = {name.lower(): name for name in READ.split()}
"""How Asterisk writes the headers that we read; other tools' recordings change their case."""


@dataclass
class Story:
    """What a recording tells."""

    calls: dict[str, Call] = field(default_factory=dict)
    queues: set[str] = field(default_factory=set)  # in which somebody waited
    messages: int = 0
    unreadable: list[str] = field(default_factory=list)


def tell(messages: Iterable[Fields], house: House) -> Story:
    """Every message through inbox and floor, in order."""
    story, floor, now, boot = Story(), Floor(), UNKNOWN_MOMENT, None
    for message in messages:
        story.messages += 1
        if not message:
            story.unreadable.append(f"message {story.messages}: not an AMI message")
            continue
        if text(message, "Event") == "QueueCallerJoin":
            story.queues.add(text(message, "Queue"))
        try:
            now = at(message, now)
            if text(message, "Event") == "FullyBooted":
                boot, floor = _booted(floor, message, now, boot, story)
            fact = read(house, message, now)
        except (ValueError, KeyError, OverflowError, OSError) as wrong:
            story.unreadable.append(f"message {story.messages} ({text(message, 'Event')[:40]}): {wrong!r}")
            continue
        if fact is not None:
            floor, changed = apply(floor, fact)
            story.calls.update((call.id, call) for call in changed)
    return story


def _booted(
    floor: Floor, message: Fields, now: datetime, boot: float | None, story: Story
) -> tuple[float | None, Floor]:
    """A login. Where Asterisk is younger than at the last one it has restarted: the calls of before are gone."""
    if now == UNKNOWN_MOMENT or not text(message, "Uptime"):
        return boot, floor
    began = now.timestamp() - float(text(message, "Uptime"))
    if boot is not None and began - boot > 5:
        floor, changed = apply(replace(floor, boot=str(boot)), FloorSeen(now, str(began)))
        story.calls.update((call.id, call) for call in changed)
    return began, floor


def messages_of(data: bytes) -> Iterator[Fields]:
    """The messages of a recording, whichever of the three forms it has. Raises BadInput where it has none."""
    start = data.lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
    if start == b"[":
        yield from map(_canonical, _array(data))
    elif start == b"{":
        for line in data.decode("utf-8-sig", "replace").splitlines():
            if line.strip():
                yield _canonical(_line(line))
    else:
        for frame in wire.frames(data):
            try:
                yield wire.fields(wire.parse(frame))
            except wire.Unreadable:
                yield {}


def _line(line: str) -> Any:
    """One line of JSON; nothing where it is none (a recording cut in the middle): counted, not fatal."""
    try:
        return json.loads(line)
    except ValueError:
        return {}


def _array(data: bytes) -> Any:
    try:
        return json.loads(data.decode("utf-8-sig", "replace"))
    except ValueError as wrong:
        raise BadInput("The recording is not whole JSON: {wrong}.", wrong=wrong) from wrong


def _canonical(record: Any) -> Fields:
    """One message of a JSON recording with Asterisk's own header names."""
    if not isinstance(record, dict):
        return {}
    lower = {str(name).lower(): value for name, value in record.items()}
    if "event" not in lower or isinstance(lower["event"], dict):
        inner = next((v for v in record.values() if isinstance(v, dict)), None)
        if inner is None:
            return {}
        outer = {name: value for name, value in record.items() if not isinstance(value, dict)}
        return _canonical({**outer, **inner})
    if "timestamp" not in lower and isinstance(lower.get("time") or lower.get("ts"), int | float):
        lower["timestamp"] = lower.get("time") or lower.get("ts")
    return {NAMES.get(name, name): _value(value) for name, value in lower.items()}


def _value(value: Any) -> str | list[str]:
    return [str(item) for item in value] if isinstance(value, list) else "" if value is None else str(value)


def printed(story: Story, zone: tzinfo) -> Iterator[str]:
    """The story as lines for people."""
    for call in story.calls.values():
        who = call.number or "number withheld"
        with_whom = f", answered by {call.answered_by}" if call.answered_by else ""
        yield f"{call.id}  {who}  {call.outcome.value}{with_whom}" + ("  [test]" if call.test else "")
        yield "    " + "  ".join(f"{name[:-3]} {_clock(getattr(call, name), zone)}" for name in CLOCK)
        for share in call.forwards:
            after = f", after {share.escalated_from}" if share.escalated_from else ""
            yield f"    forward {share.agency} {share.turn}: {share.status.value}{after}"
        for attempt in call.attempts:
            times = "  ".join(f"{name[:-3]} {_clock(getattr(attempt, name), zone)}" for name in ATTEMPT_CLOCK)
            yield f"    attempt {attempt.agency or attempt.number or '?'} line {attempt.line}: {attempt.result.value}"
            yield f"        {times}"
    yield f"{len(story.calls)} calls in {story.messages} messages, {len(story.unreadable)} of them unreadable"
    yield from (f"    {why}" for why in story.unreadable[:20])
    if story.queues and not story.calls:
        yield f"Callers waited in {', '.join(sorted(story.queues))}: name it with --queue, or take any with --queue '*'"


def _clock(value: datetime | None, zone: tzinfo) -> str:
    if value is None or value == UNKNOWN_MOMENT:
        return "n/a"
    return value.astimezone(zone).strftime("%H:%M:%S.%f")[:-3]


def main(path: Path, house: House, *, as_json: bool = False, region: str = "ID", zone: tzinfo = UTC) -> int:
    """Print the story of that recording; 0 when it could be read at all. Raises BadInput where it could not."""
    try:
        data = path.read_bytes()
    except OSError as wrong:
        raise BadInput("{path} cannot be read: {wrong}.", path=path, wrong=wrong.strerror) from wrong
    story = tell(messages_of(data), house)
    if as_json:
        calls = [call_record(call, region) for call in story.calls.values()]
        json.dump({"messages": story.messages, "unreadable": story.unreadable, "calls": calls}, sys.stdout, indent=1)
        print()
    else:
        for line in printed(story, zone):
            print(line)
    return 0
