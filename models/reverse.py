"""The least unlikely way to break a threshold: first-order reliability in the space of normal shocks.

A response is a deterministic function of independent standard normals, so among all points at which it
reaches a threshold the one nearest to the origin is the most likely: the design point. Its distance is the
reliability index b, the normal probability beyond it, N(-b), the first-order probability of a break, and the
squared direction cosines say how much of the way each shock goes. Exact where the response is linear.

Sources: Hasofer and Lind (1974), "Exact and invariant second-moment code format"; Rackwitz and Fiessler
(1978), "Structural reliability under combined random load sequences" (the step); Zhang and Der Kiureghian
(1995), "Two improved algorithms for reliability analysis" (the merit function that accepts or halves it).
"""

from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias, TypeVar

import numpy as np
from scipy import special

from models.arrays import Booleans, Floats

Value = TypeVar("Value")
Asking: TypeAlias = Generator[Floats, Floats, Value]
"""Yields points (variable, draw), is sent what they lead to (draw,) and comes to a value."""
Responses: TypeAlias = Callable[[Mapping[int, Floats]], Mapping[int, Floats]]
"""Number of a search -> points (variable, draw) it asks for, into the same -> what they lead to (draw,)."""

FARTHEST = 8.0
"""Distance beyond which nothing is looked for: six in 10^16 [standard deviations]."""

HALF_STEP = 0.125
"""Half the distance of a central difference: wide enough to average over the kinks of tables."""

ACCURACY = 1e-3
"""Largest move of a point at which it has settled; the index is off by about its square [deviations]."""

NEGLIGIBLE = 1e-4
"""Slope at the origin, over the steepest, up to which a variable stays: 1e-8 of the squared distance."""

PASSES = 24
GRID = 65


@dataclass(frozen=True)
class Break:
    """The least unlikely point at which a threshold is reached.

    point: (variable,) [standard deviations]; index: its distance, negative where the threshold is passed at
    the origin already; reached: whether there is such a point within FARTHEST; settled: whether the search
    ended by itself, not at its last pass.
    """

    point: Floats
    index: float
    reached: bool
    settled: bool

    @property
    def probability(self) -> float:
        """First-order probability that the response is above the threshold; exact where it is linear."""
        return float(special.ndtr(-self.index))

    @property
    def importance(self) -> Floats:
        """Share of each variable in the squared distance. Shape (variable,); adds to one."""
        squared = self.point * self.point
        return squared / max(float(squared.sum()), 1e-300)


def breaks(searches: Sequence[Asking[tuple[Break, ...]]], responses: Responses) -> list[tuple[Break, ...]]:
    """What some searches come to. What they ask for at the same time is answered at once."""
    asked, found = {k: next(one) for k, one in enumerate(searches)}, dict[int, tuple[Break, ...]]()
    while asked:
        for k, values in responses(asked).items():
            try:
                asked[k] = searches[k].send(values)
            except StopIteration as ended:
                found[k] = ended.value
                del asked[k]
    return [found[k] for k in range(len(searches))]


def search(threshold: float, free: Booleans) -> Asking[tuple[Break, ...]]:
    """Least unlikely breaks of one threshold, each with its own variables free to move.

    free: which (problem, variable). All problems share each evaluation: the points tried are draws of a pass.
    """
    stands = yield from _start(free)
    for _ in range(PASSES):
        if not stands.open.any():
            break
        yield from _advance(stands, threshold)
    return (yield from _landed(stands, threshold))


@dataclass
class _Search:
    """Where the search of each problem stands.

    free: variables that have an effect (problem, variable); points, slopes: (problem, variable); values,
    step: (problem,); start: the value at the origin; open: whether it goes on (problem,).
    """

    free: Booleans
    points: Floats
    slopes: Floats
    values: Floats
    step: Floats
    start: float
    open: Booleans


def _start(free: Booleans) -> Asking[_Search]:
    """All problems at the origin; what has next to no effect there is left out."""
    origin = np.zeros(free.shape)
    values, slopes = yield from _differences(origin, free)
    steepest = np.abs(slopes).max(axis=1, keepdims=True)
    moving = np.abs(slopes) > NEGLIGIBLE * steepest
    return _Search(
        free=moving,
        points=origin,
        slopes=slopes,
        values=values,
        step=np.ones(len(free)),
        start=float(values[0]),
        open=moving.any(axis=1),
    )


def _differences(points: Floats, free: Booleans) -> Asking[tuple[Floats, Floats]]:
    """Values (problem,) and slopes (problem, variable) at points, by central differences in one pass."""
    problem, variable = np.nonzero(free)
    moved = np.arange(len(problem))
    around = np.concatenate((points, points[problem], points[problem])).T
    around[variable, len(points) + moved] += HALF_STEP
    around[variable, len(points) + len(problem) + moved] -= HALF_STEP
    values, up, down = np.split((yield around), (len(points), len(points) + len(problem)))
    slopes = np.zeros(free.shape)
    slopes[problem, variable] = (up - down) / (2.0 * HALF_STEP)
    return values, slopes


def _advance(stands: _Search, threshold: float) -> Asking[None]:
    """One step of every open problem towards its break, half as long where the last one was no good."""
    at = np.flatnonzero(stands.open)
    points, slopes, excess = stands.points[at], stands.slopes[at], stands.values[at] - threshold
    aim = _aim(points, slopes, excess)
    trial = points + stands.step[at, np.newaxis] * (aim - points)
    values, found = yield from _differences(trial, stands.free[at])
    weight = 2.0 * np.maximum(_length(points), _length(aim)) / _length(slopes)
    better = _merit(trial, values - threshold, weight) < _merit(points, excess, weight)
    moved = _length(trial - points)
    flat = ~found.any(axis=1)
    lost = (_length(points) > FARTHEST - ACCURACY) & ((excess > 0.0) == (stands.start > threshold))
    take = at[better & ~flat]
    stands.points[take], stands.values[take] = trial[better & ~flat], values[better & ~flat]
    stands.slopes[take] = found[better & ~flat]
    stands.step[at] = np.where(better, 1.0, stands.step[at] / 2.0)
    stands.open[at] = (moved > ACCURACY) & ~flat & ~lost


def _aim(points: Floats, slopes: Floats, excess: Floats) -> Floats:
    """Nearest point at which the tangent plane reaches the threshold (problem, variable); not too far out."""
    distance = ((slopes * points).sum(axis=1) - excess) / (slopes * slopes).sum(axis=1)
    aim = distance[:, np.newaxis] * slopes
    return aim * np.minimum(1.0, FARTHEST / np.maximum(_length(aim), 1e-12))[:, np.newaxis]


def _merit(points: Floats, excess: Floats, weight: Floats) -> Floats:
    """What a step must lower: half the squared distance, and what is missing from the threshold."""
    return 0.5 * (points * points).sum(axis=1) + weight * np.abs(excess)


def _length(points: Floats) -> Floats:
    return np.asarray(np.sqrt((points * points).sum(axis=1)))


def _landed(stands: _Search, threshold: float) -> Asking[tuple[Break, ...]]:
    """Each point moved along its ray from the origin until the response is at the threshold."""
    length = _length(stands.points)
    rays = stands.points / np.maximum(length, 1e-12)[:, np.newaxis]
    over = stands.start > threshold
    low, high = np.zeros(len(rays)), np.full(len(rays), FARTHEST)
    for _ in range(3):
        low, high, ends = yield from _crossing(rays, (low, high), threshold, over=over)
    gap = ends[1] - ends[0]
    part = np.clip((threshold - ends[0]) / np.where(gap == 0.0, 1.0, gap), 0.0, 1.0)
    distance = low + (high - low) * part
    reached = ((ends[1] > threshold) != over) & (length > 0.0)
    return tuple(
        Break(
            point=distance[k] * rays[k] if reached[k] else np.zeros_like(rays[k]),
            index=float(-distance[k] if over else distance[k]),
            reached=bool(reached[k]),
            settled=not stands.open[k],
        )
        for k in range(len(rays))
    )


def _crossing(
    rays: Floats, span: tuple[Floats, Floats], threshold: float, *, over: bool
) -> Asking[tuple[Floats, Floats, tuple[Floats, Floats]]]:
    """Cell of a grid along each ray in which the response first crosses, and the response at its ends."""
    part = np.linspace(0.0, 1.0, GRID)
    steps = span[0][:, np.newaxis] + (span[1] - span[0])[:, np.newaxis] * part
    points = rays[:, np.newaxis, :] * steps[:, :, np.newaxis]
    values = (yield points.reshape(-1, rays.shape[1]).T).reshape(steps.shape)
    crossed = (values > threshold) != over
    last = np.where(crossed.any(axis=1), crossed.argmax(axis=1), GRID - 1)
    last = np.maximum(last, 1)
    row = np.arange(len(rays))
    return steps[row, last - 1], steps[row, last], (values[row, last - 1], values[row, last])
