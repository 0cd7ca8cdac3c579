"""What the texts beside a table say: its name, its unit, the state it is about."""

from collections.abc import Callable
from dataclasses import dataclass

from forecaster.readers import cells, units
from forecaster.readers.files.book import Position, Sheet
from forecaster.readers.layouts import grid, within
from forecaster.readers.layouts.above import Above, Stated
from forecaster.readers.layouts.grid import Heads, Segment
from forecaster.readers.layouts.unread import unread_columns
from forecaster.readers.numbers import Desk, Number
from forecaster.readers.understanding import Context
from forecaster.readers.units import Unit
from forecaster.toml import ASSUMPTIONS


@dataclass(frozen=True)
class Rules:
    """What differs between publishers.

    strict: a misspelt state, a missing unit or a wrong total is a problem, as in a ministry's file;
    unit: what the publisher's definition says, given the table's texts, where none stands on the sheet;
    row_unit: the same for a row of a country's sheet, given its label and the table's unit;
    flag: the publisher's own mark of a cell.
    """

    strict: bool = True
    unit: Callable[[str], Unit | None] = lambda _: None
    row_unit: Callable[[str, Unit], Unit] | None = None
    flag: Callable[[Sheet, int, int], str] = lambda _sheet, _row, _column: ""


def title_of(sheet: Sheet, heads: Heads, segment: Segment) -> str:
    """Return the name of a table: the first text above it, and the line just above its rows."""
    above = (sheet.text(row, column) for row in range(1, heads.row) for column in range(1, sheet.width + 1))
    first = next((text for text in above if len(text) > 2), sheet.name.strip())
    parts = [cells.clean(first), segment.title if segment.title_row > heads.row else ""]
    return ": ".join(part for part in parts if part)


def state_of(file: str, heads: Heads, above: Above) -> str:
    """Return the state a sheet is about: named in its corner, its name, a text above, or the file's name."""
    sheet, names = above.sheet, above.context.names
    corner = [sheet.text(heads.row, column) for column in range(1, heads.first)]
    for text in (*corner, sheet.name):
        if code := names.code(text):
            return code
    return above.state(heads.row) or names.of_file(file)


def tell_prices(desk: Desk, heads: Heads, above: Above) -> None:
    """Warn of a table that is said to be at constant prices: budgets are read as current ones."""
    for place, text in above.prices(heads.row):
        told = "names prices of one year; figures are read as those of each year's own prices."
        desk.warn(*place, f"{text[:60]!r} {told}")


def tell_lasting_unit(desk: Desk, heads: Heads, segment: Segment, unit: Unit, above: Above) -> None:
    """Warn of a line without a unit below one whose unit is not the table's: either may hold for its rows."""
    named = [found for found, _ in above.units(1, heads.row)] if segment.units else []
    if not named or unit in named:
        return
    for row in range(segment.rows[0].number, segment.rows[-1].number):
        label = grid.label_of(desk.sheet, heads, row)
        if label and not grid.has_figures(desk.sheet, heads, row):
            told = f"{label[:60]!r} names no unit: rows below it are read in {unit.label}, as those above."
            desk.warn(row, heads.label, f"{told} Where that is wrong, name the unit in this line.")
            return


def unit_of(desk: Desk, heads: Heads, segment: Segment, above: Above, rules: Rules) -> Unit | None:
    """Return the unit of a table: as set, as its publisher defines it, or as texts beside it say."""
    context = above.context
    known = rules.unit(f"{above.words(1, heads.row)} {segment.title} {desk.sheet.name}")
    if known is not None and not context.unit:
        return known
    stated = _stated(heads, segment, above)
    by_year = segment.units.keys() >= heads.years.keys()  # several units are then no question
    return settled_unit(desk, heads.row, stated, context, strict=rules.strict and not by_year)


def _stated(heads: Heads, segment: Segment, above: Above) -> Stated:
    """Units of the line above the rows, else above the headings, of the rows, below them.

    Beside a bare currency a scale that is named below counts too: 'EUR' above, 'in Mio. EUR' in a note.
    The heading of a column that no year heads ('Change %') says nothing of the others.
    """
    sheet, code = above.sheet, above.context.code
    if segment.units:
        return within.of_line(segment, code)
    others = {(heads.row, column) for column in unread_columns(sheet, heads, segment)}
    stated = (
        above.units(heads.start, heads.row, others)
        or above.units(1, heads.row, others)
        or within.of_all_rows(sheet, heads, segment, code)
    )
    bare = all(unit.factor == units.MILLION for unit, _ in stated)
    notes = within.of_notes(sheet, heads, segment, code) if bare else []
    return [*stated, *((unit, place) for unit, place in notes if unit not in dict(stated))]


def settled_unit(desk: Desk, row: int, stated: Stated, context: Context, *, strict: bool) -> Unit | None:
    """Return the unit that was set, else the one that is stated.

    A set unit that contradicts is noted; where strict, so is that none or several are stated. row: of the
    headings, down to which units were looked for.
    """
    if context.unit:
        return _set_unit(desk, stated, context)
    advice = f'Set unit = "EUR million" under {context.key}.'
    if len(stated) > 1 and strict:
        places = ", ".join(f"{unit.label} ({desk.sheet.address(*place)})" for unit, place in stated)
        desk.problems.add(desk.file, desk.sheet.name, f"several units found: {places}. {advice}")
        return None
    if not stated and strict:
        where = f"{desk.sheet.place(1, 1)}:{desk.sheet.address(row, max(desk.sheet.width, 1))}"
        desk.problems.add(desk.file, "", f"no unit found near the table (looked in {where}). {advice}")
    return stated[0][0] if stated else None


def _set_unit(desk: Desk, stated: Stated, context: Context) -> Unit | None:
    """Return the unit that was set; one that is not understood or that the sheet contradicts is a problem."""
    chosen = units.as_set(context.unit, context.code)
    if chosen is None:
        text = f"unit = {context.unit!r} under {context.key} is not understood. Write 'EUR million'."
        desk.problems.add(ASSUMPTIONS, "", text)
        return None
    alike = [(unit, place) for unit, place in stated if unit.kind == chosen.kind]
    if alike and all((unit.factor, unit.currency) != (chosen.factor, chosen.currency) for unit, _ in alike):
        unit, place = alike[0]
        text = f"the sheet says {unit.label}, {context.key} says {chosen.label}. Correct one of them."
        desk.add(*place, text)
        return None
    return chosen


def calendar_year(desk: Desk, place: Position, year: cells.Year, context: Context) -> int | None:
    """Return the calendar year a cell names; a year such as 2023/24 counts where most of its months lie."""
    if not year.second:
        return year.year
    start = context.mapping.fiscal_year_start if context.mapping else None
    if start is None:
        advice = f"Set fiscal_year_start = the month it begins in under {context.key}."
        desk.add(*place, f"{desk.sheet.text(*place)!r} lies in two calendar years. {advice}")
        return None
    return year.year if start <= 6 else year.year + 1


def is_percentage_of_money(desk: Desk, row: int, column: int, number: Number, unit: Unit) -> bool:
    """Whether a number is shown as a percentage where amounts stand, which is told."""
    if unit.kind != "money" or not number.is_percentage:
        return False
    told = f"{number.raw} is shown as a percentage among amounts in {unit.label} and was left out."
    desk.warn(row, column, f"{told} Where it is an amount, show it as a number.")
    return True
