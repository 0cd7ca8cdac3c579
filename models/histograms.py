"""Integer histograms, each cell on a grid of its own: flat in paths, exact under merging, free of order."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.arrays import Booleans, Floats, Integers
from models.compiled import compiled
from models.counting import BINS, SLOTS, fold_into

DENSE = 512
"""Draws of the pilot that place the bins where no value is zero."""
CROWDED = 0.007
"""Share of a cell's values in the two bins beside zero above which it is counted on folded values. An even
spread about zero leaves 0.003 there."""

SMALLEST = 1.0 / 2**60
"""Smallest scale that values are folded by, of the largest."""
NARROWEST = 1.0 / 2**126
"""Smallest width of a grid: one that is zero in single precision would have no bins."""


@dataclass(frozen=True)
class Grid:
    """Where the bins of cells lie. Arrays of one shape: (year,), (place, year) or (metric, place, year).

    Bins are uniform in u = (y - center) / (|y - center| + width), so that the tails need no overflow bin.
    y is the value itself, or where fold is not zero the value folded by it.
    """

    center: Floats
    width: Floats
    fold: Floats


class Histograms:
    """Distributions of metrics in (metric, place, year) cells, each on a grid that depends on it alone.

    counts: (metric, place, year, slot), exact zeros in a slot of their own; low, high: smallest and largest
    value.
    """

    def __init__(self, grid: Grid) -> None:
        self.grid = grid
        self.counts = np.zeros((*grid.center.shape, SLOTS), dtype=np.int32)
        self.low = np.full(grid.center.shape, np.inf)
        self.high = np.full(grid.center.shape, -np.inf)
        laid = np.stack([grid.center, grid.width, grid.fold], axis=1)
        self._by_place = laid.transpose(2, 0, 1, 3).copy()

    def at(self, place: int) -> Floats:
        """Center, width and fold in one place (metric, 3, year)."""
        return self._by_place[place]

    def __reduce__(self) -> tuple[object, ...]:
        """Grids travel to another process, counts do not: those meet in a shared buffer."""
        return Histograms, (self.grid,)


def folded(values: Floats, scale: Floats) -> NDArray[np.float32]:
    """Values (year, draw) folded by scales (year,): linear near zero, then a bin a share of the value."""
    found = np.empty(values.shape, np.float32)
    for row, size, out in zip(values, scale, found, strict=True):
        fold_into(row, float(size), out)
    return found


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
    apart = np.array(values, order="C")
    has_zeros, crossed = _zeros_apart(apart)
    center, width = _center_and_width(np.sort(apart if has_zeros.any() else apart[:, :DENSE], axis=1))
    fold = np.zeros(len(values))
    if (rows := _crowded(apart, center, width)).size:
        fold[rows] = _scale(np.abs(apart[rows]))
        found = folded(apart[rows], fold[rows]).astype(np.float64)
        found[np.isinf(apart[rows])] = np.inf
        center[rows], width[rows] = _center_and_width(np.sort(found, axis=1))
    return Grid(*_edge_on_zero(center, width, crossed | has_zeros), fold)


def stacked(grids: Sequence[Grid]) -> Grid:
    """Grids as one, along a new first axis: those of places (year,), or those of metrics (place, year)."""
    return Grid(*(np.array([getattr(one, name) for one in grids]) for name in ("center", "width", "fold")))


@compiled
def _zeros_apart(values: Floats) -> tuple[Booleans, Booleans]:
    """Years with zeros, years with values on both sides of it; zeros of values (year, draw) turn infinite."""
    has_zeros, crossed = np.zeros(len(values), np.bool_), np.zeros(len(values), np.bool_)
    for t in range(len(values)):
        zeros, below, above = 0, 0, 0
        for p in range(values.shape[1]):
            value = values[t, p]
            zeros += value == 0.0
            below += value < 0.0
            above += value > 0.0
            values[t, p] = value if value != 0.0 else np.inf
        has_zeros[t], crossed[t] = zeros > 0, below > 0 and above > 0
    return has_zeros, crossed


@compiled
def _center_and_width(ordered: Floats) -> tuple[Floats, Floats]:
    """Median and width (year,) of values in order (year, draw), those left out being infinite."""
    center, width = np.zeros(len(ordered)), np.ones(len(ordered))
    for t in range(len(ordered)):
        draws = 0
        for p in range(ordered.shape[1]):
            draws += ordered[t, p] < np.inf
        if draws:
            center[t] = ordered[t, draws // 2]
            spread = 0.75 * (ordered[t, draws - 1 - draws // 10] - ordered[t, draws // 10])
            width[t] = spread if spread > 0.0 else abs(center[t])
    return center, width


def _crowded(values: Floats, center: Floats, width: Floats) -> Integers:
    """Years in which values crowd beside zero, where bins would not tell them apart."""
    reach = np.abs(center) + width
    beside = reach * (reach / (width * (BINS / 2)))
    near, there = _near(values, beside)
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


def _edge_on_zero(center: Floats, width: Floats, where: Booleans) -> tuple[Floats, Floats]:
    """Center and width moved so little that zero is an edge, in the years that ask for it."""
    distance, width = np.abs(center), np.maximum(width, NARROWEST)
    bins = np.rint(distance / (distance + width) * (BINS / 2))
    inside = where & (bins > 0.0) & (bins < BINS / 2)
    width = np.where(inside, distance * ((BINS / 2) / np.maximum(bins, 1.0) - 1.0), width)
    return np.where(where & (bins == 0.0), 0.0, center), np.maximum(width, NARROWEST)
