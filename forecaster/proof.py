"""A case's backtest beside its simulation: in a process of its own where there are cores and time for it."""

import multiprocessing
import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from multiprocessing.connection import Connection
from typing import cast

import numpy as np

from forecaster.case import Case
from forecaster.engine import WorkerError
from forecaster.handover import handed, received
from forecaster.interrupts import undisturbed
from models.accuracy import Backtest, Draws, backtest
from models.budgets import METHODS

COMPARED = (
    "combination",
    "theta",
    "random_walk",
    "random_walk_drift",
    "random_walk_drift_levels",
)
"""Alternatives in a case's backtest: those that need no fitting, so that it takes seconds."""
HORIZON = 5
"""Years ahead of a case's backtest."""
FIRST_ORIGIN = 2000
"""First year a case's backtest forecasts from."""
DRAWS = 2048
"""Joint draws of the total in a case's backtest."""
SAMPLES = 1000
"""Samples of its block bootstrap."""

FEWEST_SERIES, FEWEST_ORIGINS = 10, 10
"""Series of a panel, and years to forecast from, below which scores say more about chance than a method."""

WORTH_PATHS = 16_384
"""Paths whose simulation is long enough to hide another process behind it."""

Collected = Callable[[], Backtest | None]


def case_backtest(case: Case) -> Backtest:
    """The case's method and its alternatives on the case's panel of shares of GDP, from FIRST_ORIGIN on."""
    budgets, name = case.budgets, case.assumptions.budgets.method.value
    codes, base = budgets.panel_codes(), case.assumptions.run.base_year
    years = [year for year in budgets.years("panel") if year <= base]
    weights = np.nan_to_num(budgets.wide("gdp", codes, [base])[:, 0])
    methods = {key: METHODS[key] for key in dict.fromkeys((name, *COMPARED))}
    return backtest(
        budgets.wide("panel", codes, years), years, weights, methods, _draws(case, len(codes)), FIRST_ORIGIN
    )


def shortage(case: Case) -> str:
    """Why a case's panel is too small for a backtest; empty where it is large enough."""
    series = len(case.budgets.panel_codes())
    base = case.assumptions.run.base_year
    origins = sum(FIRST_ORIGIN <= year < base for year in case.budgets.years("panel"))
    if series >= FEWEST_SERIES and origins >= FEWEST_ORIGINS:
        return ""
    return (
        f"The reference panel holds {series} series and {origins} years from {FIRST_ORIGIN} on to forecast "
        f"from; a backtest needs {FEWEST_SERIES} and {FEWEST_ORIGINS}."
    )


@contextmanager
def backtested(case: Case, paths: int, workers: int | None) -> Iterator[Collected]:
    """Return what gives the backtest of a case, None where its panel is too small; once within the context.

    It runs beside whatever the context does if workers (all cores where None) and paths allow, and ends
    with the context. Raises WorkerError where its process died.
    """
    if shortage(case):
        yield lambda: None
    elif (workers or os.cpu_count() or 1) > 1 and paths >= WORTH_PATHS:
        with _apart(case) as collected:
            yield collected
    else:
        yield partial(case_backtest, case)


@contextmanager
def _apart(case: Case) -> Iterator[Collected]:
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe(duplex=False)
    with handed(case) as work:
        process = context.Process(target=_work, args=(str(work), there), daemon=True)
        try:
            with undisturbed():
                process.start()
            there.close()
            yield partial(_received, here)
        finally:
            if process.is_alive():
                process.terminate()
            if process.pid is not None:
                process.join()
            here.close()


def _work(work: str, out: Connection) -> None:
    """Work of the helper. Ctrl-C is the main process's to handle, whose end closes the pipe."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with suppress(BrokenPipeError):
        out.send(case_backtest(cast("Case", received(work))))


def _received(pipe: "Connection[Backtest, Backtest]") -> Backtest:
    try:
        return pipe.recv()
    except EOFError as error:
        raise WorkerError("the backtest's process ended before its work was done; try --workers 1") from error


def _draws(case: Case, rows: int) -> Draws:
    generator = np.random.Generator(np.random.Philox(case.assumptions.run.seed))
    common = generator.standard_normal((HORIZON, DRAWS))
    own = generator.standard_normal((rows, HORIZON, DRAWS))
    return Draws(common, own, generator.random((SAMPLES, 100)))
