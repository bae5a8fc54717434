"""Addresses as attackers write them, as raw bytes: nothing that is closed opens."""

import asyncio

from callcenter.web.access import ACCESS, EVERYONE
from tests.web.house import House
from tests.web.test_access import routes

ODD = ("{path}/", "/{path}", "/.{path}", "/static/..{path}", "/static/..%2f{bare}", "/static/%2e%2e{path}", "{path}%00",
       "{path};a=b", "{path}%20", "/%2e{path}", "/%2f{bare}", "/static//etc/passwd", "/static/..%5c..%5csettings.toml",
       "/static/%2e%2e/%2e%2e/%2e%2e/etc/passwd", "{upper}", "{path}%2f", "http://evil.example{path}")  # fmt: skip
"""Spellings of an address that some servers take for another one."""


async def spoken(here: House, line: str, *headers: str) -> tuple[int, bytes]:
    """A request as these very bytes; the status of the answer, and its body."""
    reader, writer = await asyncio.open_connection("127.0.0.1", here.server.port)
    said = "\r\n".join((line, f"Host: 127.0.0.1:{here.server.port}", "Connection: close", *headers, "", ""))
    writer.write(said.encode())
    async with asyncio.timeout(60):
        answer = await reader.read()
    writer.close()
    head, _, body = answer.partition(b"\r\n\r\n")
    return int(head.split(b" ", 2)[1]) if head else 0, body


async def test_no_odd_spelling_method_or_upgrade_opens_what_is_closed(here: House) -> None:
    """Nobody is signed in: whatever is asked is refused, led to the sign-in, or not there; nothing breaks."""
    wrong, closed = [], sorted({path for _, path, name in routes(here) if ACCESS[name] is not EVERYONE})
    assert len(closed) > 100
    upgrade = (
        "Upgrade: websocket",
        "Connection: Upgrade",
        "Sec-WebSocket-Version: 13",
        "Sec-WebSocket-Key: " + "A" * 24,
    )
    for number, path in enumerate(closed):
        asked = [("HEAD " + path, ()), ("OPTIONS " + path, ()), ("GET " + path, upgrade), ("get " + path, ())]
        asked += [("POST " + path, ("X-HTTP-Method-Override: GET", "Content-Length: 0"))]
        if number % 10 == 0:  # the same code for every address
            asked += [(f"GET {odd.format(path=path, bare=path[1:], upper=path.upper())}", ()) for odd in ODD]
        for line, headers in asked:
            status, body = await spoken(here, f"{line} HTTP/1.1", *headers)
            if status not in (303, 400, 401, 403, 404, 405) or b"root:" in body or (line[:4] == "HEAD" and body):
                wrong.append(f"{line} {headers[:1]} -> {status}")
    assert wrong == []
