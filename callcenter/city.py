"""What a city writes in its settings: trunks here, agencies and categories as `core` knows them.

In:  nothing; the defaults lie in defaults.toml beside this file, a city's own words in its settings.toml.
Out: frozen dataclasses, and for every field its sentence and its check.
Never: reads a file itself (settings_reader does).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from callcenter import checks
from callcenter.checks import Check, between, each, one_of
from callcenter.core.agency import Agency, Category, Line, OverflowLine
from callcenter.core.share import Mode

T = TypeVar("T")


def knob(default: T, doc: str, check: Check | None = None) -> T:
    """A dataclass field with its sentence and its check beside its name."""
    return field(default=default, metadata={"doc": doc, "check": check})


def must(doc: str, check: Check | None = None) -> Any:
    """The same without a default: whoever writes the table must give it."""
    return field(metadata={"doc": doc, "check": check})


@dataclass(frozen=True)
class Registration:
    """How we sign in at an operator that wants a registration."""

    user: str = must("The account's name.", checks.account)
    password: str = must("Its password; settings.toml is for the owner's eyes only.", checks.password)


@dataclass(frozen=True)
class Trunk:
    """One operator's SIP trunk."""

    name: str = must("Short name, used in agencies' roads.", checks.word)
    hosts: tuple[str, ...] = must("The operator's peers, as host or host:port.", each(checks.host_port))
    transport: str = knob("udp", "udp or tcp.", one_of("udp", "tcp"))
    register: Registration | None = knob(None, "Only where the operator wants a registration.")
    number_from: str = knob(
        "pai", "Where the caller's number stands: pai, rpid or from.", one_of("pai", "rpid", "from")
    )
    trust: bool = knob(True, "Believe the operator's P-Asserted-Identity and location.")
    max_calls: int = knob(0, "Calls at once that the operator allows us; 0 is no limit.", between(0, 10000))


@dataclass(frozen=True)
class PauseReason:
    """Why a call taker may pause her phone."""

    code: str = must(
        "Stable code, as Asterisk's queue keeps it.",
        checks.matches(r"[A-Z][A-Z0-9_]{0,20}", "capitals, digits and _"),
    )
    name_id: str = must("Name in Indonesian.", checks.text)
    name_en: str = knob("", "Name in English; empty is the Indonesian one.", checks.text)

    def name(self, language: str) -> str:
        """The name in that language; Indonesian where there is no other."""
        return self.name_en if language == "en" and self.name_en else self.name_id


Notes = Mapping[str, tuple[str, Check | None]]

LINE: Notes = {
    "number": ("What is dialled; for a position its extension.", checks.number),
    "road": ("How it is reached: trunk (the first), trunk:NAME, sip:HOST:PORT or position.", checks.road),
    "ring_s": ("Seconds that it rings before the next line is tried.", between(5, 120)),
    "show": ("The caller number that it shows, one that the road accepts.", checks.number),
    "order": ("Its step in the chain; lines with the same step ring together. 0 is its place.", between(0, 99)),
    "hours": ("When it is staffed, as 08:00-16:00 or mon-fri 07:30-15:30; empty is always.", checks.hours),
}

CORE_NOTES: Mapping[type, Notes] = {
    Line: LINE,
    OverflowLine: {
        **LINE,
        "name": ("Who is there, in at most 40 letters, digits and spaces.", checks.short_name),
        "press_1": ("They must press 1, so that no voice box takes the caller; false where people cannot.", None),
    },
    Agency: {
        "code": ("Stable short name.", checks.agency),
        "short": ("Dialled after *1 from a position's phone.", checks.digits),
        "name_id": ("Name in Indonesian.", checks.text),
        "name_en": ("Name in English.", checks.text),
        "lines": ("Its lines, in the order in which they are tried.", None),
        "escalation": (
            "Code of the agency that is tried when nobody here accepts; empty is none.",
            checks.maybe_agency,
        ),
        "languages": (
            "What is spoken there, the first one to who lifts: id, en, or a city's own.",
            each(checks.language),
        ),
        "contact": ("Where messages to it go: a mobile number or an e-mail address.", checks.contact),
        "modes": ("Ways to forward to it; empty is all that is allowed.", each(one_of(*Mode))),
    },
    Category: {
        "code": ("Stable code.", checks.matches(r"[A-Z][A-Z0-9_]{1,30}", "capitals, digits and _")),
        "name_id": ("Name in Indonesian.", checks.text),
        "name_en": ("Name in English.", checks.text),
        "priority": ("1 life, 2 urgent, 3 routine.", between(1, 3)),
        "agencies": ("Codes of the agencies that it goes to, the first one first.", each(checks.word)),
        "eido": ("Incident type in the EIDO registry.", checks.matches(r"[A-Z]{0,12}", "capitals")),
        "report_row": ("Row of the monthly report.", checks.text),
        "limit_min": ("Minutes until somebody is on scene, for P1 and P2; 0 is no limit.", between(0, 600)),
        "limit_days": ("Working days until it is handled, for P3 and complaints; 0 is no limit.", between(0, 90)),
    },
}
"""Sentence and check of what `core` defines: the core itself knows no settings file."""
