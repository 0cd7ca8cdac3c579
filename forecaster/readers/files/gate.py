"""Is it safe to hand this file to a parser? Answered from sizes, magic bytes and one pass over the XML."""

import hashlib
import io
import lzma
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any
from xml.parsers import expat

from forecaster.readers.files.book import column_number

MB = 1_000_000
FILE_LIMIT = 50 * MB
PART_LIMIT = 200 * MB
SUM_LIMIT = 300 * MB
SMALL_PART = 10 * MB  # a higher ratio is normal in a small part
RATIO_LIMIT = 200
PARTS_LIMIT = 1_000
SHEETS_LIMIT = 1_000
AREA_LIMIT = 2_000_000
CELLS_LIMIT = 500_000  # stored cells; a parser needs about 0.5 kB and 10 microseconds for each
HEAD_LIMIT = 5 * MB  # of a part other than sheets and shared strings

HOSTILE = "It may be damaged or hostile; not opened."
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ZIP = b"PK\x03\x04"
GZIP = b"\x1f\x8b"
DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    EOFError,
    OSError,
    NotImplementedError,
    ValueError,
    expat.ExpatError,
)
_SAMPLE = 4_096  # bytes
ENCRYPTED_MARK = "EncryptedPackage".encode("utf-16-le")


class Refused(Exception):  # noqa: N818 - the file is refused; the text says why and what to do
    """A file that is not opened. `place` may name a sheet or cell; the text is a whole sentence."""

    def __init__(self, text: str, place: str = "") -> None:
        super().__init__(text)
        self.text = text
        self.place = place


@dataclass(frozen=True)
class Passed:
    """A file that may be parsed: what it really is, whatever its ending says, and its SHA-256.

    formulas, macros: whether a workbook holds any; neither is ever run.
    """

    path: Path
    kind: str
    sha256: str
    formulas: bool
    macros: bool


def passed(path: Path) -> Passed:
    """Check a file. kind: xlsx, ods, xls, encrypted, gzip, json or text.

    Raises Refused for a file that is missing, empty, cut off, too big, hostile or something else.
    """
    if path.is_dir():
        raise Refused(f"{path.name} is a folder; a file is needed.")
    if not path.is_file():
        raise Refused(f"{path.name} is not there.")
    if path.name.startswith("~$"):
        raise Refused(f"{path.name} only marks that {path.name[2:]} is open in Excel. Name {path.name[2:]}.")
    size = path.stat().st_size
    if size == 0:
        raise Refused(f"{path.name} is empty (0 bytes). Copy it again.")
    if size > FILE_LIMIT:
        raise Refused(f"{path.name} has {size / MB:,.0f} MB (limit {FILE_LIMIT // MB} MB). Split it.")
    try:
        content = path.read_bytes()
    except OSError as error:  # such as held by another program, or in a cloud that is out of reach
        told = f"{path.name} cannot be read ({error.strerror})."
        raise Refused(f"{told} Close it in other programs, or copy it to this computer.") from None
    kind = _kind(path, content)
    formulas = kind == "xlsx" and check_workbook(path, io.BytesIO(content))
    macros = kind == "xlsx" and b"vbaProject.bin" in content
    return Passed(path, kind, hashlib.sha256(content).hexdigest(), formulas, macros)


def _kind(path: Path, content: bytes) -> str:
    head = content[:512].lstrip(b"\xef\xbb\xbf \t\r\n")
    if content.startswith(OLE):
        return "encrypted" if ENCRYPTED_MARK in content else "xls"
    if content.startswith(ZIP):
        return _zip_kind(path)
    if content.startswith(GZIP):
        return "gzip"
    if head[:1] == b"<":
        raise Refused(_web_page(path, head))
    if path.suffix.lower() in {".xlsx", ".xlsm", ".xls", ".ods"}:
        raise Refused(_incomplete(path) if b"\0" in content[:_SAMPLE] else _named_wrongly(path))
    if b"\0" in content[:_SAMPLE] and not utf_16(content):
        raise Refused(
            f"{path.name} is neither a spreadsheet nor a text file. Save the table as .xlsx or .csv."
        )
    return "json" if head[:1] in (b"{", b"[") else "text"


def utf_16(content: bytes) -> str:
    """Return the name of an encoding of two bytes a letter, '' where a text is in none.

    Without a mark it shows in the zero bytes of digits, blanks and line ends: many, all first or all second.
    """
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    letters = content[:_SAMPLE:2]
    first, second = letters.count(0), content[1:_SAMPLE:2].count(0)
    if (first and second) or (first + second) * 10 < len(letters):
        return ""
    return "utf-16-be" if first else "utf-16-le"


def _web_page(path: Path, head: bytes) -> str:
    what = "a web page" if b"<html" in head.lower() or b"<!doctype html" in head.lower() else "an XML file"
    ending = path.suffix.lower()
    return f"{path.name} is {what} saved with the ending {ending}. Open it in Excel and save as .xlsx."


def _zip_kind(path: Path) -> str:
    try:
        with zipfile.ZipFile(path) as archive:
            _check_parts(path, archive.infolist())
            names = set(archive.namelist())
    except DAMAGE:
        raise Refused(_incomplete(path)) from None
    if any(name.endswith("workbook.xml") for name in names):
        return "xlsx"
    if "content.xml" in names:
        return "ods"
    if any(name.endswith("workbook.bin") for name in names):
        raise Refused(f"{path.name} is a binary workbook (.xlsb). Open it in Excel and save as .xlsx.")
    raise Refused(f"{path.name} is a zip file without a workbook in it. Unpack it and pass the workbook.")


def right_ending(path: Path, kind: str) -> str:
    """Beginning of a sentence on a file that Excel refuses to open by the ending of its name."""
    wrong = kind in {"xls", "ods"} and path.suffix.lower() != f".{kind}"
    return f"should end in .{kind}: it " if wrong else ""


def _named_wrongly(path: Path) -> str:
    ending = path.suffix.lower()
    return f"{path.name} holds text, no workbook. If it is a table, end its name in .csv, not {ending}."


def _incomplete(path: Path) -> str:
    return f"{path.name} is not a complete Excel file ({path.stat().st_size:,} bytes). Copy it again."


def _check_parts(path: Path, parts: list[zipfile.ZipInfo]) -> None:
    if len(parts) > PARTS_LIMIT:
        raise Refused(f"{path.name} has {len(parts):,} parts (limit {PARTS_LIMIT:,}). {HOSTILE}")
    total = sum(part.file_size for part in parts)
    largest = max((part.file_size for part in parts), default=0)
    if total > SUM_LIMIT or largest > PART_LIMIT:
        found, limit = (total, SUM_LIMIT) if total > SUM_LIMIT else (largest, PART_LIMIT)
        raise Refused(f"{path.name} unpacks to {found / MB:,.0f} MB (limit {limit // MB} MB). {HOSTILE}")
    for part in parts:
        if part.flag_bits & 1:
            raise Refused(password_text(path))
        if part.file_size > SMALL_PART and part.file_size > RATIO_LIMIT * max(part.compress_size, 1):
            raise Refused(
                f"{path.name} unpacks {part.file_size / max(part.compress_size, 1):,.0f} to 1 "
                f"(limit {RATIO_LIMIT} to 1). {HOSTILE}"
            )


def password_text(path: Path, otherwise: str = "") -> str:
    """Advice for a protected file. otherwise: what else a user can do, as the end of a sentence."""
    how = f"Save a copy without it (File > Info > Protect Workbook){otherwise}."
    return f"{path.name} is protected by a password. {how}"


def check_workbook(path: Path, content: IO[bytes]) -> bool:
    """Whether any sheet of a workbook holds a formula; refuses what would choke a parser on the way."""
    found = False
    try:
        with zipfile.ZipFile(content) as archive:
            _check_parts(path, archive.infolist())
            for part in archive.infolist():
                found |= _check_part(path, archive, part)
    except DAMAGE:
        raise Refused(_incomplete(path)) from None
    return found


def _check_part(path: Path, archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> bool:
    """Whether a part holds a formula; a part that is no XML, such as a picture, is not looked into."""
    head = b""
    with archive.open(part) as stream:
        while not head and (piece := stream.read(64)):
            head = piece.lstrip(b"\xef\xbb\xbf \t\r\n")
    if not head.startswith((b"<", b"\xff\xfe", b"\xfe\xff")):
        return False
    scan = _Scan(path, part)
    try:
        with archive.open(part) as stream:
            scan.parser.ParseFile(stream)
    except expat.ExpatError:
        if part.filename.endswith((".xml", ".rels")):  # drawings of old Excel are not always well-formed
            raise
    return scan.formulas


class _Scan:
    """One pass over a part of a workbook: counts what a parser would have to build, by its first tag."""

    def __init__(self, path: Path, part: zipfile.ZipInfo) -> None:
        self.path = path
        self.part = part
        self.sheet = part.filename.rsplit("/", 1)[-1].removesuffix(".xml")
        self.cells = self.sheets = 0
        self.formulas = False
        self.parser = expat.ParserCreate()
        self.parser.EntityDeclHandler = self._entity
        self.parser.StartElementHandler = self._root

    def _entity(self, *_: Any) -> None:  # noqa: ANN401 - expat passes seven values of several types
        raise Refused(f"{self.path.name} defines XML entities. {HOSTILE}")

    def _root(self, tag: str, _: dict[str, str]) -> None:
        """Choose what to count; sheets and shared texts alone may be large."""
        kind = _local(tag)
        self.parser.StartElementHandler = {"worksheet": self._cell, "workbook": self._workbook}.get(kind)
        if kind not in {"worksheet", "sst"} and self.part.file_size > HEAD_LIMIT:
            size = f"{self.part.file_size / MB:,.0f} MB (limit {HEAD_LIMIT // MB} MB)"
            raise Refused(f"{self.path.name}: part {self.part.filename} unpacks to {size}. {HOSTILE}")

    def _workbook(self, tag: str, _: dict[str, str]) -> None:
        self.sheets += _local(tag) == "sheet"
        if self.sheets > SHEETS_LIMIT:
            raise Refused(f"{self.path.name} has more than {SHEETS_LIMIT:,} sheets. {HOSTILE}")

    def _cell(self, tag: str, attributes: dict[str, str]) -> None:
        name = _local(tag)
        if name == "c":
            self.cells += 1
            if self.cells > CELLS_LIMIT:
                raise Refused(
                    f"{self.path.name}, {self.sheet}: more than {CELLS_LIMIT:,} cells are filled. "
                    "Copy the budget table into a workbook of its own."
                )
        elif name == "f":
            self.formulas = True
        elif name in {"mergeCell", "hyperlink"} and area(attributes.get("ref", "")) > AREA_LIMIT:
            what = f"{attributes['ref']} is one merged range or link"
            raise Refused(f"{self.path.name}, {self.sheet}: {what}. {HOSTILE}")


def _local(tag: str) -> str:
    """Return a tag without its namespace's prefix."""
    return tag.rsplit(":", 1)[-1]


def area(reference: str) -> int:
    """Cells in a range such as A1:C3; 0 where the reference cannot be read."""
    corners = [corner for corner in map(_corner, reference.replace("$", "").split(":")) if corner]
    rows = [row for row, _ in corners]
    columns = [column for _, column in corners]
    return (max(rows) - min(rows) + 1) * (max(columns) - min(columns) + 1) if corners else 0


def _corner(reference: str) -> tuple[int, int] | None:
    letters = reference.rstrip("0123456789")
    digits = reference[len(letters) :]
    if not (letters.isalpha() and letters.isascii() and digits and len(letters) <= 4 and len(digits) <= 9):
        return None
    return int(digits), column_number(letters)
