"""What drives the figures of a run: shares of variance, swings of drivers, effects of assumptions.

All on the first paths of the run, in pieces that helpers share; the same whoever does them.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np

from forecaster.case import Case
from forecaster.errands import Errand, results
from forecaster.judgements import Judged, comparisons, judged
from forecaster.processes import Helpers
from forecaster.trials import Ends, Trial, Trials, tried
from models.arrays import UNION, Floats
from models.budgets import Forecast
from models.sensitivity import (
    FAMILIES,
    Focus,
    Ranked,
    Shares,
    Span,
    Swings,
    figures,
    ranked,
    reads,
    scores,
    shares,
    swings,
)
from models.shocks import BLOCK, DRIVERS, drawn
from models.simulation import Model
from models.statistics import Statistics
from models.stress import Scenario
from models.variants import drivers_read, kept, mixed, sample, without_treasury

PATHS = 8_192
"""Paths on which variance is divided; all where a run has fewer."""

PASS_BLOCKS = 2
"""Logical blocks evaluated at once."""

UNION_FIGURES = ("net call", "gap", "states in red")


@dataclass(frozen=True)
class Extent:
    """How far to look: paths and seed of the run, whether drivers are asked for."""

    paths: int
    seed: int
    drivers: bool


@dataclass(frozen=True)
class Effect:
    """An assumption at the lower end of its range, at the upper end, and as it stands.

    strain: mean by state in its worst year; red: P(red) in any year by state; both (3, state); union: means
    of UNION_FIGURES (3, figure). NaN where a value is not allowed.
    """

    ends: Ends
    strain: Floats
    red: Floats
    union: Floats

    @property
    def change(self) -> Floats:
        """P(red) at the upper end less that at the lower (state,)."""
        return np.asarray(self.red[1] - self.red[0])

    @property
    def size(self) -> float:
        """Mean over the states of how far P(red) moves, either way [share]; 0 where an end is not allowed."""
        return float(np.nan_to_num(np.abs(self.change)).mean())


@dataclass(frozen=True)
class Drivers:
    """What drives a run. places: codes of the states, then the union; focus: the years looked at.

    families, shares: of the variance of the figures of `models.sensitivity.figures`; swings: (place, driver)
    -> strain in the worst year and P(red) in any, or UNION_FIGURES; effects: of assumptions, strongest first.
    """

    paths: int
    places: tuple[str, ...]
    focus: Focus
    families: tuple[str, ...]
    shares: Shares
    swings: Mapping[tuple[str, str], Swings]
    effects: tuple[Effect, ...]


@dataclass(frozen=True)
class Division:
    """One pass of draws, with each family in turn taken from other draws: an errand."""

    model: Model
    scenario: Scenario
    focus: Focus
    seed: int
    first: int
    blocks: int

    def __call__(self) -> tuple[Floats, Floats, Floats]:
        """Figures as drawn, on replica 1, and there with each family as drawn.

        Shapes (figure, draw), (figure, draw), (family, figure, draw).
        """
        ours, rest = (kept(drawn(self.seed, self.first, self.blocks, replica)) for replica in (0, 1))
        model = without_treasury(self.model)
        before = sample(model, rest, self.scenario)
        asked, streams = drivers_read(model)
        mixtures = [
            figures(mixed(before, ours, frozenset(FAMILIES[name]), asked), self.focus)
            for name in families(streams)
        ]
        whole = figures(sample(model, ours, self.scenario), self.focus)
        return whole, figures(before, self.focus), np.array(mixtures)


def insight(
    case: Case,
    model: Model,
    forecast: Forecast,
    scenario: Scenario,
    seen: Statistics,
    helpers: Helpers | None,
) -> tuple[Judged, Callable[[], Drivers | None]]:
    """P(red) under other judgements, and what drives the figures where the case asks for that.

    scenario: the baseline; seen: what the run has counted, which says in which years to look. The drivers are
    all tried; what is returned for them puts them together, which this process can do while others work.
    """
    how = Extent(seen.paths, case.assumptions.run.seed, case.assumptions.run.drivers)
    compared = comparisons(case, model, scenario, how.paths, how.seed)
    focus = looked_at(model, scenario, seen)
    divided = divisions(model, scenario, focus, how) if how.drivers else ()
    shared = Trials(case, model, forecast, scenario, how.seed, focus)
    trials = tuple(Trial(shared, ends) for ends in tried(case)) if how.drivers else ()
    errands: list[Errand[Any]] = [*divided, *compared, *trials]
    found = results(errands, helpers)
    after = len(divided) + len(compared)
    ruling = judged(model, found[len(divided) : after], how.paths)
    effects = list(zip(trials, found[after:], strict=True))
    return ruling, lambda: _drivers(shared, found[: len(divided)], effects) if how.drivers else None


def looked_at(model: Model, scenario: Scenario, seen: Statistics) -> Focus:
    """Years of the highest P(red) by state, of the union's largest mean gap, of most states in red.

    Where red never occurs, the year of the highest mean strain.
    """
    counts = seen.states_in_red(scenario.id)
    together = (counts * np.arange(counts.shape[1])).sum(axis=1)
    return Focus(
        worst=tuple(_worst(seen, scenario.id, state.code) for state in model.states),
        gap=int(seen.mean("gap", scenario.id, UNION).argmax()),
        red=int(together.argmax()),
    )


def divisions(model: Model, scenario: Scenario, focus: Focus, how: Extent) -> tuple[Division, ...]:
    """The errands that divide variance."""
    blocks = min(how.paths, PATHS) // BLOCK
    return tuple(
        Division(model, scenario, focus, how.seed, first, min(PASS_BLOCKS, blocks - first))
        for first in range(0, blocks, PASS_BLOCKS)
    )


def families(streams: Mapping[str, int]) -> tuple[str, ...]:
    """Families of which the model reads a driver."""
    return tuple(
        name for name, drivers in FAMILIES.items() if any(reads(streams, driver) for driver in drivers)
    )


def _worst(seen: Statistics, scenario: str, code: str) -> int:
    red, strain = seen.probability("red", scenario, code), seen.mean("strain", scenario, code)
    return int(red.argmax() if red.any() else strain.argmax())


def _drivers(
    shared: Trials,
    passes: Sequence[tuple[Floats, Floats, Floats]],
    trials: Sequence[tuple[Trial, Floats]],
) -> Drivers:
    model, focus = shared.model, shared.focus
    ours, rest, mixtures = (np.concatenate(parts, axis=-1) for parts in zip(*passes, strict=True))
    _, streams = drivers_read(model)
    number = len(model.states)
    effects = [Effect(trial.ends, *np.split(means, [number, 2 * number], axis=1)) for trial, means in trials]
    return Drivers(
        paths=ours.shape[1],
        places=(*(state.code for state in model.states), UNION),
        focus=focus,
        families=families(streams),
        shares=shares(ours, rest, mixtures),
        swings=_swings(shared, streams, ours),
        effects=tuple(sorted(effects, key=lambda effect: -effect.size)),
    )


def _swings(shared: Trials, streams: Mapping[str, int], values: Floats) -> dict[tuple[str, str], Swings]:
    """Swings of each place with each driver that the model reads for it. values: (figure, draw)."""
    looked = _looked(shared, values)
    shocks = drawn(shared.seed, 0, values.shape[1] // BLOCK)
    found = {}
    for driver in DRIVERS:
        read = [place for place in looked if reads(streams, driver, None if place == UNION else place)]
        wanted = {place: [_span(driver, years, place) for years, _ in looked[place]] for place in read}
        spans = {span for asked in wanted.values() for span in asked}
        of = {
            span: ranked(score[np.newaxis]) for span, score in scores(shocks, streams, driver, spans).items()
        }
        for place, asked in wanted.items():
            parts = [swings(seen, of[span]) for (_, seen), span in zip(looked[place], asked, strict=True)]
            found[place, driver] = _joined(parts)
    return {
        (place, driver): found[place, driver]
        for place in looked
        for driver in DRIVERS
        if (place, driver) in found
    }


def _looked(shared: Trials, values: Floats) -> dict[str, list[tuple[int, Ranked]]]:
    """Figures of each place, with the number of years that they rest on. values: (figure, draw)."""
    focus, number = shared.focus, len(shared.model.states)
    looked = {
        state.code: [(t + 1, ranked(values[[i, number + i]]))]
        for i, (state, t) in enumerate(zip(shared.model.states, focus.worst, strict=True))
    }
    years = (len(shared.model.years), focus.gap + 1, focus.red + 1)
    union = (ranked(row[np.newaxis]) for row in values[2 * number :])
    return {**looked, UNION: list(zip(years, union, strict=True))}


def _span(driver: str, years: int, place: str) -> Span:
    """What counts of a driver for a figure of some years in a place."""
    about = DRIVERS[driver]
    own = "state" in about.over and place != UNION
    return Span(years if about.yearly else 1, place if own else None)


def _joined(parts: Sequence[Swings]) -> Swings:
    return Swings(*(np.concatenate([getattr(one, f.name) for one in parts]) for f in fields(Swings)))
