"""Agencies and their lines, and what incidents are about: data that a city edits on its pages (see `book.py`).

In:  nothing at run time. Out: who can be called, on which number, over which road.
Never: a telephone string. How a road is dialled is known in `asterisk/` alone.
"""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Line:
    """One line of an agency's chain."""

    number: str  # as dialled on that road; for a position its extension
    road: str  # "trunk:NAME", "sip:HOST:PORT" or "position"
    ring_s: int = 20
    show: str = "112"  # the caller number that this road accepts
    order: int = field(default=0, kw_only=True)  # its step; equal ones ring together, 0 is its place in the list
    hours: str = field(default="", kw_only=True)  # when it is staffed, in the words of `hours.py`; empty: always


@dataclass(frozen=True, slots=True)
class OverflowLine(Line):
    """A line that is dialled when no position answers: an on-call mobile, a neighbouring 112 centre."""

    name: str = ""  # who is there, as people say it
    press_1: bool = True  # False: whoever lifts has the caller, also a voice box


@dataclass(frozen=True, slots=True)
class Agency:
    """One agency with its chain of lines, tried in order."""

    code: str  # stable: damkar
    short: str  # dialled after *1 from a position's phone: 113
    name_id: str
    name_en: str
    lines: tuple[Line, ...] = ()
    escalation: str = ""  # code of the agency that is tried when nobody here accepts
    languages: tuple[str, ...] = ()  # the first is what who lifts the phone hears; none: the room's
    modes: tuple[str, ...] = ()  # codes of `share.Mode`; none: all that the settings allow
    contact: str = ""  # where messages go: a mobile number or an e-mail address

    def name(self, language: str) -> str:
        """The name in that language; Indonesian where there is no other."""
        return self.name_en if language == "en" and self.name_en else self.name_id


@dataclass(frozen=True, slots=True)
class Category:
    """What an incident is about (domain section 4)."""

    code: str  # FIRE
    name_id: str
    name_en: str
    priority: int  # 1 life, 2 urgent, 3 routine
    agencies: tuple[str, ...] = ()  # codes, the lead first
    eido: str = ""
    report_row: str = ""
    limit_min: int = 15  # minutes until somebody is on scene, for P1 and P2; 0 is no limit
    limit_days: int = 5  # working days until it is handled, for P3 and complaints; 0 is no limit

    def name(self, language: str) -> str:
        """The name in that language; Indonesian where there is no other."""
        return self.name_en if language == "en" and self.name_en else self.name_id
