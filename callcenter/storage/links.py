"""Links for agencies without accounts: each opens one request, until it expires or is taken back.

In:  a forward, the house's key, a token from an address. Out: the duty; answers, as on the agency's own page.
Never: two requests by one link; a change by looking; a use that is not in the audit.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from callcenter.core.answer import Answer
from callcenter.core.errors import BadInput, CallCenterError, NotFound
from callcenter.core.link import kept_of, token_of
from callcenter.storage.audit import add as audit
from callcenter.storage.database import Clock, Database
from callcenter.storage.duties import Duty, one_duty
from callcenter.storage.forwards import Source
from callcenter.storage.records import record
from callcenter.storage.responders import (
    LONGEST_NAME,
    NO_NOTE,
    NO_WHO,
    Teller,
    answered,
    noted,
    own,
    read_answer,
)
from callcenter.storage.sql import clean
from callcenter.storage.tables_responders import links

NOT_VALID = "This link is not valid any more, or never was. Call 112."
BY_LINK = "link"


@dataclass(frozen=True, slots=True)
class LinkLine:
    """A link that opens one forward. What it could be made from stays behind."""

    id: str
    forward: str
    created_at: datetime
    created_by: str
    expires_at: datetime
    revoked_at: datetime | None
    revoked_by: str
    opened_at: datetime | None
    opened: int
    name: str


@dataclass(frozen=True, slots=True)
class Link:
    """One link, and the only thing that it opens."""

    line: LinkLine
    token: str


class Links:
    """Made with the house's key."""

    def __init__(self, database: Database, *, key: bytes, hours: float, clock: Clock) -> None:
        self._database, self._clock = database, clock
        self.key, self.lasts = key, timedelta(hours=hours)

    async def of(self, forward: str, *, by: str, address: str = "") -> Link:
        """The link of this forward: the one that is valid, else a new one. NotFound."""
        now = self._clock()

        async def unit(connection: AsyncConnection) -> Link:
            duty = own(await one_duty(connection, forward), "")
            found = await make(connection, forward, key=self.key, lasts=self.lasts, by=by, now=now)
            details = {"ticket": duty.ticket.number, "expires_at": found.line.expires_at}
            await audit(
                connection, by=by, action="link.given", at=now, target=forward, details=details, address=address
            )
            return found

        return await self._database.write(unit)

    async def revoke(self, forward: str, *, by: str, address: str = "") -> None:
        """No link of this forward opens anything any more."""
        now = self._clock()

        async def unit(connection: AsyncConnection) -> None:
            own(await one_duty(connection, forward), "")
            over = links.c.forward == forward
            await connection.execute(
                update(links).where(over, links.c.revoked_at.is_(None)).values(revoked_at=now, revoked_by=by)
            )
            await audit(connection, by=by, action="link.revoked", at=now, target=forward, address=address)

        await self._database.write(unit)

    async def open(self, token: str, *, address: str = "", agent: str = "") -> tuple[Duty, LinkLine]:
        """What it opens; written down. Nothing of the request changes: a messenger's preview opens it too. NotFound."""
        now = self._clock()

        async def unit(connection: AsyncConnection) -> tuple[Duty, LinkLine]:
            line = await valid(connection, token, now)
            duty = own(await one_duty(connection, line.forward), "")
            seen = {"opened": links.c.opened + 1, "opened_at": now}
            await connection.execute(update(links).where(links.c.id == line.id).values(seen))
            await _audit(connection, "link.opened", duty, line.name, now, address, {"agent": clean(agent)[:200]})
            return duty, line

        return await self._database.write(unit)

    async def say(self, token: str, answer: Answer | str, *, name: str, address: str = "") -> Duty:
        """The agency answers. BadInput: no name. Conflict, Refused, NotFound."""
        chosen, now, who = read_answer(answer), self._clock(), read_name(name)

        async def unit(connection: AsyncConnection) -> Duty:
            line = await valid(connection, token, now)
            duty = own(await one_duty(connection, line.forward), "")
            await connection.execute(update(links).where(links.c.id == line.id).values(name=who))
            return await answered(connection, line.forward, chosen, _teller(duty, who, address), now)

        return await self._database.write(unit)

    async def note(self, token: str, text: str, *, key: str, name: str, address: str = "") -> Duty:
        """The agency writes something down."""
        now, who = self._clock(), read_name(name)
        if not text.strip():
            raise BadInput(NO_NOTE)

        async def unit(connection: AsyncConnection) -> Duty | CallCenterError:
            line = await valid(connection, token, now)
            duty = own(await one_duty(connection, line.forward), "")
            await connection.execute(update(links).where(links.c.id == line.id).values(name=who))
            return await noted(connection, line.forward, text, key, _teller(duty, who, address), now)

        return await self._database.write(unit)


def read_name(name: str) -> str:
    """Who uses the link. BadInput: nobody said so."""
    who = " ".join(clean(name).split())[:LONGEST_NAME]
    if not who:
        raise BadInput(NO_WHO)
    return who


def _teller(duty: Duty, who: str, address: str) -> Teller:
    return Teller(BY_LINK, Source.AGENCY, duty.forward.agency, who, address)


async def make(
    connection: AsyncConnection, forward: str, *, key: bytes, lasts: timedelta, by: str, now: datetime
) -> Link:
    """The valid link of this forward, or a new one, inside the transaction of whoever needs it."""
    found = await connection.execute(
        select(links)
        .where(links.c.forward == forward, links.c.revoked_at.is_(None), links.c.expires_at > now)
        .order_by(links.c.created_at.desc(), links.c.id)
        .limit(1)
    )
    row = found.first()
    if row is not None:
        return Link(record(LinkLine, row), token_of(key, row.seed))
    seed = secrets.token_hex(16)
    token = token_of(key, seed)
    new = {"id": kept_of(token), "seed": seed, "forward": forward, "created_at": now, "created_by": by}
    made = await connection.execute(insert(links).values(**new, expires_at=now + lasts).returning(links))
    return Link(record(LinkLine, made.one()), token)


async def valid(connection: AsyncConnection, token: str, now: datetime) -> LinkLine:
    """The link of that token. NotFound: unknown, expired or taken back, in the same words."""
    found = await connection.execute(
        select(links).where(links.c.id == kept_of(token), links.c.revoked_at.is_(None), links.c.expires_at > now)
    )
    row = found.first()
    if row is None:
        raise NotFound(NOT_VALID)
    return record(LinkLine, row)


async def links_of(connection: AsyncConnection, forwards: list[str]) -> list[LinkLine]:
    """All links of these forwards, the newest first."""
    if not forwards:
        return []
    wanted = select(links).where(links.c.forward.in_(forwards)).order_by(links.c.created_at.desc(), links.c.id)
    return [record(LinkLine, row) for row in await connection.execute(wanted)]


async def _audit(
    connection: AsyncConnection, action: str, duty: Duty, name: str, now: datetime, address: str, more: dict[str, str]
) -> None:
    details = {"agency": duty.forward.agency, "ticket": duty.ticket.number, **more}
    by = f"link: {name} ({duty.forward.agency})" if name else f"link of {duty.forward.agency}"
    await audit(connection, by=by, action=action, at=now, target=duty.forward.id, details=details, address=address)
