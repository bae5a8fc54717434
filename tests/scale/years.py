"""Five years of a busy room, made quickly: calls, tickets, forwards, notes, in the mix that cities report.

In:  a seed, how many calls. Out: blocks of rows by table, in the order in which they may be inserted.
Never: a call that the program could not have written; two runs that differ.
"""

import json
import random
from bisect import bisect
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import accumulate
from typing import Any

from callcenter.core.codec import to_plain
from callcenter.storage.tables import attempts, calls, forwards, notes, ticket_calls, tickets
from tests.storage.cast import ZONE, a_call, answered, ended

Row = dict[str, Any]
Block = dict[str, list[Row]]
TABLES = {t.name: t for t in (tickets, calls, ticket_calls, attempts, forwards, notes)}
END = datetime(2026, 11, 1, tzinfo=UTC)
YEARS = 5
BLOCK = 20_000
CALLS_OF_A_TICKET = 2.5  # 2 million tickets, 5 million calls

OUTCOMES = {
    "ANSWERED": 85,
    "ABANDONED": 6,
    "ABANDONED_SHORT": 5,
    "ABANDONED_IVR": 1,
    "NO_AGENT": 1,
    "OVERFLOWED": 1.5,
    "UNKNOWN": 0.5,
}
CLASSES = {
    "PRANK": 40, "GHOST": 22, "MISDIAL": 10, "INFO": 9, "EMERGENCY": 7, "NON_EMERGENCY": 7, "FOLLOW_UP": 2.5,
    "OPEN_LINE": 1, "FALSE_REPORT": 0.5, "MISROUTED": 1,
}  # fmt: skip
CATEGORIES = {
    "FIRE": 12, "MEDICAL": 25, "TRAFFIC_ACC": 18, "CRIME": 10, "TREE": 5, "ANIMAL": 6, "UTILITY": 12, "POWER_OUTAGE": 6,
    "DISASTER": 1, "DV": 2, "ODGJ": 2, "BODY": 0.1, "OTHER": 1,
}  # fmt: skip
AGENCIES = {
    "damkar": 25,
    "psc119": 30,
    "polres": 22,
    "pln": 10,
    "bpbd": 6,
    "dishub": 6,
    "satpolpp": 1,
    "basarnas": 0.05,
}
PLACES = {
    "Kejaksan": ("Kejaksan", "Kesenden", "Kebonbaru", "Sukapura"),
    "Harjamukti": ("Harjamukti", "Kalijaga", "Argasunya", "Kecapi", "Larangan"),
    "Lemahwungkuk": ("Lemahwungkuk", "Panjunan", "Kasepuhan", "Pegambiran"),
    "Kesambi": ("Kesambi", "Drajat", "Karyamulya", "Pekiringan", "Sunyaragi"),
    "Pekalipan": ("Pekalipan", "Jagasatru", "Pulasaren", "Pekalangan"),
}
WORDS = (  # noqa: SIM905 - words, not a list
    "korban asap hitam rumah warga jalan dekat pasar masjid sekolah motor mobil jatuh luka api besar kecil pohon "
    "tiang kabel banjir air ular kucing sapi anak ibu bapak lansia sesak napas pingsan darah patah tulang gang lampu "
    "mati listrik padam ribut maling jambret tawuran senjata tolong segera petugas ambulans truk bus kereta simpang"
).split()
RARE = ("trafo", "gardu", "sumur", "tandon", "jembatan", "buaya")
HOURS = (3, 2, 2, 1, 1, 2, 3, 4, 5, 5, 5, 5, 5, 5, 5, 5, 6, 6, 7, 7, 6, 6, 5, 4)
DEFAULTS = {
    name: {c.name: c.default.arg if c.default is not None else None for c in table.columns}  # type: ignore[attr-defined]
    for name, table in TABLES.items()
}
STATE = json.dumps(to_plain(ended(answered(a_call("e112-1768366800.1")))), separators=(",", ":"))


class Choice:
    """One of these, as often as its weight says."""

    def __init__(self, weights: dict[str, float]) -> None:
        self.names, self.sums = list(weights), list(accumulate(weights.values()))

    def __call__(self, chance: random.Random) -> str:
        return self.names[bisect(self.sums, chance.random() * self.sums[-1])]


OUTCOME, CLASS, CATEGORY, AGENCY = Choice(OUTCOMES), Choice(CLASSES), Choice(CATEGORIES), Choice(AGENCIES)


class Years:
    """`blocks` gives all of it, the oldest first. `part` of `parts`: one stretch of the time, with its share."""

    def __init__(self, seed: int, many: int, part: int = 0, parts: int = 1) -> None:
        self.chance, self.serials = random.Random(seed * 1000 + part), dict[date, int]()
        self.part, self.parts, self.many = part, parts, many * (part + 1) // parts - many * part // parts
        self.first = self.ticket = many * part // parts
        self.last: list[Row] = []

    def blocks(self) -> Iterator[Block]:
        """Rows by table; every table's rows may be inserted in the order of `TABLES`."""
        moments = self._moments()
        for first in range(0, self.many, BLOCK):
            block: Block = {name: [] for name in TABLES}
            for n, at in enumerate(moments[first : first + BLOCK], self.first + first):
                self._one(block, n, at)
            yield block

    def _moments(self) -> list[datetime]:
        chance, days = self.chance, YEARS * 365
        hours = chance.choices(range(24), HOURS, k=self.many)
        begin = END - timedelta(days=days, hours=7)
        mine = range(days * self.part // self.parts, days * (self.part + 1) // self.parts)
        return sorted(
            begin + timedelta(days=chance.choice(mine), hours=hour, microseconds=chance.randrange(3_600_000_000))
            for hour in hours
        )

    def _one(self, block: Block, n: int, at: datetime) -> None:
        chance = self.chance
        call = self._call(n, at)
        block["calls"].append(call)
        if self.last and chance.random() > 1 / CALLS_OF_A_TICKET:
            ticket = chance.choice(self.last)
        else:
            ticket = self._ticket(block, call, at)
        block["ticket_calls"].append(
            {"call": call["id"], "ticket": ticket["id"], "linked_at": at, "linked_by": "telephone"}
        )
        if ticket["call_class"] in ("EMERGENCY", "NON_EMERGENCY") and call["answered_at"] and chance.random() < 0.8:
            self._forward(block, call, ticket)

    def _call(self, n: int, at: datetime) -> Row:
        chance, outcome = self.chance, OUTCOME(self.chance)
        taken = outcome == "ANSWERED"
        rang = at + timedelta(seconds=chance.uniform(0.2, 0.8))
        picked = at + timedelta(seconds=chance.lognormvariate(1.8, 0.6)) if taken else None
        talked = timedelta(seconds=chance.lognormvariate(3.8, 0.9))
        digits = f"8{chance.randrange(10**6):06}{chance.randrange(1000):03}"
        who = f"petugas{chance.randrange(9) + 9 * (at.year - 2021):02}" if taken else ""
        return DEFAULTS["calls"] | {
            "id": f"e112-{int(at.timestamp())}.{n}", "revision": n + 1, "number": f"+62{digits}",
            "e164": f"+62{digits}",
            "shown": f"0{digits}", "origin": "Telkomsel", "digits_backwards": f"62{digits}"[::-1], "callable": True,
            "dialled": "112", "number_source": "pai", "stage": "ENDED", "outcome": outcome, "done": True,
            "arrived_at": at,
            "queued_at": at, "rang_at": rang, "answered_at": picked, "ended_at": (picked or at) + talked,
            "heard_at": at,
            "answered_by": f"10{chance.randrange(1, 5)}" if taken else "", "person": who, "rung": 3, "state": STATE,
            "test": False, "end_seen": True, "kind": "ARRIVAL", "recording": f"{at:%Y/%m/%d}/{n}.wav",
        }  # fmt: skip

    def _ticket(self, block: Block, call: Row, at: datetime) -> Row:
        chance, day = self.chance, at.astimezone(ZONE).date()
        self.ticket += 1
        self.serials[day] = self.serials.get(day, 0) + 1
        kind = CLASS(chance) if call["answered_at"] and chance.random() < 0.97 else ""
        incident = kind in ("EMERGENCY", "NON_EMERGENCY", "INFO")
        kecamatan = chance.choice(list(PLACES)) if incident else ""
        category = CATEGORY(chance) if incident else ""
        over = call["ended_at"] + timedelta(seconds=chance.expovariate(1 / 20))
        row = DEFAULTS["tickets"] | {
            "id": self.ticket, "number": f"{day:%y%m%d}-{self.serials[day]:04}", "day": day,
            "serial": self.serials[day],
            "created_at": at, "version": 1, "call_class": kind, "category": category, "kecamatan": kecamatan,
            "priority": chance.choice((1, 2, 3)) if incident else None, "status": "CLOSED" if kind else "NEW",
            "kelurahan": chance.choice(PLACES[kecamatan]) if incident else "", "test": False,
            "place": f"Jl. {self._said(3)} {chance.randrange(200)}" if incident else "",
            "caller_name": f"Pak {self._said(1)}" if incident else "",

            "wrapped_up_at": over if call["answered_at"] else None,
        }  # fmt: skip
        block["tickets"].append(row)
        self.last = [*self.last[-20:], row]
        if incident or chance.random() < 0.1:
            note = {
                "key": f"note-{self.ticket:08}",
                "ticket": self.ticket,
                "author": call["person"] or "x",
                "version": 1,
            }
            text = self._said(chance.randrange(4, 25)) + (f" {chance.choice(RARE)}" if chance.random() < 0.001 else "")
            block["notes"].append({**note, "text": text, "created_at": at, "changed_at": at})
        return row

    def _said(self, many: int) -> str:
        return " ".join(self.chance.choices(WORDS, k=many))

    def _forward(self, block: Block, call: Row, ticket: Row) -> None:
        chance, agency = self.chance, AGENCY(self.chance)
        asked = call["answered_at"] + timedelta(seconds=chance.lognormvariate(3.2, 0.6))
        lifted = asked + timedelta(seconds=chance.lognormvariate(2, 0.5)) if chance.random() < 0.85 else None
        accepted = lifted + timedelta(seconds=chance.uniform(2, 20)) if lifted and chance.random() < 0.9 else None
        there = (
            accepted + timedelta(seconds=chance.lognormvariate(6.5, 0.5))
            if accepted and chance.random() < 0.6
            else None
        )
        call["forwarded_at"] = asked
        block["attempts"].append(DEFAULTS["attempts"] | {
            "leg": f"fwd-{agency}-1-1-{call['id']}", "call": call["id"], "revision": call["revision"], "agency": agency,
            "line": 1, "turn": 1, "number": "113", "result": "ACCEPTED" if accepted else "NO_ANSWER",
            "dialled_at": asked,
            "answered_at": lifted, "accepted_at": accepted, "accepted_by": "key" if accepted else "",
            "ended_at": lifted,
        })  # fmt: skip
        block["forwards"].append(DEFAULTS["forwards"] | {
            "id": f"{agency}-1-{call['id']}", "call": call["id"], "ticket": ticket["id"], "revision": call["revision"],
            "agency": agency, "turn": 1, "mode": "WARM", "status": "ON_SCENE" if there else "TRYING", "asked_at": asked,
            "accepted_at": accepted, "accepted_source": "phone" if accepted else "", "on_scene_at": there,
            "on_scene_source": "agency" if there else "",
        })  # fmt: skip
