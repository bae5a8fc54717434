"""A house for each story, and visitors with their own cookies."""

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientResponse, ClientSession, CookieJar
from yarl import URL

from tests.web.house import PASSWORD, House, house

CSRF = re.compile(r'data-csrf="([^"]+)"')


@dataclass
class Visitor:
    """One browser: cookies, and the token of the page it looks at."""

    session: ClientSession
    base: URL
    csrf: str = ""

    async def get(self, path: str, **more: Any) -> tuple[int, str]:
        async with self.session.get(self.base.join(URL(path, encoded=True)), **more) as answer:
            text = await answer.text()
            found = CSRF.search(text)
            self.csrf = found.group(1) if found else self.csrf
            return answer.status, text

    async def head(self, path: str, **more: Any) -> ClientResponse:
        async with self.session.get(self.base.join(URL(path, encoded=True)), **more) as answer:
            await answer.read()
            return answer

    async def send(self, path: str, body: dict[str, Any], **more: Any) -> tuple[int, Any]:
        """As a script of ours: JSON and the token in a header."""
        headers = {"X-CSRF-Token": self.csrf, "Accept": "application/json", **more.pop("headers", {})}
        async with self.session.post(self.base.join(URL(path, encoded=True)), json=body, headers=headers) as answer:
            return answer.status, await answer.json()

    async def form(self, path: str, **fields: str) -> tuple[int, str, str]:
        """As a form. Status, text, and where it leads."""
        data = {"csrf": self.csrf, **fields}
        async with self.session.post(self.base.join(URL(path)), data=data, allow_redirects=False) as answer:
            return answer.status, await answer.text(), answer.headers.get("Location", "")

    async def sign_in(self, name: str, position: str = "") -> str:
        await self.get("/sign-in")
        status, text, where = await self.form("/sign-in", name=name, password=PASSWORD, position=position)
        assert status == 303, text
        await self.get(where)
        return where


CAST = {"siti": "call_taker", "rina": "call_taker", "bima": "supervisor", "ayu": "admin"}


async def with_people(
    made: House,
    called: tuple[str, ...] = ("Siti", "Rina", "Bima", "Ayu"),
    phones: tuple[str, ...] = ("101", "102", "103", "104"),
) -> House:
    """Siti and Rina (call takers), Bima (supervisor) and Ayu (administrator) work there, under these names."""
    for (name, role), display in zip(CAST.items(), called, strict=True):
        await made.people.add_user(name, display=display, role=role, password=PASSWORD)
    made.telephone.ready(*phones)
    return made


@pytest.fixture
async def here(tmp_path: Path) -> AsyncIterator[House]:
    """The web, running, with its people."""
    async with house(tmp_path / "home") as made:
        yield await with_people(made)


@pytest.fixture
async def visit(here: House) -> AsyncIterator[Callable[..., Awaitable[Visitor]]]:
    """`await visit("siti", "101")`: a browser in which she is signed in; `await visit()`: nobody."""
    sessions: list[ClientSession] = []

    async def come(name: str = "", position: str = "") -> Visitor:
        session = ClientSession(cookie_jar=CookieJar(unsafe=True))
        sessions.append(session)
        visitor = Visitor(session, URL(here.url))
        if name:
            await visitor.sign_in(name, position)
        return visitor

    yield come
    for session in sessions:
        await session.close()
