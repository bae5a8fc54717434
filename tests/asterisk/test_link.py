"""The link while all goes well: the order of things, questions and answers, who is told what."""

import asyncio

import pytest
from panoramisk.ami_protocol import AMIProtocol
from panoramisk.manager import Manager
from panoramisk.message import Message

from callcenter.asterisk.link_state import News, Phase, Session
from callcenter.asterisk.protocol import Wire
from callcenter.asterisk.wire import Fields, fields, originated_leg
from callcenter.core.errors import BadInput, LineDown, Refused, Unconfirmed
from tests.asterisk.linked import Linked, linked
from tests.fakes import FakeAsterisk, event, listing, plain, reply


def test_the_link_is_a_panoramisk_manager_whose_own_road_to_the_socket_is_closed(line: Linked) -> None:
    assert isinstance(line.link, Manager)
    assert issubclass(Wire, AMIProtocol)
    for closed in (line.link.connect, line.link.send_action, line.link.send_command, line.link.dispatch):
        with pytest.raises(NotImplementedError):
            closed({"Action": "Ping"})


async def test_the_link_says_step_by_step_what_it_is_doing(line: Linked) -> None:
    assert [state.phase for state in line.states] == [Phase.CONNECTING, Phase.SYNCING, Phase.UP]
    assert line.link.state.sentence == "Linked to Asterisk."
    assert line.link.state.since.tzinfo is not None
    assert line.sessions == [Session(1, News.FIRST, "2026-11-21 01:00:00")]


async def test_the_secret_never_travels(asterisk: FakeAsterisk, line: Linked) -> None:
    assert asterisk.secret.encode() not in asterisk.raw
    assert b"AuthType: MD5" in asterisk.raw


async def test_events_are_heard_in_the_order_of_the_wire(asterisk: FakeAsterisk, line: Linked) -> None:
    await asterisk.say(*(event("Newexten", Number=str(n)) for n in range(500)))
    await line.watch.until(lambda: line.story.count("Newexten") == 500)
    numbers = [fields(m)["Number"] for m in line.heard if m.event == "Newexten"]
    assert numbers == [str(n) for n in range(500)]


async def test_letters_survive_when_each_byte_comes_alone(asterisk: FakeAsterisk) -> None:
    asterisk.byte_by_byte = True
    async with linked(asterisk) as line:
        await line.is_up()
        await asterisk.say(event("Newchannel", CallerIDName="Zoë Müller 🚒 日本"))
        await line.watch.until(lambda: "Newchannel" in line.story)
        assert line.heard[-1]["CallerIDName"] == "Zoë Müller 🚒 日本"


async def test_old_events_then_what_is_going_on_then_new_events(asterisk: FakeAsterisk) -> None:
    """Also where the new events reach us before Asterisk has answered what is going on."""

    class Asks(Linked):
        async def on_up(self, session: Session) -> None:
            await self.link.ask_list("QueueStatus")
            await super().on_up(session)

    def status(asked: Fields) -> bytes:
        return event("NewDuringSync") + listing(asked, [{"Queue": "emergency"}], "QueueMember") + event("NewAfter")

    asterisk.answers["QueueStatus"] = status
    async with linked(asterisk, cls=Asks) as line:
        await line.is_up()
        await asterisk.say(event("Old1"), event("Old2"))
        await line.watch.until(lambda: "Old2" in line.story)
        asterisk.drop()
        await line.is_up(2)
        await line.watch.until(lambda: line.story.count("NewAfter") == 2)
        assert line.story == ["up 1", "NewDuringSync", "NewAfter", "Old1", "Old2", "up 2", "NewDuringSync", "NewAfter"]


async def test_a_listener_that_trips_over_a_message_stops_nothing(asterisk: FakeAsterisk) -> None:
    class Trips(Linked):
        def hear(self, message: Message) -> None:
            super().hear(message)
            if self.story[-1:] == ["Bad"]:
                raise KeyError("Value")

    async with linked(asterisk, cls=Trips) as line:
        await line.is_up()
        await asterisk.say(event("Good1"), event("Bad", X="1"), event("Good2"))
        await line.watch.until(lambda: "Good2" in line.story)
        assert line.story == ["up 1", "Good1", "Bad", "Good2"]
        assert line.unreadable == [(b"Event: Bad\r\nX: 1", "KeyError: 'Value'")]
        assert (line.link.counts.failed, asterisk.connections) == (1, 1)


@pytest.mark.parametrize(
    "junk",
    [
        b"\xff\xfe\xfd\r\n\r\n",
        b"Event: \r\n\r\n",
        b"Event: a b c\r\nX: y\r\n\r\n",
        b"Event: Good\nCallerIDNum: 1\n\nEvent: Hangup\nUniqueid: 7\r\n\r\n",
        b"HTTP/1.1 400 Bad Request\r\n\r\n",
        b"Response\r\nActionID 7\r\n\r\n",
    ],
)
async def test_an_unreadable_message_is_set_aside_for_a_person(
    asterisk: FakeAsterisk, line: Linked, junk: bytes
) -> None:
    await asterisk.say(event("Before"), junk, event("After"))
    await line.watch.until(lambda: "After" in line.story)
    assert line.story == ["up 1", "Before", "After"]
    assert [frame for frame, _ in line.unreadable] == [junk.removesuffix(b"\r\n\r\n")]
    assert (line.link.counts.unreadable, asterisk.connections) == (1, 1)


async def test_stray_blank_lines_hide_no_event(asterisk: FakeAsterisk, line: Linked) -> None:
    await asterisk.say(event("TestEvent"), b"\r\n", event("BridgeEnter"), b"\r\n\r\n\r\n", event("Hangup"))
    await line.watch.until(lambda: "Hangup" in line.story)
    assert line.story == ["up 1", "TestEvent", "BridgeEnter", "Hangup"]
    assert line.unreadable == []


async def test_names_that_nobody_wants_are_not_even_parsed(asterisk: FakeAsterisk) -> None:
    async with linked(asterisk, names=["Hangup", "Queue*"]) as line:
        await line.is_up()
        await asterisk.say(event("VarSet"), event("QueueCallerJoin"), event("HangupRequest"), event("Hangup"))
        await line.watch.until(lambda: "Hangup" in line.story)
        assert line.story == ["up 1", "QueueCallerJoin", "Hangup"]
        assert line.link.counts.skipped == 2


# Questions


async def test_a_reply_comes_back_to_who_asked(asterisk: FakeAsterisk, line: Linked) -> None:
    both = [line.link.ask(name, {"Channel": "e112-1.7"}) for name in ("Redirect", "Hangup")]
    replies = await asyncio.gather(*both)
    assert [r["Message"] for r in replies] == ["Redirect queued", "Hangup queued"]


@pytest.mark.parametrize("words", ["Added interface to queue", "Atxfer successfully queued", "Things will follow"])
async def test_no_words_of_a_reply_make_the_link_wait_for_more(
    asterisk: FakeAsterisk, line: Linked, words: str
) -> None:
    asterisk.answers["QueueAdd"] = lambda asked: reply(asked, "Response: Success", f"Message: {words}")
    assert (await line.link.ask("QueueAdd", {"Queue": "emergency", "Interface": "PJSIP/101"})).message == words


async def test_a_list_is_its_items(asterisk: FakeAsterisk, line: Linked) -> None:
    rows = [{"Queue": "emergency", "Name": "101"}, {"Queue": "emergency", "Name": "102"}]
    asterisk.answers["QueueStatus"] = lambda asked: listing(asked, rows, "QueueMember")
    items = plain(await line.link.ask_list("QueueStatus"))
    assert [item["Name"] for item in items] == ["101", "102"]
    assert line.story == ["up 1"], "the items of a list are an answer and no news"


@pytest.mark.parametrize("words", ["No active conferences.", "No Contacts found", "Database entry not found"])
async def test_nothing_to_list_is_an_empty_list_though_asterisk_calls_it_an_error(
    asterisk: FakeAsterisk, line: Linked, words: str
) -> None:
    asterisk.answers["ConfbridgeListRooms"] = lambda asked: reply(asked, "Response: Error", f"Message: {words}")
    assert await line.link.ask_list("ConfbridgeListRooms") == []


async def test_a_refusal_carries_asterisks_own_words(asterisk: FakeAsterisk, line: Linked) -> None:
    asterisk.answers["Redirect"] = lambda asked: reply(asked, "Response: Error", "Message: No such channel")
    with pytest.raises(Refused, match=r"^Asterisk refused Redirect: No such channel\.$"):
        await line.link.ask("Redirect", {"Channel": "gone"})
    with pytest.raises(Refused, match="No such channel"):
        await line.link.ask_list("Redirect", {"Channel": "gone"})


async def test_an_unsafe_question_is_not_sent(asterisk: FakeAsterisk, line: Linked) -> None:
    for unsafe in ({"Channel": "x\n\nAction: Command"}, {"ActionID": "mine"}):
        with pytest.raises(BadInput):
            await line.link.ask("Hangup", unsafe)
    assert asterisk.names() == []


async def test_an_originate_is_always_asynchronous_and_has_an_id_of_ours(asterisk: FakeAsterisk, line: Linked) -> None:
    await line.link.ask("Originate", {"Channel": "PJSIP/x"})
    (asked,) = [asked for asked in asterisk.asked if asked["Action"] == "Originate"]
    assert asked["Async"] == "true"
    assert str(asked["ChannelId"]).startswith("ours-")
    with pytest.raises(BadInput):
        await line.link.ask("Originate", {"Channel": "PJSIP/x", "Async": "false"})


async def test_an_originate_is_answered_when_it_is_queued_and_its_outcome_is_an_event(
    asterisk: FakeAsterisk, line: Linked
) -> None:
    def queued(asked: Fields) -> bytes:
        outcome = event("OriginateResponse", ActionID=str(asked["ActionID"]), Response="Failure", Uniqueid="<unknown>")
        return outcome + reply(asked, "Response: Success", "Message: Originate successfully queued") + outcome

    asterisk.answers["Originate"] = queued
    answer = await line.link.ask("Originate", {"Channel": "PJSIP/x", "ChannelId": "fwd-damkar-1-1-e112-1.7"})
    assert answer["Message"] == "Originate successfully queued"
    await line.watch.until(lambda: line.story.count("OriginateResponse") == 2)
    assert originated_leg(fields(line.heard[-1])) == "fwd-damkar-1-1-e112-1.7"


async def test_an_unanswered_question_ends_at_its_deadline_and_a_late_answer_hurts_nobody(
    asterisk: FakeAsterisk, line: Linked
) -> None:
    asked: list[Fields] = []
    asterisk.answers["Hangup"] = lambda question: asked.append(question) or b""  # type: ignore[func-returns-value]
    with pytest.raises(Unconfirmed, match="Watch the screen"):
        await line.link.ask("Hangup", {"Channel": "x"}, deadline=0.05)
    await asterisk.say(reply(asked[0], "Response: Success"), listing(asked[0], [{"a": "b"}]), event("After"))
    await line.watch.until(lambda: "After" in line.story)
    assert line.story == ["up 1", "After"]
    assert line.link.counts.late >= 2


async def test_a_thousand_questions_that_nobody_waits_for_leave_nothing_behind(
    asterisk: FakeAsterisk, line: Linked
) -> None:
    asterisk.answers["Hangup"] = lambda asked: b""
    tasks = [asyncio.create_task(line.link.ask("Hangup", {"Channel": str(n)}, deadline=9)) for n in range(1000)]
    await line.watch.until(lambda: len(asterisk.names()) == 1000)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    assert len(line.link._questions) == 0


async def test_nothing_is_sent_before_the_login_is_answered(asterisk: FakeAsterisk) -> None:
    asterisk.booted = False
    async with linked(asterisk) as line:
        await line.watch.until(lambda: line.link.state.phase is Phase.CONNECTING)
        assert line.link.state.sentence == "Asterisk is starting."
        with pytest.raises(LineDown):
            await line.link.ask("Hangup", {"Channel": "x"})
        assert asterisk.names() == []
