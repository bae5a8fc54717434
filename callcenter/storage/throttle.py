"""Growing waits for wrong passwords and codes: per name, per address, and per name at an address.

In:  a name, an address and a browser that try.
Out: a refusal with the time to wait, in words; or a try that is counted before it is made.
Never: a person locked out for good: in a 112 room that would be an attack by itself. Who signed in from a browser once
is known to it: her tries there are counted for themselves, so that nobody's guesses elsewhere keep her out. Many tries
at once are never counted as one. Phones ring whatever stands here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from callcenter.core.errors import Refused
from callcenter.storage.sql import clean, insert
from callcenter.storage.tables_people import throttles

FORGET = timedelta(minutes=30)
SECONDS = "Too many wrong tries. Wait {seconds} seconds, then try again. The phones ring meanwhile as always."
MINUTES = (
    "Too many wrong tries: signing in is locked for {minutes} minutes. An administrator can end this earlier; the "
    "phones ring meanwhile as always."
)
IN_MINUTES = 90


@dataclass(frozen=True, slots=True)
class Limit:
    """So many tries are free; then the delay doubles, up to the longest."""

    free: int
    longest_s: int

    def delay(self, failures: int) -> timedelta:
        """The wait after that many failures."""
        over = failures - self.free
        return timedelta(seconds=min(2 ** min(over, 20), self.longest_s) if over >= 0 else 0)


BY_NAME = Limit(free=8, longest_s=60)  # from all addresses together; strangers cannot make it long
BY_NAME_HERE = Limit(free=4, longest_s=900)
BY_ADDRESS = Limit(free=20, longest_s=300)  # a whole room may sit behind one address
BY_BROWSER = Limit(free=4, longest_s=900)  # one that she signed in from before
BY_CODE = Limit(free=4, longest_s=900)  # who tries has the password already


@dataclass(frozen=True, slots=True)
class Lock:
    """One wait that runs: of a name, an address, a name at an address, a browser."""

    kind: str
    name: str
    address: str
    failures: int
    until: datetime


def keys(name: str, address: str, browser: str = "") -> dict[str, Limit]:
    """What is counted for this try. `browser`: a mark that this person's earlier sign-in left there."""
    name, address = name[:64], address[:64]
    if browser:
        return {f"browser:{name}:{browser[:64]}": BY_BROWSER}
    return {f"name:{name}": BY_NAME, f"address:{address}": BY_ADDRESS, f"here:{name}:{address}": BY_NAME_HERE}


async def begin(connection: AsyncConnection, limits: Mapping[str, Limit], now: datetime) -> Refused | None:
    """Count the try as failed, before it is made. Refused (returned): it is too early, and nothing was counted."""
    found = await connection.execute(select(throttles).where(throttles.c.key.in_(list(limits))))
    known = {row.key: row for row in found}
    until = max((row.blocked_until for row in known.values() if row.blocked_until), default=None)
    if until is not None and until > now:
        return wait((until - now).total_seconds())
    for key, limit in limits.items():
        before = known.get(key)
        failures = 1 + (before.failures if before is not None and now - before.last_at < FORGET else 0)
        row = {"failures": failures, "last_at": now, "blocked_until": now + limit.delay(failures)}
        statement = insert(connection, throttles).values(key=key, **row)
        await connection.execute(statement.on_conflict_do_update(index_elements=["key"], set_=row))
    return None


def wait(seconds: float) -> Refused:
    """How long, in words: seconds while they are few."""
    if seconds <= IN_MINUTES:
        return Refused(SECONDS, seconds=int(seconds) + 1)
    return Refused(MINUTES, minutes=int(seconds // 60) + 1)


async def succeeded(connection: AsyncConnection, name: str, address: str, browser: str = "") -> None:
    """The try was right: the name starts anew; the address loses this one count only, so that nobody can wash it."""
    for key in keys(name, address, browser):
        if not key.startswith("address:"):
            await forget(connection, key)
    row = throttles.c.key == f"address:{address[:64]}", throttles.c.failures > 0
    if not browser:
        await connection.execute(
            update(throttles).where(*row).values(failures=throttles.c.failures - 1, blocked_until=None)
        )


async def forget(connection: AsyncConnection, key: str) -> None:
    """This one starts anew."""
    await connection.execute(delete(throttles).where(throttles.c.key == key))


async def locks(connection: AsyncConnection, now: datetime) -> list[Lock]:
    """The waits that run now, the longest first."""
    running = select(throttles).where(throttles.c.blocked_until > now).order_by(throttles.c.blocked_until.desc())
    return [_lock(row.key, row.failures, row.blocked_until) for row in await connection.execute(running.limit(200))]


async def end(connection: AsyncConnection, name: str = "", address: str = "") -> int:
    """An administrator ends what keeps this person, or this address, out. How many waits that were."""
    name, address = clean(name)[:64], clean(address)[:64]
    begins = [throttles.c.key.startswith(f"{kind}:{name}:", autoescape=True) for kind in ("here", "browser")]
    mine = or_(throttles.c.key.in_([f"name:{name}", f"code:{name}"]), *begins)
    which = mine if name else throttles.c.key == f"address:{address}"
    gone = await connection.execute(delete(throttles).where(which).returning(throttles.c.key))
    return len(gone.all())


def _lock(key: str, failures: int, until: datetime) -> Lock:
    kind, _, rest = key.partition(":")
    name, _, address = rest.partition(":") if kind in ("here", "browser") else (rest, "", "")
    if kind == "address":
        name, address = "", rest
    return Lock(kind, name, "" if kind == "browser" else address, failures, until)
