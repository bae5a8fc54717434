"""Pages and JSON are packed on their way to who may be a long way off.

In:  every finished answer. Out: the same, as gzip, where the browser takes it.
Never: a stream (what comes bit by bit must arrive bit by bit), sound, or what travels beside a secret at somebody
else's wish: the length of a packed page tells whether a word that the address put into it stands there a second time
(BREACH). So a page is packed only for a request of which the browser itself says that it was made by a page of ours
or by the person (`Sec-Fetch-Site`, which no page can set and which a redirection from elsewhere changes), and for a
program that shows its own token.
"""

import asyncio
import gzip

from aiohttp import hdrs, web

from callcenter.web.access import API_PREFIX
from callcenter.web.security import Handler
from callcenter.web.static_files import takes_gzip

KINDS = frozenset({"text/html", "application/json", "text/csv", "text/plain"})
PACKED_FROM, ASIDE_FROM = 1000, 30_000
"""Bytes: smaller ones fit into a packet anyway; larger ones are packed beside the loop, which has calls to show."""
LEVEL = 5
OWN = frozenset({"same-origin", "none"})


def asked_by_us(request: web.Request) -> bool:
    """No other site had a hand in this request."""
    by_token = request.path.startswith(API_PREFIX) and hdrs.AUTHORIZATION in request.headers
    return by_token or request.headers.get("Sec-Fetch-Site") in OWN


@web.middleware
async def pack(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Outside of all others, so that it sees the answer as it will leave."""
    answer = await handler(request)
    if not isinstance(answer, web.Response) or answer.prepared or answer.content_type not in KINDS:
        return answer
    body = answer.body
    if not isinstance(body, bytes) or len(body) < PACKED_FROM or hdrs.CONTENT_ENCODING in answer.headers:
        return answer
    answer.headers[hdrs.VARY] = hdrs.ACCEPT_ENCODING
    if takes_gzip(request) and asked_by_us(request):
        aside = len(body) >= ASIDE_FROM
        answer.body = await asyncio.to_thread(_packed, body) if aside else _packed(body)
        answer.headers[hdrs.CONTENT_ENCODING] = "gzip"
    return answer


def _packed(body: bytes) -> bytes:
    return gzip.compress(body, LEVEL, mtime=0)
