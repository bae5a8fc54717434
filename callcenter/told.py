"""The story of a recording as lines for people, and as JSON for machines.

In:  a Story. Out: text; plain values with stable names, moments as ISO 8601 in UTC, null where they are not known.
Never: a moment that nobody saw, a time without its zone.
"""

from collections.abc import Iterator
from datetime import datetime, tzinfo
from typing import TYPE_CHECKING, Any

from callcenter.core.attempt import Attempt
from callcenter.core.call import Call
from callcenter.core.facts import UNKNOWN_MOMENT
from callcenter.core.record import ATTEMPT_CLOCK, CLOCK, call_record, moment
from callcenter.core.rung import Phone

if TYPE_CHECKING:
    from callcenter.replay import Story

ALWAYS = ("arrived_at", "queued_at", "rang_at", "answered_at", "ended_at")
"""The moments that every call is asked for; the others are printed where they were."""

PHONE_CLOCK = ("called_at", "ringing_at", "answered_at", "ended_at")
OURS, ANY_QUEUE, EVERYBODY = "ours", "any queue", "everybody"
"""Which calls of a recording are told."""

SCOPE = {
    ANY_QUEUE: "Told are the callers of every queue.",
    EVERYBODY: "Nobody waits in a queue in this recording: told is everybody who dials.",
}
SHOWN = 20  # unreadable messages


def record(story: "Story", region: str) -> dict[str, Any]:
    """What `replay --json` prints."""
    return {
        "scope": story.scope,
        "messages": story.messages,
        "unreadable": story.unreadable,
        "calls": [_call_record(story, call, region) for call in story.calls.values()],
    }


def _call_record(story: "Story", call: Call, region: str) -> dict[str, Any]:
    queues = story.waited_in.get(call.id, [])
    return {
        **call_record(call, region),
        "queue": queues[0] if queues else None,
        "queues": queues,
        "waited_s": _waited(story, call),
        "talked_s": _seconds(call.answered_at, call.ended_at),
        "phones": [_phone_record(phone) for phone in story.rung.of(call.id)],
    }


def _phone_record(phone: Phone) -> dict[str, Any]:
    times = {name: moment(getattr(phone, name)) for name in PHONE_CLOCK}
    return {"position": phone.position, "leg": phone.leg, "result": phone.result.value, **times}


def lines(story: "Story", zone: tzinfo) -> Iterator[str]:
    """What `replay` prints: nothing in it can steer the terminal."""
    for line in _lines(story, zone):
        yield "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in line)


def _lines(story: "Story", zone: tzinfo) -> Iterator[str]:
    if story.scope in SCOPE and story.messages:
        yield SCOPE[story.scope]
    if story.calls:
        yield f"Times are those of {zone}."
    for call in story.calls.values():
        yield ""
        yield from _call_lines(story, call, zone)
    if story.calls:
        yield ""
    yield _counted(story)
    yield from (f"    {why}" for why in story.unreadable[:SHOWN])
    if len(story.unreadable) > SHOWN:
        yield f"    and {len(story.unreadable) - SHOWN} more"
    if story.queues and not story.calls:
        yield f"Callers waited in {', '.join(sorted(story.queues))}: name it with --queue, or take any with --queue '*'"


def _counted(story: "Story") -> str:
    calls, messages = len(story.calls), story.messages
    unreadable = f"{len(story.unreadable)} of them unreadable" if story.unreadable else "all of them readable"
    if not messages:
        return "The recording is empty."
    return f"{calls} call{'s' * (calls != 1)} in {messages} message{'s' * (messages != 1)}, {unreadable}"


def _call_lines(story: "Story", call: Call, zone: tzinfo) -> Iterator[str]:
    with_whom = (
        f" by {call.answered_by}" if call.answered_by else f" to {call.overflowed_to}" * bool(call.overflowed_to)
    )
    spans = [
        ("waited", _waited(story, call)),
        ("spoke", _seconds(call.answered_at or call.overflowed_at, call.ended_at)),
    ]
    said = "".join(f", {word} {span:.1f} s" for word, span in spans if span is not None)
    flags = "  [test]" * call.test + "  [cut off]" * call.disconnected_early + "  [end not heard]" * (not call.end_seen)
    yield f"{call.id}  {call.number or 'number withheld'}  {call.outcome.value}{with_whom}{said}{flags}"
    day = "" if call.arrived_at == UNKNOWN_MOMENT else f"{call.arrived_at.astimezone(zone):%Y-%m-%d}  "
    queues = story.waited_in.get(call.id, [])
    yield f"    {day}{_times(call, CLOCK, zone, ALWAYS)}" + (f"  in {', then '.join(queues)}" if queues else "")
    for phone in story.rung.of(call.id):
        yield f"    phone {phone.position:<12}  {phone.result.value:<9}  {_times(phone, PHONE_CLOCK, zone)}"
    for share in call.forwards:
        after = f", after {share.escalated_from}" if share.escalated_from else ""
        yield f"    forward {share.agency} {share.turn}: {share.status.value}{after}"
    for attempt in call.attempts:
        what = f"attempt {attempt.agency or attempt.number or '?'} line {attempt.line}"
        yield f"    {what:<18}  {attempt.result.value:<9}  {_times(attempt, ATTEMPT_CLOCK, zone)}"


def _times(what: Call | Phone | Attempt, names: tuple[str, ...], zone: tzinfo, always: tuple[str, ...] = ()) -> str:
    shown = ((name, getattr(what, name)) for name in names)
    return "  ".join(f"{name[:-3]} {_clock(at, zone)}" for name, at in shown if at is not None or name in always)


def _clock(value: datetime | None, zone: tzinfo) -> str:
    if value is None or value == UNKNOWN_MOMENT:
        return "n/a"
    return value.astimezone(zone).strftime("%H:%M:%S.%f")[:-3]


def _waited(story: "Story", call: Call) -> float | None:
    return _seconds(call.queued_at, call.answered_at or call.overflowed_at or story.left_at.get(call.id, call.ended_at))


def _seconds(since: datetime | None, until: datetime | None) -> float | None:
    if since is None or until is None or UNKNOWN_MOMENT in (since, until):
        return None
    return round((until - since).total_seconds(), 3)
