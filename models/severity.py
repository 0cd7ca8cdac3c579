"""How far a scenario lies from what is usual: the shortest vector of shocks that brings its lever values.

A driver that a lever stands for is linear in its shocks, or a rising function of a score that is: a path of
growth is an autoregression of its innovations, a budget's factor a score of its distribution. So the values
of a scenario's levers are linear conditions A u = b on the vector u of independent standard normals, and the
shortest u that meets them has the length d = sqrt(b' (A A')^-1 b): the distance of the path under the model's
own covariance (Mahalanobis distance), in standard deviations. A path as far out in that direction, or
farther, has the probability N(-d); it comes once in 1 / N(-d) tries, with a try a year: the return period.

A lever that a scenario does not move sets no condition, nor do the years after its last move.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import special

from models.arrays import Floats
from models.capacity import State
from models.conditions import CONDITIONS, DRIVEN, Condition, Place
from models.lots import Lot
from models.model import Model
from models.rounding import rounded_number
from models.shocks import chosen, noting
from models.stress import LEVERS, Scenario

MISSED = 1e-6
"""Largest miss of a condition that counts as met [its unit]."""


@dataclass(frozen=True)
class Severity:
    """How far what is random in a scenario lies from its middle [standard deviations].

    one: as one state with one contract meets it: the median over the states it moves, the largest contract it
    moves; all: as all states and contracts meet it at once; both infinite where no shocks bring it; drivers:
    what is random; left_out: levers that are moved but have no probability, with the reason.
    """

    one: float
    all: float
    drivers: tuple[str, ...]
    left_out: tuple[tuple[str, str], ...]


def severity(model: Model, scenario: Scenario) -> Severity:
    """Severity of a scenario; both distances are 0 where it moves nothing that is random."""
    moved = [name for name in LEVERS if _is_moved(scenario, name)]
    drivers = tuple(dict.fromkeys(DRIVEN[name] for name in moved if DRIVEN[name] in CONDITIONS))

    def conditions(states: tuple[State, ...], lots: tuple[Lot, ...]) -> list[Condition]:
        return [one for name in drivers for one in CONDITIONS[name](model, scenario, Place(states, lots))]

    of_union = len(conditions((), ()))
    by_size = sorted(model.lots, key=lambda lot: (-lot.amount, lot.name))
    contract = next(((lot,) for lot in by_size if len(conditions((), (lot,))) > of_union), ())
    single = [distance(conditions((state,), contract)) for state in model.states]
    return Severity(
        one=rounded_number(float(np.median([far for far in single if far > 0.0] or [0.0]))),
        all=rounded_number(distance(conditions(model.states, model.lots))),
        drivers=drivers,
        left_out=tuple((name, DRIVEN[name]) for name in moved if DRIVEN[name] not in CONDITIONS),
    )


def return_period(distance: float) -> float:
    """Years from one path so far out, or farther, to the next, on average [years].

    2 at the median, infinite where the probability is below the smallest number there is.
    """
    tail = float(special.ndtr(-distance))
    return 1.0 / tail if tail > 0.0 else math.inf


def distance(conditions: Sequence[Condition]) -> float:
    """Length of the shortest vector of shocks that meets all conditions [standard deviations].

    0 where there are none, infinite where no shocks meet them.
    """
    columns: dict[tuple[str, int], int] = {}
    rows = [_weights(condition, columns) for condition in conditions]
    target = np.concatenate([np.zeros(0), *(condition.target for condition in conditions)])
    matrix = np.zeros((len(target), len(columns)))
    if np.isinf(target).any():
        return math.inf
    first = 0
    for part, at in rows:
        matrix[first : first + len(part), at] = part
        first += len(part)
    if not target.any():
        return 0.0
    gram = matrix @ matrix.T
    solved = np.linalg.lstsq(gram, target, rcond=1e-10)[0]
    missed = float(np.abs(gram @ solved - target).max())
    return math.sqrt(max(float(target @ solved), 0.0)) if missed < MISSED else math.inf


def _weights(condition: Condition, columns: dict[tuple[str, int], int]) -> tuple[Floats, list[int]]:
    """Weight of each shock in a condition (row, shock), and the columns of those shocks, new ones added."""
    streams: dict[str, int] = {}
    middle = condition.of(noting(streams))
    shocks = [(name, row) for name, rows in streams.items() for row in range(rows)]
    at = [columns.setdefault(shock, len(columns)) for shock in shocks]
    single = chosen(shocks, np.eye(len(shocks)))
    return (condition.of(single) - middle)[: len(condition.target)], at


def _is_moved(scenario: Scenario, lever: str) -> bool:
    form, neutral = LEVERS[lever].form, LEVERS[lever].neutral
    if form == "states":
        return bool(scenario.leaves)
    if form == "years":
        paths = (scenario.yearly[lever], *scenario.local.get(lever, {}).values())
        return any((path != neutral).any() for path in paths)
    parts = (scenario.number(lever), *scenario.capabilities.get(lever, {}).values())
    return any(part != neutral for part in parts)
