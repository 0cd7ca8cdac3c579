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


class Sum:
    """Fixed-point sum of a metric in (place, year) cells, in whole steps."""

    def __init__(self, step: float, places: int, years: int) -> None:
        self.step, self.per_unit = step, 1.0 / step
        self.totals = np.zeros((places, years), dtype=np.int64)

    def __reduce__(self) -> tuple[object, ...]:
        """Sums do not travel to another process."""
        return Sum, (self.step, *self.totals.shape)


class Squares:
    """Sum of squares of a metric in (place, year) cells, about a point and in steps of their own.

    about, step: (place, year). totals: (limb, place, year); first * 2^32 + second is the sum.
    """

    def __init__(self, about: Floats, step: Floats) -> None:
        self.about, self.step, self.per_unit = about, step, 1.0 / step
        self.totals = np.zeros((2, *about.shape), dtype=np.int64)

    def carried(self) -> Integers:
        """Totals with the second number under 2^32: the same however the passes were cut."""
        high, low = self.totals
        return np.array([high + (low >> LIMB), low & ((1 << LIMB) - 1)])

    def mean(self, place: int, paths: int) -> Floats:
        """Mean square of the distance from about. Shape (year,)."""
        high, low = self.totals[:, place] / paths
        return np.asarray((high * float(1 << LIMB) + low) * self.step[place] * self.step[place])

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
