"""Who counts blocks of draws: this process and any helpers beside it, all adding to one tally in a file."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from functools import partial
from mmap import mmap
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

import numpy as np

from forecaster.engine.count import Lock, count
from forecaster.machine.interrupts import heard_after
from forecaster.machine.memory import kept, let_go
from forecaster.machine.output import patiently
from forecaster.machine.processes import Desk, Helpers
from forecaster.machine.scratch import room_for
from models.arrays import accumulated
from models.model import Model, draws
from models.shocks import drawn as drawn_shocks
from models.stress import Scenario
from models.tally import ScenarioTally, bytes_of, laid, stored

STRIDE = 64
"""Blocks between two stops of this machine's crew: so many are lost at most when a run is interrupted.

To keep a checkpoint takes as long as a pass, and all wait meanwhile. In a default run there is none."""

Tallies = Mapping[str, ScenarioTally]
Count = Callable[[range], Iterator[int]]
"""Counts blocks into the tallies and says after each pass how many blocks are done, those before included."""


@dataclass(frozen=True)
class Crew:
    """Who counts. stride: blocks that should lie between two stops, where all wait for the slowest."""

    count: Count
    stride: int


@dataclass(frozen=True)
class Job:
    """What every process works on; step: how many blocks make a pass."""

    model: Model
    groups: Sequence[Sequence[Scenario]]
    seed: int
    step: int


CrewOf = Callable[[Job, Tallies], AbstractContextManager[Crew]]
"""Who counts the blocks of a job into its tallies."""


def load_loops() -> None:
    """Load what counting needs, most of numba: that comes with the first call of a compiled loop."""
    accumulated(np.zeros((1, 1)))


def local(job: Job, tallies: Tallies, helpers: Helpers | None) -> AbstractContextManager[Crew]:
    """Crew on this machine."""
    return _alone(job, tallies) if helpers is None else _together(job, tallies, helpers)


def counted(job: Job, tallies: Tallies, blocks: range) -> Iterator[int]:
    """Count some blocks here, pass by pass."""
    for first in range(blocks.start, blocks.stop, job.step):
        stop = min(first + job.step, blocks.stop)
        _pass(job, range(first, stop), tallies, [nullcontext()])
        yield stop


@contextmanager
def _alone(job: Job, tallies: Tallies) -> Iterator[Crew]:
    """All passes one after the other. The tallies' file has no name and is gone when they are."""
    with _room(tallies), TemporaryFile() as file:
        shared = _mapped(tallies, file)
    yield Crew(lambda blocks: counted(job, tallies, blocks), STRIDE)
    let_go(shared)


def _pass(job: Job, blocks: range, tallies: Tallies, locks: Sequence[Lock]) -> None:
    with heard_after():
        shocks = drawn_shocks(job.seed, blocks.start, len(blocks))
        count(job.model, job.groups, draws(job.model, shocks), tallies, locks)


@contextmanager
def _together(job: Job, tallies: Tallies, helpers: Helpers) -> Iterator[Crew]:
    """All passes, shared with helper processes: whoever is free takes the next one."""
    file = helpers.folder / f"tally{next(helpers.numbers)}"
    with _room(tallies), file.open("wb+") as empty:
        shared = _mapped(tallies, empty)
    helpers.endings.append(partial(_in_memory, tallies, file))
    ended = helpers.ask(_Counting(job, tallies, file))
    yield Crew(partial(_counted_together, job, tallies, helpers), STRIDE)
    ended()
    let_go(shared)


def _counted_together(job: Job, tallies: Tallies, helpers: Helpers, blocks: range) -> Iterator[int]:
    """Blocks counted by this process and the helpers; ends when every one has reported."""
    helpers.desk.open(range(blocks.start, blocks.stop, job.step), 1 + len(helpers.pipes))
    for mine in helpers.pieces():
        if mine:
            _pass(job, mine, tallies, helpers.locks)
        yield helpers.desk.done.value
    yield blocks.stop


def _room(tallies: Tallies) -> AbstractContextManager[None]:
    return room_for(f"what the simulation counts ({bytes_of(tallies) / 1e6:.0f} MB)")


def _mapped(tallies: Tallies, file: IO[bytes]) -> mmap:
    """The tallies' arrays, moved into an empty file that is mapped.

    They are written to it first, where a full disk raises OSError; to touch a map that its disk has no room
    for would end the process.
    """
    for array in stored(tallies):
        file.write(array.data)
    file.flush()
    shared = mmap(file.fileno(), 0)
    laid(tallies, np.frombuffer(shared, dtype=np.uint8))
    return shared


def _in_memory(tallies: Tallies, file: Path, went_well: bool) -> None:  # noqa: FBT001 - the only thing told
    """The tallies' arrays back in memory, before the file is removed; without numbers where the run failed.

    There they take the place of the map, not room beside it: fresh memory counts from when it is written to.
    """
    fresh = np.zeros(bytes_of(tallies), dtype=np.uint8)
    laid(tallies, fresh)
    if went_well:
        with file.open("rb") as counted:
            counted.readinto(fresh.data)


@dataclass(frozen=True)
class _Counting:
    """Work of a helper: the passes that it takes. file: where the tallies' arrays are."""

    job: Job
    tallies: Tallies
    file: Path

    def __call__(self, desk: Desk) -> None:
        laid(self.tallies, patiently(lambda: np.memmap(self.file, dtype=np.uint8, mode="r+")))
        with kept():
            for mine in desk.pieces():
                _pass(self.job, mine, self.tallies, desk.locks)
