"""A metric in its cells: what a pass of values gives, and where that goes."""

from dataclasses import dataclass

import numpy as np

from models.arrays import Floats
from models.counting import SLOTS, TOO_LARGE_TO_ADD, TOO_LARGE_TO_SQUARE, Counts, Found, add, counted
from models.histograms import Histogram
from models.sums import Squares, Sum

NO_NUMBERS = np.empty(0)
NO_BINS: tuple[Counts, Floats, Floats] = (
    np.empty((0, 0, SLOTS), np.int32),
    np.empty((0, 0)),
    np.empty((0, 0)),
)
NO_SQUARES = np.empty((2, 0, 0), np.int64)
"""What stands for the grid, the bins and the squares of a metric that has none."""

REFUSED = {TOO_LARGE_TO_ADD: "add up", TOO_LARGE_TO_SQUARE: "square"}


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
        grid, squares = (NO_NUMBERS, NO_NUMBERS, NO_NUMBERS), (NO_NUMBERS, NO_NUMBERS)
        if self.histogram:
            grid = self.histogram.grid.at(place)
        if self.squares:
            squares = self.squares.about[place], self.squares.per_unit[place]
        ended, found = counted(np.ascontiguousarray(values), self.sum.per_unit, grid, squares)
        if ended in REFUSED:
            size = np.abs(values).max()
            raise OverflowError(f"{self.metric}: {size:.3g} is too large to {REFUSED[ended]} exactly")
        return found

    def add(self, place: int, found: Found) -> None:
        """Add what a pass of values gave in one place."""
        one = self.histogram
        bins = (one.counts, one.low, one.high) if one else NO_BINS
        squares = self.squares.totals if self.squares else NO_SQUARES
        add(found, (self.sum.totals, *bins, squares), place)
