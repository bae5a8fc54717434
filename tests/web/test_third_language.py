"""A third language is one catalogue and a folder of recordings, dropped into the data folder."""

import re
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from aiohttp import ClientSession, CookieJar
from yarl import URL

from callcenter.asterisk.render import render
from callcenter.core.errors import BadInput
from callcenter.keys import Secrets
from callcenter.settings_reader import read_settings
from callcenter.web.figures import numbers
from callcenter.web.i18n import read_languages
from callcenter.web.times import CityTime
from tests.web.conftest import Visitor
from tests.web.house import PASSWORD, House, house

CODE = "jv-x-cirebon"
CATALOGUE = r"""
msgid ""
msgstr ""
"Language: jv-x-cirebon\n"
"Content-Type: text/plain; charset=utf-8\n"
"X-Name: Basa Cerbon\n"
"X-Short: CRB\n"

msgid "Notes"
msgstr "<Cathetan>"

msgid "Position {position} rings"
msgstr "Posisi {other}"
"""


def drop(home: Path, name: str = CODE, text: str = CATALOGUE) -> None:
    (home / "locales").mkdir(parents=True, exist_ok=True)
    (home / "locales" / f"{name}.po").write_text(text, "utf-8")


def record(home: Path, language: str, name: str) -> None:
    file = home / "sounds" / language / f"{name}.alaw"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(f"{language} says {name}".encode())


@pytest.fixture
async def cirebon(tmp_path: Path) -> AsyncIterator[House]:
    """The room that opens in Cirebonese."""
    home = tmp_path / "home"
    drop(home)
    drop(home, "su", "msgid broken\n")
    drop(home, "..evil")
    async with house(home, CALLCENTER_LANGUAGE=CODE) as made:
        await made.people.add_user("siti", display="Siti", role="call_taker", password=PASSWORD)
        await made.people.add_user("ayu", display="Ayu", role="admin", password=PASSWORD)
        made.telephone.ready("101")
        yield made


async def test_one_file_offers_the_language_on_every_page_and_indonesian_fills_its_holes(cirebon: House) -> None:
    call = cirebon.telephone.dials("e112-1790010000.7", "+6281234567890")
    cirebon.telephone.answers(call, "101")
    async with ClientSession(cookie_jar=CookieJar(unsafe=True)) as session:
        siti = Visitor(session, URL(cirebon.url))
        await siti.sign_in("siti", "101")
        _, page = await siti.get("/")
        assert f'<html lang="{CODE}"' in page
        assert re.findall(r'name="language" value="([^"]+)"[^>]*>(\w+)<', page) == [
            ("id", "ID"), ("en", "EN"), (CODE, "CRB"),
        ]  # fmt: skip
        assert 'title="Basa Cerbon"' in page
        assert "&lt;Cathetan&gt;" in page and "<Cathetan>" not in page and "Lokasi" in page and ">Place<" not in page
        await siti.form("/language", language="id", back="/")
        _, page = await siti.get("/")
        assert '<html lang="id"' in page and "Catatan" in page
        await siti.form("/language", language=CODE, back="/")
        assert f'<html lang="{CODE}"' in (await siti.get("/callbacks"))[1]
        ayu = Visitor(session, URL(cirebon.url))
        await ayu.sign_in("ayu")
        await ayu.get("/phrases")
        status, _, _ = await ayu.form("/phrases", language=CODE, text=".kb Kobongan.", version="0")
        assert status == 303 and "Kobongan." in (await ayu.get("/phrases"))[1]
        assert f'name="language.{CODE}"' in (await ayu.get("/agencies/damkar"))[1]


def test_a_city_may_say_one_sentence_of_ours_in_its_own_words(tmp_path: Path) -> None:
    drop(tmp_path, "id", 'msgid "Notes"\nmsgstr "Catatan kami"\n')
    drop(tmp_path)
    found = read_languages(city=tmp_path / "locales")
    assert (found["id"].say("Notes"), found["id"].say("Place"), found["id"].short) == ("Catatan kami", "Lokasi", "ID")
    assert found[CODE].say("Position {position} rings", position="101") != "Posisi {other}"
    assert found[CODE].say("Place") == "Lokasi"


@pytest.mark.parametrize(
    ("language", "moment", "day", "number"),
    [
        ("id", "22 Nov 2026 07.13.07", "Minggu, 22 November 2026", "1.234"),
        ("en", "22 Nov 2026 07:13:07", "Sunday, 22 November 2026", "1,234"),
        (CODE, "22 Nov 2026 07.13.07", "Ahad, 22 November 2026", "1.234"),
        ("xyz", "22 Nov 2026 07.13.07", "Minggu, 22 November 2026", "1.234"),
    ],
)
def test_dates_and_numbers_are_written_as_people_write_them(language: str, moment: str, day: str, number: str) -> None:
    city, at = CityTime(ZoneInfo("Asia/Jakarta"), language), datetime(2026, 11, 22, 0, 13, 7, tzinfo=UTC)
    assert (city.moment(at), city.day(at), numbers.whole(1234, language)) == (moment, day, number)


def test_its_recordings_are_what_callers_hear_and_indonesian_fills_their_holes(tmp_path: Path) -> None:
    record(tmp_path, CODE, "greeting")
    record(tmp_path, "id", "silent-1")
    settings = read_settings({"CALLCENTER_HOME": str(tmp_path), "CALLCENTER_VOICE": CODE})
    etc = tmp_path / "etc"

    def heard(name: str) -> bytes:
        return (etc / "sounds" / CODE / f"{name}.alaw").read_bytes()

    render(settings, Secrets("ami", "key", dict.fromkeys(settings.positions, "secret")), etc)
    assert f"SOUNDS = {etc}/sounds/{CODE}" in (etc / "city" / "globals.conf").read_text("utf-8")
    assert heard("greeting") == b"jv-x-cirebon says greeting"
    assert heard("silent-1") == b"id says silent-1"
    assert heard("hold/please-hold") == (etc / "sounds" / "id" / "hold" / "please-hold.alaw").read_bytes()
    (settings.sounds / CODE / "greeting.alaw").unlink()
    render(settings, Secrets("ami", "key", dict.fromkeys(settings.positions, "secret")), etc)
    assert heard("greeting") == (etc / "sounds" / "id" / "greeting.alaw").read_bytes()


@pytest.mark.parametrize("key", ["language", "voice"])
def test_a_language_that_is_not_here_is_said_when_the_settings_are_read(tmp_path: Path, key: str) -> None:
    def wrong(value: str) -> Callable[[], object]:
        return lambda: read_settings({"CALLCENTER_HOME": str(tmp_path), f"CALLCENTER_{key.upper()}": value})

    with pytest.raises(BadInput, match="is missing"):
        wrong("su")()
    with pytest.raises(BadInput, match="language code"):
        wrong("../../etc")()
