"""Budget, investment, committed money and SAFE draws of one state."""

from dataclasses import dataclass
from functools import lru_cache
from typing import TypeVar

import numpy as np

from models.arrays import Floats, accumulated
from models.compiled import compiled
from models.dependence import mixed, news, scores
from models.economy import Economy, Gdp, Prices, euro_deviation
from models.shocks import Shocks, stream
from models.stress import Scenario
from models.tables import Table, rows_interpolated

Number = TypeVar("Number", float, Floats)


@dataclass(frozen=True, eq=False)
class Capacity:
    """What is common to all states.

    budget_rho: share of a budget's variance that all states have in common (year,);
    growth_followed: part of a shock to real growth that budgets follow [share];
    pledge_common: part of the variance of pledges kept that all states share, pledge: how far one is kept, by
    normal score; share_persistence, share_own, share_with_budget: autoregression of the investment share and
    its loadings; committed: share of planned investment already committed (year,); passed: how it follows
    investment over plan; legacy_cost: cost growth of contracts signed before, by normal score, legacy_common:
    part of its variance that all contracts share, cost_phase: part of it that has arrived (year,); safe_new:
    part of SAFE that comes on top of the budget; safe_committed: part of it that is committed when drawn.
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


@dataclass(frozen=True, eq=False)
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
class StateDraws:
    """A state's random paths before any lever. Shapes (year, draw), legacy_cost (draw,).

    budget: without the pledge, pledged: with it, as far as it is kept [EUR million]; investment_share: before
    its bounds; legacy_cost: cost growth of contracts signed before; euro: value of the euro in the
    state's currency over its baseline path, None where the two are one or pegged.
    """

    budget: Floats
    pledged: Floats
    investment_share: Floats
    legacy_cost: Floats
    euro: Floats | None = None


@dataclass(frozen=True)
class Money:
    """What a state has and has promised. Shapes (year, draw), EUR million.

    planned: its planned investment at the prices and cost growth of the draw, with what SAFE loans on top of
    the budget are bound to buy; given where it is asked for.
    """

    budget: Floats
    investment: Floats
    committed: Floats
    planned: Floats | None = None


LOWEST_SHARE, HIGHEST_SHARE = 0.01, 0.90
"""Bounds of the investment share: beyond them the autoregression has left what any state has reported."""


def draws(state: State, capacity: Capacity, economy: Economy, shocks: Shocks, gdp: Gdp) -> StateDraws:
    """Random paths of a state, from its own streams and the common ones, and from its GDP."""
    years = len(state.median)
    heard = budget_news(state, shocks, capacity)
    spread = rows_interpolated(scores(heard, state.settled), state.spread)
    log_budget = _with_gdp(spread, gdp.growth, gdp.nominal, 1.0 - capacity.growth_followed, state.settled)
    pledge_kept = _pledge_weight(state, capacity, shocks) * state.pledge_pull[:, np.newaxis]
    budget = state.median[:, np.newaxis] * economy.exponential(log_budget)
    return StateDraws(
        budget=budget,
        pledged=budget * economy.exponential(pledge_kept),
        investment_share=investment_share(state, capacity, shocks, heard),
        legacy_cost=_legacy_cost(state, capacity, shocks),
        euro=euro_deviation(economy, shocks, state.code, state.currency_sd, years)
        if state.currency_sd
        else None,
    )


def budget_news(state: State, shocks: Shocks, capacity: Capacity) -> Floats:
    """News of each year on a state's budget as a share of GDP (year, draw)."""
    rho = capacity.budget_rho[: len(state.median)]
    own = shocks(stream("budget", state.code), len(rho))
    return news(shocks("budget.common", len(rho)), own, rho, state.settled)


@compiled
def _with_gdp(spread: Floats, growth: Floats, nominal: Floats, not_followed: float, settled: int) -> Floats:
    """Log deviation of a budget: its spread, and GDP over its baseline as far as budgets follow it.

    They follow prices in full, real growth in part; a voted one stands in money. Shapes (year, draw).
    """
    found = np.empty_like(spread)
    real, voted = np.zeros(spread.shape[1]), np.zeros(spread.shape[1])
    for t in range(len(spread)):
        for p in range(len(real)):
            real[p] += growth[t, p]
            followed = nominal[t, p] - not_followed * real[p]
            if t < settled:
                voted[p] = followed
            found[t, p] = spread[t, p] + (followed - voted[p])
    return found


def money(
    state: State,
    drawn: StateDraws,
    capacity: Capacity,
    economy: Economy,
    scenario: Scenario,
    prices: Prices,
    *,
    with_plan: bool = False,
) -> Money:
    """What a state has and what of it is already promised; with_plan: what it has planned too."""
    moves = _moves(state, capacity, economy, scenario)
    budget, investment, of_plan = _invested(
        (_pledged(state, drawn, economy, scenario), drawn.investment_share),
        (moves.budget, moves.investment_share, state.plan, moves.from_safe),
        state.scale,
    )
    common = capacity.cost_phase, moves.cost_growth, moves.from_safe * capacity.safe_committed
    committed = _committed(
        (capacity.passed(of_plan), drawn.legacy_cost, prices.level),
        (capacity.committed, moves.committed, state.plan, state.contracted),
        common,
    )
    planned = _planned((drawn.legacy_cost, prices.level), state.plan, common) if with_plan else None
    return Money(budget, investment, committed, planned)


@dataclass(frozen=True)
class _Moves:
    """What moves a state's money on every draw alike. Shapes (year,).

    budget: factor on it; investment_share, committed: added to these shares; from_safe: added to investment;
    cost_growth: factor on that of contracts signed before.
    """

    budget: Floats
    investment_share: Floats
    committed: Floats
    from_safe: Floats
    cost_growth: Floats


@lru_cache(maxsize=2048)
def _moves(state: State, capacity: Capacity, economy: Economy, scenario: Scenario) -> _Moves:
    """Levers of a scenario in a state, made once a run. Do not write to them."""
    growth, deflator = scenario.years("growth", state.code), scenario.years("deflator")
    log_gdp = _since_settled(accumulated(capacity.growth_followed * growth + deflator), state.settled)
    return _Moves(
        budget=(scenario.years("budget", state.code) * economy.exponential(log_gdp))[:, 0],
        investment_share=scenario.years("investment_share", state.code)[:, 0],
        committed=scenario.years("committed", state.code)[:, 0],
        from_safe=capacity.safe_new * state.safe_draw,
        cost_growth=cost_growth(scenario, len(log_gdp)),
    )


def cost_growth(scenario: Scenario, years: int) -> Floats:
    """Factor on the cost growth of contracts signed before. Shape (year,).

    What is still to come reaches them from the second year on: the first is nearly over.
    """
    return np.append(1.0, np.full(years - 1, scenario.number("cost_growth")))


@compiled
def _invested(
    paths: tuple[Floats, Floats], yearly: tuple[Floats, Floats, Floats, Floats], scale: float
) -> tuple[Floats, Floats, Floats]:
    """Budget, investment, and what of it comes from the budget over the plan. Shapes (year, draw).

    paths: budget and investment share as drawn; yearly: factor on the budget, what is added to the share,
    planned investment, investment from SAFE.
    """
    drawn, share = paths
    factor, added, plan, from_safe = yearly
    budget, investment, of_plan = np.empty_like(drawn), np.empty_like(drawn), np.empty_like(drawn)
    for t in range(len(drawn)):
        for p in range(drawn.shape[1]):
            money = drawn[t, p] * factor[t]
            part = min(max(share[t, p] + added[t], LOWEST_SHARE), HIGHEST_SHARE)
            budget[t, p] = money
            from_budget = part * money * scale
            investment[t, p] = from_budget + from_safe[t]
            of_plan[t, p] = from_budget / plan[t]
    return budget, investment, of_plan


@compiled
def _committed(
    paths: tuple[Floats, Floats, Floats],
    own: tuple[Floats, Floats, Floats, Floats],
    common: tuple[Floats, Floats, Floats],
) -> Floats:
    """Payments on contracts signed before, at actual cost, with those from SAFE (year, draw).

    A share of planned investment that follows actual investment in part: more where it is above plan (new
    contracts are signed), less below. A ministry's own figures replace it. They cost more as far as cost
    growth and prices have arrived.

    paths: how far the share follows investment (year, draw), cost growth of contracts signed before (draw,),
    price level (year, draw); own: share committed, what is added to it, plan, the ministry's own figures
    (year,); common: part of the cost that has arrived, factor on cost growth, commitments from SAFE (year,).
    """
    passed, legacy, level = paths
    share, added, plan, contracted = own
    arrived, cost_growth, from_safe = common
    committed = np.empty_like(level)
    for t in range(len(level)):
        known = not np.isnan(contracted[t])
        for p in range(level.shape[1]):
            at_plan = (
                contracted[t] + added[t] * plan[t]
                if known
                else passed[t, p] * ((share[t] + added[t]) * plan[t])
            )
            cost = _cost_over_plan(legacy[p] * cost_growth[t] * level[t, p], arrived[t])
            committed[t, p] = at_plan * cost + from_safe[t]
    return committed


@compiled
def _planned(paths: tuple[Floats, Floats], plan: Floats, common: tuple[Floats, Floats, Floats]) -> Floats:
    """The plan (year,) at actual cost, with what SAFE is bound to buy (year, draw); the rest as above."""
    legacy, level = paths
    arrived, cost_growth, from_safe = common
    planned = np.empty_like(level)
    for t in range(len(level)):
        for p in range(level.shape[1]):
            cost = _cost_over_plan(legacy[p] * cost_growth[t] * level[t, p], arrived[t])
            planned[t, p] = plan[t] * cost + from_safe[t]
    return planned


def cost_over_plan(growth: Number, arrived: float) -> Number:
    """What contracts signed before cost over plan [factor] when part of their growth [factor] has arrived."""
    return 1.0 + arrived * (growth - 1.0)


_cost_over_plan = compiled(cost_over_plan)


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


def _pledged(state: State, drawn: StateDraws, economy: Economy, scenario: Scenario) -> Floats:
    """Budget with the pledge: as drawn, or kept as far as a scenario says. Shape (year, draw)."""
    weight = scenario.number("pledge")
    if weight < 0.0:
        return drawn.pledged
    return drawn.budget * economy.exponential(weight * state.pledge_pull)[:, np.newaxis]


def investment_share(state: State, capacity: Capacity, shocks: Shocks, heard: Floats) -> Floats:
    """Share of the budget that is invested: mean path and autoregression that leans on the budget's news.

    heard: that news, the same that moves the budget. (year, draw).
    """
    return _shares(
        heard,
        shocks(stream("investment_share", state.code), len(heard)),
        (capacity.share_with_budget, capacity.share_own, capacity.share_persistence),
        state.investment_share,
        state.share_sd,
    )


@compiled
def _shares(
    heard: Floats, own: Floats, loadings: tuple[float, float, float], mean: Floats, deviation: float
) -> Floats:
    """The same; own: standard normals of the share (year, draw).

    loadings: on these, and the persistence; mean: path (year,); deviation: standard deviation.
    """
    with_budget, alone, persistence = loadings
    found = np.empty_like(heard)
    off = np.zeros(heard.shape[1])
    for t in range(len(heard)):
        for p in range(len(off)):
            off[p] = (with_budget * heard[t, p] + alone * own[t, p]) * deviation + persistence * off[p]
            found[t, p] = off[p] + mean[t]
    return found


def _legacy_cost(state: State, capacity: Capacity, shocks: Shocks) -> Floats:
    """Cost growth of contracts signed before [factor]. Shape (draw,)."""
    own = shocks(stream("legacy_cost", state.code), 1)[0]
    return capacity.legacy_cost(mixed(capacity.legacy_common, shocks("cost.common", 1)[0], own))
