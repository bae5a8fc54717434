"""Asterisk is stopped with calls up: nobody hung up, and nobody is said to have given up."""

import json
from datetime import UTC, datetime, timedelta

from callcenter.asterisk.inbox import House, read
from callcenter.asterisk.ledger import from_database
from callcenter.asterisk.recall import recalled
from callcenter.asterisk.records import row
from callcenter.asterisk.wire import Fields
from callcenter.core.apply import apply
from callcenter.core.call import Call, Outcome
from callcenter.core.facts import (
    CallAbandoned,
    CallAnswered,
    CallArrived,
    CallCut,
    CallLeftQueue,
    CallQueued,
    Fact,
    LegEnded,
)
from callcenter.core.floor import Floor

T0 = datetime(2026, 11, 22, 1, 0, tzinfo=UTC)
ID = "e112-1795318799.11"


def told(*facts: Fact) -> Call:
    floor, call = Floor(), None
    for fact in facts:
        floor, changed = apply(floor, fact)
        call = changed[-1] if changed else call
    assert call is not None
    return call


def at(seconds: float) -> datetime:
    return T0 + timedelta(seconds=seconds)


ARRIVAL = (CallArrived(ID, T0, "+62812"), CallQueued(ID, at(0.1)))


def test_who_waits_when_asterisk_is_stopped_did_not_hang_up() -> None:
    """Asterisk itself announces an abandon, and says only afterwards that nobody had hung up."""
    call = told(
        *ARRIVAL, CallAbandoned(ID, at(9)), CallLeftQueue(ID, at(9)), CallCut(ID, at(9)), LegEnded(ID, at(9), 0)
    )
    assert (call.outcome, call.ended_at) == (Outcome.NO_AGENT, at(9))


def test_who_speaks_when_asterisk_is_stopped_is_owed_a_callback() -> None:
    speaking = (*ARRIVAL, CallAnswered(ID, at(3), "101", "e112-1795318799.12"))
    call = told(*speaking, CallCut(ID, at(9)), LegEnded("e112-1795318799.12", at(9), 16), LegEnded(ID, at(9), 16))
    assert (call.outcome, call.disconnected_early) == (Outcome.ANSWERED, True)
    call = told(*speaking, LegEnded(ID, at(9), 16))
    assert (call.outcome, call.disconnected_early) == (Outcome.ANSWERED, False)


def test_the_dialplan_says_so_in_an_event_and_in_asterisks_database() -> None:
    event = {"Event": "UserEvent", "UserEvent": "Cut", "Uniqueid": ID, "Timestamp": str(T0.timestamp())}
    assert read(House(), Fields(event), T0) == CallCut(ID, T0)
    entries = {"in": f"{T0.timestamp()}|+62812|112|", "end": f"{at(9).timestamp()}||0|cut"}
    (record,) = from_database([Fields(Key=f"/e112/{ID}/{key}", Val=value) for key, value in entries.items()])
    assert record.outcome == "NO_AGENT"


def test_the_timeline_knows_it_from_an_end_that_nobody_caused() -> None:
    def rows(cause: int, source: str) -> str:
        extra = json.dumps({"hangupcause": cause, "hangupsource": source, "dialstatus": ""})
        leg, moment = "PJSIP/trunk-main-00000000", at(9).timestamp()
        lines = [
            (1, "CHAN_START", T0.timestamp(), "+62812", "from-operator", "112", leg, "", "", ID, ID, ""),
            (2, "APP_START", at(0.1).timestamp(), "+62812", "waiting", "112", leg, "Queue", "emergency", ID, ID, ""),
            (3, "APP_END", moment, "+62812", "waiting", "112", leg, "Queue", "emergency", ID, ID, ""),
            (4, "HANGUP", moment, "+62812", "waiting", "112", leg, "", "", ID, ID, extra),
        ]
        (record,) = recalled(House(), ("101",), map(row, lines))
        return record.outcome

    assert rows(0, "") == "NO_AGENT"
    assert rows(127, "PJSIP/trunk-main-00000000") == "ABANDONED"
