"""Run: all that a sheet may see, frozen."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from forecaster import __version__
from forecaster.case import Case, canonical
from forecaster.case.differences.from_bundled import from_bundled
from forecaster.case.settings import of_ministry
from forecaster.drivers import Drivers
from forecaster.drivers.breaking import BreakingPoint
from forecaster.drivers.judgements import Judged
from forecaster.figures import Figure
from models.accuracy import Backtest
from models.budgets import Forecast
from models.model import Model
from models.severity import Severity
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
    """What a run was asked for, as resolved from the file and the command line.

    precision: half-width of P(red) of the baseline that paths were doubled for [points], None where they were
    given.
    """

    paths: int
    seed: int
    years: tuple[int, ...]
    scenarios: tuple[str, ...]
    as_of: str
    precision: float | None


@dataclass(frozen=True)
class Run:
    """Everything a run found.

    states: codes to be shown, in the order of states.csv; the model always holds all states of the case;
    judgements: P(red) where they are decided otherwise; severity: scenario -> how far out it lies; breaking:
    where each state breaks, empty where drivers were left out; drivers: what moves the figures, None where
    left out; accuracy: the backtest of its forecasts, None where the reference panel is too small for one;
    ministry: the state whose own view this is, empty in that of the union.
    """

    case: Case
    settings: Settings
    states: tuple[str, ...]
    forecast: Forecast
    model: Model
    statistics: Statistics
    judgements: Judged
    checks: tuple[Check, ...]
    warnings: tuple[str, ...]
    hashes: Mapping[str, str]
    run_id: str
    severity: Mapping[str, Severity]
    breaking: tuple[BreakingPoint, ...]
    drivers: Drivers | None
    accuracy: Backtest | None
    ministry: str = ""

    def of(self, state: str) -> "Run":
        """Return a ministry's view: its own state, with the union wherever a sheet compares.

        The same whichever states the run shows. Raises KeyError where the case has no such state.
        """
        if state not in self.case.budgets.codes:
            raise KeyError(state)
        case = of_ministry(self.case, state)
        name = canonical.run_id(canonical.identity(case), __version__)
        return replace(self, case=case, states=(state,), ministry=state, run_id=name)

    @property
    def title(self) -> str:
        """The programme's name; of a ministry's view that of its state too."""
        names = {state.code: f": {state.name}" for state in self.case.budgets.states}
        return self.case.programme.name + names.get(self.ministry, "")

    @cached_property
    def changed(self) -> Mapping[str, tuple[str, ...]]:
        """Names of what differs from the bundled case, by kind."""
        return from_bundled(self.case)

    @cached_property
    def figures(self) -> tuple[Figure, ...]:
        """The figures read that are shown, table by table: of a ministry's view those of its own state."""
        figures = self.case.budgets.figures
        order = {table: place for place, table in enumerate(dict.fromkeys(one.table for one in figures))}
        shown = (one for one in figures if not self.ministry or one.code == self.ministry)
        return tuple(sorted(shown, key=lambda figure: order[figure.table]))

    @cached_property
    def ends(self) -> Mapping[str, tuple[Figure, Figure]]:
        """First and last of the figures of each table that is read."""
        tables: dict[str, tuple[Figure, Figure]] = {}
        for figure in self.figures:
            tables[figure.table] = (tables.get(figure.table, (figure, figure))[0], figure)
        return tables

    @property
    def years(self) -> tuple[int, ...]:
        """The projected years."""
        return self.settings.years

    @property
    def horizon(self) -> str:
        """The projected years in words: "2026 to 2035", "2026"."""
        return f"{self.years[0]} to {self.years[-1]}" if len(self.years) > 1 else str(self.years[0])

    @property
    def baseline(self) -> str:
        """The scenario all others are compared with."""
        return self.settings.scenarios[0]
