"""The number asked about, and what its state comes to on the median path."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from forecaster import assembly
from forecaster.figures import Figure
from forecaster.run import Run
from models import capacity
from models.arrays import Floats
from models.capacity import Money, State
from models.economy import levered
from models.model import draws
from models.simulation import outcome
from models.strain import Outcome
from models.stress import LEVERS, Scenario, at_place


def unshocked(_: str, rows: int) -> Floats:
    """Every shock at its median. Shape (rows, 1)."""
    return np.zeros((rows, 1))


@dataclass(frozen=True)
class Spot:
    """A state in a year and a scenario of a run."""

    run: Run
    code: str
    year: int
    scenario: str

    @property
    def t(self) -> int:
        """Position of the year among the projected ones."""
        return self.run.years.index(self.year)

    @property
    def i(self) -> int:
        """Position of the state in the model."""
        return self.run.forecast.states.index(self.code)

    @property
    def state(self) -> State:
        """The state in the model."""
        return self.run.model.states[self.i]

    @property
    def name(self) -> str:
        """Name of the state."""
        return next(one.name for one in self.run.case.budgets.states if one.code == self.code)

    @property
    def base(self) -> int:
        """The base year."""
        return self.run.case.assumptions.run.base_year

    @property
    def ahead(self) -> int:
        """Years after the base year."""
        return self.year - self.base

    @property
    def stressed(self) -> bool:
        """Whether the scenario is another than the baseline."""
        return self.scenario != self.run.baseline

    @property
    def key(self) -> tuple[str, str, int]:
        """Key of the spot's row on sheets with a row for each scenario, state and year."""
        return self.scenario, self.code, self.year

    def figure(self, table: str, item: int | str) -> Figure | None:
        """The figure read for the state."""
        return self.run.case.budgets.figure(table, self.code, item)

    def publisher(self, table: str) -> str:
        """Who published a table, in which vintage."""
        found = next((one for one in self.run.case.budgets.sources if one.table == table), None)
        return f"{found.publisher}, {found.vintage}" if found else ""

    def lever(self, scenario: str) -> Scenario:
        """Levers of a scenario over the projected years."""
        return assembly.scenarios(self.run.case, (scenario,), len(self.run.years))[-1]

    @property
    def levers(self) -> str:
        """The levers the scenario moves, in words; of one that differs by state, what is the state's."""
        table = next(one for one in self.run.case.scenarios if one.id == self.scenario)
        own = ((LEVERS[name], self._own(name, value)) for name, value in table.levers.items())
        return "; ".join(f"{lever.about} {value}" for lever, value in own)

    def _own(self, lever: str, value: object) -> object:
        """A lever's value for the state."""
        return at_place(value, self.code, LEVERS[lever]) if LEVERS[lever].by_state else value

    def median_money(self, scenario: str) -> Money:
        """Budget, investment and contracts signed before on the median path. Shapes (year, 1)."""
        model, levers = self.run.model, self.lever(scenario)
        drawn = draws(model, unshocked)
        level = levered(drawn.prices, model.economy, levers)
        return capacity.money(self.state, drawn.states[self.i], model.capacity, model.economy, levers, level)

    def median_outcome(self, scenario: str) -> Outcome:
        """The state's outcome on the median path. Shapes (year, 1)."""
        return outcome(self.run.model, unshocked, self.lever(scenario))[self.i]

    @cached_property
    def calm(self) -> Money:
        """Money on the median path of the baseline."""
        return self.median_money(self.run.baseline)

    @cached_property
    def money(self) -> Money:
        """Money on the median path of the scenario."""
        return self.median_money(self.scenario)

    @cached_property
    def outcome(self) -> Outcome:
        """The state's outcome on the median path of the scenario."""
        return self.median_outcome(self.scenario)

    def at(self, values: Floats) -> float:
        """Value of the year, on the one path of (year, 1) arrays or of (year,)."""
        return float(np.ravel(values)[self.t])
