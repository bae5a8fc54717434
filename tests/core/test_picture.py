"""ARCHITECTURE.md shows the table that the code runs on."""

from pathlib import Path

from callcenter.core.call import NEXT, Move, Stage
from callcenter.core.picture import lines

DOCUMENT = Path(__file__).parents[2] / "ARCHITECTURE.md"


def test_the_picture_in_the_document_is_the_table_of_the_code() -> None:
    picture = DOCUMENT.read_text().split("<!-- life of a call -->")[1].split("<!-- end -->")[0]
    assert picture.strip().splitlines() == list(lines())


def test_every_stage_is_reached_and_every_call_can_end() -> None:
    assert set(NEXT.values()) | {Stage.ARRIVED} == set(Stage)
    assert {stage for stage, what in NEXT if what is Move.ENDED} == set(Stage) - {Stage.ENDED}
