"""Figures for other programs.

In:  GET with a token, a period, a dimension, hostile. Out: JSON, and its description for the OpenAPI page.
Never: a share without both its parts; a number or a name of a caller.
"""

from typing import Any

from aiohttp import web

from callcenter.core import kpi
from callcenter.core.call import Outcome
from callcenter.core.kpi import CLASS_PARTS
from callcenter.core.tally import Part, Spread, Tally
from callcenter.web.figures.asked import ask
from callcenter.web.figures.period import KINDS
from callcenter.web.figures.words import DIMENSIONS
from callcenter.web.parts import parts
from callcenter.web.security import visitor

Json = dict[str, Any]

_NUMBER: Json = {"type": ["number", "null"]}
_WHOLE: Json = {"type": "integer"}
_MOMENT: Json = {"type": "string", "format": "date-time"}


def _group(**fields: Json) -> Json:
    return {"type": "object", "additionalProperties": False, "required": list(fields), "properties": fields}


PART = _group(numerator=_WHOLE, denominator=_WHOLE, value=_NUMBER)
SPREAD = _group(
    count=_WHOLE, of=_WHOLE, mean=_NUMBER, median=_NUMBER, p90=_NUMBER, p95=_NUMBER, longest=_NUMBER, slowest=_NUMBER
)
_TALLY: dict[str, Json] = {
    "arrivals": _WHOLE,
    "outcomes": _group(**{str(code): _WHOLE for code in Outcome}),
    "classes": _group(**dict.fromkeys(CLASS_PARTS, _WHOLE)),
    "shares": _group(**{code: {"$ref": "#/components/schemas/Part"} for code in kpi.parts(Tally())}),
    "spans": _group(**{code: {"$ref": "#/components/schemas/Spread"} for code in kpi.spreads(Tally())}),
}
SCHEMAS: dict[str, Json] = {
    "Part": PART | {"description": "So many of so many; value null: there was nothing."},
    "Spread": SPREAD | {"description": "Seconds (working_days: days). count: known, of: how many there could be."},
    "Figures": _group(
        since=_MOMENT,
        until=_MOMENT | {"description": "Not included."},
        by={"type": "string", "enum": list(DIMENSIONS)},
        waiting={
            "type": "array",
            "items": {"type": "string", "format": "date"},
            "description": "Days that are not in it yet; ask again.",
        },
        total=_group(**_TALLY),
        groups={"type": "array", "items": _group(key={"type": "string"}, **_TALLY)},
    ),
}
PARAMETERS: dict[str, tuple[str, Json]] = {
    "period": ("Which time; today where nothing is said.", {"enum": list(KINDS)}),
    "day": ("A day of the city in it: 2026-01-31.", {"format": "date"}),
    "from": ("First day, with period=free.", {"format": "date"}),
    "to": ("Last day, included, with period=free.", {"format": "date"}),
    "shift": ("Which shift, with period=shift: 07-14.", {}),
    "by": ("In which groups.", {"enum": list(DIMENSIONS)}),
}


async def figures(request: web.Request) -> web.Response:
    """`/api/v1/figures`."""
    token = visitor(request).token
    asked = await ask(parts(request), request.query, str(token.role) if token else "")
    return web.json_response({
        "since": asked.period.since.isoformat(),
        "until": asked.period.until.isoformat(),
        "by": asked.by,
        "waiting": [day.isoformat() for day in asked.waiting],
        "total": told(asked.total),
        "groups": [{"key": group.key, **told(group.tally)} for group in asked.groups],
    })  # fmt: skip


def told(tally: Tally) -> Json:
    """A tally as JSON values."""
    return {
        "arrivals": tally.of("arrivals"),
        "outcomes": {str(code): tally.of(f"outcome.{code}") for code in Outcome},
        "classes": {code: tally.of(f"class.{code}") for code in CLASS_PARTS},
        "shares": {code: _part(part) for code, part in kpi.parts(tally).items()},
        "spans": {code: _spread(spread) for code, spread in kpi.spreads(tally).items()},
    }


def _part(part: Part) -> Json:
    return {"numerator": part.numerator, "denominator": part.denominator, "value": part.value}


def _spread(spread: Spread) -> Json:
    return {name: getattr(spread, name) for name in SPREAD["properties"]}
