"""What would break each state, and what would mend it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, cast

from forecaster.case import Case
from forecaster.drivers.worst_year import worst_year
from forecaster.machine.errands import Errand, begun
from forecaster.machine.processes import Helpers
from models.arrays import Floats
from models.breaking import Breaking, Faced, Limit, breaking, mean_keys
from models.model import Model
from models.remedies import BLOCKS, Question, Remedy, remedies
from models.rounding import rounded_number
from models.shocks import BLOCK
from models.statistics import Statistics
from models.stress import Scenario

DIGITS = 9
"""Significant digits kept, so that a search that ends in another last bit ends in the same report."""

TOGETHER = 4
"""States searched for at once: their contracts are made together, in passes of some 1,000 draws."""

AGREEMENT = 1.5
"""Factor within which the first-order probability must lie of the simulated one: judgement."""

LEAST = 20
"""Paths in red below which a simulated probability is too rough to be compared: judgement."""


@dataclass(frozen=True)
class BreakingPoint:
    """Where one state breaks, in its worst year.

    simulated: share of paths in red in that year; index: distance of the least unlikely break [standard
    deviations], negative where the median is red; probability: first-order, of red; importance: group of
    drivers -> share; median, point: what the state faces; moves, effects: from one to the other, by measure.
    """

    code: str
    year: int
    simulated: float
    paths: int
    reached: bool
    index: float
    probability: float
    importance: Mapping[str, float]
    median: Faced[float]
    point: Faced[float]
    moves: Mapping[str, float]
    effects: Mapping[str, float]
    limits: tuple[Limit, ...]
    remedies: tuple[Remedy, ...]

    @property
    def verdict(self) -> str:
        """Whether the first-order probability can be believed, by the simulated one."""
        if not self.reached or self.simulated * self.paths < LEAST:
            return "too rare to tell"
        ratio = self.probability / self.simulated
        return "agrees" if max(ratio, 1.0 / ratio) <= AGREEMENT else "differs"


@dataclass(frozen=True)
class Search:
    """An errand: the least unlikely breaks of some states, each in its year."""

    model: Model
    years: Mapping[str, int]
    keys: tuple[Floats, ...]

    def __call__(self) -> dict[str, Breaking]:
        """Search for them."""
        return breaking(self.model, self.years, self.keys)


@dataclass(frozen=True)
class Cure:
    """An errand: what would mend all states."""

    question: Question

    def __call__(self) -> dict[str, tuple[Remedy, ...]]:
        """Try all remedies."""
        return remedies(self.question)


def breaking_points(
    case: Case, model: Model, scenario: Scenario, statistics: Statistics, helpers: Helpers | None
) -> Callable[[], tuple[BreakingPoint, ...]]:
    """Have helpers begin with the breaking points of all states; what is returned does the rest beside them.

    In the order of the model; none where a case asks for no drivers. The same whatever the helpers.
    """
    if not case.assumptions.run.drivers:
        return tuple
    red = {state.code: statistics.probability("red", scenario.id, state.code) for state in model.states}
    years = {code: model.years[worst_year(statistics, scenario.id, code)] for code in red}
    seed, wished = case.assumptions.run.seed, case.assumptions.strain.wished.value
    blocks, keys = min(BLOCKS, statistics.paths // BLOCK), mean_keys(model, seed)
    cure = Cure(Question(model, scenario, seed, years, wished, blocks))
    some = ([*years][first : first + TOGETHER] for first in range(0, len(years), TOGETHER))
    searches = [Search(model, {code: years[code] for code in codes}, keys) for codes in some]
    finished = begun(cast("list[Errand[Any]]", [cure, *searches]), helpers)

    def found() -> tuple[BreakingPoint, ...]:
        mended, *parts = finished()
        breaks: dict[str, Breaking] = {code: one for part in parts for code, one in part.items()}
        return tuple(
            _point(
                (code, year, float(red[code][model.years.index(year)]), statistics.paths),
                breaks[code],
                mended[code],
            )
            for code, year in years.items()
        )

    return found


def _point(where: tuple[str, int, float, int], found: Breaking, mended: tuple[Remedy, ...]) -> BreakingPoint:
    code, year, simulated, paths = where
    return BreakingPoint(
        code=code,
        year=year,
        simulated=simulated,
        paths=paths,
        reached=found.found.reached,
        index=_rounded(found.found.index),
        probability=_rounded(found.found.probability),
        importance={name: _rounded(share) for name, share in found.importance.items()},
        median=found.median.each(_rounded),
        point=found.point.each(_rounded),
        moves={name: _rounded(move) for name, move in found.moves().items()},
        effects={name: _rounded(effect) for name, effect in found.effects().items()},
        limits=tuple(
            Limit(one.group, one.reached, _rounded(one.distance), _rounded(one.move)) for one in found.limits
        ),
        remedies=mended,
    )


def _rounded(value: float) -> float:
    return rounded_number(value, DIGITS)
