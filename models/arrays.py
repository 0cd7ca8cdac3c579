"""Axis order and array types, stated once.

Every array of results runs (state, year, draw) or (line, year, draw): the draw is last and contiguous.
Money is EUR million at current prices, rates are shares per year, years are calendar years.
"""

from collections.abc import Iterable
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from models.compiled import compiled

Floats: TypeAlias = NDArray[np.float64]
Integers: TypeAlias = NDArray[np.int64]
Bytes: TypeAlias = NDArray[np.uint8]
Booleans: TypeAlias = NDArray[np.bool_]


def accumulated(yearly: Floats) -> Floats:
    """Running sum over years. Shape (year, draw), as given."""
    total = np.array(yearly, order="C")
    _accumulate(total.reshape(len(total), -1))
    return total


@compiled
def _accumulate(total: Floats) -> None:
    """Row by row: np.cumsum along the first axis takes ten times as long."""
    for t in range(1, len(total)):
        for p in range(total.shape[1]):
            total[t, p] += total[t - 1, p]


def summed(terms: Iterable[Floats]) -> Floats:
    """Sum of arrays of one shape, each added to those before it. One at least; of one alone itself."""
    rest = iter(terms)
    first, second = next(rest), next(rest, None)
    if second is None:
        return first
    total = first + second
    for term in rest:
        total += term
    return total


LEVELS: tuple[float, ...] = (0.05, 0.10, 0.25, 0.50, 0.75, 0.90, 0.95)
"""Percentile levels of every distribution shown."""

UNION = "EU"
"""The place that holds union figures, always computed from joint draws."""
