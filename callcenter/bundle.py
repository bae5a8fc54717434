"""`./run bundle FILE`: all that a machine without internet needs, in one archive.

In:  this tree, its programs, the package index (once). Out: an archive; unpacked anywhere, its ./run asks no network.
Never: data or secrets of this machine; the virtual environment itself, which knows where it was made.
"""

import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from callcenter import __version__
from callcenter.core.errors import BadInput
from callcenter.settings import Settings

ROOT = Path(__file__).resolve().parents[1]
TREE = (
    "run", "test", "LICENSE", "README.md", "ARCHITECTURE.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md",
    "alembic.ini", "pyproject.toml", "requirements.lock", "requirements-dev.lock", "asterisk-config", "callcenter",
    "docker", "docker-compose.yml", "docs", "migrations",
)  # fmt: skip
LEFT_OUT = {"__pycache__"}
PYTHONS = ("3.11", "3.12", "3.13", "3.14")
"""Debian 12 and 13, Ubuntu 22.04 and 24.04, and what comes next."""

THERE = "{file} is there already. Give another name."
NO_PIP = "The packages cannot be fetched: {why}"
OWN_ASTERISK = (
    "Asterisk is this machine's own ({program}): it cannot be taken along. Where the bundle goes, install Asterisk "
    "20.10 or newer as well."
)


def bundle(settings: Settings, file: Path, pythons: Sequence[str] = PYTHONS) -> list[str]:
    """Make it; what is in it, in words. BadInput."""
    if file.exists():
        raise BadInput(THERE, file=file)
    part = file.with_name(f".{file.name}.part")
    top = f"callcenter-{__version__}"
    try:
        with tempfile.TemporaryDirectory(prefix="callcenter-bundle-") as made:
            wheels = Path(made) / "wheels"
            fetch_packages(wheels, pythons)
            with tarfile.open(part, "w:gz", compresslevel=4) as tar:
                for name, path in _files(settings, wheels):
                    tar.add(path, f"{top}/{name}", recursive=False, filter=_plain)
        part.rename(file)
    except OSError as wrong:
        raise BadInput("{file} cannot be written ({why}).", file=file, why=wrong.strerror or wrong) from wrong
    finally:
        part.unlink(missing_ok=True)
    return list(_said(settings, file, top, pythons))


def _files(settings: Settings, wheels: Path) -> Iterator[tuple[str, Path]]:
    for name in TREE:
        yield from _walk(ROOT / name, name)
    yield from _walk(wheels, ".tools/wheels")
    if _fetched(settings):
        yield from _walk(settings.asterisk_prefix, ".tools/asterisk")


def _walk(path: Path, name: str) -> Iterator[tuple[str, Path]]:
    if path.name in LEFT_OUT or not (path.exists() or path.is_symlink()):
        return
    yield name, path
    if path.is_dir() and not path.is_symlink():
        for each in sorted(path.iterdir()):
            yield from _walk(each, f"{name}/{each.name}")


def _plain(info: tarfile.TarInfo) -> tarfile.TarInfo:
    """Nobody's in particular, and for everybody to read: our umask is not the other machine's."""
    info.mode |= 0o755 if info.isdir() else 0o644
    info.uid = info.gid = 0
    info.uname = info.gname = ""
    return info


def _fetched(settings: Settings) -> bool:
    return (settings.asterisk_prefix / "root").is_dir()


def fetch_packages(folder: Path, pythons: Sequence[str]) -> None:
    """The packages of requirements.lock for every Python that may be there, and pip itself. The sums are checked."""
    folder.mkdir(parents=True)
    with tempfile.TemporaryDirectory(prefix="callcenter-pip-") as made:
        pip = _pip(Path(made))
        options = ["download", "-qq", "--disable-pip-version-check", "--no-deps", "--only-binary=:all:", f"-d{folder}"]
        pinned = ["--require-hashes", "-r", str(ROOT / "requirements.lock")]
        for version in pythons:
            _do([*pip, *options, "--python-version", version, *pinned])
        _do([*pip, *options, "pip"])  # a machine may have Python and no pip


def _pip(folder: Path) -> list[str]:
    """pip of this environment, or of one made for it."""
    own = [sys.executable, "-m", "pip"]
    if subprocess.run([*own, "--version"], capture_output=True, check=False).returncode == 0:
        return own
    _do([sys.executable, "-m", "venv", str(folder / "venv")])
    return [str(folder / "venv" / "bin" / "python"), "-m", "pip"]


def _do(command: list[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        lines = [line for line in done.stderr.splitlines() if line.strip()] or [f"code {done.returncode}"]
        raise BadInput(NO_PIP, why=lines[-1])


def _said(settings: Settings, file: Path, top: str, pythons: Sequence[str]) -> Iterator[str]:
    yield f"{file}: {file.stat().st_size / 1_000_000:.0f} MB, with packages for Python {', '.join(pythons)}"
    if not _fetched(settings):
        yield OWN_ASTERISK.format(program=(settings.asterisk_prefix / "bin" / "asterisk").resolve())
    yield f"On the other machine (of the same kind of processor): tar xf {file.name}, then {top}/run"
