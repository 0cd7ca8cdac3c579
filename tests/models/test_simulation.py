from collections.abc import Mapping
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from invented.plain import first_draws, normal_of, plain, without_tables
from invented.union import assuming, invented, with_figures, with_lines
from openpyxl import load_workbook
from recalculate import recalculated
from reference_model import result
from reference_model.case import Case as PlainCase

from forecaster import assembly
from forecaster.case import Case, bundled_case, load
from models import tables
from models.arrays import UNION, Floats
from models.fiscal import Fiscal
from models.metrics import METRICS
from models.model import Model, draws
from models.programme import programme
from models.simulation import outcome, outcomes, standings
from models.strain import Outcome, Standing
from models.stress import scenario

QUANTITIES = tuple(
    field.name
    for record in (Standing, Outcome)
    for field in fields(record)
    if field.name in METRICS and METRICS[field.name].unit == "EUR million"
)
LAYERS = ("cofinancing", "overrun", "timing", "grant_received", "going_without", "sustainment")
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
SCENARIOS = bundled_case().scenarios
OWN = ("squeeze", "parting", "sequel")


@pytest.fixture(scope="module", params=list(UNIONS))
def union(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Case, Model, PlainCase]:
    case = UNIONS[request.param](tmp_path_factory.mktemp(request.param) / "case")
    years = range(2026, 2026 + case.assumptions.run.years)
    found = assembly.budget_forecast(case, tuple(years))
    return case, assembly.model(case, found), plain(case, found)


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
    ways = outcomes(model, drawn, stress, paid)
    for place, found in zip((*case.budgets.codes, UNION), ways, strict=True):
        for name in (*QUANTITIES, *LAYERS):
            values = METRICS[name].of(found)
            pairs[place, name] = values, np.array([one.places[place][name] for one in expected]).T
        for name, values in (("balance_points", found.points.balance), ("debt_points", found.points.debt)):
            pairs[place, name] = values, np.array([one.places[place][name] for one in expected]).T
    later = [f"next {lot.name}" for lot in model.lots] if "successor" in given else []
    names = [lot.name for lot in model.lots] + later
    for lot, bought in zip(names, paid.purchases, strict=True):
        for name in OF_A_LOT:
            values = bought.planned if name == "planned" else getattr(bought.outlay, name)
            pairs[lot, name] = values, np.array([one.lots[lot][name] for one in expected]).T
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
def test_tables_move_no_quantity_by_more_than_a_millionth_of_its_size(
    union: tuple[Case, Model, PlainCase], name: str
) -> None:
    case, model, _ = union
    pairs = both(union, model, levers_named(case, name), 32)
    worst = {at: float(np.max(np.abs(x - y))) / size(pairs, *at) for at, (x, y) in pairs.items()}
    assert {at: error for at, error in worst.items() if not error < 1e-6} == {}


def size(pairs: Pairs, place: str, name: str) -> float:
    """Largest value of a quantity, in a lot of any of its quantities; at least EUR 1 m."""
    names = OF_A_LOT if ":" in place else (name,)
    return max(1.0, *(float(np.max(np.abs(pairs[place, one][1]))) for one in names))


def one_state(model: Model) -> Model:
    """One state, one contract, four years; without shocks every draw is the median."""
    flat = np.ones(4)
    lot = replace(
        next(lot for lot in model.lots if lot.line == "joint"),
        amount=20.0,
        eu_share=0.15,
        new=0.25,
        steps=((0.0, 0.3),),
        milestones=0.7,
        duration=(24.0, 24.0),
        cost_growth=tables.lognormal(1.1, 0.15),
        sustainment=0.08,
        minimum=1,
        keys=(1.0,),
    )
    state = replace(
        model.states[0],
        median=1000.0 * flat,
        spread=model.states[0].spread[:4],
        pledge_pull=0.0 * flat,
        investment_share=0.3 * flat,
        scale=1.0,
        plan=300.0 * flat,
        contracted=np.nan * flat,
        safe_loans=np.array([150.0, 850.0]),
        safe_draw=np.array([150.0, 212.5, 212.5, 212.5]),
    )
    return replace(
        model,
        years=model.years[:4],
        lots=(lot,),
        timing=replace(model.timing, calls=((0.0, 1.0),), lag=(6.0, 6.0), payment_spread=0.25),
        participation=replace(
            model.participation, states=("AL",), investment=(300.0,), chance=(300.0,), joins=(True,)
        ),
        capacity=replace(
            model.capacity,
            budget_rho=model.capacity.budget_rho[:4],
            committed=model.capacity.committed[:4],
            cost_phase=model.capacity.cost_phase[:4],
            legacy_cost=tables.lognormal(1.1, 0.15),
        ),
        states=(state,),
        financing=replace(
            model.financing,
            gni_key=np.ones((1, 4)),
            loan_key=np.ones((1, 4)),
            ukraine_interest=np.array([0.0, 1750.0, 3500.0, 3500.0]),
            safe_schedules=np.array([[1.0, 0.0, 0.0, 0.0], [0.0, 0.25, 0.25, 0.25]]),
        ),
        fiscal=first_state(model.fiscal, 4),
    )


def first_state(fiscal: Fiscal, years: int) -> Fiscal:
    """The first years of the first state."""
    arrays = {f.name: getattr(fiscal, f.name) for f in fields(fiscal)}
    cut = {name: x[:1, :years] if x.ndim == 2 else x[:1] for name, x in arrays.items() if np.ndim(x)}
    return replace(fiscal, **cut)


WORKED = Path(__file__).parents[1] / "invented" / "one_state.xlsx"
"""The same worked by hand in a spreadsheet, formula by formula, from the design alone."""

BY_HAND = (
    "cofinancing", "overrun", "timing", "grant_received", "sustainment", "going_without", "gross_call",
    "net_call", "investment", "committed", "strain", "strain_without", "gap", "plan_gap", "eu_budget",
    "safe_service",
)  # fmt: skip


def worked(file: Path) -> dict[str, list[float]]:
    """Rows of the spreadsheet that have a value a year, by the name in the first column."""
    sheet = load_workbook(file, data_only=True).active
    rows = (row[:6] for row in sheet.iter_rows(values_only=True))
    return {
        str(row[0]): [float(x) for x in row[2:]] for row in rows if row[0] and isinstance(row[5], int | float)
    }


@pytest.mark.parametrize("name", BY_HAND)
def test_one_state_and_one_contract_worked_by_hand(invented_model: Model, name: str) -> None:
    state, union = outcome(
        one_state(invented_model), lambda _, rows: np.zeros((rows, 1)), scenario("any", {}, 4)
    )
    for one in (state, union):
        values = METRICS[name].of(one)[:, 0]
        # tables instead of exp and the profile: 1e-5 of the largest value, as against the reference model
        assert values.tolist() == pytest.approx(worked(WORKED)[name], rel=1e-5, abs=1e-5)


@pytest.mark.libreoffice
def test_the_spreadsheet_recalculates_to_what_it_shows(tmp_path: Path) -> None:
    assert worked(recalculated(WORKED, tmp_path)) == {
        name: pytest.approx(values, rel=1e-12) for name, values in worked(WORKED).items()
    }


def test_a_budget_in_another_currency_bears_the_moved_rate_of_loans_it_serves(invented_model: Model) -> None:
    abroad = replace(invented_model.states[0], currency_sd=0.05)
    found = {}
    for pays in (False, True):
        state = replace(abroad, pays_loan=pays)
        model = replace(invented_model, states=(state, *invented_model.states[1:]))
        drawn = draws(model, first_draws(1, 4))
        found[pays] = next(standings(model, drawn, scenario("any", {}, len(model.years))))
    euro = drawn.states[0].euro
    assert euro is not None
    assert found[False].safe_service[-1].min() > 100.0
    more, owed = found[True].committed - found[False].committed, found[False].safe_service * euro
    np.testing.assert_allclose(more, owed, rtol=1e-9)
    missing = found[False].plan_gap > 0.0
    assert missing.any()
    more = found[True].plan_gap - found[False].plan_gap
    np.testing.assert_allclose(more[missing], owed[missing], rtol=1e-9)


def test_a_union_of_no_states_has_no_outcome(invented_model: Model) -> None:
    empty = replace(invented_model, states=())
    stress = scenario("any", {}, len(empty.years))
    drawn = draws(empty, first_draws(1, 2))
    union = programme(empty, drawn, stress, in_layers=False)
    assert list(outcomes(empty, drawn, stress, union)) == []
