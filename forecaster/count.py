"""Outcomes into tallies: the grids laid by a pilot, and a pass of draws counted on them."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager

import numpy as np

from models.arrays import UNION
from models.histograms import DENSE, Grid, Histograms, grid
from models.shocks import drawn as drawn_shocks
from models.simulation import Draws, Model, Programme, draws, identity_error, line_totals, outcomes, programme
from models.strain import EVENTS, LINE_METRICS, METRICS, RATIO, Outcome
from models.stress import Scenario
from models.sums import MONEY_STEP, RATIO_STEP, Squares, Sums, scale
from models.tally import Counts, LineTally, ScenarioTally

PILOT_BLOCKS = 2
LAYERS = {name for name, metric in METRICS.items() if metric.kept == "baseline"}
"""Metrics that only the baseline keeps."""

Lock = AbstractContextManager[object]


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
            found = outcomes(model, drawn, scenario, union, in_layers=first)
            tallies[scenario.id] = _empty(model, found, lines, first=first)
    return tallies, worst


def count(
    model: Model,
    grouped: Sequence[Sequence[Scenario]],
    drawn: Draws,
    tallies: Mapping[str, ScenarioTally],
    lock: Lock,
) -> None:
    """Every scenario on one pass of draws; the lock is held while counts are added to the tallies."""
    for group in grouped:
        first = tallies[group[0].id]
        union = programme(model, drawn, group[0], in_layers=_in_layers(first))
        _count_lines(union, first.lines, lock)
        _count_group(model, group, drawn, union, [tallies[scenario.id] for scenario in group], lock)


def _in_layers(tally: ScenarioTally) -> bool:
    return set(tally.sums.metrics) >= LAYERS


def _count_group(
    model: Model,
    group: Sequence[Scenario],
    drawn: Draws,
    union: Programme,
    tallies: Sequence[ScenarioTally],
    lock: Lock,
) -> None:
    """Scenarios that share the programme, place by place: what was drawn for a state stays in the cache."""
    running = [
        outcomes(model, drawn, scenario, union, in_layers=_in_layers(tally))
        for scenario, tally in zip(group, tallies, strict=True)
    ]
    kept = [tally.kept() for tally in tallies]
    hits = [tally.counts.nowhere(union.paid.shape[1]) for tally in tallies]
    for place in range(len(model.states) + 1):
        is_state = place < len(model.states)
        for outcome, tally, metrics, hit in zip(map(next, running), tallies, kept, hits, strict=True):
            cells = metrics.cells(place, [METRICS[name].of(outcome) for name in tally.sums.metrics])
            occurs = tuple(event.of(outcome, model.thresholds) for event in EVENTS.values())
            paths = tally.counts.of(occurs, hit if is_state else None)
            with lock:
                metrics.add(place, cells)
                tally.counts.add(place, *paths)
    with lock:
        for tally, hit in zip(tallies, hits, strict=True):
            tally.counts.add_together(hit)


def _count_lines(union: Programme, tally: LineTally, lock: Lock) -> None:
    """The programme's lines on one pass of draws."""
    for kept in tally.kept():
        totals = [line_totals(union, name) for name in kept.sums.metrics]
        for place, line in enumerate(tally.lines):
            cells = kept.cells(place, [total[line] for total in totals])
            with lock:
                kept.add(place, cells)


def _empty_lines(model: Model, union: Programme, *, first: bool) -> LineTally:
    """Tally of the programme's lines, one for all scenarios that share contracts and payments."""
    kept = [name for name, metric in LINE_METRICS.items() if metric.yearly and (first or metric.everywhere)]
    totals = [name for name, metric in LINE_METRICS.items() if not metric.yearly]
    laid = [[grid(values) for values in line_totals(union, name).values()] for name in kept]
    lines = tuple(line_totals(union, kept[0]))
    return LineTally(
        lines=lines,
        histograms=Histograms(kept, _stacked(laid)),
        sums=Sums(kept, [MONEY_STEP] * len(kept), len(lines), len(model.years)),
        total_sums=Sums(totals, [MONEY_STEP] * len(totals), len(lines), 1),
    )


def _stacked(grids: Sequence[Sequence[Grid]]) -> Grid:
    """Grids of each metric (outer) in each place (inner) as one of arrays (metric, place, year)."""
    names = ("center", "width", "fold")
    return Grid(*(np.array([[getattr(one, name) for one in row] for row in grids]) for name in names))


def _empty(model: Model, found: Iterator[Outcome], lines: LineTally, *, first: bool) -> ScenarioTally:
    """Tally of a scenario on grids laid by its outcomes of the pilot."""
    kept = [name for name, metric in METRICS.items() if first or metric.kept == "distribution"]
    means = [name for name, metric in METRICS.items() if first or metric.kept != "baseline"]
    squares = [name for name in kept if METRICS[name].kept == "distribution" and METRICS[name].unit == RATIO]
    laid, scales = [], []
    for outcome in found:
        laid.append([grid(METRICS[name].of(outcome)) for name in kept])
        scales.append([scale(METRICS[name].of(outcome)[:, :DENSE]) for name in squares])
    about, step = np.array(scales).transpose(2, 1, 0, 3)
    places = (*(state.code for state in model.states), UNION)
    return ScenarioTally(
        places=places,
        histograms=Histograms(kept, _stacked(list(zip(*laid, strict=True)))),
        sums=Sums(means, [_step(METRICS[name].unit) for name in means], len(places), len(model.years)),
        squares=Squares(squares, about, step),
        counts=Counts(tuple(EVENTS), len(places), len(model.years)),
        lines=lines,
    )


def _step(unit: str) -> float:
    return MONEY_STEP if unit == "EUR million" else RATIO_STEP
