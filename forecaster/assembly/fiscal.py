"""A case's public finances: the published path of balance and debt, and what SAFE loans add to it."""

from collections.abc import Sequence

import numpy as np

from forecaster.assembly.treasury import safe_loans, safe_schedules
from forecaster.case import Case
from forecaster.figures import Budgets
from models.arrays import Floats
from models.budgets import Forecast
from models.financing import parts_due
from models.fiscal import PERCENT, Fiscal
from models.rounding import DIGITS, rounded


def fiscal(case: Case, found: Forecast, gdp: Floats) -> Fiscal:
    """Return paths and rules of a case. gdp: baseline from the year before the first on (state, year)."""
    given, years = case.assumptions.fiscal, found.years
    debt = published(case.budgets, "debt", [year - 1 for year in years])
    drawn, repaid = safe_flows(case, years)
    delivered = _later(drawn, int(given.safe_delivery.value))
    owed = (drawn - repaid).cumsum(axis=1)
    new = case.assumptions.capacity.safe_new.value
    return Fiscal(
        semi_elasticity=given.semi_elasticity.value,
        gap_persistence=given.gap_persistence.value,
        limit=given.deficit_limit.value,
        in_path=given.in_path.value,
        safe_new=new,
        gdp=rounded(gdp[:, 1:], DIGITS),
        gdp_before=rounded(gdp[:, 0], DIGITS),
        balance=rounded(PERCENT * published(case.budgets, "balance", years), DIGITS),
        debt=rounded(PERCENT * debt, DIGITS),
        rate=rounded(published(case.budgets, "interest", years), DIGITS),
        kept=rounded(_kept(case, years, debt * gdp[:, :-1], gdp[:, 1:]), DIGITS),
        safe_cost=rounded(new * (delivered - repaid), DIGITS),
        safe_owed=rounded(new * _later(owed, 1), DIGITS),
        safe_ahead=rounded(new * (drawn - delivered), DIGITS),
    )


def published(budgets: Budgets, table: str, years: Sequence[int]) -> Floats:
    """Figures of a table [share]; outside its years the nearest one holds. Shape (state, year)."""
    return budgets.wide(table, budgets.codes, [budgets.nearest_year(table, year) for year in years])


def safe_flows(case: Case, years: Sequence[int]) -> tuple[Floats, Floats]:
    """SAFE money drawn and repaid by each state [EUR million]. Shapes (state, year)."""
    drawn = safe_loans(case) @ safe_schedules(case, years)
    grace, parts = int(case.assumptions.safe.grace.value), int(case.assumptions.safe.repayment.value)
    age = np.arange(len(years)) - np.arange(len(years))[:, np.newaxis]
    fallen = np.append(0, parts_due(len(years), grace, parts))[np.maximum(age, 0)]
    return drawn, drawn @ np.diff(fallen, axis=1, prepend=0) / parts


def _kept(case: Case, years: Sequence[int], before: Floats, gdp: Floats) -> Floats:
    """Part of the debt at a year's end that neither fell due in the year nor was taken up in it [share].

    before: debt of the year before [EUR million]. Shape (state, year).
    """
    after = published(case.budgets, "debt", years) * gdp
    due = case.assumptions.fiscal.maturing.value
    return np.minimum(1.0, (1.0 - due) * before / np.maximum(after, 1e-9))


def _later(yearly: Floats, years: int) -> Floats:
    """What comes so many years after (state, year)."""
    later = np.zeros_like(yearly)
    later[:, years:] = yearly[:, : max(yearly.shape[1] - years, 0)]
    return later
