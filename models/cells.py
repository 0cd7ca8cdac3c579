"""Metrics in one place on one pass of draws: what their values give, and where that goes."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from models.arrays import Floats, Integers
from models.histograms import Counts, Histograms
from models.sums import Squares, Sums


@dataclass(frozen=True)
class Cells:
    """What values give. total: (metric, year).

    binned: counts (histogram, year, slot) and range, twice (histogram, year); squares: (limb, square, year);
    None where they are not kept.
    """

    total: Integers
    binned: tuple[Counts, Floats, Floats] | None
    squares: Integers | None


@dataclass(frozen=True)
class Kept:
    """Where the numbers of some metrics go: all into sums, some into histograms and squares too."""

    sums: Sums
    histograms: Histograms | None = None
    squares: Squares | None = None

    @cached_property
    def binned(self) -> list[int]:
        """Which of the metrics have histograms, in their order there."""
        return [self.sums.metrics.index(name) for name in self.histograms.metrics] if self.histograms else []

    @cached_property
    def squared(self) -> list[int]:
        """Which of the metrics have squares, in their order there."""
        return [self.sums.metrics.index(name) for name in self.squares.metrics] if self.squares else []

    def cells(self, place: int, values: Sequence[Floats]) -> Cells:
        """What values (year, draw) of each metric in one place give.

        Raises OverflowError where sums might not be exact.
        """
        rows = tuple(np.ascontiguousarray(one) for one in values)
        binned = self.histograms.of(place, tuple(rows[m] for m in self.binned)) if self.histograms else None
        squares = self.squares.of(place, tuple(rows[m] for m in self.squared)) if self.squares else None
        return Cells(self.sums.of(rows), binned, squares)

    def add(self, place: int, cells: Cells) -> None:
        """Add what a pass of draws gave in one place."""
        self.sums.totals[:, place] += cells.total
        if self.histograms and cells.binned:
            self.histograms.add(place, *cells.binned)
        if self.squares and cells.squares is not None:
            self.squares.totals[:, :, place] += cells.squares
