"""One place where failures become an answer: a status, and a sentence in the person's language.

In:  whatever a handler raised. Out: an HTML page, or JSON for programs and scripts.
Never: a stack trace, a bare number, or a sentence that claims more than is known.
"""

import logging

from aiohttp import hdrs, web

from callcenter.core.errors import (
    BadInput,
    CallCenterError,
    Conflict,
    LineDown,
    NotFound,
    Refused,
    StoreDown,
    Unconfirmed,
)
from callcenter.web.i18n import N_
from callcenter.web.need import Protected
from callcenter.web.parts import parts
from callcenter.web.security import Handler, NotAllowed, SignInFirst, form_token, see_other

log = logging.getLogger(__name__)

STATUS: dict[type[CallCenterError], tuple[int, str]] = {
    BadInput: (400, "bad_input"),
    SignInFirst: (401, "sign_in_first"),
    NotAllowed: (403, "not_allowed"),
    NotFound: (404, "not_found"),
    Refused: (409, "refused"),
    Conflict: (409, "conflict"),
    LineDown: (503, "line_down"),
    StoreDown: (503, "store_down"),
    Unconfirmed: (504, "unconfirmed"),
}

PLAIN: dict[int, str] = {
    400: N_("This request cannot be read."),
    404: N_("There is no such page."),
    405: N_("This address does not take that."),
    413: N_("That is too much at once."),
    429: N_("Too much at once from your address. Wait a minute."),
    416: N_("The recording has no such part."),
    500: N_("Something went wrong here. Calls are not touched by it; the log says more."),
}


def status_of(error: CallCenterError) -> tuple[int, str]:
    """HTTP status and stable code of an error."""
    for kind in type(error).__mro__:
        if kind in STATUS:
            return STATUS[kind]
    return 500, "failed"


def wants_json(request: web.Request) -> bool:
    """A program or a script of ours asks, not a person's address line."""
    accept = request.headers.get(hdrs.ACCEPT, "")
    return request.path.startswith(("/api/", "/healthz")) or accept.startswith("application/json")


@web.middleware
async def catch(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Outermost: nothing leaves without a sentence."""
    try:
        return await handler(request)
    except CallCenterError as error:
        return answer(request, error)
    except web.HTTPException as error:
        if error.status < 400:
            raise
        return _plain(request, error.status, error.headers.get(hdrs.ALLOW, ""))
    except (ConnectionResetError, TimeoutError):
        raise
    except Exception:
        log.exception("%s %s failed", request.method, request.path)
        return _plain(request, 500)


def answer(request: web.Request, error: CallCenterError) -> web.StreamResponse:
    """The answer to an error that has a sentence."""
    status, code = status_of(error)
    painter = parts(request).painter
    language = painter.languages["en"] if request.path.startswith("/api/") else painter.language_of(request)
    sentence = painter.say_error(language, error)
    if wants_json(request):
        extra = {k: str(v) for k, v in error.values.items()} if isinstance(error, Conflict) else {}
        response = web.json_response({"error": {"code": code, "sentence": sentence, **extra}}, status=status)
        if status == 401:
            response.headers[hdrs.WWW_AUTHENTICATE] = "Bearer"
        return response
    if isinstance(error, SignInFirst):
        return see_other("/sign-in")
    if isinstance(error, Protected):
        return protected(request, str(error.values["number"]), status=status)
    return painter.page(request, "error.html", status=status, error=sentence, code=status)


def protected(request: web.Request, number: str, *, error: str = "", status: int = 403) -> web.Response:
    """What stands in the place of a ticket: that there is one, and a way to give a reason. As a sheet: a part."""
    painter = parts(request).painter
    values = {"number_of": number, "error": error, "back": request.path if request.method == hdrs.METH_GET else ""}
    if request.match_info.route.name == "screen.ticket":
        call = request.match_info["call"]
        more = {"back": f"/?call={call}", "call_id": call, "csrf": form_token(request)}
        html = painter.part("screen/protected.html", painter.language_of(request).code, **{**values, **more})
        return web.Response(text=html, content_type="text/html")
    return painter.page(request, "supervisor/protected.html", status=status, **values)


def _plain(request: web.Request, status: int, allow: str = "") -> web.StreamResponse:
    painter = parts(request).painter
    sentence = PLAIN.get(status, PLAIN[400 if status < 500 else 500])
    if wants_json(request):
        code = {404: "not_found", 405: "not_allowed", 413: "too_large"}.get(status, "failed")
        response = web.json_response({"error": {"code": code, "sentence": sentence}}, status=status)
    else:
        said = painter.language_of(request).say(sentence)
        response = painter.page(request, "error.html", status=status, error=said, code=status)
    if allow:
        response.headers[hdrs.ALLOW] = allow
    return response
