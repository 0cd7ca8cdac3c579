"""Goal 1: paths a second of one process, beside the bound of its random numbers and that of its parts."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import nullcontext
from statistics import median

import numpy as np
from bundled import SEED, TWELVE, YEARS, bundled, in_turn
from verdicts import Verdict

from forecaster.engine import PASS_BLOCKS
from forecaster.engine.count import count, groups
from forecaster.engine.pilot import blank
from models.metrics import METRICS
from models.model import Draws, draws
from models.programme import programme
from models.shocks import BLOCK, drawn
from models.simulation import outcomes
from models.strain import Outcome
from models.stress import Scenario

DRAWS = PASS_BLOCKS * BLOCK


def verdicts(*, quick: bool) -> Iterator[Verdict]:
    """One scenario against its bounds, all in turn and medians of ratios; twelve and all beside it."""
    repeats = 3 if quick else 10
    every = bundled().scenarios
    normals, asked = _normals()
    parts = _parts(asked)
    *apart, whole, bound = in_turn([*parts.values(), _pass(every[:1]), lambda: _numbers(normals)], repeats)
    rates = {1: DRAWS / median(whole)}
    rates |= {n: DRAWS / median(*in_turn([_pass(every[:n])], repeats)) for n in (TWELVE, len(every))}
    cells = len(bundled().model.states) * len(YEARS)
    figures: dict[str, object] = {
        "normals a path": normals / DRAWS,
        "bound of random numbers [paths/s]": DRAWS / median(bound),
        "parts [ms a pass]": {name: 1e3 * median(times) for name, times in zip(parts, apart, strict=True)},
        "paths/s by scenarios": rates,
        "million cells/s by scenarios": {n: n * cells * rate / 1e6 for n, rate in rates.items()},
    }
    of_bound = median(alone / one for alone, one in zip(bound, whole, strict=True))
    of_parts = median(sum(alone) / one for *alone, one in zip(*apart, whole, strict=True))
    if of_bound >= 0.40:
        yield Verdict(1, "one scenario, share of the Philox bound", of_bound, "at least", 0.40, "", figures)
    else:
        figures["share of the Philox bound"] = of_bound
        yield Verdict(1, "one scenario, share of its parts' bound", of_parts, "at least", 0.80, "", figures)


def _normals() -> tuple[int, list[tuple[str, int]]]:
    """How many normals a pass draws, and from which streams."""
    asked: dict[tuple[str, int], int] = {}
    source = drawn(SEED, 0, PASS_BLOCKS)

    def shocks(name: str, rows: int) -> np.ndarray:
        found = source(name, rows)
        asked[name, rows] = found.size
        return found

    draws(bundled().model, shocks)
    return sum(asked.values()), list(asked)


def _numbers(normals: int) -> None:
    """As many normals as a pass needs, in pieces of a block, from one generator."""
    generator = np.random.Generator(np.random.Philox(SEED))
    out = np.empty((10, BLOCK))
    for _ in range(normals // out.size):
        generator.standard_normal(out=out)


def _parts(asked: Sequence[tuple[str, int]]) -> dict[str, Callable[[], object]]:
    """Random numbers, cells and tally of one scenario on a pass, each alone."""
    model, scenario = bundled().model, bundled().scenarios[0]
    source = drawn(SEED, 0, PASS_BLOCKS)
    ready = {key: source(*key) for key in asked}

    def cells() -> Iterator[Outcome]:
        found = draws(model, lambda name, rows: ready[name, rows])
        union = programme(model, found, scenario, in_layers=True)
        return outcomes(model, found, scenario, union)

    def numbers() -> None:
        fresh = drawn(SEED, 0, PASS_BLOCKS)
        for key in asked:
            fresh(*key)

    grouped = groups([scenario])
    tallies, _ = blank(model, grouped, SEED)
    own = tallies[scenario.id].own
    found = [[METRICS[name].of(outcome) for name in own.metrics] for outcome in cells()]

    def tally() -> None:
        for place, values in enumerate(found):
            own.count(place, values)

    return {
        "random numbers": numbers,
        "cells": lambda: [None for _ in cells()],
        "tally": tally,
    }


def _pass(scenarios: Sequence[Scenario]) -> Callable[[], None]:
    """One pass of draws counted in some scenarios."""
    model, grouped = bundled().model, groups(scenarios)
    tallies, _ = blank(model, grouped, SEED)

    def run() -> None:
        found: Draws = draws(model, drawn(SEED, 4, PASS_BLOCKS))
        count(model, grouped, found, tallies, [nullcontext()])

    return run
