"""A file opened by what it really is: sheets for a spreadsheet or a text table, text for JSON."""

import gzip
import hashlib
import io
import zlib
from dataclasses import dataclass, replace
from pathlib import Path

from forecaster.errors import Problems
from forecaster.readers.files import extras, gate, text
from forecaster.readers.files.book import Book
from forecaster.readers.files.gate import Passed, Refused


@dataclass(frozen=True)
class Document:
    """A file with its content: a book of sheets, or the text of a JSON file."""

    file: Passed
    book: Book
    json: str = ""

    @property
    def first_texts(self) -> str:
        """Texts of the first rows of all sheets, folded to one line each; enough to know a publisher by."""
        found = []
        for sheet in self.book.sheets:
            for row in sheet.rows[:25]:
                found += [value for value in row[:12] if isinstance(value, str)]
        return "\n".join(found).casefold()

    def tell_limits(self, problems: Problems) -> None:
        """Warn of what is in the file and not used, or cannot be seen."""
        if self.file.macros:
            problems.warn(self.book.file, "", "holds macros. None is run; stored values are read.")
        if self.file.kind == "ods":
            problems.warn(self.book.file, "", _ODS)
        if self.book.code_page:
            problems.warn(self.book.file, "", text.guessed(self.book.code_page))


_ODS = (
    "hidden rows, error cells and raised footnote digits cannot be told in this format. "
    "Save it as .xlsx to have them told."
)


def opened(path: Path, password_file: Path | None = None, otherwise: str = "") -> Document:
    """Open a file behind the gate. Raises Refused with advice where it cannot be read.

    otherwise: what a user can do about a password but to take it off, as the end of a sentence.
    """
    file = gate.passed(path)
    if file.kind == "encrypted":
        if password_file is None:
            raise Refused(gate.password_text(path, otherwise))
        return _decrypted(file, password_file)
    if file.kind == "xlsx":
        return Document(file, workbook(file))
    if file.kind in {"xls", "ods"}:
        return Document(file, extras.book(file))
    if file.kind == "gzip":
        return _unpacked(file)
    if file.kind == "json":
        return Document(file, Book(path.name, file.sha256, ()), text.decoded(path.read_bytes()))
    return Document(file, text.book(file))


def workbook(file: Passed, content: bytes | None = None) -> Book:
    """Read a workbook. What reads it takes a sixth of a second to load: helpers do without."""
    from forecaster.readers.files import xlsx

    return xlsx.book(file, content)


def _unpacked(file: Passed) -> Document:
    """Unpack a text table that was compressed, up to the limit of one part."""
    limit = min(gate.PART_LIMIT, max(gate.SMALL_PART, gate.RATIO_LIMIT * file.path.stat().st_size))
    try:
        with gzip.open(file.path) as stream:
            content = stream.read(limit + 1)
    except (OSError, EOFError, zlib.error):
        size = file.path.stat().st_size
        raise Refused(f"{file.path.name} is not a complete file ({size:,} bytes). Copy it again.") from None
    if len(content) > limit:
        raise Refused(
            f"{file.path.name} unpacks to more than {limit / gate.MB:,.0f} MB. "
            "It may be damaged or hostile; not opened."
        )
    if content[:1] in (b"{", b"["):
        return Document(file, Book(file.path.name, file.sha256, ()), text.decoded(content))
    return Document(file, text.parsed(file, content))


def _decrypted(file: Passed, password_file: Path) -> Document:
    """Open a protected workbook with the password in a file, where the extra for it is installed."""
    content = extras.decrypted(file, password_file)
    gate.check_workbook(file.path, io.BytesIO(content))
    plain = replace(
        file, kind="xlsx", sha256=hashlib.sha256(file.path.read_bytes()).hexdigest(), formulas=True
    )
    return Document(plain, workbook(plain, content))
