"""An entry of a case: a value with what it is, its unit and its place."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

Value: TypeAlias = float | str | None
"""A number or a text; None where a side does not have it."""

Content: TypeAlias = Mapping[Hashable, "Entry"]
"""All that one subject of a case holds: key, the same on both sides -> entry."""

UNITS = {
    "amount": "EUR m",
    "envelope": "EUR m",
    "allocation": "EUR m",
    "weight": "share",
    "year": "year",
    "first_payment": "year",
    "last_payment": "year",
    "spread_to": "year",
}
"""Units of fields by their names; all others are shares, spans or counts, as their files say."""

WORDS = {
    "aliases",
    "amount_national",
    "as_of",
    "celex",
    "confidence",
    "currency",
    "definition",
    "legal_basis",
    "reason",
    "source",
}
"""Fields that say where a value comes from or what it is called: no result depends on them."""


@dataclass(frozen=True)
class Entry:
    """A value of a case.

    part: what it is swapped with; moves: whether results may depend on it; code: of the state it belongs to.
    """

    part: str
    what: str
    value: Value
    unit: str
    place: str
    moves: bool = True
    code: str = ""


def listed(value: object) -> Value:
    """A value, or several in one text; None where it is empty."""
    if value is None or value in ("", ()):
        return None
    return ", ".join(map(str, value)) if isinstance(value, tuple) else plain(value)


def plain(value: object) -> Value:
    """A number as a float, yes and no as words, all else as text."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return float(value) if isinstance(value, int | float) else str(value)
