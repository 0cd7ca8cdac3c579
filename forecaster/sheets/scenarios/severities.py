"""Severity of scenarios, as a table of the sheet Scenarios."""

import math

from forecaster.case.scenarios import ScenarioTable
from forecaster.checks.severity import ORDINARY, RARE, UNREACHED, counted, is_choice, once_in, standing
from forecaster.report.sheet import Cell, Cells, Column, Row, Table
from forecaster.run import Run


def severities(run: Run, cells: Cells) -> Table:
    """Return how far out each scenario lies, to stand where `cells` says."""
    columns = (
        Column("scenario", "scenario"),
        Column("standing", "for one state"),
        Column("counted", "what is random in it", width=46, wrap=True),
        Column("one", "distance", "deviations", "simulated"),
        Column("one years", "once in", "years", "simulated"),
        Column("all", "distance, all", "deviations", "simulated"),
        Column("all years", "once in, all", "years", "simulated"),
    )
    tables = {table.id: table for table in run.case.scenarios}
    rows = tuple(_row(run, tables[name]) for name in run.settings.scenarios if name in run.severity)
    notes = (
        (
            "Distance: length of the shortest vector of the model's normal shocks that brings the values of "
            "the levers up to their last move, in standard deviations; a lever not moved sets no condition. "
            "Once in: years between paths so far out in that direction, 1 / N(-distance), with a try a year."
        ),
        (
            "For one state: the median state, with the largest contract the scenario moves. All: every state "
            "and contract at once; the model holds investment shares, absorption and much of budgets nearly "
            "independent, so that what hits all at once lies far out. Where a lever goes beyond all that the "
            f"model draws there is no distance: {UNREACHED}. What a scenario moves beside, which the "
            "assumptions hold fixed or somebody chooses, is not in its distance: it lies at least so far out."
        ),
        (
            f"Ordinary: for one state more often than once in {ORDINARY:.0f} years; rare: than once in "
            f"{RARE:.0f}; extreme: beyond (judgement). Policy choices have no probability, nor has a "
            "scenario whose source says that it is one."
        ),
    )
    return Table(cells.table, "How severe they are", columns, rows, notes, keys=1)


def _row(run: Run, table: ScenarioTable) -> Row:
    found, choice = run.severity[table.id], is_choice(table)
    numbers: tuple[Cell, ...] = (None, None, None, None)
    if found.drivers and not choice:
        numbers = tuple(
            cell
            for far in (found.one, found.all)
            for cell in (None if math.isinf(far) else far, once_in(far))
        )
    told = "by its own account" if choice else counted(found)
    return Row(table.id, (table.id, standing(found, choice=choice), told, *numbers))
