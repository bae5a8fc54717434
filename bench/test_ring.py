"""(a) From a caller's INVITE to the ringing phone: our whole dialplan against a bare Dial in the same Asterisk.

Measured from the moment the caller's INVITE leaves until the phone has its own INVITE: both ways have that, while the
caller's 180 is told by our queue before any phone rings. One process, one clock, the two ways in turn.
"""

import asyncio
import statistics
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from bench.phone import Phone
from bench.report import line, load
from bench.room import TRUNK, Room
from tests.live.raw_sip import Invite

pytestmark = pytest.mark.bench
WARM, CALLS = 5, 100
BARE = "900"
PAI = b"P-Asserted-Identity: <sip:+628120000001@127.0.0.2>"
PAUSE_S = 0.1  # Asterisk learns a little after the end of a call that the phone is free


@pytest_asyncio.fixture
async def room(tmp_path: Path) -> AsyncIterator[Room]:
    """Four desks, one of them with a phone; nobody else."""
    made = Room(tmp_path)
    await made.prepare(f"exten => {BARE},1,Dial(PJSIP/101)\n")
    try:
        await made.exchange.start()
        yield made
    finally:
        await made.stop()


async def one_call(room: Room, phone: Phone, dialled: str) -> float:
    """Milliseconds."""
    caller = await Invite(room.exchange.sip_port, dialled, TRUNK).send(PAI)
    sent = phone.now()
    rang = await asyncio.wait_for(phone.rang.get(), 10)
    caller.cancel()
    await caller.refused()
    caller.close()
    await asyncio.wait_for(phone.quiet.wait(), 10)
    await asyncio.sleep(PAUSE_S)
    return (rang - sent) * 1000


async def test_a_phone_rings_soon(room: Room) -> None:
    phone = await Phone("101", room.secrets.phones["101"], room.exchange.sip_port).sign_in()
    took: dict[str, list[float]] = {"112": [], BARE: []}
    for _ in range(WARM + CALLS):
        for dialled, found in took.items():
            found.append(await one_call(room, phone, dialled))
    phone.close()
    ours, bare = (statistics.median(found[WARM:]) for found in took.values())
    assert all(len(found) == WARM + CALLS for found in took.values())
    line(
        f"(a) INVITE to ringing phone, median of {CALLS}{load()}",
        f"{ours:.1f} ms",
        f"{bare:.1f} ms by a bare Dial (ours adds {ours - bare:.1f} ms, goal at most 5)",
        ours / bare,
        "at most 1.15",
    )
