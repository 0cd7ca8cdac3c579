"""A chain says what the workbook says, and its formulas give its numbers."""

import json
import re
from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from chains import agree, by_hand, steps, value_at
from click.testing import CliRunner
from invented.union import assuming, invented, with_figures, written
from recalculate import values

from forecaster import case, pipeline, workbook
from forecaster.cli import cli
from forecaster.explain import budget
from forecaster.explain.calls import by_line
from forecaster.explain.chain import chain
from forecaster.explain.spot import Spot
from forecaster.explain.steps import Step
from forecaster.explain.told import lines, shown
from models.metrics import METRICS

STATES = ("AL", "BO", "NO")
YEARS = (2026, 2028, 2030, 2035)


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """The invented union in three scenarios; AL has figures of its own; two of three join a contract."""
    found = invented(tmp_path_factory.mktemp("explain") / "case", paths=2048)
    found = with_figures(found, "commitments", {("AL", 2030): 7000.0})
    found = with_figures(found, "investment", {("AL", 2028): 7500.0})
    return pipeline.run(assuming(found, {"participation.states_per_contract": 2}), workers=1)


@pytest.fixture(scope="module")
def chained(run):
    """Chains of the run, each worked out once."""
    return cache(lambda state, year, scenario: chain(run, state, year, scenario, run.case))


@pytest.fixture(scope="module")
def book(run, tmp_path_factory):
    """The values of its workbook."""
    target = tmp_path_factory.mktemp("book") / "report.xlsx"
    workbook.write(run, target, force=False)
    return values(target)


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("scenario", ["baseline", "squeeze", "parting"])
def test_every_number_with_a_cell_is_the_number_in_it(chained, book, state, scenario):
    for year in YEARS:
        assert agree(chained(state, year, scenario), book) >= 20


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("scenario", ["baseline", "squeeze", "parting"])
def test_formulas_give_their_numbers(chained, state, scenario):
    worked = 0
    for year in YEARS:
        for step in steps(chained(state, year, scenario)):
            if (value := by_hand(step.formula)) is not None:
                assert value == pytest.approx(step.value, rel=2e-4, abs=1e-6), step
                worked += 1
    assert worked >= 10 * len(YEARS)


def test_arithmetic_is_read_up_to_the_words():
    assert by_hand("2 x 3.5 - 1, the planned budget") == 6.0
    assert by_hand("1,000.00 / 4^2, at most 1") == 62.5
    assert by_hand("(2 + 3) x 0.5^(3 / 5)") == pytest.approx(5 * 0.5**0.6)
    assert by_hand("mean of 3 shares") is None
    assert by_hand("as published") is None


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("scenario", ["baseline", "squeeze", "parting"])
def test_the_chain_ends_where_the_model_does_without_a_shock(run, chained, state, scenario):
    for year in YEARS:
        spot = Spot(run, state, year, scenario)
        found = {step.name: step.value for step in steps(chained(state, year, scenario))}
        last = f", '{scenario}'" if spot.stressed else ""
        for name, field in (
            ("budget on", "budget"),
            ("investment money on", "investment"),
            ("signed before on", "committed"),
        ):
            (step,) = [
                value for key, value in found.items() if key.startswith(name) and key.endswith(f"path{last}")
            ]
            assert step == pytest.approx(spot.at(METRICS[field].of(spot.outcome)), rel=1e-9)


@pytest.mark.parametrize("state", STATES)
def test_lines_add_up_to_the_calls_of_the_workbook(run, state):
    for year in YEARS[1:]:
        for scenario in run.settings.scenarios:
            spot = Spot(run, state, year, scenario)
            found = by_line(spot).values()
            for field, metric in (("gross", "gross_call"), ("net", "net_call")):
                mean = spot.at(run.statistics.mean(metric, scenario, state))
                assert sum(getattr(line, field) for line in found) == pytest.approx(mean, abs=0.002)
            if not spot.stressed:
                mean = spot.at(run.statistics.mean("cofinancing", scenario, state))
                assert sum(line.cofinancing for line in found) == pytest.approx(mean, abs=0.002)


def test_a_ministrys_own_figures_are_told(chained):
    of_2030 = {step.name: step for step in steps(chained("AL", 2030, "baseline"))}
    assert of_2030["the ministry's own contracted payments of 2030"].value == 7000.0
    of_2028 = {step.name: step for step in steps(chained("AL", 2028, "baseline"))}
    own = of_2028["the ministry's own planned investment of 2028"]
    assert (own.value, own.kind) == (7500.0, "input")
    assert of_2028["planned investment"].value == pytest.approx(7500.0)


@pytest.mark.parametrize(
    ("as_of", "told"), [("", "MoD (read at C)"), ("2026-07", "MoD (read at C, 2026-07)")]
)
def test_when_a_plan_was_read_is_told_where_it_is_known(run, as_of, told):
    plan = replace(run.case.budgets.plans[0], source="MoD", confidence="C", as_of=as_of)
    plans = (plan, *run.case.budgets.plans[1:])
    seen = replace(run, case=replace(run.case, budgets=replace(run.case.budgets, plans=plans)))
    assert budget.planned(Spot(seen, plan.code, 2028, "baseline"), plan).source == told


def test_what_is_simulated_is_marked(chained):
    kinds = {step.name: step.kind for step in steps(chained("NO", 2028, "baseline"))}
    assert kinds["P(red)"] == "simulated"
    assert kinds["all lines: net call"] == "simulated"
    assert kinds["median without the pledge"] == "fitted"
    assert kinds["investment money on the median path"] == "computed"
    assert kinds["spent in 2025"] == "input"
    assert kinds["red: strain above"] == "assumption"


def test_a_plan_is_told_with_the_pair_it_grows_by(chained):
    # NO: 11,616.0 spent in 2025; the estimate of 2025 is 11,000, the voted budget of 2026 11,800
    found = {step.name: step for step in steps(chained("NO", 2026, "baseline"))}
    carried = found["voted budget of 2026, in the series used"]
    assert carried.value == pytest.approx(11616.0 * 11800.0 / 11000.0)
    assert carried.formula.startswith("11,616.00 x 11,800.00 / 11,000.00")
    assert found["estimate budget of 2025, nato"].value == 11000.0


def test_a_vote_after_a_plan_is_told_with_its_weight(run):
    status = tuple((*row[:2], "voted", *row[3:]) for row in run.forecast.plan_status)
    voted = replace(run, forecast=replace(run.forecast, plan_status=status))
    names = [step.name for step in budget.budget(Spot(voted, "AL", 2028, "baseline")).steps]
    assert "voted budget of 2028, in the series used" in names
    assert "weight of a plan against the forecast" in names


def test_lines_read_like_a_calculation(chained):
    text = "\n".join(lines(chained("AL", 2028, "squeeze")))
    assert text.startswith("Alderland (AL) 2028, scenario 'squeeze': from inputs to strain")
    assert re.search(r"  spent in 2025: 20,470\.50 EUR m  \[read, Inputs![A-Z]+\d+\]", text)
    assert re.search(r"  P\(red\): .* %  \[simulated, Strain![A-Z]+\d+\]", text)
    assert "moved by 'squeeze'" in text


def test_what_a_scenario_makes_of_a_quantity_is_the_models_answer_and_not_the_other_way_round(run):
    spot = Spot(run, "AL", 2028, "squeeze")
    moved, factor = budget.scenario_steps(spot, "budget", 200.0, 150.0)
    assert moved.value == 150.0
    assert (moved.kind, moved.formula) == ("modelled", f"the same path with {spot.levers}")
    assert (factor.value, factor.formula) == (0.75, "150 / 200")


def test_a_lever_that_differs_by_state_is_told_as_the_state_has_it(run):
    spot = Spot(run, "AL", 2028, "squeeze")
    levers = {"budget": {"AL": 0.9, "NO": 0.8, "others": 0.7}, "prices": {"drones": 2.0}}
    tables = tuple(
        table.model_copy(update={"levers": levers}) if table.id == "squeeze" else table
        for table in run.case.scenarios
    )
    spot = replace(spot, run=replace(run, case=replace(run.case, scenarios=tables)))
    assert spot.levers.startswith("defence budgets 0.9; ")
    assert replace(spot, code="EA").levers.startswith("defence budgets 0.7; ")
    assert "'drones': 2.0" in spot.levers


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (0.0815, "share", "8.15 %"),
        (2035, "year", "2035"),
        (12345.678, "EUR m", "12,345.68 EUR m"),
        (1.0353, "factor", "1.0353 factor"),
        ("legal", "case", "legal"),
    ],
)
def test_a_value_is_shown_with_its_unit(value, unit, text):
    assert shown(Step("x", value, unit, "computed")) == text


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return written(tmp_path_factory.mktemp("explained") / "case", paths=1024, years=3)


def invoke(*args):
    return CliRunner().invoke(cli, ["explain", *map(str, args)], prog_name="forecaster")


@pytest.mark.parametrize("scenario", ["baseline", "squeeze", "parting"])
def test_a_state_is_explained_from_a_folder_and_from_its_report(folder, tmp_path, scenario):
    """Two scenarios are simulated at most, yet run id, numbers and cells are those of the whole report."""
    report = tmp_path / "report.xlsx"
    whole = pipeline.run(case.load(folder), workers=1)
    workbook.write(whole, report, force=False)
    one = invoke("Alderland", 2027, folder, "--json", "--scenario", scenario)
    assert one.exit_code == 0, one.output
    assert one.stdout == invoke("AL", 2027, report, "--json", "--scenario", scenario).stdout
    told = json.loads(one.stdout)
    assert told["run_id"] == whole.run_id
    assert [chapter["title"] for chapter in told["chapters"]] == [
        "Defence budget",
        "Investment money",
        "Signed before",
        "Call of the programme",
        "Strain",
    ]
    assert (told["state"], told["year"], told["scenario"], told["paths"]) == ("AL", 2027, scenario, 1024)
    book = values(report)
    placed = [step for chapter in told["chapters"] for step in chapter["steps"] if step["cell"]]
    assert len(placed) > 20
    for step in placed:
        cell = value_at(book, step["cell"])
        assert cell == (step["value"] if isinstance(step["value"], str) else pytest.approx(step["value"]))


def test_only_what_is_asked_about_is_simulated(folder, monkeypatch):
    ran = []
    real = pipeline.run

    def seen(*args, **options):
        ran.append(real(*args, **options))
        return ran[-1]

    monkeypatch.setattr(pipeline, "run", seen)
    invoke("AL", 2027, folder, "--scenario", "parting", "--quiet")
    invoke("AL", 2027, folder, "--quiet")
    assert [one.settings.scenarios for one in ran] == [("baseline", "parting"), ("baseline",)]
    assert [one.drivers for one in ran] == [None, None]


def test_an_assumption_goes_by_its_key_where_a_report_sorts_them(run):
    """Their order in such a report is that of effects, which `explain` does not look for."""
    given = run.case.assumptions.run.model_copy(update={"drivers": True})
    sorts = replace(run.case, assumptions=run.case.assumptions.model_copy(update={"run": given}))
    places = {
        step.name: found.addresses.of(step.ref)
        for found in [chain(run, "AL", 2028, "baseline", sorts)]
        for step in steps(found)
    }
    assert places["red: strain above"] == "Assumptions, strain.red"
    assert places["P(red)"].startswith("Strain!")


def test_a_combination_is_explained(folder):
    told = json.loads(invoke("NO", 2026, folder, "--scenario", "squeeze+parting", "--json").stdout)
    assert told["scenario"] == "squeeze+parting"


@pytest.mark.parametrize(
    ("args", "told"),
    [
        (("AL", 2029), "2029 is not projected by this case, which has the years 2026 to 2028."),
        (("AX", 2027), "'AX' is not a state of this case."),
        (("AL", "soon"), "'soon' is not a valid integer."),
        (("AL", 2027, "--scenario", "squeze"), "Did you mean squeeze?"),
    ],
)
def test_what_cannot_be_explained_is_told(folder, args, told):
    ended = invoke(*args[:2], folder, *args[2:])
    assert ended.exit_code == 2
    assert told in ended.stderr


@pytest.mark.parametrize(
    ("settings", "there"),
    [({"states": '["NO", "BO"]'}, "BO, NO"), ({"ministry": '"NO"'}, "NO")],
)
def test_a_state_that_the_report_does_not_show_is_told(tmp_path, settings, there):
    folder = written(tmp_path / "case", paths=1024, drivers="false", **settings)
    ended = invoke("AL", 2027, folder)
    assert ended.exit_code == 2
    assert (
        f"AL is not in this report, which shows {there} alone. Give the report of all states." in ended.stderr
    )


def test_the_median_path_has_no_shock(run):
    spot = Spot(run, "AL", 2028, "baseline")
    assert np.isfinite(spot.outcome.strain).all()
    assert spot.outcome.strain.shape == (10, 1)
