from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.lots import Lot
from models.model import Model
from models.participation import (
    CHUNK,
    Keys,
    Participation,
    bearers,
    goes_ahead,
    key,
    left,
    remaining,
    taken_over,
)
from models.shocks import drawn, driver_of, noting, stream
from models.stress import scenario
from models.tables import waiting

STATES = ("AA", "BB", "CC", "DD")


def among(
    invested: tuple[float, ...], per_contract: int, joins: tuple[bool, ...] = (True,) * 4
) -> Participation:
    """States that are drawn in proportion to investment."""
    return Participation(STATES, invested, invested, joins, per_contract, waiting())


@pytest.fixture
def lot(invented_model: Model) -> Lot:
    return replace(invented_model.lots[0], keys=None, minimum=0)


@pytest.mark.parametrize("per_contract", [1, 2, 3, 4, 9])
def test_keys_sum_to_one_over_so_many_states(lot: Lot, per_contract: int) -> None:
    found = key(among((4.0, 3.0, 2.0, 1.0), per_contract), lot, drawn(1, 0, 1))
    assert found.sum(axis=0) == pytest.approx(1.0, abs=1e-12)
    assert ((found > 0.0).sum(axis=0) == min(per_contract, 4)).all()


@pytest.mark.parametrize(("minimum", "seats"), [(2, 3), (4, 4), (9, 4)])
def test_as_many_are_drawn_as_the_law_asks_for_where_that_is_more(lot: Lot, minimum: int, seats: int) -> None:
    found = key(among((4.0, 3.0, 2.0, 1.0), 3), replace(lot, minimum=minimum), drawn(1, 0, 1))
    assert ((found > 0.0).sum(axis=0) == seats).all()


def test_those_drawn_share_by_investment(lot: Lot) -> None:
    found = key(among((4.0, 3.0, 2.0, 1.0), 2), lot, drawn(1, 0, 1))
    pair = (found[0] > 0.0) & (found[2] > 0.0)
    assert found[0, pair] == pytest.approx(4.0 / 6.0)


def test_one_state_is_drawn_with_probability_proportional_to_investment(lot: Lot) -> None:
    found = key(among((4.0, 3.0, 2.0, 1.0), 1), lot, drawn(2, 0, 64))
    share = np.array([0.4, 0.3, 0.2, 0.1])
    error = np.sqrt(share * (1.0 - share) / found.shape[1])
    assert (np.abs((found > 0.0).mean(axis=1) - share) < 4.0 * error).all()


def test_states_of_the_same_chance_are_drawn_alike_and_share_by_investment(lot: Lot) -> None:
    """Two of 4:3:2:1: each in half of the draws; AA then bears 4/7, 4/6 or 4/5."""
    alike = replace(among((4.0, 3.0, 2.0, 1.0), 2), chance=(1.0,) * 4)
    found = key(alike, lot, drawn(2, 0, 64))
    error = 0.5 / np.sqrt(found.shape[1])
    assert (np.abs((found > 0.0).mean(axis=1) - 0.5) < 4.0 * error).all()
    assert np.unique(np.round(found[0], 12)) == pytest.approx([0.0, 4 / 7, 4 / 6, 4 / 5])


def test_two_are_drawn_one_after_the_other_without_replacement(lot: Lot) -> None:
    """P(AA among two of 4:3:2:1) = .4 + .3 x 4/7 + .2 x 4/8 + .1 x 4/9 = 0.71587."""
    found = key(among((4.0, 3.0, 2.0, 1.0), 2), lot, drawn(3, 0, 64))
    assert (found[0] > 0.0).mean() == pytest.approx(0.71587, abs=4.0 * np.sqrt(0.7 * 0.3 / found.shape[1]))


@pytest.mark.parametrize("per_contract", [1, 2, 3, 4])
def test_those_take_part_who_wait_least(lot: Lot, per_contract: int) -> None:
    invested, shocks = np.array([4.0, 3.0, 2.0, 1.0]), drawn(1, 0, 1)
    scores = np.concatenate([shocks(stream("participation", lot.name, code), 1) for code in STATES])
    waits = waiting()(scores) / invested[:, np.newaxis]
    first = waits <= np.sort(waits, axis=0)[per_contract - 1]
    found = key(among(tuple(invested), per_contract), lot, shocks)
    weights = first * invested[:, np.newaxis]
    assert (found == weights / weights.sum(axis=0)).all()


@pytest.mark.parametrize("draws", [1, CHUNK - 1, CHUNK + 1])
def test_who_takes_part_in_a_draw_does_not_depend_on_how_many_there_are(lot: Lot, draws: int) -> None:
    whole, four = drawn(1, 0, 1), among((4.0, 3.0, 2.0, 1.0), 2)
    some = key(four, lot, lambda name, rows: whole(name, rows)[:, :draws])
    assert (some == key(four, lot, whole)[:, :draws]).all()


def test_who_joins_only_where_named_or_invests_nothing_is_not_drawn(lot: Lot) -> None:
    found = key(among((4.0, 3.0, 0.0, 1.0), 4, (False, True, True, True)), lot, drawn(1, 0, 1))
    assert (found[[0, 2]] == 0.0).all()
    assert found[1] == pytest.approx(0.75)


def test_where_nobody_can_join_nobody_bears_anything(lot: Lot) -> None:
    found = key(among((4.0, 3.0, 2.0, 1.0), 2, (False,) * 4), lot, drawn(1, 0, 1))
    assert (found == 0.0).all()


def test_where_there_is_no_contract_nobody_is_drawn(lot: Lot) -> None:
    asked: dict[str, int] = {}
    found = key(among((4.0, 3.0, 2.0, 1.0), 2), replace(lot, contract=False), noting(asked))
    assert (found == 0.0).all()
    assert {driver_of(name) for name in asked} == {"cost.common"}


def test_named_shares_are_taken_as_they_are(lot: Lot) -> None:
    named = replace(lot, keys=(0.5, 0.0, 0.25, 0.25))
    found = key(among((1.0, 1.0, 1.0, 1.0), 1), named, drawn(1, 0, 1))
    assert (found == np.array([[0.5], [0.0], [0.25], [0.25]])).all()


def test_another_state_leaves_who_was_drawn_before_or_replaces_one(lot: Lot) -> None:
    """Each state waits on a stream of its own."""
    invested = (4.0, 3.0, 2.0)
    without = Participation(STATES[:3], invested, invested, (True,) * 3, 2, waiting())
    fewer = key(without, lot, drawn(1, 0, 1))
    more = key(among((4.0, 3.0, 2.0, 1.0), 2), lot, drawn(1, 0, 1))
    same = more[3] == 0.0
    assert (more[:3, same] == fewer[:, same]).all()


def test_who_leaves_hands_its_part_to_the_rest() -> None:
    shares = np.array([[0.5, 1.0], [0.3, 0.0], [0.2, 0.0], [0.0, 0.0]])
    keys = Keys(bearers(shares[np.newaxis]))
    (found,) = remaining(among((1.0,) * 4, 2), keys, scenario("any", {"leaves": ["AA"]}, 1)).share
    assert found == pytest.approx(np.array([[0.0, 0.0], [0.6, 0.0], [0.4, 0.0], [0.0, 0.0]]))
    assert remaining(among((1.0,) * 4, 2), keys, scenario("any", {}, 1)) is keys


@pytest.mark.parametrize(("leaver", "rest"), [("AA", [0.0, 0.375, 0.625]), ("CC", [0.4, 0.6, 0.0])])
def test_the_rest_share_all_of_it_whoever_leaves(leaver: str, rest: list[float]) -> None:
    """The first, or the last, whose entry nobody writes over: 3 and 5 of 8, 2 and 3 of 5."""
    keys = Keys(bearers(np.array([[[0.2] * 2, [0.3] * 2, [0.5] * 2]])))
    leaving = scenario("any", {"leaves": [leaver]}, 1)
    three = replace(among((1.0,) * 3, 2), states=STATES[:3])
    (found,) = remaining(three, keys, leaving).share
    assert found.T.tolist() == [pytest.approx(rest)] * 2


def test_who_was_to_take_part_leaves() -> None:
    shares = np.array([[0.5, 0.0, 0.0], [0.5, 0.3, 0.0], [0.0, 0.7, 0.6], [0.0, 0.0, 0.4]])
    states, keys = among((1.0,) * 4, 2), Keys(bearers(np.array([shares[::-1], shares])))
    assert left(states, keys, 1, scenario("any", {"leaves": ["AA", "BB"]}, 1)).tolist() == [1.0, 1.0, 0.0]
    assert left(states, keys, 1, scenario("any", {}, 1)).tolist() == [0.0, 0.0, 0.0]


def test_a_new_member_takes_its_part_off_all() -> None:
    shares = np.array([[0.5], [0.3], [0.2], [0.0]])
    joins = scenario("any", {"joining_part": 0.1}, 1)
    (found,) = remaining(among((1.0,) * 4, 2), Keys(bearers(shares[np.newaxis])), joins).share
    assert found == pytest.approx(0.9 * shares)


def test_what_leavers_leave_beside_a_new_member_adds_up_with_the_rest() -> None:
    """AA leaves a half, a new member bears a tenth of all: BB and CC take over 0.9 of what AA left.

    Keys 0.5, 0.3, 0.2: of BB 0.9 * 0.6 remain, of which 0.9 * 0.3 was its own.
    """
    states, before = among((5.0, 3.0, 2.0, 0.0), 3), Keys(bearers(np.array([[[0.5], [0.3], [0.2], [0.0]]])))
    leaving = scenario("any", {"leaves": ["AA"], "joining_part": 0.1}, 1)
    after = remaining(states, before, leaving)
    taken = taken_over(states, before, after, leaving)
    assert after.share.ravel().tolist() == pytest.approx([0.0, 0.54, 0.36, 0.0])
    assert taken.share.ravel().tolist() == pytest.approx([0.0, 0.27, 0.18, 0.0])
    assert before.share.ravel().tolist() == [0.5, 0.3, 0.2, 0.0]


def test_a_contract_needs_its_legal_minimum(lot: Lot) -> None:
    shares = np.array([[0.5, 1.0], [0.3, 0.0], [0.2, 0.0]])
    members = bearers(shares[np.newaxis]).number[0]
    assert members.tolist() == [3, 1]
    assert goes_ahead(replace(lot, minimum=3), members).tolist() == [1.0, 0.0]
    nobody = bearers(np.zeros((1, 3, 2))).number[0]
    assert goes_ahead(replace(lot, minimum=0, state_share=0.0), nobody).tolist() == [1.0, 1.0]
    assert goes_ahead(replace(lot, minimum=0, state_share=0.1), nobody).tolist() == [0.0, 0.0]
    assert goes_ahead(replace(lot, minimum=3, contract=False), members).tolist() == [1.0, 1.0]


def test_where_all_leave_nobody_bears_anything() -> None:
    """In the second draw CC stays and bears all."""
    shares = np.array([[0.25, 0.1], [0.75, 0.5], [0.0, 0.4], [0.0, 0.0]])
    before, leaving = Keys(bearers(shares[np.newaxis])), scenario("any", {"leaves": ["AA", "BB"]}, 1)
    after = remaining(among((1.0,) * 4, 2), before, leaving)
    taken = taken_over(among((1.0,) * 4, 2), before, after, leaving)
    assert after.share.tolist() == [[[0.0, 0.0], [0.0, 0.0], [0.0, 1.0], [0.0, 0.0]]]
    assert taken.share.tolist() == [[[0.0, 0.0], [0.0, 0.0], [0.0, 0.6], [0.0, 0.0]]]
    assert before.share.tolist() == [shares.tolist()]


def test_bearers_are_keys_without_their_zeros() -> None:
    """Worked by hand: two lots, three states, three draws; in the second draw of the other lot nobody."""
    keys = np.array([[[0.5, 0.0, 0.25], [0.5, 0.0, 0.75], [0.0, 1.0, 0.0]], [[1.0, 0.0, 0.0]] * 3])
    found = bearers(keys)
    assert found.begin.tolist() == [[0, 3, 4, 6], [6, 9, 10, 12], [12, 14, 16, 17]]
    borne = [0, 1, 4, 6, 7, 10, 12, 14]
    assert found.lot[borne].tolist() == [0, 1, 0, 0, 1, 0, 1, 0]
    assert found.share[borne].tolist() == [0.5, 1.0, 0.25, 0.5, 1.0, 0.75, 1.0, 1.0]
    assert found.number.tolist() == [[2, 1, 2], [3, 0, 0]]


@given(st.integers(0, 3), st.integers(1, 4), st.integers(1, 5), st.integers(0, 2**32 - 1))
def test_bearers_and_what_they_bear_are_the_keys(lots: int, states: int, draws: int, seed: int) -> None:
    random = np.random.default_rng(seed)
    keys = random.uniform(-1.0, 1.0, (lots, states, draws)) * (
        random.uniform(size=(lots, states, draws)) < 0.4
    )
    found, again = bearers(keys), np.zeros_like(keys)
    for i in range(states):
        for p in range(draws):
            entries = slice(found.begin[i, p], found.begin[i, p + 1] - 1)
            assert (np.diff(found.lot[entries]) > 0).all()
            again[found.lot[entries], i, p] = found.share[entries]
    assert (again == keys).all()
    assert (found.number == (keys != 0.0).sum(axis=1)).all()
