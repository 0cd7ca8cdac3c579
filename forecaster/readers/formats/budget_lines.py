"""A state's budget lines, added up as its mapping says: filter, column of amounts, unit, year."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from forecaster.errors import did_you_mean
from forecaster.figures import Figure
from forecaster.readers import cells, units
from forecaster.readers.files import Document
from forecaster.readers.files.book import Book, Position, Sheet, Value, as_text, column_letters
from forecaster.readers.layouts import grid
from forecaster.readers.layouts.above import Above, Stated
from forecaster.readers.layouts.beside import settled_unit
from forecaster.readers.layouts.hidden import hidden_parts, hidden_rows, shown_sheets
from forecaster.readers.layouts.unread import tell_left
from forecaster.readers.mapping import Match
from forecaster.readers.matching import is_open, passes
from forecaster.readers.names import folded
from forecaster.readers.numbers import Desk, Number
from forecaster.readers.sums import PART, SUM
from forecaster.readers.understanding import Block, Context, Left, Measure
from forecaster.readers.units import Unit

_HEADER_ROWS = 60
_SAME = 1e-9


@dataclass(frozen=True)
class Lines:
    """Where the budget lines stand: header row, columns of the filter, columns of amounts by year."""

    sheet: Sheet
    header: int
    filters: Mapping[int, Match]
    amounts: Mapping[int, int]


def declines(_: Document, context: Context) -> str:
    """Say why no lines are to be added up; '' where a mapping asks for it."""
    wanted = context.mapping is not None and (context.mapping.filter or context.mapping.amount)
    return "" if wanted else f"no filter or amount is set under {context.key}"


def read(document: Document, context: Context) -> tuple[list[Block], list[Left]]:
    """Add up the lines that pass the filter: one figure a year."""
    sheets, left = shown_sheets(document.book, context)
    fitting = [found for sheet in sheets if (found := _lines(sheet, context)) is not None]
    if not fitting:
        _tell_headings(document.book, sheets, context)
        return [], left
    lines, book = fitting[0], document.book
    desk = context.desk(book, lines.sheet)
    rows, sums, other = _chosen(lines, context)
    _tell_unnamed(desk, lines, hidden_rows(lines.sheet, context))
    left += [] if context.mapping and context.mapping.amount else _unread(desk, lines, rows)
    own = _units_of_lines(lines, rows, context.code)
    unit = _unit(desk, lines, own, context)
    if (
        unit is None
        or desk.is_cut(lines.header, rows)
        or _repeats_a_year(book, lines, context)
        or _several(fitting, book, context)
    ):
        return [], left
    left += hidden_parts(book, lines.sheet, context)
    left += [
        Left(lines.sheet.place(row, 1), _text(lines.sheet, row), "a total or a part of one")
        for row in sums[:50]
    ]
    if other:
        left.append(Left(lines.sheet.name, f"{other:,} rows", "do not pass the filter"))
    _tell_other_units(desk, own, unit, context)
    if not rows:
        _tell_none(desk, sums, context)
    measure = Measure(_name(context), unit, book, lines.sheet.name)
    return measure.blocks(lines.header, _totals(lines, rows, measure, context)), left


def _several(fitting: list[Lines], book: Book, context: Context) -> bool:
    """Whether the headings stand on more than one sheet, which is noted."""
    names = [lines.sheet.name for lines in fitting]
    if len(names) > 1:
        advice = f"Name the one that counts: sheet = {names[0]!r} under {context.key}."
        context.problems.add(book.file, "", f"the headings stand on the sheets {', '.join(names)}. {advice}")
    return len(names) > 1


def _repeats_a_year(book: Book, lines: Lines, context: Context) -> bool:
    """Whether a year heads two columns, as 'Ist 2024' and 'Soll 2024' do, which is noted."""
    before: dict[int, int] = {}
    for column, year in lines.amounts.items():
        if year in before:
            first, second = (lines.sheet.address(lines.header, one) for one in (before[year], column))
            text = f"{year} stands in {first} and {second}. Set amount and year under {context.key}."
            context.problems.add(book.file, lines.sheet.name, text)
            return True
        before[year] = column
    return False


def _name(context: Context) -> str:
    assert context.mapping is not None
    chosen = ", ".join(f"{name} = {value}" for name, value in context.mapping.filter.items())
    return context.mapping.definition or f"lines with {chosen}"


def _lines(sheet: Sheet, context: Context) -> Lines | None:
    """Find the row that has every heading of the mapping."""
    mapping = context.mapping
    assert mapping is not None
    rows = [mapping.header_row] if mapping.header_row else range(1, min(len(sheet.rows), _HEADER_ROWS) + 1)
    for row in rows:
        columns = {text: column for column, text in reversed(list(grid.headings(sheet, row).items()))}
        wanted = [folded(name) for name in mapping.filter]
        if not all(name in columns for name in wanted):
            continue
        amounts = _amounts(sheet, row, columns, context)
        if amounts:
            filters = {columns[folded(name)]: match for name, match in mapping.filter.items()}
            return Lines(sheet, row, filters, amounts)
    return None


def _amounts(sheet: Sheet, row: int, columns: Mapping[str, int], context: Context) -> dict[int, int]:
    """Column -> year of the amounts: the one that was named, else every column headed by a year."""
    mapping = context.mapping
    assert mapping is not None
    if mapping.amount:
        column = columns.get(folded(mapping.amount))
        return {column: mapping.year} if column and mapping.year else {}
    years = {column: cells.year(sheet.value(row, column)) for column in columns.values()}
    return {
        column: year.year for column, year in sorted(years.items()) if year is not None and not year.second
    }


def _tell_headings(book: Book, sheets: list[Sheet], context: Context) -> None:
    """Note a heading that the mapping names and no row has, or that no column is headed by a year."""
    mapping = context.mapping
    assert mapping is not None
    wanted = [*mapping.filter, *([mapping.amount] if mapping.amount else [])]
    for sheet in sheets[:1]:
        row = mapping.header_row or grid.busiest_row(sheet)
        heads = grid.headings(sheet, row)
        found = {text: as_text(sheet.spread(row, column)) for column, text in heads.items()}
        missing = [name for name in wanted if folded(name) not in found]
        shown = ", ".join(repr(text) for text in [*found.values()][:8]) or "nothing"
        if missing:
            told = f"no heading {missing[0]!r} found.{did_you_mean(missing[0], found.values())}"
        else:
            told = f"no column is headed by a year alone. {_name_amounts(found.values())}"
        text = f"{told} Headings read: {shown}. Correct {context.key}."
        context.problems.add(book.file, f"row {row}", text)


def _name_amounts(headings: Iterable[str]) -> str:
    """Say how to name the column of the amounts and its year: the first heading with a year in it, if any."""
    years = ((text, str(one)) for text in headings if (one := cells.year_within(text)))
    amount, year = next(years, ("...", "..."))
    return f'Name one and its year: amount = "{amount}", year = {year}.'


def _unit(desk: Desk, lines: Lines, own: Stated, context: Context) -> Unit | None:
    """Return the unit as set, as stated over the amounts or, failing that, above. own: units lines name.

    A unit that was set may be that of lines, chosen by filter, where the table has another. Headings of other
    figures right of the first amounts ('Change %') say nothing of them.
    """
    over = [((lines.header, column), desk.sheet.text(lines.header, column)) for column in lines.amounts]
    around = " ".join(text for _, text in over)
    others = {(lines.header, column) for column in _other_figures(lines)}
    above = Above(desk.sheet, lines.header, context)
    stated = units.among(over, context.code, around) or above.units(1, lines.header, others)
    known = [*stated, *own] if context.unit else stated
    return settled_unit(desk, lines.header, known, context, strict=True)


def _other_figures(lines: Lines) -> Iterator[int]:
    """Columns of figures right of the first amounts that are none of them."""
    sheet = lines.sheet
    below = range(lines.header + 1, len(sheet.rows) + 1)
    for column in range(min(lines.amounts) + 1, sheet.width + 1):
        if column not in lines.amounts and any(cells.is_figure(sheet.value(row, column)) for row in below):
            yield column


def _chosen(lines: Lines, context: Context) -> tuple[list[int], list[int], int]:
    """Rows that pass the filter, sums among them that are left out, how many rows do not pass."""
    hidden = hidden_rows(lines.sheet, context)
    rows, sums, other = list[int](), list[int](), 0
    for row in range(lines.header + 1, len(lines.sheet.rows) + 1):
        if row in hidden:
            continue
        if not all(
            passes(_named(lines.sheet, row, column), match) for column, match in lines.filters.items()
        ):
            other += 1
        elif any(lines.sheet.value(row, column) not in {None, ""} for column in lines.amounts):
            (sums if _is_sum(lines, row) else rows).append(row)
    return rows, sums, other


def _named(sheet: Sheet, row: int, column: int) -> Value:
    """Value of a cell; that of the merged one it lies under."""
    area = sheet.covered.get((row, column))
    return sheet.value(*area[:2]) if area else sheet.value(row, column)


def _unread(desk: Desk, lines: Lines, rows: list[int]) -> list[Left]:
    """Columns of figures under no year, right of the first or that mention one: warned of together."""
    sheet, known = lines.sheet, {*lines.amounts, *lines.filters, *lines.sheet.hidden_columns}
    found = [
        column
        for column in range(1, sheet.width + 1)
        if column > min(lines.amounts) or cells.mentions_year(sheet.text(lines.header, column))
        if column not in known and any(cells.is_figure(sheet.value(row, column)) for row in rows)
    ]
    return tell_left(desk, lines.header, found)


def _tell_unnamed(desk: Desk, lines: Lines, hidden: frozenset[int]) -> None:
    """Warn of lines whose empty cells of the filter, filled in from above, would let them pass."""
    sheet, unnamed, above = desk.sheet, list[Position](), dict[int, Value]()
    for row in range(lines.header + 1, len(sheet.rows) + 1):
        own = {column: _named(sheet, row, column) for column in lines.filters}
        empty = [column for column in _naming(lines) if own[column] in {None, ""}]
        above |= {column: value for column, value in own.items() if column not in empty}
        amounts = (sheet.value(row, column) for column in lines.amounts)
        if not empty or row in hidden or not any(map(cells.is_figure, amounts)) or _is_sum(lines, row):
            continue
        filled = own | {column: above.get(column) for column in empty}
        if all(passes(filled[column], match) for column, match in lines.filters.items()):
            unnamed.append((row, empty[0]))
    if unnamed:
        more = f" (such lines in all: {len(unnamed):,})" if len(unnamed) > 1 else ""
        told = f"{sheet.text(lines.header, unnamed[0][1])!r} is empty beside an amount, which was left out"
        desk.warn(*unnamed[0], f"{told}{more}. Where the line goes on from one above, fill it in.")


def _naming(lines: Lines) -> list[int]:
    """Columns of which the filter names a text or number."""
    return [column for column, match in lines.filters.items() if not is_open(match)]


def _is_sum(lines: Lines, row: int) -> bool:
    """Whether a row calls itself a total or a part of one, but by a text that the filter names."""
    others = {*_naming(lines), *lines.amounts}
    columns = (column for column in range(1, lines.sheet.width + 1) if column not in others)
    texts = (lines.sheet.value(row, column) for column in columns)
    labels = (folded(text) for text in texts if isinstance(text, str))
    return any(SUM.match(label) or PART.match(label) for label in labels)


def _units_of_lines(lines: Lines, rows: list[int], code: str) -> Stated:
    """Units of money that cells beside amounts name and nothing else, by their texts, each with its first."""
    first: dict[str, Position] = {}
    beside = [column for column in range(1, lines.sheet.width + 1) if column not in lines.amounts]
    for row in rows:
        for column in beside:
            if isinstance(text := lines.sheet.value(row, column), str):
                first.setdefault(text, (row, column))
    named = [(units.alone(text, code), place) for text, place in first.items()]
    return [(unit, place) for unit, place in named if unit is not None and unit.kind == "money"]


def _tell_other_units(desk: Desk, own: Stated, unit: Unit, context: Context) -> None:
    """Note the first line with a unit of its own that is not the table's."""
    for other, place in own:
        if other != unit:
            told = f"{desk.sheet.text(*place)!r} is {other.label}, where the lines are read in {unit.label}"
            desk.add(*place, f"{told}. Take one unit at a time by filter and unit under {context.key}.")
            return


def _text(sheet: Sheet, row: int) -> str:
    texts = [
        value for column in range(1, sheet.width + 1) if isinstance(value := sheet.value(row, column), str)
    ]
    return max(texts, key=len, default="")


def _tell_none(desk: Desk, sums: list[int], context: Context) -> None:
    """Note that no line is to be added up, and which total passes the filter where one does."""
    if not sums:
        desk.problems.add(desk.file, desk.sheet.name, f"no line passes the filter under {context.key}.")
        return
    told = f"no line but totals and their parts passes the filter: {_text(desk.sheet, sums[0])!r}"
    desk.add(sums[0], 1, f"{told}. Where that counts, name this text in the filter under {context.key}.")


def _totals(lines: Lines, rows: list[int], measure: Measure, context: Context) -> Iterator[Figure]:
    """The control total of each year, in the file's unit and in millions."""
    book, desk = measure.book, context.desk(measure.book, lines.sheet)
    marks = {column: desk.decimal(column, rows, context.decimal) for column in lines.amounts}
    if desk.differ(marks, rows):
        return
    for column, year in lines.amounts.items():
        mark = marks[column]
        numbers = [desk.number(row, column, mark) for row in rows] if mark is not None else []
        found = [number.value for number in numbers if number.value is not None]
        if not found:
            continue
        total = sum(found)
        _tell_sum(desk, column, dict(zip(rows, numbers, strict=True)))
        _check_control(book, lines, total, len(found), context)
        letters = column_letters(column)
        number = Number(total, f"{total:.10g} = sum of {len(found)} lines")
        cell = f"{letters}{rows[0]}:{letters}{rows[-1]}"
        yield measure.figure(context.code, year, number, cell, context.names)


def _tell_sum(desk: Desk, column: int, numbers: Mapping[int, Number]) -> None:
    """Warn of the first line whose amount is what the lines above it add up to: it may be their total."""
    above, lines = 0.0, 0
    for row, number in numbers.items():
        amount = number.value or 0.0
        if lines > 1 and abs(amount - above) < _SAME * abs(above):
            told = f"{number.raw} is the sum of the {lines} lines above it and was added to them"
            desk.warn(row, column, f"{told}. A total is left out by filter.")
            return
        above, lines = above + amount, lines + (amount != 0.0)


def _check_control(book: Book, lines: Lines, total: float, count: int, context: Context) -> None:
    stated = context.mapping.control if context.mapping else None
    if stated is not None and abs(total - stated) > 0.5:
        differs = f"differs from control = {stated:,.1f} by {abs(total - stated):,.1f}"
        text = (
            f"total {total:,.1f} of {count:,} lines {differs}. Correct filter or control under {context.key}."
        )
        context.problems.add(book.file, lines.sheet.name, text)
