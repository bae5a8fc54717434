"""One AMI message, one fact."""

from datetime import UTC, datetime
from urllib.parse import quote

import pytest

from callcenter.asterisk.inbox import House, read
from callcenter.core import desk_facts, facts
from callcenter.core.seen import PositionSeen

HEARD = datetime(2026, 1, 14, tzinfo=UTC)
STAMP = "1768352400.125000"
AT = datetime.fromtimestamp(1768352400.125, UTC)
HOUSE = House("emergency", frozenset({"112", "+62112"}))


def heard(event: str, **headers: str) -> facts.Fact | None:
    return read(HOUSE, {"Event": event, "Timestamp": STAMP, **headers}, HEARD)


def test_only_112_in_one_of_our_entries_is_an_arrival() -> None:
    leg = {"Uniqueid": "e112-1.0", "CallerIDNum": "<unknown>", "CallerIDName": "", "Exten": "+62112"}
    assert heard("Newchannel", Context="from-operator", **leg) == facts.CallArrived("e112-1.0", AT, dialled="+62112")
    assert isinstance(heard("Newchannel", Context="elsewhere", **leg), facts.LegStarted)
    assert isinstance(heard("Newchannel", Context="from-operator", **{**leg, "Exten": "999"}), facts.LegStarted)


def test_a_line_of_ours_that_is_forwarded_to_112_is_no_arrival() -> None:
    leg = {"Uniqueid": "e112-1.0", "Context": "from-operator", "Exten": "112"}
    assert isinstance(heard("Newchannel", Channel="PJSIP/trunk-main-00000001", **leg), facts.CallArrived)
    assert isinstance(heard("Newchannel", Channel="Local/112@from-operator-00000001;1", **leg), facts.LegStarted)


def test_an_agency_s_leg_says_by_its_id_whose_it_is() -> None:
    leg = "fwd-psc119-2-3-e112-1768352400.0"
    assert heard("Newchannel", Uniqueid=leg, Exten="s") == facts.AttemptDialled(
        "e112-1768352400.0", AT, leg, "psc119", 2, 3
    )


def test_a_description_is_decoded_and_stays_one_value() -> None:
    name = 'Robert"); DROP\r\n\r\nAction: Hangup 🔥'
    fact = heard(
        "UserEvent", UserEvent="Arrival", Uniqueid="e112-1.0", Number="%2B62812", NumberSource="pai", Name=quote(name)
    )
    assert isinstance(fact, facts.CallDescribed)
    assert (fact.number, fact.number_source, fact.name) == ("+62812", "pai", name)


@pytest.mark.parametrize("event", ["QueueCallerJoin", "QueueCallerLeave", "QueueCallerAbandon", "AgentCalled"])
def test_another_queue_says_nothing(event: str) -> None:
    assert heard(event, Uniqueid="1.0", Queue="sales", Interface="PJSIP/1", DestUniqueid="1.1") is None


@pytest.mark.parametrize("interface", ["PJSIP/101", "SIP/101", "Local/101@agents/n", "101"])
def test_a_position_is_found_behind_any_interface(interface: str) -> None:
    fact = heard("QueueMemberStatus", Queue="emergency", Interface=interface, Status="5", Paused="1")
    assert fact == PositionSeen("101", AT, phone="UNREACHABLE", paused=True, in_queue=True)


def test_the_moment_is_asterisk_s_own_where_it_gives_one() -> None:
    fact = read(HOUSE, {"Event": "Hangup", "Uniqueid": "1.0", "Cause": "16"}, HEARD)
    assert fact == facts.LegEnded("1.0", HEARD, 16)
    assert heard("Hangup", Uniqueid="1.0") == facts.LegEnded("1.0", AT, 0)


@pytest.mark.parametrize(
    "message",
    [
        {"Event": "Hangup", "Timestamp": STAMP},
        {"Event": "Hangup", "Uniqueid": "1.0", "Cause": "many"},
        {"Event": "Hangup", "Uniqueid": "1.0", "Timestamp": "yesterday"},
        {"Event": "AgentConnect", "Uniqueid": "1.0", "Queue": "emergency"},
    ],
)
def test_a_message_that_cannot_be_understood_raises_for_the_quarantine(message: dict[str, str | list[str]]) -> None:
    with pytest.raises((ValueError, KeyError)):
        read(HOUSE, message, HEARD)


def test_a_failure_to_dial_names_the_leg_that_never_was() -> None:
    leg = "fwd-psc119-2-3-e112-1768352400.0"
    failed = {"Response": "Failure", "ActionID": f"12-3/{leg}", "Uniqueid": "<unknown>"}
    told = facts.AttemptRefused("e112-1768352400.0", AT, leg, "psc119", 2, 3)
    assert heard("OriginateResponse", **failed) == told
    assert heard("OriginateResponse", **{**failed, "Response": "Success"}) is None
    assert heard("OriginateResponse", **{**failed, "ActionID": "12-3/elsewhere"}) is None


@pytest.mark.parametrize("interface", ["PJSIP/101-web", "101-web"])
def test_the_phone_in_the_page_is_the_position_s_too(interface: str) -> None:
    fact = heard("QueueMemberStatus", Queue="emergency", Interface=interface, Status="1", Paused="0")
    assert fact == PositionSeen("101", AT, phone="IDLE", paused=False, in_queue=True, page=True)


def test_a_phone_that_rejects_a_call_is_told_from_the_other_one_of_its_position() -> None:
    rejected = {"Uniqueid": "e112-1.0", "Queue": "emergency", "Interface": "PJSIP/101-web", "DestUniqueid": "e112-1.2"}
    assert heard("AgentRingNoAnswer", **rejected) == facts.PhoneUnanswered("e112-1.0", AT, "101", "e112-1.2")


@pytest.mark.parametrize(
    "sides",
    [
        {"TransfereeUniqueid": "1.7", "OrigTransfererUniqueid": "1.6", "SecondTransfererUniqueid": "1.2"},
        {"TransferTargetUniqueid": "1.7", "OrigTransfererUniqueid": "1.2", "SecondTransfererUniqueid": "1.6"},
    ],
)
def test_out_of_a_room_her_own_leg_there_stands_for_the_room(sides: dict[str, str]) -> None:
    """As Asterisk 20 tells it, whichever of her two calls the phone passes on by."""
    fact = heard("AttendedTransfer", Result="Success", DestType="App", DestApp="ConfBridge", **sides)
    assert isinstance(fact, desk_facts.CallTransferred)
    assert (fact.call, fact.far, fact.attended) == ("1.7", "1.2", True)


def test_a_whole_conference_that_was_moved_names_no_caller() -> None:
    sides = {"OrigTransfererUniqueid": "1.2", "SecondTransfererUniqueid": "1.6"}
    assert heard("AttendedTransfer", Result="Success", DestType="Bridge", **sides) is None
    assert heard("AttendedTransfer", Result="Success", DestApp="ConfBridge", DestType="App", **sides) is None
