"""The callers' own log held against what the database says afterwards.

In:  what each caller met, what each desk lifted, when Asterisk died; the rows. Out: what is wrong, in words; a table.
Never: mercy for a call without a ticket. Where two things happened in one moment (he gave up as he was answered, he
hung up as Asterisk died) the log cannot tell which was first, and either is right.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.faults.citizens import Dialled, End
from tests.faults.desks import Lifted
from tests.faults.house import House, Life

SHORT_S = 5.0
MOMENT = timedelta(seconds=1.5)
"""How far the caller's clock and the record may be apart: both ends of the wire, on a busy machine."""
SAME = timedelta(seconds=0.5)

QUERY = """
SELECT c.id, c.number, c.sip_call_id, c.arrived_at, c.queued_at, c.answered_at, c.ended_at, c.outcome, c.stage, c.done,
       c.disconnected_early, c.end_seen, c.answered_by, c.recording, t.number AS ticket, t.created_at
FROM calls c LEFT JOIN ticket_calls l ON l.call = c.id LEFT JOIN tickets t ON t.id = l.ticket
WHERE NOT c.test ORDER BY c.arrived_at
"""
Row = Mapping[str, Any]


@dataclass
class Verdict:
    """What came of it."""

    wrong: list[str] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    apart: dict[str, list[float]] = field(default_factory=dict)  # moment -> seconds between log and row

    def table(self) -> str:
        lines = [f"  {count:>6}  {what}" for what, count in sorted(self.counts.items())]
        for what, seconds in self.apart.items():
            far = sorted(seconds)
            middle, most = far[len(far) // 2], far[-1]
            lines.append(f"  {what}: log and row {middle:.3f} s apart (median), {most:.3f} s (most); {len(far)} pairs")
        return "\n".join([*lines, f"  {len(self.wrong):>6}  wrong", *(f"          {each}" for each in self.wrong)])


def moment(value: Any) -> datetime | None:
    """As the database keeps it."""
    if value is None:
        return None
    found = datetime.fromisoformat(str(value))
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def verdict(house: House, log: Sequence[Dialled], lifted: Iterable[Lifted]) -> Verdict:
    """Every caller, every row, every arrival that Asterisk wrote down."""
    told, rows = Verdict(), house.rows(QUERY)
    arrivals, known = house.arrivals(), {row["id"] for row in rows}
    told.wrong += [f"call without row: {call} is in Asterisk's records" for call in sorted(arrivals - known)]
    told.wrong += [f"invented: {call} is not in Asterisk's records" for call in sorted(known - arrivals)]
    told.wrong += [f"call without ticket: {row['id']}" for row in rows if not row["ticket"]]
    told.wrong += [f"no recording row: {row['id']}" for row in rows if row["queued_at"] and not row["recording"]]
    told.wrong += [f"still open: {row['id']} {row['stage']}" for row in rows if not row["done"]]
    told.wrong += [f"two tickets or rows: {id_}" for id_, n in Counter(row["id"] for row in rows).items() if n > 1]
    told.counts["rows in the database"], told.counts["arrivals in Asterisk's records"] = len(rows), len(arrivals)
    mine, desks = matched(log, rows), list(lifted)
    for who in log:
        judge(told, who, mine[who.id], house.asterisk, desks)
    taken = {row["id"] for found in mine.values() for row in found}
    told.wrong += [
        f"nobody's: {row['id']} {row['number']} {row['arrived_at']}" for row in rows if row["id"] not in taken
    ]
    return told


def matched(log: Sequence[Dialled], rows: Sequence[Row]) -> dict[str, list[Row]]:
    """Each caller's rows: by his SIP Call-ID, by his number, and who has none by the moment."""
    found: dict[str, list[Row]] = {who.id: [] for who in log}
    numbers = {who.number: who.id for who in log if who.number}
    left: list[Row] = []
    for row in rows:
        owner = row["sip_call_id"] if row["sip_call_id"] in found else numbers.get(row["number"])
        (found[owner] if owner else left).append(row)
    nameless = [who for who in log if not who.number and not found[who.id]]
    pairs = sorted(
        ((abs(at - who.heard_at), who.id, row["id"], row) for who in nameless if who.heard_at for row in left
         if (at := moment(row["arrived_at"]))),
        key=lambda pair: pair[:3],
    )  # fmt: skip
    taken: set[str] = set()
    for apart, caller, id_, row in pairs:
        if apart < 2 * MOMENT and not found[caller] and id_ not in taken:
            found[caller].append(row)
            taken.add(id_)
    return found


def judge(told: Verdict, who: Dialled, rows: list[Row], lives: Sequence[Life], desks: Sequence[Lifted]) -> None:
    """One caller."""
    dead = [life.died_at for life in lives if life.died_at]
    assert who.dialled_at and who.ended_at and who.end, who
    name = f"{who.number or 'nameless'} at {who.dialled_at:%H:%M:%S.%f} ({who.end}, {who.status}, {who.id})"
    heard = who.heard_at
    at_the_door = heard is None or (
        who.ringing_at is None
        and (who.status == 503 or any(died - SAME <= who.ended_at and heard <= died + MOMENT for died in dead))
    )
    if at_the_door:  # Asterisk was dead or dying when he dialled
        told.counts["callers whom Asterisk never had"] += 1
        return
    told.counts["callers"] += 1
    before = [died for died in dead if who.dialled_at - SAME <= died <= (heard or who.dialled_at)]
    if len(rows) > 1 and before:  # his INVITE reached the one that died as well, and was sent again
        rows = rows[-1:]
    if len(rows) != 1:
        told.wrong.append(f"{len(rows)} rows: {name} {[row['id'] for row in rows]}")
        return
    row = rows[0]
    wrong = [
        *_outcome(told, who, row, dead),
        *_cut(who, row, lives, desks),
        *_times(told, who, row, dead),
        *_desk(who, row, desks),
    ]
    told.wrong += [f"{row['id']} {name}: {each}" for each in wrong]


def _near(at: datetime | None, moments: Iterable[datetime], far: timedelta = SAME) -> bool:
    return at is not None and any(abs(at - each) <= far for each in moments)


def _outcome(told: Verdict, who: Dialled, row: Row, dead: Sequence[datetime]) -> Iterator[str]:
    kind, right = expected(who)
    told.counts[f"callers: {kind}"] += 1
    crossing = who.crossed or (
        who.gave_up_at is not None and _near(moment(row["answered_at"]), [who.gave_up_at], MOMENT)
    )
    if crossing:
        told.counts["callers: of these, answered as they gave up"] += 1
        right = {*right, "ANSWERED", "ABANDONED", "ABANDONED_SHORT"}
    if _near(who.ended_at, dead):
        right = {*right, "NO_AGENT"} if who.answered_at is None else right
        right = {*right, *expected(who, cut=False)[1]}
    if row["outcome"] not in right:
        yield f"outcome {row['outcome']}, not {' or '.join(sorted(right))}"


def _cut(who: Dialled, row: Row, lives: Sequence[Life], desks: Sequence[Lifted]) -> Iterator[str]:
    """Whether he is owed a callback: he spoke, and Asterisk died or was stopped under him."""
    if who.answered_at is None or who.gave_up_at is not None or not who.ended_at:
        return
    stopped = [life for life in lives if life.asked_at and life.died_at]
    stopping = any(life.asked_at <= who.ended_at <= life.died_at for life in stopped if life.asked_at and life.died_at)
    cut = who.end is End.DEATH or (who.end is End.ROOM and stopping)
    dead = [life.died_at for life in lives if life.died_at]
    if cut and (who.withheld or any(each.number == who.number and each.hung_up for each in desks)):
        return  # she hung up in that moment, or the desk's log cannot tell
    if not cut and (stopping or _near(who.ended_at, dead)):
        return
    if bool(row["disconnected_early"]) is not cut:
        yield f"disconnected_early is {row['disconnected_early']}"


def expected(who: Dialled, *, cut: bool = True) -> tuple[str, set[str]]:
    """What he met, in words, and which outcomes are right."""
    if who.answered_at is not None:
        return f"answered, ended by {who.end}", {"ANSWERED"}
    if who.end in (End.DEATH, End.ROOM, End.REFUSED) and cut:
        return f"waited, ended by {who.end}", {"NO_AGENT"}
    assert who.heard_at and who.ended_at
    waited = ((who.gave_up_at or who.ended_at) - who.heard_at).total_seconds()
    right = {"ABANDONED_SHORT"} if waited < SHORT_S else {"ABANDONED"}
    if waited < SAME.total_seconds():  # the dialplan had not come to the queue
        right = {"ABANDONED_SHORT", "ABANDONED_IVR"}
    if abs(waited - SHORT_S) < MOMENT.total_seconds():
        right = {"ABANDONED_SHORT", "ABANDONED"}
    return "gave up", right


def _times(told: Verdict, who: Dialled, row: Row, dead: Sequence[datetime]) -> Iterator[str]:
    pairs = {"arrived_at": who.heard_at, "answered_at": who.answered_at, "ended_at": who.gave_up_at or who.ended_at}
    for what, mine in pairs.items():
        theirs = moment(row[what])
        if what == "answered_at" and (who.gave_up_at is not None):
            continue
        if what == "ended_at" and (not row["end_seen"] or _near(who.ended_at, dead, MOMENT)):
            if row["end_seen"] or _near(who.ended_at, dead, MOMENT):
                continue
            yield "its end was not seen"
            continue
        if (mine is None) != (theirs is None):
            yield f"{what} is {theirs}, the caller says {mine}"
        elif mine is not None and theirs is not None:
            told.apart.setdefault(what, []).append(abs((mine - theirs).total_seconds()))
            if abs(mine - theirs) > MOMENT:
                yield f"{what} is {theirs}, the caller says {mine}"


def _desk(who: Dialled, row: Row, desks: Sequence[Lifted]) -> Iterator[str]:
    """Who withholds his number has none on the desk's telephone either: there the moment tells."""
    if who.answered_at is None or who.gave_up_at is not None:
        return
    name = "anonymous" if who.withheld or not who.number else who.number
    spoke = {each.desk for each in desks if each.number == name and _near(who.answered_at, [each.at], MOMENT)}
    if row["answered_by"] not in spoke:
        yield f"answered by {row['answered_by']!r}, but {sorted(spoke)} lifted"
