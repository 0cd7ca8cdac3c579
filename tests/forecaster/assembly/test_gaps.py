"""Figures that can be read but that a run cannot start from are told with their cell."""

import csv
import re

import pytest

from forecaster import case
from forecaster.assembly.gaps import refuse_gaps
from forecaster.errors import InputError


@pytest.fixture
def folder(tmp_path):
    case.init(tmp_path, csv=True, force=False)
    return tmp_path


def fill(folder, table, code, years, value):
    path = folder / f"{table}.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    row = next(row for row in rows if row[0] == code)
    for year in years:
        row[rows[0].index(str(year))] = value
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)


def told(folder):
    with pytest.raises(InputError) as raised:
        refuse_gaps(case.load(folder))
    return str(raised.value).splitlines()


def test_the_bundled_case_has_none(folder):
    refuse_gaps(case.load(folder))


@pytest.mark.parametrize(
    ("table", "year", "value", "line"),
    [
        ("spending", 2025, "0", "M23: PL 2025 is 0. A forecast needs a budget above 0 in each year."),
        ("gdp", 2027, "0", "O23: PL 2027 is 0. Gross domestic product is above 0."),
        ("gni", 2023, "0", "B23: PL 2023 is 0. Gross national income is above 0."),
        ("exchange", 2025, "0", "M23: PL 2025 is 0. A rate is units of a currency for one euro, above 0."),
        ("growth", 2030, "-100", "R23: PL 2030 is -100. Growth is above -100 %."),
        ("deflator", 2030, "-200", "R23: PL 2030 is -200. Inflation is above -100 %."),
        ("nato_equipment", 2024, "101", "E23: PL 2024 is 101. A share of spending is at most 100 %."),
    ],
)
def test_a_figure_out_of_bounds_is_one_line(folder, table, year, value, line):
    fill(folder, table, "PL", [year], value)
    assert told(folder) == [f"{table}.csv, {line}"]


@pytest.mark.parametrize(
    ("table", "year", "value", "lines"),
    [
        ("spending", 2025, "41528100", ["M23: PL 2025 is 41528100, 4,5.. % of gross domestic product"]),
        (
            "gdp",
            2027,
            "1e15",
            [
                r"O23: PL 2027 is 1e15, 1,051,\d{3},\d{3} times that of 2026",
                "P23: PL 2028 is .*, .*e-09 times that of 2027",
            ],
        ),
    ],
)
def test_a_figure_off_scale_is_asked_about(folder, table, year, value, lines):
    fill(folder, table, "PL", [year], value)
    for found, line in zip(told(folder)[-len(lines) :], lines, strict=True):
        assert re.fullmatch(rf"{table}\.csv, {line}: unit mixed up\?", found), found


def test_the_cell_of_the_workbook_is_told_where_there_is_one(tmp_path):
    from openpyxl import load_workbook

    case.init(tmp_path / "book", csv=False, force=False)
    path = tmp_path / "book" / "budgets.xlsx"
    book = load_workbook(path)
    sheet = book["spending"]
    row = next(row for row in sheet.iter_rows() if row[0].value == "PL")
    row[12].value = 0
    book.save(path)
    (line,) = told(tmp_path / "book")
    assert line.startswith(f"budgets.xlsx, spending!{row[12].coordinate}: PL 2025 is 0. ")


@pytest.mark.parametrize("value", ["", "0"])
def test_a_state_needs_a_share_that_is_invested(folder, value):
    fill(folder, "nato_equipment", "PL", range(2021, 2027), value)
    fill(folder, "eda_investment", "PL", range(2017, 2024), "")
    (line,) = told(folder)
    assert line.startswith("nato_equipment.csv: PL (Poland): the share of spending that is invested")
    assert "nato_equipment of a year from 2021 to 2024 and of one from 2024 to 2026" in line


def test_gdp_of_a_year_more_needs_its_growth_and_deflator(folder):
    """A run ended in "nan is too large to add up exactly", after a check that found nothing."""
    for table in ("gdp", "deflator"):
        path = folder / f"{table}.csv"
        heading, *rows = path.read_text(encoding="utf-8").splitlines()
        lines = [f"{heading},2031", *(f"{row},{row.rpartition(',')[2]}" for row in rows)]
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    (line,) = told(folder)
    assert line == (
        "growth.csv: 2031 is missing, though the table gdp has it: GDP is carried on by growth and deflator "
        "of its last year. Enter 2031 here, or leave it out of gdp."
    )


def test_a_plan_of_nothing_is_refused(folder):
    """It had counted as no plan at all."""
    path = folder / "plans.csv"
    text = path.read_text(encoding="utf-8")
    assert text.splitlines()[3].startswith("AT,2026,4760,")
    path.write_text(text.replace("AT,2026,4760,", "AT,2026,0,"), encoding="utf-8")
    assert told(folder) == ["plans.csv, C4: AT 2026 is 0. A plan is above 0."]
