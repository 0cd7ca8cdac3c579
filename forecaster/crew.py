"""Who counts blocks of draws: this process and helpers beside it, all adding to one tally in a shared file.

Processes, not threads: the Python between the compiled loops holds threads up (CONTRIBUTING.md, Decisions).
"""

import multiprocessing
import os
import signal
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from functools import partial
from multiprocessing.context import SpawnContext, SpawnProcess
from multiprocessing.sharedctypes import Synchronized
from multiprocessing.synchronize import Lock, Semaphore
from pathlib import Path
from typing import Any, cast

import numpy as np

from forecaster.count import count
from forecaster.handover import given, handed, received
from forecaster.interrupts import undisturbed
from models.shocks import drawn as drawn_shocks
from models.simulation import Model, draws
from models.stress import Scenario
from models.tally import ScenarioTally, bytes_of, laid, moved

STRIDE = 16
"""Blocks between two stops of this machine's crew: so many are lost at most when a run is interrupted."""

PASSES_PER_WORKER = 8
"""Passes that make a helper worth its start of about a second."""

Tallies = Mapping[str, ScenarioTally]
Count = Callable[[range], Iterator[int]]
"""Counts blocks into the tallies and says after each pass how many blocks are done, those before included."""


Errand = Callable[[], Any]
"""Other work that can be done on the way: a function that can travel to another process."""


@dataclass(frozen=True)
class Crew:
    """Who counts. stride: blocks that should lie between two stops, where all wait for the slowest.

    collected: what an errand came to, once all is counted; None where none of the crew did it.
    """

    count: Count
    stride: int
    collected: Errand | None = None


@dataclass(frozen=True)
class Job:
    """What every process works on; step: how many blocks make a pass."""

    model: Model
    groups: Sequence[Sequence[Scenario]]
    seed: int
    step: int


class WorkerError(RuntimeError):
    """A process that should have counted ended before its work was done."""


def local(
    job: Job, tallies: Tallies, workers: int | None, blocks: int, errand: Errand | None = None
) -> AbstractContextManager[Crew]:
    """Crew on this machine for so many blocks; workers: processes, all cores where None.

    A helper does the errand before it counts.
    """
    helpers = min(workers or os.cpu_count() or 1, blocks // (job.step * PASSES_PER_WORKER)) - 1
    return _beside_helpers(job, tallies, helpers, errand) if helpers > 0 else _alone(job, tallies)


def counted(job: Job, tallies: Tallies, blocks: range) -> Iterator[int]:
    """Count some blocks here, pass by pass."""
    for first in range(blocks.start, blocks.stop, job.step):
        stop = min(first + job.step, blocks.stop)
        _pass(job, range(first, stop), tallies, nullcontext())
        yield stop


@contextmanager
def _alone(job: Job, tallies: Tallies) -> Iterator[Crew]:
    yield Crew(lambda blocks: counted(job, tallies, blocks), STRIDE)


def _pass(job: Job, blocks: range, tallies: Tallies, lock: AbstractContextManager[object]) -> None:
    shocks = drawn_shocks(job.seed, blocks.start, len(blocks))
    count(job.model, job.groups, draws(job.model, shocks), tallies, lock)


@dataclass(frozen=True)
class _Desk:
    """Where passes are handed out and reported. All but the tickets is read and written under the lock.

    tickets: one for each pass that may be taken; taken: first block of the next pass; stop: where blocks
    end for now, 0 at the end of all; done: blocks counted.
    """

    lock: Lock
    tickets: Semaphore
    taken: "Synchronized[int]"
    stop: "Synchronized[int]"
    done: "Synchronized[int]"

    def opened(self, blocks: range, step: int) -> None:
        """Hand out passes of some blocks."""
        self.taken.value, self.stop.value, self.done.value = blocks.start, blocks.stop, 0
        for _ in range(blocks.start, blocks.stop, step):
            self.tickets.release()

    def next_pass(self, step: int, lock: AbstractContextManager[object]) -> range:
        """Blocks of the next pass, none where all is done. Call with a ticket."""
        with lock:
            first, stop = self.taken.value, self.stop.value
            self.taken.value = first + step
        return range(first, min(first + step, stop))

    def report(self, blocks: range, lock: AbstractContextManager[object]) -> None:
        """Note that a pass is done."""
        with lock:
            self.done.value += len(blocks)


@contextmanager
def _beside_helpers(job: Job, tallies: Tallies, helpers: int, errand: Errand | None) -> Iterator[Crew]:
    """All passes, shared with helper processes: whoever is free takes the next one."""
    context = multiprocessing.get_context("spawn")
    numbers = (cast("Synchronized[int]", context.Value("q", 0, lock=False)) for _ in range(3))
    desk = _Desk(context.Lock(), context.Semaphore(0), *numbers)
    with (
        handed((job, tallies)) as work,
        handed(errand) as other_work,
        _shared(tallies, work.with_name("tally")),
        _started(context, helpers, (str(work), desk), str(other_work) if errand else "") as processes,
    ):
        watched = _Watched(desk.lock, processes)
        count = partial(_counted_together, job, tallies, desk, watched)
        yield Crew(count, STRIDE, partial(_collected, other_work, watched) if errand else None)
        desk.stop.value = 0
        for _ in processes:
            desk.tickets.release()
        for process in processes:
            process.join()


def _counted_together(
    job: Job, tallies: Tallies, desk: _Desk, watched: "_Watched", blocks: range
) -> Iterator[int]:
    """Blocks counted by this process and the helpers; ends when every one has reported."""
    desk.opened(blocks, job.step)
    while desk.done.value < len(blocks):
        watched.refuse_dead()
        if desk.tickets.acquire(block=False):
            mine = desk.next_pass(job.step, watched)
            _pass(job, mine, tallies, watched)
            desk.report(mine, watched)
        else:
            time.sleep(0.01)
        yield blocks.start + desk.done.value


@contextmanager
def _shared(tallies: Tallies, file: Path) -> Iterator[None]:
    """The tallies' arrays in a file that other processes map too; back in memory at the end.

    There they take the place of the map, not room beside it: fresh memory counts from when it is written to.
    """
    buffer = np.memmap(file, dtype=np.uint8, mode="w+", shape=(bytes_of(tallies),))
    moved(tallies, buffer)
    try:
        yield
    finally:
        buffer.flush()
        fresh = np.zeros(len(buffer), dtype=np.uint8)
        laid(tallies, fresh)
        del buffer
        with file.open("rb") as counted:
            counted.readinto(fresh.data)


def _collected(other_work: Path, watched: "_Watched") -> Any:  # noqa: ANN401 - whatever the errand returns
    """What a helper's errand came to; waits for it."""
    while not (result := _result(other_work)).exists():
        watched.refuse_dead()
        time.sleep(0.01)
    return received(str(result))


def _result(other_work: Path) -> Path:
    return other_work.with_name("result")


@contextmanager
def _started(
    context: SpawnContext, helpers: int, work: tuple[str, _Desk], other_work: str
) -> Iterator[list[SpawnProcess]]:
    """Helper processes at work, the first with other work to do before; ended where this one fails."""
    others = (other_work, *[""] * (helpers - 1))
    processes = [context.Process(target=_help, args=(*work, other), daemon=True) for other in others]
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


def _help(work: str, desk: _Desk, other_work: str) -> None:
    """Work of a helper: an errand, passes until none will come. Ctrl-C is for the main process to handle."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if other_work:
        given(cast("Errand", received(other_work))(), _result(Path(other_work)))
    job, tallies = cast("tuple[Job, dict[str, ScenarioTally]]", received(work))
    laid(tallies, np.memmap(Path(work).with_name("tally"), dtype=np.uint8, mode="r+"))
    parent = multiprocessing.parent_process()
    while parent is not None and parent.is_alive():
        if desk.tickets.acquire(timeout=1.0):
            mine = desk.next_pass(job.step, desk.lock)
            if not mine:
                return
            _pass(job, mine, tallies, desk.lock)
            desk.report(mine, desk.lock)


@dataclass(frozen=True)
class _Watched:
    """A lock that is waited for only as long as those who may hold it live."""

    lock: Lock
    processes: Sequence[SpawnProcess]

    def __enter__(self) -> None:
        while not self.lock.acquire(timeout=1.0):
            self.refuse_dead()

    def __exit__(self, *_: object) -> None:
        self.lock.release()

    def refuse_dead(self) -> None:
        """Raise WorkerError where a helper has ended; none does before it is told to."""
        for process in self.processes:
            if process.exitcode is not None:
                raise WorkerError(
                    f"a helper process ended with exit status {process.exitcode}; try --workers 1"
                )
