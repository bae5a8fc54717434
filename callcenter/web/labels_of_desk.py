"""Codes to words of what a position does: ready, paused, helped, practising.

In:  a code of `core`. Out: the English sentence that the catalogues translate.
Never: a rule; the reasons for a pause that a city sets have names of their own.
"""

from callcenter.core.help import Standing
from callcenter.core.readiness import HANDOVER, OFF, WRAP_UP
from callcenter.core.wall import State
from callcenter.web.i18n import N_

SEAT: dict[str, str] = {
    State.AWAY: N_("nobody signed in"),
    State.UNREACHABLE: N_("phone not reachable"),
    State.PAUSED: N_("paused"),
    State.WRAP_UP: N_("writing up"),
    State.READY: N_("ready"),
    State.PRACTICE: N_("practises"),
    State.RINGING: N_("rings"),
    State.TALKING: N_("in speech"),
    State.LISTENING: N_("at a colleague's call"),
}

HELP: dict[str, str] = {
    Standing.RINGING: N_("help is being called"),
    Standing.NEXT: N_("the next one is rung"),
    Standing.THERE: N_("help is there"),
    Standing.LEFT: N_("help was there"),
    Standing.STOPPED: N_("stopped calling for help"),
    Standing.FAILED: N_("nobody could be reached for help"),
}

PRACTICE: dict[str, str] = {
    "answer": N_("answered after the first ring"),
    "note": N_("first letter of the notes"),
    "class": N_("kind of call chosen"),
    "forward": N_("first agency dialled"),
    "accepted": N_("agency accepted"),
    "end": N_("end of the call"),
}

PAUSE: dict[str, str] = {
    WRAP_UP: N_("writing up"),
    HANDOVER: N_("hands the shift over"),
    OFF: N_("nobody sits there"),
}

DESK: dict[str, dict[str, str]] = {"seat": SEAT, "help": HELP, "practice": PRACTICE, "pause": PAUSE}
