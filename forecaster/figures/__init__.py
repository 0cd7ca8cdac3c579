"""Budgets: every figure a case holds, each with the cell it came from.

One unit inside. Money is EUR million at current prices; a percentage in a file ("% of GDP", "%") is a
share here: `wide("spending", ...)` is EUR million, `wide("growth", ...)` 0.014 for a cell that reads 1.4.
`Figure.unit` names the unit of the file, `Figure.factor` what the file's number was multiplied by.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from forecaster.figures import csv_text


@dataclass(frozen=True, slots=True)
class Figure:
    """A number and where it stands.

    item: the year or column, as text; value: `number in the cell x factor` [EUR million, share, or as `unit`
    says]; unit: of the file; raw: the cell's text as found; flag: the publisher's mark, such as "e".
    """

    table: str
    code: str
    item: str
    value: float
    unit: str
    factor: float
    flag: str
    raw: str
    file: str
    sha256: str
    sheet: str
    cell: str

    @property
    def place(self) -> str:
        """File, sheet and cell in the form used by every message."""
        return f"{self.file}, {self.address}"

    @property
    def address(self) -> str:
        """Sheet and cell, as the place of a problem in the file; a text table has no sheet."""
        return f"{self.sheet}!{self.cell}" if self.sheet else self.cell

    @property
    def used_unit(self) -> str:
        """Unit of the value inside the model, as a report says it: money in EUR m, percentages as shares.

        A state's own investment and commitments are money in whatever unit its file has them.
        """
        if self.table in {"investment", "commitments"}:
            return "EUR m"
        if self.unit.startswith("%"):
            return f"share{self.unit[1:]}"
        return self.unit.replace("EUR million", "EUR m")


@dataclass(frozen=True)
class State:
    """A member state. code: ISO; aliases: other codes and names (EL); ally: of NATO.

    joins: takes part in a contract by default, else only where named; loan_key: shares the Ukraine loan.
    """

    code: str
    name: str
    aliases: tuple[str, ...]
    currency: str
    ally: bool
    joins: bool
    loan_key: bool


@dataclass(frozen=True)
class Plan:
    """A voted, planned or announced budget of one year by one definition.

    amount: [EUR million]; amount_national: [million of `currency`], None where not stated; status: voted,
    plan, announced or estimate; use: whether a forecast may use it, else `reason` says why not; confidence: C
    read at the source, S secondary, M general knowledge; weight: credibility [share] of a ministry's own
    plan, None where the assumptions decide; cell: place of the amount.
    """

    code: str
    year: int
    amount: float
    amount_national: float | None
    currency: str
    series: str
    definition: str
    status: str
    use: bool
    reason: str
    as_of: str
    source: str
    confidence: str
    cell: str
    weight: float | None = None


@dataclass(frozen=True)
class SafeLoan:
    """A state's SAFE allocation [EUR million].

    advance: whether the advance was paid; paid_by: treasury or defence, whose budget serves the loan.
    """

    code: str
    allocation: float
    advance: bool
    paid_by: str
    status: str
    source: str
    cell: str


@dataclass(frozen=True)
class Rule:
    """A state's standing under the fiscal rules. escape_clause_from is None where it asked for none."""

    code: str
    escape_clause_from: date | None
    escape_clause_to: date | None
    deficit_procedure: str
    deficit_procedure_from: date | None
    deadline: str
    source: str


@dataclass(frozen=True)
class Source:
    """Who published a table, in which vintage, by which definition; newer: a vintage to replace it."""

    table: str
    publisher: str
    title: str
    vintage: str
    as_of: str
    definition: str
    terms: str
    newer: str


@dataclass(frozen=True)
class Budgets:
    """All figures of a case. files: name -> SHA-256 of every file read; states in the order of states.csv."""

    states: tuple[State, ...]
    figures: tuple[Figure, ...]
    plans: tuple[Plan, ...]
    loans: tuple[SafeLoan, ...]
    rules: tuple[Rule, ...]
    sources: tuple[Source, ...]
    files: Mapping[str, str] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()

    @property
    def codes(self) -> tuple[str, ...]:
        """Codes of the states, in order."""
        return tuple(state.code for state in self.states)

    @cached_property
    def texts(self) -> Mapping[str, str]:
        """Each field of RECORDS -> its records as CSV, for the run id and the report of each ministry."""
        return {name: csv_text.text(kind, getattr(self, name)) for name, kind in RECORDS.items()}

    def wide(self, table: str, codes: Sequence[str], years: Sequence[int]) -> NDArray[np.float64]:
        """Figures by state and year [EUR million or share], NaN where missing. Shape (codes, years).

        `commitments` is read this way too. `codes` may hold codes outside the states: `panel` does.
        """
        key = table, tuple(codes), tuple(years)
        if key not in self._wide:
            rows = self._tables.get(table, {})
            found = [[_value(rows.get((code, str(year)))) for year in years] for code in codes]
            self._wide[key] = np.array(found, dtype=np.float64).reshape(len(codes), len(years))
        return self._wide[key].copy()

    def figure(self, table: str, code: str, item: str | int) -> Figure | None:
        """Return the figure of a state and year or column, with its place."""
        return self._tables.get(table, {}).get((code, str(item)))

    def years(self, table: str) -> tuple[int, ...]:
        """Years for which a table holds any figure, in order."""
        return self._years.get(table, ())

    def years_until(self, table: str, last: int) -> tuple[int, ...]:
        """Those up to a last one."""
        return tuple(year for year in self.years(table) if year <= last)

    def nearest_year(self, table: str, year: int) -> int:
        """Year of a table whose figures stand for a year: that itself, outside the table the nearest."""
        known = self.years(table)
        return min(max(year, known[0]), known[-1])

    def panel_codes(self) -> tuple[str, ...]:
        """Codes of the reference panel, which stays the same when a case has fewer states."""
        return tuple(sorted({code for code, _ in self._tables.get("panel", {})}))

    @cached_property
    def _wide(self) -> dict[tuple[object, ...], NDArray[np.float64]]:
        """What has been asked for so far: trials of assumptions ask for the same figures again and again."""
        return {}

    @cached_property
    def _years(self) -> dict[str, tuple[int, ...]]:
        return {
            name: tuple(sorted({int(item) for _, item in figures if item.isdecimal()}))
            for name, figures in self._tables.items()
        }

    @cached_property
    def _tables(self) -> dict[str, dict[tuple[str, str], Figure]]:
        tables: dict[str, dict[tuple[str, str], Figure]] = {}
        for figure in self.figures:
            tables.setdefault(figure.table, {})[figure.code, figure.item] = figure
        return tables


def _value(figure: Figure | None) -> float:
    return np.nan if figure is None else figure.value


RECORDS: Mapping[str, type] = {
    "states": State,
    "figures": Figure,
    "plans": Plan,
    "loans": SafeLoan,
    "rules": Rule,
    "sources": Source,
}
"""Field of the budgets -> what its records are; in the canonical form each is a file, each record a line."""
