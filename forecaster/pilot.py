"""Empty tallies: the grids that paths are counted on, laid by the first of them."""

from collections.abc import Hashable, Mapping, Sequence
from itertools import cycle

import numpy as np

from forecaster.count import asked
from models.arrays import UNION, Floats
from models.cells import Cells
from models.histograms import DENSE, Grid, Histogram, grid, stacked
from models.model import Model, draws
from models.programme import Programme, identity_error, line_totals
from models.shocks import drawn as drawn_shocks
from models.simulation import Asked, side_by_side
from models.strain import EVENTS, LINE_METRICS, METRICS, RATIO, Outcome
from models.stress import Scenario
from models.sums import MONEY_STEP, RATIO_STEP, Squares, Sum, scale
from models.tally import Counts, LineTally, ScenarioTally

PILOT_BLOCKS = 2


def blank(
    model: Model, groups: Sequence[Sequence[Scenario]], seed: int
) -> tuple[dict[str, ScenarioTally], float]:
    """Empty tallies on grids laid by the first paths of each scenario, and the worst error of the payers.

    A cell's grid depends on nothing else; the error is relative, in any of those paths.
    """
    drawn = draws(model, drawn_shocks(seed, 0, PILOT_BLOCKS))
    lines: dict[str, LineTally] = {}
    errors = []

    def see(group: Sequence[Scenario], union: Programme) -> None:
        errors.append(identity_error(union))
        lines.update(dict.fromkeys((one.id for one in group), _empty_lines(model, union, first=not lines)))

    ordered = asked(model, groups, drawn, see)
    own = _own([one.scenario for one in ordered])
    laid = [_Laid(metrics, of_baseline=k == 0) for k, metrics in enumerate(own)]
    for one, outcome in zip(cycle(laid), side_by_side(model, drawn, ordered), strict=False):
        one.see(outcome)
    return _tallies(model, ordered, laid, lines), max(errors)


def _own(scenarios: Sequence[Scenario]) -> list[list[str]]:
    """Metrics that each scenario counts itself, the baseline first: those no scenario before it shares."""
    seen: set[Hashable] = set()
    found = []
    for scenario in scenarios:
        own = [name for name in _kept(first=not seen) if _shared_by(name, scenario) not in seen]
        seen |= {_shared_by(name, scenario) for name in own}
        found.append(own)
    return found


def _kept(*, first: bool) -> list[str]:
    """Metrics kept of the baseline, which is the first, or of another scenario."""
    return [name for name, metric in METRICS.items() if first or metric.kept != "baseline"]


def _shared_by(metric: str, scenario: Scenario) -> Hashable:
    """What scenarios agree in that share the cells of a metric: the levers that move it."""
    return metric, scenario.moved(METRICS[metric].moved_by)


class _Laid:
    """Grids of the metrics that a scenario counts itself, laid by its outcomes of the pilot."""

    def __init__(self, metrics: Sequence[str], *, of_baseline: bool) -> None:
        self.metrics = metrics
        self._baseline = of_baseline
        self._grids: dict[str, list[Grid]] = {name: [] for name in metrics}
        self._scales: dict[str, list[tuple[Floats, Floats]]] = {name: [] for name in metrics}

    def see(self, outcome: Outcome) -> None:
        """Lay the cells of the next place."""
        for name in self.metrics:
            metric, values = METRICS[name], METRICS[name].of(outcome)
            if self._baseline or metric.kept == "distribution":
                self._grids[name].append(grid(values))
            if metric.kept == "distribution" and metric.unit == RATIO:
                self._scales[name].append(scale(values[:, :DENSE]))

    def cells(self, metric: str, places: int, years: int) -> Cells:
        """Empty cells of a metric."""
        grids, scales = self._grids[metric], self._scales[metric]
        return Cells(
            metric,
            Sum(MONEY_STEP if METRICS[metric].unit == "EUR million" else RATIO_STEP, places, years),
            Histogram(stacked(grids)) if grids else None,
            Squares(*map(np.array, zip(*scales, strict=True))) if scales else None,
        )


def _tallies(
    model: Model, ordered: Sequence[Asked], laid: Sequence[_Laid], lines: Mapping[str, LineTally]
) -> dict[str, ScenarioTally]:
    """Empty tallies of scenarios, the baseline first; what they share is one object."""
    places = (*(state.code for state in model.states), UNION)
    cells: dict[Hashable, Cells] = {}
    tallies = {}
    for one, own in zip(ordered, laid, strict=True):
        scenario, first = one.scenario, not cells
        for name in own.metrics:
            cells[_shared_by(name, scenario)] = own.cells(name, len(places), len(model.years))
        kept = {name: cells[_shared_by(name, scenario)] for name in _kept(first=first)}
        if not first:
            means = [name for name in kept if METRICS[name].kept == "mean"]
            kept |= {name: Cells(name, kept[name].sum) for name in means}
        counts = Counts(tuple(EVENTS), len(places), len(model.years))
        tallies[scenario.id] = ScenarioTally(places, kept, tuple(own.metrics), counts, lines[scenario.id])
    return tallies


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
