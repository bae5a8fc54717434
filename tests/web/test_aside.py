"""What could not be stored stands in sight until a person has dealt with it; then it is folded away, and kept."""

import json
from collections.abc import Awaitable, Callable
from typing import Any

from callcenter.core.facts import CallArrived
from tests.web.conftest import Visitor
from tests.web.fakes import NIGHT
from tests.web.house import PASSWORD, House

Visit = Callable[..., Awaitable[Visitor]]


def unstorable(here: House, call: str) -> None:
    here.board.hear(CallArrived(call, NIGHT, "+6281", None, dialled=object()))  # type: ignore[arg-type]


async def health(visitor: Visitor) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((await visitor.get("/healthz"))[1])
    return found


async def test_what_was_dealt_with_is_folded_away_with_its_day_and_stands_in_the_audit(
    here: House, visit: Visit
) -> None:
    unstorable(here, "e112-1.1")
    unstorable(here, "e112-2.1")
    await here.stored()
    assert (await health(await visit()))["journal"]["quarantined"] == 2
    bima = await visit("bima")
    await bima.get("/proof")
    newest, oldest = await here.history.quarantine()
    assert (await bima.form("/proof/release", id=str(oldest.id), why="typed in by hand"))[0] == 303
    assert await here.history.quarantine() == [newest]
    [done] = await here.history.quarantine(released=True)
    assert (done.call, done.released_at) == (oldest.call, here.clock())
    _, page = await bima.get("/proof")
    still, _, folded = page.partition("Sudah ditangani: 1")
    assert "e112-2.1" in still and "e112-1.1" not in still and "e112-1.1" in folded
    [line] = [each for each in (await here.history.audit()).lines if each.action == "aside.release"]
    assert (line.by, line.details) == ("bima", {"call": oldest.call, "why": "typed in by hand"})
    assert (await bima.form("/proof/release", id=str(oldest.id), why="again"))[0] == 404
    assert (await bima.form("/proof/release", id="1; DROP TABLE", why=""))[0] == 400
    await bima.form("/proof/release", id=str(newest.id), why="known")
    told = await health(await visit())
    assert told["journal"]["quarantined"] == 0 and not any("put aside" in each for each in told["warnings"])


async def test_a_reader_sees_what_was_put_aside_and_cannot_put_it_away(here: House, visit: Visit) -> None:
    unstorable(here, "e112-1.1")
    await here.stored()
    await here.people.add_user("agus", role="auditor", password=PASSWORD)
    agus = await visit("agus")
    _, page = await agus.get("/proof")
    assert "e112-1.1" in page and "/proof/release" not in page
    assert (await agus.form("/proof/release", id="1", why="x"))[0] == 403
    assert len(await here.history.quarantine()) == 1
