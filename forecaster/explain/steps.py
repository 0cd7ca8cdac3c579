"""A step of a chain: a quantity, how it comes about, where it stands in the workbook."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

from forecaster.case.quantities import Record
from forecaster.explain.spot import Spot
from forecaster.figures import Figure
from forecaster.report.sheet import Ref
from forecaster.sheets import assumptions, inputs

Kind: TypeAlias = Literal["input", "assumption", "fitted", "computed", "modelled", "simulated"]
"""Where a number comes from. Fitted: by a method, from all histories; computed: from those above it, on the
median path; modelled: by the whole model on that path; simulated: over all paths."""


@dataclass(frozen=True)
class Step:
    """One quantity. formula: how it comes about, empty for what is given; ref: its cell, None without one."""

    name: str
    value: float | str
    unit: str
    kind: Kind
    formula: str = ""
    source: str = ""
    ref: Ref | None = None


@dataclass(frozen=True)
class Chapter:
    """Steps that lead to one quantity of the chain."""

    title: str
    steps: tuple[Step, ...]


def read(spot: Spot, name: str, figure: Figure) -> Step:
    """A figure as it was read, with its cell on the Inputs sheet."""
    source = f"{spot.publisher(figure.table)}; {figure.place}".removeprefix("; ")
    return Step(
        name,
        figure.value,
        figure.used_unit,
        "input",
        source=source,
        ref=inputs.FIGURES.at(figure.place, "value"),
    )


def assumed(spot: Spot, key: str, name: str, entry: int | None = None) -> Step:
    """An assumption, or one entry of a list, with its cell on the Assumptions sheet."""
    section, field = key.split(".")
    record: Record = getattr(getattr(spot.run.case.assumptions, section), field)
    value = record.value if entry is None else record.value[entry - 1]
    row = key if entry is None else f"{key}[{entry}]"
    source = f"assumptions.toml, {key} ({record.status}): {record.source}"
    plain = float(value) if isinstance(value, int | float) else str(value)
    return Step(
        name, plain, record.unit, "assumption", source=source, ref=assumptions.VALUES.at(row, "value")
    )


def computed(name: str, value: float, unit: str, formula: str, ref: Ref | None = None) -> Step:
    """A number that follows from those above it."""
    return Step(name, value, unit, "computed", formula, ref=ref)


def fitted(name: str, value: float, unit: str, how: str, source: str = "") -> Step:
    """A number that a method found from all histories."""
    return Step(name, value, unit, "fitted", how, source)


def simulated(name: str, value: float, unit: str, formula: str = "", ref: Ref | None = None) -> Step:
    """A number over all paths."""
    return Step(name, value, unit, "simulated", formula, ref=ref)


def text(value: float) -> str:
    """A number inside a formula: enough digits to follow with a pocket calculator."""
    return f"{value:,.6g}" if abs(value) < 1000 else f"{value:,.2f}"
