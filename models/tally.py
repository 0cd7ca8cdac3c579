"""What is kept of a simulation, by scenario: histograms, sums and counts, flat in paths, free of order."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias, cast

import numpy as np
from numpy.typing import NDArray

from models.arrays import Booleans, Bytes, Floats, Integers
from models.cells import Cells
from models.compiled import compiled

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

    def count(
        self, place: int, values: tuple[Floats, ...], levels: Floats, above: Booleans, hits: Hits | None
    ) -> None:
        """Count the paths in which events occur in one place.

        An event occurs where its values (year, draw) are above its levels (event, year), or below them where
        that is not what is asked (event,). hits: of states, to which the place is added; None for the union.
        """
        nobody = np.empty((0, *values[0].shape), self._smallest)
        of_states = nobody if hits is None else hits
        _occurred(values, levels, above, of_states, (self.yearly, self.any_year), place)

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
    place: int,
) -> None:
    """Add paths in which events occur in a place: by year (event, place, year), in any year (event, place).

    Arguments as of `Counts.count`; hits of no events are not counted.
    """
    occurs, ever = np.empty(values[0].shape[1], np.bool_), np.empty(values[0].shape[1], np.bool_)
    yearly, any_year = paths
    for e in range(len(values)):
        ever[:] = False
        for t in range(len(values[e])):
            yearly[e, place, t] += _beyond(values[e][t], levels[e, t], above[e], occurs)
            for p in range(len(occurs)):
                ever[p] |= occurs[p]
            if e < len(hits):
                hit = hits[e, t]
                for p in range(len(occurs)):
                    hit[p] += occurs[p]
        any_year[e, place] += ever.sum()


@compiled
def _beyond(row: Floats, level: float, above: np.bool_, occurs: Booleans) -> int:
    """How many values (draw,) are above a level, or below it, and which, into occurs (draw,)."""
    number = 0
    if above:
        for p in range(len(row)):
            occurs[p] = row[p] > level
            number += occurs[p]
    else:
        for p in range(len(row)):
            occurs[p] = row[p] < level
            number += occurs[p]
    return number


@compiled
def _counted(hits: Hits, together: Integers) -> None:
    """Count hits (event, year, draw) by their number, into together (event, year, states + 1)."""
    for e in range(hits.shape[0]):
        for t in range(hits.shape[1]):
            for states in hits[e, t]:
                together[e, t, states] += 1


@dataclass(frozen=True)
class LineTally:
    """What is kept of the programme's lines, the union's total among them.

    yearly: metrics by year; once: those that are one total a path.
    """

    lines: tuple[str, ...]
    yearly: Cells
    once: Cells


@dataclass(frozen=True)
class Kept:
    """Where a metric is counted; bins: whether its distribution may be told, else its mean alone."""

    cells: Cells
    bins: bool


@dataclass(frozen=True)
class ScenarioTally:
    """All that is kept of one scenario. places: state codes and the union.

    own: metrics that this scenario moves in some place; kept: where each of its metrics is, for what several
    scenarios do not move is counted by the first of them. Lines are one object where contracts and payments
    are the same.
    """

    places: tuple[str, ...]
    own: Cells
    kept: Mapping[str, Kept]
    counts: Counts
    lines: LineTally

    def where(self, metric: str) -> tuple[Cells, int, bool] | None:
        """Cells of a metric, its position there and whether its distribution is kept; None without it."""
        if metric in self.kept:
            cells, bins = self.kept[metric].cells, self.kept[metric].bins
        else:
            cells, bins = self.lines.yearly if metric in self.lines.yearly.metrics else self.lines.once, True
        if metric not in cells.metrics:
            return None
        m = cells.metrics.index(metric)
        return cells, m, bins and m < len(cells.histograms.counts)


def results(tallies: Mapping[str, ScenarioTally]) -> Iterator[Integers | Floats]:
    """Every array that results rest on, in a fixed order whoever counts what scenarios share, when complete.

    What they share in all places comes once, but the sum of a metric whose distribution some of them may not
    tell.
    """
    seen = set[tuple[int, int, bool]]()
    for tally in tallies.values():
        yield from (tally.counts.yearly, tally.counts.any_year, tally.counts.together)
        for metric in (*tally.kept, *tally.lines.yearly.metrics, *tally.lines.once.metrics):
            cells, m, bins = cast("tuple[Cells, int, bool]", tally.where(metric))
            if (id(cells), m, bins) not in seen:
                seen.add((id(cells), m, bins))
                yield from cells.arrays(m, bins=bins)


def complete(tallies: Mapping[str, ScenarioTally]) -> None:
    """Put what one scenario has counted for others into the cells of those, when all is counted.

    Done twice it does the same; counts of another process are added before.
    """
    for cells in _cells(tallies):
        cells.complete()


def bytes_of(tallies: Mapping[str, ScenarioTally]) -> int:
    """Size of all arrays of some tallies [bytes]."""
    return sum(array.nbytes for array in stored(tallies))


def stored(tallies: Mapping[str, ScenarioTally]) -> Iterator[np.ndarray[tuple[int, ...], np.dtype[Any]]]:
    """Every array that counting writes to, each once, in a fixed order."""
    return (getattr(holder, name) for holder, name in _arrays(tallies))


def grids(tallies: Mapping[str, ScenarioTally]) -> Iterator[Floats]:
    """Every grid that values are counted on, in a fixed order."""
    for cells in _cells(tallies):
        grid, squares = cells.histograms.grid, cells.squares
        yield from (grid.center, grid.width, grid.fold, squares.about, squares.step)


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
    cells = _cells(tallies)
    for one in cells:
        yield from (
            (one.histograms, "low"),
            (one.histograms, "high"),
            (one.sums, "totals"),
            (one.squares, "totals"),
        )
    for name in ("yearly", "any_year", "together"):
        yield from ((tally.counts, name) for tally in tallies.values())
    yield from ((one.histograms, "counts") for one in cells)


def _cells(tallies: Mapping[str, ScenarioTally]) -> list[Cells]:
    """All cells of some scenarios, each once."""
    found = [
        cells
        for tally in tallies.values()
        for cells in (
            tally.own,
            *(kept.cells for kept in tally.kept.values()),
            tally.lines.yearly,
            tally.lines.once,
        )
    ]
    return list({id(cells): cells for cells in found}.values())
