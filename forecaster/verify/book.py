"""A finished workbook read back: what each cell holds, shows and hides."""

import posixpath
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import defusedxml.ElementTree
import openpyxl
from openpyxl.utils import get_column_letter
from openpyxl.utils.cell import coordinate_to_tuple
from openpyxl.worksheet.formula import ArrayFormula, DataTableFormula
from openpyxl.xml.constants import MAX_COLUMN

from forecaster.machine.memory import uncollected

Place: TypeAlias = tuple[int, int]
"""Row and column, counted from 1."""

Value: TypeAlias = Any
"""Number, text, date or None, as openpyxl gives it."""


@dataclass(frozen=True)
class Leaf:
    """A sheet.

    values: of all cells that are not empty; formulas: with their '='; errors: values such as #REF!; unvalued:
    formulas whose cell stores no value, but for those that may show an empty text; strong: rows set in bold;
    shown: the sheet is not hidden; hidden: names of its hidden rows and columns; merged: ranges of cells that
    are shown as one, which hides what lies under it.
    """

    name: str
    shown: bool
    values: Mapping[Place, Value]
    formulas: Mapping[Place, str]
    errors: Mapping[Place, str]
    unvalued: frozenset[Place]
    strong: frozenset[int]
    hidden: tuple[str, ...]
    merged: tuple[str, ...]


@dataclass(frozen=True)
class Book:
    """A workbook. parts: names of the files in it; names: defined name -> what it stands for."""

    path: Path
    leaves: Mapping[str, Leaf]
    parts: tuple[str, ...]
    names: Mapping[str, str]


def read(path: Path) -> Book:
    """Read a workbook that passed the gate.

    Whole: row by row, which takes half the memory, openpyxl passes over rows and cells that come twice or out
    of order, over sheets of one name and over charts that are gone. Other programs show them.
    """
    with uncollected():
        texts, shown = openpyxl.load_workbook(path), openpyxl.load_workbook(path, data_only=True)
        with zipfile.ZipFile(path) as archive:
            unvalued = [frozenset(_unvalued(archive, part)) for part in _parts(archive)]
            parts = tuple(archive.namelist())
        leaves = {
            name: _leaf(texts[name], shown[name], empty)
            for name, empty in zip(shown.sheetnames, unvalued, strict=True)
            if hasattr(shown[name], "iter_rows")
        }
    names = {name: str(entry.attr_text) for name, entry in texts.defined_names.items()}
    return Book(path, leaves, parts, names)


def address(place: Place) -> str:
    """Address of a cell, such as B7."""
    return f"{get_column_letter(place[1])}{place[0]}"


def _leaf(texts: Any, shown: Any, unvalued: frozenset[Place]) -> Leaf:  # noqa: ANN401  worksheets of openpyxl
    written = {place: cell for place, cell in _cells(texts) if cell.data_type == "f"}
    formulas = {place: _formula(cell.value) for place, cell in written.items()}
    values = dict(_cells(shown))
    return Leaf(
        name=shown.title,
        shown=shown.sheet_state == "visible",
        values={place: cell.value for place, cell in values.items()},
        formulas=formulas,
        errors={place: str(cell.value) for place, cell in values.items() if cell.data_type == "e"},
        unvalued=frozenset(place for place in unvalued & formulas.keys() if '""' not in formulas[place]),
        strong=frozenset(row for (row, _), cell in written.items() if cell.font.b),
        hidden=tuple(_hidden(shown)),
        merged=tuple(sorted(map(str, shown.merged_cells.ranges))),
    )


def _cells(sheet: Any) -> Iterator[tuple[Place, Any]]:  # noqa: ANN401  a worksheet of openpyxl
    """Cells that hold something, row by row."""
    cells = sheet._cells  # noqa: SLF001 - the only view without empty cells
    return ((place, cells[place]) for place in sorted(cells) if cells[place].value is not None)


def _formula(value: object) -> str:
    if isinstance(value, ArrayFormula):
        return str(value.text)
    return "={data table}" if isinstance(value, DataTableFormula) else str(value)


def _hidden(sheet: Any) -> Iterator[str]:  # noqa: ANN401  a worksheet of openpyxl
    """Names of rows and columns that are hidden, or have no height or width."""
    if sheet.sheet_format.zeroHeight:
        yield "rows without a height of their own"
    for row, look in sheet.row_dimensions.items():
        if look.hidden or look.height == 0.0:
            yield f"row {row}"
    for look in sheet.column_dimensions.values():
        if look.hidden or look.width == 0.0:
            yield _columns(look.min, min(look.max or look.min, MAX_COLUMN))


def _columns(first: int, last: int) -> str:
    """Return the name of columns that stand together."""
    name = get_column_letter(first)
    return f"column {name}" if first == last else f"columns {name} to {get_column_letter(last)}"


def _unvalued(archive: zipfile.ZipFile, part: str) -> Iterator[Place]:
    """Formulas of a sheet without a stored value, which openpyxl cannot tell from an empty text."""
    with archive.open(part) as stream:
        for _, element in defusedxml.ElementTree.iterparse(stream):
            if element.tag.endswith("}c"):
                parts = {child.tag.rpartition("}")[2]: child for child in element}
                told = "v" in parts and (parts["v"].text or element.get("t") == "str")
                if "f" in parts and not told:
                    yield coordinate_to_tuple(element.get("r", "A1"))
            elif element.tag.endswith("}row"):
                element.clear()


def _parts(archive: zipfile.ZipFile) -> list[str]:
    """Parts of the file that hold its sheets, in their order, found as openpyxl finds them."""
    relations = defusedxml.ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))
    targets = {one.get("Id"): one.get("Target", "") for one in relations}
    sheets = defusedxml.ElementTree.fromstring(archive.read("xl/workbook.xml")).iter()
    keys = [
        next((value for name, value in sheet.attrib.items() if name.endswith("}id")), "")
        for sheet in sheets
        if sheet.tag.endswith("}sheet")
    ]
    known = set(archive.namelist())
    return [part for key in keys if (part := _part(targets.get(key, ""))) in known]


def _part(target: str) -> str:
    """Name of the part that a relation of the workbook leads to."""
    return target[1:] if target.startswith("/") else posixpath.normpath(posixpath.join("xl", target))
