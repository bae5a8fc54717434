"""Codes about callers to words.

In:  a code of `core`. Out: the English sentence that the catalogues translate.
Never: a rule.
"""

from callcenter.core.callback import Ended, Tried
from callcenter.core.flag import Effect, FlagState
from callcenter.web.i18n import N_

CALLBACK: dict[str, str] = {
    Ended.REACHED: N_("Reached"),
    Ended.WRONG_NUMBER: N_("Wrong number"),
    Ended.NO_NEED: N_("No need"),
    Ended.NO_CONTACT: N_("Could not be reached"),
    Ended.CALLED_AGAIN: N_("called again and was answered"),
    Ended.NOT_OWED: N_("had been answered after all"),
}

TRIED: dict[str, str] = {
    Tried.CALLING: N_("calling"),
    Tried.REACHED: N_("Reached"),
    Tried.NOT_REACHED: N_("Not reached"),
    Tried.WRONG_NUMBER: N_("Wrong number"),
    Tried.NO_NEED: N_("No need"),
}

FLAG: dict[str, str] = {
    Effect.FLAG: N_("Flag: answered after the others"),
    Effect.BLOCK: N_("Block: a message, then cut off"),
}

FLAG_STATE: dict[str, str] = {
    FlagState.RUNS: N_("running"),
    FlagState.EXPIRED: N_("expired by itself"),
    FlagState.ENDED: N_("ended before its time"),
}

TIE: dict[str, str] = {
    "PARENT": N_("this ticket belongs to it"),
    "CHILD": N_("belongs to this ticket"),
    "RELATED": N_("is related"),
}

CALLERS: dict[str, dict[str, str]] = {
    "callback": CALLBACK,
    "tried": TRIED,
    "flag": FLAG,
    "flag_state": FLAG_STATE,
    "tie": TIE,
}
