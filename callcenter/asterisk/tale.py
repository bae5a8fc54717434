"""One call, told afterwards from what Asterisk wrote down of it.

In:  facts, in order, such as the inbox would have made of the events. Out: what is known of that call: a CallRecalled.
Never: a rule of its own: `core.apply` says what each fact means, so a call that nobody heard comes out like one that
was heard.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC

from callcenter.asterisk.conf import PAGE
from callcenter.asterisk.inbox import House
from callcenter.core.apply import apply
from callcenter.core.call import Call
from callcenter.core.facts import Fact
from callcenter.core.floor import Floor
from callcenter.core.position import Position
from callcenter.core.seen import CallRecalled

RECORD = "record"
"""A number's source while the tale is told: the timeline does not know where it stood."""

CHANNEL = re.compile(r"[A-Za-z]+/(?P<owner>.+)-[0-9a-f]{8}(;\d)?")
"""A channel's name: technology, whose it is, a count."""


def owner_of(channel: str) -> str:
    """Whose phone or trunk it is: PJSIP/101-0000001a and PJSIP/101-web-0000001a are 101."""
    found = CHANNEL.fullmatch(channel)
    return found["owner"].removesuffix(PAGE) if found else ""


@dataclass
class Tale:
    """One call while its rows are read."""

    house: House
    positions: Sequence[str]
    id: str
    floor: Floor = field(init=False)
    call: Call | None = None  # as it last was
    app: str = ""  # what the caller's leg is doing
    trunk: str = ""

    def __post_init__(self) -> None:
        """The desks stand there as they did: who is a colleague and who is outside, the rules read from them."""
        self.floor = Floor(positions={number: Position(number) for number in self.positions})

    def tell(self, *told: Fact) -> None:
        """What happened next."""
        for fact in told:
            self.floor, changed = apply(self.floor, fact)
            self.call = next((call for call in changed if call.id == self.id), self.call)

    def record(self) -> CallRecalled | None:
        """What the records say of it; None: nothing."""
        call = self.call
        if call is None:
            return None
        return CallRecalled(
            call.id,
            call.arrived_at,
            number=call.number,
            dialled=call.dialled,
            queued_at=call.queued_at,
            answered_at=call.answered_at,
            position=call.answered_by,
            overflowed_at=call.overflowed_at,
            overflowed_to=call.overflowed_to,
            test=call.test,
            ended_at=call.ended_at,
            cause=call.cause,
            outcome="" if call.live else call.outcome.value,
            disconnected_early=call.disconnected_early,
            rang_at=call.rang_at,
            rung=call.rung,
            name=call.name,
            trunk=self.trunk or call.trunk,
            recording=call.recording  # else as the dialplan's [tell] says
            or f"{call.arrived_at.astimezone(UTC):%Y/%m/%d}/{call.id}.wav",
            number_source="" if call.number_source == RECORD else call.number_source,
            location=call.location,
            sip_call_id=call.sip_call_id,
            blocked=call.blocked,
            left_cause=call.left_cause,
            attempts=call.attempts,
            dialled_at=call.dialled_at,
        )
