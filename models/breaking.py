"""One state, one year: strain as a function of the shocks that reach it, and where it breaks."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from functools import cached_property, partial
from typing import Any, Generic, TypeVar

import numpy as np

from models import participation
from models.arrays import Booleans, Floats
from models.capacity import cost_over_plan
from models.economy import gdp_deviation, in_own_money
from models.fiscal import Fiscal
from models.model import PARTS, Draws, Model, calling_draws
from models.programme import net_calls
from models.promises import Promises, money
from models.reverse import Break, breaks, search
from models.shocks import Shocks, chosen, drawn, driver_of, noting, side_by_side
from models.stress import Scenario, scenario

PILOT_BLOCKS = 2
"""Blocks of draws over which a state's keys are averaged."""


@dataclass(frozen=True)
class Group:
    """Drivers that a reader knows as one thing.

    measure: the field of `Faced` in which its move is told; told: whose move that is.
    """

    drivers: tuple[str, ...]
    measure: str
    told: str


Value = TypeVar("Value", float, Floats)


@dataclass(frozen=True)
class Faced(Generic[Value]):
    """What a state faces in one year: numbers on one path, arrays (draw,) on many.

    strain: promises over investment money [ratio]; budget: defence budget [EUR million]; gdp: nominal GDP
    over its baseline path [factor]; share: of the budget that is invested [share]; cost: what contracts
    signed before cost in the year over what was signed for [factor]; call: net call of the programme, due:
    that and payments on contracts signed before [EUR million].
    """

    strain: Value
    budget: Value
    gdp: Value
    share: Value
    cost: Value
    call: Value
    due: Value

    def each(self, change: Callable[[Value], float]) -> "Faced[float]":
        """A number made of each value."""
        return Faced(**{field.name: change(getattr(self, field.name)) for field in fields(self)})

    def at(self: "Faced[Floats]", draw: int) -> "Faced[float]":
        """One path of many."""
        return self.each(lambda values: float(values[draw]))


@dataclass(frozen=True)
class Limit:
    """How far one group of drivers alone must move to break the threshold.

    reached: whether it can within the distance looked at; distance: of the least unlikely way [standard
    deviations]; move: of its measure from the median, relative or, of shares and calls, absolute.
    """

    group: str
    reached: bool
    distance: float
    move: float


@dataclass(frozen=True)
class Breaking:
    """The least unlikely break of one state in one year, all drivers together and each group alone.

    found: point, index and probability; importance: group -> share of the squared distance; median, point:
    what the state faces at the origin and there.
    """

    found: Break
    importance: Mapping[str, float]
    median: Faced[float]
    point: Faced[float]
    limits: tuple[Limit, ...]

    def moves(self) -> dict[str, float]:
        """Move of each measure from the median to the break, as in Limit.move."""
        return {measure: _move(measure, self.median, self.point) for measure in MEASURES}

    def effects(self) -> dict[str, float]:
        """What each move does to the logarithm of strain, by itself [share]."""
        log_of = {name: _log_move(name, self.median, self.point) for name in ("budget", "share", "cost")}
        call = (self.point.call - self.median.call) / self.median.due
        return {
            "budget": -log_of["budget"],
            "share": -log_of["share"],
            "cost": log_of["cost"],
            "call": call,
        }


def breaking(model: Model, years: Mapping[str, int], keys: Sequence[Floats]) -> dict[str, Breaking]:
    """Least unlikely way of each state into the red in a projected year, no lever being moved.

    years: code -> year; keys: mean key by lot (state,). The same whichever states are searched for together.

    Who takes part in a contract is a draw of yes or no and so no part of the search: the state bears its mean
    share of each contract. A state in the red at the median gives the nearest way out.
    """
    neutral = scenario("neutral", {}, len(model.years))
    places = [Place(alone(model, code, keys), model.years.index(year)) for code, year in years.items()]
    searches = [search(model.thresholds.red, place.masks) for place in places]
    found = breaks(searches, partial(strains, places, neutral))
    return {code: _told(place, one, neutral) for code, place, one in zip(years, places, found, strict=True)}


@dataclass(frozen=True)
class Place:
    """A state alone, and the index of the year in which it is looked at."""

    model: Model
    t: int

    @cached_property
    def variables(self) -> tuple[tuple[str, int], ...]:
        """Stream and row of every shock that reaches it by then."""
        return reached(self.model, self.t)

    @cached_property
    def masks(self) -> Booleans:
        """Which variables are free: all together, then those of each group alone (problem, variable)."""
        groups = [group_of(stream) for stream, _ in self.variables]
        return np.array([[True] * len(groups), *([name == own for own in groups] for name in GROUPS)])


def _told(place: Place, found: Sequence[Break], neutral: Scenario) -> Breaking:
    """What the breaks of a place say: of all drivers together, then of each group alone."""
    whole, *single = found
    points = np.stack([np.zeros_like(whole.point), *(each.point for each in found)], axis=1)
    paths = faced(place.model, chosen(place.variables, points), neutral, place.t)
    median, importance = paths.at(0), whole.importance
    return Breaking(
        found=whole,
        importance={name: float(importance[place.masks[1 + k]].sum()) for k, name in enumerate(GROUPS)},
        median=median,
        point=paths.at(1),
        limits=tuple(
            Limit(name, limit.reached, abs(limit.index), _move(GROUPS[name].measure, median, paths.at(2 + k)))
            for k, (name, limit) in enumerate(zip(GROUPS, single, strict=True))
        ),
    )


def strains(places: Sequence[Place], neutral: Scenario, asked: Mapping[int, Floats]) -> dict[int, Floats]:
    """Strain of places at points of their own, each in its year (draw,).

    asked: number of a place -> points (variable, draw). Contracts do not depend on whom they are called from:
    they are made in one pass on the points of all places.
    """
    some = [places[k] for k in asked]
    sources = [chosen(place.variables, points) for place, points in zip(some, asked.values(), strict=True)]
    draws = [points.shape[1] for points in asked.values()]
    calls = _net_calls(some, side_by_side(sources), draws, neutral)
    return {
        k: _strain(place, source, call, neutral)
        for k, place, source, call in zip(asked, some, sources, calls, strict=True)
    }


def _net_calls(
    places: Sequence[Place], shocks: Shocks, draws: Sequence[int], neutral: Scenario
) -> list[Floats]:
    """Net calls on each place in euro (year, draw). draws: how many of the shocks are of each place.

    Lots but for their keys, prices and dates are those of any place.
    """
    contracts = [[lot for lot in place.model.lots if lot.contract] for place in places]
    model = replace(places[0].model, lots=tuple(contracts[0]))
    keys = np.array([[lot.keys for lot in lots] for lots in contracts]).reshape(len(places), -1, 1)
    bears = participation.bearers(np.repeat(np.moveaxis(keys, 0, -1), draws, axis=-1))
    parts = PARTS["prices"](model, shocks), PARTS["lots"](model, shocks), participation.Keys(bears)
    calls = np.split(net_calls(model, Draws(*parts, ()), neutral)[0], np.cumsum(draws)[:-1], axis=1)
    return [np.ascontiguousarray(call) for call in calls]  # compiled loops are compiled anew for others


def _strain(place: Place, shocks: Shocks, call: Floats, neutral: Scenario) -> Floats:
    """Strain of a place in its year (draw,). call: net call on it in euro (year, draw)."""
    model = replace(place.model, lots=())
    made = calling_draws(model, shocks)
    has, own = next(money(model, made, neutral)), in_own_money(call, made.states[0].euro)
    return Promises(has.investment, has.committed, own).strained()[0][place.t]


def mean_keys(model: Model, seed: int) -> tuple[Floats, ...]:
    """Mean share of each state in each lot's national bill, over a pilot. Shapes (state,)."""
    shocks = drawn(seed, 0, PILOT_BLOCKS)
    return tuple(participation.key(model.participation, lot, shocks).mean(axis=1) for lot in model.lots)


def alone(model: Model, code: str, keys: Sequence[Floats]) -> Model:
    """The model of one state, which bears a fixed share of each lot: no other state is computed.

    Its own figures are those of the whole model but for who takes part; contracts go ahead.
    """
    index = [state.code for state in model.states].index(code)
    given = model.participation
    return replace(
        model,
        lots=tuple(
            replace(lot, minimum=0, keys=(float(key[index]),))
            for lot, key in zip(model.lots, keys, strict=True)
        ),
        states=(model.states[index],),
        participation=replace(
            given,
            states=(given.states[index],),
            investment=(given.investment[index],),
            chance=(given.chance[index],),
            joins=(given.joins[index],),
        ),
        financing=replace(
            model.financing,
            gni_key=model.financing.gni_key[[index]],
            loan_key=model.financing.loan_key[[index]],
        ),
        fiscal=_of_one(model.fiscal, index),
    )


def _of_one(accounts: Fiscal, index: int) -> Fiscal:
    """Public accounts of one state: all of their arrays run over states first."""
    given = {field.name: getattr(accounts, field.name) for field in fields(accounts)}
    own: dict[str, Any] = {
        name: value[[index]] for name, value in given.items() if isinstance(value, np.ndarray)
    }
    return replace(accounts, **own)


def reached(model: Model, t: int) -> tuple[tuple[str, int], ...]:
    """Stream and row of every shock that the model reads for its years up to the one of that index."""
    streams: dict[str, int] = {}
    calling_draws(model, noting(streams))
    return tuple((name, row) for name, rows in streams.items() for row in range(min(rows, t + 1)))


def faced(model: Model, shocks: Shocks, neutral: Scenario, t: int) -> Faced[Floats]:
    """What the first state of a model faces in the year of that index, in a scenario without levers."""
    draws, state, given = calling_draws(model, shocks), model.states[0], model.capacity
    has = next(money(model, draws, neutral))
    promised = Promises(has.investment, has.committed, net_calls(model, draws, neutral)[0])
    growth = draws.states[0].legacy_cost * draws.prices.level[t]
    gdp = gdp_deviation(model.economy, shocks, state.code, len(model.years)).nominal[t]
    before_safe = has.investment[t] - given.safe_new * float(state.safe_draw[t])
    strain, _ = promised.strained()
    return Faced(
        strain=strain[t],
        budget=has.budget[t],
        gdp=model.economy.exponential(gdp),
        share=before_safe / (has.budget[t] * state.scale),
        cost=cost_over_plan(growth, float(given.cost_phase[t])),
        call=promised.net_call[t],
        due=promised.committed[t] + promised.net_call[t],
    )


def group_of(stream: str) -> str:
    """Group of the driver a stream belongs to."""
    return next(name for name, group in GROUPS.items() if driver_of(stream) in group.drivers)


def _move(measure: str, median: Faced[float], point: Faced[float]) -> float:
    before, after = getattr(median, measure), getattr(point, measure)
    return after - before if MEASURES[measure] == "absolute" else after / before - 1.0


def _log_move(measure: str, median: Faced[float], point: Faced[float]) -> float:
    return float(np.log(getattr(point, measure) / getattr(median, measure)))


MEASURES = {
    "budget": "relative",
    "gdp": "relative",
    "share": "absolute",
    "cost": "relative",
    "call": "absolute",
}
"""Fields of `Faced` in which moves are told -> how."""

GROUPS: dict[str, Group] = {
    "defence budget": Group(("budget.common", "budget"), "budget", "defence budget"),
    "pledge": Group(("pledge.common", "pledge"), "budget", "defence budget, as far as the pledge is kept"),
    "growth": Group(("growth.common", "growth"), "gdp", "real GDP"),
    "inflation": Group(("deflator.common", "deflator"), "gdp", "price level"),
    "investment share": Group(("investment_share",), "share", "share of the budget that is invested"),
    "cost growth": Group(
        ("cost.common", "legacy_cost", "cost"), "cost", "payments on contracts signed before"
    ),
    "programme": Group(
        (
            "price",
            "usd",
            "uah",
            "currency",
            "rate",
            "award",
            "duration",
            "slip",
            "absorption",
            "saving",
            "grant_cut",
            "participation",
        ),
        "call",
        "net call of the programme",
    ),
}
"""What moves strain, as a reader knows it; every family of DRIVERS is in one of them."""
