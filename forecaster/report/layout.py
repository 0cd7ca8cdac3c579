"""Where everything of a report lands: sheets as data in, cell addresses out.

Rows and columns count from 0 here, as the writer counts them. Each sheet starts with four lines: title,
question, state of the controls, way back; its blocks follow at once, an empty row between them.
"""

import math
import textwrap
from collections import defaultdict
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from types import NoneType

from forecaster.readers.files.book import column_letters
from forecaster.report.sheet import (
    HEADER,
    Block,
    Cell,
    Chart,
    Column,
    Formula,
    Gallery,
    Link,
    Notes,
    Ref,
    Role,
    Row,
    Sheet,
    Span,
    Table,
    displayed,
)
from forecaster.report.styles import ROLE_WORDS, shown

FIRST_ROW = 4
LOWEST_HEADS = 14  # titles that stay in view must leave room for what they head
CHART_ROWS = 20
WIDEST = 60  # characters; a longer text asks for a column that wraps
NARROWEST = 7
SPARE = 1.5  # characters of a column that its longest text leaves free
PAGE = 110  # characters that fit across a page at the least
MIXED = "mixed"
"""Kind of a column whose numbers come from several places."""


@dataclass(frozen=True)
class Placed:
    """A table and where its parts are. heads: the titles' row; columns, rows: key -> number."""

    sheet: str
    table: Table
    top: int
    heads: int
    columns: Mapping[Hashable, int]
    rows: Mapping[Hashable, int]

    def at(self, ref: Ref) -> tuple[int, int]:
        """Row and column of a cell. Raises KeyError that names the missing key."""
        if ref.column not in self.columns or (ref.row != HEADER and ref.row not in self.rows):
            raise KeyError(f"{ref.sheet}, {ref.table}: no cell {ref.row}, {ref.column}")
        return self.heads if ref.row == HEADER else self.rows[ref.row], self.columns[ref.column]

    def line(self, row: int) -> tuple[Cell, ...]:
        """Cells of a row of the sheet: of the table's rows, or its titles."""
        if row == self.heads:
            return tuple(column.title for column in self.table.columns)
        return self.table.rows[row - self.first].cells

    @cached_property
    def rightward(self) -> tuple[bool, ...]:
        """Which columns hold numbers, and so stand to the right."""
        return numeric(self.table)

    @cached_property
    def kinds(self) -> tuple[str, ...]:
        """Where the numbers of each column come from, in a word: colour alone would not reach everybody."""
        marks = {(row.role, row.strong) for row in self.table.rows}
        return tuple(_kind(self.table, i, marks) for i in range(len(self.table.columns)))

    @property
    def bottom(self) -> int:
        """The last row."""
        return self.first + len(self.table.rows) - 1

    @cached_property
    def first(self) -> int:
        """The first row under the titles, and under units and kinds where there are numbers."""
        return self.heads + head_rows(self.table)


@dataclass(frozen=True, eq=False)
class Page:
    """A sheet with the row at which each block starts, the tables and the widths of columns [characters]."""

    sheet: Sheet
    tops: tuple[int, ...]
    tables: tuple[Placed, ...]
    widths: tuple[float, ...]

    @property
    def frozen(self) -> tuple[int, int]:
        """Rows and columns that stay in view: down to the first table's titles where they hold for all."""
        years = {tuple(key for key in table.columns if isinstance(key, int)) for table in self.tables}
        alike = len(self.tables) == 1 or (len(years) == 1 and years != {()})
        if not alike or self.tables[0].first > LOWEST_HEADS:
            return FIRST_ROW, 0
        return self.tables[0].first, self.tables[0].table.keys

    @cached_property
    def printed(self) -> int | None:
        """The last row that is printed, None where all are."""
        for table in self.tables:
            if table.table.prints is not None:
                return min(table.first + table.table.prints - 1, table.bottom)
        return None

    @property
    def bottom(self) -> int:
        """The last row."""
        return self.tops[-1] + _height(self.sheet.blocks[-1], self.breadth) - 1

    @property
    def breadth(self) -> int:
        """Characters that fit on one line across the sheet."""
        return max(PAGE, int(sum(self.widths)))


class Layout:
    """Addresses of all cells of a report."""

    def __init__(self, sheets: tuple[Sheet, ...]) -> None:
        self.pages = tuple(_page(sheet) for sheet in sheets)
        placed = [table for page in self.pages for table in page.tables]
        self._tables = {(table.sheet, table.table.name): table for table in placed}
        if len(self._tables) < len(placed):
            raise ValueError("two tables of a sheet have the same name")
        _same_column_same_year(placed)

    def place(self, ref: Ref) -> tuple[int, int]:
        """Row and column of a cell."""
        if (ref.sheet, ref.table) not in self._tables:
            raise KeyError(f"no table {ref.table} on sheet {ref.sheet}")
        return self._tables[ref.sheet, ref.table].at(ref)

    def held(self, span: Span) -> list[Cell]:
        """The cells of a block, row by row."""
        (top, left), (bottom, right) = self.place(span.first), self.place(span.last)
        return [
            cell
            for row in range(top, bottom + 1)
            for cell in self._tables[span.first.sheet, span.first.table].line(row)[left : right + 1]
        ]

    def value(self, ref: Ref) -> float | str | None:
        """What a cell shows: its value, or that of its formula."""
        (cell,) = self.held(Span(ref, ref))
        return displayed(cell)

    def address(self, reference: Ref | Span, home: str) -> str:
        """Address of a cell or block as a formula on sheet `home` writes it, such as B7 or Calls!$B7:$B9."""
        if isinstance(reference, Span):
            return (
                f"{self.address(reference.first, home)}:{self.address(reference.last, reference.first.sheet)}"
            )
        row, column = self.place(reference)
        sheet = "" if reference.sheet == home else f"{quoted(reference.sheet)}!"
        across = "$" if reference.fixed in {"column", "both"} else ""
        down = "$" if reference.fixed in {"row", "both"} else ""
        return f"{sheet}{across}{letters(column)}{down}{row + 1}"

    def text(self, cell: Formula, home: str) -> str:
        """Text of a formula as it stands in a cell of sheet `home`."""
        return "=" + cell.text.format(*[self.address(reference, home) for reference in cell.references])

    def corners(self, span: Span) -> tuple[str, int, int, int, int]:
        """Sheet, first row, first column, last row, last column of a block, for charts."""
        return span.first.sheet, *self.place(span.first), *self.place(span.last)


def head_rows(table: Table) -> int:
    """Rows of a table's head: titles, units where columns have them, kinds where there are numbers."""
    units = any(column.unit for column in table.columns)
    return 1 + units + any(numeric(table))


def numeric(table: Table) -> tuple[bool, ...]:
    """Which columns of a table show a number in any row."""
    return tuple(
        any(issubclass(kind, int | float) for kind in kinds)
        or (Formula in kinds and any(map(is_number, cells)))
        for kinds, cells in zip(table.kinds, table.down, strict=True)
    )


def is_number(cell: Cell) -> bool:
    """Whether a cell shows a number."""
    return isinstance(displayed(cell), int | float)


def letters(column: int) -> str:
    """Return the letters of a column: A for 0, AA for 26."""
    return column_letters(column + 1)


@cache
def quoted(sheet: str) -> str:
    """Return a sheet's name as formulas need it."""
    return sheet if sheet.isalnum() else f"'{sheet}'"


@cache
def wrapped(lines: tuple[str, ...], breadth: int) -> tuple[str, ...]:
    """Lines broken so that each fits across the sheet."""
    return tuple(part for line in lines for part in (textwrap.wrap(line, breadth) or [""]))


def role_of(cell: Cell, row: Row, column: Column) -> Role:
    """Where a cell's content comes from."""
    if isinstance(cell, Formula):
        return "check" if column.role == "check" else "formula"
    return "link" if isinstance(cell, Link) else (row.role or column.role)


def _kind(table: Table, i: int, marks: set[tuple[Role | None, bool]]) -> str:
    """Where the numbers of a column come from; nothing where it has none, sums apart.

    marks: roles of the rows, and whether they are totals.
    """
    column, kinds = table.columns[i], table.kinds[i]
    if kinds <= {str, NoneType}:
        return ""
    if kinds == {float}:
        roles = {role or column.role for role, strong in marks if not strong}
    else:
        pairs = zip(table.rows, table.down[i], strict=True)
        roles = {role_of(cell, row, column) for row, cell in pairs if not row.strong and is_number(cell)}
    return ROLE_WORDS[roles.pop()] if len(roles) == 1 else MIXED if roles else ""


def unit_of(row: Row, column: Column) -> str:
    """Unit of a number: its column's, else its row's."""
    return column.unit or row.unit


def _page(sheet: Sheet) -> Page:
    widths = tuple(_widths(sheet.tables))
    breadth = max(PAGE, int(sum(widths)))
    tops, placed, row = [], [], FIRST_ROW
    for block in sheet.blocks:
        tops.append(row)
        if isinstance(block, Table):
            placed.append(_placed(sheet.name, block, row, breadth))
        row += _height(block, breadth) + 1
    return Page(sheet, tuple(tops), tuple(placed), widths)


def _height(block: Block, breadth: int) -> int:
    if isinstance(block, Chart | Gallery):
        return CHART_ROWS
    if isinstance(block, Notes):
        return bool(block.title) + len(wrapped(block.lines, breadth))
    return bool(block.title) + len(wrapped(block.notes, breadth)) + head_rows(block) + len(block.rows)


def _placed(sheet: str, table: Table, top: int, breadth: int) -> Placed:
    heads = top + bool(table.title) + len(wrapped(table.notes, breadth))
    columns = {column.key: i for i, column in enumerate(table.columns)}
    first = heads + head_rows(table)
    rows = {row.key: first + i for i, row in enumerate(table.rows)}
    if len(columns) < len(table.columns) or len(rows) < len(table.rows):
        raise ValueError(f"{sheet}, {table.name}: a key of a row or column appears twice")
    return Placed(sheet, table, top, heads, columns, rows)


def _widths(tables: tuple[Table, ...]) -> Iterator[float]:
    """Width of each column of a sheet: what the widest of its tables needs there [characters]."""
    for i in range(max((len(table.columns) for table in tables), default=0)):
        yield max(_width(table, i) for table in tables if i < len(table.columns))


def _width(table: Table, i: int) -> float:
    column = table.columns[i]
    if column.width:
        return column.width
    title = max(map(len, f"{column.title} {column.unit}".split()), default=0)
    return min(WIDEST, max(NARROWEST, title, _longest(table, i)) + SPARE)


def _longest(table: Table, i: int) -> int:
    """Characters of the longest cell of a column: of the numbers in a unit, the largest or the smallest."""
    unit = table.columns[i].unit
    cells, kinds = table.down[i], table.kinds[i]
    if kinds == {str}:
        return max(map(len, cells))  # type: ignore[arg-type]  # all are texts
    if kinds == {float} and unit:
        return max(map(len, _ends(cells, unit)), default=0)  # type: ignore[arg-type]  # all are numbers
    texts, numbers = {""}, defaultdict[str, list[float]](list)
    for row, cell in zip(table.rows, cells, strict=True):
        value = displayed(cell)
        if isinstance(value, str):
            texts.add(value)
        elif value is not None:
            numbers[unit or row.unit].append(value)
    ends = [end for unit, values in numbers.items() for end in _ends(values, unit)]
    return max(map(len, (*texts, *ends)))


def _ends(values: Sequence[float], unit: str) -> tuple[str, ...]:
    """The smallest and the largest number as cells show them."""
    finite = values if math.isfinite(sum(values)) else [value for value in values if math.isfinite(value)]
    return tuple(shown(end(finite), unit) for end in (min, max)) if finite else ()


def _same_column_same_year(tables: list[Placed]) -> None:
    """Raise ValueError where a year stands in two columns of the workbook."""
    columns: dict[int, int] = {}
    for placed in tables:
        for key, column in placed.columns.items():
            if isinstance(key, int) and columns.setdefault(key, column) != column:
                raise ValueError(
                    f"{placed.sheet}, {placed.table.name}: {key} stands in another column elsewhere"
                )
