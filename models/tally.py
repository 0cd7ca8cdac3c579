"""What is kept of a simulation, by scenario: histograms, sums and counts, flat in paths, free of order."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from models.arrays import Booleans, Bytes, Floats, Integers
from models.cells import Cells
from models.compiled import compiled
from models.histograms import Histogram
from models.sums import Squares, Sum

Hits: TypeAlias = NDArray[np.unsignedinteger[Any]]
"""How many states an event hits, in the smallest whole numbers that hold all of them."""


class Counts:
    """Paths in which events occur, by (event, place, year), in any year, and how many states at once."""

    def __init__(self, events: Sequence[str], places: int, years: int) -> None:
        self.events = tuple(events)
        self.yearly = np.zeros((len(events), places, years), dtype=np.int64)
        self.any_year = np.zeros((len(events), places), dtype=np.int64)
        self.together = np.zeros((len(events), years, places), dtype=np.int64)
        self._smallest = np.min_scalar_type(places)

    def nowhere(self, draws: int) -> Hits:
        """How many states each event hits on a pass of draws, none as yet. Shape (event, year, draw)."""
        events, years, _ = self.together.shape
        return np.zeros((events, years, draws), self._smallest)

    def of(
        self, values: tuple[Floats, ...], levels: Floats, above: Booleans, hits: Hits | None
    ) -> tuple[Integers, Integers]:
        """Paths in which events occur in one place, as `add` takes them.

        An event occurs where its values (year, draw) are above its levels (event, year), or below them where
        that is not what is asked (event,). hits: of states, to which the place is added; None for the union.
        """
        yearly, any_year = np.empty(levels.shape, np.int64), np.empty(len(levels), np.int64)
        nobody = np.empty((0, *values[0].shape), self._smallest)
        _occurred(values, levels, above, nobody if hits is None else hits, (yearly, any_year))
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
def _occurred(
    values: tuple[Floats, ...],
    levels: Floats,
    above: Booleans,
    hits: Hits,
    paths: tuple[Integers, Integers],
) -> None:
    """Paths in which events occur, into paths: by year (event, year) and in any year (event,).

    Arguments as of `Counts.of`; hits of no events are not counted.
    """
    occurs, ever = np.empty(values[0].shape[1], np.bool_), np.empty(values[0].shape[1], np.bool_)
    yearly, any_year = paths
    for e in range(len(values)):
        ever[:] = False
        for t in range(len(values[e])):
            _beyond(values[e][t], levels[e, t], above[e], occurs)
            number = 0
            for p in range(len(occurs)):
                number += occurs[p]
                ever[p] |= occurs[p]
            yearly[e, t] = number
            if e < len(hits):
                hit = hits[e, t]
                for p in range(len(occurs)):
                    hit[p] += occurs[p]
        any_year[e] = ever.sum()


@compiled
def _beyond(row: Floats, level: float, above: np.bool_, occurs: Booleans) -> None:
    """Whether values (draw,) are above a level, or below it, into occurs (draw,)."""
    if above:
        for p in range(len(row)):
            occurs[p] = row[p] > level
    else:
        for p in range(len(row)):
            occurs[p] = row[p] < level


@compiled
def _counted(hits: Hits, together: Integers) -> None:
    """Count hits (event, year, draw) by their number, into together (event, year, states + 1)."""
    for e in range(hits.shape[0]):
        for t in range(hits.shape[1]):
            for states in hits[e, t]:
                together[e, t, states] += 1


@dataclass(frozen=True)
class LineTally:
    """What is kept of the programme's lines, the union's total among them, by metric."""

    lines: tuple[str, ...]
    cells: Mapping[str, Cells]


@dataclass(frozen=True)
class ScenarioTally:
    """All that is kept of one scenario. places: state codes and the union; cells: by metric.

    What scenarios have in common they hold as one object: the sums and histograms of a metric that none of
    them moves, which the first of them counts; lines where contracts and payments are the same. own: metrics
    that this scenario counts.
    """

    places: tuple[str, ...]
    cells: Mapping[str, Cells]
    own: tuple[str, ...]
    counts: Counts
    lines: LineTally


def results(tallies: Mapping[str, ScenarioTally]) -> Iterator[Integers | Floats]:
    """Every array that results rest on, each once, in a fixed order."""
    for holder, name in _arrays(tallies):
        yield holder.carried() if isinstance(holder, Squares) else getattr(holder, name)


def bytes_of(tallies: Mapping[str, ScenarioTally]) -> int:
    """Size of all arrays of some tallies [bytes]."""
    return sum(array.nbytes for array in stored(tallies))


def stored(tallies: Mapping[str, ScenarioTally]) -> Iterator[np.ndarray[tuple[int, ...], np.dtype[Any]]]:
    """Every array that counting writes to, each once, in a fixed order."""
    return (getattr(holder, name) for holder, name in _arrays(tallies))


def grids(tallies: Mapping[str, ScenarioTally]) -> Iterator[Floats]:
    """Every grid that values are counted on, in a fixed order."""
    for part in _parts(tallies):
        if isinstance(part, Histogram):
            yield from (part.grid.center, part.grid.width, part.grid.fold)
        elif isinstance(part, Squares):
            yield from (part.about, part.step)


def laid(tallies: Mapping[str, ScenarioTally], buffer: Bytes) -> None:
    """Put the tallies' arrays into a buffer (byte,) that already holds their numbers."""
    start, buffer = 0, np.asarray(buffer)
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
    parts = _parts(tallies)
    histograms = [part for part in parts if isinstance(part, Histogram)]
    for name in ("low", "high"):
        yield from ((one, name) for one in histograms)
    yield from ((one, "totals") for one in parts if isinstance(one, Sum | Squares))
    for name in ("yearly", "any_year", "together"):
        yield from ((tally.counts, name) for tally in tallies.values())
    yield from ((one, "counts") for one in histograms)


def _parts(tallies: Mapping[str, ScenarioTally]) -> list[Sum | Histogram | Squares]:
    """Sums, histograms and squares of all scenarios, each once."""
    cells = [
        one for tally in tallies.values() for kept in (tally, tally.lines) for one in kept.cells.values()
    ]
    parts = [part for one in cells for part in (one.sum, one.histogram, one.squares) if part]
    return list({id(part): part for part in parts}.values())
