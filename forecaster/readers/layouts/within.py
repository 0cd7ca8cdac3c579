"""Units inside a table: of a line above or below its rows, of a column, of a row."""

import re
from collections.abc import Mapping

from forecaster.readers import cells, units
from forecaster.readers.files.book import Position, Sheet, as_text
from forecaster.readers.layouts.grid import Heads, Row, Segment, has_figures, label_of
from forecaster.readers.names import folded
from forecaster.readers.units import Unit

_MENTIONS = re.compile(r"[%(\[]|\bper\b|share|percent|anteil|prozent", re.IGNORECASE)
_BRACKETS = re.compile(r"[(\[]([^()\[\]]{2,})[)\]]")
_NONE = Unit("", "other", 1.0)
_ENDING = re.compile(r",\s|\s(?:in|en|v|w|u|в|σε)\s")


def of_columns(segment: Segment, code: str) -> Mapping[int, Unit]:
    """Column -> unit that the line above the rows names there."""
    found = {column: units.parsed(text, code) for column, (_, text) in segment.units.items()}
    return {column: unit for column, unit in found.items() if unit is not None}


def of_line(segment: Segment, code: str) -> list[tuple[Unit, Position]]:
    """Different units of the line above the rows, each with its first cell."""
    found: dict[Unit, Position] = {}
    for column, unit in of_columns(segment, code).items():
        found.setdefault(unit, (segment.units[column][0], column))
    return list(found.items())


def of_all_rows(sheet: Sheet, heads: Heads, segment: Segment, code: str) -> list[tuple[Unit, Position]]:
    """The first row's unit with its cell, where every row names one; else nothing."""
    found = [of_row(sheet, heads, row, _NONE, code) for row in segment.rows]
    return [found[0]] if found[0] and all(found) else []


def of_row(sheet: Sheet, heads: Heads, row: Row, table: Unit, code: str) -> tuple[Unit, Position] | None:
    """Return the unit a row names for itself, with its cell: its label, else one left of its figures."""
    if own := of_label(row.label, table, code):
        return own, (row.number, heads.label)
    for column in range(1, heads.first):
        text = as_text(sheet.spread(row.number, column)) if column != heads.label else ""
        if text and (unit := units.alone(text, code)):
            return unit, (row.number, column)
    return None


def of_notes(sheet: Sheet, heads: Heads, segment: Segment, code: str) -> list[tuple[Unit, Position]]:
    """Different units of the lines of text below the rows, each with its first cell."""
    found: dict[Unit, Position] = {}
    for row in range(segment.rows[-1].number + 1, len(sheet.rows) + 1):
        if has_figures(sheet, heads, row):
            break
        if unit := units.of_line(label_of(sheet, heads, row), code):
            found.setdefault(unit, (row, heads.label))
    return list(found.items())


def percentages(sheet: Sheet, heads: Heads, row: Row) -> bool:
    """Whether all that stands under the years of a row is shown as a percentage."""
    shown = (
        "%" in sheet.formats.get((row.number, column), "") or sheet.text(row.number, column).endswith("%")
        for column in heads.years
        if not cells.is_missing(sheet.text(row.number, column))
    )
    return next(shown, False) and all(shown)


def of_label(label: str, table: Unit, code: str) -> Unit | None:
    """Return the unit a row's label names: 'as % of GDP', '(EUR thousand)', '(Tsd.)', 'in Tsd. EUR'."""
    own = units.parsed(label, code) if _MENTIONS.search(label) else None
    if own is not None and (own.kind != "money" or re.search(r"[(\[]", label)):
        return own
    plain = folded(label)
    if "per capita" in plain or re.match(
        r"^(average |total )?(number|military personnel|civilian personnel)", plain
    ):
        return Unit("as stated", "other", 1.0)
    scale = _BRACKETS.search(label) if table.kind == "money" else None
    if scale and (found := units.alone(f"{scale[1]} {table.currency}", code)):
        return found
    return units.alone(_ENDING.split(label)[-1], code)


def unclear_unit(label: str, code: str) -> str:
    """Return the unit a label names in brackets whose scale may be one or another: 'mil PLN'; else ''."""
    found = _BRACKETS.search(label)
    unclear = found and units.currency_only(found[1], code) and units.is_unclear(found[1], code)
    return found[1] if found and unclear else ""
