"""Run: all that a sheet may see, frozen."""

from collections.abc import Mapping
from dataclasses import dataclass

from forecaster.case import Case
from models.arrays import Floats
from models.budgets import Forecast
from models.simulation import Model
from models.tally import Statistics


@dataclass(frozen=True)
class Check:
    """A control: what was found, what was expected, how far apart they may be.

    `found` and `expected` are in `unit`; `where` says which sheet or table the figures come from.
    """

    name: str
    found: float
    expected: float
    tolerance: float
    unit: str
    where: str

    @property
    def passed(self) -> bool:
        """Whether found and expected are within the tolerance."""
        return abs(self.found - self.expected) <= self.tolerance


@dataclass(frozen=True)
class Settings:
    """What a run was asked for, as resolved from the file and the command line."""

    paths: int
    seed: int
    years: tuple[int, ...]
    scenarios: tuple[str, ...]
    as_of: str


@dataclass(frozen=True)
class Run:
    """Everything a run found.

    states: codes in the order of states.csv; models: scenario id -> the arrays that scenario ran on.
    """

    case: Case
    settings: Settings
    states: tuple[str, ...]
    forecast: Forecast
    model: Model
    statistics: Statistics
    checks: tuple[Check, ...]
    warnings: tuple[str, ...]
    hashes: Mapping[str, str]
    run_id: str

    @property
    def years(self) -> tuple[int, ...]:
        """The projected years."""
        return self.settings.years

    @property
    def passed(self) -> bool:
        """Whether every check passed."""
        return all(check.passed for check in self.checks)


def probabilities(run: Run, event: str, scenario: str, place: str) -> Floats:
    """Share of paths in which an event of METRICS occurs, per year [share]. Shape (years,)."""
    return run.statistics.probability(event, scenario, place)
