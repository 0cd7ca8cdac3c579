"""A fan chart and the table it is drawn from: percentiles by year, and the bands between neighbours."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from forecaster.report.formulas import difference
from forecaster.report.sheet import (
    HEADER,
    Cell,
    Cells,
    Chart,
    Look,
    Ref,
    Row,
    Series,
    Span,
    Table,
    lead,
    year_columns,
    yearly,
)
from models.arrays import LEVELS, Floats

PERCENTILES = tuple(f"P{100 * level:.0f}" for level in LEVELS)
"""Names of the percentiles shown: P5, P10, ... P95."""

MEDIAN = "P50"

LOOKS: tuple[tuple[Look, str], ...] = (
    ("outer", ""),
    ("middle", ""),
    ("inner", ""),
    ("inner", "P25 to P75"),
    ("middle", "P10 to P90"),
    ("outer", "P5 to P95"),
)
"""Look and legend of the band above each percentile but the last; two bands of a pair share a legend."""

NOTE = "Bands are differences of neighbouring percentiles, for drawing only: percentiles are never added up."


@dataclass(frozen=True)
class Line:
    """A line over a fan: its name, its look, a cell a year."""

    title: str
    look: Look
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class Fan:
    """What a fan chart shows.

    heads: code and name of its rows; percentiles: a row of cells a level; heading: the cell that holds the
    chart's title, where that changes.
    """

    cells: Cells
    title: str
    heads: tuple[Cell, Cell]
    unit: str
    years: tuple[int, ...]
    percentiles: tuple[tuple[Cell, ...], ...]
    description: str
    lines: tuple[Line, ...] = ()
    notes: tuple[str, ...] = ()
    heading: Ref | None = None

    @property
    def table(self) -> Table:
        """Percentiles, lines and bands by year."""
        rows = (*self._levels(), *self._lines(), *self._bands())
        columns = (*lead("place"), *year_columns(self.years))
        return Table(self.cells.table, self.title, columns, tuple(rows), (*self.notes, NOTE), keys=4)

    @property
    def chart(self) -> Chart:
        """The fan over an invisible base, the median and the lines over it."""
        bands = [Series(title, self._across(f"to {upper}"), look) for (look, title), upper in self._looks()]
        return Chart(
            title=self.title,
            years=self._across(HEADER),
            bands=(Series("", self._across(PERCENTILES[0]), "base"), *bands),
            lines=(
                Series("P50, the median", self._across(MEDIAN), "line"),
                *(Series(line.title, self._across(line.title), line.look) for line in self.lines),
            ),
            unit=self.unit,
            description=self.description,
            heading=self.heading,
        )

    def _across(self, row: str) -> Span:
        return self.cells.across(row, self.years[0], self.years[-1])

    def _looks(self) -> Iterator[tuple[tuple[Look, str], str]]:
        return zip(LOOKS, PERCENTILES[1:], strict=True)

    def _levels(self) -> Iterator[Row]:
        for name, cells in zip(PERCENTILES, self.percentiles, strict=True):
            yield yearly(name, (*self.heads, name), self.unit, cells)

    def _lines(self) -> Iterator[Row]:
        for line in self.lines:
            yield yearly(line.title, (*self.heads, line.title), self.unit, line.cells)

    def _bands(self) -> Iterator[Row]:
        levels = dict(zip(PERCENTILES, self.percentiles, strict=True))
        for lower, upper in pairwise(PERCENTILES):
            cells = [
                difference(self.cells.at(upper, year), self.cells.at(lower, year), (above, below))
                for year, above, below in zip(self.years, levels[upper], levels[lower], strict=True)
            ]
            yield yearly(f"to {upper}", (*self.heads, f"{lower} to {upper}"), self.unit, cells)


def by_percentile(values: Floats) -> dict[str, tuple[Cell, ...]]:
    """Percentiles (year, level) by their names, a row of cells each."""
    return dict(zip(PERCENTILES, map(tuple, values.T.tolist()), strict=True))
