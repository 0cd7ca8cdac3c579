"""A ministry's or anybody's table of states and years, found by its years, names and units."""

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import islice

from forecaster.readers import cells, layouts, units
from forecaster.readers.files import Document
from forecaster.readers.files.book import Position, Sheet
from forecaster.readers.files.text import DELIMITERS
from forecaster.readers.layouts import grid
from forecaster.readers.layouts.across import NAME_IT
from forecaster.readers.layouts.beside import Rules
from forecaster.readers.understanding import Block, Context, Left

_SHOWN = 6
_ROWS = 50
_SMALL = 0.002  # share of GDP; no state spends less


def declines(document: Document, _: Context) -> str:
    """Say why a file holds no table; '' where it may."""
    return "" if document.book.sheets else "no sheet or text table"


def read(document: Document, context: Context) -> tuple[list[Block], list[Left]]:
    """Read every sheet; a file without any table is a problem, with the headings that were found instead."""
    before = context.problems.errors
    blocks, left = layouts.read(document.book, context, Rules())
    if not blocks and context.problems.errors == before:
        _tell_no_header(document, context)
    _tell_scaled(document, blocks, context)
    _tell_shown_scale(document, blocks, context)
    if document.file.kind in {"xls", "ods"}:
        _tell_small_shares(document, blocks, context)
    return blocks, left


def _tell_small_shares(document: Document, blocks: list[Block], context: Context) -> None:
    """Note, once a table, a share of GDP that may be stored as a share: only a format could tell."""
    for block in blocks:
        small = (figure for figure in block.figures if 0.0 < abs(figure.value) < _SMALL)
        figure = next(small, None) if block.unit.label == "% of GDP" else None
        if figure is not None:
            text = (
                f"{figure.raw} may be {100 * figure.value:g} or {10_000 * figure.value:g} per cent of GDP: "
            )
            advice = "this format does not tell which cells are shown as percentages. Save it as .xlsx."
            context.problems.add(document.book.file, figure.address, text + advice)


def _tell_no_header(document: Document, context: Context) -> None:
    shown = [sheet for sheet in document.book.sheets if sheet.rows and not sheet.hidden]
    sheet = max(shown, key=lambda one: len(one.rows), default=None)
    if sheet is None:
        context.problems.add(document.book.file, "", "every sheet is empty.")
        return
    unstored = (place for place in sorted(sheet.formulas) if sheet.value(*place) is None)
    if any(not context.desk(document.book, sheet).sound(*place) for place in islice(unstored, 1)):
        return  # years may be among what formulas have not stored
    row = grid.busiest_row(sheet)
    if context.header_row is not None:
        text = f"header_row under {context.key} names this row, which holds no year. Row {row} reads: "
        context.problems.add(document.book.file, f"row {context.header_row}", text + _quoted(sheet, row))
        return
    if _tell_empty(document, shown, context) or _tell_whole_line(document, sheet, context):
        return
    if not context.code and any(True for one in shown for _ in grid.year_rows(one.turn(), context.names)):
        text = "years stand below each other, and no member state is named beside them:"
        context.problems.add(document.book.file, sheet.name, f"{text} {NAME_IT}")
        return
    text = (
        f"no row with three years found. Headings read: {_quoted(sheet, row)} {_advice(sheet, row, context)}"
    )
    context.problems.add(document.book.file, f"row {row}", text)


def _tell_empty(document: Document, shown: Sequence[Sheet], context: Context) -> bool:
    """Note the first row of years with nothing to read below it; whether there is one."""
    found = ((sheet, heads) for sheet in shown for heads in grid.year_rows(sheet, context.names))
    sheet, heads = next(found, (None, None))
    if sheet is None or heads is None:
        return False
    years = sorted(year.year for year in heads.years.values())
    text = (
        f"no figures to read below the years {years[0]} to {years[-1]}. Fill them in, or show what is hidden."
    )
    place = ", ".join(part for part in (sheet.name, f"row {heads.row}") if part)
    context.problems.add(document.book.file, place, text)
    return True


def _tell_whole_line(document: Document, sheet: Sheet, context: Context) -> bool:
    """Note a line of years in one cell, as of a text table cut at another mark; whether there is one."""
    for row, values in islice(sheet.numbered(), _ROWS):
        text = values[0] if values and isinstance(values[0], str) else ""
        for mark in DELIMITERS:
            if sum(cells.year(part) is not None for part in text.split(mark)) >= grid.FEWEST_YEARS:
                advice = f"Part it at {mark!r} (in Excel: Data > Text to Columns)."
                told = f"the whole line {text[:40]!r} stands in one cell. {advice}"
                context.desk(document.book, sheet).add(row, 1, told)
                return True
    return False


def _advice(sheet: Sheet, row: int, context: Context) -> str:
    """What to do about headings without three years in order, where some nearly are."""
    headings = {
        column: value for column, value in enumerate(sheet.rows[row - 1], start=1) if value is not None
    }
    years = [year.year for value in headings.values() if (year := cells.year(value))]
    twice = next((year for year, times in Counter(years).items() if times > 1), None)
    if twice is not None:
        return f"{twice} heads more than one column; each year may head one. Hide or delete the others."
    if len(years) >= grid.FEWEST_YEARS:
        return "From one column to the next, years must all rise or all fall, by less than ten."
    near = next(
        (
            text
            for column, value in headings.items()
            if cells.mentions_year(text := sheet.text(row, column)) and cells.year(value) is None
        ),
        None,
    )
    if near is not None:
        return f"A year must stand alone in its cell: 2026, not {near[:40]!r}."
    few = f"header_row under {context.key} names a row of fewer than three"
    return f"Years must stand in one row or one column; {few}."


def _quoted(sheet: Sheet, row: int) -> str:
    texts = [text for column in range(1, sheet.width + 1) if (text := sheet.text(row, column))]
    more = ", ..." if len(texts) > _SHOWN else "."
    return ", ".join(repr(text[:40]) for text in texts[:_SHOWN]) + more


def _tell_scaled(document: Document, blocks: list[Block], context: Context) -> None:
    """Warn, once a table, of a number format that shows thousands: the stored value is what counts."""
    formats = {sheet.name: _by_address(sheet, sheet.formats) for sheet in document.book.sheets}
    for block in blocks:
        shown = formats[block.sheet]
        scaled = next((figure for figure in block.figures if "%" not in shown.get(figure.cell, "%")), None)
        if scaled is not None:
            text = f"the number format shows thousands; the stored value {scaled.raw} is what counts."
            context.problems.warn(document.book.file, scaled.address, text)


def _tell_shown_scale(document: Document, blocks: list[Block], context: Context) -> None:
    """Note, once a table, an amount whose number format shows another scale than it is read in."""
    words = {sheet.name: _by_address(sheet, sheet.words) for sheet in document.book.sheets}
    for block in blocks:
        for figure in block.figures if block.unit.kind == "money" else ():
            said = words[block.sheet].get(figure.cell, "")
            scale = units.shown_scale(said, figure.code, figure.unit)
            if scale is not None and scale != figure.factor:
                told = f"the number format shows {said!r}, the figures are read in {figure.unit}"
                context.problems.add(document.book.file, figure.address, f"{told}. Correct one of them.")
                break


def _by_address(sheet: Sheet, shown: Mapping[Position, str]) -> dict[str, str]:
    """What number formats show, by the addresses of their cells: once a sheet, however many its tables."""
    return {sheet.address(*position): text for position, text in shown.items()}
