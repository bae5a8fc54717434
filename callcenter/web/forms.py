"""What a browser sent, as plain texts.

In:  a request with a form or with JSON, hostile. Out: a dict, or BadInput.
Never: a file, a number, a list where a text is expected; an exception of the parser.
"""

from collections.abc import Mapping
from typing import Any

from aiohttp import web

from callcenter.core.errors import BadInput

UNREADABLE = "This request cannot be read."


async def read_form(request: web.Request) -> dict[str, str]:
    """The texts of a form."""
    try:
        sent = await request.post()
    except (ValueError, LookupError) as wrong:  # broken, or no such charset
        raise BadInput(UNREADABLE) from wrong
    return {key: value for key, value in sent.items() if isinstance(value, str)}


async def read_body(request: web.Request) -> Mapping[str, Any]:
    """What a script sent, or a form."""
    if request.content_type != "application/json":
        return await read_form(request)
    try:
        read = await request.json()
    except (ValueError, LookupError, RecursionError) as wrong:  # no JSON, no such charset, too deep
        raise BadInput(UNREADABLE) from wrong
    if not isinstance(read, dict):
        raise BadInput(UNREADABLE)
    return read


def text_of(body: Mapping[str, Any], name: str, longest: int = 200) -> str:
    """One text, bounded."""
    value = body.get(name, "")
    if not isinstance(value, str):
        raise BadInput(UNREADABLE)
    if len(value) > longest:
        raise BadInput("That is too long: at most {count} letters.", count=longest)
    return value


def version_of(body: Mapping[str, Any]) -> int:
    """The version that the page had."""
    try:
        number = int(body.get("version", 0))
    except (TypeError, ValueError, OverflowError) as wrong:
        raise BadInput(UNREADABLE) from wrong
    if not 0 <= number < 2**31:
        raise BadInput(UNREADABLE)
    return number
