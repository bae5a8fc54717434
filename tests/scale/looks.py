"""What years of looking, judging and reviewing leave: the audit, rows of recordings, score sheets of a large room.

In:  a database full of calls. Out: four rows of the audit and one recording for each call; a year of 20,000 sheets.
Never: a seal that holds (nobody verifies these rows); a file of sound.
"""

import sqlite3
from contextlib import closing
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import asyncpg  # type: ignore[import-untyped]
from sqlalchemy import insert, select
from sqlalchemy.engine import make_url

from callcenter.core.draw import Lot, Taken, Why, digest, seed_of, written
from callcenter.storage import Database
from callcenter.storage.score_forms import newest_or_first
from callcenter.storage.tables_log import call_log
from callcenter.storage.tables_people import users
from callcenter.storage.tables_quality import quality_drawn, quality_draws, reviews
from tests.scale.years import END
from tests.storage.cast import ZONE

A_MONTH = 1667
"""2 % of the calls of a room that answers a million a year."""
POPULATION = 83_000
MONTHS = 13
WHO_LEFT, WHO_STAYS = "sari", "dewi"

LOOKS = """
INSERT INTO audit (at, "by", action, target, details, address, previous, digest)
SELECT c.arrived_at,
  CASE k WHEN 0 THEN CASE c.person WHEN '' THEN 'bima' ELSE c.person END
    WHEN 3 THEN CASE WHEN c.arrived_at < '2023-06-01' THEN 'sari' ELSE 'dewi' END ELSE 'bima' END,
  CASE k WHEN 0 THEN 'ticket.class' WHEN 1 THEN CASE c.revision % 20000 WHEN 7 THEN 'data.erase' ELSE 'calls.view' END
    WHEN 2 THEN 'call.view' ELSE 'call.recording' END,
  CASE k WHEN 0 THEN t.number WHEN 1 THEN '' ELSE c.id END,
  '{}', '10.0.0.7', c.id || '/' || k, c.id || '=' || k
FROM calls c JOIN ticket_calls l ON l.call = c.id JOIN tickets t ON t.id = l.ticket,
  (SELECT 0 AS k UNION ALL SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3) AS often
ORDER BY c.arrived_at, c.id, k
"""
NAMED = """
INSERT INTO audit_named (name, audit)
SELECT t.number, a.id FROM audit a JOIN calls c ON a.digest = c.id || '=1'
JOIN ticket_calls l ON l.call = c.id JOIN tickets t ON t.id = l.ticket WHERE c.revision % 10 = 0
"""
SOUND = """
INSERT INTO recordings (call, part, leg, position, path, bytes, sha256, originals, began_at, seconds, sides, verdict,
  missing_s, gaps, silent_side, sealed_at, packed_at, deleted_at, deleted_by, deleted_why)
SELECT id, 'MAIN', '', '', recording, 1000, '', '{}', answered_at, 60, 2,
  CASE WHEN revision % 5000 = 3 THEN 'GAP' ELSE 'COMPLETE' END, 0, '[]', '', ended_at, ended_at,
  CASE WHEN arrived_at < '2025-11-01' THEN ended_at END, '', ''
FROM calls WHERE answered_at IS NOT NULL ORDER BY arrived_at
"""


async def look_back(url: str) -> None:
    """All of it."""
    for statement in (LOOKS, NAMED, SOUND):
        await _run(url, statement)
    async with Database(url, write_s=600, read_s=60).running() as database:
        months = [_month(n) for n in range(MONTHS)]
        await database.write(_begin)
        for month, next_ in zip(months[1:], months[:-1], strict=True):
            calls = await _answered(database, month, next_)
            await database.write(partial(_review, month, calls))
    await _run(url, "ANALYZE" if url.startswith("postgresql") else "SELECT 1")


async def _run(url: str, statement: str) -> None:
    """Past the program, which waits for nothing as long."""
    place = make_url(url)
    if place.get_backend_name() == "sqlite":
        with closing(sqlite3.connect(str(place.database))) as db:
            db.execute(statement)
            db.commit()
        return
    connection = await asyncpg.connect(place.set(drivername="postgresql").render_as_string(hide_password=False))
    await connection.execute(statement)
    await connection.close()


def _month(back: int) -> datetime:
    """The first moment of a month, so many before the last one that is over, in the city."""
    first = (END - timedelta(hours=7)).astimezone(ZONE).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    for _ in range(back):
        first = (first - timedelta(days=1)).replace(day=1)
    return first


async def _begin(connection: Any) -> None:
    who = {"name": "tini", "display": "Tini", "role": "supervisor", "password_hash": "", "agency": ""}
    await connection.execute(insert(users).values(**who, created_at=END, password_at=END))
    await newest_or_first(connection, END)


async def _answered(database: Database, since: datetime, until: datetime) -> list[Any]:
    log = call_log.c
    asked = select(log.call, log.person, log.arrived_at).where(
        log.arrived_at >= since, log.arrived_at < until, log.person != ""
    )
    async with database.read(deadline=60) as connection:
        return list(await connection.execute(asked.order_by(log.arrived_at).limit(A_MONTH)))


async def _review(month: datetime, calls: list[Any], connection: Any) -> None:
    """The draw, and a finished sheet for each call of it but the last hundred."""
    day = month.date()
    form = await newest_or_first(connection, END)
    people = [call.person for call in calls] or ["siti"]
    population = [Taken(f"e112-{day:%Y%m}{n:06}.1", people[n % len(people)]) for n in range(POPULATION)]
    body = written(population)
    row = {
        "month": day,
        "seed": seed_of(day),
        "population": body,
        "sha256": digest(body),
        "size": POPULATION,
        "nobody": 0,
    }
    await connection.execute(insert(quality_draws).values(**row, drawn_by="tini", drawn_at=END))
    lots = [Lot(call.call, call.person, Why.SHARE) for call in calls]
    drawn = [
        {"month": day, "call": lot.call, "person": lot.person, "why": lot.why.value, "place": n}
        for n, lot in enumerate(lots)
    ]
    answers = {question.code: [question.choices[0], ""] for question in form.questions}
    sheets = [
        {
            "call": call.call, "call_at": call.arrived_at, "person": call.person, "reviewer": "tini", "month": day,
            "form": form.version, "version": 2, "state": "FINISHED", "answers": answers, "remark": "",
            "earned": 3000 + n % 900, "possible": 4000, "failed": n % 7 == 0, "calibration": False,
            "started_at": call.arrived_at, "finished_at": call.arrived_at, "revision": 0, "reply": "",
        }
        for n, call in enumerate(calls[:-100])
    ]  # fmt: skip
    if drawn:
        await connection.execute(insert(quality_drawn), drawn)
    if sheets:
        await connection.execute(insert(reviews), sheets)
