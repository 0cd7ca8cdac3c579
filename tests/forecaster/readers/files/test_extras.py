"""Formats that need an optional package, each package stood in for: what it hands over, and how it fails."""

import io
import sys
import zipfile
from types import SimpleNamespace

import pytest

from forecaster.errors import Problems
from forecaster.readers.formats import understood
from forecaster.readers.understanding import Context

ROWS = [["EUR million"], ["State", 2024, 2025, 2026], ["Malta", 1.5, 2.5, 3.5]]
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600
ENCRYPTED = OLE + "EncryptedPackage".encode("utf-16-le")


@pytest.fixture
def read(names):
    """Read a file: (state, year) -> value, error lines, warnings."""

    def apply(path, password_file=None):
        problems = Problems()
        found = understood(path, Context(names, problems), password_file)
        blocks = found.blocks if found else ()
        values = {(one.code, one.item): one.value for block in blocks for one in block.figures}
        return values, [problem.line for problem in problems.errors], list(problems.warnings)

    return apply


VALUES = {("MT", "2024"): 1.5, ("MT", "2025"): 2.5, ("MT", "2026"): 3.5}


class Protected:
    """Stands in for a file of msoffcrypto."""

    content = b""

    def __init__(self, stream):
        assert stream.read(8) == OLE[:8]

    def load_key(self, password):
        if password != "right":
            raise ValueError(password)

    def decrypt(self, target):
        target.write(self.content)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_protected_file_opens_with_its_password(tmp_path, workbook, read, monkeypatch, encoding):
    """Notepad and PowerShell put a mark before the text."""
    Protected.content = workbook(ROWS, "plain.xlsx").read_bytes()
    monkeypatch.setitem(sys.modules, "msoffcrypto", SimpleNamespace(OfficeFile=Protected))
    path, right, wrong = (tmp_path / name for name in ("MT.xlsx", "right.txt", "wrong.txt"))
    path.write_bytes(ENCRYPTED)
    right.write_text("right\n", encoding=encoding)
    wrong.write_text("wrong", encoding="utf-8")
    assert read(path, right)[0] == VALUES
    assert read(path, wrong)[1] == ["MT.xlsx: the password in wrong.txt does not open it."]
    assert read(path, tmp_path / "none.txt")[1] == ["MT.xlsx: password file none.txt cannot be read."]


def test_a_file_that_another_program_holds_is_told(workbook, read, monkeypatch):
    path = workbook(ROWS, "MT.xlsx")

    def held(_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(type(path), "read_bytes", held)
    assert read(path)[1] == [
        "MT.xlsx cannot be read (Permission denied). Close it in other programs, or copy it to this computer."
    ]


def test_a_protected_file_without_the_package(tmp_path, read, monkeypatch):
    monkeypatch.setitem(sys.modules, "msoffcrypto", None)
    path = tmp_path / "MT.xlsx"
    path.write_bytes(ENCRYPTED)
    (tmp_path / "password.txt").write_text("x", encoding="utf-8")
    assert read(path, tmp_path / "password.txt")[1] == [
        "MT.xlsx is protected by a password. Save a copy without, or install: pip install msoffcrypto-tool"
    ]


@pytest.mark.parametrize("name", ["MT.ods", "MT.xlsx"])
def test_an_open_document(tmp_path, read, monkeypatch, name):
    """Its parser goes by the ending where it gets a path: one named .xlsx had been called damaged."""
    sheet = SimpleNamespace(total_height=3, total_width=4, to_python=lambda **_: [[*row, ""] for row in ROWS])
    opened = SimpleNamespace(
        sheets_metadata=[SimpleNamespace(name="Budget", visible="SheetVisibleEnum.Visible")],
        get_sheet_by_name=lambda _: sheet,
    )

    def load_workbook(stream):
        assert stream.read(2) == b"PK"
        return opened

    monkeypatch.setitem(sys.modules, "python_calamine", SimpleNamespace(load_workbook=load_workbook))
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("content.xml", "<x/>")
    path = tmp_path / name
    path.write_bytes(content.getvalue())
    values, errors, warnings = read(path)
    assert (values, errors) == (VALUES, [])
    told = "hidden rows, error cells and raised footnote digits cannot be told in this format."
    assert warnings == [f"{name}: {told} Save it as .xlsx to have them told."]
    sheet.to_python = lambda **_: [["% of GDP"], *ROWS[1:-1], [ROWS[-1][0], 0.02, 0.021, 0.022]]
    told = "this format does not tell which cells are shown as percentages. Save it as .xlsx."
    assert read(path)[1] == [f"{name}, Budget!B3: 0.02 may be 0.02 or 2 per cent of GDP: {told}"]
    sheet.total_height = 10**9
    assert read(path)[1] == [f"{name}, sheet Budget: used area is too large. Delete stray cells and save."]


class OldBook:
    """Stands in for a workbook of xlrd."""

    def __init__(self, rows):
        cells = [[SimpleNamespace(ctype=_kind(value), value=value) for value in row] for row in rows]
        self.sheet = SimpleNamespace(
            name="Budget",
            nrows=len(cells),
            ncols=4,
            row=lambda number: cells[number],
            visibility=0,
            rowinfo_map={3: SimpleNamespace(hidden=1)},
            colinfo_map={},
            merged_cells=[(0, 1, 0, 4)],
        )

    def __enter__(self):
        return self

    def __exit__(self, *_):
        return False

    def sheets(self):
        return [self.sheet]


def _kind(value):
    return {str: 1, type(None): 0}.get(type(value), 5 if value == 7 else 2)


def test_an_old_workbook(tmp_path, read, monkeypatch):
    rows = [*ROWS, ["Greece", 4.0, 5.0, 6.0], ["Spain", 1.0, 7, 2.0]]
    monkeypatch.setitem(sys.modules, "xlrd", SimpleNamespace(open_workbook=lambda *_, **__: OldBook(rows)))
    path = tmp_path / "budget.xls"
    path.write_bytes(OLE)
    values, errors, warnings = read(path)
    assert values == VALUES | {("ES", "2024"): 1.0, ("ES", "2026"): 2.0}
    assert errors == ["budget.xls, Budget!C5: cell shows #DIV/0!. Correct it or enter ':' for missing."]
    assert warnings == [
        "budget.xls, Budget: Row 4 is hidden and was left out (4.0). Use include_hidden = true to read it."
    ]


def test_a_damaged_old_workbook(tmp_path, read, monkeypatch):
    def fail(*_, **__):
        raise AssertionError

    monkeypatch.setitem(sys.modules, "xlrd", SimpleNamespace(open_workbook=fail))
    (tmp_path / "HU.xls").write_bytes(OLE)
    assert read(tmp_path / "HU.xls")[1] == ["HU.xls is damaged (AssertionError). Open it, save it as .xlsx."]


def test_macros_are_told(workbook, read):
    path = workbook(ROWS, "MT.xlsx")
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("xl/vbaProject.bin", b"\0\1\2")
    path = path.rename(path.with_suffix(".xlsm"))
    values, errors, warnings = read(path)
    assert (values, errors) == (VALUES, [])
    assert warnings == ["MT.xlsm: holds macros. None is run; stored values are read."]


def test_a_protected_file_of_a_case_has_no_option_to_pass(tmp_path, read):
    path = tmp_path / "MT.xlsx"
    path.write_bytes(ENCRYPTED)
    assert read(path)[1] == [
        "MT.xlsx is protected by a password. Save a copy without it (File > Info > Protect Workbook)."
    ]
