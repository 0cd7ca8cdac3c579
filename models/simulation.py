"""The model as a deterministic function of its shocks: `outcome` draws nothing."""

from collections.abc import Iterator
from dataclasses import dataclass, fields

import numpy as np

from models import financing, participation, strain
from models.arrays import Floats
from models.capacity import Capacity, State, money
from models.economy import Economy, Prices, prices
from models.financing import Financing
from models.outlays import Lot, LotOutlay, Timing, lot_outlay
from models.participation import Participation
from models.shocks import Shocks
from models.strain import Outcome, Thresholds
from models.stress import Scenario


@dataclass(frozen=True)
class Model:
    """All a worker needs: arrays and numbers, nothing else. years: the projected calendar years."""

    years: tuple[int, ...]
    economy: Economy
    timing: Timing
    lots: tuple[Lot, ...]
    participation: Participation
    capacity: Capacity
    states: tuple[State, ...]
    financing: Financing
    thresholds: Thresholds


@dataclass(frozen=True)
class Programme:
    """What happens above the states: prices, and for each lot its outlays and the key of its national bill."""

    prices: Prices
    outlays: tuple[LotOutlay, ...]
    keys: tuple[Floats, ...]


def programme(model: Model, shocks: Shocks, scenario: Scenario) -> Programme:
    """Prices, participants and outlays of every lot."""
    level = prices(model.economy, shocks, scenario, len(model.years))
    keys = tuple(participation.key(model.participation, lot, shocks, scenario) for lot in model.lots)
    outlays = tuple(
        lot_outlay(lot, model.timing, shocks, scenario, level, participation.goes_ahead(lot, key))
        for lot, key in zip(model.lots, keys, strict=True)
    )
    return Programme(level, outlays, keys)


def outcome(model: Model, shocks: Shocks, scenario: Scenario) -> tuple[Outcome, ...]:
    """Every state's outcome, in the order of the model, and the union's last."""
    return tuple(outcomes(model, shocks, scenario, programme(model, shocks, scenario)))


def outcomes(model: Model, shocks: Shocks, scenario: Scenario, union: Programme) -> Iterator[Outcome]:
    """Outcomes one by one, so that a state's arrays stay in the cache; the union is the running sum."""
    total: Outcome | None = None
    for state in range(len(model.states)):
        one = state_outcome(model, state, shocks, scenario, union)
        yield one
        total = one if total is None else added(total, one)
    if total is not None:
        yield total


def state_outcome(model: Model, index: int, shocks: Shocks, scenario: Scenario, union: Programme) -> Outcome:
    """What one state has, has promised and is called for."""
    state = model.states[index]
    has = money(state, model.capacity, model.economy, shocks, scenario, union.prices)
    service = financing.safe_service(model.financing, state.safe_draw, union.prices)
    calls = financing.calls(index, model.financing, model.lots, union.outlays, union.keys, service)
    return Outcome(
        budget=has.budget,
        investment=has.investment,
        committed=has.committed,
        cofinancing=calls.cofinancing,
        overrun=calls.overrun,
        timing=calls.timing,
        grant_received=calls.grant_received,
        sustainment=calls.sustainment,
        net_call=calls.net,
        gap=strain.gap(has.committed + calls.net, has.investment),
        gap_without=strain.gap(has.committed, has.investment),
        eu_budget=calls.eu_budget * scenario.number("additionality"),
        safe_service=calls.safe_service,
        ukraine_loan=calls.ukraine_loan,
    )


def added(total: Outcome, one: Outcome) -> Outcome:
    """Sum of two outcomes, field by field."""
    return Outcome(**{f.name: getattr(total, f.name) + getattr(one, f.name) for f in fields(Outcome)})


def line_totals(model: Model, union: Programme, metric: str) -> dict[str, Floats]:
    """A line metric summed over the lots of each line, and over all lines under "EU". Shapes (year or 1, draw)."""
    of = strain.LINE_METRICS[metric].of
    totals: dict[str, Floats] = {}
    for lot, outlay in zip(model.lots, union.outlays, strict=True):
        value = of(lot, outlay)
        for place in (lot.line, "EU"):
            totals[place] = totals[place] + value if place in totals else value
    return totals


def identity_error(model: Model, union: Programme) -> float:
    """Largest relative error, over lines and draws, of payers = contract cost within and beyond the horizon."""
    worst = 0.0
    for lot, outlay in zip(model.lots, union.outlays, strict=True):
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
