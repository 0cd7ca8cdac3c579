"""Keys of the EU budget and of its loans, and how SAFE loans are drawn."""

from collections.abc import Mapping, Sequence

import numpy as np

from forecaster.case import Case
from models.arrays import Floats
from models.budgets import Forecast
from models.financing import Financing
from models.rounding import rounded


def gni_key(case: Case, found: Forecast) -> Floats:
    """Share of each state in EU own resources: latest GNI carried on by nominal GDP growth. (state, year)."""
    budgets = case.budgets
    latest = budgets.years("gni")[-1]
    gni = budgets.wide("gni", budgets.codes, [latest])
    grown = gni * found.gdp / budgets.wide("gdp", budgets.codes, [latest])
    return grown / grown.sum(axis=0)


def loan_key(case: Case, key: Floats) -> Floats:
    """Share of each state in the interest of the loan to Ukraine, by its key of own resources. (state, year).

    The interest is paid through the budget of the Union, so the key moves with that. Nothing of it where no
    state of the case takes part in the loan.
    """
    parts = key * np.array([[state.loan_key] for state in case.budgets.states])
    return parts / parts.sum(axis=0) if parts.any() else parts


def safe_schedules(case: Case, years: Sequence[int]) -> Floats:
    """How one euro of SAFE is drawn: the advance in the first year, the rest in equal parts after it.

    Where draws end with the first projected year or before it, the rest is drawn in that year: a loan once
    granted is served, and what was drawn before the horizon is shown at its start. (2, year).
    """
    last = max(int(case.assumptions.safe.last_draw.value), years[0])
    begun = min(years[0] + 1, last)
    rest = np.array([begun <= year <= last for year in years], dtype=float)
    return np.stack([np.eye(len(years))[0], rest / (last - begun + 1)])


def safe_loans(case: Case) -> Floats:
    """SAFE loans drawn as advance and later [EUR million]. (state, 2)."""
    loans = {loan.code: loan for loan in case.budgets.loans}
    advance = case.assumptions.safe.advance.value
    parts = np.zeros((len(case.budgets.codes), 2))
    for i, code in enumerate(case.budgets.codes):
        if code in loans:
            taken = advance if loans[code].advance else 0.0
            parts[i] = loans[code].allocation * np.array([taken, 1.0 - taken])
    return parts


def pays_loan(case: Case) -> Mapping[str, bool]:
    """Whether a state serves its SAFE loans from the defence budget, by code."""
    return {loan.code: loan.paid_by == "defence" for loan in case.budgets.loans}


def financing(case: Case, found: Forecast) -> Financing:
    """Keys and loan terms of a case."""
    treasury, safe = case.assumptions.treasury, case.assumptions.safe
    key = gni_key(case, found)
    years, start = np.array(found.years), treasury.ukraine_from.value
    part = np.where(years >= start, 1.0, np.where(years == start - 1, 0.5, 0.0))
    return Financing(
        gni_key=rounded(key, 9),
        loan_key=rounded(loan_key(case, key), 9),
        additionality=treasury.additionality.value,
        ukraine_interest=treasury.ukraine_interest.value * part,
        safe_rate=safe.rate.value,
        safe_grace=int(safe.grace.value),
        safe_repayment=int(safe.repayment.value),
        safe_schedules=safe_schedules(case, found.years),
    )
