"""Text tables (.csv, .tsv, .txt) -> Book: the encoding, then the delimiter, then cells as text."""

import csv
import io
from collections.abc import Iterable

from forecaster.readers.book import Book, Sheet, Value, trimmed
from forecaster.readers.gate import AREA_LIMIT, Passed, Refused

DELIMITERS = ",;\t|"
_SAMPLE = 200


def book(file: Passed) -> Book:
    """Read a text table that passed the gate. Raises Refused where it is no text or too large a table."""
    if file.kind != "text":
        raise Refused(f"{file.path.name} holds {file.kind}, not a table of text. Save it as .xlsx or .csv.")
    return parsed(file, file.path.read_bytes())


def parsed(file: Passed, content: bytes) -> Book:
    """Read the bytes of a text table."""
    text = decoded(content)
    delimiter = _delimiter(text)
    try:
        rows = _rows(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), file)
    except csv.Error as error:
        raise Refused(
            f"{file.path.name} is not a table of text ({error}). Save the table as .xlsx or .csv."
        ) from None
    return Book(file.path.name, file.sha256, (Sheet("", trimmed(rows), delimiter=delimiter),))


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
    """Text of a file in UTF-8, UTF-16 with its mark, or else Windows-1252."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", errors="replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def _delimiter(text: str) -> str:
    """Return the delimiter that splits the first lines into most columns of equal number."""
    lines = [line for line in text.splitlines()[:_SAMPLE] if line.strip()]
    return max(DELIMITERS, key=lambda char: _columns(lines, char))


def _columns(lines: list[str], delimiter: str) -> tuple[float, int]:
    """How many columns the typical line has, and how many lines have as many."""
    counts = sorted(len(next(csv.reader([line], delimiter=delimiter), [])) for line in lines[:50])
    if not counts or counts[-1] < 2:
        return 0, 0
    typical = max(set(counts) - {1}, key=counts.count)
    return counts.count(typical) / len(counts) * min(typical, 4), typical
