"""Codes of recordings to words.

In:  a code of `core`. Out: the English sentence that the catalogues translate.
Never: a rule.
"""

from callcenter.core.coverage import Verdict
from callcenter.core.recorded import Part
from callcenter.web.i18n import N_

VERDICT: dict[str, str] = {
    Verdict.COMPLETE: N_("complete"),
    Verdict.GAP: N_("a part is missing"),
    Verdict.ONE_SIDED: N_("perhaps one side only"),
    Verdict.MISSING: N_("missing"),
}

PART: dict[str, str] = {
    Part.MAIN: N_("The call"),
    Part.RELAY: N_("Passed on after the caller had hung up"),
    Part.COLLEAGUE: N_("A colleague's side"),
}

SIDE: dict[str, str] = {
    "in": N_("nothing came from the caller's side"),
    "out": N_("nothing came from our side"),
}

MARK: dict[str, str] = {
    "GAP": N_("Nothing was recorded for"),
    "CallHeld": N_("The caller was put on hold"),
    "LegHeld": N_("Put on hold by a phone"),
    "HoldEnded": N_("Taken back"),
}

RECORDINGS = {"verdict": VERDICT, "part": PART, "side": SIDE, "mark": MARK}
