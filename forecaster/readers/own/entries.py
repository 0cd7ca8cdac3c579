"""A cell of the project's own tables, read as its column wants it; what is wrong with it is noted."""

import re
from collections.abc import Container
from dataclasses import dataclass
from datetime import date, datetime

from forecaster.errors import did_you_mean
from forecaster.readers import cells
from forecaster.readers.files.book import Position, column_letters
from forecaster.readers.numbers import Desk
from forecaster.readers.own.tables import Column

Typed = str | float | int | bool | date | None


@dataclass(frozen=True, slots=True)
class Entry:
    """A cell of a table: its typed value (None where it is wrong), its text, its flag and address.

    factor: a number x factor is EUR million or a share.
    """

    value: Typed
    raw: str
    flag: str
    cell: str
    factor: float = 1.0

    @property
    def amount(self) -> float | None:
        """The number in EUR million or as a share, None where the cell holds none."""
        return self.value * self.factor if isinstance(self.value, float) else None


def entry(desk: Desk, row: int, position: int, column: Column, mark: str | None) -> Entry | None:
    """Read a cell as its column wants it; None where it is empty. What is wrong with it is noted."""
    if column.kind == "number":
        return _number(desk, row, position, column, mark)
    text = cells.clean(desk.sheet.text(row, position))
    if not desk.sound(row, position):
        return Entry(None, text, "", _address(row, position))
    if not text:
        if not column.required:
            return None
        desk.add(row, position, f"{column.name} is empty.{_allowed(column)}")
        return Entry(None, "", "", _address(row, position))
    return Entry(_typed(desk, row, position, column, text), text, "", _address(row, position))


def _number(desk: Desk, row: int, position: int, column: Column, mark: str | None) -> Entry | None:
    cell = _address(row, position)
    if mark is None:
        return Entry(None, desk.sheet.text(row, position), "", cell)
    found = desk.number(row, position, mark)
    if found.value is None and not found.wrong:
        if not column.required:
            return None
        desk.add(row, position, f"{column.name} is empty. A number is needed.")
    if found.value is not None and column.positive and found.value < 0:
        desk.add(row, position, f"{found.raw} is negative. Only zero or more makes sense here.")
        return Entry(None, found.raw, "", cell)
    if column.factor == 1.0 and found.is_percentage and found.value is not None:
        shown = f"{100.0 * found.value:g} %" if found.percent else found.raw
        desk.add(row, position, f"{shown} is a percentage. A number that is shown without % is needed here.")
        return Entry(None, found.raw, "", cell)
    factor = 1.0 if found.percent else column.factor
    return Entry(found.value, found.raw, found.flag, cell, factor)


def _reformed(desk: Desk, row: int, position: int) -> str:
    """What a number format makes of a stored number, '' where it shows the number itself."""
    shown = desk.sheet.formats.get((row, position), "")
    if not shown or not isinstance(desk.sheet.value(row, position), int | float):
        return ""
    return _PERCENTAGE if "%" in shown else "thousands"


_PERCENTAGE = "a percentage"


def tell_formats(desk: Desk, factor: float, read: Container[str]) -> None:
    """Warn, once for each way, of numbers of a table that are shown otherwise than they are stored.

    read: addresses of the table's cells.
    """
    found: dict[str, list[Position]] = {}
    for row, position in sorted(desk.sheet.formats):
        if _address(row, position) in read and (what := _reformed(desk, row, position)):
            found.setdefault(what, []).append((row, position))
    if factor == 1.0:
        found.pop(_PERCENTAGE, None)  # refused
    for what, places in found.items():
        stored = desk.sheet.text(*places[0])
        share = what == _PERCENTAGE
        counts = f"is read as {float(stored) / factor:.10g} %" if share else "is what counts"
        more = f" So in {len(places) - 1:,} more cells." if len(places) > 1 else ""
        desk.warn(*places[0], f"the number format shows {what}; the stored value {stored} {counts}.{more}")


def _address(row: int, position: int) -> str:
    return f"{column_letters(position)}{row}"


def _typed(desk: Desk, row: int, position: int, column: Column, text: str) -> Typed:
    """Return a text as its column's kind; None where it does not fit, which is noted."""
    value = _conversion(desk, row, position, column, text)
    if value is None:
        desk.add(row, position, f"{text!r} is not a {_WHAT[column.kind]}.{_allowed(column)}")
    elif column.choices and value not in column.choices:
        advice = did_you_mean(text, column.choices)
        desk.add(row, position, f"{text!r} is not known here.{advice}{_allowed(column)}")
        return None
    return value


_WHAT = {"year": "year", "date": "date such as 2025-12-31", "flag": "yes or a no"}


def _conversion(desk: Desk, row: int, position: int, column: Column, text: str) -> Typed:
    if column.kind == "year":
        found = cells.year(desk.sheet.value(row, position))
        return None if found is None or found.second else found.year
    if column.kind == "date":
        return _date(text)
    if column.kind == "flag":
        return cells.yes(text)
    return text.lower() if column.choices and text.lower() in column.choices else text


_POINTED = re.compile(r"([0-9]{1,2})\. ?([0-9]{1,2})\. ?([0-9]{4})\.?")
"""A date as Excel saves it in half of the Union; where points part it, the day is first."""


def _date(text: str) -> date | None:
    if found := _POINTED.fullmatch(text):
        text = "{2}-{1:0>2}-{0:0>2}".format(*found.groups())
    try:
        return datetime.fromisoformat(text).date()
    except ValueError:
        return None


def _allowed(column: Column) -> str:
    return f" Allowed: {', '.join(column.choices)}." if column.choices else ""
