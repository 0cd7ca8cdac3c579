"""Fiscal lens: balance and debt of a state as deviations from a published path, in points of GDP.

Shapes (year, draw), unit % of GDP unless said otherwise. The path already holds announced rearmament; a
deviation is what shocks, a scenario, the pledge and calls on the treasury add. Of those calls the path is
taken to hold none of the programme's own resources and none of the Ukraine loan's interest (`in_path`), and
the interest of SAFE loans in so far as they replace other borrowing (1 - `safe_new`): both are judgements.
Programme calls on defence investment are inside the budget and are not counted again. No policy answers.

Balance on delivery, with accrued interest; s = GDP of the year before over GDP, ' = as drawn:

    gap[t]     = persistence * gap[t-1] + (real growth' - real growth)[t]
    outflow[t] = (budget' + own resources + Ukraine loan + new SAFE interest + new SAFE delivered) / gdp'
                 - budget without pledge / gdp
    balance[t] = semi_elasticity * gap[t] - outflow[t] - (d + path)[t-1] * (r + e) * s' + path[t-1] * r * s
    d[t]       = (d + path)[t-1] * s' - path[t-1] * s - balance[t] + (SAFE drawn - delivered) / gdp'

which is the recursion d[t-1] * (1 + r + e) * s' + path[t-1] * ((1 + r + e) * s' - (1 + r) * s) - d_primary:
the exact difference of two sets of accounts kept in euro. `e` is what shocks add to the rate of the debt of
the year before: only what fell due or was new since then.

A new SAFE loan is debt when it is drawn and a deficit when it buys something; it bears its own rate, so the
rate of other debt, which the recursion charges on it, is taken off. Its repayment is refinanced and moves
neither.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from models.arrays import Floats
from models.capacity import State
from models.compiled import compiled
from models.economy import Economy, Gdp, gdp_lever, persistent
from models.stress import Scenario

PERCENT = 100.0


@dataclass(frozen=True, eq=False)
class Fiscal:
    """Paths and rules of all states.

    semi_elasticity: points of balance a point of output gap; gap_persistence: part of a gap still open a year
    later; limit: deficit not to be passed [% of GDP]; in_path: share of own resources and of the Ukraine
    loan's interest that the path holds; safe_new: part of SAFE that comes on top of the budget.
    By (state, year): gdp [EUR million], balance [% of GDP], debt of the year before [% of GDP], rate paid on
    it [share per year], kept: part of the year-end debt that still has the rate of the year before [share];
    new SAFE money [EUR million]: safe_cost: delivered less repaid, safe_owed: at the end of the year before,
    safe_ahead: drawn less delivered. gdp_before: of the year before the first (state,).
    """

    semi_elasticity: float
    gap_persistence: float
    limit: float
    in_path: float
    safe_new: float
    gdp: Floats
    gdp_before: Floats
    balance: Floats
    debt: Floats
    rate: Floats
    kept: Floats
    safe_cost: Floats
    safe_owed: Floats
    safe_ahead: Floats


@dataclass(frozen=True)
class FiscalDraws:
    """A state's economy before any lever. Shapes (year, draw), of the path (year,).

    per_gdp: % of GDP that EUR 1 million is; cycle: effect of the output gap on the balance; rate: of new debt
    over its baseline, one for all states [share per year]; path: GDP of the year before over GDP; median:
    budget without pledge [% of GDP].
    """

    per_gdp: Floats
    cycle: Floats
    rate: Floats
    path: Floats
    median: Floats


@dataclass(frozen=True)
class Outflows:
    """What a state pays in a scenario. Shapes (year, draw), EUR million. budget: for defence.

    ukraine_loan: (year,), the same on every draw.
    """

    budget: Floats
    own_resources: Floats
    safe_service: Floats
    ukraine_loan: Floats


@dataclass(frozen=True)
class Points:
    """Deviations of a place from its path [% of GDP].

    balance_without: the balance had the state paid no own resources for the programme that year, of the union
    its balance, since no limit is set there; room: how far the balance may fall before the deficit passes the
    limit, minus infinity where the path has passed it already. Shapes (year, draw), room (year,).
    """

    balance: Floats
    debt: Floats
    balance_without: Floats
    room: Floats


def draws(fiscal: Fiscal, index: int, state: State, economy: Economy, gdp: Gdp, rate: Floats) -> FiscalDraws:
    """Economy of the state of that index; rate: interest rate of new debt over its baseline (year, draw)."""
    per_gdp = economy.exponential(-gdp.nominal)
    per_gdp *= (PERCENT / fiscal.gdp[index])[:, np.newaxis]
    cycle = persistent(gdp.growth, fiscal.gap_persistence)
    cycle *= PERCENT * fiscal.semi_elasticity
    on_path = PERCENT / fiscal.gdp[index]
    return FiscalDraws(
        per_gdp=per_gdp,
        cycle=cycle,
        rate=rate,
        path=_shrink(on_path, fiscal.gdp_before[index]),
        median=state.median * on_path,
    )


def effective_rate(kept: Floats, rate: Floats) -> Floats:
    """What shocks add to the rate paid in a year on the debt of the year before [share per year].

    kept: (year,); rate: of debt taken up in a year, over its baseline, (year, draw) as the result. In the
    first year it is on its baseline, as it is for SAFE loans.
    """
    effective = np.zeros_like(rate)
    for t in range(2, len(rate)):
        effective[t] = effective[t - 1]
        _follow(effective[t], kept[t - 1], rate[t - 1])
    return effective


@compiled
def _follow(effective: Floats, kept: float, rate: Floats) -> None:
    """Take on what shocks add to the rate paid (draw,) by a year; rate: of that year's new debt (draw,)."""
    for p in range(len(rate)):
        effective[p] = kept * effective[p] + (1.0 - kept) * rate[p]


def points(
    fiscal: Fiscal,
    index: int,
    state: State,
    drawn: FiscalDraws,
    outflows: Outflows,
    economy: Economy,
    scenario: Scenario,
) -> Points:
    """Deviations of the state of that index."""
    own = (fiscal.debt, fiscal.rate, fiscal.kept, fiscal.safe_cost, fiscal.safe_owed, fiscal.safe_ahead)
    balance, debt, balance_without = _deviations(
        (outflows.budget, outflows.own_resources, outflows.safe_service, outflows.ukraine_loan),
        (drawn.per_gdp, drawn.cycle, drawn.rate),
        levers(fiscal, index, state, economy, scenario),
        (drawn.path, drawn.median, *(rows[index] for rows in own)),
        (fiscal.gdp_before[index] / PERCENT, 1.0 - fiscal.in_path, fiscal.safe_new),
    )
    return Points(balance, debt, balance_without, _room(fiscal, index))


@lru_cache(maxsize=2048)
def levers(
    fiscal: Fiscal, index: int, state: State, economy: Economy, scenario: Scenario
) -> tuple[Floats, Floats, Floats]:
    """How a scenario moves per_gdp [factor], cycle and the rate paid on debt [added]. Shapes (year,).

    The same for all draws, so made once a run. Do not write to what it gives.
    """
    gap = persistent(scenario.years("growth", state.code), fiscal.gap_persistence)
    return (
        economy.exponential(-gdp_lever(scenario, state.code))[:, 0],
        (PERCENT * fiscal.semi_elasticity * gap)[:, 0],
        effective_rate(fiscal.kept[index], scenario.years("rates"))[:, 0],
    )


@compiled
def _deviations(
    calls: tuple[Floats, Floats, Floats, Floats],
    drawn: tuple[Floats, Floats, Floats],
    levers: tuple[Floats, Floats, Floats],
    yearly: tuple[Floats, Floats, Floats, Floats, Floats, Floats, Floats, Floats],
    numbers: tuple[float, float, float],
) -> tuple[Floats, Floats, Floats]:
    """Balance, debt and balance without own resources, as in `Points`.

    calls: the fields of `Outflows`; drawn: per_gdp, cycle and rate as in `FiscalDraws`; levers: of `levers`;
    yearly: path and median as in `FiscalDraws`, debt, rate, kept, safe_cost, safe_owed and safe_ahead as in
    `Fiscal`, all (year,); numbers: GDP before the first year [EUR 100 million], 1 - in_path, safe_new.
    What is yearly is read before the loop over draws, which asks nothing, so that it is several draws at a
    time: before the first year debt was on its path. What shocks add to the rate paid is made here, as to
    read it for each state takes longer.
    """
    budget, own_resources, safe_service, ukraine_loan = calls
    first, not_in_path, safe_new = numbers
    balance, debt, without = np.empty_like(budget), np.empty_like(budget), np.empty_like(budget)
    draws = budget.shape[1]
    per_gdp, shrink, effective, before = np.ones(draws), np.empty(draws), np.zeros(draws), np.zeros(draws)
    for t in range(len(budget)):
        moved, wider, dearer = levers[0][t], levers[1][t], levers[2][t]
        path, median, owed, paid = yearly[0][t], yearly[1][t], yearly[2][t], yearly[3][t]
        safe_cost, safe_owed, safe_ahead = yearly[5][t], yearly[6][t], yearly[7][t]
        loan = ukraine_loan[t] * not_in_path
        if t > 1:
            _follow(effective, yearly[4][t - 1], drawn[2][t - 1])
        _grow(per_gdp, drawn[0][t], moved, shrink)
        if t == 0:
            shrink *= first
        for p in range(draws):
            cycle = drawn[1][t, p] + wider
            interest = effective[p] + paid + dearer
            more = (interest * shrink[p] - paid * path) * owed
            spent = (safe_cost - safe_owed * interest) * per_gdp[p]
            raised = own_resources[t, p] * not_in_path
            called = safe_service[t, p] * safe_new + budget[t, p] + raised + loan
            carried = before[p] * shrink[p]
            charged = carried * interest
            own = cycle - more - spent + median - called * per_gdp[p]
            balance[t, p] = own - charged
            before[p] = (shrink[p] - path) * owed + safe_ahead * per_gdp[p] - own + carried + charged
            debt[t, p] = before[p]
            without[t, p] = balance[t, p] + raised * per_gdp[p]
    return balance, debt, without


@compiled
def _grow(per_gdp: Floats, drawn: Floats, moved: float, shrink: Floats) -> None:
    """Put per_gdp (draw,) of a year in place of that of the year before, and its growth into shrink.

    drawn: per_gdp before any lever, moved: factor of the scenario on it; shrink: new over old (draw,).
    """
    for p in range(len(shrink)):
        now = drawn[p] * moved
        shrink[p] = now / per_gdp[p]
        per_gdp[p] = now


def weights(fiscal: Fiscal) -> Floats:
    """Share of each state in the union's GDP, on the path. Shape (state, year)."""
    return fiscal.gdp / fiscal.gdp.sum(axis=0)


def weighted(state: Points, weight: Floats) -> Points:
    """A state's part in the union's points, by its weight (year,); the union has no limit to pass."""
    column = weight[:, np.newaxis]
    balance = state.balance * column
    return Points(balance, state.debt * column, balance, np.full(len(weight), -np.inf))


def add_weighted(total: Points, state: Points, weight: Floats) -> None:
    """Add a state's part by its weight (year,) to the union's points."""
    _add_weighted((total.balance, total.debt), (state.balance, state.debt), weight)


@compiled
def _add_weighted(totals: tuple[Floats, Floats], terms: tuple[Floats, Floats], weight: Floats) -> None:
    for k in range(len(totals)):
        total, term = totals[k], terms[k]
        for t in range(len(total)):
            for p in range(total.shape[1]):
                total[t, p] += term[t, p] * weight[t]


def _shrink(per_gdp: Floats, before: float) -> Floats:
    """GDP of the year before over GDP (year, ...); per_gdp: 100 over GDP, before: GDP before the first."""
    shrink = np.empty_like(per_gdp)
    shrink[0] = per_gdp[0] * (before / PERCENT)
    np.divide(per_gdp[1:], per_gdp[:-1], out=shrink[1:])
    return shrink


@lru_cache(maxsize=64)
def _room(fiscal: Fiscal, index: int) -> Floats:
    """How far the balance may fall before the deficit passes the limit (year,). Do not write to it."""
    room = -fiscal.limit - fiscal.balance[index]
    return np.where(room <= 0.0, room, -np.inf)
