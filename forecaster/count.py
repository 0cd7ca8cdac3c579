"""Outcomes into tallies: the grids laid by a pilot, and a pass of draws counted on them."""

from collections.abc import Hashable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace

import numpy as np

from models.arrays import UNION, Floats
from models.cells import Cells
from models.histograms import DENSE, Grid, Histogram, grid, stacked
from models.shocks import drawn as drawn_shocks
from models.simulation import (
    Asked,
    Draws,
    Model,
    Programme,
    draws,
    identity_error,
    line_totals,
    outcomes,
    programme,
    side_by_side,
)
from models.strain import EVENTS, LINE_METRICS, METRICS, RATIO, Outcome
from models.stress import PROGRAMME, STANDING, Scenario
from models.sums import MONEY_STEP, RATIO_STEP, Squares, Sum, scale
from models.tally import Counts, LineTally, ScenarioTally

PILOT_BLOCKS = 2

Lock = AbstractContextManager[object]


def groups(scenarios: Sequence[Scenario], reach: frozenset[str] = PROGRAMME) -> list[list[Scenario]]:
    """Scenarios that agree in what they move together, so that the programme's contracts are made once."""
    groups: dict[Hashable, list[Scenario]] = {}
    for scenario in scenarios:
        groups.setdefault(scenario.moved(reach), []).append(scenario)
    return list(groups.values())


def blank(
    model: Model, groups: Sequence[Sequence[Scenario]], seed: int
) -> tuple[dict[str, ScenarioTally], float]:
    """Empty tallies on grids laid by the first paths of each scenario, and the worst error of the payers.

    A cell's grid depends on nothing else; the error is relative, in any of those paths.
    """
    drawn = draws(model, drawn_shocks(seed, 0, PILOT_BLOCKS))
    tallies: dict[str, ScenarioTally] = {}
    laid: dict[Hashable, Cells] = {}
    worst, baseline = 0.0, None
    for group in groups:
        union = programme(model, drawn, group[0], in_layers=baseline is None, like=baseline)
        baseline = baseline or union
        worst = max(worst, identity_error(union))
        lines = _empty_lines(model, union, first=union is baseline)
        for scenario in group:
            tallies[scenario.id] = _empty(
                model, scenario, outcomes(model, drawn, scenario, union), laid, lines
            )
    return tallies, worst


def count(
    model: Model,
    grouped: Sequence[Sequence[Scenario]],
    drawn: Draws,
    tallies: Mapping[str, ScenarioTally],
    lock: Lock,
) -> None:
    """Every scenario on one pass of draws; the lock is held while counts are added to the tallies."""
    asked: dict[str, Asked] = {}
    baseline = None
    for group in grouped:
        union = programme(model, drawn, group[0], in_layers=baseline is None, like=baseline)
        baseline = baseline or union
        _count_lines(union, tallies[group[0].id].lines, lock)
        whole = replace(union.calls, parts={})
        asked |= {one.id: Asked(one, union.calls if one is grouped[0][0] else whole) for one in group}
    same_standing = groups([one.scenario for one in asked.values()], STANDING)
    ordered = [asked[one.id] for group in same_standing for one in group]
    _count_places(model, drawn, ordered, [tallies[one.scenario.id] for one in ordered], lock)


def _count_places(
    model: Model, drawn: Draws, asked: Sequence[Asked], tallies: Sequence[ScenarioTally], lock: Lock
) -> None:
    """All scenarios, place by place: what was drawn for a state stays in the cache."""
    running = side_by_side(model, drawn, asked)
    hits = [tally.counts.nowhere(drawn.keys.shape[-1]) for tally in tallies]
    for place in range(len(model.states) + 1):
        is_state = place < len(model.states)
        for tally, hit, outcome in zip(tallies, hits, running, strict=False):
            own = [tally.cells[name] for name in tally.own]
            found = [cells.of(place, METRICS[cells.metric].of(outcome)) for cells in own]
            occurs = tuple(event.of(outcome, model.thresholds) for event in EVENTS.values())
            paths = tally.counts.of(occurs, hit if is_state else None)
            with lock:
                for cells, one in zip(own, found, strict=True):
                    cells.add(place, one)
                tally.counts.add(place, *paths)
    with lock:
        for tally, hit in zip(tallies, hits, strict=True):
            tally.counts.add_together(hit)


def _count_lines(union: Programme, tally: LineTally, lock: Lock) -> None:
    """The programme's lines on one pass of draws."""
    for name, cells in tally.cells.items():
        for place, values in enumerate(line_totals(union, name).values()):
            found = cells.of(place, values)
            with lock:
                cells.add(place, found)


def _empty_lines(model: Model, union: Programme, *, first: bool) -> LineTally:
    """Tally of the programme's lines, one for all scenarios that share contracts and payments."""
    cells = {}
    for name, metric in LINE_METRICS.items():
        totals = line_totals(union, name)
        if not metric.yearly:
            cells[name] = Cells(name, Sum(MONEY_STEP, len(totals), 1))
        elif first or metric.everywhere:
            laid = stacked([grid(values) for values in totals.values()])
            cells[name] = Cells(name, Sum(MONEY_STEP, len(totals), len(model.years)), Histogram(laid))
    return LineTally(tuple(totals), cells)


def _empty(
    model: Model,
    scenario: Scenario,
    found: Iterator[Outcome],
    laid: dict[Hashable, Cells],
    lines: LineTally,
) -> ScenarioTally:
    """Tally of a scenario on grids laid by its outcomes of the pilot.

    laid: cells by metric and the levers that move it, of the scenarios before, the baseline first; gets those
    that this one does not share with them.
    """
    first = not laid
    places = (*(state.code for state in model.states), UNION)
    keys = {name: (name, scenario.moved(metric.moved_by)) for name, metric in METRICS.items()}
    kept = [name for name, metric in METRICS.items() if first or metric.kept != "baseline"]
    distributed = [name for name in kept if first or METRICS[name].kept == "distribution"]
    own = [name for name in kept if keys[name] not in laid]
    grids, scales = _laid([name for name in own if name in distributed], found)
    for name in own:
        histogram = Histogram(grids[name]) if name in grids else None
        total = Sum(_step(METRICS[name].unit), len(places), len(model.years))
        laid[keys[name]] = Cells(name, total, histogram, scales.get(name))
    cells = {name: laid[keys[name]] for name in kept}
    cells |= {name: Cells(name, cells[name].sum) for name in kept if name not in distributed}
    counts = Counts(tuple(EVENTS), len(places), len(model.years))
    return ScenarioTally(places, cells, tuple(own), counts, lines)


def _laid(names: Sequence[str], found: Iterator[Outcome]) -> tuple[dict[str, Grid], dict[str, Squares]]:
    """Grids of metrics by the outcomes of all places, and where they are asked for their squares."""
    squared = [name for name in names if METRICS[name].kept == "distribution" and METRICS[name].unit == RATIO]
    grids: dict[str, list[Grid]] = {name: [] for name in names}
    scales: dict[str, list[tuple[Floats, Floats]]] = {name: [] for name in squared}
    for outcome in found:
        for name in names:
            values = METRICS[name].of(outcome)
            grids[name].append(grid(values))
            if name in squared:
                scales[name].append(scale(values[:, :DENSE]))
    return (
        {name: stacked(places) for name, places in grids.items()},
        {
            name: Squares(*(np.array(part) for part in zip(*places, strict=True)))
            for name, places in scales.items()
        },
    )


def _step(unit: str) -> float:
    return MONEY_STEP if unit == "EUR million" else RATIO_STEP
