import math
import shutil
import time
from pathlib import Path

import pytest
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


def test_bundled_case_reads_quickly_and_without_a_problem(root, read):
    start = time.process_time()
    budgets, errors, warnings = read(root / "inputs")
    assert time.process_time() - start < 1.5
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


INIT = "Write them with: forecaster init FOLDER"
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


def test_a_missing_file(case, read):
    (case / "gdp.csv").unlink()
    assert (
        f"gdp.csv: not found in folder {case.name}. Write them with: forecaster init FOLDER" in read(case)[1]
    )


def test_a_misspelt_file(case, read):
    (case / "gdp.csv").rename(case / "gpd.csv")
    _, _, warnings = read(case)
    assert warnings == ["gpd.csv: this file is no table and was not read. Did you mean gdp?"]


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
    book.save(case / "budgets.xlsx")
    _, errors, warnings = read(case)
    assert errors == ["budgets.xlsx: sheet 'spending' is missing. Did you mean spendings?"]
    assert warnings == [
        "budgets.xlsx, spendings: this sheet is no table and was not read. Did you mean spending?"
    ]


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


@pytest.fixture
def edited(case):
    """Write the template of a case, change the workbook, and keep it alone: edited(lambda book: ...)."""

    def apply(edit):
        template.write(case, case / "budgets.xlsx")
        for path in case.glob("*.csv"):
            path.unlink()
        book = load_workbook(case / "budgets.xlsx")
        edit(book)
        book.save(case / "budgets.xlsx")
        return case

    return apply


def shown(sheet, cell, value, as_):
    def edit(book):
        book[sheet][cell].value, book[sheet][cell].number_format = value, as_

    return edit


def test_a_cell_shown_as_a_percentage_is_read_as_shown(edited, read):
    budgets, errors, warnings = read(edited(shown("growth", "B6", 0.021, "0.0%")))
    figure = budgets.figure("growth", "AT", 2025)
    assert (figure.value, figure.raw, figure.factor) == (0.021, "0.021", 1.0)
    told = "the number format shows a percentage; the stored value 0.021 is read as 2.1 %."
    assert (errors, warnings) == ([], [f"budgets.xlsx, growth!B6: {told}"])
    assert budgets.figure("growth", "AT", 2026).value == 1.0


def test_a_sign_that_scales_nothing_is_none(edited, read):
    budgets, _, warnings = read(edited(shown("growth", "B6", 2.1, '0.0"%"')))
    assert budgets.figure("growth", "AT", 2025).value == pytest.approx(0.021)
    assert warnings == []


def test_a_text_with_a_sign_is_no_share_whatever_its_format(edited, read):
    budgets, _, warnings = read(edited(shown("growth", "B6", "2.1%", "0.0%")))
    assert budgets.figure("growth", "AT", 2025).value == pytest.approx(0.021)
    assert warnings == []


def test_a_format_of_money_that_scales_is_told_once(edited, read):
    def edit(book):
        for cell in "BCD":
            shown("spending", f"{cell}6", 100, "#,##0,")(book)

    budgets, errors, warnings = read(edited(edit))
    assert budgets.figure("spending", "AT", 2014).value == 100.0
    told = "the number format shows thousands; the stored value 100 is what counts. So in 2 more cells."
    assert (errors, warnings) == ([], [f"budgets.xlsx, spending!B6: {told}"])


@pytest.mark.parametrize(("value", "as_", "found"), [("45 %", "General", "45 %"), (0.45, "0%", "45 %")])
def test_a_percentage_is_no_amount(edited, read, value, as_, found):
    """A ministry that knows the committed share enters it where the amount belongs; Excel stores 0.45."""
    _, errors, warnings = read(edited(shown("plans", "C6", value, as_)))
    told = f"{found} is a percentage. A number that is shown without % is needed here."
    assert (errors, warnings) == ([f"budgets.xlsx, plans!C6: {told}"], [])


def test_per_cent_and_share_of_the_two_forms_are_the_same(case, read, change):
    change("growth", "100", "2.1")
    template.write(case, case / "budgets.xlsx")
    book = load_workbook(case / "budgets.xlsx")
    shown("growth", "B6", 0.021, "0.0%")(book)
    book.save(case / "budgets.xlsx")
    assert read(case)[1] == []
    shown("growth", "B6", 0.022, "0.0%")(book)
    book.save(case / "budgets.xlsx")
    assert "'0.022' differs from '2.1'" in read(case)[1][0]


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (
            OLE + "EncryptedPackage".encode("utf-16-le"),
            "is protected by a password. Save a copy without it (File > Info > Protect Workbook).",
        ),
        (OLE, "is an old Excel file (.xls), whatever its ending. Open it in Excel and save as .xlsx."),
    ],
)
def test_what_is_no_workbook_but_is_named_like_one(tmp_path, read, content, text):
    (tmp_path / "budgets.xlsx").write_bytes(content)
    assert read(tmp_path)[1][0] == f"budgets.xlsx {text}"


UNHIDE = "Unhide it to have it read."


def test_a_hidden_row_that_is_needed_is_named_in_the_error(edited, read):
    def edit(book):
        book["spending"].row_dimensions[7].hidden = True

    text = "GR (Greece) has no row: row 7 is hidden and was left out."
    assert read(edited(edit))[1] == [f"budgets.xlsx, spending: {text} {UNHIDE}"]


def test_every_hidden_row_of_a_list_is_told(edited, read):
    """Of two hidden plans of a state the first had been left out without a word; a filter hides hundreds."""

    def edit(book):
        sheet = book["plans"]
        for row in range(7, 17):
            for column in range(1, 14):
                sheet.cell(row, column, sheet.cell(6, column).value)
            sheet.cell(row, 2, 2020 + row)
            sheet.row_dimensions[row].hidden = True

    budgets, errors, warnings = read(edited(edit))
    lines = [f"Row {row} is hidden and was left out ({2020 + row}). {UNHIDE}" for row in range(7, 12)]
    more = "5 more rows, the last Row 16, are hidden and were left out. Unhide them, or clear the filter."
    assert (len(budgets.plans), errors) == (1, [])
    assert warnings == [f"budgets.xlsx, plans: {line}" for line in (*lines, more)]


def test_a_hidden_state_is_told_in_every_table(edited, read):
    def edit(book):
        book["states"].row_dimensions[7].hidden = True

    errors = read(edited(edit))[1]
    told = f"Row 7: 'GR' is not a member state. Row 7 of the table states is hidden. {UNHIDE}"
    assert f"budgets.xlsx, gdp, {told}" in errors
    assert all("of the table states is hidden" in line for line in errors)


@pytest.mark.parametrize(
    ("sheet", "column", "text"),
    [
        ("spending", "M", "column M (2025) is hidden."),
        ("spending", "A", "column A (code) is hidden."),
        ("plans", "I", "column I (use) is hidden."),
    ],
)
def test_a_hidden_column_that_is_needed_is_one_error(edited, read, sheet, column, text):
    def edit(book):
        book[sheet].column_dimensions[column].hidden = True

    assert read(edited(edit))[1] == [f"budgets.xlsx, {sheet}: {text} {UNHIDE}"]


def test_a_hidden_column_that_can_be_missing_is_left_out_and_told(edited, read):
    def edit(book):
        book["panel"].column_dimensions["B"].hidden = True

    budgets, errors, warnings = read(edited(edit))
    text = "Column B is hidden and was left out (100)."
    assert (errors, warnings) == ([], [f"budgets.xlsx, panel: {text} {UNHIDE}"])
    assert budgets.years("panel") == (2025,)


def test_a_hidden_sheet_is_not_read(edited, read):
    def edit(book):
        book["spending"].sheet_state = "hidden"

    budgets, errors, _ = read(edited(edit))
    assert errors == [f"budgets.xlsx, spending: this sheet is hidden and was left out. {UNHIDE}"]
    assert budgets.years("spending") == ()


def test_a_hidden_sheet_is_told_when_the_workbook_is_looked_at(edited, root):
    from forecaster.readers import preview

    def edit(book):
        book["spending"].sheet_state = "hidden"

    found = preview.answer(edited(edit) / "budgets.xlsx", root / "inputs")
    assert found.understanding is not None
    assert "spending" not in {block.sheet for block in found.understanding.blocks}
    text = f"budgets.xlsx, spending: this sheet is hidden and was left out. {UNHIDE}"
    assert text in found.problems.warnings


def test_no_table_in_its_place_is_meant_by_a_missing_sheet(edited, read):
    def edit(book):
        del book["spending"]
        book["gdp"].title = "gdps"

    _, errors, warnings = read(edited(edit))
    assert errors == [
        "budgets.xlsx: sheet 'spending' is missing.",
        "budgets.xlsx: sheet 'gdp' is missing. Did you mean gdps?",
    ]
    assert warnings == ["budgets.xlsx, gdps: this sheet is no table and was not read. Did you mean gdp?"]


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
