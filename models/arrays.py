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
Indices: TypeAlias = NDArray[np.int32]
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


TOGETHER = 5
"""Arrays that `_added` takes: a sum in progress is written once for four more terms."""


class Total:
    """Sum of arrays of one shape, each added to those before it; none may be written to until the end."""

    def __init__(self) -> None:
        self._terms: list[Floats] = []

    def add(self, term: Floats) -> None:
        """Add a term."""
        self._terms.append(term)
        if len(self._terms) == TOGETHER:
            self._terms = [_added(*self._terms)]

    def so_far(self) -> Floats:
        """Sum of all terms, one at least; of one alone itself."""
        first, *rest = self._terms
        if not rest:
            return first
        total = first + rest[0]
        for term in rest[1:]:
            total += term
        return total


@compiled
def _added(first: Floats, second: Floats, third: Floats, fourth: Floats, fifth: Floats) -> Floats:
    """Sum of terms of one shape, from the left to the right."""
    found = np.empty(first.size)
    a, b, c, d, e = first.ravel(), second.ravel(), third.ravel(), fourth.ravel(), fifth.ravel()
    for p in range(len(found)):
        found[p] = a[p] + b[p] + c[p] + d[p] + e[p]
    return found.reshape(first.shape)


def summed(terms: Iterable[Floats]) -> Floats:
    """Sum of arrays of one shape, as of `Total`."""
    total = Total()
    for term in terms:
        total.add(term)
    return total.so_far()


LEVELS: tuple[float, ...] = (0.05, 0.10, 0.25, 0.50, 0.75, 0.90, 0.95)
"""Percentile levels of every distribution shown."""

UNION = "EU"
"""The place that holds union figures, always computed from joint draws."""
