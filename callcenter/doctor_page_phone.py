"""Would a phone in the page come through to Asterisk: its WebSocket, and the certificate that a browser would see.

In:  the settings; an Asterisk that runs. Out: findings.
Never: a sign-in, a call, a password.
"""

import asyncio
import base64
import http.client
import os
import ssl
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

from callcenter.asterisk.link import Link
from callcenter.findings import Finding, broken, good, look
from callcenter.settings import Settings

PATIENCE_S = 4.0
SOON = timedelta(days=30)
SWITCHED = 101  # "Switching Protocols": the socket is open


async def look_at_page_phone(_: Link, settings: Settings) -> AsyncIterator[Finding]:
    """Nothing to say where the city does without."""
    if settings.page_phone:
        for finding in await asyncio.to_thread(_knock, settings):
            yield finding


def _knock(settings: Settings) -> list[Finding]:
    where = f"{_host(settings)}:{settings.ws_port}"
    again = "Restart Asterisk (./run); look at http.conf, and at modules.conf for res_pjsip_transport_websocket."
    try:
        status, until = _upgrade(settings)
    except ssl.SSLCertVerificationError as wrong:
        why = wrong.verify_message
        return [broken(f"Phones in the page refuse Asterisk's certificate at {where} ({why}). Run ./run lan, restart.")]
    except (OSError, http.client.HTTPException) as wrong:
        return [broken(f"No phone in the page can reach Asterisk at {where} ({wrong}). {again}")]
    if status != SWITCHED:
        return [broken(f"Asterisk at {where} takes no phone in the page (it answered {status}). {again}")]
    if until is not None and until - datetime.now(UTC) < SOON:
        return [
            look(f"Asterisk's certificate for phones in the page ends on {until:%Y-%m-%d}. Run ./run lan, restart.")
        ]
    return [good(f"phones in the page can sign in at {where}{', encrypted' if settings.tls else ''}")]


def _host(settings: Settings) -> str:
    """Plain it listens on loopback only."""
    every = settings.sip_host in ("0.0.0.0", "::")  # noqa: S104 - only compared
    return "127.0.0.1" if every or not settings.tls else settings.sip_host


def _upgrade(settings: Settings) -> tuple[int, datetime | None]:
    """The answer to a WebSocket's first request, and until when the certificate is good."""
    if settings.tls:
        context = ssl.create_default_context(cafile=settings.tls_folder / "ca.crt")
        link: http.client.HTTPConnection = http.client.HTTPSConnection(
            _host(settings), settings.ws_port, timeout=PATIENCE_S, context=context
        )
    else:
        link = http.client.HTTPConnection(_host(settings), settings.ws_port, timeout=PATIENCE_S)
    key = base64.b64encode(os.urandom(16)).decode()
    headers = {"Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Version": "13"}
    try:
        link.request("GET", "/ws", headers={**headers, "Sec-WebSocket-Key": key, "Sec-WebSocket-Protocol": "sip"})
        status = link.getresponse().status
        return status, _good_until(link.sock)
    finally:
        link.close()


def _good_until(sock: object) -> datetime | None:
    if not isinstance(sock, ssl.SSLSocket):
        return None
    ends = (sock.getpeercert() or {}).get("notAfter")
    return datetime.fromtimestamp(ssl.cert_time_to_seconds(ends), UTC) if isinstance(ends, str) else None
