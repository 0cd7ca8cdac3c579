"""SIPRI Military Expenditure Database, the workbook as published."""

from dataclasses import replace
from math import log10
from statistics import median

from forecaster.readers import layouts, units
from forecaster.readers.files import Document
from forecaster.readers.files.book import Sheet
from forecaster.readers.layouts.beside import Rules
from forecaster.readers.understanding import Block, Context, Left
from forecaster.readers.units import Unit

_FLAGS = {"0000FF": "estimate", "FF0000": "highly uncertain"}  # blue and red, as each sheet's notes say
_SCALES = (1.0, 1e3, 1e6, 1e9)


def declines(document: Document, _: Context) -> str:
    """Say why a file is not SIPRI's; '' where it is."""
    texts = document.first_texts
    if "military expenditure" not in texts:
        return "no sheet is headed 'Military expenditure'"
    return "" if "sipri" in texts else "SIPRI is not named"


def read(document: Document, context: Context) -> tuple[list[Block], list[Left]]:
    """Read every sheet by country; currency is the state's own where a sheet is in local currency."""
    blocks, left = layouts.read(document.book, context, Rules(strict=False, unit=_unit, flag=_flag))
    dollars = next((block for block in blocks if block.sheet.casefold().startswith("current us")), None)
    return [_scaled(block, dollars, context) for block in blocks], left


def _unit(texts: str) -> Unit | None:
    """Return the unit where SIPRI's notes do not name it in so many words."""
    return Unit("USD per head", "other", 1.0, "USD") if "per capita" in texts.casefold() else None


def _flag(sheet: Sheet, row: int, column: int) -> str:
    return _FLAGS.get(sheet.colours.get((row, column), ""), "")


def _scaled(block: Block, dollars: Block | None, context: Context) -> Block:
    """Settle whether a sheet in local currency counts units, thousands or millions.

    No vintage says so on the sheet, and both have been published. The workbook's own figures in US dollars
    do: a euro has always been worth between half a dollar and two.
    """
    if block.unit.currency != "national" or dollars is None:
        return block
    euro = {state.code for state in context.names.states if state.currency == "EUR"}
    values = {
        (one.code, one.item): one.value for one in dollars.figures if one.code in euro and one.value > 0
    }
    first = {
        (one.code, one.item): one.value / one.factor
        for one in block.figures
        if (one.code, one.item) in values
    }
    if not first:
        return block
    ratio = median(number / values[key] for key, number in first.items())
    scale = min(_SCALES, key=lambda one: abs(log10(1e6 / one / ratio)) if ratio > 0 else one)
    unit = units.money("national", scale)
    figures = (
        replace(
            one,
            value=one.value / one.factor * unit.factor,
            factor=unit.factor,
            unit=one.unit.split(" ")[0] + unit.label.removeprefix("national currency"),
        )
        for one in block.figures
    )
    return replace(block, unit=unit, figures=tuple(figures))
