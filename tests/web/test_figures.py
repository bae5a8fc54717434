"""The page of figures: every share with both its parts, for a period that can be chosen, in both languages."""

import csv
import io
import json
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from callcenter.core.errors import BadInput
from callcenter.core.tally import Part
from callcenter.web.figures import numbers
from callcenter.web.figures.charts import Bar, nice_top, shares, stacked
from callcenter.web.figures.period import read_period, shift_names, shift_of
from callcenter.web.figures.words import DIMENSIONS, PERIODS
from tests.browser.scenes import fire_brigade_joins, picked_up, rings
from tests.web.conftest import Visitor
from tests.web.house import PASSWORD, House

Visit = Callable[..., Awaitable[Visitor]]
ZONE = ZoneInfo("Asia/Jakarta")
SHIFTS = ("07", "14", "21")
NIGHT = datetime(2026, 11, 21, 18, 12, 7, tzinfo=UTC)  # 01.12.07 on the 22nd


async def a_night(here: House) -> None:
    call = rings(here)
    picked_up(here, call)
    fire_brigade_joins(here, call)
    here.telephone.hangs_up(call)
    await here.stored()
    await here.until(lambda: len(here.board.tickets) == 2)


async def test_an_arrival_is_in_the_figures_as_soon_as_it_is_stored(here: House, visit: Visit) -> None:
    await a_night(here)
    bima = await visit("bima")
    status, page = await bima.get("/figures")
    assert status == 200
    assert "Statistik" in page
    assert "Jumlah: panggilan masuk" in page and "cocok" in page
    assert "1 / 2" in page  # one of two arrivals answered within 15 s; the other still waits
    assert "n/a" in page  # nobody has been on the scene
    assert "Damkar" in (await bima.get("/figures?by=agency"))[1]


async def test_a_time_without_calls_is_one_calm_sentence(here: House, visit: Visit) -> None:
    page = (await (await visit("bima")).get("/figures"))[1]
    assert "Tidak ada panggilan masuk pada waktu ini." in page
    assert "<table" not in page and "key-figures" not in page


async def test_the_file_has_each_figure_with_numerator_and_denominator(here: House, visit: Visit) -> None:
    await a_night(here)
    bima = await visit("bima")
    status, text = await bima.get("/figures.csv?by=hour")
    assert status == 200
    rows = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))
    total = {row[5]: row for row in rows if row[2] == "all"}
    assert (total["level_15"][7], total["level_15"][8]) == ("1", "2")
    assert total["class.in_progress"][7] == "1"
    assert {row[3] for row in rows if row[2] == "hour"} == {"01"}
    assert {len(row) for row in rows} == {16}


async def test_a_viewer_sees_aggregates_and_nothing_else(here: House, visit: Visit) -> None:
    await a_night(here)
    await here.people.add_user("wati", role="viewer", password=PASSWORD)
    wati = await visit("wati")
    status, page = await wati.get("/figures")
    assert status == 200
    assert "0812" not in page and "siti" not in page and "Petugas telepon" not in page
    assert (await wati.get("/figures?by=person"))[0] == 400
    assert (await wati.get("/calls"))[0] == 403


async def test_a_period_that_cannot_be_read_is_said(here: House, visit: Visit) -> None:
    bima = await visit("bima")
    secret = await here.people.create_token("nonsense", role="viewer")
    for query in (
        "period=decade", "day=yesterday", "by=mood", "period=shift&shift=01-02", "day=0001-01-01", "day=%00",
        "period=free&from=2026-02-02&to=2026-01-01", "period=free&from=1991-01-01&to=2026-01-01",
        "period=month&day=2026-13",
    ):  # fmt: skip
        status, page = await bima.get(f"/figures?{query}")
        assert status == 400, query
        assert 'role="alert"' in page
        told = await bima.get(f"/api/v1/figures?{query}", headers={"Authorization": f"Bearer {secret}"})
        assert told[0] == 400 and json.loads(told[1])["error"]["sentence"]


async def test_every_period_is_shown_in_every_dimension(here: House, visit: Visit) -> None:
    await a_night(here)
    bima = await visit("bima")
    for period in PERIODS:
        for by in DIMENSIONS:
            status, page = await bima.get(f"/figures?period={period}&by={by}")
            assert status == 200, (period, by)
            assert 'role="alert"' not in page
            assert "belum termasuk" not in page  # nothing waits to be counted


async def test_more_days_than_anybody_reads_stand_by_month_and_each_month_leads_to_its_days(
    here: House, visit: Visit
) -> None:
    await a_night(here)
    bima = await visit("bima")
    page = (await bima.get("/figures?period=free&from=2025-12-02&to=2026-11-22&by=day"))[1]
    assert "356 hari ditampilkan per bulan" in page
    days = "/figures?period=free&from=2026-11-01&to=2026-11-22&by=day"
    assert f'<a href="{days.replace("&", "&amp;")}">2026-11</a>' in page
    shown = (await bima.get(days))[1]
    assert "ditampilkan per bulan" not in shown and "1 / 2" in shown
    text = (await bima.get("/figures.csv?period=free&from=2025-12-02&to=2026-11-22&by=day"))[1]
    rows = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))
    assert {row[3] for row in rows if row[2] == "day"} == {"2026-11-22"}


async def test_another_program_reads_the_same_numbers(here: House, visit: Visit) -> None:
    await a_night(here)
    secret = await here.people.create_token("dashboard", role="viewer")
    program = await visit()
    status, text = await program.get("/api/v1/figures?by=agency", headers={"Authorization": f"Bearer {secret}"})
    told = json.loads(text)
    assert status == 200
    assert told["total"]["shares"]["level_15"] == {"numerator": 1, "denominator": 2, "value": 0.5}
    assert sum(told["total"]["classes"].values()) == told["total"]["arrivals"] == 2
    assert [group["key"] for group in told["groups"]] == ["damkar"]


def span(query: dict[str, str], now: datetime = NIGHT) -> tuple[str, str]:
    found = read_period(query, now, ZONE, SHIFTS)
    return tuple(f"{at.astimezone(ZONE):%Y-%m-%d %H:%M}" for at in (found.since, found.until))  # type: ignore[return-value]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({}, ("2026-11-22 00:00", "2026-11-23 00:00")),
        ({"period": "shift"}, ("2026-11-21 21:00", "2026-11-22 07:00")),
        ({"period": "shift", "shift": "21-07", "day": "2026-11-22"}, ("2026-11-22 21:00", "2026-11-23 07:00")),
        ({"period": "shift", "shift": "07-14", "day": "2026-11-20"}, ("2026-11-20 07:00", "2026-11-20 14:00")),
        ({"period": "week"}, ("2026-11-16 00:00", "2026-11-23 00:00")),
        ({"period": "month", "day": "2026-02"}, ("2026-02-01 00:00", "2026-03-01 00:00")),
        ({"period": "year", "day": "2025-07-07"}, ("2025-01-01 00:00", "2026-01-01 00:00")),
        ({"period": "free", "from": "2018-10-29", "to": "2018-12-11"}, ("2018-10-29 00:00", "2018-12-12 00:00")),
    ],
)
def test_a_period_begins_and_ends_at_the_citys_own_midnight(query: dict[str, str], expected: tuple[str, str]) -> None:
    assert span(query) == expected


def test_one_leads_from_shift_to_shift_without_a_gap() -> None:
    query: dict[str, str] = {"period": "shift"}
    found = read_period(query, NIGHT, ZONE, SHIFTS)
    for _ in range(7):
        before = read_period(dict(pair.split("=") for pair in found.before.split("&")), NIGHT, ZONE, SHIFTS)
        assert before.until == found.since
        after = read_period(dict(pair.split("=") for pair in before.after.split("&")), NIGHT, ZONE, SHIFTS)
        assert (after.since, after.until) == (found.since, found.until)
        found = before


def test_every_hour_belongs_to_one_shift() -> None:
    assert shift_names(("21", "07", "14")) == ("07-14", "14-21", "21-07")
    assert [shift_of(f"{hour:02}", SHIFTS) for hour in (0, 6, 7, 13, 14, 20, 21, 23)] == [
        "21-07", "21-07", "07-14", "07-14", "14-21", "14-21", "21-07", "21-07",
    ]  # fmt: skip
    with pytest.raises(BadInput):
        read_period({"period": "shift"}, NIGHT, ZONE, ())


def test_a_share_is_never_rounded_up_to_its_goal() -> None:
    assert numbers.percent(Part(8999, 10000), "id") == "89,9 %"
    assert numbers.percent(Part(0, 0), "en") == "n/a"
    assert (numbers.seconds(4.2, "id"), numbers.seconds(125, "en"), numbers.seconds(None, "en")) == (
        "4,2 dtk",
        "2:05",
        "n/a",
    )


def test_a_picture_holds_its_columns_and_a_round_top() -> None:
    assert [nice_top(n) for n in (0, 1, 3, 7, 11, 99, 401)] == [1, 1, 4, 8, 20, 100, 500]
    chart: Any = stacked(
        [Bar("a", "a: 3", (("answered", 3), ("lost", 0))), Bar("b", "b", (("answered", 1), ("lost", 2)))]
    )
    tall = [sum(piece.height for piece in column.pieces) for column in chart.columns]
    assert tall[0] == pytest.approx(tall[1])
    assert all(
        chart.left <= piece.x and piece.x + piece.width <= chart.right for c in chart.columns for piece in c.pieces
    )
    assert shares([], 0.9).columns == ()
    assert stacked([]).ticks
    assert sum(column.shown for column in shares([Bar(str(n), "", ()) for n in range(90)]).columns) <= 16
