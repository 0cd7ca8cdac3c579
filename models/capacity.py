"""Budget, investment, committed money and SAFE draws of one state."""

from dataclasses import dataclass

import numpy as np

from models.arrays import Floats
from models.dependence import scores
from models.economy import Economy, Prices, gdp_deviation
from models.shocks import Shocks, stream
from models.stress import Scenario
from models.tables import Table, rows_interpolated


@dataclass(frozen=True)
class Capacity:
    """What is common to all states.

    budget_rho: share of a budget's variance that all states have in common, by horizon (year,);
    share_persistence, share_own, share_with_budget: autoregression of the investment share and its loadings;
    committed: share of planned investment already committed (year,); cost_phase: part of the cost growth of existing
    contracts that has arrived (year,); safe_new: part of SAFE that comes on top of the budget; safe_committed: part of
    it that is committed when drawn.
    """

    budget_rho: Floats
    pledge_common: float
    pledge: Table
    share_persistence: float
    share_own: float
    share_with_budget: float
    committed: Floats
    above: Table
    below: Table
    legacy_common: float
    legacy_cost: Table
    cost_phase: Floats
    safe_new: float
    safe_committed: float


@dataclass(frozen=True)
class State:
    """One state. median: budget without pledge (year,) [EUR million]; spread: log deviation by normal score (year, node);
    pledge_pull: log distance to the pledged path (year,); investment_share: its mean path (year,); share_sd: its standard
    deviation; scale: published investment over share times budget; plan: planned investment (year,);
    contracted: the ministry's own contracted payments (year,), NaN where the default share rules;
    safe_draw: (year,) [EUR million].
    """

    code: str
    median: Floats
    spread: Floats
    pledge_pull: Floats
    investment_share: Floats
    share_sd: float
    scale: float
    plan: Floats
    contracted: Floats
    safe_draw: Floats


@dataclass(frozen=True)
class Money:
    """budget, investment, committed of a state. Shapes (year, draw), EUR million."""

    budget: Floats
    investment: Floats
    committed: Floats


LOWEST_SHARE, HIGHEST_SHARE = 0.01, 0.90
"""Bounds of the investment share: beyond them the autoregression has left what any state has reported."""


def money(
    state: State, capacity: Capacity, economy: Economy, shocks: Shocks, scenario: Scenario, prices: Prices
) -> Money:
    """What a state has and what of it is already promised."""
    years = len(state.median)
    common, own = shocks("budget.common", years), shocks(stream("budget", state.code), years)
    budget = _budget(
        state, capacity, economy, shocks, scenario, scores(common, own, capacity.budget_rho[:years])
    )
    share = _investment_share(state, capacity, shocks, scenario, common, own)
    before_safe = share * state.scale * budget
    safe = (capacity.safe_new * state.safe_draw)[:, np.newaxis]
    committed = _committed(state, capacity, shocks, scenario, prices, before_safe)
    return Money(
        budget=budget,
        investment=before_safe + safe,
        committed=committed + safe * capacity.safe_committed,
    )


def _budget(
    state: State, capacity: Capacity, economy: Economy, shocks: Shocks, scenario: Scenario, score: Floats
) -> Floats:
    """Defence budget: the median path, its spread, the pledge, and nominal GDP. Shape (year, draw)."""
    years = len(state.median)
    log_budget = rows_interpolated(score, state.spread)
    log_budget += gdp_deviation(economy, shocks, scenario, state.code, years)
    if state.pledge_pull.any():
        log_budget += _pledge_weight(state, capacity, shocks, scenario) * state.pledge_pull[:, np.newaxis]
    return state.median[:, np.newaxis] * scenario.years("budget") * economy.exponential(log_budget)


def _pledge_weight(state: State, capacity: Capacity, shocks: Shocks, scenario: Scenario) -> Floats:
    """How far the pledge is kept [share]. Shape (draw,)."""
    common, own = shocks("pledge.common", 1)[0], shocks(stream("pledge", state.code), 1)[0]
    if scenario.number("pledge") >= 0.0:
        return np.full_like(common, scenario.number("pledge"))
    rho = capacity.pledge_common
    return capacity.pledge(float(np.sqrt(rho)) * common + float(np.sqrt(1.0 - rho)) * own)


def _investment_share(
    state: State, capacity: Capacity, shocks: Shocks, scenario: Scenario, common: Floats, own: Floats
) -> Floats:
    """Share of the budget that is invested: mean path and autoregression that leans on budget growth. (year, draw)."""
    rho = float(capacity.budget_rho[0])
    growth = float(np.sqrt(rho)) * common + float(np.sqrt(1.0 - rho)) * own
    deviation = capacity.share_with_budget * growth
    deviation += capacity.share_own * shocks(stream("investment_share", state.code), len(growth))
    deviation *= state.share_sd
    for t in range(1, len(deviation)):
        deviation[t] += capacity.share_persistence * deviation[t - 1]
    deviation += state.investment_share[:, np.newaxis] + scenario.years("investment_share")
    return np.clip(deviation, LOWEST_SHARE, HIGHEST_SHARE)


def _committed(
    state: State, capacity: Capacity, shocks: Shocks, scenario: Scenario, prices: Prices, investment: Floats
) -> Floats:
    """Payments on contracts signed before. Shape (year, draw).

    A share of planned investment that follows actual investment in part: more where it is above plan (new contracts
    are signed), less below. A ministry's own figures replace it. Both carry cost growth and prices, phased in.
    """
    plan = state.plan[:, np.newaxis]
    ratio = investment / plan
    passed = np.where(ratio > 1.0, capacity.above(ratio), capacity.below(ratio))
    committed = (capacity.committed[:, np.newaxis] + scenario.years("committed")) * plan * passed
    known = ~np.isnan(state.contracted)
    if known.any():
        committed[known] = state.contracted[known, np.newaxis]
    rho = capacity.legacy_common
    own = shocks(stream("legacy_cost", state.code), 1)[0]
    score = float(np.sqrt(rho)) * shocks("cost.common", 1)[0] + float(np.sqrt(1.0 - rho)) * own
    growth = capacity.legacy_cost(score) * scenario.number("cost_growth")
    return committed * (1.0 + capacity.cost_phase[:, np.newaxis] * (growth * prices.level - 1.0))
