"""The model as a deterministic function of its shocks: `outcome` draws nothing."""

from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from operator import attrgetter

import numpy as np

from models import capacity, financing, fiscal, participation, strain
from models.arrays import UNION, Floats
from models.capacity import Capacity, State
from models.compiled import compiled
from models.economy import Economy, Prices, levered, prices
from models.financing import Bill, Financing, Layers
from models.fiscal import Calls as FiscalCalls
from models.fiscal import Draws as FiscalDraws
from models.fiscal import Fiscal, Points
from models.lots import Lot, LotDraws, Successor, Timing, lot_draws, mixed_lots
from models.outlays import LotOutlay, lot_outlay, planned
from models.participation import Participation
from models.shocks import Shocks
from models.strain import Outcome, Thresholds
from models.stress import Scenario

MONEY = (
    "budget",
    "investment",
    "committed",
    "gross_call",
    "net_call",
    "gap",
    "gap_without",
    "eu_budget",
    "safe_service",
)
"""Fields of an outcome that the union adds up in every scenario, (year, draw)."""

SUMMED = attrgetter(*MONEY)
LAYERS = attrgetter(*(field.name for field in fields(Layers)))
"""All of an outcome's money, all of its layers."""


@dataclass(frozen=True)
class Model:
    """All a worker needs: arrays and numbers, nothing else. years: the projected calendar years.

    successor: the programme again, later, where a scenario asks for it.
    """

    years: tuple[int, ...]
    economy: Economy
    timing: Timing
    lots: tuple[Lot, ...]
    successor: Successor
    participation: Participation
    capacity: Capacity
    states: tuple[State, ...]
    financing: Financing
    fiscal: Fiscal
    thresholds: Thresholds


@dataclass(frozen=True)
class Draws:
    """All that is random, before any lever. keys: share of each lot's national bill (lot, state, draw).

    fiscal: one a state; empty where nobody asks for points of GDP.
    """

    prices: Prices
    lots: tuple[LotDraws, ...]
    keys: Floats
    states: tuple[capacity.Draws, ...]
    fiscal: tuple[FiscalDraws, ...] = ()


@dataclass(frozen=True)
class Programme:
    """Contracts and payments in a scenario, and what they call from each state. Money (year, draw).

    lots: what is bought, a successor's included, with outlays and planned in their order; planned: contract
    on planned dates, given where calls are taken apart; paid: EU payments of all lots; gross, net:
    calls in each state's own money (state, year, draw).
    """

    lots: tuple[Lot, ...]
    outlays: tuple[LotOutlay, ...]
    planned: tuple[Floats | None, ...]
    paid: Floats
    bills: tuple[Bill, ...]
    gross: Floats
    net: Floats


def outcome(model: Model, shocks: Shocks, scenario: Scenario) -> tuple[Outcome, ...]:
    """Every state's outcome, in the order of the model, and the union's last."""
    drawn = draws(model, shocks)
    return tuple(
        outcomes(model, drawn, scenario, programme(model, drawn, scenario, in_layers=True), in_layers=True)
    )


def draws(model: Model, shocks: Shocks) -> Draws:
    """What all scenarios share."""
    common = prices(model.economy, shocks, len(model.years))
    states = tuple(capacity.draws(state, model.capacity, model.economy, shocks) for state in model.states)
    return Draws(
        prices=common,
        lots=tuple(lot_draws(lot, model.timing, shocks) for lot in model.lots),
        keys=participation.keys(model.participation, model.lots, shocks),
        states=states,
        fiscal=tuple(
            fiscal.draws(model.fiscal, index, state, model.economy, own.gdp, common.rate)
            for index, (state, own) in enumerate(zip(model.states, states, strict=True))
            if own.gdp is not None
        ),
    )


def programme(model: Model, drawn: Draws, scenario: Scenario, *, in_layers: bool) -> Programme:
    """Outlays of every lot and calls on every state; in_layers: taken apart into layers."""
    level = levered(drawn.prices, model.economy, scenario)
    keys = participation.remaining(model.participation, drawn.keys, scenario)
    lots, outlays, on_plan, bills, which = [], [], [], [], []
    for lot, timing, index in bought(model, scenario):
        ahead = participation.goes_ahead(lot, keys[index])
        outlay = lot_outlay(lot, timing, drawn.lots[index], scenario, level, ahead)
        plan = planned(lot, timing, drawn.lots[index], outlay, scenario) if in_layers else None
        lots.append(lot)
        outlays.append(outlay)
        on_plan.append(plan)
        if lot.contract:
            bills.append(financing.bill(lot, outlay, keys[index], plan))
            which.append(index)
    paid = sum((outlay.paid for outlay in outlays), np.zeros_like(level.level))

    gross = financing.called(keys, which, [bill.gross for bill in bills], paid)
    net = financing.called(keys, which, [bill.net for bill in bills], paid)
    for index, state in enumerate(drawn.states):
        if state.euro is not None:
            gross[index] *= state.euro
            net[index] *= state.euro
    return Programme(
        lots=tuple(lots),
        outlays=tuple(outlays),
        planned=tuple(on_plan),
        paid=paid,
        bills=tuple(bills) if in_layers else (),
        gross=gross,
        net=net,
    )


def bought(model: Model, scenario: Scenario) -> Iterator[tuple[Lot, Timing, int]]:
    """Lots of a scenario with their timing and the index of the draws and keys they go by.

    A successor's lots go by those of the lots they repeat.
    """
    lots = mixed_lots(model.lots, scenario)
    yield from ((lot, model.timing, index) for index, lot in enumerate(lots))
    if yearly := scenario.number("successor"):
        for index, lot in enumerate(lots):
            later = replace(lot, amount=lot.amount * model.successor.size * yearly)
            if lot.spread is not None:
                later = replace(later, spread=model.successor.spread)
            yield later, model.successor.timing, index


def outcomes(
    model: Model, drawn: Draws, scenario: Scenario, union: Programme, *, in_layers: bool
) -> Iterator[Outcome]:
    """Outcomes one by one, so that a state's arrays stay in the cache; the union is the running sum."""
    level = levered(drawn.prices, model.economy, scenario)
    services = financing.safe_service(model.financing, level)
    weight = fiscal.weights(model.fiscal)
    total: Outcome | None = None
    for index, state in enumerate(model.states):
        has = capacity.money(state, drawn.states[index], model.capacity, model.economy, scenario, level)
        service = financing.served(state.safe_loans, services)
        committed = has.committed + service if state.pays_loan else has.committed
        net = union.net[index]
        gap, gap_without = strain.gaps(committed, net, has.investment)
        eu_budget = financing.eu_budget(index, model.financing, union.paid, scenario)
        loan = financing.ukraine_loan(index, model.financing)
        paid = np.zeros_like(service) if state.pays_loan else service
        calls = FiscalCalls(has.budget, eu_budget, paid, loan)
        one = Outcome(
            budget=has.budget,
            investment=has.investment,
            committed=committed,
            gross_call=union.gross[index],
            net_call=net,
            gap=gap,
            gap_without=gap_without,
            eu_budget=eu_budget,
            safe_service=paid,
            ukraine_loan=loan,
            plan_gap=strain.gap(has.planned, has.investment) if in_layers else None,
            layers=_layers(index, union, drawn) if in_layers else None,
            points=_points(model, index, drawn, scenario, calls) if drawn.fiscal else None,
        )
        yield one
        total = _added(total, one, weight[index])
    if total is not None:
        yield total


def _points(model: Model, index: int, drawn: Draws, scenario: Scenario, calls: FiscalCalls) -> Points:
    state, random = model.states[index], drawn.fiscal[index]
    return fiscal.points(model.fiscal, index, state, random, calls, model.economy, scenario)


def _layers(index: int, union: Programme, drawn: Draws) -> Layers:
    return financing.layers(index, union.bills, union.gross[index], drawn.states[index].euro)


def _added(total: Outcome | None, one: Outcome, weight: Floats) -> Outcome:
    """Running sum with one more state, whose points count by its weight (year,)."""
    if total is None:
        return _copied(
            one if one.points is None else replace(one, points=fiscal.weighted(one.points, weight))
        )
    _add(SUMMED(total), SUMMED(one))
    np.add(total.ukraine_loan, one.ukraine_loan, out=total.ukraine_loan)
    if total.plan_gap is not None and one.plan_gap is not None:
        np.add(total.plan_gap, one.plan_gap, out=total.plan_gap)
    if total.layers and one.layers:
        _add(LAYERS(total.layers), LAYERS(one.layers))
    if total.points and one.points:
        fiscal.add_weighted(total.points, one.points, weight)
    return total


def _copied(one: Outcome) -> Outcome:
    """An outcome whose arrays may be written to."""
    layers = one.layers and Layers(*(array.copy() for array in LAYERS(one.layers)))
    plan_gap = None if one.plan_gap is None else one.plan_gap.copy()
    copies = {name: getattr(one, name).copy() for name in (*MONEY, "ukraine_loan")}
    return Outcome(**copies, plan_gap=plan_gap, layers=layers, points=one.points)


@compiled
def _add(totals: tuple[Floats, ...], terms: tuple[Floats, ...]) -> None:
    """Add terms (year, draw) to totals, in place."""
    for k in range(len(totals)):
        total, term = totals[k], terms[k]
        for t in range(len(total)):
            for p in range(total.shape[1]):
                total[t, p] += term[t, p]


def line_totals(union: Programme, metric: str) -> dict[str, Floats]:
    """A line metric summed over the lots of each line, and over all under "EU". Shapes (year or 1, draw)."""
    of = strain.LINE_METRICS[metric].of
    totals: dict[str, Floats] = {}
    for lot, outlay, plan in zip(union.lots, union.outlays, union.planned, strict=True):
        value = of(lot, outlay, plan)
        for place in (lot.line, UNION):
            if place in totals:
                totals[place] += value
            else:
                totals[place] = value.copy()
    return totals


def identity_error(union: Programme) -> float:
    """Largest relative error in any draw of payers = contract cost, within and beyond the horizon."""
    worst = 0.0
    for lot, outlay in zip(union.lots, union.outlays, strict=True):
        if not lot.contract:
            continue
        late = strain.bill(lot, outlay.actual_beyond, outlay.paid_beyond)
        for shares, cost in (
            (strain.bill(lot, outlay.actual, outlay.paid), outlay.actual),
            (late, outlay.actual_beyond),
        ):
            error = np.abs(sum(shares.values()) - cost) / np.maximum(np.abs(cost), 1.0)
            worst = max(worst, float(error.max()))
    return worst
