"""How high the rows of a report are [points]: text that runs over several lines needs room."""

import textwrap
from functools import cache

from forecaster.report.layout import Placed
from forecaster.report.sheet import Column, Row, displayed

LINE_POINTS, TITLE_POINTS, PLAIN_POINTS = 13.0, 24.0, 15.0
TALLEST = 400.0  # points; Excel refuses rows above 409


def head_points(placed: Placed, widths: tuple[float, ...]) -> float:
    """Return the height of the row with a table's titles."""
    columns = placed.table.columns
    return _points(max(_lines(str(column.title), widths[i]) for i, column in enumerate(columns)))


def unit_points(placed: Placed, widths: tuple[float, ...]) -> float:
    """Return the height of the row with the units of a table's columns."""
    columns = placed.table.columns
    return max(PLAIN_POINTS, _points(max(_lines(column.unit, widths[i]) for i, column in enumerate(columns))))


def row_points(columns: tuple[Column, ...], row: Row) -> float:
    """Return the height of a row: that of its longest text in a column that wraps."""
    pairs = zip(columns, row.cells, strict=True)
    lines = max(
        (_lines(str(displayed(cell)), column.width) for column, cell in pairs if column.wrap), default=1
    )
    return min(TALLEST, _points(lines)) if lines > 1 else PLAIN_POINTS


def _points(lines: int) -> float:
    return LINE_POINTS * lines + 2.0


@cache
def _lines(text: str, width: float) -> int:
    """Lines a text takes in a column of a width [characters]."""
    return sum(max(1, len(textwrap.wrap(part, max(1, int(1.1 * width))))) for part in text.split("\n"))
