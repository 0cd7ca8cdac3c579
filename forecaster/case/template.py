"""Write budgets.xlsx from the CSV tables: `python -m forecaster.case.template [FOLDER]`.

The same tables give the same bytes, so that a change of the workbook is always a change of a figure.
"""

import csv
import io
import re
import sys
import zipfile
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path

from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from forecaster.case.bundled import bundled
from forecaster.readers import WORKBOOK, cells
from forecaster.readers.files.book import column_letters
from forecaster.readers.own.tables import TABLES, Column, Table

HEADER = 5
_SPARE = 200  # rows below the last that drop-downs cover
_WIDTHS = {"source": 60, "definition": 50, "reason": 60, "terms": 50, "title": 50, "aliases": 60}
_STAMP = (2026, 1, 1, 0, 0, 0)
_FONT = "Calibri"  # one without a name is another in each program
_NUMBER = "#,##0.0###"  # of whole numbers too, or a decimal typed over one would not show
_STATES = f"OFFSET(states!$A${HEADER + 1},0,0,COUNTA(states!$A${HEADER + 1}:$A${HEADER + _SPARE}),1)"
_ALIAS = "A name or alias of the table states is read too."
_MISSING = "Leave a missing value empty, or enter n/a, : or .. - never 0."


def write(folder: Path, target: Path) -> None:
    """Write the CSV tables of a folder as one workbook."""
    book = Workbook()
    book.remove(book.worksheets[0])
    lines = {row["table"]: _source_line(row) for row in _dicts(folder / "sources.csv")}
    for table in TABLES:
        rows = _rows(folder / f"{table.name}.csv")
        _write_table(book.create_sheet(table.name), table, rows, lines.get(table.name, ""))
    target.write_bytes(_stable(book))


def _rows(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.reader(stream))


def _dicts(path: Path) -> list[dict[str, str]]:
    header, *rows = _rows(path)
    return [dict(zip(header, row, strict=True)) for row in rows]


def _source_line(row: dict[str, str]) -> str:
    parts = ", ".join(part for part in (row["publisher"], row["title"], row["vintage"]) if part)
    return f"Source: {parts}. {row['definition']}. Terms: {row['terms']}."


def _write_table(sheet: Worksheet, table: Table, rows: list[list[str]], source: str) -> None:
    unit = f"{table.unit}. " if table.unit else ""
    for number, text in enumerate((table.title, unit + table.definition, source, _MISSING), start=1):
        first = number == 1
        sheet.cell(number, 1, text).font = Font(_FONT, size=14 if first else 10, bold=first)
    for offset, row in enumerate(rows):
        for position, text in enumerate(row, start=1):
            cell = sheet.cell(HEADER + offset, position)
            assert isinstance(cell, Cell)  # nothing is merged here
            if offset == 0:
                _write_heading(cell, table, text)
            elif text:
                _write_value(cell, _column(table, rows[0][position - 1]), text)
    sheet.freeze_panes = f"B{HEADER + 1}"
    sheet.sheet_view.showGridLines = False
    _set_widths(sheet, rows[0])
    _add_lists(sheet, table, rows)


def _column(table: Table, heading: str) -> Column:
    if table.wide:
        return Column(heading, "code" if heading == "code" else "number")
    return next(column for column in table.columns if column.name == heading)


def _write_heading(cell: Cell, table: Table, text: str) -> None:
    cell.value = int(text) if table.wide and text.isdecimal() else text
    cell.font = Font(_FONT, size=11, bold=True, color="FFFFFF")
    cell.fill = PatternFill("solid", fgColor="1F3864")
    cell.alignment = Alignment(horizontal="right" if isinstance(cell.value, int) else "left")


def _write_value(cell: Cell, column: Column, text: str) -> None:
    value = _value(column, text)
    cell.value = value
    if isinstance(value, str):
        cell.data_type = "s"  # a text that begins with '=' stays a text
    elif isinstance(value, date):
        cell.number_format = "yyyy-mm-dd"
    elif column.kind == "number":
        cell.number_format = _NUMBER


def _value(column: Column, text: str) -> str | int | float | date:
    if column.kind == "date":
        return date.fromisoformat(text)
    parts = cells.split(text) if column.kind in {"number", "year"} else None
    if parts is None or parts.flag or parts.percent:
        return text
    number = float(text)
    return int(number) if number.is_integer() else number


def _set_widths(sheet: Worksheet, headings: Sequence[str]) -> None:
    for position, heading in enumerate(headings, start=1):
        width = _WIDTHS.get(heading, max(12, len(heading) + 3))
        sheet.column_dimensions[column_letters(position)].width = width


def _add_lists(sheet: Worksheet, table: Table, rows: list[list[str]]) -> None:
    """Drop-downs for yes/no, statuses and codes; a state may be typed by any name of the table states."""
    last = HEADER + len(rows) + _SPARE
    for position, heading in enumerate(rows[0], start=1):
        column = _column(table, heading)
        choices = ("yes", "no") if column.kind == "flag" else column.choices
        named = column.kind == "code" and table.name != "states" and not table.any_code
        if named or choices:
            formula = _STATES if named else f'"{",".join(choices)}"'
            letters = column_letters(position)
            choice = DataValidation("list", formula, allow_blank=not column.required)
            choice.showErrorMessage = True  # without it nothing is refused
            choice.errorTitle, choice.error = "Not on the list", f"Choose from the list for {heading}."
            if named:
                choice.errorStyle, choice.error = "warning", f"{choice.error} {_ALIAS}"
            choice.add(f"{letters}{HEADER + 1}:{letters}{last}")
            sheet.add_data_validation(choice)


def _stable(book: Workbook) -> bytes:
    """Bytes of a workbook without the time of writing."""
    book.properties.creator, book.properties.title = "forecaster", "Budget tables"
    book.properties.created = datetime(*_STAMP[:3])  # noqa: DTZ001 - a fixed stamp, not a time
    written = io.BytesIO()
    book.save(written)
    result = io.BytesIO()
    with zipfile.ZipFile(written) as old, zipfile.ZipFile(result, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            content = old.read(name)
            if name == "docProps/core.xml":
                content = re.sub(rb"(<dcterms:modified[^>]*>)[^<]*", rb"\g<1>2026-01-01T00:00:00Z", content)
            part = zipfile.ZipInfo(name, _STAMP)
            part.compress_type = zipfile.ZIP_DEFLATED
            part.create_system = 0
            new.writestr(part, content)
    return result.getvalue()


def main(arguments: Sequence[str]) -> None:
    """Write the workbook of the folder named, or of the bundled inputs."""
    folder = Path(arguments[0]) if arguments else bundled()
    target = folder / WORKBOOK
    write(folder, target)
    print(f"Wrote {target.name}: {len(TABLES)} sheets.")  # noqa: T201 - a command's answer


if __name__ == "__main__":
    main(sys.argv[1:])
