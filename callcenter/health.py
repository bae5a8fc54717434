"""Does the service answer?

In:  the settings. Out: a connection to it; or yes or no, within two seconds.
Never: more than a question on the service's own address.
"""

import http.client
import json
import ssl
from contextlib import closing

from callcenter.settings import Settings


def line_to(settings: Settings, timeout: float) -> http.client.HTTPConnection:
    """A connection to our own screens, not opened yet. OSError when their certificate is missing."""
    host = settings.url.split("//")[1].rsplit(":", 1)[0].strip("[]")
    if not settings.tls:
        return http.client.HTTPConnection(host, settings.web_port, timeout=timeout)
    trust = ssl.create_default_context(cafile=str(settings.tls_folder / "ca.crt"))
    return http.client.HTTPSConnection(host, settings.web_port, timeout=timeout, context=trust)


def healthy(settings: Settings) -> bool:
    """/healthz answers 200."""
    return trouble(settings) == []


def trouble(settings: Settings) -> list[str] | None:
    """Why calls cannot be taken or seen, in sentences; nothing when they can; None when nobody answers."""
    try:
        asked = line_to(settings, timeout=2)
        with closing(asked):
            asked.request("GET", "/healthz")
            answer = asked.getresponse()
            told = json.loads(answer.read())
            return [] if answer.status == 200 else [str(reason) for reason in told["reasons"]] or ["It says no more."]
    except (OSError, http.client.HTTPException, ValueError, KeyError, TypeError):
        return None
