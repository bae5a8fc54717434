"""The four answers of an agency, and what they say of the ticket."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from callcenter.core.answer import FROM, LADDER, Answer, moments, next_answers, stands
from callcenter.core.share import Status
from callcenter.core.ticket import TicketStatus

NOON = datetime(2026, 1, 14, 5, 0, tzinfo=UTC)
MANY = st.lists(st.sampled_from(list(Status)), max_size=6)


def test_an_answer_is_given_once_and_never_backwards() -> None:
    assert next_answers(Status.TRYING) == tuple(Answer)
    assert next_answers(Status.UNREACHED) == tuple(Answer)
    assert next_answers(Status.EN_ROUTE) == (Answer.ON_SCENE, Answer.HANDLED)
    assert next_answers(Status.HANDLED) == ()
    assert next_answers(Status.CANCELLED) == ()


@given(st.sampled_from(list(Answer)), st.sampled_from(list(Answer)))
def test_after_an_answer_it_and_all_before_it_are_closed(given_: Answer, other: Answer) -> None:
    again = Status(given_.value) in FROM[other]
    assert again is (list(Answer).index(other) > list(Answer).index(given_))


@given(st.sampled_from(list(TicketStatus)), MANY)
def test_a_ticket_never_goes_back_and_a_closed_one_stays_closed(ticket: TicketStatus, forwards: list[Status]) -> None:
    after = stands(ticket, forwards)
    if ticket in LADDER:
        assert LADDER.index(after) >= LADDER.index(ticket)
    else:
        assert after is ticket


@given(MANY)
def test_a_ticket_is_handled_only_when_all_who_answered_are_done(forwards: list[Status]) -> None:
    answered = [one for one in forwards if one.value in Answer.__members__]
    done = bool(answered) and all(one is Status.HANDLED for one in answered)
    assert (stands(TicketStatus.FORWARDED, forwards) is TicketStatus.HANDLED) is done


def test_the_ticket_follows_the_agency_that_is_furthest() -> None:
    assert stands(TicketStatus.FORWARDED, [Status.TRYING, Status.ACCEPTED]) is TicketStatus.ACCEPTED
    assert stands(TicketStatus.ACCEPTED, [Status.HANDLED, Status.EN_ROUTE]) is TicketStatus.ON_SCENE
    assert stands(TicketStatus.VERIFIED, [Status.CANCELLED, Status.UNREACHED]) is TicketStatus.VERIFIED


def test_the_ticket_keeps_the_first_arrival_and_the_last_end() -> None:
    one = {
        Answer.EN_ROUTE: NOON,
        Answer.ON_SCENE: NOON + timedelta(minutes=9),
        Answer.HANDLED: NOON + timedelta(hours=1),
    }
    other = {Answer.ON_SCENE: NOON + timedelta(minutes=4), Answer.HANDLED: NOON + timedelta(hours=2)}
    assert moments([one, other], handled=True) == {
        Answer.EN_ROUTE: NOON,
        Answer.ON_SCENE: NOON + timedelta(minutes=4),
        Answer.HANDLED: NOON + timedelta(hours=2),
    }
    assert Answer.HANDLED not in moments([one, {}], handled=False)
