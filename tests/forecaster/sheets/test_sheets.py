"""What each sheet says, against the run it was made from."""

import os
import re
import subprocess
import sys
from dataclasses import replace

import numpy as np
import openpyxl
import pytest
from invented.union import invented, with_lines, without
from on_sheets import shown, table

from forecaster import workbook
from forecaster.case.settings import settled
from forecaster.drivers.judgements import NEW
from forecaster.findings import trust
from forecaster.pipeline import run as simulated
from forecaster.report.fans import PERCENTILES
from forecaster.report.layout import Layout
from forecaster.report.sheet import Link, Notes
from forecaster.report.styles import HEAT
from forecaster.run import Check
from forecaster.sheets import calls, checks, money, obligations, report, strain, summary, treasury
from forecaster.sheets.key import OFTEN, SELDOM
from forecaster.workbook import content
from forecaster.workbook.printing import repeated


def named(sheets, name):
    return next(sheet for sheet in sheets if sheet.name == name)


def notes(sheets, sheet, title):
    return next(
        block.lines
        for block in named(sheets, sheet).blocks
        if isinstance(block, Notes) and block.title == title
    )


def test_strain_shows_what_was_simulated(run, sheets):
    entry = table(sheets, "Strain", "strain")
    assert len(entry.rows) == len(run.settings.scenarios) * (len(run.states) + 1) * len(run.years)
    key = ("squeeze", "NO", 2030)
    t = run.years.index(2030)
    levels = run.statistics.percentiles("strain", "squeeze", "NO")[t]
    assert [shown(entry, key, name) for name in ("P5", "P50", "P95")] == [levels[0], levels[3], levels[6]]
    red, without_it = (
        run.statistics.probability(event, "squeeze", "NO")[t] for event in ("red", "red_without")
    )
    assert shown(entry, key, "red") == red
    assert shown(entry, key, "effect") == pytest.approx(100 * (red - without_it))
    assert shown(entry, key, "adds P50") == pytest.approx(
        100 * run.statistics.percentiles("strain_difference", "squeeze", "NO")[t, 3]
    )


def test_money_stands_in_the_rows_of_strain(run, sheets):
    entry, other = table(sheets, "Money", "money"), table(sheets, "Strain", "strain")
    assert [row.key for row in entry.rows] == [row.key for row in other.rows]
    key = ("squeeze", "NO", 2030)
    t = run.years.index(2030)
    levels = run.statistics.percentiles("net_call", "squeeze", "NO")[t]
    assert [shown(entry, key, f"net P{level}") for level in (50, 95)] == [levels[3], levels[6]]
    for column, (metric, _) in money.MEANS.items():
        assert shown(entry, key, column) == run.statistics.mean(metric, "squeeze", "NO")[t]
    gaps = run.statistics.percentiles("gap", "squeeze", "NO")[t]
    assert [shown(entry, key, f"gap P{level}") for level in (50, 95)] == [gaps[3], gaps[6]]


def test_the_light_follows_the_thresholds(run, sheets):
    entry = table(sheets, "Strain", "strain")
    given = run.case.assumptions.strain
    for row in entry.rows:
        median, light = shown(entry, row.key, "P50"), shown(entry, row.key, "light")
        assert (light == "red") == (median > given.red.value)
        assert (light == "green") == (median <= given.amber.value)


def test_small_calls_are_called_so(run, sheets):
    entry = table(sheets, "Money", "money")
    given = run.case.assumptions.strain
    words = set()
    for row in entry.rows:
        limit = max(
            given.material_money.value, given.material_share.value * shown(entry, row.key, "investment")
        )
        word = shown(entry, row.key, "word")
        assert (word == "not material") == (abs(shown(entry, row.key, "net")) < limit)
        words.add(word)
    assert words == {"material", "not material"}


def test_calls_add_up(run, sheets):
    entry = table(sheets, "Calls", "layers")
    for year in run.years:
        parts = [shown(entry, (metric, "BO"), year) for metric in ("cofinancing", "overrun")]
        assert shown(entry, ("gross_call", "BO"), year) == pytest.approx(sum(parts), abs=1e-12)
        states = [shown(entry, ("net_call", code), year) for code in run.states]
        assert shown(entry, ("net_call", calls.TOTAL), year) == pytest.approx(sum(states), abs=1e-9)


@pytest.mark.parametrize(("end", "share"), NEW.items())
def test_net_calls_are_told_at_both_ends_of_what_is_new(run, sheets, end, share):
    """As in a run whose lines say so, but for the rounding of means to EUR 1,000."""
    entry = table(sheets, "Calls", "ends of new")
    lines = {line.id: {"new": share} for line in run.case.programme.lines}
    case = settled(with_lines(run.case, lines), scenarios=[run.baseline], drivers=False)
    other = simulated(case, workers=1)
    for place, key in (*((code, code) for code in run.states), ("EU", calls.TOTAL)):
        net = other.statistics.mean("net_call", other.baseline, place)
        told = [shown(entry, (end, key), year) for year in run.years]
        assert told == pytest.approx(net.tolist(), abs=0.005)
        assert shown(entry, (end, key), "within") == pytest.approx(net.sum(), abs=0.05)


def test_the_treasury_weighs_its_calls(run, sheets):
    entry, weight = (table(sheets, "Treasury", name) for name in ("calls", "weight"))
    t = run.years.index(2029)
    call = shown(entry, (treasury.ALL, "AL"), 2029)
    assert call == pytest.approx(
        sum(run.statistics.mean(layer, run.baseline, "AL")[t] for layer in treasury.LAYERS)
    )
    gdp = run.forecast.gdp[run.forecast.states.index("AL"), t]
    assert shown(weight, ("gdp", "AL"), 2029) == pytest.approx(call / gdp)
    revenue = run.case.budgets.figure("revenue", "AL", 2029).value
    assert shown(weight, ("of revenue", "AL"), 2029) == pytest.approx(call / gdp / revenue)


def test_revenue_stays_after_its_last_year(run, sheets):
    weight = table(sheets, "Treasury", "weight")
    last = max(run.case.budgets.years("revenue"))
    assert run.years[-1] > last
    assert shown(weight, treasury.YEAR_USED, run.years[-1]) == last
    assert (
        shown(weight, ("revenue", "NO"), run.years[-1])
        == run.case.budgets.figure("revenue", "NO", last).value
    )


def test_each_number_read_stands_on_inputs(run, sheets):
    entry = table(sheets, "Inputs", "figures")
    assert len(entry.rows) == len(run.case.budgets.figures)
    figure = run.case.budgets.figure("spending", "NO", 2025)
    row = next(found for found in entry.rows if found.key == figure.place)
    assert row.cells[:5] == ("spending", "NO", 2025, figure.value, "EUR m")
    assert (row.cells[6], row.cells[11]) == (figure.raw, figure.cell)


def test_each_assumption_stands_on_its_sheet(run, sheets):
    entry = table(sheets, "Assumptions", "assumptions")
    keys = {re.sub(r"\[\d+\]$", "", row.key) for row in entry.rows}
    assert keys == {key for key, _ in run.case.assumptions.entries()}
    assert shown(entry, "strain.red", "value") == run.case.assumptions.strain.red.value
    assert shown(entry, "capacity.committed[2]", "value") == run.case.assumptions.capacity.committed.value[1]
    changed = {row.key for row in entry.rows if row.cells[6] == "yes"}
    assert {re.sub(r"\[\d+\]$", "", key) for key in changed} == set(run.changed["assumptions"])


def test_the_summary_answers_in_five_sentences(sheets):
    sentences = notes(sheets, "Summary", "In five sentences")
    assert [sentence[:2] for sentence in sentences] == ["1.", "2.", "3.", "4.", "5."]
    assert all(re.search(r"\d", sentence[2:]) for sentence in sentences)


def test_each_strained_state_has_its_reasons(run, sheets):
    lines = notes(sheets, "Summary", "What drives strain where it is highest")
    ranked = sorted(run.states, key=lambda code: -run.statistics.any_year("red", run.baseline, code))
    names = {state.code: state.name for state in run.case.budgets.states}
    assert [line.split(",")[0] for line in lines] == [names[code] for code in ranked[:3]]
    red = run.statistics.probability("red", run.baseline, ranked[0])
    t = int(red.argmax())
    mean = {
        name: run.statistics.mean(name, run.baseline, ranked[0])[t] for name in ("committed", "investment")
    }
    assert f"EUR {100 * mean['committed'] / mean['investment']:.1f} are signed for before" in lines[0]
    assert f"to a probability of red of {100.0 * red[t]:.1f} %" in lines[0]


def test_the_heat_map_holds_every_scenario_and_says_the_baseline_in_words(run, monkeypatch):
    monkeypatch.setattr("forecaster.sheets.summary.red.BESIDE", 2)
    parts = [entry for entry in summary.summary(run).tables if entry.name.startswith("heat")]
    assert len(parts) == -(-len(run.settings.scenarios) // 2)
    for number, name in enumerate(run.settings.scenarios):
        for code in (*run.states, "EU"):
            found = shown(parts[number // 2], code, name)
            assert found == run.statistics.any_year("red", name, code)
    words = {shown(parts[0], code, run.baseline): shown(parts[0], code, "word") for code in run.states}
    for share, word in words.items():
        reached = [step for step, *_ in HEAT if share >= step]
        assert word == (OFTEN[max(reached)] if reached else SELDOM)


def test_the_worst_year_is_the_worst(run, sheets):
    entry = table(sheets, "Summary", "states")
    for code in run.states:
        red = run.statistics.probability("red", run.baseline, code)
        assert shown(entry, code, "year") == run.years[int(red.argmax())]
        assert shown(entry, code, "red") == red.max()
    own = sum(run.statistics.mean("eu_budget", run.baseline, code).sum() for code in run.states)
    assert shown(entry, "sum", "own") == pytest.approx(own)


def test_states_in_red_are_counted_together(run, sheets):
    entry = table(sheets, "Summary", "count")
    shares = run.statistics.at_once("red", "squeeze")
    counts = np.repeat(np.arange(shares.shape[1]), np.rint(shares[4] * run.statistics.paths).astype(int))
    assert shown(entry, ("squeeze", "mean"), run.years[4]) == pytest.approx(counts.mean())
    assert shown(entry, ("squeeze", "P95"), run.years[4]) == np.quantile(counts, 0.95, method="inverted_cdf")


def test_only_levers_that_move_are_shown(run, sheets):
    entry = table(sheets, "Scenarios", "levers")
    named_levers = {(t.id, lever) for t in run.case.scenarios for lever in t.levers}
    assert {row.key[:2] for row in entry.rows} == named_levers


def test_excel_takes_the_name_of_every_sheet(sheets):
    """As Microsoft's page "Rename a worksheet" has it; other programs refuse a workbook for one of these."""
    for sheet in sheets:
        assert 0 < len(sheet.name) <= 31
        assert not set(sheet.name) & set("/\\?*:[]")
        assert sheet.name.strip("'").casefold() not in {"", "history"}


def test_the_cover_leads_to_every_sheet(sheets):
    links = [
        cell
        for row in table(sheets, "Cover", "contents").rows
        for cell in row.cells
        if isinstance(cell, Link)
    ]
    assert [link.sheet for link in links] == [sheet.name for sheet in sheets[1:]]


def test_the_cover_says_what_is_old_and_what_is_missing(run):
    dates = {"gdp": "2024-06-30", "gni": "autumn"}
    sources = tuple(
        replace(source, as_of=dates.get(source.table, "2025-12-01"), newer="edition of 2025")
        for source in run.case.budgets.sources
    )
    plan_status = tuple(("", *row[1:]) for row in run.forecast.plan_status)
    case = replace(run.case, budgets=replace(run.case.budgets, sources=sources))
    other = report(
        replace(
            run,
            case=case,
            forecast=replace(run.forecast, plan_status=plan_status),
            settings=replace(run.settings, as_of="2026-01-01"),
        )
    )
    old = table(other, "Cover", "old")
    assert [(row.cells[0], row.cells[3]) for row in old.rows] == [
        (name, "edition of 2025") for name in ("gdp", "gni")
    ]
    assert "2026 had begun" in " ".join(notes(other, "Cover", "Warnings"))


def test_provenance_tells_the_sampling_error_of_percentiles(run, sheets):
    """Of 2,048 paths the true P95 lies between P94.06 and P95.94: 1.96 roots of 0.95 x 0.05 / 2,048."""
    assert run.settings.paths == 2048
    levels = {0.5: (0.478345, 0.521655), 0.95: (0.940561, 0.959439)}
    wide = {}
    for level, ends in levels.items():
        found = {c: run.statistics.percentiles("strain", run.baseline, c, ends) for c in (*run.states, "EU")}
        wide[level] = max(100.0 * float(np.ptp(each, axis=1).max()) / 2.0 for each in found.values())
    told = shown(table(sheets, "Provenance", "settings"), "sampling error of strain", "value")
    median, high = (float(part) for part in re.findall(r"(\d+\.\d\d)", told))
    assert (median, high) == pytest.approx((wide[0.5], wide[0.95]), abs=0.006)


def test_the_cover_never_says_none_where_provenance_has_a_warning(run):
    """A scenario that moves nothing, or a state that is not shown: told on Provenance alone."""
    warned = report(replace(run, warnings=("Scenario x: strain was expected to move up, found: none.",)))
    assert notes(warned, "Cover", "Warnings")[-1] == (
        "All warnings of the run stand on the sheet Provenance: 1."
    )
    assert "None." not in notes(warned, "Cover", "Warnings")
    assert len(notes(warned, "Provenance", "Warnings")) == 1
    calm = report(replace(run, warnings=()))
    assert "Provenance" not in " ".join(notes(calm, "Cover", "Warnings"))
    assert notes(calm, "Provenance", "Warnings") == ("none",)


def test_controls_hold(run, sheets):
    assert all(check.passed for check in run.checks)
    assert checks.passed(run)
    assert table(sheets, "Checks", "master").rows[-1].cells[1].value == "PASS"


def test_a_control_names_the_sheets_it_compares(sheets):
    looks = {row.cells[0]: row.cells[1] for row in table(sheets, "Checks", "live").rows}
    assert looks["Own resources of all states = EU payments x additionality: 2027"] == (
        "Treasury, Outlays, Assumptions"
    )
    assert set(", ".join(looks.values()).split(", ")) <= {sheet.name for sheet in sheets}


@pytest.mark.parametrize(
    ("kind", "found", "holds"),
    [
        ("equal", 1.0, True),
        ("equal", 1.2, False),
        ("at least", 0.8, False),
        ("at least", 1.2, True),
        ("at most", 1.2, False),
        ("at most", 0.8, True),
    ],
)
def test_a_control_of_each_kind(run, kind, found, holds):
    check = Check("invented", found, 1.0, 0.1, "EUR million", "nowhere", kind)
    other = replace(run, checks=(*run.checks, check))
    assert checks.passed(other) == holds
    row = table(report(other), "Checks", "found").rows[-1]
    assert [cell.value for cell in row.cells[-2:]] == [float(holds), "PASS" if holds else "FAIL"]


@pytest.mark.libreoffice
def test_a_failed_control_is_seen_on_every_sheet(run, tmp_path):
    from recalculate import recalculated

    check = Check("invented", 2.0, 1.0, 0.1, "EUR million", "nowhere")
    path = tmp_path / "failed.xlsx"
    path.write_bytes(content(replace(run, checks=(*run.checks, check))))
    file = openpyxl.load_workbook(recalculated(path, tmp_path), data_only=True)
    states = {sheet["A3"].value for sheet in file.worksheets}
    file.close()
    assert states == {f"Master check: FAIL, run {run.run_id}"}


def test_states_not_shown_are_one_row(run, tmp_path):
    part = simulated(settled(invented(tmp_path / "case"), states=("NO",), paths=2048))
    entry = table(report(part), "Treasury", "calls")
    assert [row.cells[0] for row in entry.rows[:3]] == ["NO", "rest", "EU"]
    whole = run.statistics.mean("eu_budget", run.baseline, "EU").sum()
    assert shown(entry, ("eu_budget", treasury.TOTAL), "within") == pytest.approx(whole, abs=0.1)
    assert checks.passed(part)
    assert {row.cells[0] for row in table(report(part), "Strain", "strain").rows} == {"NO", "EU"}


@pytest.mark.parametrize("years", [1, 20])
def test_short_and_long_horizons(tmp_path, years):
    found = simulated(settled(invented(tmp_path / "case"), years=years, paths=1024, scenarios=("squeeze",)))
    Layout(report(found))
    assert checks.passed(found)


def test_a_case_without_a_state(tmp_path):
    found = simulated(
        settled(without(invented(tmp_path / "case"), "BO"), paths=1024, scenarios=("baseline",))
    )
    assert content(found)
    assert "Only the scenario" in notes(report(found), "Summary", "In five sentences")[4]


def test_strain_is_looked_up_in_the_baseline_only(run, layout):
    span = strain.STRAIN.baseline(run, "red")
    _, top, _, bottom, _ = layout.corners(span)
    assert bottom - top + 1 == (len(run.states) + 1) * len(run.years)


SCRIPT = """
import hashlib, sys
sys.path.insert(0, sys.argv[2])
from pathlib import Path
from invented.union import invented
from forecaster.case.settings import settled
from forecaster.pipeline import run
from forecaster.sheets.key import OFTEN, SELDOM
from forecaster.report.styles import HEAT
from forecaster.workbook import content
case = settled(invented(Path(sys.argv[1])), paths=2048, seed=int(sys.argv[3]))
found = run(case, workers=int(sys.argv[4]))
print(hashlib.sha256(content(found)).hexdigest())
"""


def digest(folder, root, seed=7, workers=1, **environment):
    command = [sys.executable, "-c", SCRIPT, str(folder), str(root / "tests"), str(seed), str(workers)]
    done = subprocess.run(
        command, check=True, capture_output=True, text=True, cwd=root, env={**os.environ, **environment}
    )
    return done.stdout.strip()


def test_same_run_same_bytes_in_another_process(tmp_path, root):
    first = digest(tmp_path / "one", root, workers=1, PYTHONHASHSEED="1", TZ="UTC")
    second = digest(tmp_path / "two" / "deeper", root, workers=2, PYTHONHASHSEED="2", TZ="Asia/Tokyo")
    assert first == second
    assert digest(tmp_path / "three", root, seed=8) != first


def test_write_keeps_an_older_report(run, tmp_path):
    from forecaster.errors import OutputExists

    target = tmp_path / "report.xlsx"
    workbook.write(run, target, force=False)
    with pytest.raises(OutputExists):
        workbook.write(run, target, force=False)
    workbook.write(run, target, force=True)
    assert target.read_bytes() == content(run)


def test_obligations_are_shown_against_investment_money(run, sheets):
    place, _ = obligations.chosen(run)
    likely = {code: run.statistics.any_year("red", run.baseline, code) for code in run.states}
    assert likely[place.code] == max(likely.values())
    entry = table(sheets, "Obligations", "fan")
    due, money = (
        run.statistics.percentiles(name, run.baseline, place.code) for name in ("obligations", "investment")
    )
    assert shown(entry, "P90", 2029) == due[run.years.index(2029), 5]
    assert shown(entry, "investment money, median", 2029) == money[run.years.index(2029), 3]
    assert place.name in named(sheets, "Obligations").blocks[0].title


def test_all_percentiles_of_the_gap_stand_on_obligations(run, sheets):
    entry, sums = table(sheets, "Obligations", "gaps"), table(sheets, "Money", "money")
    code = obligations.chosen(run)[0].code
    gaps = run.statistics.percentiles("gap", run.baseline, code)
    t = int(gaps[:, -1].argmax())
    levels, year = dict(zip(PERCENTILES, gaps[t], strict=True)), run.years[t]
    assert {name: shown(entry, (code, name), year) for name in levels} == levels
    assert 0.0 == levels["P5"] < levels["P95"]
    for name in ("P50", "P95"):
        union = shown(sums, (run.baseline, "EU", year), f"gap {name}")
        assert shown(entry, ("EU", name), year) == union


def test_the_large_state_is_among_those_that_spend_most(run, monkeypatch):
    monkeypatch.setattr(obligations, "LARGE", 1)
    largest = run.forecast.states[int(run.forecast.base.argmax())]
    assert obligations.chosen(run)[0].code == largest


def test_every_method_named_is_told_in_words(run, sheets):
    """`pooled` stood on Past and Accuracy, and nowhere what it is."""
    told = {row.key: row.cells[1] for row in table(sheets, "Past", "words").rows}
    named = {*run.forecast.method, *(score.method for score in run.accuracy.scores)}
    assert told.keys() == named
    assert told["pooled"].startswith("Pooled projection: growth of shares of GDP")
    alone = table(report(replace(run, accuracy=None)), "Past", "words")
    assert {row.key for row in alone.rows} == set(run.forecast.method)


def test_accuracy_shows_the_backtest(run, sheets):
    proof = run.accuracy
    main = proof.scores[0]
    skill = table(sheets, "Accuracy", "skill")
    assert [row.key for row in skill.rows] == [score.method for score in proof.scores]
    assert shown(skill, main.method, "skill") == pytest.approx(main.skill, abs=1e-8)
    assert shown(skill, main.method, "low") <= shown(skill, main.method, "skill")
    assert shown(skill, main.method, "word") == "the method used"
    assert shown(skill, "random_walk_drift_levels", "word") == "clearly worse"
    horizons = table(sheets, "Accuracy", "horizons")
    assert shown(horizons, 3, "inner") == pytest.approx(proof.cover80[2])
    assert shown(horizons, 3, "inner off") == pytest.approx(100 * (proof.cover80[2] - 0.8), abs=1e-6)
    tenths = table(sheets, "Accuracy", "tenths")
    assert sum(shown(tenths, i, "share") for i in range(10)) == pytest.approx(1.0)
    total = table(sheets, "Accuracy", "total")
    assert shown(total, "none", "outer") == pytest.approx(proof.joint[0].cover95)
    replays = table(sheets, "Accuracy", "replays")
    assert [row.key for row in replays.rows] == [2009, 2013, 2019, 2021]
    sentences = notes(sheets, "Accuracy", "What it means")
    assert [sentence[:2] for sentence in sentences] == ["1.", "2.", "3.", "4."]


def test_the_worst_misses_are_named_with_their_size(run, sheets):
    entry = table(sheets, "Accuracy", "misses")
    worst = run.accuracy.misses[0]
    code = run.case.budgets.panel_codes()[worst.row]
    assert (shown(entry, 0, "code"), shown(entry, 0, "year")) == (code, worst.year)
    assert shown(entry, 0, "size") == pytest.approx(worst.outcome / worst.median - 1, abs=1e-7)
    names = {state.code: state.name for state in run.case.budgets.states}
    assert {row.cells[1] for row in entry.rows} <= {*names.values(), "XA", "XB", "XC"}


def test_without_a_backtest_the_sheet_says_why(run):
    (block,) = named(report(replace(run, accuracy=None)), "Accuracy").blocks
    assert block.lines[0].startswith("The reference panel holds 6 series and 25 years")


@pytest.mark.parametrize(
    ("cover80", "cover95", "word"), [(0.79, 0.945, "word"), (0.70, 0.90, "narrow"), (0.90, 0.99, "wide")]
)
def test_ranges_are_judged_by_their_cover(run, cover80, cover95, word):
    main, *others = run.accuracy.scores
    scores = (replace(main, cover80=cover80, cover95=cover95), *others)
    first, *_ = trust(run, replace(run.accuracy, scores=scores))
    assert word in first


def test_upkeep_is_told_against_the_money_it_is_paid_from(sheets, run):
    """By hand from cells of two other tables: 1,000 x upkeep / (budget - investment money)."""
    upkeep, layers, sums = (
        table(sheets, sheet, name)
        for sheet, name in (("Calls", "upkeep"), ("Calls", "layers"), ("Money", "money"))
    )
    year = run.years[-1]
    for code, calling in ((run.states[0], run.states[0]), ("EU", "total")):
        budget, invested = (
            shown(sums, ("baseline", code, year), money) for money in ("budget", "investment")
        )
        bears = shown(layers, ("sustainment", calling), year)
        assert bears > 0.0
        assert shown(upkeep, ("left", code), year) == pytest.approx(budget - invested, rel=1e-12)
        assert shown(upkeep, ("taken", code), year) == pytest.approx(1000.0 * bears / (budget - invested))


def test_calls_tell_their_years_on_each_printed_page(layout):
    page = next(page for page in layout.pages if page.sheet.name == "Calls")
    assert repeated(page) == (page.tables[0].heads, page.tables[0].first - 1)
