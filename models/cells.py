"""Metrics in one place on one pass of draws: what their values give, and where that goes."""

from collections.abc import Sequence
from dataclasses import dataclass

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

    def cells(self, place: int, values: Sequence[Floats]) -> Cells:
        """What values (year, draw) of each metric in one place give.

        Raises OverflowError where sums might not be exact, before values that large could fall beside the
        histograms.
        """
        rows = [np.ascontiguousarray(one) for one in values]
        named = dict(zip(self.sums.metrics, rows, strict=True))
        totals = [self.sums.of(m, row) for m, row in enumerate(rows)]
        binned, squares = [], []
        if self.histograms:
            binned = [
                self.histograms.of(h, place, named[name]) for h, name in enumerate(self.histograms.metrics)
            ]
        if self.squares:
            squares = [self.squares.of(q, place, named[name]) for q, name in enumerate(self.squares.metrics)]
        return Cells(totals, binned, squares)

    def add(self, place: int, cells: Cells) -> None:
        """Add what a pass of draws gave in one place."""
        self.sums.totals[:, place] += cells.totals
        if self.histograms:
            for h, binned in enumerate(cells.binned):
                self.histograms.add(h, place, binned)
        if self.squares:
            for q, squares in enumerate(cells.squares):
                self.squares.totals[:, q, place] += squares
