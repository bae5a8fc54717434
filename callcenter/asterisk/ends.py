"""Ends of calls in a recording that tells of no leg at all: its AMI account hears of queues and of nothing else.

In:  the messages of a recording, in order. Out: LegEnded facts, late: at the moment that the queue's own words tell.
Never: used where a recording tells of legs; an end of a call that somebody passed on, or that came back.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from callcenter.asterisk.wire import Fields, text
from callcenter.core.facts import Fact, LegEnded

NORMAL = 16
KEPT = 64
"""So many ends are waited with: a caller who left one queue may come into another one."""


@dataclass
class Ends:
    """Who seems to be gone, and since when."""

    _gone: dict[str, datetime] = field(default_factory=dict)
    _with: dict[str, str] = field(default_factory=dict)  # who answered -> the call

    def hear(self, f: Fields, at: datetime) -> Iterator[Fact]:
        event, lifted = text(f, "Event"), text(f, "DestUniqueid")
        call = text(f, "Uniqueid") or self._with.get(lifted, "")  # a caller who hung up first is not named any more
        if event == "AgentConnect":
            self._with[lifted] = call
        elif event == "AgentComplete":
            self._with.pop(lifted, None)
        if event in ("QueueCallerJoin", "AgentCalled", "AgentConnect"):
            self._gone.pop(call, None)
        elif event == "QueueCallerAbandon" or (event == "AgentComplete" and text(f, "Reason").lower() != "transfer"):
            self._gone[call] = at
        while len(self._gone) > KEPT:
            yield self._end(next(iter(self._gone)))

    def rest(self) -> Iterator[Fact]:
        """Nothing more comes."""
        for call in list(self._gone):
            yield self._end(call)

    def _end(self, call: str) -> Fact:
        return LegEnded(call, self._gone.pop(call), NORMAL)
