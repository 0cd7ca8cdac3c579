"""What a case, a scenario and a result are: plain values by name."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeAlias

Normal: TypeAlias = Callable[[str, int], float]


Row: TypeAlias = list[float]


@dataclass(frozen=True)
class Forecast:
    """What the forecast hands over, by state code: logs, lists by year; spread: by year and score node."""

    gdp: Mapping[str, Row]
    center: Mapping[str, Row]
    spread: Mapping[str, list[Row]]
    pull: Mapping[str, Row]
    plan: Mapping[str, Row]
    status: Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class Case:
    """A case as plain values.

    states: code -> {"ally", "joins", "loan_key"}; tables: name -> (code, year) -> figure; loans: code ->
    (allocation, advance taken, paid by whom); assumed: "section.key" -> value; calls: (share, date); lines:
    as written.
    """

    years: Sequence[int]
    states: Mapping[str, Mapping[str, bool]]
    tables: Mapping[str, Mapping[tuple[str, int], float]]
    loans: Mapping[str, tuple[float, bool, str]]
    assumed: Mapping[str, Any]
    calls: Sequence[tuple[float, date]]
    last_payment: int
    lines: Sequence[Mapping[str, Any]]
    forecast: Forecast

    @property
    def base(self) -> int:
        return self.years[0] - 1

    def figure(self, table: str, code: str, year: int) -> float | None:
        return self.tables.get(table, {}).get((code, year))


@dataclass(frozen=True)
class Result:
    """Everything for one draw.

    places: code or "EU" -> quantity -> by year; lots: "line:capability" -> quantity -> by year or total.
    """

    places: Mapping[str, Mapping[str, Row]]
    lots: Mapping[str, Mapping[str, Any]]


class Levers:
    """Levers of a scenario; what it does not name is neutral."""

    def __init__(self, given: Mapping[str, Any], years: int) -> None:
        self.given, self.count = given, years

    def years(self, name: str, neutral: float, code: str = "") -> Row:
        value = self.given.get(name, neutral)
        if isinstance(value, Mapping):
            value = value.get(code, value.get("others", neutral))
        if not isinstance(value, list):
            return [float(value)] * self.count
        return [float(value[t]) if t < len(value) else neutral for t in range(self.count)]

    def number(self, name: str, neutral: float) -> float:
        return float(self.given.get(name, neutral))

    def by_capability(self, name: str, capability: str) -> float:
        value = self.given.get(name, 1.0)
        return float(value.get(capability, value.get("others", 1.0)) if isinstance(value, Mapping) else value)
