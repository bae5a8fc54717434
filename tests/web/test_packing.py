"""What travels packed, and what never does."""

import re
from collections.abc import Awaitable, Callable

import pytest

from callcenter.web.i18n import SCRIPTS
from callcenter.web.static_files import read_static
from tests.web.conftest import Visitor
from tests.web.house import House

Visit = Callable[..., Awaitable[Visitor]]
OURS = {"Sec-Fetch-Site": "same-origin"}


async def test_every_file_arrives_as_it_is_and_nothing_else_does(visit: Visit) -> None:
    nobody, files = await visit(), read_static()
    for path in [each for each in SCRIPTS.rglob("*") if each.is_file()]:
        address = nobody.base.with_path(files.url(path.relative_to(SCRIPTS).as_posix()))
        for taken in ("br, gzip", "identity", "gzip;q=0"):
            async with nobody.session.get(address, headers={"Accept-Encoding": taken}) as answer:
                assert await answer.read() == path.read_bytes(), (address, taken)
                assert "immutable" in answer.headers["Cache-Control"]
                assert "X-Content-Type-Options" in answer.headers
                packed = "Content-Encoding" in answer.headers
                assert not packed or taken == "br, gzip"
                if path.suffix in (".js", ".css") and path.stat().st_size > 500:
                    assert packed or taken != "br, gzip"
                    assert answer.headers["Vary"] == "Accept-Encoding"
    for odd in ("app.py", "../app.py", "css/", "", "css/base.css.gz", "CSS/base.css"):
        answer = await nobody.head(f"{files.prefix}/{odd}")
        assert answer.status == 404 and "immutable" not in answer.headers["Cache-Control"]


async def test_a_page_names_all_that_its_scripts_import_to_the_last_depth(visit: Visit) -> None:
    _, page = await (await visit("siti", "101")).get("/")
    named = set(re.findall(r'<link rel="modulepreload" href="[^"]*/js/([^"]+)"', page))
    named |= set(re.findall(r'<script type="module" src="[^"]*/js/([^"]+)"', page))
    imported = re.compile(r'(?:import|export)\s[^"()]*?"\./([^"]+)"')
    needed = {name for each in named for name in imported.findall((SCRIPTS / "js" / each).read_text("utf-8"))}
    assert {"live.js", "mode.js", "words.js"} < needed <= named, needed - named
    assert "map.js" not in named, "it comes with the first look at the map"


@pytest.mark.parametrize(("asked_from", "packed"), [
    ("same-origin", True), ("none", True), ("same-site", False), ("cross-site", False), ("", False),
])  # fmt: skip
async def test_a_page_is_packed_only_where_no_other_site_had_a_hand_in_it(
    visit: Visit, asked_from: str, packed: bool
) -> None:
    siti = await visit("siti", "101")
    answer = await siti.head("/", headers={"Sec-Fetch-Site": asked_from} if asked_from else {})
    assert answer.status == 200 and answer.headers["Vary"] == "Accept-Encoding"
    assert (answer.headers.get("Content-Encoding") == "gzip") is packed
    _, text = await siti.get("/", headers=OURS)
    assert 'data-live="ring"' in text and 'data-csrf="' in text
    answer = await siti.head("/", headers={**OURS, "Accept-Encoding": "identity"})
    assert "Content-Encoding" not in answer.headers


async def test_a_program_with_a_token_gets_its_json_packed_and_who_has_none_does_not(here: House, visit: Visit) -> None:
    secret, program = await here.people.create_token("wallboard", role="supervisor"), await visit()
    told = await program.head("/api/v1/figures", headers={"Authorization": f"Bearer {secret}"})
    assert told.status == 200 and told.headers["Content-Encoding"] == "gzip"
    told = await program.head("/api/v1/openapi.json")
    assert told.status == 200 and "Content-Encoding" not in told.headers


async def test_sound_and_streams_come_as_they_are(here: House, visit: Visit) -> None:
    bima = await visit("bima")
    told = await bima.head("/calls.csv", headers=OURS)
    assert told.status == 200 and "Content-Encoding" not in told.headers
