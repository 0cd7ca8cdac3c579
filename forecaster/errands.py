"""Independent pieces of work, shared out between this process and helpers; results in the order asked for."""

import multiprocessing
import os
import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnContext, SpawnProcess
from multiprocessing.sharedctypes import Synchronized
from typing import Any, TypeAlias, TypeVar, cast

from forecaster.engine import WorkerError
from forecaster.handover import handed, received
from forecaster.interrupts import undisturbed

Result = TypeVar("Result")
Errand: TypeAlias = Callable[[], Result]
"""A piece of work: a frozen dataclass that is called, so that it can travel to another process."""

Pipe: TypeAlias = "Connection[Any, Any]"


def results(errands: Sequence[Errand[Result]], processes: int) -> list[Result]:
    """What each errand returns. Which process runs one changes nothing.

    processes: this one and helpers. Raises WorkerError where a helper died.
    """
    helpers = min(processes, len(errands)) - 1
    return _beside(errands, helpers) if helpers > 0 else [errand() for errand in errands]


def processes(workers: int | None, *, long: bool) -> int:
    """How many processes to use: as many as asked for, all cores where None, one where the work is short."""
    return (workers or os.cpu_count() or 1) if long else 1


def _beside(errands: Sequence[Errand[Result]], helpers: int) -> list[Result]:
    context = multiprocessing.get_context("spawn")
    taken = context.Value("q", 0)
    done: dict[int, Result] = {}
    with handed(errands) as work, _started(context, helpers, str(work), taken) as pipes:
        for index in _taken(taken, len(errands)):
            done[index] = errands[index]()
        for pipe in pipes:
            done |= cast("dict[int, Result]", _received(pipe))
    return [done[index] for index in range(len(errands))]


@contextmanager
def _started(
    context: SpawnContext, helpers: int, work: str, taken: "Synchronized[int]"
) -> Iterator[list[Pipe]]:
    """Pipes from helper processes at work; the processes end with the context."""
    pipes: list[Pipe] = []
    started: list[SpawnProcess] = []
    try:
        with undisturbed():
            for _ in range(helpers):
                here, there = context.Pipe(duplex=False)
                pipes.append(here)
                started.append(context.Process(target=_help, args=(work, taken, there), daemon=True))
                started[-1].start()
                there.close()
        yield pipes
    finally:
        for process in started:
            if process.is_alive():
                process.terminate()
            if process.pid is not None:
                process.join()
        for pipe in pipes:
            pipe.close()


def _help(work: str, taken: "Synchronized[int]", out: Pipe) -> None:
    """Work of a helper: errands until none is left. Ctrl-C is the main process's to handle."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    errands = cast("Sequence[Errand[Any]]", received(work))
    found = {index: errands[index]() for index in _taken(taken, len(errands))}
    with suppress(BrokenPipeError):
        out.send(found)


def _taken(taken: "Synchronized[int]", number: int) -> Iterator[int]:
    """Errands for this process, one after the other, while any are left."""
    while True:
        with taken.get_lock():
            index = taken.value
            taken.value = index + 1
        if index >= number:
            return
        yield index


def _received(pipe: Pipe) -> Any:  # noqa: ANN401 - whatever the errands return
    try:
        return pipe.recv()
    except EOFError as error:
        raise WorkerError("a helper process ended before its work was done; try --workers 1") from error
