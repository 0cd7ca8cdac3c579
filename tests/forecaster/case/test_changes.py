"""Values changed on the command line with --set."""

from pathlib import Path

import pytest
from click.testing import CliRunner
from invented.union import written

from forecaster.case import bundled_case, load
from forecaster.case.scenarios import run_with
from forecaster.cli import cli
from forecaster.errors import AssumptionError


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return written(tmp_path_factory.mktemp("changes") / "case")


def test_a_change_is_as_if_it_stood_in_the_file_and_says_so(folder: Path) -> None:
    case = load(
        folder, ["cost.growth_median=1.3", "run.paths=2048", "line.joint.new=1", "squeeze.rates=0.02"]
    )
    growth = case.assumptions.cost.growth_median
    assert (growth.value, growth.status, growth.range) == (1.3, "judgement", None)
    assert growth.source.startswith(
        "Changed on the command line: cost.growth_median was 1.1. Before: Between"
    )
    assert case.assumptions.run.paths == 2048
    assert case.programme.lines[0].new == 1.0
    assert case.programme.lines[0].source.startswith("Changed on the command line: line.joint.new was ")
    squeeze = next(table for table in case.scenarios if table.id == "squeeze")
    assert squeeze.levers["rates"] == 0.02
    assert squeeze.source == "Changed on the command line: squeeze.rates was 0.01. Before: invented"


def test_a_lever_that_was_neutral_is_added(folder: Path) -> None:
    case = load(folder, ["parting.budget={ BO = 0.9 }", "budgets.method=random_walk"])
    parting = next(table for table in case.scenarios if table.id == "parting")
    assert parting.levers["budget"] == {"BO": 0.9}
    assert parting.source == "Added: parting.budget. Before: invented"
    assert case.assumptions.budgets.method.value == "random_walk"


def test_a_judgement_that_is_set_has_its_range_no_more(folder: Path) -> None:
    """Else its range, which was given for another value, need not hold it."""
    case = load(folder, ["line.project.eu_share=0.9"])
    project = case.programme.lines[2]
    assert project.eu_share == 0.9
    assert [key for key, _ in case.programme.entries()] == ["line.project.new"]
    with pytest.raises(AssumptionError, match=r"line\.project\.ranges=0: unknown key"):
        load(folder, ["line.project.ranges=0"])


def test_nothing_set_is_the_case_itself(folder: Path) -> None:
    assert load(folder, []) == load(folder)


@pytest.mark.parametrize(
    ("setting", "told"),
    [
        (
            "cost.growth_medin=1.3",
            "--set, cost.growth_medin=1.3: unknown key. Did you mean cost.growth_median?",
        ),
        ("zzz=1", "--set, zzz=1: unknown key. Write section.key, scenario.lever or line.id.key."),
        ("slip", "--set, slip: is not of the form key=value, such as cost.growth_median=1.3."),
        (
            "squeeze.slip=low",
            "--set, squeeze.slip=low: 'low' is not a number; this lever takes one number for all years.",
        ),
        (
            "cost.growth_median=-1",
            "--set, cost.growth_median=-1: -1.0 is too small. Allowed: more than 0.",
        ),
        (
            "cost.growth_median=1,3",
            "--set, cost.growth_median=1,3: '1,3' is not a number. Write it with a decimal point.",
        ),
        ("cost.growth_low=1.2", "--set, cost.growth_low=1.2: growth_low is above growth_median."),
        (
            "line.joint.new=half",
            "--set, line.joint.new=half: 'half' is not a number. Write it with a decimal point.",
        ),
        (
            "run.as_of=22.11.2026",
            "--set, run.as_of=22.11.2026: '22.11.2026' is not a date. Write it as 2026-11-22.",
        ),
        ("budgets.method=poled", "--set, budgets.method=poled: unknown method 'poled'. Did you mean pooled?"),
        (
            "line.joint.amount=1000",
            "--set, line.joint.amount=1000: the lines add to 1,700, the envelope is 900 (EUR million).",
        ),
        ("baseline.slip=2", "--set, baseline.slip=2: the baseline moves no lever. Add a scenario."),
    ],
)
def test_what_cannot_be_set_is_told(folder: Path, setting: str, told: str) -> None:
    with pytest.raises(AssumptionError) as raised:
        load(folder, [setting])
    assert str(raised.value) == told
    assert len(str(raised.value).splitlines()) == 1


def test_the_command_line_sets_and_ends_with_the_code_of_assumptions(folder: Path, tmp_path: Path) -> None:
    given = [str(folder), "--paths", "1024", "--workers", "1", "--set", "squeeze.slip=-1"]
    done = CliRunner().invoke(cli, ["run", *given, "-o", str(tmp_path / "out.xlsx")], prog_name="forecaster")
    assert done.exit_code == 4
    assert (
        "--set, squeeze.slip=-1: -1.0 is too small. Allowed: more than 0, at most 10; 1 is neutral."
        in done.output
    )
    assert list(tmp_path.iterdir()) == []


def test_entries_that_a_line_leaves_out_can_be_set_too(folder: Path) -> None:
    case = load(folder, ["line.joint.participants={ AL = 0.5, BO = 0.25, NO = 0.25 }"])
    assert case.programme.lines[0].participants == {"AL": 0.5, "BO": 0.25, "NO": 0.25}
    with pytest.raises(AssumptionError, match=r"line\.joint\.id=other: unknown key"):
        load(folder, ["line.joint.id=other"])


def test_a_lever_of_a_scenario_that_is_not_run_is_refused(folder: Path, tmp_path: Path) -> None:
    options = ["--set", "squeeze.rates=0.02", "-o", str(tmp_path / "out.xlsx")]
    ended = CliRunner().invoke(cli, ["run", str(folder), "--scenario", "baseline", *options])
    assert ended.exit_code == 2
    assert (
        "--set squeeze.rates=0.02 changes a scenario that is not run. Name it too: --scenario squeeze."
        in ended.stderr
    )
    assert not (tmp_path / "out.xlsx").exists()


def test_parts_of_a_scenario_are_run_with_it() -> None:
    tables = bundled_case().scenarios
    assert {"severe", "recession"} <= run_with(tables, ["severe"])
    assert run_with(tables, ["recession+rate-shock"]) == {"recession+rate-shock", "recession", "rate-shock"}
    assert "rate-shock" not in run_with(tables, ["recession"])
