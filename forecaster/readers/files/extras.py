"""Formats that need an optional package: .xls, .ods, workbooks protected by a password."""

import importlib
import io
from pathlib import Path
from types import ModuleType
from typing import Any

from forecaster.readers.files import text
from forecaster.readers.files.book import Book, CellError, Sheet, Value, trimmed
from forecaster.readers.files.gate import AREA_LIMIT, CELLS_LIMIT, MB, Passed, Refused, right_ending

OLD_LIMIT = 20 * MB
_ADVICE = {
    "xls": "is an old Excel file (.xls). Open it in Excel and save as .xlsx, or install: pip install xlrd",
    "ods": "is an OpenDocument file. Save it as .xlsx, or install: pip install python-calamine",
    "encrypted": "is protected by a password. Save a copy without, or install: pip install msoffcrypto-tool",
}
_XLS_ERRORS = {0: "#NULL!", 7: "#DIV/0!", 15: "#VALUE!", 23: "#REF!", 29: "#NAME?", 36: "#NUM!", 42: "#N/A"}


def book(file: Passed) -> Book:
    """Read an .xls or .ods file. Raises Refused where its package is missing or the file is damaged."""
    module = _package("xlrd" if file.kind == "xls" else "python_calamine", file)
    if file.path.stat().st_size > OLD_LIMIT:
        raise Refused(f"{file.path.name} is larger than {OLD_LIMIT // MB} MB. Save it as .xlsx.")
    try:
        sheets = _xls(module, file) if file.kind == "xls" else _ods(module, file)
    except Refused:
        raise
    except Exception as error:  # noqa: BLE001 - the parsers' errors on damaged files are of every kind
        raise Refused(
            f"{file.path.name} is damaged ({type(error).__name__}). Open it, save it as .xlsx."
        ) from None
    return Book(file.path.name, file.sha256, tuple(sheets))


def decrypted(file: Passed, password_file: Path) -> bytes:
    """Return the workbook inside a protected file. Raises Refused where the password does not open it."""
    module = _package("msoffcrypto", file)
    try:
        password = text.decoded(password_file.read_bytes()).strip()
    except OSError:
        raise Refused(f"{file.path.name}: password file {password_file.name} cannot be read.") from None
    content = io.BytesIO()
    try:
        with file.path.open("rb") as stream:
            protected = module.OfficeFile(stream)
            protected.load_key(password=password)
            protected.decrypt(content)
    except Exception:  # noqa: BLE001 - a wrong password and a damaged file fail in many ways
        raise Refused(f"{file.path.name}: the password in {password_file.name} does not open it.") from None
    return content.getvalue()


def _package(name: str, file: Passed) -> ModuleType:
    try:
        return importlib.import_module(name)
    except ImportError:
        told = f"{right_ending(file.path, file.kind)}{_ADVICE[file.kind]}"
        raise Refused(f"{file.path.name} {told}") from None


def _xls(module: ModuleType, file: Passed) -> list[Sheet]:
    with module.open_workbook(str(file.path), formatting_info=True, on_demand=False) as opened:
        return [_xls_sheet(sheet) for sheet in opened.sheets()]


def _xls_sheet(sheet: Any) -> Sheet:  # noqa: ANN401 - a sheet of a package that may be absent
    if sheet.nrows * sheet.ncols > AREA_LIMIT:
        raise Refused(
            "used area is too large. Delete stray cells (Ctrl+End shows them) and save.", sheet.name
        )
    rows = [[_xls_value(cell) for cell in sheet.row(number)] for number in range(sheet.nrows)]
    return Sheet(
        name=sheet.name,
        rows=trimmed(rows),
        hidden=sheet.visibility != 0,
        hidden_rows=frozenset(row + 1 for row, shape in sheet.rowinfo_map.items() if shape.hidden),
        hidden_columns=frozenset(column + 1 for column, shape in sheet.colinfo_map.items() if shape.hidden),
        merged=tuple((top + 1, left + 1, bottom, right) for top, bottom, left, right in sheet.merged_cells),
    )


def _xls_value(cell: Any) -> Value:  # noqa: ANN401 - a cell of a package that may be absent
    if cell.ctype in {0, 6}:
        return None
    if cell.ctype == 5:
        return CellError(_XLS_ERRORS.get(cell.value, "#N/A"))
    if cell.ctype == 4:
        return bool(cell.value)
    return cell.value if isinstance(cell.value, str | float) else str(cell.value)


def _ods(module: ModuleType, file: Passed) -> list[Sheet]:
    opened = module.load_workbook(io.BytesIO(file.path.read_bytes()))  # by a path its ending would decide
    sheets = []
    for shape in opened.sheets_metadata:
        sheet = opened.get_sheet_by_name(shape.name)
        if sheet.total_height * sheet.total_width > min(AREA_LIMIT, 4 * CELLS_LIMIT):
            raise Refused("used area is too large. Delete stray cells and save.", f"sheet {shape.name}")
        rows = [
            [None if value == "" else value for value in row]
            for row in sheet.to_python(skip_empty_area=False)
        ]
        hidden = "visible" not in str(shape.visible).lower()
        sheets.append(Sheet(name=shape.name, rows=trimmed(rows), hidden=hidden))
    return sheets
