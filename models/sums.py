"""Sums in whole numbers: exact, whatever the order they are added in."""

import numpy as np

from models.arrays import Floats, Integers
from models.counting import LIMB

MONEY_STEP, RATIO_STEP = 1e-3, 1e-9
"""Sums are kept in whole EUR 1,000 and in 1e-9 of a ratio.

64-bit integers then hold 2^24 paths of the union.
"""

FINE, FINEST = 1.0 / 2**11, 1.0 / 2**24
"""Squares are of whole steps: a width over 2,048, and never less than 6e-8."""


class Sums:
    """Fixed-point sums of metrics in (metric, place, year) cells, in whole steps (metric,)."""

    def __init__(self, step: Floats, places: int, years: int) -> None:
        self.step, self.per_unit = step, 1.0 / step
        self.totals = np.zeros((len(step), places, years), dtype=np.int64)

    def __reduce__(self) -> tuple[object, ...]:
        """Sums do not travel to another process."""
        return Sums, (self.step, *self.totals.shape[1:])


class Squares:
    """Sums of squares of metrics in (metric, place, year) cells, about a point and in steps of their own.

    about, step: (metric, place, year). totals: (metric, limb, place, year); first * 2^32 + second is the sum.
    """

    def __init__(self, about: Floats, step: Floats) -> None:
        self.about, self.step = about, step
        metrics, places, years = about.shape
        self.totals = np.zeros((metrics, 2, places, years), dtype=np.int64)
        self._by_place = np.stack([about, 1.0 / step], axis=1).transpose(2, 0, 1, 3).copy()

    def at(self, place: int) -> Floats:
        """Points and steps a unit in one place (metric, 2, year)."""
        return self._by_place[place]

    def carried(self, metric: int) -> Integers:
        """Totals with the second number under 2^32: the same however the passes were cut."""
        high, low = self.totals[metric]
        return np.array([high + (low >> LIMB), low & ((1 << LIMB) - 1)])

    def mean(self, metric: int, place: int, paths: int) -> Floats:
        """Mean square of the distance from about. Shape (year,)."""
        (high, low), step = self.carried(metric)[:, place] / paths, self.step[metric, place]
        return np.asarray((high * float(1 << LIMB) + low) * step * step)

    def __reduce__(self) -> tuple[object, ...]:
        """Points and steps travel to another process, sums do not."""
        return Squares, (self.about, self.step)


def scale(values: Floats) -> tuple[Floats, Floats]:
    """Point and step (year,) to square values about, from pilot values (year, draw).

    Their median, and a fine share of P90 - P10 that is a power of two, so that taking it changes no digit.
    """
    draws = values.shape[1]
    ranks = [draws // 10, draws // 2, draws - 1 - draws // 10]
    p10, median, p90 = np.partition(values, ranks, axis=1)[:, ranks].T
    _, exponent = np.frexp(p90 - p10)
    return median, np.maximum(np.ldexp(FINE, exponent), FINEST)
