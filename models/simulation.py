"""The model as a deterministic function of its shocks: `outcome` draws nothing."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from operator import attrgetter

import numpy as np

from models import capacity, financing, fiscal, strain
from models.arrays import Floats
from models.economy import Prices, levered
from models.financing import Layers
from models.fiscal import Calls as FiscalCalls
from models.fiscal import Points
from models.model import Draws, Model, draws
from models.programme import Calls, Programme, programme
from models.shocks import Shocks
from models.strain import Outcome, Standing
from models.stress import STANDING, Scenario

ADDED = attrgetter("budget", "investment", "committed", "safe_service", "gap_without", "plan_gap")
LAYERS = attrgetter(*(field.name for field in fields(Layers)))
"""What the union adds up of its states' standings, and all layers."""


def outcome(model: Model, shocks: Shocks, scenario: Scenario) -> tuple[Outcome, ...]:
    """Every state's outcome, in the order of the model, and the union's last."""
    drawn = draws(model, shocks)
    return tuple(outcomes(model, drawn, scenario, programme(model, drawn, scenario, in_layers=True)))


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
    weight = fiscal.weights(model.fiscal)
    totals = [_Total(weight) for _ in asked]
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
    paid, service = asked.calls.paid, standing.safe_service
    eu_budget, loan, treasury_call = financing.treasury_calls(
        index, model.financing, paid, service, asked.scenario
    )
    owed = FiscalCalls(standing.budget, eu_budget, service, loan)
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
        treasury_call=treasury_call,
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
            treasury_call=eu_budget + service + loan[:, np.newaxis],
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
