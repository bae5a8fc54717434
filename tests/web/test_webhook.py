"""Alarms reach a webhook, in order, also one that is away for a while."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

from aiohttp import web

from callcenter.core.alarms import Alarm
from callcenter.web.webhook import KEPT, Webhook
from tests.core.test_floor import START


class Receiver:
    """Somebody's web server: answers what it is told to, one after the other, then 204."""

    def __init__(self, *answers: int) -> None:
        self.answers, self.got = list(answers), asyncio.Queue[dict[str, str]]()

    async def take(self, request: web.Request) -> web.Response:
        status = self.answers.pop(0) if self.answers else 204
        if status < 300:
            self.got.put_nowait(await request.json())
        return web.Response(status=status)

    async def next(self) -> dict[str, str]:
        return await asyncio.wait_for(self.got.get(), 30)


@asynccontextmanager
async def sending(receiver: Receiver, port: int = 0) -> AsyncIterator[Webhook]:
    app = web.Application()
    app.router.add_post("/alarms", receiver.take)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", port)
    await site.start()
    here = runner.addresses[0][1]
    webhook = Webhook(f"http://127.0.0.1:{here}/alarms", "112 Cirebon", clock=lambda: START, pauses=(0.01,))
    running = asyncio.create_task(webhook.run())
    try:
        yield webhook
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        await runner.cleanup()


ALARM = Alarm("phones", "No phone is registered.", START)


async def test_an_alarm_is_sent_when_it_is_raised_and_when_it_is_over() -> None:
    receiver = Receiver()
    async with sending(receiver) as webhook:
        webhook.post(ALARM, True)
        webhook.post(ALARM, False)
        raised = await receiver.next()
        assert (raised["alarm"], raised["state"], raised["room"]) == ("phones", "raised", "112 Cirebon")
        assert (raised["sentence"], raised["since"]) == (ALARM.sentence, START.isoformat())
        assert (await receiver.next())["state"] == "over"


async def test_what_is_not_taken_is_sent_again_and_nothing_overtakes_it() -> None:
    receiver = Receiver(500, 302, 503)
    async with sending(receiver) as webhook:
        webhook.post(ALARM, True)
        webhook.post(ALARM, False)
        assert [(await receiver.next())["state"] for _ in range(2)] == ["raised", "over"]
    assert webhook.waiting == 0


async def test_nobody_there_costs_bounded_memory_and_old_alarms_are_dropped() -> None:
    now: list[datetime] = [START]
    webhook = Webhook("http://127.0.0.1:9/", "112", clock=lambda: now[0], pauses=(0.01,))
    for _ in range(KEPT + 50):
        webhook.post(ALARM, True)
    assert webhook.waiting == KEPT
    now[0] += timedelta(hours=7)
    running = asyncio.create_task(webhook.run())
    async with asyncio.timeout(30):
        while webhook.waiting:
            await asyncio.sleep(0)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


def test_without_an_address_nothing_is_kept() -> None:
    webhook = Webhook("", "112", clock=lambda: START)
    webhook.post(ALARM, True)
    assert webhook.waiting == 0
