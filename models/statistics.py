"""Results read from tallies: means, percentiles, probabilities with their sampling error."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from models.arrays import LEVELS, Floats, Integers
from models.tally import BINS, TOP, ZERO, Histograms, ScenarioTally

Values = TypeVar("Values", Floats, Integers)

_U = np.clip(np.arange(BINS + 1) * (2.0 / BINS) - 1.0, -1.0 + 1e-12, 1.0 - 1e-12)
EDGES = _U / (1.0 - np.abs(_U))
"""Edges of the bins, in widths from the center."""


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

    def percentiles(self, metric: str, scenario: str, place: str, levels: Sequence[float] = LEVELS) -> Floats:
        """Percentiles over paths. Shape (year, level). KeyError where the distribution is not kept."""
        histograms, m, p = self._cell(metric, scenario, place)
        return np.array(
            [_quantiles(histograms, (m, p, t), levels) for t in range(histograms.center.shape[2])]
        )

    def shortfall(self, metric: str, scenario: str, place: str, level: float = 0.95) -> Floats:
        """Mean of the values beyond a level."""
        histograms, m, p = self._cell(metric, scenario, place)
        return np.array([_tail_mean(histograms, (m, p, t), level) for t in range(histograms.center.shape[2])])

    def probability(self, event: str, scenario: str, place: str) -> Floats:
        """Share of paths in which an event occurs."""
        tally = self.tallies[scenario]
        return tally.counts.yearly[tally.counts.events.index(event), tally.places.index(place)] / self.paths

    def half_width(self, event: str, scenario: str, place: str) -> Floats:
        """Half of the 95 % Wilson interval of a probability: the sampling error."""
        return wilson_half_width(self.probability(event, scenario, place), self.paths)

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

    def _cell(self, metric: str, scenario: str, place: str) -> tuple[Histograms, int, int]:
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


def _atoms(histograms: Histograms, cell: tuple[int, int, int]) -> tuple[Floats, Floats, Integers]:
    """Lower edges, upper edges, counts of a cell's bins, rising; exact zeros are a bin without width."""
    edges = histograms.center[cell] + histograms.width[cell] * EDGES
    np.maximum(edges, histograms.low[cell], out=edges)
    np.minimum(edges, histograms.high[cell], out=edges)
    counts = histograms.counts[cell].astype(np.int64)
    counts[BINS - 1] += counts[TOP]
    place = int(np.searchsorted(edges[:-1], 0.0))
    return (
        _with(edges[:-1], place, np.float64(0.0)),
        _with(edges[1:], place, np.float64(0.0)),
        _with(counts[:BINS], place, counts[ZERO]),
    )


def _with(values: Values, place: int, value: np.generic) -> Values:
    """Values with one more at a place: np.insert without its overhead, for thousands of cells."""
    longer = np.empty(len(values) + 1, dtype=values.dtype)
    longer[:place], longer[place], longer[place + 1 :] = values[:place], value, values[place:]
    return longer


def _quantiles(histograms: Histograms, cell: tuple[int, int, int], levels: Sequence[float]) -> list[float]:
    low, high, counts = _atoms(histograms, cell)
    filled = np.cumsum(counts)
    values = []
    for level in levels:
        rank = level * filled[-1]
        k = int(np.searchsorted(filled, rank))
        before = filled[k] - counts[k]
        values.append(float(low[k] + (high[k] - low[k]) * (rank - before) / max(int(counts[k]), 1)))
    return values


def _tail_mean(histograms: Histograms, cell: tuple[int, int, int], level: float) -> float:
    low, high, counts = _atoms(histograms, cell)
    beyond = np.minimum(np.cumsum(counts[::-1]), (1.0 - level) * counts.sum())[::-1]
    taken = beyond - np.append(beyond[1:], 0.0)
    return float((taken * (low + high) / 2.0).sum() / max(float(taken.sum()), 1e-300))
