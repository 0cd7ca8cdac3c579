"""Calls on treasuries against revenue; SAFE loans in words: when drawn, what is due, from which pocket."""

from dataclasses import replace

import pytest
from on_sheets import shown, table

from forecaster.sheets.money import money
from forecaster.sheets.treasury import ALL, LAYERS, YEAR_USED, treasury


def notes(sheet, name):
    return next(table.notes for table in sheet.tables if table.name == name)


@pytest.mark.parametrize(
    ("last", "drawn"),
    [
        (2030, "An advance is drawn in 2026, the rest in equal parts from 2027 to 2030."),
        (2027, "An advance is drawn in 2026, the rest in 2027."),
        (2025, "An advance is drawn in 2026, the rest in 2026."),
    ],
)
def test_it_is_told_when_loans_are_drawn_and_what_is_due(run, last, drawn):
    given = run.case.assumptions
    safe = given.safe.model_copy(
        update={"last_draw": given.safe.last_draw.model_copy(update={"value": last})}
    )
    case = replace(run.case, assumptions=given.model_copy(update={"safe": safe}))
    terms = notes(treasury(replace(run, case=case)), "loans")[0]
    assert terms.startswith(drawn)
    assert terms.endswith("principal after 10 years in 35 equal yearly parts.")


def test_loans_that_a_defence_budget_serves_are_told_apart(run):
    loans = next(table for table in treasury(run).tables if table.name == "loans")
    served = [column.key for column in loans.columns].index("served")
    assert {row.key: row.cells[served] for row in loans.rows} == {"AL": "treasury", "NO": "defence"}
    assert any("Served by defence" in note for note in loans.notes)
    assert any(
        "(of NO it is defence, as part of what is signed before)" in note
        for note in notes(money(run), "money")
    )
    alone = run.of("AL")
    assert not any("Served by defence" in note for note in notes(treasury(alone), "loans"))
    assert not any("it is defence" in note for note in notes(money(alone), "money"))


def test_the_treasury_weighs_its_calls(run, sheets):
    entry, weight = (table(sheets, "Treasury", name) for name in ("calls", "weight"))
    t = run.years.index(2029)
    call = shown(entry, (ALL, "AL"), 2029)
    assert call == pytest.approx(sum(run.statistics.mean(layer, run.baseline, "AL")[t] for layer in LAYERS))
    gdp = run.forecast.gdp[run.forecast.states.index("AL"), t]
    assert shown(weight, ("gdp", "AL"), 2029) == pytest.approx(call / gdp)
    revenue = run.case.budgets.figure("revenue", "AL", 2029).value
    assert shown(weight, ("of revenue", "AL"), 2029) == pytest.approx(call / gdp / revenue)


def test_revenue_stays_after_its_last_year(run, sheets):
    weight = table(sheets, "Treasury", "weight")
    last = max(run.case.budgets.years("revenue"))
    assert run.years[-1] > last
    assert shown(weight, YEAR_USED, run.years[-1]) == last
    assert (
        shown(weight, ("revenue", "NO"), run.years[-1])
        == run.case.budgets.figure("revenue", "NO", last).value
    )
