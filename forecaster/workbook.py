"""A Run as a workbook: the only module that imports XlsxWriter.

What is written follows from the data of the sheets, how it looks from role and unit. The same Run gives the
same bytes: no clock, no path, the date of the case as the date of the file.
"""

import gc
import math
import os
import re
from collections.abc import Hashable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any, TypeAlias

import xlsxwriter
import xlsxwriter.worksheet

from forecaster import __version__
from forecaster.charts import BESIDE, GAP, drawn
from forecaster.heights import PLAIN_POINTS, TITLE_POINTS, head_points, row_points, unit_points
from forecaster.layout import Layout, Page, Placed, is_number, role_of, unit_of, wrapped
from forecaster.looks import Format, Looks
from forecaster.output import save
from forecaster.pages import breaks, repeated
from forecaster.rows import QuickRows
from forecaster.run import Run
from forecaster.sheet import (
    Cell,
    Chart,
    Choice,
    Column,
    Formula,
    Gallery,
    Light,
    Link,
    Notes,
    Ref,
    Row,
    Sheet,
)
from forecaster.sheets import report
from forecaster.sheets.checks import MASTER
from forecaster.styles import HEAT, ROLE_WORDS, WORDS

TEXT_LIMIT = 32_000  # characters; a cell holds 32,767
A4 = 9
RISKY = ("=", "+", "-", "@")  # a text that begins so turns into a formula when somebody edits its cell
CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
PLAIN_TEXT = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}

Worksheet: TypeAlias = Any
"""A worksheet of XlsxWriter, which carries no types."""


class PlainWorksheet(QuickRows, xlsxwriter.worksheet.Worksheet):  # type: ignore[misc]  # it carries no types
    """A worksheet whose formulas need no prefixes for newer functions: a report uses none of them.

    XlsxWriter looks for thirty of them in each formula, a tenth of the time of writing.
    """

    put_text = xlsxwriter.worksheet.Worksheet._write_string  # noqa: SLF001 - without guesses at arguments
    put_blank = xlsxwriter.worksheet.Worksheet._write_blank  # noqa: SLF001
    put_formula = xlsxwriter.worksheet.Worksheet._write_formula  # noqa: SLF001

    def _prepare_formula(self, formula: str, _: bool = False) -> str:  # noqa: FBT001, FBT002
        return formula.removeprefix("=")


@dataclass(frozen=True)
class Book:
    """What a workbook says about itself. master: the cell that holds the result of all controls."""

    title: str
    run_id: str
    created: datetime
    master: Ref


@dataclass(frozen=True)
class Pen:
    """What is needed to write on any sheet."""

    file: Any
    layout: Layout
    looks: Looks
    book: Book


def write(run: Run, target: Path, force: bool) -> None:  # noqa: FBT001 - the caller passes what the user said
    """Write the workbook of a run. Raises OutputExists or OutputNotWritable."""
    save(content(run), target, force=force)


def content(run: Run) -> bytes:
    """Return the workbook of a run."""
    book = Book(run.case.programme.name, run.run_id, created(run.settings.as_of), MASTER)
    with _uncollected():
        return rendered(report(run), book)


@contextmanager
def _uncollected() -> Iterator[None]:
    """Hold back the garbage collector: hundreds of thousands of cells live to the end and it finds none."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def created(as_of: str) -> datetime:
    """Return the date a workbook bears: that of the case, or SOURCE_DATE_EPOCH where it is set."""
    if epoch := os.environ.get("SOURCE_DATE_EPOCH"):
        return datetime.fromtimestamp(int(epoch), UTC).replace(tzinfo=None)
    return datetime.combine(date.fromisoformat(as_of), datetime.min.time())


def rendered(sheets: tuple[Sheet, ...], book: Book) -> bytes:
    """Return the workbook that shows these sheets, in their order."""
    stream = BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True, **PLAIN_TEXT}) as file:
        about = {"title": book.title, "author": f"forecaster {__version__}", "comments": f"run {book.run_id}"}
        file.set_properties({**about, "created": book.created})
        pen = Pen(file, Layout(sheets), Looks(file), book)
        for page in pen.layout.pages:
            _page(pen, page)
    return stream.getvalue()


@cache
def clean(text: str) -> str:
    """Text that a cell can hold: control characters become their visible pictures."""
    return CONTROL.sub(_picture, text.replace("\r\n", "\n"))


def pieces(text: str) -> list[str]:
    """Text cut into parts that a cell can hold, each but the last saying that it goes on."""
    parts = [text[i : i + TEXT_LIMIT] for i in range(0, len(text), TEXT_LIMIT)] or [""]
    return [f"{part} [goes on to the right]" for part in parts[:-1]] + parts[-1:]


def _picture(match: re.Match[str]) -> str:
    code = ord(match.group())
    return "\u2421" if code == 0x7F else chr(0x2400 + code) if code < 0x20 else "\ufffd"


def _done(code: int | None, sheet: Worksheet, row: int = 0) -> None:
    """Raise RuntimeError where the writer refused something: no report is short of a cell in silence."""
    if code:
        raise RuntimeError(f"{sheet.name}, row {row + 1}: could not be written (code {code})")


def _page(pen: Pen, page: Page) -> None:
    sheet = pen.file.add_worksheet(page.sheet.name, PlainWorksheet)
    for i, width in enumerate(page.widths):
        _done(sheet.set_column(i, i, width), sheet)
    _front(pen, sheet, page.sheet)
    placed = iter(page.tables)
    for top, block in zip(page.tops, page.sheet.blocks, strict=True):
        if isinstance(block, Notes):
            _notes(pen, sheet, block, top, page.breadth)
        elif isinstance(block, Chart | Gallery):
            _charts(pen, sheet, block, top)
        else:
            _table(pen, sheet, next(placed), page)
    _print(pen, sheet, page)


def _front(pen: Pen, sheet: Worksheet, about: Sheet) -> None:
    """Write title, question, state of the controls and the way back to the first sheet."""
    _done(sheet.set_row(0, TITLE_POINTS), sheet)
    _text(sheet, 0, 0, about.title, pen.looks.text("title"))
    _text(sheet, 1, 0, about.question, pen.looks.text("question"))
    master = pen.layout.address(pen.book.master.fix(), about.name)
    value = f"Master check: {pen.layout.value(pen.book.master)}, run {pen.book.run_id}"
    state = f'="Master check: "&{master}&", run {pen.book.run_id}"'
    _done(sheet.write_formula(2, 0, state, pen.looks.text("state"), value), sheet, 2)
    for word in ("FAIL", "PASS"):
        rule = {"type": "text", "criteria": "containing", "value": word, "format": pen.looks.said(word)}
        _done(sheet.conditional_format(2, 0, 2, 0, rule), sheet, 2)
    home = pen.layout.pages[0].sheet.name
    if about.name != home:
        _cell(pen, sheet, (3, 0), Link(f"Back to {home}", home), None)


def _notes(pen: Pen, sheet: Worksheet, notes: Notes, top: int, breadth: int) -> None:
    if notes.title:
        _text(sheet, top, 0, notes.title, pen.looks.text("heading"))
    look = pen.looks.text("strong" if notes.strong else "plain")
    for row, line in enumerate(wrapped(notes.lines, breadth), top + bool(notes.title)):
        _text(sheet, row, 0, line, look)


def _charts(pen: Pen, sheet: Worksheet, block: Chart | Gallery, top: int) -> None:
    charts = block.charts if isinstance(block, Gallery) else (block,)
    width = BESIDE[len(charts)]
    for i, chart in enumerate(charts):
        drawing = drawn(pen.file, chart, pen.layout, width)
        place = {"x_offset": i * (width + GAP), "y_offset": 2, "object_position": 2}
        _done(sheet.insert_chart(top, 0, drawing, {"description": chart.description, **place}), sheet, top)


def _table(pen: Pen, sheet: Worksheet, placed: Placed, page: Page) -> None:
    table = placed.table
    _text(sheet, placed.top, 0, table.title, pen.looks.text("heading"))
    for row, note in enumerate(wrapped(table.notes, page.breadth), placed.top + 1):
        _text(sheet, row, 0, note, pen.looks.text("question"))
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
        _done(sheet.autofilter(placed.first - 1, 0, placed.bottom, len(table.columns) - 1), sheet)


def _heads(pen: Pen, sheet: Worksheet, placed: Placed, widths: tuple[float, ...]) -> None:
    """Write titles, units and kinds of the columns of a table."""
    columns = placed.table.columns
    units = any(column.unit for column in columns)
    for i, (column, right) in enumerate(zip(columns, placed.rightward, strict=True)):
        _cell(pen, sheet, (placed.heads, i), column.title, pen.looks.head(right, True, True))
        texts = [column.unit] * units + [_kind(placed.table.rows, i, column)]
        for number, text in zip(range(placed.heads + 1, placed.first), texts, strict=False):
            _text(sheet, number, i, text, pen.looks.head(right, False, text is column.unit))
    _done(sheet.set_row(placed.heads, head_points(placed, widths)), sheet, placed.heads)
    if units:
        _done(sheet.set_row(placed.heads + 1, unit_points(placed, widths)), sheet, placed.heads + 1)


def _kind(rows: tuple[Row, ...], i: int, column: Column) -> str:
    """Where the numbers of a column come from, in a word: colour alone would not reach everybody."""
    kinds = {row.cells[i].__class__ for row in rows}
    if kinds <= {str, type(None)}:
        return ""
    roles = {
        row.role or column.role if kinds == {float} else role_of(row.cells[i], row, column)
        for row in rows
        if not row.strong and (kinds == {float} or is_number(row.cells[i]))
    }
    return ROLE_WORDS[roles.pop()] if len(roles) == 1 else "mixed" if roles else ""


def _looks(pen: Pen, placed: Placed, row: Row) -> Iterator[Format]:
    """Return the look of each cell of a row, the same for all rows whose cells are of the same kinds."""
    for column, cell, right in zip(placed.table.columns, row.cells, placed.rightward, strict=True):
        unit = "" if isinstance(cell, str | Link) else unit_of(row, column)
        yield pen.looks.cell(role_of(cell, row, column), unit, row.strong, column.wrap, right)


def _row(
    pen: Pen, sheet: Worksheet, number: int, row: Row, looks: tuple[Format, ...], *, blanks: bool
) -> None:
    """Write a row; the rest of a text too long for its cell follows to the right of the table.

    blanks: whether empty cells are given their look; thousands of them, never printed, are left alone.
    """
    spilt = len(looks)
    _done(sheet.reserve(number, spilt), sheet, number)
    for i, (cell, look) in enumerate(zip(row.cells, looks, strict=True)):
        if cell.__class__ is float and math.isfinite(cell):
            sheet.put_number(number, i, cell, look)
            continue
        if cell.__class__ is str and _plain(cell):
            _done(sheet.put_text(number, i, cell, look), sheet, number)
            continue
        for part in _cell(pen, sheet, (number, i), cell, look) if blanks or cell is not None else ():
            _text(sheet, number, spilt, part, look)
            spilt += 1


def _height(sheet: Worksheet, columns: tuple[Column, ...], number: int, row: Row) -> None:
    """Make a row as high as its longest text that runs over several lines."""
    points = row_points(columns, row)
    if points > PLAIN_POINTS:
        _done(sheet.set_row(number, points), sheet, number)


def _cell(
    pen: Pen, sheet: Worksheet, at: tuple[int, int], cell: Cell, look: Format
) -> tuple[str, ...] | list[str]:
    """Write a cell; return the parts of a text too long for it."""
    row, column = at
    if isinstance(cell, str):
        first, *rest = pieces(cell) if len(cell) > TEXT_LIMIT else (cell,)
        _text(sheet, row, column, first, pen.looks.quoted(look) if cell[:1] in RISKY else look)
        return rest
    if cell is None or (isinstance(cell, float) and not math.isfinite(cell)):
        code = sheet.put_blank(row, column, None, look)
    elif isinstance(cell, Formula):
        code = sheet.put_formula(row, column, pen.layout.text(cell, sheet.name), look, cell.value)
    elif isinstance(cell, Link):
        code = sheet.write_url(row, column, f"internal:'{cell.sheet}'!A1", pen.looks.text("link"), cell.text)
    else:
        code = sheet.write_number(row, column, float(cell), look)
    _done(code, sheet, row)
    return ()


@cache
def _plain(text: str) -> bool:
    """Whether a text can stand in a cell as it is."""
    return 0 < len(text) <= TEXT_LIMIT and text[0] not in RISKY and clean(text) == text


def _text(sheet: Worksheet, row: int, column: int, text: str, look: Format) -> None:
    write = sheet.put_text if text else sheet.put_blank
    _done(write(row, column, clean(text), look), sheet, row)


def _light(pen: Pen, sheet: Worksheet, placed: Placed, light: Light) -> None:
    """Colour the block between the first and the last of a light's columns."""
    area = (placed.first, placed.columns[light.columns[0]], placed.bottom, placed.columns[light.columns[-1]])
    rules: list[tuple[dict[str, str | float], Format]]
    if light.kind == "words":
        rules = [({"criteria": "==", "value": f'"{word}"'}, pen.looks.word(word)) for word in WORDS]
    else:
        rules = [({"criteria": ">=", "value": step[0]}, pen.looks.heat(i)) for i, step in enumerate(HEAT)]
    for rule, look in rules:
        options = {"type": "cell", **rule, "format": look, "stop_if_true": True}
        _done(sheet.conditional_format(*area, options), sheet, placed.first)


def _choice(pen: Pen, sheet: Worksheet, placed: Placed, choice: Choice) -> None:
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
    _done(sheet.data_validation(row, column, row, column, rule), sheet, row)


def _print(pen: Pen, sheet: Worksheet, page: Page) -> None:
    """One page wide on landscape A4, cut between blocks, titles repeated, run and page in the margin."""
    name, title = page.sheet.name, pen.book.title.replace("&", "&&")
    sheet.set_landscape()
    sheet.set_paper(A4)
    sheet.set_margins(left=0.3, right=0.3, top=0.7, bottom=0.6)
    sheet.fit_to_pages(1, 0)
    sheet.set_header(f"&L{title}&C{name}&RRun {pen.book.run_id}")
    sheet.set_footer("&RPage &P of &N")
    if page.printed is not None:
        _done(sheet.print_area(0, 0, page.printed, len(page.widths) - 1), sheet)
    sheet.freeze_panes(*page.frozen)
    if titles := repeated(page):
        _done(sheet.repeat_rows(*titles), sheet)
    if ends := breaks(page):
        _done(sheet.set_h_pagebreaks(list(ends)), sheet)
    _done(sheet.ignore_errors({"number_stored_as_text": "A1:XFD1048576"}), sheet)
