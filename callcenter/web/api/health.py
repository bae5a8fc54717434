"""Can calls be taken and seen? For the supervisor of processes, for monitoring, for the person who installs.

In:  the line, the database, the disk, the journal. Out: 200 or 503, and the reason in words either way.
Never: 503 for what does not stop calls: no phone registered is a warning. Never a number or a name of a caller.
"""

import asyncio
from datetime import datetime

from aiohttp import web

from callcenter.core.errors import StoreDown
from callcenter.core.position import Phone
from callcenter.reach import own_disk
from callcenter.storage import Health
from callcenter.storage.aside import still_aside
from callcenter.web.board import UP
from callcenter.web.i18n import N_
from callcenter.web.parts import Parts, parts
from callcenter.web.proof import colour, worth_telling

GAPS_SHOWN = 5
FULL_BYTES = 100 * 1024**2
NEARLY_FULL_BYTES = 2 * 1024**3

DISK_FULL = N_("The disk is full: recordings and tickets cannot be stored. Free some space.")
DISK_NEARLY_FULL = N_("The disk is nearly full.")
DISK_UNKNOWN = N_("How full the disk is cannot be read.")
NO_PHONE = N_("No phone of any position is registered. Calls wait in the queue until one is.")
NOBODY_SEEN = N_("Asterisk has not told about the phones yet.")
SLOW_DISK = N_("The disk writes slowly.")
JOURNAL_WAITS = N_("What happened waits to be stored; it is safe on the disk.")
QUARANTINED = N_("Some records could not be stored and were put aside. Look at the page Proof.")


async def health(request: web.Request) -> web.Response:
    """`GET /healthz`."""
    here = parts(request)
    database = await here.database.health()
    free, aside = await disk_left(here), await _aside(here)
    reasons = _reasons(here, database, free)
    line = here.board.line
    state = here.journal.state
    body = {
        "status": "trouble" if reasons else "ok",
        "reasons": reasons,
        "warnings": _warnings(here, database, free, aside),
        "line": {
            "phase": str(line.phase),
            "since": line.since.isoformat(),
            "sentence": str(line.why) if line.why else "Linked to Asterisk.",
        },
        "database": {"ok": database.ok, "write_ms": database.write_ms, "sync_ms": database.sync_ms},
        "journal": {"phase": str(state.phase), "waiting": state.waiting, "quarantined": aside},
        "disk": {"free_bytes": free},
        "positions": {
            "registered": sum(p.reachable for p in here.board.floor.positions.values()),
            "known": len(here.settings.positions),
        },
        "calls": {"live": sum(c.live for c in here.board.floor.calls.values()), "screens": len(here.hub.clients)},
        **_proof(here),
    }
    return web.json_response(body, status=503 if reasons else 200)


async def _aside(here: Parts) -> int:
    """How many records wait for a person; while the database is away, those of this service's life."""
    try:
        return await still_aside(here.database)
    except StoreDown:
        return here.journal.state.quarantined


def _proof(here: Parts) -> dict[str, object]:
    """In short what /proof tells at length. No number or name of a caller: it is read without a sign-in."""
    proofs = here.proofs
    account, light = proofs.books.last if proofs.books else None, proofs.self_test.light if proofs.self_test else None
    return {
        "gaps": [
            {
                "since": gap.since.isoformat(),
                "until": gap.until.isoformat(),
                "found": gap.found,
                "cut": gap.cut,
                "unknown": gap.unknown,
            }
            for gap in worth_telling(here.board.floor.gaps)[:GAPS_SHOWN]
        ],
        "account": None
        if account is None
        else {
            "since": account.since.isoformat(),
            "until": account.until.isoformat(),
            "arrivals": account.arrivals,
            "calls": account.calls,
            "tickets": account.tickets,
            "exceptions": len(account.differences),
            "missing": len(account.alarming),
        },
        "self_test": {
            "light": colour(proofs.self_test),
            "ok": light.ok if light else None,
            "at": _moment(light.at if light else None),
            "took_s": light.took_s if light else None,
            "last_ok": _moment(light.last_ok if light else None),
            "why": light.why if light else "",
        },
        "alarms": [
            {"code": alarm.code, "sentence": alarm.sentence, "since": alarm.since.isoformat()}
            for alarm in proofs.alarms()
        ],
    }


def _moment(at: datetime | None) -> str | None:
    return at.isoformat() if at is not None else None


async def disk_left(here: Parts) -> int | None:
    """Free on the disk of recordings and tickets; None where that cannot be read."""
    try:
        return await asyncio.to_thread(here.proofs.free, own_disk(here.settings))
    except OSError:
        return None


def _reasons(here: Parts, database: Health, free: int | None) -> list[str]:
    """What stops calls from being taken or seen."""
    found = []
    line = here.board.line
    if line.phase != UP:
        found.append(str(line.why) if line.why else "There is no link to Asterisk.")
    if not database.ok:
        found.append(str(database.trouble) if database.trouble else "The database does not answer.")
    if free is not None and free < FULL_BYTES:
        found.append(DISK_FULL)
    found += [a.sentence for a in here.proofs.alarms() if a.code == "disk-full" and a.sentence not in found]
    trouble = here.journal.state.trouble
    if here.journal.state.phase == "disk" and trouble is not None:
        found.append(str(trouble))
    return found


def _warnings(here: Parts, database: Health, free: int | None, aside: int) -> list[str]:
    """What a person should look at soon."""
    found = []
    phones = here.board.floor.positions.values()
    if here.board.line.phase == UP and not any(p.reachable for p in phones):
        found.append(NO_PHONE if any(p.phone is Phone.UNREACHABLE for p in phones) else NOBODY_SEEN)
    if free is None:
        found.append(DISK_UNKNOWN)
    elif FULL_BYTES <= free < NEARLY_FULL_BYTES:
        found.append(DISK_NEARLY_FULL)
    if database.ok and database.slow_disk:
        found.append(SLOW_DISK)
    if here.journal.state.phase == "waiting" and here.journal.state.trouble is not None:
        found.append(JOURNAL_WAITS)
    if aside:
        found.append(QUARANTINED)
    return [*found, *here.proofs.notices()]
