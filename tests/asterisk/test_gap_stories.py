"""A story with holes, and Asterisk's own records for the holes, is the story.

The recording in tests/recordings/heard-and-kept is one quarter of a minute of a real Asterisk with our configuration:
what it said over AMI (calls.ami), and what it wrote down meanwhile (calls.cel, calls.astdb), of nine calls.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

from hypothesis import example, given, settings
from hypothesis import strategies as st

from callcenter.asterisk.inbox import ATTEMPT_LEG, House, at, read
from callcenter.asterisk.recall import recalled
from callcenter.asterisk.records import MARGIN, Row, row
from callcenter.asterisk.snapshot import Clock, with_recalled
from callcenter.asterisk.tale import owner_of
from callcenter.asterisk.wire import Fields, text
from callcenter.core.apply import apply
from callcenter.core.call import Call, Stage
from callcenter.core.facts import Fact, LineLost
from callcenter.core.floor import Floor, put
from callcenter.core.position import Position
from callcenter.core.reconcile import read_from
from callcenter.core.seen import FloorSeen, LegSeen
from callcenter.replay import messages_of

FOLDER = Path(__file__).parents[1] / "recordings" / "heard-and-kept"
HOUSE, POSITIONS, BOOT = House(), ("101", "102"), "2026-11-22 03:05:08"
DESKS = {number: Position(number) for number in POSITIONS}
"""Every look at Asterisk names them."""
SIGNING_IN, WRITTEN = timedelta(seconds=0.01), timedelta(seconds=0.05)
"""How long after the login Asterisk's clock is asked, and how long after that the records are read."""


@cache
def messages() -> list[Fields]:
    return list(messages_of((FOLDER / "calls.ami").read_bytes()))


@cache
def rows() -> list[Row]:
    return [row(tuple(json.loads(line))) for line in (FOLDER / "calls.cel").read_text().splitlines()]


@cache
def database() -> list[tuple[datetime, Fields]]:
    found = []
    for line in (FOLDER / "calls.astdb").read_text().splitlines():
        key, _, value = line.partition(" ")
        if not key.endswith(("/agency", "/left")):  # these two carry no moment; the timeline has what they say
            found.append((moment_of(value.split("|")[0]), Fields(Key=key, Val=value)))
    return found


def moment_of(epoch: str) -> datetime:
    return datetime.fromtimestamp(float(epoch), UTC)


@cache
def told() -> list[Fact | None]:
    return [read(HOUSE, message, at(message, moment_of("0"))) for message in messages()]


@dataclass
class Service:
    """As much of it as matters: a floor, and what was committed."""

    floor: Floor = field(default_factory=lambda: Floor(boot=BOOT, positions=DESKS))
    calls: dict[str, Call] = field(default_factory=dict)

    def hear(self, fact: Fact | None) -> "Service":
        if fact is not None:
            self.floor, changed = apply(self.floor, fact)
            self.calls.update((call.id, call) for call in changed)
        return self

    def restart(self) -> None:
        """kill -9: what comes back are the open calls, how Asterisk's life was called, and since when nobody heard."""
        new = Floor(boot=self.floor.boot, blind_since=self.floor.blind_since, positions=DESKS)
        for call in self.floor.calls.values():
            new, _ = put(new, call, call.id, *(a.leg for a in call.attempts), *([call.leg] if call.leg else ()))
        self.floor = new


@cache
def whole(until: int) -> Service:
    """The service that heard everything so far."""
    service = Service() if until == 0 else Service(whole(until - 1).floor, dict(whole(until - 1).calls))
    return service if until == 0 else service.hear(told()[until - 1])


def legs_up(until: int, now: datetime) -> list[LegSeen]:
    """What CoreShowChannels, QueueStatus and ConfbridgeList say at that moment."""
    began = {text(m, "Uniqueid"): m for m in messages()[:until] if text(m, "Event") == "Newchannel"}
    for message in messages()[:until]:
        if text(message, "Event") == "Hangup":
            began.pop(text(message, "Uniqueid"), None)
    bridged: set[str] = set()
    for each in rows():
        if each.at <= now and each.kind in ("BRIDGE_ENTER", "BRIDGE_EXIT"):
            (bridged.add if each.kind == "BRIDGE_ENTER" else bridged.discard)(each.leg)
    return [leg_seen(message, whole(until).floor, leg in bridged) for leg, message in began.items()]


def leg_seen(began: Fields, floor: Floor, bridged: bool) -> LegSeen:
    """As Asterisk's lists have that leg; `floor` is that of somebody who heard everything."""
    leg, linked = text(began, "Uniqueid"), text(began, "Linkedid")
    attempt = ATTEMPT_LEG.fullmatch(leg)
    call = floor.calls.get(attempt["call"] if attempt else linked)
    owner = owner_of(text(began, "Channel"))
    waits = call is not None and call.id == leg and call.stage is Stage.WAITING
    return LegSeen(
        leg,
        since=at(began, moment_of("0")).replace(microsecond=0),
        call=attempt["call"] if attempt else linked,
        number=text(began, "CallerIDNum"),
        dialled=text(began, "Exten"),
        entry=leg == linked and HOUSE.is_entry(text(began, "Context"), text(began, "Exten"), text(began, "Channel")),
        room=call.room if call is not None and leg in call.in_room else "",
        position=owner if owner in POSITIONS else "",
        talking=bridged,
        waiting_since=call.waiting_since if call is not None and waits else None,
    )


def look(service: Service, end: int) -> FloorSeen:
    """The snapshot of a new link: signed in after that message, clock, then legs, then records."""
    asked = heard_at(end) + SIGNING_IN
    until = next((n for n in range(end, len(messages())) if heard_at(n + 1) > asked), len(messages()))
    since, then = read_from(service.floor), asked + WRITTEN
    assert since is not None
    kept = [each for each in rows() if since - MARGIN <= each.at <= then]
    known = recalled(HOUSE, POSITIONS, kept, [entry for moment, entry in database() if moment <= then])
    over = tuple(r.call for r in known if r.call in service.calls and not service.calls[r.call].live)
    open_ = [r for r in known if r.call not in over]
    return with_recalled(FloorSeen(asked, BOOT, tuple(legs_up(until, asked)), over=over), open_, Clock(asked))


def heard_at(count: int) -> datetime:
    """When that many messages had come."""
    return at(messages()[max(count - 1, 0)], moment_of("0"))


def story(gaps: Sequence[tuple[int, int]], restarts: bool) -> Service:
    service, heard = Service(), 0
    for start, end in gaps:
        for fact in told()[heard:start]:
            service.hear(fact)
        service.hear(LineLost(heard_at(start), "cut"))
        if restarts:
            service.restart()
        seen = look(service, end)
        service.hear(seen)
        assert service.hear(replace(seen)).floor.calls == service.floor.calls
        heard = end
    for fact in told()[heard:]:
        service.hear(fact)
    return service


def outcome(call: Call) -> tuple[object, ...]:
    attempts = [(a.leg, a.result, a.accepted_by) for a in call.attempts if a.agency]
    kept = (call.number, call.recording, call.trunk, call.answered_by, call.disconnected_early, call.end_seen)
    return (call.stage, call.outcome, *kept, attempts, len(call.attempts))


def moments(call: Call) -> list[datetime | None]:
    mine = [call.arrived_at, call.queued_at, call.rang_at, call.answered_at, call.forwarded_at, call.ended_at]
    tries = [(a.dialled_at, a.answered_at, a.accepted_at, a.ended_at) for a in call.attempts if a.agency]
    return [*mine, call.agency_answered_at, call.accepted_at, *(moment for each in tries for moment in each)]


def same(one: datetime | None, other: datetime | None) -> bool:
    return one is other or (one is not None and other is not None and abs(one - other) < WRITTEN)


CUTS = st.lists(st.integers(1, len(messages())), max_size=8, unique=True).map(sorted)


@settings(max_examples=300)
@example([1, 128, 129, 130], True)
@given(CUTS, st.booleans())
def test_a_story_with_holes_and_records_for_the_holes_is_the_story(cuts: list[int], restarts: bool) -> None:
    gaps = list(zip(cuts[::2], cuts[1::2], strict=False))
    service, complete = story(gaps, restarts), whole(len(messages()))
    assert {i: outcome(c) for i, c in service.calls.items()} == {i: outcome(c) for i, c in complete.calls.items()}
    for id_, call in service.calls.items():
        pairs = list(zip(moments(call), moments(complete.calls[id_]), strict=True))
        assert all(same(*pair) for pair in pairs), (id_, pairs)
    assert not service.floor.calls


def test_records_alone_tell_the_same_as_having_heard_it() -> None:
    service, complete = story([(1, len(messages()))], restarts=True), whole(len(messages()))
    assert [outcome(call) for call in service.calls.values()] == [outcome(call) for call in complete.calls.values()]
    (gap,) = service.floor.gaps
    assert (gap.found, gap.unknown, gap.cut) == (9, 0, 0)
