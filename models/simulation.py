"""The model as a deterministic function of its shocks: `outcome` draws nothing."""

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from operator import attrgetter

import numpy as np

from models import capacity, financing, fiscal, participation, strain
from models.arrays import UNION, Floats
from models.capacity import Capacity, State
from models.economy import Economy, Prices, levered, prices
from models.financing import Bill, Financing, Layers
from models.fiscal import Calls as FiscalCalls
from models.fiscal import Draws as FiscalDraws
from models.fiscal import Fiscal, Points
from models.lots import Lot, LotDraws, Successor, Timing, lot_draws, lot_levers, mixed_lots
from models.outlays import LotOutlay, lot_outlay, planned
from models.participation import Participation
from models.shocks import Shocks
from models.strain import Outcome, Standing, Thresholds
from models.stress import STANDING, Scenario

ADDED = attrgetter("budget", "investment", "committed", "safe_service", "gap_without", "plan_gap")
LAYERS = attrgetter(*(field.name for field in fields(Layers)))
"""What the union adds up of its states' standings, and all layers."""


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


def outcome(model: Model, shocks: Shocks, scenario: Scenario) -> tuple[Outcome, ...]:
    """Every state's outcome, in the order of the model, and the union's last."""
    drawn = draws(model, shocks)
    return tuple(outcomes(model, drawn, scenario, programme(model, drawn, scenario, in_layers=True)))


def draws(model: Model, shocks: Shocks) -> Draws:
    """What all scenarios share. A state's GDP is not kept: its accounts hold what follows from it."""
    common = prices(model.economy, shocks, len(model.years))
    states, accounts = [], []
    for index, state in enumerate(model.states):
        own = capacity.draws(state, model.capacity, model.economy, shocks)
        if own.gdp is not None:
            accounts.append(fiscal.draws(model.fiscal, index, state, model.economy, own.gdp, common.rate))
        states.append(replace(own, gdp=None))
    return Draws(
        prices=common,
        lots=tuple(lot_draws(lot, model.timing, shocks) for lot in model.lots),
        keys=participation.keys(model.participation, model.lots, shocks),
        states=tuple(states),
        fiscal=tuple(accounts),
    )


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


@dataclass(frozen=True)
class Asked:
    """A scenario to simulate, and what its programme calls."""

    scenario: Scenario
    calls: Calls


def outcomes(model: Model, drawn: Draws, scenario: Scenario, union: Programme) -> Iterator[Outcome]:
    """Outcomes of one scenario: every state's, and the union's last."""
    return side_by_side(model, drawn, [Asked(scenario, union.calls)])


def side_by_side(model: Model, drawn: Draws, asked: Sequence[Asked]) -> Iterator[Outcome]:
    """Outcomes of scenarios: of every state those of all scenarios in turn, and the union's last.

    A state's arrays so stay in the cache. A standing is made once for scenarios that follow each other and do
    not differ in it.
    """
    keys = [one.scenario.moved(STANDING) for one in asked]
    around = _Surroundings(model, drawn)
    totals = [_Total(fiscal.weights(model.fiscal)) for _ in asked]
    stood: dict[object, list[Floats]] = {}
    for index in range(len(model.states)):
        key, standing, added = None, None, set[object]()
        for k, one in enumerate(asked):
            if standing is None or keys[k] != key:
                key, standing = keys[k], _standing(model, index, drawn, one.scenario, around)
                if key not in added:
                    _add(stood.setdefault(key, []), ADDED(standing))
                    added.add(key)
            found = _outcome(model, index, drawn, one, standing)
            yield found
            totals[k].add(index, found)
    if model.states:
        for k, one in enumerate(asked):
            yield totals[k].outcome(one.calls, stood[keys[k]])


class _Surroundings:
    """Prices and loan terms by scenario, made once for those that have them in common."""

    def __init__(self, model: Model, drawn: Draws) -> None:
        self._model, self._drawn = model, drawn
        self._made: dict[tuple[bytes, ...], tuple[Prices, Floats]] = {}

    def of(self, scenario: Scenario) -> tuple[Prices, Floats]:
        """Prices as a scenario moves them, and service of one euro of SAFE loans."""
        key = tuple(scenario.years(lever).tobytes() for lever in ("deflator", "rates"))
        if key not in self._made:
            level = levered(self._drawn.prices, self._model.economy, scenario)
            self._made[key] = level, financing.safe_service(self._model.financing, level)
        return self._made[key]


def _standing(model: Model, index: int, drawn: Draws, scenario: Scenario, around: _Surroundings) -> Standing:
    """Standing of the state of that index."""
    state, (level, services) = model.states[index], around.of(scenario)
    has = capacity.money(state, drawn.states[index], model.capacity, model.economy, scenario, level)
    service = financing.served(state.safe_loans, services)
    if state.pays_loan:
        committed, service = has.committed + service, np.zeros_like(service)
    else:
        committed = has.committed
    beside = strain.without(committed, has.planned, has.investment)
    return Standing(has.budget, has.investment, committed, service, *beside)


def _outcome(model: Model, index: int, drawn: Draws, asked: Asked, standing: Standing) -> Outcome:
    """Outcome of the state of that index."""
    gross, net = asked.calls.gross[index], asked.calls.net[index]
    eu_budget = financing.eu_budget(index, model.financing, asked.calls.paid, asked.scenario)
    loan = financing.ukraine_loan(index, model.financing)
    owed = FiscalCalls(standing.budget, eu_budget, standing.safe_service, loan)
    with_it, difference, gap = strain.strained(standing.committed, net, standing.investment)
    return Outcome(
        standing=standing,
        gross_call=gross,
        net_call=net,
        strain=with_it,
        strain_difference=difference,
        gap=gap,
        eu_budget=eu_budget,
        ukraine_loan=loan,
        layers=_layers(index, asked.calls, drawn) if asked.calls.parts else None,
        points=_points(model, index, drawn, asked.scenario, owed) if drawn.fiscal else None,
    )


def _points(model: Model, index: int, drawn: Draws, scenario: Scenario, calls: FiscalCalls) -> Points:
    state, random = model.states[index], drawn.fiscal[index]
    return fiscal.points(model.fiscal, index, state, random, calls, model.economy, scenario)


def _layers(index: int, calls: Calls, drawn: Draws) -> Layers:
    parts = {name: money[index] for name, money in calls.parts.items()}
    return financing.layers(parts, calls.gross[index], drawn.states[index].euro)


class _Total:
    """Running sum of a scenario's outcomes over states. weight: of each in points of GDP (state, year)."""

    def __init__(self, weight: Floats) -> None:
        self._weight = weight
        self._own: list[Floats] = []
        self._layers: list[Floats] = []
        self._points: Points | None = None

    def add(self, index: int, one: Outcome) -> None:
        """Add the state of that index."""
        _add(self._own, (one.gap, one.eu_budget, one.ukraine_loan))
        if one.layers:
            _add(self._layers, LAYERS(one.layers))
        if one.points and self._points:
            fiscal.add_weighted(self._points, one.points, self._weight[index])
        elif one.points:
            self._points = fiscal.weighted(one.points, self._weight[index])

    def outcome(self, calls: Calls, stood: Sequence[Floats]) -> Outcome:
        """The union's outcome; stood: what ADDED names, over all states."""
        budget, investment, committed, service, gap_without, plan_gap = stood
        gap, eu_budget, loan = self._own
        gross, net = calls.gross.sum(axis=0), calls.net.sum(axis=0)
        with_it, difference, _ = strain.strained(committed, net, investment)
        return Outcome(
            standing=Standing(
                budget, investment, committed, service, committed / investment, gap_without, plan_gap
            ),
            gross_call=gross,
            net_call=net,
            strain=with_it,
            strain_difference=difference,
            gap=gap,
            eu_budget=eu_budget,
            ukraine_loan=loan,
            layers=Layers(*self._layers) if self._layers else None,
            points=self._points,
        )


def _add(totals: list[Floats], terms: Iterable[Floats]) -> None:
    """Add terms to totals, which at first are none."""
    if not totals:
        totals += (term.copy() for term in terms)
        return
    for total, term in zip(totals, terms, strict=True):
        np.add(total, term, out=total)


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
