"""The proof that no call was lost: what was missed, what was found again, and whether the books come out.

In:  GET, a day; POST, what a supervisor has dealt with. Out: HTML.
Never: a figure that hides what could not be read; a book that is away makes a sentence, not an empty page.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from aiohttp import web

from callcenter.core.account import ALARMING, Account
from callcenter.core.errors import BadInput, CallCenterError, StoreDown
from callcenter.core.floor import Gap
from callcenter.storage import QuarantineLine
from callcenter.storage.aside import release as release_aside
from callcenter.web.api.health import FULL_BYTES, NEARLY_FULL_BYTES, disk_left
from callcenter.web.forms import read_form, text_of
from callcenter.web.need import for_reader
from callcenter.web.parts import Parts, parts
from callcenter.web.proof import colour, worth_telling
from callcenter.web.security import person, see_other
from callcenter.web.times import CityTime

SHOWN = 50
DIFFERENCES_SHOWN = 100


def read_day(text: str, today: date) -> date:
    """The day of the address line; today when there is none. BadInput."""
    try:
        day = date.fromisoformat(text) if text else today
    except ValueError:
        raise BadInput("{name} is not a day: write 2026-01-31.", name="day") from None
    if not date(1970, 1, 2) <= day <= date(9000, 1, 1):
        raise BadInput("{name} is not a day: write 2026-01-31.", name="day")
    return day


async def proof(request: web.Request) -> web.Response:
    """`/proof`: read anew with each look."""
    here = parts(request)
    city = CityTime(here.settings.zone, "en")
    today = city.today(here.clock())
    error, day = "", today
    try:
        day = read_day(request.query.get("day", ""), today)
    except BadInput as wrong:
        error = here.painter.sentence(request, wrong)
    account, why = await _account(here, city, day)
    gaps, silent = await _gaps(here)
    alarms = here.proofs.alarms()
    return here.painter.page(
        request,
        "supervisor/proof.html",
        status=400 if error else 200,
        error=error,
        day=day,
        before=day - timedelta(days=1),
        after=day + timedelta(days=1) if day < today else None,
        account=account,
        why=why,
        differences=account.differences[:DIFFERENCES_SHOWN] if account else (),
        alarming=ALARMING,
        gaps=gaps,
        silent=silent,
        aside=for_reader(request, await _aside(here)),
        settled=for_reader(request, await _aside(here, released=True)),
        lights=here.lights.seen,
        colour=colour(here.proofs.self_test),
        light=here.proofs.self_test.light if here.proofs.self_test else None,
        alarms=alarms,
        notices=[told for told in here.proofs.notices() if told not in {alarm.sentence for alarm in alarms}],
        now=here.clock(),
        **await _state(here),
    )


async def release(request: web.Request) -> web.Response:
    """A supervisor has dealt with a record that was put aside; her word stands in the audit."""
    here, form = parts(request), await read_form(request)
    number = text_of(form, "id", 18)
    if not (number.isascii() and number.isdecimal()):
        raise BadInput("This request cannot be read.")
    await release_aside(
        here.database,
        int(number),
        by=person(request).person,
        why=text_of(form, "why", 300).strip(),
        now=here.clock(),
        address=request.remote or "",
    )
    return see_other("/proof#aside")


async def _account(here: Parts, city: CityTime, day: date) -> tuple[Account | None, CallCenterError | None]:
    if here.proofs.books is None:
        return None, None
    try:
        return await here.proofs.books.compare(*city.bounds(day)), None
    except CallCenterError as silent:
        return None, silent


async def _gaps(here: Parts) -> tuple[Sequence[Gap], bool]:
    """From the journal; what this service remembers while the database is away."""
    try:
        return worth_telling(await here.history.gaps(limit=SHOWN)), False
    except StoreDown:
        return worth_telling(here.board.floor.gaps), True


async def _aside(here: Parts, *, released: bool = False) -> Sequence[QuarantineLine] | None:
    try:
        return await here.history.quarantine(limit=SHOWN, released=released)
    except StoreDown:
        return None


def _mark(free: int | None) -> str:
    if free is not None and free < FULL_BYTES:
        return "bad"
    return "good" if free is not None and free >= NEARLY_FULL_BYTES else "warn"


async def _state(here: Parts) -> dict[str, Any]:
    """What is stored where, right now."""
    free = await disk_left(here)
    return {
        "line": here.board.line,
        "blind_since": here.board.floor.blind_since,
        "journal": here.journal.state,
        "database": await here.database.health(),
        "free_gb": None if free is None else free / (1 << 30),
        "disk": _mark(free),
        "registered": sum(p.reachable for p in here.board.floor.positions.values()),
    }
