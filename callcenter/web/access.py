"""The access table: which role opens which route. What is absent is closed.

In:  the name of a route. Out: the roles that may use it.
Never: a rule beside this table; tests drive every route by every role and by nobody.
"""

CALL_TAKER, DISPATCHER, SUPERVISOR = "call_taker", "dispatcher", "supervisor"
AGENCY, ADMIN, AUDITOR, VIEWER = "agency", "admin", "auditor", "viewer"
ROLES = (CALL_TAKER, DISPATCHER, SUPERVISOR, AGENCY, ADMIN, AUDITOR, VIEWER)

API_PREFIX = "/api/"

EVERYONE = frozenset({"*"})
NOBODY: frozenset[str] = frozenset()
SIGNED_IN = frozenset(ROLES)
DESK = frozenset({CALL_TAKER, DISPATCHER, SUPERVISOR})
"""Sit in the room and change tickets."""
SUPERVISORS = frozenset({SUPERVISOR})
READERS = frozenset({SUPERVISOR, AUDITOR})
"""Read everything that was."""
AGENCIES = frozenset({AGENCY})
"""Sit in an agency, see its own requests."""
AGGREGATES = READERS | {VIEWER}
"""See what all did together; no number, no name."""
PEOPLE = frozenset({ADMIN})
WALL = frozenset({CALL_TAKER, DISPATCHER, SUPERVISOR, AUDITOR, VIEWER})
"""See the room at one glance; a viewer from outside sees counts, no names."""
CARD_READERS = frozenset({CALL_TAKER, DISPATCHER, SUPERVISOR, ADMIN, AUDITOR})
"""Read what the room is told to ask."""
LISTERS = frozenset({SUPERVISOR, ADMIN, AUDITOR})
"""Read the city's own lists."""
CHECKERS = frozenset({AUDITOR})
"""Look at what the others looked at."""

SECOND = SIGNED_IN - {AGENCY, VIEWER}
"""May set up an authenticator."""

ACCESS: dict[str, frozenset[str]] = {
    "static": EVERYONE,
    "health": EVERYONE,
    "api.openapi": EVERYONE,
    "icon": EVERYONE,
    # coming and going
    "sign_in": EVERYONE,
    "sign_in.send": EVERYONE,
    "sign_out.send": SIGNED_IN,
    "language.send": EVERYONE,
    "theme.send": EVERYONE,
    "sign_in.code": SIGNED_IN,
    "sign_in.code.send": SIGNED_IN,
    "me": SIGNED_IN,
    "me.password": SIGNED_IN,
    "me.password.send": SIGNED_IN,
    "me.second": SECOND,
    "me.second.begin": SECOND,
    "me.second.codes": SECOND,
    "me.second.off": SECOND,
    "me.end": SIGNED_IN,
    "me.end_others": SIGNED_IN,
    "position": DESK,
    "position.send": DESK,
    "start": SIGNED_IN,
    # the call taker's screen
    "screen": DESK,
    "screen.shell": DESK,
    "screen.worker": EVERYONE,
    "screen.live": DESK,
    "screen.ticket": DESK,
    "screen.field": DESK,
    "screen.note": DESK,
    "screen.classify": DESK,
    "screen.category": DESK,
    "screen.status": DESK,
    "screen.forward": DESK,
    "screen.admit": DESK,
    "screen.cancel": DESK,
    "screen.leave": DESK,
    "screen.hangup": DESK,
    "screen.hold": DESK,
    "screen.unhold": DESK,
    "screen.requeue": DESK,
    "screen.silent": DESK,
    "screen.consult": DESK,
    "screen.help": DESK,
    "screen.help_stop": DESK,
    "screen.dismiss": DESK,
    "screen.keys": DESK,
    "screen.callback": DESK,
    "screen.relay": DESK,
    "screen.verify": DESK,
    "screen.replay": DESK,
    "screen.recall": DESK,
    "screen.number": DESK,
    "screen.story": DESK,
    "screen.ticket_call": DESK,
    "screen.phone": DESK,
    "screen.practise": DESK,
    "screen.practice": DESK,
    "screen.ready": DESK,
    "screen.pause": DESK,
    "screen.place": DESK,
    "places.find": DESK,
    "shift": DESK,
    "shift.note": DESK,
    "cards": CARD_READERS,
    "card": PEOPLE,
    "card.save": PEOPLE,
    "phrases": CARD_READERS,
    "phrases.save": frozenset({SUPERVISOR, ADMIN}),
    "wall": WALL,
    "wall.live": WALL,
    "api.wall": WALL,
    "places.map": DESK,
    "places": LISTERS,
    "places.export": LISTERS,
    "places.replace": PEOPLE,
    # the supervisor's pages
    "calls": READERS,
    "calls.export": READERS,
    "calls.spreadsheet": READERS,
    "calls.save": READERS,
    "calls.forget": READERS,
    "calls.share": READERS,
    "calls.first": READERS,
    "call": READERS,
    "ticket": READERS,
    "ticket.report": READERS,
    "ticket.correct": frozenset({SUPERVISOR}),
    "data": frozenset({SUPERVISOR, ADMIN}),
    "data.find": frozenset({SUPERVISOR}),
    "data.copy": frozenset({SUPERVISOR}),
    "data.ask": frozenset({SUPERVISOR}),
    "data.erase": frozenset({SUPERVISOR, ADMIN}),
    "data.refuse": frozenset({SUPERVISOR, ADMIN}),
    "ticket.open": READERS | DESK,
    "call.number": READERS,
    "recording": READERS,
    "listen": frozenset({SUPERVISOR}),
    "listen.stop": frozenset({SUPERVISOR}),
    "recording.player": READERS,
    "recording.peaks": READERS,
    "recording.heard": READERS,
    "ticket.hold": frozenset({SUPERVISOR}),
    "ticket.release": frozenset({SUPERVISOR}),
    "proof": READERS,
    "audit": CHECKERS,
    "audit.export": CHECKERS,
    # quality
    "quality": READERS,
    "quality.export": READERS,
    "quality.population": READERS,
    "quality.draw": SUPERVISORS,
    "quality.call": READERS,
    "quality.begin": SUPERVISORS,
    "quality.sheet": READERS,
    "quality.save": SUPERVISORS,
    "quality.person": READERS,
    "quality.coach": SUPERVISORS,
    "quality.form": LISTERS,
    "quality.form.version": LISTERS,
    "quality.form.save": frozenset({SUPERVISOR, ADMIN}),
    "quality.mine": DESK,
    "quality.my_sheet": DESK,
    "quality.reply": DESK,
    "quality.seen": DESK,
    # figures
    "figures": AGGREGATES,
    "figures.export": AGGREGATES,
    "reports": AGGREGATES,
    "report": AGGREGATES,
    "report.file": AGGREGATES,
    "reports.hand_in": frozenset({SUPERVISOR}),
    "reports.publish": frozenset({SUPERVISOR}),
    "proof.release": frozenset({SUPERVISOR}),
    # callers beyond one call
    "callbacks": READERS | DESK,
    "callbacks.claim": DESK,
    "callbacks.call": DESK,
    "callbacks.release": DESK,
    "callbacks.say": DESK,
    # agencies
    "agency": AGENCIES,
    "agency.live": AGENCIES,
    "agency.forward": AGENCIES,
    "agency.say": AGENCIES,
    "agency.note": AGENCIES,
    "api.responses": READERS | frozenset({DISPATCHER, VIEWER}),
    "link": EVERYONE,
    "link.say": EVERYONE,
    "link.note": EVERYONE,
    "forward.message": DESK,
    "forward.link": DESK,
    "forward.unlink": DESK,
    "forward.told": DESK,
    "forward.correct": frozenset({SUPERVISOR}),
    "screen.flag": DESK,
    "screen.merge": DESK,
    "screen.link": DESK,
    "ticket.unmerge": DESK,
    "ticket.unlink": DESK,
    "flags": READERS,
    "flags.add": frozenset({SUPERVISOR}),
    "flags.end": frozenset({SUPERVISOR}),
    # complaints
    "complaints": frozenset({SUPERVISOR, DISPATCHER, AUDITOR}),
    "complaints.write_out": frozenset({SUPERVISOR}),
    "complaints.file": frozenset({SUPERVISOR}),
    # agencies and categories
    "agencies": LISTERS,
    "agencies.add": PEOPLE,
    "agencies.add.send": PEOPLE,
    "agencies.one": LISTERS,
    "agencies.save": PEOPLE,
    "agencies.export": LISTERS,
    "agencies.take_in": PEOPLE,
    "categories": LISTERS,
    "categories.add": PEOPLE,
    "categories.add.send": PEOPLE,
    "categories.one": LISTERS,
    "categories.save": PEOPLE,
    "categories.export": LISTERS,
    "categories.take_in": PEOPLE,
    # people
    "people": PEOPLE,
    "people.add": PEOPLE,
    "people.password": PEOPLE,
    "people.disable": PEOPLE,
    "people.agency": PEOPLE,
    "people.one": PEOPLE,
    "people.role": PEOPLE,
    "people.display": PEOPLE,
    "people.enable": PEOPLE,
    "people.second_off": PEOPLE,
    "people.end": PEOPLE,
    "people.unlock": PEOPLE,
    "sign_ins": PEOPLE | CHECKERS,
    # other programs
    "api.calls": READERS,
    "api.call": READERS,
    "api.figures": AGGREGATES,
    "api.tickets": READERS,
    "api.ticket": READERS,
    "api.recording": READERS,
    "api.callbacks": READERS,
    "api.flags": READERS,
}

OWING: dict[str, frozenset[str]] = {
    "code": frozenset({"sign_in.code", "sign_in.code.send", "sign_out.send"}),
    "password": frozenset({"me.password", "me.password.send", "sign_out.send"}),
    "second": frozenset({"me.second", "me.second.begin", "sign_out.send"}),
}
"""What opens for somebody who still owes a code, an own password, an authenticator; nothing else does."""
OWED_AT = {"code": "/sign-in/code", "password": "/me/password", "second": "/me/second"}

HOMES = {CALL_TAKER: "/", DISPATCHER: "/", SUPERVISOR: "/", AUDITOR: "/calls", ADMIN: "/people"}
HOMES |= {AGENCY: "/agency", VIEWER: "/wall"}


def home_of(role: str) -> str:
    """Where a person of that role begins."""
    return HOMES.get(role, "/start")


def may(role: str, name: str) -> bool:
    """For menus: shows only what opens."""
    allowed = ACCESS.get(name, NOBODY)
    return allowed is EVERYONE or role in allowed
