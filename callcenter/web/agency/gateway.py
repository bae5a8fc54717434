"""Sends what waits in the outbox to the city's gateway for SMS, WhatsApp or e-mail.

In:  the outbox, the settings. Out: one POST for each message, again and again until it is taken; `trouble` in words.
Never: in anybody's way; a message taken for sent before a 2xx; another key for the same message.

Each POST carries Idempotency-Key (the same in every try), X-112-Timestamp, and X-112-Signature: "sha256=" and the
HMAC-SHA256 of timestamp, a dot and the body, with the key `messages` of secrets.json.
"""

import asyncio
import hashlib
import hmac
import json
import logging
import random
from collections.abc import Callable
from datetime import datetime, timedelta

from aiohttp import ClientError, ClientSession, ClientTimeout

from callcenter.core.errors import CallCenterError
from callcenter.core.link import token_of
from callcenter.core.outgoing import pause, worth_another
from callcenter.settings import Settings
from callcenter.storage import Duty, Letter, Links, Messages, Waiting
from callcenter.web.agency.relay import compose
from callcenter.web.i18n import N_
from callcenter.web.painter import Painter

log = logging.getLogger(__name__)

TIMEOUT_S = 10.0
LOOK_S = 2.0
AT_ONCE = 4
STUCK = N_("Messages to agencies do not go out since {at}: {count} wait ({why}). Phone the agencies.")
WITH_LINK = N_("Accept and report here: {link}")


class Gateway:
    """`run` it beside; `wake` it when a forward was made."""

    def __init__(
        self,
        messages: Messages,
        links: Links,
        painter: Painter,
        *,
        key: str,
        clock: Callable[[], datetime],
        look: float = LOOK_S,
        chance: Callable[[], float] = random.random,
        longest_s: float = 3600.0,
        patience: float = TIMEOUT_S,
    ) -> None:
        """`look`: seconds between two looks; `chance`: 0 to 1; `patience`: seconds for one try."""
        self._messages, self._links, self._painter = messages, links, painter
        self._settings: Settings = painter.settings
        self._key, self._clock, self._look, self._chance = key.encode(), clock, look, chance
        self._longest_s, self._patience = longest_s, patience
        self._url = painter.settings.message_webhook
        self._wake = asyncio.Event()
        self._places = asyncio.Semaphore(AT_ONCE)
        self._waiting = Waiting()

    def wake(self) -> None:
        """Something may have to be sent. Never blocks."""
        self._wake.set()

    def send_to(self, url: str) -> None:
        """Another address from now on."""
        self._url = url
        self.wake()

    @property
    def trouble(self) -> CallCenterError | None:
        """Why nothing goes out, once it has been so for too long."""
        oldest = self._waiting.oldest
        limit = timedelta(seconds=self._settings.message_alarm_s)
        if oldest is None or self._clock() - oldest < limit:
            return None
        why = self._waiting.why or "–"
        local = oldest.astimezone(self._settings.zone)
        return CallCenterError(STUCK, at=f"{local:%H:%M}", count=self._waiting.count, why=why)

    async def run(self, told: Callable[[Duty], None]) -> None:
        """Until cancelled. `told`: this forward's message has moved."""
        if not self._url:
            return
        async with ClientSession(timeout=ClientTimeout(total=self._patience)) as session:
            while True:
                self._wake.clear()
                try:
                    await self._round(session, told)
                except CallCenterError as away:
                    log.warning("the outbox of messages cannot be read: %s", away)
                try:
                    async with asyncio.timeout(self._look):
                        await self._wake.wait()
                except TimeoutError:
                    pass

    async def _round(self, session: ClientSession, told: Callable[[Duty], None]) -> None:
        language = self._painter.first.code
        addresses = {a.code: a.contact for a in self._painter.catalogue().agencies.values() if a.contact}
        made = await self._messages.announce(
            addresses,
            lambda duty: compose(duty, self._painter, language),
            every=self._settings.message_forwards == "all",
        )
        for duty in made:
            told(duty)
        letters = await self._messages.due()
        await asyncio.gather(*(self._send(session, letter, told) for letter in letters))
        self._waiting = await self._messages.waiting()

    async def _send(self, session: ClientSession, letter: Letter, told: Callable[[Duty], None]) -> None:
        async with self._places:
            status, why = await self._post(session, letter)
        if not why:
            await self._messages.sent(letter.line, status or 0)
        else:
            again = status is None or worth_another(status)
            wait = pause(letter.line.tries, self._chance(), longest_s=self._longest_s) if again else None
            await self._messages.not_sent(letter.line, why, wait, status)
            log.warning("a message to %s was not taken: %s", letter.line.agency, why)
        told(letter.duty)

    async def _post(self, session: ClientSession, letter: Letter) -> tuple[int | None, str]:
        """What the gateway answered, and why it is no success; empty: it is one."""
        body = json.dumps(self.body(letter), ensure_ascii=False).encode()
        stamp = str(round(self._clock().timestamp()))
        signed = hmac.new(self._key, stamp.encode() + b"." + body, hashlib.sha256).hexdigest()
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "Idempotency-Key": letter.line.key,
            "X-112-Timestamp": stamp,
            "X-112-Signature": f"sha256={signed}",
        }
        try:
            async with session.post(self._url, data=body, headers=headers, allow_redirects=False) as answer:
                return answer.status, "" if answer.status < 300 else f"HTTP {answer.status}"
        except TimeoutError:
            return None, f"no answer within {self._patience:.0f} s"
        except (ClientError, OSError, ValueError) as wrong:
            return None, type(wrong).__name__

    def body(self, letter: Letter) -> dict[str, object]:
        """The same in every try."""
        line, ticket = letter.line, letter.duty.ticket
        link = f"{self._settings.outside_url}/f/{token_of(self._links.key, letter.seed)}"
        say = self._painter.languages[self._settings.language].say
        return {
            "id": line.key,
            "room": f"112 {self._settings.city}",
            "to": line.address,
            "agency": line.agency,
            "ticket": ticket.number,
            "test": ticket.test,
            "text": f"{line.text}\n{say(WITH_LINK, link=link)}",
            "link": link,
            "link_expires_at": letter.expires_at.isoformat(),
            "created_at": line.created_at.isoformat(),
        }
