"""The pages themselves, as a browser gets them: over years of calls each is there within the goal.

In:  the full databases. Out: the time from the request to the last byte, with everything that the server does for it.
Never: a page that says that it could not.
"""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import uuid4

import pytest
from aiohttp import ClientSession, CookieJar
from yarl import URL

from tests.scale.conftest import Question, clock, measured, too_slow
from tests.web.conftest import Visitor
from tests.web.house import PASSWORD, House, house

pytestmark = pytest.mark.scale

REPORT_S = 5
DIMENSIONS = ("hour", "shift", "day", "month", "person", "agency", "category", "kecamatan", "kelurahan")
ADDRESSES = {
    "the log": "/calls",
    "the log by class and agency": "/calls?class=EMERGENCY&agency=damkar",
    "the log by a word": "/calls?q=tiang+kabel",
    "the log of a month by outcome": "/calls?from=2025-03-01&to=2025-03-31&outcome=ABANDONED",
    "the months": "/reports",
    **{f"today by {by}": f"/figures?by={by}" for by in DIMENSIONS},
    **{f"a month by {by}": f"/figures?period=month&day=2026-03-05&by={by}" for by in DIMENSIONS},
    **{f"a year by {by}": f"/figures?period=year&day=2025-05-05&by={by}" for by in DIMENSIONS},
    **{
        f"a year and a day by {by}": f"/figures?period=free&from=2025-03-15&to=2026-03-15&by={by}"
        for by in ("day", "hour", "kelurahan")
    },
    **{
        f"for programs, a year by {by}": f"/api/v1/figures?period=year&day=2025-05-05&by={by}"
        for by in ("month", "hour", "kelurahan")
    },
}

LOOKS = {
    "the log by a verdict": "/calls?recording=GAP",
    "the log by the common verdict": "/calls?recording=COMPLETE",
    "the audit": "/audit",
    "the audit of who looks every day": "/audit?by=bima",
    "the audit of who left long ago": "/audit?by=sari",
    "the audit of nobody": "/audit?by=nobody",
    "the audit by a common kind": "/audit?action=call",
    "the audit by a rare kind": "/audit?action=data",
    "the audit of who left, by a kind that she never did": "/audit?by=sari&action=ticket",
    "the audit of a day long ago": "/audit?day=2022-03-03",
    "the audit of a month by a kind": "/audit?from=2023-03-01&to=2023-03-31&action=call.recording",
    "the audit of a ticket": "/audit?target=230303-0003",
    "the audit of a month's tickets": "/audit?target=2303",
    "the audit of all calls": "/audit?target=e112",
    "the audit of nothing": "/audit?target=xylophon",
    "quality": "/quality",
    "quality of a month": "/quality?month=2026-03",
    "the proof": "/proof",
    "the proof of a day": "/proof?day=2025-03-03",
}


@pytest.fixture
async def here(url: str, tmp_path: Path) -> AsyncIterator[House]:
    async with house(tmp_path / "home", clock=clock, url=url) as made:
        names = {each.name for each in await made.people.users()}
        for name, role in (("bima", "supervisor"), ("ratna", "auditor")):
            if name not in names:
                await made.people.add_user(name, display=name.title(), role=role, password=PASSWORD)
        yield made


@pytest.mark.parametrize("addresses", [ADDRESSES, LOOKS], ids=["calls", "looks"])
async def test_every_page_is_there_within_the_goal(here: House, addresses: dict[str, str]) -> None:
    secret = await here.people.create_token(f"scale-{uuid4().hex}", role="supervisor")
    found = {}
    print()
    jars = CookieJar(unsafe=True), CookieJar(unsafe=True)
    async with ClientSession(cookie_jar=jars[0]) as session, ClientSession(cookie_jar=jars[1]) as others:
        bima, ratna = Visitor(session, URL(here.url)), Visitor(others, URL(here.url))
        await bima.sign_in("bima")
        await ratna.sign_in("ratna")
        for name, address in addresses.items():

            async def ask(address: str = address) -> None:
                who = ratna if address.startswith("/audit") else bima
                status, text = await who.get(address, headers={"Authorization": f"Bearer {secret}"})
                assert status == 200 and 'role="alert"' not in text, address
                if address.startswith("/api"):
                    assert json.loads(text)["waiting"] == []

            def one(ask: Question = ask) -> Question:
                return ask

            await ask()
            found[name] = await measured(name, one, 8)
        report = await measured("the report of a month", lambda: lambda: bima.get("/reports/2026-09"), 5)
    assert too_slow(found) == {}
    assert report < REPORT_S * 1000
