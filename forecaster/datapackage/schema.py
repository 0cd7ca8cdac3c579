"""Tables of a data package as data: columns with type, unit and source, and how a descriptor says it.

Frictionless Data Package and Table Schema, version 1 of the specifications.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal, TypeAlias

from forecaster.run import Run

Value: TypeAlias = str | float | int | bool | date | None
"""What a cell holds; None and NaN are missing."""

Type: TypeAlias = Literal["string", "integer", "number", "boolean", "date", "object"]

OWN_UNIT = "see column unit"
"""Unit of a column whose rows each have their own."""


@dataclass(frozen=True)
class Field:
    """A column. unit: of its numbers."""

    name: str
    type: Type
    description: str
    unit: str = ""
    required: bool = True


@dataclass(frozen=True)
class Resource:
    """A table. key: columns that name a row; refers: column -> table and column that its values stand in."""

    name: str
    title: str
    source: str
    fields: tuple[Field, ...]
    key: tuple[str, ...]
    rows: Callable[[Run], Iterable[Sequence[Value]]]
    refers: Mapping[str, tuple[str, str]] = field(default_factory=dict)

    @property
    def path(self) -> str:
        """Name of its file."""
        return f"{self.name}.csv"

    @property
    def schema(self) -> dict[str, Any]:
        """Its Table Schema."""
        found: dict[str, Any] = {
            "fields": [_field(entry, self.source) for entry in self.fields],
            "missingValues": [""],
            "primaryKey": list(self.key),
        }
        if self.refers:
            found["foreignKeys"] = [
                {"fields": column, "reference": {"resource": table, "fields": other}}
                for column, (table, other) in self.refers.items()
            ]
        return found


def _field(entry: Field, source: str) -> dict[str, Any]:
    described: dict[str, Any] = {
        "name": entry.name,
        "type": entry.type,
        "description": entry.description,
        "source": source,
    }
    if entry.unit:
        described["unit"] = entry.unit
    if entry.required:
        described["constraints"] = {"required": True}
    return described


def string(name: str, description: str, *, required: bool = True) -> Field:
    """Return a column of text."""
    return Field(name, "string", description, required=required)


def number(name: str, description: str, unit: str = OWN_UNIT, *, required: bool = True) -> Field:
    """Return a column of numbers."""
    return Field(name, "number", description, unit, required)


def whole(name: str, description: str, unit: str) -> Field:
    """Return a column of whole numbers."""
    return Field(name, "integer", description, unit)


def flag(name: str, description: str, *, required: bool = True) -> Field:
    """Return a column of true and false."""
    return Field(name, "boolean", description, required=required)
