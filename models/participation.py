"""Who takes part in a contract, with which key, and who leaves."""

from dataclasses import dataclass

import numpy as np

from models.arrays import Floats
from models.outlays import Lot
from models.shocks import Shocks, stream
from models.stress import Scenario
from models.tables import Table


@dataclass(frozen=True)
class Participation:
    """states: codes; investment: yearly investment that weighs a state [EUR million] (state,);
    joins: whether a state is drawn without being named (state,); per_contract: states in a contract.
    """

    states: tuple[str, ...]
    investment: tuple[float, ...]
    joins: tuple[bool, ...]
    per_contract: int
    waiting: Table


def key(participation: Participation, lot: Lot, shocks: Shocks, scenario: Scenario) -> Floats:
    """Share of a lot's national bill that each state bears. Shape (state, draw); sums to one, or to zero if all left.

    Named shares are taken as they are; else states are drawn without replacement with probability proportional to
    investment (the smallest exponential waiting times win), and share by investment. States that leave are taken out
    after the draw and the rest bear their part.
    """
    stays = np.array([code not in scenario.leaves for code in participation.states])
    if lot.keys is not None:
        weight = (np.array(lot.keys) * stays)[:, np.newaxis] * np.ones_like(shocks("cost.common", 1))
    else:
        drawn = _drawn(participation, lot, shocks) & stays[:, np.newaxis]
        weight = drawn * np.array(participation.investment)[:, np.newaxis]
    total = np.zeros(weight.shape[1])
    for row in weight:
        total += row
    return weight / np.where(total > 0.0, total, 1.0)


def goes_ahead(lot: Lot, shares: Floats) -> Floats:
    """1 in draws where at least the legal minimum of states takes part, else 0. Shape (draw,)."""
    if not lot.contract:
        return np.ones(shares.shape[1])
    return ((shares > 0.0).sum(axis=0) >= lot.minimum).astype(np.float64)


def _drawn(
    participation: Participation, lot: Lot, shocks: Shocks
) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
    """Whether a state is among those drawn. Shape (state, draw)."""
    waits = np.stack(
        [
            participation.waiting(shocks(stream("participation", lot.name, code), 1)[0]) / weight
            if joins and weight > 0.0
            else np.full(shocks("cost.common", 1).shape[1], np.inf)
            for code, weight, joins in zip(
                participation.states, participation.investment, participation.joins, strict=True
            )
        ]
    )
    candidates = sum(
        1 for w, j in zip(participation.investment, participation.joins, strict=True) if j and w > 0.0
    )
    last = min(participation.per_contract, candidates)
    if last == 0:
        return np.zeros(waits.shape, dtype=np.bool_)
    return (waits <= np.partition(waits, last - 1, axis=0)[last - 1]) & (waits < np.inf)
