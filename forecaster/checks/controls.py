"""Checks of a run: identities that must hold whatever the figures, and bounds the law sets."""

from collections.abc import Iterator

import numpy as np

from forecaster.assembly.investment import investment_start, published_scale
from forecaster.case import Case
from forecaster.case.law import REGULATION, legal_checks
from forecaster.engine import Simulation
from forecaster.run import Check, Settings
from models.arrays import UNION
from models.metrics import BORNE, MONEY
from models.model import Model
from models.statistics import Statistics

INVESTMENT_CHECK = "Defence investment"
"""What the name of the control against EDA's total begins with."""

OUTSIDE = 0.35
"""Highest share of components from outside the Union and its associates, Article 10(3)."""
ROUNDING = 0.01
"""Means add up values rounded to EUR 1,000; half of that may be lost on each of some dozen terms."""


def checks(case: Case, settings: Settings, model: Model, simulated: Simulation) -> tuple[Check, ...]:
    """Every check of a run, those of the programme first."""
    statistics, baseline = simulated.statistics, settings.scenarios[0]
    return (
        *_envelope(case),
        *_payment_years(case, settings, statistics, baseline),
        *_payments(case, statistics, baseline),
        *_own_resources(case, model, statistics, baseline),
        *_payers(case, statistics, baseline),
        Check(
            "Payers of each contract in each draw", simulated.identity_error, 0.0, 1e-9, "share", "Outlays"
        ),
        *_investment(case),
        *_legal(case),
    )


def _envelope(case: Case) -> Iterator[Check]:
    total = sum(line.amount for line in case.programme.lines)
    yield Check(
        "Programme lines add up to the envelope", total, case.programme.envelope, 1e-6, MONEY, "Outlays"
    )


def _payment_years(case: Case, settings: Settings, statistics: Statistics, baseline: str) -> Iterator[Check]:
    years = np.array(settings.years)
    grants = np.zeros(len(years))
    for line in case.programme.lines:
        grants += statistics.mean("payments", baseline, line.id) if line.grant else 0.0
    first, last = case.programme.first_payment, case.programme.last_payment
    early, late = float(grants[years < first].sum()), float(grants[years > last].sum())
    yield Check(f"Grant payments before {first}", early, 0.0, ROUNDING, MONEY, "Outlays")
    yield Check(f"Grant payments after {last}", late, 0.0, ROUNDING, MONEY, "Outlays")


def _payments(case: Case, statistics: Statistics, baseline: str) -> Iterator[Check]:
    for line in (*(line.id for line in case.programme.lines), UNION):
        used = sum(
            float(statistics.mean(metric, baseline, line).sum())
            for metric in ("payments", "payments_beyond", "decommitted")
        )
        committed = float(statistics.mean("commitments", baseline, line)[0])
        name = f"Payments, beyond the horizon and decommitted = commitments: {line}"
        yield Check(name, used, committed, ROUNDING, MONEY, "Outlays")


def _own_resources(case: Case, model: Model, statistics: Statistics, baseline: str) -> Iterator[Check]:
    states = np.sum([statistics.mean("eu_budget", baseline, state.code) for state in model.states], axis=0)
    paid = statistics.mean("payments", baseline, UNION) * case.assumptions.treasury.additionality.value
    for year, found, expected in zip(model.years, states, paid, strict=True):
        name = f"Own resources of all states = EU payments x additionality: {year}"
        yield Check(name, float(found), float(expected), ROUNDING, MONEY, "Treasury")


def _payers(case: Case, statistics: Statistics, baseline: str) -> Iterator[Check]:
    for line in (line.id for line in case.programme.lines if line.contract):
        paid = sum(float(statistics.mean(metric, baseline, line).sum()) for metric in BORNE)
        outlay = float(statistics.mean("outlay", baseline, line).sum())
        name = f"States, industry, Ukraine and EU = contract outlay: {line}"
        yield Check(name, paid, outlay, ROUNDING, MONEY, "Outlays")


def _investment(case: Case) -> Iterator[Check]:
    """Investment of the base year against EDA's figure for the 27.

    A case of fewer states has nothing to compare.
    """
    tie = case.assumptions.tie_out
    base = case.assumptions.run.base_year
    if len(case.budgets.codes) != tie.states.value or base != tie.year.value:
        return
    spending = case.budgets.wide("spending", case.budgets.codes, [base])[:, 0]
    found = float((spending * published_scale(case) * investment_start(case)).sum())
    expected = tie.investment.value
    name = f"{INVESTMENT_CHECK} of the {len(case.budgets.codes)} in {base} against EDA"
    yield Check(name, found, expected, tie.tolerance.value * expected, MONEY, "Budgets")


def _legal(case: Case) -> Iterator[Check]:
    if case.programme.celex == REGULATION:
        share = case.assumptions.cost.usd_share.value
        name = "Components from outside: part of a contract priced in dollars"
        yield Check(name, share, OUTSIDE, 1e-9, "share", "Assumptions", kind="at most")
    for legal in legal_checks(case.programme):
        yield Check(legal.name, legal.found, legal.bound, 1e-9, legal.unit, "Assumptions", kind=legal.kind)
