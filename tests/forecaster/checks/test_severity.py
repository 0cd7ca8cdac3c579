import math

import pytest

from forecaster.case.scenarios import ScenarioTable
from forecaster.checks.severity import counted, is_choice, once_in, standing, too_mild
from models.conditions import CHOICE, FIXED
from models.severity import Severity


def severity(one: float, drivers: tuple[str, ...] = ("growth",), **left_out: str) -> Severity:
    return Severity(one, 2.0 * one, drivers, tuple(left_out.items()))


def table(name: str, title: str, source: str = "Judgement") -> ScenarioTable:
    return ScenarioTable.model_construct(id=name, title=title, source=source, levers={})


@pytest.mark.parametrize(
    ("found", "word"),
    [
        (severity(1.28), "ordinary"),
        (severity(1.29), "rare"),
        (severity(2.32), "rare"),
        (severity(2.33), "extreme"),
        (severity(math.inf), "extreme"),
        (severity(1.0, committed=FIXED), "at least ordinary"),
        (severity(2.0, leaves=CHOICE), "at least rare"),
        (severity(5.0, premium=FIXED), "extreme"),
        (severity(0.0, (), pledge=CHOICE, premium=FIXED), CHOICE),
        (severity(0.0, (), premium=FIXED), FIXED),
        (severity(0.0, ()), "moves nothing"),
    ],
)
def test_how_far_out_in_a_word(found: Severity, word: str) -> None:
    """Once in ten years lies at 1.2816 standard deviations, once in a hundred at 2.3263."""
    assert standing(found) == word


def test_what_counts_is_told_with_what_does_not() -> None:
    found = severity(1.0, ("growth", "budgets"), pledge=CHOICE, leaves=CHOICE, premium=FIXED)
    assert counted(found) == (
        "random: growth, budgets; pledge, leaves: choice, no probability; premium: not random in the model"
    )
    assert counted(severity(0.0, (), pledge=CHOICE)) == "pledge: choice, no probability"


def test_return_periods_as_cells() -> None:
    assert once_in(1.2815515655446004) == pytest.approx(10.0)
    assert once_in(5.0) == once_in(40.0) == "over 10,000"
    assert once_in(math.inf) == "no shocks reach it"


def test_a_scenario_called_severe_that_is_ordinary_is_told() -> None:
    tables = [table("severe", "All together"), table("dip", "A severe dip"), table("mild", "Mild")]
    found = {"severe": severity(2.5), "dip": severity(0.8416212335729143), "mild": severity(0.1)}
    (line,) = too_mild(tables, found)
    assert not list(too_mild(tables, {**found, "dip": severity(0.8, committed=FIXED)}))
    assert line == (
        "Scenario 'dip' is called severe, but a state meets the like of it once in 5 years: within the "
        "ordinary. See the sheet Scenarios."
    )


def test_a_choice_called_severe_is_not_held_against_it() -> None:
    assert list(too_mild([table("severe", "A choice")], {"severe": severity(0.0, (), pledge=CHOICE)})) == []
    declared = table("severe", "A delay", "Choice, no probability: three years")
    assert is_choice(declared)
    assert not is_choice(table("severe", "A delay"))
    assert standing(severity(0.5), choice=True) == CHOICE
    assert list(too_mild([declared], {"severe": severity(0.5)})) == []
