"""A table of a workbook: heads, rows, lights, lists to choose from."""

import math
import textwrap
from collections.abc import Hashable, Iterator

from forecaster.layout import Page, Placed, is_number, role_of, unit_of, wrapped
from forecaster.sheet import Cell, Choice, Column, Formula, Light, Link, Row, Table
from forecaster.styles import HEAT, ROLE_WORDS, WORDS
from forecaster.workbook.looks import Format
from forecaster.workbook.pen import Pen, put_cell, put_line
from forecaster.workbook.text import is_plain
from forecaster.workbook.worksheet import QuickSheet

LINE_POINTS = 13.0
TALLEST = 400.0  # points; Excel refuses rows above 409


def put_table(pen: Pen, sheet: QuickSheet, placed: Placed, page: Page) -> None:
    """Write a table where it is placed."""
    table = placed.table
    put_line(sheet, placed.top, 0, table.title, pen.looks.text("heading"))
    for row, note in enumerate(wrapped(table.notes, page.breadth), placed.top + 1):
        put_line(sheet, row, 0, note, pen.looks.text("question"))
    _heads(pen, sheet, placed, page.widths)
    wraps = any(column.wrap for column in table.columns)
    styled = placed.bottom if page.printed is None else page.printed
    known: dict[Hashable, tuple[Format, ...]] = {}
    for number, line in enumerate(table.rows, placed.first):
        alike = line.unit, line.role, line.strong, *map(type, line.cells)
        looks = known.get(alike) or known.setdefault(alike, tuple(_looks(pen, placed, line)))
        _row(pen, sheet, number, line, looks, blanks=number <= styled)
        if wraps:
            _height(sheet, table.columns, number, line)
    for light in table.lights:
        _light(pen, sheet, placed, light)
    for choice in table.choices:
        _choice(pen, sheet, placed, choice)
    if table.filtered and table.rows:
        sheet.done(sheet.autofilter(placed.first - 1, 0, placed.bottom, len(table.columns) - 1))


def _heads(pen: Pen, sheet: QuickSheet, placed: Placed, widths: tuple[float, ...]) -> None:
    """Write titles, units where columns have them and kinds where there are numbers, a row each."""
    table = placed.table
    sheet.reserve(placed.heads, len(table.columns))
    for i, (column, right) in enumerate(zip(table.columns, placed.rightward, strict=True)):
        put_cell(pen, sheet, (placed.heads, i), column.title, pen.looks.head(right, True))
    units = [column.unit for column in table.columns]
    below = [units] * any(units) + [[_kind(table, i) for i in range(len(units))]] * any(placed.rightward)
    for number, texts in enumerate(below, placed.heads + 1):
        for i, (text, right) in enumerate(zip(texts, placed.rightward, strict=True)):
            put_line(sheet, number, i, text, pen.looks.head(right, False))
    lines = max(_lines(str(column.title), widths[i]) for i, column in enumerate(table.columns))
    sheet.done(sheet.set_row(placed.heads, LINE_POINTS * lines + 2.0), placed.heads)


def _kind(table: Table, i: int) -> str:
    """Where the numbers of a column come from, in a word: colour alone would not reach everybody."""
    column, alike = table.columns[i], table.kinds[i] == {float}
    if table.kinds[i] <= {str, type(None)}:
        return ""
    roles = {
        row.role or column.role if alike else role_of(cell, row, column)
        for row, cell in zip(table.rows, table.down[i], strict=True)
        if not row.strong and (alike or is_number(cell))
    }
    return ROLE_WORDS[roles.pop()] if len(roles) == 1 else "mixed" if roles else ""


def _looks(pen: Pen, placed: Placed, row: Row) -> Iterator[Format]:
    """Return the look of each cell of a row, the same for all rows whose cells are of the same kinds."""
    for column, cell, right in zip(placed.table.columns, row.cells, placed.rightward, strict=True):
        unit = "" if isinstance(cell, str | Link) else unit_of(row, column)
        yield pen.looks.cell(role_of(cell, row, column), unit, row.strong, column.wrap, right)


def _row(
    pen: Pen, sheet: QuickSheet, number: int, row: Row, looks: tuple[Format, ...], *, blanks: bool
) -> None:
    """Write a row; the rest of a text too long for its cell follows to the right of the table.

    blanks: whether empty cells are given their look; thousands of them, never printed, are left alone.
    """
    spilt: list[tuple[str, Format]] = []
    sheet.reserve(number, len(looks))
    for i, (cell, look) in enumerate(zip(row.cells, looks, strict=True)):
        if cell.__class__ is float and math.isfinite(cell):
            sheet.put_number(number, i, cell, look)
        elif cell.__class__ is str and is_plain(cell):
            sheet.put_text(number, i, cell, look)
        elif blanks or cell is not None:
            spilt += ((part, look) for part in put_cell(pen, sheet, (number, i), cell, look))
    for i, (part, look) in enumerate(spilt, len(looks)):
        put_line(sheet, number, i, part, look)


def _height(sheet: QuickSheet, columns: tuple[Column, ...], number: int, row: Row) -> None:
    """Make a row as high as its longest text that runs over several lines."""
    pairs = zip(columns, row.cells, strict=True)
    lines = max(_lines(_words(cell), column.width) for column, cell in pairs if column.wrap)
    if lines > 1:
        sheet.done(sheet.set_row(number, min(TALLEST, LINE_POINTS * lines + 2.0)), number)


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


def _words(cell: Cell) -> str:
    """What a cell shows, as text."""
    return str(cell.value if isinstance(cell, Formula) else cell.text if isinstance(cell, Link) else cell)


def _lines(text: str, width: float) -> int:
    """Lines a text takes in a column of a width [characters]."""
    return sum(max(1, len(textwrap.wrap(part, max(1, int(1.1 * width))))) for part in text.split("\n"))
