"""The bundled case as the benchmarks run it, and how long things take."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache

from forecaster import assembly
from forecaster.case import Case, load
from forecaster.case import bundled as folder
from models.model import Model
from models.stress import Scenario

SEED = 20251231
YEARS = range(2026, 2036)
TWELVE = 12
"""Scenarios of the goals."""


@dataclass(frozen=True)
class Bundled:
    case: Case
    model: Model
    scenarios: tuple[Scenario, ...]


@cache
def bundled() -> Bundled:
    case = load(folder())
    model = assembly.model(case, assembly.budget_forecast(case, YEARS))
    names = [table.id for table in case.scenarios]
    return Bundled(case, model, tuple(assembly.scenarios(case, names, len(YEARS))))


def in_turn(works: Sequence[Callable[[], object]], repeats: int) -> list[list[float]]:
    """Processor times of works that are compared, made in turn after one that warms up [s]."""
    times: list[list[float]] = [[] for _ in works]
    for turn in range(-1, repeats):
        for work, found in zip(works, times, strict=True):
            started = time.process_time()
            work()
            if turn >= 0:
                found.append(time.process_time() - started)
    return times
