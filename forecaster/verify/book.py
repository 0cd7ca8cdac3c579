"""A finished workbook read back: what each cell holds, shows and hides."""

import zipfile
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, TypeAlias
from xml.parsers import expat

import defusedxml.ElementTree
import openpyxl
from openpyxl.utils import get_column_letter
from openpyxl.utils.cell import coordinate_to_tuple
from openpyxl.worksheet.formula import ArrayFormula, DataTableFormula

from forecaster.readers.files.gate import local

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


class _Untold:
    """What openpyxl does not tell while it reads a sheet row by row; that its XML does no harm the gate saw.

    empty: formulas without a stored value, which it cannot tell from an empty text; hidden: names of rows and
    columns. part: of the file, None for a sheet that has none.
    """

    def __init__(self, archive: zipfile.ZipFile, part: str | None) -> None:
        self.empty: set[Place] = set()
        self.hidden: list[str] = []
        self._row = 0
        self._cell: dict[str, str] = {}
        self._is_formula = self._is_told = self._in_value = False
        parser = expat.ParserCreate()
        parser.StartElementHandler, parser.EndElementHandler = self._start, self._end
        parser.CharacterDataHandler = self._text
        if part:
            with archive.open(part) as stream:
                parser.ParseFile(stream)

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        match local(tag):
            case "c":
                self._cell, self._is_formula, self._is_told = attributes, False, False
            case "f":
                self._is_formula = True
            case "v":
                self._in_value = True
                self._is_told = self._cell.get("t") == "str"
            case "row":
                self._row = int(attributes.get("r", self._row + 1))
                if _hides(attributes):
                    self.hidden.append(f"row {self._row}")
            case "col" if _hides(attributes):
                self.hidden.append(_columns(attributes))

    def _text(self, _: str) -> None:
        self._is_told |= self._in_value

    def _end(self, tag: str) -> None:
        self._in_value = False
        if self._is_formula and not self._is_told and local(tag) == "c":
            self.empty.add(coordinate_to_tuple(self._cell.get("r", "A1")))


def read(path: Path) -> Book:
    """Read a workbook that passed the gate.

    Row by row: to hold the cells of the bundled report, twice, takes 320 MB where this takes 60, and longer.
    """
    with (
        closing(openpyxl.load_workbook(path, read_only=True)) as texts,
        closing(openpyxl.load_workbook(path, read_only=True, data_only=True)) as shown,
        zipfile.ZipFile(path) as archive,
    ):
        parts = _parts(archive)
        leaves = {
            sheet.title: _leaf(texts[sheet.title], sheet, _Untold(archive, parts.get(sheet.title)))
            for sheet in shown.worksheets
        }
        names = {name: str(entry.attr_text) for name, entry in texts.defined_names.items()}
        return Book(path, leaves, tuple(archive.namelist()), names)


def address(place: Place) -> str:
    """Address of a cell, such as B7."""
    return f"{get_column_letter(place[1])}{place[0]}"


def filled(sheet: Any) -> Iterator[Any]:  # noqa: ANN401  a worksheet of openpyxl
    """Cells of a sheet that hold something, row by row, whatever size it says it has."""
    sheet.reset_dimensions()
    return (cell for row in sheet.iter_rows() for cell in row if cell.value is not None)


def _leaf(texts: Any, shown: Any, untold: _Untold) -> Leaf:  # noqa: ANN401  worksheets of openpyxl
    formulas, strong = {}, set()
    for cell in filled(texts):
        if cell.data_type == "f":
            formulas[cell.row, cell.column] = _formula(cell.value)
            if cell.font.b:
                strong.add(cell.row)
    values, errors = {}, {}
    for cell in filled(shown):
        values[cell.row, cell.column] = cell.value
        if cell.data_type == "e":
            errors[cell.row, cell.column] = str(cell.value)
    return Leaf(
        name=shown.title,
        shown=shown.sheet_state == "visible",
        values=values,
        formulas=formulas,
        errors=errors,
        unvalued=frozenset(place for place in untold.empty & formulas.keys() if '""' not in formulas[place]),
        strong=frozenset(strong),
        hidden=tuple(untold.hidden),
    )


def _formula(value: object) -> str:
    if isinstance(value, ArrayFormula):
        return str(value.text)
    return "={data table}" if isinstance(value, DataTableFormula) else str(value)


def _hides(attributes: Mapping[str, str]) -> bool:
    return attributes.get("hidden") in {"1", "true"}


def _columns(attributes: Mapping[str, str]) -> str:
    """Return the name of columns that stand together."""
    first, last = (get_column_letter(int(attributes[end])) for end in ("min", "max"))
    return f"column {first}" if first == last else f"columns {first} to {last}"


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
