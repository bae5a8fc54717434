"""Codes to words: what the ten classes, outcomes, states and results are called on the screen.

In:  a code of `core`. Out: the English sentence that the catalogues translate.
Never: a rule. Codes are stable, labels are display text.
"""

from callcenter.core.account import Kind as Account
from callcenter.core.answer import Answer
from callcenter.core.attempt import Result
from callcenter.core.call import Outcome, Stage
from callcenter.core.kind import Kind
from callcenter.core.position import Phone
from callcenter.core.share import Mode, Status
from callcenter.core.silent import Step
from callcenter.core.ticket import CallClass, Disposition, TicketStatus
from callcenter.web.callers.words import CALLERS
from callcenter.web.i18n import N_
from callcenter.web.labels_of_deeds import DEEDS
from callcenter.web.labels_of_desk import DESK
from callcenter.web.labels_of_facts import FACT, RECORDINGS
from callcenter.web.labels_of_people import KEPT, LOCK, REQUEST, ROLE, SIGNIN, STAYS, TRAIL
from callcenter.web.supervisor.words import EARS

OUTCOME: dict[str, str] = {
    Outcome.IN_PROGRESS: N_("In progress"),
    Outcome.ANSWERED: N_("Answered"),
    Outcome.ABANDONED_IVR: N_("Dropped in a message"),
    Outcome.ABANDONED_SHORT: N_("Short abandon (< 5 s)"),
    Outcome.ABANDONED: N_("Abandoned in queue"),
    Outcome.NO_AGENT: N_("Nobody available"),
    Outcome.OVERFLOWED: N_("Overflowed"),
    Outcome.BLOCKED: N_("Blocked"),
    Outcome.NOT_REACHED: N_("Not reached"),
    Outcome.UNKNOWN: N_("Unknown"),
}

KIND: dict[str, str] = {
    Kind.ARRIVAL: N_("call to 112"),
    Kind.CALLBACK: N_("callback"),
    Kind.RELAY: N_("relay to agencies"),
}

SILENT: dict[str, str] = {
    Step.PROMPT_1: N_("first question"),
    Step.LISTEN_1: N_("listening"),
    Step.PROMPT_2: N_("second question"),
    Step.LISTEN_2: N_("listening again"),
    Step.DONE: N_("asked twice"),
    Step.STOPPED: N_("stopped"),
}

STAGE: dict[str, str] = {
    Stage.ARRIVED: N_("arriving"),
    Stage.WAITING: N_("waiting"),
    Stage.TALKING: N_("in speech"),
    Stage.ALONE: N_("caller is alone"),
    Stage.HANDED_OVER: N_("handed over"),
    Stage.ENDED: N_("ended"),
}

CALL_CLASS: dict[str, str] = {
    CallClass.EMERGENCY: N_("Emergency"),
    CallClass.NON_EMERGENCY: N_("Public service complaint"),
    CallClass.INFO: N_("Information"),
    CallClass.GHOST: N_("Silent, no sound"),
    CallClass.OPEN_LINE: N_("Silent, with sounds"),
    CallClass.PRANK: N_("Nuisance"),
    CallClass.FALSE_REPORT: N_("False report"),
    CallClass.MISDIAL: N_("Misdial"),
    CallClass.MISROUTED: N_("Other city's caller"),
    CallClass.FOLLOW_UP: N_("Follow-up"),
}

STATUS: dict[str, str] = {
    TicketStatus.NEW: N_("New"),
    TicketStatus.VERIFIED: N_("Verified"),
    TicketStatus.FORWARDED: N_("Forwarded"),
    TicketStatus.ACCEPTED: N_("Accepted by the agency"),
    TicketStatus.EN_ROUTE: N_("En route"),
    TicketStatus.ON_SCENE: N_("On scene"),
    TicketStatus.HANDLED: N_("Handled"),
    TicketStatus.CLOSED: N_("Closed"),
    TicketStatus.CANCELLED: N_("Cancelled"),
    TicketStatus.REOPENED: N_("Reopened"),
}

DISPOSITION: dict[str, str] = {
    Disposition.RESOLVED: N_("Resolved"),
    Disposition.BY_PHONE: N_("Settled by phone"),
    Disposition.REFERRED: N_("Referred"),
    Disposition.NOT_FOUND: N_("Nothing found on scene"),
    Disposition.DUPLICATE: N_("Duplicate"),
    Disposition.CANCELLED_BY_CALLER: N_("Cancelled by the caller"),
    Disposition.FALSE_REPORT: N_("False report"),
    Disposition.INFO_GIVEN: N_("Information given"),
    Disposition.NO_CONTACT: N_("Could not be reached"),
    Disposition.AGENCY_UNAVAILABLE: N_("Agency not available"),
    Disposition.NO_INCIDENT: N_("No incident"),
}

RESULT: dict[str, str] = {
    Result.DIALLING: N_("dialling"),
    Result.RINGING: N_("ringing"),
    Result.ANSWERED: N_("answered, not yet accepted"),
    Result.ACCEPTED: N_("accepted"),
    Result.DECLINED: N_("declined"),
    Result.BUSY: N_("busy"),
    Result.NO_ANSWER: N_("no answer"),
    Result.FAILED: N_("line failed"),
    Result.CANCELLED: N_("cancelled"),
}

FORWARD: dict[str, str] = {
    Status.TRYING: N_("being called"),
    Status.ACCEPTED: N_("accepted"),
    Status.EN_ROUTE: N_("on their way"),
    Status.ON_SCENE: N_("on scene"),
    Status.HANDLED: N_("handled"),
    Status.UNREACHED: N_("nobody reached"),
    Status.CANCELLED: N_("cancelled"),
}

ANSWER: dict[str, str] = {
    Answer.ACCEPTED: N_("We accept"),
    Answer.EN_ROUTE: N_("We are on the way"),
    Answer.ON_SCENE: N_("We are on scene"),
    Answer.HANDLED: N_("It is handled"),
}

THROUGH: dict[str, str] = {
    "phone": N_("by a key on the phone"),
    "call_taker": N_("told to 112"),
    "agency": N_("by the agency itself"),
}

RELAY: dict[str, str] = {
    "place": N_("Place"),
    "callback": N_("Callback number"),
    "nature": N_("What happens"),
    "safety": N_("Safety"),
}

MODE: dict[str, str] = {
    Mode.WARM: N_("introduced by the call taker"),
    Mode.CONFERENCE: N_("conference, she stays"),
    Mode.RELAY: N_("passed on without the caller"),
    Mode.BLIND: N_("straight through"),
    Mode.MESSAGE: N_("message"),
}

PHONE: dict[str, str] = {
    Phone.UNKNOWN: N_("phone not seen"),
    Phone.UNREACHABLE: N_("phone unreachable"),
    Phone.IDLE: N_("ready"),
    Phone.RINGING: N_("rings"),
    Phone.IN_USE: N_("speaking"),
    Phone.ON_HOLD: N_("on hold"),
}

PHASE: dict[str, str] = {
    "up": N_("Line connected"),
    "down": N_("Line down"),
    "connecting": N_("Line connecting"),
    "syncing": N_("Line connecting"),
    "refused": N_("Line refused"),
}

ACCOUNT: dict[str, str] = {
    Account.ON_ITS_WAY: N_("on its way into the books"),
    Account.BEFORE_RECORDS: N_("older than Asterisk's records"),
    Account.QUARANTINED: N_("put aside, see below"),
    Account.NO_CALL: N_("in Asterisk's records, but no call here"),
    Account.NO_TICKET: N_("without a ticket"),
    Account.TWO_TICKETS: N_("with more than one ticket"),
    Account.NO_ARRIVAL: N_("not in Asterisk's records"),
}

JOURNAL: dict[str, str] = {
    "ok": N_("everything that happened is stored"),
    "waiting": N_("waits on the disk for the database"),
    "disk": N_("not even the disk takes it"),
}

LIGHT: dict[str, str] = {
    "good": N_("The test call came all the way to its ticket."),
    "bad": N_("The test call did not come all the way."),
    "waiting": N_("No test call has been made yet."),
    "off": N_("The self-test is switched off."),
}

SOURCE: dict[str, str] = {
    "SIP": N_("from the network"),
    "AML": N_("from the caller's phone"),
    "MAP": N_("from the map"),
    "CALLER": N_("said by the caller"),
    "SMS_LINK": N_("from the caller's link"),
}

PLACE: dict[str, str] = {
    "kecamatan": N_("District (kecamatan)"),
    "kelurahan": N_("Village (kelurahan)"),
    "landmark": N_("Landmark"),
    "street": N_("Street"),
    "building": N_("Building"),
    "other": N_("Place"),
}

TABLES: dict[str, dict[str, str]] = {
    "outcome": OUTCOME,
    "stage": STAGE,
    "class": CALL_CLASS,
    "status": STATUS,
    "disposition": DISPOSITION,
    "result": RESULT,
    "forward": FORWARD,
    "step": FORWARD,
    "answer": ANSWER,
    "through": THROUGH,
    "mode": MODE,
    "relay": RELAY,
    "phone": PHONE,
    "phase": PHASE,
    "role": ROLE,
    "fact": FACT,
    "account": ACCOUNT,
    "journal": JOURNAL,
    "light": LIGHT,
    "source": SOURCE,
    "trail": TRAIL,
    "signin": SIGNIN,
    "lock": LOCK,
    "kept": KEPT,
    "request": REQUEST,
    "stays": STAYS,
    "place": PLACE,
    "kind": KIND,
    "silent": SILENT,
    **DEEDS,
    **DESK,
    **CALLERS,
    **EARS,
    **RECORDINGS,
}
