"""Conditions that a scenario sets on what is random, each linear in the shocks."""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from models.arrays import Floats, accumulated
from models.capacity import State, budget_news, investment_share
from models.dependence import mixed, scores
from models.economy import persistent
from models.lots import Lot, lot_draws, lot_levers
from models.model import Model
from models.shocks import Shocks, stream
from models.stress import LEVERS, Scenario
from models.tables import SCORE_LIMIT, SPREAD_LIMIT, Table

CHOICE = "choice, no probability"
FIXED = "not random in the model"


@dataclass(frozen=True)
class Place:
    """Whom a scenario meets."""

    states: tuple[State, ...]
    lots: tuple[Lot, ...]


@dataclass(frozen=True)
class Condition:
    """A quantity that is linear in shocks, and where a scenario puts it.

    of: shocks -> (row, draw); target: (row,), its first rows where it is shorter; infinite where the quantity
    is never so far out.
    """

    of: Callable[[Shocks], Floats]
    target: Floats


def _path(scenario: Scenario, lever: str, state: str = "") -> Floats:
    """A yearly lever up to the last year in which it is not neutral. Shape (year,)."""
    values = scenario.years(lever, state)[:, 0]
    moved = np.flatnonzero(values != LEVERS[lever].neutral)
    return values[: moved[-1] + 1 if len(moved) else 0]


def _growth(model: Model, scenario: Scenario, where: Place) -> Iterator[Condition]:
    given = model.economy
    sizes = given.growth_common, given.growth_own, given.growth_persistence
    for state in where.states:
        of = _rate_path("growth", state.code, sizes, len(model.years))
        yield Condition(of, _path(scenario, "growth", state.code))


def _deflator(model: Model, scenario: Scenario, where: Place) -> Iterator[Condition]:
    given = model.economy
    sizes = given.deflator_common, given.deflator_own, given.deflator_persistence
    for state in where.states:
        of = _rate_path("deflator", state.code, sizes, len(model.years))
        yield Condition(of, _path(scenario, "deflator"))


def _rate_path(
    driver: str, code: str, sizes: tuple[float, float, float], years: int
) -> Callable[[Shocks], Floats]:
    """Growth or inflation of a state (year, draw); sizes: of common and own shocks, and the persistence."""
    common_size, own_size, persistence = sizes

    def of(shocks: Shocks) -> Floats:
        own = own_size * shocks(stream(driver, code), years)
        return persistent(common_size * shocks(f"{driver}.common", years) + own, persistence)

    return of


def _rates(model: Model, scenario: Scenario, _: Place) -> Iterator[Condition]:
    """From the second year on: nothing is borrowed at a moved rate in the first."""
    years = len(model.years)
    yield Condition(
        lambda shocks: model.economy.rate * accumulated(shocks("rate", years))[1:],
        _path(scenario, "rates")[1:],
    )


def _budget(model: Model, scenario: Scenario, where: Place) -> Iterator[Condition]:
    for state in where.states:

        def of(shocks: Shocks, state: State = state) -> Floats:
            return scores(budget_news(state, shocks, model.capacity), state.settled)

        path = np.log(_path(scenario, "budget", state.code))
        grid = np.linspace(-SPREAD_LIMIT, SPREAD_LIMIT, state.spread.shape[1])
        middle = state.spread.shape[1] // 2
        rows = zip(path, state.spread, strict=False)
        target = [_inverse(row[middle] + moved, row, grid) for moved, row in rows]
        yield Condition(of, np.array(target))


def _investment_share(model: Model, scenario: Scenario, where: Place) -> Iterator[Condition]:
    given = model.capacity
    for state in where.states:

        def of(shocks: Shocks, state: State = state) -> Floats:
            return investment_share(state, given, shocks, budget_news(state, shocks, given))

        yield Condition(of, _path(scenario, "investment_share", state.code))


def _cost_growth(model: Model, scenario: Scenario, where: Place) -> Iterator[Condition]:
    factor, given = scenario.number("cost_growth"), model.capacity
    for state in where.states:

        def of(shocks: Shocks, code: str = state.code) -> Floats:
            own = shocks(stream("legacy_cost", code), 1)
            return mixed(given.legacy_common, shocks("cost.common", 1), own)

        yield Condition(of, _score(given.legacy_cost, factor))
    for lot in where.lots:
        if lot.contract:
            yield Condition(_cost_score(model, lot), _score(lot.cost_growth, factor))


def _slip(model: Model, scenario: Scenario, where: Place) -> Iterator[Condition]:
    given = model.timing
    for lot in where.lots:

        def of(shocks: Shocks, lot: Lot = lot) -> Floats:
            part = given.slip_correlation * given.slip_correlation
            return mixed(part, _cost_score(model, lot)(shocks), shocks(stream("slip", lot.name), 1))

        levers = lot_levers(lot, scenario)
        if lot.contract and (levers.slip_months != 0.0 or levers.slip != 1.0):
            yield Condition(of, _score(given.slip, levers.slip, levers.slip_months))


def _cost_score(model: Model, lot: Lot) -> Callable[[Shocks], Floats]:
    """Score of the cost growth of a lot."""
    return lambda shocks: mixed(
        model.timing.common, shocks("cost.common", 1), shocks(stream("cost", lot.name), 1)
    )


def _absorption(model: Model, scenario: Scenario, where: Place) -> Iterator[Condition]:
    for lot in where.lots:
        factor = lot_levers(lot, scenario).absorption
        if factor != 1.0:
            yield Condition(_own("absorption", lot), _score(model.timing.absorption, factor))


def _lag(model: Model, scenario: Scenario, where: Place) -> Iterator[Condition]:
    part = _part(scenario.number("lag_months"), model.timing.lag)
    for lot in where.lots:
        yield Condition(_own("award", lot), _score(model.timing.uniform, added=part))


def _duration(model: Model, scenario: Scenario, where: Place) -> Iterator[Condition]:
    for lot in where.lots:
        part = _part((scenario.number("duration") - 1.0) * sum(lot.duration) / 2.0, lot.duration)
        if lot.contract:
            yield Condition(_own("duration", lot), _score(model.timing.uniform, added=part))


def _prices(model: Model, scenario: Scenario, where: Place) -> Iterator[Condition]:
    """One condition a capability: its lots share one price, at a median time of award."""
    first = {lot.capability: lot for lot in reversed(where.lots) if lot.contract}
    for capability, lot in first.items():

        def of(shocks: Shocks, lot: Lot = lot) -> Floats:
            return np.log(lot_draws(lot, model.timing, shocks).price)[np.newaxis]

        if scenario.of("prices", capability) != 1.0:
            yield Condition(of, np.array([math.log(scenario.of("prices", capability))]))


def _own(driver: str, lot: Lot) -> Callable[[Shocks], Floats]:
    return lambda shocks: shocks(stream(driver, lot.name), 1)


def _score(table: Table, factor: float = 1.0, added: float = 0.0) -> Floats:
    """Normal score at which a table has its middle value times a factor, and something added. Shape (1,)."""
    grid = np.linspace(-SCORE_LIMIT, SCORE_LIMIT, len(table.values))
    return np.array([_inverse(factor * float(table(np.zeros(1))[0]) + added, table.values, grid)])


def _part(moved: float, bounds: tuple[float, float]) -> float:
    """Part of the way between two bounds that a move is; beyond any where they are one."""
    low, high = bounds
    return moved / (high - low) if low < high else math.copysign(math.inf, moved)


def _inverse(value: float, values: Floats, grid: Floats) -> float:
    """Where rising values reach a value, nearest to the middle of the grid; infinite where they never do."""
    if not values[0] <= value <= values[-1]:
        return math.copysign(math.inf, value - values[0])
    kept = grid[values == value]
    return float(kept[np.abs(kept).argmin()] if len(kept) else np.interp(value, values, grid))


CONDITIONS: dict[str, Callable[[Model, Scenario, Place], Iterator[Condition]]] = {
    "growth": _growth,
    "inflation": _deflator,
    "interest rates": _rates,
    "budgets": _budget,
    "investment share": _investment_share,
    "prices": _prices,
    "cost growth": _cost_growth,
    "slip": _slip,
    "time to award": _lag,
    "duration": _duration,
    "absorption": _absorption,
}
"""What is random -> the conditions that a scenario sets on it."""

DRIVEN: dict[str, str] = {
    "growth": "growth",
    "deflator": "inflation",
    "rates": "interest rates",
    "budget": "budgets",
    "investment_share": "investment share",
    "committed": FIXED,
    "premium": FIXED,
    "prices": "prices",
    "slip": "slip",
    "slip_months": "slip",
    "ukraine_slip_months": "slip",
    "lag_months": "time to award",
    "duration": "duration",
    "mix": CHOICE,
    "cost_growth": "cost growth",
    "sustainment": FIXED,
    "absorption": "absorption",
    "ukraine_absorption": "absorption",
    "joint": CHOICE,
    "saving": CHOICE,
    "leaves": CHOICE,
    "leaving_saving": CHOICE,
    "joining_part": CHOICE,
    "joining_key": CHOICE,
    "successor": CHOICE,
    "additionality": CHOICE,
    "pledge": CHOICE,
}
"""Lever -> the driver it moves, an entry of CONDITIONS, or why it has no probability."""
