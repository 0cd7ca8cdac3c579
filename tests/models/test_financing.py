from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from models.arrays import Floats
from models.economy import Prices
from models.financing import (
    CHUNK,
    Bill,
    Financing,
    bill,
    called,
    contributions,
    in_own_money,
    layers,
    parts,
    safe_service,
    served,
    treasury,
)
from models.lots import Lot
from models.metrics import METRICS
from models.model import Draws, Model, draws
from models.outlays import LotOutlay
from models.participation import bearers
from models.programme import programme
from models.shocks import drawn
from models.simulation import outcome, outcomes
from models.stress import scenario

YEARS = 20
NEUTRAL = scenario("any", {}, YEARS)


def steady(years: int, rate: float = 0.0) -> Prices:
    one = np.ones((years, 1))
    return Prices(level=one, usd=one, uah=one, rate=rate * one)


def loan(model: Model, schedule: Floats) -> Financing:
    return replace(model.financing, safe_schedules=schedule[np.newaxis])


def test_one_safe_draw_of_43734_at_three_per_cent(invented_model: Model) -> None:
    """Regulation (EU) 2025/1106: PL's 43,734: 1,312 a year for ten years, 2,562 in year 11.

    43,734 x 0.03 = 1,312.02; principal 43,734 / 35 = 1,249.54; in year 12 interest on 34 parts of 35.
    """
    found = 43_734.0 * safe_service(loan(invented_model, np.eye(YEARS)[0]), steady(YEARS))[0][:, 0]
    assert found[0] == 0.0
    assert found[1:11] == pytest.approx([1312.02] * 10, abs=0.005)
    assert found[11] == pytest.approx(2561.56, abs=0.005)
    assert found[12] == pytest.approx(1249.54 + 1312.02 * 34.0 / 35.0, abs=0.01)


def test_a_loan_is_repaid_in_full(invented_model: Model) -> None:
    short = replace(loan(invented_model, np.eye(YEARS)[2]), safe_grace=3, safe_repayment=5, safe_rate=0.0)
    found = safe_service(short, steady(YEARS))[0][:, 0]
    assert found.tolist() == pytest.approx([0.0] * 6 + [0.2] * 5 + [0.0] * 9)


def test_a_draw_keeps_the_rate_of_its_year(invented_model: Model) -> None:
    schedule = np.array([0.5, 0.5] + [0.0] * 18)
    dearer = replace(steady(YEARS), rate=np.array([[0.0], [0.01]] + [[0.09]] * 18))
    found = safe_service(loan(invented_model, schedule), dearer)[0][:, 0]
    assert found[:4].tolist() == pytest.approx([0.0, 0.015, 0.035, 0.035])


def test_ukraine_loan_is_shared_by_those_who_bear_it(invented_model: Model) -> None:
    """3,500 a year from 2028, half of it in 2027; BO takes no part."""
    one = np.ones((YEARS // 2, 1))
    owed = contributions(invented_model.financing, NEUTRAL)
    *found, union = (treasury(owed, i, 0.0 * one, one).interest for i in range(4))
    assert (found[1] == 0.0).all()
    assert union[:4] == pytest.approx([0.0, 1750.0, 3500.0, 3500.0])
    assert_allclose(union, sum(found), rtol=1e-12)


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
    return bill(lot, outlay, key, planned, np.empty((2, *outlay.paid.shape)))


def called_of_second(one: Bill) -> tuple[Floats, dict[str, Floats]]:
    """Gross calls of a bill on the second state, and the parts of them."""
    keys, like = one.key[np.newaxis], np.zeros((1, 1))
    gross = called(bearers(keys), [0], one.gross[np.newaxis, np.newaxis])[0, 1]
    return gross, {name: calls[1] for name, calls in parts(bearers(keys), [0], [one], like).items()}


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
    some = [Bill(key, one, one, {"slipped": one}) for key, (one, _) in zip(keys, money, strict=False)]
    apart = parts(bearers(keys), range(len(bills)), some, like)
    assert (apart["slipped"] == found[0]).all()
    assert (apart["planned"] == 0.0).all()


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


def test_loans_and_services_that_do_not_match_are_an_error() -> None:
    with pytest.raises(ValueError, match="different schedules"):
        served(np.ones(3), np.zeros((2, 1, 1)))


def test_each_schedule_of_loans_is_served() -> None:
    """Loans of 2, nothing and 1; the service of what is not drawn does not matter."""
    services = np.arange(12.0).reshape(3, 2, 2)
    found = served(np.array([2.0, 0.0, 1.0]), services)
    assert found.tolist() == (2.0 * services[0] + services[2]).tolist()


@pytest.fixture(scope="module")
def some(invented_model: Model) -> Draws:
    return draws(invented_model, drawn(21, 0, 1))


def test_own_resources_of_all_states_are_eu_payments(invented_model: Model, some: Draws) -> None:
    for levers, factor in (({}, 1.0), ({"additionality": 0.5}, 0.5), ({"joining_key": 0.02}, 0.98)):
        stress = scenario("any", levers, 10)
        paid = programme(invented_model, some, stress, in_layers=False).calls.paid
        service = np.arange(float(paid.size)).reshape(paid.shape)
        owed = contributions(invented_model.financing, stress)
        *states, union = (treasury(owed, i, paid, service) for i in range(4))
        assert_allclose(union.own_resources, factor * paid, rtol=1e-8)
        assert_allclose(union.own_resources, sum(one.own_resources for one in states), rtol=1e-12)
        for one in (*states, union):
            parts = one.own_resources + service + one.interest[:, np.newaxis]
            assert_allclose(one.total, parts, rtol=1e-15)


def test_gni_keys_add_to_one(invented_model: Model) -> None:
    assert invented_model.financing.gni_key.sum(axis=0) == pytest.approx(1.0, abs=3e-9)
    assert invented_model.financing.loan_key.sum(axis=0) == pytest.approx(1.0, abs=3e-9)


def test_calls_of_all_states_are_the_states_part_of_contracts(invented_model: Model, some: Draws) -> None:
    union = programme(invented_model, some, scenario("any", {}, 10), in_layers=True)
    owed = sum(
        lot.state_share * one.actual
        for lot, one in zip(invented_model.lots, union.outlays, strict=True)
        if lot.contract
    )
    paid = [
        money if one.euro is None else money / one.euro
        for money, one in zip(union.calls.gross, some.states, strict=True)
    ]
    assert_allclose(sum(paid), owed, rtol=1e-9)


def test_the_union_is_the_sum_of_its_states(invented_model: Model, some: Draws) -> None:
    stress = scenario("any", {}, 10)
    paid = programme(invented_model, some, stress, in_layers=True)
    *states, union = outcomes(invented_model, some, stress, paid)
    for name in ("budget", "committed", "net_call", "gap", "eu_budget", "safe_service"):
        total = sum(METRICS[name].of(state) for state in states)
        assert_allclose(METRICS[name].of(union), total, rtol=1e-12)
    assert union.layers is not None
    assert_allclose(union.layers.overrun, sum(s.layers.overrun for s in states if s.layers), atol=1e-9)


def test_money_times_a_thousand_is_money_times_a_thousand_and_ratios_stay(invented_model: Model) -> None:
    def dear(model: Model) -> Model:
        return replace(
            model,
            lots=tuple(replace(lot, amount=1000.0 * lot.amount) for lot in model.lots),
            states=tuple(
                replace(
                    state,
                    median=1000.0 * state.median,
                    plan=1000.0 * state.plan,
                    safe_loans=1000.0 * state.safe_loans,
                    safe_draw=1000.0 * state.safe_draw,
                )
                for state in model.states
            ),
            financing=replace(model.financing, ukraine_interest=1000.0 * model.financing.ukraine_interest),
        )

    stress = scenario("any", {}, 10)
    for one, other in zip(
        outcome(invented_model, drawn(22, 0, 1), stress),
        outcome(dear(invented_model), drawn(22, 0, 1), stress),
        strict=True,
    ):
        for name in ("budget", "investment", "committed", "net_call", "gap", "eu_budget", "safe_service"):
            of = METRICS[name].of
            assert_allclose(of(other), 1000.0 * of(one), rtol=1e-9, atol=1e-6)
        assert_allclose(other.strain, one.strain, rtol=1e-9)
