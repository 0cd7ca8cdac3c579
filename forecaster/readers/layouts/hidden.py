"""Hidden rows, columns and sheets: left out by default, and told."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import islice

from forecaster.errors import did_you_mean
from forecaster.readers import cells
from forecaster.readers.files.book import Book, Sheet, column_letters
from forecaster.readers.understanding import Context, Left

_SHOWN = 5


def hidden_rows(sheet: Sheet, context: Context) -> frozenset[int]:
    """Rows that are not to be read."""
    return frozenset() if context.include_hidden else sheet.hidden_rows


def visible(sheet: Sheet, context: Context) -> Sheet:
    """Return the sheet as it is to be read: nothing hidden where hidden columns are wanted."""
    return replace(sheet, hidden_columns=frozenset()) if context.include_hidden else sheet


def hidden_parts(book: Book, sheet: Sheet, context: Context) -> Iterator[Left]:
    """Tell, as a warning too, each hidden row and column that holds figures."""
    if context.include_hidden:
        return
    lines = {
        f"Row {row}": _first_figure(sheet.value(row, column) for column in range(1, sheet.width + 1))
        for row in sorted(sheet.hidden_rows)
    }
    columns = {
        f"Column {column_letters(column)}": _first_figure(
            sheet.value(row, column) for row in range(1, len(sheet.rows) + 1)
        )
        for column in sorted(sheet.hidden_columns)
    }
    for parts in (lines, columns):
        yield from _hidden(book, sheet, context, {what: shown for what, shown in parts.items() if shown})


def _hidden(book: Book, sheet: Sheet, context: Context, parts: Mapping[str, str]) -> Iterator[Left]:
    """Tell what is hidden, with the first figure of each; a filter hides hundreds of rows, told as one."""
    for what, shown in islice(parts.items(), _SHOWN):
        text = f"{what} is hidden and was left out ({shown}). Use include_hidden = true to read it."
        context.problems.warn(book.file, sheet.name, text)
    if len(parts) > _SHOWN:
        kind, last = list(parts)[-1].split()
        text = f"{len(parts) - _SHOWN:,} more {kind.lower()}s, the last {last}, are hidden and were left out."
        context.problems.warn(book.file, sheet.name, f"{text} Use include_hidden = true to read them.")
    for what, shown in parts.items():
        yield Left(sheet.name, what, f"hidden ({shown})")


def _first_figure(values: Iterator[object]) -> str:
    """Return the first number, or text of one, that is no year where there is one; '' where there is none."""
    figures = [value for value in values if cells.is_figure(value)]
    first = next((one for one in figures if cells.year(one) is None), next(iter(figures), ""))
    return first.strip() if isinstance(first, str) else f"{first:,.1f}"


def shown_sheets(book: Book, context: Context) -> tuple[list[Sheet], list[Left]]:
    """Sheets to be read, and those left out because they are hidden or another one was named."""
    wanted = context.mapping.sheet if context.mapping else ""
    if wanted:
        sheet = book.sheet(wanted)
        if sheet is None:
            near = did_you_mean(wanted, [one.name for one in book.sheets])
            names = ", ".join(one.name for one in book.sheets[:20])
            context.problems.add(book.file, "", f"no sheet {wanted!r}.{near} Sheets: {names}.")
            return [], []
        return [sheet], []
    hidden = [] if context.include_hidden else [sheet for sheet in book.sheets if sheet.hidden]
    for sheet in hidden:
        text = "this sheet is hidden and was left out. Use include_hidden = true to read it."
        context.problems.warn(book.file, sheet.name, text)
    left = [Left(sheet.name, f"sheet {sheet.name.strip()}", "hidden") for sheet in hidden]
    return [sheet for sheet in book.sheets if sheet not in hidden], left
