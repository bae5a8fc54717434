"""The pages themselves, as a browser gets them: over years of calls each is there within the goal.

In:  the full databases. Out: the time from the request to the last byte, with everything that the server does for it.
Never: a page that says that it could not.
"""

import json
from collections.abc import AsyncIterator
from pathlib import Path

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


@pytest.fixture
async def here(url: str, tmp_path: Path) -> AsyncIterator[House]:
    async with house(tmp_path / "home", clock=clock, url=url) as made:
        names = {each.name for each in await made.people.users()}
        if "bima" not in names:
            await made.people.add_user("bima", display="Bima", role="supervisor", password=PASSWORD)
        yield made


async def test_every_page_is_there_within_the_goal(here: House) -> None:
    secret = await here.people.create_token("scale", role="supervisor")
    found = {}
    print()
    async with ClientSession(cookie_jar=CookieJar(unsafe=True)) as session:
        bima = Visitor(session, URL(here.url))
        await bima.sign_in("bima")
        for name, address in ADDRESSES.items():

            async def ask(address: str = address) -> None:
                status, text = await bima.get(address, headers={"Authorization": f"Bearer {secret}"})
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
