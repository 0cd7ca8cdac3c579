"""Distances of scenarios worked by hand from the model's own assumptions."""

import math
from dataclasses import replace
from itertools import pairwise
from statistics import NormalDist

import numpy as np
import pytest

from models.conditions import CHOICE, CONDITIONS, DRIVEN, FIXED
from models.dependence import MEMORY
from models.model import Model
from models.severity import return_period, severity
from models.stress import LEVERS, scenario
from models.tables import lognormal, of_score

NORMAL = NormalDist()


def distances(model: Model, **levers: object) -> tuple[float, float]:
    found = severity(model, scenario("any", levers, len(model.years)))
    return found.one, found.all


def test_every_lever_has_a_driver_or_a_reason() -> None:
    assert list(DRIVEN) == list(LEVERS)
    assert set(DRIVEN.values()) == {*CONDITIONS, CHOICE, FIXED}


def test_a_fall_of_growth_in_one_year_by_hand(invented_model: Model) -> None:
    """A state's shock has the standard deviation sqrt(common^2 + own^2); the mean of three, own^2 / 3."""
    given = invented_model.economy
    common, own = given.growth_common**2, given.growth_own**2
    one, together = distances(invented_model, growth=[-0.02])
    assert one == pytest.approx(0.02 / math.sqrt(common + own), rel=1e-6)
    assert together == pytest.approx(0.02 / math.sqrt(common + own / 3), rel=1e-6)


def test_a_fall_that_lasts_needs_smaller_shocks_afterwards(invented_model: Model) -> None:
    """x2 = e2 + rho x1: part of the second year's fall is what is left of the first year's."""
    given = invented_model.economy
    spread = math.hypot(given.growth_common, given.growth_own)
    shocks = (-0.02, -0.03 + 0.02 * given.growth_persistence)
    one, _ = distances(invented_model, growth=[-0.02, -0.03])
    assert one == pytest.approx(math.hypot(*shocks) / spread, rel=1e-6)


def test_dearer_money_in_every_year_is_two_steps_of_a_random_walk(invented_model: Model) -> None:
    """Nobody borrows at a moved rate in the first year; two years' shocks share the way to the second."""
    expected = 0.015 / (math.sqrt(2.0) * invented_model.economy.rate)
    for rates in (0.015, [0.0, *[0.015] * 9], [-0.1, *[0.015] * 9]):
        assert distances(invented_model, rates=rates) == pytest.approx((expected, expected), rel=1e-6)
    assert distances(invented_model, rates=[0.015]) == (0.0, 0.0)


def test_a_budget_cut_in_the_third_year_by_hand(invented_model: Model) -> None:
    """A score z_3 alone is the sum of three years' news with memory; two earlier years stay where they are.

    z_1 = w_1, z_2 = ((1 + m) (w_1 + w_2) - m w_2) / s_2 = 0 and so on: with w_1 = w_2 = 0, w_3 = z_3 s_3.
    Each voted year leaves a year's news less to sum.
    """
    state = invented_model.states[0]
    nodes = np.linspace(-4.5, 4.5, state.spread.shape[1])
    score = float(np.interp(math.log(0.9), state.spread[2], nodes))
    size = math.sqrt((2 - state.settled) * (1 + MEMORY) ** 2 + 1)
    levers = {"budget": {state.code: [1.0, 1.0, 0.9]}}
    assert distances(invented_model, **levers)[0] == pytest.approx(abs(score) * size, rel=1e-6)


def test_cost_growth_of_all_contracts_leans_on_what_they_share(invented_model: Model) -> None:
    """With the correlation r and n contracts alike, d = z / sqrt(r + (1 - r) / n)."""
    table = invented_model.capacity.legacy_cost
    lots = [replace(lot, cost_growth=table) for lot in invented_model.lots]
    model = replace(invented_model, lots=tuple(lots))
    r = model.capacity.legacy_common
    assert r == model.timing.common
    score = NORMAL.inv_cdf(_share_below(table, 1.2))
    n = len(model.states) + sum(lot.contract for lot in lots)
    one, together = distances(model, cost_growth=1.2)
    assert one == pytest.approx(score / math.sqrt(r + (1 - r) / 2), rel=1e-3)
    assert together == pytest.approx(score / math.sqrt(r + (1 - r) / n), rel=1e-3)


def _share_below(table, factor: float) -> float:
    scores = np.linspace(-3.0, 3.0, 60_001)
    return NORMAL.cdf(float(scores[np.searchsorted(table(scores), factor * table(np.zeros(1))[0])]))


def test_prices_of_a_capability_are_one_shock_however_many_contracts_buy_it(invented_model: Model) -> None:
    one, together = distances(invented_model, prices={"drones": 1.25})
    assert one == together > 0.0


def test_one_contract_is_the_largest(invented_model: Model) -> None:
    """Where its price moves twice as much, the same price is half as far; others are not met."""
    largest = max((lot for lot in invented_model.lots if lot.contract), key=lambda lot: lot.amount)

    def one(*, wider: bool) -> float:
        lots = (
            replace(lot, price_sd=2.0 * lot.price_sd) if (lot is largest) == wider else lot
            for lot in invented_model.lots
        )
        return distances(replace(invented_model, lots=tuple(lots)), prices=1.25)[0]

    usual, _ = distances(invented_model, prices=1.25)
    assert one(wider=True) == pytest.approx(usual / 2.0, rel=1e-4)
    assert one(wider=False) == pytest.approx(usual)


def test_slip_is_found_in_the_table_of_slip(invented_model: Model) -> None:
    """9 months in the middle, 24 at P90: fifteen months more are 1.2816 standard deviations."""
    one, _ = distances(invented_model, slip_months=15)
    assert one == pytest.approx(1.2815515655446004, rel=1e-4)


def test_drivers_that_do_not_touch_add_up_in_squares(invented_model: Model) -> None:
    first, second = (distances(invented_model, **x) for x in ({"growth": [-0.02]}, {"rates": 0.01}))
    both = distances(invented_model, growth=[-0.02], rates=0.01)
    assert both == pytest.approx([math.hypot(a, b) for a, b in zip(first, second, strict=True)], rel=1e-6)


def test_budgets_that_fall_take_the_share_invested_with_them(invented_model: Model) -> None:
    """The share leans on budget growth: both falling is nearer than were they strangers."""
    cut, less = {"budget": [0.95]}, {"investment_share": [-0.03]}
    apart = math.hypot(distances(invented_model, **cut)[0], distances(invented_model, **less)[0])
    assert distances(invented_model, **cut, **less)[0] < apart


@pytest.mark.parametrize(
    ("levers", "reason"),
    [
        ({"pledge": 0}, CHOICE),
        ({"leaves": ["AL"]}, CHOICE),
        ({"premium": 0.02}, FIXED),
        ({"mix": {"drones": 2.0}}, CHOICE),
    ],
)
def test_what_is_no_draw_has_no_distance(
    invented_model: Model, levers: dict[str, object], reason: str
) -> None:
    found = severity(invented_model, scenario("any", levers, 10))
    assert (found.one, found.all, found.drivers) == (0.0, 0.0, ())
    assert found.left_out == ((next(iter(levers)), reason),)


def test_what_no_shock_brings_is_infinitely_far(invented_model: Model) -> None:
    calm = replace(invented_model, economy=replace(invented_model.economy, rate=0.0))
    assert distances(calm, rates=0.01) == (math.inf, math.inf)


def test_the_farther_a_budget_is_cut_the_farther_out_it_lies(invented_model: Model) -> None:
    """A budget's factor is drawn within bounds: what lies beyond them is reached by no shocks at all."""
    cuts = [distances(invented_model, budget=[factor]) for factor in (0.99, 0.97, 0.9, 0.5, 0.1, 0.0001)]
    assert all(before <= after for before, after in pairwise(one for one, _ in cuts))
    assert all(before <= after for before, after in pairwise(together for _, together in cuts))
    lowest = min(float(np.exp(state.spread[0, 0])) for state in invented_model.states)
    assert cuts[0][1] < math.inf
    assert lowest > 0.1
    assert cuts[4] == cuts[5] == (math.inf, math.inf)


def test_cost_growth_beyond_its_cut_is_infinitely_far(invented_model: Model) -> None:
    table = invented_model.capacity.legacy_cost
    model = replace(
        invented_model, lots=tuple(replace(lot, cost_growth=table) for lot in invented_model.lots)
    )
    most = float(table.values[-1] / table(np.zeros(1))[0])
    assert max(distances(model, cost_growth=0.999 * most)) < math.inf
    assert distances(model, cost_growth=1.001 * most) == (math.inf, math.inf)


def test_what_has_no_spread_is_infinitely_far_however_small_the_move(invented_model: Model) -> None:
    """Costs that are certain: a table that is flat has its middle value everywhere and no other anywhere."""
    flat = lognormal(1.1, 0.0)
    lots = tuple(replace(lot, cost_growth=flat) for lot in invented_model.lots)
    certain = replace(invented_model, lots=lots, capacity=replace(invented_model.capacity, legacy_cost=flat))
    assert distances(certain, cost_growth=1.0001) == (math.inf, math.inf)
    assert distances(certain, cost_growth=1.0001, rates=0.01) == (math.inf, math.inf)


def test_prices_that_are_certain_are_infinitely_far_from_any_other(invented_model: Model) -> None:
    certain = replace(invented_model, lots=tuple(replace(lot, price_sd=0.0) for lot in invented_model.lots))
    assert distances(certain, prices=1.01) == (math.inf, math.inf)
    assert distances(certain, prices={"drones": 1.01})[1] == math.inf


@pytest.mark.parametrize("levers", [{"lag_months": -2}, {"duration": 0.75}, {"duration": 1.5}])
def test_a_time_that_is_not_random_cannot_be_moved(invented_model: Model, levers: dict[str, object]) -> None:
    """Awards after twelve months exactly, contracts of three years exactly."""
    lots = tuple(replace(lot, duration=(36.0, 36.0)) for lot in invented_model.lots)
    fixed = replace(invented_model, lots=lots, timing=replace(invented_model.timing, lag=(12.0, 12.0)))
    assert distances(fixed, **levers) == (math.inf, math.inf)


def test_a_lot_without_a_contract_has_no_duration_to_move(invented_model: Model) -> None:
    first, *others = invented_model.lots
    lots = (replace(first, contract=False, duration=(36.0, 36.0)), *others)
    assert 0.0 < distances(replace(invented_model, lots=lots), duration=1.1)[1] < math.inf


def test_a_value_that_a_table_keeps_is_reached_where_it_begins(invented_model: Model) -> None:
    """All the money finds a project from a score of two on: nothing farther out is needed for that."""
    full = of_score(lambda share: np.where(share > NORMAL.cdf(1.9), 1.0, share / 2.0 + 0.25), density=8)
    model = replace(invented_model, timing=replace(invented_model.timing, absorption=full))
    assert distances(model, absorption=2.0)[0] == pytest.approx(2.0)


def test_return_periods_come_from_the_normal_tail() -> None:
    """N(-1.2816) = 10 %: once in ten years; N(-2.3263) = 1 %."""
    assert return_period(1.2815515655446004) == pytest.approx(10.0)
    assert return_period(2.3263478740408408) == pytest.approx(100.0)
    assert return_period(0.0) == 2.0
    assert return_period(40.0) == return_period(math.inf) == math.inf
