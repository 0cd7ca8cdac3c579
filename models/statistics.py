"""Results read from tallies: means, percentiles, probabilities with their sampling error."""

import hashlib
import math
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from models.arrays import LEVELS, Floats, Integers
from models.cells import Cells
from models.counting import BINS, SLOTS, TOP, ZERO
from models.histograms import Grid, Histograms, unfolded
from models.rounding import rounded
from models.tally import ScenarioTally, results

_U = np.clip(np.arange(BINS + 1) * (2.0 / BINS) - 1.0, -1.0 + 1e-12, 1.0 - 1e-12)
EDGES = _U / (1.0 - np.abs(_U))
"""Edges of the bins, in widths from the center."""
SNAP = 1e-9
"""An edge so near to zero, as a share of center and width, is zero."""
DIGITS = 9
"""Significant digits of what is read from bins: far more than a thousand bins hold, far fewer to write."""
SCORE_95 = 1.959964
"""Normal score of a 95 % interval."""


@dataclass(frozen=True)
class Statistics:
    """Results of all scenarios, read from their tallies. Shapes (year,) unless said otherwise.

    Bins are read for all places at once and what they say is kept: sheets ask place by place.
    """

    paths: int
    tallies: Mapping[str, ScenarioTally]
    _read: dict[Hashable, Floats] = field(default_factory=dict, init=False, repr=False, compare=False)

    def has(self, metric: str, scenario: str) -> bool:
        """Whether the full distribution of a metric is kept in a scenario."""
        found = self.tallies[scenario].where(metric)
        return found is not None and found[2]

    def mean(self, metric: str, scenario: str, place: str) -> Floats:
        """Mean over paths; shape (1,) for totals of a line."""
        cells, m, _ = self._where(metric, scenario)
        return cells.sums.totals[m, self._place(metric, scenario, place)] * cells.sums.step[m] / self.paths

    def standard_error(self, metric: str, scenario: str, place: str) -> Floats:
        """Standard error of a mean: standard deviation over paths over the root of their number.

        KeyError where the metric's squares are not kept.
        """
        (cells, m, _), p = self._where(metric, scenario), self._place(metric, scenario, place)
        if m >= len(cells.squares.totals):
            raise KeyError(f"squares of {metric} are not kept in scenario {scenario}")
        distance = self.mean(metric, scenario, place) - cells.squares.about[m, p]
        variance = cells.squares.mean(m, p, self.paths) - distance * distance
        return np.sqrt(np.maximum(variance, 0.0) / self.paths)

    def percentiles(self, metric: str, scenario: str, place: str, levels: Sequence[float] = LEVELS) -> Floats:
        """Percentiles over paths at levels above 0. Shape (year, level).

        KeyError where the distribution is not kept.
        """
        asked = tuple(levels)
        return self._of(metric, scenario, place, asked, lambda cells: _quantiles(cells, np.array(asked)))

    def order_statistics(self, metric: str, scenario: str, place: str, level: float) -> Floats:
        """Ends of the 95 % interval of a percentile, its sampling error, by rank. Shape (year, 2).

        So many paths more or less may lie below it: their number is binomial, whatever the distribution.
        """
        aside = SCORE_95 * math.sqrt(level * (1.0 - level) / self.paths)
        return self.percentiles(metric, scenario, place, (level - aside, level + aside))

    def shortfall(self, metric: str, scenario: str, place: str, level: float = 0.95) -> Floats:
        """Mean of the values beyond a level."""
        return self._of(metric, scenario, place, level, lambda cells: _tail_mean(cells, level))

    def probability(self, event: str, scenario: str, place: str) -> Floats:
        """Share of paths in which an event occurs."""
        tally = self.tallies[scenario]
        return tally.counts.yearly[tally.counts.events.index(event), tally.places.index(place)] / self.paths

    def half_width(self, event: str, scenario: str, place: str) -> Floats:
        """Half of the 95 % Wilson interval of a probability: the sampling error."""
        return wilson_half_width(self.probability(event, scenario, place), self.paths)

    def worst_half_width(self, event: str, scenario: str) -> float:
        """Largest half-width of an event's probability, over all places and years."""
        places = self.tallies[scenario].places
        return max(float(self.half_width(event, scenario, place).max()) for place in places)

    def any_year(self, event: str, scenario: str, place: str) -> float:
        """Share of paths in which an event occurs in at least one year."""
        tally = self.tallies[scenario]
        return (
            float(tally.counts.any_year[tally.counts.events.index(event), tally.places.index(place)])
            / self.paths
        )

    def at_once(self, event: str, scenario: str) -> Floats:
        """Share of paths in which an event hits 0, 1, 2 ... states at once. Shape (year, states + 1)."""
        counts = self.tallies[scenario].counts
        return counts.together[counts.events.index(event)] / self.paths

    def mean_at_once(self, event: str, scenario: str) -> Floats:
        """Mean number of states that an event hits at once."""
        shares = self.at_once(event, scenario)
        return np.asarray((shares * np.arange(shares.shape[1])).sum(axis=1))

    def digest(self) -> str:
        """SHA-256 over every integer the results rest on."""
        names = sorted(self.tallies)
        digest = hashlib.sha256(f"{self.paths} {names}".encode())
        for array in results({name: self.tallies[name] for name in names}):
            digest.update(np.ascontiguousarray(array).tobytes())
        return digest.hexdigest()

    def _of(
        self, metric: str, scenario: str, place: str, asked: Hashable, found: Callable[["_Cells"], Floats]
    ) -> Floats:
        """What the bins of a metric say of a place. asked: names what `found` finds, cell by cell."""
        (cells, m, bins), p = self._where(metric, scenario), self._place(metric, scenario, place)
        if not bins:
            raise KeyError(f"{metric} is kept as a mean in scenario {scenario}, not as a distribution")
        key = id(cells), m, asked
        if key not in self._read:
            values = rounded(found(_cells(cells.histograms, m)), DIGITS)
            values.setflags(write=False)
            self._read[key] = values.reshape(*cells.histograms.low.shape[1:], *values.shape[1:])
        return self._read[key][p]

    def _where(self, metric: str, scenario: str) -> tuple[Cells, int, bool]:
        """Cells of a metric, its position there and whether its distribution is kept."""
        found = self.tallies[scenario].where(metric)
        if found is None:
            raise KeyError(f"{metric} is not kept in scenario {scenario}")
        return found

    def _place(self, metric: str, scenario: str, place: str) -> int:
        """Where a state or a line stands among those that a metric is kept of."""
        tally = self.tallies[scenario]
        return (tally.places if metric in tally.kept else tally.lines.lines).index(place)


def wilson_half_width(share: Floats, paths: int) -> Floats:
    """Half of the 95 % Wilson score interval of shares observed in a number of paths."""
    score = SCORE_95
    spread = np.sqrt(share * (1.0 - share) / paths + score * score / (4.0 * paths * paths))
    return np.asarray(score * spread / (1.0 + score * score / paths))


@dataclass(frozen=True)
class _Cells:
    """Histograms of a metric, a cell (place, year) after the other.

    counts: (cell, SLOTS); all else (cell,).
    """

    counts: Integers
    grid: Grid
    low: Floats
    high: Floats

    def edges(self, cell: Integers, edge: Integers) -> Floats:
        """Where an edge of a cell's bins lies; where zero was made an edge it is zero exactly."""
        center, width, fold = (array[cell] for array in (self.grid.center, self.grid.width, self.grid.fold))
        values = center + width * EDGES[edge]
        values[np.abs(values) < SNAP * (np.abs(center) + width)] = 0.0
        if (folds := np.broadcast_to(fold > 0.0, values.shape)).any():
            with np.errstate(over="ignore"):
                values[folds] = unfolded(values[folds], np.broadcast_to(fold, values.shape)[folds])
        return np.minimum(np.maximum(values, self.low[cell]), self.high[cell])

    def upto(self) -> Integers:
        """Values other than zero up to the end of each slot (cell, ZERO), as short as the counts."""
        return np.cumsum(self.counts[:, :ZERO], axis=1, dtype=self.counts.dtype)

    def negative(self) -> Integers:
        """How many bins begin below zero: exact zeros lie after them."""
        center, width = self.grid.center, self.grid.width
        below = np.searchsorted(EDGES[:BINS], -(center + SNAP * (np.abs(center) + width)) / width, "right")
        return np.where(self.low >= 0.0, 0, np.where(self.high < 0.0, BINS, below))


def _cells(histograms: Histograms, m: int) -> _Cells:
    """Histograms of the metric in position m."""
    grid = histograms.grid
    center, width, fold, low, high = (
        array[m].ravel() for array in (grid.center, grid.width, grid.fold, histograms.low, histograms.high)
    )
    return _Cells(histograms.counts[m].reshape(-1, SLOTS), Grid(center, width, fold), low, high)


def _quantiles(cells: _Cells, levels: Floats) -> Floats:
    """Quantiles (cell, level), each on a straight line across the bin in which it lies."""
    cell, upto = np.arange(len(cells.counts))[:, np.newaxis], cells.upto()
    zeros, negative = cells.counts[:, ZERO, np.newaxis], cells.negative()[:, np.newaxis]
    below = np.where(negative > 0, upto[cell, _last(negative - 1)], 0)
    rank = levels * (upto[:, TOP, np.newaxis] + zeros)
    is_zero, is_above = (rank > below) & (rank <= below + zeros), rank > below + zeros
    rank -= np.where(is_above, zeros, 0)
    bins = _first_reaching(upto, rank)
    end = upto[cell, _last(bins)]
    start = np.where(bins > 0, upto[cell, bins - 1], 0)
    low, high = cells.edges(cell, bins), cells.edges(cell, bins + 1)
    return np.where(is_zero, 0.0, low + (high - low) * (rank - start) / np.maximum(end - start, 1))


def _first_reaching(upto: Integers, rank: Floats) -> Integers:
    """First bin (cell, level) up to whose end there are as many values as a rank (cell, level)."""
    cell, bins = np.arange(len(upto))[:, np.newaxis], np.zeros(rank.shape, dtype=np.int64)
    step = BINS
    while step := step // 2:  # halves what is left to search in all cells at once
        bins += step * (upto[cell, bins + step - 1] < rank)
    return bins


def _last(bins: Integers) -> Integers:
    """Last slot of a bin: the last bin holds what is so far out that it has a slot of its own."""
    return np.where(bins < BINS - 1, bins, TOP)


def _tail_mean(cells: _Cells, level: float) -> Floats:
    """Mean beyond a level (cell,), values in the middle of their bins."""
    held, zeros, upto = cells.counts[:, :ZERO], cells.counts[:, ZERO], cells.upto()
    values = upto[:, TOP]
    tail = (1.0 - level) * (values + zeros)
    first = np.floor(values - tail).astype(upto.dtype)
    cell, slot = np.nonzero((held > 0) & (upto > first[:, np.newaxis]))
    bins = np.minimum(slot, BINS - 1)
    above = values[cell] - upto[cell, slot] + np.where(bins < cells.negative()[cell], zeros[cell], 0)
    taken = np.clip(tail[cell] - above, 0.0, held[cell, slot])
    middle = (cells.edges(cell, bins) + cells.edges(cell, bins + 1)) / 2.0
    return np.bincount(cell, taken * middle, minlength=len(tail)) / np.maximum(tail, 1e-300)
