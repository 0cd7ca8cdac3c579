"""Who takes part in a contract, with which key, and who leaves."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from models.arrays import Booleans, Floats
from models.compiled import compiled
from models.lots import Lot
from models.shocks import Shocks, stream
from models.stress import Scenario
from models.tables import Table


@dataclass(frozen=True)
class Participation:
    """Who may take part, and how states are drawn.

    states: codes; investment: yearly investment that weighs a state [EUR million] (state,);
    joins: whether a state is drawn without being named (state,); per_contract: states in a contract.
    """

    states: tuple[str, ...]
    investment: tuple[float, ...]
    joins: tuple[bool, ...]
    per_contract: int
    waiting: Table


def key(participation: Participation, lot: Lot, shocks: Shocks) -> Floats:
    """Share of a lot's national bill that each state bears, before any leaves. Shape (state, draw).

    Sums to one. Named shares are taken as they are. Else states are drawn without replacement with
    probability proportional to investment (the smallest exponential waiting times win) and share by it.
    """
    if lot.keys is not None:
        return np.array(lot.keys)[:, np.newaxis] * np.ones_like(shocks("cost.common", 1))
    return shared(_drawn(participation, lot, shocks) * np.array(participation.investment)[:, np.newaxis])


def keys(participation: Participation, lots: Sequence[Lot], shocks: Shocks) -> Floats:
    """Keys of all lots, before any state leaves. Shape (lot, state, draw)."""
    draws = shocks("cost.common", 1).shape[1]
    found = np.empty((len(lots), len(participation.states), draws))
    for lot, place in zip(lots, found, strict=True):
        place[:] = key(participation, lot, shocks)
    return found


def remaining(participation: Participation, keys: Floats, scenario: Scenario) -> Floats:
    """Keys (lot, state, draw) after the states of a scenario have left and the rest bear their part.

    Zero where all have left. What a new member bears is taken off all.
    """
    if scenario.leaves:
        stays = np.array([[code not in scenario.leaves] for code in participation.states])
        keys = np.stack([shared(key * stays) for key in keys])
    part = scenario.number("joining_part")
    return keys * (1.0 - part) if part else keys


def shared(weight: Floats) -> Floats:
    """Weights (state, draw) over their sum, zero where that is zero."""
    total = np.zeros(weight.shape[1])
    for row in weight:
        total += row
    return weight / np.where(total > 0.0, total, 1.0)


def goes_ahead(lot: Lot, shares: Floats) -> Floats:
    """1 in draws where at least the legal minimum of states takes part, else 0. Shape (draw,).

    Where states pay a part, one of them at least must be there to pay it.
    """
    if not lot.contract:
        return np.ones(shares.shape[1])
    least = max(lot.minimum, 1) if lot.state_share > 0.0 else lot.minimum
    return _at_least(shares, least)


@compiled
def _at_least(shares: Floats, least: int) -> Floats:
    """1 in draws where so many states at least bear a share (state, draw), else 0. Shape (draw,)."""
    number = np.zeros(shares.shape[1], np.int64)
    for i in range(len(shares)):
        for p in range(len(number)):
            number[p] += shares[i, p] > 0.0
    return (number >= least).astype(np.float64)


def _drawn(participation: Participation, lot: Lot, shocks: Shocks) -> Booleans:
    """Whether a state is among those drawn. Shape (state, draw)."""
    waits = np.full((len(participation.states), shocks("cost.common", 1).shape[1]), np.inf)
    able = [i for i, weight in enumerate(participation.investment) if participation.joins[i] and weight > 0.0]
    last = min(participation.per_contract, len(able)) - 1
    if last < 0:
        return waits < np.inf
    scores = [shocks(stream("participation", lot.name, participation.states[i]), 1)[0] for i in able]
    weights = np.array([participation.investment[i] for i in able])
    waits[able] = participation.waiting(np.stack(scores)) / weights[:, np.newaxis]
    return (waits <= np.partition(waits, last, axis=0)[last]) & (waits < np.inf)
