"""The project's own tables seen as a file to be understood: budgets.xlsx or one CSV table."""

from collections.abc import Iterator
from pathlib import PurePath

from forecaster.figures import Figure
from forecaster.readers.files import Document
from forecaster.readers.files.book import Sheet
from forecaster.readers.names import Names, folded
from forecaster.readers.own import HIDDEN_SHEET, Filled, filled
from forecaster.readers.own.tables import TABLES, Table
from forecaster.readers.understanding import Block, Context, Left
from forecaster.readers.units import Unit


def declines(document: Document, _: Context) -> str:
    """Say why a file is not one of the project's own; '' where it is."""
    return "" if _tables(document) else "no sheet or file is named and headed as a table of a case"


def read(document: Document, context: Context) -> tuple[list[Block], list[Left]]:
    """Read the wide tables; lists such as plans are read with a case."""
    blocks, left = [], []
    for table, sheet in _tables(document):
        if sheet.hidden:
            context.problems.warn(document.book.file, sheet.name, HIDDEN_SHEET)
            left.append(Left(sheet.name, table.title, "hidden"))
            continue
        if not table.wide:
            left.append(
                Left(sheet.name or document.book.file, table.title, "a list; read together with its case")
            )
            continue
        one = filled(table, document.book, sheet, context.problems)
        if one is not None:
            kind = "share" if table.factor != 1.0 else "money"
            unit = Unit(table.unit, kind, table.factor, "EUR" if "EUR" in table.unit else "")
            figures = tuple(_figures(one, context.names))
            blocks += [Block(sheet.name, table.title, one.header, unit, figures)] if figures else []
    return blocks, left


def _tables(document: Document) -> list[tuple[Table, Sheet]]:
    stem = PurePath(document.book.file).stem.casefold()
    found = []
    for table in TABLES:
        sheet = document.book.sheet(table.name) or (document.book.sheet("") if stem == table.name else None)
        first = table.columns[0].name if table.columns else "code"
        if sheet is not None and any(folded(sheet.text(row, 1)) == first for row in range(1, 9)):
            found.append((table, sheet))
    return found


def _figures(one: Filled, names: Names) -> Iterator[Figure]:
    for record in one.records:
        if code := names.code(record.text("code")):
            yield from one.figures(record, code)
