"""The judgements that rule the probability of red, each tried both ways on the same draws.

A judgement is a changed model. Its effect is counted on the first paths of the run, beside the baseline on
the same paths; the range is P(red) of the whole run plus the lowest and the highest of these differences.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

import numpy as np

from forecaster import assembly
from forecaster.case import Case
from forecaster.drivers.trials import assuming
from models import tables
from models.arrays import UNION, Floats, Integers
from models.model import Model
from models.promises import together
from models.shocks import BLOCK, drawn
from models.stress import Scenario
from models.variants import Sample, differing, kept, sample, under

PATHS = 16_384
"""Paths on which judgements are compared; all where a run has fewer."""

AT_ONCE = 2
"""Blocks compared at once."""

SIGNED_MOVES = 0.05
"""How much more and less is taken as signed for [share of planned investment]."""

SIGNED = ("more committed", "less committed")
"""The judgements that take it so."""

NEW: Mapping[str, float] = MappingProxyType({"all bought anyway": 0.0, "nothing without it": 1.0})
"""Ends of what states buy only because of the programme [share of every contract]. They say what the
programme does, not how strained a state is beside it, so they are in no range."""

BEST, SECOND = "pooled", "random_walk"
"""The two best methods for shares of GDP over 2000-2023 (`models/FORECASTING.md`): skill 34.3 and 31.5 %."""


@dataclass(frozen=True)
class Judgement:
    """A ruling judgement, decided otherwise. model: what a case's model becomes."""

    about: str
    model: Callable[[Case, Model], Model]


@dataclass(frozen=True)
class Judged:
    """P(red) as it stands and under each judgement, on the same paths.

    names: of the judgements; places: codes of the states, then the union; red: as it stands (place, year);
    red_if: under each judgement (judgement, place, year); own: where a ministry's own commitments stand
    (place, year).
    """

    paths: int
    names: tuple[str, ...]
    places: tuple[str, ...]
    red: Floats
    red_if: Floats
    red_new: Floats
    own: Floats

    def changes(self, place: str) -> Floats:
        """P(red) under each judgement less P(red) as it stands [share]. Shape (judgement, year)."""
        i = self.places.index(place)
        return self.red_if[:, i] - self.red[i]

    def changes_by_new(self, place: str) -> Floats:
        """P(red) at the ends of NEW less P(red) as it stands [share]. Shape (end, year)."""
        i = self.places.index(place)
        return self.red_new[:, i] - self.red[i]

    def lowest(self, place: str, probability: Floats) -> Floats:
        """Lowest P(red) over the judgements, for P(red) of the whole run (year,)."""
        return np.maximum(probability + np.minimum(self.changes(place).min(axis=0), 0.0), 0.0)

    def highest(self, place: str, probability: Floats) -> Floats:
        """Highest P(red) over the judgements, for P(red) of the whole run (year,)."""
        return np.minimum(probability + np.maximum(self.changes(place).max(axis=0), 0.0), 1.0)


@dataclass(frozen=True)
class Comparison:
    """Some blocks of draws under all models: an errand.

    models: as it stands first, then each judgement's, then those of the ends of NEW.
    """

    models: tuple[Model, ...]
    scenario: Scenario
    seed: int
    blocks: range

    def __call__(self) -> Integers:
        """How often strain is red. Shape (model, place, year)."""
        return self.counts(self.before())

    def before(self) -> Sample:
        """As it stands."""
        shocks = kept(drawn(self.seed, self.blocks.start, len(self.blocks)))
        return sample(self.models[0], shocks, self.scenario)

    def counts(self, before: Sample) -> Integers:
        """The same in variants of what stands. Shape (model, place, year)."""
        return np.array(
            [_counts(under(before, model, differing(before.model, model))) for model in self.models]
        )


def comparisons(
    case: Case, model: Model, scenario: Scenario, paths: int, seed: int
) -> tuple[Comparison, ...]:
    """The errands that count all judgements of a case."""
    judged_otherwise = (judgement.model(case, model) for judgement in JUDGEMENTS.values())
    models = (model, *judged_otherwise, *(_adding(model, share) for share in NEW.values()))
    blocks = range(min(paths, PATHS) // BLOCK)
    some = (blocks[first : first + AT_ONCE] for first in blocks[::AT_ONCE])
    return tuple(Comparison(models, scenario, seed, one) for one in some)


def judged(model: Model, counts: Sequence[Integers], paths: int) -> Judged:
    """What the comparisons of a run of so many paths have counted."""
    compared = min(paths, PATHS)
    shares = sum(counts, np.zeros_like(counts[0])) / compared
    own = [~np.isnan(state.contracted) for state in model.states]
    judgements = 1 + len(JUDGEMENTS)
    return Judged(
        paths=compared,
        names=tuple(JUDGEMENTS),
        places=(*(state.code for state in model.states), UNION),
        red=shares[0],
        red_if=shares[1:judgements],
        red_new=shares[judgements:],
        own=np.array([*own, np.all(own, axis=0)]),
    )


def rival(case: Case) -> str:
    """The better of the two best methods that the case does not use."""
    return SECOND if case.assumptions.budgets.method.value == BEST else BEST


def _adding(model: Model, share: float) -> Model:
    """The model where states buy so much of every contract only because of the programme."""
    return replace(model, lots=tuple(replace(lot, new=share) for lot in model.lots))


def _counts(one: Sample) -> Integers:
    """Of one model. Shape (place, year)."""
    states, limit = list(one.promises()), one.model.thresholds.red
    return np.array([(place.strained()[0] > limit).sum(axis=1) for place in (*states, together(states))])


def _committed(added: float) -> Callable[[Case, Model], Model]:
    def changed(_: Case, model: Model) -> Model:
        share = np.minimum(np.maximum(model.capacity.committed + added, 0.0), 1.0)
        return replace(model, capacity=replace(model.capacity, committed=share))

    return changed


def _passed(exponent: float) -> Callable[[Case, Model], Model]:
    def changed(_: Case, model: Model) -> Model:
        table = tables.pass_through(exponent, exponent)
        return replace(model, capacity=replace(model.capacity, passed=table))

    return changed


def _rival(case: Case, model: Model) -> Model:
    """The model on the forecasts of the other method; all else as it stands."""
    other = assuming(case, "budgets.method", rival(case))
    return assembly.remade(model, other, assembly.budget_forecast(other, model.years), ["states"])


JUDGEMENTS: Mapping[str, Judgement] = MappingProxyType(
    {
        "more committed": Judgement(
            f"share of planned investment already committed {100.0 * SIGNED_MOVES:g} points higher",
            _committed(SIGNED_MOVES),
        ),
        "less committed": Judgement(
            f"share of planned investment already committed {100.0 * SIGNED_MOVES:g} points lower",
            _committed(-SIGNED_MOVES),
        ),
        "no pass-through": Judgement(
            "commitments do not follow investment above or below plan (f = 0)", _passed(0.0)
        ),
        "pass-through 0.5": Judgement(
            "commitments follow investment above and below plan alike (f = 0.5)", _passed(0.5)
        ),
        "other forecasts": Judgement("budgets forecast by the other of the two best methods", _rival),
    }
)
"""What is tried. All states at once, all years, in the baseline."""
