"""Lines of a national budget, chosen by a filter and added up: units, totals and columns beside them."""

import pytest
from openpyxl import load_workbook

from forecaster.readers.mapping import Mapping

UNIT = ["PLN million"]


def _lines_of_14(combine, workbook, rows, merged=""):
    """Plan of Austria from the lines of chapter 14 of these rows; errors; warnings of cells."""
    path = workbook([["EUR million"], *rows], "AT.xlsx")
    book = load_workbook(path)
    if merged:
        book.active.merge_cells(merged)
    book.save(path)
    found, errors, warnings = combine({"AT": Mapping(file="AT.xlsx", filter={"Chapter": 14})})
    plan = [plan.amount for plan in found.plans if plan.use and plan.code == "AT"]
    return plan, errors, [line for line in warnings if line.startswith("AT.xlsx, Budget")]


def test_budget_lines_are_not_added_up_over_two_columns_of_a_year(polish):
    rows = [UNIT, ["Part", "Ist 2025", "Soll 2025", "Soll 2026"], [29, 1, 2, 3], [29, 4, 5, 6]]
    mapping = {"file": "PL.xlsx", "filter": {"Part": 29}}
    assert polish(rows, Mapping.model_validate(mapping))[:2] == (
        {},
        ["PL.xlsx, Budget: 2025 stands in B2 and C2. Set amount and year under [sources.PL]."],
    )
    chosen = Mapping.model_validate({**mapping, "amount": "Soll 2025", "year": 2025})
    assert polish(rows, chosen)[:2] == ({2025: 7}, [])


def test_a_change_beside_budget_lines_says_nothing_of_their_unit(polish):
    """'% (E2)' had been told as a second unit of the table, which was refused."""
    rows = [["PLN thousand"], ["Part", 2024, 2025, 2026, "Change %"], [29, 1000, 2000, 3000, 50]]
    values, errors, (warning,) = polish(rows, Mapping(file="PL.xlsx", filter={"Part": 29}))
    assert values == {2024: 1, 2025: 2, 2026: 3}
    assert errors == []
    assert "left out: E2 'Change %'." in warning


def test_a_unit_right_of_the_years_of_budget_lines_counts(polish):
    """It had been passed over, and a unit that was set against it was not told."""
    rows = [["Defence"], ["Part", 2024, 2025, 2026, "PLN thousand"], [29, 1000, 2000, 3000]]
    mapping = Mapping(file="PL.xlsx", filter={"Part": 29})
    assert polish(rows, mapping) == ({2024: 1, 2025: 2, 2026: 3}, [], [])
    set_against = Mapping(file="PL.xlsx", filter={"Part": 29}, unit="PLN million")
    _, (error,), _ = polish(rows, set_against)
    assert "Budget!E2: the sheet says PLN thousand, [sources.PL] says PLN million." in error


def test_a_total_that_alone_passes_the_filter_is_named(polish):
    """'No line passes the filter' had been said of a file with one line for each chapter."""
    rows = [UNIT, ["Part", "Name", 2026], [29, "Total defence", 1], [30, "Total police", 2]]
    _, (error,), _ = polish(rows, Mapping(file="PL.xlsx", filter={"Part": 29}))
    told = "no line but totals and their parts passes the filter: 'Total defence'."
    assert error.startswith(f"PL.xlsx, Budget!A3: {told}")
    values, errors, _ = polish(rows, Mapping(file="PL.xlsx", filter={"Name": "Total defence"}))
    assert (values, errors) == ({2026: 1}, [])


def test_a_year_that_is_not_read_left_of_the_first_of_budget_lines_is_told(polish):
    rows = [UNIT, ["Part", "2024 (paid out)", 2025, 2026], [29, 1, 2, 3]]
    values, errors, (warning,) = polish(rows, Mapping(file="PL.xlsx", filter={"Part": 29}))
    assert values == {2025: 2, 2026: 3}
    assert errors == []
    assert "left out: B2 '2024 (paid out)'." in warning


def test_budget_lines_are_added_up_and_held_to_a_control(combine, workbook):
    rows = [
        ["Chapter", "Title", "2025", "2026", "2027"],
        ["14", "Personnel", 100, 110, 120],
        ["014", "Equipment", "50,5", "60,5", "70,5"],
        [14, "of which drones", 5, 6, 7],
        [14, "z tego: drony", 1, 2, 3],
        [14, "Total", 150.5, 170.5, 190.5],
        [14, "Og\u00f3\u0142em", 150.5, 170.5, 190.5],
        [15, "Health", 900, 900, 900],
        [14, "", None, None, None],
    ]
    workbook(rows, "AT.xlsx")
    mapping = {"file": "AT.xlsx", "filter": {"Chapter": "14"}, "unit": "EUR million"}
    found, errors, _ = combine({"AT": Mapping.model_validate(mapping)})
    assert errors == []
    assert [plan.amount for plan in found.plans if plan.code == "AT" and plan.use] == [150.5, 170.5, 190.5]
    _, errors, _ = combine({"AT": Mapping.model_validate(mapping | {"control": 150.5})})
    assert errors[0].startswith(
        "AT.xlsx, Budget: total 170.5 of 2 lines differs from control = 150.5 by 20.0."
    )


@pytest.mark.parametrize(
    "total", ["Összesen", "Součet", "Sous-total", "Общо разходи", "Výdaje celkem", "Wydatki ogółem", "I alt"]
)
def test_totals_among_budget_lines_are_not_added_to_them(combine, workbook, total):
    rows = [["EUR million"], ["Code", 2025, 2026, 2027], ["51", 1e3, 2e3, 3e3], ["52", 2e3, 3e3, 4e3]]
    workbook([*rows, [total, 3e3, 5e3, 7e3]], "AT.xlsx")
    for match, amounts in (("*", [3e3, 5e3, 7e3]), (total, [3e3, 5e3, 7e3]), ("51", [1e3, 2e3, 3e3])):
        found, errors, _ = combine({"AT": Mapping(file="AT.xlsx", filter={"Code": match})})
        assert errors == []
        assert [plan.amount for plan in found.plans if plan.use and plan.code == "AT"] == amounts


def test_lines_of_a_chapter_that_is_named_once_are_not_lost(combine, workbook):
    """Of a merged cell the first line had counted alone, in silence, as of one filled only at its top."""
    rows = [["Chapter", "Title", 2025, 2026, 2027], [14, "Staff", 1, 2, 3], [None, "Arms", 4, 5, 6]]
    rows += [[15, "Health", 9, 9, 9], [None, "Hospitals", 9, 9, 9], [None, "Total", 19, 25, 27]]
    assert _lines_of_14(combine, workbook, rows, "A3:A4")[:2] == ([5, 7, 9], [])
    plan, errors, (warning,) = _lines_of_14(combine, workbook, rows)
    assert (plan, errors) == ([1, 2, 3], [])
    told = "'Chapter' is empty beside an amount, which was left out."
    assert warning == f"AT.xlsx, Budget!A4: {told} Where the line goes on from one above, fill it in."


def test_lines_below_a_row_that_names_their_chapter_alone_are_told(combine, workbook):
    """They had been left out in silence where the row of the chapter has no amount of its own."""
    rows = [["Chapter", "Title", 2025, 2026, 2027], [14, "Defence"], [None, "Staff", 1, 2, 3]]
    rows += [[None, "Arms", 4, 5, 6], [15, "Health"], [None, "Hospitals", 9, 9, 9], [14, "Pensions", 2, 2, 2]]
    plan, errors, (warning,) = _lines_of_14(combine, workbook, rows)
    assert (plan, errors) == ([2, 2, 2], [])
    assert warning.startswith("AT.xlsx, Budget!A4: 'Chapter' is empty beside an amount, which was left out (")
    assert "(such lines in all: 2)" in warning


def test_a_line_that_another_column_of_the_filter_leaves_out_is_not_told(combine, workbook):
    rows = [
        ["EUR million"],
        ["Chapter", "Part", 2025, 2026, 2027],
        [14, "arms", 1, 2, 3],
        [None, "pay", 4, 5, 6],
    ]
    workbook(rows, "AT.xlsx")
    _, _, warnings = combine({"AT": Mapping(file="AT.xlsx", filter={"Chapter": 14, "Part": "arms"})})
    assert not [line for line in warnings if "is empty beside an amount" in line]


def test_columns_of_lines_that_no_year_heads_are_told(combine, workbook):
    rows = [["Chapter", 2025, 2026, 2027, "2028 ff."], [14, 1, 2, 3, 40]]
    plan, errors, (warning,) = _lines_of_14(combine, workbook, rows)
    assert (plan, errors) == ([1, 2, 3], [])
    assert "figures under no year of their own were left out: E2 '2028 ff.'." in warning


def test_columns_of_lines_have_one_decimal_mark(combine, workbook):
    rows = [["Chapter", 2025, 2026, 2027], [14, "1.000,5", "1.0002", "3"]]
    _, errors, _ = _lines_of_14(combine, workbook, rows)
    assert errors[0].startswith("AT.xlsx, Budget!B3: 1.000,5 has decimals after ',', 1.0002 (C3) after '.'.")


def test_a_line_that_is_the_sum_of_those_above_is_told(combine, workbook):
    rows = [["EUR million"], ["Code", 2025], ["51", 1000], ["52", 2500], ["AL", 3500]]
    workbook(rows, "AT.xlsx")
    keys = {"filter": {"Code": "*"}, "amount": "2025", "year": 2025}
    _, _, warnings = combine({"AT": Mapping(file="AT.xlsx", **keys)})
    told = "3500 is the sum of the 2 lines above it and was added to them. A total is left out by filter."
    assert f"AT.xlsx, Budget!B5: {told}" in warnings


def test_rows_that_a_filter_hides_are_told_together(combine, workbook):
    path = workbook([["EUR million"], ["Code", "2026"], *([row, 10 * row] for row in range(40))], "AT.xlsx")
    book = load_workbook(path)
    for row in range(10, 30):
        book.active.row_dimensions[row].hidden = True
    book.save(path)
    _, _, warnings = combine({"AT": Mapping(file="AT.xlsx", filter={"Code": "*"}, amount="2026", year=2026)})
    told = [line for line in warnings if "hidden" in line]
    assert told[0].startswith("AT.xlsx, Budget: Row 10 is hidden and was left out (")
    more = "15 more rows, the last 29, are hidden and were left out. Use include_hidden = true to read them."
    assert told[5:] == [f"AT.xlsx, Budget: {more}"]


def test_budget_lines_on_two_sheets_are_a_question(combine, workbook):
    path = workbook(
        [["EUR million"], ["Code", "Amount"], ["51", 1000], ["52", 2500]], "AT.xlsx", sheet="2025"
    )
    book = load_workbook(path)
    book.copy_worksheet(book.active).title = "2026"
    book.save(path)
    keys = {"file": "AT.xlsx", "filter": {"Code": "*"}, "amount": "Amount", "year": 2026}
    told = "the headings stand on the sheets 2025, 2026. Name the one that counts: sheet = '2025'"
    assert combine({"AT": Mapping(**keys)})[1] == [f"AT.xlsx: {told} under [sources.AT]."]
    assert combine({"AT": Mapping(**keys, sheet="2026")})[1] == []


def test_the_unit_over_the_amounts_of_budget_lines_counts(combine, workbook):
    heading = "2026 (EUR thousand)"
    workbook([["Lines, EUR million"], ["Code", heading], ["51", 4e6], ["52", 1e6]], "AT.xlsx")
    mapping = Mapping(file="AT.xlsx", filter={"Code": "*"}, amount=heading, year=2026)
    found, errors, _ = combine({"AT": mapping})
    assert errors == []
    assert [one.amount for one in found.plans if one.use and (one.code, one.year) == ("AT", 2026)] == [5000]


def test_budget_lines_in_two_units_are_not_added_up(combine, workbook):
    rows = [["EUR million"], ["Code", "Unit", "2026"], ["51", "Mio. EUR", 4000], ["52", "Tsd. EUR", 1e6]]
    workbook(rows, "AT.xlsx")
    keys = {"file": "AT.xlsx", "amount": "2026", "year": 2026}
    advice = "Take one unit at a time by filter and unit under [sources.AT]."
    told = "B4: 'Tsd. EUR' is EUR thousand, where the lines are read in EUR million."
    mapping = Mapping(**keys, filter={"Code": "*"})
    assert combine({"AT": mapping})[1] == [f"AT.xlsx, Budget!{told} {advice}"]
    told = "B3: 'Mio. EUR' is EUR million, where the lines are read in EUR thousand."
    mapping = Mapping(**keys, filter={"Code": "*"}, unit="EUR thousand")
    assert combine({"AT": mapping})[1] == [f"AT.xlsx, Budget!{told} {advice}"]


def test_budget_lines_chosen_by_their_unit_are_read_in_it(combine, workbook):
    rows = [["EUR million"], ["Code", "Unit", "2026"], ["51", "Mio. EUR", 4000], ["52", "Tsd. EUR", 1e6]]
    workbook(rows, "AT.xlsx")
    keys = {"filter": {"Unit": "Tsd. EUR"}, "amount": "2026", "year": 2026, "unit": "EUR thousand"}
    found, errors, _ = combine({"AT": Mapping(file="AT.xlsx", **keys)})
    assert errors == []
    assert [one.amount for one in found.plans if one.use and (one.code, one.year) == ("AT", 2026)] == [1000]


def test_a_filter_that_names_no_heading(combine, workbook):
    workbook([["Chapter", "Title", "2025"], ["14", "x", 1]], "AT.xlsx")
    mapping = {"file": "AT.xlsx", "filter": {"Chaptr": 14}, "unit": "EUR"}
    _, errors, _ = combine({"AT": Mapping.model_validate(mapping)})
    assert errors[0] == (
        "AT.xlsx, row 1: no heading 'Chaptr' found. Did you mean Chapter? "
        "Headings read: 'Chapter', 'Title', '2025'. Correct [sources.AT]."
    )


@pytest.mark.parametrize(
    ("heads", "advice"),
    [
        (["Kwota 2026 (tys. zł)", "Kwota 2027"], 'amount = "Kwota 2026 (tys. zł)", year = 2026.'),
        (["Kwota", "Część"], 'amount = "...", year = ....'),
    ],
)
def test_lines_of_which_no_column_is_headed_by_a_year_alone(combine, workbook, heads, advice):
    workbook([["Rozdział", *heads], ["29", 1, 2]], "PL.xlsx")
    mapping = {"file": "PL.xlsx", "filter": {"Rozdział": 29}, "unit": "PLN thousand"}
    _, errors, _ = combine({"PL": Mapping.model_validate(mapping)})
    shown = ", ".join(map(repr, ["Rozdział", *heads]))
    told = f"no column is headed by a year alone. Name one and its year: {advice}"
    assert errors[0] == f"PL.xlsx, row 1: {told} Headings read: {shown}. Correct [sources.PL]."
