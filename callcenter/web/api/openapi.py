"""The description of the API, made from the tables that answer it.

In:  the settings, the catalogue (codes of agencies and categories). Out: an OpenAPI 3.1 document.
Never: a field or an address by hand that a test could not find in the code.
"""

from typing import Any

from callcenter import __version__
from callcenter.core.call import Outcome
from callcenter.core.catalogue import Catalogue
from callcenter.core.kind import Kind
from callcenter.core.ticket import CallClass, TicketStatus
from callcenter.settings import Settings
from callcenter.web.api.fields import schema
from callcenter.web.api.shape import SCHEMAS
from callcenter.web.api.wall import WALL
from callcenter.web.figures import api as figures
from callcenter.web.supervisor.filters import MOST_LINES, UNCLASSIFIED

Json = dict[str, Any]


def _query(name: str, says: str, **more: Any) -> Json:
    return {"name": name, "in": "query", "required": False, "description": says, "schema": {"type": "string", **more}}


def _filters(settings: Settings, catalogue: Catalogue) -> list[Json]:
    day = {"format": "date"}
    moment = {"format": "date-time"}
    return [
        _query("day", "A day of the city: 2026-01-31.", **day),
        _query("from", "First day.", **day),
        _query("to", "Last day, included.", **day),
        _query("since", "From this moment on.", **moment),
        _query("until", "Before this moment.", **moment),
        _query("number", "A number, or how it ends."),
        _query("outcome", "How the call went.", enum=[str(c) for c in Outcome]),
        _query("kind", "ARRIVAL: somebody dialled 112; else a call that we made.", enum=[str(c) for c in Kind]),
        _query("class", "What kind of call; NONE: not classified.", enum=[*(str(c) for c in CallClass), UNCLASSIFIED]),
        _query("category", "What it is about.", enum=catalogue.all_categories),
        _query("agency", "An agency that was tried.", enum=catalogue.all_agencies),
        _query("position", "Position that answered.", enum=list(settings.positions)),
        _query("person", "Sign-in name of who answered."),
        _query("status", "Where the incident stands.", enum=[str(c) for c in TicketStatus]),
        _query("q", "Words in place, name and notes."),
        _query("ticket", "Number of a ticket."),
        _query("tests", "1: trial calls too.", enum=["0", "1", "true", "false"]),
        _query("after", "`next` of the page before."),
        {
            **_query("limit", "How many at most."),
            "schema": {"type": "integer", "minimum": 1, "maximum": MOST_LINES, "default": 50},
        },
    ]


def _path(name: str, says: str, letters: str) -> Json:
    known = {"type": "string", "pattern": f"^{letters}$"}
    return {"name": name, "in": "path", "required": True, "description": says, "schema": known}


CALL = _path("call", "Id of the call.", "[A-Za-z0-9._:-]{1,200}")
TICKET = _path("number", "Number of the ticket.", "[0-9A-Za-z-]{1,40}")


def _answer(says: str, body: Json, kind: str = "application/json") -> Json:
    return {"description": says, "content": {kind: {"schema": body}}}


def _ref(name: str) -> Json:
    return {"$ref": f"#/components/schemas/{name}"}


def _failures(*codes: int) -> Json:
    says = {
        400: "A parameter cannot be read.",
        401: "No valid token.",
        403: "The token's role may not read this.",
        404: "There is no such thing.",
        503: "The database does not answer.",
    }
    return {str(code): _answer(says[code], _ref("Error")) for code in codes}


def _get(name: str, summary: str, answer: Json, parameters: list[Json], *codes: int, open_: bool = False) -> Json:
    operation: Json = {
        "operationId": name,
        "summary": summary,
        "parameters": parameters,
        "responses": {"200": answer, **_failures(*codes)},
    }
    if open_:
        operation["security"] = []
    return {"get": operation}


def _page(name: str, item: str) -> Json:
    return {
        "type": "object",
        "additionalProperties": False,
        "required": [name, "next"],
        "properties": {
            name: {"type": "array", "items": _ref(item)},
            "next": {"type": ["string", "null"], "description": "`after` of the next page; null: this was the last."},
        },
    }


ERROR: Json = {
    "type": "object",
    "required": ["error"],
    "properties": {
        "error": {
            "type": "object",
            "required": ["code", "sentence"],
            "properties": {"code": {"type": "string"}, "sentence": {"type": "string"}},
        }
    },
}

_WORDS: Json = {"type": "array", "items": {"type": "string"}}
_NUMBER: Json = {"type": ["number", "null"]}
_WHOLE: Json = {"type": "integer"}
_MOMENT: Json = {"type": "string", "format": "date-time"}
_MAYBE_MOMENT: Json = {"type": ["string", "null"], "format": "date-time"}


def _group(**fields: Json) -> Json:
    return {"type": "object", "additionalProperties": False, "required": list(fields), "properties": fields}


HEALTH: Json = _group(
    status={"type": "string", "enum": ["ok", "trouble"]},
    reasons={**_WORDS, "description": "Why calls cannot be taken or seen."},
    warnings={**_WORDS, "description": "What a person should look at soon."},
    line=_group(phase={"type": "string"}, since={"type": "string", "format": "date-time"}, sentence={"type": "string"}),
    database=_group(ok={"type": "boolean"}, write_ms=_NUMBER, sync_ms=_NUMBER),
    journal=_group(phase={"type": "string"}, waiting={"type": "integer"}, quarantined={"type": "integer"}),
    disk=_group(free_bytes={"type": ["integer", "null"]}),
    positions=_group(registered={"type": "integer"}, known={"type": "integer"}),
    calls=_group(live=_WHOLE, screens=_WHOLE),
    gaps={
        "type": "array",
        "description": "Times in which nobody listened to Asterisk, and what was found again; the newest first.",
        "items": _group(since=_MOMENT, until=_MOMENT, found=_WHOLE, cut=_WHOLE, unknown=_WHOLE),
    },
    account={
        "description": "Arrivals in Asterisk's own records beside calls and tickets; null: not counted yet.",
        "anyOf": [
            {"type": "null"},
            _group(
                since=_MOMENT,
                until=_MOMENT,
                arrivals=_WHOLE,
                calls=_WHOLE,
                tickets=_WHOLE,
                exceptions=_WHOLE,
                missing=_WHOLE,
            ),
        ],
    },
    self_test=_group(
        light={"type": "string", "enum": ["good", "bad", "waiting", "off"]},
        ok={"type": ["boolean", "null"]},
        at=_MAYBE_MOMENT,
        took_s=_NUMBER,
        last_ok=_MAYBE_MOMENT,
        why={"type": "string"},
    ),
    alarms={"type": "array", "items": _group(code={"type": "string"}, sentence={"type": "string"}, since=_MOMENT)},
)


def _flags() -> Json:
    filters = [
        _query("after", "`next` of the page before."),
        {**_query("limit", "How many at most."), "schema": {"type": "integer", "minimum": 1, "maximum": MOST_LINES}},
    ]
    answer = _answer("A page.", _page("flags", "Flag"))
    return _get("flags", "Numbers flagged or blocked, the newest first.", answer, filters, 400, 401, 403, 503)


def _callbacks() -> Json:
    filters = [
        _query("state", "open: owed; done: ended.", enum=["open", "done"]),
        _query("after", "`next` of the page before."),
        {**_query("limit", "How many at most."), "schema": {"type": "integer", "minimum": 1, "maximum": MOST_LINES}},
    ]
    answer = _answer("A page.", _page("callbacks", "Callback"))
    return _get("callbacks", "Whom we owe a callback, the newest first.", answer, filters, 400, 401, 403, 503)


def _figures() -> Json:
    asked = [_query(name, says, **more) for name, (says, more) in figures.PARAMETERS.items()]
    answer = _answer("The figures of that time, in total and in groups.", _ref("Figures"))
    return _get("figures", "Every KPI with numerator and denominator.", answer, asked, 400, 401, 403, 503)


def _responses() -> Json:
    body: Json = {
        "type": "object",
        "additionalProperties": False,
        "required": ["responses"],
        "properties": {"responses": {"type": "array", "items": _ref("Response")}},
    }
    return _get("responses", "Open requests to agencies, with their clocks.", _answer("All.", body), [], 401, 403)


def _paths(settings: Settings, catalogue: Catalogue) -> Json:
    filters = _filters(settings, catalogue)
    healthy = _get("health", "Can calls be taken and seen?", _answer("They can.", _ref("Health")), [], open_=True)
    healthy["get"]["responses"]["503"] = _answer("They cannot; the reasons say why.", _ref("Health"))
    sound = {
        "200": {"description": "The recording.", "content": {"audio/wav": {}, "audio/flac": {}}},
        "206": {"description": "The part that was asked for.", "content": {"audio/wav": {}, "audio/flac": {}}},
    }
    recording = _get("recording", "A call's recording; every hearing is written down.", {}, [CALL], 401, 403, 404, 503)
    recording["get"]["responses"] |= sound | {"416": _answer("There is no such part.", _ref("Error"))}
    return {
        "/healthz": healthy,
        "/api/v1/openapi.json": _get(
            "openapi", "This description.", _answer("OpenAPI 3.1.", {"type": "object"}), [], open_=True
        ),
        "/api/v1/calls": _get(
            "calls", "Calls, newest first.", _answer("A page.", _page("calls", "Call")), filters, 400, 401, 403, 503
        ),
        "/api/v1/calls/{call}": _get("call", "One call.", _answer("It.", _ref("Call")), [CALL], 401, 403, 404, 503),
        "/api/v1/calls/{call}/recording": recording,
        "/api/v1/tickets": _get(
            "tickets",
            "Tickets, newest first.",
            _answer("A page.", _page("tickets", "Ticket")),
            filters,
            400,
            401,
            403,
            503,
        ),
        "/api/v1/callbacks": _callbacks(),
        "/api/v1/responses": _responses(),
        "/api/v1/wall": _get("wall", "The room at this moment.", _answer("It.", _ref("Wall")), [], 401, 403, 503),
        "/api/v1/figures": _figures(),
        "/api/v1/flags": _flags(),
        "/api/v1/tickets/{number}": _get(
            "ticket", "One ticket.", _answer("It.", _ref("TicketWhole")), [TICKET], 401, 403, 404, 503
        ),
    }


def description(settings: Settings, catalogue: Catalogue) -> Json:
    """The whole document."""
    schemas = {name: schema(fields) for name, fields in SCHEMAS.items()}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": f"112 {settings.city}",
            "version": __version__,
            "description": "Calls and tickets of the 112 call server. Moments are UTC.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "security": [{"token": []}],
        "paths": _paths(settings, catalogue),
        "components": {
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer", "description": "./run token create"}},
            "schemas": {**schemas, **figures.SCHEMAS, "Error": ERROR, "Health": HEALTH, "Wall": WALL},
        },
    }
