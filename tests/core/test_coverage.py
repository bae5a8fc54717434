"""Is all that was said on the recording? What alarms, what does not, and what is said of it afterwards."""

from dataclasses import replace
from datetime import datetime, timedelta

from callcenter.core.call import Stage
from callcenter.core.coverage import Found, Hearing, Side, Trouble, Verdict, heard, judge, side_trouble
from callcenter.core.helper import Helper
from callcenter.core.kind import Kind
from callcenter.core.recorded import Part, Span, offset, pieces_of
from tests.storage.cast import NOON, a_call

FRAME = 0.02


def at(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def span(since: float, until: float) -> Span:
    return Span(NOON + timedelta(seconds=since), NOON + timedelta(seconds=until))


def after(*stretches: tuple[str, float]) -> Hearing:
    """What is known of a side after these stretches: noise (A-law), mixed (µ-law: zeros in between), nothing; the other
    side speaks while its name is in capitals."""
    side = Hearing()
    for what, seconds in stretches:
        for _ in range(round(seconds / FRAME)):
            kind = what.lower()
            side = heard(side, FRAME, empty=kind == "nothing", full=kind == "noise", other=what.isupper())
    return side


def test_a_quiet_caller_alarms_nobody_however_long_he_is_silent() -> None:
    assert side_trouble(after(("noise", 3), ("NOISE", 600))) is None


def test_a_side_that_stops_coming_is_told_within_seconds() -> None:
    assert side_trouble(after(("noise", 5), ("nothing", 4))) is None
    assert side_trouble(after(("noise", 5), ("nothing", 5.1))) is Trouble.LOST


def test_a_line_that_sends_nothing_in_pauses_is_no_lost_side_and_perhaps_one_after_a_long_time() -> None:
    pauses = (("noise", 5.0), ("nothing", 1.0), ("noise", 2.0))
    assert side_trouble(after(*pauses, ("NOTHING", 30))) is None
    assert side_trouble(after(*pauses, ("NOTHING", 46))) is Trouble.PERHAPS


def test_digital_silence_in_speech_is_no_lost_side() -> None:
    assert side_trouble(after(("mixed", 5), ("NOTHING", 20))) is None


def test_a_side_from_which_nothing_ever_came_is_perhaps_one_sided_only_while_the_other_speaks() -> None:
    assert side_trouble(after(("nothing", 300))) is None
    assert side_trouble(after(("NOTHING", 46))) is Trouble.PERHAPS


SINCE, UNTIL = NOON, NOON + timedelta(seconds=100)


def test_a_whole_recording_is_complete_and_its_first_moment_is_known_from_its_end() -> None:
    judged = judge(Found(99.5, True), SINCE, UNTIL, began=None)
    assert judged.verdict is Verdict.COMPLETE
    assert judged.began == at(0.5)


def test_a_recording_that_is_longer_than_the_talk_began_before_the_answer() -> None:
    assert judge(Found(130, True), SINCE, UNTIL, began=None).began == at(-30)


def test_what_was_seen_missing_is_told_from_when_to_when() -> None:
    judged = judge(Found(80, True), SINCE, UNTIL, seen=[span(30, 50)], began=SINCE)
    assert (judged.verdict, judged.missing_s, judged.gaps) == (Verdict.GAP, 20, (span(30, 50),))


def test_what_nobody_saw_missing_is_told_as_the_end() -> None:
    judged = judge(Found(60, True), SINCE, UNTIL, began=None)
    assert (judged.verdict, judged.gaps) == (Verdict.GAP, (span(60, 100),))


def test_a_file_that_asterisk_did_not_end_has_a_gap_even_where_its_end_is_not_known() -> None:
    assert judge(Found(99, False), SINCE, UNTIL, began=SINCE).verdict is Verdict.GAP
    assert judge(Found(60, False), SINCE, None, began=SINCE).verdict is Verdict.GAP


def test_no_file_and_an_empty_one_are_missing() -> None:
    for nothing in (None, Found(0, True)):
        judged = judge(nothing, SINCE, UNTIL, began=None)
        assert (judged.verdict, judged.missing_s) == (Verdict.MISSING, 100)


def test_one_side_alone_is_perhaps_one_sided_and_both_quiet_are_not() -> None:
    talks, empty = Side(100, 4), Side(100, 99.5)
    judged = judge(Found(100, True, (empty, talks)), SINCE, UNTIL, began=None)
    assert (judged.verdict, judged.silent_side) == (Verdict.ONE_SIDED, "in")
    assert judge(Found(100, True, (empty, empty)), SINCE, UNTIL, began=None).verdict is Verdict.COMPLETE
    assert judge(Found(6, True, (Side(6, 6), Side(6, 0))), SINCE, at(6), began=None).verdict is Verdict.COMPLETE


def test_a_mark_behind_a_gap_stands_where_its_sound_is() -> None:
    gaps = (span(30, 50),)
    assert offset(at(20), NOON, 80, gaps) == 20
    assert offset(at(40), NOON, 80, gaps) == 30
    assert offset(at(70), NOON, 80, gaps) == 50
    assert offset(at(-5), NOON, 80, gaps) == 0
    assert offset(at(500), NOON, 80, gaps) == 80


def test_a_call_has_its_own_recording_a_relay_after_it_and_its_colleagues() -> None:
    asked = Helper("102", "desk-102-1-e112-1.2", dialled_at=at(20), joined_at=at(25), ended_at=at(40))
    rung = Helper("103", "desk-103-1-e112-1.2", dialled_at=at(50), ended_at=at(60))
    call = replace(
        a_call("e112-1.2", answered_at=at(4), ended_at=at(90), recording="2026/01/14/e112-1.2.wav"),
        stage=Stage.ENDED, helpers=(asked, rung),
    )  # fmt: skip
    own, relay, colleague = pieces_of(call)
    assert (own.part, own.places, own.since, own.until) == (Part.MAIN, (call.recording,), at(4), at(90))
    assert (relay.part, relay.places, relay.needed) == (Part.RELAY, ("2026/01/14/e112-1.2-relay.wav",), False)
    assert (colleague.part, colleague.position) == (Part.COLLEAGUE, "102")
    assert colleague.places == ("2026/01/14/desk-102-1-e112-1.2.wav",)


def test_who_was_never_answered_and_a_test_have_no_recording_and_a_relay_has_one_of_its_own() -> None:
    assert list(pieces_of(a_call())) == []
    assert list(pieces_of(a_call(answered_at=NOON, test=True))) == []
    relay = a_call("back-1.9000001", answered_at=NOON, kind=Kind.RELAY, stage=Stage.ENDED, ended_at=at(9))
    assert [piece.places for piece in pieces_of(relay)] == [("2026/01/14/back-1.9000001.wav",)]
