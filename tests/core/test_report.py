"""The report: its sums, the check case of 2018, and what a revision says."""

from datetime import date

from callcenter.core.agency import Category
from callcenter.core.catalogue import Catalogue
from callcenter.core.kpi import CLASS_PARTS
from callcenter.core.report import Earlier, Incidents, Material, canonical, differences, digest, document
from callcenter.core.tally import Tally

OCTOBER = (date(2026, 10, 1), date(2026, 10, 31))
CATALOGUE = Catalogue(
    categories={
        "FIRE": Category("FIRE", "Kebakaran", "Fire", 1, report_row="Kebakaran"),
        "ANIMAL": Category("ANIMAL", "Evakuasi hewan", "Animal", 2, report_row="Kebakaran"),
        "TREE": Category("TREE", "Pohon tumbang", "Tree", 2, report_row="BPBD"),
    }
)
FOLDING = {"EMERGENCY": "normal", "GHOST": "ghost", "PRANK": "prank", "INFO": "informasi"}


def made_of(total: Tally, *incidents: Incidents, earlier: tuple[Earlier, ...] = ()) -> Material:
    return Material("Cirebon", *OCTOBER, total, {}, incidents, earlier, (), FOLDING)


def counted(**classes: int) -> Tally:
    total = Tally()
    for code, many in classes.items():
        total.count(f"class.{code}", many)
        total.count("arrivals", many)
    return total


def test_the_classes_and_the_rest_are_the_arrivals_and_a_slip_is_seen() -> None:
    total = counted(EMERGENCY=3, PRANK=5, not_answered=2, not_classified=1, in_progress=1)
    body = document(made_of(total), CATALOGUE)
    assert list(body["classes"]) == list(CLASS_PARTS)
    assert sum(body["classes"].values()) == body["arrivals"] == 12
    assert body["adds_up"] is True
    total.count("arrivals")
    assert document(made_of(total), CATALOGUE)["adds_up"] is False


def test_the_ministrys_rows_hide_no_class() -> None:
    body = document(made_of(counted(EMERGENCY=3, PRANK=5, GHOST=1, MISDIAL=4)), CATALOGUE)
    assert body["ministry"] == {"normal": 3, "ghost": 1, "prank": 5, "informasi": 0, "": 4}


def test_incidents_are_counted_by_row_and_never_as_calls() -> None:
    found = (Incidents("FIRE", "Kejaksan", "", 2), Incidents("ANIMAL", "", "", 1), Incidents("", "", "", 4))
    earlier = (Earlier(*OCTOBER, "Kebakaran", 10), Earlier(*OCTOBER, "Lainnya", 7))
    body = document(made_of(counted(EMERGENCY=3), *found, earlier=earlier), CATALOGUE)
    assert body["incidents"]["rows"] == [["Kebakaran", 3, 10], ["BPBD", 0, 0], ["Lainnya", 0, 7], ["", 4, 0]]
    assert (body["incidents"]["own"], body["incidents"]["earlier"], body["arrivals"]) == (7, 17, 3)
    assert body["kecamatan"] == {"": 5, "Kejaksan": 2}


def test_the_same_report_has_the_same_digest_and_a_revision_names_what_changed() -> None:
    old = document(made_of(counted(EMERGENCY=3), Incidents("FIRE", "", "", 2)), CATALOGUE)
    again = document(made_of(counted(EMERGENCY=3), Incidents("FIRE", "", "", 2)), CATALOGUE)
    assert digest(canonical(old)) == digest(canonical(again))
    assert list(differences(old, again)) == []
    new = document(made_of(counted(EMERGENCY=2, PRANK=1), Incidents("FIRE", "", "", 1)), CATALOGUE)
    told = {path: (before, after) for path, before, after in differences(old, new)}
    assert told["classes/EMERGENCY"] == (3, 2)
    assert told["incidents/rows/Kebakaran"] == ([2, 0], [1, 0])
    assert "incidents/rows/BPBD" not in told
    assert digest(canonical(old)) != digest(canonical(new))
