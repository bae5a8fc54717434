"""What real rows of Asterisk's timeline say of a call.

A row below: event|seconds|number|context,exten|channel|app(data)|leg|linked|cause and who hung up.
"""

import json
from collections.abc import Iterator
from datetime import datetime

from callcenter.asterisk.inbox import House
from callcenter.asterisk.recall import recalled
from callcenter.asterisk.records import Row, row
from callcenter.asterisk.wire import Fields
from callcenter.core.seen import CallRecalled

BASE = 1795315000

PASSED_ON = """
CHAN_START|921.527411|caller|from-operator,112|PJSIP/trunk-main-00000006||921.6|921.6
APP_START|921.529484|caller|waiting,112|PJSIP/trunk-main-00000006|Queue(emergency,trc,,,5,,answered)|921.6|921.6
CHAN_START|921.530926|101|from-phone,s|PJSIP/101-00000007||921.7|921.6
CHAN_START|921.532436|102|from-phone,s|PJSIP/102-00000008||921.8|921.6
ANSWER|921.569825|101|from-phone,112|PJSIP/101-00000007|AppQueue(Outgoing Line)|921.7|921.6
HANGUP|921.571871|102|from-phone,112|PJSIP/102-00000008|AppQueue(Outgoing Line)|921.8|921.6|26
ANSWER|921.574227|caller|waiting,112|PJSIP/trunk-main-00000006|Queue(emergency,trc,,,5,,answered)|921.6|921.6
BRIDGE_ENTER|921.575970|101|from-phone,112|PJSIP/101-00000007|AppQueue(Outgoing Line)|921.7|921.6
BRIDGE_ENTER|921.576217|caller|waiting,112|PJSIP/trunk-main-00000006|Queue(emergency,trc,,,5,,answered)|921.6|921.6
BLINDTRANSFER|922.616316|101|from-phone,112|PJSIP/101-00000007|AppQueue(Outgoing Line)|921.7|921.6|102 921.6
BRIDGE_EXIT|922.616363|101|from-phone,112|PJSIP/101-00000007|AppQueue(Outgoing Line)|921.7|921.6
BRIDGE_EXIT|922.616729|caller|from-phone,102|PJSIP/trunk-main-00000006|Queue(emergency,trc,,,5,,answered)|921.6|921.6
APP_END|922.617038|caller|from-phone,102|PJSIP/trunk-main-00000006|Queue(emergency,trc,,,5,,answered)|921.6|921.6
HANGUP|922.617551|101|from-phone,112|PJSIP/101-00000007|AppQueue(Outgoing Line)|921.7|921.6|16
APP_START|922.820146|caller|passed-on,102|PJSIP/trunk-main-00000006|Dial(PJSIP/102,20,r)|921.6|921.6
CHAN_START|922.821069|102|from-phone,s|PJSIP/102-00000009||922.9|921.6
ANSWER|922.919330|102|from-phone,102|PJSIP/102-00000009|AppDial(Outgoing Line)|922.9|921.6
BRIDGE_ENTER|922.919567|102|from-phone,|PJSIP/102-00000009|AppDial(Outgoing Line)|922.9|921.6
BRIDGE_ENTER|922.919875|caller|passed-on,102|PJSIP/trunk-main-00000006|Dial(PJSIP/102,20,r)|921.6|921.6
HANGUP|924.922810|caller|passed-on,102|PJSIP/trunk-main-00000006||921.6|921.6|16 PJSIP/trunk-main-00000006
"""

GIVEN_UP_AFTER_THE_TIME_LIMIT = """
CHAN_START|926.504043|caller|from-operator,112|PJSIP/trunk-main-0000000d||926.13|926.13
APP_START|926.505537|caller|waiting,112|PJSIP/trunk-main-0000000d|Queue(emergency,trc,,,5,,answered)|926.13|926.13
CHAN_START|926.506829|101|from-phone,s|PJSIP/101-0000000e||926.14|926.13
HANGUP|931.514934|101|from-phone,112|PJSIP/101-0000000e|AppQueue(Outgoing Line)|926.14|926.13|0
APP_END|931.515582|caller|waiting,112|PJSIP/trunk-main-0000000d|Queue(emergency,trc,,,5,,answered)|926.13|926.13
ANSWER|931.515682|caller|waiting,112|PJSIP/trunk-main-0000000d|Answer()|926.13|926.13
APP_START|931.601112|caller|waiting,112|PJSIP/trunk-main-0000000d|Queue(emergency,trc,,,,,answered)|926.13|926.13
CHAN_START|931.602028|101|from-phone,s|PJSIP/101-00000010||931.16|926.13
HANGUP|932.537049|101|from-phone,112|PJSIP/101-00000010|AppQueue(Outgoing Line)|931.16|926.13|0
APP_END|932.537781|caller|waiting,112|PJSIP/trunk-main-0000000d|Queue(emergency,trc,,,,,answered)|926.13|926.13
HANGUP|932.539309|caller|waiting,112|PJSIP/trunk-main-0000000d||926.13|926.13|0 PJSIP/trunk-main-0000000d
"""

CUT_OFF_AND_THE_NEXT_ONE = """
CHAN_START|939.198982|caller|from-operator,112|PJSIP/trunk-main-00000017||939.23|939.23
APP_START|939.201360|caller|waiting,112|PJSIP/trunk-main-00000017|Queue(emergency,trc,,,5,,answered)|939.23|939.23
CHAN_START|939.202229|101|from-phone,s|PJSIP/101-00000018||939.24|939.23
ANSWER|939.246567|101|from-phone,112|PJSIP/101-00000018|AppQueue(Outgoing Line)|939.24|939.23
ANSWER|939.248131|caller|waiting,112|PJSIP/trunk-main-00000017|Queue(emergency,trc,,,5,,answered)|939.23|939.23
BRIDGE_ENTER|939.249011|101|from-phone,112|PJSIP/101-00000018|AppQueue(Outgoing Line)|939.24|939.23
BRIDGE_ENTER|939.250605|caller|waiting,112|PJSIP/trunk-main-00000017|Queue(emergency,trc,,,5,,answered)|939.23|939.23
CHAN_START|951.350298|caller|from-operator,112|PJSIP/trunk-main-00000000||951.0|951.0
APP_START|951.352797|caller|waiting,112|PJSIP/trunk-main-00000000|Queue(emergency,trc,,,5,,answered)|951.0|951.0
HANGUP|952.422166|caller|waiting,112|PJSIP/trunk-main-00000000||951.0|951.0|16 PJSIP/trunk-main-00000000
"""


def table(text: str) -> Iterator[Row]:
    for number, line in enumerate(text.strip().splitlines(), 1):
        kind, at, who, place, channel, app, leg, linked, said = (*(part.strip() for part in line.split("|")), "")[:9]
        context, exten = place.split(",")
        name, _, data = app.removesuffix(")").partition("(")
        first, _, second = said.partition(" ")
        extra = {"hangupcause": first, "hangupsource": second}
        if kind == "BLINDTRANSFER":
            extra = {"extension": first, "transferee_channel_uniqueid": id_of(second)}
        if kind == "USER_DEFINED":
            extra = {"extra": said.replace("CALL", id_of("926.13")).replace(" ", "|")}
        values = (
            who,
            context,
            exten,
            channel,
            name,
            data,
            id_of(leg),
            id_of(linked),
            json.dumps(extra) if said else "",
        )
        yield row((number, kind, f"{BASE + float(at):.6f}", *values))


def id_of(short: str) -> str:
    return f"e112-{BASE // 1000}{short}"


def second(record: CallRecalled, at: datetime | None) -> float | None:
    return None if at is None else round((at - record.arrived_at).total_seconds(), 2)


def tell(text: str, *entries: tuple[str, str]) -> list[CallRecalled]:
    journal: list[Fields] = [{"Key": f"/e112/{key}", "Val": value} for key, value in entries]
    return recalled(House(), ("101", "102"), table(text), journal)


def test_a_caller_passed_on_by_the_phone_s_own_keys() -> None:
    (call,) = tell(PASSED_ON)
    assert (call.outcome, call.position, call.rung, call.cause, call.trunk) == ("ANSWERED", "101", 2, 16, "main")
    assert [second(call, at) for at in (call.queued_at, call.rang_at, call.answered_at, call.ended_at)] == [
        0,
        0,
        0.05,
        3.4,
    ]
    assert call.recording == f"2026/11/22/{call.call}.wav"
    assert [(a.number, a.by, second(call, a.dialled_at)) for a in call.attempts] == [("102", "phone", 1.09)]


def test_a_caller_who_gives_up_after_the_queue_s_time_limit() -> None:
    (call,) = tell(GIVEN_UP_AFTER_THE_TIME_LIMIT)
    assert (call.outcome, call.answered_at, call.rung) == ("ABANDONED", None, 2)
    assert (second(call, call.queued_at), second(call, call.ended_at)) == (0, 6.04)


def test_a_call_that_asterisk_took_with_it_has_no_end_and_the_next_one_has() -> None:
    cut, after = tell(CUT_OFF_AND_THE_NEXT_ONE)
    assert (cut.ended_at, cut.outcome, cut.position, second(cut, cut.answered_at)) == (None, "", "101", 0.05)
    assert (after.outcome, after.answered_at) == ("ABANDONED_SHORT", None)


def test_the_other_journal_fills_what_the_timeline_lost() -> None:
    whole = "\n".join(line for line in PASSED_ON.splitlines() if "HANGUP" not in line and "ENTER" not in line)
    id_ = id_of("921.6")
    (call,) = tell(whole, (f"{id_}/in", "1795315921.527|+62|112|"), (f"{id_}/ans", "1795315921.572|101"))
    assert (call.ended_at, call.position, second(call, call.answered_at)) == (None, "101", 0.04)
    ends = (f"{id_}/in", "1795315921.527|+62|112|"), (f"{id_}/end", "1795315924.921||16")
    (call,) = tell(PASSED_ON.rsplit("\n", 2)[0], *ends)
    assert (call.outcome, call.cause, second(call, call.ended_at)) == ("ANSWERED", 16, 3.39)


def test_other_calls_of_the_house_are_no_arrivals_and_a_broken_row_spoils_nothing() -> None:
    inside = "CHAN_START|900.1|101|from-phone,102|PJSIP/101-00000001||900.1|900.1"
    half = "BLINDTRANSFER|922.6|101|from-phone,112|PJSIP/101-00000007||921.7|921.6"
    assert not tell(inside)
    assert [call.outcome for call in tell(PASSED_ON + half + "\nHANGUP" + inside.removeprefix("CHAN_START"))] == [
        "ANSWERED"
    ]


SAID = (
    "Number: +628111222333,NumberSource: pai,Trunk: main,Dialled: 112,Recording: 2026/11/22/e112-1795315921.6.wav,"
    "Test: ,Name: Siti%2C%20%28RT%205%29,Pai: %3Csip%3A%2B628111222333%40operator.example%3E,Rpid: ,From: x,"
    "SipCallId: abc%40operator,Location: shape%3D%22Circle%22%2Cpos%3D%22-6.7320%20108.5523%22%2Cradius%3D%2250%22"
)


def entries(**more: str) -> list[Fields]:
    """Of the call that was passed on."""
    kept = {"in": f"{BASE + 921.530:.3f}|anonymous|112||", "said": SAID} | more
    return [Fields(Key=f"/e112/e112-1795315921.6/{what}", Val=value) for what, value in kept.items()]


def test_what_the_invite_said_of_a_call_that_came_in_a_gap_is_kept() -> None:
    for rows in ((), tuple(table(PASSED_ON))):
        (found,) = recalled(House(), ("101", "102"), rows, entries())
        assert (found.number, found.number_source, found.trunk) == ("+628111222333", "pai", "main")
        assert (found.name, found.sip_call_id) == ("Siti, (RT 5)", "abc@operator")
        assert found.location == 'shape="Circle",pos="-6.7320 108.5523",radius="50"'
        assert found.recording == "2026/11/22/e112-1795315921.6.wav"


def test_words_of_the_invite_that_cannot_be_read_do_not_hide_the_call() -> None:
    for broken in ("", "|||", "Number", "Number: ,NumberSource: ,Test: 1,Location: %zz", "x" * 4000):
        (found,) = recalled(House(), ("101", "102"), (), entries(said=broken))
        assert found.call == "e112-1795315921.6" and found.arrived_at is not None


NOBODY_ANSWERS = """
CHAN_START|926.504043|caller|from-operator,112|PJSIP/trunk-main-0000000d||926.13|926.13
APP_START|926.505537|caller|waiting,112|PJSIP/trunk-main-0000000d|Queue(emergency,trc,,,5,,answered)|926.13|926.13
CHAN_START|931.506829|x|from-trunk,s|PJSIP/road-a-0000000e||931.20|931.18
USER_DEFINED|931.507|x|overflow-tried,s|PJSIP/road-a-0000000e||931.20|931.18|overflow CALL 1 1 on-call
HANGUP|951.514934|x|overflow,1|PJSIP/road-a-0000000e|AppDial(Outgoing Line)|931.20|931.18|127
CHAN_START|951.6|x|from-trunk,s|PJSIP/road-b-0000000f||951.21|931.18
USER_DEFINED|951.61|x|overflow-tried,s|PJSIP/road-b-0000000f||951.21|931.18|overflow CALL 2 1 neighbour
ANSWER|953.0|x|overflow,1|PJSIP/road-b-0000000f|AppDial(Outgoing Line)|951.21|931.18
USER_DEFINED|953.2|x|elsewhere,s|PJSIP/other-0000000f||953.22|953.22|somebody else's
HANGUP|960.0|caller|waiting,112|PJSIP/trunk-main-0000000d||926.13|926.13|16 PJSIP/trunk-main-0000000d
HANGUP|960.1|x|overflow,1|PJSIP/road-b-0000000f||951.21|931.18|16
"""


def test_every_overflow_line_that_was_tried_in_a_gap_is_found_again_from_either_journal() -> None:
    call, first, second_ = id_of("926.13"), id_of("931.20"), id_of("951.21")
    journal = (
        (f"{call}/in", f"{BASE + 926.504:.3f}|caller|112||"),
        (f"{call}/tried", second_),
        (f"{call}/try/{first}", f"{BASE + 931.507:.3f}|1|1|on-call"),
        (f"{call}/fail/{first}", f"{BASE + 951.515:.3f}|1|1|NOANSWER|on-call"),
        (f"{call}/try/{second_}", f"{BASE + 951.61:.3f}|2|1|neighbour"),
        (f"{call}/fail/overflow-3-1-{call}", f"{BASE + 951.62:.3f}|3|1|CHANUNAVAIL|gone"),
        (f"{call}/end", f"{BASE + 960:.3f}||16|"),
    )
    both = [(a.number, str(a.result)) for a in tell(NOBODY_ANSWERS, *journal)[0].attempts]
    assert both == [("on-call", "NO_ANSWER"), ("neighbour", "DECLINED"), ("gone", "FAILED")]
    alone = [(a.number, str(a.result)) for a in tell("", *journal)[0].attempts]
    assert alone == [("on-call", "NO_ANSWER"), ("neighbour", "DIALLING"), ("gone", "FAILED")]
    assert [str(a.result) for a in tell(NOBODY_ANSWERS)[0].attempts] == ["FAILED", "DECLINED"]
