"""Does the service answer?

In:  the settings. Out: yes or no, within two seconds.
Never: more than a question on the service's own address.
"""

import http.client
import ssl

from callcenter.settings import Settings


def healthy(settings: Settings) -> bool:
    """/healthz answers 200."""
    host = settings.url.split("//")[1].rsplit(":", 1)[0].strip("[]")
    try:
        if settings.tls:
            trust = ssl.create_default_context(cafile=str(settings.tls_folder / "ca.crt"))
            asked: http.client.HTTPConnection = http.client.HTTPSConnection(
                host, settings.web_port, timeout=2, context=trust
            )
        else:
            asked = http.client.HTTPConnection(host, settings.web_port, timeout=2)
        asked.request("GET", "/healthz")
        return asked.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
