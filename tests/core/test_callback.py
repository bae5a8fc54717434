"""Whom we owe a callback."""

from datetime import UTC, datetime, timedelta

import pytest

from callcenter.core.call import Outcome
from callcenter.core.callback import CUT_OFF, late, reason

NOON = datetime(2026, 1, 14, 5, 0, tzinfo=UTC)

OWED = {
    Outcome.ABANDONED,
    Outcome.ABANDONED_SHORT,
    Outcome.ABANDONED_IVR,
    Outcome.NO_AGENT,
    Outcome.UNKNOWN,
}


@pytest.mark.parametrize("outcome", list(Outcome))
def test_who_hung_up_unheard_is_owed_a_callback_and_nobody_else(outcome: Outcome) -> None:
    why = reason(outcome, disconnected_early=False, callable_=True, test=False)
    assert why == (outcome.value if outcome in OWED else "")


@pytest.mark.parametrize("outcome", [Outcome.ANSWERED, Outcome.OVERFLOWED])
def test_who_was_cut_off_after_the_answer_is_owed_one(outcome: Outcome) -> None:
    assert reason(outcome, disconnected_early=True, callable_=True, test=False) == CUT_OFF


@pytest.mark.parametrize("outcome", list(Outcome))
def test_a_number_that_names_nobody_and_a_test_are_owed_none(outcome: Outcome) -> None:
    assert reason(outcome, disconnected_early=True, callable_=False, test=False) == ""
    assert reason(outcome, disconnected_early=True, callable_=True, test=True) == ""


def test_the_oldest_one_is_late_after_the_limit_and_none_never() -> None:
    assert not late(NOON, NOON + timedelta(seconds=600), 600)
    assert late(NOON, NOON + timedelta(seconds=601), 600)
    assert not late(None, NOON, 600)
