"""The four answers of an agency: accepted, en route, on scene, handled. Pure.

In:  how a forward stands, how all forwards of a ticket stand.
Out: which answer may be given now; what the answers say of the ticket.
Never: an answer taken back, an earlier moment written over, a clock.

Whose word counts: who is first. A later answer contains the acceptance (who is on the way has accepted), but no other
one: nobody is said to have been en route who only told of his arrival.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from enum import StrEnum

from callcenter.core.share import Status
from callcenter.core.ticket import TicketStatus


class Answer(StrEnum):
    """What an agency tells of its share, in the order of an operation."""

    ACCEPTED = "ACCEPTED"
    EN_ROUTE = "EN_ROUTE"
    ON_SCENE = "ON_SCENE"
    HANDLED = "HANDLED"

    @property
    def column(self) -> str:
        """The first part of its columns: on_scene (at, by, source)."""
        return self.value.lower()


ORDER = tuple(Answer)

SILENT = frozenset({Status.TRYING, Status.UNREACHED})
"""Nobody there has said anything yet. Unreached by telephone is no refusal."""

FROM: Mapping[Answer, frozenset[Status]] = {
    answer: SILENT | {Status(earlier.value) for earlier in ORDER[: ORDER.index(answer)]} for answer in Answer
}
"""In which of these a forward may get that answer. A forward that was cancelled gets none."""

LADDER = (
    TicketStatus.NEW,
    TicketStatus.VERIFIED,
    TicketStatus.REOPENED,
    TicketStatus.FORWARDED,
    TicketStatus.ACCEPTED,
    TicketStatus.EN_ROUTE,
    TicketStatus.ON_SCENE,
    TicketStatus.HANDLED,
)
"""A ticket is moved upwards only; CLOSED and CANCELLED stand beside it."""


def next_answers(status: Status) -> tuple[Answer, ...]:
    """What may be answered now, the nearest first."""
    return tuple(answer for answer in Answer if status in FROM[answer])


def stands(ticket: TicketStatus, forwards: Iterable[Status]) -> TicketStatus:
    """How the ticket stands after that: as far as the furthest agency; HANDLED when all that answered are done."""
    answered = [Answer(status.value) for status in forwards if status.value in Answer.__members__]
    if not answered or ticket not in LADDER:
        return ticket
    furthest = max(answered, key=ORDER.index)
    if furthest is Answer.HANDLED and any(answer is not Answer.HANDLED for answer in answered):
        furthest = Answer.ON_SCENE
    told = TicketStatus(furthest.value)
    return max(ticket, told, key=LADDER.index)


def moments(answers: Iterable[Mapping[Answer, datetime | None]], handled: bool) -> dict[Answer, datetime]:
    """The ticket's moments: the first one en route, the first one on scene; handled when the last one is done."""
    known = [dict(each) for each in answers]
    found = {}
    for answer in (Answer.EN_ROUTE, Answer.ON_SCENE):
        at = [moment for each in known if (moment := each.get(answer)) is not None]
        if at:
            found[answer] = min(at)
    done = [moment for each in known if (moment := each.get(Answer.HANDLED)) is not None]
    if handled and done:
        found[Answer.HANDLED] = max(done)
    return found
