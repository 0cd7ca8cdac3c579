"""Outcomes into tallies: a pass of draws counted in every scenario."""

from collections.abc import Hashable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace

import numpy as np

from models.simulation import Asked, Draws, Model, Programme, line_totals, programme, side_by_side
from models.strain import EVENTS, METRICS
from models.stress import PROGRAMME, STANDING, Scenario
from models.tally import LineTally, ScenarioTally

Lock = AbstractContextManager[object]


def groups(scenarios: Sequence[Scenario], reach: frozenset[str] = PROGRAMME) -> list[list[Scenario]]:
    """Scenarios that agree in what they move together, so that the programme's contracts are made once."""
    groups: dict[Hashable, list[Scenario]] = {}
    for scenario in scenarios:
        groups.setdefault(scenario.moved(reach), []).append(scenario)
    return list(groups.values())


def count(
    model: Model,
    grouped: Sequence[Sequence[Scenario]],
    drawn: Draws,
    tallies: Mapping[str, ScenarioTally],
    lock: Lock,
) -> None:
    """Every scenario on one pass of draws; the lock is held while counts are added to the tallies."""
    asked: list[Asked] = []
    for group, union in programmes(model, grouped, drawn):
        _count_lines(union, tallies[group[0].id].lines, lock)
        asked += as_simulated(group, union)
    ordered = by_standing(asked)
    _count_places(model, drawn, ordered, [tallies[one.scenario.id] for one in ordered], lock)


def programmes(
    model: Model, grouped: Sequence[Sequence[Scenario]], drawn: Draws
) -> Iterator[tuple[Sequence[Scenario], Programme]]:
    """Each group with its programme, that of the baseline in layers."""
    baseline = None
    for group in grouped:
        union = programme(model, drawn, group[0], in_layers=baseline is None, like=baseline)
        baseline = baseline or union
        yield group, union


def as_simulated(group: Sequence[Scenario], union: Programme) -> Iterator[Asked]:
    """Scenarios of a group with what their programme calls; but for the first, not in layers."""
    yield Asked(group[0], union.calls)
    yield from (Asked(one, replace(union.calls, parts={})) for one in group[1:])


def by_standing(asked: Sequence[Asked]) -> list[Asked]:
    """Scenarios in an order in which those with the same standing of states follow each other."""
    by_id = {one.scenario.id: one for one in asked}
    alike = groups([one.scenario for one in asked], STANDING)
    return [by_id[one.id] for group in alike for one in group]


def _count_places(
    model: Model, drawn: Draws, asked: Sequence[Asked], tallies: Sequence[ScenarioTally], lock: Lock
) -> None:
    """All scenarios, place by place: what was drawn for a state stays in the cache."""
    running = side_by_side(model, drawn, asked)
    hits = [tally.counts.nowhere(drawn.keys.shape[-1]) for tally in tallies]
    above = np.array([event.above for event in EVENTS.values()])
    for place in range(len(model.states) + 1):
        is_state = place < len(model.states)
        for tally, hit, outcome in zip(tallies, hits, running, strict=False):
            own = [tally.cells[name] for name in tally.own]
            found = [cells.of(place, METRICS[cells.metric].of(outcome)) for cells in own]
            values = tuple(event.value(outcome) for event in EVENTS.values())
            levels = np.array([event.levels(outcome, model.thresholds) for event in EVENTS.values()])
            paths = tally.counts.of(values, levels, above, hit if is_state else None)
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
