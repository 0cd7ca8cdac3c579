"""Where blocks of draws run: a fixed pilot that lays the grids, then threads over passes of blocks."""

import os
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from queue import Empty, SimpleQueue

import numpy as np

from models.arrays import UNION, Floats
from models.shocks import BLOCK
from models.shocks import drawn as drawn_shocks
from models.simulation import Draws, Model, Programme, draws, identity_error, line_totals, outcomes, programme
from models.strain import EVENTS, LINE_METRICS, METRICS, Outcome
from models.stress import Scenario
from models.tally import (
    MONEY_STEP,
    RATIO_STEP,
    Counts,
    Histograms,
    LineTally,
    ScenarioTally,
    Statistics,
    Sums,
    grid,
)

PILOT_BLOCKS = 2
PASS_BLOCKS = 2
"""Logical blocks simulated at once: the arrays of a state then stay in a core's cache."""

POLL = 0.2
"""Seconds between looks at what has come in."""

LAYERS = {name for name, metric in METRICS.items() if metric.kept == "baseline"}
"""Metrics that only the baseline keeps."""

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Simulation:
    """Statistics of all scenarios, and the largest relative error of the payers' identity in the pilot."""

    statistics: Statistics
    identity_error: float


def simulate(
    model: Model,
    scenarios: Sequence[Scenario],
    paths: int,
    seed: int,
    workers: int | None,
    progress: Progress,
) -> Simulation:
    """Run every scenario on the same draws, the baseline first.

    paths: a multiple of BLOCK; progress: called with (done, total) paths.
    """
    groups = _groups(scenarios)
    tallies, worst = _pilot(model, groups, seed)
    lock = threading.Lock()

    def one_pass(first: int) -> int:
        blocks = min(PASS_BLOCKS, paths // BLOCK - first)
        drawn = draws(model, drawn_shocks(seed, first, blocks))
        for group in groups:
            _count_group(model, group, drawn, tallies, lock)
        return blocks * BLOCK

    starts = range(0, paths // BLOCK, PASS_BLOCKS)
    _run(one_pass, starts, workers or os.cpu_count() or 1, lambda done: progress(done, paths))
    return Simulation(Statistics(paths, {scenario.id: tallies[scenario.id] for scenario in scenarios}), worst)


def _run(
    task: Callable[[int], int], starts: Sequence[int], workers: int, progress: Callable[[int], None]
) -> None:
    """All tasks on a number of threads; a failure or Ctrl-C stops each thread after the task it is at.

    Plain threads and queues: an interrupt inside `concurrent.futures.wait` can leave its locks taken.
    """
    pending, finished, stop = SimpleQueue[int](), SimpleQueue[int | BaseException](), threading.Event()
    for start in starts:
        pending.put(start)
    for _ in range(min(workers, len(starts))):
        threading.Thread(target=_work, args=(task, pending, finished, stop), daemon=True).start()
    done = 0
    try:
        for _ in starts:
            result = _next(finished)
            if isinstance(result, BaseException):
                raise result
            done += result
            progress(done)
    finally:
        stop.set()


def _work(
    task: Callable[[int], int],
    pending: SimpleQueue[int],
    finished: SimpleQueue[int | BaseException],
    stop: threading.Event,
) -> None:
    while not stop.is_set():
        try:
            finished.put(task(pending.get_nowait()))
        except Empty:
            return
        except BaseException as failure:  # noqa: BLE001  raised again on the main thread
            finished.put(failure)


def _next(finished: SimpleQueue[int | BaseException]) -> int | BaseException:
    """What a thread has finished; waits in short turns, since Windows sees Ctrl-C only between them."""
    while True:
        try:
            return finished.get(timeout=POLL)
        except Empty:
            continue


def _groups(scenarios: Sequence[Scenario]) -> list[list[Scenario]]:
    """Scenarios that move nothing in the programme together, so that its contracts are computed once."""
    groups: dict[tuple[object, ...], list[Scenario]] = {}
    for scenario in scenarios:
        groups.setdefault(scenario.programme, []).append(scenario)
    return list(groups.values())


def _count_group(
    model: Model,
    group: Sequence[Scenario],
    drawn: Draws,
    tallies: Mapping[str, ScenarioTally],
    lock: threading.Lock,
) -> None:
    """Scenarios that share the programme, on one pass of draws."""
    first = tallies[group[0].id]
    union = programme(model, drawn, group[0], in_layers=_in_layers(first))
    _count_lines(model, union, first.lines, lock)
    for scenario in group:
        _count(model, scenario, drawn, union, tallies[scenario.id], lock)


def _in_layers(tally: ScenarioTally) -> bool:
    return set(tally.sums.metrics) >= LAYERS


def _count(
    model: Model,
    scenario: Scenario,
    drawn: Draws,
    union: Programme,
    tally: ScenarioTally,
    lock: threading.Lock,
) -> None:
    """One scenario on one pass of draws into its tally."""
    together = np.zeros((len(EVENTS), *drawn.prices.level.shape), dtype=np.int64)
    for place, outcome in enumerate(outcomes(model, drawn, scenario, union, in_layers=_in_layers(tally))):
        for m, name in enumerate(tally.sums.metrics):
            values = METRICS[name].of(outcome)
            tally.sums.add(m, place, values, lock)
            if name in tally.histograms.metrics:
                tally.histograms.add(tally.histograms.metrics.index(name), place, values, lock)
        for e, event in enumerate(EVENTS.values()):
            occurs = event.of(outcome, model.thresholds)
            tally.counts.add(e, place, occurs, lock)
            if place < len(model.states):
                together[e] += occurs
    for e in range(len(EVENTS)):
        tally.counts.add_together(e, together[e], lock)


def _count_lines(model: Model, union: Programme, tally: LineTally, lock: threading.Lock) -> None:
    """The programme's lines on one pass of draws."""
    for sums in (tally.sums, tally.total_sums):
        for m, name in enumerate(sums.metrics):
            for line, values in line_totals(model, union, name).items():
                place = tally.lines.index(line)
                sums.add(m, place, values, lock)
                if name in tally.histograms.metrics:
                    tally.histograms.add(tally.histograms.metrics.index(name), place, values, lock)


def _pilot(
    model: Model, groups: Sequence[Sequence[Scenario]], seed: int
) -> tuple[dict[str, ScenarioTally], float]:
    """Empty tallies on grids laid by the first paths of each scenario.

    A cell's grid depends on nothing else.
    """
    drawn = draws(model, drawn_shocks(seed, 0, PILOT_BLOCKS))
    tallies, worst = {}, 0.0
    for k, group in enumerate(groups):
        union = programme(model, drawn, group[0], in_layers=k == 0)
        worst = max(worst, identity_error(model, union))
        lines = _empty_lines(model, union, first=k == 0)
        for scenario in group:
            first = scenario is groups[0][0]
            grids = _grids(outcomes(model, drawn, scenario, union, in_layers=first), first=first)
            means = [name for name, metric in METRICS.items() if first or metric.kept != "baseline"]
            tallies[scenario.id] = _empty(model, grids, means, lines)
    return tallies, worst


def _grids(found: Iterable[Outcome], *, first: bool) -> tuple[Sequence[str], Floats, Floats]:
    kept = [name for name, metric in METRICS.items() if first or metric.kept == "distribution"]
    cells = np.array([[grid(METRICS[name].of(outcome)) for name in kept] for outcome in found])
    return kept, cells[:, :, 0].swapaxes(0, 1).copy(), cells[:, :, 1].swapaxes(0, 1).copy()


def _empty_lines(model: Model, union: Programme, *, first: bool) -> LineTally:
    """Tally of the programme's lines, one for all scenarios that share contracts and payments."""
    kept = [name for name, metric in LINE_METRICS.items() if metric.yearly and (first or metric.everywhere)]
    totals = [name for name, metric in LINE_METRICS.items() if not metric.yearly]
    cells = np.array([[grid(values) for values in line_totals(model, union, name).values()] for name in kept])
    lines = tuple(line_totals(model, union, kept[0]))
    return LineTally(
        lines=lines,
        histograms=Histograms(kept, cells[:, :, 0].copy(), cells[:, :, 1].copy()),
        sums=Sums(kept, [MONEY_STEP] * len(kept), len(lines), len(model.years)),
        total_sums=Sums(totals, [MONEY_STEP] * len(totals), len(lines), 1),
    )


def _empty(
    model: Model, grids: tuple[Sequence[str], Floats, Floats], means: Sequence[str], lines: LineTally
) -> ScenarioTally:
    places = (*(state.code for state in model.states), UNION)
    years = len(model.years)
    return ScenarioTally(
        places=places,
        histograms=Histograms(*grids),
        sums=Sums(means, [_step(METRICS[name].unit) for name in means], len(places), years),
        counts=Counts(tuple(EVENTS), len(places), years),
        lines=lines,
    )


def _step(unit: str) -> float:
    return MONEY_STEP if unit == "EUR million" else RATIO_STEP
