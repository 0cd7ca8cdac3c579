"""Every assumption and judgement on the programme with a range, at both its ends on the same draws."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from pydantic import ValidationError

from forecaster import assembly
from forecaster.assembly.watched import source
from forecaster.case import Case
from forecaster.case.programme import LINE
from forecaster.case.quantities import Quantities, Record
from models.arrays import Floats
from models.budgets import Forecast
from models.model import Model
from models.sensitivity import Focus, figures
from models.shocks import BLOCK, drawn
from models.stress import Scenario
from models.variants import Sample, differing, kept, sample, under

BLOCKS = 2
"""Logical blocks on which assumptions are tried."""

PATHS = BLOCKS * BLOCK
"""Paths in them."""

CASES = "award.procurement_case"
"""The choice of what the EU pays of a joint contract: its cases are its ends."""

UNSEEN = frozenset({"financing", "fiscal"})
"""Parts of a model that no figure looked at here rests on, unless a state serves its loans from defence."""

AROUND = {"capacity.committed": 0.05}
"""Lists whose entries move by so much: their range says what each may be, not how far all may move."""


@dataclass(frozen=True)
class Ends:
    """An assumption at the lower and the upper end of its range; None where a value is not allowed.

    key: as in "cost.growth_median".
    """

    key: str
    low: Any
    high: Any


@dataclass(frozen=True)
class Trials:
    """What all trials of a run share; samples are drawn once a process."""

    case: Case
    model: Model
    forecast: Forecast
    scenario: Scenario
    seed: int
    focus: Focus

    @cached_property
    def before(self) -> Sample:
        """The case as it stands."""
        return sample(self.model, kept(drawn(self.seed, 0, BLOCKS)), self.scenario)

    @cached_property
    def stands(self) -> Floats:
        """Means of the figures as they stand. Shape (figure,)."""
        return _means(self.before, self.focus)

    @cached_property
    def sources(self) -> Mapping[str, frozenset[str]]:
        """Part of a model that figures rest on -> keys of the assumptions that it is made from."""
        unseen = frozenset() if any(state.pays_loan for state in self.model.states) else UNSEEN
        found = assembly.sources(self.case, self.forecast)
        return {part: keys for part, keys in found.items() if part not in unseen}

    def at(self, key: str, value: Any) -> Floats:  # noqa: ANN401 - a number, a list or a name
        """Means of the figures with another value of one assumption. Shape (figure,)."""
        other, forecast = assuming(self.case, key, value), self.forecast
        parts = [part for part, keys in self.sources.items() if source(key) in keys]
        if assembly.plan_rules(other) != assembly.plan_rules(self.case):
            forecast, parts = assembly.budget_forecast(other, self.model.years), [*self.sources]
        changed = assembly.remade(self.model, other, forecast, parts)
        moved = differing(self.model, changed)
        if not moved:
            return self.stands
        return _means(under(self.before, changed, moved), self.focus)


@dataclass(frozen=True)
class Trial:
    """One assumption: an errand."""

    shared: Trials
    ends: Ends

    def __call__(self) -> Floats:
        """Means of the figures at the lower end, at the upper end and as they stand. Shape (3, figure).

        NaN where a value is not allowed.
        """
        stands = self.shared.stands
        ends = [
            np.full_like(stands, np.nan) if value is None else self.shared.at(self.ends.key, value)
            for value in (self.ends.low, self.ends.high)
        ]
        return np.array([*ends, stands])


def tried(case: Case) -> Iterator[Ends]:
    """All that has a range, at its ends; and the cases of what the EU pays of a contract."""
    for key, record in case.records.items():
        ends = _cases(case) if key == CASES else record.range and _ends(key, record, record.range)
        if ends:
            yield Ends(key, *(_allowed(case, key, value) for value in ends))


def assuming(case: Case, key: str, value: Any) -> Case:  # noqa: ANN401 - a number, a list or a name
    """The case with another value of one assumption, which its section or line must allow.

    Raises ValidationError where it does not.
    """
    section, name = key.rsplit(".", 1)
    if section.startswith(f"{LINE}."):
        line = section.removeprefix(f"{LINE}.")
        return replace(case, programme=case.programme.assuming(line, name, value))
    table = getattr(case.assumptions, section)
    held = getattr(table, name)
    record = type(held).model_validate({**dict(held), "value": value, "range": None})
    changed = type(table).model_validate({**dict(table), name: record})
    return replace(case, assumptions=case.assumptions.model_copy(update={section: changed}))


def _allowed(case: Case, key: str, value: Any) -> Any:  # noqa: ANN401 - a number, a list or a name
    try:
        assuming(case, key, value)
    except ValidationError:
        return None
    return value


def _ends(key: str, record: Record, bounds: tuple[float, float]) -> tuple[Any, Any]:
    """Values at the ends of a range; a list moves as a whole, until one entry reaches its range."""
    if not isinstance(record, Quantities):
        return bounds
    values = record.value
    if key in AROUND:
        low, high = (tuple(value + sign * AROUND[key] for value in values) for sign in (-1.0, 1.0))
        return low, high
    low_factor, high_factor = bounds[0] / min(values), bounds[1] / max(values)
    return tuple(value * low_factor for value in values), tuple(value * high_factor for value in values)


def _cases(case: Case) -> tuple[str, str] | None:
    """Cases in which the EU pays least and most of a contract; None where no line has cases."""
    shares = next((line.eu_share for line in case.programme.lines if isinstance(line.eu_share, Mapping)), {})
    ranked = sorted(shares, key=lambda name: shares[name])
    return (ranked[0], ranked[-1]) if ranked else None


def _means(found: Sample, focus: Focus) -> Floats:
    return np.asarray(figures(found, focus).mean(axis=1))
