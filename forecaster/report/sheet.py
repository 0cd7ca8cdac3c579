"""A sheet as data: what a report says, without a cell address, a colour or a file format in it.

A sheet is a stack of blocks: notes, tables, charts. A table knows its columns and rows by keys, and a formula
names cells by sheet, table, row key and column key; `forecaster.report.layout` turns these into addresses.
"""

import math
from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, NamedTuple, TypeAlias

Role: TypeAlias = Literal["text", "input", "assumption", "simulated", "formula", "check", "link", "choice"]
"""Where a number comes from; `forecaster.report.styles` gives each role its colour and its word."""

Look: TypeAlias = Literal["base", "outer", "middle", "inner", "line", "red", "amber", "total", "rise", "fall"]
"""What a series of a chart stands for; `forecaster.report.styles` gives each its colour and dash."""

HEADER = "column titles"
"""Row key of a table's titles, for formulas that read a year from them."""

LEAD = ("code", "name", "item", "unit")
"""Columns in front of the years in every table that has years: so a year has one column in the workbook."""


class Ref(NamedTuple):
    """A cell of a table. fixed: what stays when the formula is copied along rows and columns.

    No dataclass: a report names a hundred thousand cells, and a tuple is made in a third of the time.
    """

    sheet: str
    table: str
    row: Hashable
    column: Hashable
    fixed: Literal["none", "row", "column", "both"] = "none"

    def fix(self, part: Literal["row", "column", "both"] = "both") -> "Ref":
        """Return the same cell, written with $ before its row, its column or both."""
        return Ref(self.sheet, self.table, self.row, self.column, part)


@dataclass(frozen=True)
class Span:
    """The block of cells between two corners of one table."""

    first: Ref
    last: Ref

    def fix(self, part: Literal["row", "column", "both"] = "both") -> "Span":
        """Return the same block with $ before its rows, its columns or both."""
        return Span(self.first.fix(part), self.last.fix(part))


@dataclass(frozen=True)
class Cells:
    """The cells of one table, by the keys of their rows and columns."""

    sheet: str
    table: str

    def at(self, row: Hashable, column: Hashable) -> Ref:
        """Return one cell."""
        return Ref(self.sheet, self.table, row, column)

    def across(self, row: Hashable, first: Hashable, last: Hashable) -> Span:
        """Return a part of one row."""
        return Span(self.at(row, first), self.at(row, last))

    def down(self, column: Hashable, first: Hashable, last: Hashable) -> Span:
        """Return a part of one column."""
        return Span(self.at(first, column), self.at(last, column))


@dataclass(frozen=True)
class Formula:
    """A formula in words and references, with the value it has: previews recalculate nothing."""

    text: str
    references: tuple[Ref | Span, ...]
    value: float | str


@dataclass(frozen=True)
class Link:
    """Text that leads to another sheet of the workbook."""

    text: str
    sheet: str


Cell: TypeAlias = float | str | Formula | Link | None
"""What a cell holds. None and NaN are blank; a note of the table says what blank means."""


def displayed(cell: Cell) -> float | str | None:
    """Return the number or the text that a cell shows; None where it is blank."""
    return cell.value if isinstance(cell, Formula) else cell.text if isinstance(cell, Link) else cell


def formula(text: str, *references: Ref | Span, value: float | str) -> Formula:
    """Return a formula whose `{0}`, `{1}` are the references and whose value is known.

    Raises ValueError where the value is not finite: a cell shows a number, a text or nothing.
    """
    if isinstance(value, int | float) and not math.isfinite(value):
        raise ValueError(f"formula {text} has no finite value: {value}")
    return Formula(text, references, value if isinstance(value, str) else float(value))


@dataclass(frozen=True)
class Column:
    """A column of a table.

    unit: of every number in it, empty where each row has its own; role: of cells that are no formulas;
    width: in characters, 0 for as wide as what it holds; wrap: long text runs over several lines.
    """

    key: Hashable
    title: str | int
    unit: str = ""
    role: Role = "text"
    width: float = 0
    wrap: bool = False


@dataclass(frozen=True)
class Row:
    """A row of a table, one cell a column. unit and role go before the column's; strong: a total."""

    key: Hashable
    cells: tuple[Cell, ...]
    unit: str = ""
    role: Role | None = None
    strong: bool = False


@dataclass(frozen=True)
class Light:
    """Columns coloured by what they hold: "heat" by the size of a share, "words" such as red and PASS."""

    kind: Literal["heat", "words"]
    columns: tuple[Hashable, ...]


@dataclass(frozen=True)
class Choice:
    """A cell in which a reader picks one of some cells from a list. prompt: what is picked."""

    row: Hashable
    column: Hashable
    options: Span
    prompt: str


@dataclass(frozen=True)
class Table:
    """Rows under titled columns.

    title: empty where the sheet's says it; keys: first columns that stay in view; filtered: offers a filter;
    prints: how many rows are printed, all where None; what is not printed must be the end of the sheet;
    choices: cells with a list to pick from.
    """

    name: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    notes: tuple[str, ...] = ()
    lights: tuple[Light, ...] = ()
    keys: int = 1
    filtered: bool = False
    prints: int | None = None
    choices: tuple[Choice, ...] = ()

    def __post_init__(self) -> None:
        """Raise ValueError where a row does not have one cell a column."""
        for row in self.rows:
            if len(row.cells) != len(self.columns):
                raise ValueError(
                    f"{self.name}, row {row.key}: {len(row.cells)} cells, {len(self.columns)} columns"
                )

    @cached_property
    def down(self) -> tuple[tuple[Cell, ...], ...]:
        """The cells of each column."""
        return tuple(zip(*(row.cells for row in self.rows), strict=True)) or ((),) * len(self.columns)

    @cached_property
    def kinds(self) -> tuple[frozenset[type], ...]:
        """What the cells of each column are."""
        return tuple(frozenset(map(type, cells)) for cells in self.down)


@dataclass(frozen=True)
class Series:
    """A line or a band of a chart. look: colours and dashes; a "base" is invisible."""

    title: str
    values: Span
    look: Look


@dataclass(frozen=True)
class Chart:
    """A chart over years or other steps. description: what a reader who cannot see it should know.

    bands are stacked areas from the bottom up, columns where there is but one step; bars stand side by
    side, or on each other where stacked, or lie, the first on top; lines are drawn over either on the same
    axis. across: what the steps are. scattered: lines through points, years being the numbers along the
    bottom. heading: the cell that holds the title, where that changes.
    """

    title: str
    years: Span
    bands: tuple[Series, ...]
    lines: tuple[Series, ...]
    unit: str
    description: str
    bars: tuple[Series, ...] = ()
    across: str = "year"
    stacked: bool = False
    lying: bool = False
    scattered: bool = False
    heading: Ref | None = None

    @property
    def single(self) -> bool:
        """Whether there is but one step: an area or a line over it has no width."""
        return self.years.first == self.years.last


@dataclass(frozen=True)
class Gallery:
    """Two or three charts side by side."""

    charts: tuple[Chart, ...]


@dataclass(frozen=True)
class Notes:
    """Lines of text across the page, under a title that may be empty; strong: the sheet's main message."""

    title: str
    lines: tuple[str, ...]
    strong: bool = False


Block: TypeAlias = Notes | Table | Chart | Gallery


@dataclass(frozen=True)
class Sheet:
    """One sheet: name on the tab, title, the question it answers, what it holds from the top down."""

    name: str
    title: str
    question: str
    blocks: tuple[Block, ...] = ()

    @property
    def tables(self) -> tuple[Table, ...]:
        """The tables among the blocks."""
        return tuple(block for block in self.blocks if isinstance(block, Table))


def lead(code: str = "code", name: str = "name", item: str = "item") -> tuple[Column, ...]:
    """Return the four columns in front of the years, with titles of one's own."""
    titles = dict(zip(LEAD, (code, name, item, "unit"), strict=True))
    return tuple(Column(key, title) for key, title in titles.items())


def year_columns(years: Iterable[int], role: Role = "simulated") -> tuple[Column, ...]:
    """Return one column a year; the unit stands in the row."""
    return tuple(Column(year, year, role=role) for year in years)


def yearly(
    key: Hashable,
    heads: tuple[Cell, Cell, Cell],
    unit: str,
    cells: Iterable[Cell],
    more: Iterable[Cell] = (),
    *,
    strong: bool = False,
) -> Row:
    """Return a row of a table with years: code, name and item, the unit, the years, what follows them."""
    return Row(key, (*heads, unit, *cells, *more), unit, strong=strong)
