"""The headline figures of a run, as a bridge moves them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from forecaster.compare.parts import Runnable
from forecaster.engine import simulate
from models.arrays import UNION, Floats
from models.statistics import Statistics

Key: TypeAlias = tuple[str, str]
"""Place and quantity of a headline figure."""

LARGEST = 3
"""States whose own resources stand among the figures of the union."""


@dataclass(frozen=True)
class Found:
    """What one run came to. Places: states and the union; arrays (year,), money in EUR million.

    red: probability of red, of the union the mean number of states in red; totals: over the years, of a place
    and a quantity.
    """

    states: tuple[str, ...]
    years: tuple[int, ...]
    red: Mapping[str, Floats]
    strain: Mapping[str, Floats]
    totals: Mapping[Key, float]


@dataclass(frozen=True)
class Headline:
    """A figure that is bridged. year: of a yearly figure, None of one over all years."""

    place: str
    quantity: str
    name: str
    unit: str
    year: int | None = None

    def of(self, found: Found) -> float:
        """Its value in a run; a state that is not there has nothing."""
        if self.year is None:
            return found.totals.get((self.place, self.quantity), 0.0)
        yearly = (found.red if self.quantity == "red" else found.strain).get(self.place)
        return 0.0 if yearly is None else float(yearly[found.years.index(self.year)])


@dataclass(frozen=True)
class Simulated:
    """A run as a piece of work that can travel to another process."""

    run: Runnable

    def __call__(self) -> Found:
        """Return what it came to."""
        return found(self.run)


def found(run: Runnable) -> Found:
    """Simulate the scenario of a run alone."""
    model, name = run.model, run.scenario.id
    simulated = simulate(model, (run.scenario,), run.paths, run.seed, None, lambda *_: None)
    statistics = simulated.statistics
    states = tuple(state.code for state in model.states)
    red = {code: statistics.probability("red", name, code) for code in states}
    red[UNION] = statistics.mean_at_once("red", name)
    strain = {code: statistics.percentiles("strain", name, code, (0.50,))[:, 0] for code in states}
    return Found(states, model.years, red, strain, _totals(statistics, name, states))


def _totals(statistics: Statistics, scenario: str, states: tuple[str, ...]) -> dict[Key, float]:
    def total(metric: str, place: str) -> float:
        return float(statistics.mean(metric, scenario, place).sum())

    totals = {
        (place, metric): total(metric, place)
        for place in (*states, UNION)
        for metric in ("eu_budget", "net_call", "gap")
    }
    paid = total("payments", UNION) + total("payments_beyond", UNION)
    return {**totals, (UNION, "payments"): paid}


def of_union(first: Found, second: Found) -> tuple[Headline, ...]:
    """Figures of all states together and own resources of the largest; the same whichever side is which."""

    def highest(code: str) -> float:
        return max(found.totals[code, "eu_budget"] for found in (first, second))

    largest = sorted(_shared(first, second), key=lambda code: (-highest(code), code))[:LARGEST]
    worst = _worst_year(first, second, UNION)
    return (
        Headline(UNION, "payments", "EU payments over the life", "EUR m"),
        Headline(UNION, "eu_budget", "own resources, all states", "EUR m"),
        *(Headline(code, "eu_budget", f"own resources, {code}", "EUR m") for code in largest),
        Headline(UNION, "net_call", "net call by the last year, all states", "EUR m"),
        Headline(UNION, "gap", "gap over the years, all states", "EUR m"),
        Headline(UNION, "red", f"states in red in {worst}, mean", "states, mean", worst),
    )


def of_states(first: Found, second: Found) -> tuple[Headline, ...]:
    """Figures of each state that both sides have, in the order of the first."""
    return tuple(headline for code in _shared(first, second) for headline in _of_state(first, second, code))


def _of_state(first: Found, second: Found, code: str) -> Iterator[Headline]:
    worst = _worst_year(first, second, code)
    yield Headline(code, "red", f"P(red) in {worst}", "share", worst)
    yield Headline(code, "strain", f"strain P50 in {worst}", "ratio", worst)
    yield Headline(code, "net_call", "net call by the last year", "EUR m")
    yield Headline(code, "eu_budget", "own resources by the last year", "EUR m")


def _shared(first: Found, second: Found) -> list[str]:
    return [code for code in first.states if code in second.states]


def _worst_year(first: Found, second: Found, place: str) -> int:
    """The year both have in which red is most likely on either side, the earliest of several."""

    def likely(year: int) -> float:
        return max(float(found.red[place][found.years.index(year)]) for found in (first, second))

    return min(sorted(set(first.years) & set(second.years)), key=lambda year: (-likely(year), year))
