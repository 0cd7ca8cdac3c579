"""Amounts in national money against those in euros."""

from dataclasses import replace

import pytest

from forecaster.report.formulas import number
from forecaster.report.sheet import Formula
from forecaster.sheets import report
from forecaster.sheets.currencies import currencies


def rows(sheet, name):
    return {row.key: row for entry in sheet.tables if entry.name == name for row in entry.rows}


def test_own_money_is_euros_times_the_rate_of_the_year(run):
    found = rows(currencies(run), "amounts of BO")
    items = {item for item, _ in found}
    assert len(items) > 15
    for item in items:
        euros, own = (found[item, code].cells[4:14] for code in ("EUR", "BOC"))
        assert [number(cell) for cell in own] == [20 * number(cell) for cell in euros]


def test_euros_are_those_of_the_run(run):
    found = rows(currencies(run), "amounts of BO")
    statistics, baseline = run.statistics, run.baseline
    expected = {
        "defence budget, P50": statistics.percentiles("budget", baseline, "BO", (0.5,))[:, 0],
        "net call, P95": statistics.percentiles("net_call", baseline, "BO", (0.95,))[:, 0],
        "own resources for EU payments, mean": statistics.mean("eu_budget", baseline, "BO"),
        "net call, mean": statistics.mean("net_call", baseline, "BO"),
    }
    for item, values in expected.items():
        cells = found[item, "EUR"].cells[4:14]
        assert [number(cell) for cell in cells] == pytest.approx(list(values), abs=1e-12)


def test_only_means_of_calls_are_added_up(run):
    found = rows(currencies(run), "amounts of BO")
    added = {item for (item, code), row in found.items() if code == "BOC" and row.cells[14] is not None}
    assert "net call, mean" in added
    assert not [item for item in added if "P95" in item or "P50" in item]
    for item in added:
        row = found[item, "BOC"]
        assert number(row.cells[14]) == pytest.approx(sum(number(cell) for cell in row.cells[4:14]))


def test_rates_are_read_from_the_inputs(run):
    rates = rows(currencies(run), "rates")
    assert all(isinstance(cell, Formula) for cell in rates["BO"].cells[4:])
    assert {number(cell) for cell in rates["BO"].cells[4:]} == {20.0}
    assert [number(cell) for cell in rates["year used"].cells[4:]] == [2026, 2027, 2028, 2029, *[2030] * 6]


def test_a_book_of_euro_states_has_no_such_sheet(run):
    assert "Currencies" in [sheet.name for sheet in report(run.of("BO"))]
    assert "Currencies" not in [sheet.name for sheet in report(run.of("AL"))]


def test_it_is_told_by_how_much_rates_move(run):
    assert told_of_rates(run).endswith(
        "BOC 5.28 %. Where that is under 0.5 % the rate counts as tied to the euro and stays: none."
    )
    pegged = [replace(state, currency_sd=0.0) for state in run.model.states]
    tied = replace(run, model=replace(run.model, states=tuple(pegged)))
    assert told_of_rates(tied).endswith(
        "up to 2025: none. Where that is under 0.5 % the rate counts as tied to the euro and stays: BOC."
    )


def told_of_rates(run):
    return next(line for line in currencies(run).blocks[1].lines if "walks at random" in line)
