import os
import re
import subprocess
import sys
from importlib import util

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

from forecaster.cli import cli
from forecaster.errors import InputError
from forecaster.forecasts.series import (
    Panel,
    csv_text,
    read_series,
    read_tasks,
    task_quantiles,
)
from forecaster.machine import output
from models.accuracy import REFERENCE
from models.scoring import LEVELS13

SCORED = {"share": (37.0, None), "real": (21.0, "share")}
"""Skill to reach [%] on the development data, and the file that tells the gap."""


def write(table, file):
    file.write_text(csv_text(table), encoding="utf-8")


@pytest.fixture(scope="module")
def exercise(root):
    folder = root.parent / "shared" / "data" / "forecast"
    if not (folder / "score.py").is_file():
        pytest.skip("the forecasting exercise does not lie beside the checkout")
    return folder


@pytest.fixture(scope="module")
def panel():
    steps = 0.1 * np.random.default_rng(3).standard_normal((8, 40))
    return Panel(
        tuple(f"x_{c}" for c in "ABCDEFGH"), tuple(range(1980, 2020)), np.exp(np.cumsum(steps, axis=1))
    )


def tasks(*rows):
    return pd.DataFrame(rows, columns=["series_id", "origin", "hmax"])


def long(panel):
    rows = [
        (name, year, value)
        for name, row in zip(panel.ids, panel.table, strict=True)
        for year, value in zip(panel.years, row, strict=True)
    ]
    return pd.DataFrame(rows, columns=["series_id", "year", "value"])


def test_each_task_has_13_quantiles_a_year(panel):
    found = task_quantiles(
        panel, tasks(("x_A", 2000, 3), ("x_B", 2000, 1), ("x_A", 2010, 2)), "pooled", "share"
    )
    assert list(found.columns) == ["series_id", "origin", "horizon", "quantile", "value"]
    assert len(found) == 13 * 6
    assert (
        found.groupby(["series_id", "origin", "horizon"])["value"]
        .apply(lambda v: v.is_monotonic_increasing)
        .all()
    )


@pytest.mark.parametrize(("method", "kind"), [("pooled", "share"), ("pooled", "amount"), ("theta", "amount")])
def test_noise_after_the_origin_changes_no_bit(panel, method, kind):
    noisy = panel.table.copy()
    noisy[:, 21:] = np.random.default_rng(1).lognormal(size=noisy[:, 21:].shape)
    asked = tasks(("x_A", 2000, 5), ("x_C", 2000, 5))
    one = task_quantiles(panel, asked, method, kind, panel)
    other = Panel(panel.ids, panel.years, noisy)
    pd.testing.assert_frame_equal(one, task_quantiles(other, asked, method, kind, other), check_exact=True)


def test_shares_are_found_by_the_end_of_the_name(panel):
    asked = tasks(("x_A", 2010, 5))
    shares = Panel(tuple(name.replace("x_", "share_") for name in panel.ids), panel.years, panel.table)
    with_gap = task_quantiles(panel, asked, "pooled", "amount", shares)
    pd.testing.assert_frame_equal(with_gap, task_quantiles(panel, asked, "pooled", "amount", panel))
    assert not with_gap.equals(task_quantiles(panel, asked, "pooled", "amount"))


def test_shares_of_other_series_are_refused(panel):
    other = Panel(("y_Z",), panel.years, panel.table[:1])
    with pytest.raises(InputError, match="has none of the series"):
        task_quantiles(panel, tasks(("x_A", 2010, 5)), "pooled", "amount", other)


@pytest.mark.parametrize("origin", [1970, 2030])
def test_an_origin_without_a_value_is_refused(panel, origin):
    with pytest.raises(InputError, match=f"x_A: no positive value in {origin}"):
        task_quantiles(panel, tasks(("x_A", origin, 5)), "pooled", "share")


def test_what_no_method_can_forecast_is_refused(panel):
    with pytest.raises(InputError, match="Origin 1982: the panel is too short"):
        task_quantiles(panel, tasks(("x_A", 1982, 5)), "pooled", "share")


def test_files_are_read_and_written(panel, tmp_path):
    file, asked = tmp_path / "s.csv", tmp_path / "t.csv"
    write(long(panel), file)
    write(tasks(("x_A", 2000, 3)), asked)
    found = read_series(file)
    assert found.ids == panel.ids
    np.testing.assert_allclose(found.table, panel.table)
    assert len(read_tasks(asked, found)) == 1


def test_a_file_that_cannot_be_used_is_told(panel, tmp_path):
    file = tmp_path / "s.csv"
    with pytest.raises(InputError, match=r"s\.csv is not there"):
        read_series(file)
    file.write_text("series_id,year\nx,2000\n")
    with pytest.raises(InputError, match=r"s\.csv: no column value; it needs series_id, year, value"):
        read_series(file)
    file.write_text("series_id,year,value\n")
    with pytest.raises(InputError, match=r"s\.csv: no rows under series_id, year, value"):
        read_series(file)
    write(tasks(("nobody", 2000, 3)), file)
    with pytest.raises(InputError, match="1 series are not in the series file, such as nobody"):
        read_tasks(file, panel)


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ("x,2000,abc", "row 2: value is 'abc'. Allowed: a number of 0 or more"),
        ("x,2000,", "row 2: value is empty. Allowed"),
        ("x,2000,-3", "row 2: value is '-3'. Allowed"),
        ("x,2000,inf", "row 2: value is 'inf'. Allowed"),
        ("x,2000.5,3", "row 2: year is '2000.5'. Allowed: a whole year"),
        (",2000,3", "row 2: no series_id"),
        ("x,2000,3\nx,2000,4", "row 3: x has year 2000 twice"),
    ],
)
def test_a_row_that_cannot_be_meant_is_told(tmp_path, rows, told):
    file = tmp_path / "s.csv"
    file.write_text(f"series_id,year,value\n{rows}\n")
    with pytest.raises(InputError, match=re.escape(told)):
        read_series(file)


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ("x_A,2000,0", "row 2: hmax is '0'. Allowed: a whole number of years, 1 to 100"),
        ("x_A,2000,2.5", "row 2: hmax is '2.5'. Allowed"),
        ("x_A,2000,3\nx_A,2000,3", "row 3: x_A has origin 2000 twice"),
        ("", "no rows under series_id, origin, hmax"),
    ],
)
def test_a_task_that_cannot_be_meant_is_told(panel, tmp_path, rows, told):
    file = tmp_path / "t.csv"
    file.write_text(f"series_id,origin,hmax\n{rows}\n")
    with pytest.raises(InputError, match=re.escape(told)):
        read_tasks(file, panel)


def test_a_series_may_be_named_na(tmp_path):
    file = tmp_path / "s.csv"
    file.write_text("series_id,year,value\nNA,2000,0\nNA,2002,3\n")
    found = read_series(file)
    assert found.ids == ("NA",)
    np.testing.assert_array_equal(found.table, [[0.0, np.nan, 3.0]])


def test_the_command_writes_quantiles(panel, tmp_path):
    write(long(panel), tmp_path / "s.csv")
    write(tasks(("x_A", 2000, 3)), tmp_path / "t.csv")
    target = tmp_path / "q.csv"
    arguments = ["backtest", str(tmp_path / "s.csv"), "--tasks", str(tmp_path / "t.csv"), "-o", str(target)]
    done = CliRunner().invoke(cli, arguments)
    assert done.exit_code == 0, done.output
    found = pd.read_csv(target)
    assert len(found) == 39
    np.testing.assert_allclose(sorted(set(found["quantile"])), LEVELS13)
    target.write_text("mine")
    assert CliRunner().invoke(cli, arguments).exit_code == 6
    assert target.read_text() == "mine"
    assert CliRunner().invoke(cli, [*arguments, "--force"]).exit_code == 0
    assert len(pd.read_csv(target)) == 39


def test_quantiles_are_saved_beside_a_file_that_is_open(panel, tmp_path, monkeypatch):
    """It had been cut off and written over in its place."""
    write(long(panel), tmp_path / "s.csv")
    write(tasks(("x_A", 2000, 3)), tmp_path / "t.csv")
    target, replace = tmp_path / "q.csv", type(tmp_path).replace
    target.write_text("mine")

    def held(part, place):
        if place == target:
            raise PermissionError(13, "held")
        return replace(part, place)

    monkeypatch.setattr(type(tmp_path), "replace", held)
    monkeypatch.setattr(output, "PAUSES", ())
    arguments = ["backtest", str(tmp_path / "s.csv"), "--tasks", str(tmp_path / "t.csv"), "-o", str(target)]
    done = CliRunner().invoke(cli, [*arguments, "--force"])
    assert (done.exit_code, target.read_text()) == (7, "mine")
    assert len(pd.read_csv(tmp_path / "q-2.csv")) == 39


def test_quantiles_for_a_reader_that_has_gone_are_no_file_that_cannot_be_written(panel, tmp_path, root):
    write(long(panel), tmp_path / "s.csv")
    write(tasks(*[("x_A", year, 5) for year in range(1990, 2010)]), tmp_path / "t.csv")
    command = [sys.executable, "-m", "forecaster", "backtest", "s.csv", "--tasks", "t.csv"]
    environment = {**os.environ, "PYTHONPATH": str(root)}
    options = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "cwd": tmp_path, "env": environment}
    with subprocess.Popen(command, **options) as program:
        program.stdout.close()
        assert program.stderr.read() == b""


def test_options_that_would_count_for_nothing_are_refused(tmp_path):
    done = CliRunner().invoke(cli, ["backtest", "--method", "theta", "--tasks", str(tmp_path / "t.csv")])
    assert done.exit_code == 2
    assert "--tasks, --method needs SERIES." in done.output
    for command in (["forecast"], ["read", "some.csv"]):
        done = CliRunner().invoke(cli, [*command, "--csv", "--json"])
        assert done.exit_code == 2
        assert "--csv and --json are two ways to print the same. Give one." in done.output


def test_the_command_needs_tasks(tmp_path):
    done = CliRunner().invoke(cli, ["backtest", str(tmp_path / "s.csv")])
    assert done.exit_code == 2
    assert "--tasks is needed" in done.output


@pytest.mark.slow
@pytest.mark.parametrize("dataset", SCORED)
def test_the_exercise_is_forecast_with_skill_and_cover(exercise, dataset):
    scorer = module(exercise / "score.py")
    every, asked = scorer.load()
    least, share = SCORED[dataset]
    found = scored(scorer, every, asked, dataset, "pooled", share)
    reference = scored(scorer, every, asked, dataset, REFERENCE, None)
    told = scorer.summarise(found)
    assert 100.0 * scorer.skill(found, reference)[0] >= least
    assert told["cov80"] == pytest.approx(80.0, abs=3.0)
    assert told["cov95"] == pytest.approx(95.0, abs=1.5)
    assert told["calerr"] <= 2.0


@pytest.mark.slow
def test_single_series_of_the_m3_competition(exercise):
    scorer = module(exercise / "score.py")
    every, asked = scorer.load()
    told = scorer.summarise(scored(scorer, every, asked, "m3", "combination", None))
    assert told["owa"] <= 0.86
    assert told["msis95"] <= 23.0
    assert 93.0 <= told["cov95"] <= 97.0


def module(file):
    spec = util.spec_from_file_location("score", file)
    found = util.module_from_spec(spec)
    spec.loader.exec_module(found)
    return found


def scored(scorer, every, asked, dataset, method, share):
    """Cells of one dataset of the exercise with a method's scores, h = 1 to 5 for defence."""
    defence = dataset in SCORED
    name = f"def_{dataset}" if defence else dataset
    wanted = every[every["dataset"] == name]
    series = side_by_side(asked, f"def_{dataset}_" if defence else "M3_")
    shares = side_by_side(asked, f"def_{share}_") if share else None
    kind = "share" if dataset == "share" else "amount"
    table = task_quantiles(series, wanted, method, kind, shares)
    return scorer.score_cells(scorer.cells(wanted, asked, 5 if defence else None), table)


def side_by_side(table, start):
    wide = table[table["series_id"].str.startswith(start)].pivot_table(
        index="series_id", columns="year", values="value"
    )
    return Panel(tuple(wide.index), tuple(int(year) for year in wide.columns), wide.to_numpy())
