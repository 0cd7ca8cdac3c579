"""A worksheet of XlsxWriter, whose cells become XML when they are put, in a third of the time it takes.

XlsxWriter holds each cell until the end and then looks at it again; here nothing is left to do by then.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from types import NoneType
from typing import Any

import xlsxwriter.worksheet

from forecaster.report.layout import letters
from forecaster.report.sheet import Formula
from forecaster.workbook.looks import Format
from forecaster.workbook.text import clean

ROW = "{row}"
"""Stands for a row's number in the pattern of rows."""

EMPTY = "/>"
"""Rest of the XML of a cell that has nothing but a look."""

FILLED: Mapping[type, str] = {
    float: "><v>%.16G</v></c>",
    int: "><v>%.16G</v></c>",
    str: "%s",
    Formula: "%s",
}
"""Kind of a cell -> rest of its XML after its place and look, with room for its value."""


class QuickSheet(xlsxwriter.worksheet.Worksheet):  # type: ignore[misc]  # it carries no types
    """Takes numbers, texts, formulas and blanks, each row from left to right."""

    def __init__(self) -> None:
        super().__init__()
        self._cells: defaultdict[int, list[str]] = defaultdict(list)
        self._styles: dict[Format, str] = {}

    def reserve(self, row: int, columns: int) -> None:
        """Make room for the cells of a row."""
        self.done(self._check_dimensions(row, columns - 1), row)

    def put_number(self, row: int, column: int, number: float, look: Format) -> None:
        """Put a finite number where there is room."""
        style = self._style(look)
        self._cells[row].append(f'<c r="{letters(column)}{row + 1}{style}><v>{number:.16G}</v></c>')

    def put_text(self, row: int, column: int, text: str, look: Format) -> None:
        """Put a text that a cell can hold where there is room; nothing but a look where it is empty."""
        self._cells[row].append(f'<c r="{letters(column)}{row + 1}{self._style(look)}{self.text_xml(text)}')

    def put_formula(self, row: int, column: int, text: str, look: Format, value: float | str) -> None:
        """Put a formula, such as =SUM(A1:A3), and its value where there is room."""
        xml = formula_xml(text, value)
        self._cells[row].append(f'<c r="{letters(column)}{row + 1}{self._style(look)}{xml}')

    def pattern(self, kinds: Sequence[type], looks: Sequence[Format], *, blanks: bool) -> str:
        """XML of rows whose cells are of these kinds, from the first column on, for `put_row` to fill in.

        blanks: whether empty cells are given their look or left out.
        """
        filled = {**FILLED, NoneType: EMPTY} if blanks else FILLED
        return "".join(
            f'<c r="{letters(i)}{ROW}{self._style(look)}{filled[kind]}'
            for i, (kind, look) in enumerate(zip(kinds, looks, strict=True))
            if kind in filled
        )

    def put_row(self, row: int, pattern: str, values: Sequence[object]) -> None:
        """Put a whole row where there is room: finite numbers, the XML of texts and of formulas."""
        self._cells[row].append(pattern.replace(ROW, str(row + 1)) % tuple(values))

    def text_xml(self, text: str) -> str:
        """Rest of a text's XML after its place and look: the number under which all sheets hold it."""
        if not text:
            return EMPTY
        return f' t="s"><v>{self.str_table._get_shared_string_index(text)}</v></c>'  # noqa: SLF001

    def done(self, code: int | None, row: int = 0) -> None:
        """Raise RuntimeError where XlsxWriter refused something: no report is short of a cell in silence."""
        if code:
            raise RuntimeError(f"{self.name}, row {row + 1}: could not be written (code {code})")

    def _style(self, look: Format) -> str:
        """End of a cell's address and its style, as XML."""
        if look not in self._styles:
            self._styles[look] = f'" s="{look._get_xf_index()}"'  # noqa: SLF001
        return self._styles[look]

    def _prepare_formula(self, formula: str, _: bool = False) -> str:  # noqa: FBT001, FBT002
        """Formula that colours a cell, not searched for newer functions with a prefix: a report has none."""
        return formula.removeprefix("=")

    def _write_string(self, row: int, column: int, text: str, look: Any = None) -> int:  # noqa: ANN401
        """Put the text of a link, of which XlsxWriter does the rest."""
        self.put_text(row, column, text, look)
        return 0

    def _write_rows(self) -> None:
        """Write all rows that hold cells or have a height of their own, without spans, which are optional."""
        for row in sorted(self._cells.keys() | self.row_info.keys()):
            cells = self._cells.get(row)
            start = self._write_row if cells else self._write_empty_row
            start(row, None, self.row_info.get(row))
            if cells:
                self.fh.write("".join(cells) + "</row>")


def formula_xml(text: str, value: float | str) -> str:
    """Rest of a formula's XML after its place and look: the kind of its value, its text, its value.

    Zero has no sign: some programs show one. Nothing is a text too: XlsxWriter makes it a number without
    digits, which a view that recalculates nothing may show as 0.
    """
    kind = ' t="str"' if isinstance(value, str) else ""
    shown = _escaped(clean(value)) if isinstance(value, str) else value or 0
    return f"{kind}><f>{_escaped(text[1:])}</f><v>{shown}</v></c>"


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
