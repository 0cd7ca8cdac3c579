"""Recalculate a workbook with LibreOffice and compare every formula with the value it was written with."""

import os
import re
import subprocess
import zipfile
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import openpyxl
from openpyxl.utils import get_column_letter
from python_calamine import CalamineWorkbook

ALWAYS_RECALCULATE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load">
<prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item>
</oor:items>
"""
"""Without it LibreOffice trusts the stored values of a file that says it comes from Excel."""


def recalculated(book: Path, folder: Path) -> Path:
    """Write a copy of a workbook whose formulas LibreOffice has worked out anew."""
    return all_recalculated([book], folder)[0]


def all_recalculated(books: Sequence[Path], folder: Path) -> list[Path]:
    """Write copies of workbooks whose formulas LibreOffice has worked out anew."""
    profile = folder / "profile"
    settings = profile / "user" / "registrymodifications.xcu"
    settings.parent.mkdir(parents=True, exist_ok=True)
    settings.write_text(ALWAYS_RECALCULATE, encoding="utf-8")
    out = folder / "recalculated"
    command = [
        "soffice",
        f"-env:UserInstallation={profile.as_uri()}",
        "--headless",
        "--convert-to",
        "xlsx:Calc MS Excel 2007 XML",
        "--outdir",
        str(out),
        *map(str, books),
    ]
    subprocess.run(command, check=True, capture_output=True, timeout=300, env={**os.environ, "TZ": "UTC"})
    return [out / book.name for book in books]


def values(book: Path) -> dict[str, object]:
    """Value of each cell that is not empty, by address; `errors` has those that show one.

    By calamine: openpyxl takes seven times as long.
    """
    with CalamineWorkbook.from_path(str(book)) as file:
        return {
            f"{name}!{get_column_letter(column)}{row}": value
            for name in file.sheet_names
            for row, line in enumerate(file.get_sheet_by_name(name).to_python(skip_empty_area=False), 1)
            for column, value in enumerate(line, 1)
            if value != ""
        }


def errors(book: Path) -> list[str]:
    """Part of the file and address of each cell that shows an error such as #REF!."""
    with zipfile.ZipFile(book) as file:
        return [
            f"{part}!{address.decode()}"
            for part in file.namelist()
            if part.startswith("xl/worksheets/sheet")
            for address in re.findall(rb'<c (?=[^>]*t="e")[^>]*r="([A-Z]+[0-9]+)"', file.read(part))
        ]


def formulas(book: Path) -> dict[str, str]:
    """Address and text of every formula."""
    with closing(openpyxl.load_workbook(book, read_only=True)) as file:
        for sheet in file.worksheets:
            sheet.reset_dimensions()
        return {
            f"{sheet.title}!{cell.coordinate}": cell.value
            for sheet in file.worksheets
            for row in sheet.iter_rows()
            for cell in row
            if cell.data_type == "f"
        }


def differences(book: Path, folder: Path) -> tuple[int, float, dict[str, tuple[object, object]]]:
    """Count of formulas, largest relative difference, and the cells where stored and new value disagree.

    Values that are an error are among them, stored and new.
    """
    places = formulas(book)
    again = recalculated(book, folder)
    stored, fresh = values(book), values(again)
    worst, wrong = 0.0, dict.fromkeys([*errors(book), *errors(again)], (None, "an error"))
    for place in places:
        error = distance(stored.get(place), fresh.get(place))
        worst = max(worst, error)
        if error > 1e-9:
            wrong[place] = stored.get(place), fresh.get(place)
    return len(places), worst, wrong


def distance(stored: object, fresh: object) -> float:
    """How far two values are apart: relative for large numbers, absolute for small, 0 or 1 for texts."""
    if isinstance(stored, int | float) and isinstance(fresh, int | float):
        return abs(stored - fresh) / max(1.0, abs(stored))
    return float((stored or "") != (fresh or ""))
