from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from models.arrays import Floats
from models.billing import CHUNK, Bill, bill, called, layers, owe, parts
from models.economy import in_own_money
from models.lots import Lot
from models.model import Model, draws
from models.outlays import LotOutlay, Purchase
from models.participation import Keys, bearers
from models.programme import programme
from models.shocks import drawn
from models.stress import scenario


def lot_outlay(actual: float, paid: float) -> LotOutlay:
    one, total = np.ones((1, 1)), np.ones(1)
    return LotOutlay(
        committed=paid * total,
        value=1000.0 * total,
        paid=paid * one,
        paid_beyond=0.0 * total,
        decommitted=0.0 * total,
        slipped=1000.0 * one,
        actual=actual * one,
        actual_beyond=0.0 * total,
        alone=actual * one,
    )


@pytest.fixture
def bought(invented_model: Model) -> Lot:
    """A contract of which the EU pays 15 % to the states, all of it new."""
    return replace(invented_model.lots[0], state_share=1.0, grant_to="states", eu_share=0.15, new=1.0)


def test_a_grant_fixed_in_money_makes_cost_growth_dearer_for_states(bought: Lot) -> None:
    """An EU share of 15 %: 10 % more cost is 100 on a national bill of 850: 11.8 %."""
    key = np.ones((1, 1))
    before, after = (owed(bought, lot_outlay(cost, 150.0), key, None).net for cost in (1000.0, 1100.0))
    assert float((after / before - 1.0)[0, 0]) == pytest.approx(0.118, abs=0.0005)


def test_net_is_what_changes(bought: Lot) -> None:
    """A quarter new: 0.25 x gross + 0.75 x (gross - alone) - grant; alone = 1000 / 0.9."""
    apart = replace(lot_outlay(1000.0, 150.0), alone=np.full((1, 1), 1000.0 / 0.9))
    found = owed(replace(bought, new=0.25), apart, np.ones((1, 1)), np.zeros((1, 1)))
    assert found.gross[0, 0] == 1000.0
    expected = 0.25 * 1000.0 + 0.75 * (1000.0 - 1000.0 / 0.9) - 150.0
    assert found.net[0, 0] == pytest.approx(expected, rel=1e-12)
    assert found.parts["going_without"][0, 0] == pytest.approx(1000.0 / 0.9 - (1000.0 - 150.0), rel=1e-12)


def owed(lot: Lot, outlay: LotOutlay, key: Floats, planned: Floats | None) -> Bill:
    one, both = Purchase(lot, 0, outlay, planned), np.empty((2, *outlay.paid.shape))
    owe(one, both)
    return bill(one, Keys(bearers(key[np.newaxis])), both)


def test_net_alone_is_net_beside_gross(bought: Lot) -> None:
    one = Purchase(replace(bought, new=0.25), 0, lot_outlay(1100.0, 150.0))
    both, alone = np.empty((2, 1, 1)), np.empty((1, 1, 1))
    owe(one, both)
    owe(one, alone)
    assert alone[0] == both[1] != both[0]


def called_of_second(one: Bill) -> tuple[Floats, dict[str, Floats]]:
    """Gross calls of a bill on the second state, and the parts of them."""
    those, like = one.keys.bearers, np.zeros((1, 1))
    gross = called(those, [0], one.gross[np.newaxis, np.newaxis])[0, 1]
    return gross, {name: calls[1] for name, calls in parts(those, [one], like).items()}


def test_calls_are_taken_apart(bought: Lot) -> None:
    key, on_plan = np.array([[0.4], [0.6]]), np.full((1, 1), 900.0)
    one = owed(replace(bought, sustainment=0.0), lot_outlay(1100.0, 150.0), key, on_plan)
    gross, calls = called_of_second(one)
    found = layers(calls, gross, None)
    assert gross[0, 0] == pytest.approx(660.0)
    assert found.cofinancing[0, 0] == pytest.approx(600.0)
    assert found.overrun[0, 0] == pytest.approx(60.0)
    assert found.timing[0, 0] == pytest.approx(60.0)
    assert found.grant_received[0, 0] == pytest.approx(-90.0)
    assert found.going_without[0, 0] == pytest.approx(90.0)
    assert found.sustainment[0, 0] == 0.0


def test_a_dearer_euro_is_an_overrun_of_who_pays_in_another_currency(bought: Lot) -> None:
    """660 euros weigh 726 when the euro gains 10 %; planned money stays, grants are worth more."""
    key = np.array([[0.4], [0.6]])
    one = owed(replace(bought, sustainment=0.0), lot_outlay(1100.0, 150.0), key, np.zeros((1, 1)))
    euro = np.full((1, 1), 1.1)
    gross, calls = called_of_second(one)
    gross = in_own_money(gross, euro)
    found = layers(calls, gross, euro)
    assert gross[0, 0] == pytest.approx(726.0)
    assert found.cofinancing[0, 0] == pytest.approx(600.0)
    assert found.overrun[0, 0] == pytest.approx(126.0)
    assert found.grant_received[0, 0] == pytest.approx(-99.0)


MONEY = st.floats(-1e6, 1e6)


@given(st.lists(st.tuples(st.floats(0.0, 1.0), MONEY), max_size=5))
def test_calls_are_each_bill_by_its_key(bills: list[tuple[float, float]]) -> None:
    """Over more draws than are shared out together; a state without a part in any bill is called nothing."""
    draws = CHUNK + 3
    like = np.zeros((2, draws))
    keys = np.array([[[share], [0.0]] for share, _ in bills] or [[[1.0], [0.0]]]) * np.ones(draws)
    money = np.array([[like + amount, like - amount] for _, amount in bills]).reshape(-1, 2, *like.shape)
    found = called(bearers(keys), range(len(bills)), money)
    assert (found[:, 1] == 0.0).all()
    assert (found[1] == -found[0]).all()
    expected = sum(share * amount for share, amount in bills)
    assert found[0, 0] == pytest.approx(np.full_like(like, expected), rel=1e-9, abs=1e-6)
    some = [Bill(Keys(bearers(keys)), k, one, one, {"slipped": one}) for k, (one, _) in enumerate(money)]
    apart = parts(bearers(keys), some, like)
    assert (apart["slipped"] == found[0]).all()
    assert (apart["planned"] == 0.0).all()


def test_net_of_a_state_is_its_part_and_all_of_what_others_left_it() -> None:
    """By hand: 0.25 of 8, and where others have left 0.5 of what all would have paid anyway, 6."""
    keys = Keys(bearers(np.array([[[1.0], [0.0]], [[0.25], [0.75]]])))
    left = Keys(bearers(np.array([[[0.0], [0.0]], [[0.5], [0.5]]])))
    one = np.ones((2, 1))
    alone = Bill(keys, 1, 0.0 * one, 8.0 * one, {})
    assert alone.net_of(0).tolist() == [[2.0], [2.0]]
    assert replace(alone, taken=(left, 6.0 * one)).net_of(0).tolist() == [[5.0], [5.0]]


def test_a_bill_goes_by_the_key_that_is_named() -> None:
    """Lots of a successor go by the keys of those they repeat."""
    keys = np.array([[[1.0], [0.0]], [[0.25], [0.75]]])
    found = called(bearers(keys), [1, 0, 1], np.array([4.0, 10.0, 8.0]).reshape(3, 1, 1, 1))
    assert found[0, :, 0, 0].tolist() == [13.0, 9.0]


def test_every_draw_is_called_once() -> None:
    """More draws than are shared out together, and fewer: each by its own key, 0.25 or 0.5 by turns."""
    for count in (CHUNK - 1, CHUNK, 2 * CHUNK + 3):
        number = np.arange(1.0, count + 1.0)
        key = np.where(number % 2.0 == 0.0, 0.25, 0.5)
        found = called(bearers(key[np.newaxis, np.newaxis]), [0], number.reshape(1, 1, 1, count))
        assert found.tolist() == [[[(key * number).tolist()]]]


def test_a_state_without_a_part_in_one_lot_is_called_for_the_next() -> None:
    """Nothing of 100, then a tenth of 50; another state half of 100 and nothing of 50."""
    keys = np.array([[[0.0], [0.5]], [[0.1], [0.0]]])
    found = called(bearers(keys), [0, 1], np.array([100.0, 50.0]).reshape(2, 1, 1, 1))
    assert found.tolist() == [[[[5.0]], [[50.0]]]]


def test_without_contracts_nobody_is_called() -> None:
    found = called(bearers(np.ones((1, 2, 4))), [], np.ones((0, 2, 3, 4)))
    assert found.tolist() == np.zeros((2, 2, 3, 4)).tolist()


def test_calls_of_all_states_are_the_states_part_of_contracts(invented_model: Model) -> None:
    some = draws(invented_model, drawn(21, 0, 1))
    union = programme(invented_model, some, scenario("any", {}, 10), in_layers=True)
    owed = sum(one.lot.state_share * one.outlay.actual for one in union.purchases if one.lot.contract)
    paid = [
        money if one.euro is None else money / one.euro
        for money, one in zip(union.calls.gross, some.states, strict=True)
    ]
    assert_allclose(sum(paid), owed, rtol=1e-9)
