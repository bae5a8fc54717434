"""What a chain of agencies' lines asks for, ordered from Asterisk.

In:  a step that `core/chain.py` named, and the call. Out: one order; what we know of it as facts.
Never: an order sent twice; an order that may have been carried out taken for one that was not.
"""

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from typing import Protocol

from panoramisk.message import Message

from callcenter.asterisk.order import Order, hang_up
from callcenter.asterisk.outbox import dial, leg_for
from callcenter.asterisk.wire import Given
from callcenter.core.call import Call
from callcenter.core.catalogue import Newest
from callcenter.core.chain import Dial
from callcenter.core.errors import CallCenterError, Refused, Unconfirmed
from callcenter.core.facts import AttemptQueued, AttemptRefused, Fact


class Ask(Protocol):
    """The link, as far as it is needed here."""

    async def __call__(self, name: str, given: Given | None = None, *, deadline: float = 3.0) -> Message: ...


class AgencyLines:
    """Fits `chains.Lines`."""

    def __init__(
        self,
        ask: Ask,
        *,
        catalogue: Newest,
        category_of: Callable[[str], str],
        hear: Callable[[Fact], None],
        look_again: Callable[[], None],
        clock: Callable[[], datetime],
    ) -> None:
        """`category_of` a call: the agency hears it. `look_again`: ask Asterisk anew what is up."""
        self._ask, self._catalogue, self._category_of = ask, catalogue, category_of
        self._hear, self._look_again, self._clock = hear, look_again, clock

    async def dial_line(self, step: Dial, call: Call) -> None:
        """Dial an agency's line. Raises LineDown: nothing was sent. All else is told by facts.

        A lost answer: the leg may exist or not. It stands as ordered, and everything is asked anew.
        """
        agency, leg = self._catalogue().agencies[step.share.agency], leg_for(call, step)
        told = step.share.agency, step.place, step.share.turn
        number = agency.lines[step.place - 1].number
        trouble: CallCenterError | None = None
        try:
            await self._order(dial(step, call, agency, self._category_of(call.id)))
        except (Refused, Unconfirmed) as wrong:
            trouble = wrong
        self._hear(AttemptQueued(call.id, self._clock(), leg, *told, number, step.share.by))
        if isinstance(trouble, Refused):
            self._hear(AttemptRefused(call.id, self._clock(), leg, *told))
        elif trouble is not None:
            self._look_again()

    async def end_leg(self, leg: str, cause: int) -> None:
        """End that leg; one that is gone is no trouble. Raises LineDown or Unconfirmed."""
        with suppress(Refused):
            await self._order(hang_up(leg, cause))

    async def _order(self, order: Order) -> None:
        await self._ask(order.action, order.headers)
