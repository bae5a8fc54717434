"""Before anything starts: the folder, the secrets, Asterisk's files, the database.

In:  the settings.
Out: a home folder from which Asterisk and the service can start; at the first run also what a person must know
     once, in first-run.txt and as lines to show.
Never: overwrites what a person wrote (settings.toml), changes a secret, or starts a process.
"""

import hashlib
import re
import sqlite3
import sys
from datetime import UTC, datetime
from pathlib import Path

from callcenter.asterisk.render import render
from callcenter.asterisk.volumes import close_volume
from callcenter.core.errors import BadInput
from callcenter.emptied import NEW_ADMIN, at_start
from callcenter.folders import make_folders, write_settings_file
from callcenter.keys import Secrets, make_secrets, write_private
from callcenter.settings import Settings
from callcenter.storage import commands, migrate

STARTED_WITH = "started-with"
OLDER = (
    "The Asterisk that runs was started with older settings: the new ones hold after its restart. "
    "In a quiet minute stop ./run and start it again (with systemd: systemctl restart callcenter-asterisk)."
)


async def prepare(settings: Settings) -> list[str]:
    """All of it, again at every start; what is there already stays. Returns what to show once."""
    secrets = prepare_asterisk(settings)
    await migrate(settings.database_url)
    password = await commands.first_admin(settings.database_url, clock=lambda: datetime.now(UTC))
    emptied = await at_start(settings)
    if emptied:
        sys.stderr.write(f"callcenter: {emptied}\n")
    if password is None:  # there are people already
        return []
    text = first_run_text(settings, secrets, password)
    write_private(settings.first_run_file, text)
    if emptied:  # nobody has asked for it, and who looks at this terminal is not known: as at every other start
        return [NEW_ADMIN.format(file=settings.first_run_file)]
    return [*text.splitlines(), f"(kept in {settings.first_run_file})"]


def prepare_asterisk(settings: Settings) -> Secrets:
    """What Asterisk needs, and it alone: it starts although the database is away."""
    make_folders(settings)
    write_settings_file(settings)
    secrets = make_secrets(settings)
    render(settings, secrets, settings.asterisk / "etc")
    ready_call_records(settings)
    return secrets


def ready_call_records(settings: Settings) -> None:
    """Right before Asterisk starts: an old volume of its records is closed, and there is a file to write to."""
    close_volume(settings.cel_file, datetime.now(UTC))
    make_call_records(settings.cel_file, settings.asterisk / "etc" / "cel_sqlite3_custom.conf")


def configuration_sum(settings: Settings) -> str:
    """Changes when anything changes that Asterisk reads at its start."""
    found = hashlib.sha256()
    for file in sorted((settings.asterisk / "etc").rglob("*")):
        if file.is_file():
            found.update(str(file.relative_to(settings.asterisk)).encode() + b"\0" + file.read_bytes() + b"\0")
    return found.hexdigest()


def mark_started(settings: Settings) -> None:
    """Right before Asterisk starts: with what."""
    (settings.asterisk / STARTED_WITH).write_text(configuration_sum(settings))


def runs_older(settings: Settings) -> bool:
    """The running Asterisk has read other files than those that are there now."""
    try:
        return (settings.asterisk / STARTED_WITH).read_text() != configuration_sum(settings)
    except OSError:  # nobody has marked it
        return False


def make_call_records(file: Path, configuration: Path) -> None:
    """The table of Asterisk's own records, in WAL mode, before Asterisk opens it.

    In SQLite's default mode a reader costs events: Asterisk waits 1 s and drops them (measured). The mode is kept in
    the file. Table and columns are read from Asterisk's own configuration, so that they cannot differ.
    """
    text = configuration.read_text("utf-8")
    table = re.search(r"(?m)^\s*table\s*=>?\s*(\w+)\s*$", text)
    columns = re.search(r"(?m)^\s*columns\s*=>?\s*(.+)$", text)
    if not table or not columns:
        raise BadInput("{file} has no table or no columns. Restore it from asterisk-config/.", file=configuration)
    names = [name.strip() for name in columns[1].split(",")]
    wrong = [name for name in names if not re.fullmatch(r"\w+", name)]
    if wrong:
        raise BadInput("{file} has the column {name}. Restore it.", file=configuration, name=wrong[0])
    if file.exists():  # nobody but Asterisk writes there once it is made
        return
    new = file.with_suffix(".new")  # whole or not at all: Asterisk must never find half of it
    new.unlink(missing_ok=True)
    connection = sqlite3.connect(new)
    try:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute(f"CREATE TABLE {table[1]} (AcctId INTEGER PRIMARY KEY, {', '.join(names)})")
        connection.commit()
    finally:
        connection.close()
    new.replace(file)


def first_run_text(settings: Settings, secrets: Secrets, password: str) -> str:
    """What the first person in the room needs, once."""
    phones = [f"    {position}   {secrets.phones[position]}" for position in settings.positions]
    return "\n".join(
        [
            f"Screens: {settings.url}   sign in as admin with {password}  (a new one: ./run user password admin)",
            f"Softphones: SIP server {settings.sip_host}:{settings.sip_port} (UDP or TCP), account and password:",
            *phones,
            "More people: ./run user add NAME",
            "",
        ]
    )
