"""The model as a deterministic function of its shocks: `outcome` draws nothing."""

from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import fields, replace
from functools import lru_cache, partial
from operator import attrgetter

import numpy as np

from models import billing, capacity, financing, fiscal, strain
from models.arrays import Floats, Total
from models.billing import Layers
from models.capacity import State, StateDraws
from models.economy import Prices, levered
from models.financing import Treasury
from models.fiscal import Outflows, Points
from models.model import Draws, Model, draws
from models.programme import Calls, Programme, programme
from models.promises import serving
from models.reach import Shared, moved_in
from models.shocks import Shocks
from models.strain import Outcome, Standing
from models.stress import LOANS, STANDING, Scenario

ADDED = attrgetter("budget", "investment", "committed", "gap_without", "plan_gap")
LAYERS = attrgetter(*(field.name for field in fields(Layers)))
"""What the union adds up of its states: of their standings, of their outcomes, and all layers."""


def outcome(model: Model, shocks: Shocks, scenario: Scenario) -> tuple[Outcome, ...]:
    """Every state's outcome, in the order of the model, and the union's last."""
    drawn = draws(model, shocks)
    union = programme(model, drawn, scenario, in_layers=True)
    return tuple(outcomes(model, drawn, scenario, union))


def outcomes(
    model: Model,
    drawn: Draws,
    scenario: Scenario,
    union: Programme,
    standing: Iterable[Standing] | None = None,
) -> Iterator[Outcome]:
    """Outcomes of one scenario: every state's, and the union's last.

    standing: of all of them, where a scenario that does not differ in it has been there before.
    """
    calls, owed = union.calls, financing.contributions(model.financing, scenario)
    total = _Union(fiscal.weights(model.fiscal))
    for index, one in enumerate(standings(model, drawn, scenario) if standing is None else standing):
        treasury = financing.treasury(owed, index, calls.paid, one.safe_service)
        if index < len(model.states):
            found = _of_state(model, index, drawn, scenario, calls, treasury, one)
            total.add(index, found)
            yield found
        else:
            yield total.outcome(calls, treasury, one)


def standings(
    model: Model,
    drawn: Draws,
    scenario: Scenario,
    *,
    with_plans: bool = True,
    shared: Shared | None = None,
) -> Iterator[Standing]:
    """What every state has and has promised, and the union's last; with_plans: gaps of their plans too.

    shared: what scenarios agree in on these draws, by the keys of `wanted`; who asks with plans asks first.
    """
    share = Shared() if shared is None else shared
    level = levered(drawn.prices, model.economy, scenario)
    services = financing.safe_service(model.financing, level)
    whole = _key_of_union(model, scenario)
    is_summed = share.has(whole)
    total: list[Total] = []
    for state, own in zip(model.states, drawn.states, strict=True):
        standing, loans = _keys(state, scenario)
        owed = share(loans, partial(financing.served, state.safe_loans, services))
        one = share(standing, partial(_standing, model, state, own, scenario, level, owed, with_plans))
        one = _with_service(one, np.zeros_like(owed) if state.pays_loan else owed, with_plans)
        if not is_summed:
            _add(total, [money for money in ADDED(one) if money is not None])
        yield one
    if model.states:
        owed = financing.served(_borrowed(model.states), services)
        one = share(whole, partial(_standing_of_union, total, owed))
        yield _with_service(one, owed, with_plans)


def wanted(model: Model, scenarios: Iterable[Scenario]) -> Iterator[Hashable]:
    """Keys of all that the standings of some scenarios ask for: those that agree in one share it."""
    for scenario in scenarios:
        for state in model.states:
            yield from _keys(state, scenario)
        yield _key_of_union(model, scenario)


@lru_cache(maxsize=64)
def _borrowed(states: tuple[State, ...]) -> Floats:
    """SAFE loans that treasuries serve, by schedule (schedule,). Do not write to it."""
    loans = [state.safe_loans for state in states if not state.pays_loan]
    return sum(loans, np.zeros_like(states[0].safe_loans))


def _with_service(one: Standing, service: Floats, with_plan: bool) -> Standing:  # noqa: FBT001 - handed on
    """A standing that scenarios share, with the service that one of them has to pay (year, draw).

    Made by hand: `replace` takes twice as long, some 350 times a pass.
    """
    return Standing(
        one.budget,
        one.investment,
        one.committed,
        service,
        one.strain_without,
        one.gap_without,
        one.plan_gap if with_plan else None,
    )


def _keys(state: State, scenario: Scenario) -> tuple[Hashable, Hashable]:
    """Keys of what a state has and has promised, and of the service of its loans."""
    standing, loans = (moved_in(scenario, reach, (state,)) for reach in (STANDING, LOANS))
    return (state.code, "standing", standing), (state.code, "loans", loans)


def _key_of_union(model: Model, scenario: Scenario) -> Hashable:
    """Key of what all states together have and have promised."""
    return "standing of all", moved_in(scenario, STANDING, model.states)


def _standing_of_union(total: Sequence[Total], service: Floats) -> Standing:
    """Standing of all states together; total: of ADDED; service: of what treasuries serve (year, draw)."""
    budget, investment, committed, gap_without, *plan_gap = (one.so_far() for one in total)
    return Standing(budget, investment, committed, service, committed / investment, gap_without, *plan_gap)


def _standing(
    model: Model,
    state: State,
    own: StateDraws,
    scenario: Scenario,
    level: Prices,
    service: Floats,
    with_plan: bool,  # noqa: FBT001 - handed on
) -> Standing:
    """Standing of a state; level: prices in the scenario; service: of its SAFE loans (year, draw).

    Scenarios that agree in all but that service share it, so who asks puts in their own.
    """
    has = capacity.money(state, own, model.capacity, model.economy, scenario, level, with_plan=with_plan)
    if state.pays_loan:
        has = serving(has, service, own.euro)
    beside = strain.without(has.committed, has.investment)
    gap = None if has.planned is None else strain.gap_of_plan(has.planned, has.investment)
    return Standing(has.budget, has.investment, has.committed, service, *beside, gap)


def _of_state(
    model: Model,
    index: int,
    drawn: Draws,
    scenario: Scenario,
    calls: Calls,
    treasury: Treasury,
    standing: Standing,
) -> Outcome:
    """Outcome of the state of that index."""
    outflows = Outflows(standing.budget, treasury.own_resources, standing.safe_service, treasury.ukraine_loan)
    layers = _layers(index, calls, drawn) if calls.parts else None
    points = _points(model, index, drawn, scenario, outflows) if drawn.fiscal else None
    return _outcome(standing, treasury, calls.gross[index], calls.net[index], layers, points)


def _outcome(
    standing: Standing,
    treasury: Treasury,
    gross: Floats,
    net: Floats,
    layers: Layers | None,
    points: Points | None,
) -> Outcome:
    """Outcome of a place with one purse; gross, net: calls on it (year, draw)."""
    with_it, difference, gap = strain.strained(standing.committed, net, standing.investment)
    return Outcome(
        standing=standing,
        gross_call=gross,
        net_call=net,
        strain=with_it,
        strain_difference=difference,
        gap=gap,
        own_resources=treasury.own_resources,
        ukraine_loan=treasury.ukraine_loan,
        treasury_call=treasury.total,
        layers=layers,
        points=points,
    )


def _points(model: Model, index: int, drawn: Draws, scenario: Scenario, outflows: Outflows) -> Points:
    state, random = model.states[index], drawn.fiscal[index]
    return fiscal.points(model.fiscal, index, state, random, outflows, model.economy, scenario)


def _layers(index: int, calls: Calls, drawn: Draws) -> Layers:
    parts = {name: money[index] for name, money in calls.parts.items()}
    return billing.layers(parts, calls.gross[index], drawn.states[index].euro)


class _Union:
    """Running sum of a scenario's outcomes over states. weight: of each in points of GDP (state, year)."""

    def __init__(self, weight: Floats) -> None:
        self._weight = weight
        self._gap = Total()
        self._layers: list[Total] = []
        self._points: Points | None = None

    def add(self, index: int, one: Outcome) -> None:
        """Add the state of that index."""
        self._gap.add(one.gap)
        if one.layers:
            _add(self._layers, LAYERS(one.layers))
        if one.points and self._points:
            fiscal.add_weighted(self._points, one.points, self._weight[index])
        elif one.points:
            self._points = fiscal.weighted(one.points, self._weight[index])

    def outcome(self, calls: Calls, treasury: Treasury, standing: Standing) -> Outcome:
        """The union's outcome: one purse, but for its gap, which is the sum of the states' gaps."""
        layers = Layers(*(one.so_far() for one in self._layers)) if self._layers else None
        found = _outcome(standing, treasury, calls.all_gross, calls.all_net, layers, self._points)
        return replace(found, gap=self._gap.so_far())


def _add(totals: list[Total], terms: Sequence[Floats]) -> None:
    """Add terms to totals, which at first are none."""
    if not totals:
        totals += (Total() for _ in terms)
    for total, term in zip(totals, terms, strict=True):
        total.add(term)
