"""Metrics in their cells: what a pass of values gives, and where that goes."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType

import numpy as np

from models.arrays import Floats, Integers
from models.counting import AT_ONCE, TOO_LARGE_TO_ADD, TOO_LARGE_TO_SQUARE, count
from models.histograms import Grid, Histograms, stacked
from models.sums import Squares, Sums

REFUSED = {TOO_LARGE_TO_ADD: "add up", TOO_LARGE_TO_SQUARE: "square"}


@dataclass(frozen=True)
class Cells:
    """All that is kept of some metrics in all places and years.

    metrics: first those whose squares are kept, then others with a histogram, then those of which the sum is
    all; arrays of squares and of histograms are of the first ones only. elsewhere: other cells that count for
    these too, by positions of a metric here and of a place.
    """

    metrics: tuple[str, ...]
    sums: Sums
    histograms: Histograms
    squares: Squares
    elsewhere: Mapping[tuple[int, int], "Cells"]

    def complete(self) -> None:
        """Take over what other cells have counted for these, at the end: nothing may be added to it."""
        for (m, place), other in self.elsewhere.items():
            there = other.metrics.index(self.metrics[m])
            self.sums.totals[m, place] = other.sums.totals[there, place]
            if m < len(self.histograms.counts):
                for name in ("counts", "low", "high"):
                    getattr(self.histograms, name)[m, place] = getattr(other.histograms, name)[there, place]
            if m < len(self.squares.totals):
                self.squares.totals[m, :, place] = other.squares.totals[there, :, place]

    def count(self, place: int, values: Sequence[Floats]) -> None:
        """Count values of all metrics, each (year, draw), in one place, but for those counted elsewhere.

        All have as many draws. Raises OverflowError where a sum might not be exact: of terms of which, taken
        up to a power of two, so many could pass 2^53 steps, or of squares of 2^35 steps and more.
        """
        bins = self.histograms
        nothing = np.empty((0, values[0].shape[1] if values else 0))
        grid, squares, here = bins.at(place), self.squares.at(place), self._here[place]
        for first in range(0, len(values), AT_ONCE):
            some = slice(first, first + AT_ONCE)
            rows = [
                np.ascontiguousarray(array) if is_here else nothing
                for array, is_here in zip(values[some], here[some], strict=True)
            ]
            ended, m = count(
                (*rows, *[nothing] * (AT_ONCE - len(rows))),
                self.sums.per_unit[some],
                grid[some],
                squares[some],
                (
                    self.sums.totals[some],
                    bins.counts[some],
                    bins.low[some],
                    bins.high[some],
                    self.squares.totals[some],
                ),
                place,
            )
            if ended in REFUSED:
                name, size = self.metrics[first + m], np.abs(rows[m]).max()
                raise OverflowError(f"{name}: {size:.3g} is too large to {REFUSED[ended]} exactly")

    @cached_property
    def _here(self) -> list[list[bool]]:
        """Whether each metric is counted here, by place."""
        metrics, places, _ = self.sums.totals.shape
        return [[(m, place) not in self.elsewhere for m in range(metrics)] for place in range(places)]

    def arrays(self, m: int, *, bins: bool) -> Iterator[Integers | Floats]:
        """What is kept of the metric in position m, its squares carried; bins: its histogram too."""
        yield self.sums.totals[m]
        if bins:
            one = self.histograms
            yield from (one.low[m], one.high[m], one.counts[m])
        if m < len(self.squares.totals):
            yield self.squares.carried(m)


def empty(
    steps: Mapping[str, float],
    places: int,
    years: int,
    grids: Sequence[Grid] = (),
    scales: Sequence[tuple[Floats, Floats]] = (),
    elsewhere: Mapping[tuple[int, int], Cells] = MappingProxyType({}),
) -> Cells:
    """Cells of which nothing is counted yet.

    steps: in which sums are kept, by metric; grids: of the first metrics (place, year); scales: point and
    step to square about, of the first of these (place, year); elsewhere: as in `Cells`.
    """
    nowhere = np.empty((0, places, years))
    grid = stacked(grids) if grids else Grid(nowhere, nowhere, nowhere)
    about, step = (np.array(part) for part in zip(*scales, strict=True)) if scales else (nowhere, nowhere)
    return Cells(
        tuple(steps),
        Sums(np.array(list(steps.values())), places, years),
        Histograms(grid),
        Squares(about, step),
        dict(elsewhere),
    )
