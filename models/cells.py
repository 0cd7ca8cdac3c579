"""Metrics in one place on one pass of draws: what their values give, and where that goes."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from models.arrays import Floats, Integers
from models.histograms import Binned, Histograms
from models.sums import Squares, Sums


@dataclass(frozen=True)
class Cells:
    """What the values of each metric give, in its order; squares: (limb, year)."""

    totals: list[Integers]
    binned: list[Binned]
    squares: list[Integers]


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
        rows = [np.ascontiguousarray(one) for one in values]
        return Cells(
            [self.sums.of(m, row) for m, row in enumerate(rows)],
            [self.histograms.of(h, place, rows[m]) for h, m in enumerate(self.binned) if self.histograms],
            [self.squares.of(q, place, rows[m]) for q, m in enumerate(self.squared) if self.squares],
        )

    def add(self, place: int, cells: Cells) -> None:
        """Add what a pass of draws gave in one place."""
        self.sums.totals[:, place] += cells.totals
        if self.histograms:
            for h, binned in enumerate(cells.binned):
                self.histograms.add(h, place, binned)
        if self.squares:
            for q, squares in enumerate(cells.squares):
                self.squares.totals[:, q, place] += squares
