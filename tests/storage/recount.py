"""The figures once more, by the simplest means: lists, sorting, fractions. It shares no line with the program.

In:  rows of a town. Out: every figure of a span, as the domain's section 7 words it.
Never: speed; a function of callcenter.
"""

import math
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from fractions import Fraction
from functools import cached_property
from typing import Any

from tests.storage.cast import ZONE
from tests.storage.wild import Row, Town

Pair = tuple[int, int]


def tenth(first: datetime | None, last: datetime | None) -> int | None:
    if first is None or last is None or last < first:
        return None
    return math.ceil(Fraction((last - first) // timedelta(microseconds=1), 100_000))


def spread(values: Iterable[int | None], of: int) -> tuple[Any, ...]:
    known = sorted(value for value in values if value is not None)
    n = len(known)
    if not n:
        return (0, of, None, None, None, None, None, None)

    def rank(percent: int) -> float:
        return known[math.ceil(Fraction(n * percent, 100)) - 1] / 10

    slow = known[-math.ceil(Fraction(n, 10)) :]
    mean = float(Fraction(sum(known), n * 10))
    return (n, of, mean, rank(50), rank(90), rank(95), known[-1] / 10, float(Fraction(sum(slow), len(slow) * 10)))


class Second:
    """One span of a town, counted again. `who` chooses calls by what they are about; `agency`: only its own."""

    def __init__(
        self,
        town: Town,
        since: datetime,
        until: datetime,
        who: Callable[[Row, Row], bool] = lambda call, ticket: True,
        agency: str = "",
    ) -> None:
        tickets = {ticket["id"]: ticket for ticket in town.tickets}
        self.ticket = {link["call"]: tickets[link["ticket"]] for link in town.links}
        by_id = {call["id"]: call for call in town.calls}
        first: dict[int, tuple[datetime, str]] = {}
        for link in town.links:
            mine = (by_id[link["call"]]["arrived_at"], link["call"])
            first[link["ticket"]] = min(first.get(link["ticket"], mine), mine)
        self.first = {call for _, call in first.values()}
        self.calls = [
            call
            for call in town.calls
            if since <= call["arrived_at"] < until and not call["test"] and who(call, self.ticket[call["id"]])
        ]
        ids = {call["id"] for call in self.calls}
        self.tries = [
            one for one in town.attempts if one["call"] in ids and one["agency"] and agency in ("", one["agency"])
        ]
        self.town, self.agency = town, agency

    def outcome(self, *outcomes: str) -> int:
        return sum(call["outcome"] in outcomes for call in self.calls)

    def within(self, values: Iterable[int | None], seconds: int) -> int:
        return sum(value is not None and value <= seconds * 10 for value in values)

    def parts(self) -> dict[str, Pair]:
        calls, answered = self.calls, [call for call in self.calls if call["answered_at"]]
        answer = [tenth(call["arrived_at"], call["answered_at"]) for call in calls]
        queue = [tenth(call["queued_at"], call["answered_at"]) for call in calls]
        lost = self.outcome("ABANDONED", "NO_AGENT", "OVERFLOWED")
        processing = [value for value in self.processing() if value is not None]
        shares = self.shares
        taken = [share for share in shares if share["taken"]]
        response = [share["response"] for share in taken if share["response"] is not None]
        citizen = [share["citizen"] for share in taken if share["citizen"] is not None]
        found = {f"level_{s}": (self.within(answer, s), len(calls)) for s in (10, 15, 20)}
        found |= {f"queue_level_{s}": (self.within(queue, s), len(answered) + lost) for s in (10, 15, 20)}
        return found | {
            "abandoned": (self.outcome("ABANDONED", "ABANDONED_SHORT"), sum(c["queued_at"] is not None for c in calls)),
            "processing_60": (self.within(processing, 60), len(processing)),
            "try_answer": (sum(one["answered_at"] is not None for one in self.tries), len(self.tries)),
            "acceptance": (len(taken), len(shares)),
            "response_15": (self.within(response, 900), len(response)),
            "citizen_15": (self.within(citizen, 900), len(citizen)),
            "on_scene_known": (sum(share["scene"] is not None for share in taken), len(taken)),
            "nuisance": (self.klass("PRANK"), len(answered)),
            "classified": (
                sum(c["outcome"] == "ANSWERED" and self.ticket[c["id"]]["call_class"] != "" for c in calls),
                self.outcome("ANSWERED"),
            ),
        }

    def klass(self, wanted: str) -> int:
        return sum(c["outcome"] == "ANSWERED" and self.ticket[c["id"]]["call_class"] == wanted for c in self.calls)

    def processing(self) -> list[int | None]:
        return [
            tenth(call["answered_at"], call["forwarded_at"])
            for call in self.calls
            if call["answered_at"] and self.ticket[call["id"]]["call_class"] == "EMERGENCY"
        ]

    def spreads(self) -> dict[str, tuple[Any, ...]]:
        answered = [call for call in self.calls if call["answered_at"]]
        talk = [tenth(call["answered_at"], call["ended_at"]) for call in answered]
        after = [self.after(call) for call in answered]
        both = [t + a for t, a in zip(talk, after, strict=True) if t is not None and a is not None]
        n, shares = len(answered), self.shares
        urgent = [s for s in shares if s["taken"] and s["priority"] in (1, 2)]
        return {
            "answer": spread([tenth(call["arrived_at"], call["answered_at"]) for call in answered], n),
            "queue": spread([tenth(call["queued_at"], call["answered_at"]) for call in answered], n),
            "talk": spread(talk, n),
            "wrap_up": spread([a for t, a in zip(talk, after, strict=True) if t is not None], n),
            "handling": spread(both, n),
            "processing": spread(self.processing(), len(self.processing())),
            "try_answer": spread([tenth(o["dialled_at"], o["answered_at"]) for o in self.tries], len(self.tries)),
            "acceptance": spread([tenth(s["asked"], s["taken"]) for s in shares], len(shares)),
            "response": spread([s["response"] for s in urgent], len(urgent)),
            "citizen": spread([s["citizen"] for s in urgent], len(urgent)),
            "working_days": spread(
                [s["days"] for s in shares], sum(s["taken"] is not None and s["priority"] == 3 for s in shares)
            ),
        }

    def counts(self) -> dict[str, int]:
        """What is printed beside the shares: outcomes, classes, and who told of an agency's moments."""
        found = {f"outcome.{call['outcome']}": 0 for call in self.calls}
        for call in self.calls:
            found[f"outcome.{call['outcome']}"] += 1
            part = f"class.{self.part(call)}"
            found[part] = found.get(part, 0) + 1
        for share in self.shares:
            for told in ([f"accepted_by.{share['by']}"] if share["taken"] else []) + (
                [f"on_scene_by.{share['scene_by']}"] if share["taken"] and share["scene"] else []
            ):
                found[told] = found.get(told, 0) + 1
        return found

    def part(self, call: Row) -> str:
        """Domain, section 3: ten classes + not answered + not yet classified + in progress."""
        if call["outcome"] == "IN_PROGRESS":
            return "in_progress"
        if call["outcome"] != "ANSWERED":
            return "not_answered"
        return self.ticket[call["id"]]["call_class"] or "not_classified"

    def after(self, call: Row) -> int | None:
        wrapped = self.ticket[call["id"]]["wrapped_up_at"]
        if call["id"] not in self.first or wrapped is None or call["ended_at"] is None:
            return None
        return tenth(call["ended_at"], max(wrapped, call["ended_at"]))

    @cached_property
    def named(self) -> dict[tuple[str, str, int], list[datetime]]:
        found: dict[tuple[str, str, int], list[datetime]] = {}
        for one in self.town.attempts:
            if one["named_at"]:
                found.setdefault((one["call"], one["agency"], one["turn"]), []).append(one["named_at"])
        return found

    @cached_property
    def given(self) -> dict[Any, list[Row]]:
        """By call; those without one by ticket."""
        found: dict[Any, list[Row]] = {}
        for given in self.town.forwards:
            found.setdefault(given["ticket"] if given["call"] is None else given["call"], []).append(given)
        return found

    @cached_property
    def shares(self) -> list[Row]:
        found = []
        for call in self.calls:
            ticket, first = self.ticket[call["id"]], call["id"] in self.first
            own = []
            for given in [*self.given.get(call["id"], ()), *(self.given.get(ticket["id"], ()) if first else ())]:
                named = self.named.get((call["id"], given["agency"], given["turn"]), ())
                taken = given["accepted_at"] or min(named, default=None)
                own.append({
                    "agency": given["agency"], "asked": given["asked_at"], "taken": taken,
                    "arrived": call["arrived_at"], "priority": ticket["priority"], "scene": given["on_scene_at"],
                    "by": (given["accepted_source"] or "unknown") if given["accepted_at"] else "call_taker",
                    "scene_by": given["on_scene_source"] or "unknown",
                })  # fmt: skip
            if first and not any(share["scene"] for share in own):
                came = [share for share in own if share["taken"]]
                if came:
                    told = min(came, key=lambda share: share["taken"])
                    told.update(scene=ticket["on_scene_at"], scene_by="call_taker")
            found += [share for share in own if self.agency in ("", share["agency"])]
        for share in found:
            routine = share["priority"] == 3 and share["taken"] and share["scene"]
            share["days"] = working(share["arrived"], share["scene"]) if routine else None
            urgent = share["priority"] in (1, 2) and share["taken"]
            share["response"] = tenth(share["taken"], share["scene"]) if urgent else None
            share["citizen"] = tenth(share["arrived"], share["scene"]) if urgent else None
        return found

    def owed(self, since: datetime, until: datetime) -> dict[str, Any]:
        mine = [b for b in self.town.callbacks if since <= b["owed_since"] < until and b["why"] != "NOT_OWED"]
        first = [
            min((t["asked_at"] for t in self.town.tries if t["callback"] == each["id"]), default=None) for each in mine
        ]
        return {
            "called_back": (sum(at is not None for at in first), len(mine)),
            "reached": (sum(each["why"] == "REACHED" for each in mine), len(mine)),
            "called_again": (sum(each["why"] == "CALLED_AGAIN" for each in mine), len(mine)),
            "took": spread([tenth(b["owed_since"], at) for b, at in zip(mine, first, strict=True)], len(mine)),
        }


def working(first: datetime, last: datetime) -> int | None:
    """Day by day: the ones after the first that are no Saturday and no Sunday, as tenths."""
    day, end = first.astimezone(ZONE).date(), last.astimezone(ZONE).date()
    if last < first:
        return None
    return 10 * sum((day + timedelta(days=n)).isoweekday() < 6 for n in range(1, (end - day).days + 1))
