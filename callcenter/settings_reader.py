"""Defaults, then settings.toml, then CALLCENTER_* variables: one frozen Settings.

In:  the environment as a mapping, and the files it points to.
Out: a Settings in which everything fits together; or BadInput with one sentence: where, which key, what is wrong,
     what to write instead.
Never: guesses. An unknown key is an error, so that a misspelt one cannot be silently without effect.
"""

import difflib
import hashlib
import tomllib
import typing
from collections.abc import Mapping
from dataclasses import MISSING, Field, fields, is_dataclass, replace
from importlib.resources import files
from pathlib import Path
from types import UnionType
from typing import Any, TypeVar

from callcenter.checks import Check
from callcenter.city import CORE_NOTES
from callcenter.core.agency import Category, Line
from callcenter.core.errors import BadInput
from callcenter.core.phone import in_each_area
from callcenter.core.tongue import FIRST, SPOKEN_HERE
from callcenter.settings import Settings

T = TypeVar("T")
L = TypeVar("L", bound=Line)
PREFIX = "CALLCENTER_"
PLACES = ("home", "tools", "run_folder")  # from the environment only: settings.toml lies in one of them
LISTS = ("agencies", "categories", "pause_reasons")  # merged with the defaults by code; `off = true` takes one out
SOCKET_PATH_LIMIT = 107  # bytes that Linux gives a unix socket's path, less the ending 0


def read_settings(environ: Mapping[str, str]) -> Settings:
    """Read all that there is to read; call it once."""
    home = Path(environ.get("CALLCENTER_HOME") or "var").absolute()
    file = home / "settings.toml"
    written = load(file) if _is_there(file) else {}
    for key in PLACES:
        if key in written:
            raise _bad(str(file), key, "cannot be set in this file", f"set the variable {PREFIX}{key.upper()}")
    defaults = usual()
    table = written | {key: _merged(defaults[key], written.get(key, []), f"{file}: {key}") for key in LISTS}
    given = _from_environment(environ)
    for key, value in given.items():  # what is wrong there is not the file's fault
        build(Settings, {key: value}, f"the variable {PREFIX}{key.upper()}")
    settings = build(Settings, table | given, str(file))
    settings = replace(
        settings,
        home=home,
        tools=Path(environ.get("CALLCENTER_TOOLS") or ".tools").absolute(),
        run_folder=_run_folder(home, environ),
        database_url=settings.database_url or f"sqlite+aiosqlite:///{home / 'callcenter.db'}",
    )
    return _fitting(settings, str(file))


def usual() -> dict[str, Any]:
    """What every city begins with."""
    return tomllib.loads(files("callcenter").joinpath("defaults.toml").read_text("utf-8"))


def _is_there(file: Path) -> bool:
    try:
        return file.exists()
    except PermissionError as wrong:
        raise BadInput(
            "{folder} belongs to somebody else and cannot be read. Start as its owner, or set CALLCENTER_HOME to a "
            "folder of your own.",
            folder=file.parent,
        ) from wrong


def build(kind: type[T], table: object, where: str) -> T:
    """A dataclass from a table; nested dataclasses and tuples of them too."""
    if not isinstance(table, dict):
        raise _bad(where, kind.__name__.lower(), f"is {table!r}, but must be a table", "write { key = value, ... }")
    known: dict[str, Field[Any]] = {each.name: each for each in fields(kind)}  # type: ignore[arg-type]
    for key in table:
        if key not in known:
            raise _bad(where, key, "is not a setting", _meant(key, list(known)))
    hints = typing.get_type_hints(kind)
    values = {}
    for key, one in known.items():
        if key in table:
            values[key] = _value(hints[key], table[key], where, key)
            _check(key, values[key], _note(kind, one), where)
        elif one.default is MISSING and one.default_factory is MISSING:
            raise _bad(where, key, "is missing", f"{key}: {_note(kind, one)[0]}")
    return kind(**values)


def _meant(key: str, known: list[str]) -> str:
    """The nearest one, where there is one: nobody finds a slip of the finger in a list of sixty."""
    near = difflib.get_close_matches(key, known, n=1)
    return f"did you mean {near[0]}?" if near else f"the settings there are: {', '.join(known)}"


def _value(hint: Any, given: object, where: str, key: str) -> Any:
    """One value as the type that its field has."""
    if isinstance(hint, UnionType):
        hint = next(each for each in typing.get_args(hint) if each is not type(None))
    if typing.get_origin(hint) is tuple:
        if not isinstance(given, list | tuple):
            raise _bad(where, key, f"is {given!r}, but must be a list", f"write {key} = [ ... ]")
        return tuple(_value(typing.get_args(hint)[0], each, where, key) for each in given)
    if is_dataclass(hint):
        name = given.get("code") or given.get("name") or given.get("number") if isinstance(given, dict) else None
        return build(typing.cast(type, hint), given, f"{where}: {key}" + (f" {name}" if name else ""))
    names = {str: "a text in quotes", int: "a whole number", bool: "true or false"}
    if type(given) is not hint and hint in names:
        raise _bad(where, key, f"is {given!r}, but must be {names[hint]}", "correct that line")
    return given


def _note(kind: type, one: Field[Any]) -> tuple[str, Check | None]:
    """The sentence and the check of one field, wherever they stand."""
    if kind in CORE_NOTES:
        return CORE_NOTES[kind][one.name]
    return one.metadata["doc"], one.metadata["check"]


def _check(key: str, value: Any, note: tuple[str, Check | None], where: str) -> None:
    doc, check = note
    if check and (must_be := check(value)):
        shown = list(value) if isinstance(value, tuple) else value
        raise _bad(where, key, f"is {shown!r}, but must be {must_be}", f"{key}: {doc}")


def load(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text("utf-8-sig"))  # Windows' editors put a mark before the first line
    except UnicodeDecodeError as wrong:
        raise BadInput("{file} is not written in UTF-8. Save it again with the encoding UTF-8.", file=file) from wrong
    except tomllib.TOMLDecodeError as wrong:
        raise BadInput("{file} cannot be read as TOML: {why}. Correct that line.", file=file, why=wrong) from wrong
    except OSError as wrong:
        raise BadInput("{file} cannot be read: {why}.", file=file, why=wrong.strerror) from wrong


def _merged(defaults: list[dict[str, Any]], written: object, where: str) -> list[dict[str, Any]]:
    """Those that are not off."""
    found = joined(defaults, written, where)
    return [{key: each[key] for key in each if key != "off"} for each in found if not each.get("off")]


def joined(defaults: list[dict[str, Any]], written: object, where: str) -> list[dict[str, Any]]:
    """The defaults, each with the keys that the city gives for the same code; then what only the city has."""
    if not isinstance(written, list) or not all(isinstance(each, dict) and "code" in each for each in written):
        raise BadInput("{where} must be tables with a code each; write [[agencies]] and code = ... .", where=where)
    found: dict[str, dict[str, Any]] = {each["code"]: each for each in defaults}
    for each in written:
        found[each["code"]] = found.get(each["code"], {}) | each
    return list(found.values())


def _from_environment(environ: Mapping[str, str]) -> dict[str, Any]:
    """The plain knobs that a variable sets, as the values that TOML would give."""
    hints = typing.get_type_hints(Settings)
    found: dict[str, Any] = {}
    for key, hint in hints.items():
        name = PREFIX + key.upper()
        if key in PLACES or not environ.get(name):
            continue
        raw = environ[name]
        if hint is int:
            if not raw.isdecimal():
                raise _bad("the environment", name, f"is {raw!r}, but must be a whole number", f"write {name}=8112")
            found[key] = int(raw)
        elif hint is bool:
            if raw not in ("true", "false"):
                raise _bad("the environment", name, f"is {raw!r}, but must be true or false", f"write {name}=true")
            found[key] = raw == "true"
        elif hint == tuple[str, ...]:
            found[key] = [part.strip() for part in raw.split(",")]
        elif hint is str:
            found[key] = raw
    return found


def _run_folder(home: Path, environ: Mapping[str, str]) -> Path:
    """A unix socket's path is short by law of the kernel: a deep home gets a folder elsewhere, always the same one."""
    if environ.get("CALLCENTER_RUN_FOLDER"):
        return Path(environ["CALLCENTER_RUN_FOLDER"]).absolute()
    inside = home / "asterisk" / "run"
    if len(str(inside / "asterisk.ctl").encode()) <= SOCKET_PATH_LIMIT:
        return inside
    short = hashlib.sha256(str(home).encode()).hexdigest()[:16]
    return Path(environ.get("XDG_RUNTIME_DIR") or "/tmp") / f"callcenter-{short}"  # noqa: S108 - setup makes it 0700


def _fitting(settings: Settings, where: str) -> Settings:
    """What no single knob can know: that names point to something, that nothing stands twice."""
    if settings.rtp_start >= settings.rtp_end:
        raise _bad(where, "rtp_end", "is not above rtp_start", "write for example rtp_start = 10000, rtp_end = 20000")
    _ports_differ(settings, where)
    _languages_are_here(settings, where)
    agencies = tuple(
        replace(each, lines=_reachable(each.lines, settings, f"{where}: agencies {each.code}"))
        for each in settings.agencies
    )
    _no_double([each.short for each in agencies], where, "agencies", "short code")
    _no_double([each.name for each in settings.trunks], where, "trunks", "name")
    here = {each.code for each in agencies}
    out = _reachable((Line("112", settings.callback_road),), settings, f"{where}: callback_road")
    return replace(
        settings,
        callback_road=out[0].road if out else "",
        aliases=tuple(dict.fromkeys([*settings.aliases, *in_each_area(settings.area_codes, "112", settings.region)])),
        overflow=_reachable(settings.overflow, settings, f"{where}: overflow"),
        help_lines=_reachable(settings.help_lines, settings, f"{where}: help_lines"),
        agencies=agencies,
        categories=tuple(_only(here, each) for each in settings.categories),
    )


def _languages_are_here(settings: Settings, where: str) -> None:
    """A catalogue for the screens, a folder of recordings for the telephone."""
    catalogue, folder = settings.locales / f"{settings.language}.po", settings.sounds / (settings.voice or FIRST)
    if settings.language not in SPOKEN_HERE and not catalogue.is_file():
        raise _bad(
            where,
            "language",
            f"is {settings.language}, but {catalogue} is missing",
            "write id, en, or put its catalogue there",
        )
    if settings.voice not in ("", *SPOKEN_HERE) and not folder.is_dir():
        raise _bad(
            where, "voice", f"is {settings.voice}, but {folder} is missing", "write id, en, or put its recordings there"
        )


def _ports_differ(settings: Settings, where: str) -> None:
    """All four are TCP ports on this machine."""
    taken: dict[int, str] = {}
    for key in ("web_port", "sip_port", "ami_port", "ws_port"):
        port = getattr(settings, key)
        if port in taken:
            raise _bad(where, key, f"is {port}, as {taken[port]} is", f"give it another one: {PREFIX}{key.upper()}")
        taken[port] = key


def _only(here: set[str], category: Category) -> Category:
    """An agency that the city switched off is no longer offered."""
    return replace(category, agencies=tuple(code for code in category.agencies if code in here))


def _reachable(lines: tuple[L, ...], settings: Settings, where: str) -> tuple[L, ...]:
    """The lines with their roads spelt out; a line over "the first trunk" without any trunk is no line."""
    found = []
    for line in lines:
        kind, _, name = line.road.partition(":")
        if kind == "trunk" and not name:
            if settings.trunks:
                found.append(replace(line, road=f"trunk:{settings.trunks[0].name}"))
            continue
        _road_exists(line, kind, name, settings, where)
        found.append(line)
    return tuple(found)


def _road_exists(line: Line, kind: str, name: str, settings: Settings, where: str) -> None:
    if kind == "trunk" and not settings.trunk(name):
        raise _bad(where, f"line {line.number}", f"goes over the trunk {name!r}, which is not set", "name a [[trunks]]")
    if kind == "position" and line.number not in settings.positions:
        raise _bad(where, f"line {line.number}", "is not a position", "name one of positions as its number")


def _no_double(values: list[str], where: str, key: str, what: str) -> None:
    for value in values:
        if values.count(value) > 1:
            raise _bad(where, key, f"have the {what} {value!r} twice", "change one of the two")


def _bad(where: str, key: str, wrong: str, do: str) -> BadInput:
    return BadInput("{where}: {key} {wrong}; {do}.", where=where, key=key, wrong=wrong, do=do.rstrip("."))
