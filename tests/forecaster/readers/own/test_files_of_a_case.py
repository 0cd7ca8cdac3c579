"""Files and sheets that are missing, misspelt or of another kind."""

import csv
import zipfile
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook

from forecaster.case import template
from forecaster.readers.files.spreadsheets import is_report
from forecaster.readers.own.tables import TABLES

INIT = "Write them with: forecaster init FOLDER"


def test_a_missing_file(case, read):
    (case / "gdp.csv").unlink()
    assert (
        f"gdp.csv: not found in folder {case.name}. Write them with: forecaster init FOLDER" in read(case)[1]
    )


def test_a_misspelt_file(case, read):
    (case / "gdp.csv").rename(case / "gpd.csv")
    _, _, warnings = read(case)
    assert warnings == ["gpd.csv: this file is no table and was not read. Did you mean gdp?"]


def test_a_text_table_of_a_state_is_to_be_named(case, read):
    (case / "haushalt.csv").write_text("x,2025,2026\n", encoding="utf-8")
    told = (
        "this file is no table and was not read. One with a state's own figures is named under [sources.XX]"
    )
    assert read(case)[2] == [f"haushalt.csv: {told} in assumptions.toml."]


def test_an_empty_folder(tmp_path, read):
    assert read(tmp_path)[1] == [
        f"budgets.xlsx: not found in folder {tmp_path.name}, and no CSV tables either. {INIT}"
    ]


def test_a_workbook_of_another_kind_is_told(tmp_path, read, monkeypatch):
    (tmp_path / "budgets.ods").write_bytes(b"PK")
    monkeypatch.chdir(tmp_path)
    told = "budgets.ods is there: save it as budgets.xlsx."
    assert read(Path())[1] == [
        f"budgets.xlsx: not found in folder {tmp_path.name}, and no CSV tables either. {told}"
    ]


def test_a_copy_of_the_workbook_is_told_to_be_unread(case, read):
    """Whoever edits "budgets - Copy.xlsx" would otherwise find every figure unmoved."""
    for name in ("budgets - Copy.xlsx", "Budgets.xlsm", "budgets-report.txt", "~$budgets.xlsx"):
        (case / name).write_bytes(b"PK")
    _, errors, warnings = read(case)
    told = [
        f"{name}: was not read: the tables are read from the CSV files."
        for name in ("Budgets.xlsm", "budgets - Copy.xlsx")
    ]
    assert (errors, warnings) == ([], told)
    template.write(case, case / "budgets.xlsx")
    assert read(case)[2] == [line.replace("the CSV files", "budgets.xlsx") for line in told]


UNREAD = "was not read. One with a state's own figures is named under [sources.XX] in assumptions.toml."


@pytest.mark.parametrize("name", ["DE 2027.xlsx", "haushalt.ODS", "alt.xls", "figures.tsv", "budgets.tsv"])
def test_a_spreadsheet_that_nothing_names_is_told_to_be_unread(case, read, name):
    """A ministry that puts its file there and forgets to name it would find every figure unmoved."""
    (case / name).write_bytes(b"PK")
    assert read(case)[1:] == ([], [f"{name}: {UNREAD}"])
    assert read(case, {name.casefold()})[1:] == ([], [])


def test_what_is_no_spreadsheet_is_passed_over(case, read):
    """What Excel leaves beside an open file, what is hidden, a folder."""
    for name in ("~$DE.xlsx", ".hidden.xlsx", "DE.xlsx.bak"):
        (case / name).write_bytes(b"PK")
    (case / "folder.xlsx").mkdir()
    assert read(case)[1:] == ([], [])


def test_reports_in_the_folder_are_not_told(case, read):
    """Of any version; the template, from which tables are filled, is told. `test_workbook.py`: real ones."""
    _authored("forecaster 0.9.0", case / "edip.xlsx")
    _authored("forecaster team", case / "DE 2.xlsx", title=">forecaster 1.0")
    template.write(case, case / "DE.xlsx")
    _, errors, warnings = read(case)
    assert (errors, [line.split(":")[0] for line in warnings]) == ([], ["DE 2.xlsx", "DE.xlsx"])


def _authored(author, path, title=""):
    book = Workbook()
    book.properties.creator, book.properties.title = author, title
    book.save(path)


@pytest.mark.parametrize("compression", [zipfile.ZIP_DEFLATED, zipfile.ZIP_LZMA, zipfile.ZIP_BZIP2])
def test_a_damaged_file_that_is_passed_over_stops_nothing(case, read, compression):
    """Each byte of what is packed in turn. LZMA has an error of its own."""
    path, about, text = case / "DE.xlsx", "docProps/core.xml", b"<dc:creator>forecaster 1</dc:creator>" * 9
    with zipfile.ZipFile(path, "w", compression) as parts:
        parts.writestr(about, text)
    assert is_report(path)
    whole = path.read_bytes()
    for at in range(30 + len(about), whole.index(b"PK\1\2")):
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 0xFF]) + whole[at + 1 :])
        if is_report(path):  # a byte that says nothing
            with zipfile.ZipFile(path) as parts:
                assert parts.read(about) == text
    assert read(case)[1:] in (([], []), ([], [f"DE.xlsx: {UNREAD}"]))


def test_a_workbook_by_another_name_is_told(tmp_path, read):
    (tmp_path / "budgets 2027.xlsx").write_bytes(b"PK")
    told = "budgets 2027.xlsx is there: save it as budgets.xlsx."
    assert read(tmp_path)[1] == [
        f"budgets.xlsx: not found in folder {tmp_path.name}, and no CSV tables either. {told}"
    ]


def test_a_missing_sheet(case, read):
    template.write(case, case / "budgets.xlsx")
    book = load_workbook(case / "budgets.xlsx")
    book["spending"].title = "spendings"
    book["spendings"]["A1"] = None
    book.save(case / "budgets.xlsx")
    _, errors, warnings = read(case)
    assert errors == ["budgets.xlsx: sheet 'spending' is missing. Did you mean spendings?"]
    assert warnings == [
        "budgets.xlsx, spendings: this sheet is no table and was not read. Did you mean spending?"
    ]


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (
            OLE + "EncryptedPackage".encode("utf-16-le"),
            "is protected by a password. Save a copy without it (File > Info > Protect Workbook).",
        ),
        (OLE, "should end in .xls: it is an old Excel file (.xls). Open it in Excel and save as .xlsx."),
    ],
)
def test_what_is_no_workbook_but_is_named_like_one(tmp_path, read, content, text):
    (tmp_path / "budgets.xlsx").write_bytes(content)
    assert read(tmp_path)[1][0] == f"budgets.xlsx {text}"


def test_no_table_in_its_place_is_meant_by_a_missing_sheet(edited, read):
    def edit(book):
        del book["spending"]
        book["gdp"].title = "gdps"

    _, errors, warnings = read(edited(edit))
    assert errors == [
        "budgets.xlsx: sheet 'spending' is missing.",
        "budgets.xlsx: sheet 'gdp' is missing. Sheet 'gdps' bears its title: name that 'gdp'.",
    ]
    assert warnings == ["budgets.xlsx, gdps: this sheet is no table and was not read. Did you mean gdp?"]


def _saved_elsewhere(path, delimiter, quoting):
    """A table as a spreadsheet saves it that has opened it without parting its cells at commas."""
    rows = list(csv.reader(path.read_text(encoding="utf-8").splitlines(), delimiter=delimiter))
    width = max(map(len, rows))
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, delimiter=delimiter, quoting=quoting)
        writer.writerows([*row, *[""] * (width - len(row))] for row in rows)


@pytest.mark.parametrize("quoting", [csv.QUOTE_MINIMAL, csv.QUOTE_ALL])
def test_lines_saved_as_one_quoted_cell_each_are_read(case, read, change, quoting):
    """They had been 948 problems of the bundled case."""
    change("sources", "Title", '"Title, with a comma"')
    expected, errors, _ = read(case)
    for table in TABLES:
        if table.name != "states":  # an alias after a semicolon is a cell of its own there
            _saved_elsewhere(case / f"{table.name}.csv", ";", quoting)
    found, told, _ = read(case)
    assert errors == told == []
    assert found.sources == expected.sources
    assert [one.value for one in found.figures] == [one.value for one in expected.figures]


def test_lines_cut_at_another_mark_are_told_in_one_sentence(case, read):
    _saved_elsewhere(case / "states.csv", ";", csv.QUOTE_MINIMAL)
    line = "the whole line 'code,name,aliases,currency,all'... stands in one cell"
    cause = "its file was opened without parting cells at ','"
    advice = "Take the file as it was and import it as text, parted at ',', or fill budgets.xlsx"
    assert read(case)[1] == [f"states.csv, A1: {line}: {cause}. {advice} (forecaster init FOLDER)."]


def test_decimal_commas_among_commas_are_one_problem(case, read, change):
    change("gdp", "100,100", "100,5,100,5", line=2)
    _, (error,), _ = read(case)
    assert error.startswith("gdp.csv, S3: this row has 20 cells, row 1 of the headings 18: commas part cells")


def test_a_renamed_sheet_is_known_by_its_title(edited, read):
    """'Ausgaben' is near no name of a table."""

    def rename(book):
        book["spending"].title = "Ausgaben"

    _, errors, warnings = read(edited(rename))
    told = "sheet 'spending' is missing. Sheet 'Ausgaben' bears its title: name that 'spending'."
    assert errors == [f"budgets.xlsx: {told}"]
    assert warnings == ["budgets.xlsx, Ausgaben: this sheet is no table and was not read."]
