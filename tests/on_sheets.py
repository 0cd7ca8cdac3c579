"""What stands on the sheets of a report, found by name and keys."""

from collections.abc import Hashable, Iterable

from forecaster.report.formulas import Shown
from forecaster.report.sheet import Cells, Chart, Gallery, Notes, Sheet, Table, displayed
from forecaster.run import Run
from forecaster.sheets import report


def named(sheets: Iterable[Sheet], name: str) -> Sheet:
    """A sheet."""
    return next(sheet for sheet in sheets if sheet.name == name)


def notes(sheets: Iterable[Sheet], sheet: str, title: str) -> tuple[str, ...]:
    """Lines of text on a sheet under a title."""
    blocks = named(sheets, sheet).blocks
    return next(block.lines for block in blocks if isinstance(block, Notes) and block.title == title)


def table(sheets: Iterable[Sheet], sheet: str, name: str) -> Table:
    """A table of a sheet."""
    return next(entry for entry in named(sheets, sheet).tables if entry.name == name)


def shown(entry: Table, row: Hashable, column: Hashable) -> float | str | None:
    """What a cell of a table shows."""
    return displayed(Shown(Cells("", entry.name), entry).cell(row, column))


def text(run: Run, *names: str) -> str:
    """All notes of sheets, and what their charts tell."""
    told: list[str] = []
    for sheet in report(run):
        if sheet.name not in names:
            continue
        for block in sheet.blocks:
            charts = block.charts if isinstance(block, Gallery) else (block,)
            told += [chart.description for chart in charts if isinstance(chart, Chart)]
            told += block.lines if isinstance(block, Notes) else ()
        told += [note for table in sheet.tables for note in table.notes]
    return " ".join(told)
