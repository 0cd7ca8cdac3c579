"""A case of several sources: one state's figures from its ministry's own workbook."""

from pathlib import Path

import numpy as np
import pytest
from openpyxl import load_workbook

from forecaster.assembly import plan_rules
from forecaster.case import bundled_case
from forecaster.errors import Problems
from forecaster.readers import read_budgets
from forecaster.readers.combine import combined
from forecaster.readers.mapping import Mapping
from models.plans import PlanRow, chain, shift

ROWS = [
    ["Ministerstwo Obrony Narodowej"],
    ["w mln z\u0142"],
    [],
    ["Pozycja", 2025, 2026, "2027e"],
    ["Bud\u017cet obronny", "186\u00a0600,5", "200\u00a0100,0", 210000],
    ["w tym inwestycje", 80000, 90000, 95000],
    ["Zaci\u0105gni\u0119te zobowi\u0105zania", 70000, 65000, 50000],
]
LABELS = {"plan": "Bud\u017cet obronny", "investment": "w tym inwestycje", "committed": ROWS[6][0]}


@pytest.fixture(scope="module")
def bundled(root):
    return read_budgets(root / "inputs", Problems())


@pytest.fixture
def combine(bundled, tmp_path):
    """Read the bundled case with sources: budgets, error lines, warnings."""

    def apply(sources: dict[str, Mapping], folder: Path = tmp_path):
        problems = Problems()
        found = combined(bundled, sources, folder, 2025, problems)
        return found, [problem.line for problem in problems.errors], list(problems.warnings)

    return apply


@pytest.fixture
def polish(workbook):
    """Write the ministry's workbook, and map it."""
    workbook(ROWS, "PL.xlsx", sheet="Bud\u017cet")
    return Mapping(file="PL.xlsx", rows=LABELS, weight=0.95, status="plan", source="MON")


def test_without_sources_nothing_changes(combine, bundled):
    found, errors, _ = combine({})
    assert errors == []
    assert found.figures == bundled.figures
    assert found.plans == bundled.plans


def test_own_plan_replaces_all_others_in_euro(combine, polish):
    found, errors, warnings = combine({"PL": polish})
    assert errors == []
    rate = found.wide("exchange", ["PL"], [2026])[0, 0]
    used = [plan for plan in found.plans if plan.code == "PL" and plan.use]
    assert [plan.year for plan in used] == [2025, 2026, 2027]
    assert used[1].amount == pytest.approx(200100 / rate)
    assert (used[1].series, used[1].weight, used[1].status, used[1].source) == ("own", 0.95, "plan", "MON")
    assert used[1].cell == "PL.xlsx, Bud\u017cet!C5"
    replaced = [plan for plan in found.plans if plan.code == "PL" and "own plan" in plan.reason]
    assert all("PL.xlsx" in plan.reason for plan in replaced)
    assert any("PL 2026: own plan 45,922.9 EUR million replaces 45,922.9" in line for line in warnings)


def test_own_investment_and_commitments(combine, polish):
    found, _, _ = combine({"PL": polish})
    rates = found.wide("exchange", ["PL"], [2025, 2026, 2027])[0]
    assert found.wide("commitments", ["PL"], [2025, 2026, 2027])[0] == pytest.approx(
        [70000, 65000, 50000] / rates
    )
    figure = found.figure("investment", "PL", 2027)
    assert (figure.raw, figure.cell, figure.flag) == ("95000", "D6", "e")
    assert figure.value == pytest.approx(95000 * figure.factor)
    assert len(found.files["PL.xlsx"]) == 64


def test_other_states_keep_every_bit(combine, polish, bundled):
    found, _, _ = combine({"PL": polish})
    others = [figure for figure in bundled.figures if figure.code != "PL"]
    assert [figure for figure in found.figures if figure.code != "PL"] == others
    assert [plan for plan in found.plans if plan.code != "PL"] == [
        plan for plan in bundled.plans if plan.code != "PL"
    ]


def test_a_plan_without_the_base_year_starts_from_spending(combine, workbook, bundled):
    workbook([["EUR million"], ["", 2026, 2027, 2028], ["Defence", 5000, 5500, 6000]], "AT.xlsx")
    found, errors, warnings = combine({"AT": Mapping(file="AT.xlsx")})
    assert errors == []
    start = bundled.figure("spending", "AT", 2025)
    used = [plan for plan in found.plans if plan.code == "AT" and plan.use]
    assert (used[0].year, used[0].amount, used[0].cell) == (2025, start.value, start.place)
    told = (
        f"AT: the plan has no 2025; it starts from spending {start.value:,.1f} EUR million ({start.place})."
    )
    assert f"AT.xlsx: {told}" in warnings


def test_a_share_of_gdp_becomes_money(combine, workbook, bundled):
    workbook([["% of GDP"], ["", 2025, 2026, 2027], ["Defence", 1.1, 1.2, 1.3]], "AT.xlsx")
    found, errors, _ = combine({"AT": Mapping(file="AT.xlsx")})
    assert errors == []
    plan = next(plan for plan in found.plans if plan.code == "AT" and plan.use and plan.year == 2026)
    assert plan.amount == pytest.approx(0.012 * bundled.wide("gdp", ["AT"], [2026])[0, 0])


def test_conflicts_of_commitments_show_both_values(polish, bundled, tmp_path, workbook):
    problems = Problems()
    once = combined(bundled, {"PL": polish}, tmp_path, 2025, problems)
    workbook([*ROWS[:6], [ROWS[6][0], 71000, 65000, 50000]], "PL.xlsx", sheet="Bud\u017cet")
    again = Problems()
    combined(once, {"PL": polish}, tmp_path, 2025, again)
    told = [line for line in again.warnings if "own commitments" in line]
    assert len(told) == 1
    assert "PL 2025: own commitments 16,778.1 EUR million replaces 16,541.8" in told[0]


NO_ROW = "no row 'Defense' was found. Did you mean Defence? Rows read: 'Defence', 'Army'."
SEVERAL = "several tables fit: 'Defence', 'Army'. Name the row that counts: rows = { plan = 'Defence' }."
CONFLICT = "the sheet says EUR million, [sources.AT] says USD million. Correct one of them."


@pytest.mark.parametrize(
    ("sources", "text"),
    [
        ({"AT": {"file": "no.xlsx"}}, "no.xlsx is not there."),
        (
            {"AT": {"file": "AT.xlsx", "rows": {"plan": "Defense"}}},
            f"AT.xlsx: {NO_ROW} Correct [sources.AT].",
        ),
        ({"AT": {"file": "AT.xlsx"}}, f"AT.xlsx: {SEVERAL} Correct [sources.AT]."),
        (
            {"AT": {"file": "AT.xlsx", "unit": "USD million", "rows": {"plan": "Army"}}},
            f"AT.xlsx, Budget!A1: {CONFLICT}",
        ),
    ],
)
def test_what_is_wrong_is_one_line(combine, workbook, sources, text):
    rows = [["EUR million"], ["", 2025, 2026, 2027], ["Defence", 1, 2, 3], ["Army", 1, 2, 3]]
    workbook(rows, "AT.xlsx")
    _, errors, _ = combine({code: Mapping.model_validate(table) for code, table in sources.items()})
    assert text in errors


def test_another_currency_is_refused(combine, workbook):
    workbook([["USD million"], ["", 2025, 2026, 2027], ["Defence", 1, 2, 3]], "AT.xlsx")
    _, errors, _ = combine({"AT": Mapping(file="AT.xlsx")})
    assert errors == [
        "AT.xlsx, Budget: figures in USD million cannot be used, only EUR. Correct unit under [sources.AT]."
    ]


def test_leva_become_euro_at_the_fixed_rate_beside_years_in_euro(combine, workbook):
    leva, euro = "млн. лв.", "млн. евро"
    rows = [
        ["Бюджет"],
        ["", "Закон 2025", "Проект 2026", 2027],
        ["", leva, euro, euro],
        ["Разходи", 4900, 2700, 2900],
    ]
    workbook(rows, "BG.xlsx")
    found, errors, warnings = combine({"BG": Mapping(file="BG.xlsx")})
    own = {plan.year: plan.amount for plan in found.plans if plan.use and plan.code == "BG"}
    assert errors == []
    assert own == {2025: pytest.approx(4900 / 1.95583), 2026: 2700, 2027: 2900}
    assert "BG.xlsx, Budget: figures in BGN are turned into euro at the fixed rate of 1.95583." in warnings


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


def test_rows_that_differ_in_their_brackets_alone(combine, workbook):
    rows = [
        ["EUR million"],
        ["", 2025, 2026],
        ["Heer (ohne Pensionen)", 4e3, 5e3],
        ["Heer (mit Pensionen)", 6e3, 7e3],
    ]
    workbook([rows[0], [*rows[1], 2027], [*rows[2], 8e3], [*rows[3], 9e3]], "AT.xlsx")
    found, errors, _ = combine({"AT": Mapping(file="AT.xlsx", rows={"plan": "Heer (mit Pensionen)"})})
    assert errors == []
    assert [plan.amount for plan in found.plans if plan.use and plan.code == "AT"] == [6e3, 7e3, 9e3]


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


def test_a_row_that_counts_twice_is_told(combine, workbook):
    workbook([["EUR million"], ["", 2025, 2026, 2027], ["Defence", 4, 5, 6], ["Army", 1, 2, 3]], "AT.xlsx")
    mapping = Mapping(file="AT.xlsx", rows={"plan": "Defence", "investment": "Defence", "committed": "Army"})
    _, errors, warnings = combine({"AT": mapping})
    assert errors == []
    told = "AT.xlsx: 'Defence' counts as plan and as investment. Is that meant? If not, correct rows under"
    assert [line for line in warnings if "counts as" in line] == [f"{told} [sources.AT]."]


def test_a_weight_of_its_own_moves_a_forecast_that_far():
    rows = [
        PlanRow("AT", year, amount, "own", "plan", weight=1.0)
        for year, amount in zip(range(2025, 2033), (100, 110, 120, 130, 140, 150, 160, 170), strict=True)
    ]
    plan = chain(rows, range(2026, 2033), 100.0)
    centre = np.full(7, np.log(100.0))
    assert np.exp(centre + shift(plan, centre, plan_rules(bundled_case()))) == pytest.approx(plan.amount)


def test_a_control_without_lines_to_add_up_is_refused():
    with pytest.raises(ValueError, match="control is the total of budget lines: set filter or amount too"):
        Mapping.model_validate({"file": "AT.xlsx", "control": 3})


def test_a_heading_row_without_years_is_told_with_the_key_that_names_it(combine, workbook):
    rows = [["EUR million"], ["", 2025, 2026, 2027], ["Defence", 1, 2, 3]]
    workbook(rows, "AT.xlsx")
    _, errors, _ = combine({"AT": Mapping(file="AT.xlsx", header_row=99)})
    assert errors[0] == (
        "AT.xlsx, row 99: header_row under [sources.AT] names this row, which holds no year. "
        "Row 2 reads: '2025', '2026', '2027'."
    )
    _, errors, _ = combine({"AT": Mapping(file="AT.xlsx", header_row=99, filter={"Chapter": 14})})
    assert errors[0] == (
        "AT.xlsx, row 99: no heading 'Chapter' found. Headings read: nothing. Correct [sources.AT]."
    )


@pytest.mark.parametrize(
    ("holds", "row", "told"),
    [
        (
            "plan",
            ["(4,000)", 0, 4200],
            [
                "B3: AT 2025 is (4,000). A plan is above 0; a missing value is n/a or empty.",
                "C3: AT 2026 is 0. A plan is above 0; a missing value is n/a or empty.",
            ],
        ),
        (
            "committed",
            [500, -3, 0],
            ["C3: AT 2026 is -3. Allowed: 0 or more; a missing value is n/a or empty."],
        ),
        (
            "investment",
            [500, -3, 900],
            ["C3: AT 2026 is -3. Allowed: 0 or more; a missing value is n/a or empty."],
        ),
    ],
)
def test_figures_that_no_budget_has_are_refused(combine, workbook, holds, row, told):
    workbook([["EUR million"], ["", 2025, 2026, 2027], ["Defence", *row]], "AT.xlsx")
    _, errors, _ = combine({"AT": Mapping(file="AT.xlsx", holds=holds, decimal=".")})
    assert errors == [f"AT.xlsx, Budget!{line}" for line in told]


def test_a_figure_of_a_text_table_is_placed_by_its_cell_alone(combine, tmp_path):
    (tmp_path / "AT.csv").write_text("EUR million\n;2025;2026;2027\nDefence;0;2;3\n", encoding="utf-8")
    _, errors, _ = combine({"AT": Mapping(file="AT.csv")})
    assert errors == ["AT.csv, B3: AT 2025 is 0. A plan is above 0; a missing value is n/a or empty."]


def test_years_that_lose_their_plan_are_told(combine, workbook):
    workbook([["PLN million"], ["", 2025, 2026, 2028], ["Defence", 190e3, 200e3, 220e3]], "PL.xlsx")
    _, _, warnings = combine({"PL": Mapping(file="PL.xlsx")})
    told = "PL.xlsx: PL: the own plan has no figure of 2027; what stood there no longer counts."
    assert told in warnings


def test_a_state_is_told_by_the_name_of_its_table(combine, workbook):
    workbook([["USD million"], ["", 2025, 2026, 2027], ["Defence", 1, 2, 3]], "GR.xlsx")
    _, errors, _ = combine({"EL": Mapping(file="GR.xlsx")})
    assert len(errors) == 1
    assert errors[0].endswith("Correct unit under [sources.EL].")


def test_tables_of_one_name_are_told_with_their_sheets(combine, workbook):
    path = workbook([["EUR million"], ["", 2025, 2026, 2027], ["Defence", 5e3, 6e3, 7e3]], "AT.xlsx")
    book = load_workbook(path)
    book.copy_worksheet(book.active).title = "Budget 2025"
    book.save(path)
    _, errors, _ = combine({"AT": Mapping(file="AT.xlsx")})
    assert errors == [
        (
            "AT.xlsx: several tables fit: 'Defence', 'Defence' on the sheets Budget, Budget 2025. Name the "
            "sheet that counts: sheet = 'Budget'. Correct [sources.AT]."
        )
    ]
    assert combine({"AT": Mapping(file="AT.xlsx", sheet="Budget")})[1] == []


def test_tables_of_one_name_on_a_sheet_are_told_with_their_headings(combine, workbook):
    table = [["", 2025, 2026, 2027], ["Defence", 5e3, 6e3, 7e3], []]
    workbook([["EUR million"], *table, *table], "AT.xlsx")
    _, errors, _ = combine({"AT": Mapping(file="AT.xlsx")})
    told = "under headings in rows 2, 5. Name the one that counts: header_row = 2. Correct [sources.AT]."
    assert errors == [f"AT.xlsx: several tables fit: 'Defence', 'Defence' {told}"]
    assert combine({"AT": Mapping(file="AT.xlsx", header_row=5)})[1] == []


def test_why_there_are_no_figures_is_told_once(combine, workbook):
    workbook([["EUR million"], ["", 2025, 2026, 2027], ["Defence", 1, 2, 3]], "AT.xlsx")
    _, errors, _ = combine({"AT": Mapping(file="AT.xlsx", unit="USD million")})
    assert errors == [f"AT.xlsx, Budget!A1: {CONFLICT}"]
