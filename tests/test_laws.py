"""The house's laws, held by a test: who may import whom, how long things may be, what is never named.

A law that hurts is changed here, in sight, or obeyed.
"""

import ast
import hashlib
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "callcenter"
MIGRATIONS = ROOT / "migrations" / "versions"  # lists of tables, written once and never changed: not measured

# Which part of the house a module belongs to: the first word that fits.
PARTS = {
    "core": "core",
    "asterisk": "asterisk",
    "storage": "storage",
    "web": "web",
    "switchboard": "switchboard",
    "chains": "switchboard",
    "__version__": "core",
    "checks": "settings",
    "city": "settings",
    "home": "settings",
    "reach": "settings",
    "settings": "settings",
    "settings_reader": "settings",
    "settings_people": "settings",
    "keys": "settings",
    "wav": "sound",
    "flac": "sound",
    "on_disk": "disk",
}
EVERYBODY = {"core", "disk", "settings", "asterisk", "storage", "sound", "switchboard", "web", "top"}

# Who may import whom. "top" is what stands at the door: command line, set-up, supervisor, app.
MAY_IMPORT = {
    "core": {"core"},
    "disk": {"disk"},
    "settings": {"core", "disk", "settings"},
    "asterisk": {"core", "settings", "asterisk"},
    "storage": {"core", "disk", "settings", "storage"},
    "sound": {"core", "disk", "sound"},
    "switchboard": {"core", "switchboard"},
    "web": {"core", "settings", "switchboard", "storage", "sound", "web"},
    "top": EVERYBODY,
}

# Other people's packages, each let in at one door only.
ONLY_IN = {
    "panoramisk": {"asterisk"},
    "sqlalchemy": {"storage"},
    "alembic": {"storage"},
    "aiosqlite": {"storage"},
    "asyncpg": {"storage"},
    "argon2": {"storage", "web"},
    "aiohttp": {"web"},
    "jinja2": {"web"},
    "markupsafe": {"web"},
    "babel": {"web"},
    "reportlab": {"web"},
    "xlsxwriter": {"web"},
    "phonenumbers": {"core"},
    "cryptography": {"top", "storage"},
    "soundfile": {"sound"},
}

LONGEST_FILE, LONGEST_FUNCTION = 300, 40
MEASURED = {".py", ".js", ".css", ".html", ".conf", ""}
NOT_MEASURED = {"LICENSE", "vendor"}  # other people's work, as it is

# Where this was written, and whose servers handed out the packages, means nothing to the reader and changes. The names
# are kept as digests, so that this file does not say them either.
UNSAID = set(
    """
    a4aa2ac280bb c899567ee906 cd88a6fb1423 0dc11026ac75 7b8208d11b1b e680c440a2e9 75adac515f0b 2e97613f5a81
    1ba4e37997a2 c2b35955576f a0f007d863a0 62f256676f13 dcb6cc3991f9 0fd460f0568e 271dacc9f4d0
    00a7dc5a0cc3 f2af6c097ab8 bbb98a33b1e0 98dbe73dc344 c91f2faa7d11 76a191686f61 c857d09db23e c70eca6b0f88
    2960ad205cb6 789e46d79514 3d01f3609be8 e83cc4bcd94e
    """.split()  # noqa: SIM905 - one digest a line would be a long page
)
TEXT = {".py", ".sh", ".md", ".toml", ".yml", ".yaml", ".js", ".css", ".html", ".conf", ".lock", ".po", ".ini", ""}
TOKEN = re.compile(r"/[a-z]+/[a-z]+|[a-z0-9-]+(?:\.[a-z0-9-]+)+|[a-z]+")


def committed() -> list[Path]:
    """The files that git has or would take."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [path for path in (ROOT / name for name in listed.splitlines()) if path.is_file()]


def modules() -> Iterator[tuple[Path, str, ast.Module]]:
    for path in sorted(PACKAGE.rglob("*.py")):
        name = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
        yield path, PARTS.get(name, "top"), ast.parse(path.read_text("utf-8"))


def imported(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (each.name for each in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            assert node.level == 0, "imports are written in full"
            yield node.module
            if node.module == "callcenter":
                yield from (f"callcenter.{each.name}" for each in node.names)


def test_imports_point_one_way() -> None:
    broken = []
    for path, part, tree in modules():
        for name in imported(tree):
            top, _, rest = name.partition(".")
            if top == "callcenter" and rest:
                other = PARTS.get(rest.split(".")[0], "top")
                if other not in MAY_IMPORT[part]:
                    broken.append(f"{path.relative_to(ROOT)} ({part}) imports {name} ({other})")
    assert broken == []


def test_each_foreign_package_comes_in_by_its_one_door() -> None:
    broken = []
    for path, part, tree in modules():
        for top in {name.partition(".")[0] for name in imported(tree)} - {"callcenter"}:
            if top not in sys.stdlib_module_names and part not in ONLY_IN.get(top, set()):
                broken.append(f"{path.relative_to(ROOT)} ({part}) imports {top}")
    assert broken == []


def test_no_file_is_longer_than_a_reader_holds() -> None:
    long = {}
    for path in committed():
        if (
            path.suffix in MEASURED
            and not {path.name, path.parent.parent.name} & NOT_MEASURED
            and MIGRATIONS not in path.parents
        ):
            lines = len(path.read_text("utf-8", "replace").splitlines())
            if lines > LONGEST_FILE:
                long[str(path.relative_to(ROOT))] = lines
    assert long == {}


def test_no_function_is_longer_than_a_screen() -> None:
    long = {}
    for path in committed():
        if path.suffix == ".py" and MIGRATIONS not in path.parents:
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                    lines = (node.end_lineno or 0) - node.lineno + 1
                    if lines > LONGEST_FUNCTION:
                        long[f"{path.relative_to(ROOT)}:{node.name}"] = lines
    assert long == {}


def test_every_module_says_what_comes_in_what_goes_out_and_what_it_never_does() -> None:
    silent = []
    for path, _, tree in modules():
        if path.name not in ("__init__.py", "__main__.py", "routes.py"):
            said = ast.get_docstring(tree) or ""
            if not all(word in said for word in ("In:", "Out:", "Never:")):
                silent.append(str(path.relative_to(ROOT)))
    assert silent == []


def test_nothing_names_the_place_where_it_was_written() -> None:
    named = []
    for path in committed():
        if path.suffix in TEXT and path.name != "LICENSE":
            for number, line in enumerate(path.read_text("utf-8", "replace").lower().splitlines(), 1):
                for token in TOKEN.findall(line):
                    if digest(token) in UNSAID:
                        named.append(f"{path.relative_to(ROOT)}:{number}: {token}")
    assert named == []


def digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()[:12]


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-dev.lock"])
def test_the_pins_name_no_place_and_have_hashes(name: str) -> None:
    text = (ROOT / name).read_text()
    assert not re.search(r"://|index-url|find-links", text)
    pins = re.findall(r"(?m)^([a-z0-9._-]+(?:\[[a-z]+\])?)==", text)
    assert len(pins) > 20
    assert text.count(" \\\n    --hash=") >= len(pins)


def test_the_two_locks_agree() -> None:
    pins = [
        dict(re.findall(r"(?m)^([a-z0-9._-]+)==([^ ;]+)", (ROOT / name).read_text()))
        for name in ("requirements.lock", "requirements-dev.lock")
    ]
    assert pins[0].items() <= pins[1].items()


def test_no_secret_is_committed() -> None:
    """Keys and passwords are made at the first run."""
    for path in committed():
        if path.suffix in TEXT and "tests" not in path.parts:
            assert "PRIVATE KEY-----" not in path.read_text("utf-8", "replace"), path
