"""Contracts and payments of all lots in a scenario, and what they call from each state."""

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from models import financing, participation, strain
from models.arrays import UNION, Floats
from models.economy import levered
from models.financing import Bill
from models.lots import Lot, Timing, lot_levers, mixed_lots
from models.model import Draws, Model
from models.outlays import LotOutlay, lot_outlay, planned
from models.stress import Scenario


@dataclass(frozen=True)
class Calls:
    """What a programme calls from each state.

    paid: EU payments of all lots (year, draw); gross, net: calls in each state's own money, parts: what they
    are made of in euro, given where they are taken apart (state, year, draw).
    """

    paid: Floats
    gross: Floats
    net: Floats
    parts: Mapping[str, Floats]


@dataclass(frozen=True)
class Programme:
    """Contracts and payments in a scenario, and what they call from each state. Money (year, draw).

    lots: what is bought, a successor's included, with outlays, planned and terms in their order; planned:
    contract on planned dates, and bills: given where calls are taken apart; terms: all that moves a lot's
    outlay on given draws.
    """

    lots: tuple[Lot, ...]
    terms: tuple[Hashable, ...]
    outlays: tuple[LotOutlay, ...]
    planned: tuple[Floats | None, ...]
    bills: tuple[Bill, ...]
    calls: Calls


def programme(
    model: Model, drawn: Draws, scenario: Scenario, *, in_layers: bool, like: Programme | None = None
) -> Programme:
    """Outlays of every lot and calls on every state; in_layers: taken apart into layers.

    like: in another scenario on the same draws, of which outlays are taken that this one does not move.
    """
    level = levered(drawn.prices, model.economy, scenario)
    keys = participation.remaining(model.participation, drawn.keys, scenario)
    everywhere = scenario.years("deflator").tobytes(), scenario.leaves
    made = dict(zip(like.terms, like.outlays, strict=True)) if like else {}
    lots, terms, outlays, on_plan, bills, which = [], [], [], [], [], []
    for lot, timing, index in bought(model, scenario):
        levers = lot_levers(lot, scenario)
        term = (index, lot.amount, lot.spread, timing is model.timing, levers, everywhere)
        if (outlay := made.get(term)) is None:
            ahead = participation.goes_ahead(lot, keys[index])
            outlay = lot_outlay(lot, timing, drawn.lots[index], levers, level, ahead)
        plan = planned(timing, drawn.lots[index], outlay, levers) if in_layers else None
        lots.append(lot)
        terms.append(term)
        outlays.append(outlay)
        on_plan.append(plan)
        if lot.contract:
            bills.append(financing.bill(lot, outlay, keys[index], plan))
            which.append(index)
    return Programme(
        lots=tuple(lots),
        terms=tuple(terms),
        outlays=tuple(outlays),
        planned=tuple(on_plan),
        bills=tuple(bills) if in_layers else (),
        calls=_calls(drawn, keys, outlays, bills, which, in_layers=in_layers),
    )


def _calls(
    drawn: Draws,
    keys: Floats,
    outlays: Sequence[LotOutlay],
    bills: Sequence[Bill],
    which: Sequence[int],
    *,
    in_layers: bool,
) -> Calls:
    """Calls of bills on every state. keys: (lot, state, draw); which: lot whose key each bill goes by."""
    paid = sum((outlay.paid for outlay in outlays), np.zeros_like(drawn.prices.level))
    gross = financing.called(keys, which, [bill.gross for bill in bills], paid)
    net = financing.called(keys, which, [bill.net for bill in bills], paid)
    for index, state in enumerate(drawn.states):
        if state.euro is not None:
            gross[index] *= state.euro
            net[index] *= state.euro
    return Calls(paid, gross, net, financing.parts(keys, which, bills, paid) if in_layers else {})


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
