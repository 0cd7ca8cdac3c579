"""All a simulation needs, and all that is random in it, before any lever."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from models import capacity, fiscal, participation
from models.capacity import Capacity, State, StateDraws
from models.economy import Economy, Gdp, Prices, gdp_deviation, prices
from models.financing import Financing
from models.fiscal import Fiscal, FiscalDraws
from models.lots import Lot, LotDraws, Successor, Timing, lot_draws
from models.participation import Keys, Participation
from models.shocks import Shocks
from models.strain import Thresholds


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
    """All that is random, before any lever.

    fiscal: one a state; empty where nobody asks for points of GDP.
    """

    prices: Prices
    lots: tuple[LotDraws, ...]
    keys: Keys
    states: tuple[StateDraws, ...]
    fiscal: tuple[FiscalDraws, ...] = ()


def draws(model: Model, shocks: Shocks) -> Draws:
    """What all scenarios share. A state's GDP is not kept: its accounts hold what follows from it."""
    common, lots, keys = (PARTS[name](model, shocks) for name in ("prices", "lots", "keys"))
    states, accounts = [], []
    for index, state in enumerate(model.states):
        gdp = _gdp(model, state, shocks)
        states.append(capacity.draws(state, model.capacity, model.economy, shocks, gdp))
        accounts.append(fiscal.draws(model.fiscal, index, state, model.economy, gdp, common.rate))
    return Draws(common, lots, keys, tuple(states), tuple(accounts))


def _gdp(model: Model, state: State, shocks: Shocks) -> Gdp:
    return gdp_deviation(model.economy, shocks, state.code, len(model.years))


def calling_draws(model: Model, shocks: Shocks) -> Draws:
    """Draws of all that strain rests on: calls, budgets and what is signed for, without public accounts."""
    return Draws(**{name: part(model, shocks) for name, part in PARTS.items()})


PARTS: Mapping[str, Callable[[Model, Shocks], Any]] = MappingProxyType(
    {
        "prices": lambda model, shocks: prices(model.economy, shocks, len(model.years)),
        "lots": lambda model, shocks: tuple(lot_draws(lot, model.timing, shocks) for lot in model.lots),
        "keys": lambda model, shocks: participation.keys(model.participation, model.lots, shocks),
        "states": lambda model, shocks: tuple(
            capacity.draws(state, model.capacity, model.economy, shocks, _gdp(model, state, shocks))
            for state in model.states
        ),
    }
)
"""How each part of the draws is made, but for public accounts."""
