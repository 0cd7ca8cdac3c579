"""Budget, investment, committed money and SAFE draws of one state."""

from dataclasses import dataclass

import numpy as np

from models.arrays import Floats, accumulated
from models.dependence import mixed, scores
from models.economy import Economy, Gdp, Prices, euro_deviation, gdp_deviation
from models.shocks import Shocks, stream
from models.stress import Scenario
from models.tables import Table, rows_interpolated


@dataclass(frozen=True)
class Capacity:
    """What is common to all states.

    budget_rho: share of a budget's variance that all states have in common, by horizon (year,);
    growth_followed: part of a shock to real growth that budgets follow [share];
    share_persistence, share_own, share_with_budget: autoregression of the investment share and its loadings;
    committed: share of planned investment already committed (year,); passed: how it follows investment over
    plan; cost_phase: part of the cost growth of existing contracts that has arrived (year,); safe_new: part
    of SAFE that comes on top of the budget; safe_committed: part of it that is committed when drawn.
    """

    budget_rho: Floats
    growth_followed: float
    pledge_common: float
    pledge: Table
    share_persistence: float
    share_own: float
    share_with_budget: float
    committed: Floats
    passed: Table
    legacy_common: float
    legacy_cost: Table
    cost_phase: Floats
    safe_new: float
    safe_committed: float


@dataclass(frozen=True)
class State:
    """One state. Money in EUR million.

    median: budget without pledge (year,); settled: how many first years are voted; spread: log deviation by
    normal score (year, node); pledge_pull: log distance to the pledged path (year,); investment_share: its
    mean path (year,); share_sd: its standard deviation; scale: published investment over share times budget;
    plan: planned investment (year,); contracted: the ministry's own contracted payments (year,), NaN where
    the default share rules; safe_loans: by schedule of draws (schedule,); safe_draw: by year (year,);
    currency_sd: yearly volatility of its currency against the euro, 0 in the euro or pegged to it;
    pays_loan: whether its SAFE loans are served from the defence budget, not by the treasury.
    """

    code: str
    median: Floats
    settled: int
    spread: Floats
    pledge_pull: Floats
    investment_share: Floats
    share_sd: float
    scale: float
    plan: Floats
    contracted: Floats
    safe_loans: Floats
    safe_draw: Floats
    currency_sd: float = 0.0
    pays_loan: bool = False


@dataclass(frozen=True)
class Draws:
    """A state's random paths before any lever. Shapes (year, draw), legacy_cost (draw,).

    budget: without the pledge [EUR million]; pledge: factor on it, as far as it is kept; investment_share:
    before its bounds; legacy_cost: cost growth of contracts signed before; euro: value of the euro in the
    state's currency over its baseline path, None where the two are one or pegged; gdp: of the state.
    """

    budget: Floats
    pledge: Floats
    investment_share: Floats
    legacy_cost: Floats
    euro: Floats | None = None
    gdp: Gdp | None = None


@dataclass(frozen=True)
class Money:
    """What a state has and has promised. Shapes (year, draw), EUR million.

    planned: its planned investment at the prices and cost growth of the draw.
    """

    budget: Floats
    investment: Floats
    committed: Floats
    planned: Floats


LOWEST_SHARE, HIGHEST_SHARE = 0.01, 0.90
"""Bounds of the investment share: beyond them the autoregression has left what any state has reported."""


def draws(state: State, capacity: Capacity, economy: Economy, shocks: Shocks) -> Draws:
    """Random paths of a state, from its own streams and the common ones."""
    years = len(state.median)
    common, own = budget_news(state.code, shocks, years)
    log_budget = rows_interpolated(scores(common, own, capacity.budget_rho[:years]), state.spread)
    gdp = gdp_deviation(economy, shocks, state.code, years)
    log_budget += _since_settled(_followed(gdp, capacity), state.settled)
    return Draws(
        budget=state.median[:, np.newaxis] * economy.exponential(log_budget),
        pledge=economy.exponential(
            _pledge_weight(state, capacity, shocks) * state.pledge_pull[:, np.newaxis]
        ),
        investment_share=_investment_share(state, capacity, shocks, common, own),
        legacy_cost=_legacy_cost(state, capacity, shocks),
        euro=euro_deviation(economy, shocks, state.code, state.currency_sd, years)
        if state.currency_sd
        else None,
        gdp=gdp,
    )


def budget_news(code: str, shocks: Shocks, years: int) -> tuple[Floats, Floats]:
    """News of a state's budget as a share of GDP: what all states share, and its own. Shapes (year, draw)."""
    return shocks("budget.common", years), shocks(stream("budget", code), years)


def _followed(gdp: Gdp, capacity: Capacity) -> Floats:
    """Log of GDP over its baseline, as far as budgets follow it: prices in full, real growth in part.

    Shape (year, draw).
    """
    return gdp.nominal - (1.0 - capacity.growth_followed) * accumulated(gdp.growth)


def money(
    state: State, drawn: Draws, capacity: Capacity, economy: Economy, scenario: Scenario, prices: Prices
) -> Money:
    """What a state has and what of it is already promised."""
    budget = drawn.budget * _pledge(state, drawn, economy, scenario)
    growth, deflator = scenario.years("growth", state.code), scenario.years("deflator")
    log_gdp = _since_settled(accumulated(capacity.growth_followed * growth + deflator), state.settled)
    budget *= scenario.years("budget", state.code) * economy.exponential(log_gdp)
    share = drawn.investment_share + scenario.years("investment_share", state.code)
    np.maximum(share, LOWEST_SHARE, out=share)
    np.minimum(share, HIGHEST_SHARE, out=share)
    before_safe = share * budget * state.scale
    safe = (capacity.safe_new * state.safe_draw)[:, np.newaxis]
    cost = _cost(drawn, capacity, scenario, prices)
    committed = _committed(state, capacity, scenario, before_safe) * cost
    return Money(
        budget=budget,
        investment=before_safe + safe,
        committed=committed + safe * capacity.safe_committed,
        planned=state.plan[:, np.newaxis] * cost,
    )


def _since_settled(log_gdp: Floats, settled: int) -> Floats:
    """Log of GDP over its baseline as it moves a budget: a voted one stands in money. Shape (year, ...)."""
    if settled == 0:
        return log_gdp
    moved = log_gdp - log_gdp[settled - 1]
    moved[:settled] = 0.0
    return moved


def _pledge_weight(state: State, capacity: Capacity, shocks: Shocks) -> Floats:
    """How far the pledge is kept [share]. Shape (draw,)."""
    common, own = shocks("pledge.common", 1)[0], shocks(stream("pledge", state.code), 1)[0]
    return capacity.pledge(mixed(capacity.pledge_common, common, own))


def _pledge(state: State, drawn: Draws, economy: Economy, scenario: Scenario) -> Floats:
    """Factor on the budget: as drawn, or of the weight a scenario sets. Shape (year, draw) or (year, 1)."""
    weight = scenario.number("pledge")
    return drawn.pledge if weight < 0.0 else economy.exponential(weight * state.pledge_pull[:, np.newaxis])


def _investment_share(
    state: State, capacity: Capacity, shocks: Shocks, common: Floats, own: Floats
) -> Floats:
    """Share of the budget that is invested: mean path and autoregression that leans on budget growth.

    (year, draw).
    """
    growth = mixed(float(capacity.budget_rho[0]), common, own)
    deviation = capacity.share_with_budget * growth
    deviation += capacity.share_own * shocks(stream("investment_share", state.code), len(growth))
    deviation *= state.share_sd
    for t in range(1, len(deviation)):
        deviation[t] += capacity.share_persistence * deviation[t - 1]
    return deviation + state.investment_share[:, np.newaxis]


def _legacy_cost(state: State, capacity: Capacity, shocks: Shocks) -> Floats:
    """Cost growth of contracts signed before [factor]. Shape (draw,)."""
    own = shocks(stream("legacy_cost", state.code), 1)[0]
    return capacity.legacy_cost(mixed(capacity.legacy_common, shocks("cost.common", 1)[0], own))


def _committed(state: State, capacity: Capacity, scenario: Scenario, investment: Floats) -> Floats:
    """Payments on contracts signed before, at planned cost. Shape (year, draw).

    A share of planned investment that follows actual investment in part: more where it is above plan (new
    contracts are signed), less below. A ministry's own figures replace it.
    """
    added = scenario.years("committed", state.code)
    plan = state.plan[:, np.newaxis]
    committed = capacity.passed(investment / plan)
    committed *= (capacity.committed[:, np.newaxis] + added) * plan
    known = ~np.isnan(state.contracted)
    if known.any():
        committed[known] = state.contracted[known, np.newaxis] + (added * plan)[known]
    return committed


def _cost(drawn: Draws, capacity: Capacity, scenario: Scenario, prices: Prices) -> Floats:
    """Cost growth and prices of what is on order, as far as they have arrived [factor]. (year, draw)."""
    arrived = drawn.legacy_cost * scenario.number("cost_growth") * prices.level - 1.0
    return 1.0 + capacity.cost_phase[:, np.newaxis] * arrived
