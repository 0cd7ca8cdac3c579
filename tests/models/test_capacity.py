import math
from dataclasses import replace

import numpy as np
import pytest

from models.arrays import Floats
from models.capacity import HIGHEST_SHARE, LOWEST_SHARE, Capacity, Money, State, StateDraws, money
from models.capacity import draws as draws_with
from models.economy import Economy, Gdp, Prices, gdp_deviation, prices
from models.model import Model
from models.shocks import Shocks, drawn
from models.stress import Scenario, scenario

YEARS = 10
NEUTRAL = scenario("any", {}, YEARS)
ONE = np.ones((YEARS, 1))
CALM = Prices(level=ONE, usd=ONE, uah=ONE, rate=0.0 * ONE)
MEMORY = 0.1


def gdp(state: State, economy: Economy, shocks: Shocks) -> Gdp:
    return gdp_deviation(economy, shocks, state.code, YEARS)


def draws(state: State, capacity: Capacity, economy: Economy, shocks: Shocks) -> StateDraws:
    return draws_with(state, capacity, economy, shocks, gdp(state, economy, shocks))


@pytest.fixture(scope="module")
def state(invented_model: Model) -> State:
    """A budget of 1,000, three tenths of it invested, all as planned."""
    flat = np.ones(YEARS)
    return replace(
        invented_model.states[0],
        median=1000.0 * flat,
        settled=1,
        pledge_pull=0.2 * flat,
        investment_share=0.3 * flat,
        scale=1.0,
        plan=300.0 * flat,
        contracted=np.full(YEARS, np.nan),
        safe_loans=np.zeros(2),
        safe_draw=np.zeros(YEARS),
    )


def as_planned(share: float = 0.3, growth: float = 1.0) -> StateDraws:
    return StateDraws(
        budget=1000.0 * ONE,
        pledged=1000.0 * ONE,
        investment_share=share * ONE,
        legacy_cost=np.array([growth]),
    )


def has(
    model: Model,
    state: State,
    drawn_: StateDraws,
    stress: Scenario = NEUTRAL,
    prices_: Prices = CALM,
) -> Money:
    return money(state, drawn_, model.capacity, model.economy, stress, prices_)


def test_committed_shares_fall_to_their_floor(invented_model: Model, state: State) -> None:
    """0.85, 0.78, 0.70, 0.62, 0.55, then 0.05 less a year, at least 0.30."""
    found = has(invented_model, state, as_planned())
    assert (found.investment == 300.0).all()
    expected = [0.85, 0.78, 0.70, 0.62, 0.55, 0.50, 0.45, 0.40, 0.35, 0.30]
    assert (found.committed / 300.0).ravel().tolist() == pytest.approx(expected, rel=1e-12)


def test_commitments_follow_investment_in_part(invented_model: Model, state: State) -> None:
    """A fifth above plan: 0.85 x 300 x 1.2^0.5 = 279.34; a fifth below: x 0.8^0.25 = 241.17."""
    above, below = (has(invented_model, state, as_planned(share)).committed[0, 0] for share in (0.36, 0.24))
    assert above == pytest.approx(279.34, abs=0.01)
    assert below == pytest.approx(241.17, abs=0.01)


def test_cost_growth_of_old_contracts_arrives_over_four_years(invented_model: Model, state: State) -> None:
    """8 % in all: 2, 4, 6, 8 and then 8 %."""
    found = has(invented_model, state, as_planned(growth=1.08)).committed
    before = has(invented_model, state, as_planned()).committed
    assert (found / before).ravel()[:6].tolist() == pytest.approx([1.02, 1.04, 1.06, 1.08, 1.08, 1.08])


def test_prices_and_the_lever_on_cost_reach_old_contracts(invented_model: Model, state: State) -> None:
    dear = replace(CALM, level=1.1 * ONE)
    found = has(invented_model, state, as_planned(), scenario("any", {"cost_growth": 1.2}, YEARS), dear)
    assert found.committed[3, 0] == pytest.approx(0.62 * 300.0 * 1.32)
    assert (found.investment == 300.0).all()


def test_a_scenario_makes_the_first_year_no_dearer(invented_model: Model, state: State) -> None:
    """It is nearly over; of 20 % half is there in the second year."""
    calm = has(invented_model, state, as_planned()).committed
    found = has(invented_model, state, as_planned(), scenario("any", {"cost_growth": 1.2}, YEARS)).committed
    assert (found / calm).ravel()[:4].tolist() == pytest.approx([1.0, 1.1, 1.15, 1.2])


def test_a_ministrys_own_commitments_replace_the_share(invented_model: Model, state: State) -> None:
    own = replace(state, contracted=np.array([200.0, np.nan] + [np.nan] * 8))
    found = has(invented_model, own, as_planned(share=0.6, growth=1.08)).committed.ravel()
    assert found[0] == pytest.approx(200.0 * 1.02)
    assert found[1] == pytest.approx(0.78 * 300.0 * math.sqrt(2.0) * 1.04, rel=1e-6)


def test_the_lever_on_commitments_adds_to_a_ministrys_own(invented_model: Model, state: State) -> None:
    """200 of its own and a twentieth of a plan of 300: 215, as all cost growth is away."""
    own = replace(state, contracted=np.full(YEARS, 200.0))
    found = has(invented_model, own, as_planned(), scenario("any", {"committed": [0.05, -0.1]}, YEARS))
    assert found.committed.ravel()[:3].tolist() == pytest.approx([215.0, 170.0, 200.0])


def test_safe_money_is_had_and_mostly_bound(invented_model: Model, state: State) -> None:
    """Half of 100 comes on top of the budget; nine tenths of that is committed when drawn."""
    draws_ = np.array([100.0] + [0.0] * 9)
    model, own = invented_model, replace(state, safe_draw=draws_)
    found = money(own, as_planned(), model.capacity, model.economy, NEUTRAL, CALM, with_plan=True)
    assert found.planned is not None
    assert found.investment.ravel()[:2].tolist() == pytest.approx([350.0, 300.0])
    assert found.committed.ravel()[:2].tolist() == pytest.approx([255.0 + 45.0, 234.0])
    assert found.planned.ravel()[:2].tolist() == pytest.approx([300.0 + 45.0, 300.0])


def test_borrowing_does_not_turn_a_state_red_by_itself(invented_model: Model, state: State) -> None:
    """Where strain is under nine tenths it rises towards it, where it is above it falls."""
    rich = replace(state, safe_draw=np.full(YEARS, 300.0))
    for share in (0.3, 0.2):
        without, with_ = (has(invented_model, s, as_planned(share)) for s in (state, rich))
        before, after = (m.committed / m.investment for m in (without, with_))
        assert (np.sign(after - 0.9) == np.sign(before - 0.9)).all()


def test_shares_of_investment_stay_within_their_bounds(invented_model: Model, state: State) -> None:
    for share, bound in ((-0.2, LOWEST_SHARE), (1.4, HIGHEST_SHARE)):
        found = has(invented_model, state, as_planned(share))
        assert found.investment == pytest.approx(np.full((YEARS, 1), bound * 1000.0))


@pytest.mark.parametrize(
    ("levers", "budget", "invested"),
    [
        ({"budget": 0.9}, 900.0, 0.3),
        ({"investment_share": -0.1}, 1000.0, 0.2),
        ({"pledge": 0.0}, 1000.0, 0.3),
        ({"pledge": 1.0}, 1000.0 * math.exp(0.2), 0.3),
        ({"growth": [math.log(1.1)]}, 1000.0, 0.3),
        ({"growth": [0.0, 4.0 * math.log(1.1)]}, [1000.0] + [1100.0] * (YEARS - 1), 0.3),
        ({"deflator": [0.0, math.log(1.1)]}, [1000.0] + [1100.0] * (YEARS - 1), 0.3),
    ],
)
def test_levers_on_money(
    invented_model: Model,
    state: State,
    levers: dict[str, object],
    budget: float | list[float],
    invested: float,
) -> None:
    found = has(invented_model, state, as_planned(), scenario("any", levers, YEARS))
    assert found.budget.ravel() == pytest.approx(np.broadcast_to(budget, YEARS), rel=1e-6)
    assert found.investment == pytest.approx(invested * found.budget, rel=1e-12)


def test_a_voted_budget_stands_in_money_and_what_it_missed_is_not_made_up(
    invented_model: Model, state: State
) -> None:
    """Two years are voted: prices rise by a tenth in each of three, only the third's budget does."""
    stress = scenario("any", {"deflator": [math.log(1.1)] * 3}, YEARS)
    found = has(invented_model, replace(state, settled=2), as_planned(), stress)
    assert found.budget.ravel().tolist() == pytest.approx([1000.0] * 2 + [1100.0] * 8, rel=1e-6)


@pytest.mark.parametrize(("weight", "budget"), [(-1.0, 1050.0), (0.0, 1000.0), (0.5, 1000.0 * math.exp(0.1))])
def test_a_scenario_says_how_far_a_pledge_is_kept_else_it_is_drawn(
    invented_model: Model, state: State, weight: float, budget: float
) -> None:
    """Five per cent as drawn; the whole pledge is 0.2 in logs."""
    pledged = replace(as_planned(), pledged=1050.0 * ONE)
    found = has(invented_model, state, pledged, scenario("any", {"pledge": weight}, YEARS))
    assert found.budget.ravel().tolist() == pytest.approx([budget] * YEARS, rel=1e-6)


def test_the_lever_on_commitments_adds_to_the_share(invented_model: Model, state: State) -> None:
    found = has(invented_model, state, as_planned(), scenario("any", {"committed": [0.05, 0.0, 0.1]}, YEARS))
    assert (found.committed / 300.0).ravel()[:4].tolist() == pytest.approx([0.90, 0.78, 0.80, 0.62])


@pytest.fixture(scope="module")
def many(invented_model: Model) -> dict[str, StateDraws]:
    shocks = drawn(8, 0, 16)
    return {
        state.code: draws(state, invented_model.capacity, invented_model.economy, shocks)
        for state in invented_model.states
    }


def test_the_median_budget_is_the_forecasts(invented_model: Model, many: dict[str, StateDraws]) -> None:
    for state in invented_model.states:
        found = np.median(many[state.code].budget, axis=1)
        assert found == pytest.approx(state.median, rel=0.015)


def test_shares_of_investment_have_the_spread_and_memory_assumed(
    invented_model: Model, many: dict[str, StateDraws]
) -> None:
    """Three points in the long run, 0.7 from year to year: in year t, 0.03 sqrt(1 - 0.49^t)."""
    state = invented_model.states[0]
    deviation = many[state.code].investment_share - state.investment_share[:, np.newaxis]
    assert state.share_sd == 0.03
    sizes = 0.03 * np.sqrt(1.0 - 0.49 ** np.arange(1, YEARS + 1))
    assert deviation.std(axis=1) == pytest.approx(sizes, rel=0.02)
    wanted = 0.7 * sizes[7] / sizes[8]
    assert np.corrcoef(deviation[7], deviation[8])[0, 1] == pytest.approx(wanted, abs=0.02)


STILL = {"growth_common": 0.0, "growth_own": 0.0, "deflator_common": 0.0, "deflator_own": 0.0}
"""An economy that nothing shocks."""


def test_shares_lean_on_the_growth_of_the_budget(invented_model: Model) -> None:
    """The shock to the share of each year and what that year brings the budget: correlation 0.45."""
    state = replace(invented_model.states[0], pledge_pull=np.zeros(YEARS), spread=SCORE_ITSELF, settled=0)
    still = replace(invented_model.economy, **STILL)
    found = draws(state, invented_model.capacity, still, drawn(9, 0, 16))
    score = 10.0 * np.log(found.budget / state.median[:, np.newaxis])
    off = found.investment_share - state.investment_share[:, np.newaxis]
    shock = np.concatenate([off[:1], off[1:] - 0.7 * off[:-1]])
    heard = np.zeros_like(score)
    for t in range(YEARS):
        before = (1.0 + MEMORY) * heard[:t].sum(axis=0)
        heard[t] = math.sqrt(t * (1.0 + MEMORY) ** 2 + 1.0) * score[t] - before
        assert np.corrcoef(heard[t], shock[t])[0, 1] == pytest.approx(0.45, abs=0.02)


def test_budgets_follow_prices_in_full_and_growth_in_part(invented_model: Model) -> None:
    """Without a voted year and own news: a quarter of real growth and all of the deflator, added up."""
    state = replace(invented_model.states[1], settled=0, spread=0.0 * invented_model.states[1].spread)
    economy, shocks = invented_model.economy, drawn(9, 0, 1)
    found, grown = draws(state, invented_model.capacity, economy, shocks), gdp(state, economy, shocks)
    real = np.cumsum(grown.growth, axis=0)
    expected = 0.25 * real + (grown.nominal - real)
    assert np.log(found.budget / state.median[:, np.newaxis]) == pytest.approx(expected, abs=1e-6)


def test_what_gdp_does_before_the_last_voted_year_moves_no_budget(invented_model: Model) -> None:
    capacity = invented_model.capacity
    state = replace(invented_model.states[1], spread=0.0 * invented_model.states[1].spread)
    free, voted = (
        np.log(draws(replace(state, settled=years), capacity, invented_model.economy, drawn(9, 0, 1)).budget)
        for years in (0, 2)
    )
    before = np.log(draws(state, capacity, replace(invented_model.economy, **STILL), drawn(9, 0, 1)).budget)
    assert voted[:2] == pytest.approx(before[:2], abs=1e-6)
    assert voted[2:] - before[2:] == pytest.approx((free - before)[2:] - (free - before)[1], abs=1e-6)


def test_budgets_after_a_voted_one_stray_from_it_alone(invented_model: Model) -> None:
    """The first year after it leans on nothing before it; the next on that one, as measured one year on."""
    still = replace(invented_model.economy, **STILL)
    state = replace(invented_model.states[0], spread=SCORE_ITSELF, settled=1)
    score = np.log(draws(state, invented_model.capacity, still, drawn(9, 0, 16)).budget)
    voted, first, second = (row - row.mean() for row in score[:3])
    assert np.corrcoef(voted, first)[0, 1] == pytest.approx(0.0, abs=0.03)
    assert np.corrcoef(first, second)[0, 1] == pytest.approx(1.1 / math.sqrt(1.1**2 + 1.0), abs=0.03)


def test_pledges_are_kept_half_on_the_median_and_together(
    invented_model: Model, many: dict[str, StateDraws]
) -> None:
    weights = {}
    for state in invented_model.states:
        last = int(np.argmax(state.pledge_pull))
        if state.pledge_pull[last] > 0.0:
            own = many[state.code]
            weights[state.code] = np.log(own.pledged[last] / own.budget[last]) / state.pledge_pull[last]
            assert np.median(weights[state.code]) == pytest.approx(0.5, abs=0.01)
            assert weights[state.code].min() >= 0.0
            assert weights[state.code].max() <= 1.0 + 1e-6
    one, other = weights.values()
    assert np.corrcoef(one, other)[0, 1] == pytest.approx(0.5, abs=0.03)


def test_states_keep_pledges_alike_where_all_is_common(invented_model: Model, state: State) -> None:
    """Of the score nothing is the state's own; with nothing in common two states are of two minds.

    Nothing else moves their budgets: all years are voted, and without a spread.
    """
    still = replace(state, settled=YEARS, spread=np.zeros_like(state.spread))
    for common, alike in ((1.0, True), (0.0, False)):
        capacity = replace(invented_model.capacity, pledge_common=common)
        one, other = (
            draws(replace(still, code=code), capacity, invented_model.economy, drawn(8, 0, 1))
            for code in ("AA", "BB")
        )
        assert (one.budget == other.budget).all()
        assert bool((one.pledged == other.pledged).all()) is alike


def test_only_a_currency_that_moves_has_a_path(invented_model: Model, state: State) -> None:
    """The euro in a state's own money: none where the two are one; by default a state has the euro."""
    fields_ = {name: value for name, value in vars(state).items() if name not in {"currency_sd", "pays_loan"}}
    in_euro = State(**fields_)
    assert (in_euro.currency_sd, in_euro.pays_loan) == (0.0, False)
    capacity, economy = invented_model.capacity, invented_model.economy
    assert draws(in_euro, capacity, economy, drawn(8, 0, 1)).euro is None
    assert draws(replace(in_euro, currency_sd=0.08), capacity, economy, drawn(8, 0, 1)).euro is not None


def test_correlations_of_budgets_are_those_assumed(invented_model: Model) -> None:
    still = replace(
        invented_model.economy, growth_common=0.0, growth_own=0.0, deflator_common=0.0, deflator_own=0.0
    )
    shocks = drawn(10, 0, 32)
    one, other = (
        np.log(draws(state, invented_model.capacity, still, shocks).budget)
        for state in (replace(one, spread=SCORE_ITSELF, settled=1) for one in invented_model.states[1:])
    )
    rho = invented_model.capacity.budget_rho
    found = [float(np.corrcoef(a, b)[0, 1]) for a, b in zip(one, other, strict=True)]
    assert found == pytest.approx(rho, abs=4.0 / math.sqrt(32 * 1024))


SCORE_ITSELF: Floats = np.tile(np.linspace(-4.5, 4.5, 145) / 10.0, (YEARS, 1))


def test_prices_are_shared_with_contracts(invented_model: Model, state: State) -> None:
    economy: Economy = invented_model.economy
    capacity: Capacity = invented_model.capacity
    level = prices(economy, drawn(11, 0, 1), YEARS)
    calm = StateDraws(
        *(part * np.ones((YEARS, 1024)) for part in (1000.0, 1000.0, 0.3)), legacy_cost=np.ones(1024)
    )
    found = money(state, calm, capacity, economy, NEUTRAL, level).committed
    assert found[5] == pytest.approx(0.5 * 300.0 * level.level[5], rel=1e-9)
