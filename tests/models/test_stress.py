from collections.abc import Callable

import numpy as np
import pytest

from models.arrays import Floats
from models.shocks import drawn
from models.simulation import Draws, Model, draws, outcomes, programme
from models.strain import Outcome
from models.stress import LEVERS, scenario

STEPS = {"budget": 0.1, "prices": 0.3, "slip": 0.5, "slip_months": 12, "ukraine_slip_months": 24,
         "cost_growth": 0.1, "absorption": 0.2, "ukraine_absorption": 0.3, "additionality": 0.5}  # fmt: skip
OF_THE_TREASURY = {"rates": "safe_service", "additionality": "eu_budget"}
"""Levers that never reach the defence lens, and what they move."""


@pytest.fixture(scope="module")
def drawn_once(invented_model: Model) -> Draws:
    return draws(invented_model, drawn(5, 0, 1))


def gross_strain(outcome: Outcome) -> Floats:
    return (outcome.committed + outcome.gross_call) / outcome.investment


def found(model: Model, drawn_once: Draws, levers: dict[str, object]) -> list[Outcome]:
    stress = scenario("any", levers, len(model.years))
    union = programme(model, drawn_once, stress, in_layers=False)
    return list(outcomes(model, drawn_once, stress, union, in_layers=False))


def steps(name: str) -> list[dict[str, object]]:
    """A lever lowered, neutral and raised."""
    neutral, step = LEVERS[name].neutral, STEPS.get(name, 0.02)
    if name == "pledge":
        return [{name: weight} for weight in (0.0, 0.5, 1.0)]
    return [{name: neutral - step}, {}, {name: neutral + step}]


@pytest.mark.parametrize("name", [name for name, lever in LEVERS.items() if lever.raises])
def test_a_lever_moves_strain_as_it_declares(invented_model: Model, drawn_once: Draws, name: str) -> None:
    of: Callable[[Outcome], Floats] = gross_strain
    if name in OF_THE_TREASURY:
        metric = OF_THE_TREASURY[name]
        of = lambda outcome: getattr(outcome, metric)  # noqa: E731
    low, middle, high = (found(invented_model, drawn_once, levers) for levers in steps(name))
    moved = False
    for lower, neutral, higher in zip(low, middle, high, strict=True):
        for before, after in ((of(lower), of(neutral)), (of(neutral), of(higher))):
            change = (after - before) * LEVERS[name].raises
            assert change.min() >= -1e-12
            moved = moved or change.max() > 0.0
    assert moved


@pytest.mark.parametrize("name", [name for name, lever in LEVERS.items() if not lever.programme])
def test_a_lever_said_not_to_move_the_programme_does_not(
    invented_model: Model, drawn_once: Draws, name: str
) -> None:
    low, _, high = (scenario("any", levers, len(invented_model.years)) for levers in steps(name))
    assert low.programme == high.programme
    one, other = (programme(invented_model, drawn_once, stress, in_layers=True) for stress in (low, high))
    assert all((a == b).all() for a, b in zip(one.net, other.net, strict=True))
    assert (one.paid == other.paid).all()


@pytest.mark.parametrize(
    "name", [name for name, lever in LEVERS.items() if lever.programme and lever.form != "states"]
)
def test_a_lever_said_to_move_the_programme_does(invented_model: Model, drawn_once: Draws, name: str) -> None:
    low, _, high = (scenario("any", levers, len(invented_model.years)) for levers in steps(name))
    assert low.programme != high.programme
    one, other = (programme(invented_model, drawn_once, stress, in_layers=True) for stress in (low, high))
    assert any((a != b).any() for a, b in zip(one.net, other.net, strict=True))


def test_a_neutral_scenario_is_the_baseline_bit_for_bit(invented_model: Model, drawn_once: Draws) -> None:
    neutral = {
        name: [lever.neutral] * 10 if lever.form == "years" else lever.neutral
        for name, lever in LEVERS.items()
        if lever.form != "states"
    }
    for one, other in zip(
        found(invented_model, drawn_once, {}),
        found(invented_model, drawn_once, {**neutral, "leaves": []}),
        strict=True,
    ):
        for name in ("budget", "investment", "committed", "gross_call", "net_call", "gap", "eu_budget"):
            assert (getattr(one, name) == getattr(other, name)).all()


def test_a_list_is_neutral_after_its_end_and_cut_at_the_horizon() -> None:
    stress = scenario("any", {"budget": [0.9, 0.8], "growth": -0.01}, 3)
    assert stress.years("budget").ravel().tolist() == [0.9, 0.8, 1.0]
    assert stress.years("growth").ravel().tolist() == [-0.01, -0.01, -0.01]
    assert scenario("any", {"budget": [0.9, 0.8]}, 1).years("budget").tolist() == [[0.9]]


def test_prices_are_a_number_or_a_number_a_capability() -> None:
    assert scenario("any", {"prices": 1.5}, 1).price("drones") == 1.5
    some = scenario("any", {"prices": {"drones": 2.0}}, 1)
    assert (some.price("drones"), some.price("ammunition")) == (2.0, 1.0)


def test_who_leaves_bears_nothing_and_the_rest_bear_more(invented_model: Model, drawn_once: Draws) -> None:
    stay, leave = (found(invented_model, drawn_once, levers) for levers in ({}, {"leaves": ["AL"]}))
    assert (leave[0].gross_call == 0.0).all()
    assert np.mean(leave[2].gross_call) != np.mean(stay[2].gross_call)
