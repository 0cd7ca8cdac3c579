"""Contracts and payments of all lots in a scenario, and what they call from each state."""

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

import numpy as np

from models import billing, participation
from models.arrays import UNION, Floats, summed
from models.billing import Bill
from models.economy import levered
from models.lots import Lot, LotDraws, Timing, lot_levers, mixed_lots
from models.metrics import LINE_METRICS
from models.model import Draws, Model
from models.outlays import LotOutlay, Purchase, borne_by_all, lot_outlay, planned
from models.participation import Keys
from models.stress import Scenario


@dataclass(frozen=True)
class Calls:
    """What a programme calls from each state.

    paid: EU payments of all lots (year, draw); gross, net: calls in each state's own money, parts: what they
    are made of in euro, given where they are taken apart (state, year, draw); all_gross, all_net: of all
    states together (year, draw).
    """

    paid: Floats
    gross: Floats
    net: Floats
    all_gross: Floats
    all_net: Floats
    parts: Mapping[str, Floats]


@dataclass(frozen=True)
class Programme:
    """Contracts and payments in a scenario, and what they call from each state. Money (year, draw).

    purchases: all that is bought, a successor's included; bills: of those with a contract, in their order;
    made: outlays by all that moves them on given draws.
    """

    purchases: tuple[Purchase, ...]
    bills: tuple[Bill, ...]
    calls: Calls
    made: Mapping[Hashable, LotOutlay]


def programme(
    model: Model,
    drawn: Draws,
    scenario: Scenario,
    *,
    in_layers: bool,
    made: Mapping[Hashable, LotOutlay] = MappingProxyType({}),
) -> Programme:
    """Outlays of every lot and calls on every state; in_layers: taken apart into layers.

    made: outlays in another scenario on the same draws, of which those that this one does not move are taken.
    """
    level = levered(drawn.prices, model.economy, scenario)
    keys = participation.remaining(model.participation, drawn.keys, scenario)
    everywhere = scenario.years("deflator").tobytes(), scenario.leaves, scenario.number("leaving_saving")
    purchases: list[Purchase] = []
    outlays: dict[Hashable, LotOutlay] = {}
    for lot, timing, index in bought(model, scenario):
        levers = lot_levers(lot, scenario)
        moved_by = (index, lot.amount, lot.spread, timing is model.timing, levers, everywhere)
        if (outlay := made.get(moved_by)) is None:
            ahead = participation.goes_ahead(lot, keys.bearers.number(index))
            own = _after_leaving(model, drawn, index, scenario)
            outlay = lot_outlay(lot, timing, own, levers, level, ahead)
        plan = planned(timing, drawn.lots[index], outlay, levers) if in_layers else None
        purchases.append(Purchase(lot, index, outlay, plan))
        outlays[moved_by] = outlay
    taken = (
        participation.taken_over(model.participation, drawn.keys, keys, scenario) if scenario.leaves else None
    )
    contracts = [one for one in purchases if one.lot.contract]
    paid = summed(one.outlay.paid for one in purchases)
    calls, bills = _calls(drawn, keys, taken, contracts, paid, in_layers=in_layers)
    return Programme(tuple(purchases), tuple(bills), calls, outlays)


def _after_leaving(model: Model, drawn: Draws, index: int, scenario: Scenario) -> LotDraws:
    """Draws of the lot of that index, its saving as it is where a state has left it."""
    own = drawn.lots[index]
    if not scenario.leaves:
        return own
    left = participation.left(model.participation, drawn.keys.share[index], scenario)
    return replace(own, saving=own.saving + scenario.number("leaving_saving") * left)


def _calls(
    drawn: Draws,
    keys: Keys,
    taken: Keys | None,
    contracts: Sequence[Purchase],
    paid: Floats,
    *,
    in_layers: bool,
) -> tuple[Calls, list[Bill]]:
    """Calls on every state of contracts, and their bills.

    taken: part of the keys that others have left: nobody would have bought it for them, so all of it is what
    changes; paid: EU payments of all lots.
    """
    by_key = [one.index for one in contracts]
    owed = np.empty((len(contracts), 2, *paid.shape))
    bills = [
        billing.bill(one, keys.share[one.index], place) for place, one in zip(owed, contracts, strict=True)
    ]
    gross, net = billing.called(keys.bearers, by_key, owed)
    parts = billing.parts(keys.bearers, by_key, bills, paid) if in_layers else {}
    if taken is not None:
        apart = np.array([billing.anyway(one) for one in contracts])
        net += billing.called(taken.bearers, by_key, apart.reshape(len(apart), 1, *paid.shape))[0]
        ours = zip(bills, by_key, apart, strict=True)
        bills = [replace(bill, taken=(taken.share[k], anyway)) for bill, k, anyway in ours]
    for index, state in enumerate(drawn.states):
        if state.euro is not None:
            gross[index] *= state.euro
            net[index] *= state.euro
    return Calls(paid, gross, net, gross.sum(axis=0), net.sum(axis=0), parts), bills


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
    """A line metric summed over the purchases of each line, and over all under UNION.

    Shapes (year or 1, draw). Of at least one purchase: a programme without lines is refused with its case.
    """
    of, lines = LINE_METRICS[metric].of, dict.fromkeys(one.lot.line for one in union.purchases)
    totals = {line: summed(of(one) for one in union.purchases if one.lot.line == line) for line in lines}
    return totals | {UNION: summed(totals.values())}


def identity_error(union: Programme) -> float:
    """Largest relative error in any draw of payers = contract cost, within and beyond the horizon."""
    worst = 0.0
    for one in (one for one in union.purchases if one.lot.contract):
        within = one.outlay.actual, one.outlay.paid
        beyond = one.outlay.actual_beyond, one.outlay.paid_beyond
        for cost, paid in (within, beyond):
            shares = borne_by_all(one.lot, cost, paid)
            error = np.abs(sum(shares.values()) - cost) / np.maximum(np.abs(cost), 1.0)
            worst = max(worst, float(error.max()))
    return worst
