"""Every formula worked out anew by a program that had no part in writing it."""

import importlib.util
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from subprocess import DEVNULL

import openpyxl

from forecaster.machine.scratch import temporary_folder
from forecaster.verify.book import Book, Place, Value, address
from forecaster.verify.comparing import TOLERANCE, distance, shown
from forecaster.verify.finding import Finding, Step

Cell = tuple[str, Place]
"""Sheet and place."""

PATIENCE = 300
"""Seconds LibreOffice may take."""

ALWAYS_RECALCULATE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load">
<prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item>
</oor:items>
"""
"""Without it LibreOffice trusts the stored values of a file that says it comes from Excel."""

PLACES_OF_OFFICE = (
    r"C:\Program Files\LibreOffice\program\soffice.exe",
    r"C:\Program Files (x86)\LibreOffice\program\soffice.exe",
    "/Applications/LibreOffice.app/Contents/MacOS/soffice",
)
"""Where LibreOffice is when no path leads to it."""


class NotRecalculatedError(Exception):
    """An engine that could not open or finish the workbook; the text says why."""


def recalculation(book: Book) -> Step:
    """Compare every stored value of a formula with that of the first engine that is installed."""
    engine = next((name for name, (installed, _) in ENGINES.items() if installed()), None)
    if engine is None:
        return Step("recalculation", False, f"not done: none of {', '.join(ENGINES)} is installed")
    cells = [(leaf.name, place) for leaf in book.leaves.values() for place in leaf.formulas]
    try:
        fresh = ENGINES[engine][1](book.path, cells)
    except NotRecalculatedError as error:
        return Step("recalculation", False, f"not done: {engine}: {error}")
    findings = tuple(_differences(book, fresh, engine))
    text = f"{len(cells):,} formulas by {engine}, to {TOLERANCE:g}"
    return Step("recalculation", True, text, findings)


def _differences(book: Book, fresh: Mapping[Cell, Value], engine: str) -> Iterator[Finding]:
    for (name, place), value in fresh.items():
        stored = book.leaves[name].values.get(place)
        if place in book.leaves[name].unvalued:
            continue
        if distance(stored, value) > TOLERANCE:
            told = f"{shown(value)}, as {engine} works out {book.leaves[name].formulas[place]}"
            yield Finding(
                name,
                address(place),
                shown(stored),
                told,
                "The stored value or a cell it rests on was changed.",
            )


def _has_formualizer() -> bool:
    return importlib.util.find_spec("formualizer") is not None


def _by_formualizer(path: Path, cells: Sequence[Cell]) -> dict[Cell, Value]:
    import formualizer

    try:
        book = formualizer.load_workbook(str(path))
        found = book.evaluate_cells([(name, row, column) for name, (row, column) in cells])
    except (OSError, RuntimeError, ValueError) as error:
        raise NotRecalculatedError(str(error).splitlines()[0]) from error
    return dict(zip(cells, map(_plain, found), strict=True))


def _plain(value: Value) -> Value:
    """An error of the engine as a cell would show it."""
    return value if isinstance(value, int | float | str | None) else str(value)


def _office() -> str | None:
    """Program of LibreOffice. Windows looks into the current folder first: what lies there is never run."""
    found = shutil.which("soffice")
    places = (found, *PLACES_OF_OFFICE) if found and Path(found).is_absolute() else PLACES_OF_OFFICE
    return next((place for place in places if Path(place).is_file()), None)


def _by_libreoffice(path: Path, cells: Sequence[Cell]) -> dict[Cell, Value]:
    with temporary_folder() as folder:
        copy = _converted(path, Path(folder))
        # LibreOffice has written all rows once and in order, so they may be read one by one.
        with closing(openpyxl.load_workbook(copy, read_only=True, data_only=True)) as book:
            fresh = {
                sheet.title: {
                    (cell.row, cell.column): cell.value
                    for row in sheet.iter_rows()
                    for cell in row
                    if cell.value is not None
                }
                for sheet in book.worksheets
            }
    return {(name, place): fresh[name].get(place) for name, place in cells if name in fresh}


def _converted(path: Path, folder: Path) -> Path:
    """A copy of a workbook that LibreOffice has loaded, worked out and saved, under a profile of its own."""
    profile, out = folder / "profile", folder / "out"
    settings = profile / "user" / "registrymodifications.xcu"
    settings.parent.mkdir(parents=True)
    settings.write_text(ALWAYS_RECALCULATE, encoding="utf-8")
    command = [_office() or "", f"-env:UserInstallation={profile.as_uri()}", "--headless", "--convert-to"]
    command += ["xlsx:Calc MS Excel 2007 XML", "--outdir", str(out), str(path.resolve())]
    try:
        subprocess.run(  # noqa: S603  the program that was found, on a file of the user
            command,
            check=True,
            stdin=DEVNULL,
            stdout=DEVNULL,  # a pipe is held by its own helper too: after a kill Windows would wait for that
            stderr=DEVNULL,
            timeout=PATIENCE,
            env={**os.environ, "TZ": "UTC"},
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise NotRecalculatedError(f"{type(error).__name__}, it did not finish") from error
    made = out / f"{path.stem}.xlsx"
    if not made.is_file():
        raise NotRecalculatedError("it wrote no file")
    return made


ENGINES: Mapping[str, tuple[Callable[[], bool], Callable[[Path, Sequence[Cell]], dict[Cell, Value]]]] = {
    "formualizer": (_has_formualizer, _by_formualizer),
    "LibreOffice": (lambda: _office() is not None, _by_libreoffice),
}
"""Engine -> whether it is installed, values of the formulas by it; the first that is installed is taken."""
