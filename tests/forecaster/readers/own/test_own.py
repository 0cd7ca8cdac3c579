"""The tables of a case: what is read of them, and each mistake in them as one line."""

import math
import shutil
import time

import pytest
from measured import assert_within
from openpyxl import load_workbook

from forecaster.case import template
from forecaster.readers.own.tables import TABLES


def test_a_clean_case_reads_without_a_word(case, read):
    budgets, errors, warnings = read(case)
    assert (errors, warnings) == ([], [])
    assert budgets.codes == ("AT", "GR")
    assert budgets.years("spending") == tuple(range(2014, 2026))
    assert budgets.wide("spending", ["GR"], [2025]).tolist() == [[100.0]]
    assert budgets.plans[0].cell == "plans.csv, C2"
    assert budgets.loans[0].allocation == 787.7


def test_percentages_are_shares_inside_and_keep_the_text_and_cell(case, read):
    budgets, _, _ = read(case)
    figure = budgets.figure("growth", "AT", 2025)
    assert (figure.value, figure.raw, figure.unit, figure.factor) == (1.0, "100", "%", 0.01)
    assert figure.place == "growth.csv, B2"
    assert len(figure.sha256) == 64


def test_missing_years_are_nan(case, read):
    budgets, _, _ = read(case)
    assert math.isnan(budgets.wide("spending", ["AT"], [2013])[0, 0])
    assert math.isnan(budgets.wide("nowhere", ["AT"], [2025])[0, 0])


def test_bundled_case_reads_quickly_and_without_a_problem(root, read):
    found = []

    def seconds() -> float:
        start = time.process_time()
        found.append(read(root / "inputs"))
        return time.process_time() - start

    assert_within(12, seconds, root / "inputs" / "budgets.xlsx")  # 2.5 to 4 times, CSV files included
    budgets, errors, warnings = found[0]
    assert (errors, warnings) == ([], [])
    assert len(budgets.states) == 27
    assert budgets.figure("spending", "DE", 2025).file == "budgets.xlsx"


def test_spot_values_of_the_series_in_use(root, read):
    # SIPRI Military Expenditure Database 1949-2025 v1.2, EUR bn at current prices
    budgets, _, _ = read(root / "inputs")
    spending = budgets.wide("spending", ["DE", "PL", "MT"], [2025])[:, 0] / 1000
    assert [round(float(value), 1) for value in spending] == [100.7, 41.5, 0.1]
    assert round(budgets.wide("spending", ["FR"], [2024])[0, 0] / 1000, 1) == 58.7


def test_workbook_alone_and_its_case_of_names(case, read, tmp_path):
    template.write(case, case / "budgets.xlsx")
    alone = tmp_path / "alone"
    alone.mkdir()
    shutil.copy(case / "budgets.xlsx", alone / "budgets.xlsx")
    budgets, errors, _ = read(alone)
    assert errors == []
    assert set(budgets.files) == {"budgets.xlsx"}


def test_differences_between_the_two_forms_name_both_places(case, read, change):
    template.write(case, case / "budgets.xlsx")
    change("spending", "100", "101")
    change("plans", "vote,voted", "vote,plan")
    _, errors, _ = read(case)
    advice = "Make them equal, or keep one of the two files."
    assert errors == [
        f"budgets.xlsx, spending!B6: '100' differs from '101' in spending.csv, B2. {advice}",
        f"budgets.xlsx, plans!H6: 'voted' differs from 'plan' in plans.csv, H2. {advice}",
    ]


def test_a_row_in_one_form_only_is_told(case, read):
    template.write(case, case / "budgets.xlsx")
    with (case / "safe.csv").open("a", encoding="utf-8") as stream:
        stream.write("AT,5,no,,\n")
    _, errors, _ = read(case)
    assert errors == [
        "safe.csv, Row 3: AT has no row in budgets.xlsx. Make them equal, or keep one of the two files."
    ]


NOT_A_NUMBER = "'abc' is not a number. Missing values may be n/a, :, .. or empty."


NEGATIVE = "-5 is negative. Only zero or more makes sense here."


WIDE = "The table has a column 'code' and a column for each year."


PLANS = (
    "The table has the columns code, year, amount, amount_national, currency, series, definition, status, "
    "use, reason, as_of, source, confidence."
)


STATUS = "Allowed: voted, plan, announced, estimate."


@pytest.mark.parametrize(
    ("edit", "text"),
    [
        (("spending", "AT,100", "AT,abc", 1), f"spending.csv, B2: {NOT_A_NUMBER}"),
        (("spending", "AT,100", "AT,-5", 1), f"spending.csv, B2: {NEGATIVE}"),
        (("spending", "AT,100", "AT,n/a", 1), "spending.csv, AT: 2014 is missing (2014-2025 needed)."),
        (
            ("gdp", "GR", "Grece", 2),
            "gdp.csv, Row 3: 'Grece' is not a member state. Did you mean Greece (EL)?",
        ),
        (("gdp", "code", "cod", 0), f"gdp.csv: no heading 'code' found in column A. {WIDE}"),
        (("spending", "2014", "2014 total", 0), f"spending.csv, B1: unknown column '2014 total'. {WIDE}"),
        (("plans", ",2026,", ",,", 1), "plans.csv, B2: year is empty."),
        (("plans", ",2026,", ",26,", 1), "plans.csv, B2: '26' is not a year."),
        (("plans", ",7100,7100", ",,7100", 1), "plans.csv, C2: amount is empty. A number is needed."),
        (
            ("plans", "voted", "votd", 1),
            f"plans.csv, H2: 'votd' is not known here. Did you mean voted? {STATUS}",
        ),
        (("plans", ",yes,", ",perhaps,", 1), "plans.csv, I2: 'perhaps' is not a yes or a no."),
        (("plans", "status", "state", 0), f"plans.csv: column status is missing. {PLANS}"),
        (
            ("rules", "2026-02-17", "2026-02-17x", 1),
            "rules.csv, B2: '2026-02-17x' is not a date such as 2025-12-31.",
        ),
        (("rules", "2026-02-17", "17.2.26", 1), "rules.csv, B2: '17.2.26' is not a date such as 2025-12-31."),
        (
            ("rules", "2026-02-17", "31.02.2026", 1),
            "rules.csv, B2: '31.02.2026' is not a date such as 2025-12-31.",
        ),
        (("rules", "2026-02-17", "17/2/26", 1), "rules.csv, B2: '17/2/26' is not a date such as 2025-12-31."),
        (("states", "Austria", "", 1), "states.csv, B2: name is empty."),
    ],
)
def test_each_mistake_is_one_clear_line(case, read, change, edit, text):
    change(*edit)
    assert text in read(case)[1]


def test_a_number_too_large_is_not_told_as_missing_too(case, read, change):
    change("plans", ",7100,7100", ",71000000000000000000,7100")
    assert read(case)[1] == ["plans.csv, C2: 71000000000000000000 is too large for a budget."]


@pytest.mark.parametrize("saved", ["17.02.2026", "17.2.2026", "17. 2. 2026", "17.02.2026."])
def test_dates_as_excel_saves_them_in_other_regions_are_read(case, read, change, saved):
    """A table opened and saved as CSV in Germany, Slovakia or Croatia has all its dates so."""
    before = read(case)[0]
    change("rules", "2026-02-17", saved, 1)
    after, errors, _ = read(case)
    assert errors == []
    assert after.rules == before.rules


def test_all_problems_come_at_once(case, read, change):
    change("spending", "AT,100", "AT,abc")
    change("gdp", "AT,100", "AT,-1")
    change("plans", ",2026,", ",,")
    assert len(read(case)[1]) == 3


def test_a_state_without_a_row(case, read):
    path = case / "spending.csv"
    path.write_text(path.read_text(encoding="utf-8").rsplit("GR", 1)[0], encoding="utf-8")
    assert read(case)[1] == ["spending.csv: GR (Greece) has no row."]


def test_a_state_twice(case, read):
    with (case / "spending.csv").open("a", encoding="utf-8") as stream:
        stream.write("EL" + ",7" * 12 + "\n")
    assert read(case)[1] == ["spending.csv: GR appears in rows 3 and 4 with different figures."]


def test_another_unit_on_a_sheet_is_refused(case, read):
    template.write(case, case / "budgets.xlsx")
    book = load_workbook(case / "budgets.xlsx")
    book["gdp"]["A2"] = "EUR billion"
    book.save(case / "budgets.xlsx")
    assert read(case)[1] == [
        "budgets.xlsx, gdp!A2: the unit reads 'EUR billion'. This table is in EUR million."
    ]


def test_a_jump_of_a_thousand_times_is_a_warning(case, read, change):
    change("spending", "100\n", "100000\n")
    assert read(case)[2] == ["spending.csv: AT 2025 is 1,000 times AT 2024: unit mixed up?"]


def test_removing_a_state_is_removing_its_rows(case, read):
    for table in TABLES:
        if table.name in {"panel", "sources"}:
            continue
        path = case / f"{table.name}.csv"
        lines = [line for line in path.read_text(encoding="utf-8").splitlines() if not line.startswith("GR,")]
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    budgets, errors, _ = read(case)
    assert errors == []
    assert budgets.codes == ("AT",)
    assert budgets.panel_codes() == ("AT", "GR")


def test_rows_with_a_wrong_year_are_no_double(case, read):
    path = case / "plans.csv"
    heading, row = path.read_text(encoding="utf-8").splitlines()
    rows = [row.replace(",2026,7100,", ",2o26,7100,"), row.replace(",2026,7100,", ",2o27,7200,")]
    path.write_text("\n".join([heading, *rows]) + "\n", encoding="utf-8")
    assert read(case)[1] == [
        f"plans.csv, B{n}: '{year}' is not a year." for n, year in ((2, "2o26"), (3, "2o27"))
    ]


def test_a_merged_figure_is_one_error_for_each_cell_it_covers(edited, read):
    def edit(book):
        book["spending"].merge_cells("C6:D6")

    text = "is part of the merged cell C6:D6, which holds 100. Unmerge it and give each cell its own figure."
    assert read(edited(edit))[1] == [f"budgets.xlsx, spending!D6: {text}"]


def test_a_year_that_no_row_has_is_told_once(case, read, change):
    """A column that was lost or is headed otherwise: 27 lines of one reason would hide all others."""
    change("spending", "2025", "31.12.2025", line=0)
    change("spending", "AT,100", "AT,n/a")
    headed = "A column is headed by its year alone, such as 2025."
    assert read(case)[1] == [
        f"spending.csv, M1: unknown column '31.12.2025'. {WIDE}",
        f"spending.csv: no row has 2025 (2014-2025 needed). {headed}",
        "spending.csv, AT: 2014 is missing (2014-2025 needed).",
    ]


def test_a_heading_of_two_calendar_years_is_no_year(case, read, change):
    change("spending", "2025", "2025/26", line=0)
    assert f"spending.csv, M1: unknown column '2025/26'. {WIDE}" in read(case)[1]


def test_notes_and_states_without_a_row_of_their_own_are_told_with_what_to_do(case, read):
    with (case / "gdp.csv").open("a", encoding="utf-8") as stream:
        stream.write("UA,1\n,note\n")
    advice = "Remove the row, or give the state a row in the table states."
    assert read(case)[1] == [
        "gdp.csv, A5: code is empty.",
        "gdp.csv, B5: 'note' is not a number. Missing values may be n/a, :, .. or empty.",
        f"gdp.csv, Row 4: 'UA' is not a member state. {advice}",
    ]


def test_a_state_twice_with_the_same_figures_by_two_names(case, read):
    with (case / "spending.csv").open("a", encoding="utf-8") as stream:
        stream.write("EL" + ",100" * 12 + "\n")
    _, errors, warnings = read(case)
    told = "GR appears in rows 3 and 4 with the same figures; the second is left out."
    assert (errors, warnings) == ([], [f"spending.csv: {told}"])


@pytest.mark.parametrize(
    ("first", "told"),
    [("2029-01-01", "is before escape_clause_from, 2029-01-01"), ("", "has no escape_clause_from")],
)
def test_an_escape_clause_that_ends_before_it_begins(case, read, change, first, told):
    change("rules", "2026-02-17", first)
    assert read(case)[1] == [f"rules.csv, C2: escape_clause_to 2028-12-31 {told}. Correct one of them."]


def test_rows_are_no_doubles_where_the_column_that_tells_them_apart_is_missing(case, read):
    path = case / "plans.csv"
    heading, row = path.read_text(encoding="utf-8").splitlines()
    rows = [heading.replace("year", "Jahr"), row, row.replace("7100", "7200")]
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    assert read(case)[1] == [
        f"plans.csv, B1: unknown column 'Jahr'. {PLANS}",
        f"plans.csv: column year is missing. {PLANS}",
    ]


@pytest.mark.parametrize(
    ("years", "cells", "lacking"),
    [("2031", ("9", ""), "GR"), ("2031,2032", (",9", ",9"), "AT, GR"), ("2031", ("9", "9"), "")],
)
def test_a_year_more_is_there_for_every_state(case, read, years, cells, lacking):
    """A ministry that adds 2031 to its own row alone had a run that ended in "nan is too large"."""
    path = case / "gdp.csv"
    lines = path.read_text(encoding="utf-8").splitlines()
    added = zip(lines, (years, *cells), strict=True)
    path.write_text("\n".join(f"{line},{more}" for line, more in added), encoding="utf-8")
    told = (
        f"gdp.csv: 2031 is missing of {lacking}, but later or other cells are filled. Fill the year for "
        "every state, or leave it and later ones out."
    )
    assert read(case)[1] == ([told] if lacking else [])


def test_a_state_with_a_wrong_cell_makes_no_strangers_of_its_rows_elsewhere(case, read):
    path = case / "states.csv"
    path.write_text(path.read_text(encoding="utf-8").replace(",no,", ",maybe,", 1), encoding="utf-8")
    assert [line.split(",")[0] for line in read(case)[1]] == ["states.csv"]


def test_a_state_twice_is_told_once(case, read):
    path = case / "states.csv"
    lines = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join([*lines, lines[1]]) + "\n", encoding="utf-8")
    _, errors, warnings = read(case)
    told = "AT appears in rows 2 and 4 with the same figures; the second is left out."
    assert (errors, warnings) == ([], [f"states.csv: {told}"])
    path.write_text("\n".join([*lines, lines[1].replace("Austria", "Autriche")]) + "\n", encoding="utf-8")
    assert read(case)[1] == ["states.csv: AT appears in rows 2 and 4 with different figures."]
