"""The link when things go wrong: noticed in time, said in words, nothing sent twice, nothing out of order."""

import asyncio
import time
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from panoramisk.message import Message

from callcenter.asterisk.link_state import News, Phase, Session
from callcenter.asterisk.wire import Fields
from callcenter.core.errors import LineDown, Unconfirmed
from tests.asterisk.linked import FAST, Linked, linked
from tests.fakes import FakeAsterisk, event, listing, reply
from tests.live.waiting import until


async def test_asterisk_may_come_later_than_we_do(asterisk: FakeAsterisk) -> None:
    await asterisk.stop()
    async with linked(asterisk) as line:
        state = await line.is_down()
        assert "Asterisk is not running" in state.sentence
        assert str(asterisk.port) in state.sentence
        with pytest.raises(LineDown, match="Nothing was sent; use the phone itself"):
            await line.link.ask("Ping")
        await asterisk.start()
        await line.is_up()


async def test_a_lost_connection_fails_what_waits_at_once_and_is_never_asked_again(
    asterisk: FakeAsterisk, line: Linked
) -> None:
    asterisk.answers["Hangup"] = lambda asked: b""
    waiting = [asyncio.create_task(line.link.ask("Hangup", {"Channel": str(n)}, deadline=60)) for n in range(50)]
    await line.watch.until(lambda: len(asterisk.names()) == 50)
    asterisk.drop()
    results = await asyncio.wait_for(asyncio.gather(*waiting, return_exceptions=True), 30)  # not 60
    assert all(isinstance(result, Unconfirmed) for result in results)
    await line.is_up(2)
    await asterisk.say(event("Later"))
    await line.watch.until(lambda: "Later" in line.story)
    assert asterisk.names() == ["Hangup"] * 50


async def test_half_an_answer_is_no_answer(asterisk: FakeAsterisk, line: Linked) -> None:
    asterisk.answers["QueueStatus"] = lambda asked: listing(asked, [{"a": "b"}])[:-30]
    asking = asyncio.create_task(line.link.ask_list("QueueStatus", deadline=60))
    await line.watch.until(lambda: "QueueStatus" in asterisk.names())
    asterisk.drop()
    with pytest.raises(Unconfirmed):
        await asking


async def test_a_link_that_came_back_says_whether_asterisk_lived_on(asterisk: FakeAsterisk, line: Linked) -> None:
    asterisk.drop()
    await line.is_up(2)
    await asterisk.stop()
    await asterisk.restart()
    await line.is_up(3)
    assert [session.news for session in line.sessions] == [News.FIRST, News.LINK_LOST, News.RESTARTED]
    assert line.sessions[1].boot == line.sessions[0].boot != line.sessions[2].boot


async def test_a_restart_within_the_second_of_the_start_is_not_taken_for_the_same_life(asterisk: FakeAsterisk) -> None:
    """Asterisk tells its start to the second only; found with a real one that was killed at once."""
    asterisk.uptime = 0
    async with linked(asterisk) as line:
        await line.is_up()
        asterisk.drop()
        await line.is_up(2)
        assert line.sessions[1].boot == line.sessions[0].boot
        assert line.sessions[1].news is News.RESTARTED
        asterisk.uptime = 1
        asterisk.drop()
        await line.is_up(3)
        asterisk.drop()
        await line.is_up(4)
        assert line.sessions[3].news is News.LINK_LOST


async def test_a_restart_is_told_again_until_somebody_could_hear_it(asterisk: FakeAsterisk) -> None:
    class TripsOnce(Linked):
        tries = 0

        async def on_up(self, session: Session) -> None:
            self.tries += 1
            await super().on_up(session)
            if self.tries == 2:
                raise ValueError("what Asterisk says makes no sense")

    async with linked(asterisk, cls=TripsOnce) as line:
        await line.is_up()
        await asterisk.stop()
        await asterisk.restart()
        await line.is_up(3)
        assert [session.news for session in line.sessions] == [News.FIRST, News.RESTARTED, News.RESTARTED]
        assert any("could not be used" in state.sentence for state in line.states)


async def test_on_up_that_hangs_is_ended_and_tried_again(asterisk: FakeAsterisk) -> None:
    class HangsOnce(Linked):
        async def on_up(self, session: Session) -> None:
            await super().on_up(session)
            if len(self.sessions) == 1:
                await asyncio.Event().wait()

    async with linked(asterisk, cls=HangsOnce, limits=replace(FAST, sync=0.05)) as line:
        await line.is_up(2)
        assert any("took too long" in state.sentence for state in line.states)


async def test_a_frozen_asterisk_is_noticed(asterisk: FakeAsterisk, line: Linked) -> None:
    asterisk.frozen = True
    frozen_at = time.monotonic()
    state = await line.is_down()
    assert "silent for 0.3 s" in state.sentence
    assert 0.2 < time.monotonic() - frozen_at < 30, "TCP took 938 s"
    state = await line.is_down()
    assert "does not answer" in state.sentence
    asterisk.frozen = False
    await line.is_up(2)
    assert line.sessions[1].news is News.LINK_LOST


async def test_a_quiet_asterisk_is_not_taken_for_a_dead_one(asterisk: FakeAsterisk, line: Linked) -> None:
    def pings() -> int:
        return sum(asked["Action"] == "Ping" for asked in asterisk.asked)

    await line.watch.until(lambda: pings() >= 12)  # 0.6 s, twice as long as `dead`
    assert (line.link.state.phase, asterisk.connections, line.link.counts.late) == (Phase.UP, 1, 0)


async def test_a_standstill_of_our_own_is_not_taken_for_asterisks_silence(asterisk: FakeAsterisk, line: Linked) -> None:
    """Nothing was asked meanwhile, so nothing was answered: a machine that slept, a disk that held everything up."""
    wire = line.link._wire
    assert wire is not None
    for _ in range(3):
        for stands_still_s in (0, 2 * FAST.dead):
            before = wire.last_byte
            await until(lambda before=before: wire.last_byte > before, "a ping was answered", every=0.002)  # type: ignore[misc]
            time.sleep(stands_still_s)  # the whole loop
    assert (line.link.state.phase, asterisk.connections) == (Phase.UP, 1)


async def test_a_wrong_secret_is_said_and_retried_slowly(asterisk: FakeAsterisk) -> None:
    async with linked(asterisk, secret="wrong", limits=replace(FAST, login=30.0)) as line:
        state = await line.is_down(Phase.REFUSED)
        assert "does not let the account desk in" in state.sentence
        assert "wrong secret" in state.sentence
        with pytest.raises(LineDown):
            await line.link.ask("Ping")
        await line.watch.until(lambda: asterisk.connections == 2)
        waited = (datetime.now(UTC) - state.since).total_seconds()
        assert waited > 0.25, "0.4 s and its jitter, not the 0.01 s of an ordinary loss"
        assert {state.phase for state in line.states} == {Phase.REFUSED}, "it does not flicker while it retries"


async def test_asterisk_shutting_down_is_no_wrong_secret(asterisk: FakeAsterisk) -> None:
    asterisk.login_words = "Asterisk is shutting down"
    async with linked(asterisk) as line:
        state = await line.is_down()
        assert state.sentence == "Asterisk is shutting down."
        asterisk.login_words = ""
        await line.is_up()
        assert Phase.REFUSED not in {state.phase for state in line.states}


@pytest.mark.parametrize(("restarts", "sentence"), [("True", "is restarting"), ("False", "is shutting down")])
async def test_a_shutdown_event_closes_the_link_before_the_socket_does(
    asterisk: FakeAsterisk, line: Linked, restarts: str, sentence: str
) -> None:
    await asterisk.say(event("Hangup"), event("Shutdown", Shutdown="Cleanly", Restart=restarts))
    assert sentence in (await line.is_down()).sentence
    await line.is_up(2)
    assert line.story == ["up 1", "Hangup", "Shutdown", "up 2"]


async def test_an_account_without_the_right_to_be_told_of_the_start_is_named(asterisk: FakeAsterisk) -> None:
    asterisk.booted = False
    async with linked(asterisk, limits=replace(FAST, boot=0.05)) as line:
        await line.says("read = system")


async def test_an_account_without_the_right_to_report_is_named(asterisk: FakeAsterisk) -> None:
    asterisk.answers["CoreStatus"] = lambda asked: reply(asked, "Response: Error", "Message: Permission denied")
    async with linked(asterisk) as line:
        await line.says("Permission denied. Its manager account needs write = reporting")


@pytest.mark.parametrize("banner", [b"SSH-2.0-OpenSSH_9.2\r\n", b"HTTP/1.1 400 Bad Request\r\n\r\n<html>\r\n\r\n"])
async def test_something_else_on_the_port_is_called_so(asterisk: FakeAsterisk, banner: bytes) -> None:
    asterisk.banner = banner
    asterisk.answers["Challenge"] = lambda asked: b""
    async with linked(asterisk, limits=replace(FAST, login=0.1)) as line:
        await line.says("is not Asterisk's manager")


async def test_a_message_without_an_end_does_not_fill_the_memory(asterisk: FakeAsterisk, line: Linked) -> None:
    await asterisk.say(b"Event: Endless\r\n" + b"X: " + b"x" * (5 << 20))
    assert "without an end" in (await line.is_down()).sentence
    await line.is_up(2)


async def test_a_flood_is_heard_whole_and_in_order_though_reading_stands_still_at_times(asterisk: FakeAsterisk) -> None:
    async with linked(asterisk, limits=replace(FAST, pause=60.0)) as line:  # a listener that is too slow: see below
        await line.is_up()
        await asterisk.say(*(event("Newexten", Number=str(n)) for n in range(20_000)))
        await line.watch.until(lambda: line.link.counts.heard >= 20_000, within=120)
        assert [m["Number"] for m in line.heard if m.event == "Newexten"] == [str(n) for n in range(20_000)]
        assert line.link.counts.pauses > 0
        assert (line.link.state.phase, asterisk.connections) == (Phase.UP, 1)


async def test_too_long_a_flood_is_dropped_and_begun_anew(asterisk: FakeAsterisk) -> None:
    """While on_up runs, reading cannot stand still: it waits for answers. So the flood ends the session."""

    class Slow(Linked):
        async def on_up(self, session: Session) -> None:
            await super().on_up(session)
            await self.link.ask_list("QueueStatus", deadline=60)

    def flood(asked: Fields) -> bytes:
        return b"".join(event("Newexten") for _ in range(4 * FAST.queue + 1)) + event("Hangup")

    asterisk.answers["QueueStatus"] = flood
    async with linked(asterisk, cls=Slow) as line:
        await line.watch.until(lambda: any("faster than it could be heard" in s.sentence for s in line.states))
        asterisk.answers["QueueStatus"] = lambda asked: listing(asked, [])
        await line.is_up(2)
        assert len(line.link._ears._queue) == 0


async def test_a_listener_that_is_too_slow_costs_the_session_but_not_the_memory(asterisk: FakeAsterisk) -> None:
    class Slow(Linked):
        longest = 0

        def hear(self, message: Message) -> None:
            super().hear(message)
            self.longest = max(self.longest, len(self.link._ears._queue))
            done_at = time.perf_counter() + 0.001
            while time.perf_counter() < done_at:
                pass

    async with linked(asterisk, cls=Slow, limits=replace(FAST, pause=0.05)) as line:
        await line.is_up()
        assert isinstance(line, Slow)
        await asterisk.say(*(event("Newexten", Padding="x" * 1000) for _ in range(3_000)))
        await line.says("faster than it could be heard")
        await line.is_up(2)
        assert line.longest <= FAST.queue + 256, "the queue, and one read from the socket of 256 kB"


async def test_a_question_is_not_written_into_a_connection_that_takes_nothing(
    asterisk: FakeAsterisk,
) -> None:
    async with linked(asterisk, limits=replace(FAST, unsent=-1)) as line:
        state = await line.is_down()
        assert "does not answer" in state.sentence
        assert asterisk.asked == []


async def test_after_thirty_faults_in_a_row_every_question_has_ended_and_none_was_sent_twice(
    asterisk: FakeAsterisk, line: Linked
) -> None:
    outcomes: list[object] = []
    stop = asyncio.Event()

    async def asks(worker: int) -> None:
        number = 0
        while not stop.is_set():
            number += 1
            try:
                await line.link.ask("Hangup", {"Channel": f"{worker}-{number}"}, deadline=0.5)
                outcomes.append("ok")
            except (LineDown, Unconfirmed) as why:
                outcomes.append(type(why))
                await line.watch.until(lambda: line.link.state.phase is Phase.UP or stop.is_set())

    workers = [asyncio.create_task(asks(n)) for n in range(10)]
    for turn in range(30):
        await line.is_up(turn + 1)
        before = len(outcomes)
        await line.watch.until(lambda before=before: len(asterisk.asked) > 3 and len(outcomes) > before)  # type: ignore[misc]
        if turn % 3 == 0:
            asterisk.drop()
        elif turn % 3 == 1:
            await asterisk.stop()
            await asterisk.restart()
        else:
            await asterisk.say(b"\xff\r\n\r\n")
            asterisk.drop()
    stop.set()
    line.watch.touch()
    await asyncio.wait_for(asyncio.gather(*workers), 60)
    sent = [asked["Channel"] for asked in asterisk.asked if asked["Action"] == "Hangup"]
    assert len(sent) == len(set(sent))
    assert outcomes.count("ok") > 0
    assert len(line.link._questions) == 0
