"""The draw: 2 %, everybody once, by lot, and the same again."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from callcenter.core.draw import Taken, Why, digest, draw, lot_of, read, seed_of, wanted, written

OCTOBER = date(2026, 10, 1)
SEED = seed_of(OCTOBER)
populations = st.dictionaries(
    st.text("0123456789.-e", min_size=1, max_size=12), st.sampled_from(["siti", "rina", "tono", "wati"]), max_size=400
)


def a_month(**calls: int) -> list[Taken]:
    return [Taken(f"e112-{name}.{n}", name) for name, many in calls.items() for n in range(many)]


@given(populations)
def test_two_percent_and_at_least_one_of_each_call_taker_are_drawn(taken: dict[str, str]) -> None:
    population = [Taken(call, person) for call, person in taken.items()]
    drawn = draw(population, SEED)
    people = {each.person for each in population}
    assert {lot.person for lot in drawn if lot.why is Why.PERSON} == people
    assert len(drawn) == len({lot.call for lot in drawn}) == wanted(len(population), len(people))
    assert len(drawn) * 100 >= 2 * len(population)
    assert {(lot.call, lot.person) for lot in drawn} <= {(each.call, each.person) for each in population}


@given(populations)
def test_the_same_data_give_the_same_draw_in_whatever_order_they_come(taken: dict[str, str]) -> None:
    population = [Taken(call, person) for call, person in taken.items()]
    assert draw(population, SEED) == draw(reversed(population), SEED) == draw(read(written(population)), SEED)
    assert digest(written(population)) == digest(written(population[::-1]))


def test_the_lots_decide_and_anybody_can_work_them_out() -> None:
    population = a_month(siti=700, rina=299, tono=1)
    drawn = draw(population, SEED)
    assert len(drawn) == 20
    assert [lot.person for lot in drawn if lot.why is Why.PERSON].count("tono") == 1
    lots = sorted(lot_of(SEED, each.call) for each in population)
    share = [lot_of(SEED, lot.call) for lot in drawn if lot.why is Why.SHARE]
    firsts = [lot_of(SEED, lot.call) for lot in drawn if lot.why is Why.PERSON]
    assert sorted(share + firsts)[:19] == lots[:19]


def test_another_month_draws_other_calls() -> None:
    population = a_month(siti=1000)
    other = draw(population, seed_of(date(2026, 11, 1)))
    assert {lot.call for lot in draw(population, SEED)} != {lot.call for lot in other}


def test_every_call_has_the_same_chance_over_many_seeds() -> None:
    """100 calls of one person, 2 drawn each time: over 500 seeds each call about 10 times, none never or always."""
    population = a_month(siti=100)
    seen: dict[str, int] = {}
    for n in range(500):
        for lot in draw(population, f"seed {n}"):
            seen[lot.call] = seen.get(lot.call, 0) + 1
    assert sum(seen.values()) == 1000
    assert len(seen) == 100 and max(seen.values()) < 35


def test_nobody_answered_and_nobody_is_drawn() -> None:
    assert draw([], SEED) == []
