"""Integer histograms, each cell on a grid of its own: flat in paths, exact under merging, free of order."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from models.arrays import Floats, Integers
from models.compiled import compiled

BINS = 1024
TOP, ZERO, SLOTS = BINS, BINS + 1, BINS + 2
"""After the bins: values so far out that they round to u = 1, exact zeros, and the number of slots."""
DENSE = 512
"""Draws of the pilot that place the bins where no value is zero."""
CROWDED = 0.008
"""Share of a cell's values in the two bins beside zero above which it is counted on folded values. An even
spread about zero leaves 0.003 there."""

SMALLEST = 1.0 / 2**60
"""Smallest scale that values are folded by, of the largest."""
NARROWEST = 1.0 / 2**126
"""Smallest width of a grid: one that is zero in single precision would have no bins."""

CHUNK = 256
"""Draws whose bins are found together."""

ONE = np.float32(1.0).view(np.int32)
PER_DOUBLING = np.float32(1.0 / 2**23)

Counts: TypeAlias = NDArray[np.int32]


@dataclass(frozen=True)
class Grid:
    """Where the bins of cells lie. Arrays of one shape, (metric, place, year) or the last of these only.

    Bins are uniform in u = (y - center) / (|y - center| + width), so that the tails need no overflow bin.
    y is the value itself, or where fold is not zero the value folded by it.
    """

    center: Floats
    width: Floats
    fold: Floats

    def at(self, metric: int, place: int) -> "Grid":
        """Grid of one metric in one place. Shape (year,)."""
        return Grid(*(array[metric, place] for array in (self.center, self.width, self.fold)))


@dataclass(frozen=True)
class Binned:
    """What values give: counts (year, slot), smallest and largest value (year,)."""

    counts: Counts
    low: Floats
    high: Floats


class Histograms:
    """Distributions of (metric, place, year) cells on a grid that depends on that cell alone.

    Exact zeros are counted in a slot of their own; the smallest and the largest value are kept.
    """

    def __init__(self, metrics: Sequence[str], grid: Grid) -> None:
        self.metrics = tuple(metrics)
        self.grid = grid
        self.counts = np.zeros((*grid.center.shape, SLOTS), dtype=np.int32)
        self.low = np.full(grid.center.shape, np.inf)
        self.high = np.full(grid.center.shape, -np.inf)

    def of(self, metric: int, place: int, values: Floats) -> Binned:
        """What values (year, draw) of a metric in one place give."""
        grid, years = self.grid.at(metric, place), len(values)
        counts, low, high = np.zeros((years, SLOTS), np.int32), np.empty(years), np.empty(years)
        _binned(values, (grid.center, grid.width, grid.fold), counts)
        _ranged(values, low, high)
        return Binned(counts, low, high)

    def add(self, metric: int, place: int, found: Binned) -> None:
        """Add what values gave in one place."""
        self.counts[metric, place] += found.counts
        np.minimum(self.low[metric, place], found.low, out=self.low[metric, place])
        np.maximum(self.high[metric, place], found.high, out=self.high[metric, place])

    def __reduce__(self) -> tuple[object, ...]:
        """Grids travel to another process, counts do not: those meet in a shared buffer."""
        return Histograms, (self.metrics, self.grid)


@compiled
def _ranged(values: Floats, low: Floats, high: Floats) -> None:
    """Smallest and largest values (year, draw), into low and high (year,).

    Draws are followed in chunks side by side, which a processor does several at a time.
    """
    least, most = np.empty(CHUNK), np.empty(CHUNK)
    for t in range(len(values)):
        row = values[t]
        least[:], most[:] = row[0], row[0]
        for first in range(0, len(row), CHUNK):
            x = row[first : first + CHUNK]
            for k in range(len(x)):
                least[k] = min(least[k], x[k])
                most[k] = max(most[k], x[k])
        low[t], high[t] = least.min(), most.max()


@compiled
def _binned(values: Floats, grid: tuple[Floats, Floats, Floats], counts: Counts) -> None:
    """Count values (year, draw), into counts (year, slot). grid: center, width and fold (year,).

    The bin is found in single precision: only values within a thousandth of a bin of an edge fall on its
    other side. Draws are taken in chunks: first all bins, then all counts. What is infinite or no number has
    no bin: `models.sums` refuses it before.
    """
    center, width, fold = grid
    years, draws = values.shape
    bins, y = np.empty(CHUNK, np.int32), np.empty(CHUNK, np.float32)
    half = np.float32(BINS / 2)
    for t in range(years):
        spread, first_slot = np.float32(width[t]), t * SLOTS
        shift = np.float32(first_slot + BINS / 2)
        for first in range(0, draws, CHUNK):
            x = values[t, first : first + CHUNK]
            _place(x, center[t], fold[t], y)
            for k in range(len(x)):
                bins[k] = np.int32(y[k] / (abs(y[k]) + spread) * half + shift) - first_slot
            for k in range(len(x)):
                counts[t, bins[k] if x[k] != 0.0 else ZERO] += 1


@compiled
def _place(values: Floats, center: float, fold: float, out: NDArray[np.float32]) -> None:
    """Distance of values (draw,), folded where fold is not zero, from a center, into out."""
    if fold == 0.0:
        for k in range(len(values)):
            out[k] = np.float32(values[k] - center)
    else:
        _fold(values, fold, out)
        for k in range(len(values)):
            out[k] -= np.float32(center)


def folded(values: Floats, scale: Floats | float) -> NDArray[np.float32]:
    """Sign of x times about log2(1 + |x| / scale): linear near zero, then a bin a share of the value.

    Exponent and mantissa of a single-precision number, read as an integer, are its logarithm to base 2 with
    straight lines between powers of two: no function whose last bit depends on the machine.
    """
    found = np.empty(values.shape, np.float32)
    scales = np.broadcast_to(scale, (*values.shape[:-1], 1)).reshape(-1)
    rows = np.ascontiguousarray(values).reshape(len(scales), -1)
    for row, size, out in zip(rows, scales, found.reshape(rows.shape), strict=True):
        _fold(row, float(size), out)
    return found


@compiled
def _fold(values: Floats, scale: float, out: NDArray[np.float32]) -> None:
    """Values (draw,) folded by a scale, into out."""
    factor, one = np.float32(1.0 / scale), np.float32(1.0)
    bits = out.view(np.int32)
    for k in range(len(values)):
        out[k] = abs(np.float32(values[k])) * factor + one
    for k in range(len(values)):
        size = np.float32(bits[k] - ONE) * PER_DOUBLING
        out[k] = np.copysign(size, np.float32(values[k]))


def unfolded(values: Floats, scale: Floats) -> Floats:
    """Values whose folded ones are given."""
    doublings = np.floor(np.abs(values))
    grown = np.ldexp(1.0 + (np.abs(values) - doublings), doublings.astype(np.int64))
    return np.copysign((grown - 1.0) * scale, values)


def grid(values: Floats) -> Grid:
    """Grid (year,) laid by pilot values (year, draw): at their median, 0.75 (P90 - P10) wide.

    Zeros are counted apart and left out here: a gap that is rare would else have no bins where it lies. Where
    zero lies among the values an edge is moved onto it, so that what is below zero is not mixed with what is
    above. Where values crowd beside zero, on a scale much finer than their spread, they are folded. Where
    there are no zeros the first DENSE draws place the bins well enough.
    """
    left_out = values == 0.0
    has_zeros = left_out.any(axis=1)
    apart = np.where(left_out, np.inf, values) if has_zeros.any() else values
    center, width = _center_and_width(apart if has_zeros.any() else apart[:, :DENSE])
    fold = np.zeros(len(values))
    if (rows := _crowded(apart, center, width)).size:
        fold[rows] = _scale(np.abs(apart[rows]))
        found = folded(apart[rows], fold[rows, np.newaxis]).astype(np.float64)
        center[rows], width[rows] = _center_and_width(np.where(left_out[rows], np.inf, found))
    crossed = (apart.min(axis=1) < 0.0) & (values.max(axis=1) > 0.0)
    return Grid(*_edge_on_zero(center, width, crossed | has_zeros), fold)


def _center_and_width(values: Floats) -> tuple[Floats, Floats]:
    """Median and width (year,) of values (year, draw), those left out being infinite."""
    ordered = np.sort(values, axis=1)
    draws = np.isfinite(ordered).sum(axis=1)
    ranks = np.array([draws // 10, draws // 2, draws - 1 - draws // 10]).T
    p10, median, p90 = np.take_along_axis(ordered, np.maximum(ranks, 0), axis=1).T
    there = draws > 0
    spread = 0.75 * np.subtract(p90, p10, out=np.zeros(len(values)), where=there)
    width = np.where(spread > 0.0, spread, np.where(there, np.abs(median), 1.0))
    return np.where(there, median, 0.0), width


def _crowded(values: Floats, center: Floats, width: Floats) -> Integers:
    """Years in which values crowd beside zero, where bins would not tell them apart."""
    reach = np.abs(center) + width
    beside = reach * (reach / (width * (BINS / 2)))
    near, there = _near(np.ascontiguousarray(values), beside)
    return np.flatnonzero(near > CROWDED * there)


@compiled
def _near(values: Floats, beside: Floats) -> tuple[Integers, Integers]:
    """How many values (year, draw) are nearer to zero than some sizes (year,), and how many are finite."""
    near, there = np.zeros(len(values), np.int64), np.zeros(len(values), np.int64)
    for t in range(len(values)):
        for p in range(values.shape[1]):
            size = abs(values[t, p])
            near[t] += size < beside[t]
            there[t] += size < np.inf
    return near, there


def _scale(sizes: Floats) -> Floats:
    """Scale (year,) to fold by: below it are two in a hundred of the sizes (year, draw) that are finite."""
    ordered = np.sort(sizes, axis=1)
    draws = np.isfinite(ordered).sum(axis=1)
    low, high = np.take_along_axis(ordered, np.array([draws // 50, draws - 1]).T, axis=1).T
    return np.maximum(low, high * SMALLEST)


def _edge_on_zero(center: Floats, width: Floats, where: NDArray[np.bool_]) -> tuple[Floats, Floats]:
    """Center and width moved so little that zero is an edge, in the years that ask for it."""
    distance = np.abs(center)
    bins = np.rint(distance / (distance + width) * (BINS / 2))
    inside = where & (bins > 0.0) & (bins < BINS / 2)
    width = np.where(inside, distance * ((BINS / 2) / np.maximum(bins, 1.0) - 1.0), width)
    return np.where(where & (bins == 0.0), 0.0, center), np.maximum(width, NARROWEST)
