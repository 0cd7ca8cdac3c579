"""Cover and Provenance: what a report holds, what is old in it, what it warns of."""

import re
from dataclasses import replace

import numpy as np
import pytest
from on_sheets import notes, shown, table

from forecaster.report.sheet import Link
from forecaster.sheets import report


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
