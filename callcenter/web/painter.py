"""Pages and parts of pages, painted on the server.

In:  a template's name, a language, values. Out: HTML; the same partial serves the page and its live updates.
Never: markup from outside: every value is escaped; only what a template of ours made is taken as HTML.
"""

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any

from aiohttp import hdrs, web
from jinja2 import BytecodeCache, Environment, FileSystemLoader, StrictUndefined
from jinja2.bccache import Bucket
from markupsafe import Markup

from callcenter.core import phone
from callcenter.core.answer import Answer, next_answers
from callcenter.core.catalogue import Newest
from callcenter.core.errors import CallCenterError
from callcenter.core.gazetteer import Gazetteer
from callcenter.core.phone import Number
from callcenter.core.share import Status
from callcenter.core.ticket import CLASS_KEYS, LARGE_CLASSES
from callcenter.core.tongue import FIRST
from callcenter.settings import Settings
from callcenter.storage import PROTECTED
from callcenter.web.access import may
from callcenter.web.figures import numbers
from callcenter.web.i18n import N_, TEMPLATES, Language
from callcenter.web.labels import TABLES
from callcenter.web.mentions import Mentioned, mentioned, once
from callcenter.web.place import read_place
from callcenter.web.rooms import room_of, rooms
from callcenter.web.security import form_token, is_loopback, is_secure, session_of
from callcenter.web.static_files import StaticFiles
from callcenter.web.times import CityTime, between, epoch_ms, span

LANGUAGE_COOKIE = "language"
THEME_COOKIE = "theme"
PROTECTED_NAME = N_("protected")
BY_LINK = N_("link for {agency}")
LINK = re.compile(r"link of (\w+)|link: (.*) \((\w+)\)")
THEMES = ("auto", "light", "dark")


PLAIN: Mapping[str, Any] = {"span": span, "between": between, "epoch_ms": epoch_ms, "may": may, "rooms": rooms}
"""The same in every language."""


class Compiled(BytecodeCache):
    """What was compiled for one language serves the others: only the words differ, and they come when it is painted."""

    def __init__(self) -> None:
        self._known: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self._known:
            bucket.bytecode_from_string(self._known[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._known[bucket.key] = bucket.bytecode_to_string()


COMPILED = Compiled()


class Painter:
    """One environment for each language, so that macros and partials speak it too."""

    def __init__(
        self,
        settings: Settings,
        catalogue: Newest,
        languages: Mapping[str, Language],
        files: StaticFiles,
        book: Callable[[], Gazetteer],
    ) -> None:
        self.settings = settings
        self.catalogue = catalogue
        self.languages = languages
        self.files = files
        self._book = book
        self.times = {code: CityTime(settings.zone, code) for code in languages}
        self._rooms = {code: self._environment(language) for code, language in languages.items()}

    def _environment(self, language: Language) -> Environment:
        room = Environment(
            loader=FileSystemLoader(TEMPLATES), bytecode_cache=COMPILED, autoescape=True, undefined=StrictUndefined,
            trim_blocks=True, lstrip_blocks=True,
        )  # fmt: skip
        room.globals.update(
            PLAIN,
            _=language.say,
            language=language,
            languages=self.languages,
            city=self.settings.city,
            positions=self.settings.positions,
            times=self.times[language.code],
            asset=self.files.url,
            modules=self.files.modules,
            label=lambda table, code: self.label(table, code, language.code),
            labels=TABLES,
            told=lambda error: self.say_error(language, error),
            again=language.again,
            place_of=read_place,
            number=lambda raw: self.number(raw, language.code),
            spelled=lambda raw: self.number(raw, language.code).shown,
            seconds=lambda value: numbers.seconds(value, language.code),
            mentioned=lambda text: self.mentioned(text, language.code),
            spoken_of=lambda notes: once(self.mentioned(note.text, language.code) for note in notes),
            agency_name=lambda code: self.catalogue().agency_name(code, language.code),
            category_name=lambda code: self.category_name(code, language),
            pause_name=lambda code: self.pause_name(code, language.code),
            person_name=lambda by: self.person(by, language.code),
            catalogue=self.catalogue,
            answers=tuple(Answer),
            next_answers=lambda status: next_answers(Status(status)),
            class_keys=CLASS_KEYS,
            large_classes=LARGE_CLASSES,
            settings=self.settings,
        )
        room.filters["spelled"] = room.globals["spelled"]
        return room

    @property
    def first(self) -> Language:
        """What the room begins with; Indonesian while its own catalogue cannot be read."""
        return self.languages.get(self.settings.language) or self.languages[FIRST]

    def language_of(self, request: web.Request) -> Language:
        """What the person chose, or what the room begins with."""
        return self.languages.get(request.cookies.get(LANGUAGE_COOKIE, "")) or self.first

    def label(self, table: str, code: str, language: str) -> str:
        """What that code is called."""
        return self.languages[language].say(TABLES[table].get(code, code or ""))

    def pause_name(self, code: str, language: str) -> str:
        """Why somebody pauses: a reason of the settings, or one of ours."""
        reason = next((each for each in self.settings.pause_reasons if each.code == code), None)
        return reason.name(language) if reason else self.label("pause", code, language)

    def category_name(self, code: str, language: Language) -> str:
        """What that category is called; of a ticket that somebody may not read, that it is protected."""
        return (
            language.say(PROTECTED_NAME) if code == PROTECTED else self.catalogue().category_name(code, language.code)
        )

    def person(self, by: str, language: str) -> str:
        """A sign-in name as it is; whoever came by a link (`storage/links.py`) is named with the agency."""
        found = LINK.fullmatch(by or "")
        if not found:
            return by
        agency = self.catalogue().agency_name(found[1] or found[3], language)
        return (f"{found[2]}, " if found[2] else "") + self.languages[language].say(BY_LINK, agency=agency)

    def number(self, raw: str | None, language: str) -> Number:
        return _read_number(raw, self.settings.region, language, self.settings.no_sim_numbers)

    def mentioned(self, text: str, language: str) -> list[Mentioned]:
        """A text in pieces, those that speak of a place, a number or a ticket with what they are."""
        return mentioned(text, self._book(), self.settings.region, lambda raw: self.number(raw, language))

    def part(self, template: str, language: str, **values: Any) -> Markup:
        """One partial: escaped already, so that a page may take it in as it is."""
        return Markup(self._rooms[language].get_template(template).render(**values))  # noqa: S704 - autoescape did it

    def page(self, request: web.Request, template: str, *, status: int = 200, **values: Any) -> web.Response:
        """A whole page, in the person's language and colours."""
        language = self.language_of(request)
        theme = request.cookies.get(THEME_COOKIE, "auto")
        session = session_of(request)
        if session is not None and session.role not in self.settings.whole_number_roles and not values.get("whole"):
            values.setdefault("number", lambda raw: self.number(phone.masked(raw), language.code))
        html = self.part(
            template,
            language.code,
            **{"session": session, "error": "", **values},
            csrf=form_token(request),
            theme=theme if theme in THEMES else "auto",
            here=request.rel_url.path_qs if request.method == hdrs.METH_GET else room_of(request.path),
            unsafe=not is_secure(request) and not is_loopback(request),
        )
        return web.Response(text=html, content_type="text/html", status=status)

    def sentence(self, request: web.Request, error: CallCenterError) -> str:
        """An error in the person's language."""
        return self.say_error(self.language_of(request), error)

    def say_error(self, language: Language, error: CallCenterError) -> str:
        """The sentence of an error; moments among its values as the city's clock, seconds whole."""
        return language.say(error.sentence, **{k: self._value(language, v) for k, v in error.values.items()})

    def _value(self, language: Language, value: object) -> object:
        if isinstance(value, datetime):
            return self.times[language.code].moment(value)
        if isinstance(value, CallCenterError):
            return self.say_error(language, value)
        return round(value) if isinstance(value, float) else value


@lru_cache(maxsize=4096)
def _read_number(raw: str | None, region: str, language: str, pseudo: tuple[str, ...]) -> Number:
    return phone.read(raw, region, language, pseudo)
