"""Checks: each control, and the master check on every sheet."""

from dataclasses import replace

import openpyxl
import pytest
from on_sheets import table

from forecaster.run import Check
from forecaster.sheets import checks, report
from forecaster.workbook import content


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
