from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from invented.plain import first_draws, normal_of, plain, without_tables
from invented.union import assuming, invented, with_figures, with_lines
from reference_model import Case as PlainCase
from reference_model import result

from forecaster import build
from forecaster.case import Case, bundled, load
from models.arrays import UNION, Floats
from models.simulation import Model, draws, outcomes, programme
from models.strain import Outcome
from models.stress import scenario

QUANTITIES = tuple(f.name for f in fields(Outcome) if f.name != "layers")
LAYERS = ("cofinancing", "overrun", "timing", "grant_received", "sustainment")
OF_A_LOT = (
    "committed", "paid", "paid_beyond", "decommitted", "planned", "slipped", "actual", "actual_beyond",
)  # fmt: skip


def drawn_union(folder: Path) -> Case:
    """Two of three states in a contract, all by lot but one line; ten years."""
    return assuming(invented(folder), {"participation.states_per_contract": 2})


def named_union(folder: Path) -> Case:
    """Named states everywhere, a ministry's own investment and commitments, another case; five years."""
    named = {"AL": 0.7, "BO": 0.0, "NO": 0.3}
    folder.mkdir()
    case = invented(folder, years=5, seed=11)
    commitments = "code,year,amount,source\nNO,2026,2600,own\nNO,2027,2100,own\n"
    (folder / "commitments.csv").write_text(commitments, "utf-8")
    case = with_figures(load(folder), "investment", {("NO", 2026): 3700.0, ("NO", 2028): 4100.0})
    case = assuming(case, {"award.procurement_case": "legal", "treasury.additionality": 0.6})
    return with_lines(case, {line.id: {"participants": named} for line in case.programme.lines})


def long_union(folder: Path) -> Case:
    """Twenty years, so that loans are repaid; one state a contract, one only where named."""
    case = assuming(
        invented(folder, years=20, seed=12),
        {
            "participation.states_per_contract": 1,
            "cost.growth_low": 0.95,
            "safe.grace": 4,
            "safe.repayment": 6,
        },
    )
    return with_lines(case, {"joint": {"min_participants": 1}, "project": {"min_participants": 1}})


UNIONS = {"drawn": drawn_union, "named": named_union, "long": long_union}
SCENARIOS = load(bundled()).scenarios
OWN = ("squeeze", "parting")


@pytest.fixture(scope="module", params=list(UNIONS))
def union(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Case, Model, PlainCase]:
    case = UNIONS[request.param](tmp_path_factory.mktemp(request.param) / "case")
    years = range(2026, 2026 + case.assumptions.run.years)
    found = build.budget_forecast(case, tuple(years))
    return case, build.model(case, found), plain(case, found)


Pairs = dict[tuple[str, str], tuple[Floats, Floats]]
"""(place or lot, quantity) -> found and expected, shapes (year, draw) or (draw,)."""


def both(union: tuple[Case, Model, PlainCase], model: Model, given: Mapping[str, Any], count: int) -> Pairs:
    """Every quantity of every place and lot as the model and as the reference find it."""
    case, _, simple = union
    seed = case.assumptions.run.seed
    stress = scenario("any", given, len(model.years))
    drawn = draws(model, first_draws(seed, count))
    paid = programme(model, drawn, stress, in_layers=True)
    expected = [result(simple, given, normal_of(seed, draw)) for draw in range(count)]
    pairs: Pairs = {}
    ways = outcomes(model, drawn, stress, paid, in_layers=True)
    for place, outcome in zip((*case.budgets.codes, UNION), ways, strict=True):
        for name in (*QUANTITIES, *LAYERS):
            values = getattr(outcome.layers if name in LAYERS else outcome, name)
            pairs[place, name] = values, np.array([one.places[place][name] for one in expected]).T
    for lot, outlay, planned in zip(model.lots, paid.outlays, paid.planned, strict=True):
        for name in OF_A_LOT:
            values = planned if name == "planned" else getattr(outlay, name)
            pairs[lot.name, name] = values, np.array([one.lots[lot.name][name] for one in expected]).T
    return pairs


def levers_named(case: Case, name: str) -> Mapping[str, Any]:
    """Levers of a bundled or own scenario, its leavers among the states of the case."""
    table = next(one for one in (*SCENARIOS, *case.scenarios) if one.id == name)
    return {**table.levers, "leaves": ["AL"]} if "leaves" in table.levers else table.levers


@pytest.mark.parametrize("name", [table.id for table in SCENARIOS] + list(OWN))
def test_without_tables_the_model_is_the_reference(union: tuple[Case, Model, PlainCase], name: str) -> None:
    case, model, _ = union
    pairs = both(union, without_tables(case, model), levers_named(case, name), 16)
    worst = {at: float(np.max(np.abs(x - y) / np.maximum(np.abs(y), 1.0))) for at, (x, y) in pairs.items()}
    assert {at: error for at, error in worst.items() if not error < 1e-9} == {}


@pytest.mark.parametrize("name", ["baseline", "severe", *OWN])
def test_tables_move_no_quantity_by_more_than_a_hundred_thousandth_of_its_size(
    union: tuple[Case, Model, PlainCase], name: str
) -> None:
    case, model, _ = union
    pairs = both(union, model, levers_named(case, name), 32)
    worst = {at: float(np.max(np.abs(x - y))) / size(pairs, *at) for at, (x, y) in pairs.items()}
    assert {at: error for at, error in worst.items() if not error < 1e-5} == {}


def size(pairs: Pairs, place: str, name: str) -> float:
    """Largest value of a quantity, in a lot of any of its quantities; at least EUR 1 m."""
    names = OF_A_LOT if ":" in place else (name,)
    return max(1.0, *(float(np.max(np.abs(pairs[place, one][1]))) for one in names))
