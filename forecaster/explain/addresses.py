"""Where the numbers of a chain stand in the workbook: taken from the layout, as the workbook itself does."""

from functools import cached_property

from forecaster.case import Case
from forecaster.report import records
from forecaster.report.layout import Layout, letters, quoted
from forecaster.report.sheet import Ref
from forecaster.run import Run
from forecaster.sheets import assumptions, budgets, calls, inputs, money, past, plans, strain, treasury

SHEETS = (
    assumptions.assumptions,
    budgets.budgets,
    calls.calls,
    past.past,
    inputs.inputs,
    money.money,
    plans.plans,
    strain.strain,
    treasury.treasury,
)
"""Sheets a chain refers to; where a cell stands depends on its own sheet alone."""

BY_SCENARIO = (money.MONEY.cells, strain.STRAIN.cells)
"""Tables with records of every scenario of the report."""


class Addresses:
    """Addresses of cells in the report of a case.

    The run may have fewer scenarios than the report, and no drivers.
    """

    def __init__(self, run: Run, report: Case) -> None:
        self._run = run
        given = report.assumptions.run
        self._scenarios = given.scenarios or tuple(table.id for table in report.scenarios)
        self._ranked = given.drivers and run.drivers is None

    @cached_property
    def _layout(self) -> Layout:
        return Layout(tuple(build(self._run) for build in SHEETS))

    def of(self, ref: Ref | None) -> str:
        """Sheet and cell such as Strain!K12; empty without a cell.

        An assumption goes by its key where the report sorts them by effects that the run has not looked for.
        """
        if ref is None:
            return ""
        if self._ranked and (ref.sheet, ref.table) == (assumptions.NAME, assumptions.VALUES.table):
            return f"{ref.sheet}, {ref.row}"
        row, column = self._layout.place(ref)
        return f"{quoted(ref.sheet)}!{letters(column)}{row + 1 + self._moved(ref)}"

    def _moved(self, ref: Ref) -> int:
        """Rows by which a record stands further down in the report, where more scenarios come before it."""
        if not any((ref.sheet, ref.table) == (cells.sheet, cells.table) for cells in BY_SCENARIO):
            return 0
        there, here = (
            records.place_of(self._run, ref.row, scenarios)  # type: ignore[arg-type]  # a key of its records
            for scenarios in (self._scenarios, self._run.settings.scenarios)
        )
        return there - here
