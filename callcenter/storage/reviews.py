"""Score sheets that were filled: one for each call and supervisor.

In:  a call, answers, the version that the page had seen. Out: sheets with their score.
Never: a sheet of one's own call; a newer text overwritten; a draft shown to whom it is about, or in a figure.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Row, Select, and_, delete, exists, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from callcenter.core.call import Outcome
from callcenter.core.errors import BadInput, CallCenterError, Conflict, NotFound, Refused
from callcenter.core.kind import Kind
from callcenter.core.score import Answer, Answers, Question, Score, answered, from_plain, score
from callcenter.core.tally import Part
from callcenter.storage.audit import add as audit
from callcenter.storage.database import Clock, Database
from callcenter.storage.score_forms import newest_or_first
from callcenter.storage.sql import clean
from callcenter.storage.sql import insert as insert_unless
from callcenter.storage.tables import calls
from callcenter.storage.tables_quality import quality_drawn, reviews, score_forms

DRAFT, FINISHED = "DRAFT", "FINISHED"
LONGEST_REMARK, LONGEST_REPLY = 2000, 2000
NO_SHEET = "There is no such score sheet."
OWN = "You took this call yourself: another supervisor scores it."
NO_TAKER = "No call taker answered this call: there is nobody to score."
UNANSWERED = "{count} questions are not answered yet. The sheet is kept as a draft."
OTHERS = "This sheet is filled by {who}."
CHANGED = "This sheet was changed elsewhere meanwhile. What you chose is still below."
NO_REASON = "A finished sheet is changed with a reason."
DONE = "A finished sheet stays."


@dataclass(frozen=True, slots=True)
class Review:
    """One sheet. `drawn`: its call was drawn by lot; else a supervisor chose it."""

    id: int
    call: str
    call_at: datetime
    person: str
    reviewer: str
    month: date
    form: int
    questions: tuple[Question, ...]
    version: int
    state: str
    answers: Answers
    remark: str
    earned: int
    possible: int
    failed: int
    calibration: bool
    started_at: datetime
    finished_at: datetime | None
    revision: int
    read_at: datetime | None
    reply: str
    drawn: bool

    @property
    def finished(self) -> bool:
        return self.state == FINISHED

    @property
    def part(self) -> Part:
        """Points got of points that could be had, in sixtieths."""
        return Part(self.earned, self.possible)

    @property
    def score(self) -> Score:
        return score(self.questions, self.answers)


def lines() -> Select[Any]:
    """Sheets, and whether their call was drawn."""
    drawn = exists().where(quality_drawn.c.call == reviews.c.call)
    return select(reviews, drawn.label("drawn"))


async def read(connection: AsyncConnection, query: Select[Any]) -> list[Review]:
    """These sheets with the questions that they were filled with; each version of them is read once."""
    rows = (await connection.execute(query)).all()
    asked = select(score_forms).where(score_forms.c.version.in_({row.form for row in rows}))
    forms = {form.version: tuple(from_plain(form.questions)) for form in await connection.execute(asked)}
    return [_review(row, forms[row.form]) for row in rows]


def _review(row: Row[Any], questions: tuple[Question, ...]) -> Review:
    answers = {code: Answer(*pair) for code, pair in row.answers.items()}
    return Review(**{**row._mapping, "questions": questions, "answers": answers})


@dataclass(frozen=True, slots=True)
class Filled:
    """What a supervisor sent: the answers, her words, the version that her page had."""

    answers: Answers
    remark: str
    version: int
    finish: bool = False
    reason: str = ""


class Reviews:
    """Begins sheets, keeps them, shows them."""

    def __init__(self, database: Database, clock: Clock, zone: ZoneInfo) -> None:
        self._database, self._clock, self._zone = database, clock, zone

    async def begin(self, call: str, *, by: str) -> int:
        """The sheet of this supervisor for this call; the one that is there, or a new one. NotFound, Refused."""
        now = self._clock()

        async def unit(connection: AsyncConnection) -> int:
            mine = select(reviews.c.id).where(reviews.c.call == call, reviews.c.reviewer == by)
            there = (await connection.execute(mine)).scalar_one_or_none()
            if there is not None:
                return int(there)
            row = (await connection.execute(select(calls).where(calls.c.id == call))).first()
            if row is None:
                raise NotFound("There is no call {call}.", call=call)
            if row.person == by:
                raise Refused(OWN)
            if not row.person or row.kind != Kind.ARRIVAL or row.outcome != Outcome.ANSWERED or row.test:
                raise Refused(NO_TAKER)
            form = await newest_or_first(connection, now)
            month = row.arrived_at.astimezone(self._zone).date().replace(day=1)
            new = {
                "call": call, "call_at": row.arrived_at, "person": row.person, "reviewer": by, "month": month,
                "form": form.version, "state": DRAFT, "answers": {}, "started_at": now,
            }  # fmt: skip
            made = insert_unless(connection, reviews).values(new).on_conflict_do_nothing()
            await connection.execute(made)
            await audit(connection, by=by, action="quality.begin", target=call, details={"of": row.person}, at=now)
            return int((await connection.execute(mine)).scalar_one())

        return await self._database.write(unit)

    async def one(self, number: int) -> Review:
        """NotFound."""
        found = await self._found(reviews.c.id == number)
        if not found:
            raise NotFound(NO_SHEET)
        return found[0]

    async def of_calls(self, ids: Sequence[str]) -> dict[str, list[Review]]:
        """Call -> its sheets, the first finished first, drafts last."""
        found: dict[str, list[Review]] = {}
        for one in await self._found(reviews.c.call.in_(ids)):
            found.setdefault(one.call, []).append(one)
        return found

    async def done(self, month: date) -> set[str]:
        """Calls of that month's draw that have a finished sheet."""
        lots = select(quality_drawn.c.call).where(quality_drawn.c.month == month)
        query = select(reviews.c.call).where(reviews.c.call.in_(lots), reviews.c.state == FINISHED)
        async with self._database.read() as connection:
            return set(await connection.scalars(query))

    async def drafts(self, reviewer: str) -> list[Review]:
        """What this supervisor has begun."""
        return await self._found(and_(reviews.c.reviewer == reviewer, reviews.c.state == DRAFT))

    async def finished(self, first: date, last: date, person: str = "") -> list[Review]:
        """Finished sheets of calls of these months, of one person or of all; calibration too."""
        which = and_(reviews.c.state == FINISHED, reviews.c.month >= first, reviews.c.month <= last)
        return await self._found(and_(which, reviews.c.person == person) if person else which)

    async def hers(self, person: str) -> list[Review]:
        """What a call taker may read: her own finished ones, without those that supervisors compare themselves by."""
        mine = and_(reviews.c.person == person, reviews.c.state == FINISHED, reviews.c.calibration.is_(False))
        return list(reversed(await self._found(mine)))

    async def _found(self, which: ColumnElement[bool]) -> list[Review]:
        ordered = (
            lines()
            .where(which)
            .order_by(reviews.c.finished_at.is_(None), reviews.c.calibration, reviews.c.finished_at, reviews.c.id)
        )
        async with self._database.read() as connection:
            return await read(connection, ordered)

    async def save(self, number: int, sent: Filled, *, by: str) -> Review:
        """Keep it. BadInput: finished with questions unanswered (it is kept as a draft). Conflict, Refused."""
        now = self._clock()

        async def unit(connection: AsyncConnection) -> CallCenterError | None:
            old = await _mine(connection, number, by)
            answers = answered(old.questions, sent.answers)
            total = score(old.questions, answers)
            if old.version != sent.version:
                raise Conflict(CHANGED)
            if old.finished and not sent.reason.strip():
                raise BadInput(NO_REASON)
            if old.finished and total.missing:
                raise BadInput(UNANSWERED, count=len(total.missing))
            ended = sent.finish and not total.missing and not old.finished
            new: dict[str, Any] = {
                "answers": {code: [clean(one.value), clean(one.remark)] for code, one in answers.items()},
                "remark": clean(sent.remark)[:LONGEST_REMARK], "version": old.version + 1,
                "earned": total.earned, "possible": total.possible, "failed": len(total.failed),
            }  # fmt: skip
            if ended:
                new |= {"state": FINISHED, "finished_at": now, "calibration": await _second(connection, old)}
            elif old.finished:
                new |= {"revision": old.revision + 1, "read_at": None}
            await connection.execute(update(reviews).where(reviews.c.id == number).values(new))
            if ended or old.finished:
                await _written_down(connection, old, new, sent.reason.strip(), by=by, at=now)
            return BadInput(UNANSWERED, count=len(total.missing)) if sent.finish and total.missing else None

        await self._database.write(unit)
        return await self.one(number)

    async def throw_away(self, number: int, *, by: str) -> None:
        """A draft that nobody needs. Refused: it is finished."""
        now = self._clock()

        async def unit(connection: AsyncConnection) -> None:
            old = await _mine(connection, number, by)
            if old.finished:
                raise Refused(DONE)
            await connection.execute(delete(reviews).where(reviews.c.id == number))
            told = {"of": old.person}
            await audit(connection, by=by, action="quality.throw_away", target=old.call, details=told, at=now)

        await self._database.write(unit)

    async def reply(self, number: int, text: str, *, by: str) -> None:
        """She has read it, and says what she wants to say. NotFound: it is not hers."""
        now, said = self._clock(), clean(text).strip()[:LONGEST_REPLY]

        async def unit(connection: AsyncConnection) -> None:
            hers = and_(reviews.c.id == number, reviews.c.person == by, reviews.c.state == FINISHED)
            row = (await connection.execute(lines().where(hers, reviews.c.calibration.is_(False)))).first()
            if row is None:
                raise NotFound(NO_SHEET)
            new = {"read_at": row.read_at or now, "reply": said or row.reply}
            await connection.execute(update(reviews).where(reviews.c.id == number).values(new))
            told = {"reply": [row.reply, new["reply"]]} if new["reply"] != row.reply else {}
            await audit(connection, by=by, action="quality.read", target=row.call, details=told, at=now)

        await self._database.write(unit)


async def _mine(connection: AsyncConnection, number: int, by: str) -> Review:
    found = await read(connection, lines().where(reviews.c.id == number).with_for_update(of=reviews))
    if not found:
        raise NotFound(NO_SHEET)
    if found[0].reviewer != by:
        raise Refused(OTHERS, who=found[0].reviewer)
    return found[0]


async def _second(connection: AsyncConnection, one: Review) -> bool:
    other = and_(reviews.c.call == one.call, reviews.c.state == FINISHED, reviews.c.id != one.id)
    return (await connection.execute(select(reviews.c.id).where(other).limit(1))).first() is not None


async def _written_down(
    connection: AsyncConnection, old: Review, new: dict[str, Any], reason: str, *, by: str, at: datetime
) -> None:
    """Each answer that was changed after the end, with the old one; of a sheet just finished its score."""
    details: dict[str, Any] = {"of": old.person, "score": f"{new['earned']}/{new['possible']}"}
    if old.finished:
        before = {code: [one.value, one.remark] for code, one in old.answers.items()}
        codes = sorted({*before, *new["answers"]})
        changed = {c: [before.get(c), new["answers"].get(c)] for c in codes if before.get(c) != new["answers"].get(c)}
        details |= {"reason": reason, "changed": changed, "remark": [old.remark, new["remark"]]}
        details["score"] = [f"{old.earned}/{old.possible}", details["score"]]
    action = "quality.change" if old.finished else "quality.finish"
    await audit(connection, by=by, action=action, target=old.call, details=details, at=at)
