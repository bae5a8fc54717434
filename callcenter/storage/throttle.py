"""Growing delays for wrong passwords, per name and per address.

In:  a name and an address that try.
Out: a refusal with the seconds to wait, or a try that is counted before it is made.
Never: a person locked out for good: in a 112 room that would be an attack by itself; many tries at once counted as one.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from callcenter.core.errors import Refused
from callcenter.storage.sql import insert
from callcenter.storage.tables_people import throttles

FORGET = timedelta(minutes=30)
WAIT = "Too many wrong passwords. Wait {seconds} seconds, then try again."


@dataclass(frozen=True, slots=True)
class Limit:
    """So many tries are free; then the delay doubles, up to the longest."""

    free: int
    longest_s: int

    def delay(self, failures: int) -> timedelta:
        """The wait after that many failures."""
        over = failures - self.free
        return timedelta(seconds=min(2 ** min(over, 20), self.longest_s) if over >= 0 else 0)


BY_NAME = Limit(free=4, longest_s=60)
BY_ADDRESS = Limit(free=20, longest_s=300)  # a whole room may sit behind one address


def keys(name: str, address: str) -> dict[str, Limit]:
    """What is counted for this try."""
    return {f"name:{name[:64]}": BY_NAME, f"address:{address[:64]}": BY_ADDRESS}


async def begin(connection: AsyncConnection, limits: Mapping[str, Limit], now: datetime) -> Refused | None:
    """Count the try as failed, before it is made. Refused (returned): it is too early, and nothing was counted."""
    found = await connection.execute(select(throttles).where(throttles.c.key.in_(list(limits))))
    known = {row.key: row for row in found}
    until = max((row.blocked_until for row in known.values() if row.blocked_until), default=None)
    if until is not None and until > now:
        return Refused(WAIT, seconds=int((until - now).total_seconds()) + 1)
    for key, limit in limits.items():
        before = known.get(key)
        failures = 1 + (before.failures if before is not None and now - before.last_at < FORGET else 0)
        row = {"failures": failures, "last_at": now, "blocked_until": now + limit.delay(failures)}
        statement = insert(connection, throttles).values(key=key, **row)
        await connection.execute(statement.on_conflict_do_update(index_elements=["key"], set_=row))
    return None


async def succeeded(connection: AsyncConnection, name: str, address: str) -> None:
    """The try was right: the name starts anew; the address loses this one count only, so that nobody can wash it."""
    await connection.execute(delete(throttles).where(throttles.c.key == f"name:{name[:64]}"))
    row = throttles.c.key == f"address:{address[:64]}"
    await connection.execute(
        update(throttles)
        .where(row, throttles.c.failures > 0)
        .values(failures=throttles.c.failures - 1, blocked_until=None)
    )
