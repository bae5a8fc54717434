"""The languages: gettext catalogues, read once at the start.

In:  locales/<language>.po, and the city's own folder of such files: a third language is one more there.
Out: `Language.say(sentence, **values)`.
Never: a missing sentence shown as nothing: the English sentence itself is the fallback, and `check` (the test-suite
runs it) names every sentence of templates, scripts and errors that a catalogue lacks.
"""

import ast
import io
import logging
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path

from babel import Locale
from babel.localedata import exists
from babel.messages.pofile import PoFileError, read_po
from jinja2 import Environment
from jinja2.ext import extract_from_ast

from callcenter.core.tongue import CODE, MUST_BE, family

log = logging.getLogger(__name__)

HERE = Path(__file__).parent
LOCALES = HERE / "locales"
TEMPLATES = HERE / "templates"
SCRIPTS = HERE / "static"
PACKAGE = HERE.parent
DEFAULT = "id"
TERMINAL = frozenset({"render.py", "conf.py", "commands.py", "dump.py"})
BESIDE = ("switchboard.py", "account.py", "old_records.py", "watch.py", "selftest.py", "keeper.py", "reach.py")
BY_NAME = frozenset(
    {"link_state.py", "trouble.py", "alarms.py", "account.py", "old_records.py", "watch.py", "selftest.py", "relay.py"}
    | {"messages.py", "same.py", "cards.py", "phrases.py", "coverage.py", "keeper.py", "reach.py", "steady.py"}
)
"""Whose sentences are constants in capitals."""
FOLDERS = ("core", "asterisk", "storage", "web")
"""Whose sentences reach a screen; the terminal's own (TERMINAL) stay English."""

HEADER = re.compile(r'(?m)^"X-(Name|Short): ([^"\\<>]{1,40})\\n"$')
"""How a catalogue calls its language, and the letters on its button."""
LANGUAGE = re.compile(r'(?m)^"Language: .*\n')
PLACES = re.compile(r"\{(\w*)[^}]*\}")
ONE = re.compile(r"(\w+)=1")
"""The context of a sentence for one: `msgctxt "count=1"`, where a language says "1 call" and "2 calls"."""
SCRIPT_SENTENCE = re.compile(r"""\bt\(\s*"((?:[^"\\]|\\.)+)\"""")
MARKERS = frozenset({
    "N_", "CallCenterError", "Refused", "NotFound", "Conflict", "BadInput", "LineDown", "Unconfirmed", "StoreDown",
    "Lost", "AccountRefused", "RecordsSilent", "SignInFirst", "NotAllowed",
})  # fmt: skip


def N_(sentence: str) -> str:  # noqa: N802 - gettext's own name for "translate this later"
    """Marks a sentence for the catalogues; says it as it is."""
    return sentence


@dataclass(frozen=True)
class Language:
    """One catalogue."""

    code: str
    name: str
    sentences: Mapping[str, str]
    short: str = ""  # on the button
    ones: Mapping[str, tuple[str, str]] = field(default_factory=dict)  # sentence -> place that is 1, what is said then

    def again(self, said: str) -> str:
        """An English sentence whose places are filled already, in this language; as it is where nothing fits."""
        if said in self.sentences or not said:
            return self.say(said)
        for shape, sentence in self._shapes:
            found = shape.fullmatch(said)
            if found:
                values = {name: self.again(value) for name, value in found.groupdict().items()}
                try:
                    return self.say(sentence, **values)
                except ValueError:  # a place that wants a number
                    return said
        return said

    @cached_property
    def _shapes(self) -> list[tuple[re.Pattern[str], str]]:
        """Sentences with places, the longest first: the shorter ones would fit too much."""
        with_places = sorted((s for s in self.sentences if PLACES.search(s)), key=len, reverse=True)
        return [(_shape(sentence), sentence) for sentence in with_places if len(PLACES.sub("", sentence)) > 12]

    def say(self, sentence: str, /, **values: object) -> str:
        """The sentence in this language. `{name}` places are filled from `values`; a bad catalogue never raises."""
        text = self.sentences.get(sentence) or sentence
        if not values:
            return text
        place, one = self.ones.get(sentence, ("", ""))
        if place and str(values.get(place)) == "1":
            text = one
        try:
            return text.format(**values)
        except (KeyError, IndexError, ValueError):
            return sentence.format_map(_Blank(values))


def _shape(sentence: str) -> re.Pattern[str]:
    """What that sentence looks like when it is said."""
    seen: set[str] = set()
    parts = []
    for place in re.split(r"(\{\w+[^}]*\})", sentence):
        name = place[1:-1].split(":")[0] if place.startswith("{") else ""
        parts.append(re.escape(place) if not name else f"(?P={name})" if name in seen else f"(?P<{name}>.*?)")
        seen.add(name)
    return re.compile("".join(parts), re.DOTALL)


class _Blank(dict[str, object]):
    """Values of which some may be missing: the place then stays as it is."""

    def __missing__(self, key: str) -> str:
        return "{" + key + "}"


def read_languages(folder: Path = LOCALES, city: Path | None = None) -> dict[str, Language]:
    """Every language of the folder by its code, the default first; then what the city adds, sentence by sentence: a
    language of its own, or other words for ours. What it leaves out is said in Indonesian. A catalogue that cannot be
    read is left out, and logged: the room opens without it."""
    found = dict(_shipped(folder))
    for path in sorted(city.glob("*.po")) if city else ():
        try:
            own = _read(path)
        except (ValueError, OSError, PoFileError) as wrong:
            log.warning("the catalogue %s cannot be used: %s", path, wrong)
            continue
        ours = found.get(own.code, found[DEFAULT])
        kept = {sentence: said for sentence, said in own.sentences.items() if _fits(sentence, said)}
        name, short = (ours.name, ours.short) if own.code in found else (own.name, own.short)
        ones = {**{sentence: one for sentence, one in ours.ones.items() if sentence not in kept}, **own.ones}
        found[own.code] = Language(own.code, name, {**ours.sentences, **kept}, short, ones)
    return found


@cache
def _shipped(folder: Path) -> Mapping[str, Language]:
    paths = sorted(folder.glob("*.po"), key=lambda path: (path.stem != DEFAULT, path.stem))
    return {path.stem: _read(path) for path in paths}


def _read(path: Path) -> Language:
    code = path.stem
    if not CODE.fullmatch(code):
        raise ValueError(MUST_BE)
    text = path.read_text("utf-8-sig")
    catalogue = read_po(io.StringIO(LANGUAGE.sub("", text)), abort_invalid=True)  # the file's name says which it is
    good = [m for m in catalogue if m.id and m.string and isinstance(m.id, str) and not m.fuzzy]
    said = {str(m.id): str(m.string) for m in good if not m.context}
    ones = {str(m.id): (one[1], str(m.string)) for m in good if (one := ONE.fullmatch(m.context or ""))}
    own = dict(HEADER.findall(text))
    known = family(code)
    name = own.get("Name") or (Locale.parse(known).get_display_name() if exists(known) else None) or code
    return Language(code, name, said, (own.get("Short") or known.upper())[:4], ones)


def _fits(sentence: str, said: str) -> bool:
    """It has the same places as ours."""
    return sorted(PLACES.findall(sentence)) == sorted(PLACES.findall(said))


def script_sentences(name: str, folder: Path = SCRIPTS) -> set[str]:
    """The sentences that a folder of scripts says through `t("...")`."""
    texts = (path.read_text("utf-8") for path in (folder / name).rglob("*.js"))
    return {found.replace('\\"', '"') for text in texts for found in SCRIPT_SENTENCE.findall(text)}


def used_sentences() -> set[str]:
    """Every sentence that a person may read: of templates, scripts, labels and errors."""
    found = script_sentences("js")
    environment = Environment(autoescape=True)
    for path in TEMPLATES.rglob("*.html"):
        template = environment.parse(path.read_text("utf-8"))
        for _line, _function, message in extract_from_ast(template, ("_",)):
            found.update(m for m in (message if isinstance(message, tuple) else (message,)) if m)
    paths = [path for folder in FOLDERS for path in (PACKAGE / folder).rglob("*.py") if path.name not in TERMINAL]
    trees = {path: ast.parse(path.read_text("utf-8")) for path in (*paths, *(PACKAGE / name for name in BESIDE))}
    everywhere: dict[str, set[str]] = {}
    for tree in trees.values():
        for name, said in _constants(tree).items():
            everywhere.setdefault(name, set()).add(said)
    for path, tree in trees.items():
        found.update(_python_sentences(tree, everywhere))
        if path.name in BY_NAME:  # said through other names
            found.update(said for name, said in _constants(tree).items() if name.isupper() and " " in said)
    return found


def _constants(tree: ast.Module) -> dict[str, str]:
    """A module's sentences with a name."""
    return {
        target.id: node.value.value
        for node in tree.body
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
        for target in node.targets
        if isinstance(target, ast.Name)
    }


def _python_sentences(tree: ast.Module, everywhere: Mapping[str, set[str]]) -> Iterator[str]:
    """First arguments of errors and of N_; a name in their place is looked up among the modules' constants."""
    own = _constants(tree)
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not node.args:
            continue
        called = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
        first = node.args[0]
        if called not in MARKERS:
            continue
        if isinstance(first, ast.Constant) and isinstance(first.value, str):
            yield first.value
        elif isinstance(first, ast.Name):
            yield from {own[first.id]} if first.id in own else everywhere.get(first.id, set())


def check(languages: Mapping[str, Language]) -> list[str]:
    """What is wrong with the catalogues, one sentence each; empty when all is well."""
    used = used_sentences()
    wrong = []
    for language in languages.values():
        wrong += [f"{language.code}: missing: {sentence}" for sentence in sorted(used - set(language.sentences))]
        wrong += [f"{language.code}: nobody says: {sentence}" for sentence in sorted(set(language.sentences) - used)]
        wrong += [f"{language.code}: nobody says: {sentence}" for sentence in sorted(set(language.ones) - used)]
        for sentence, said in (*language.sentences.items(), *((s, one) for s, (_place, one) in language.ones.items())):
            if not _fits(sentence, said):
                wrong.append(f"{language.code}: other places than in: {sentence}")
    return wrong
