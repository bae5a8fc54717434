"""The legs of another system: their ids and names, and the phone behind a Local channel.

In:  the messages of a recording, in order. Out: each with the ids that it does not tell, and with the phone itself.
Never: a fact, or part of the live system.
"""

import re
from dataclasses import dataclass, field

from callcenter.asterisk.wire import Fields, text

LOCAL = "Local/"
CHANNEL = re.compile(r"[^/]+/(?P<owner>.+?)(-[0-9a-fA-F]+)?(;[12])?")
"""Technology, whose it is, a count: SIP/201-0000001a, DAHDI/i1/0812-3, Local/201@from-queue-0000001a;1."""

MEMBER = ("AgentCalled", "AgentConnect", "AgentRingNoAnswer")


def whose(channel: str) -> str:
    """Whose phone or line it is, as a queue would name its member."""
    found = CHANNEL.fullmatch(channel)
    return found["owner"].split("@", 1)[0] if found else channel


@dataclass
class Legs:
    """Which legs there are. Asterisk's own ids, or, where a recording has none, the channels' names."""

    names: dict[str, str] = field(default_factory=dict)  # id -> channel
    ids: dict[str, str] = field(default_factory=dict)
    answered: dict[str, str] = field(default_factory=dict)  # who dialled -> who lifted

    def complete(self, f: Fields) -> Fields:
        """The message with the ids that it does not tell, and with the phone in place of a Local channel to it."""
        found = dict(f)
        for leg, channel in (("Uniqueid", "Channel"), ("DestUniqueid", "DestChannel")):
            name = text(f, channel)
            if name and not text(f, leg):
                found[leg] = self.ids.get(name, name)
            elif name and text(f, "Event") != "Hangup":
                self.names[text(f, leg)], self.ids[name] = name, text(f, leg)
        if text(f, "Event") in MEMBER:
            member = text(f, "Interface") or text(f, "Member") or text(f, "MemberName") or whose(text(f, "DestChannel"))
            called = text(found, "DestUniqueid") or f"{member} for {text(found, 'Uniqueid')}"
            found |= {"Interface": member, "DestUniqueid": called}
        if text(f, "Event") == "AgentConnect":
            found["DestUniqueid"] = self.real(text(found, "DestUniqueid"))
        if text(f, "Event") == "AttendedTransfer" and (far := self.real(text(f, "TransferTargetUniqueid"))):
            channel = self.names.get(far, text(f, "TransferTargetChannel"))
            found |= {"TransferTargetUniqueid": far, "TransferTargetChannel": channel}
        return found

    def real(self, leg: str) -> str:
        """The phone behind the two halves of a Local channel; the leg itself where it is none, or nobody lifted."""
        for _ in range(8):
            name = self.names.get(leg, "")
            if not (name.startswith(LOCAL) and name.endswith(";1")):
                break
            lifted = self.answered.get(self.ids.get(f"{name[:-1]}2", ""))
            if lifted is None:
                break
            leg = lifted
        return leg

    def is_local(self, leg: str) -> bool:
        return self.names.get(leg, "").startswith(LOCAL)

    def gone(self, leg: str) -> None:
        self.ids.pop(self.names.pop(leg, ""), None)
        self.answered.pop(leg, None)
