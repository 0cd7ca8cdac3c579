"""A metric in its cells: what a pass of values gives, and where that goes."""

from dataclasses import dataclass

import numpy as np

from models.arrays import Floats, Integers
from models.counting import SLOTS, TOO_LARGE_TO_ADD, TOO_LARGE_TO_SQUARE, Counts, counted
from models.histograms import Histogram
from models.sums import Squares, Sum, limbs

NOTHING = np.empty(0)
"""Grid or squares of a metric that has none."""

REFUSED = {TOO_LARGE_TO_ADD: "add up", TOO_LARGE_TO_SQUARE: "square"}


@dataclass(frozen=True)
class Found:
    """What a pass of values in one place gives.

    totals, low, high: (year,); counts: (year, slot); parts: of squares (part, year).
    """

    totals: Integers
    counts: Counts
    low: Floats
    high: Floats
    parts: Integers


@dataclass(frozen=True)
class Cells:
    """All that is kept of one metric: its sum, and where it is asked for its distribution and its squares.

    Scenarios that do not move the metric hold the same sum, histogram and squares.
    """

    metric: str
    sum: Sum
    histogram: Histogram | None = None
    squares: Squares | None = None

    def of(self, place: int, values: Floats) -> Found:
        """What values (year, draw) in one place give.

        Raises OverflowError where a sum might not be exact: of terms whose number times their size could pass
        2^53 steps, or of squares of 2^35 steps and more.
        """
        grid, squares = (NOTHING, NOTHING, NOTHING), (NOTHING, NOTHING)
        years = len(values)
        binned = squared = 0
        if self.histogram:
            laid, binned = self.histogram.grid, years
            grid = (laid.center[place], laid.width[place], laid.fold[place])
        if self.squares:
            squares, squared = (self.squares.about[place], 1.0 / self.squares.step[place]), years
        found = Found(
            totals=np.empty(years, np.int64),
            counts=np.zeros((binned, SLOTS), np.int32),
            low=np.empty(binned),
            high=np.empty(binned),
            parts=np.empty((3, squared), np.int64),
        )
        into = (found.totals, found.counts, found.low, found.high, found.parts)
        rows = np.ascontiguousarray(values)
        if refused := REFUSED.get(counted(rows, 1.0 / self.sum.step, grid, squares, into)):
            size = np.abs(values).max()
            raise OverflowError(f"{self.metric}: {size:.3g} is too large to {refused} exactly")
        return found

    def add(self, place: int, found: Found) -> None:
        """Add what a pass of values gave in one place."""
        self.sum.totals[place] += found.totals
        if one := self.histogram:
            one.counts[place] += found.counts
            np.minimum(one.low[place], found.low, out=one.low[place])
            np.maximum(one.high[place], found.high, out=one.high[place])
        if self.squares:
            self.squares.totals[:, place] += limbs(found.parts)
