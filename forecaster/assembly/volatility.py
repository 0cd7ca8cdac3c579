"""How much currencies move against the euro."""

from collections.abc import Mapping

import numpy as np

from forecaster.case import Case
from models.rounding import rounded_number

PEGGED = 0.005
"""Yearly volatility below which a currency counts as tied to the euro: the krone moves 0.1 to 0.2 %."""


def currency_volatility(case: Case) -> Mapping[str, float]:
    """Standard deviation of a currency's yearly change against the euro [log], by code; 0 where tied to it.

    Measured about their mean on the published yearly averages up to the base year.
    """
    budgets = case.budgets
    years = budgets.years_until("exchange", case.assumptions.run.base_year)
    changes = np.diff(np.log(budgets.wide("exchange", budgets.codes, years)), axis=1)
    deviations = changes.std(axis=1, ddof=1) if changes.shape[1] > 1 else np.zeros(len(budgets.codes))
    return {
        code: rounded_number(float(deviation), 6) if deviation > PEGGED else 0.0
        for code, deviation in zip(budgets.codes, deviations, strict=True)
    }
