"""Calls of another system, beside its queue: what `Dial` tells of them, in the words of the room.

In:  the messages of a recording, in order, and the floor so far. Out: the same facts that our own dialplan would tell.
Never: part of the live system, where our dialplan says what it does; a leg that was dialled taken for a caller.

Who waits in a queue is told of by the queue. Beside it, a phone that is dialled for a caller
  whom nobody has answered yet    rings for him, as a position's phone does;
  who left a queue unanswered     is an overflow line;
  who has been answered           is where he was passed on to.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from callcenter.asterisk.bridges import Bridges
from callcenter.asterisk.foreign_legs import LOCAL, Legs, whose
from callcenter.asterisk.inbox import House, known
from callcenter.asterisk.older import Older, Telephones
from callcenter.asterisk.wire import Fields, text
from callcenter.core import desk_facts, facts
from callcenter.core.call import Call
from callcenter.core.facts import Fact
from callcenter.core.floor import Floor
from callcenter.core.rung import LiftedBehind

INNER = ("", "s", "h", "i", "t")
"""Where a leg stands in the dialplan that has not dialled anything."""

AT_ONCE = timedelta(seconds=0.5)
"""A leg ends within this time after its caller has hung up."""

TELLING = frozenset({"PJSIP", "SIP", "IAX2"})
"""Whose legs say that the far side hangs up, wherever such events are recorded at all. ISDN's do not."""

IN_QUEUE = ("QueueCallerJoin", "AgentCalled")
OUT_OF_QUEUE = ("QueueCallerLeave", "QueueCallerAbandon", "AgentConnect")


def technology(channel: str) -> str:
    return channel.partition("/")[0]


def begins(f: Fields) -> tuple[str, str]:
    """Where a leg came into the dialplan."""
    return text(f, "Context"), text(f, "Exten")


def rings(f: Fields) -> bool:
    return (text(f, "ChannelStateDesc") or text(f, "ChannelState")) in ("Ringing", "5")


@dataclass
class Dialled:
    """A leg that somebody dialled."""

    at: datetime
    rang_at: datetime | None = None
    lifted_at: datetime | None = None


@dataclass
class Foreign:
    """Another system's telephone, as far as its recording has been heard."""

    house: House
    entries: frozenset[tuple[str, str]] = frozenset()  # where those came in who waited
    numbers: frozenset[str] = frozenset()  # whoever dials one of these is a caller
    direct: bool = False  # nobody waits in a queue at all: whoever dials is a caller
    telling: frozenset[str] = frozenset()  # technologies whose legs say that the far side hangs up
    own: bool = False  # our own dialplan speaks in it, too
    helpers: frozenset[str] = frozenset()  # legs that came in to pick up, to listen, to be an agent: no callers
    legs: Legs = field(default_factory=Legs)
    older: Older = field(default_factory=Older)
    telephones: Telephones = field(default_factory=Telephones)
    bridges: Bridges = field(default_factory=Bridges)
    _began: dict[str, tuple[str, str]] = field(default_factory=dict)
    _dialled: dict[str, Dialled] = field(default_factory=dict)
    _waiting: set[str] = field(default_factory=set)
    _left: dict[str, datetime] = field(default_factory=dict)
    _hung_up: set[str] = field(default_factory=set)  # the far side did

    def modern(self, f: Fields) -> Iterator[Fields]:
        """The message as today's Asterisk would tell it, complete."""
        return (self.legs.complete(each) for each in self.older.today(self.telephones.follow(f)))

    def facts(self, f: Fields, at: datetime, floor: Floor) -> Iterator[Fact | LiftedBehind]:
        """What it says beside that which the inbox reads. `f` is complete."""
        event, leg = text(f, "Event"), text(f, "Uniqueid")
        if event in ("Newchannel", "Newstate"):
            yield from self._newcomer(f, leg, at, floor)
        elif event in IN_QUEUE or event in OUT_OF_QUEUE:
            yield from self._queue(event, f, leg, at, floor)
        elif event in ("DialBegin", "DialEnd"):
            yield from self._dial(event, f, at, floor)
        elif event == "DialState" and text(f, "DialStatus") == "RINGING":
            self._dialled.setdefault(text(f, "DestUniqueid"), Dialled(at)).rang_at = at
        elif event == "AttendedTransfer":
            yield from self._asked_before(f, floor)
        elif met := self.bridges.hear(f):
            for one, other in [(leg, other) for other in met] + [(other, leg) for other in met]:
                yield from self._meets(floor.calls.get(one), other, at, floor)
        elif event == "HangupRequest":
            self._hung_up.add(leg)
        elif event == "Hangup":
            yield from self._hangup(f, leg, at, floor)
            self._gone(leg)

    def misleads(self, f: Fields, floor: Floor) -> bool:
        """Asterisk's queue announces as an abandon also whom it sends away when his time there is over; and a Local
        channel that nothing is known behind ends in mid-call, when Asterisk takes it out of the way."""
        leg, event = text(f, "Uniqueid"), text(f, "Event")
        if event == "UserEvent" and not self.own:
            return True  # words of another dialplan, which may mean anything
        if event == "QueueCallerAbandon":
            return self._tells(f, leg) and leg not in self._hung_up
        call = floor.call_of(leg)
        return event == "Hangup" and call is not None and call.leg == leg and text(f, "Channel").startswith(LOCAL)

    def _tells(self, f: Fields, leg: str) -> bool:
        """Its technology says that the far side hangs up."""
        return technology(text(f, "Channel") or self.legs.names.get(leg, "")) in self.telling

    def _hangup(self, f: Fields, leg: str, at: datetime, floor: Floor) -> Iterator[Fact]:
        """Whose end it was, where the queue did not tell: his, while something rang for him, or ours."""
        call = floor.calls.get(leg)
        left = self._left.get(leg)
        if call is None or left is None or not call.live or not call.left_queue:
            return
        if any(attempt.open for attempt in call.attempts):
            if leg in self._hung_up:
                yield facts.CallAbandoned(leg, at)
        elif self._tells(f, leg) or facts.UNKNOWN_MOMENT in (left, at):
            return  # it did tell, when the queue announced it; or nothing does
        elif call.abandoned and at - left > AT_ONCE:
            yield from (facts.CallQueued(leg, at), facts.CallLeftQueue(leg, at))  # the dialplan went on with him

    def _queue(self, event: str, f: Fields, leg: str, at: datetime, floor: Floor) -> Iterator[Fact]:
        if event in IN_QUEUE:
            self._waiting.add(leg)
            self._left.pop(leg, None)
        elif leg in self._waiting:
            self._waiting.discard(leg)
            self._left[leg] = at
        if leg and self.house.ours(f) and leg not in floor.calls:  # its beginning was not heard: who it is, stands here
            yield facts.LegStarted(leg, at, known(text(f, "CallerIDNum")), known(text(f, "CallerIDName")))

    def _gone(self, leg: str) -> None:
        self.legs.gone(leg)
        self._began.pop(leg, None)
        self._left.pop(leg, None)
        self._dialled.pop(leg, None)
        for known_legs in (self._waiting, self._hung_up):
            known_legs.discard(leg)

    def _newcomer(self, f: Fields, leg: str, at: datetime, floor: Floor) -> Iterator[Fact]:
        if text(f, "Event") == "Newchannel":
            self._began[leg] = begins(f)
        elif rings(f) and (known_leg := self._dialled.get(leg)) and known_leg.rang_at is None:
            known_leg.rang_at = at  # Asterisk 13 has no other word for it
            yield facts.LegRinging(leg, at)
        entry = self._began.get(leg, ("", ""))
        if leg in floor.calls or not self._calls_in(f, leg, entry):
            return
        if self.direct or entry in self.entries or entry[1] in self.numbers:
            seen = floor.strangers.get(leg)
            number, name = known(text(f, "CallerIDNum")), known(text(f, "CallerIDName"))
            number, name = (seen.number or number, seen.name or name) if seen else (number, name)
            yield facts.CallArrived(leg, seen.at if seen else at, number, name, entry[1])

    def _calls_in(self, f: Fields, leg: str, entry: tuple[str, str]) -> bool:
        """It comes from outside: nobody dialled it, and it is no half of something else."""
        if self.legs.is_local(leg) or leg in self._dialled or text(f, "Linkedid") not in ("", leg):
            return False
        if leg in self.helpers or text(f, "Channel") in self.helpers:
            return False
        state = text(f, "ChannelStateDesc") or text(f, "ChannelState")
        return state in ("Ring", "4") or (not state and entry[1] not in INNER)

    def _dial(self, event: str, f: Fields, at: datetime, floor: Floor) -> Iterator[Fact | LiftedBehind]:
        caller, leg = text(f, "Uniqueid"), text(f, "DestUniqueid")
        status = text(f, "DialStatus").upper()
        if not leg:
            return
        known_leg = self._dialled.setdefault(leg, Dialled(at))
        if status == "ANSWER":
            known_leg.lifted_at = at
            self.legs.answered[caller] = leg
        if caller in self._waiting or not caller:
            return
        call = floor.calls.get(caller)
        if call is None and event == "DialBegin" and self._may_call(caller, floor):
            yield facts.PhoneCalled(caller, at, self._who(leg), leg)
        elif call is not None and call.live:
            begun = event == "DialBegin"
            yield from self._began_to_ring(call, leg, at) if begun else self._ended(call, leg, status, at)

    def _asked_before(self, f: Fields, floor: Floor) -> Iterator[Fact]:
        """To whom a caller is passed on after a word: that phone rang before it was his."""
        call, far = floor.calls.get(text(f, "TransfereeUniqueid")), text(f, "TransferTargetUniqueid")
        known_leg = self._dialled.get(far)
        if call is None or known_leg is None or text(f, "Result") != "Success" or call.attempt(far) is not None:
            return
        yield desk_facts.PhoneDialled(far, known_leg.at, self._who(far), call=call.id)
        if known_leg.rang_at is not None:
            yield facts.LegRinging(far, known_leg.rang_at)
        if known_leg.lifted_at is not None:
            yield facts.LegAnswered(far, known_leg.lifted_at)

    def _meets(self, call: Call | None, other: str, at: datetime, floor: Floor) -> Iterator[Fact]:
        """He is with somebody whom nobody dialled for him: in a conference, from a parking place, picked up."""
        if call is None or not call.live or call.answered_at or call.overflowed_at or call.id in self._waiting:
            return
        real = self.legs.real(other)
        if self.legs.is_local(real) or any(self.legs.real(ring.leg) == real for ring in call.rings):
            return  # an announcement, perhaps: nobody was seen to lift; or a phone that rang for him, which is told of
        leg = f"{real} with {call.id}" if real in floor.calls else real  # a caller himself, whose end is his own call's
        if call.id in self._left:
            yield facts.CallOverflowed(call.id, at, leg, 1, self._who(real))
        else:
            yield facts.CallAnswered(call.id, at, self._who(real), leg)

    def _may_call(self, caller: str, floor: Floor) -> bool:
        """Its beginning was not heard, or our own Asterisk placed it."""
        mine = caller not in self._dialled and not self.legs.is_local(caller)
        return self.direct and mine and caller not in floor.gone

    def _who(self, leg: str) -> str:
        real = self.legs.real(leg)
        return whose(self.legs.names.get(real, real))

    def _began_to_ring(self, call: Call, leg: str, at: datetime) -> Iterator[Fact]:
        who = self._who(leg)
        if call.answered_at is not None or call.overflowed_at is not None:
            yield desk_facts.PhoneDialled(leg, at, who, call=call.id)
        elif call.id in self._left:
            yield facts.OverflowTried(call.id, at, leg, 1 + sum(a.overflow for a in call.attempts), 1, who)
        else:
            if call.left_queue:
                yield facts.CallQueued(call.id, at)
            yield facts.PhoneCalled(call.id, at, who, leg)

    def _ended(self, call: Call, leg: str, status: str, at: datetime) -> Iterator[Fact | LiftedBehind]:
        known_attempt = call.attempt(leg)
        if call.answered_at is not None or call.overflowed_at is not None:
            return  # the leg itself tells how it went on
        if known_attempt is not None and known_attempt.overflow:
            line, who = known_attempt.line, self._who(leg)
            yield (
                facts.CallOverflowed(call.id, at, leg, line, who)
                if status == "ANSWER"
                else facts.OverflowFailed(call.id, at, leg, line, 1, status, who)
            )
        elif status == "ANSWER":
            real = self.legs.real(leg)
            yield LiftedBehind(leg, at, real)
            yield facts.CallAnswered(call.id, at, self._who(leg), real)
        elif status not in ("", "CANCEL"):  # called off, or lifted elsewhere: the leg's end tells
            yield facts.PhoneUnanswered(call.id, at, self._who(leg), leg)
            if not any(ring.leg != leg for ring in call.rings):
                yield facts.CallLeftQueue(call.id, at)  # Asterisk gave up on him, and not he
