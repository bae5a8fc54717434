"""Everything that is known of one ticket, for its timeline: what the telephone told, what was typed, who looked.

In:  a ticket's number. Out: its page and what lies beside it, each list in the order of time.
Never: a change; a look at the ticket that is not in the audit.
"""

from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from callcenter.core.seal import Row
from callcenter.storage.callback_lines import CallbackLine, of_calls
from callcenter.storage.database import Database
from callcenter.storage.history import History
from callcenter.storage.pages import TicketPage
from callcenter.storage.records import FactLine, record
from callcenter.storage.tables import facts
from callcenter.storage.tables_people import audit

MOST_FACTS, MOST_LOOKS = 2000, 300
TOLD_ELSEWHERE = (
    "ticket.class", "ticket.link", "ticket.unlink", "ticket.merge", "ticket.unmerge", "forward.answer", "forward.note",
    "link.given", "link.revoked",
)  # fmt: skip
"""What the ticket's own rows tell, with more."""


@dataclass(frozen=True, slots=True)
class Story:
    """All of it. `more_looks`: the audit has more than these newest ones."""

    page: TicketPage
    facts: list[FactLine] = field(default_factory=list)
    callbacks: list[CallbackLine] = field(default_factory=list)
    looks: list[Row] = field(default_factory=list)
    more_looks: bool = False


class Stories:
    """Reads them."""

    def __init__(self, database: Database, history: History) -> None:
        self._database, self._history = database, history

    async def of(self, number: str) -> Story:
        """NotFound."""
        page = await self._history.ticket(number)
        calls = [line.id for line in page.calls]
        about = [number, *(each.number for each in page.related.merged), *calls, *(each.id for each in page.forwards)]
        async with self._database.read() as connection:
            heard = select(facts).where(facts.c.call.in_(calls)).order_by(facts.c.id).limit(MOST_FACTS)
            looks = await _looks(connection, about)
            return Story(
                page=page,
                facts=[record(FactLine, row) for row in await connection.execute(heard)],
                callbacks=await of_calls(connection, calls),
                looks=looks[:MOST_LOOKS][::-1],
                more_looks=len(looks) > MOST_LOOKS,
            )


async def _looks(connection: AsyncConnection, about: list[str]) -> list[Row]:
    """The newest first."""
    wanted = audit.c.target.in_(about), audit.c.action.not_in(TOLD_ELSEWHERE)
    asked = select(audit).where(*wanted).order_by(audit.c.id.desc()).limit(MOST_LOOKS + 1)
    return [record(Row, row) for row in await connection.execute(asked)]
