"""Forerunners of the programme, replayed from what was known at their start against what happened."""

from functools import cache
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from forecaster import assembly
from forecaster.case import EXAMPLES, bundled, bundled_case, examples, init, load
from forecaster.cli import cli
from forecaster.toml import PROGRAMME
from models.arrays import Floats
from models.model import Draws, draws
from models.programme import Programme, programme
from models.shocks import drawn
from models.stress import scenario

YEARS = tuple(range(2023, 2033))
TABLE = (bundled() / EXAMPLES / "README.md").read_text("utf-8")


@cache
def replayed(folder: Path, share: str) -> tuple[Draws, Programme]:
    case = load(folder, ["run.base_year=2022", f"award.procurement_case={share}"])
    model = assembly.model(case, assembly.budget_forecast(case, YEARS))
    random = draws(model, drawn(1, 0, 8))
    return random, programme(model, random, scenario("baseline", {}, len(YEARS)), in_layers=False)


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    found = {name: tmp_path_factory.mktemp(name) for name in examples()}
    for name, folder in found.items():
        init(folder, csv=True, force=False, example=name)
    return found


def band(values: Floats) -> tuple[float, float]:
    low, high = np.quantile(values, [0.05, 0.95])
    return float(low), float(high)


def where(value: float, low: float, high: float) -> str:
    return "below" if value < low else "above" if value > high else "inside"


def test_the_examples_are_those_the_readme_names() -> None:
    assert examples() == ("asap", "edirpa")


@pytest.mark.parametrize(
    ("name", "share", "happened", "found"),
    [
        ("asap", "default", 1400.0, "inside"),
        ("edirpa", "observed", 11_000.0, "inside"),
        ("edirpa", "legal", 11_000.0, "above"),
        ("edirpa", "default", 11_000.0, "above"),
    ],
)
def test_the_value_of_contracts_set_off(
    folders: dict[str, Path], name: str, share: str, happened: float, found: str
) -> None:
    """Published outcomes; the README beside the examples tells the same bands and why two of them miss."""
    _, union = replayed(folders[name], share)
    low, high = band(sum((one.outlay.value for one in union.purchases), np.zeros(1)))
    assert where(happened, low, high) == found
    assert f"EUR {low:,.0f} to {high:,.0f} m" in TABLE


@pytest.mark.parametrize(("name", "days", "found"), [("asap", 149, "inside"), ("edirpa", 112, "below")])
def test_the_time_from_call_to_award(folders: dict[str, Path], name: str, days: int, found: str) -> None:
    """18 October 2023 to 15 March 2024; 25 July to 14 November 2024."""
    random, _ = replayed(folders[name], "observed")
    low, high = band(12.0 * random.lots[0].lag)
    months = days * 12.0 / 365.0
    assert where(months, low, high) == found
    assert f"{low:.1f} to {high:.1f} | {months:.1f}" in TABLE


def test_payments_stop_at_the_deadline_and_all_is_accounted_for(folders: dict[str, Path]) -> None:
    _, union = replayed(folders["edirpa"], "observed")
    for one in (bought.outlay for bought in union.purchases):
        assert (one.paid[list(YEARS).index(2029) + 1 :] == 0.0).all()
        assert one.paid.sum(axis=0) + one.paid_beyond + one.decommitted == pytest.approx(one.committed)


def test_another_programme_runs_without_code(tmp_path: Path) -> None:
    run = CliRunner().invoke
    done = run(cli, ["init", str(tmp_path / "case"), "--programme", "asap"], prog_name="forecaster")
    assert done.exit_code == 0
    assert (tmp_path / "case" / PROGRAMME).read_bytes() == (bundled() / EXAMPLES / "asap.toml").read_bytes()
    given = [
        "run",
        str(tmp_path / "case"),
        "--set",
        "run.base_year=2022",
        "--paths",
        "1024",
        "--workers",
        "1",
    ]
    done = run(cli, [*given, "-o", str(tmp_path / "asap.xlsx")], prog_name="forecaster")
    assert done.exit_code == 0, done.output
    assert "Programme: EUR 513 m" in done.output
    wrong = run(cli, ["init", str(tmp_path / "other"), "--programme", "asp"], prog_name="forecaster")
    assert wrong.exit_code == 2
    assert "'asp' is not a programme of this case. Did you mean asap?" in wrong.output


def test_the_bundled_programme_is_kept_where_none_is_named(tmp_path: Path) -> None:
    init(tmp_path, csv=True, force=False)
    assert load(tmp_path).programme == bundled_case().programme
