"""Sums in whole numbers: exact, whatever the order they are added in."""

from collections.abc import Sequence

import numpy as np

from models.arrays import Floats, Integers
from models.compiled import compiled

MONEY_STEP, RATIO_STEP = 1e-3, 1e-9
"""Sums are kept in whole EUR 1,000 and in 1e-9 of a ratio.

64-bit integers then hold 2^24 paths of the union.
"""

EXACT = 2.0**53
"""Up to here whole numbers are exact in floating point."""
LIMB = 32
"""Bits of the lower of the two numbers that a sum of squares is kept in."""
FINE, FINEST = 1.0 / 2**11, 1.0 / 2**24
"""Squares are of whole steps: a width over 2,048, and never less than 6e-8."""
HALF, LARGEST = 20, 2.0**35
"""Steps are squared in two parts, the lower of 20 bits; 2^24 paths of 2^35 steps still fit into two limbs."""

NONE = np.int64(0)


class Sums:
    """Fixed-point sums of (metric, place, year) cells."""

    def __init__(self, metrics: Sequence[str], steps: Sequence[float], places: int, years: int) -> None:
        self.metrics = tuple(metrics)
        self.steps = tuple(steps)
        self.totals = np.zeros((len(metrics), places, years), dtype=np.int64)

    def of(self, metric: int, values: Floats) -> Integers:
        """Sum over draws of a metric's values (year, draw), in whole steps. Shape (year,).

        OverflowError where a sum might pass 2^53 steps: results are read in floating point, in which larger
        whole numbers are not exact.
        """
        total = np.empty(len(values), np.int64)
        if not _summed(values, 1.0 / self.steps[metric], EXACT / values.shape[1], total):
            size = np.abs(values).max()
            raise OverflowError(f"{self.metrics[metric]}: {size:.3g} is too large to add up exactly")
        return total

    def __reduce__(self) -> tuple[object, ...]:
        """Sums do not travel to another process."""
        return Sums, (self.metrics, self.steps, *self.totals.shape[1:])


class Squares:
    """Sums of squares of (metric, place, year) cells, about a point and in steps of their own.

    about, step: (metric, place, year). totals: (limb, metric, place, year); first * 2^32 + second is the sum.
    """

    def __init__(self, metrics: Sequence[str], about: Floats, step: Floats) -> None:
        self.metrics = tuple(metrics)
        self.about, self.step = about, step
        self.totals = np.zeros((2, *about.shape), dtype=np.int64)

    def of(self, metric: int, place: int, values: Floats) -> Integers:
        """Sum over draws of squares of a metric's values (year, draw) in one place, in whole steps.

        Shape (limb, year). OverflowError from 2^35 steps on.
        """
        parts = np.empty((3, len(values)), np.int64)
        exact = _squared(values, self.about[metric, place], 1.0 / self.step[metric, place], parts)
        if not exact or values.shape[1] > 2**16:
            size = np.abs(values).max()
            raise OverflowError(f"{self.metrics[metric]}: {size:.3g} is too large to square exactly")
        high, mixed, low = parts
        return _limbs(high, 2 * HALF) + _limbs(mixed, HALF) + _limbs(low, 0)

    def carried(self) -> Integers:
        """Totals with the second number under 2^32: the same however the passes were cut."""
        high, low = self.totals
        return np.array([high + (low >> LIMB), low & ((1 << LIMB) - 1)])

    def mean(self, metric: int, place: int, paths: int) -> Floats:
        """Mean square of the distance from about. Shape (year,)."""
        high, low = self.totals[:, metric, place] / paths
        return np.asarray(
            (high * float(1 << LIMB) + low) * self.step[metric, place] * self.step[metric, place]
        )

    def __reduce__(self) -> tuple[object, ...]:
        """Points and steps travel to another process, sums do not."""
        return Squares, (self.metrics, self.about, self.step)


@compiled
def _summed(values: Floats, per_unit: float, limit: float, total: Integers) -> bool:
    """Sums of values (year, draw) in whole steps, into total (year,). Whether all terms are below a limit.

    per_unit: steps a unit. What is beyond 64 bits or no number turns into what the processor makes of it, so
    the limit is held against it before.
    """
    below = True
    for t in range(len(values)):
        row, added = values[t], NONE
        for p in range(len(row)):
            steps = np.rint(row[p] * per_unit)
            below &= abs(steps) < limit
            added += np.int64(steps)
        total[t] = added
    return below


@compiled
def _squared(values: Floats, about: Floats, per_unit: Floats, parts: Integers) -> bool:
    """Sums of squares of values (year, draw), into parts (part, year). Whether all terms are below LARGEST.

    With n = upper * 2^20 + lower whole steps: upper^2, 2 upper lower, lower^2. about: the point; per_unit:
    steps a unit; both (year,).
    """
    below = True
    for t in range(len(values)):
        row, point, per = values[t], about[t], per_unit[t]
        high, mixed, low = NONE, NONE, NONE
        for p in range(len(row)):
            steps = np.rint((row[p] - point) * per)
            below &= abs(steps) < LARGEST
            whole = np.int64(steps)
            upper = whole >> HALF
            lower = whole - (upper << HALF)
            high += upper * upper
            mixed += 2 * upper * lower
            low += lower * lower
        parts[0, t], parts[1, t], parts[2, t] = high, mixed, low
    return below


def _limbs(numbers: Integers, bits: int) -> Integers:
    """Numbers (year,) times 2^bits, as two limbs (limb, year), the first with the sign."""
    if bits >= LIMB:
        return np.array([numbers << (bits - LIMB), np.zeros_like(numbers)])
    high = numbers >> (LIMB - bits)
    return np.array([high, (numbers - (high << (LIMB - bits))) << bits])


def scale(values: Floats) -> tuple[Floats, Floats]:
    """Point and step (year,) to square values about, from pilot values (year, draw).

    Their median, and a fine share of P90 - P10 that is a power of two, so that taking it changes no digit.
    """
    draws = values.shape[1]
    ranks = [draws // 10, draws // 2, draws - 1 - draws // 10]
    p10, median, p90 = np.partition(values, ranks, axis=1)[:, ranks].T
    _, exponent = np.frexp(p90 - p10)
    return median, np.maximum(np.ldexp(FINE, exponent), FINEST)
