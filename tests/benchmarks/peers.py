"""Goal 1: like work in whole-array pandas and in openturns, in the same run.

The work: strain without the programme of all states and years, with its percentiles and P(red). Growth and
prices of all economies and of one's own, a budget, a pledge, the share invested, what is committed and its
cost; here by the model's own functions and tally, there as an analyst would write it.
"""

from collections.abc import Callable, Iterator
from importlib import import_module
from importlib.util import find_spec
from statistics import median
from typing import Any

import numpy as np
from bundled import SEED, YEARS, bundled, in_turn
from verdicts import Skipped, Verdict

from forecaster.machine.memory import kept
from models import capacity
from models.arrays import LEVELS
from models.cells import Cells, empty
from models.economy import gdp_deviation, prices
from models.histograms import grid, stacked
from models.shocks import BLOCK, drawn
from models.sums import RATIO_STEP

PATHS = 64 * BLOCK
"""As many as a default run has."""
PASS = 8
"""Blocks of a pass: one scenario has few arrays, and more blocks stay in the cache. Arrays of this size would
be fetched from the system anew each time, so freed memory is kept meanwhile, as on a cluster's workers."""
RHO, RED = 0.4, 1.0
YEARLY, ONCE = 7, 2
"""Normals of a path: growth, prices and budget of all states, the same and the share invested of each."""


def verdicts(*, quick: bool) -> Iterator[Verdict | Skipped]:
    """Million path-state-years a second, and how many times a peer's that is."""
    repeats = 3 if quick else 5
    states = len(bundled().model.states)
    own = _own()
    yield _against("whole-array pandas", own, lambda: _in_pandas(states), repeats)
    if find_spec("openturns") is None:
        yield Skipped(
            1, "openturns on like work", "openturns is not installed: pip install --editable .[bench]"
        )
    else:
        yield _against("openturns", own, lambda: _in_openturns(states), repeats)


def _against(name: str, own: Callable[[], None], peer: Callable[[], None], repeats: int) -> Verdict:
    """How many times as long the peer takes: the median of turns, and beside it the random numbers alone."""
    states = len(bundled().model.states)
    cells = PATHS * states * len(YEARS) / 1e6
    ours, theirs, alone = in_turn([own, peer, lambda: _normals(states)], repeats)
    unit = "million path-state-years/s"
    figures = {
        f"own [{unit}]": cells / median(ours),
        f"{name} [{unit}]": cells / median(theirs),
        f"its random numbers alone, from Philox [{unit}]": cells / median(alone),
        "times the peer, each": [round(b / a, 2) for a, b in zip(ours, theirs, strict=True)],
        "times the peer that the random numbers alone would be": median(theirs) / median(alone),
    }
    times = median(b / a for a, b in zip(ours, theirs, strict=True))
    return Verdict(1, f"like work, times {name}", times, "at least", 3.0, "", figures)


def _normals(states: int) -> None:
    """The normals of the work and nothing else."""
    generator = np.random.Generator(np.random.Philox(SEED))
    out = np.empty((len(YEARS), BLOCK))
    for _ in range((3 + 4 * states) * PATHS // BLOCK):
        generator.standard_normal(out=out)


def _own() -> Callable[[], None]:
    model, scenario = bundled().model, bundled().scenarios[0]
    laid: dict[int, Cells] = {}

    def strain(first: int) -> Iterator[np.ndarray]:
        shocks = drawn(SEED, first, PASS)
        level = prices(model.economy, shocks, len(YEARS))
        for state in model.states:
            gdp = gdp_deviation(model.economy, shocks, state.code, len(YEARS))
            random = capacity.draws(state, model.capacity, model.economy, shocks, gdp)
            has = capacity.money(state, random, model.capacity, model.economy, scenario, level)
            yield has.committed / has.investment

    for place, values in enumerate(strain(0)):
        laid[place] = empty({"strain": RATIO_STEP}, 1, len(YEARS), [stacked([grid(values)])])

    def run() -> None:
        red = np.zeros(len(YEARS), np.int64)
        with kept():
            for first in range(0, PATHS // BLOCK, PASS):
                for place, values in enumerate(strain(first)):
                    laid[place].count(0, [values])
                    red += np.count_nonzero(values > RED, axis=1)

    return run


def _in_pandas(states: int) -> None:
    pandas: Any = import_module("pandas")
    generator = np.random.default_rng(SEED)

    def normals() -> Any:
        return pandas.DataFrame(generator.standard_normal((PATHS, len(YEARS))))

    common = [normals() for _ in range(YEARLY - 4)]
    for _ in range(states):
        once = pandas.DataFrame(generator.standard_normal((PATHS, ONCE)))
        strain = _strain([*common, *(normals() for _ in range(4))], once[0], once[1], pandas)
        strain.quantile(LEVELS)
        strain.mean()
        (strain > RED).mean()


def _strain(shocks: list[Any], pledge: Any, cost: Any, pandas: Any) -> Any:
    """Strain as frames (path, year) of shocks and columns (path,) make it."""
    gdp = sum(_persistent(0.01 * a + 0.02 * b, pandas) for a, b in zip(shocks[:2], shocks[3:5], strict=True))
    budget = 1000.0 * np.exp(gdp.cumsum(axis=1) + 0.08 * (0.6 * shocks[2] + 0.8 * shocks[5]))
    budget = budget.mul(np.exp(0.1 * (pledge > 0.0) * pledge), axis=0)
    share = (0.3 + _persistent(0.03 * shocks[6], pandas)).clip(0.01, 0.90)
    investment = share * budget
    committed = 250.0 * (investment / 300.0) ** 0.5
    return committed.mul(np.exp(0.1 * cost), axis=0) / investment


def _persistent(innovations: Any, pandas: Any) -> Any:
    columns = [innovations[0]]
    for t in range(1, innovations.shape[1]):
        columns.append(innovations[t] + RHO * columns[-1])
    return pandas.concat(columns, axis=1)


def _in_openturns(states: int) -> None:
    openturns: Any = import_module("openturns")
    openturns.RandomGenerator.SetSeed(SEED % 2**31)
    years = len(YEARS)
    common = openturns.Normal(3 * years).getSample(PATHS)
    own = openturns.Normal(4 * years + ONCE)
    function = openturns.PythonFunction(7 * years + ONCE, years, func_sample=_whole_arrays)
    for _ in range(states):
        points = openturns.Sample(common)
        points.stack(own.getSample(PATHS))
        strain = function(points)
        for level in LEVELS:
            strain.computeQuantilePerComponent(level)
        strain.computeMean()
        (np.asarray(strain) > RED).mean(axis=0)


def _whole_arrays(points: Any) -> np.ndarray:
    """The same strain from an array (path, shock), a column a year."""
    given = np.asarray(points)
    years = len(YEARS)
    shocks = [given[:, k * years : (k + 1) * years] for k in range(YEARLY)]
    pledge, cost = given[:, -2:-1], given[:, -1:]
    real, prices = (_along(0.01 * a + 0.02 * b) for a, b in zip(shocks[:2], shocks[3:5], strict=True))
    budget = 1000.0 * np.exp((real + prices).cumsum(axis=1) + 0.08 * (0.6 * shocks[2] + 0.8 * shocks[5]))
    budget *= np.exp(0.1 * (pledge > 0.0) * pledge)
    share = np.clip(0.3 + _along(0.03 * shocks[6]), 0.01, 0.90)
    investment = share * budget
    return 250.0 * np.sqrt(investment / 300.0) * np.exp(0.1 * cost) / investment


def _along(innovations: np.ndarray) -> np.ndarray:
    path = innovations.copy()
    for t in range(1, path.shape[1]):
        path[:, t] += RHO * path[:, t - 1]
    return path
