"""Tables with a record for each scenario, state and year: their order, their keys, how they are looked up."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from forecaster.report import places
from forecaster.report.places import Place
from forecaster.report.sheet import Cell, Cells, Column, Formula, Ref, Row, Span, formula
from forecaster.run import Run
from models.arrays import UNION

Key: TypeAlias = tuple[str, str, int]
"""Scenario, code of the place, year."""

HEADS = (
    Column("code", "state"),
    Column("name", "name"),
    Column("scenario", "scenario", width=20),
    Column("year", "year", "year", width=7),
)
"""What names a record; scenarios come first in the order, then places, then years."""


@dataclass(frozen=True)
class Records:
    """Where such a table stands."""

    cells: Cells

    def at(self, key: Key, column: str) -> Ref:
        """Return one cell."""
        return self.cells.at(key, column)

    def column(self, run: Run, column: str) -> Span:
        """Return the cells of one column for all scenarios, with $."""
        first = (run.baseline, run.states[0], run.years[0])
        return self.cells.down(column, first, (run.settings.scenarios[-1], UNION, run.years[-1])).fix()

    def baseline(self, run: Run, column: str) -> Span:
        """Return the cells of one column for the baseline, states and union, with $."""
        first = (run.baseline, run.states[0], run.years[0])
        return self.cells.down(column, first, (run.baseline, UNION, run.years[-1])).fix()

    def states(self, run: Run, column: str) -> Span:
        """Return the cells of one column for the states in the baseline."""
        first = (run.baseline, run.states[0], run.years[0])
        return self.cells.down(column, first, (run.baseline, run.states[-1], run.years[-1]))

    def looked_up(self, run: Run, column: str, code: Ref, year: Ref, value: float) -> Formula:
        """Return a formula that finds a number of the baseline for the state and the year in two cells."""
        found, codes, years = (self.baseline(run, name) for name in (column, "code", "year"))
        return formula("SUMIFS({0},{1},{2},{3},{4})", found, codes, code, years, year, value=value)


WIDTHS = {"share": 9.0, "points": 9.0, "EUR m": 12.0}
"""Unit -> width of a column [characters]: what stands in which row must not depend on what is simulated."""


def simulated(key: str, title: str, unit: str) -> Column:
    """Return a column of simulated numbers."""
    return Column(key, title, unit, "simulated", width=WIDTHS[unit])


def place_of(run: Run, key: Key, scenarios: Sequence[str]) -> int:
    """Return how many records stand before one where there are these scenarios."""
    scenario, place, year = key
    codes = (*run.states, UNION)
    return (scenarios.index(scenario) * len(codes) + codes.index(place)) * len(run.years) + run.years.index(
        year
    )


def rows(run: Run, cells: Callable[[str, Place], Iterator[tuple[Cell, ...]]]) -> tuple[Row, ...]:
    """Return a row for each scenario, place and year. cells: of a scenario and a place, year by year."""
    return tuple(
        Row((scenario, place.code, year), (place.code, place.name, scenario, year, *found))
        for scenario in run.settings.scenarios
        for place in places.shown(run)
        for year, found in zip(run.years, cells(scenario, place), strict=True)
    )


def printed(run: Run) -> int:
    """Rows of the baseline, which come first and alone are printed."""
    return (len(run.states) + 1) * len(run.years)
