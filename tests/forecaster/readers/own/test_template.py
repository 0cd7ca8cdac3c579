"""The workbook that a ministry fills: what it looks like, and that it reads back as it was written."""

import shutil
import time

from openpyxl import load_workbook

from forecaster.case import template
from forecaster.readers.own.tables import TABLES


def test_template_from_the_tables_reads_back_equal(case, read):
    csv_budgets, _, _ = read(case)
    template.write(case, case / "budgets.xlsx")
    budgets, errors, warnings = read(case)
    assert (errors, warnings) == ([], [])
    assert [figure.value for figure in budgets.figures] == [figure.value for figure in csv_budgets.figures]
    assert budgets.figure("spending", "AT", 2025).place == "budgets.xlsx, spending!M6"


def test_template_bytes_do_not_depend_on_the_time(case, monkeypatch):
    template.write(case, case / "one.xlsx")
    monkeypatch.setattr(time, "time", lambda: 2e9)
    template.write(case, case / "two.xlsx")
    assert (case / "one.xlsx").read_bytes() == (case / "two.xlsx").read_bytes()


def test_template_has_headings_lists_and_frozen_panes(case):
    template.write(case, case / "budgets.xlsx")
    book = load_workbook(case / "budgets.xlsx")
    sheet = book["plans"]
    assert book["spending"]["B5"].value == 2014
    assert book["spending"]["A2"].value.startswith("EUR million")
    assert sheet.freeze_panes == "B6"
    lists = {choice.formula1 for choice in sheet.data_validations.dataValidation}
    assert {'"yes,no"', '"voted,plan,announced,estimate"', '"C,S,M"'} < lists


def test_drop_downs_of_the_template_refuse_what_is_not_on_their_list(case):
    template.write(case, case / "budgets.xlsx")
    sheets = load_workbook(case / "budgets.xlsx").worksheets
    choices = [choice for sheet in sheets for choice in sheet.data_validations.dataValidation]
    assert len(choices) > 10
    assert all(choice.showErrorMessage and choice.error.startswith("Choose from") for choice in choices)


def test_a_state_may_be_typed_into_the_template_by_another_name(case, read):
    """'EL' had been refused by the list of codes, most of which were blank rows, and is read."""
    template.write(case, case / "budgets.xlsx")
    for path in case.glob("*.csv"):
        path.unlink()
    book = load_workbook(case / "budgets.xlsx")
    choice = next(one for one in book["safe"].data_validations.dataValidation if "A6" in one.sqref)
    assert choice.errorStyle == "warning"  # Excel asks, and takes what is typed
    assert choice.formula1 == "OFFSET(states!$A$6,0,0,COUNTA(states!$A$6:$A$205),1)"  # no blank rows
    assert book["safe"]["A6"].value == "GR"
    book["safe"]["A6"] = "EL"
    book.save(case / "budgets.xlsx")
    budgets, errors, _ = read(case)
    assert errors == []
    assert [loan.code for loan in budgets.loans] == ["GR"]


def test_the_template_looks_the_same_in_each_program_and_shows_the_decimals_typed_into_it(case):
    template.write(case, case / "budgets.xlsx")
    book = load_workbook(case / "budgets.xlsx")
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert {cell.font.name for cell in cells} == {"Calibri"}
    assert None not in {cell.font.size for cell in cells}
    rows = [row for sheet in (book["spending"], book["panel"]) for row in sheet["B6:D8"]]
    assert {cell.number_format for row in rows for cell in row if cell.value} == {"#,##0.0###"}
    assert book.properties.title == "Budget tables"


def test_bundled_workbook_equals_the_tables(root, tmp_path):
    template.write(root / "inputs", tmp_path / "budgets.xlsx")
    assert (tmp_path / "budgets.xlsx").read_bytes() == (root / "inputs" / "budgets.xlsx").read_bytes(), (
        "inputs/budgets.xlsx is not what the tables say. Run: python -m forecaster.case.template"
    )


def test_filled_in_as_a_polish_ministry_would(root, tmp_path, read):
    """Every number of the bundled workbook as text, decimal comma, blanks between thousands."""
    shutil.copy(root / "inputs" / "budgets.xlsx", tmp_path / "budgets.xlsx")
    book = load_workbook(tmp_path / "budgets.xlsx")
    for table in TABLES:
        for row in book[table.name].iter_rows(min_row=6):
            for cell in row:
                if isinstance(cell.value, int | float):
                    cell.value = f"{cell.value:,}".replace(",", "\u00a0").replace(".", ",")
    years = {"plans": "B", "commitments": "B"}
    for name, column in years.items():
        for cell in book[name][column][5:]:
            cell.value = str(cell.value).replace("\u00a0", "") if cell.value else None
    book.save(tmp_path / "budgets.xlsx")
    ours, errors, _ = read(tmp_path)
    theirs, _, _ = read(root / "inputs")
    assert errors == []
    assert [figure.value for figure in ours.figures] == [figure.value for figure in theirs.figures]
    assert "," in ours.figure("growth", "PL", 2025).raw
