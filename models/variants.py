"""The same draws under another model: what a changed assumption moves is made again, the rest is kept.

A judgement is a changed `Model`. Draws and programme are reused where the change does not touch what they are
made from; what is not known to be untouched is made again.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from functools import cache
from typing import Any

import numpy as np

from models import capacity, promises
from models.arrays import Floats
from models.economy import Economy
from models.model import PARTS, Draws, Model, calling_draws
from models.programme import net_calls
from models.promises import Promises
from models.shocks import Shocks, driver_of, noting
from models.stress import Scenario


@dataclass(frozen=True)
class Sample:
    """A model's draws and what follows from them in a scenario.

    net_calls: of the programme (state, year, draw); has: of each state, investment and what is promised of it
    before those (year, draw).
    """

    model: Model
    shocks: Shocks
    scenario: Scenario
    draws: Draws
    net_calls: Floats
    has: tuple[tuple[Floats, Floats], ...]

    def promises(self) -> Iterator[Promises]:
        """Of every state, in the order of the model."""
        for (investment, committed), net_call in zip(self.has, self.net_calls, strict=True):
            yield Promises(investment, committed, net_call)


def sample(model: Model, shocks: Shocks, scenario: Scenario) -> Sample:
    """Draws of a model and what follows from them."""
    made = calling_draws(model, shocks)
    return Sample(
        model, shocks, scenario, made, net_calls(model, made, scenario), _has(model, made, scenario)
    )


def under(before: Sample, model: Model, changed: frozenset[str]) -> Sample:
    """The sample of another model on the same shocks. changed: in what it differs, as `differing` says."""
    again = {name: part(model, before.shocks) for name, part in PARTS.items() if changed & READ[name]}
    return _renewed(replace(before, model=model), before.shocks, again, changed)


def mixed(
    before: Sample, other: Shocks, family: frozenset[str], asked: Mapping[str, frozenset[str]]
) -> Sample:
    """The sample with the drivers of a family taken from another source, all others as they are.

    asked: the drivers that each part of the draws reads, as found by `drivers_read`.
    """

    def source(name: str, rows: int) -> Any:  # noqa: ANN401 - an array of either source
        return (other if driver_of(name) in family else before.shocks)(name, rows)

    again = {name: part(before.model, source) for name, part in PARTS.items() if asked[name] & family}
    return _renewed(before, source, again, frozenset())


def _renewed(before: Sample, shocks: Shocks, again: Mapping[str, Any], changed: frozenset[str]) -> Sample:
    """The sample with some parts of its draws made again, and what does not stay with them.

    changed: in what the model differs. Of the draws of states net calls read the currency alone.
    """
    drawn, parts = replace(before.draws, **again), set(again)
    euro = tuple(tuple(state.euro for state in draws.states) for draws in (before.draws, drawn))
    calls, has = before.net_calls, before.has
    if changed - _unread(before.scenario) or parts - {"states"} or not same(*euro):
        calls = net_calls(before.model, drawn, before.scenario)
    if changed & ONLY_MONEY or parts & {"prices", "states"}:
        has = _has(before.model, drawn, before.scenario)
    return replace(before, shocks=shocks, draws=drawn, net_calls=calls, has=has)


def _unread(scenario: Scenario) -> frozenset[str]:
    """What of a model net calls do not read in a scenario, but through the draws."""
    return ONLY_STATES | {"lots.sustainment"} | (set() if scenario.number("successor") else {"successor"})


def _has(model: Model, drawn: Draws, scenario: Scenario) -> tuple[tuple[Floats, Floats], ...]:
    return tuple((one.investment, one.committed) for one in promises.money(model, drawn, scenario))


def drivers_read(model: Model) -> tuple[dict[str, frozenset[str]], dict[str, int]]:
    """Drivers that each part of the draws reads, and all streams with the rows asked of them."""
    streams: dict[str, int] = {}
    read: dict[str, frozenset[str]] = {}
    for part, made in PARTS.items():
        own: dict[str, int] = {}
        made(model, noting(own))
        read[part] = frozenset(map(driver_of, own))
        streams |= {name: max(rows, streams.get(name, 0)) for name, rows in own.items()}
    return read, streams


def kept(shocks: Shocks) -> Shocks:
    """A source that draws each stream once. Do not write to what it gives."""
    return cache(shocks)


def differing(first: Model, second: Model) -> frozenset[str]:
    """Fields in which two models differ; of states and their common numbers by field, as "states.plan"."""
    found = set()
    for name in (field.name for field in fields(Model)):
        one, other = getattr(first, name), getattr(second, name)
        if same(one, other):
            continue
        inner = PAIRED[name](one, other) if name in PAIRED else []
        found |= {f"{name}.{part}" for part in inner} or {name}
    return frozenset(found)


def same(first: object, second: object) -> bool:
    """Whether two values of a model are equal, arrays byte for byte: a missing value is as another."""
    if first is second:
        return True
    if type(first) is not type(second):
        return False
    if isinstance(first, np.ndarray) and isinstance(second, np.ndarray):
        alike = first.dtype == second.dtype and first.shape == second.shape
        return alike and first.tobytes() == second.tobytes()
    if isinstance(first, tuple) and isinstance(second, tuple):
        return len(first) == len(second) and all(map(same, first, second))
    if is_dataclass(first):
        return all(same(getattr(first, f.name), getattr(second, f.name)) for f in fields(first))
    return bool(first == second)


def _fields(first: object, second: object) -> list[str]:
    """Names of the fields in which two records of one kind differ."""
    names = [field.name for field in fields(first)]  # type: ignore[arg-type]  # a dataclass by the table below
    return [name for name in names if not same(getattr(first, name), getattr(second, name))]


def _all_fields(first: tuple[object, ...], second: tuple[object, ...]) -> list[str]:
    """The same over all records of two lists; none where the lists are not of one length."""
    if len(first) != len(second):
        return []
    return sorted({name for one, other in zip(first, second, strict=True) for name in _fields(one, other)})


PAIRED: Mapping[str, Callable[[Any, Any], list[str]]] = {
    "economy": _fields,
    "capacity": _fields,
    "states": _all_fields,
    "lots": _all_fields,
}
"""Fields of a model that are compared field by field."""

ONLY_MONEY = frozenset(
    {
        "capacity.committed",
        "capacity.passed",
        "capacity.cost_phase",
        "capacity.safe_new",
        "capacity.safe_committed",
        "states.scale",
        "states.plan",
        "states.contracted",
        "states.safe_loans",
        "states.safe_draw",
        "financing",
        "fiscal",
        "thresholds",
    }
)
"""What neither the draws nor the programme reads: what states have is made again where only these differ."""


def _of(name: str, record: type) -> frozenset[str]:
    return frozenset(f"{name}.{field.name}" for field in fields(record))


GDP = frozenset(
    f"economy.{name}"
    for name in (
        "growth_common",
        "growth_own",
        "growth_persistence",
        "deflator_common",
        "deflator_own",
        "deflator_persistence",
        "exponential",
    )
)
"""What the draws of states read of the economy."""

PRICES = _of("economy", Economy) - {
    "economy.growth_common",
    "economy.growth_own",
    "economy.growth_persistence",
    "economy.deflator_own",
}
"""What prices read of the economy."""

ONLY_STATES = _of("capacity", capacity.Capacity) | _of("states", capacity.State) | ONLY_MONEY | (GDP - PRICES)
"""What the programme does not read but through the draws of states."""

READ: Mapping[str, frozenset[str]] = {
    "prices": frozenset({"years"}) | PRICES,
    "lots": frozenset({"years", "timing", "lots"})
    | {
        f"lots.{name}"
        for name in ("name", "capability", "duration", "grant", "cut", "cost_growth", "price_sd")
    },
    "keys": frozenset(
        {"participation", "states", "lots", "lots.name", "lots.keys", "lots.minimum", "lots.contract"}
    ),
    "states": frozenset({"years", "states"}) | GDP | (ONLY_STATES - ONLY_MONEY),
}
"""What of a model each part of the draws reads."""
