"""Budgets of the years to come: percentiles of each state's, as a table."""

import numpy as np
import pandas as pd
from scipy.special import ndtri

from forecaster.assembly import budget_forecast
from forecaster.case import Case
from models.arrays import LEVELS
from models.budgets import Forecast
from models.projection import SCORES


def case_percentiles(case: Case, number: int) -> pd.DataFrame:
    """Percentiles of each state's budget without the pledge [EUR million], its plan and method, by year."""
    base = case.assumptions.run.base_year
    found = budget_forecast(case, range(base + 1, base + 1 + number))
    return pd.DataFrame(
        [_percentile_row(found, s, t) for s in range(len(found.states)) for t in range(len(found.years))]
    )


_SCORES_OF_LEVELS = ndtri(LEVELS)


def _percentile_row(found: Forecast, state: int, year: int) -> dict[str, object]:
    deviation = np.interp(_SCORES_OF_LEVELS, SCORES, found.spread[state, year])
    budget = np.exp(found.center[state, year] + deviation).tolist()
    percentiles = {f"p{round(100 * level):02d}": value for level, value in zip(LEVELS, budget, strict=True)}
    plan = found.plan[state, year]
    return {
        "state": found.states[state],
        "year": found.years[year],
        **percentiles,
        "plan": None if np.isnan(plan) else float(plan),
        "plan_status": found.plan_status[state][year],
        "method": found.method[state],
        "note": found.notes[state],
    }
