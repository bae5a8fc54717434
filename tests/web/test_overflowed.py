"""A call that an overflow line took, and every line that was tried for it, as the supervisor and programs see it."""

import json
from collections.abc import Awaitable, Callable
from datetime import timedelta

from callcenter.core import facts
from tests.web.conftest import Visitor
from tests.web.house import House

Visit = Callable[..., Awaitable[Visitor]]
BUDI, MOBILE = "e112-1790000000.1", "e112-1790000031.7"


async def taken_by_an_overflow_line(here: House) -> None:
    """Nobody answers; the first line is busy, the second one takes him."""
    here.telephone.dials(BUDI, "+6281234567890")
    at = here.clock()
    here.board.hear(
        facts.OverflowTried(BUDI, at, "m1", 1, 1, "on-call officer"),
        facts.LegEnded("m1", at, 17),
        facts.OverflowFailed(BUDI, at, "m1", 1, 1, "BUSY", "on-call officer"),
        facts.OverflowTried(BUDI, at + timedelta(seconds=1), MOBILE, 2, 1, "112 Indramayu"),
        facts.LegAnswered(MOBILE, at + timedelta(seconds=6)),
        facts.CallOverflowed(BUDI, at + timedelta(seconds=8), MOBILE, 2, "112 Indramayu"),
        facts.LegEnded(MOBILE, at + timedelta(seconds=60), 16),
        facts.LegEnded(BUDI, at + timedelta(seconds=60), 16),
    )
    await here.stored()


async def test_the_page_of_the_call_shows_who_took_him_when_and_every_line_that_was_tried(
    here: House, visit: Visit
) -> None:
    await taken_by_an_overflow_line(here)
    _, page = await (await visit("bima")).get(f"/calls/{BUDI}")
    assert "Diterima jalur luapan" in page and "112 Indramayu" in page
    assert "jalur luapan 1" in page and "jalur luapan 2" in page and "on-call officer" in page
    assert page.count("transfer") == 0 and "Tidak ada yang menjawab, jadi tidak ada suara" not in page
    assert "Jalur luapan tidak menerima penelepon" in page


async def test_programs_read_it_too(here: House, visit: Visit) -> None:
    await taken_by_an_overflow_line(here)
    here.record(BUDI)
    secret = await here.people.create_token("wall", role="auditor")
    headers = {"Authorization": f"Bearer {secret}"}
    status, text = await (await visit()).get(f"/api/v1/calls/{BUDI}", headers=headers)
    told = json.loads(text)
    assert (status, told["outcome"], told["overflowed_to"], told["answered_at"]) == (
        200,
        "OVERFLOWED",
        "112 Indramayu",
        None,
    )
    assert told["overflowed_at"] and told["recording"]
    assert [(a["agency"], a["by"], a["result"]) for a in told["attempts"]] == [
        ("", "overflow", "BUSY"),
        ("", "overflow", "ACCEPTED"),
    ]
