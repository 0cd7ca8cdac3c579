"""Outcomes into tallies: the grids laid by a pilot, and a pass of draws counted on them."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager

import numpy as np

from models.arrays import UNION, Floats
from models.shocks import drawn as drawn_shocks
from models.simulation import Draws, Model, Programme, draws, identity_error, line_totals, outcomes, programme
from models.strain import EVENTS, LINE_METRICS, METRICS, Outcome
from models.stress import Scenario
from models.tally import MONEY_STEP, RATIO_STEP, Counts, Histograms, LineTally, ScenarioTally, Sums, grid

PILOT_BLOCKS = 2
LAYERS = {name for name, metric in METRICS.items() if metric.kept == "baseline"}
"""Metrics that only the baseline keeps."""


def groups(scenarios: Sequence[Scenario]) -> list[list[Scenario]]:
    """Scenarios that move nothing in the programme together, so that its contracts are computed once."""
    groups: dict[tuple[object, ...], list[Scenario]] = {}
    for scenario in scenarios:
        groups.setdefault(scenario.programme, []).append(scenario)
    return list(groups.values())


def blank(
    model: Model, groups: Sequence[Sequence[Scenario]], seed: int
) -> tuple[dict[str, ScenarioTally], float]:
    """Empty tallies on grids laid by the first paths of each scenario, and the worst error of the payers.

    A cell's grid depends on nothing else; the error is relative, in any of those paths.
    """
    drawn = draws(model, drawn_shocks(seed, 0, PILOT_BLOCKS))
    tallies, worst = {}, 0.0
    for k, group in enumerate(groups):
        union = programme(model, drawn, group[0], in_layers=k == 0)
        worst = max(worst, identity_error(union))
        lines = _empty_lines(model, union, first=k == 0)
        for scenario in group:
            first = scenario is groups[0][0]
            grids = _grids(outcomes(model, drawn, scenario, union, in_layers=first), first=first)
            means = [name for name, metric in METRICS.items() if first or metric.kept != "baseline"]
            tallies[scenario.id] = _empty(model, grids, means, lines)
    return tallies, worst


def count(
    model: Model,
    grouped: Sequence[Sequence[Scenario]],
    drawn: Draws,
    tallies: Mapping[str, ScenarioTally],
    lock: AbstractContextManager[object],
) -> None:
    """Every scenario on one pass of draws; the lock is held while counts are added to the tallies."""
    for group in grouped:
        _count_group(model, group, drawn, tallies, lock)


def _count_group(
    model: Model,
    group: Sequence[Scenario],
    drawn: Draws,
    tallies: Mapping[str, ScenarioTally],
    lock: AbstractContextManager[object],
) -> None:
    """Scenarios that share the programme, on one pass of draws."""
    first = tallies[group[0].id]
    union = programme(model, drawn, group[0], in_layers=_in_layers(first))
    lines = first.lines.empty()
    _count_lines(union, lines)
    with lock:
        first.lines.merge(lines)
    for scenario in group:
        counted = tallies[scenario.id].empty()
        _count(model, scenario, drawn, union, counted)
        with lock:
            tallies[scenario.id].merge(counted)


def _in_layers(tally: ScenarioTally) -> bool:
    return set(tally.sums.metrics) >= LAYERS


def _count(model: Model, scenario: Scenario, drawn: Draws, union: Programme, tally: ScenarioTally) -> None:
    """One scenario on one pass of draws into its tally."""
    together = np.zeros((len(EVENTS), *drawn.prices.level.shape), dtype=np.int64)
    for place, outcome in enumerate(outcomes(model, drawn, scenario, union, in_layers=_in_layers(tally))):
        for m, name in enumerate(tally.sums.metrics):
            values = METRICS[name].of(outcome)
            tally.sums.add(m, place, values)
            if name in tally.histograms.metrics:
                tally.histograms.add(tally.histograms.metrics.index(name), place, values)
        for e, event in enumerate(EVENTS.values()):
            occurs = event.of(outcome, model.thresholds)
            tally.counts.add(e, place, occurs)
            if place < len(model.states):
                together[e] += occurs
    for e in range(len(EVENTS)):
        tally.counts.add_together(e, together[e])


def _count_lines(union: Programme, tally: LineTally) -> None:
    """The programme's lines on one pass of draws."""
    for sums in (tally.sums, tally.total_sums):
        for m, name in enumerate(sums.metrics):
            for line, values in line_totals(union, name).items():
                place = tally.lines.index(line)
                sums.add(m, place, values)
                if name in tally.histograms.metrics:
                    tally.histograms.add(tally.histograms.metrics.index(name), place, values)


def _grids(found: Iterable[Outcome], *, first: bool) -> tuple[Sequence[str], Floats, Floats]:
    kept = [name for name, metric in METRICS.items() if first or metric.kept == "distribution"]
    cells = np.array([[grid(METRICS[name].of(outcome)) for name in kept] for outcome in found])
    return kept, cells[:, :, 0].swapaxes(0, 1).copy(), cells[:, :, 1].swapaxes(0, 1).copy()


def _empty_lines(model: Model, union: Programme, *, first: bool) -> LineTally:
    """Tally of the programme's lines, one for all scenarios that share contracts and payments."""
    kept = [name for name, metric in LINE_METRICS.items() if metric.yearly and (first or metric.everywhere)]
    totals = [name for name, metric in LINE_METRICS.items() if not metric.yearly]
    cells = np.array([[grid(values) for values in line_totals(union, name).values()] for name in kept])
    lines = tuple(line_totals(union, kept[0]))
    return LineTally(
        lines=lines,
        histograms=Histograms(kept, cells[:, :, 0].copy(), cells[:, :, 1].copy()),
        sums=Sums(kept, [MONEY_STEP] * len(kept), len(lines), len(model.years)),
        total_sums=Sums(totals, [MONEY_STEP] * len(totals), len(lines), 1),
    )


def _empty(
    model: Model, grids: tuple[Sequence[str], Floats, Floats], means: Sequence[str], lines: LineTally
) -> ScenarioTally:
    places = (*(state.code for state in model.states), UNION)
    years = len(model.years)
    return ScenarioTally(
        places=places,
        histograms=Histograms(*grids),
        sums=Sums(means, [_step(METRICS[name].unit) for name in means], len(places), years),
        counts=Counts(tuple(EVENTS), len(places), years),
        lines=lines,
    )


def _step(unit: str) -> float:
    return MONEY_STEP if unit == "EUR million" else RATIO_STEP
