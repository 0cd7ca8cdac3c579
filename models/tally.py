"""What is kept of a simulation, by scenario: histograms, sums and counts, flat in paths, free of order."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from models.arrays import Booleans, Bytes, Floats, Integers
from models.cells import Kept
from models.compiled import compiled
from models.histograms import Histograms
from models.sums import Squares, Sums

Hits: TypeAlias = NDArray[np.unsignedinteger[Any]]
"""How many states an event hits, in the smallest whole numbers that hold all of them."""


class Counts:
    """Paths in which events occur, by (event, place, year), in any year, and how many states at once."""

    def __init__(self, events: Sequence[str], places: int, years: int) -> None:
        self.events = tuple(events)
        self.yearly = np.zeros((len(events), places, years), dtype=np.int64)
        self.any_year = np.zeros((len(events), places), dtype=np.int64)
        self.together = np.zeros((len(events), years, places), dtype=np.int64)

    def nowhere(self, draws: int) -> Hits:
        """How many states each event hits on a pass of draws, none as yet. Shape (event, year, draw)."""
        events, years, places = self.together.shape
        return np.zeros((events, years, draws), np.min_scalar_type(places))

    def of(self, occurs: tuple[Booleans, ...], hits: Hits | None) -> tuple[Integers, Integers]:
        """Paths in which events (year, draw) occur in one place, as `add` takes them.

        hits: of states, to which the place is added; None for the union.
        """
        yearly = np.empty((len(occurs), len(occurs[0])), np.int64)
        any_year = np.empty(len(occurs), np.int64)
        _occurred(occurs, np.empty(occurs[0].shape[1], np.bool_), yearly, any_year)
        if hits is not None:
            _hit(occurs, hits)
        return yearly, any_year

    def add(self, place: int, yearly: Integers, any_year: Integers) -> None:
        """Add the paths in which events occur in a place, by year (event, year) and in any year (event,)."""
        self.yearly[:, place] += yearly
        self.any_year[:, place] += any_year

    def add_together(self, hits: Hits) -> None:
        """Add the paths in which each event hits so many states at once."""
        _counted(hits, self.together)

    def __reduce__(self) -> tuple[object, ...]:
        """Counts do not travel to another process."""
        return Counts, (self.events, *self.yearly.shape[1:])


@compiled
def _occurred(occurs: tuple[Booleans, ...], ever: Booleans, yearly: Integers, any_year: Integers) -> None:
    """Paths in which events occur, into yearly (event, year) and any_year (event,).

    ever: to work in (draw,).
    """
    for e in range(len(occurs)):
        ever[:] = False
        for t in range(len(occurs[e])):
            row, paths = occurs[e][t], 0
            for p in range(len(ever)):
                paths += row[p]
                ever[p] |= row[p]
            yearly[e, t] = paths
        any_year[e] = ever.sum()


@compiled
def _hit(occurs: tuple[Booleans, ...], hits: Hits) -> None:
    for e in range(len(occurs)):
        for t in range(len(occurs[e])):
            row, hit = occurs[e][t], hits[e, t]
            for p in range(len(row)):
                hit[p] += row[p]


@compiled
def _counted(hits: Hits, together: Integers) -> None:
    """Count hits (event, year, draw) by their number, into together (event, year, states + 1)."""
    for e in range(hits.shape[0]):
        for t in range(hits.shape[1]):
            for states in hits[e, t]:
                together[e, t, states] += 1


@dataclass(frozen=True)
class LineTally:
    """What is kept of the programme's lines, the union's total among them; total_sums: one number a path."""

    lines: tuple[str, ...]
    histograms: Histograms
    sums: Sums
    total_sums: Sums

    def kept(self) -> tuple[Kept, Kept]:
        """Where the numbers of yearly metrics go, and those of totals."""
        return Kept(self.sums, self.histograms), Kept(self.total_sums)


@dataclass(frozen=True)
class ScenarioTally:
    """All that is kept of one scenario. places: state codes and the union.

    lines is the same object in all scenarios that share contracts and payments.
    """

    places: tuple[str, ...]
    histograms: Histograms
    sums: Sums
    squares: Squares
    counts: Counts
    lines: LineTally

    def kept(self) -> Kept:
        """Where each metric's numbers go."""
        return Kept(self.sums, self.histograms, self.squares)

    def arrays(self) -> Iterator[np.ndarray[tuple[int, ...], np.dtype[np.generic]]]:
        """Every array that results rest on, in a fixed order."""
        for histograms in (self.histograms, self.lines.histograms):
            yield from (histograms.counts, histograms.low, histograms.high)
        yield from (self.sums.totals, self.lines.sums.totals, self.lines.total_sums.totals)
        yield self.squares.carried()
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
            grid = histograms.grid
            yield from (grid.center, grid.width, grid.fold)
        yield from (tally.squares.about, tally.squares.step)


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
    """Every array that counting writes to, as its owner and its name, each once; 8-byte numbers first."""
    lines = {id(tally.lines): tally.lines for tally in tallies.values()}
    histograms = [tally.histograms for tally in tallies.values()]
    histograms += [line.histograms for line in lines.values()]
    sums = [sums for tally in tallies.values() for sums in (tally.sums, tally.squares)]
    sums += [sums for line in lines.values() for sums in (line.sums, line.total_sums)]
    for name in ("low", "high"):
        yield from ((one, name) for one in histograms)
    yield from ((one, "totals") for one in sums)
    for name in ("yearly", "any_year", "together"):
        yield from ((tally.counts, name) for tally in tallies.values())
    yield from ((one, "counts") for one in histograms)
