"""Case -> the arrays the models run on. Every assumption is handed over here, by name."""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Any

import numpy as np

from forecaster.assembly.fiscal import fiscal
from forecaster.assembly.investment import investment_mean, investment_start, published_scale
from forecaster.assembly.lots import lots, successor, timing
from forecaster.assembly.treasury import financing, pays_loan, safe_loans, safe_schedules
from forecaster.assembly.volatility import currency_volatility
from forecaster.assembly.watched import read_of
from forecaster.case import Case
from forecaster.case.assumptions import CapacityAssumptions
from models import tables
from models.arrays import Floats
from models.budgets import Forecast, Position, forecast, gdp_path, own_shares
from models.capacity import Capacity, State
from models.dependence import correlations
from models.economy import Economy
from models.model import Model
from models.participation import Participation
from models.plans import FIRM, PlanRow, PlanRules, settled
from models.rounding import rounded, rounded_number
from models.strain import Thresholds
from models.stress import Scenario, scenario

PERCENT = 100.0
IN_ORDER = 1e-6
"""Least power of investment by which states are drawn: where all draws are in the middle they would wait
alike, and so the largest are first."""


def budget_forecast(case: Case, years: Sequence[int]) -> Forecast:
    """Predictive distributions of the defence budgets of all states of the case."""
    budgets, given = case.budgets, case.assumptions
    base = given.run.base_year
    panel_codes, panel_years = budgets.panel_codes(), budgets.years_until("panel", base)
    history_years = budgets.years_until("spending", base)
    history = budgets.wide("spending", budgets.codes, history_years)
    gdp = gdp_baseline(case, (*history_years, *years))
    all_years = range(min((*panel_years[:1], history_years[0])), base + 1)
    position = Position(
        states=budgets.codes,
        years=tuple(years),
        history_years=history_years,
        history=history,
        shares=own_shares(
            history, gdp[:, : len(history_years)], PERCENT * budgets.wide("panel", budgets.codes, all_years)
        ),
        gdp=gdp[:, len(history_years) - 1 :],
        allies=np.array([state.ally for state in budgets.states]),
    )
    rows = [PlanRow(p.code, p.year, p.amount, p.series, p.status, p.weight) for p in budgets.plans if p.use]
    panel = PERCENT * budgets.wide("panel", panel_codes, panel_years)
    return forecast(position, panel, plan_rules(case), rows, given.budgets.method.value)


def plan_rules(case: Case) -> PlanRules:
    """How a forecast and plans become one: all it takes from the assumptions but the method."""
    given = case.assumptions.budgets
    return PlanRules(
        voted_sd=given.voted_sd.value,
        weight_near=given.plan_weight_near.value,
        weight_far=given.plan_weight_far.value,
        pledge_target=given.pledge_target.value,
        pledge_year=int(given.pledge_year.value),
        share_limit=given.share_limit.value,
    )


def gdp_baseline(case: Case, years: Sequence[int]) -> Floats:
    """Nominal GDP [EUR million], carried on beyond the last published year at its growth and deflator.

    (state, year); NaN in years before the first published.
    """
    budgets = case.budgets
    published = [year for year in budgets.years("gdp") if year >= years[0]]
    last = published[-1:]
    growth = budgets.wide("growth", budgets.codes, last)[:, 0]
    deflator = budgets.wide("deflator", budgets.codes, last)[:, 0]
    path = gdp_path(
        budgets.wide("gdp", budgets.codes, published), growth, deflator, max(0, years[-1] - published[-1])
    )
    before = np.full((len(budgets.codes), sum(year < published[0] for year in years)), np.nan)
    return np.concatenate((before, path), axis=1)[:, : len(years)]


def model(case: Case, found: Forecast) -> Model:
    """The model of a case on its forecast budgets."""
    return Model(years=found.years, **{name: part(case, found) for name, part in PARTS.items()})


def remade(before: Model, case: Case, found: Forecast, parts: Iterable[str]) -> Model:
    """The model of another case of the same years: these parts of it, all others as before."""
    return replace(before, **{name: PARTS[name](case, found) for name in parts})


def sources(case: Case, found: Forecast) -> Mapping[str, frozenset[str]]:
    """Part of a model -> keys of the assumptions that it is made from, as `read_of` tells them."""
    return {name: read_of(case, part, found) for name, part in PARTS.items()}


def scenarios(case: Case, chosen: Sequence[str], years: int) -> tuple[Scenario, ...]:
    """The chosen scenarios in the order of the file, the baseline first."""
    return tuple(
        scenario(table.id, table.levers, years)
        for table in case.scenarios
        if table.id == case.scenarios[0].id or not chosen or table.id in chosen
    )


def _economy(case: Case) -> Economy:
    given = case.assumptions.economy
    growth, deflator = given.growth_sd.value, given.deflator_sd.value
    return Economy(
        growth_common=growth * math.sqrt(given.growth_common.value),
        growth_own=growth * math.sqrt(1.0 - given.growth_common.value),
        growth_persistence=given.growth_persistence.value,
        deflator_common=deflator * math.sqrt(given.deflator_common.value),
        deflator_own=deflator * math.sqrt(1.0 - given.deflator_common.value),
        deflator_persistence=given.deflator_persistence.value,
        rate=given.rate_sd.value,
        usd=given.usd_sd.value,
        uah=given.uah_sd.value,
        exponential=tables.exponential(),
    )


def _participation(case: Case) -> Participation:
    base = case.assumptions.run.base_year
    spending = case.budgets.wide("spending", case.budgets.codes, [base])[:, 0]
    weight = spending * published_scale(case) * investment_start(case)
    given = case.assumptions.participation
    investment = [rounded_number(value, 9) for value in weight]
    power = max(given.size_weight.value, IN_ORDER)
    return Participation(
        states=case.budgets.codes,
        investment=tuple(investment),
        chance=tuple(rounded_number(value**power, 9) for value in investment),
        joins=tuple(state.joins for state in case.budgets.states),
        per_contract=int(given.states_per_contract.value),
        waiting=tables.waiting(),
    )


def _capacity(case: Case, years: Sequence[int]) -> Capacity:
    given, cost = case.assumptions.capacity, case.assumptions.cost
    persistence, with_budget = given.share_persistence.value, given.share_budget_correlation.value
    innovation = math.sqrt(1.0 - persistence**2)
    after_base = np.array(years) - case.assumptions.run.base_year
    return Capacity(
        budget_rho=correlations(case.assumptions.dependence.budget_rho.value, len(years)),
        growth_followed=case.assumptions.dependence.growth_followed.value,
        pledge_common=case.assumptions.budgets.pledge_common.value,
        pledge=tables.beta(
            case.assumptions.budgets.pledge_weight_alpha.value,
            case.assumptions.budgets.pledge_weight_beta.value,
        ),
        share_persistence=persistence,
        share_own=innovation * math.sqrt(1.0 - with_budget**2),
        share_with_budget=innovation * with_budget,
        committed=_committed_share(
            given.committed.value, given.committed_step.value, given.committed_floor.value, after_base
        ),
        passed=tables.pass_through(given.pass_above.value, given.pass_below.value),
        legacy_common=cost.common.value,
        legacy_cost=tables.lognormal(
            cost.growth_median.value,
            cost.growth_sigma_shelf.value,
            cost.growth_low.value,
            cost.growth_high.value,
        ),
        cost_phase=np.minimum(after_base / given.cost_phase.value, 1.0),
        safe_new=given.safe_new.value,
        safe_committed=given.safe_committed.value,
    )


def _committed_share(first: Sequence[float], step: float, floor: float, after_base: Floats) -> Floats:
    """Share of planned investment already committed, so many years after the base year. Shape (year,)."""
    return np.array(
        [
            first[a - 1] if a <= len(first) else max(floor, first[-1] - step * (a - len(first)))
            for a in after_base
        ]
    )


def _states(case: Case, found: Forecast) -> tuple[State, ...]:
    given = case.assumptions.capacity
    start, mean = investment_start(case), investment_mean(case)
    after_base = np.array(found.years) - case.assumptions.run.base_year
    toward = 0.5 ** (after_base / given.share_half_life.value)
    shares = mean[:, np.newaxis] + (start - mean)[:, np.newaxis] * toward
    scale, loans, schedules = published_scale(case), safe_loans(case), safe_schedules(case, found.years)
    contracted = case.budgets.wide("commitments", found.states, found.years)
    budget = planned_budget(found)
    own = case.budgets.wide("investment", found.states, found.years)
    shares = np.where(np.isnan(own), shares, own / (scale[:, np.newaxis] * budget))
    currency_sd, in_defence = currency_volatility(case), pays_loan(case)
    median, plan = rounded(np.exp(found.center), 9), rounded(shares * scale[:, np.newaxis] * budget, 9)
    shares = rounded(shares, 9)
    return tuple(
        State(
            code=code,
            median=median[i],
            settled=settled(found.plan_status[i]),
            spread=found.spread[i],
            pledge_pull=found.pledge_pull[i],
            investment_share=shares[i],
            share_sd=_share_sd(given, float(start[i])),
            scale=rounded_number(float(scale[i]), 9),
            plan=plan[i],
            contracted=contracted[i],
            safe_loans=loans[i],
            safe_draw=loans[i] @ schedules,
            currency_sd=currency_sd[code],
            pays_loan=in_defence.get(code, False),
        )
        for i, code in enumerate(found.states)
    )


def _share_sd(given: CapacityAssumptions, start: float) -> float:
    """Standard deviation of the share invested: less, in proportion, where it starts under the floor."""
    floor = given.share_floor.value
    return given.share_sd.value * (start / floor if start < floor else 1.0)


def planned_budget(found: Forecast) -> Floats:
    """The ministry's voted or planned budget where there is one, else the median [EUR million].

    (state, year).
    """
    stands = np.array([[status in FIRM for status in row] for row in found.plan_status])
    return np.where(stands, found.plan, np.exp(found.center))


PARTS: Mapping[str, Callable[[Case, Forecast], Any]] = MappingProxyType(
    {
        "economy": lambda case, _: _economy(case),
        "timing": lambda case, found: timing(case, found.years[0]),
        "lots": lambda case, found: tuple(
            lot for line in case.programme.lines for lot in lots(case, line, found.years[0])
        ),
        "successor": lambda case, found: successor(case, found.years[0]),
        "participation": lambda case, _: _participation(case),
        "capacity": lambda case, found: _capacity(case, found.years),
        "states": _states,
        "financing": financing,
        "fiscal": lambda case, found: fiscal(
            case, found, gdp_baseline(case, (found.years[0] - 1, *found.years))
        ),
        "thresholds": lambda case, _: Thresholds(
            case.assumptions.strain.amber.value, case.assumptions.strain.red.value
        ),
    }
)
"""How each part of a model is made, but for its years."""
