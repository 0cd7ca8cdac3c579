"""A report against the run it was made from: inputs, names of sheets, horizons, its bytes."""

import os
import re
import subprocess
import sys

import pytest
from invented.union import invented, without
from on_sheets import notes, shown, table

from forecaster import workbook
from forecaster.case.differences.from_bundled import assumed
from forecaster.case.settings import settled
from forecaster.pipeline import run as simulated
from forecaster.report.layout import Layout
from forecaster.sheets import checks, report, treasury
from forecaster.workbook import content


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
    assert keys == set(run.case.records)
    low, high, file = (shown(entry, "line.project.eu_share", column) for column in ("low", "high", "file"))
    assert (low, high, file) == (0.2, 0.5, "programme.toml")
    assert shown(entry, "strain.red", "value") == run.case.assumptions.strain.red.value
    assert shown(entry, "capacity.committed[2]", "value") == run.case.assumptions.capacity.committed.value[1]
    changed = {row.key for row in entry.rows if row.cells[6] == "yes"}
    assert {re.sub(r"\[\d+\]$", "", key) for key in changed} == keys & assumed(run.changed)
    assert "line.project.eu_share" in changed


def test_what_a_scenario_is_expected_to_move_is_told_in_the_words_of_its_sheet(run, sheets):
    """It had been "eu budget up", where all else says own resources."""
    asked = table(sheets, "Scenarios", "asked")
    assert shown(asked, "sequel", "expected").startswith("own resources for EU payments up, found ")
    sources = notes(sheets, "Scenarios", "What the levers rest on")
    assert sources == tuple(f"{one.id}: {one.source}." for one in run.case.scenarios)


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
