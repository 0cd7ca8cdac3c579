"""Results read from tallies: means, percentiles, probabilities with their sampling error."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from models.arrays import LEVELS, Floats, Integers
from models.histograms import BINS, TOP, ZERO, Grid, Histograms, unfolded
from models.projection import rounded
from models.tally import ScenarioTally

_U = np.clip(np.arange(BINS + 1) * (2.0 / BINS) - 1.0, -1.0 + 1e-12, 1.0 - 1e-12)
EDGES = _U / (1.0 - np.abs(_U))
"""Edges of the bins, in widths from the center."""
DIGITS = 9
"""Significant digits of what is read from bins: far more than a thousand bins hold, far fewer to write."""


@dataclass(frozen=True)
class Statistics:
    """Results of all scenarios, read from their tallies. Shapes (year,) unless said otherwise."""

    paths: int
    tallies: Mapping[str, ScenarioTally]

    def has(self, metric: str, scenario: str) -> bool:
        """Whether the full distribution of a metric is kept in a scenario."""
        tally = self.tallies[scenario]
        return metric in tally.histograms.metrics or metric in tally.lines.histograms.metrics

    def mean(self, metric: str, scenario: str, place: str) -> Floats:
        """Mean over paths; shape (1,) for totals of a line."""
        tally = self.tallies[scenario]
        for sums, places in (
            (tally.sums, tally.places),
            (tally.lines.sums, tally.lines.lines),
            (tally.lines.total_sums, tally.lines.lines),
        ):
            if metric in sums.metrics:
                m = sums.metrics.index(metric)
                return sums.totals[m, places.index(place)] * sums.steps[m] / self.paths
        raise KeyError(metric)

    def standard_error(self, metric: str, scenario: str, place: str) -> Floats:
        """Standard error of a mean: standard deviation over paths over the root of their number.

        KeyError where the metric's squares are not kept.
        """
        tally = self.tallies[scenario]
        if metric not in tally.squares.metrics:
            raise KeyError(f"squares of {metric} are not kept in scenario {scenario}")
        m, p = tally.squares.metrics.index(metric), tally.places.index(place)
        distance = self.mean(metric, scenario, place) - tally.squares.about[m, p]
        variance = tally.squares.mean(m, p, self.paths) - distance * distance
        return np.sqrt(np.maximum(variance, 0.0) / self.paths)

    def percentiles(self, metric: str, scenario: str, place: str, levels: Sequence[float] = LEVELS) -> Floats:
        """Percentiles over paths. Shape (year, level). KeyError where the distribution is not kept."""
        return rounded(_quantiles(_atoms(*self._place(metric, scenario, place)), levels), DIGITS)

    def shortfall(self, metric: str, scenario: str, place: str, level: float = 0.95) -> Floats:
        """Mean of the values beyond a level."""
        return rounded(_tail_mean(_atoms(*self._place(metric, scenario, place)), level), DIGITS)

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

    def states_in_red(self, scenario: str) -> Floats:
        """Share of paths with 0, 1, 2 ... states in red at once. Shape (year, states + 1)."""
        counts = self.tallies[scenario].counts
        return counts.together[counts.events.index("red")] / self.paths

    def digest(self) -> str:
        """SHA-256 over every integer the results rest on."""
        digest = hashlib.sha256(str(self.paths).encode())
        for name in sorted(self.tallies):
            digest.update(name.encode())
            for array in self.tallies[name].arrays():
                digest.update(np.ascontiguousarray(array).tobytes())
        return digest.hexdigest()

    def _place(self, metric: str, scenario: str, place: str) -> tuple[Histograms, int, int]:
        tally = self.tallies[scenario]
        lines = tally.lines
        for histograms, places in ((tally.histograms, tally.places), (lines.histograms, lines.lines)):
            if metric in histograms.metrics:
                return histograms, histograms.metrics.index(metric), places.index(place)
        raise KeyError(f"{metric} is kept as a mean in scenario {scenario}, not as a distribution")


def wilson_half_width(share: Floats, paths: int, score: float = 1.959964) -> Floats:
    """Half of the Wilson score interval of shares observed in a number of paths."""
    spread = np.sqrt(share * (1.0 - share) / paths + score * score / (4.0 * paths * paths))
    return np.asarray(score * spread / (1.0 + score * score / paths))


@dataclass(frozen=True)
class _Atoms:
    """Bins of a place by year, rising, exact zeros as a bin without width among them.

    edges: of the bins without that of zeros (year, BINS + 1); zero: where that stands (year, 1); counts:
    (year, BINS + 1).
    """

    edges: Floats
    zero: Integers
    counts: Integers

    def ends(self, bins: Integers) -> tuple[Floats, Floats]:
        """Lower and upper edges of some bins (year, N)."""
        edge = bins - (bins > self.zero)
        steps = (edge, np.minimum(edge + 1, BINS))
        low, high = (np.take_along_axis(self.edges, step, axis=1) for step in steps)
        return np.where(bins == self.zero, 0.0, low), np.where(bins == self.zero, 0.0, high)


def _atoms(histograms: Histograms, metric: int, place: int) -> _Atoms:
    cell = (metric, place, slice(None), np.newaxis)
    edges = _edges(histograms.grid.at(metric, place))
    np.maximum(edges, histograms.low[cell], out=edges)
    np.minimum(edges, histograms.high[cell], out=edges)
    counts = histograms.counts[metric, place].astype(np.int64)
    counts[:, BINS - 1] += counts[:, TOP]
    zero = (edges[:, :-1] < 0.0).sum(axis=1)
    rows = zip(counts[:, :BINS], zero.tolist(), counts[:, ZERO], strict=True)
    among = [np.concatenate((row[:at], [number], row[at:])) for row, at, number in rows]
    return _Atoms(edges, zero[:, np.newaxis], np.array(among))


def _edges(grid: Grid) -> Floats:
    """Edges of all bins (year, BINS + 1); where zero was made an edge it is one exactly."""
    center, width, fold = (array[:, np.newaxis] for array in (grid.center, grid.width, grid.fold))
    edges = center + width * EDGES
    edges[np.abs(edges) < 1e-9 * (np.abs(center) + width)] = 0.0
    rows = grid.fold > 0.0
    if rows.any():
        with np.errstate(over="ignore"):
            edges[rows] = unfolded(edges[rows], fold[rows])
    return edges


def _quantiles(atoms: _Atoms, levels: Sequence[float]) -> Floats:
    filled = np.cumsum(atoms.counts, axis=1)
    rank = np.array(levels) * filled[:, -1:]
    bins = np.array([np.searchsorted(row, asked) for row, asked in zip(filled, rank, strict=True)])
    low, high = atoms.ends(bins)
    within, upto = (np.take_along_axis(values, bins, axis=1) for values in (atoms.counts, filled))
    return np.asarray(low + (high - low) * (rank - (upto - within)) / np.maximum(within, 1))


def _tail_mean(atoms: _Atoms, level: float) -> Floats:
    low, high = atoms.ends(np.broadcast_to(np.arange(BINS + 1), atoms.counts.shape))
    number = atoms.counts.sum(axis=1, keepdims=True)
    beyond = np.minimum(np.cumsum(atoms.counts[:, ::-1], axis=1), (1.0 - level) * number)[:, ::-1]
    taken = beyond - np.append(beyond[:, 1:], np.zeros((len(beyond), 1)), axis=1)
    return np.asarray((taken * (low + high) / 2.0).sum(axis=1) / np.maximum(taken.sum(axis=1), 1e-300))
