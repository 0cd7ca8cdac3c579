"""The places a report shows: the states asked for, the rest of the union as one, the union."""

import math
from dataclasses import dataclass

from forecaster.run import Run
from models.arrays import UNION, Floats

REST = "rest"

ARTICLED = ("Netherlands", "Republic", "Kingdom")
"""Last words of the names that English gives an article within a sentence."""


@dataclass(frozen=True)
class Place:
    """A row's place: its code, its name, the states whose means it adds up."""

    code: str
    name: str
    states: tuple[str, ...]

    @property
    def spoken(self) -> str:
        """Its name within a sentence: "the Netherlands"."""
        name = self.name.removeprefix("The ")
        return f"the {name}" if name.endswith(ARTICLED) else self.name


def states(run: Run) -> tuple[Place, ...]:
    """Return the states shown, in the order of the case."""
    names = {state.code: state.name for state in run.case.budgets.states}
    return tuple(Place(code, names[code], (code,)) for code in run.states)


def summands(run: Run) -> tuple[Place, ...]:
    """Return the places that add up to the union: the states shown, and all others as one."""
    others = tuple(code for code in run.forecast.states if code not in run.states)
    return (*states(run), *([Place(REST, "Other states", others)] if others else []))


def union(run: Run) -> Place:
    """Return the union."""
    return Place(UNION, f"All {len(run.forecast.states)} states", run.forecast.states)


def shown(run: Run) -> tuple[Place, ...]:
    """Return the states shown, and the union below them."""
    return (*states(run), union(run))


def takes_part(run: Run, state: str) -> bool:
    """Whether a contract of the programme may call on a state; some join only where a case names them."""
    given = run.model.participation
    i = given.states.index(state)
    drawn = given.joins[i] and given.investment[i] > 0.0
    paid = [lot for lot in run.model.lots if lot.contract and lot.state_share > 0.0]
    return any(drawn if lot.keys is None else lot.keys[i] > 0.0 for lot in paid)


def mean(run: Run, metric: str, place: Place) -> Floats:
    """Mean of a metric in the baseline by year; of several states the sum of their means. Shape (year,)."""
    values = [run.statistics.mean(metric, run.baseline, code) for code in place.states]
    total: Floats = sum(values[1:], start=values[0])
    return total


def over_years(run: Run, metric: str, *group: Place) -> float:
    """Sum of the means of a metric over years and places."""
    return math.fsum(math.fsum(mean(run, metric, place)) for place in group)
