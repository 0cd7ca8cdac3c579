"""A case of several sources: one state's figures from its ministry's own workbook."""

import numpy as np
import pytest
from openpyxl import load_workbook

from forecaster.assembly import plan_rules
from forecaster.case import bundled_case
from forecaster.errors import Problems
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
