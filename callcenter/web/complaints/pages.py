"""Complaints: which are open, whom they went to, when an answer is due; and the file for SP4N-LAPOR.

In:  GET; POST "write out what is new". Out: HTML, CSV.
Never: a caller's number on the list; a name or a number in the file unless it was ticked, and then it is audited.
"""

import csv
import io
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from aiohttp import hdrs, web

from callcenter.core.complaint import LAPOR_COLUMNS, Report, due, lapor_row, left
from callcenter.core.errors import Refused
from callcenter.core.share import Mode
from callcenter.core.ticket import CLOSED_STATES, TicketStatus
from callcenter.storage import Complaint, Complaints
from callcenter.storage.records import ForwardLine
from callcenter.web.access import may
from callcenter.web.agency.paces import USUAL_DAYS
from callcenter.web.forms import read_form
from callcenter.web.need import for_reader
from callcenter.web.parts import Parts, parts
from callcenter.web.security import person, see_other
from callcenter.web.supervisor.export import BOM, safe

SHOWS = ("open", "unsent", "all")


@dataclass(frozen=True)
class Row:
    """One complaint as the list shows it."""

    complaint: Complaint
    share: ForwardLine | None  # the newest one
    until: date | None  # None: done, or not asked of anybody yet
    days: int  # working days left; negative: too late


def complaints_of(here: Parts) -> Complaints:
    return Complaints(here.database, protected=here.settings.restricted_categories, clock=here.clock)


def holidays_of(here: Parts) -> frozenset[date]:
    return frozenset(date.fromisoformat(each) for each in here.settings.holidays)


async def complaints(request: web.Request) -> web.Response:
    """The list."""
    return await _page(request)


async def _page(request: web.Request, refused: Refused | None = None) -> web.Response:
    here = parts(request)
    show = request.query.get("show", "open")
    show = show if show in SHOWS else "open"
    found = await complaints_of(here).newest(unsent=show == "unsent", unfinished=show == "open")
    holidays = holidays_of(here)
    return here.painter.page(
        request,
        "complaints/complaints.html",
        status=409 if refused else 200,
        error=here.painter.sentence(request, refused) if refused else "",
        rows=[row_of(here, one, holidays) for one in for_reader(request, found)],
        files=await complaints_of(here).files(),
        show=show,
        writes=may(person(request).role, "complaints.write_out"),
    )


def row_of(here: Parts, complaint: Complaint, holidays: Collection[date]) -> Row:
    """The clock runs from the moment at which an agency was asked, in working days of the city."""
    ticket = complaint.ticket
    share = complaint.forwards[-1] if complaint.forwards else None
    done = ticket.status in CLOSED_STATES or ticket.status == TicketStatus.HANDLED
    if share is None or share.asked_at is None or done or share.handled_at is not None:
        return Row(complaint, share, None, 0)
    until = due_on(here, ticket.category, share, holidays)
    today = here.clock().astimezone(here.settings.zone).date()
    return Row(complaint, share, until, left(today, until, holidays) if until else 0)


def due_on(here: Parts, category: str, share: ForwardLine, holidays: Collection[date]) -> date | None:
    """The day on which it should be handled. None: the category has no limit."""
    catalogue = here.catalogue()
    known = catalogue.categories.get(category) or catalogue.resting_categories.get(category)
    days = known.limit_days if known else USUAL_DAYS
    if not days or share.asked_at is None:
        return None
    return due(share.asked_at, days, here.settings.zone, holidays)


async def write_out(request: web.Request) -> web.Response:
    """All that are in no file yet, into a new one; the page then offers it."""
    here, who = parts(request), person(request)
    contacts = (await read_form(request)).get("contacts") == "1"
    try:
        await complaints_of(here).write_out(contacts=contacts, by=who.person, address=request.remote or "")
    except Refused as nothing:
        return await _page(request, nothing)
    return see_other("/complaints?show=all#files")


async def file(request: web.Request) -> web.Response:
    """The file, as often as it is wanted."""
    here, id_ = parts(request), int(request.match_info["lapor"])
    by, address = person(request).person, request.remote or ""
    about, found = await complaints_of(here).file(id_, by=by, address=address)
    out = io.StringIO()
    out.write(BOM)
    writer = csv.writer(out)
    writer.writerow(LAPOR_COLUMNS)
    for one in found:
        writer.writerow([safe(cell) for cell in lapor_row(report_of(here, one), contacts=about.contacts)])
    name = f"sp4n-lapor-{about.at.astimezone(here.settings.zone):%Y-%m-%d}-{about.id}.csv"
    headers = {
        hdrs.CONTENT_TYPE: "text/csv; charset=utf-8",
        hdrs.CONTENT_DISPOSITION: f'attachment; filename="{name}"',
    }
    return web.Response(body=out.getvalue().encode(), headers=headers)


def report_of(here: Parts, one: Complaint) -> Report:
    """What is told of it, in Indonesian: the national system speaks nothing else."""
    ticket, catalogue = one.ticket, here.catalogue()
    number = here.painter.number(one.number, "id")
    asked = next((share for share in reversed(one.forwards) if share.mode == Mode.MESSAGE or share.agency), None)
    proposed = catalogue.categories[ticket.category].agencies if ticket.category in catalogue.categories else ()
    agency = asked.agency if asked else (proposed[0] if proposed else "")
    parts_of_place = (ticket.place, ticket.landmark, ticket.kelurahan, ticket.kecamatan)
    return Report(
        ticket.number,
        ticket.created_at.astimezone(here.settings.zone).date(),
        catalogue.category_name(ticket.category, "id") if ticket.category else "",
        ", ".join(filter(None, (*parts_of_place, here.settings.city))) if any(parts_of_place) else "",
        ticket.summary or one.text,
        catalogue.agency_name(agency, "id") if agency else "",
        ticket.caller_name,
        number.shown if number.callable else "",
    )
