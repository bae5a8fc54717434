"""People who type notes all the time, and remember which of them they were told are stored.

In:  a running house. Out: `sent` and `stored`: for each note the texts that left, and the last that was acknowledged.
Never: a note that shrinks: each text begins with the one before, so that a lost one is seen.
"""

import asyncio
import re
import secrets
from dataclasses import dataclass, field

import aiohttp

from callcenter.storage import Database, People
from tests.faults.citizens import now
from tests.faults.house import House

PASSWORD = "rahasia-sekali-112"
CSRF = re.compile(r'data-csrf="([^"]+)"')
WORDS = "kebakaran di pasar kanoman lantai dua asap tebal dua orang di dalam ambulans diminta".split()  # noqa: SIM905


@dataclass
class Written:
    """One note, as its writer knows it."""

    call: str
    sent: list[str] = field(default_factory=list)
    stored: str = ""
    stored_version: int = 0


async def hire(house: House, *names: str) -> None:
    """People who may sign in."""
    async with Database(house.settings.database_url).running() as database:
        people = People(database, clock=now)
        for name in names:
            await people.add_user(name, display=name.title(), role="call_taker", password=PASSWORD)


class Typist:
    """One of them. `run` until cancelled."""

    def __init__(self, house: House, name: str) -> None:
        self.house, self.name = house, name
        self.notes: dict[str, Written] = {}
        self.acknowledged = self.refused = 0

    async def run(self) -> None:
        limits = aiohttp.ClientTimeout(total=10)
        jar = aiohttp.CookieJar(unsafe=True)
        async with aiohttp.ClientSession(self.house.settings.url, cookie_jar=jar, timeout=limits) as self.http:
            self.csrf = ""
            while True:
                try:
                    await self._write_one()
                except (aiohttp.ClientError, TimeoutError, OSError):
                    await asyncio.sleep(0.3)

    async def _write_one(self) -> None:
        if not self.csrf and not await self._signs_in():
            await asyncio.sleep(0.5)
            return
        call = await asyncio.to_thread(self._newest)
        if call is None:
            await asyncio.sleep(0.3)
            return
        key, note = secrets.token_hex(16), Written(call)
        self.notes[key] = note
        for version, _ in enumerate(WORDS, 1):
            note.sent.append(" ".join(WORDS[:version]))
            if not await self._save(key, note, version):
                return
            await asyncio.sleep(0.15)

    async def _save(self, key: str, note: Written, version: int) -> bool:
        """Again and again, as the page does, until it is stored. False: refused for good."""
        body = {"key": key, "text": note.sent[-1], "version": version}
        while True:
            try:
                headers = {"X-CSRF-Token": self.csrf}
                async with self.http.post(f"/calls/{note.call}/note", json=body, headers=headers) as answer:
                    if answer.status == 200:
                        note.stored, note.stored_version = note.sent[-1], version
                        self.acknowledged += 1
                        return True
                    if answer.status in (401, 403):
                        self.csrf = ""
                        return False
                    if answer.status < 500:
                        self.refused += 1
                        return False
            except (aiohttp.ClientError, TimeoutError, OSError):
                pass
            await asyncio.sleep(0.4)

    def _newest(self) -> str | None:
        found = self.house.rows("SELECT call FROM ticket_calls ORDER BY ticket DESC LIMIT 1")
        return str(found[0]["call"]) if found else None

    async def _signs_in(self) -> bool:
        async with self.http.get("/sign-in") as answer:
            token = CSRF.search(await answer.text())
        if token is None:
            return False
        form = {"name": self.name, "password": PASSWORD, "position": "", "csrf": token[1]}
        async with self.http.post("/sign-in", data=form, allow_redirects=False) as answer:
            if answer.status != 303:
                return False
        async with self.http.get("/position") as answer:
            token = CSRF.search(await answer.text())
        self.csrf = token[1] if token else ""
        return bool(token)


def lost(house: House, typists: list[Typist]) -> list[str]:
    """Acknowledged notes that are not in the database as they were acknowledged, or further written."""
    kept = {row["key"]: row for row in house.rows("SELECT key, text, version FROM notes")}
    gone = []
    for typist in typists:
        for key, note in typist.notes.items():
            row = kept.get(key)
            if note.stored and (row is None or not row["text"].startswith(note.stored) or row["text"] not in note.sent):
                gone.append(f"{typist.name}'s note {key} of {note.call}: told that {note.stored!r} is stored, is {row}")
    return gone
