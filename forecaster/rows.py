"""Rows of a sheet as XML: what XlsxWriter writes cell by cell, written row by row in a third of the time."""

from collections.abc import Iterator, Mapping, MutableMapping
from typing import Any, NamedTuple

from forecaster.layout import letters


class Number(NamedTuple):
    """A cell with a number, under the name that XlsxWriter gives it."""

    number: float
    format: Any


class QuickRows:
    """For a worksheet of XlsxWriter, which holds its cells in `table` until it is written.

    Knows numbers, texts, formulas and blanks; TypeError at any other kind of cell. Spans, which are optional,
    are left out.
    """

    table: MutableMapping[int, MutableMapping[int, Any]]
    row_info: Mapping[int, Any]
    fh: Any

    def reserve(self, row: int, columns: int) -> int:
        """Make room for the cells of a row: 0, or the writer's code where there is none."""
        code: int = self._check_dimensions(row, columns - 1)  # type: ignore[attr-defined]
        return code

    def put_number(self, row: int, column: int, number: float, look: object) -> int:
        """Hold a finite number in a row that has room."""
        self.table[row][column] = Number(number, look)
        return 0

    def _write_rows(self) -> None:
        """Write all rows that hold cells or have a height of their own."""
        looks: dict[Any, str] = {None: ""}
        columns: dict[int, str] = {}
        for number in sorted(self.table.keys() | self.row_info.keys()):
            cells = self.table.get(number)
            start: Any = self._write_row if cells else self._write_empty_row  # type: ignore[attr-defined]
            start(number, None, self.row_info.get(number))
            if cells:
                self.fh.write("".join(_cells(number + 1, cells, looks, columns)) + "</row>")


def _cells(
    row: int, cells: Mapping[int, Any], looks: dict[Any, str], columns: dict[int, str]
) -> Iterator[str]:
    """XML of each cell of a row, from left to right. looks, columns: what was found before."""
    for i in sorted(cells):
        cell = cells[i]
        look = looks.get(cell.format)
        if look is None:
            look = looks[cell.format] = f' s="{cell.format._get_xf_index()}"'  # noqa: SLF001
        name = columns.get(i) or columns.setdefault(i, letters(i))
        kind = cell.__class__.__name__
        if kind == "Number":
            yield f'<c r="{name}{row}"{look}><v>{cell.number:.16G}</v></c>'
        elif kind == "String":
            yield f'<c r="{name}{row}"{look} t="s"><v>{cell.string}</v></c>'
        elif kind == "Blank":
            yield f'<c r="{name}{row}"{look}/>'
        elif kind == "Formula":
            yield f'<c r="{name}{row}"{look}{_formula(cell.formula, cell.value)}</c>'
        else:
            raise TypeError(f"{name}{row}: a cell of kind {kind}")


def _formula(text: str, value: float | str) -> str:
    """Rest of a formula's XML after its place and look: the kind of its value, its text, its value."""
    kind = ' t="str"' if isinstance(value, str) and value else ""
    shown = _escaped(value) if isinstance(value, str) else value
    return f"{kind}><f>{_escaped(text)}</f><v>{shown}</v>"


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
