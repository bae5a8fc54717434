"""The running server, seen from outside as any other program sees it: HTTP, and Asterisk's list of phones.

In:  the settings; a token that is made for this one demonstration and revoked at its end.
Out: the call as the API tells it; which positions have a phone; sentences about what is wrong.
Never: a look into the server's memory or database: what the demonstration shows, everybody with a token can see.
"""

import asyncio
import contextlib
import http.client
import json
import re
import secrets
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from callcenter.core.errors import CallCenterError
from callcenter.health import line_to
from callcenter.settings import Settings
from callcenter.storage import commands

Json = dict[str, Any]
GONE = (
    "The server at {url} answered until a moment ago and does not any more: it was stopped, or it ended, in the middle "
    "of the demo. A terminal with ./run starts it again within seconds; why it ended is in {log}."
)


def clock() -> datetime:
    return datetime.now(UTC)


class Server:
    """What the demonstration asks of it."""

    def __init__(self, settings: Settings, token: str = "") -> None:
        self.settings, self.token = settings, token

    def get(self, path: str) -> tuple[int, Json]:
        """One answer."""
        try:
            with contextlib.closing(line_to(self.settings, timeout=5)) as line:
                line.request("GET", path, headers={"Authorization": f"Bearer {self.token}"} if self.token else {})
                answer = line.getresponse()
                return answer.status, json.loads(answer.read())
        except (OSError, http.client.IncompleteRead) as wrong:
            if self.token:  # it was there
                raise CallCenterError(GONE, url=self.settings.url, log=self.settings.log / "service.log") from wrong
            raise CallCenterError(
                "No server answers at {url}. Start ./run in another terminal first, with the same CALLCENTER_HOME "
                "and CALLCENTER_WEB_PORT as here.",
                url=self.settings.url,
            ) from wrong
        except (http.client.HTTPException, ValueError) as wrong:
            raise CallCenterError(
                "What answers at {url} is not the 112 server. Is CALLCENTER_WEB_PORT the one that ./run has?",
                url=self.settings.url,
            ) from wrong

    def must_run(self) -> None:
        """It is there, and it says that calls can be taken."""
        status, health = self.get("/healthz")
        if status != 200:
            raise CallCenterError(
                "The server says that it cannot take calls now: {why} ./run doctor tells more.",
                why=" ".join(health.get("reasons", [])) or f"HTTP {status}.",
            )

    def newest_call(self, number: str, since: datetime) -> Json | None:
        """The newest call of this number since then."""
        asked = urlencode({"number": number, "since": (since - timedelta(seconds=1)).isoformat(), "limit": 1})
        calls = self._right(self.get(f"/api/v1/calls?{asked}"))["calls"]
        return calls[0] if calls else None

    def call(self, call: str) -> Json:
        return self._right(self.get(f"/api/v1/calls/{call}"))

    def _right(self, answer: tuple[int, Json]) -> Json:
        status, body = answer
        if status == 401:
            raise CallCenterError(
                "The server at {url} does not know a token that was just made in {home}. It runs with another "
                "folder: give the demo the CALLCENTER_HOME that ./run has.",
                url=self.settings.url,
                home=self.settings.home,
            )
        if status != 200:
            raise CallCenterError(
                "The server answered {status}: {why}", status=status, why=body.get("error", {}).get("sentence", body)
            )
        return body

    def phones(self) -> set[str]:
        """Positions at which a phone is signed in and answers; none where Asterisk is on another machine."""
        program = self.settings.asterisk_prefix / "bin" / "asterisk"
        conf = self.settings.asterisk / "etc" / "asterisk.conf"
        try:
            said = subprocess.run(
                [program, "-C", conf, "-rx", "pjsip show contacts"],
                capture_output=True, text=True, errors="replace", timeout=10, check=False,
            ).stdout  # fmt: skip
        except (OSError, subprocess.TimeoutExpired):
            return set()
        found = re.findall(r"(?m)^ *Contact: +(\d+)/.* (Avail|NonQual|Unavail|Unknown) ", said)
        return {position for position, state in found if state in ("Avail", "NonQual") and self._is_position(position)}

    def _is_position(self, name: str) -> bool:
        return name in self.settings.positions


@contextlib.contextmanager
def server_with_token(settings: Settings) -> Iterator[Server]:
    """The running server, with a token that opens nothing any more when the block ends."""
    Server(settings).must_run()
    name = f"demo-{secrets.token_hex(4)}"
    made = asyncio.run(commands.token_create(settings.database_url, name, role="auditor", clock=clock))
    try:
        yield Server(settings, made.split()[-1])
    finally:
        asyncio.run(commands.token_revoke(settings.database_url, name, clock=clock))
