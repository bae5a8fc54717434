"""The relay card of a duty, as text in a language: what is read out, copied, or sent.

In:  a duty, the painter's languages. Out: text.
Never: a name or a story of a protected category.
"""

from collections.abc import Iterable

from callcenter.core.relay import Relay, text
from callcenter.storage import Duty, Note, Ticket
from callcenter.web.painter import Painter


def relay_of(duty: Duty, painter: Painter, language: str) -> Relay:
    """What an agency is told of its duty."""
    return relay_about(duty.ticket, duty.number, duty.notes, painter, language)


def relay_about(ticket: Ticket, caller: str | None, notes: Iterable[Note], painter: Painter, language: str) -> Relay:
    """What is known of the incident, as the card wants it."""
    number = painter.number(caller, language)
    protected = ticket.category in painter.settings.restricted_categories
    written = " / ".join(note.text.strip() for note in notes if note.text.strip())
    return Relay(
        city=painter.settings.city,
        number=ticket.number,
        category=painter.catalogue().category_name(ticket.category, language) if ticket.category else "",
        priority=ticket.priority,
        place=ticket.place,
        landmark=ticket.landmark,
        area=", ".join(filter(None, (ticket.kelurahan, ticket.kecamatan))),
        latitude=ticket.latitude,
        longitude=ticket.longitude,
        radius_m=ticket.radius_m,
        callback=number.shown if number.callable else "",
        caller_name=ticket.caller_name,
        nature=ticket.summary or written,
        victims=ticket.victims,
        hazards=ticket.hazards,
        protected=protected,
        test=ticket.test,
    )


def compose(duty: Duty, painter: Painter, language: str) -> str:
    """The text of a message: what the call taker wrote for it, else the card."""
    return duty.forward.text or text(relay_of(duty, painter, language), painter.languages[language].say)
