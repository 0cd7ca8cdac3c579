"""A table of a workbook: heads, rows, lights, lists to choose from."""

import math
from collections.abc import Hashable, Iterator
from dataclasses import dataclass
from types import NoneType
from typing import Any

from forecaster.report.layout import Page, Placed, role_of, unit_of, wrapped
from forecaster.report.sheet import Choice, Column, Formula, Light, Link, Row, displayed
from forecaster.report.styles import HEAT, WORDS, half_place, number_format
from forecaster.workbook.heights import PLAIN_POINTS, head_points, row_points, unit_points
from forecaster.workbook.looks import Format
from forecaster.workbook.pen import Pen, put_cell, put_line
from forecaster.workbook.text import is_plain
from forecaster.workbook.worksheet import FILLED, QuickSheet, formula_xml

NUMBER = (float, int)


def put_table(pen: Pen, sheet: QuickSheet, placed: Placed, page: Page) -> None:
    """Write a table where it is placed."""
    table = placed.table
    _above(pen, sheet, placed, page.breadth)
    _heads(pen, sheet, placed, page.widths)
    wraps = any(column.wrap for column in table.columns)
    styled = placed.bottom if page.printed is None else page.printed
    known: dict[Hashable, _Kind] = {}
    for number, line in enumerate(table.rows, placed.first):
        alike = number <= styled, line.unit, line.role, line.strong, *map(type, line.cells)
        kind = known.get(alike)
        if kind is None:
            kind = known[alike] = _row_kind(pen, sheet, placed, line, blanks=number <= styled)
        _row(pen, sheet, number, line, kind)
        if wraps:
            _height(sheet, table.columns, number, line)
    for light in table.lights:
        _light(pen, sheet, placed, light)
    for choice in table.choices:
        _choice(pen, sheet, placed, choice)
    for number, i, form in _unsigned(placed, changing=any(other.choices for other in page.sheet.tables)):
        look = pen.looks.unsigned(form)
        rule = {"type": "cell", "criteria": ">", "value": -half_place(form), "format": look}
        sheet.done(sheet.conditional_format(number, i, number, i, rule), number)
    if table.filtered and table.rows:
        sheet.done(sheet.autofilter(placed.first - 1, 0, placed.bottom, len(table.columns) - 1))


def _above(pen: Pen, sheet: QuickSheet, placed: Placed, breadth: int) -> None:
    """Write what stands above a table's titles: its own title if it has one, its notes."""
    table = placed.table
    if table.title:
        put_line(sheet, placed.top, 0, table.title, pen.looks.text("heading"))
    for row, note in enumerate(wrapped(table.notes, breadth), placed.top + bool(table.title)):
        put_line(sheet, row, 0, note, pen.looks.text("question"))


def _heads(pen: Pen, sheet: QuickSheet, placed: Placed, widths: tuple[float, ...]) -> None:
    """Write titles, units where columns have them and kinds where there are numbers, a row each."""
    table = placed.table
    sheet.reserve(placed.heads, len(table.columns))
    for i, (column, right) in enumerate(zip(table.columns, placed.rightward, strict=True)):
        put_cell(pen, sheet, (placed.heads, i), column.title, pen.looks.head(right, True, True))
    units = [column.unit for column in table.columns]
    below = [units] * any(units) + [placed.kinds] * any(placed.rightward)
    for number, texts in enumerate(below, placed.heads + 1):
        for i, (text, right) in enumerate(zip(texts, placed.rightward, strict=True)):
            put_line(sheet, number, i, text, pen.looks.head(right, False, texts is units))
    sheet.done(sheet.set_row(placed.heads, head_points(placed, widths)), placed.heads)
    if any(units):
        sheet.done(sheet.set_row(placed.heads + 1, unit_points(placed, widths)), placed.heads + 1)


@dataclass(frozen=True)
class _Kind:
    """What rows whose cells are of the same kinds share: their looks, and their XML to be filled in.

    pattern: empty where a cell is of a kind that is written by itself; numbers, texts, formulas: where these
    are among the cells that are not empty; blanks: whether empty cells are given their look; thousands of
    them, never printed, are left alone.
    """

    looks: tuple[Format, ...]
    pattern: str
    numbers: tuple[int, ...]
    texts: tuple[int, ...]
    formulas: tuple[int, ...]
    blanks: bool


def _row_kind(pen: Pen, sheet: QuickSheet, placed: Placed, row: Row, *, blanks: bool) -> _Kind:
    looks, kinds = tuple(_looks(pen, placed, row)), [*map(type, row.cells)]
    filled = [kind for kind in kinds if kind is not NoneType]
    pattern = sheet.pattern(kinds, looks, blanks=blanks) if FILLED.keys() >= {*filled} else ""
    numbers, texts, formulas = (
        tuple(i for i, kind in enumerate(filled) if issubclass(kind, sought))
        for sought in (NUMBER, str, Formula)
    )
    return _Kind(looks, pattern, numbers, texts, formulas, blanks)


def _looks(pen: Pen, placed: Placed, row: Row) -> Iterator[Format]:
    for column, cell, right in zip(placed.table.columns, row.cells, placed.rightward, strict=True):
        unit = "" if isinstance(cell, str | Link) else unit_of(row, column)
        yield pen.looks.cell(role_of(cell, row, column), unit, row.strong, column.wrap, right)


def _row(pen: Pen, sheet: QuickSheet, number: int, row: Row, kind: _Kind) -> None:
    """Write a row: at once where all its cells can stand as they are, else cell by cell."""
    sheet.reserve(number, len(kind.looks))
    values = _values(pen, sheet, row, kind) if kind.pattern else None
    if values is not None:
        sheet.put_row(number, kind.pattern, values)
        return
    spilt: list[tuple[str, Format]] = []
    for i, (cell, look) in enumerate(zip(row.cells, kind.looks, strict=True)):
        if kind.blanks or cell is not None:
            spilt += ((part, look) for part in put_cell(pen, sheet, (number, i), cell, look))
    for i, (part, look) in enumerate(spilt, len(kind.looks)):  # the rest of texts too long for their cells
        put_line(sheet, number, i, part, look)


def _values(pen: Pen, sheet: QuickSheet, row: Row, kind: _Kind) -> list[Any] | None:
    """What fills in the pattern of a row; None where a cell cannot stand as it is."""
    values: list[Any] = [cell for cell in row.cells if cell is not None]
    if not (
        math.isfinite(sum(values[i] for i in kind.numbers)) and all(is_plain(values[i]) for i in kind.texts)
    ):
        return None
    for i in kind.formulas:
        values[i] = formula_xml(pen.layout.text(values[i], sheet.name), values[i].value)
    for i in kind.texts:
        values[i] = sheet.text_xml(values[i])
    return values


def _height(sheet: QuickSheet, columns: tuple[Column, ...], number: int, row: Row) -> None:
    """Make a row as high as its longest text that runs over several lines."""
    points = row_points(columns, row)
    if points > PLAIN_POINTS:
        sheet.done(sheet.set_row(number, points), number)


def _unsigned(placed: Placed, *, changing: bool) -> Iterator[tuple[int, int, str]]:
    """Row, column and number format of cells that would show -0.0, which no reader takes for a number.

    A number format cannot say that alike in all programs: some add a sign to what a condition admits.
    changing: what formulas show here depends on what a reader chooses.
    """
    table = placed.table
    for i, (column, kinds) in enumerate(zip(table.columns, table.kinds, strict=True)):
        if kinds.isdisjoint({float, Formula}):
            continue
        if kinds == {float} and min(table.down[i]) >= 0.0:  # type: ignore[operator,type-var] # all are numbers
            continue
        for number, (row, cell) in enumerate(zip(table.rows, table.down[i], strict=True), placed.first):
            value = displayed(cell)
            open_ = changing and isinstance(cell, Formula)
            if isinstance(value, float) and (open_ or -0.5 < value < 0.0):
                form = number_format(unit_of(row, column), role_of(cell, row, column))
                if open_ or value > -half_place(form):
                    yield number, i, form


def _light(pen: Pen, sheet: QuickSheet, placed: Placed, light: Light) -> None:
    """Colour the block between the first and the last of a light's columns."""
    area = (placed.first, placed.columns[light.columns[0]], placed.bottom, placed.columns[light.columns[-1]])
    rules: list[tuple[dict[str, str | float], Format]]
    if light.kind == "words":
        rules = [({"criteria": "==", "value": f'"{word}"'}, pen.looks.word(word)) for word in WORDS]
    else:
        rules = [({"criteria": ">=", "value": step[0]}, pen.looks.heat(i)) for i, step in enumerate(HEAT)]
    for rule, look in rules:
        options = {"type": "cell", **rule, "format": look, "stop_if_true": True}
        sheet.done(sheet.conditional_format(*area, options), placed.first)


def _choice(pen: Pen, sheet: QuickSheet, placed: Placed, choice: Choice) -> None:
    """Let a cell take nothing but one of the options."""
    row, column = placed.rows[choice.row], placed.columns[choice.column]
    rule = {
        "validate": "list",
        "source": "=" + pen.layout.address(choice.options.fix(), sheet.name),
        "input_title": "Choose",
        "input_message": choice.prompt,
        "error_title": "Not on the list",
        "error_message": f"{choice.prompt} from the list: click the arrow beside the cell.",
    }
    sheet.done(sheet.data_validation(row, column, row, column, rule), row)
