"""The case out of a workbook: complete, safe to take out, and the same report again."""

import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from commands import invoke
from invented.union import written
from python_calamine import CalamineWorkbook

from forecaster.case import canonical
from forecaster.errors import InputError
from forecaster.sheets.case import PART
from forecaster.verify import verify
from forecaster.verify.reproduce import files, reproduce, whole

LONG = "long " * 8000
"""40,000 characters."""


def ran(folder: Path, target: Path, *options: object) -> bytes:
    """The report of a case."""
    ended = invoke("run", folder, "-o", target, "--quiet", "--workers", 1, *options)
    assert ended.exit_code == 0, ended.output
    return target.read_bytes()


OPTIONS = {
    "as the file says": (),
    "other draws": ("--paths", 2048, "--seed", 3, "--years", 4),
    "a part of it": ("--state", "NO", "--scenario", "squeeze"),
    "scenarios together": ("--scenario", "squeeze+parting"),
    "another assumption": ("--set", "cost.growth_median=1.3"),
    "a precision": ("--precision", 5.0),
    "without drivers": ("--no-drivers",),
}


@pytest.mark.parametrize("asked", OPTIONS)
def test_the_case_in_a_report_gives_the_same_report(tmp_path, asked):
    """In another folder, without any option and without the files the first one was made from."""
    book = tmp_path / "first.xlsx"
    drivers = "true" if asked in {"as the file says", "without drivers"} else "false"
    first = ran(written(tmp_path / "case", paths=1024, drivers=drivers), book, *OPTIONS[asked])
    ended = invoke("reproduce", book, tmp_path / "else" / "where")
    assert ended.exit_code == 0, ended.output
    assert ended.stdout == f"{tmp_path / 'else' / 'where'}: {', '.join(canonical.NAMES)}\n"
    assert f"`forecaster run {tmp_path / 'else' / 'where'} --output again.xlsx`" in ended.stderr
    assert ran(tmp_path / "else" / "where", tmp_path / "second.xlsx") == first


def test_a_ministrys_workbook_gives_itself_again(tmp_path):
    folder = written(tmp_path / "case", paths=1024, drivers="false", ministry='"NO"', states='["AL"]')
    first = ran(folder, tmp_path / "first.xlsx")
    reproduce(tmp_path / "first.xlsx", tmp_path / "again", force=False)
    assert ran(tmp_path / "again", tmp_path / "second.xlsx") == first
    assert openpyxl.load_workbook(tmp_path / "first.xlsx")["Cover"]["A1"].value.endswith(": Nordmark")


def test_figures_of_a_ministrys_own_file_travel_without_it(tmp_path):
    folder = written(tmp_path / "case", paths=1024, drivers="false")
    (folder / "own.csv").write_text("EUR million\nItem,2025,2026,2027\n@Budget,20500,22500,24500\n", "utf-8")
    with (folder / "assumptions.toml").open("a", encoding="utf-8") as file:
        file.write('\n[sources.AL]\nfile = "own.csv"\nunit = "EUR million"\nstatus = "voted"\nweight = 0.9\n')
    first = ran(folder, tmp_path / "first.xlsx")
    reproduce(tmp_path / "first.xlsx", tmp_path / "again", force=False)
    assert "own.csv" not in {path.name for path in (tmp_path / "again").iterdir()}
    assert ran(tmp_path / "again", tmp_path / "second.xlsx") == first


@pytest.mark.slow
def test_the_bundled_report_from_another_process_and_folder(tmp_path):
    """Other hash seed, time zone and number of workers; and a look at it by every means."""
    root = Path(__file__).resolve().parents[3]
    book = tmp_path / "first.xlsx"
    for seed, zone, workers, case, target in (
        ("1", "UTC", "1", (), book),
        ("2", "Asia/Tokyo", "2", (tmp_path / "again",), tmp_path / "second.xlsx"),
    ):
        asked = () if case else ("--paths", "1024", "--scenario", "recession", "--no-drivers")
        subprocess.run(
            [sys.executable, "-m", "forecaster", "run", *case, *asked, "-o", target, "--workers", workers],
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": str(root), "PYTHONHASHSEED": seed, "TZ": zone},
            check=True,
            capture_output=True,
        )
        if not case:
            reproduce(book, tmp_path / "again", force=False)
    assert (tmp_path / "second.xlsx").read_bytes() == book.read_bytes()
    assert verify(book, rerun=False).findings == ()


@pytest.fixture(scope="module")
def hostile(tmp_path_factory):
    """A report of a case whose texts try to be formulas, are too long or hold signs no cell can hold."""
    folder = tmp_path_factory.mktemp("hostile")
    case = written(folder / "case", paths=1024, drivers="false")
    plans = (case / "plans.csv").read_text("utf-8").splitlines()
    texts = ["=cmd|'/c calc'!A0", "+1+1", "@SUM(1)", f'"{LONG}"', "bell\x07 and\x1bescape", "_x0041_"]
    for i, text in enumerate(texts, start=2):
        plans[i] = plans[i].replace(",invented,", f",{text},")
    (case / "plans.csv").write_text("\n".join([*plans, ""]), "utf-8", newline="\n")
    book = folder / "report.xlsx"
    ran(case, book)
    return book


def test_hostile_texts_stay_texts(hostile):
    cells = {
        cell.value: cell
        for sheet in openpyxl.load_workbook(hostile).worksheets
        for row in sheet.iter_rows()
        for cell in row
        if isinstance(cell.value, str)
    }
    for text in ("=cmd|'/c calc'!A0", "+1+1", "@SUM(1)"):
        assert cells[text].data_type == "s"
        assert cells[text].quotePrefix
    assert cells["bell␇ and␛escape"].data_type == "s"
    assert cells["_x0041_"].data_type == "s"
    assert max(map(len, cells)) <= 32_767


def test_a_report_with_hostile_texts_verifies(hostile):
    found = verify(hostile, workers=1)
    assert found.findings == ()
    assert all(step.done for step in found.steps)


def test_hostile_texts_come_back_as_they_were(hostile, tmp_path):
    content = files(hostile)
    assert "\\u003dcmd|'/c calc'!A0" in content["plans.csv"]
    assert "bell\\u0007 and\\u001bescape" in content["plans.csv"]
    assert LONG.strip() in content["plans.csv"]
    reproduce(hostile, tmp_path / "again", force=False)
    assert ran(tmp_path / "again", tmp_path / "second.xlsx") == hostile.read_bytes()


def test_every_formula_shows_its_number_wherever_it_is_opened(hostile):
    """openpyxl without formulas, pandas and calamine: values alone."""
    formulas = openpyxl.load_workbook(hostile)
    values = openpyxl.load_workbook(hostile, data_only=True)
    other = CalamineWorkbook.from_path(str(hostile))
    count = 0
    for sheet in formulas.worksheets:
        frame = pd.read_excel(hostile, sheet_name=sheet.title, header=None, engine="openpyxl")
        rows = other.get_sheet_by_name(sheet.title).to_python(skip_empty_area=False)
        for cell in (cell for row in sheet.iter_rows() for cell in row if cell.data_type == "f"):
            number = values[sheet.title][cell.coordinate].value
            count += 1
            if number is None:  # the text "", which a formula shows where there is nothing to divide by
                assert rows[cell.row - 1][cell.column - 1] == "", (sheet.title, cell.coordinate)
                continue
            assert rows[cell.row - 1][cell.column - 1] == number, (sheet.title, cell.coordinate)
            assert frame.iloc[cell.row - 1, cell.column - 1] == number, (sheet.title, cell.coordinate)
    assert count > 1000


def test_a_long_line_goes_on_below(hostile):
    sheet = openpyxl.load_workbook(hostile)["Case"]
    marks = [(mark, len(text or "")) for mark, text, *_ in sheet.iter_rows(min_row=10, values_only=True)]
    first = marks.index(("goes on", PART)) - 1
    assert [mark for mark, _ in marks[first : first + 4]] == [None, "goes on", "goes on", None]
    assert 40_000 < sum(length for _, length in marks[first : first + 3]) < 40_400


def test_a_folder_that_holds_something_is_left_alone(hostile, tmp_path):
    (tmp_path / "note.txt").write_text("mine")
    ended = invoke("reproduce", hostile, tmp_path)
    assert ended.exit_code == 6
    assert "holds files already. Pass --force" in ended.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["note.txt"]
    assert invoke("reproduce", hostile, tmp_path, "--force").exit_code == 0
    assert (tmp_path / "note.txt").read_text() == "mine"
    assert invoke("reproduce", hostile, tmp_path / "note.txt").exit_code == 7


def rows(*lines):
    return [("Case",), ("file", "text"), *lines]


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        ([], "holds no case"),
        ([("../evil.toml", "x")], "'../evil.toml' is not a file of a case"),
        ([("plans.csv", "x"), ("loans.csv", "x"), ("plans.csv", "y")], "'plans.csv' is not a file"),
        ([("plans.csv", "x")], "assumptions.toml, programme.toml, scenarios.toml"),
    ],
)
def test_a_sheet_that_is_no_whole_case_is_refused(lines, told):
    with pytest.raises(InputError, match=re.escape(told)):
        whole(Path("report.xlsx"), rows(*lines))


def test_blank_lines_and_parts_are_joined():
    found = whole(
        Path("report.xlsx"),
        rows(
            *((name, "a") for name in canonical.NAMES[:-1]),
            ("origin.csv", "be"),
            ("goes on", "fore"),
            (None, None),
            (None, 7),
            (),
        ),
    )
    assert found["origin.csv"] == "before\n\n7\n"
    assert found["plans.csv"] == "a\n"


def test_a_changed_case_is_told(hostile, tmp_path):
    book = openpyxl.load_workbook(hostile)
    cell = next(cell for (cell,) in book["Case"].iter_rows(min_col=2, max_col=2) if cell.value == "seed = 7")
    cell.value = "seed = 8"
    book.save(tmp_path / "changed.xlsx")
    ended = invoke("reproduce", tmp_path / "changed.xlsx", tmp_path / "again")
    assert ended.exit_code == 0
    told = "Warning: assumptions.toml was changed in the workbook after it was written."
    assert ended.stderr.splitlines()[0] == told


def test_a_bomb_is_refused(tmp_path):
    with zipfile.ZipFile(tmp_path / "bomb.xlsx", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b" " * 400_000_000)
    with pytest.raises(InputError, match=r"bomb\.xlsx"):
        files(tmp_path / "bomb.xlsx")


def test_a_report_that_is_handed_in_as_a_spreadsheet_is_told_as_one(report):
    ended = invoke("read", report)
    assert ended.exit_code == 3
    assert ended.stderr == (
        f"{report.name} is a report of this program, not a spreadsheet of budgets. The budgets that it was "
        f"made from are in its case: forecaster reproduce {report.name} FOLDER\n"
    )
