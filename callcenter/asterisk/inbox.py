"""One AMI message to one fact, or to None when it says nothing that we act on. A pure table of tiny readers.

In:  the fields of one message, and when it was heard (used only where Asterisk sent no Timestamp).
Out: a fact in the words of the room. Channels, bridges and linkedids stop here.
Never: state, a decision, a guess. READERS lists what Asterisk must send; the AMI account's filter is the same list.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import unquote

from callcenter.asterisk import own
from callcenter.asterisk.conf import PAGE
from callcenter.asterisk.fallback import ALL, PRACTICE, SELF_TEST
from callcenter.asterisk.pauses import unpack
from callcenter.asterisk.wire import Fields, originated_leg, text
from callcenter.core import desk_facts, facts
from callcenter.core.facts import Fact
from callcenter.core.position import Phone
from callcenter.core.practice import DIALLED as PRACTISED
from callcenter.core.seen import PositionSeen

BLOCKED = "blocked"
"""The dialplan context in which a blocked caller hears why (flags.conf)."""

TEST_ENTRY = f"from-{SELF_TEST}"
ENTRIES = frozenset({"from-operator", "from-any-phone", "from-phone", TEST_ENTRY})
"""The dialplan contexts in which a call for 112 begins."""

PHONES: Mapping[str, Phone] = {
    "0": Phone.UNKNOWN,
    "1": Phone.IDLE,
    "2": Phone.IN_USE,
    "3": Phone.IN_USE,
    "4": Phone.UNREACHABLE,
    "5": Phone.UNREACHABLE,
    "6": Phone.RINGING,
    "7": Phone.RINGING,
    "8": Phone.ON_HOLD,
}
"""Asterisk's device states as numbers."""

ATTEMPT_LEG = re.compile(r"fwd-(?P<agency>[a-z0-9_]+)-(?P<line>\d+)-(?P<turn>\d+)-(?P<call>.+)")
"""The id that `outbox` gives to an agency's leg: it says all by itself, also after our own restart."""


@dataclass(frozen=True, slots=True)
class House:
    """What tells our calls from all else that the telephone does."""

    queue: str = "emergency"  # "*": any queue, for recordings of other systems
    numbers: frozenset[str] = frozenset({"112"})  # dialled numbers that are 112

    def ours(self, f: Fields) -> bool:
        """The message is about one of our queues."""
        return self.has_queue(text(f, "Queue"))

    def has_queue(self, name: str) -> bool:
        """Also the one in which paused phones ring, and that of the self-test."""
        if self.queue == "*" or name in (self.queue, self.queue + ALL, SELF_TEST):
            return True
        return name.startswith(f"{PRACTICE}-")

    def tells_of_positions(self, f: Fields) -> bool:
        """Of our queues, the one whose pauses count: the others know of none."""
        return self.queue in ("*", text(f, "Queue"))

    def is_entry(self, context: str, dialled: str, channel: str) -> bool:
        """A leg that begins there, having dialled that, is a 112 call; unless it is the half of a line that we dialled
        and that is forwarded to 112."""
        practice = context == TEST_ENTRY and PRACTISED.fullmatch(dialled)
        return context in ENTRIES and (dialled in self.numbers or bool(practice)) and not is_local(channel)


def is_local(channel: str) -> bool:
    """It is no telephone, but Asterisk itself."""
    return channel.startswith("Local/")


Reader = Callable[[House, Fields, datetime], Fact | None]


def read(house: House, f: Fields, heard_at: datetime) -> Fact | None:
    """One AMI message as a fact; None when it says nothing that we act on.

    Raises ValueError or KeyError on a message that cannot be understood: the caller puts it in quarantine.
    """
    reader = READERS.get(text(f, "Event"))
    return reader(house, f, at(f, heard_at)) if reader else None


def at(f: Fields, heard_at: datetime) -> datetime:
    """The moment of the message, from Asterisk's own clock where it is given."""
    stamp = text(f, "Timestamp")
    return datetime.fromtimestamp(float(stamp), UTC) if stamp else heard_at


def leg_id(f: Fields, header: str = "Uniqueid") -> str:
    """A leg's id. Raises KeyError where there is none: such a message says nothing about any call."""
    found = text(f, header)
    if not found:
        raise KeyError(header)
    return found


def known(value: str) -> str | None:
    """What Asterisk knows; None for its ways to say that it does not."""
    return None if value in ("", "<unknown>", "<null>") else value


def position_of(f: Fields) -> str:
    """The position behind a queue member: PJSIP/101, PJSIP/101-web and Local/101@agents/n are 101. Raises KeyError
    without one."""
    return _phone_of(f).removesuffix(PAGE)


def in_page(f: Fields) -> bool:
    """It is the position's phone in the page."""
    return _phone_of(f).endswith(PAGE)


def _phone_of(f: Fields) -> str:
    interface = text(f, "Interface") or text(f, "Location") or text(f, "Member") or text(f, "MemberName")
    if not interface:
        raise KeyError("Interface")
    return interface.split("/", 1)[-1].split("@", 1)[0]


def _new(house: House, f: Fields, at: datetime) -> Fact | None:
    leg, dialled = leg_id(f), text(f, "Exten")
    if own.is_own(leg):
        return own.started(leg, at)
    mine = ATTEMPT_LEG.fullmatch(leg)
    if mine:
        return facts.AttemptDialled(
            mine["call"], at, leg, agency=mine["agency"], line=int(mine["line"]), turn=int(mine["turn"])
        )
    number, name = known(text(f, "CallerIDNum")), known(text(f, "CallerIDName"))
    if house.is_entry(text(f, "Context"), dialled, text(f, "Channel")):
        return facts.CallArrived(leg, at, number, name, dialled, test=text(f, "Context") == TEST_ENTRY)
    return facts.LegStarted(leg, at, number, name, dialled)


def _user(_: House, f: Fields, at: datetime) -> Fact | None:
    kind = text(f, "UserEvent")
    if kind == "Arrival":
        return arrival(f, at)
    if kind == "Cut":
        return facts.CallCut(leg_id(f), at)
    if kind == "Blocked":
        return facts.CallBlocked(leg_id(f), at)
    if kind == "ForwardAccepted":
        return facts.AttemptAccepted(text(f, "Leg") or leg_id(f), at, text(f, "By") or "key")
    if kind in ("Overflowed", "OverflowTried", "OverflowFailed"):
        return _overflow(kind, f, at)
    return own.told(f, at)


def _overflow(kind: str, f: Fields, at: datetime) -> Fact:
    call, name = leg_id(f, "Call"), text(f, "Name")
    line, turn = int(text(f, "Line") or 0), int(text(f, "Turn") or 1)
    if kind == "OverflowTried":
        return facts.OverflowTried(call, at, leg_id(f, "Leg"), line, turn, name)
    if kind == "OverflowFailed":
        return facts.OverflowFailed(call, at, leg_id(f, "Leg"), line, turn, text(f, "Why"), name)
    return facts.CallOverflowed(call, at, leg_id(f), line, name)


def arrival(f: Fields, at: datetime) -> facts.CallDescribed:
    """What our dialplan read from the INVITE: told as an event, and noted in Asterisk's database."""
    return facts.CallDescribed(
        leg_id(f),
        at,
        number=known(unquote(text(f, "Number"))),
        number_source=text(f, "NumberSource") or "none",
        name=known(unquote(text(f, "Name"))),
        location=unquote(text(f, "Location")),
        recording=text(f, "Recording"),
        trunk=text(f, "Trunk"),
        sip_call_id=unquote(text(f, "SipCallId")),
        test=text(f, "Test") == "1",
    )


def _joined(house: House, f: Fields, at: datetime) -> Fact | None:
    if not house.ours(f):
        return None
    return facts.CallQueued(leg_id(f), at, known(text(f, "CallerIDNum")), known(text(f, "CallerIDName")))


def _left(house: House, f: Fields, at: datetime) -> Fact | None:
    return facts.CallLeftQueue(leg_id(f), at) if house.ours(f) else None


def _abandoned(house: House, f: Fields, at: datetime) -> Fact | None:
    if not house.ours(f):
        return None
    held = text(f, "HoldTime")
    return facts.CallAbandoned(leg_id(f), at, float(held) if held else None)


def _called(house: House, f: Fields, at: datetime) -> Fact | None:
    if not house.ours(f):
        return None
    return facts.PhoneCalled(leg_id(f), at, position_of(f), text(f, "DestUniqueid"))


def _unanswered(house: House, f: Fields, at: datetime) -> Fact | None:
    return facts.PhoneUnanswered(leg_id(f), at, position_of(f), text(f, "DestUniqueid")) if house.ours(f) else None


def _connected(house: House, f: Fields, at: datetime) -> Fact | None:
    if not house.ours(f):
        return None
    return facts.CallAnswered(leg_id(f), at, position_of(f), text(f, "DestUniqueid"))


def _member(house: House, f: Fields, at: datetime) -> Fact | None:
    if not house.tells_of_positions(f):
        return None
    status, paused = text(f, "Status"), text(f, "Paused")
    return PositionSeen(
        position_of(f),
        at,
        phone=PHONES.get(status),
        paused=paused == "1" if paused else None,
        in_queue=text(f, "Event") != "QueueMemberRemoved",
        page=in_page(f),
        pause=unpack(text(f, "PausedReason")) if paused == "1" else None,
    )


def _dial_state(_: House, f: Fields, at: datetime) -> Fact | None:
    return facts.LegRinging(leg_id(f, "DestUniqueid"), at) if text(f, "DialStatus") == "RINGING" else None


def _dial_end(_: House, f: Fields, at: datetime) -> Fact | None:
    return facts.LegAnswered(leg_id(f, "DestUniqueid"), at) if text(f, "DialStatus") == "ANSWER" else None


def _originated(_: House, f: Fields, at: datetime) -> Fact | None:
    """Only a failure is told here, for the case that there never was a leg: otherwise the leg itself tells, better."""
    mine = ATTEMPT_LEG.fullmatch(originated_leg(f))
    if text(f, "Response") != "Failure" or mine is None:
        return own.refused(f, at)
    line, turn = int(mine["line"]), int(mine["turn"])
    return facts.AttemptRefused(mine["call"], at, mine[0], agency=mine["agency"], line=line, turn=turn)


def _transferred(_: House, f: Fields, at: datetime) -> Fact | None:
    caller = text(f, "TransfereeUniqueid")
    if text(f, "Result") != "Success" or not caller:
        return None
    return desk_facts.CallTransferred(caller, at, text(f, "TransfererUniqueid"), text(f, "Extension"))


READERS: Mapping[str, Reader] = {
    "Newchannel": _new,
    "UserEvent": _user,
    "QueueCallerJoin": _joined,
    "QueueCallerLeave": _left,
    "QueueCallerAbandon": _abandoned,
    "AgentCalled": _called,
    "AgentRingNoAnswer": _unanswered,
    "AgentConnect": _connected,
    "QueueMemberStatus": _member,
    "QueueMemberAdded": _member,
    "QueueMemberPause": _member,
    "QueueMemberRemoved": _member,
    "DialState": _dial_state,
    "DialEnd": _dial_end,
    "Hangup": lambda _, f, at: facts.LegEnded(leg_id(f), at, int(text(f, "Cause") or 0)),
    "Hold": lambda _, f, at: facts.LegHeld(leg_id(f), at, True),
    "Unhold": lambda _, f, at: facts.LegHeld(leg_id(f), at, False),
    "ConfbridgeJoin": lambda _, f, at: facts.RoomJoined(leg_id(f), at, text(f, "Conference")),
    "ConfbridgeLeave": lambda _, f, at: facts.RoomLeft(leg_id(f), at, text(f, "Conference")),
    "MixMonitorStart": lambda _, f, at: facts.RecordingStarted(leg_id(f), at),
    "OriginateResponse": _originated,
    "DTMFEnd": lambda _, f, at: own.key(f, at),
    "BlindTransfer": _transferred,
    "AttendedTransfer": lambda _, f, at: own.attended(f, at),
}
