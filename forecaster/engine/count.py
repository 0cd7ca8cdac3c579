"""Outcomes into tallies: a pass of draws counted in every scenario."""

from collections.abc import Hashable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from itertools import cycle

import numpy as np

from models.arrays import Floats
from models.metrics import EVENTS, METRICS
from models.model import Draws, Model
from models.programme import NOTHING_MADE, Programme, line_totals, programme
from models.reach import Shared
from models.simulation import outcomes, standings, wanted
from models.strain import Outcome
from models.stress import PROGRAMME, Scenario
from models.tally import LineTally, ScenarioTally

Lock = AbstractContextManager[object]


def groups(scenarios: Sequence[Scenario]) -> list[list[Scenario]]:
    """Scenarios that agree in what they move of the programme together: its contracts are made once."""
    groups: dict[Hashable, list[Scenario]] = {}
    for scenario in scenarios:
        groups.setdefault(scenario.moved(PROGRAMME), []).append(scenario)
    return list(groups.values())


def count(
    model: Model,
    grouped: Sequence[Sequence[Scenario]],
    drawn: Draws,
    tallies: Mapping[str, ScenarioTally],
    locks: Sequence[Lock],
) -> None:
    """Every scenario on one pass of draws. A lock is held while a place of a scenario is counted.

    Locks are taken in turn: processes that share them go the same way, so each place of each scenario has the
    same one in all of them.
    """
    levels: dict[int, Floats] = {}
    turn = cycle(locks)
    for union, group in simulated(model, grouped, drawn):
        for k, (scenario, found) in enumerate(group):
            tally = tallies[scenario.id]
            if k == 0:
                _count_lines(union, tally.lines, turn)
            _count_places(model, drawn, found, tally, levels, turn)
        del union, group  # or they would stand beside the next


Run = Iterator[tuple[Scenario, Iterator[Outcome]]]
"""Scenarios with their outcomes, place by place."""


def simulated(
    model: Model, grouped: Sequence[Sequence[Scenario]], drawn: Draws, *, in_layers: bool = True
) -> Iterator[tuple[Programme, Run]]:
    """All scenarios on one pass of draws: the programme of each group, and the group's scenarios.

    in_layers: whether the first scenario is the baseline, whose calls are taken apart into layers and whose
    plans are held against the money. What states have and have promised, each and all together, is kept while
    a scenario is still to come that agrees in it.
    """
    shared = Shared(wanted(model, (scenario for group in grouped for scenario in group)))
    baseline = grouped[0][0] if in_layers else None

    def run(group: Sequence[Scenario], union: Programme) -> Run:
        whole = replace(union, calls=replace(union.calls, parts={}))
        for one in group:
            calling = union if one is group[0] else whole
            has = standings(model, drawn, one, with_plans=one is baseline, shared=shared)
            yield one, outcomes(model, drawn, one, calling, has)

    made = NOTHING_MADE
    for group in grouped:
        union = programme(model, drawn, group[0], in_layers=group[0] is baseline, made=made)
        made = union.made if group is grouped[0] else made
        union = replace(union, bills=(), made=NOTHING_MADE)
        yield union, run(group, union)
        del union  # or it would stand beside the next


def _count_places(
    model: Model,
    drawn: Draws,
    outcomes: Iterator[Outcome],
    tally: ScenarioTally,
    levels: dict[int, Floats],
    turn: Iterator[Lock],
) -> None:
    """One scenario, place by place, the union last.

    levels: of events (event, year), by place: no scenario moves them, so the first puts them there for all.
    """
    hits = tally.counts.nowhere(drawn.prices.level.shape[-1])
    above = np.array([event.above for event in EVENTS.values()])
    for place, outcome in enumerate(outcomes):
        own = [METRICS[name].of(outcome) for name in tally.own.metrics]
        values = tuple(event.value(outcome) for event in EVENTS.values())
        if place not in levels:
            levels[place] = np.array([one.levels(outcome, model.thresholds) for one in EVENTS.values()])
        of_states = hits if place < len(model.states) else None
        with next(turn):
            tally.own.count(place, own)
            tally.counts.count(place, values, levels[place], above, of_states)
    with next(turn):
        tally.counts.add_together(hits)


def _count_lines(union: Programme, tally: LineTally, turn: Iterator[Lock]) -> None:
    """The programme's lines on one pass of draws."""
    for cells in (tally.yearly, tally.once):
        totals = [line_totals(union, name) for name in cells.metrics]
        for place, line in enumerate(tally.lines):
            with next(turn):
                cells.count(place, [of_line[line] for of_line in totals])
