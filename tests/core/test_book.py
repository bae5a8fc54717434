"""What may stand in the book of agencies, and what the room sees of it."""

from dataclasses import replace

import pytest

from callcenter.core.agency import Agency, Category, Line
from callcenter.core.book import Book, Kept, Roads, in_steps, picture
from callcenter.core.book_rules import faults

FIRE = Agency("damkar", "113", "Damkar", "Fire department", (Line("113", "trunk"),))
AMBULANCE = Agency("psc119", "119", "PSC 119", "Ambulance", (Line("119", "trunk"),))
POLICE = Agency("polres", "110", "Polres", "Police")
BURNS = Category("FIRE", "Kebakaran", "Fire", 1, ("damkar", "psc119"))
ROADS = Roads(("telkom",), ("192.0.2.20:5060",), ("101", "102"), ("112", "+62112", "0231112"))


def wrong(changed: Agency) -> set[str]:
    book = Book((Kept(changed), Kept(AMBULANCE), Kept(POLICE)), (Kept(BURNS),))
    return {fault.field for fault in faults(book, {changed.code}, set(), ROADS)}


def wrong_line(**more: object) -> set[str]:
    return wrong(replace(FIRE, lines=(replace(Line("113", "trunk"), **more),)))  # type: ignore[arg-type]


def test_the_usual_agency_has_no_fault() -> None:
    assert wrong(FIRE) == set()
    full = Line("+62231201113", "trunk:telkom", 30, "0231112", order=2, hours="mon-fri 08:00-16:00")
    assert wrong(replace(FIRE, lines=(full, Line("102", "position"), Line("113", "sip:192.0.2.20:5060")))) == set()


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"code": "dam-kar"}, "code"),  # a leg's id has dashes of its own
        ({"code": "Damkar"}, "code"),
        ({"short": "1"}, "short"),
        ({"short": "11a"}, "short"),
        ({"short": "١١٣"}, "short"),
        ({"short": "119"}, "short"),  # the ambulance's
        ({"name_id": " "}, "name_id"),
        ({"name_en": "two\nlines"}, "name_en"),
        ({"languages": ("id", "f r")}, "languages"),
        ({"modes": ("WARM", "MAGIC")}, "modes"),
        ({"contact": "call us"}, "contact"),
        ({"escalation": "damkar"}, "escalation"),
        ({"escalation": "nobody"}, "escalation"),
        ({"lines": (Line("113", "trunk"),) * 10}, "lines"),
    ],
)
def test_a_fault_stands_beside_its_field(change: dict[str, object], field: str) -> None:
    assert wrong(replace(FIRE, **change)) == {field}  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"number": "113a"}, "number"),
        ({"number": "6.22E+12"}, "number"),
        ({"number": "1"}, "number"),
        ({"number": "112"}, "number"),  # it would come back to us
        ({"number": "+62231112"}, "number"),
        ({"number": "+62112"}, "number"),
        ({"number": "113", "road": "position"}, "number"),
        ({"road": "trunk:indosat"}, "road"),
        ({"road": "sip:192.0.2.99:5060"}, "road"),
        ({"road": ""}, "road"),
        ({"ring_s": 4}, "ring_s"),
        ({"show": "no"}, "show"),
        ({"order": 100}, "order"),
        ({"hours": "8-16"}, "hours"),
    ],
)
def test_a_fault_of_a_line_stands_beside_its_field(change: dict[str, object], field: str) -> None:
    assert wrong_line(**change) == {f"lines.0.{field}"}


def test_another_citys_112_may_be_dialled() -> None:
    assert wrong_line(number="0233112") == set()


def test_escalations_that_go_round_are_refused_wherever_the_circle_is_closed() -> None:
    a, b = replace(AMBULANCE, escalation="polres"), replace(POLICE, escalation="damkar")
    book = Book((Kept(replace(FIRE, escalation="psc119")), Kept(a), Kept(b)))
    (fault,) = faults(book, {"damkar"}, set(), ROADS)
    assert (fault.field, str(fault.why)) == (
        "escalation",
        "This escalation goes round in a circle: damkar → psc119 → polres → damkar.",
    )


def test_a_fault_that_nobody_touches_blocks_nobody() -> None:
    book = Book((Kept(FIRE), Kept(replace(AMBULANCE, lines=(Line("119", "trunk:gone"),)))))
    assert faults(book, {"damkar"}, set(), ROADS) == []


def test_who_is_somebodys_escalation_stays_in_service() -> None:
    book = Book((Kept(FIRE, active=False), Kept(replace(AMBULANCE, escalation="damkar"))))
    assert [fault.field for fault in faults(book, {"damkar"}, set(), ROADS)] == ["active"]


def test_a_short_code_is_free_while_its_agency_rests() -> None:
    book = Book((Kept(FIRE, active=False), Kept(replace(AMBULANCE, short="113"))))
    assert faults(book, {"psc119"}, set(), ROADS) == []
    back = replace(book, agencies=(Kept(FIRE), book.agencies[1]))
    assert [fault.field for fault in faults(back, {"damkar"}, set(), ROADS)] == ["short"]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"code": "fire"}, "code"),
        ({"priority": 4}, "priority"),
        ({"agencies": ("damkar", "nobody")}, "agencies"),
        ({"agencies": ("damkar", "damkar")}, "agencies"),
        ({"limit_min": -1}, "limit_min"),
        ({"limit_days": 91}, "limit_days"),
        ({"eido": "fire"}, "eido"),
        ({"report_row": "two\nlines"}, "report_row"),
        ({"name_id": ""}, "name_id"),
    ],
)
def test_a_fault_of_a_category_stands_beside_its_field(change: dict[str, object], field: str) -> None:
    bad = replace(BURNS, **change)  # type: ignore[arg-type]
    book = Book((Kept(FIRE), Kept(AMBULANCE)), (Kept(bad),))
    assert {fault.field for fault in faults(book, set(), {bad.code}, ROADS)} == {field}


def test_a_line_whose_road_is_gone_is_not_dialled_and_waits_for_it() -> None:
    waiting = replace(FIRE, lines=(Line("113", "trunk"), Line("114", "trunk:old"), Line("101", "position")))
    book = Book((Kept(waiting),))
    assert [line.number for line in picture(book, Roads(positions=("101",))).agencies["damkar"].lines] == ["101"]
    roads = Roads(("old", "new"), positions=("101",))
    assert [line.road for line in picture(book, roads).agencies["damkar"].lines] == [
        "trunk:old",
        "trunk:old",
        "position",
    ]


def test_who_rests_is_neither_offered_nor_escalated_to() -> None:
    book = Book((Kept(FIRE, active=False), Kept(replace(AMBULANCE, escalation="damkar"))), (Kept(BURNS),))
    seen = picture(book, ROADS)
    assert list(seen.agencies) == ["psc119"]
    assert seen.agencies["psc119"].escalation == ""
    assert seen.categories["FIRE"].agencies == ("psc119",)
    assert seen.all_agencies == ["psc119", "damkar"]


def test_steps_are_counted_from_one_and_equal_ones_ring_together() -> None:
    lines = (Line("1", "trunk", order=5), Line("2", "trunk", order=2), Line("3", "trunk", order=5), Line("4", "trunk"))
    assert [(line.number, line.order) for line in in_steps(lines)] == [("2", 1), ("4", 2), ("1", 3), ("3", 3)]
    plain = (Line("1", "trunk"), Line("2", "trunk"))
    assert [line.order for line in in_steps(plain)] == [1, 2]
