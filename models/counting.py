"""Values into whole numbers, a row of draws after the other while it is in the cache."""

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from models.arrays import Floats, Integers
from models.compiled import compiled

BINS = 1024
TOP, ZERO, SLOTS = BINS, BINS + 1, BINS + 2
"""After the bins: values so far out that they round to u = 1, exact zeros, and the number of slots."""
CHUNK = 256
"""Draws whose bins are found together."""
CROWDED = 4
"""Zeros are told apart where more than one in so many draws is one: 4.3 us become 2.5 a row of gaps."""
SIGN_AT, NOT_SIGN = np.int64(63), np.int64(2**63 - 1)
"""Of a number in floating point read as a whole one: where its sign is, and all other bits."""

EXACT = 2.0**53
"""Up to here whole numbers are exact in floating point."""
HALF, LIMB, LARGEST = 20, 32, 2.0**35
"""Steps are squared in two parts, the lower of 20 bits, and their sum is kept in two limbs, the lower of 32
bits: 2^24 paths of 2^35 steps fit."""
MOST = 2**16
"""Draws whose squares fit into 64 bits."""

COUNTED, TOO_LARGE_TO_ADD, TOO_LARGE_TO_SQUARE = range(3)
"""How counting ended."""

Counts: TypeAlias = NDArray[np.int32]
Kept: TypeAlias = tuple[Integers, Counts, Floats, Floats, Integers]
"""What is kept of metrics: sums in whole steps (metric, place, year), counts (histogram, place, year, slot),
smallest and largest (histogram, place, year), sums of squares (squares, limb, place, year)."""

AT_ONCE = 16
"""Metrics counted together: the call of a loop takes as long as a row of draws."""

ONE = np.float32(1.0).view(np.int32)
PER_DOUBLING = np.float32(1.0 / 2**23)
NONE = np.int64(0)


@compiled
def count(
    values: tuple[Floats, ...], per_unit: Floats, grid: Floats, squares: Floats, kept: Kept, place: int
) -> tuple[int, int]:
    """Count values of metrics, each (year, draw), in one place: how it ended and at which metric.

    per_unit: whole steps a unit that values are added in (metric,), of as many metrics as are counted; grid:
    center, width and fold of the bins (histogram, 3, year) of the first of them; squares: point to square
    about and steps a unit (squares, 2, year), of the first of these; kept: what is added to.

    Sums are read in floating point, in which whole numbers beyond 2^53 are not exact. What is infinite or no
    number is refused with them, before it could fall beside the bins.
    """
    totals, counts, low, high, limbs = kept
    for m in range(len(per_unit)):
        for t in range(len(values[m])):
            row = values[m][t]
            if not _sum(row, per_unit[m], EXACT / len(row), totals[m, place, t : t + 1]):
                return TOO_LARGE_TO_ADD, m
            if m < len(squares) and not _squares(
                row, squares[m, 0, t], squares[m, 1, t], limbs[m, :, place, t]
            ):
                return TOO_LARGE_TO_SQUARE, m
            if m < len(grid):
                _range(row, low[m, place, t : t + 1], high[m, place, t : t + 1])
                _bins(row, grid[m, 0, t], grid[m, 1, t], grid[m, 2, t], counts[m, place, t])
    return COUNTED, 0


@compiled
def _sum(row: Floats, per_unit: float, limit: float, total: Integers) -> bool:
    """Sum of a row (draw,) in whole steps, into total (1,). Whether all terms are below a limit.

    What is beyond 64 bits or no number turns into what the processor makes of it, so the limit is held
    against it before.
    """
    below, added = True, NONE
    for p in range(len(row)):
        steps = np.rint(row[p] * per_unit)
        below &= abs(steps) < limit
        added += np.int64(steps)
    total[0] += added
    return below


@compiled
def _squares(row: Floats, about: float, per_unit: float, limbs: Integers) -> bool:
    """Sum of squares of a row (draw,) about a point, into limbs (2,). Whether all terms are below LARGEST.

    With n = upper * 2^20 + lower whole steps, upper^2, 2 upper lower and lower^2 are added up apart.
    """
    below, high, mixed, low = len(row) <= MOST, NONE, NONE, NONE
    for p in range(len(row)):
        steps = np.rint((row[p] - about) * per_unit)
        below &= abs(steps) < LARGEST
        whole = np.int64(steps)
        upper = whole >> HALF
        lower = whole - (upper << HALF)
        high += upper * upper
        mixed += 2 * upper * lower
        low += lower * lower
    carried = mixed >> (LIMB - HALF)
    limbs[0] += (high << (2 * HALF - LIMB)) + carried + (low >> LIMB)
    limbs[1] += ((mixed - (carried << (LIMB - HALF))) << HALF) + (low - ((low >> LIMB) << LIMB))
    return below


@compiled
def _range(row: Floats, low: Floats, high: Floats) -> None:
    """Smallest and largest value of a row (draw,), into low and high (1,). A zero has no sign.

    They are compared as whole numbers of the same order, which a processor does several at a time.
    """
    bits = row.view(np.int64)
    least, most = NOT_SIGN, -NOT_SIGN
    for p in range(len(bits)):
        order = bits[p] ^ ((bits[p] >> SIGN_AT) & NOT_SIGN)
        least, most = min(least, order), max(most, order)
    ends = np.array([least, most])
    ends ^= (ends >> SIGN_AT) & NOT_SIGN
    found = ends.view(np.float64) + 0.0
    low[0], high[0] = min(low[0], found[0]), max(high[0], found[1])


@compiled
def _bins(row: Floats, center: float, width: float, fold: float, counts: Counts) -> None:
    """Count a row (draw,), into counts (slot,): first the bins of a chunk of draws, then their counts.

    The bin is found in single precision: only values within a thousandth of a bin of an edge fall on its
    other side.
    """
    bins, y = np.empty(CHUNK, np.int32), np.empty(CHUNK, np.float32)
    half, spread, middle, zero = np.float32(BINS / 2), np.float32(width), np.float32(center), np.int32(ZERO)
    zeros = 0
    for first in range(0, len(row), CHUNK):
        x = row[first : first + CHUNK]
        if fold != 0.0:
            fold_into(x, fold, y)
        for k in range(len(x)):
            distance = np.float32(x[k] - center) if fold == 0.0 else y[k] - middle
            inside = np.int32(distance / (abs(distance) + spread) * half + half)
            bins[k] = inside if x[k] != 0.0 else zero
        zeros = _slotted(bins[: len(x)], counts, zeros)


@compiled
def _slotted(bins: Counts, counts: Counts, zeros_before: int) -> int:
    """Add one to the slot of each bin (draw,), which is written over. How many of them are zeros.

    A slot takes one addition after the other, so zeros are told apart and added at once where there were many
    (CROWDED) in the chunk before.
    """
    others = len(bins)
    if zeros_before > len(bins) // CROWDED:
        others = 0
        for k in range(len(bins)):
            bins[others] = bins[k]
            others += bins[k] != ZERO
    before = counts[ZERO]
    counts[ZERO] += len(bins) - others
    for k in range(others):
        counts[np.uint32(bins[k])] += 1
    return counts[ZERO] - before


@compiled
def fold_into(values: Floats, scale: float, out: NDArray[np.float32]) -> None:
    """Sign of values (draw,) times about log2(1 + |x| / scale), into out.

    Exponent and mantissa of a single-precision number, read as an integer, are its logarithm to base 2 with
    straight lines between powers of two: no function whose last bit depends on the machine.
    """
    factor, one = np.float32(1.0 / scale), np.float32(1.0)
    bits = out.view(np.int32)
    for k in range(len(values)):
        out[k] = abs(np.float32(values[k])) * factor + one
    for k in range(len(values)):
        size = np.float32(bits[k] - ONE) * PER_DOUBLING
        out[k] = np.copysign(size, np.float32(values[k]))
