"""The sheets Fiscal and Rules, against the run they were made from and the rules they repeat."""

from dataclasses import replace

import numpy as np
import on_sheets
import pytest
from invented.union import assuming, invented

from forecaster.assembly.fiscal import safe_flows
from forecaster.case.settings import settled
from forecaster.findings.fiscal import public_finances
from forecaster.pipeline import run as simulated
from forecaster.sheets import fiscal, rules, treasury
from models.arrays import UNION


@pytest.fixture(scope="module")
def sheet(run):
    return fiscal.fiscal(run)


def shown(sheet, table, row, column):
    return on_sheets.shown(on_sheets.table((sheet,), sheet.name, table), row, column)


def test_what_is_settled_is_blank(run, sheet):
    """Borvia's published deficit is 3.4 % in every year."""
    for year in (*run.years, fiscal.ANY):
        assert shown(sheet, "crosses", ("crosses", "BO"), year) is None
        assert 0.0 <= shown(sheet, "crosses", ("crosses", "AL"), year) < 1.0
    assert all(shown(sheet, "points", ("adds", "BO"), year) is None for year in run.years)
    columns = next(one.columns for one in sheet.tables if one.name == "scenarios")
    assert [column.key for column in columns] == ["place", "scenario", "balance", "debt", "AL", "NO"]


def test_nothing_is_said_of_probabilities_that_are_all_blank(run, sheet):
    """Of Hungary alone the programme was said to add at most 0.00 points to what its table left blank."""
    for seen, told in ((sheet, True), (fiscal.fiscal(run.of("BO")), False)):
        notes = next(one.notes for one in seen.tables if one.name == "crosses")
        assert any("What the programme adds" in note for note in notes) == told
        assert any("Sampling error" in note for note in notes) == told


def test_probabilities_are_those_of_the_run(run, sheet):
    t = run.years.index(2030)
    with_it, without = (
        run.statistics.probability(event, run.baseline, "AL")[t] for event in ("crosses", "crosses_without")
    )
    assert with_it >= without
    assert shown(sheet, "crosses", ("crosses", "AL"), 2030) == with_it
    assert shown(sheet, "points", ("without", "AL"), 2030) == without
    assert shown(sheet, "points", ("adds", "AL"), 2030) == pytest.approx(100.0 * (with_it - without))
    once = run.statistics.any_year("crosses", "squeeze", "NO")
    assert shown(sheet, "scenarios", "squeeze", "NO") == once
    together = sum(run.statistics.probability("crosses", run.baseline, code)[t] for code in run.states)
    assert shown(sheet, "points", fiscal.TOGETHER, 2030) == pytest.approx(together)


def test_path_and_mean_stand_beside_the_percentiles(run, sheet):
    for table, path in (("balance", -2.5), ("debt", 80.0)):
        mean = run.statistics.mean(fiscal.MEASURES[table], run.baseline, "AL")
        levels = run.statistics.percentiles(fiscal.MEASURES[table], run.baseline, "AL", (0.05, 0.5, 0.95))
        for t, year in enumerate(run.years):
            assert shown(sheet, "points", (table, "path", "AL"), year) == pytest.approx(path)
            assert shown(sheet, "points", (table, "level", "AL"), year) == pytest.approx(path + mean[t])
            found = [shown(sheet, "points", (table, level, "AL"), year) for level in ("P5", "P50", "P95")]
            assert found == levels[t].tolist()
    for table in fiscal.MEASURES:
        assert shown(sheet, "points", (treasury.YEAR_USED, table), 2035) == 2030


def test_each_path_stays_at_the_last_year_of_its_own_table(run):
    """Debt had been looked up in the last year of the balances, where it may have no figure: 0 in Excel."""
    budgets = run.case.budgets
    kept = tuple(one for one in budgets.figures if (one.table, one.item) != ("debt", "2030"))
    shorter = replace(run, case=replace(run.case, budgets=replace(budgets, figures=kept)))
    sheet = fiscal.fiscal(shorter)
    points = on_sheets.table((sheet,), "Fiscal", "points")
    for table, last in (("balance", 2030), ("debt", 2029)):
        used = (treasury.YEAR_USED, table)
        assert on_sheets.shown(points, used, 2035) == last
        path = next(row for row in points.rows if row.key == (table, "path", "AL")).cells[-1]
        assert fiscal.POINTS.at(used, 2035).fix("row") in path.references


def test_the_programmes_part_is_its_own_resources_over_gdp(run, sheet):
    call = run.statistics.mean("eu_budget", run.baseline, "AL")[2]
    expected = -1e6 * call / run.forecast.gdp[run.forecast.states.index("AL"), 2]
    assert shown(sheet, "points", ("own", "AL"), run.years[2]) == pytest.approx(expected)
    assert expected < 0.0


def test_loans_that_the_summary_tells_stand_in_a_row(run, sheet):
    assert f"budgets being {shown(sheet, 'points', ('loans', UNION), 2030):.1f} points" in public_finances(
        run
    )
    drawn, repaid = safe_flows(run.case, run.years)
    owed = run.case.assumptions.capacity.safe_new.value * (drawn - repaid).cumsum(axis=1)
    for i, code in enumerate(run.forecast.states):
        expected = 100.0 * owed[i] / run.forecast.gdp[i]
        found = [shown(sheet, "points", ("loans", code), year) for year in run.years]
        assert found == pytest.approx(expected.tolist(), abs=1e-6)


def test_the_unions_points_are_between_those_of_its_states(run, sheet):
    for year in run.years:
        states = [shown(sheet, "points", ("debt", "mean", code), year) for code in run.states]
        assert min(states) <= shown(sheet, "points", ("debt", "mean", UNION), year) <= max(states)


def test_room_under_the_clause_is_the_rise_since_its_base_year_while_active(run):
    """Alderland spent 14,521.6 of 870,433 in 2021: 1.668 %; the clause holds from 2025 to 2028."""
    sheet = rules.rules(run)
    assert shown(sheet, "standing", "AL", "share") == pytest.approx(14521.6 / 870433)
    for year in run.years:
        share = shown(sheet, "escape", ("share", "AL"), year)
        room = shown(sheet, "escape", ("room", "AL"), year)
        expected = min(1.5, 100.0 * max(0.0, share - 14521.6 / 870433)) if year <= 2028 else None
        assert room == (None if expected is None else pytest.approx(expected))
        assert shown(sheet, "escape", ("room", "NO"), year) is None


def test_the_cap_and_the_base_year_are_assumptions(run):
    tight = replace(run, case=assuming(run.case, {"fiscal.escape_cap": 0.1, "fiscal.escape_base": 2013}))
    first = run.years[0]
    assert shown(rules.rules(tight), "escape", ("room", "AL"), first) is None
    tight = replace(run, case=assuming(run.case, {"fiscal.escape_cap": 0.1}))
    assert shown(rules.rules(tight), "escape", ("room", "AL"), first) == 0.1


def test_every_call_says_whether_it_is_left_out_and_why():
    words = {call: word for call, word, _ in rules.EXCLUDED}
    assert set(words.values()) == {"yes", "no", "unclear"}
    assert words["own resources"] == "no"
    assert words["co-financing"] == "unclear"
    assert words["upkeep"] == "no"  # as the sheet Calls has it, not by the name of its metric
    assert all(reason and not reason.endswith(".") for _, _, reason in rules.EXCLUDED)


def test_standing_is_dated(run):
    sheet = rules.rules(run)
    assert shown(sheet, "standing", "BO", "procedure") == "open"
    assert shown(sheet, "standing", "BO", "since") == "2024-07-26"
    assert shown(sheet, "standing", "AL", "active from") == "2025-07-08"
    assert (shown(sheet, "standing", "AL", "from"), shown(sheet, "standing", "AL", "to")) == (2025, 2028)


def test_the_sentence_names_its_figures(run):
    told = public_finances(run)
    debt = run.statistics.mean("debt_points", run.baseline, UNION)[4]
    assert f"all states is on average {debt:.1f} points of GDP above its published path in 2030" in told
    assert "Of 3 states 2 have a published deficit within 3 % of GDP in 2030" in told
    chance = run.statistics.probability("crosses", run.baseline, "AL")[4]
    assert f"most often in Alderland ({100.0 * chance:.0f} % of paths)" in told
    largest = max(
        100.0 * np.max(run.statistics.mean("eu_budget", run.baseline, code) / run.forecast.gdp[i])
        for i, code in enumerate(run.forecast.states)
    )
    assert f"at most {largest:.3f} points from any balance" in told


def test_where_all_deficits_are_settled_it_says_so(tmp_path):
    case = assuming(invented(tmp_path / "case"), {"fiscal.deficit_limit": 0.5})
    found = simulated(settled(case, states=["AL", "BO"], paths=1024), workers=1)
    assert "No state shown has a published deficit within 0.5 % of GDP" in public_finances(found)
    assert all(row.cells[4] is None for row in fiscal.fiscal(found).tables[0].rows)
