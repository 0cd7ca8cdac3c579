"""A finished workbook read back: what each cell holds, shows and hides."""

import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, TypeAlias

import defusedxml.ElementTree
import openpyxl
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.formula import ArrayFormula, DataTableFormula

Place: TypeAlias = tuple[int, int]
"""Row and column, counted from 1."""

Value: TypeAlias = Any
"""Number, text, date or None, as openpyxl gives it."""


@dataclass(frozen=True)
class Leaf:
    """A sheet.

    values: of all cells that are not empty; formulas: with their '='; errors: values such as #REF!; unvalued:
    formulas whose cell stores no value, but for those that may show an empty text; strong: rows set in bold;
    shown: the sheet is not hidden; hidden: names of its hidden rows and columns.
    """

    name: str
    shown: bool
    values: Mapping[Place, Value]
    formulas: Mapping[Place, str]
    errors: Mapping[Place, str]
    unvalued: frozenset[Place]
    strong: frozenset[int]
    hidden: tuple[str, ...]


@dataclass(frozen=True)
class Book:
    """A workbook. parts: names of the files in it; names: defined name -> what it stands for."""

    path: Path
    leaves: Mapping[str, Leaf]
    parts: tuple[str, ...]
    names: Mapping[str, str]


def read(path: Path) -> Book:
    """Read a workbook that passed the gate."""
    texts, shown = openpyxl.load_workbook(path), openpyxl.load_workbook(path, data_only=True)
    with zipfile.ZipFile(path) as archive:
        unvalued = dict(_unvalued(archive))
        parts = tuple(archive.namelist())
    leaves = {
        name: _leaf(texts[name], shown[name], unvalued.get(name, frozenset()))
        for name in shown.sheetnames
        if hasattr(shown[name], "iter_rows")
    }
    names = {name: str(entry.attr_text) for name, entry in texts.defined_names.items()}
    return Book(path, leaves, parts, names)


def address(place: Place) -> str:
    """Address of a cell, such as B7."""
    return f"{get_column_letter(place[1])}{place[0]}"


def _leaf(texts: Any, shown: Any, unvalued: frozenset[Place]) -> Leaf:  # noqa: ANN401  worksheets of openpyxl
    cells = [cell for row in shown.iter_rows() for cell in row if cell.value is not None]
    formulas = {
        (cell.row, cell.column): _formula(cell.value)
        for row in texts.iter_rows()
        for cell in row
        if cell.data_type == "f"
    }
    return Leaf(
        name=shown.title,
        shown=shown.sheet_state == "visible",
        values={(cell.row, cell.column): cell.value for cell in cells},
        formulas=formulas,
        errors={(cell.row, cell.column): str(cell.value) for cell in cells if cell.data_type == "e"},
        unvalued=frozenset(place for place in unvalued & formulas.keys() if '""' not in formulas[place]),
        strong=frozenset(row for row, column in formulas if texts.cell(row, column).font.b),
        hidden=tuple(_hidden(shown)),
    )


def _formula(value: object) -> str:
    if isinstance(value, ArrayFormula):
        return str(value.text)
    return "={data table}" if isinstance(value, DataTableFormula) else str(value)


def _hidden(sheet: Any) -> Iterator[str]:  # noqa: ANN401  a worksheet of openpyxl
    yield from (f"row {row}" for row, look in sheet.row_dimensions.items() if look.hidden)
    yield from (f"column {column}" for column, look in sheet.column_dimensions.items() if look.hidden)


def _unvalued(archive: zipfile.ZipFile) -> Iterator[tuple[str, frozenset[Place]]]:
    """Sheet -> formulas without a stored value, which openpyxl cannot tell from an empty text."""
    for name, part in _parts(archive).items():
        with archive.open(part) as stream:
            yield name, frozenset(_empty(stream))


def _empty(stream: Any) -> Iterator[Place]:  # noqa: ANN401  a stream of bytes
    for _, element in defusedxml.ElementTree.iterparse(stream):
        if element.tag.endswith("}c"):
            parts = {child.tag.rpartition("}")[2]: child for child in element}
            told = "v" in parts and (parts["v"].text or element.get("t") == "str")
            if "f" in parts and not told:
                yield openpyxl.utils.cell.coordinate_to_tuple(element.get("r", "A1"))
        elif element.tag.endswith("}row"):
            element.clear()


def _parts(archive: zipfile.ZipFile) -> dict[str, str]:
    """Sheet -> the part of the file that holds it."""
    relations = defusedxml.ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))
    targets = {one.get("Id"): one.get("Target", "") for one in relations}
    sheets = defusedxml.ElementTree.fromstring(archive.read("xl/workbook.xml")).iter()
    found = {}
    for sheet in sheets:
        if sheet.tag.endswith("}sheet"):
            key = next(value for name, value in sheet.attrib.items() if name.endswith("}id"))
            target = targets.get(key, "")
            part = target.lstrip("/") if target.startswith("/") else str(PurePosixPath("xl") / target)
            if part in archive.namelist():
                found[sheet.get("name", "")] = part
    return found
