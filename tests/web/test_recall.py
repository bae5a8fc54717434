"""Instant recall: the last minute of her own running call, through hold and when it is passed on; nobody else's."""

from callcenter import wav
from callcenter.core import facts
from tests.browser.scenes import picked_up, rings
from tests.web.control import colleague_rings, holds, takes_back
from tests.web.house import House
from tests.web.test_recordings import Visit, grow, url


async def test_the_call_taker_hears_the_last_minute_of_her_running_call_and_nobody_elses(
    here: House, visit: Visit
) -> None:
    call = rings(here)
    picked_up(here, call)
    path = here.record(call, 90)
    data = grow(path)
    siti, rina = await visit("siti", "101"), await visit("rina", "102")
    async with siti.session.get(url(siti, f"/calls/{call}/recall")) as answer:
        told = await answer.read()
    assert (answer.status, answer.content_type) == (200, "audio/wav")
    assert told[:44] == wav.header(60 * wav.BYTES_S) and told[44:] == data[-60 * wav.BYTES_S :]
    assert (await rina.get(f"/calls/{call}/recall"))[0] == 404
    holds(here, call)
    assert (await siti.head(f"/calls/{call}/recall")).status == 200
    takes_back(here, call)
    leg = colleague_rings(here, call, passing=True)  # it is passed to rina: now the minute is hers
    here.board.hear(facts.RoomJoined(leg, here.clock(), "room"), facts.LegEnded(f"101-{call}", here.clock(), 16))
    assert (await rina.head(f"/calls/{call}/recall")).status == 200
    assert (await siti.get(f"/calls/{call}/recall"))[0] == 404
    assert path.read_bytes() == data
    path.unlink()
    status, sentence = await rina.get(f"/calls/{call}/recall")
    assert status == 404 and "Belum ada yang terekam" in sentence
    here.telephone.hangs_up(call)
    assert (await rina.get(f"/calls/{call}/recall"))[0] == 404
    heard = [line for line in (await here.history.audit()).lines if line.action == "call.recall"]
    assert [line.by for line in heard] == ["rina", "siti", "siti"] and {line.target for line in heard} == {call}
