"""Functions as uniform tables: the same bits everywhere.

`exp`, `log`, powers and quantile functions differ in the last bit between processors and library versions.
They are therefore made once a run, with `math` and `scipy.special`, rounded to 12 digits, and read by linear
interpolation, which uses only + - * and indexing.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numpy as np
from scipy import special

from models.arrays import Floats
from models.compiled import compiled
from models.rounding import DIGITS, rounded

SCORE_LIMIT = 6.0
"""Normal scores are tabulated from -6 to 6; beyond (2 in 10^9 draws) the end value holds."""
SPREAD_LIMIT = 4.5
"""Spreads of forecasts are given for normal scores from -4.5 to 4.5."""


@dataclass(frozen=True)
class Table:
    """A function on a uniform grid: `values[k]` is its value at `start + k / density`."""

    start: float
    density: float
    values: Floats

    def __call__(self, x: Floats) -> Floats:
        """Value at x by linear interpolation, held constant outside the grid. Any shape."""
        return interpolated(x, self.start, self.density, self.values)


def interpolated(x: Floats, start: float, density: float, values: Floats) -> Floats:
    """Linear interpolation of `values`, two at least, given at `start + k / density`, held constant outside.

    Any shape of x; where x is no number there is none.
    """
    return _interpolated(x.ravel(), start, density, values).reshape(x.shape)


@compiled
def _interpolated(x: Floats, start: float, density: float, values: Floats) -> Floats:
    """The same for numbers in a row (draw,).

    Where they lie is found in a loop of its own, which takes several at a time. What is no number reads the
    first node, since `max` keeps its first argument unless the second is greater.
    """
    last = len(values) - 1
    found, node = np.empty(len(x)), np.empty(len(x), np.uint32)
    for p in range(len(x)):
        position = min(max((x[p] - start) * density, 0.0), float(last))
        node[p] = np.int32(max(0.0, min(position, last - 1.0)))
        found[p] = position - node[p]
    for p in range(len(x)):
        low = values[node[p]]
        found[p] = low + found[p] * (values[node[p] + 1] - low)
    return found


def tabulated(function: Callable[[Floats], Floats], start: float, stop: float, density: int) -> Table:
    """Table of a function between start and stop with `density` nodes per unit.

    function: its values at all nodes (node,); of `math` number by number (`each`), not of numpy, where it is
    more than + - * / and square roots.
    """
    nodes = start + np.arange(round((stop - start) * density) + 1) / density
    return Table(start, float(density), rounded(function(nodes), DIGITS))


def each(function: Callable[[float], float], x: Floats) -> Floats:
    """A function of one number at each of many (node,)."""
    return np.array([function(value) for value in x.tolist()])


@cache
def exponential() -> Table:
    """exp(x) for x in [-6, 6], relative error under 1e-8 (step squared over 8)."""
    return tabulated(lambda x: each(math.exp, x), -6.0, 6.0, 4096)


@cache
def pass_through(above: float, below: float) -> Table:
    """X ** above where x > 1, x ** below else, for x in [0, 16].

    Relative error under 7e-8 above 0.5, 3e-6 at 0.1.
    """

    def power(x: float) -> float:
        return x ** (above if x > 1.0 else below)

    return tabulated(lambda x: each(power, x), 0.0, 16.0, 4096)


@cache
def uniform() -> Table:
    """Normal distribution function: the uniform share of a normal score [0 to 1]."""
    return of_score(lambda share: share)


def of_score(quantile: Callable[[Floats], Floats], density: int = 1024) -> Table:
    """Quantile function of any distribution, as a table of the normal score of the share."""
    return tabulated(
        lambda z: quantile(0.5 * each(math.erfc, -z / math.sqrt(2.0))), -SCORE_LIMIT, SCORE_LIMIT, density
    )


@cache
def lognormal(median: float, sigma: float, low: float = 0.0, high: float = math.inf) -> Table:
    """Log-normal quantiles cut at low and high by transform.

    The share is mapped into the part between the cuts.

    A cut by transform keeps one score per draw where rejection would need an unknown number.
    """
    if sigma == 0.0:
        return of_score(lambda share: np.full_like(share, min(max(median, low), high)), density=1)
    first = special.ndtr((math.log(low) - math.log(median)) / sigma) if low > 0.0 else 0.0
    last = special.ndtr((math.log(high) - math.log(median)) / sigma) if high < math.inf else 1.0

    def quantile(share: Floats) -> Floats:
        score = special.ndtri(np.clip(first + share * (last - first), 1e-10, 1.0 - 1e-10))
        return np.clip(median * each(math.exp, sigma * score), low, high)

    return of_score(quantile)


@cache
def beta(alpha: float, beta_: float) -> Table:
    """Beta quantiles [share]."""
    return of_score(lambda share: np.asarray(special.betaincinv(alpha, beta_, share)))


@cache
def triangular(low: float, mode: float, high: float) -> Table:
    """Triangular quantiles; a point where low equals high."""
    turn = (mode - low) / (high - low) if high > low else 0.0

    def quantile(share: Floats) -> Floats:
        before = low + np.sqrt(share * (high - low) * (mode - low))
        after = high - np.sqrt((1.0 - share) * (high - low) * (high - mode))
        return np.where(share < turn, before, after)

    return of_score(quantile)


@cache
def waiting() -> Table:
    """Unit exponential quantiles: waiting times, of which the smallest are drawn."""
    return of_score(lambda share: -each(math.log, np.maximum(1.0 - share, 1e-10)))


@cache
def rayleigh_profile(steepness: float) -> Table:
    """Share of a contract paid by a share of its duration.

    Weibull of shape 2 cut at its end, so that it adds to one; steepness: its exponent there.
    """
    total = 1.0 - math.exp(-steepness)
    return tabulated(lambda x: (1.0 - each(math.exp, -steepness * x * x)) / total, 0.0, 1.0, 16384)


@compiled
def rows_interpolated(score: Floats, values: Floats) -> Floats:
    """Each row of scores through its own table, uniform between -SPREAD_LIMIT and SPREAD_LIMIT.

    Shapes (row, draw), (row, node).
    """
    density = (values.shape[1] - 1) / (2.0 * SPREAD_LIMIT)
    found = np.empty_like(score)
    for row in range(len(score)):
        found[row] = _interpolated(score[row], -SPREAD_LIMIT, density, values[row])
    return found
