"""Processes beside this one: started once a run, they do what they are asked to, one work after another.

Processes, not threads: the Python between the compiled loops holds threads up (CONTRIBUTING.md, Decisions).
"""

import gc
import multiprocessing
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, closing, contextmanager, suppress
from dataclasses import dataclass, field
from itertools import count
from multiprocessing.context import SpawnContext, SpawnProcess
from multiprocessing.sharedctypes import Synchronized
from multiprocessing.synchronize import Lock, Semaphore
from pathlib import Path
from typing import Any, TypeAlias, TypeVar, cast

from forecaster.machine.handover import given, received
from forecaster.machine.interrupts import undisturbed
from forecaster.machine.memory import lasting
from forecaster.machine.scratch import room_for, temporary_folder

if sys.platform == "win32":
    from multiprocessing.connection import PipeConnection as Connection
else:
    from multiprocessing.connection import Connection

PATHS_EACH = 8_192
"""Paths of a run that make a process worth its start of about a second."""

LOCKS = 64
"""Parts of a common result that are added to at the same time at most."""

HANDED_OVER = "what is handed to helper processes"

Result = TypeVar("Result")
Pipe: TypeAlias = "Connection[Any, Any]"
Load: TypeAlias = Callable[[], object]
"""What a helper does as soon as it is there, such as to import what its works will need."""


class WorkerError(RuntimeError):
    """A process that should have helped ended before its work was done."""


@dataclass(frozen=True)
class Desk:
    """Where pieces of a work are handed out and reported.

    lock: for all from next on, while there are tickets; locks: for the parts of what a work adds to; tickets:
    one for each piece that may be taken; next: number with which the next piece starts; left: pieces still to
    be taken; stop: where they end for now, 0 at the end of all, when a ticket more for each helper is for no
    piece; done: up to where they are done, were they done in order.
    """

    lock: Lock
    locks: Sequence[Lock]
    tickets: Semaphore
    next: "Synchronized[int]"
    left: "Synchronized[int]"
    stop: "Synchronized[int]"
    done: "Synchronized[int]"

    def open(self, work: range, hands: int = 1) -> None:
        """Hand out the numbers from start to stop in pieces of a step at most, as many for each of all hands.

        So none has nothing to do while another works on a last piece that is larger than its own.
        """
        pieces = min(-(-len(work) // hands) * hands, work.stop - work.start)
        self.next.value, self.done.value = work.start, work.start
        self.left.value, self.stop.value = pieces, work.stop
        for _ in range(pieces):
            self.tickets.release()

    def piece(self, lock: AbstractContextManager[object]) -> range:
        """The next piece, empty where there is none. Call with a ticket."""
        with lock:
            first, left, stop = self.next.value, self.left.value, self.stop.value
            last = first + -(-(stop - first) // left) if first < stop else first
            self.next.value, self.left.value = last, left - 1
        return range(first, last)

    def report(self, piece: range, lock: AbstractContextManager[object]) -> None:
        """Note that a piece is done."""
        with lock:
            self.done.value += len(piece)

    def pieces(self) -> Iterator[range]:
        """Pieces for a helper, while more may come and the process that hands them out lives."""
        parent = multiprocessing.parent_process()
        while parent is not None and parent.is_alive():
            if self.tickets.acquire(timeout=1.0):
                if not (mine := self.piece(self.lock)):
                    return
                yield mine
                self.report(mine, self.lock)


Work = Callable[[Desk], Any]
"""What helpers do: a function that can travel to another process and takes its pieces from the desk."""


@dataclass(frozen=True)
class Watched:
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


@dataclass(frozen=True)
class Helpers:
    """Processes at work beside this one.

    folder: where works and what they came to are handed over; endings: what is done before it is removed,
    told whether all went well.
    """

    pipes: Sequence[Pipe]
    desk: Desk
    lock: Watched
    folder: Path
    numbers: Iterator[int] = field(default_factory=count)
    endings: list[Callable[[bool], None]] = field(default_factory=list)

    def ask(self, work: Work) -> Callable[[], list[Any]]:
        """Have all of them do some work; what is returned ends it and gives what each came to."""
        answers = self._asked(work, self.pipes)

        def ended() -> list[Any]:
            self.desk.stop.value = 0
            for _ in answers:
                self.desk.tickets.release()
            return [self._answer(one) for one in answers]

        return ended

    def aside(self, errand: Callable[[], Result]) -> Callable[[], Result]:
        """Have the first do an errand before what is asked later; what is returned waits for its result."""
        (answer,) = self._asked(_Aside(errand), self.pipes[:1])
        return lambda: cast("Result", self._answer(answer))

    def dismiss(self) -> None:
        """Tell all of them that nothing is asked any more: they end beside what this process does then."""
        for pipe in self.pipes:
            with suppress(BrokenPipeError):  # who has died gave all that was asked for
                pipe.send(None)

    @property
    def locks(self) -> list[Watched]:
        """Those of the desk, for this process."""
        return [Watched(one, self.lock.processes) for one in self.desk.locks]

    def pieces(self) -> Iterator[range]:
        """Pieces for this process, empty ones where others still work on the last; ends when all is done."""
        while self.desk.done.value < self.desk.stop.value:
            self.lock.refuse_dead()
            if self.desk.tickets.acquire(block=False):
                mine = self.desk.piece(self.lock)
                yield mine
                self.desk.report(mine, self.lock)
            else:
                time.sleep(0.005)
                yield range(0)

    def _asked(self, work: Work, pipes: Sequence[Pipe]) -> list[Path]:
        """Files that will hold the answers."""
        file = self.folder / f"work{next(self.numbers)}"
        with room_for(HANDED_OVER):
            given(work, file)
        answers = [file.with_name(f"{file.name}-{k}") for k in range(len(pipes))]
        for pipe, answer in zip(pipes, answers, strict=True):
            with suppress(BrokenPipeError):  # who died is told where the answer is waited for
                pipe.send((str(file), str(answer)))
        return answers

    def _answer(self, file: Path) -> Any:  # noqa: ANN401 - whatever the work returns
        while not file.exists():
            self.lock.refuse_dead()
            time.sleep(0.005)
        return received(str(file))


@dataclass(frozen=True)
class _Aside:
    errand: Callable[[], Any]

    def __call__(self, _: Desk) -> Any:  # noqa: ANN401 - whatever the errand returns
        return self.errand()


@dataclass(frozen=True)
class Team:
    """Processes that wait for orders, each at the other end of its pipe; none at first."""

    context: SpawnContext
    desk: Desk
    processes: list[SpawnProcess] = field(default_factory=list)
    pipes: list[Pipe] = field(default_factory=list)

    def grow(self, number: int, load: Load | None) -> None:
        """Start processes until there are so many. load: what they do before the first order."""
        with undisturbed():
            while len(self.processes) < number:
                there, here = self.context.Pipe(duplex=False)
                self.pipes.append(here)
                process = self.context.Process(target=_help, args=(there, self.desk, load), daemon=True)
                self.processes.append(process)
                process.start()
                there.close()

    def close(self) -> None:
        """End all of them, also where they have ended already."""
        for process in self.processes:
            if process.is_alive():
                process.terminate()
            if process.pid is not None:
                process.join()
        for pipe in self.pipes:
            pipe.close()


def _team() -> Team:
    context = multiprocessing.get_context("spawn")
    with room_for(HANDED_OVER):
        numbers = (cast("Synchronized[int]", context.Value("q", 0, lock=False)) for _ in range(4))
        locks = [context.Lock() for _ in range(LOCKS)]
        return Team(context, Desk(context.Lock(), locks, context.Semaphore(0), *numbers))


def _number(workers: int | None, paths: int) -> int:
    """Helpers for a run of so many paths."""
    return min(workers or os.cpu_count() or 1, paths // PATHS_EACH) - 1


@contextmanager
def ahead(workers: int | None, load: Load) -> Iterator[Team | None]:
    """The first helper of a run whose case is still to be read; it ends with the context at the latest.

    None for a single process. workers: as in `helped`; load: what it does meanwhile.
    """
    if _number(workers, 2 * PATHS_EACH) < 1:
        yield None
        return
    with closing(_team()) as team:
        team.grow(1, load)
        yield team


@contextmanager
def helped(
    workers: int | None, paths: int, load: Load | None = None, team: Team | None = None
) -> Iterator[Helpers | None]:
    """Helpers for a run of so many paths, None where this process works alone; they end with the context.

    workers: processes with this one, all cores where None; load: what they do before their first work; team:
    of the one started `ahead`, which has loaded.
    """
    number = _number(workers, paths)
    if number < 1:
        if team is not None:
            team.close()
        yield None
        return
    team = _team() if team is None else team
    with room_for(HANDED_OVER):
        temporary = temporary_folder()
    with temporary as folder, closing(team):
        team.grow(number, load)
        helpers = Helpers(team.pipes, team.desk, Watched(team.desk.lock, team.processes), Path(folder))
        went_well = False
        try:
            yield helpers
            went_well = True
            helpers.dismiss()
        finally:
            for end in helpers.endings:
                end(went_well)
        for process in team.processes:
            process.join()


def _help(orders: Pipe, desk: Desk, load: Load | None) -> None:
    """Do one work after another until told to go. Ctrl-C is for the main process to handle."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if load is not None:
        with lasting():
            load()
    with suppress(EOFError):
        while order := orders.recv():
            work, answer = order
            given(cast("Work", received(work))(desk), Path(answer))
    gc.freeze()  # or garbage is looked for in all that ends now, while the main process waits
