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

import numpy as np

from models.arrays import Booleans, Floats
from models.capacity import State
from models.compiled import compiled
from models.economy import Economy, Gdp, gdp_lever, persistent
from models.stress import Scenario

PERCENT = 100.0


@dataclass(frozen=True)
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
class Surroundings:
    """All of a state's accounts that no payment moves. Shapes (year, draw).

    per_gdp: % of GDP that EUR 1 million is; balance: output gap, interest on the path's debt, budget without
    pledge and new SAFE money; debt: by the size of GDP under the path's debt and by SAFE drawn ahead; shrink:
    GDP of the year before over GDP; interest: rate of debt [share per year].
    """

    per_gdp: Floats
    balance: Floats
    debt: Floats
    shrink: Floats
    interest: Floats


@dataclass(frozen=True)
class Draws:
    """A state's economy before any lever. Shapes (year, draw).

    cycle: effect of the output gap on the balance; alone: what follows where no lever moves it.
    """

    cycle: Floats
    alone: Surroundings


@dataclass(frozen=True)
class Calls:
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

    own_resources: the programme's part of the balance, as paid; room: how far the balance may fall before the
    deficit passes the limit, minus infinity where the path has passed it already. Shapes (year, draw), room
    (year, 1).
    """

    balance: Floats
    debt: Floats
    own_resources: Floats
    room: Floats

    def crosses(self) -> Booleans:
        """Whether the deficit passes the limit in a year in which the path does not."""
        return self.balance < self.room

    def crosses_without(self) -> Booleans:
        """The same had the state paid no own resources for the programme that year."""
        return self.balance + self.own_resources < self.room


def draws(fiscal: Fiscal, index: int, state: State, economy: Economy, gdp: Gdp, rate: Floats) -> Draws:
    """Economy of the state of that index; rate: interest rate of new debt over its baseline (year, draw)."""
    per_gdp = economy.exponential(-gdp.nominal)
    per_gdp *= (PERCENT / fiscal.gdp[index])[:, np.newaxis]
    cycle = persistent(gdp.growth, fiscal.gap_persistence)
    cycle *= PERCENT * fiscal.semi_elasticity
    interest = effective_rate(fiscal.kept[index], rate)
    interest += fiscal.rate[index][:, np.newaxis]
    return Draws(cycle, _surroundings(fiscal, index, state, per_gdp, cycle, interest))


def effective_rate(kept: Floats, rate: Floats) -> Floats:
    """What shocks add to the rate paid in a year on the debt of the year before [share per year].

    kept: (year,); rate: of debt taken up in a year, over its baseline, (year, ...) as the result. The rate of
    the first year is known, as it is for SAFE loans.
    """
    effective = np.zeros_like(rate)
    for t in range(2, len(rate)):
        effective[t] = kept[t - 1] * effective[t - 1] + (1.0 - kept[t - 1]) * rate[t - 1]
    return effective


def points(
    fiscal: Fiscal,
    index: int,
    state: State,
    drawn: Draws,
    calls: Calls,
    economy: Economy,
    scenario: Scenario,
) -> Points:
    """Deviations of the state of that index."""
    around = levered(fiscal, index, state, drawn, economy, scenario)
    balance, debt, own = _deviations(
        (calls.budget, calls.own_resources, calls.safe_service, calls.ukraine_loan),
        (around.per_gdp, around.balance, around.debt, around.shrink, around.interest),
        1.0 - fiscal.in_path,
        fiscal.safe_new,
    )
    return Points(balance, debt, own, _room(fiscal, index))


@compiled
def _deviations(
    calls: tuple[Floats, Floats, Floats, Floats],
    around: tuple[Floats, Floats, Floats, Floats, Floats],
    not_in_path: float,
    safe_new: float,
) -> tuple[Floats, Floats, Floats]:
    """Balance, debt and own resources as in `Points`; the arguments are the fields of Calls and Surroundings.

    The Ukraine loan is by year, (year,).
    """
    budget, own_resources, safe_service, ukraine_loan = calls
    per_gdp, balance_around, debt_around, shrink, interest = around
    balance, debt, own = np.empty_like(budget), np.empty_like(budget), np.empty_like(budget)
    for t in range(len(budget)):
        for p in range(budget.shape[1]):
            raised = own_resources[t, p] * not_in_path
            paid = safe_service[t, p] * safe_new + budget[t, p] + raised + ukraine_loan[t] * not_in_path
            own[t, p] = raised * per_gdp[t, p]
            balance[t, p] = balance_around[t, p] - paid * per_gdp[t, p]
            debt[t, p] = debt_around[t, p] - balance[t, p]
            if t > 0:
                carried = debt[t - 1, p] * shrink[t, p]
                charged = carried * interest[t, p]
                balance[t, p] -= charged
                debt[t, p] = debt[t, p] + carried + charged
    return balance, debt, own


def levered(
    fiscal: Fiscal, index: int, state: State, drawn: Draws, economy: Economy, scenario: Scenario
) -> Surroundings:
    """Surroundings of a state as a scenario moves them; as drawn where it does not."""
    growth, rates = scenario.years("growth", state.code), scenario.years("rates")
    log_gdp = gdp_lever(scenario, state.code)
    if not (growth.any() or rates.any() or log_gdp.any()):
        return drawn.alone
    gap = persistent(growth, fiscal.gap_persistence)
    return _surroundings(
        fiscal,
        index,
        state,
        drawn.alone.per_gdp * economy.exponential(-log_gdp),
        drawn.cycle + PERCENT * fiscal.semi_elasticity * gap,
        drawn.alone.interest + effective_rate(fiscal.kept[index], rates),
    )


def weights(fiscal: Fiscal) -> Floats:
    """Share of each state in the union's GDP, on the path. Shape (state, year)."""
    return fiscal.gdp / fiscal.gdp.sum(axis=0)


def weighted(state: Points, weight: Floats) -> Points:
    """A state's part in the union's points, by its weight (year,); the union has no limit to pass."""
    column = weight[:, np.newaxis]
    nothing = np.zeros((len(weight), 1))
    return Points(state.balance * column, state.debt * column, nothing, nothing - np.inf)


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


def _surroundings(
    fiscal: Fiscal, index: int, state: State, per_gdp: Floats, cycle: Floats, interest: Floats
) -> Surroundings:
    debt, paid = fiscal.debt[index], fiscal.rate[index]
    median = state.median * (PERCENT / fiscal.gdp[index])
    shrink = _shrink(per_gdp, fiscal.gdp_before[index])
    path = _shrink(PERCENT / fiscal.gdp[index], fiscal.gdp_before[index])
    own = (debt, paid, path, fiscal.safe_cost[index], fiscal.safe_owed[index], fiscal.safe_ahead[index])
    balance, owed = _accounts((cycle, interest, shrink, per_gdp), own, median)
    return Surroundings(per_gdp, balance, owed, shrink, interest)


@compiled
def _accounts(
    drawn: tuple[Floats, Floats, Floats, Floats],
    own: tuple[Floats, Floats, Floats, Floats, Floats, Floats],
    median: Floats,
) -> tuple[Floats, Floats]:
    """Balance and debt as in `Surroundings`. Shapes (year, draw).

    drawn: cycle, interest, shrink, per_gdp; own: debt, rate paid on it, shrink of the path, SAFE delivered
    less repaid, owed and drawn ahead; median: budget without pledge [% of GDP]; all (year,).
    """
    cycle, interest, shrink, per_gdp = drawn
    debt, paid, path, safe_cost, safe_owed, safe_ahead = own
    balance, owed = np.empty_like(cycle), np.empty_like(cycle)
    for t in range(len(cycle)):
        for p in range(cycle.shape[1]):
            more = (interest[t, p] * shrink[t, p] - paid[t] * path[t]) * debt[t]
            spent = (safe_cost[t] - safe_owed[t] * interest[t, p]) * per_gdp[t, p]
            balance[t, p] = cycle[t, p] - more - spent + median[t]
            owed[t, p] = (shrink[t, p] - path[t]) * debt[t] + safe_ahead[t] * per_gdp[t, p]
    return balance, owed


def _shrink(per_gdp: Floats, before: float) -> Floats:
    """GDP of the year before over GDP (year, ...); per_gdp: 100 over GDP, before: GDP before the first."""
    shrink = np.empty_like(per_gdp)
    shrink[0] = per_gdp[0] * (before / PERCENT)
    np.divide(per_gdp[1:], per_gdp[:-1], out=shrink[1:])
    return shrink


def _room(fiscal: Fiscal, index: int) -> Floats:
    """How far the balance may fall before the deficit passes the limit (year, 1)."""
    room = -fiscal.limit - fiscal.balance[index]
    return np.where(room <= 0.0, room, -np.inf)[:, np.newaxis]
