"""Values into whole numbers, a row of draws after the other while it is in the cache."""

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from models.arrays import Floats, Integers
from models.compiled import compiled

BINS = 1024
TOP, ZERO, SLOTS = BINS, BINS + 1, BINS + 2
"""After the bins: values so far out that they round to u = 1, exact zeros, and the number of slots."""
CHUNK = 1024
"""Draws that go through one loop after the other, while they are in the nearest cache."""
CROWDED = 4
"""Zeros are told apart where more than one in so many draws is one: 4.3 us become 2.5 a row of gaps."""
SIGN_AT, NOT_SIGN = np.int64(63), np.int64(2**63 - 1)
"""Of a number in floating point read as a whole one: where its sign is, and all other bits."""

EXACT = 2**53
"""Up to here whole numbers are exact in floating point."""
NEAR, ANCHOR = 2.0**51, 1.5 * 2.0**52
ANCHOR_BITS = np.int64(np.array(ANCHOR).view(np.int64))
"""A number below NEAR is rounded to a whole one when the anchor is added: by so much the bits of the sum,
read as a whole number, are more than the anchor's. So a processor rounds several numbers at a time; it
converts them one by one."""
SMALL = 2.0**25
"""Steps whose squares are below NEAR."""
HALF, LIMB, LARGEST = 20, 32, 2.0**35
"""Larger steps are squared in two parts, the lower of 20 bits. The sum of squares is kept in two limbs, the
lower of 32 bits: 2^24 paths of 2^35 steps fit."""

COUNTED, TOO_LARGE_TO_ADD, TOO_LARGE_TO_SQUARE = range(3)
"""How counting ended."""

Counts: TypeAlias = NDArray[np.int32]
Kept: TypeAlias = tuple[Integers, Counts, Floats, Floats, Integers]
"""What is kept of metrics: sums in whole steps (metric, place, year), counts (histogram, place, year, slot),
smallest and largest (histogram, place, year), sums of squares (squares, limb, place, year)."""

AT_ONCE = 16
"""Metrics counted together: the call of a loop takes as long as a row of draws."""

Room: TypeAlias = tuple[Counts, NDArray[np.float32]]
"""For what loops over a chunk hand on to each other (CHUNK,)."""

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
    bound = _bound(values[0].shape[1])
    room = np.empty(CHUNK, np.int32), np.empty(CHUNK, np.float32)
    for m in range(len(per_unit)):
        for t in range(len(values[m])):
            for first in range(0, len(values[m][t]), CHUNK):
                x = values[m][t, first : first + CHUNK]
                added, is_exact = _sum(x, per_unit[m], bound)
                if not is_exact:
                    return TOO_LARGE_TO_ADD, m
                totals[m, place, t] += added
                if m >= len(grid):
                    continue
                ends = least, most = _range(x)
                low[m, place, t], high[m, place, t] = (
                    min(low[m, place, t], least),
                    max(high[m, place, t], most),
                )
                if m < len(squares):
                    scale = squares[m, 0, t], squares[m, 1, t]
                    if not _squares(x, ends, scale, limbs[m, :, place, t]):
                        return TOO_LARGE_TO_SQUARE, m
                _bins(x, ends, (grid[m, 0, t], grid[m, 1, t], grid[m, 2, t]), room, counts[m, place, t])
    return COUNTED, 0


@compiled
def _bound(draws: int) -> np.int64:
    """Steps from -bound to below bound that each of so many draws may be: their sum is exact. A power of two.

    Halved in floating point: in 64 bits the product would overflow from 4,096 draws on.
    """
    bound = NEAR
    while bound * draws > EXACT:
        bound *= 0.5
    return np.int64(bound)


@compiled
def _sum(x: Floats, per_unit: float, bound: np.int64) -> tuple[np.int64, np.bool_]:
    """Sum of values (draw,) in whole steps. Whether it is exact: all terms are from -bound to below bound.

    Counted from -bound such a term has no bit beyond those under 2 * bound; what is larger, infinite or no
    number has one.
    """
    first_bits = np.uint64(ANCHOR_BITS - bound)
    added, bits_of_all = np.uint64(0), np.uint64(0)
    for k in range(len(x)):
        above = np.float64(x[k] * per_unit + ANCHOR).view(np.uint64) - first_bits
        added += above
        bits_of_all |= above
    return np.int64(added) - len(x) * bound, bits_of_all < np.uint64(2 * bound)


@compiled
def _squares(x: Floats, ends: tuple[float, float], scale: tuple[float, float], limbs: Integers) -> bool:
    """Add squares of values (draw,) in whole steps to limbs (2,). Whether all steps are below LARGEST.

    ends: smallest and largest value; scale: point to square about, and steps a unit.
    """
    (least, most), (about, per_unit) = ends, scale
    farthest = max(most - about, about - least) * per_unit
    if farthest < SMALL:
        _add_squares(x, about, per_unit, limbs)
    elif farthest < LARGEST:
        _add_large_squares(x, about, per_unit, limbs)
    return farthest < LARGEST


@compiled
def _add_squares(x: Floats, about: float, per_unit: float, limbs: Integers) -> None:
    """The same of steps below SMALL."""
    added = NONE
    for k in range(len(x)):
        whole = ((x[k] - about) * per_unit + ANCHOR) - ANCHOR
        added += np.float64(whole * whole + ANCHOR).view(np.int64) - ANCHOR_BITS
    limbs[0] += added >> LIMB
    limbs[1] += added - ((added >> LIMB) << LIMB)


@compiled
def _add_large_squares(x: Floats, about: float, per_unit: float, limbs: Integers) -> None:
    """The same of steps below LARGEST.

    With n = upper * 2^20 + lower whole steps, upper^2, 2 upper lower and lower^2 are added up apart.
    """
    high, mixed, low = NONE, NONE, NONE
    for k in range(len(x)):
        whole = np.int64(np.rint((x[k] - about) * per_unit))
        upper = whole >> HALF
        lower = whole - (upper << HALF)
        high += upper * upper
        mixed += 2 * upper * lower
        low += lower * lower
    carried = mixed >> (LIMB - HALF)
    limbs[0] += (high << (2 * HALF - LIMB)) + carried + (low >> LIMB)
    limbs[1] += ((mixed - (carried << (LIMB - HALF))) << HALF) + (low - ((low >> LIMB) << LIMB))


@compiled
def _range(x: Floats) -> tuple[float, float]:
    """Smallest and largest of values (draw,). A zero has no sign.

    They are compared as whole numbers of the same order, which a processor does several at a time.
    """
    least, most = NOT_SIGN, -NOT_SIGN
    for k in range(len(x)):
        bits = np.float64(x[k]).view(np.int64)
        order = bits ^ ((bits >> SIGN_AT) & NOT_SIGN)
        least, most = min(least, order), max(most, order)
    return _of_order(least) + 0.0, _of_order(most) + 0.0


@compiled
def _of_order(order: np.int64) -> np.float64:
    """The number that stands at a place of the order."""
    return np.int64(order ^ ((order >> SIGN_AT) & NOT_SIGN)).view(np.float64)


@compiled
def _bins(
    x: Floats, ends: tuple[float, float], grid: tuple[float, float, float], room: Room, counts: Counts
) -> None:
    """Count values (draw,), into counts (slot,): first their bins, then these.

    ends: smallest and largest value; where these are equal one stands for all; grid: center, width and fold.
    The bin is found in single precision: only values within a thousandth of a bin of an edge fall on its
    other side.
    """
    (least, most), (center, width, fold), (bins, y) = ends, grid, room
    half, spread, zero = np.float32(BINS / 2), np.float32(width), np.int32(ZERO)
    each = np.int32(1 if least < most else len(x))
    x = x[: len(x) // each]
    _distances(x, center, fold, y)
    for k in range(len(x)):
        bins[k] = np.int32(y[k] / (abs(y[k]) + spread) * half + half)
    zeros = 0
    if least <= 0.0 <= most:
        for k in range(len(x)):
            bins[k] = bins[k] if x[k] != 0.0 else zero
            zeros += x[k] == 0.0
    _slotted(bins[: len(x)], counts, zeros, each)


@compiled
def _distances(x: Floats, center: float, fold: float, out: NDArray[np.float32]) -> None:
    """Distances of values (draw,), folded where fold is not zero, from the center of their grid, into out."""
    if fold == 0.0:
        for k in range(len(x)):
            out[k] = np.float32(x[k] - center)
    else:
        fold_into(x, fold, out)
        for k in range(len(x)):
            out[k] -= np.float32(center)


@compiled
def _slotted(bins: Counts, counts: Counts, zeros: int, each: np.int32) -> None:
    """Add each to the slot of every bin (draw,), which is written over. zeros: how many of them are.

    A slot takes one addition after the other, so where zeros are many (CROWDED) they are added at once.
    """
    others = len(bins)
    if zeros > len(bins) // CROWDED:
        others = 0
        for k in range(len(bins)):
            bins[others] = bins[k]
            others += bins[k] != ZERO
        counts[ZERO] += zeros * each
    for k in range(others):
        counts[np.uint32(bins[k])] += each


@compiled
def fold_into(values: Floats, scale: float, out: NDArray[np.float32]) -> None:
    """Sign of values (draw,) times about log2(1 + |x| / scale), into out.

    Exponent and mantissa of a single-precision number, read as an integer, are its logarithm to base 2 with
    straight lines between powers of two: no function whose last bit depends on the machine.
    """
    factor, one = np.float32(1.0 / scale), np.float32(1.0)
    for k in range(len(values)):
        bits = np.float32(abs(np.float32(values[k])) * factor + one).view(np.int32)
        out[k] = np.copysign(np.float32(bits - ONE) * PER_DOUBLING, np.float32(values[k]))
