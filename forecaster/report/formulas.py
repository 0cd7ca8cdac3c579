"""Formulas that reports use again and again, each with its value worked out from the cells it refers to."""

import math
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeGuard

from forecaster.report.sheet import Cell, Cells, Formula, Ref, Row, Span, Table, displayed, formula


def number(cell: Cell) -> float:
    """Return the number a cell shows. Raises TypeError where it shows none."""
    value = displayed(cell)
    if not isinstance(value, int | float):
        raise TypeError(f"{cell!r} shows no number")
    return float(value)


def total(span: Span, cells: Iterable[Cell]) -> Formula:
    """Sum of the cells of a span; blanks count nothing."""
    values = map(displayed, cells)
    return formula("SUM({0})", span, value=math.fsum(value for value in values if _counts(value)))


def difference(first: Ref, second: Ref, cells: tuple[Cell, Cell]) -> Formula:
    """Return the first cell less the second."""
    return formula("{0}-{1}", first, second, value=number(cells[0]) - number(cells[1]))


def ratio(first: Ref, second: Ref, cells: tuple[Cell, Cell]) -> Formula:
    """Return the first cell over the second; blank where that is zero."""
    over = number(cells[1])
    return formula('IF({1}=0,"",{0}/{1})', first, second, value=number(cells[0]) / over if over else "")


def link(ref: Ref, cell: Cell) -> Formula:
    """Return what another cell shows."""
    value = displayed(cell)
    if value is None:
        raise TypeError(f"{ref} holds no number and no text")
    return formula("{0}", ref, value=value)


def total_row(
    cells: Cells, key: Hashable, heads: tuple[str, ...], columns: Sequence[Hashable], rows: Sequence[Row]
) -> Row:
    """Return a row that adds up the rows of a table, below them: heads, then a sum in each further column."""
    sums = [
        total(cells.down(column, rows[0].key, rows[-1].key), (row.cells[len(heads) + i] for row in rows))
        for i, column in enumerate(columns)
    ]
    return Row(key, (*heads, *sums), rows[0].unit, strong=True)


@dataclass(frozen=True)
class Shown:
    """A table with its cells: what it shows, for formulas on other sheets."""

    cells: Cells
    table: Table

    def cell(self, row: Hashable, column: Hashable) -> Cell:
        """Return what stands in a cell. Raises StopIteration where there is no such row or column."""
        i = next(i for i, entry in enumerate(self.table.columns) if entry.key == column)
        return next(entry.cells[i] for entry in self.table.rows if entry.key == row)

    def link(self, row: Hashable, column: Hashable) -> Formula:
        """Return a formula that shows what another cell shows."""
        return link(self.cells.at(row, column), self.cell(row, column))

    def across(self, row: Hashable, columns: Sequence[Hashable]) -> Formula:
        """Return the sum of neighbouring cells of a row; no columns add up to zero."""
        if not columns:
            return formula("0", value=0.0)
        span = self.cells.across(row, columns[0], columns[-1])
        return total(span, (self.cell(row, column) for column in columns))


def _counts(value: Cell) -> TypeGuard[float]:
    return isinstance(value, int | float) and math.isfinite(value)
