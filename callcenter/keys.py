"""The secrets that we make ourselves: secrets.json, which only its owner can read.

In:  a folder that exists.
Out: Secrets, made at the first run, completed when positions were added.
Never: in settings.toml, in a log, on a command line, or committed.
"""

import hmac
import json
import os
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from callcenter.core.errors import BadInput
from callcenter.on_disk import sync_folder
from callcenter.settings import Settings

# A person types a phone's password into a softphone: nothing that looks like something else.
TYPED = "abcdefghjkmnpqrstuvwxyz23456789"


@dataclass(frozen=True)
class Secrets:
    """One of each, for as long as the data folder lives."""

    ami: str
    session: str
    phones: Mapping[str, str]  # position -> SIP password
    messages: str = ""  # signs what goes to the messages' gateway

    def page_phone(self, position: str) -> str:
        """The password of that position's phone in the page: nobody types it, so it is worked out."""
        return hmac.new(self.session.encode(), f"page-phone:{position}".encode(), "sha256").hexdigest()[:40]


def typed_password(letters: int = 16) -> str:
    """79 bits, easy to type."""
    return "".join(secrets.choice(TYPED) for _ in range(letters))


def read_secrets(settings: Settings) -> Secrets:
    """What setup made; every position has a password."""
    file = settings.secrets_file
    try:
        known = json.loads(file.read_text("utf-8"))
        return Secrets(known["ami"], known["session"], known["phones"], known.get("messages", ""))
    except FileNotFoundError as wrong:
        raise BadInput("{file} is missing. Start ./run once: it makes it.", file=file) from wrong
    except (OSError, ValueError, KeyError, TypeError) as wrong:
        raise BadInput(
            "{file} cannot be read ({why}). Restore it, or remove it: ./run then makes new secrets.",
            file=file,
            why=wrong,
        ) from wrong


def make_secrets(settings: Settings) -> Secrets:
    """Read them, or make what is missing."""
    if settings.secrets_file.exists():
        known = read_secrets(settings)
    else:
        known = Secrets(secrets.token_hex(24), secrets.token_hex(32), {})
    phones = {position: known.phones.get(position) or typed_password() for position in settings.positions}
    made = Secrets(known.ami, known.session, {**known.phones, **phones}, known.messages or secrets.token_hex(32))
    if made != known or not settings.secrets_file.exists():
        write_private(settings.secrets_file, json.dumps(asdict(made), indent=1) + "\n")
    return made


def write_private(file: Path, text: str) -> None:
    """0600, whole or not at all, and on the disk: a power cut right after must not leave rubbish."""
    new = file.with_name(file.name + ".new")
    new.unlink(missing_ok=True)
    handle = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as out:
        out.write(text)
        out.flush()
        os.fsync(out.fileno())
    new.replace(file)
    sync_folder(file.parent)
