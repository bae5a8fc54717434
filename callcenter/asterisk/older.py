"""Asterisk up to 11, in the words of today; and which telephone a leg is, where Asterisk changed what is behind it.

In:  the messages of a recording, in order, with today's header names. Out: the messages that today's Asterisk would
have sent instead; each leg under the id that its telephone had first.
Never: part of the live system. A recording of today comes out as it was.

Until Asterisk 11 `Dial` tells an answer only when all is over, the queue tells one only if it was asked to
(eventwhencalled), and who speaks with whom stands in `Bridge`. A transfer or a Local channel that is taken out of the
way there, and a redirected leg today, is a masquerade: the telephone goes on, with its name, under another id.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from callcenter.asterisk.wire import Fields, text

UP = ("Up", "6")
ENDINGS = ("<ZOMBIE>", "<MASQ>")
PAIRS = (
    ("Uniqueid", "Channel"),
    ("DestUniqueid", "DestChannel"),
    ("Uniqueid1", "Channel1"),
    ("Uniqueid2", "Channel2"),
)


@dataclass
class Telephones:
    """A channel's name goes with its telephone, and so does the first id that was seen with it."""

    _first: dict[str, str] = field(default_factory=dict)  # name -> id
    _now: dict[str, str] = field(default_factory=dict)  # id -> that of the telephone which is behind it now
    _moved: bool = False

    def follow(self, f: Fields) -> Fields:
        event = text(f, "Event")
        if event == "Rename":
            self._first.setdefault(_plain(text(f, "Channel")), text(f, "Uniqueid"))  # its beginning was not heard
            self._rename(text(f, "Newname"), text(f, "Uniqueid"))
            return {"Event": event}
        if event == "Newchannel":
            self._first[text(f, "Channel")] = text(f, "Uniqueid")
            self._now.pop(text(f, "Uniqueid"), None)
        if not self._moved:
            if event == "Hangup":
                self._first.pop(text(f, "Channel"), None)
            return f
        found = dict(f)
        for leg, channel in PAIRS:
            if text(f, leg):
                found |= self._telephone(text(f, leg), leg, text(f, channel), channel)
        return found

    def _rename(self, name: str, leg: str) -> None:
        if name and leg and not name.endswith("<MASQ>"):
            self._moved = True
            self._now[leg] = self._first.setdefault(_plain(name), leg)

    def _telephone(self, leg: str, header: str, name: str, channel: str) -> Fields:
        if not name:
            return {header: self._now.get(leg, leg)}
        return {header: self._first.get(_plain(name), leg), channel: _plain(name)}


def _plain(name: str) -> str:
    for ending in ENDINGS:
        name = name.removesuffix(ending)
    return name


@dataclass
class Older:
    """What was dialled, and who left a queue, as far as it matters to tell an answer."""

    _called: dict[str, tuple[str, str]] = field(default_factory=dict)  # leg -> who dialled it, its name; unanswered
    _rung: dict[str, list[str]] = field(default_factory=dict)  # who dialled -> legs
    _left: dict[str, str] = field(default_factory=dict)  # left a queue, and nobody told why -> which
    _given_up: set[str] = field(default_factory=set)

    def today(self, f: Fields) -> Iterator[Fields]:
        event, leg = text(f, "Event"), text(f, "Uniqueid") or text(f, "Channel")
        if event == "DialBegin" and text(f, "SubEvent"):
            called = text(f, "DestUniqueid") or text(f, "DestChannel")
            self._called[called] = leg, text(f, "DestChannel")
            self._rung.setdefault(leg, []).append(called)
        elif event == "DialEnd" and text(f, "SubEvent"):
            yield from self._over(f, leg)
            return
        elif event in ("Bridge", "Link", "Unlink"):
            yield from self._together(f, event == "Unlink" or text(f, "Bridgestate") == "Unlink")
            return
        elif event in ("MeetmeJoin", "MeetmeLeave"):  # a conference
            entered = "BridgeEnter" if event == "MeetmeJoin" else "BridgeLeave"
            yield {**f, "Event": entered, "BridgeUniqueid": f"meetme {text(f, 'Meetme')}"}
            return
        yield f
        if event == "Newstate" and (text(f, "ChannelStateDesc") or text(f, "ChannelState")) in UP:
            yield from self._lifted(f, leg)
        elif event in ("QueueCallerJoin", "QueueCallerLeave", "QueueCallerAbandon", "AgentConnect", "Hangup"):
            self._queue(event, f, leg)

    def _lifted(self, f: Fields, leg: str) -> Iterator[Fields]:
        """Of those whom somebody dialled."""
        caller, name = self._called.pop(leg, ("", ""))
        if caller:
            yield _stamped(f, Event="DialEnd", Uniqueid=caller, DestUniqueid=leg, DestChannel=name, DialStatus="ANSWER")

    def _over(self, f: Fields, caller: str) -> Iterator[Fields]:
        """It says how it went, and not with whom."""
        for leg in self._rung.pop(caller, ()):
            _, name = self._called.pop(leg, ("", ""))
            if name and text(f, "DialStatus").upper() != "ANSWER":
                yield {**f, "Uniqueid": caller, "DestUniqueid": leg, "DestChannel": name}

    def _together(self, f: Fields, apart: bool) -> Iterator[Fields]:
        both = [(text(f, f"Uniqueid{n}") or text(f, f"Channel{n}"), text(f, f"Channel{n}")) for n in "12"]
        if not apart:
            yield from self._answered(f, *both)
        bridge = "+".join(leg for leg, _ in both)
        for leg, name in both:
            event = "BridgeLeave" if apart else "BridgeEnter"
            yield _stamped(f, Event=event, Uniqueid=leg, Channel=name, BridgeUniqueid=bridge)

    def _answered(self, f: Fields, caller: tuple[str, str], other: tuple[str, str]) -> Iterator[Fields]:
        leg, name = other
        queue = self._left.pop(caller[0], "")
        if self._called.get(leg, ("", ""))[0] == caller[0]:  # picked up
            yield from self._lifted(f, leg)
        elif queue:
            told = {"Interface": name.rpartition("-")[0] or name, "DestUniqueid": leg, "DestChannel": name}
            yield _stamped(f, Event="AgentConnect", Queue=queue, Uniqueid=caller[0], Channel=caller[1], **told)

    def _queue(self, event: str, f: Fields, leg: str) -> None:
        if event == "QueueCallerLeave" and leg not in self._given_up:
            self._left[leg] = text(f, "Queue")
        elif event == "QueueCallerAbandon":
            self._given_up.add(leg)
        elif event != "QueueCallerLeave":
            self._left.pop(leg, None)
            self._given_up.discard(leg)
        if event == "Hangup":
            for called in self._rung.pop(leg, ()):
                self._called.pop(called, None)


def _stamped(f: Fields, **told: str) -> Fields:
    return {**told, "Timestamp": text(f, "Timestamp")}
