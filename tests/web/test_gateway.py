"""Messages go out through a gateway that fails, is slow, is away; and through a service that dies: each once."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from callcenter.storage import Duty, Messages
from callcenter.web.agency.gateway import Gateway
from tests.web.house import PARTS, House
from tests.web.receiver import KEY, SLOW, Receiver
from tests.web.test_agency import CALL, forwarded


class Painted:
    """The house's painter, with what this story sets."""

    def __init__(self, here: House, url: str, **more: object) -> None:
        own = here.app[PARTS].painter
        self.settings = replace(own.settings, message_webhook=url, **more)  # type: ignore[arg-type]
        self.languages, self.number, self.first = own.languages, own.number, own.first
        self._here = here

    def catalogue(self) -> object:
        found = self._here.app[PARTS].catalogue()
        damkar = replace(found.agencies["damkar"], contact="+628111")
        return replace(found, agencies={**found.agencies, "damkar": damkar})


def a_gateway(here: House, url: str, clock: Callable[[], datetime], **more: object) -> Gateway:
    links = here.app[PARTS].agencies.links
    painter = Painted(here, url, **more)
    return Gateway(
        Messages(here.database, links, clock=clock), links, painter,  # type: ignore[arg-type]
        key=KEY, clock=clock, look=0.02, longest_s=0.05, patience=0.4,
    )  # fmt: skip


@asynccontextmanager
async def running(gateway: Gateway, told: Callable[[Duty], None] = lambda _: None) -> AsyncIterator[Gateway]:
    task = asyncio.create_task(gateway.run(told))
    try:
        yield gateway
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


class Quick:
    """The real time from a fixed moment on, and a jump where a lease must run out."""

    def __init__(self, start: datetime) -> None:
        self._offset = start - datetime.now(UTC)

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self._offset

    def pass_(self, seconds: float) -> None:
        self._offset += timedelta(seconds=seconds)


async def state(here: House) -> str:
    found = (await here.history.ticket(here.board.tickets[CALL])).messages
    return found[0].state if found else ""


async def test_a_message_arrives_signed_with_its_text_and_its_link(here: House) -> None:
    number = await forwarded(here, "damkar", "psc119")
    receiver, told = Receiver(), list[str]()
    async with (
        receiver.serving() as url,
        running(a_gateway(here, url, here.clock), lambda duty: told.append(duty.ticket.number)),
    ):
        await here.until(lambda: receiver.accepted and len(told) >= 2)
    (body,) = receiver.accepted.values()
    assert (body["to"], body["agency"], body["ticket"], body["room"]) == ("+628111", "damkar", number, "112 Cirebon")
    assert body["text"].endswith(body["link"]) and body["link"].startswith(here.settings.outside_url + "/f/")
    assert await state(here) == "SENT"
    assert receiver.unsigned == 0
    assert set(told) == {number}


async def test_failures_timeouts_and_a_service_that_dies_make_no_double(here: House) -> None:
    await forwarded(here)
    clock = Quick(here.clock())
    receiver = Receiver(500, 302, 429, SLOW)
    async with receiver.serving() as url:
        async with running(a_gateway(here, url, clock)):
            await here.until(lambda: len(receiver.tries) == 4)  # killed in the middle of the fourth
        assert await state(here) == "QUEUED"
        clock.pass_(61)
        async with running(a_gateway(here, url, clock)):

            async def sent() -> bool:
                return await state(here) == "SENT"

            await here.eventually(sent)
    assert len({key for key, _ in receiver.tries}) == 1
    assert len({body for _, body in receiver.tries}) == 1
    assert len(receiver.accepted) == 1


async def test_an_answer_that_does_not_come_is_tried_again(here: House) -> None:
    await forwarded(here)
    receiver = Receiver(SLOW)
    async with receiver.serving() as url, running(a_gateway(here, url, Quick(here.clock()))):

        async def sent() -> bool:
            return await state(here) == "SENT"

        await here.eventually(sent)
    assert len(receiver.tries) == 2 and len(receiver.accepted) == 1


async def test_nobody_there_is_an_alarm_after_a_while_and_over_when_it_goes(here: House) -> None:
    await forwarded(here)
    clock = Quick(here.clock())
    gateway = a_gateway(here, "http://127.0.0.1:9/send", clock)
    async with running(gateway):

        async def tried() -> bool:
            found = (await here.history.ticket(here.board.tickets[CALL])).messages
            return bool(found and found[0].error)

        await here.eventually(tried)
        assert gateway.trouble is None
        clock.pass_(301)
        await here.until(lambda: gateway.trouble is not None)
        assert "Messages to agencies do not go out since" in str(gateway.trouble)
        receiver = Receiver()
        async with receiver.serving() as url:
            gateway.send_to(url)
            await here.until(lambda: gateway.trouble is None)
    assert len(receiver.accepted) == 1


async def test_what_the_gateway_refuses_is_not_sent_again_and_the_call_taker_reads_why(here: House) -> None:
    await forwarded(here)
    receiver = Receiver(422)
    async with receiver.serving() as url, running(a_gateway(here, url, Quick(here.clock()))):

        async def failed() -> bool:
            return await state(here) == "FAILED"

        await here.eventually(failed)
    (line,) = (await here.history.ticket(here.board.tickets[CALL])).messages
    assert (line.error, line.status, len(receiver.tries)) == ("HTTP 422", 422, 1)


async def test_only_forwards_by_message_where_the_city_wants_it_so(here: House) -> None:
    number = await forwarded(here)
    receiver = Receiver()
    gateway = a_gateway(here, "", here.clock, message_forwards="message")
    async with receiver.serving() as url:
        gateway.send_to(url)
        async with running(gateway):
            duty = await here.app[PARTS].agencies.responders.message(number, "damkar", by="siti", text="Tolong")
            await here.until(lambda: receiver.accepted)
    (body,) = receiver.accepted.values()
    assert body["text"].startswith("Tolong\n")
    assert [line.forward for line in (await here.history.ticket(number)).messages] == [duty.forward.id]
