"""Where blocks of draws run: a fixed pilot that lays the grids, then threads over passes of blocks."""

import os
import threading
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass

import numpy as np

from models.arrays import UNION, Floats
from models.shocks import BLOCK, Shocks, drawn
from models.simulation import Model, Programme, identity_error, line_totals, outcomes, programme
from models.strain import EVENTS, LINE_METRICS, METRICS, Outcome
from models.stress import Scenario
from models.tally import (
    MONEY_STEP,
    RATIO_STEP,
    Counts,
    Histograms,
    ScenarioTally,
    Statistics,
    Sums,
    grid,
)

PILOT_BLOCKS = 8
PASS_BLOCKS = 2
"""Logical blocks simulated at once: the arrays of a state then stay in a core's cache."""

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
    """Run every scenario on the same draws. paths: a multiple of BLOCK; progress: called with (done, total) paths."""
    tallies, worst = _pilot(model, scenarios, seed)
    lock = threading.Lock()
    starts = range(0, paths // BLOCK, PASS_BLOCKS)

    def one_pass(first: int) -> int:
        blocks = min(PASS_BLOCKS, paths // BLOCK - first)
        shocks = drawn(seed, first, blocks)
        for scenario in scenarios:
            _count(model, scenario, shocks, tallies[scenario.id], lock)
        return blocks * BLOCK

    _run(one_pass, starts, workers or os.cpu_count() or 1, lambda done: progress(done, paths))
    return Simulation(Statistics(paths, tallies), worst)


def _run(
    task: Callable[[int], int], starts: Sequence[int], workers: int, progress: Callable[[int], None]
) -> None:
    """All tasks on a number of threads; the first failure or Ctrl-C drops those not yet begun."""
    with ThreadPoolExecutor(workers) as pool:
        waiting: set[Future[int]] = {pool.submit(task, start) for start in starts}
        done = 0
        try:
            while waiting:
                finished, waiting = wait(waiting, timeout=0.5, return_when=FIRST_COMPLETED)
                done += sum(future.result() for future in finished)
                progress(done)
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _count(
    model: Model, scenario: Scenario, shocks: Shocks, tally: ScenarioTally, lock: threading.Lock
) -> None:
    """One scenario on one pass of draws into its tally."""
    union = programme(model, shocks, scenario)
    _count_lines(model, union, tally, lock)
    together = np.zeros((len(EVENTS), len(model.years), union.prices.level.shape[1]), dtype=np.int64)
    for place, outcome in enumerate(outcomes(model, shocks, scenario, union)):
        for m, name in enumerate(METRICS):
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


def _count_lines(model: Model, union: Programme, tally: ScenarioTally, lock: threading.Lock) -> None:
    for sums in (tally.line_sums, tally.line_total_sums):
        for m, name in enumerate(sums.metrics):
            for line, values in line_totals(model, union, name).items():
                sums.add(m, tally.lines.index(line), values, lock)
                if name in tally.line_histograms.metrics:
                    cell = tally.line_histograms.metrics.index(name)
                    tally.line_histograms.add(cell, tally.lines.index(line), values, lock)


def _pilot(model: Model, scenarios: Sequence[Scenario], seed: int) -> tuple[dict[str, ScenarioTally], float]:
    """Empty tallies on grids laid by the first paths of each scenario: a cell's grid depends on nothing else."""
    shocks = drawn(seed, 0, PILOT_BLOCKS)
    tallies, worst = {}, 0.0
    for k, scenario in enumerate(scenarios):
        union = programme(model, shocks, scenario)
        worst = max(worst, identity_error(model, union))
        kept = [name for name, metric in METRICS.items() if metric.everywhere or k == 0]
        tallies[scenario.id] = _empty(
            model,
            _grids(kept, outcomes(model, shocks, scenario, union)),
            _line_grids(model, union),
        )
    return tallies, worst


def _grids(kept: Sequence[str], found: Iterable[Outcome]) -> tuple[Sequence[str], Floats, Floats]:
    cells = np.array([[grid(METRICS[name].of(outcome)) for name in kept] for outcome in found])
    return kept, cells[:, :, 0].swapaxes(0, 1).copy(), cells[:, :, 1].swapaxes(0, 1).copy()


def _line_grids(model: Model, union: Programme) -> tuple[Sequence[str], Floats, Floats]:
    kept = [name for name, metric in LINE_METRICS.items() if metric.yearly]
    cells = np.array([[grid(values) for values in line_totals(model, union, name).values()] for name in kept])
    return kept, cells[:, :, 0].copy(), cells[:, :, 1].copy()


def _empty(
    model: Model,
    grids: tuple[Sequence[str], Floats, Floats],
    line_grids: tuple[Sequence[str], Floats, Floats],
) -> ScenarioTally:
    places = (*(state.code for state in model.states), UNION)
    lines = tuple(dict.fromkeys(place for lot in model.lots for place in (lot.line, UNION)))
    years = len(model.years)
    totals = [name for name, metric in LINE_METRICS.items() if not metric.yearly]
    return ScenarioTally(
        places=places,
        lines=lines,
        histograms=Histograms(*grids),
        sums=Sums(tuple(METRICS), [_step(m.unit) for m in METRICS.values()], len(places), years),
        counts=Counts(tuple(EVENTS), len(places), years),
        line_histograms=Histograms(*line_grids),
        line_sums=Sums(line_grids[0], [MONEY_STEP] * len(line_grids[0]), len(lines), years),
        line_total_sums=Sums(totals, [MONEY_STEP] * len(totals), len(lines), 1),
    )


def _step(unit: str) -> float:
    return MONEY_STEP if unit == "EUR million" else RATIO_STEP
