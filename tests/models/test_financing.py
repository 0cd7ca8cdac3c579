from dataclasses import replace

import numpy as np
import pytest
from numpy.testing import assert_allclose

from models.arrays import Floats
from models.economy import Prices
from models.financing import Financing, contributions, parts_due, safe_service, served, treasury
from models.metrics import METRICS
from models.model import Draws, Model, draws
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


def test_principal_falls_due_in_equal_parts_after_the_years_of_grace() -> None:
    """Two years without, then a third each: by the end of year 3, 4 and 5 one, two and all three."""
    assert parts_due(7, grace=2, repayment=3).tolist() == [0, 0, 1, 2, 3, 3, 3]


def test_a_draw_keeps_the_rate_of_its_year(invented_model: Model) -> None:
    schedule = np.array([0.5, 0.5] + [0.0] * 18)
    dearer = replace(steady(YEARS), rate=np.array([[0.0], [0.01]] + [[0.09]] * 18))
    found = safe_service(loan(invented_model, schedule), dearer)[0][:, 0]
    assert found[:4].tolist() == pytest.approx([0.0, 0.015, 0.035, 0.035])


def test_ukraine_loan_is_shared_by_those_who_bear_it(invented_model: Model) -> None:
    """3,500 a year from 2028, half of it in 2027; BO takes no part."""
    one = np.ones((YEARS // 2, 1))
    owed = contributions(invented_model.financing, NEUTRAL)
    *found, union = (treasury(owed, i, 0.0 * one, one).ukraine_loan for i in range(4))
    assert (found[1] == 0.0).all()
    assert union[:4] == pytest.approx([0.0, 1750.0, 3500.0, 3500.0])
    assert_allclose(union, sum(found), rtol=1e-12)


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
            parts = one.own_resources + service + one.ukraine_loan[:, np.newaxis]
            assert_allclose(one.total, parts, rtol=1e-15)


def test_gni_keys_add_to_one(invented_model: Model) -> None:
    assert invented_model.financing.gni_key.sum(axis=0) == pytest.approx(1.0, abs=3e-9)
    assert invented_model.financing.loan_key.sum(axis=0) == pytest.approx(1.0, abs=3e-9)


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
