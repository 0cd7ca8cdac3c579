"""Text tables (.csv, .tsv, .txt) -> Book: the encoding, then the delimiter, then cells as text."""

import csv
import io
import re
from collections import Counter
from collections.abc import Iterable

from forecaster.readers.files.book import Book, Sheet, Value, trimmed
from forecaster.readers.files.gate import AREA_LIMIT, Passed, Refused, password_text, right_ending, utf_16

DELIMITERS = "\t;|,"
_SAMPLE = 50
_TOP = 100_000  # bytes: units stand at the top of a table


def book(file: Passed) -> Book:
    """Read a text table that passed the gate. Raises Refused where it is no text or too large a table."""
    if file.kind != "text":
        raise Refused(_no_text(file))
    return parsed(file, file.path.read_bytes())


def _no_text(file: Passed) -> str:
    if file.kind == "encrypted":
        return password_text(file.path)
    return f"{file.path.name} {right_ending(file.path, file.kind)}{_KINDS[file.kind]}"


_KINDS = {
    "xls": "is an old Excel file (.xls). Open it in Excel and save as .xlsx.",
    "ods": "is an OpenDocument file. Save it as .xlsx.",
    "gzip": "is a compressed file, not a table of text. Unpack it, or save the table as .xlsx or .csv.",
    "json": "holds JSON, not a table of text. Save it as .xlsx or .csv.",
}


def parsed(file: Passed, content: bytes) -> Book:
    """Read the bytes of a text table."""
    encoding = _encoding(content)
    text = content.decode(encoding, errors="replace")
    try:
        delimiter, width = _shape(text)
        lines = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        rows = _rows((_unquoted(line, delimiter, width) for line in lines), file)
    except csv.Error as error:
        raise Refused(
            f"{file.path.name} is not a table of text ({error}). Save the table as .xlsx or .csv."
        ) from None
    sheet = Sheet("", trimmed(rows), delimiter=delimiter)
    return Book(file.path.name, file.sha256, (sheet,), code_page=encoding if encoding in CODE_PAGES else "")


def _rows(lines: Iterable[list[str]], file: Passed) -> list[list[Value]]:
    rows: list[list[Value]] = []
    cells = 0
    for line in lines:
        cells += len(line)
        if cells > AREA_LIMIT:
            raise Refused(
                f"{file.path.name} has more than {AREA_LIMIT:,} cells. Keep the rows that are needed."
            )
        rows.append([text or None for text in line])
    return rows


def decoded(content: bytes) -> str:
    """Text of a file."""
    return content.decode(_encoding(content), errors="replace")


def _encoding(content: bytes) -> str:
    """UTF-16, UTF-8, or else a guess: nothing in a file says which code page it is in."""
    if wide := utf_16(content):
        return wide
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return _code_page(content)
    return "utf-8-sig"


def _code_page(content: bytes) -> str:
    """Return the code page in which a content names a unit of its countries, else that of Western Europe."""
    top = content[:_TOP]
    found = (page for page, unit in _UNITS.items() if unit.search(top.decode(page, errors="replace")))
    return next(found, "cp1252")


_UNITS = {
    page: re.compile(rf"\b({words})\b", re.IGNORECASE)
    for page, words in {
        "cp1250": r"kč|zł\w*|tis(oč|uć)\w*",
        "cp1251": "лв|млн|хил",
        "cp1253": "ευρώ|εκατ|χιλ",
    }.items()
}
CODE_PAGES = {
    "cp1250": "Windows-1250 (Central Europe)",
    "cp1251": "Windows-1251 (Cyrillic)",
    "cp1252": "Windows-1252 (Western Europe)",
    "cp1253": "Windows-1253 (Greek)",
}


def guessed(page: str) -> str:
    """Say that a file was read in a code page, and what to do where that is wrong."""
    other = CODE_PAGES["cp1250" if page == "cp1252" else "cp1252"]
    return (
        f"is not UTF-8 and was read as {CODE_PAGES[page]}. Where letters come out wrong, it is in another "
        f"encoding, such as {other}: open it in that one and save it as UTF-8."
    )


def _shape(text: str) -> tuple[str, int]:
    """Return the delimiter that cuts most lines alike, of equals the first, and into how many columns."""
    lines = [line for line in text.splitlines()[:_SAMPLE] if line.strip()]
    alike = {mark: _alike(lines, mark) for mark in DELIMITERS}
    mark = max(alike, key=lambda mark: alike[mark][0]) if lines else ","
    return mark, alike[mark][1]


def _alike(lines: list[str], delimiter: str) -> tuple[int, int]:
    """How many lines have as many columns as each other, more than one, and how many columns."""
    cut = (_cells(line, delimiter) for line in lines)
    counts = Counter(len(_within(cells, delimiter) or cells) for cells in cut)
    return max(((count, columns) for columns, count in counts.items() if columns > 1), default=(0, 0))


def _cells(line: str, delimiter: str) -> list[str]:
    return next(csv.reader([line], delimiter=delimiter), [])


def _within(cells: list[str], delimiter: str) -> list[str]:
    """Cells inside the only cell of a line, where that holds a single line itself."""
    return _cells(cells[0], delimiter) if len(cells) == 1 and len(cells[0].splitlines()) == 1 else []


def _unquoted(cells: list[str], delimiter: str, width: int) -> list[str]:
    """Cells of a line; of one that was saved as a single quoted cell, those in it where they fill a row.

    A spreadsheet does so with a file whose cells another mark parts than its own.
    """
    inside = _within(cells, delimiter)
    return inside if len(inside) == width else cells
