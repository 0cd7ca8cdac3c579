"""Values into whole numbers, a row of draws after the other while it is in the cache."""

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from models.arrays import Floats, Integers
from models.compiled import compiled

BINS = 1024
TOP, ZERO, SLOTS = BINS, BINS + 1, BINS + 2
"""After the bins: values so far out that they round to u = 1, exact zeros, and the number of slots."""
CHUNK, LANES = 256, 64
"""Draws whose bins are found together; draws that are compared side by side."""

EXACT = 2.0**53
"""Up to here whole numbers are exact in floating point."""
HALF, LIMB, LARGEST = 20, 32, 2.0**35
"""Steps are squared in two parts, the lower of 20 bits, and their sum is kept in two limbs, the lower of 32
bits: 2^24 paths of 2^35 steps fit."""
MOST = 2**16
"""Draws whose squares fit into 64 bits."""

ADDED, TOO_LARGE_TO_ADD, TOO_LARGE_TO_SQUARE = range(3)
"""How counting ended."""

Counts: TypeAlias = NDArray[np.int32]
Found: TypeAlias = tuple[Integers, Counts, Floats, Floats, Integers]
"""What values in one place give: sums in whole steps (year,), counts (year, slot), smallest and largest
(year,), sums of squares (limb, year); where there are no bins or squares, of no years."""

ONE = np.float32(1.0).view(np.int32)
PER_DOUBLING = np.float32(1.0 / 2**23)
NONE = np.int64(0)


@compiled
def counted(
    values: Floats, per_unit: float, grid: tuple[Floats, Floats, Floats], squares: tuple[Floats, Floats]
) -> tuple[int, Found]:
    """Count values (year, draw): how it ended, one of the constants above, and what was found.

    per_unit: whole steps a unit that values are added in; grid: center, width and fold of the bins (year,),
    of no years where there are none; squares: point to square about and steps a unit (year,), the same.

    Sums are read in floating point, in which whole numbers beyond 2^53 are not exact. What is infinite or no
    number is refused with them, before it could fall beside the bins.
    """
    center, width, fold = grid
    about, per = squares
    totals, counts = np.empty(len(values), np.int64), np.zeros((len(center), SLOTS), np.int32)
    low, high, limbs = np.empty(len(center)), np.empty(len(center)), np.empty((2, len(about)), np.int64)
    found, ended = (totals, counts, low, high, limbs), ADDED
    for t in range(len(values)):
        row = values[t]
        if not _sum(row, per_unit, EXACT / len(row), totals[t : t + 1]):
            ended = TOO_LARGE_TO_ADD
            break
        if len(about) and not _squares(row, about[t], per[t], limbs[:, t]):
            ended = TOO_LARGE_TO_SQUARE
            break
        if len(center):
            _range(row, low[t : t + 1], high[t : t + 1])
            _bins(row, center[t], width[t], fold[t], t * SLOTS, counts[t])
    return ended, found


@compiled
def add(found: Found, into: Found, place: int) -> None:
    """Add what was found in a place to arrays of all places: (place, year, ...), squares (limb, place, year).

    A place stands for no years where there are no bins or squares.
    """
    totals, counts, low, high, limbs = found
    for t in range(len(totals)):
        into[0][place, t] += totals[t]
    for t in range(len(counts)):
        into[2][place, t] = min(into[2][place, t], low[t])
        into[3][place, t] = max(into[3][place, t], high[t])
        row, more = into[1][place, t], counts[t]
        for k in range(len(row)):
            row[k] += more[k]
    for t in range(limbs.shape[1]):
        into[4][0, place, t] += limbs[0, t]
        into[4][1, place, t] += limbs[1, t]


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
    total[0] = added
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
    limbs[0] = (high << (2 * HALF - LIMB)) + carried + (low >> LIMB)
    limbs[1] = ((mixed - (carried << (LIMB - HALF))) << HALF) + (low - ((low >> LIMB) << LIMB))
    return below


@compiled
def _range(row: Floats, low: Floats, high: Floats) -> None:
    """Smallest and largest value of a row (draw,), into low and high (1,).

    Draws are followed in lanes side by side, which a processor does several at a time.
    """
    least, most = np.full(LANES, row[0]), np.full(LANES, row[0])
    for first in range(0, len(row), LANES):
        x = row[first : first + LANES]
        for k in range(len(x)):
            least[k] = min(least[k], x[k])
            most[k] = max(most[k], x[k])
    low[0], high[0] = least.min(), most.max()


@compiled
def _bins(row: Floats, center: float, width: float, fold: float, first_slot: int, counts: Counts) -> None:
    """Count a row (draw,), into counts (slot,); first_slot: of the row among those of all years.

    The bin is found in single precision: only values within a thousandth of a bin of an edge fall on its
    other side. Draws are taken in chunks: first all bins, then all counts.
    """
    bins, y = np.empty(CHUNK, np.int32), np.empty(CHUNK, np.float32)
    half, spread, zero = np.float32(BINS / 2), np.float32(width), np.int32(ZERO)
    shift, before = np.float32(first_slot + BINS / 2), np.int32(first_slot)
    for first in range(0, len(row), CHUNK):
        x = row[first : first + CHUNK]
        _place(x, center, fold, y)
        for k in range(len(x)):
            inside = np.int32(y[k] / (abs(y[k]) + spread) * half + shift) - before
            bins[k] = inside if x[k] != 0.0 else zero
        for k in range(len(x)):
            counts[np.uint32(bins[k])] += 1


@compiled
def _place(values: Floats, center: float, fold: float, out: NDArray[np.float32]) -> None:
    """Distance of values (draw,), folded where fold is not zero, from a center, into out."""
    if fold == 0.0:
        for k in range(len(values)):
            out[k] = np.float32(values[k] - center)
    else:
        fold_into(values, fold, out)
        for k in range(len(values)):
            out[k] -= np.float32(center)


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
