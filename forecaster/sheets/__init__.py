"""The sheets of a report: a function Run -> Sheet each, in a file or folder of its name.

SHEETS is their order in the workbook. A sheet of several files is a folder, its function in `__init__`.
"""

from collections.abc import Callable

from forecaster.report.sheet import Sheet
from forecaster.run import Run
from forecaster.sheets import (
    accuracy,
    assumptions,
    breaking_points,
    budgets,
    calls,
    case,
    checks,
    cover,
    currencies,
    drivers,
    effects,
    explorer,
    fiscal,
    inputs,
    judgements,
    key,
    money,
    obligations,
    outlays,
    past,
    plans,
    provenance,
    rules,
    scenarios,
    strain,
    summary,
    tie_out,
    treasury,
)


def report(run: Run) -> tuple[Sheet, ...]:
    """Return all sheets of a run, the first with a list of the others.

    A sheet without blocks has nothing to say about this run and is left out.
    """
    front, *others = (sheet for build in SHEETS if (sheet := build(run)).blocks)
    return (cover.with_contents(front, tuple(others)), *others)


SHEETS: tuple[Callable[[Run], Sheet], ...] = (
    cover.cover,
    summary.summary,
    explorer.explorer,
    outlays.outlays,
    calls.calls,
    budgets.budgets,
    past.past,
    plans.plans,
    obligations.obligations,
    strain.strain,
    money.money,
    tie_out.tie_out,
    treasury.treasury,
    fiscal.fiscal,
    rules.rules,
    currencies.currencies,
    drivers.drivers,
    effects.effects,
    judgements.judgements,
    breaking_points.breaking_points,
    scenarios.scenarios,
    accuracy.accuracy,
    assumptions.assumptions,
    inputs.inputs,
    checks.checks,
    provenance.provenance,
    case.case,
    key.key,
)
