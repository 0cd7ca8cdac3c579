"""Recalculate a workbook with LibreOffice and compare every formula with the value it was written with."""

import os
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path

import openpyxl

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


def cells(book: Path, *, values: bool) -> Iterator[tuple[str, object]]:
    """Address and content of every cell; of formulas their values or their texts."""
    file = openpyxl.load_workbook(book, data_only=values, read_only=True)
    try:
        for sheet in file.worksheets:
            sheet.reset_dimensions()
            for row in sheet.iter_rows():
                yield from ((f"{sheet.title}!{c.coordinate}", c.value) for c in row if c.value is not None)
    finally:
        file.close()


def formulas(book: Path) -> dict[str, str]:
    """Address and text of every formula."""
    return {
        place: text
        for place, text in cells(book, values=False)
        if isinstance(text, str) and text.startswith("=")
    }


def differences(book: Path, folder: Path) -> tuple[int, float, dict[str, tuple[object, object]]]:
    """Count of formulas, largest relative difference, and the cells where stored and new value disagree."""
    places = formulas(book)
    stored = dict(cells(book, values=True))
    fresh = dict(cells(recalculated(book, folder), values=True))
    worst, wrong = 0.0, {}
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
