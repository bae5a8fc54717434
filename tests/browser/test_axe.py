"""Every page of everybody, in both languages and colours, at every width: nothing that a machine knows to be wrong."""

import pytest

from callcenter.web.access import ROLES
from callcenter.web.painter import LANGUAGE_COOKIE
from tests.browser.conftest import Arrive
from tests.browser.every_page import NO_PAGES, PEOPLE, addresses, guests, much_happened, visits, whole_cast
from tests.browser.looks import faults, wrong_with
from tests.web.house import House

pytestmark = pytest.mark.browser

__all__ = ["faults"]


async def test_every_page_of_every_role_is_right(here: House, arrive: Arrive) -> None:
    await whole_cast(here)
    pages = addresses(here, await much_happened(here))
    wrong, opened, seen = {}, {"nowhere"}, set[str]()
    for role in ("", *ROLES):
        page = await arrive(PEOPLE.get(role, ""))
        for name, path in (*visits(pages, role), ("nowhere", "nowhere")):
            answer = await page.goto(here.url + path)
            assert answer
            opened |= {name} if answer.ok else set()
            broken = [f"answers {answer.status}"] if answer.status >= 500 else []
            wrong[f"{role or 'nobody'}: {path}"] = broken or await wrong_with(page, again=path in seen)
            seen.add(path)
    assert {where: found for where, found in wrong.items() if found} == {}
    assert opened == {*pages, "nowhere"}, "each was seen by somebody with what belongs onto it"


@pytest.mark.parametrize(("language", "busy"), [("en", True), ("id", False)], ids=["English", "nothing happened yet"])
async def test_so_it_is_in_english_and_in_an_empty_house(
    here: House, arrive: Arrive, language: str, busy: bool
) -> None:
    await whole_cast(here)
    stands = await much_happened(here) if busy else {"category": "FIRE", "code": "damkar", "days": "2026-01"}
    pages = addresses(here, stands, leave_out=not busy)
    wrong = {}
    for role in ("", *ROLES):
        mine = [path for name, paths in pages.items() if guests(name)[0] == role for path in paths]
        if not mine:
            continue
        page = await arrive(PEOPLE.get(role, ""))
        await page.context.add_cookies([{"name": LANGUAGE_COOKIE, "value": language, "url": here.url}])
        for path in mine:
            await page.goto(here.url + path)
            wrong[f"{role or 'nobody'}: {path}"] = await wrong_with(page, known=True)
    assert {where: found for where, found in wrong.items() if found} == {}


async def test_what_is_left_out_is_no_page(here: House) -> None:
    """So that a page cannot hide among the files."""
    names = {route.name for route in here.app.router.routes()}
    assert names >= NO_PAGES
