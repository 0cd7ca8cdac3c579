"""What stands on the sheets of a report, found by name and keys."""

from collections.abc import Hashable, Iterable

from forecaster.report.formulas import Shown
from forecaster.report.sheet import Cells, Sheet, Table, displayed


def table(sheets: Iterable[Sheet], sheet: str, name: str) -> Table:
    """A table of a sheet."""
    return next(
        entry for found in sheets if found.name == sheet for entry in found.tables if entry.name == name
    )


def shown(entry: Table, row: Hashable, column: Hashable) -> float | str | None:
    """What a cell of a table shows."""
    return displayed(Shown(Cells("", entry.name), entry).cell(row, column))
