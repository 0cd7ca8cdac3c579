"""One metric in one place on one pass of draws: what its values give, and where that goes."""

from dataclasses import dataclass
from typing import Self, TypeVar

import numpy as np

from models.arrays import Floats, Integers
from models.histograms import Histograms, Workspace, binned
from models.sums import Squares, Sums, squared, summed


@dataclass(frozen=True)
class Cell:
    """What values (year, draw) give. low, high, total: (year,).

    counts: (year, slot), squares: (limb, year); None where they are not kept.
    """

    low: Floats
    high: Floats
    total: Integers
    counts: Integers | None
    squares: Integers | None


@dataclass(frozen=True)
class Kept:
    """Where a metric's numbers go, each with its index there; histograms, squares: None where in none."""

    name: str
    sums: tuple[Sums, int]
    histograms: tuple[Histograms, int] | None
    squares: tuple[Squares, int] | None

    @classmethod
    def of(
        cls, name: str, sums: Sums, histograms: Histograms | None = None, squares: Squares | None = None
    ) -> Self:
        """Where a metric of that name is kept in a tally of these parts."""
        return cls(
            name,
            (sums, sums.metrics.index(name)),
            (histograms, histograms.metrics.index(name))
            if histograms and name in histograms.metrics
            else None,
            (squares, squares.metrics.index(name)) if squares and name in squares.metrics else None,
        )

    def cell(self, place: int, values: Floats, work: Workspace) -> Cell:
        """What values (year, draw) in one place give. Raises OverflowError where sums might not be exact."""
        low, high = np.minimum.reduce(values, axis=1), np.maximum.reduce(values, axis=1)
        sums, m = self.sums
        total = summed(values, sums.steps[m], largest(low, high), self.name, work.double)
        counts = squares = None
        if self.squares:
            about, step = self.squares[0].scale(self.squares[1], place)
            most = largest((low - about) / step, (high - about) / step)
            squares = squared(values, about, step, most, self.name, work.double)
        if self.histograms:
            counts = binned(values, self.histograms[0].grid.at(self.histograms[1], place), low, high, work)
        return Cell(low, high, total, counts, squares)

    def add(self, place: int, cell: Cell) -> None:
        """Add what a pass of draws gave in one place."""
        sums, m = self.sums
        sums.totals[m, place] += cell.total
        if self.histograms and cell.counts is not None:
            self.histograms[0].add(self.histograms[1], place, cell.counts, cell.low, cell.high)
        if self.squares and cell.squares is not None:
            self.squares[0].totals[:, self.squares[1], place] += cell.squares

    def fits(self, other: "Kept", place: int) -> bool:
        """Whether what values gave where another scenario keeps this metric is what they give here."""
        return _agree(self.histograms, other.histograms, place) and _agree(self.squares, other.squares, place)


T = TypeVar("T", Histograms, Squares)


def _agree(mine: tuple[T, int] | None, others: tuple[T, int] | None, place: int) -> bool:
    if mine is None:
        return True
    return others is not None and mine[0].is_same(mine[1], others[0], others[1], place)


def largest(low: Floats, high: Floats) -> float:
    """Largest size of values in some ranges."""
    return max(-float(np.minimum.reduce(low)), float(np.maximum.reduce(high)))
