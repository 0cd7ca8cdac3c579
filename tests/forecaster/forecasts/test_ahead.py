import json
from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from click.testing import CliRunner

from forecaster.assembly import budget_forecast
from forecaster.case import bundled_case
from forecaster.cli import cli
from forecaster.forecasts.ahead import case_percentiles
from forecaster.forecasts.cautions import forecast_cautions


@pytest.fixture(scope="module")
def case():
    return bundled_case()


@pytest.fixture(scope="module")
def early(case):
    """The case whose panel ends a year before its base year."""
    left = tuple(
        figure for figure in case.budgets.figures if (figure.table, figure.item) != ("panel", "2025")
    )
    return replace(case, budgets=replace(case.budgets, figures=left))


def test_shares_keep_their_years_where_the_panel_ends_early(case, early, monkeypatch):
    monkeypatch.setattr("forecaster.assembly.forecast", lambda position, *_: position)
    whole, short = (budget_forecast(one, range(2026, 2029)) for one in (case, early))
    np.testing.assert_array_equal(short.shares, whole.shares)


def test_a_panel_that_ends_early_is_told(case, early):
    told, other = (
        list(forecast_cautions(one, budget_forecast(one, range(2026, 2029)))) for one in (early, case)
    )
    assert told[0].startswith("Reference panel: it ends in 2024 and the base year is 2025; ")
    assert told[1:] == other


def test_states_without_a_plan_for_any_year_begun_are_told(case):
    """The Cover told of each year; Provenance, where it says that all warnings stand, of the first."""
    run = case.assumptions.run.model_copy(update={"as_of": date(2027, 2, 1)})
    later = replace(case, assumptions=case.assumptions.model_copy(update={"run": run}))
    told = list(forecast_cautions(later, budget_forecast(later, range(2026, 2029))))
    text = "no budget voted, estimated or planned for {}; forecast from its history."
    assert f"MT: {text.format('2026 and 2027')}" in told
    assert f"PT: {text.format('2027')}" in told
    assert not any(line.startswith("PL: ") for line in told)


def test_percentiles_of_a_state_by_the_command():
    done = CliRunner().invoke(cli, ["forecast", "--state", "PL", "--years", "3", "--json"])
    assert done.exit_code == 0, done.output
    rows = json.loads(done.output)
    assert [(row["state"], row["year"]) for row in rows] == [("PL", 2026), ("PL", 2027), ("PL", 2028)]
    assert all(row["p05"] < row["p50"] < row["p95"] for row in rows)
    told = CliRunner().invoke(cli, ["forecast", "--state", "PL", "--years", "1", "--csv"]).output
    assert told.splitlines()[0].startswith("state,year,p05,p10,p25,p50,p75,p90,p95,plan")
    assert "voted" in CliRunner().invoke(cli, ["forecast", "--state", "PL", "--years", "1"]).output


def test_a_plan_voted_is_the_median():
    table = case_percentiles(bundled_case(), 2)
    voted = table[table["plan_status"] == "voted"]
    assert len(voted) > 5
    np.testing.assert_allclose(voted["p50"], voted["plan"].astype(float), rtol=1e-6)
