"""A case's backtest: how good its forecasts would have been in the past."""

from collections.abc import Callable
from functools import partial

import numpy as np

from forecaster.case import Case
from models.accuracy import Backtest, Draws, backtest
from models.budgets import METHODS

COMPARED = (
    "combination",
    "theta",
    "random_walk",
    "random_walk_drift",
    "random_walk_drift_levels",
)
"""Alternatives in a case's backtest: those that need no fitting, so that it takes seconds."""
HORIZON = 5
"""Years ahead of a case's backtest."""
FIRST_ORIGIN = 2000
"""First year a case's backtest forecasts from."""
DRAWS = 2048
"""Joint draws of the total in a case's backtest."""
SAMPLES = 1000
"""Samples of its block bootstrap."""

FEWEST_SERIES, FEWEST_ORIGINS = 10, 10
"""Series of a panel, and years to forecast from, below which scores say more about chance than a method."""


def case_backtest(case: Case) -> Backtest:
    """The case's method and its alternatives on the case's panel of shares of GDP, from FIRST_ORIGIN on."""
    budgets, name = case.budgets, case.assumptions.budgets.method.value
    codes, base = budgets.panel_codes(), case.assumptions.run.base_year
    years = budgets.years_until("panel", base)
    weights = np.nan_to_num(budgets.wide("gdp", codes, [base])[:, 0])
    methods = {key: METHODS[key] for key in dict.fromkeys((name, *COMPARED))}
    return backtest(
        budgets.wide("panel", codes, years),
        years,
        weights,
        methods,
        _draws(case, len(codes)),
        FIRST_ORIGIN,
        case.assumptions.dependence.budget_rho.value,
    )


def shortage(case: Case) -> str:
    """Why a case's panel is too small for a backtest; empty where it is large enough."""
    series = len(case.budgets.panel_codes())
    base = case.assumptions.run.base_year
    origins = sum(FIRST_ORIGIN <= year < base for year in case.budgets.years("panel"))
    if series >= FEWEST_SERIES and origins >= FEWEST_ORIGINS:
        return ""
    return (
        f"The reference panel holds {series} series and {origins} years from {FIRST_ORIGIN} on to forecast "
        f"from; a backtest needs {FEWEST_SERIES} and {FEWEST_ORIGINS}."
    )


def errand(case: Case) -> Callable[[], Backtest] | None:
    """The backtest of a case as work for whoever has time; None where its panel is too small."""
    return None if shortage(case) else partial(case_backtest, case)


def lines(found: Backtest) -> list[str]:
    """A case's backtest as text: a method a line, then cover by horizon and the total."""
    heading = f"{'method':26} skill   90 % interval   rCRPS   MSIS  cover 80     95  calibration"
    methods = [
        f"{one.method:25} {one.skill:6.1%}  {one.skill_low:6.1%} {one.skill_high:6.1%}  {one.rcrps:6.2%} "
        f"{one.msis:6.1f}    {one.cover80:6.1%} {one.cover95:6.1%}  {one.calibration:11.1%}"
        for one in found.scores
    ]
    joint = [
        f"total, {one.dependence}: rCRPS {one.rcrps:.2%}, cover {one.cover80:.1%} {one.cover95:.1%}"
        for one in found.joint
    ]
    return [heading, *methods, *joint]


def _draws(case: Case, rows: int) -> Draws:
    generator = np.random.Generator(np.random.Philox(case.assumptions.run.seed))
    common = generator.standard_normal((HORIZON, DRAWS))
    own = generator.standard_normal((rows, HORIZON, DRAWS))
    return Draws(common, own, generator.random((SAMPLES, 100)))
