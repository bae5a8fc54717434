"""Recordings of another telephone system: the story is what that system's own queue wrote down beside it."""

import io
from collections import defaultdict
from collections.abc import Callable

import pytest

from callcenter.asterisk import wire
from callcenter.asterisk.inbox import House
from callcenter.asterisk.wire import Fields
from callcenter.replay import replayed
from tests.elsewhere import FOLDER, as_lines, epoch, less, messages, raw, told, whole

NUMBERS = {"Ani": "201", "Beni": "202", "Citra": "203"}
WITH_QUEUE = sorted(path.stem for path in FOLDER.glob("*.queue_log"))


def queue_log(name: str) -> dict[str, list[list[str]]]:
    """What the queue wrote of each call: when, in which queue, who, what, how much."""
    calls = defaultdict(list)
    for line in (FOLDER / f"{name}.queue_log").read_text().splitlines():
        when, call, *rest = line.split("|")
        calls[call].append([when, *rest])
    return calls


@pytest.mark.parametrize("name", WITH_QUEUE)
def test_the_story_is_what_the_queue_itself_wrote_down(name: str) -> None:
    calls = {call["id"]: call for call in whole(name)}
    log = queue_log(name)
    assert set(log) == {call["id"] for call in calls.values() if call["queue"]}
    for id_, rows in log.items():
        call, what = calls[id_], {row[3]: row for row in rows}
        entered = [row for row in rows if row[3] == "ENTERQUEUE"]
        assert call["queues"] == [row[1] for row in entered]
        assert call["number"] == entered[0][5] == "08121234567"
        assert abs(epoch(call["queued_at"]) - float(entered[0][0])) < 1.1
        if "CONNECT" in what:
            assert (call["outcome"], call["answered_by"]) == ("ANSWERED", NUMBERS[what["CONNECT"][2]])
            assert abs(epoch(call["answered_at"]) - float(what["CONNECT"][0])) < 1.1
        elif "ABANDON" in what:
            assert (call["outcome"], call["answered_at"]) == ("ABANDONED", None)
            assert abs(call["waited_s"] - float(what["ABANDON"][6])) < 1.1
        else:
            assert call["outcome"] in ("NO_AGENT", "OVERFLOWED", "IN_PROGRESS")
            assert abs(call["waited_s"] - float(what["EXITWITHTIMEOUT"][6])) < 1.1 or call["overflowed_at"]
        for ended in (what[word] for word in ("COMPLETECALLER", "COMPLETEAGENT") if word in what):
            assert abs(call["talked_s"] - float(ended[5])) < 1.1
        unanswered = [NUMBERS[row[2]] for row in rows if row[3] == "RINGNOANSWER"]
        assert sorted(unanswered) == sorted(p["position"] for p in call["phones"] if p["result"] == "NO_ANSWER")


OUTCOMES = {
    "sent-away-by-the-queue": [("NO_AGENT", None)],
    "sent-on-to-an-announcement": [("NO_AGENT", None)],
    "gives-up-in-a-message": [("ABANDONED_IVR", None), ("ANSWERED", "201")],
    "no-queue-a-ring-group": [("ANSWERED", "201")],
    "no-queue-a-conference": [("ANSWERED", "201")],  # he waits in it, and her phone is brought there
    "no-queue-busy": [("NO_AGENT", None)],
    "no-queue-rings-out": [("NO_AGENT", None)],
    "no-queue-gives-up": [("ABANDONED_SHORT", None)],
}
PHONES = {
    "no-queue-a-ring-group": [("201", "ANSWERED"), ("202", "CANCELLED"), ("203", "CANCELLED")],
    "no-queue-busy": [("201", "BUSY")],
    "no-queue-rings-out": [("201", "NO_ANSWER")],
    "no-queue-gives-up": [("201", "CANCELLED")],
    "local-channels-optimised-away": [("201", "NO_ANSWER"), ("202", "ANSWERED")],
    "ring-all-of-three": [("201", "CANCELLED"), ("202", "ANSWERED"), ("203", "CANCELLED")],
}


@pytest.mark.parametrize("name", OUTCOMES)
def test_who_gave_up_and_who_was_given_up_are_told_apart(name: str) -> None:
    assert [(call["outcome"], call["answered_by"]) for call in whole(name)] == OUTCOMES[name]


@pytest.mark.parametrize("name", PHONES)
def test_every_phone_that_rang_is_told_with_how_it_went(name: str) -> None:
    (call,) = whole(name)
    assert [(phone["position"], phone["result"]) for phone in call["phones"]] == PHONES[name]
    assert all(phone["called_at"] <= (phone["ringing_at"] or phone["called_at"]) for phone in call["phones"])


def test_who_leaves_the_queue_unanswered_and_is_sent_to_another_phone_has_overflowed() -> None:
    (call,) = whole("sent-on-to-another-phone")
    assert (call["overflowed_to"], call["answered_at"]) == ("203", None)
    assert epoch(call["overflowed_at"]) - epoch(call["queued_at"]) == pytest.approx(3.8, abs=0.2)


def test_a_call_that_is_passed_on_keeps_who_answered_it_and_tells_where_it_went() -> None:
    (call,) = whole("passed-on-by-a-blind-transfer")
    (attempt,) = call["attempts"]
    assert (call["answered_by"], attempt["number"], attempt["result"]) == ("203", "204", "ANSWERED")
    assert call["answered_at"] < attempt["dialled_at"] < attempt["ringing_at"] < attempt["answered_at"]
    assert abs(epoch(attempt["ended_at"]) - epoch(call["ended_at"])) < 0.1


def test_a_call_that_is_passed_on_after_a_word_tells_when_the_word_began() -> None:
    (call,) = whole("passed-on-after-a-word")
    (attempt,) = call["attempts"]
    assert (call["answered_by"], attempt["number"], attempt["result"]) == ("201", "204", "ANSWERED")
    assert call["answered_at"] < attempt["dialled_at"] < attempt["ringing_at"] < attempt["answered_at"]
    assert abs(epoch(attempt["ended_at"]) - epoch(call["ended_at"])) < 0.1


def test_one_queue_can_be_asked_for_and_another_one_is_none_of_ours() -> None:
    recording = raw("from-one-queue-to-another")
    assert not replayed(io.BytesIO(recording), House(queue="sales"), any_queue=False, numbers=()).calls
    ring_group = io.BytesIO(raw("no-queue-a-ring-group"))
    assert not replayed(ring_group, House(queue="support"), any_queue=False, numbers=()).calls
    assert len(replayed(ring_group, House(queue="*"), any_queue=False, numbers=()).calls) == 1
    story = replayed(io.BytesIO(recording), House(queue="support"), any_queue=False, numbers=())
    assert [(call.outcome, call.answered_by) for call in story.calls.values()] == [("ANSWERED", "201")]


def test_the_words_of_another_dialplan_mean_nothing_here() -> None:
    """A user event there may have the name of one of ours."""
    name = "ring-all-of-three"
    call = whole(name)[0]["id"]
    foreign = [
        {"Event": "UserEvent", "UserEvent": kind, "Uniqueid": call} for kind in ("Blocked", "Cut", "Silent", "Arrival")
    ]
    said = messages(name)
    assert told(as_lines([*said[:60], *foreign, *said[60:]])) == whole(name)


def class_of(message: Fields) -> str:
    return wire.text(message, "Privilege").partition(",")[0]


HEARD: dict[str, Callable[[Fields], Fields | None]] = {
    "nothing but queues": lambda m: m if class_of(m) == "agent" else None,
    "no beginnings of legs": lambda m: None if m.get("Event") in ("Newchannel", "Newstate") else m,
    "no hang-up but the end": lambda m: None if "HangupRequest" in m.get("Event", "") else m,
    "no linked ids": less("Linkedid", "DestLinkedid"),
    "no ids but the channels' names": less("Uniqueid", "DestUniqueid", "Linkedid", "DestLinkedid"),
    "no interfaces": lambda m: less("Interface", "MemberName")(m) if m.get("Event", "")[:5] == "Agent" else m,
    "no moments": less("Timestamp"),
}


@pytest.mark.parametrize("heard", HEARD)
@pytest.mark.parametrize("name", WITH_QUEUE)
def test_who_hears_less_of_that_system_tells_the_same_of_who_answered(name: str, heard: str) -> None:
    said = [kept for message in messages(name) if (kept := HEARD[heard](message))]
    log = queue_log(name)
    calls = [call for call in told(as_lines(said)) if call["queue"]]
    assert len(calls) == len(log)
    outcomes = {call["id"]: call["outcome"] for call in whole(name)}
    for call, (id_, rows) in zip(calls, log.items(), strict=True):
        answered = [NUMBERS[row[2]] for row in rows if row[3] == "CONNECT"]
        assert call["answered_by"] == (answered[0] if answered else None)
        assert call["queues"] == [row[1] for row in rows if row[3] == "ENTERQUEUE"]
        at_once = heard in ("nothing but queues", "no hang-up but the end", "no moments")
        if not (at_once and rows[-1][3] == "EXITWITHTIMEOUT") and not (at_once and "TRANSFER" in rows[-1][3]):
            assert call["outcome"] == outcomes[id_]


@pytest.mark.parametrize("name", ["from-one-queue-to-another", "rings-out-then-gives-up", "no-queue-a-ring-group"])
def test_a_recording_of_a_part_tells_no_other_outcome_and_no_other_call(name: str) -> None:
    said, outcomes = messages(name), {call["id"]: call["outcome"] for call in whole(name)}
    for place in range(0, len(said), 9):
        later, earlier = told(as_lines(said[place:])), told(as_lines(said[: place + 1]))
        assert {call["id"]: call["outcome"] for call in later}.items() <= outcomes.items()
        assert {call["outcome"] for call in earlier} <= {"IN_PROGRESS", *outcomes.values()}
        assert {call["id"] for call in earlier} <= outcomes.keys()


@pytest.mark.parametrize("name", ["ring-all-of-three", "local-channels-optimised-away", "local-channels-answered"])
def test_who_hears_nothing_of_the_queue_hears_who_was_dialled_and_lifted(name: str) -> None:
    said = [message for message in messages(name) if class_of(message) != "agent"]
    (call,), (all_heard,) = told(as_lines(said)), whole(name)
    assert (call["outcome"], call["answered_by"], call["queue"]) == ("ANSWERED", all_heard["answered_by"], None)
    assert abs(epoch(call["answered_at"]) - epoch(all_heard["answered_at"])) < 0.1
    assert call["ended_at"] == all_heard["ended_at"]
