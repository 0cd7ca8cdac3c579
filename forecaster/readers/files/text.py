"""Text tables (.csv, .tsv, .txt) -> Book: the encoding, then the delimiter, then cells as text."""

import csv
import io
from collections import Counter
from collections.abc import Iterable

from forecaster.readers.files.book import Book, Sheet, Value, trimmed
from forecaster.readers.files.gate import AREA_LIMIT, Passed, Refused, password_text, utf_16

DELIMITERS = "\t;|,"
_SAMPLE = 50


def book(file: Passed) -> Book:
    """Read a text table that passed the gate. Raises Refused where it is no text or too large a table."""
    if file.kind != "text":
        raise Refused(_no_text(file))
    return parsed(file, file.path.read_bytes())


def _no_text(file: Passed) -> str:
    if file.kind == "encrypted":
        return password_text(file.path)
    return f"{file.path.name} {_KINDS[file.kind]}"


_KINDS = {
    "xls": "is an old Excel file (.xls), whatever its ending. Open it in Excel and save as .xlsx.",
    "ods": "is an OpenDocument file. Save it as .xlsx.",
    "gzip": "is a compressed file, not a table of text. Unpack it, or save the table as .xlsx or .csv.",
    "json": "holds JSON, not a table of text. Save it as .xlsx or .csv.",
}


def parsed(file: Passed, content: bytes) -> Book:
    """Read the bytes of a text table."""
    encoding = _encoding(content)
    text = content.decode(encoding, errors="replace")
    delimiter = _delimiter(text)
    try:
        rows = _rows(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), file)
    except csv.Error as error:
        raise Refused(
            f"{file.path.name} is not a table of text ({error}). Save the table as .xlsx or .csv."
        ) from None
    sheet = Sheet("", trimmed(rows), delimiter=delimiter)
    return Book(file.path.name, file.sha256, (sheet,), guessed=encoding == GUESS)


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
        return GUESS
    return "utf-8-sig"


GUESS = "cp1252"
GUESSED = (
    "is not UTF-8 and was read as Windows-1252 (Western Europe). Where letters come out wrong, it is in "
    "another encoding, such as Windows-1250 (Central Europe): open it in that one and save it as UTF-8."
)


def _delimiter(text: str) -> str:
    """Return the delimiter that cuts most of the first lines alike, of equals the first of DELIMITERS."""
    lines = [line for line in text.splitlines()[:_SAMPLE] if line.strip()]
    return max(DELIMITERS, key=lambda mark: _alike(lines, mark)) if lines else ","


def _alike(lines: list[str], delimiter: str) -> int:
    """How many lines have as many columns as each other, more than one."""
    counts = Counter(len(next(csv.reader([line], delimiter=delimiter), [])) for line in lines)
    return max((count for columns, count in counts.items() if columns > 1), default=0)
