"""Between a login and the look at what is going on nothing is believed, and what is not safe is not called heard."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime

from callcenter.asterisk.exchange import Exchange, Known
from callcenter.asterisk.inbox import House
from callcenter.asterisk.link_state import Session
from callcenter.asterisk.snapshot import HEARD
from callcenter.asterisk.wire import Fields, text
from callcenter.core.catalogue import always
from tests.asterisk.linked import Linked, linked
from tests.fakes import FakeAsterisk, event, listing, reply

NOON = datetime(2026, 11, 21, 5, 0, tzinfo=UTC)


def core_status(asked: Fields) -> bytes:
    return reply(asked, "Response: Success", "CoreStartupDate: 2026-11-21", "CoreStartupTime: 01:00:00")


async def test_events_of_a_session_that_never_knew_what_is_going_on_are_left_to_the_next_look(
    asterisk: FakeAsterisk,
) -> None:
    """Signed in, and then too slow, or failed: found with calls that ended in these seconds, which stood as abandoned
    though they were answered, or without a number."""

    class TripsOnce(Linked):
        async def on_up(self, session: Session) -> None:
            await super().on_up(session)
            if len(self.sessions) == 1:
                raise ValueError("what Asterisk says makes no sense")

    asterisk.answers["CoreStatus"] = lambda asked: event("OfTheMute")
    async with linked(asterisk, cls=TripsOnce) as line:
        await line.watch.until(lambda: any("does not answer" in state.sentence for state in line.states))
        asterisk.answers["CoreStatus"] = lambda asked: event("OfTheFailed") + core_status(asked)
        await line.watch.until(lambda: len(line.sessions) == 1)
        asterisk.answers["CoreStatus"] = lambda asked: core_status(asked) + event("New")
        await line.is_up(2)
        await line.watch.until(lambda: "New" in line.story)
        assert line.story == ["up 1", "up 2", "New"]


async def test_asterisk_is_told_no_later_moment_than_that_of_what_is_safe(asterisk: FakeAsterisk) -> None:
    """Killed later, the next life reads Asterisk's journals from there."""
    for question in ("CoreShowChannels", "QueueStatus", "ConfbridgeListRooms", "DBGetTree"):
        asterisk.answers[question] = lambda asked: listing(asked, [])
    asterisk.answers["Getvar"] = lambda asked: reply(asked, "Response: Success", "Value: ")
    safe: list[datetime | None] = [None]

    async def ended(_: Sequence[str]) -> Known:
        return Known(set(), set())

    telephone = Exchange(
        host="127.0.0.1",
        port=asterisk.port,
        secret=asterisk.secret,
        house=House(),
        positions=("101",),
        catalogue=always(),
        hear=lambda fact: None,
        on_state=asterisk.watch.touch,
        ended=ended,
        clock=lambda: datetime.now(UTC),
        safe_until=lambda: safe[-1],
    )

    def noted() -> list[str]:
        return [text(f, "Value") for f in asterisk.asked if text(f, "Variable") == HEARD and text(f, "Value")]

    running = asyncio.create_task(telephone.run())
    try:
        await asterisk.watch.until(lambda: telephone.state.phase == "up")
        assert noted() == []
        safe.append(NOON)
        telephone.look_again()
        await asterisk.watch.until(noted)
        assert noted() == [f"{NOON.timestamp():.3f}"]
    finally:
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running
