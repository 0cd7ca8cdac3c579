"""What drives the figures of a run: shares of variance, swings of drivers, effects of assumptions.

All on the first paths of the run, in pieces that helpers share; the same whoever does them.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from itertools import islice
from typing import Any

import numpy as np

from forecaster.case import Case
from forecaster.drivers.judgements import Comparison, Judged, comparisons, judged
from forecaster.drivers.trials import Ends, Trial, Trials, tried
from forecaster.drivers.worst_year import worst_year
from forecaster.machine.errands import Errand, results
from forecaster.machine.processes import Helpers
from models import sensitivity
from models.arrays import UNION, Floats, Integers
from models.budgets import Forecast
from models.model import Model
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
)
from models.shocks import BLOCK, DRIVERS, Shocks, drawn, driver_of
from models.statistics import Statistics
from models.stress import Scenario
from models.variants import drivers_read, kept, mixed, sample

PATHS = 8_192
"""Paths on which variance is divided; all where a run has fewer."""

UNION_FIGURES = ("net call", "gap", "states in red")

PROGRAMME = ("prices before contract", "dates and delays", "money used and saved", "who takes part")
"""Families that reach strain through the programme alone."""


@dataclass(frozen=True)
class Effect:
    """An assumption at the lower end of its range, at the upper end, and as it stands.

    red: P(red) in any year (3, state); union: means of UNION_FIGURES (3, figure). NaN where a value is not
    allowed.
    """

    ends: Ends
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
    """Blocks of draws compared, and with each family in turn taken from other draws: an errand."""

    compared: Comparison
    focus: Focus

    def __call__(self) -> tuple[Integers, tuple[Floats, Floats, Floats]]:
        """What was compared; figures as drawn, on replica 1, and there with each family as drawn.

        Shapes (figure, draw), (figure, draw), (family, figure, draw).
        """
        drawn_so = self.compared.before()
        counts, whole, ours = self.compared.counts(drawn_so), figures(drawn_so, self.focus), drawn_so.shocks
        blocks = self.compared.blocks
        rest = kept(drawn(self.compared.seed, blocks.start, len(blocks), replica=1))
        before = sample(drawn_so.model, rest, drawn_so.scenario)
        del drawn_so
        asked, streams = drivers_read(before.model)
        mixtures = [
            figures(mixed(before, ours, frozenset(FAMILIES[name]), asked), self.focus)
            for name in families(streams)
        ]
        return counts, (whole, figures(before, self.focus), np.array(mixtures))


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
    seed, focus = case.assumptions.run.seed, looked_at(model, scenario, seen)
    compared = comparisons(case, model, scenario, seen.paths, seed)
    if not case.assumptions.run.drivers:
        return judged(model, results(compared, helpers), seen.paths), lambda: None
    divided = [Division(one, focus) for one in compared if one.blocks.stop <= PATHS // BLOCK]
    others, ends = compared[len(divided) :], tuple(tried(case))
    shared = Trials(case, model, forecast, scenario, seed, focus)
    errands: list[Errand[Any]] = [*divided, *others, *(Trial(shared, one) for one in ends)]
    found = iter(results(errands, helpers))
    counts, parts = zip(*islice(found, len(divided)), strict=True)
    ruling = judged(model, [*counts, *islice(found, len(others))], seen.paths)
    effects = [_effect(one, means, len(model.states)) for one, means in zip(ends, found, strict=True)]
    return ruling, lambda: _drivers(model, focus, seed, parts, effects)


def looked_at(model: Model, scenario: Scenario, seen: Statistics) -> Focus:
    """Each state's worst year, the years of the union's largest mean gap and of most states in red."""
    return Focus(
        worst=tuple(worst_year(seen, scenario.id, state.code) for state in model.states),
        gap=int(seen.mean("gap", scenario.id, UNION).argmax()),
        red=int(seen.mean_at_once("red", scenario.id).argmax()),
    )


def families(streams: Mapping[str, int]) -> tuple[str, ...]:
    """Families of which the model reads a driver."""
    return tuple(
        name for name, drivers in FAMILIES.items() if any(reads(streams, driver) for driver in drivers)
    )


def _effect(ends: Ends, means: Floats, states: int) -> Effect:
    """Of the means of the figures (3, figure), those after the mean strain of each state."""
    return Effect(ends, means[:, states : 2 * states], means[:, 2 * states :])


def _drivers(
    model: Model,
    focus: Focus,
    seed: int,
    parts: Sequence[tuple[Floats, Floats, Floats]],
    effects: Sequence[Effect],
) -> Drivers:
    ours, rest, mixtures = (np.concatenate(part, axis=-1) for part in zip(*parts, strict=True))
    _, streams = drivers_read(model)
    return Drivers(
        paths=ours.shape[1],
        places=(*(state.code for state in model.states), UNION),
        focus=focus,
        families=families(streams),
        shares=shares(ours, rest, mixtures),
        swings=_swings(model, drawn(seed, 0, ours.shape[1] // BLOCK), _looked(model, focus, ours)),
        effects=tuple(sorted(effects, key=lambda effect: -effect.size)),
    )


Looked = Mapping[str, Sequence[tuple[int, Ranked]]]
"""Figures of each place, with the number of years that they rest on."""


def _swings(model: Model, shocks: Shocks, looked: Looked) -> dict[tuple[str, str], Swings]:
    """Swings of each place with each driver that the model reads for it."""
    _, streams = drivers_read(model)
    found = {}
    for driver in DRIVERS:
        own = {name: rows for name, rows in streams.items() if driver_of(name) == driver}
        read = [place for place in looked if reads(own, driver, None if place == UNION else place)]
        wanted = {place: [_span(driver, years, place) for years, _ in looked[place]] for place in read}
        spans = {span for asked in wanted.values() for span in asked}
        of = {span: ranked(one[np.newaxis]) for span, one in scores(shocks, own, driver, spans).items()}
        for place, asked in wanted.items():
            parts = [
                sensitivity.swings(seen, of[span])
                for (_, seen), span in zip(looked[place], asked, strict=True)
            ]
            found[place, driver] = _joined(parts)
    every = ((place, driver) for place in looked for driver in DRIVERS)
    return {key: found[key] for key in every if key in found}


def _looked(model: Model, focus: Focus, values: Floats) -> Looked:
    """What is looked at of the figures as drawn (figure, draw)."""
    number = len(model.states)
    looked = {
        state.code: [(t + 1, ranked(values[[i, number + i]]))]
        for i, (state, t) in enumerate(zip(model.states, focus.worst, strict=True))
    }
    years = (len(model.years), focus.gap + 1, focus.red + 1)
    union = (ranked(row[np.newaxis]) for row in values[2 * number :])
    return {**looked, UNION: list(zip(years, union, strict=True))}


def _span(driver: str, years: int, place: str) -> Span:
    """What counts of a driver for a figure of some years in a place."""
    about = DRIVERS[driver]
    own = "state" in about.over and place != UNION
    return Span(years if about.yearly else 1, place if own else None)


def _joined(parts: Sequence[Swings]) -> Swings:
    return Swings(*(np.concatenate([getattr(one, f.name) for one in parts]) for f in fields(Swings)))
