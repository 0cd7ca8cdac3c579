"""A simulation from the first block to the last: how far to go, when to stop, what to keep on the way.

Who counts the blocks is the crew's business: this process, helpers beside it, or a cluster.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from forecaster.engine import precision
from forecaster.engine.count import groups
from forecaster.engine.crew import Crew, CrewOf, Job, Tallies, local
from forecaster.engine.pilot import blank
from forecaster.errors import ClusterError
from forecaster.machine.memory import hand_back, kept
from forecaster.machine.processes import Helpers, WorkerError
from models.model import Model
from models.shocks import BLOCK
from models.statistics import Statistics
from models.stress import Scenario
from models.tally import ScenarioTally, complete

PASS_BLOCKS, PASS_BLOCKS_ALONE = 3, 1
"""Logical blocks simulated at once, and by a process that works alone.

Three take a fifth less time than three times one, two a seventh less, four no less than three. Each takes 50
MB more, with which one process would pass 450 MB.
"""

Progress = Callable[[int, int, float], None]
"""Told how far a simulation is: paths done, paths in all, worst half-width of P(red) so far [share]."""


class Keeper(Protocol):
    """Keeps an unfinished simulation for another day."""

    def restored(self, tallies: Tallies) -> int:
        """Blocks that need not be counted again; their counts are put into the tallies."""

    def save(self, tallies: Tallies, blocks: int) -> None:
        """Keep the counts of the first blocks."""

    def leave(self) -> None:
        """Tell what is kept, since the run ends before its time."""

    def finish(self) -> None:
        """Keep nothing any longer: all is counted."""


@dataclass(frozen=True)
class Ways:
    """How a simulation is run. Only precision moves a result: it chooses how many paths there are.

    precision: half-width of P(red) asked for [points], paths then being the most there may be; keeper: of
    checkpoints; crew: who counts where not this machine.
    """

    precision: float | None = None
    keeper: Keeper | None = None
    crew: CrewOf | None = None


@dataclass(frozen=True)
class Simulation:
    """Statistics of all scenarios, the largest relative error of the payers' identity in the pilot."""

    statistics: Statistics
    identity_error: float


def simulate(
    model: Model,
    scenarios: Sequence[Scenario],
    paths: int,
    seed: int,
    helpers: Helpers | None,
    progress: Progress,
    ways: Ways = Ways(),
) -> Simulation:
    """Run every scenario on the same draws, the baseline first.

    paths: a multiple of BLOCK; helpers: processes that count beside this one. Raises WorkerError where one of
    them died, OverflowError where a sum would not be exact.
    """
    alone = helpers is None and ways.crew is None
    job = Job(model, groups(scenarios), seed, PASS_BLOCKS_ALONE if alone else PASS_BLOCKS)
    tallies, worst = blank(model, job.groups, seed, helpers)
    hand_back()
    course = _Course(tallies, tallies[scenarios[0].id], paths // BLOCK, ways, progress)
    with kept(), ways.crew(job, tallies) if ways.crew else local(job, tallies, helpers) as hands:
        blocks = _finished(course, hands)
        complete(tallies)
    found = {scenario.id: tallies[scenario.id] for scenario in scenarios}
    return Simulation(Statistics(blocks * BLOCK, found), worst)


@dataclass(frozen=True)
class _Course:
    """Where a simulation stops on its way; most: blocks at which it ends at the latest."""

    tallies: Tallies
    baseline: ScenarioTally
    most: int
    ways: Ways
    progress: Progress

    def next_stop(self, done: int, stride: int) -> int:
        """Block up to which to count before looking at the precision or keeping a checkpoint.

        Checkpoints are a stride of the crew apart at first, later an eighth of what is done.
        """
        stops = [self.most]
        if self.ways.keeper:
            stops.append(done + max(stride, done // 8 // stride * stride))
        if self.ways.precision is not None:
            stops.append(precision.next_look(done))
        return min(stops)

    def tell(self, done: int) -> None:
        """Tell how far the simulation is."""
        paths, asked = done * BLOCK, self.ways.precision
        total = self.most * BLOCK
        if asked is not None:
            total = min(precision.expected(self.baseline, paths, asked), total)
        self.progress(paths, total, precision.half_width(self.baseline, paths))

    def is_precise(self, done: int) -> bool:
        """Whether P(red) is as precise as was asked for, at a number of blocks where that is looked at."""
        asked = self.ways.precision
        return (
            asked is not None
            and precision.is_looked_at(done)
            and precision.enough(self.baseline, done * BLOCK, asked)
        )


def _finished(course: _Course, crew: Crew) -> int:
    """Blocks counted when all are, or when P(red) of the baseline is as precise as was asked for."""
    keeper = course.ways.keeper
    done = keeper.restored(course.tallies) if keeper else 0
    try:
        while done < course.most and not course.is_precise(done):
            if keeper and done:
                keeper.save(course.tallies, done)
            for blocks in crew.count(range(done, course.next_stop(done, crew.stride))):
                course.tell(blocks)
                done = blocks
    except (KeyboardInterrupt, WorkerError, ClusterError):
        if keeper:
            keeper.leave()
        raise
    if keeper:
        keeper.finish()
    return done
