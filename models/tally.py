"""Integer histograms, counts and sums: flat in paths, exact under merging, free of order."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from models.arrays import Booleans, Bytes, Floats, Integers

BINS = 1024
TOP, ZERO, SLOTS = BINS, BINS + 1, BINS + 2
"""After the bins: values so far out that they round to u = 1, exact zeros, and the number of slots."""
DENSE = 512
MONEY_STEP, RATIO_STEP = 1e-3, 1e-9
"""Sums are kept in whole EUR 1,000 and in 1e-9 of a ratio.

64-bit integers then hold 2^24 paths of the union.
"""


class Histograms:
    """Distributions of (metric, place, year) cells on grids that depend on that cell alone.

    Bins are uniform in u = (x - center) / (|x - center| + width), so the tails need no overflow bin; exact
    zeros are counted in a bin of their own. center, width: (metric, place, year).
    """

    def __init__(self, metrics: Sequence[str], center: Floats, width: Floats) -> None:
        self.metrics = tuple(metrics)
        self.center, self.width = center, width
        self.counts = np.zeros((*center.shape, SLOTS), dtype=np.int32)
        self.low, self.high = np.full(center.shape, np.inf), np.full(center.shape, -np.inf)

    def add(self, metric: int, place: int, values: Floats) -> None:
        """Count values (year, draw) of one metric in one place.

        The bin is found in single precision: half the time, and only values within a thousandth of a bin of
        an edge fall on its other side.
        """
        years = len(values)
        low, high = values.min(axis=1), values.max(axis=1)
        first = np.arange(years)[:, np.newaxis] * SLOTS
        position = (values - self.center[metric, place][:, np.newaxis]).astype(np.float32)
        spread = np.abs(position)
        spread += self.width[metric, place][:, np.newaxis].astype(np.float32)
        position /= spread
        position *= BINS / 2
        position += (first + BINS / 2).astype(np.float32)
        index = position.astype(np.intp)
        if (low <= 0.0).any() and (high >= 0.0).any():
            np.copyto(index, first + ZERO, where=values == 0.0)
        counts = np.bincount(index.ravel(), minlength=years * SLOTS)
        self.counts[metric, place] += counts.reshape(years, SLOTS)
        np.minimum(self.low[metric, place], low, out=self.low[metric, place])
        np.maximum(self.high[metric, place], high, out=self.high[metric, place])

    def empty(self) -> "Histograms":
        """The same grids with nothing counted."""
        return Histograms(self.metrics, self.center, self.width)

    def __reduce__(self) -> tuple[object, ...]:
        """Grids travel to another process, counts do not: those meet in a shared buffer."""
        return Histograms, (self.metrics, self.center, self.width)

    def merge(self, other: "Histograms") -> None:
        """Add what another tally on the same grids has counted."""
        self.counts += other.counts
        np.minimum(self.low, other.low, out=self.low)
        np.maximum(self.high, other.high, out=self.high)


class Sums:
    """Fixed-point sums of (metric, place, year) cells."""

    def __init__(self, metrics: Sequence[str], steps: Sequence[float], places: int, years: int) -> None:
        self.metrics = tuple(metrics)
        self.steps = tuple(steps)
        self.totals = np.zeros((len(metrics), places, years), dtype=np.int64)

    def add(self, metric: int, place: int, values: Floats) -> None:
        """Add values (year, draw) of one metric in one place.

        Whole numbers in floating point add up exactly, in any order, while sums stay under 2^53;
        OverflowError where they might not.
        """
        whole = values * (1.0 / self.steps[metric])
        np.rint(whole, out=whole)
        if max(-float(whole.min()), float(whole.max())) * whole.shape[1] >= 2.0**53:
            raise OverflowError(
                f"{self.metrics[metric]}: {np.abs(values).max():.3g} is too large to add up exactly"
            )
        total = whole.sum(axis=1).astype(np.int64)
        self.totals[metric, place] += total

    def empty(self) -> "Sums":
        """The same metrics and places with nothing added."""
        return Sums(self.metrics, self.steps, *self.totals.shape[1:])

    def __reduce__(self) -> tuple[object, ...]:
        """Sums do not travel to another process."""
        return Sums, (self.metrics, self.steps, *self.totals.shape[1:])

    def merge(self, other: "Sums") -> None:
        """Add another tally's sums."""
        self.totals += other.totals


class Counts:
    """Paths in which events occur, by (event, place, year), in any year, and how many states at once."""

    def __init__(self, events: Sequence[str], places: int, years: int) -> None:
        self.events = tuple(events)
        self.yearly = np.zeros((len(events), places, years), dtype=np.int64)
        self.any_year = np.zeros((len(events), places), dtype=np.int64)
        self.together = np.zeros((len(events), years, places), dtype=np.int64)

    def add(self, event: int, place: int, occurs: Booleans) -> None:
        """Count an event (year, draw) in one place."""
        yearly, once = occurs.sum(axis=1), int(occurs.any(axis=0).sum())
        self.yearly[event, place] += yearly
        self.any_year[event, place] += once

    def add_together(self, event: int, states: Integers) -> None:
        """Count how many states an event hits at once (year, draw)."""
        for t, row in enumerate(states):
            self.together[event, t] += np.bincount(row, minlength=self.together.shape[2])

    def empty(self) -> "Counts":
        """The same events and places with nothing counted."""
        return Counts(self.events, *self.yearly.shape[1:])

    def __reduce__(self) -> tuple[object, ...]:
        """Counts do not travel to another process."""
        return Counts, (self.events, *self.yearly.shape[1:])

    def merge(self, other: "Counts") -> None:
        """Add another tally's counts."""
        self.yearly += other.yearly
        self.any_year += other.any_year
        self.together += other.together


@dataclass(frozen=True)
class LineTally:
    """What is kept of the programme's lines, the union's total among them; total_sums: one number a path."""

    lines: tuple[str, ...]
    histograms: Histograms
    sums: Sums
    total_sums: Sums

    def empty(self) -> "LineTally":
        """A tally on the same grids that has counted nothing."""
        return LineTally(self.lines, self.histograms.empty(), self.sums.empty(), self.total_sums.empty())

    def merge(self, other: "LineTally") -> None:
        """Add what another tally on the same grids has counted."""
        self.histograms.merge(other.histograms)
        self.sums.merge(other.sums)
        self.total_sums.merge(other.total_sums)


@dataclass(frozen=True)
class ScenarioTally:
    """All that is kept of one scenario. places: state codes and the union.

    lines is the same object in all scenarios that share contracts and payments.
    """

    places: tuple[str, ...]
    histograms: Histograms
    sums: Sums
    counts: Counts
    lines: LineTally

    def empty(self) -> "ScenarioTally":
        """A tally on the same grids that has counted nothing; its lines are those of this one."""
        counted = self.histograms.empty(), self.sums.empty(), self.counts.empty()
        return ScenarioTally(self.places, *counted, self.lines)

    def merge(self, other: "ScenarioTally") -> None:
        """Add what another tally on the same grids has counted, but for the lines."""
        self.histograms.merge(other.histograms)
        self.sums.merge(other.sums)
        self.counts.merge(other.counts)

    def arrays(self) -> Iterator[np.ndarray[tuple[int, ...], np.dtype[np.generic]]]:
        """Every array that results rest on, in a fixed order."""
        for histograms in (self.histograms, self.lines.histograms):
            yield from (histograms.counts, histograms.low, histograms.high)
        yield from (self.sums.totals, self.lines.sums.totals, self.lines.total_sums.totals)
        yield from (self.counts.yearly, self.counts.any_year, self.counts.together)


def bytes_of(tallies: Mapping[str, ScenarioTally]) -> int:
    """Size of all arrays of some tallies [bytes]."""
    return sum(getattr(holder, name).nbytes for holder, name in _arrays(tallies))


def stored(tallies: Mapping[str, ScenarioTally]) -> Iterator[np.ndarray[tuple[int, ...], np.dtype[Any]]]:
    """Every array that counting writes to, each once, in a fixed order."""
    return (getattr(holder, name) for holder, name in _arrays(tallies))


def grids(tallies: Mapping[str, ScenarioTally]) -> Iterator[Floats]:
    """Every grid that values are counted on, in a fixed order."""
    for tally in tallies.values():
        for histograms in (tally.histograms, tally.lines.histograms):
            yield from (histograms.center, histograms.width)


def laid(tallies: Mapping[str, ScenarioTally], buffer: Bytes) -> None:
    """Put the tallies' arrays into a buffer (byte,) that already holds their numbers."""
    start = 0
    for holder, name in _arrays(tallies):
        array = getattr(holder, name)
        place = buffer[start : start + array.nbytes]
        setattr(holder, name, place.view(array.dtype).reshape(array.shape))
        start += array.nbytes


def moved(tallies: Mapping[str, ScenarioTally], buffer: Bytes) -> None:
    """Put the tallies' arrays into a buffer (byte,), numbers and all."""
    before = [getattr(holder, name) for holder, name in _arrays(tallies)]
    laid(tallies, buffer)
    for array, (holder, name) in zip(before, _arrays(tallies), strict=True):
        getattr(holder, name)[...] = array


def added(tallies: Mapping[str, ScenarioTally], buffer: Bytes) -> None:
    """Add counts that tallies of the same shapes left in a buffer (byte,)."""
    start = 0
    for holder, name in _arrays(tallies):
        array = getattr(holder, name)
        found = buffer[start : start + array.nbytes].view(array.dtype).reshape(array.shape)
        {"low": np.minimum, "high": np.maximum}.get(name, np.add)(array, found, out=array)
        start += array.nbytes


def _arrays(tallies: Mapping[str, ScenarioTally]) -> Iterator[tuple[object, str]]:
    """Every array that counting writes to, as its owner and its name, each once."""
    lines = {id(tally.lines): tally.lines for tally in tallies.values()}
    histograms = [tally.histograms for tally in tallies.values()] + [
        line.histograms for line in lines.values()
    ]
    sums = [tally.sums for tally in tallies.values()]
    sums += [one for line in lines.values() for one in (line.sums, line.total_sums)]
    for name in ("low", "high"):
        yield from ((one, name) for one in histograms)
    yield from ((one, "totals") for one in sums)
    for name in ("yearly", "any_year", "together"):
        yield from ((tally.counts, name) for tally in tallies.values())
    yield from ((one, "counts") for one in histograms)


def grid(values: Floats) -> tuple[Floats, Floats]:
    """Center and width of a cell's bins from pilot values (year, draw): the median and 0.75 (P90 - P10).

    Zeros are counted apart and left out here: a gap that is rare would else have no bins where it lies.
    Where there are none, the first DENSE draws place the bins well enough.
    """
    if values.all():
        return _centers_and_widths(values[:, :DENSE])
    found = [_centers_and_widths(row[row != 0.0][np.newaxis]) for row in values]
    return np.concatenate([center for center, _ in found]), np.concatenate([width for _, width in found])


def _centers_and_widths(found: Floats) -> tuple[Floats, Floats]:
    draws = found.shape[1]
    if draws == 0:
        return np.zeros(len(found)), np.ones(len(found))
    ranks = [draws // 10, draws // 2, draws - 1 - draws // 10]
    p10, median, p90 = np.partition(found, ranks, axis=1)[:, ranks].T
    spread = 0.75 * (p90 - p10)
    return median, np.where(spread > 0.0, spread, np.abs(median))
