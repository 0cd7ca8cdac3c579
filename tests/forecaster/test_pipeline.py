from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from invented import golden
from invented.union import assuming, with_figures, with_lines, written

from forecaster import pipeline
from forecaster.case import Case, bundled, canonical, load
from forecaster.case.settings import settled
from forecaster.run import Run
from models.metrics import METRICS


@pytest.fixture(scope="module")
def found(invented_union: Case) -> Run:
    return pipeline.run(settled(invented_union, paths=2048), workers=1)


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> dict[str, golden.Table]:
    return dict(golden.tables(tmp_path_factory.mktemp("golden") / "case"))


@pytest.mark.parametrize("name", ["budgets", "means", "percentiles", "probabilities", "lines"])
def test_results_are_as_committed(tables: dict[str, golden.Table], name: str) -> None:
    """Where a change is meant: .venv/bin/python tests/invented/golden.py --write, and the changelog."""
    assert golden.differences(name, tables[name]) == []


def test_a_run_takes_its_settings_from_the_case(invented_union: Case, found: Run) -> None:
    assert found.settings.seed == invented_union.assumptions.run.seed
    assert found.years == tuple(range(2026, 2036))
    assert found.settings.scenarios == ("baseline", "squeeze", "parting", "sequel")
    assert found.settings.as_of == "2026-01-01"
    assert found.states == ("AL", "BO", "NO")
    assert found.statistics.paths == found.settings.paths == 2048


def test_what_is_given_overrides_the_case(invented_union: Case) -> None:
    run = pipeline.run(
        settled(invented_union, states=["NO"], scenarios=["parting"], paths=1024, seed=0, years=3), workers=1
    )
    assert run.states == ("NO",)
    assert run.settings.scenarios == ("baseline", "parting")
    assert (run.settings.seed, run.years) == (0, (2026, 2027, 2028))
    assert len(run.model.states) == 3


def test_a_choice_of_states_and_scenarios_moves_no_number(invented_union: Case, found: Run) -> None:
    run = pipeline.run(settled(invented_union, states=["NO"], scenarios=["parting"], paths=2048), workers=1)
    for scenario in ("baseline", "parting"):
        for name in METRICS:
            if found.statistics.has(name, scenario):
                one, other = (r.statistics.percentiles(name, scenario, "NO") for r in (run, found))
                assert (one == other).all()


def test_every_check_passes(found: Run) -> None:
    assert [check for check in found.checks if not check.passed] == []


def test_who_has_no_plan_for_the_year_under_way_is_named(found: Run) -> None:
    told = "BO: no budget voted, estimated or planned for 2026; forecast from its history."
    assert told in found.warnings


def test_a_method_that_had_to_stand_in_is_named(invented_union: Case) -> None:
    """Theta needs five years; a state of three goes by the random walk."""
    young = tuple(
        figure
        for figure in invented_union.budgets.figures
        if figure.code != "BO" or figure.table not in {"spending", "panel"} or int(figure.item) >= 2023
    )
    case = assuming(
        replace(invented_union, budgets=replace(invented_union.budgets, figures=young)),
        {"budgets.method": "theta"},
    )
    run = pipeline.run(settled(case, paths=1024, years=2), workers=1)
    assert "BO: forecast by random_walk where theta was asked for." in run.warnings


def test_the_same_case_has_the_same_hashes(invented_union: Case, found: Run) -> None:
    again = pipeline.run(settled(invented_union, paths=2048), workers=1)
    assert again.hashes == found.hashes
    assert again.run_id == found.run_id
    assert len(found.run_id) == 12


def test_another_seed_moves_the_tally_and_the_run_alone(invented_union: Case, found: Run) -> None:
    other = pipeline.run(settled(invented_union, paths=2048, seed=8), workers=1)
    assert other.hashes["case"] == found.hashes["case"]
    assert other.hashes["fit"] == found.hashes["fit"]
    assert other.hashes["tally"] != found.hashes["tally"]
    assert other.run_id != found.run_id


def with_weight(case: Case) -> Case:
    plans = tuple(replace(plan, weight=0.9) if plan.status == "plan" else plan for plan in case.budgets.plans)
    return replace(case, budgets=replace(case.budgets, plans=plans))


CHANGES = {
    "assumption": lambda case: assuming(case, {"cost.growth_median": 1.2}),
    "line": lambda case: with_lines(case, {"joint": {"new": 0.3}}),
    "figure": lambda case: with_figures(case, "commitments", {("AL", 2026): 1.0}),
    "scenario": lambda case: replace(case, scenarios=case.scenarios[:2]),
    "state": lambda case: replace(
        case,
        budgets=replace(
            case.budgets, states=tuple(replace(state, loan_key=True) for state in case.budgets.states)
        ),
    ),
    "weight of a plan": with_weight,
}


@pytest.mark.parametrize("change", list(CHANGES))
def test_whatever_changes_in_a_case_changes_its_hash(invented_union: Case, change: str) -> None:
    assert canonical.substance(CHANGES[change](invented_union)) != canonical.substance(invented_union)


def test_a_case_read_from_a_workbook_has_the_same_hash(tmp_path: Path) -> None:
    """The bundled case holds both forms; each by itself is the same case."""
    hashes = set()
    for form in ("*.csv", "*.xlsx"):
        folder = written(tmp_path / form[2:])
        for file in folder.glob("*.csv"):
            file.unlink()
        for file in (*bundled().glob(form), *bundled().glob("*.toml")):
            (folder / file.name).write_bytes(file.read_bytes())
        hashes.add(canonical.substance(load(folder)))
    assert len(hashes) == 1


def test_without_the_programme_means_are_those_of_the_states_alone(found: Run) -> None:
    """Strain with less strain without is the difference, in every state and year, to rounding."""
    statistics = found.statistics
    for code in found.states:
        with_, without, difference = (
            statistics.mean(name, "baseline", code)
            for name in ("strain", "strain_without", "strain_difference")
        )
        assert np.abs(with_ - without - difference).max() < 2e-9
