"""Codes to words, for people: roles, what the audit tells, sign-ins, waits after wrong tries.

In:  a code. Out: the English sentence that the catalogues translate.
Never: a rule.
"""

from callcenter.web.i18n import N_

TRAIL: dict[str, str] = {
    "calls": N_("the call log: looked at, exported"),
    "call": N_("a call: looked at, listened to"),
    "ticket": N_("a ticket: looked at, changed"),
    "user": N_("people"),
    "token": N_("tokens of programs"),
    "position": N_("positions"),
    "sign_in": N_("signed in, refused"),
    "session": N_("sessions ended"),
    "second": N_("authenticators"),
    "data": N_("a person's data: looked at, handed out, made unknown"),
    "lock": N_("waits after wrong tries, ended"),
    "sign_out": N_("signed out"),
    "audit": N_("this page: searched"),
    "places": N_("the list of places"),
    "cards": N_("protocol cards"),
    "quality": N_("quality: drawn, scored, read, told"),
    "phrases": N_("phrases for notes"),
    "number": N_("a number's earlier calls: looked at"),
    "forward": N_("agencies' requests: looked at, answered"),
    "link": N_("links to requests: given, opened"),
    "recording": N_("recordings deleted"),
    "callback": N_("callbacks: looked at, claimed, answered"),
    "flag": N_("flagged numbers"),
    "block": N_("blocked numbers"),
    "agenc": N_("agencies: changed, taken out"),
    "categor": N_("categories: changed, taken out"),
    "complaints": N_("complaints: written out, taken out"),
    "report": N_("reports: published, handed in"),
    "history": N_("histories of tickets and notes: sealed"),
    "aside": N_("records put aside, dealt with"),
}

SIGNIN: dict[str, str] = {
    "sign_in": N_("signed in"),
    "sign_in.half": N_("password right, code asked for"),
    "sign_in.refused": N_("refused: wrong password or name"),
    "sign_in.code_refused": N_("refused: wrong code"),
    "sign_out": N_("signed out"),
}

LOCK: dict[str, str] = {
    "name": N_("this name, tried from anywhere"),
    "here": N_("this name, tried from"),
    "address": N_("every name, tried from this address"),
    "browser": N_("this name, in a browser that it signed in from before"),
    "code": N_("codes of this name"),
}

ROLE: dict[str, str] = {
    "call_taker": N_("Call taker"),
    "dispatcher": N_("Dispatcher"),
    "supervisor": N_("Supervisor"),
    "agency": N_("Agency"),
    "admin": N_("Administrator"),
    "auditor": N_("Auditor"),
    "viewer": N_("Viewer"),
}

KEPT: dict[str, str] = {
    "calls": N_("Calls"),
    "tickets": N_("Tickets"),
    "notes": N_("Notes"),
    "note_revisions": N_("earlier versions of notes"),
    "ticket_changes": N_("changes of tickets"),
    "ticket_points": N_("points on the map"),
    "facts": N_("what the telephone told"),
    "attempts": N_("lines of agencies that were dialled"),
    "mentions": N_("notes on other tickets that name the number"),
    "recordings": N_("Recordings"),
    "callbacks": N_("Callbacks"),
    "callback_calls": N_("calls that a callback was owed for"),
    "callback_tries": N_("callbacks that were tried"),
    "flags": N_("Flags"),
    "forwards": N_("requests to agencies"),
    "messages": N_("messages to agencies"),
    "looked": N_("who looked at it"),
}

REQUEST: dict[str, str] = {
    "waits": N_("waits for somebody else's word"),
    "done": N_("made unknown"),
    "refused": N_("refused"),
}

STAYS: dict[str, str] = {
    "hold": N_("tickets under legal hold (article 15: law enforcement)"),
    "open": N_("tickets that are still open: help is under way"),
    "audit": N_("rows of the audit that tell who looked: evidence that cannot be changed"),
    "names": N_("names that people wrote on other tickets: search the log for the name"),
    "records": N_("Asterisk's own records and backups, until their time is over"),
}
