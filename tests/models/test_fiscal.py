import math
from dataclasses import fields, replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.arrays import UNION, Booleans, Floats
from models.capacity import State
from models.economy import Economy, Gdp
from models.fiscal import (
    Fiscal,
    FiscalDraws,
    Outflows,
    Points,
    draws,
    effective_rate,
    points,
    weighted,
    weights,
)
from models.metrics import EVENTS
from models.model import Model
from models.model import draws as all_draws
from models.shocks import drawn
from models.simulation import outcome
from models.strain import Thresholds
from models.stress import Scenario, scenario

YEARS = 4
NEUTRAL = scenario("any", {}, YEARS)
GDP = np.array([1050.0, 1100.0, 1150.0, 1200.0])
NOTHING = np.zeros((YEARS, 1))
BUDGET = 20.0


def column(*values: float) -> Floats:
    """A year a value, one draw; zero after the last."""
    return np.array([*values, *[0.0] * (YEARS - len(values))])[:, np.newaxis]


@pytest.fixture(scope="module")
def economy(invented_model: Model) -> Economy:
    return invented_model.economy


@pytest.fixture(scope="module")
def state(invented_model: Model) -> State:
    return replace(invented_model.states[0], median=np.full(YEARS, BUDGET))


def rules(**other: object) -> Fiscal:
    """GDP of 1,000 before the first year, debt of 60 % at 3 % before each, a balance of -2.5 %, no loans."""
    flat = np.ones((1, YEARS))
    usual = {
        "semi_elasticity": 0.5,
        "gap_persistence": 0.5,
        "limit": 3.0,
        "in_path": 0.0,
        "safe_new": 0.5,
        "gdp": GDP[np.newaxis],
        "gdp_before": np.array([1000.0]),
        "balance": -2.5 * flat,
        "debt": 60.0 * flat,
        "rate": 0.03 * flat,
        "kept": 0.8 * flat,
        "safe_cost": 0.0 * flat,
        "safe_owed": 0.0 * flat,
        "safe_ahead": 0.0 * flat,
    }
    return Fiscal(**(usual | other))  # type: ignore[arg-type]  # by name


def shocked(
    fiscal: Fiscal,
    state: State,
    economy: Economy,
    growth: Floats = NOTHING,
    rate: Floats = NOTHING,
) -> FiscalDraws:
    return draws(fiscal, 0, state, economy, Gdp(growth, np.cumsum(growth, axis=0)), rate)


def calls(**other: Floats) -> Outflows:
    usual = {
        "budget": np.full((YEARS, 1), BUDGET),
        "own_resources": NOTHING,
        "safe_service": NOTHING,
        "ukraine_loan": NOTHING[:, 0],
    }
    return Outflows(**(usual | other))


def found(
    fiscal: Fiscal,
    state: State,
    economy: Economy,
    random: FiscalDraws,
    paid: Outflows,
    stress: Scenario = NEUTRAL,
) -> Points:
    return points(fiscal, 0, state, random, paid, economy, stress)


def close(values: Floats, *expected: float) -> None:
    assert values[: len(expected), 0].tolist() == pytest.approx(expected, abs=1e-5)


def test_a_call_is_a_deficit_once_and_a_debt_that_bears_interest(economy: Economy, state: State) -> None:
    """2.1 over 1,050 is 0.2 % of GDP. Then 0.2 x 1050/1100 x 0.03 = 0.005727 of interest.

    Debt 0.2 x 1050/1100 x 1.03 = 0.196636, and so on; worked with awk from the design's recursion.
    """
    one = found(rules(), state, economy, shocked(rules(), state, economy), calls(own_resources=column(2.1)))
    close(one.balance, -0.2, -0.005727, -0.005643)
    close(one.debt, 0.2, 0.196636, 0.193730)
    close(one.balance_without - one.balance, 0.2, 0.0, 0.0)


def test_defence_beyond_its_median_and_the_ukraine_loan(economy: Economy, state: State) -> None:
    """10 and 5.5: -10/1050 = -0.952381 %; -5.5/1100 and 0.027273 of interest = -0.527273 %."""
    paid = calls(budget=BUDGET + column(10.0), ukraine_loan=column(0.0, 5.5)[:, 0])
    one = found(rules(), state, economy, shocked(rules(), state, economy), paid)
    close(one.balance, -0.952381, -0.527273, -0.041217)
    close(one.debt, 0.952381, 1.436364, 1.415130)


def test_a_loss_of_growth_fades_from_the_balance_and_stays_in_the_debt(
    economy: Economy, state: State
) -> None:
    """Real growth 2 points lower in the second year, budgets follow GDP.

    Gap -2, -1; balance 0.5 x -2 less 60 x 0.03 x 1050/1100 x (exp(0.02) - 1) of interest = -1.034710; debt
    60 x 1050/1100 x (exp(0.02) - 1) + 1.034710 = 2.191695.
    """
    growth = column(0.0, -0.02)
    follows = calls(budget=BUDGET * np.exp(np.cumsum(growth, axis=0)))
    one = found(rules(), state, economy, shocked(rules(), state, economy, growth), follows)
    close(one.balance, 0.0, -1.034710, -0.562892)
    close(one.debt, 0.0, 2.191695, 2.659296)


def test_a_rate_shock_reaches_only_what_falls_due_or_is_new(economy: Economy, state: State) -> None:
    """A point more from the second year on, a fifth of the debt renewed each year: 0.2 points on the debt of
    the second year, paid in the third; 0.8 x 0.2 + 0.2 = 0.36 in the fourth.
    """
    rate = column(0.0, 0.01, 0.01, 0.01)
    one = found(rules(), state, economy, shocked(rules(), state, economy, rate=rate), calls())
    close(one.balance, 0.0, 0.0, -0.114783, -0.210696)
    close(one.debt, 0.0, 0.0, 0.114783, 0.320696)
    kept = replace(rules(), kept=np.ones((1, YEARS)))
    untouched = found(kept, state, economy, shocked(kept, state, economy, rate=rate), calls())
    assert (untouched.balance == 0.0).all()
    assert (untouched.debt == 0.0).all()


def test_a_loan_on_top_is_debt_when_drawn_a_deficit_when_delivered_and_bears_its_own_rate(
    economy: Economy, state: State
) -> None:
    """100 drawn in the first year, half of it on top, delivered a year later, at 4 % where the path pays 3 %.

    In euro: 50; then 50 and 2 of interest on the market; then 2 x 1.03 and 2 more, and 50: 54.06.
    """
    fiscal = rules(
        safe_cost=0.5 * np.array([[0.0, 100.0, 0.0, 0.0]]),
        safe_owed=0.5 * np.array([[0.0, 100.0, 100.0, 100.0]]),
        safe_ahead=0.5 * np.array([[100.0, -100.0, 0.0, 0.0]]),
    )
    one = found(
        fiscal,
        state,
        economy,
        shocked(fiscal, state, economy),
        calls(safe_service=column(0.0, 4.0, 4.0, 4.0)),
    )
    euro = one.debt[:, 0] * GDP / 100.0
    assert euro[:3].tolist() == pytest.approx([50.0, 52.0, 54.06])
    deficit = one.balance[:, 0] * GDP / 100.0
    assert deficit[:3].tolist() == pytest.approx([0.0, -52.0, -2.06])


@given(
    st.floats(0.0, 1.0),
    st.floats(0.0, 1.0),
    st.lists(st.floats(500.0, 5000.0), min_size=YEARS, max_size=YEARS),
    st.lists(st.floats(-0.03, 0.1), min_size=YEARS, max_size=YEARS),
)
def test_without_shocks_and_calls_nothing_moves_at_all(
    invented_model: Model, elasticity: float, persistence: float, gdp: list[float], rate: list[float]
) -> None:
    state = replace(invented_model.states[0], median=np.array([17.3, 21.1, 19.9, 33.3]))
    fiscal = rules(
        semi_elasticity=elasticity, gap_persistence=persistence, gdp=np.array([gdp]), rate=np.array([rate])
    )
    economy = invented_model.economy
    random = shocked(fiscal, state, economy)
    one = found(fiscal, state, economy, random, calls(budget=state.median[:, np.newaxis]))
    assert (one.balance == 0.0).all()
    assert (one.debt == 0.0).all()
    assert not occurs("crosses", one).any()


@given(st.lists(st.floats(-0.03, 0.03), min_size=YEARS, max_size=YEARS), st.floats(0.0, 30.0))
def test_money_a_thousand_times_larger_moves_no_point(
    invented_model: Model, growth: list[float], paid: float
) -> None:
    economy, small = invented_model.economy, rules()
    large = replace(small, gdp=1000.0 * small.gdp, gdp_before=1000.0 * small.gdp_before)
    deviation = column(*growth)
    states = [
        replace(invented_model.states[0], median=np.full(YEARS, size * BUDGET)) for size in (1.0, 1000.0)
    ]
    both = [
        found(
            fiscal,
            state,
            economy,
            shocked(fiscal, state, economy, deviation),
            calls(budget=np.full((YEARS, 1), size * BUDGET), own_resources=np.full((YEARS, 1), size * paid)),
        )
        for fiscal, state, size in zip((small, large), states, (1.0, 1000.0), strict=True)
    ]
    assert both[0].balance == pytest.approx(both[1].balance, abs=1e-9)
    assert both[0].debt == pytest.approx(both[1].debt, abs=1e-9)


def test_levers_do_what_the_same_shocks_do(economy: Economy, state: State) -> None:
    growth, rates = [-0.01, -0.02, 0.0, 0.01], [0.0, 0.01, 0.01, 0.0]
    stress = scenario("any", {"growth": growth, "rates": rates}, YEARS)
    fiscal, paid = rules(), calls(own_resources=column(1.0, 2.0, 3.0))
    levered = found(fiscal, state, economy, shocked(fiscal, state, economy), paid, stress)
    hit = found(
        fiscal, state, economy, shocked(fiscal, state, economy, column(*growth), column(*rates)), paid
    )
    assert levered.balance == pytest.approx(hit.balance, abs=1e-6)
    assert levered.debt == pytest.approx(hit.debt, abs=1e-6)


def test_prices_alone_shrink_debt_and_open_no_gap(economy: Economy, state: State) -> None:
    """Budgets follow prices: of the balance only interest on the debt weighs less."""
    stress = scenario("any", {"deflator": [0.0, 0.05]}, YEARS)
    fiscal = rules(rate=np.zeros((1, YEARS)))
    follows = calls(budget=BUDGET * np.exp(np.cumsum(column(0.0, 0.05), axis=0)))
    one = found(fiscal, state, economy, shocked(fiscal, state, economy), follows, stress)
    close(one.balance, 0.0, 0.0, 0.0, 0.0)
    close(one.debt, 0.0, 60.0 * 1050.0 / 1100.0 * (math.exp(-0.05) - 1.0))


def test_what_the_path_holds_is_not_counted(economy: Economy, state: State) -> None:
    paid = calls(own_resources=column(2.1), ukraine_loan=column(0.0, 5.5)[:, 0])
    fiscal = rules(in_path=1.0)
    one = found(fiscal, state, economy, shocked(fiscal, state, economy), paid)
    assert (one.balance == 0.0).all()
    assert (one.balance_without == one.balance).all()


@given(
    st.lists(st.floats(-0.08, 0.08), min_size=YEARS, max_size=YEARS),
    st.lists(st.floats(-0.02, 0.04), min_size=YEARS, max_size=YEARS),
)
def test_points_are_the_difference_of_two_sets_of_accounts_in_euro(
    invented_model: Model, growth: list[float], rate: list[float]
) -> None:
    state, economy = replace(invented_model.states[0], median=np.full(YEARS, BUDGET)), invented_model.economy
    deviation = column(*growth)
    follows = calls(budget=BUDGET * np.exp(np.cumsum(deviation, axis=0)), own_resources=column(1.0, 2.0))
    one = found(rules(), state, economy, shocked(rules(), state, economy, deviation, column(*rate)), follows)
    assert one.debt[:, 0].tolist() == pytest.approx(in_euro(growth, rate, [1.0, 2.0, 0.0, 0.0]), abs=2e-4)


def in_euro(growth: list[float], rate: list[float], paid: list[float]) -> list[float]:
    """Points of debt by year: debt, interest and primary balance of the path and of the shocked economy.

    The path keeps its debt at 60 % of GDP; a fifth of each year's debt takes the rate of the year.
    """
    path = lived = 600.0
    gap = total = dearer = 0.0
    points_ = []
    for t in range(YEARS):
        total, gap = total + growth[t], 0.5 * gap + growth[t]
        gdp = GDP[t] * math.exp(total)
        surplus = path * 1.03 - 0.60 * GDP[t]
        lived = lived * (1.03 + dearer) - gdp * (surplus / GDP[t] + 0.5 * gap) + paid[t]
        path = 0.60 * GDP[t]
        dearer = 0.8 * dearer + 0.2 * (rate[t] if t else 0.0)
        points_.append(100.0 * (lived / gdp - 0.60))
    return points_


def test_the_effective_rate_stays_within_the_rates_it_follows() -> None:
    rate = np.random.default_rng(5).normal(0.0, 0.01, (10, 50)).cumsum(axis=0)
    effective = effective_rate(np.linspace(0.7, 0.9, 10), rate)
    assert (effective[:2] == 0.0).all()
    assert (np.abs(effective[1:]) <= np.maximum.accumulate(np.abs(rate), axis=0)[:-1]).all()


def test_debt_keeps_the_rate_of_the_year_before_as_far_as_it_did_not_fall_due() -> None:
    """By hand, every year with a part of its own.

    New debt bears 1, 2, 4, 8 % more from year two on. At its end 60 % of the debt bears what it did before:
    in year three 0.4 * 1 = 0.4 % is paid more, then 0.9 * 0.4 + 0.1 * 2 = 0.56, then 0.5 * 0.56 + 0.5 * 4.
    """
    kept = np.array([0.7, 0.6, 0.9, 0.5, 0.2])
    effective = effective_rate(kept, np.array([0.0, 0.01, 0.02, 0.04, 0.08])[:, np.newaxis])
    assert effective.ravel().tolist() == pytest.approx([0.0, 0.0, 0.004, 0.0056, 0.0228])


def occurs(event: str, points: Points) -> Booleans:
    """Whether an event of the accounts occurs."""
    outcome: Any = SimpleNamespace(points=points, strain=points.balance)
    return EVENTS[event].of(outcome, Thresholds(0.9, 1.0))


def test_a_limit_already_passed_cannot_be_passed(economy: Economy, state: State) -> None:
    """Path at -2.5, -3.0, -3.1, -2.5; every draw half a point lower."""
    fiscal = rules(balance=np.array([[-2.5, -3.0, -3.1, -2.5]]))
    one = found(fiscal, state, economy, shocked(fiscal, state, economy), calls())
    lower = replace(one, balance=one.balance - 0.6, balance_without=one.balance - 0.4)
    assert occurs("crosses", lower)[:, 0].tolist() == [True, True, False, True]
    assert occurs("crosses_without", lower)[:, 0].tolist() == [False, True, False, False]
    exactly = replace(one, balance=one.balance - 0.5)
    assert occurs("crosses", exactly)[:, 0].tolist() == [False, True, False, False]


def test_the_union_is_the_mean_by_gdp() -> None:
    two = replace(rules(), gdp=np.array([[300.0] * YEARS, [100.0] * YEARS]))
    share = weights(two)
    assert share.sum(axis=0).tolist() == [1.0] * YEARS
    one = Points(column(1.0), column(8.0), column(0.0), np.full(YEARS, -0.5))
    parts = [weighted(one, share[0]), weighted(replace(one, debt=column(0.0)), share[1])]
    assert parts[0].balance[0, 0] + parts[1].balance[0, 0] == pytest.approx(1.0)
    assert parts[0].debt[0, 0] + parts[1].debt[0, 0] == pytest.approx(6.0)
    assert not occurs("crosses", parts[0]).any()


def test_points_of_a_run(invented_model: Model) -> None:
    """Who pays twice the deficit already is never counted; the union is the mean of its states."""
    ways = outcome(invented_model, drawn(3, 0, 1), scenario("any", {}, len(invented_model.years)))
    share = weights(invented_model.fiscal)
    for name in ("balance", "debt"):
        states = [getattr(one.points, name) * share[i][:, np.newaxis] for i, one in enumerate(ways[:-1])]
        assert getattr(ways[-1].points, name) == pytest.approx(sum(states), abs=1e-12)
    counts = {
        code: EVENTS["crosses"].of(one, invented_model.thresholds).mean()
        for code, one in zip(("AL", "BO", "NO", UNION), ways, strict=True)
    }
    assert counts["BO"] == counts[UNION] == 0.0
    assert 0.0 < counts["NO"] < counts["AL"] < 1.0


def test_the_balance_without_own_resources_leaves_out_those_of_the_programme(invented_model: Model) -> None:
    """Not the defence budget, nor what loans cost: own resources as the union's treasury asks for them."""
    shocks, years = drawn(3, 0, 1), len(invented_model.years)
    random = all_draws(invented_model, shocks).fiscal
    ways = outcome(invented_model, shocks, scenario("any", {}, years))
    for one, own in zip(ways[:-1], random, strict=True):
        assert one.own_resources.max() > 0.0
        assert one.points.balance_without - one.points.balance == pytest.approx(
            one.own_resources * own.per_gdp, abs=1e-12
        )


def test_without_its_draws_no_points_are_made(invented_model: Model) -> None:
    """A caller that asks for strain alone leaves them out: no event then occurs."""
    from models.programme import programme
    from models.simulation import outcomes

    shocks, stress = drawn(3, 0, 1), scenario("any", {}, len(invented_model.years))
    bare = replace(all_draws(invented_model, shocks), fiscal=())
    union = programme(invented_model, bare, stress, in_layers=False)
    for one in outcomes(invented_model, bare, stress, union):
        assert one.points is None
        assert not EVENTS["crosses"].of(one, invented_model.thresholds).any()
        assert not EVENTS["crosses_without"].of(one, invented_model.thresholds).any()


def test_every_array_of_the_model_has_a_row_a_state_and_a_column_a_year(invented_model: Model) -> None:
    shapes = {f.name: np.shape(getattr(invented_model.fiscal, f.name)) for f in fields(Fiscal)}
    assert {shape for name, shape in shapes.items() if shape and name != "gdp_before"} == {(3, 10)}
    assert shapes["gdp_before"] == (3,)
