"""Independent pieces of work, shared out between this process and helpers; results in the order asked for."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias, TypeVar

from forecaster.machine.interrupts import heard_after
from forecaster.machine.processes import Desk, Helpers

Result = TypeVar("Result")
Errand: TypeAlias = Callable[[], Result]
"""A piece of work: a frozen dataclass that is called, so that it can travel to another process."""


def results(errands: Sequence[Errand[Result]], helpers: Helpers | None) -> list[Result]:
    """What each errand returns. Which process runs one changes nothing.

    Raises WorkerError where a helper died.
    """
    return begun(errands, helpers)()


def begun(errands: Sequence[Errand[Result]], helpers: Helpers | None) -> Callable[[], list[Result]]:
    """Have helpers begin with some errands; what is returned does the rest beside them, for all results."""
    if helpers is None or not errands:
        return lambda: [_finished(errand) for errand in errands]
    helpers.desk.open(range(len(errands)))
    ended = helpers.ask(_Share(errands))

    def finished() -> list[Result]:
        done = _done(errands, helpers.pieces())
        for found in ended():
            done |= found
        return [done[index] for index in range(len(errands))]

    return finished


@dataclass(frozen=True)
class _Share:
    """Those errands that one helper does."""

    errands: Sequence[Errand[Any]]

    def __call__(self, desk: Desk) -> dict[int, Any]:
        return _done(self.errands, desk.pieces())


def _done(errands: Sequence[Errand[Result]], pieces: Iterator[range]) -> dict[int, Result]:
    return {index: _finished(errands[index]) for piece in pieces for index in piece}


def _finished(errand: Errand[Result]) -> Result:
    """What an errand returns; Ctrl-C waits for its end."""
    with heard_after():
        return errand()
