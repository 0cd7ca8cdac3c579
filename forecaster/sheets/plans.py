"""Plans: voted, planned and announced budgets, which of them are used and why the others are not."""

from forecaster.figures import Plan
from forecaster.report.sheet import Cells, Column, Row, Sheet, Table
from forecaster.run import Run

NAME = "Plans"
PLANS = Cells(NAME, "plans")
"""Rows go by the position of a plan among those of the states shown."""

COLUMNS = (
    Column("code", "state"),
    Column("year", "year", "year", "input"),
    Column("status", "standing"),
    Column("use", "used"),
    Column("amount", "amount", "EUR m", "input"),
    Column("national", "national currency", "million", "input"),
    Column("currency", "currency"),
    Column("as_of", "as of"),
    Column("confidence", "read at"),
    Column("series", "definition followed"),
    Column("cell", "cell"),
    Column("definition", "definition", width=40, wrap=True),
    Column("reason", "remark, or why not used", width=30, wrap=True),
    Column("source", "source", width=30, wrap=True),
)

NOTES = (
    (
        "A plan enters by its growth within one definition, never by its level. Read at: C the source "
        "itself, S a secondary source, M general knowledge."
    ),
    (
        "Votes and estimates of the first years are the median of the forecast. A plan moves that by its "
        "weight (budgets.plan_weight_near, _far) in logarithms, in a straight line between plans and as far "
        "after the last."
    ),
)


def plans(run: Run) -> Sheet:
    """Return the sheet of plans."""
    found = enumerate(plan for plan in run.case.budgets.plans if plan.code in run.states)
    rows = tuple(_row(i, plan) for i, plan in found)
    return Sheet(
        NAME,
        "Plans: what governments have voted, planned or announced",
        "Which budgets are already decided, how firmly, and which of them does the forecast follow?",
        (Table(PLANS.table, "", COLUMNS, rows, NOTES, keys=3, filtered=True),),
    )


def _row(key: int, plan: Plan) -> Row:
    used = "yes" if plan.use else "no"
    return Row(
        key,
        (
            plan.code,
            plan.year,
            plan.status,
            used,
            plan.amount,
            plan.amount_national,
            plan.currency,
            plan.as_of,
            plan.confidence,
            plan.series,
            plan.cell,
            plan.definition,
            plan.reason,
            plan.source,
        ),
    )
