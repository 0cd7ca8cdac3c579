"""A worksheet of XlsxWriter, whose cells become XML when they are put, in a third of the time it takes.

XlsxWriter holds each cell until the end and then looks at it again; here nothing is left to do by then.
"""

from collections import defaultdict
from typing import Any

import xlsxwriter.worksheet

from forecaster.layout import letters
from forecaster.workbook.looks import Format


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
        style = self._styles.get(look) or self._style(look)
        self._cells[row].append(f'<c r="{letters(column)}{row + 1}{style}><v>{number:.16G}</v></c>')

    def put_text(self, row: int, column: int, text: str, look: Format) -> None:
        """Put a text that a cell can hold where there is room."""
        style = self._styles.get(look) or self._style(look)
        index = self.str_table._get_shared_string_index(text)  # noqa: SLF001
        self._cells[row].append(f'<c r="{letters(column)}{row + 1}{style} t="s"><v>{index}</v></c>')

    def put_blank(self, row: int, column: int, look: Format) -> None:
        """Put a cell that has nothing but a look where there is room."""
        self._cells[row].append(f'<c r="{letters(column)}{row + 1}{self._style(look)}/>')

    def put_formula(self, row: int, column: int, text: str, look: Format, value: float | str) -> None:
        """Put a formula, such as =SUM(A1:A3), and its value where there is room.

        XlsxWriter would look for functions that need a prefix, as newer ones do; a report uses none of them.
        """
        start = f'<c r="{letters(column)}{row + 1}{self._style(look)}'
        kind = ' t="str"' if isinstance(value, str) and value else ""
        shown = _escaped(value) if isinstance(value, str) else value
        self._cells[row].append(f"{start}{kind}><f>{_escaped(text[1:])}</f><v>{shown}</v></c>")

    def done(self, code: int | None, row: int = 0) -> None:
        """Raise RuntimeError where XlsxWriter refused something: no report is short of a cell in silence."""
        if code:
            raise RuntimeError(f"{self.name}, row {row + 1}: could not be written (code {code})")

    def _style(self, look: Format) -> str:
        """End of a cell's address and its style, as XML."""
        if look not in self._styles:
            self._styles[look] = f'" s="{look._get_xf_index()}"'  # noqa: SLF001
        return self._styles[look]

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


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
