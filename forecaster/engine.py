"""Where blocks of draws run: this process and helpers beside it, all adding to one tally in a shared file.

Processes, not threads: numpy lets go of the interpreter's lock for some ten microseconds at a time, and two
threads were measured to be no faster than one.
"""

import multiprocessing
import os
import signal
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from multiprocessing.context import SpawnContext, SpawnProcess
from multiprocessing.sharedctypes import Synchronized
from multiprocessing.synchronize import Lock
from pathlib import Path
from typing import cast

import numpy as np

from forecaster.count import blank, count, groups
from forecaster.handover import handed, received
from forecaster.interrupts import undisturbed
from models.shocks import BLOCK
from models.shocks import drawn as drawn_shocks
from models.simulation import Model, draws
from models.statistics import Statistics
from models.stress import Scenario
from models.tally import ScenarioTally, bytes_of, laid, moved

PASS_BLOCKS = 2
"""Logical blocks simulated at once: the arrays of a state then stay in a core's cache."""

PASSES_PER_WORKER = 8
"""Passes that make a helper worth its start of about a second."""

Progress = Callable[[int, int], None]
Tallies = Mapping[str, ScenarioTally]


@dataclass(frozen=True)
class Simulation:
    """Statistics of all scenarios, and the largest relative error of the payers' identity in the pilot."""

    statistics: Statistics
    identity_error: float


@dataclass(frozen=True)
class Job:
    """What every process works on; blocks: how many there are, step: how many make a pass."""

    model: Model
    groups: Sequence[Sequence[Scenario]]
    seed: int
    blocks: int
    step: int


class WorkerError(RuntimeError):
    """A helper process ended before its work was done."""


def simulate(
    model: Model,
    scenarios: Sequence[Scenario],
    paths: int,
    seed: int,
    workers: int | None,
    progress: Progress,
) -> Simulation:
    """Run every scenario on the same draws, the baseline first.

    paths: a multiple of BLOCK; workers: processes, all cores where None; progress: called with (done, total)
    paths. Raises WorkerError where a helper died.
    """
    job = Job(model, groups(scenarios), seed, paths // BLOCK, PASS_BLOCKS)
    tallies, worst = blank(model, job.groups, seed)
    helpers = min(workers or os.cpu_count() or 1, job.blocks // (job.step * PASSES_PER_WORKER)) - 1
    if helpers > 0:
        _beside_helpers(job, tallies, helpers, progress)
    else:
        for first in range(0, job.blocks, job.step):
            _pass(job, first, tallies, nullcontext())
            progress(min(first + job.step, job.blocks) * BLOCK, paths)
    return Simulation(Statistics(paths, {scenario.id: tallies[scenario.id] for scenario in scenarios}), worst)


def _pass(job: Job, first: int, tallies: Tallies, lock: AbstractContextManager[object]) -> None:
    shocks = drawn_shocks(job.seed, first, min(job.step, job.blocks - first))
    count(job.model, job.groups, draws(job.model, shocks), tallies, lock)


def _beside_helpers(job: Job, tallies: Tallies, helpers: int, progress: Progress) -> None:
    """All passes, shared with helper processes: each takes the next one from a common counter."""
    context = multiprocessing.get_context("spawn")
    lock, taken = context.Lock(), context.Value("q", 0)
    with (
        handed((job, tallies)) as work,
        _shared(tallies, work.with_name("tally")),
        _started(context, helpers, (str(work), lock, taken)) as processes,
    ):
        watched = _Watched(lock, processes)
        while (first := _next_pass(job, taken)) is not None:
            _pass(job, first, tallies, watched)
            progress(min(taken.value, job.blocks) * BLOCK, job.blocks * BLOCK)
        for process in processes:
            process.join()
            _refuse_dead([process])
        progress(job.blocks * BLOCK, job.blocks * BLOCK)


@contextmanager
def _shared(tallies: Tallies, file: Path) -> Iterator[None]:
    """The tallies' arrays in a file that other processes map too; back in memory at the end."""
    buffer = np.memmap(file, dtype=np.uint8, mode="w+", shape=(bytes_of(tallies),))
    moved(tallies, buffer)
    try:
        yield
    finally:
        moved(tallies, np.empty(len(buffer), dtype=np.uint8))
        del buffer


@contextmanager
def _started(
    context: SpawnContext, helpers: int, work: tuple[str, Lock, "Synchronized[int]"]
) -> Iterator[list[SpawnProcess]]:
    """Helper processes at work; ended where this one fails or is interrupted."""
    processes = [context.Process(target=_help, args=work, daemon=True) for _ in range(helpers)]
    try:
        with undisturbed():
            for process in processes:
                process.start()
        yield processes
    finally:
        for process in processes:
            if process.is_alive():
                process.terminate()
                process.join()


def _help(work: str, lock: Lock, taken: "Synchronized[int]") -> None:
    """Work of a helper: passes until none is left. Ctrl-C is the main process's to handle."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    job, tallies = cast("tuple[Job, dict[str, ScenarioTally]]", received(work))
    laid(tallies, np.memmap(Path(work).with_name("tally"), dtype=np.uint8, mode="r+"))
    parent = multiprocessing.parent_process()
    while parent is not None and parent.is_alive() and (first := _next_pass(job, taken)) is not None:
        _pass(job, first, tallies, lock)


def _next_pass(job: Job, taken: "Synchronized[int]") -> int | None:
    """First block of the next pass, None where all are taken."""
    with taken.get_lock():
        first = taken.value
        taken.value = first + job.step
    return first if first < job.blocks else None


@dataclass(frozen=True)
class _Watched:
    """A lock that is waited for only as long as those who may hold it live."""

    lock: Lock
    processes: Sequence[SpawnProcess]

    def __enter__(self) -> None:
        while not self.lock.acquire(timeout=1.0):
            _refuse_dead(self.processes)

    def __exit__(self, *_: object) -> None:
        self.lock.release()


def _refuse_dead(processes: Sequence[SpawnProcess]) -> None:
    for process in processes:
        if process.exitcode:
            raise WorkerError(f"a helper process ended with exit status {process.exitcode}; try --workers 1")
