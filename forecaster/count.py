"""Outcomes into tallies: a pass of draws counted in every scenario."""

from collections.abc import Callable, Hashable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace

import numpy as np

from models.model import Draws, Model
from models.programme import Programme, line_totals, programme
from models.simulation import Asked, side_by_side
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

    def see(group: Sequence[Scenario], union: Programme) -> None:
        _count_lines(union, tallies[group[0].id].lines, lock)

    ordered = asked(model, grouped, drawn, see)
    _count_places(model, drawn, ordered, [tallies[one.scenario.id] for one in ordered], lock)


def asked(
    model: Model,
    grouped: Sequence[Sequence[Scenario]],
    drawn: Draws,
    see: Callable[[Sequence[Scenario], Programme], None],
) -> list[Asked]:
    """All scenarios with what their programme calls, those with the same standing of states side by side.

    see: is shown each group's programme, of which only the calls are kept; that of the baseline in layers.
    """
    baseline = None
    found: dict[str, Asked] = {}
    for group in grouped:
        union = programme(model, drawn, group[0], in_layers=baseline is None, like=baseline)
        baseline = baseline or union
        see(group, union)
        whole = replace(union.calls, parts={})
        found |= {one.id: Asked(one, union.calls if one is group[0] else whole) for one in group}
    alike = groups([one.scenario for one in found.values()], STANDING)
    return [found[one.id] for group in alike for one in group]


def _count_places(
    model: Model, drawn: Draws, asked: Sequence[Asked], tallies: Sequence[ScenarioTally], lock: Lock
) -> None:
    """All scenarios, place by place: what was drawn for a state stays in the cache."""
    running = side_by_side(model, drawn, asked)
    hits = [tally.counts.nowhere(drawn.keys.shape[-1]) for tally in tallies]
    above = np.array([event.above for event in EVENTS.values()])
    for place in range(len(model.states) + 1):
        is_state, levels = place < len(model.states), None
        for tally, hit, outcome in zip(tallies, hits, running, strict=False):
            found = tally.own.of(place, [METRICS[name].of(outcome) for name in tally.own.metrics])
            values = tuple(event.value(outcome) for event in EVENTS.values())
            if levels is None:  # no scenario moves them
                levels = np.array([event.levels(outcome, model.thresholds) for event in EVENTS.values()])
            paths = tally.counts.of(values, levels, above, hit if is_state else None)
            with lock:
                tally.own.add(place, found)
                tally.counts.add(place, *paths)
    with lock:
        for tally, hit in zip(tallies, hits, strict=True):
            tally.counts.add_together(hit)


def _count_lines(union: Programme, tally: LineTally, lock: Lock) -> None:
    """The programme's lines on one pass of draws."""
    for cells in (tally.yearly, tally.once):
        totals = [line_totals(union, name) for name in cells.metrics]
        for place, line in enumerate(tally.lines):
            found = cells.of(place, [of_line[line] for of_line in totals])
            with lock:
                cells.add(place, found)
