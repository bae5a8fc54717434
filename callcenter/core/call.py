"""One call: from the first event of the caller's leg to the last, and what became of it.

In:  facts about this call, through `floor.py`.
Out: a new Call; the life cycle is the table `NEXT`, and the picture in ARCHITECTURE.md is printed from it.
Never: a clock. Each fact brings its own moment. A move that is absent from the table is ignored on purpose.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from callcenter.core.attempt import BY_CAUSE, Attempt, Result
from callcenter.core.facts import UNKNOWN_MOMENT
from callcenter.core.helper import Help, Helper
from callcenter.core.kind import Kind
from callcenter.core.listener import Listener
from callcenter.core.outcome import Outcome as Outcome
from callcenter.core.share import Share, alone, nobody_left, told
from callcenter.core.silent import Key, Silent

SHORT_ABANDON_S = 5.0

NORMAL_CAUSES = frozenset({0, 16, 26, 31, 127})
"""Causes of a leg that somebody ended on purpose (an abandon comes with any of them)."""


class Stage(StrEnum):
    """Where the call is in its life."""

    ARRIVED = "ARRIVED"  # before the queue: a greeting, or the dialplan's first lines
    WAITING = "WAITING"  # in the queue, phones ring or will ring
    TALKING = "TALKING"  # with a call taker
    ALONE = "ALONE"  # she is gone and nobody else is there: loud on every screen
    HANDED_OVER = "HANDED_OVER"  # caller and agency, or overflow line, speak without her
    ENDED = "ENDED"


class Move(StrEnum):
    """What a fact means to this call."""

    QUEUED = "queued"
    ANSWERED = "answered"
    LEFT_ALONE = "call taker gone, nobody left"
    LEFT_WITH_AGENCY = "call taker gone, agency stays"
    AGENCY_CAME = "agency joined"
    AGENCY_GONE = "agency gone, nobody left"
    ENDED = "ended"


NEXT: dict[tuple[Stage, Move], Stage] = {
    (Stage.ARRIVED, Move.QUEUED): Stage.WAITING,
    (Stage.ARRIVED, Move.ANSWERED): Stage.TALKING,  # seen from the middle
    (Stage.ARRIVED, Move.ENDED): Stage.ENDED,
    (Stage.WAITING, Move.ANSWERED): Stage.TALKING,
    (Stage.WAITING, Move.AGENCY_CAME): Stage.HANDED_OVER,
    (Stage.WAITING, Move.ENDED): Stage.ENDED,
    (Stage.TALKING, Move.QUEUED): Stage.WAITING,  # put back: keeps its first moment and its answer
    (Stage.TALKING, Move.LEFT_ALONE): Stage.ALONE,
    (Stage.TALKING, Move.LEFT_WITH_AGENCY): Stage.HANDED_OVER,
    (Stage.TALKING, Move.ENDED): Stage.ENDED,
    (Stage.ALONE, Move.QUEUED): Stage.WAITING,
    (Stage.ALONE, Move.ANSWERED): Stage.TALKING,
    (Stage.ALONE, Move.AGENCY_CAME): Stage.HANDED_OVER,
    (Stage.ALONE, Move.ENDED): Stage.ENDED,
    (Stage.HANDED_OVER, Move.QUEUED): Stage.WAITING,
    (Stage.HANDED_OVER, Move.ANSWERED): Stage.TALKING,
    (Stage.HANDED_OVER, Move.AGENCY_GONE): Stage.ALONE,
    (Stage.HANDED_OVER, Move.ENDED): Stage.ENDED,
}


@dataclass(frozen=True, slots=True)
class Ring:
    """One phone rung for this call."""

    position: str
    leg: str
    at: datetime
    picked_up: bool = False


@dataclass(frozen=True, slots=True)
class Call:
    """Everything the telephone told about one arrival. Times are the clock of the domain, t0 to t9; None reads n/a."""

    id: str
    arrived_at: datetime  # t0
    number: str | None = None
    name: str | None = None
    dialled: str = ""
    number_source: str = ""
    location: str = ""
    recording: str = ""
    recording_since: datetime | None = None
    trunk: str = ""
    sip_call_id: str = ""
    test: bool = False
    stage: Stage = Stage.ARRIVED
    outcome: Outcome = Outcome.IN_PROGRESS
    queued_at: datetime | None = None  # t1
    rang_at: datetime | None = None  # t2
    answered_at: datetime | None = None  # t3
    overflowed_at: datetime | None = None  # an overflow line took the caller: no t3
    overflowed_to: str = ""  # which, as its name or its place in the settings
    forwarded_at: datetime | None = None  # t6
    agency_answered_at: datetime | None = None  # t7
    accepted_at: datetime | None = None  # t8
    ended_at: datetime | None = None  # t9
    waiting_since: datetime | None = None  # the present wait; a caller put back waits anew
    answered_by: str = ""  # position that answered first
    position: str = ""  # whose it is now; empty: nobody's
    leg: str = ""  # that position's leg
    held: bool = False
    room: str = ""  # conference, once a forward began
    in_room: tuple[str, ...] = ()
    rings: tuple[Ring, ...] = ()  # phones that ring now
    rung: int = 0  # how many phones were rung, ever
    attempts: tuple[Attempt, ...] = ()
    forwards: tuple[Share, ...] = ()
    abandoned: bool = False
    left_queue: bool = False
    picked_up: bool = False  # a phone was lifted, though no answer was seen
    waited_s: float | None = None
    left_cause: int = 0  # why the call taker's leg ended
    cause: int = 0
    blocked: bool = False  # by a supervisor, for a time
    cut: bool = False  # Asterisk was stopped under him
    disconnected_early: bool = False  # cut after the answer: owed a callback
    end_seen: bool = True  # False: the end was not seen, its moment is unknown
    held_since: datetime | None = None  # he waits by our order; `held` is her phone's own doing
    helpers: tuple[Helper, ...] = ()  # colleagues whose phones were rung for it
    help: Help | None = None
    listeners: tuple[Listener, ...] = ()  # supervisors who hear it: no parties, until they join
    silent: Silent | None = None
    keys: tuple[Key, ...] = ()  # that the caller pressed
    kind: Kind = Kind.ARRIVAL
    about: str = ""  # of a call that we make: the earlier call
    by: str = ""  # who made it
    dialled_at: datetime | None = None  # of a call that we make: its four times, with answered_at and ended_at
    ringing_at: datetime | None = None

    @property
    def live(self) -> bool:
        """The caller is still there."""
        return self.stage is not Stage.ENDED

    @property
    def relay(self) -> bool:
        """The caller is gone, and the call taker is still there to speak with an agency."""
        return self.stage is Stage.ENDED and bool(self.position)

    @property
    def done(self) -> bool:
        """Everybody is gone, the call taker and the agencies too: nothing more will come."""
        return self.stage is Stage.ENDED and not self.position and not any(a.live for a in self.attempts)

    @property
    def legs(self) -> tuple[str, ...]:
        """All that are this call's."""
        tried: tuple[Attempt | Helper | Listener, ...] = (*self.attempts, *self.helpers, *self.listeners)
        mine = (self.id, self.leg, *(each.leg for each in tried))
        return tuple(dict.fromkeys(leg for leg in (*mine, self.silent.leg if self.silent else "") if leg))

    @property
    def result(self) -> Result | None:
        """How a call that we make went, in an attempt's words. None: an arrival, or still her own phone's turn."""
        if self.kind is Kind.ARRIVAL:
            return None
        if self.answered_at is not None:
            return Result.ANSWERED
        if self.live:
            return Result.RINGING if self.ringing_at else Result.DIALLING if self.dialled_at else None
        return BY_CAUSE.get(self.cause, Result.FAILED) if self.dialled_at else Result.CANCELLED

    def helper(self, leg: str) -> Helper | None:
        """The colleague whose leg this is, or None."""
        return next((h for h in self.helpers if h.leg == leg), None)

    def with_helper(self, changed: Helper) -> "Call":
        """The same call with that colleague put in place of the one with her leg, or added."""
        if self.helper(changed.leg) is None:
            return replace(self, helpers=(*self.helpers, changed))
        return replace(self, helpers=tuple(changed if h.leg == changed.leg else h for h in self.helpers))

    def helper_here(self) -> Helper | None:
        """A colleague who is in the conversation and is not the call taker; the first who came."""
        here = (h for h in self.helpers if h.live and h.joined_at and h.leg in self.in_room and h.leg != self.leg)
        return next(here, None)

    def attempt(self, leg: str) -> Attempt | None:
        """The attempt that this leg is, or None."""
        return next((a for a in self.attempts if a.leg == leg), None)

    def with_attempt(self, changed: Attempt) -> "Call":
        """The same call with that attempt put in place of the one with its leg, or added."""
        if self.attempt(changed.leg) is None:
            call = replace(self, attempts=(*self.attempts, changed))
        else:
            call = replace(self, attempts=tuple(changed if a.leg == changed.leg else a for a in self.attempts))
        if not changed.agency:
            return call  # a transfer by the phone's own keys to nobody that we know
        share = call.forward(changed.agency, changed.turn) or Share(changed.agency, changed.turn)
        return call.with_forward(told(share, changed))

    def forward(self, agency: str, turn: int) -> Share | None:
        """That agency's share of this call, or None."""
        return next((share for share in self.forwards if (share.agency, share.turn) == (agency, turn)), None)

    def with_forward(self, changed: Share) -> "Call":
        """The same call with that forward put in place of its older self, or added."""
        if self.forward(changed.agency, changed.turn) is None:
            return replace(self, forwards=(*self.forwards, changed))
        return replace(self, forwards=tuple(changed if f.key == changed.key else f for f in self.forwards))

    def agency_in_room(self) -> bool:
        """An agency's leg is in the room with the caller."""
        return any(a.leg in self.in_room for a in self.attempts)


def move(call: Call, what: Move) -> Call | None:
    """The call in its next stage; None where the table says that this means nothing now."""
    stage = NEXT.get((call.stage, what))
    return None if stage is None else replace(call, stage=stage)


def waited(call: Call, until: datetime) -> float | None:
    """Seconds in the queue at that moment; None when the moments are unknown."""
    if call.queued_at is None or UNKNOWN_MOMENT in (call.queued_at, until):
        return call.waited_s
    seen = (until - call.queued_at).total_seconds()
    counted = call.waited_s or 0.0  # by Asterisk, in whole seconds; more where his coming was not heard
    return counted if counted > seen + 1 else seen


def ended(call: Call, at: datetime, cause: int) -> Call:
    """The caller's leg ended: the call with its outcome. Only from a live call."""
    assert call.live
    outcome = _outcome(call, at)
    on_her_way = bool(call.leg) and any(share.trying for share in call.forwards)  # to the room, told late
    stays = on_her_way or (bool(call.forwards) and call.leg in call.in_room)  # where agencies find her
    given_up = call.stage is Stage.WAITING or (call.stage is Stage.ALONE and call.left_cause not in NORMAL_CAUSES)
    return replace(
        call,
        stage=Stage.ENDED,
        outcome=outcome,
        ended_at=at,
        cause=cause,
        disconnected_early=outcome in (Outcome.ANSWERED, Outcome.OVERFLOWED) and (given_up or call.cut),
        position=call.position if stays else "",
        forwards=tuple(alone(share) for share in call.forwards),
        held=False,
        held_since=None,
        rings=(),
    )


def settled(call: Call) -> Call:
    """A call of which nothing more comes: no forward stays open."""
    over = tuple(nobody_left(share, call.ended_at) for share in call.forwards)
    return replace(call, forwards=over) if over != call.forwards else call


def _outcome(call: Call, at: datetime) -> Outcome:
    if call.answered_at is not None or call.overflowed_at is not None:
        return Outcome.ANSWERED if call.answered_at is not None else Outcome.OVERFLOWED
    if call.blocked or call.kind is not Kind.ARRIVAL:
        return Outcome.BLOCKED if call.blocked else Outcome.NOT_REACHED
    if call.cut:
        return Outcome.NO_AGENT  # Asterisk announces him as an abandon all the same
    if call.queued_at is None:
        return Outcome.ABANDONED_IVR
    if call.left_queue and not call.abandoned and not call.picked_up:
        return Outcome.NO_AGENT  # we ended the wait: a caller who hangs up is announced as an abandon
    seconds = waited(call, at)
    return Outcome.ABANDONED_SHORT if seconds is not None and seconds < SHORT_ABANDON_S else Outcome.ABANDONED


def ended_unseen(call: Call) -> Call:
    """The end passed while we were blind and no record tells when: counted, listed, never hidden.

    An answer that was seen stays an answer; a call nobody saw answered has an unknown outcome.
    """
    unseen = Outcome.BLOCKED if call.blocked else Outcome.UNKNOWN if call.kind is Kind.ARRIVAL else Outcome.NOT_REACHED
    unheard = Outcome.OVERFLOWED if call.overflowed_at else unseen
    done = replace(call, stage=Stage.ENDED, outcome=Outcome.ANSWERED if call.answered_at else unheard, end_seen=False)
    return replace(done, position="", rings=(), held=False, held_since=None)


def room_number(call_id: str) -> str:
    """The conference room of that call: the digits of its id, so that the dialplan and we agree without a word."""
    return "".join(c for c in call_id if c.isdigit())
