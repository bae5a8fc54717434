"""What the demonstration prints at its end.

In:  the call as the API tells it, its recording, who spoke when.
Out: lines for the terminal: ticket, caller, outcome, the clock t0 to t9, the recording and who is heard in it.
Never: a moment that nobody saw (it reads n/a), or "heard" for sound that merely has the right length.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from callcenter import demo_sound as sound
from callcenter.core.phone import read
from callcenter.settings import Settings

CLOCK = (
    ("t0", "arrival", "arrived_at"),
    ("t1", "enters the queue", "queued_at"),
    ("t2", "first phone rings", "rang_at"),
    ("t3", "call taker answers", "answered_at"),
    ("t4", "ticket exists", "ticket_created_at"),
    ("t5", "location verified", "location_verified_at"),
    ("t6", "first forward dialled", "forwarded_at"),
    ("t7", "agency answers", "agency_answered_at"),
    ("t8", "agency accepts", "accepted_at"),
    ("t9", "caller's leg ends", "ended_at"),
)


@dataclass(frozen=True)
class Heard:
    """A recording, listened to."""

    file: Path
    seconds: float
    caller: bool
    call_taker: bool | None  # None: not our scripted phone answered, so her voice is not known


def listen(file: Path, scene: sound.Scene, hers_too: bool) -> Heard:
    """Which of the two is in it."""
    samples = sound.read(file) if file.exists() else sound.silence(0)
    hers, his = scene.heard(samples)
    return Heard(file, sound.seconds(samples), his, hers if hers_too else None)


def recording_file(settings: Settings, call: dict[str, Any]) -> Path:
    """Where Asterisk put it: a folder a day, by the UTC day of t0."""
    arrived = datetime.fromisoformat(call["arrived_at"])
    return settings.recordings / f"{arrived:%Y/%m/%d}" / f"{call['id']}.wav"


def report(settings: Settings, call: dict[str, Any], heard: Heard) -> Iterator[str]:
    number = read(call["number"], settings.region, settings.language)
    caller = f"{number.shown or 'withheld'} {f'({number.origin})' if number.origin else ''}"
    yield f"Ticket     {call['ticket'] or 'none'}"
    yield f"Caller     {caller.strip()}"
    yield f"Outcome    {call['outcome']}" + (f" by position {call['answered_by']}" if call["answered_by"] else "")
    yield from clock_lines(call, settings.zone)
    yield f"Recording  {heard.file}"
    yield f"           {heard.seconds:.1f} s; {heard_line(heard)}"
    yield f"Look       {settings.url}calls/{call['id']}"
    yield "           sign in there as a supervisor (./run user add NAME --role supervisor makes one)"


def clock_lines(call: dict[str, Any], zone: ZoneInfo) -> Iterator[str]:
    """Every moment in the city's time, and how long after the arrival."""
    first = datetime.fromisoformat(call["arrived_at"]) if call["arrived_at"] else None
    if first:
        yield f"Clock      {first.astimezone(zone):%d %b %Y}, {first.astimezone(zone).tzname()}"
    for name, words, field in CLOCK:
        at = datetime.fromisoformat(call[field]) if call.get(field) else None
        if at is None or first is None:
            yield f"  {name}  {words:<22}  n/a"
            continue
        wall = f"{at.astimezone(zone):%H:%M:%S.%f}"[:-3]
        yield f"  {name}  {words:<22}  {wall}  {(at - first).total_seconds():+9.3f} s"


def heard_line(heard: Heard) -> str:
    words = {True: "heard", False: "NOT HEARD", None: "not checked, since a person answered"}
    return f"caller: {words[heard.caller]}; call taker: {words[heard.call_taker]}"
