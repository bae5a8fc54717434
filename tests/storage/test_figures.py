"""Every figure equals a second computation that shares no line with it, on both databases, whatever changed since."""

from collections.abc import Callable
from dataclasses import astuple
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import delete, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from callcenter.core.kpi import adds_up, parts, spreads
from callcenter.core.tally import Tally
from callcenter.storage import Figures
from callcenter.storage.cells import keep_days, keep_month, months_marked
from callcenter.storage.tables import attempts, calls, forwards, ticket_calls, tickets
from callcenter.storage.tables_figures import figure_cells, figure_marks, figure_month_marks, figure_months
from tests.storage.cast import NOON, ZONE
from tests.storage.conftest import Room
from tests.storage.recount import Second
from tests.storage.wild import Row, Town, town, written

MONTH = (NOON - timedelta(days=12, hours=12), NOON + timedelta(hours=12))
"""From a midnight of the city to one."""
TOLD = ("outcome.", "class.", "accepted_by.", "on_scene_by.")


def same(mine: Tally, second: Second) -> None:
    told = parts(mine)
    for name, pair in second.parts().items():
        assert astuple(told[name]) == pair, name
    spans = spreads(mine)
    for name, expected in second.spreads().items():
        assert astuple(spans[name]) == expected, name
    assert mine.of("arrivals") == len(second.calls)
    assert {name: many for name, many in mine.counts.items() if name.startswith(TOLD) and many} == second.counts()
    assert adds_up(mine)


def same_of_agency(mine: Tally, second: Second) -> None:
    told, spans = parts(mine), spreads(mine)
    for name in ("try_answer", "acceptance", "response_15", "citizen_15", "on_scene_known"):
        assert astuple(told[name]) == second.parts()[name], name
    for name in ("try_answer", "acceptance", "response", "citizen", "working_days"):
        assert astuple(spans[name]) == second.spreads()[name], name


@pytest.fixture
def figures(room: Room) -> Figures:
    return Figures(room.database, zone=ZONE, clock=room.clock)


@pytest.fixture
async def busy(room: Room) -> Town:
    made = town(seed=112, many=700)
    await written(room.database, made)
    return made


async def counted_out(figures: Figures) -> None:
    while await figures.count_some():
        pass


async def test_figures_equal_a_second_computation_before_and_after_the_days_are_kept(
    room: Room, figures: Figures, busy: Town
) -> None:
    second = Second(busy, *MONTH)
    assert second.parts()["level_15"][0] > 20  # there is something to be wrong about
    whole = await figures.count(*MONTH)
    assert len(whole.waiting) > 0  # so many days are not counted while somebody waits: it is said which
    await counted_out(figures)
    kept = await figures.count(*MONTH)
    assert kept.waiting == ()
    same(kept.total, second)
    owed = second.owed(*MONTH)
    for name in ("called_back", "reached", "called_again"):
        assert astuple(parts(kept.total)[name]) == owed[name]
    assert astuple(spreads(kept.total)["callback"]) == owed["took"]
    evening = (NOON - timedelta(days=3), NOON - timedelta(days=2, hours=15, minutes=7))
    same((await figures.count(*evening)).total, Second(busy, *evening))


def of(by: str, name: str) -> Callable[[Row, Row], bool]:
    """The calls of that group, told by their rows."""

    def belongs(call: Row, ticket: Row) -> bool:
        if by in ("hour", "day"):
            return f"{call['arrived_at'].astimezone(ZONE):{'%H' if by == 'hour' else '%Y-%m-%d'}}" == name
        found: str = {**ticket, **call}[by]
        return (found.strip().capitalize() if by.startswith("ke") else found) == name

    return belongs


async def test_each_dimension_equals_it_too_and_its_groups_add_up(figures: Figures, busy: Town) -> None:
    await counted_out(figures)
    short = (NOON - timedelta(days=2), NOON - timedelta(days=1))
    for by in ("hour", "person", "category", "kecamatan", "kelurahan", "day"):
        for span in (MONTH, short) if by != "day" else (MONTH,):
            found = await figures.count(*span, by)
            assert sum(tally.of("arrivals") for tally in found.groups.values()) == found.total.of("arrivals"), by
            for name, tally in found.groups.items():
                same(tally, Second(busy, *span, of(by, name)))


async def test_by_agency_only_its_own_tries_count(figures: Figures, busy: Town) -> None:
    await counted_out(figures)
    found = (await figures.count(*MONTH, "agency")).groups
    assert set(found) == {"damkar", "psc119"}
    for agency, tally in found.items():
        same_of_agency(tally, Second(busy, *MONTH, agency=agency))


async def test_whatever_changes_afterwards_is_in_the_figures_at_once(room: Room, busy: Town) -> None:
    figures = Figures(room.database, zone=ZONE, clock=room.clock, most_anew=40)
    await counted_out(figures)
    late, gone = busy.calls[5], busy.calls[9]["id"]
    given = busy.forwards[7]
    ticket, other = busy.links[3]["ticket"], busy.links[300]["ticket"]

    async def unit(connection: AsyncConnection) -> None:
        told = NOON - timedelta(days=9)
        await connection.execute(
            update(calls).where(calls.c.id == late["id"]).values(arrived_at=told, outcome="ANSWERED")
        )
        await connection.execute(update(tickets).where(tickets.c.id == ticket).values(call_class="PRANK", priority=1))
        await connection.execute(
            update(attempts).values(accepted_at=NOON).where(attempts.c.call == busy.attempts[0]["call"])
        )
        await connection.execute(update(ticket_calls).where(ticket_calls.c.call == gone).values(ticket=other))
        await connection.execute(update(forwards).where(forwards.c.id == given["id"]).values(accepted_at=NOON))
        late.update(arrived_at=told, outcome="ANSWERED")

    await room.database.write(unit)
    next(t for t in busy.tickets if t["id"] == ticket).update(call_class="PRANK", priority=1)
    for one in busy.attempts:
        if one["call"] == busy.attempts[0]["call"]:
            one["accepted_at"] = NOON
    next(link for link in busy.links if link["call"] == gone)["ticket"] = other
    given["accepted_at"] = NOON
    same((await figures.count(*MONTH)).total, Second(busy, *MONTH))
    await counted_out(figures)
    same((await figures.count(*MONTH)).total, Second(busy, *MONTH))


async def test_a_change_while_a_day_is_counted_is_not_overlooked(room: Room, busy: Town) -> None:
    class Slow(Figures):
        """Somebody types just after the calls were read."""

        async def _anew(self, connection: AsyncConnection, since: datetime, until: datetime) -> Any:
            found = await super()._anew(connection, since, until)
            if not typed:
                typed.append(1)
                await room.database.write(reclassed)
            return found

    async def reclassed(connection: AsyncConnection) -> None:
        await connection.execute(update(tickets).values(call_class="PRANK"))

    figures = Figures(room.database, zone=ZONE, clock=room.clock)
    await counted_out(figures)
    await room.database.write(lambda c: c.execute(update(tickets).values(call_class="INFO")))
    typed: list[int] = []
    await Slow(room.database, zone=ZONE, clock=room.clock).count_some()
    await counted_out(figures)
    for ticket in busy.tickets:
        ticket["call_class"] = "PRANK"
    same((await figures.count(*MONTH)).total, Second(busy, *MONTH))


LONG = (NOON - timedelta(days=75, hours=12), NOON + timedelta(hours=12))
"""The last of October to the 14th of January."""


async def test_months_that_are_over_are_read_as_one_sum_that_follows_every_correction(
    room: Room, figures: Figures
) -> None:
    busy = town(seed=6, many=600, days=76)
    await written(room.database, busy)
    await counted_out(figures)
    assert await months(room) == {"2025-10", "2025-11", "2025-12"}
    second = Second(busy, *LONG)
    for by in ("all", "day", "month", "category", "agency"):
        found = await figures.count(*LONG, by)
        same(found.total, second)
        if by == "day":
            assert sum(tally.of("arrivals") for tally in found.groups.values()) == len(second.calls)
    november = (datetime(2025, 10, 31, 17, tzinfo=UTC), datetime(2025, 11, 30, 17, tzinfo=UTC))
    same((await figures.count(*LONG, "month")).groups["2025-11"], Second(busy, *november))
    for agency, tally in (await figures.count(*LONG, "agency")).groups.items():
        same_of_agency(tally, Second(busy, *LONG, agency=agency))
    link = next(link for link in busy.links if link["linked_at"] < NOON - timedelta(days=50))
    changed = next(ticket for ticket in busy.tickets if ticket["id"] == link["ticket"])
    changed["call_class"] = "INFO" if changed["call_class"] != "INFO" else "PRANK"
    corrected = update(tickets).where(tickets.c.id == changed["id"]).values(call_class=changed["call_class"])
    await room.database.write(lambda connection: connection.execute(corrected))
    same((await figures.count(*LONG)).total, Second(busy, *LONG))  # the month is not its sum any more
    await figures.count_some()  # the day is counted, the month is not yet summed
    same((await figures.count(*LONG)).total, Second(busy, *LONG))
    await counted_out(figures)
    same((await figures.count(*LONG)).total, Second(busy, *LONG))


async def months(room: Room) -> set[str]:
    """Those that are kept as one sum."""
    async with room.database.read() as connection:
        marked = {f"{row.month:%Y-%m}" for row in await connection.execute(figure_month_marks.select())}
        assert marked == {"2026-01"}  # it still runs
        return {f"{row.month:%Y-%m}" for row in await connection.execute(figure_months.select())}


async def test_a_day_counted_while_its_month_is_summed_leaves_the_month_marked(room: Room, figures: Figures) -> None:
    await written(room.database, town(seed=7, many=60, days=40))
    await counted_out(figures)
    month = date(2025, 12, 1)
    await room.database.write(lambda c: keep_days(c, {month: {}}, {}))
    async with room.database.read() as connection:
        seen = (await months_marked(connection))[month]
    await room.database.write(lambda c: keep_days(c, {month: {}}, {}))  # the second one
    await room.database.write(lambda c: keep_month(c, month, [], seen))
    async with room.database.read() as connection:
        assert month in await months_marked(connection)


async def test_todays_hours_are_counted_again_when_something_in_them_changed(room: Room, figures: Figures) -> None:
    room.clock.at = NOON + timedelta(hours=11)
    busy = town(seed=8, many=80, days=1)
    await written(room.database, busy)
    await figures.begin_today()  # as the program does at its start
    today = (NOON - timedelta(hours=12), NOON + timedelta(hours=12))
    same((await figures.count(*today)).total, Second(busy, *today))
    for n, ticket in enumerate(busy.tickets[-12:]):
        ticket["call_class"] = ("PRANK", "INFO", "")[n % 3]
        corrected = update(tickets).where(tickets.c.id == ticket["id"]).values(call_class=ticket["call_class"])
        await room.database.write(lambda connection, these=corrected: connection.execute(these))  # type: ignore[misc]
        same((await figures.count(*today, "hour")).total, Second(busy, *today))
    room.clock.pass_(7200)  # tomorrow
    await figures.begin_today()
    await counted_out(figures)
    same((await figures.count(*today)).total, Second(busy, *today))


async def test_today_is_always_counted_from_the_calls_and_past_days_only_once(
    room: Room, figures: Figures, busy: Town
) -> None:
    await counted_out(figures)
    async with room.database.read() as connection:
        marks = (await connection.execute(figure_marks.select())).all()
    today = {row.hour for row in marks}
    assert today == {
        f"{c['arrived_at']:%Y-%m-%d %H}" for c in busy.calls if c["arrived_at"] >= MONTH[1] - timedelta(days=1)
    }
    assert await figures.count_some() == 0


async def test_another_zone_counts_the_days_anew(room: Room, figures: Figures, busy: Town) -> None:
    await counted_out(figures)
    async with room.database.read() as connection:
        before = (await connection.execute(figure_cells.select().where(figure_cells.c.dimension == "zone"))).one()
    assert before.key.startswith("Asia/Jakarta ")
    papua = Figures(room.database, zone=ZoneInfo("Asia/Jayapura"), clock=room.clock)
    while await papua.count_some():
        pass
    since = datetime(2026, 1, 5, 15, tzinfo=UTC)
    until = since + timedelta(days=4)
    same((await papua.count(since, until)).total, Second(busy, since, until))


@pytest.mark.parametrize("url", [pytest.param("postgresql", marks=pytest.mark.postgres)], indirect=True)
async def test_the_databases_own_percentiles_agree(room: Room, figures: Figures, busy: Town) -> None:
    """SQLite has none."""
    await counted_out(figures)
    asked = text(
        "SELECT count(*), percentile_disc(ARRAY[0.5, 0.9, 0.95, 1]) WITHIN GROUP"
        " (ORDER BY ceil(extract(epoch FROM answered_at - arrived_at) * 10) / 10)"
        " FROM calls WHERE NOT test AND answered_at >= arrived_at AND arrived_at >= :since AND arrived_at < :until"
    )
    async with room.database.read() as connection:
        count, told = (await connection.execute(asked, {"since": MONTH[0], "until": MONTH[1]})).one()
    mine = spreads((await figures.count(*MONTH)).total)["answer"]
    assert (count, [float(each) for each in told]) == (mine.count, [mine.median, mine.p90, mine.p95, mine.longest])


async def test_a_call_that_is_deleted_leaves_the_figures(room: Room, figures: Figures, busy: Town) -> None:
    await counted_out(figures)
    alone = next(c["id"] for c in busy.calls if not any(a["call"] == c["id"] for a in busy.attempts))

    async def unit(connection: AsyncConnection) -> None:
        await connection.execute(update(forwards).where(forwards.c.call == alone).values(call=None))
        await connection.execute(delete(ticket_calls).where(ticket_calls.c.call == alone))
        await connection.execute(delete(calls).where(calls.c.id == alone))

    await room.database.write(unit)
    for given in busy.forwards:
        given["call"] = None if given["call"] == alone else given["call"]
    busy.calls = [c for c in busy.calls if c["id"] != alone]
    busy.links = [link for link in busy.links if link["call"] != alone]
    same((await figures.count(*MONTH)).total, Second(busy, *MONTH))
