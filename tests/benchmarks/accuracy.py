"""Goal 6: percentiles against exact sorting, and how often the stated intervals hold."""

from collections.abc import Iterator, Sequence
from contextlib import nullcontext

import numpy as np
from bundled import SEED, YEARS, bundled
from verdicts import Verdict

from forecaster.engine import simulate
from forecaster.engine.count import count, groups
from forecaster.engine.pilot import blank
from forecaster.machine.processes import helped
from models.arrays import LEVELS
from models.metrics import METRICS
from models.model import draws
from models.programme import programme
from models.shocks import BLOCK, drawn
from models.simulation import outcomes
from models.statistics import Statistics
from models.tally import complete

TOGETHER = 6
"""Metrics sorted at once: all their values are held, in single precision."""
BLOCKS = 2
"""Logical blocks counted at once; paths are a power of two."""
RUNS, EACH, TRUTH = 400, 4096, 2**19


def verdicts(*, quick: bool) -> Iterator[Verdict]:
    """All distribution cells of the baseline and of the scenarios; quick: of the baseline's strain alone."""
    paths = 2**14 if quick else 2**17
    errors: list[np.ndarray] = []
    for scenario in bundled().scenarios[: 1 if quick else None]:
        first = scenario is bundled().scenarios[0]
        names = [name for name, metric in METRICS.items() if metric.kept == "distribution" or first]
        for start in range(0, TOGETHER if quick else len(names), TOGETHER):
            errors += _errors(names[start : start + TOGETHER], scenario.id, paths)
    found = np.concatenate(errors)
    cells = {"cells": len(found), "paths": paths, "share above one": float((found > 1.0).mean())}
    rms = float(np.sqrt(np.mean(np.square(found))))
    yield Verdict(6, "percentiles against sorting, rms", rms, "at most", 0.12, "standard errors", cells)
    worst = float(found.max())
    yield Verdict(6, "percentiles against sorting, worst", worst, "at most", 1.0, "standard errors", cells)
    covered = _covered(40 if quick else RUNS)
    yield Verdict(6, "95 % intervals of P(red) that hold, least", covered, "at least", 0.94, "")
    yield Verdict(6, "95 % intervals of P(red) that hold, most", covered, "at most", 0.96, "")


def _errors(names: Sequence[str], scenario: str, paths: int) -> Iterator[np.ndarray]:
    """Distance of percentiles from those of the sorted paths, in standard errors of the latter."""
    case = bundled()
    chosen = [case.scenarios[0], *(one for one in case.scenarios[1:] if one.id == scenario)]
    tallies, _ = blank(case.model, groups(chosen), SEED)
    stress = chosen[-1]
    places = tallies[scenario].places
    values = {name: np.empty((len(places), len(YEARS), paths), np.float32) for name in names}
    for first in range(0, paths // BLOCK, BLOCKS):
        found = draws(case.model, drawn(SEED, first, BLOCKS))
        count(case.model, groups(chosen), found, tallies, [nullcontext()])
        layered = stress is chosen[0]
        union = programme(case.model, found, stress, in_layers=layered)
        here = slice(first * BLOCK, (first + BLOCKS) * BLOCK)
        for place, outcome in enumerate(outcomes(case.model, found, stress, union)):
            for name in names:
                values[name][place, :, here] = METRICS[name].of(outcome)
    complete(tallies)
    statistics = Statistics(paths, tallies)
    for name in names:
        for place, code in enumerate(places):
            ordered = np.sort(values[name][place], axis=1).astype(np.float64)
            yield _in_errors(statistics.percentiles(name, scenario, code), ordered).ravel()


def _in_errors(found: np.ndarray, ordered: np.ndarray) -> np.ndarray:
    """Percentiles (year, level) less those of ordered paths (year, path), over the spread of the rank.

    Where the rank's neighbours all have one value, that value has to be met to single precision.
    """
    paths = ordered.shape[1]
    errors = []
    for k, level in enumerate(LEVELS):
        spread = np.sqrt(level * (1.0 - level) * paths)
        error = (ordered[:, int(level * paths + spread)] - ordered[:, int(level * paths - spread)]) / 2.0
        sharp = ordered[:, int(np.ceil(level * paths)) - 1]
        away = np.maximum(np.abs(found[:, k] - sharp) - 1e-6 * np.abs(sharp), 0.0)
        errors.append(away / np.where(error > 0.0, error, 1e-6 * np.abs(sharp) + 1e-12))
    return np.array(errors)


def _covered(runs: int) -> float:
    """Share of the stated intervals of P(red) that hold the truth, over runs with seeds of their own."""
    case = bundled()
    baseline = [case.scenarios[0]]

    def red(paths: int, seed: int) -> Statistics:
        with helped(2, paths) as helpers:
            return simulate(case.model, baseline, paths, seed, helpers, lambda *_: None).statistics

    truth = red(min(TRUTH, runs * EACH), SEED)
    places = truth.tallies[baseline[0].id].places
    true = np.array([truth.probability("red", baseline[0].id, place) for place in places])
    inner = (true > 0.01) & (true < 0.99)
    held = []
    for run in range(runs):
        found = red(EACH, run)
        share = np.array([found.probability("red", baseline[0].id, place) for place in places])[inner]
        width = np.array([found.half_width("red", baseline[0].id, place) for place in places])[inner]
        score = 1.959964**2 / EACH
        center = (share + score / 2.0) / (1.0 + score)
        held.append(np.abs(center - true[inner]) <= width)
    return float(np.mean(held))
