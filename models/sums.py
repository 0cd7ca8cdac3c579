"""Sums in whole numbers: exact, whatever the order they are added in."""

from collections.abc import Sequence

import numpy as np

from models.arrays import Floats, Integers

MONEY_STEP, RATIO_STEP = 1e-3, 1e-9
"""Sums are kept in whole EUR 1,000 and in 1e-9 of a ratio.

64-bit integers then hold 2^24 paths of the union.
"""

LIMB = 32
"""Bits of the lower of the two numbers that a sum of squares is kept in."""
FINE, FINEST = 1.0 / 2**11, 1.0 / 2**24
"""Squares are of whole steps: a width over 2,048, and never less than 6e-8."""
HALF, LARGEST = 2.0**20, 2.0**35
"""Steps above 2^20 are squared in two parts; 2^24 paths of 2^35 steps still fit into the two numbers."""


class Sums:
    """Fixed-point sums of (metric, place, year) cells."""

    def __init__(self, metrics: Sequence[str], steps: Sequence[float], places: int, years: int) -> None:
        self.metrics = tuple(metrics)
        self.steps = tuple(steps)
        self.totals = np.zeros((len(metrics), places, years), dtype=np.int64)

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

    def scale(self, metric: int, place: int) -> tuple[Floats, Floats]:
        """Point and step of one metric in one place. Shapes (year,)."""
        return self.about[metric, place], self.step[metric, place]

    def is_same(self, metric: int, other: "Squares", others_metric: int, place: int) -> bool:
        """Whether another scenario's squares are about the same point, in the same steps."""
        pairs = zip(self.scale(metric, place), other.scale(others_metric, place), strict=True)
        return all((mine == others).all() for mine, others in pairs)

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


def summed(values: Floats, step: float, largest: float, name: str, out: Floats) -> Integers:
    """Sum over draws of values (year, draw) in whole steps. Shape (year,). largest: of their sizes.

    Whole numbers in floating point add up exactly, in any order, while sums stay under 2^53;
    OverflowError where they might not.
    """
    if largest / step * values.shape[1] >= 2.0**53:
        raise OverflowError(f"{name}: {largest:.3g} is too large to add up exactly")
    np.multiply(values, 1.0 / step, out=out)
    np.rint(out, out=out)
    return np.add.reduce(out, axis=1).astype(np.int64)


def squared(values: Floats, about: Floats, step: Floats, most: float, name: str, out: Floats) -> Integers:
    """Sum of squares over draws of values (year, draw) about a point, in whole steps. Shape (limb, year).

    about, step: (year,); most: largest distance from the point [steps]. Exact like `summed`; OverflowError
    from 2^35 steps on.
    """
    np.subtract(values, about[:, np.newaxis], out=out)
    out *= 1.0 / step[:, np.newaxis]
    np.rint(out, out=out)
    most += 1.0
    if most * most * values.shape[1] < 2.0**53:
        np.multiply(out, out, out=out)
        return _limbs(out.sum(axis=1).astype(np.int64), 0)
    if most >= LARGEST or values.shape[1] > 2**16:
        raise OverflowError(f"{name}: {np.abs(values).max():.3g} is too large to square exactly")
    upper = np.rint(out * (1.0 / HALF))
    lower = out - upper * HALF
    parts = ((upper * upper, 40), (2.0 * upper * lower, 20), (lower * lower, 0))
    limbs = [_limbs(part.sum(axis=1).astype(np.int64), bits) for part, bits in parts]
    return limbs[0] + limbs[1] + limbs[2]


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
