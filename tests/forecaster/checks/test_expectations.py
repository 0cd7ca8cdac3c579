"""What a run says of scenarios that do not do what they should."""

import pytest
from invented.union import invented

from forecaster import assembly
from forecaster.case import Case
from forecaster.checks.expectations import found, unexpected
from forecaster.engine import simulate
from models.statistics import Statistics


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Case:
    return invented(tmp_path_factory.mktemp("expectations") / "case")


@pytest.fixture(scope="module")
def statistics(case: Case) -> Statistics:
    model = assembly.model(case, assembly.budget_forecast(case, range(2026, 2036)))
    return simulate(model, assembly.scenarios(case, (), 10), 2048, 7, None, lambda *_: None).statistics


def test_directions_are_those_of_the_means(statistics: Statistics) -> None:
    assert found(statistics, "strain", "squeeze", "baseline") == "up"
    assert found(statistics, "investment", "squeeze", "baseline") == "down"
    assert found(statistics, "eu_budget", "sequel", "baseline") == "up"
    assert found(statistics, "strain", "baseline", "baseline") == "none"
    assert found(statistics, "red", "squeeze", "baseline") in {"up", "none"}


def test_a_scenario_that_keeps_its_word_is_not_told(case: Case, statistics: Statistics) -> None:
    assert list(unexpected(case.scenarios, statistics, case.budgets.codes)) == []


def test_a_scenario_that_breaks_its_word_is(case: Case, statistics: Statistics) -> None:
    tables = [
        table.model_copy(update={"expects": {"strain": "down"}}) if table.id == "squeeze" else table
        for table in case.scenarios
    ]
    assert list(unexpected(tables, statistics, case.budgets.codes)) == [
        "Scenario squeeze: strain was expected to move down, found: up."
    ]


def test_a_combination_milder_than_a_part_is_told(case: Case, statistics: Statistics) -> None:
    """The baseline passed off as a combination that holds the squeeze."""
    tables = [case.scenarios[0].model_copy(update={"parts": ("squeeze",)}), *case.scenarios[1:]]
    told = list(unexpected(tables, statistics, case.budgets.codes))
    worse = [
        code
        for code in case.budgets.codes
        if statistics.any_year("red", "squeeze", code) > statistics.any_year("red", "baseline", code) + 0.05
    ]
    assert worse
    assert [line.split(" a red year")[0] for line in told] == [
        f"Scenario baseline: in {code}" for code in worse
    ]


def test_scenarios_come_resolved(case: Case) -> None:
    sequel = next(one for one in assembly.scenarios(case, ("sequel",), 3) if one.id == "sequel")
    assert sequel.years("budget", "BO").ravel().tolist() == [1.0, 0.9, 1.0]
    assert sequel.years("growth", "NO").ravel().tolist() == [-0.01] * 3
    assert sequel.years("growth", "AL").ravel().tolist() == [0.0, 0.01, 0.0]
