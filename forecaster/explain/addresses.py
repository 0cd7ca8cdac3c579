"""Where the numbers of a chain stand in the workbook: taken from the layout, as the workbook itself does."""

from functools import cached_property

from forecaster.layout import Layout
from forecaster.run import Run
from forecaster.sheet import Ref
from forecaster.sheets import assumptions, budgets, calls, history, inputs, money, plans, strain, treasury

SHEETS = (
    assumptions.assumptions,
    budgets.budgets,
    calls.calls,
    history.history,
    inputs.inputs,
    money.money,
    plans.plans,
    strain.strain,
    treasury.treasury,
)
"""Sheets a chain refers to; where a cell stands depends on its own sheet alone."""


class Addresses:
    """Addresses of cells in the workbook of a run."""

    def __init__(self, run: Run) -> None:
        self._run = run

    @cached_property
    def _layout(self) -> Layout:
        return Layout(tuple(build(self._run) for build in SHEETS))

    def of(self, ref: Ref | None) -> str:
        """Sheet and cell such as Strain!K12; empty without a cell."""
        return "" if ref is None else self._layout.address(ref, "")
