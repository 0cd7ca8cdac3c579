import json

import numpy as np
from click.testing import CliRunner

from forecaster.case import bundled, load
from forecaster.cli import cli
from forecaster.forecasts.ahead import case_percentiles


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
    table = case_percentiles(load(bundled()), 2)
    voted = table[table["plan_status"] == "voted"]
    assert len(voted) > 5
    np.testing.assert_allclose(voted["p50"], voted["plan"].astype(float), rtol=1e-6)
