"""Empty tallies: the grids that paths are counted on, laid by the first of them."""

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from forecaster.engine.count import simulated
from forecaster.machine.errands import results
from forecaster.machine.processes import Helpers
from models.arrays import UNION, Floats
from models.cells import Cells, empty
from models.histograms import DENSE, Grid, grid, stacked
from models.metrics import EVENTS, LINE_METRICS, METRICS, MONEY, RATIO
from models.model import Draws, Model, draws
from models.programme import Programme, identity_error, line_totals
from models.reach import moved_in
from models.shocks import drawn as drawn_shocks
from models.strain import Outcome
from models.stress import Scenario
from models.sums import MONEY_STEP, RATIO_STEP, scale
from models.tally import Counts, Kept, LineTally, ScenarioTally

PILOT_BLOCKS = 2


def blank(
    model: Model, groups: Sequence[Sequence[Scenario]], seed: int, helpers: Helpers | None = None
) -> tuple[dict[str, ScenarioTally], float]:
    """Empty tallies on grids laid by the first paths of each scenario, and the worst error of the payers.

    A cell's grid depends on nothing else; the error is relative, in any of those paths. helpers: share groups
    of scenarios with this process.
    """
    scenarios = [scenario for group in groups for scenario in group]
    pilot = Pilot(model, seed, _counted_by(model, scenarios))
    found = results([OfGroup(pilot, group, first=group is groups[0]) for group in groups], helpers)
    laid = [one for piloted in found for one in piloted.laid]
    lines = {one.id: piloted.lines for group, piloted in zip(groups, found, strict=True) for one in group}
    return _tallies(pilot, scenarios, laid, lines), max(piloted.error for piloted in found)


@dataclass(frozen=True)
class Pilot:
    """What all groups share; paths are drawn once a process.

    counted_by: scenario -> metric -> in each place the scenario that counts it.
    """

    model: Model
    seed: int
    counted_by: Mapping[str, Mapping[str, Sequence[str]]]

    @cached_property
    def _holders(self) -> dict[tuple[str, ...], str]:
        """Metric and who counts it in each place -> the first scenario of which that is so."""
        found: dict[tuple[str, ...], str] = {}
        for scenario, metrics in self.counted_by.items():
            for name, others in metrics.items():
                found.setdefault((name, *others), scenario)
        return found

    def holder(self, metric: str, scenario: str) -> str:
        """The first scenario that agrees with one in a metric everywhere: it has the cells of both."""
        return self._holders[metric, *self.counted_by[scenario][metric]]

    def own(self, scenario: str) -> list[str]:
        """Metrics of which a scenario has the cells."""
        return [name for name in self.counted_by[scenario] if self.holder(name, scenario) == scenario]

    @cached_property
    def drawn(self) -> Draws:
        """The first paths."""
        return draws(self.model, drawn_shocks(self.seed, 0, PILOT_BLOCKS))


@dataclass(frozen=True)
class Piloted:
    """Grids of each scenario of a group, an empty tally of its lines, the worst error of the payers."""

    laid: Sequence["_Laid"]
    lines: LineTally
    error: float


@dataclass(frozen=True)
class OfGroup:
    """A group of scenarios on the first paths: an errand. first: whether the baseline is among them."""

    pilot: Pilot
    group: Sequence[Scenario]
    first: bool

    def __call__(self) -> Piloted:
        """Grids and an empty tally."""
        model, drawn = self.pilot.model, self.pilot.drawn
        ((union, run),) = simulated(model, [self.group], drawn, in_layers=self.first)
        laid: list[_Laid] = []
        for scenario, found in run:
            laid.append(_Laid(self.pilot.own(scenario.id), of_baseline=self.first and not laid))
            for outcome in found:
                laid[-1].see(outcome)
        return Piloted(laid, _empty_lines(model, union, first=self.first), identity_error(union))


def _counted_by(model: Model, scenarios: Sequence[Scenario]) -> dict[str, dict[str, tuple[str, ...]]]:
    """Scenario -> metric -> in each place the first scenario that agrees with it; the baseline first."""
    places = [*((state,) for state in model.states), model.states]
    first: dict[Hashable, str] = {}

    def agreeing(name: str, scenario: Scenario) -> Iterator[str]:
        for place, states in enumerate(places):
            key = name, place, moved_in(scenario, METRICS[name].moved_by, states)
            yield first.setdefault(key, scenario.id)

    return {
        scenario.id: {name: tuple(agreeing(name, scenario)) for name in _kept(first=scenario is scenarios[0])}
        for scenario in scenarios
    }


def _kept(*, first: bool) -> list[str]:
    """Metrics kept of the baseline, which is the first, or of another scenario."""
    return [name for name, metric in METRICS.items() if first or metric.kept != "baseline"]


class _Laid:
    """Grids of the metrics of which a scenario has the cells, laid by its outcomes of the pilot."""

    def __init__(self, metrics: Sequence[str], *, of_baseline: bool) -> None:
        squared = [name for name in metrics if _has_squares(name)]
        binned = [name for name in metrics if of_baseline or METRICS[name].kept == "distribution"]
        self.metrics = tuple(dict.fromkeys((*squared, *binned, *metrics)))
        self._grids: dict[str, list[Grid]] = {name: [] for name in self.metrics if name in binned}
        self._scales: dict[str, list[tuple[Floats, Floats]]] = {name: [] for name in squared}

    def see(self, outcome: Outcome) -> None:
        """Lay the cells of the next place."""
        for name, grids in self._grids.items():
            values = METRICS[name].of(outcome)
            grids.append(grid(values))
            if name in self._scales:
                self._scales[name].append(scale(values[:, :DENSE]))

    def cells(self, places: int, years: int, elsewhere: Mapping[tuple[int, int], Cells]) -> Cells:
        """Empty cells; elsewhere: as in `Cells`."""
        apart = [zip(*of_metric, strict=True) for of_metric in self._scales.values()]
        return empty(
            {name: MONEY_STEP if METRICS[name].unit == MONEY else RATIO_STEP for name in self.metrics},
            places,
            years,
            [stacked(of_metric) for of_metric in self._grids.values()],
            [(np.array(about), np.array(step)) for about, step in apart],
            elsewhere,
        )


def _has_squares(metric: str) -> bool:
    return METRICS[metric].kept == "distribution" and METRICS[metric].unit == RATIO


def _tallies(
    pilot: Pilot, scenarios: Sequence[Scenario], laid: Sequence[_Laid], lines: Mapping[str, LineTally]
) -> dict[str, ScenarioTally]:
    """Empty tallies of scenarios, the baseline first; what they share is counted by the first of them."""
    places, years = (*(state.code for state in pilot.model.states), UNION), len(pilot.model.years)
    own: dict[str, Cells] = {}
    tallies = {}
    for scenario, grids in zip(scenarios, laid, strict=True):
        first, counted_by = not own, pilot.counted_by[scenario.id]
        elsewhere = {
            (m, place): own[other]
            for m, name in enumerate(grids.metrics)
            for place, other in enumerate(counted_by[name])
            if other != scenario.id
        }
        own[scenario.id] = grids.cells(len(places), years, elsewhere)
        kept = {
            name: Kept(
                own[pilot.holder(name, scenario.id)],
                first or METRICS[name].kept == "distribution",
            )
            for name in counted_by
        }
        counts = Counts(tuple(EVENTS), len(places), years)
        tallies[scenario.id] = ScenarioTally(places, own[scenario.id], kept, counts, lines[scenario.id])
    return tallies


def _empty_lines(model: Model, union: Programme, *, first: bool) -> LineTally:
    """Tally of the programme's lines, one for all scenarios that share contracts and payments."""
    yearly = [name for name, one in LINE_METRICS.items() if one.yearly and (first or one.everywhere)]
    once = [name for name, one in LINE_METRICS.items() if not one.yearly]
    totals = {name: line_totals(union, name) for name in yearly}
    lines = tuple(line_totals(union, once[0]))
    grids = [stacked([grid(values) for values in of_line.values()]) for of_line in totals.values()]
    return LineTally(
        lines,
        empty(dict.fromkeys(yearly, MONEY_STEP), len(lines), len(model.years), grids),
        empty(dict.fromkeys(once, MONEY_STEP), len(lines), 1),
    )
