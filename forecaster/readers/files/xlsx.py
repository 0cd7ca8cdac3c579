"""Workbooks (.xlsx, .xlsm) -> Book, by openpyxl: values, formulas, merges, hidden rows, formats."""

import io
import re
import warnings
from collections.abc import Callable
from typing import Any

import openpyxl
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.styles.colors import COLOR_INDEX
from openpyxl.worksheet.worksheet import Worksheet

from forecaster.readers.files.book import (
    Book,
    CellError,
    Position,
    Sheet,
    Value,
    column_letters,
    column_number,
    trimmed,
)
from forecaster.readers.files.gate import AREA_LIMIT, Passed, Refused

_LITERAL = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]')  # 0.0"%" shows a sign and scales nothing
_WORDS = re.compile(r'"([^"]*)"')
_SCALED = re.compile(r"[0#?],+(?![0#?])")  # a comma after the last digit shows thousands


def book(file: Passed, content: bytes | None = None) -> Book:
    """Read a workbook that passed the gate, from its file or from its decrypted content.

    Raises Refused where the parser fails or a sheet's used area is too large.
    """
    values = _loaded(file, content, data_only=True)
    if not values.worksheets:
        advice = "Open it in Excel and save it as 'Excel Workbook (*.xlsx)', not as 'Strict Open XML'."
        raise Refused(f"{file.path.name} holds no sheet that can be read. {advice}")
    formulas = _loaded(file, content, data_only=False) if file.formulas else None
    sheets = []
    for position, sheet in enumerate(values.worksheets):
        _check_area(sheet)
        twin = formulas.worksheets[position] if formulas is not None else None
        sheets.append(_sheet(sheet, twin))
    return Book(file.path.name, file.sha256, tuple(sheets))


def _loaded(file: Passed, content: bytes | None, *, data_only: bool) -> openpyxl.Workbook:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter(
                "ignore"
            )  # openpyxl warns of parts it drops, such as charts: none is read here
            stream = io.BytesIO(file.path.read_bytes() if content is None else content)
            return openpyxl.load_workbook(stream, data_only=data_only, keep_links=False, rich_text=True)
    except Exception as error:  # noqa: BLE001 - the parser's errors on damaged files are of every kind
        raise Refused(
            f"{file.path.name} is damaged ({type(error).__name__} in its {_part(error)}). "
            "Open it in Excel, let it repair the file, save a copy."
        ) from None


def _part(error: Exception) -> str:
    return "XML" if "xml" in type(error).__module__.lower() else "content"


def _check_area(sheet: Worksheet) -> None:
    if sheet.max_row * sheet.max_column > AREA_LIMIT:
        corner = f"{column_letters(sheet.max_column)}{sheet.max_row}"
        raise Refused(
            f"used area reaches {corner}. Delete the stray cell (Ctrl+End shows it) and save.",
            f"sheet {sheet.title}",
        )


def _sheet(sheet: Worksheet, twin: Worksheet | None) -> Sheet:
    cells: dict[Position, Any] = sheet._cells  # noqa: SLF001 - the only view without empty cells
    height = max((row for row, _ in cells), default=0)
    width = max((column for _, column in cells), default=0)
    rows: list[list[Value]] = [[None] * width for _ in range(height)]
    formats: dict[Position, str] = {}
    colours: dict[Position, str] = {}
    words: dict[Position, str] = {}
    look = _looks()
    for (row, column), cell in cells.items():
        if cell.value is None:
            continue
        rows[row - 1][column - 1] = _value(cell)
        if getattr(cell, "has_style", False):
            shown, colour, said = look(cell)
            if shown:
                formats[row, column] = shown
            elif said:
                words[row, column] = said
            if colour:
                colours[row, column] = colour
    return Sheet(
        name=sheet.title,
        rows=trimmed(rows),
        hidden=sheet.sheet_state != "visible",
        hidden_rows=frozenset(row for row, shape in sheet.row_dimensions.items() if shape.hidden),
        hidden_columns=_hidden_columns(sheet),
        merged=tuple(
            (area.min_row, area.min_col, area.max_row, area.max_col) for area in sheet.merged_cells.ranges
        ),
        formulas={} if twin is None else _formulas(twin),
        formats=formats,
        colours=colours,
        words=words,
    )


def _looks() -> Callable[[Any], tuple[str, str, str]]:
    """Return a function of a cell: number format where it matters, colour unless black, words shown."""
    known: dict[int, tuple[str, str, str]] = {}

    def look(cell: Any) -> tuple[str, str, str]:  # noqa: ANN401 - as above
        style = cell.style_id
        if style not in known:
            shown = _LITERAL.sub("", str(cell.number_format))
            matters = "%" in shown or ("," in shown and _SCALED.search(shown) is not None)
            known[style] = (
                shown if matters else "",
                _colour(cell.font.color if cell.font is not None else None),
                " ".join(_WORDS.findall(str(cell.number_format).split(";")[0])).strip(),
            )
        return known[style]

    return look


def _colour(colour: Any) -> str:  # noqa: ANN401 - openpyxl's colour, or none
    """Return a font's colour as six hexadecimal digits; '' for black, none, and colours of a theme."""
    kind = getattr(colour, "type", "")
    if kind == "indexed" and 0 <= colour.indexed < len(COLOR_INDEX):
        digits = COLOR_INDEX[colour.indexed]
    else:
        digits = colour.rgb if kind == "rgb" else ""
    return digits[-6:] if isinstance(digits, str) and digits[-6:] != "000000" else ""


def _value(cell: Any) -> Value:  # noqa: ANN401 - a cell or the inner cell of a merged range
    value = cell.value
    if getattr(cell, "data_type", "") == "e":
        return CellError(value)
    if isinstance(value, CellRichText):
        return "".join(_raised(part) if isinstance(part, TextBlock) else part for part in value)
    if isinstance(value, str | int | float | bool) or hasattr(value, "isoformat"):
        return value
    return str(value)


def _raised(part: TextBlock) -> str:
    """Text of a part with its own font: raised digits as such, or a footnote's would end the number."""
    return part.text.translate(_SUPERSCRIPT) if part.font.vertAlign == "superscript" else part.text


_SUPERSCRIPT = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


def _hidden_columns(sheet: Worksheet) -> frozenset[int]:
    hidden: set[int] = set()
    for letters, shape in sheet.column_dimensions.items():
        if shape.hidden:
            first = shape.min or column_number(letters)
            hidden.update(range(first, min(shape.max or first, sheet.max_column) + 1))
    return frozenset(hidden)


def _formulas(sheet: Worksheet) -> dict[Position, str]:
    found = {}
    for position, cell in sheet._cells.items():  # noqa: SLF001 - the only view without empty cells
        if getattr(cell, "data_type", "") == "f":
            found[position] = str(getattr(cell.value, "text", None) or cell.value)
    return found
