"""What is known about the link, in words that a person can read, and the figures it lives by.

In:  nothing.
Out: frozen values: LinkState, Session, Limits; `Lost`, the reasons why a connection ends; Counts.
Never: any behaviour.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from callcenter.core.errors import CallCenterError


class Phase(StrEnum):
    DOWN = "down"
    CONNECTING = "connecting"  # somebody answered; signing in, or waiting until Asterisk has started
    SYNCING = "syncing"  # asking what is going on; news waits
    UP = "up"
    REFUSED = "refused"  # name, secret or address: a person must act


@dataclass(frozen=True, slots=True)
class LinkState:
    """`why` is None only while all is well; its text says what a person at the desk should know or do."""

    phase: Phase
    since: datetime
    why: CallCenterError | None = None

    @property
    def sentence(self) -> str:
        return str(self.why) if self.why else "Linked to Asterisk."


class News(StrEnum):
    """What a new session means for what was known before."""

    FIRST = "first"  # nothing was known
    RESTARTED = "restarted"  # Asterisk has started again: every call and every channel name of before is gone
    LINK_LOST = "link lost"  # the same Asterisk: calls went on while nobody listened


@dataclass(frozen=True, slots=True)
class Session:
    """One login. `boot` names this life of Asterisk (its own date and time of start)."""

    number: int
    news: News
    boot: str


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds, and two counts. The defaults are the measured laws; tests make them smaller."""

    connect: float = 3.0
    login: float = 5.0
    boot: float = 60.0  # how long Asterisk may take to load its modules
    sync: float = 30.0  # how long on_up may take
    ping: float = 2.0
    dead: float = 6.0  # without a single byte
    retry_first: float = 0.2
    retry_most: float = 5.0
    retry_refused: float = 30.0  # do not hammer: fail2ban
    pause: float = 10.0  # how long reading may stand still before the session is given up
    queue: int = 50_000  # messages waiting to be heard before reading stands still
    unsent: int = 1 << 18  # bytes that Asterisk has not taken before nothing more is written


@dataclass(slots=True)
class Counts:
    """Since the start of the service; for /healthz and the tests."""

    sessions: int = 0
    heard: int = 0
    skipped: int = 0  # names that nobody wants: not even parsed
    late: int = 0  # answers that came after their deadline
    unreadable: int = 0
    failed: int = 0  # messages that `hear` tripped over
    pauses: int = 0


class Lost(CallCenterError):
    """The connection is gone, or never came to be; the sentence says why."""


class AccountRefused(CallCenterError):
    """Asterisk does not let this account in."""


NOT_YET = "The link to Asterisk is being set up."
NOBODY = "Nothing answers at {host}:{port}. Asterisk is not running, or its manager.conf has another port."
NO_ROUTE = "No answer from {host}:{port} in {seconds} s. Something between here and Asterisk swallows packets."
UNREACHABLE = "Asterisk cannot be reached at {host}:{port}: {reason}."
NOT_ASTERISK = "What answers at the address of ami_host and ami_port is not Asterisk's manager. Check the port."
LOGGING_IN = "Signing in to Asterisk."
MUTE = "Asterisk takes connections but does not answer. It hangs; look at it, or restart it."
STARTING = "Asterisk is starting."
NOT_STARTED = "Asterisk did not report that it has started. Its manager account needs read = system."
REFUSED = (
    "Asterisk does not let the account {user} in: unknown name, wrong secret, or this machine's address is not "
    "permitted. It tells nobody but its own log which. Next try in {seconds} s."
)
IN_USE = "Asterisk lets the account {user} in only once, and it is signed in already. Next try in {seconds} s."
NO_LOGIN = "Asterisk did not let us in: {words}."
NO_RIGHTS = "Asterisk did not tell when it started: {words}. Its manager account needs write = reporting."
SYNCING = "Asking Asterisk what is going on."
SYNC_FAILED = "What Asterisk says is going on could not be used. Trying again."
SYNC_LATE = "Asterisk took too long to tell what is going on. Trying again."
SILENT = "Asterisk has been silent for {seconds} s."
CLOSED = "The connection to Asterisk was closed."
STOPPING = "Asterisk is shutting down."
RESTARTING = "Asterisk is restarting."
TOO_SLOW = "News from Asterisk came faster than it could be heard. Asking again what is going on."
TOO_LONG = "Asterisk sent a message without an end."
RENEWED = "Asking Asterisk again what is going on: the database is back."
ENDED = "The link to Asterisk was ended by this service."
FAULT = "A fault of this service closed the link to Asterisk; its log says more. Trying again."
