"""What the figures are called, and what they are held against.

In:  the codes of `core/kpi.py`. Out: English sentences that the catalogues translate; the goal where there is one.
Never: a rule. Codes are stable, names are display text.
"""

from callcenter.core import kpi
from callcenter.core.kpi import IN_PROGRESS, NOT_ANSWERED, UNCLASSED
from callcenter.core.outcome import Outcome
from callcenter.web.i18n import N_
from callcenter.web.labels import CALL_CLASS, OUTCOME

PARTS: dict[str, str] = {
    "level_10": N_("Answered within 10 s of arrival"),
    "level_15": N_("Answered within 15 s of arrival"),
    "level_20": N_("Answered within 20 s of arrival"),
    "queue_level_10": N_("Within 10 s of the queue (queue's view)"),
    "queue_level_15": N_("Within 15 s of the queue (queue's view)"),
    "queue_level_20": N_("Within 20 s of the queue (queue's view)"),
    "abandoned": N_("Hung up in the queue"),
    "processing_60": N_("First agency dialled within 60 s of the answer (emergencies)"),
    "try_answer": N_("Agency lines that answered"),
    "acceptance": N_("Forwards that were accepted"),
    "response_15": N_("On scene within 15 min of acceptance (P1, P2)"),
    "citizen_15": N_("On scene within 15 min of the call (P1, P2)"),
    "on_scene_known": N_("On scene known, of accepted"),
    "called_back": N_("Callbacks tried"),
    "reached": N_("Callbacks reached"),
    "called_again": N_("Called again by themselves and answered"),
    "nuisance": N_("Nuisance calls of answered ones"),
    "classified": N_("Answered calls that have a class"),
}

SPANS: dict[str, str] = {
    "answer": N_("Arrival to answer"),
    "queue": N_("Queue to answer"),
    "talk": N_("Talk"),
    "wrap_up": N_("Work after the call"),
    "handling": N_("Talk and work after it"),
    "processing": N_("Answer to first agency dialled (emergencies)"),
    "try_answer": N_("Agency line dialled to answered"),
    "acceptance": N_("Agency asked to accepted"),
    "response": N_("Acceptance to on scene (P1, P2)"),
    "citizen": N_("Call to on scene (P1, P2)"),
    "working_days": N_("Call to on scene in working days (P3)"),
    "callback": N_("Owed to first callback"),
}

GOALS: dict[str, tuple[float, str]] = {
    "level_10": (0.90, "Finland"),
    "level_15": (0.90, "NENA-STA-020"),
    "level_20": (0.95, "NENA-STA-020"),
    "processing_60": (0.90, "NFPA 1225"),
}
"""At least that share, and who says so."""

CLASSES: dict[str, str] = {
    **CALL_CLASS,
    NOT_ANSWERED: N_("Not answered by a call taker"),
    UNCLASSED: N_("Answered, not yet classified"),
    IN_PROGRESS: N_("In progress"),
}

OUTCOMES: dict[str, str] = {code: title for code, title in OUTCOME.items() if code != Outcome.NOT_REACHED}
"""Of arrivals: that one is of calls that we make."""

DIMENSIONS: dict[str, str] = {
    kpi.HOUR: N_("Hour of the day"),
    "shift": N_("Shift"),
    "day": N_("Day"),
    "month": N_("Month"),
    kpi.PERSON: N_("Call taker"),
    kpi.AGENCY: N_("Agency"),
    kpi.CATEGORY: N_("Category"),
    kpi.KECAMATAN: N_("Kecamatan"),
    kpi.KELURAHAN: N_("Kelurahan"),
}

PERIODS: dict[str, str] = {
    "today": N_("Today"),
    "shift": N_("Shift"),
    "day": N_("Day"),
    "week": N_("Week"),
    "month": N_("Month"),
    "year": N_("Year"),
    "free": N_("From … to"),
}

SOURCES: dict[str, str] = {
    "phone": N_("a key on the agency's telephone"),
    "call_taker": N_("the call taker's word"),
    "agency": N_("the agency's own page"),
    "unknown": N_("not known"),
}
"""Through what an agency's moment came."""
