"""Run: all that a sheet may see, frozen."""

from collections.abc import Mapping
from dataclasses import dataclass

from forecaster.case import Case
from models.accuracy import Backtest
from models.budgets import Forecast
from models.simulation import Model
from models.statistics import Statistics


@dataclass(frozen=True)
class Check:
    """A control: what was found, what was expected, how far apart they may be.

    `found` and `expected` are in `unit`; `where` says which sheet or table the figures come from; kind:
    "equal", "at least" or "at most".
    """

    name: str
    found: float
    expected: float
    tolerance: float
    unit: str
    where: str
    kind: str = "equal"

    @property
    def excess(self) -> float:
        """How far found is on the wrong side of expected; 0 where a bound holds [unit]."""
        difference = self.found - self.expected
        if self.kind == "at least":
            return max(0.0, -difference)
        return max(0.0, difference) if self.kind == "at most" else abs(difference)

    @property
    def passed(self) -> bool:
        """Whether found and expected are within the tolerance."""
        return self.excess <= self.tolerance


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

    states: codes to be shown, in the order of states.csv; the model always holds all states of the case;
    accuracy: the backtest of its forecasts, None where the reference panel is too small for one.
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
    accuracy: Backtest | None = None

    @property
    def years(self) -> tuple[int, ...]:
        """The projected years."""
        return self.settings.years

    @property
    def baseline(self) -> str:
        """The scenario all others are compared with."""
        return self.settings.scenarios[0]

    @property
    def passed(self) -> bool:
        """Whether every check passed."""
        return all(check.passed for check in self.checks)
