"""Spreadsheets -> Budgets, every number with the cell it came from.

files    any file -> a book of plain cells, behind a gate
own      the tables of a case: budgets.xlsx or CSV
formats  everybody else's: READERS
layouts  where figures stand on a sheet of theirs: years across or down, or one row a figure

cells, numbers, units, names, jumps, sums
         what a cell, a column, a unit, the name of a state, a step between years, a row means
mapping  what assumptions.toml says of a state's own file
matching
         which lines of it a filter names
understanding
         what is understood of a file
combine  a state's own figures in place of the bundled ones
preview  `forecaster read`
"""

from collections.abc import Collection, Container, Sequence
from pathlib import Path

from forecaster.errors import Problems, did_you_mean
from forecaster.figures import Budgets
from forecaster.readers.files import Document, gate, text, workbook
from forecaster.readers.files.book import Book, Sheet
from forecaster.readers.files.spreadsheets import WORKBOOKS, spreadsheets
from forecaster.readers.names import folded
from forecaster.readers.own import HIDDEN_SHEET, Filled, filled
from forecaster.readers.own.build import budgets
from forecaster.readers.own.differences import note_differences
from forecaster.readers.own.tables import TABLES, Table

WORKBOOK = "budgets.xlsx"


def read_budgets(folder: Path, problems: Problems, own: Collection[str] = ()) -> Budgets:
    """Read the tables of a case: from budgets.xlsx, from CSV files, or from both where they are equal.

    own: files of states, in small letters, which are read apart. Adds every problem it meets, and then
    returns what could be read; raises nothing for a user's mistake.
    """
    sheets = _from_workbook(folder, problems)
    files = _from_text(folder, problems, own)
    others = spreadsheets(folder, {*own, WORKBOOK} if (folder / WORKBOOK).exists() else own)
    if not sheets and not files:
        if not (folder / WORKBOOK).exists():
            alike = [name for name in others if _is_like_workbook(name)]
            advice = f"{alike[0]} is there: save it as {WORKBOOK}." if alike else _INIT
            where = folder.resolve().name
            problems.add(WORKBOOK, "", f"not found in folder {where}, and no CSV tables either. {advice}")
        return Budgets((), (), (), (), (), (), warnings=problems.warnings)
    instead = f": the tables are read from {WORKBOOK if sheets else 'the CSV files'}."
    for name in others:
        problems.warn(name, "", f"was not read{instead if _is_like_workbook(name) else '.' + _OWN}")
    for name in (table.name for table in TABLES if table.name in sheets and table.name in files):
        note_differences(sheets[name], files[name], problems)
    tables = {table.name: both[table.name] for table in TABLES if table.name in (both := files | sheets)}
    hashes = {one.file: one.sha256 for one in [*sheets.values(), *files.values()]}
    return budgets(tables, hashes, problems)


def _is_like_workbook(name: str) -> bool:
    """Whether a file looks like the workbook of the tables, such as a copy of it."""
    return name.casefold().startswith("budgets") and name.casefold().endswith(WORKBOOKS)


_INIT = "Write them with: forecaster init FOLDER"
_OWN = " One with a state's own figures is named under [sources.XX] in assumptions.toml."


def _from_workbook(folder: Path, problems: Problems) -> dict[str, Filled]:
    path = folder / WORKBOOK
    book = _opened(path, problems) if path.exists() else None
    if book is None:
        return {}
    found: dict[str, Filled] = {}
    for table in TABLES:
        sheet = book.sheet(table.name)
        if sheet is None:
            meant = _meant(table, [one for one in book.sheets if not _is_table(one)])
            problems.add(book.file, "", f"sheet {table.name!r} is missing.{meant}")
        elif sheet.hidden:
            problems.add(book.file, sheet.name, HIDDEN_SHEET)
        elif (one := filled(table, book, sheet, problems)) is not None:
            found[table.name] = one
    _note_unknown_sheets(book, problems)
    return found


def _meant(table: Table, sheets: Sequence[Sheet]) -> str:
    """Say which sheet may be a table by another name: the one with its title, else of the nearest name."""
    titled = next((sheet.name for sheet in sheets if folded(sheet.text(1, 1)) == folded(table.title)), None)
    if titled is not None:
        return f" Sheet {titled!r} bears its title: name that {table.name!r}."
    return did_you_mean(table.name, [sheet.name for sheet in sheets])


def _note_unknown_sheets(book: Book, problems: Problems) -> None:
    known = {table.name for table in TABLES if book.sheet(table.name) is None}
    for sheet in book.sheets:
        if not _is_table(sheet):
            near = did_you_mean(sheet.name, known)
            problems.warn(book.file, sheet.name, f"this sheet is no table and was not read.{near}")


def _is_table(sheet: Sheet) -> bool:
    return sheet.name.strip().casefold() in {table.name for table in TABLES}


def _from_text(folder: Path, problems: Problems, own: Container[str]) -> dict[str, Filled]:
    """Read the CSV tables; once one is there, all must be unless the workbook has them."""
    present = {path.stem.casefold(): path for path in sorted(folder.glob("*.csv"))}
    known = {table.name for table in TABLES}
    for name in sorted(one for one in present.keys() - known if present[one].name.casefold() not in own):
        near = did_you_mean(name, known - present.keys()) or _OWN
        problems.warn(present[name].name, "", f"this file is no table and was not read.{near}")
    if not present.keys() & known:
        return {}
    if not (folder / WORKBOOK).exists():
        for name in [table.name for table in TABLES if table.name not in present]:
            problems.add(f"{name}.csv", "", f"not found in folder {folder.resolve().name}. {_INIT}")
    books = {table: _opened(present[table.name], problems) for table in TABLES if table.name in present}
    read = {
        table: filled(table, book, book.sheets[0], problems)
        for table, book in books.items()
        if book is not None
    }
    return {table.name: one for table, one in read.items() if one is not None}


def _opened(path: Path, problems: Problems) -> Book | None:
    """Open a workbook or text table; None where it is refused, which is noted."""
    try:
        file = gate.passed(path)
        book = workbook(file) if file.kind == "xlsx" else text.book(file)
    except gate.Refused as refused:
        problems.add(path.name, refused.place, refused.text)
        return None
    Document(file, book).tell_limits(problems)
    return book
