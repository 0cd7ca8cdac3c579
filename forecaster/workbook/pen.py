"""What is needed to write on any sheet, and how one cell is written."""

import math
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from forecaster.report.layout import Layout
from forecaster.report.sheet import Cell, Formula, Link, Ref
from forecaster.workbook.looks import Format, Looks
from forecaster.workbook.text import LIMIT, RISKY, clean, pieces
from forecaster.workbook.worksheet import QuickSheet


@dataclass(frozen=True)
class Book:
    """What a workbook says about itself. master: the cell that holds the result of all controls."""

    title: str
    run_id: str
    created: datetime
    master: Ref


@dataclass(frozen=True)
class Pen:
    """What is needed to write on any sheet. file: a workbook of XlsxWriter, which carries no types."""

    file: Any
    layout: Layout
    looks: Looks
    book: Book


def put_line(sheet: QuickSheet, row: int, column: int, text: str, look: Format) -> None:
    """Write a text, whatever is in it, outside the rows of a table or beside them."""
    sheet.reserve(row, column + 1)
    sheet.put_text(row, column, clean(text), look)


def put_cell(pen: Pen, sheet: QuickSheet, at: tuple[int, int], cell: Cell, look: Format) -> list[str]:
    """Write a cell where there is room; return the parts of a text too long for it."""
    row, column = at
    if isinstance(cell, str):
        first, *rest = pieces(cell) if len(cell) > LIMIT else (cell,)
        put_line(sheet, row, column, first, pen.looks.quoted(look) if cell[:1] in RISKY else look)
        return rest
    if cell is None or (isinstance(cell, float) and not math.isfinite(cell)):
        sheet.put_text(row, column, "", look)
    elif isinstance(cell, Formula):
        sheet.put_formula(row, column, pen.layout.text(cell, sheet.name), look, cell.value)
    elif isinstance(cell, Link):
        link = f"internal:'{cell.sheet}'!A1"
        sheet.done(sheet.write_url(row, column, link, pen.looks.text("link"), cell.text), row)
    else:
        sheet.put_number(row, column, float(cell), look)
    return []
