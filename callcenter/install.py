"""`./run install`: the room starts with the machine, and nobody has to be there.

In:  the settings in force, who shall run it, where the program shall lie. Out: units and what they need, as files;
the lines that start them.
Never: starts or stops anything; makes a user; below `--root` touches nothing else.
"""

import os
import pwd
import shutil
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from pathlib import Path

from callcenter.bundle import ROOT, TREE
from callcenter.core.errors import BadInput
from callcenter.keys import write_private
from callcenter.settings import Settings
from callcenter.units import ASTERISK, QUIET_TIMER, SERVICE, TIMER, Place, command, environment, logrotate, units

SYSTEMD = Path("etc/systemd/system")
ENVIRONMENT = Path("etc/callcenter/environment")
LOGROTATE = Path("etc/logrotate.d/callcenter")
COMMAND = Path("usr/local/bin/callcenter")
NOT_ROOT = "Only root can install. Run: sudo ./run install (or --root FOLDER to look at the files first)."
NO_USER = (
    "There is no user {user}. Make one: useradd --system --home-dir {home} --shell /usr/sbin/nologin {user}; "
    "or name another: ./run install --user NAME"
)
IS_ROOT = "The server shall not run as root. Name a user: ./run install --user NAME"
CLOSED = "{path} cannot be reached by {user}: {folder} is closed to others. {remedy}"
ELSEWHERE = "Install with --prefix /opt/callcenter."
DATA = (
    "Stop the server, move the data, and install for it there: mv {home} /var/lib/callcenter; "
    "CALLCENTER_HOME=/var/lib/callcenter ./run install ..."
)
PYTHON = "Python is there: rm -r {venv}; PATH=/usr/bin:/bin ./run tools; then install again."
CANNOT = "{file} cannot be written ({why})."


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the person asked for."""

    user: str = "callcenter"
    prefix: Path | None = None  # where the program shall lie; None: where it is
    backups: Path = Path("/var/backups/callcenter")
    root: Path | None = None  # write below this folder; for a look, an image, or a test


def install(settings: Settings, wanted: Wanted, environ: Mapping[str, str]) -> list[str]:
    """Write everything; what was written, and what to do now. BadInput."""
    if wanted.root is None:
        _possible(settings, wanted)
    root = wanted.root or Path("/")
    place = place_of(settings, wanted)
    before = os.umask(0o022)  # programs and units are for everybody to read; what is private says so
    try:
        if wanted.prefix and wanted.prefix.absolute() != ROOT:
            _copy_program(settings, root / wanted.prefix.absolute().relative_to("/"))
        files = {SYSTEMD / name: text for name, text in units(place).items()}
        files |= {LOGROTATE: logrotate(place), COMMAND: command(place)}
        for name, text in files.items():
            _write(root / name, text)
        (root / COMMAND).chmod(0o755)
        write_private(_parents(root / ENVIRONMENT), environment(variables(settings, place, environ)))
        _own_folder(root / place.backups.relative_to("/"), wanted)
        if wanted.root is None and not place.home.exists():
            _own_folder(place.home, wanted)
    except OSError as wrong:
        raise BadInput(CANNOT, file=wrong.filename, why=wrong.strerror) from wrong
    finally:
        os.umask(before)
    return list(_said(settings, place, wanted, [root / name for name in [*files, ENVIRONMENT]]))


def place_of(settings: Settings, wanted: Wanted) -> Place:
    """Where all will be."""
    tree = wanted.prefix.absolute() if wanted.prefix else ROOT
    tools = tree / ".tools" if wanted.prefix and tree != ROOT else settings.tools
    return Place(
        user=wanted.user,
        tree=tree,
        python=tools / Path(sys.prefix).name / "bin" / "python" if tools != settings.tools else Path(sys.executable),
        asterisk=tools / "asterisk" / "bin" / "asterisk",
        home=settings.home,
        run_folder=settings.run_folder,
        environment=Path("/") / ENVIRONMENT,
        backups=wanted.backups.absolute(),
        low_ports=min(settings.web_port, settings.sip_port, settings.ws_port) < 1024,
    )


def variables(settings: Settings, place: Place, environ: Mapping[str, str]) -> dict[str, str]:
    """What is set now is set then: the knobs among the variables, and where things are."""
    knobs = {f"CALLCENTER_{each.name.upper()}" for each in fields(Settings)}
    return {name: value for name, value in environ.items() if name in knobs and value} | {
        "CALLCENTER_HOME": str(place.home),
        "CALLCENTER_TOOLS": str(place.asterisk.parents[2]),
        "CALLCENTER_RUN_FOLDER": str(settings.run_folder),
        "PYTHONPATH": str(place.tree),
        "PYTHONUNBUFFERED": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
    }


def _possible(settings: Settings, wanted: Wanted) -> None:
    if os.getuid() != 0:
        raise BadInput(NOT_ROOT)
    try:
        person = pwd.getpwnam(wanted.user)
    except KeyError as wrong:
        raise BadInput(NO_USER, user=wanted.user, home=settings.home) from wrong
    if person.pw_uid == 0:
        raise BadInput(IS_ROOT)
    program = wanted.prefix.absolute().parent if wanted.prefix else ROOT
    data = DATA.format(home=settings.home)
    python = PYTHON.format(venv=sys.prefix)
    for path, above, remedy in (
        (program, [program, *program.parents], ELSEWHERE),
        (settings.home, settings.home.parents, data),  # the folder itself becomes this user's
        (Path(sys.base_prefix), [Path(sys.base_prefix), *Path(sys.base_prefix).parents], python),
    ):
        closed = next((each for each in above if each.exists() and not _open_to(person, each)), None)
        if closed:
            raise BadInput(CLOSED, path=path, user=wanted.user, folder=closed, remedy=remedy)


def _open_to(person: pwd.struct_passwd, folder: Path) -> bool:
    """May this person pass through?"""
    about = folder.stat()
    mine = (about.st_uid == person.pw_uid and 0o100) or (about.st_gid == person.pw_gid and 0o010) or 0o001
    return bool(about.st_mode & mine)


def _copy_program(settings: Settings, target: Path) -> None:
    """Beside the old one, then in its place; the old one stays as .previous: the way back."""
    new = target.with_name(target.name + ".new")
    copy_tree(new)
    for folder in (settings.asterisk_prefix, Path(sys.prefix)):
        shutil.copytree(folder, new / ".tools" / folder.name, symlinks=True)
    for path in [new, *new.rglob("*")]:
        if not path.is_symlink():  # our umask let nobody else read it
            path.chmod(path.stat().st_mode | (0o755 if path.is_dir() else 0o644))
    put_in_place(new, target)


def copy_tree(new: Path) -> None:
    """The program itself, without what it fetches."""
    shutil.rmtree(new, ignore_errors=True)
    new.mkdir(parents=True, mode=0o755)
    for name in TREE:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, new / name, symlinks=True, ignore=shutil.ignore_patterns("__pycache__"))
        elif source.exists():
            shutil.copy2(source, new / name)


def put_in_place(new: Path, target: Path) -> None:
    """The program that was there is beside it now, as .previous."""
    previous = target.with_name(target.name + ".previous")
    if target.exists():
        shutil.rmtree(previous, ignore_errors=True)
        target.rename(previous)
    new.rename(target)


def _write(file: Path, text: str) -> None:
    _parents(file).write_text(text)
    file.chmod(0o644)


def _parents(file: Path) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    return file


def _own_folder(folder: Path, wanted: Wanted) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    if wanted.root is None:
        shutil.chown(folder, wanted.user)


def _said(settings: Settings, place: Place, wanted: Wanted, files: list[Path]) -> Iterator[str]:
    for file in files:
        yield f"written: {file}"
    if wanted.prefix:
        yield f"program: {place.tree} (the one before is kept beside it as {place.tree.name}.previous)"
    yield f"data: {place.home}, a backup every night in {place.backups}"
    if wanted.root is None and settings.home.owner() != wanted.user:
        yield f"Give the data to its user:  chown -R {wanted.user} {place.home}"
    yield "Start it now and at every boot:"
    yield "    systemctl daemon-reload"
    yield f"    systemctl enable --now {ASTERISK} {SERVICE} {TIMER} {QUIET_TIMER}"
    yield f"From then on {COMMAND.name} is ./run for this room: callcenter doctor, callcenter user add NAME, ..."
