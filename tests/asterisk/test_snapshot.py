"""Asterisk's lists and its own journal as one fact."""

from datetime import UTC, datetime, timedelta

from callcenter.asterisk.inbox import House
from callcenter.asterisk.ledger import from_database
from callcenter.asterisk.snapshot import Clock, floor_seen, with_recalled
from callcenter.asterisk.wire import Fields
from callcenter.core.apply import apply
from callcenter.core.call import Stage
from callcenter.core.facts import CallAnswered
from callcenter.core.floor import Floor
from callcenter.core.seen import CallRecalled

AT = datetime.fromtimestamp(1768352460, UTC)
CALLER, TAKER, AGENCY = "e112-1768352400.0", "e112-1768352401.1", "fwd-damkar-1-1-e112-1768352400.0"
ROOM = "11217683524000"


def channel(leg: str, name: str, context: str, linked: str = CALLER, **more: str) -> Fields:
    base: Fields = {"Event": "CoreShowChannel", "Uniqueid": leg, "Channel": name, "Context": context}
    return {**base, "Linkedid": linked, "CallerIDNum": "+62812", "Exten": "112", "Duration": "00:01:00", **more}


def journal(**entries: str) -> list[Fields]:
    return [{"Key": f"/e112/{CALLER}/{name}", "Val": value} for name, value in entries.items()]


def seen(channels: list[Fields], queue: list[Fields] | None = None, rooms: list[Fields] | None = None) -> Floor:
    fact = floor_seen(AT, "boot", House(), ["101"], channels, queue or [], rooms or [], [])
    return apply(Floor(), fact)[0]


def test_a_caller_in_speech_is_found_with_his_call_taker() -> None:
    floor = seen(
        [
            channel(CALLER, "PJSIP/op-00000000", "waiting", BridgeId="b"),
            channel(TAKER, "PJSIP/101-00000001", "from-phone", BridgeId="b"),
        ]
    )
    call = floor.calls[CALLER]
    assert (call.stage, call.position, call.leg, call.number) == (Stage.TALKING, "101", TAKER, "+62812")
    assert call.arrived_at == datetime.fromtimestamp(1768352400, UTC)


def test_an_answer_between_the_clock_and_the_lists_keeps_its_moment() -> None:
    """Her leg began when her phone rang, two seconds before: that moment stood as the answer for ever."""
    legs = [
        channel(CALLER, "PJSIP/op-00000000", "waiting", BridgeId="b"),
        channel(TAKER, "PJSIP/101-00000001", "from-phone", BridgeId="b"),
    ]
    answered_at = AT + timedelta(seconds=0.4)
    record = CallRecalled(CALLER, AT - timedelta(seconds=60), answered_at=answered_at, position="101")
    for channels in (legs, legs[:1]):  # the second: the lists were told before the answer, which is an event to come
        fact = floor_seen(AT + timedelta(seconds=1), "boot", House(), ["101"], channels, [], [])
        floor = apply(Floor(), with_recalled(fact, [record], Clock(AT)))[0]
        assert floor.calls[CALLER].answered_at == (answered_at if len(channels) == 2 else None)
        floor = apply(floor, CallAnswered(CALLER, answered_at, "101", TAKER))[0]
        assert (floor.calls[CALLER].answered_at, floor.calls[CALLER].leg) == (answered_at, TAKER)


def test_a_waiting_caller_is_found_with_the_start_of_his_wait() -> None:
    entry: Fields = {"Event": "QueueEntry", "Queue": "emergency", "Uniqueid": CALLER, "Wait": "55"}
    floor = seen([channel(CALLER, "PJSIP/op-00000000", "waiting")], [entry])
    assert floor.calls[CALLER].stage is Stage.WAITING
    assert floor.calls[CALLER].queued_at == datetime.fromtimestamp(1768352405, UTC)


def test_a_room_ties_caller_call_taker_and_agency() -> None:
    rooms: list[Fields] = [{"Uniqueid": leg, "Conference": ROOM} for leg in (CALLER, TAKER, AGENCY)]
    floor = seen(
        [
            channel(CALLER, "PJSIP/op-00000000", "room-caller"),
            channel(TAKER, "PJSIP/101-00000001", "room-staff", linked="elsewhere"),
            channel(AGENCY, "PJSIP/op-00000002", "room-agency", linked=AGENCY),
        ],
        rooms=rooms,
    )
    call = floor.calls[CALLER]
    assert (call.stage, call.position, set(call.in_room)) == (Stage.TALKING, "101", {CALLER, TAKER, AGENCY})


def test_members_become_positions_and_strangers_stay_strangers() -> None:
    member: Fields = {"Event": "QueueMember", "Queue": "emergency", "Location": "PJSIP/101", "Status": "1"}
    floor = seen([channel("e112-1768352401.7", "PJSIP/104-00000009", "from-phone", linked="x")], [member])
    assert floor.positions["101"].phone == "IDLE"
    assert not floor.calls


def test_the_journal_recalls_a_call_that_nobody_saw() -> None:
    (record,) = from_database(
        journal(**{"in": "1768352400.100|+62812|112|", "ans": "1768352403.200|101", "end": "1768352410.000|x|16"})
    )
    assert record.answered_at is not None
    assert (record.number, record.position, record.answered_at.timestamp()) == ("+62812", "101", 1768352403.2)
    passed = journal(**{"in": "1768352400|+62812|112|", "end": "1768352410|x|16"})
    _, changed = apply(Floor(), floor_seen(AT, "boot", House(), [], [], [], [], passed))
    assert [call.outcome for call in changed] == ["ABANDONED"]


def test_a_broken_journal_entry_does_not_spoil_the_others() -> None:
    broken: list[Fields] = [{"Key": "/e112/e112-1.1/in", "Val": "soon|x"}, {"Key": "odd", "Val": ""}]
    assert len(list(from_database([*broken, *journal(**{"in": "1768352400|x|112|"})]))) == 1
