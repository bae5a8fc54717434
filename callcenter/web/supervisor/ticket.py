"""One ticket with its whole story, on the screen and as a report on paper; its class corrected.

In:  GET with a ticket's number; POST of another class. Out: HTML, PDF.
Never: a story shown before the look at it is written down.
"""

import asyncio

from aiohttp import hdrs, web

from callcenter.core.phone import masked
from callcenter.storage import Stories, Story
from callcenter.web.forms import read_form, text_of
from callcenter.web.i18n import N_
from callcenter.web.need import for_reader, looker, sees_whole
from callcenter.web.parts import Parts, parts
from callcenter.web.recordings.sounds import sounds_of
from callcenter.web.security import person, see_other
from callcenter.web.supervisor.report import Report, Section, as_pdf
from callcenter.web.supervisor.timeline import Event, Teller, timeline
from callcenter.web.supervisor.trail import looked
from callcenter.web.supervisor.trail_words import TrailWords
from callcenter.web.supervisor.versions import versions


async def ticket(request: web.Request) -> web.Response:
    """`/tickets/260114-0001`: its calls, its notes, agencies, and everything in one order."""
    here = parts(request)
    story, tell = await _story(request), teller(request)
    await looked(request, "ticket.view", story.page.ticket.number)
    return here.painter.page(
        request,
        "supervisor/ticket.html",
        page=story.page,
        events=timeline(story, tell),
        tell=tell,
        more_looks=story.more_looks,
        versions=lambda note: versions(note, story.page.versions),
        sounds=await sounds_of(here, await here.history.states([line.id for line in story.page.calls])),
        holds=for_reader(request, await here.holds.of(story.page.ticket.number)),
    )


async def _story(request: web.Request) -> Story:
    here = parts(request)
    return for_reader(request, await Stories(here.database, here.history).of(request.match_info["number"]))


def teller(request: web.Request) -> Teller:
    """Words for this reader."""
    here = parts(request)
    language = here.painter.language_of(request)
    times = here.painter.times[language.code]
    eyes = (lambda raw: raw) if sees_whole(here, looker(request).role) else masked
    words = TrailWords(here.painter, language)
    return Teller(language, here.catalogue(), times, lambda raw: shown(here, eyes(raw), language.code), words)


def shown(here: Parts, raw: str | None, language: str) -> str:
    """A number as this house writes it."""
    return here.painter.number(raw, language).shown or here.painter.languages[language].say("Number withheld")


async def report(request: web.Request) -> web.Response:
    """The same on paper. Taken out like an export: written down as such."""
    here, who = parts(request), person(request)
    story, tell = await _story(request), teller(request)
    number = story.page.ticket.number
    await looked(request, "ticket.report", number)
    now = here.clock()
    printed = tell.say(
        N_("printed by {who}, {when} {zone}"),
        who=who.display or who.person,
        when=tell.times.moment(now),
        zone=tell.times.zone_name(now),
    )
    title = f"112 {here.settings.city} · {tell.say('Ticket {number}', number=number)}"
    made = Report(
        title,
        printed,
        tell.say(N_("Page {page} of {pages}")),
        _sections(story, timeline(story, tell), tell),
        tell.say(N_("Letters that this paper cannot show stand as a question mark.")),
    )
    body = await asyncio.to_thread(as_pdf, made)
    head = {hdrs.CONTENT_DISPOSITION: f'attachment; filename="112-{number}.pdf"'}
    return web.Response(body=body, content_type="application/pdf", headers=head)


def _sections(story: Story, events: list[Event], tell: Teller) -> list[Section]:
    say, page = tell.say, story.page
    calls = [
        (
            tell.times.moment(c.arrived_at),
            tell.number(c.number),
            tell.label("outcome", c.outcome),
            c.person or c.answered_by,
        )
        for c in page.calls
    ]
    told = [
        (tell.times.moment(e.at), tell.source(e), e.by, "\n".join(filter(None, (e.says.replace("→", ">"), e.detail))))
        for e in events
    ]
    head = (say(N_("Arrived")), say(N_("Number")), say(N_("Outcome")), say(N_("Answered by")))
    story_head = (say(N_("When")), say(N_("Source")), say(N_("By")), say(N_("What happened")))
    return [
        Section(say(N_("Incident")), (), _incident(story, tell), (0.28, 0.72)),
        Section(say(N_("Calls")), head, calls, (0.26, 0.28, 0.26, 0.2), "–"),
        Section(say(N_("The whole story")), story_head, told, (0.2, 0.12, 0.14, 0.54), "–"),
    ]


def _incident(story: Story, tell: Teller) -> list[tuple[str, str]]:
    one, say = story.page.ticket, tell.say
    place = ", ".join(filter(None, (one.place, one.kelurahan, one.kecamatan)))
    point = (
        f"{one.latitude:.5f}, {one.longitude:.5f}" if one.latitude is not None and one.longitude is not None else "–"
    )
    verified = f"{tell.times.moment(one.location_verified_at)} {one.location_verified_by}".strip()
    status = " · ".join(tell.label(t, c) for t, c in (("status", one.status), ("disposition", one.disposition)) if c)
    category = tell.catalogue.category_name(one.category, tell.language.code) if one.category else "–"
    return [
        (say(N_("Class")), tell.label("class", one.call_class) if one.call_class else say(N_("not classified"))),
        (say(N_("Category")), f"{category} P{one.priority}" if one.priority else category),
        (say(N_("Status")), status),
        (say(N_("Place")), place or "–"),
        (say(N_("Landmark")), one.landmark or "–"),
        (say(N_("Coordinates")), point),
        (say(N_("Place verified")), verified),
        (say(N_("Caller's name")), one.caller_name or "–"),
        (say(N_("Victims")), "–" if one.victims is None else str(one.victims)),
        (say(N_("Hazards")), one.hazards or "–"),
        (say(N_("Summary")), one.summary or "–"),
    ]


async def correct_class(request: web.Request) -> web.Response:
    """Another class, with a reason."""
    here, number, form = parts(request), request.match_info["number"], await read_form(request)
    chosen, reason = text_of(form, "class"), text_of(form, "reason", 1000)
    await here.tickets.correct_class(number, chosen, reason=reason, by=person(request).person)
    return see_other(f"/tickets/{number}")
