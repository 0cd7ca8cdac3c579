"""Contracts and payments of all lots in a scenario, and what they call from each state."""

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np

from models import billing, participation
from models.arrays import UNION, Floats, summed
from models.billing import Bill
from models.economy import levered
from models.lots import Lot, LotDraws, Timing, lot_levered, lot_levers, mixed_lots
from models.metrics import LINE_METRICS
from models.model import Draws, Model
from models.outlays import LotOutlay, Pace, Purchase, borne_by_all, lot_outlay, pace, planned
from models.participation import Keys
from models.stress import Scenario


@dataclass(frozen=True)
class Made:
    """What stands of lots on given draws, by all that moves it: outlays, and how fast they are paid."""

    outlays: Mapping[Hashable, LotOutlay] = field(default_factory=dict)
    paces: Mapping[Hashable, Pace] = field(default_factory=dict)


NOTHING_MADE = Made()


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

    purchases: all that is bought, a successor's included; bills: of those with a contract, in their order.
    """

    purchases: tuple[Purchase, ...]
    bills: tuple[Bill, ...]
    calls: Calls
    made: Made


def programme(
    model: Model,
    drawn: Draws,
    scenario: Scenario,
    *,
    in_layers: bool,
    made: Made = NOTHING_MADE,
) -> Programme:
    """Outlays of every lot and calls on every state; in_layers: taken apart into layers.

    made: of another scenario on the same draws, of which what this one does not move is taken.
    """
    basis = _basis(model, drawn, scenario, bought(model, scenario), made, in_layers=in_layers)
    contracts, keys = basis.contracts, basis.keys
    paid = summed(one.outlay.paid for one in basis.purchases)
    owed = _owed(drawn, contracts, kinds=2)
    gross, net = _called(drawn, basis, owed)
    bills = [billing.bill(one, keys, place) for place, one in zip(owed, contracts, strict=True)]
    parts = billing.parts(keys.bearers, bills, paid) if in_layers else {}
    if basis.taken is not None:
        ours = zip(bills, basis.anyway, strict=True)
        bills = [replace(bill, taken=(basis.taken, anyway)) for bill, anyway in ours]
    calls = Calls(paid, gross, net, gross.sum(axis=0), net.sum(axis=0), parts)
    return Programme(basis.purchases, tuple(bills), calls, basis.made)


def net_calls(model: Model, drawn: Draws, scenario: Scenario) -> Floats:
    """Net calls of `programme` alone, to the bit. Shape (state, year, draw)."""
    called = (one for one in bought(model, scenario) if one[0].contract)
    basis = _basis(model, drawn, scenario, called, NOTHING_MADE, in_layers=False)
    return _called(drawn, basis, _owed(drawn, basis.contracts, kinds=1))[0]


@dataclass(frozen=True)
class _Basis:
    """What calls rest on: purchases and keys; taken: part of the keys that others have left, None if none."""

    keys: Keys
    taken: Keys | None
    purchases: tuple[Purchase, ...]
    made: Made

    @cached_property
    def contracts(self) -> list[Purchase]:
        """Purchases with a contract."""
        return [one for one in self.purchases if one.lot.contract]

    @cached_property
    def anyway(self) -> list[Floats]:
        """What all states would pay for each of them without the programme (year, draw)."""
        return [billing.anyway(one) for one in self.contracts]


def _basis(
    model: Model,
    drawn: Draws,
    scenario: Scenario,
    lots: Iterable[tuple[Lot, Timing, int]],
    made: Made,
    *,
    in_layers: bool,
) -> _Basis:
    """lots: those of `bought` that are asked for; made, in_layers: as of `programme`."""
    level = levered(drawn.prices, model.economy, scenario)
    keys = participation.remaining(model.participation, drawn.keys, scenario)
    everywhere = scenario.years("deflator").tobytes(), scenario.leaves, scenario.number("leaving_saving")
    purchases: list[Purchase] = []
    outlays: dict[Hashable, LotOutlay] = {}
    paces: dict[Hashable, Pace] = {}
    for lot, timing, index in lots:
        levers = lot_levers(lot, scenario)
        dated_by = (index, lot.spread, timing is model.timing, levers.dates)
        moved_by = (dated_by, lot.amount, levers, everywhere)
        own = lot_levered(_after_leaving(model, drawn, index, scenario), levers)
        if (outlay := made.outlays.get(moved_by)) is None:
            ahead = participation.goes_ahead(lot, keys.bearers.number[index])
            paces[dated_by] = made.paces.get(dated_by) or pace(lot, timing, own, len(model.years))
            outlay = lot_outlay(lot, timing, own, levers, level, ahead, paces[dated_by])
        plan = planned(timing, own, outlay) if in_layers else None
        purchases.append(Purchase(lot, index, outlay, plan))
        outlays[moved_by] = outlay
    taken = (
        participation.taken_over(model.participation, drawn.keys, keys, scenario) if scenario.leaves else None
    )
    return _Basis(keys, taken, tuple(purchases), Made(outlays, paces))


def _after_leaving(model: Model, drawn: Draws, index: int, scenario: Scenario) -> LotDraws:
    """Draws of the lot of that index, its saving as it is where a state has left it."""
    own = drawn.lots[index]
    if not scenario.leaves:
        return own
    left = participation.left(model.participation, drawn.keys, index, scenario)
    return replace(own, saving=own.saving + scenario.number("leaving_saving") * left)


def _owed(drawn: Draws, contracts: Sequence[Purchase], kinds: int) -> Floats:
    """What states owe for contracts (contract, kind, year, draw). kinds: 2 for gross and net, 1 for net."""
    owed = np.empty((len(contracts), kinds, *drawn.prices.level.shape))
    for place, one in zip(owed, contracts, strict=True):
        billing.owe(one, place)
    return owed


def _called(drawn: Draws, basis: _Basis, owed: Floats) -> Floats:
    """What is owed, shared out to the states, in each one's own money (kind, state, year, draw); net last.

    Nobody would have bought for those that have left: all of their part is what changes.
    """
    by_key = [one.index for one in basis.contracts]
    calls = billing.called(basis.keys.bearers, by_key, owed)
    if basis.taken is not None:
        apart = np.array(basis.anyway).reshape(len(by_key), 1, *owed.shape[2:])
        calls[-1] += billing.called(basis.taken.bearers, by_key, apart)[0]
    for index, state in enumerate(drawn.states):
        if state.euro is not None:
            calls[:, index] *= state.euro
    return calls


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
