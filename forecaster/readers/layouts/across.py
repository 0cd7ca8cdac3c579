"""Tables with years across: a row for each state, or for each measure of one state."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from forecaster.figures import Figure
from forecaster.readers.files.book import Book, Sheet
from forecaster.readers.jumps import jumps
from forecaster.readers.layouts import grid, within
from forecaster.readers.layouts.above import Above
from forecaster.readers.layouts.beside import (
    Rules,
    calendar_year,
    is_percentage_of_money,
    state_of,
    tell_lasting_unit,
    tell_prices,
    title_of,
    unit_of,
)
from forecaster.readers.layouts.grid import Heads, Row, Segment
from forecaster.readers.layouts.hidden import hidden_parts, hidden_rows
from forecaster.readers.layouts.unread import tell_second_table, tell_unread
from forecaster.readers.names import bare, folded, without_notes
from forecaster.readers.numbers import Desk, Number
from forecaster.readers.sums import AMONG_STATES, PART
from forecaster.readers.understanding import Block, Context, Left, Measure
from forecaster.readers.units import Unit

Columns = dict[int, tuple[int, str, str]]
"""Column -> (calendar year, its flag, decimal mark)."""
_SHOWN = 4
NAME_IT = "name the file after the state (PL_budget.xlsx), or read it under [sources.PL]."
"""What to do where no cell says whose figures a table holds."""
OUTSIDERS = frozenset(
    {"australia", "iceland", "island", "islande", "islandia", "norway", "albania", "georgia", "mali", "niger"}
)


@dataclass(frozen=True)
class Part:
    """A segment being read: its sheet, heading and measure. units: column -> unit of its own."""

    desk: Desk
    heads: Heads
    segment: Segment
    measure: Measure
    units: Mapping[int, Unit]

    @property
    def header(self) -> int:
        """Row of the file in which the headings stand: where years are down, what is across."""
        return self.heads.label if self.desk.sheet.turned else self.heads.row


def blocks(
    book: Book, sheet: Sheet, all_heads: Sequence[Heads], context: Context, rules: Rules
) -> tuple[list[Block], list[Left]]:
    """Read all tables with years across on a sheet, and what was left out of them."""
    found, left = [], list(hidden_parts(book, sheet, context))
    above = Above(sheet, all_heads[-1].row, context)
    ends = [*(heads.row - 1 for heads in all_heads[1:]), len(sheet.rows)]
    for heads, last in zip(all_heads[: 1 if context.header_row else None], ends, strict=False):
        pieces = grid.segments(sheet, heads, last, hidden_rows(sheet, context), context.code)
        for whole in grid.merged_segments(pieces, context.names):
            segment, remarks = _without_remarks(sheet, heads, whole, context)
            left += remarks
            if segment.rows:
                blocks_, left_ = _read(book, above, heads, segment, rules)
                found += blocks_
                left += left_
    return found, left


def _without_remarks(
    sheet: Sheet, heads: Heads, segment: Segment, context: Context
) -> tuple[Segment, list[Left]]:
    """Leave out rows that hold words where figures would stand; one that is wanted stays, to be told."""
    remarks = [
        row
        for row in segment.rows
        if grid.holds_remarks(sheet, heads, row.number) and not _is_wanted(row, context)
    ]
    left = [Left(sheet.place(row.number, heads.label), row.label, "words, no figures") for row in remarks]
    return replace(segment, rows=tuple(row for row in segment.rows if row not in remarks)), left


def _is_wanted(row: Row, context: Context) -> bool:
    """Whether a row names a member state, or is one that the mapping names."""
    labels = context.mapping.rows.values() if context.mapping else ()
    return bool(context.names.code(row.label)) or bare(row.label) in map(bare, labels)


def _read(
    book: Book, above: Above, heads: Heads, segment: Segment, rules: Rules
) -> tuple[list[Block], list[Left]]:
    sheet, context = above.sheet, above.context
    desk = context.desk(book, sheet)
    own = context.code or state_of(book.file, heads, above)
    named = [row for row in segment.rows if context.names.code(row.label)]
    by_state = len(named) > 1 or (bool(named) and (not own or len(segment.rows) == 1))
    if rules.strict and not by_state and not own and len(segment.rows) > 1:
        for row in segment.rows:
            _tell_misspelt(desk, row, context)
    title, unit = title_of(sheet, heads, segment), unit_of(desk, heads, segment, above, rules)
    if unit is None:
        return [], [Left(sheet.name, title, "no unit")]
    if rules.strict and tell_second_table(desk, heads, segment):
        return [], [Left(sheet.name, title, "two tables side by side")]
    if rules.strict and desk.is_cut(heads.row, [row.number for row in segment.rows]):
        return [], [Left(sheet.name, title, "more cells than headings")]
    measure, by_column = Measure(title, unit, book, sheet.name), within.of_columns(segment, context.code)
    part = Part(desk, heads, segment, measure, by_column)
    columns = _columns(part, context)
    unread: list[Left] = []
    if rules.strict:
        tell_prices(desk, heads, above)
        tell_lasting_unit(desk, heads, segment, unit, above)
        unread = tell_unread(desk, heads, segment)
    found, left = (
        _states(part, columns, context, rules) if by_state else _measures(part, columns, own, context, rules)
    )
    return found, [*unread, *left]


def _columns(part: Part, context: Context) -> Columns:
    """Return the columns that can be read; one that cannot is noted and left out."""
    rows = [row.number for row in part.segment.rows]
    found: Columns = {}
    for column, year in part.heads.years.items():
        number = calendar_year(part.desk, (part.heads.row, column), year, context)
        mark = part.desk.decimal(column, rows, context.decimal)
        if number in {other for other, _, _ in found.values()}:
            text = f"{number} heads a column left of this one too. Hide or delete one of them."
            part.desk.add(part.heads.row, column, text)
        elif number is not None and mark is not None:
            found[column] = (number, year.flag, mark)
    return {} if part.desk.differ({column: mark for column, (_, _, mark) in found.items()}, rows) else found


def _states(part: Part, columns: Columns, context: Context, rules: Rules) -> tuple[list[Block], list[Left]]:
    rows: dict[str, tuple[Row, dict[int, Number]]] = {}
    totals: list[tuple[Row, dict[int, Number]]] = []
    left: list[Left] = []
    for row in part.segment.rows:
        code = context.names.code(row.label)
        if code is not None:
            numbers = _numbers(part, row, columns)
            if code in rows:
                _tell_double(part, code, rows[code], (row, numbers))
            else:
                rows[code] = row, numbers
        elif _is_sum(folded(row.label)):
            totals.append((row, _numbers(part, row, columns)) if rules.strict else (row, {}))
            left.append(Left(_at(part, row), row.label, "a total or a part of one"))
        else:
            left.append(_stranger(part, row, context, rules))
    strangers = any(one.why == "not a member state" for one in left)
    if rules.strict and not strangers and part.measure.unit.kind == "money":
        _check_totals(part, totals, rows, columns)
        _tell_jumps(part, rows, columns)
    figures = (
        figure
        for code, (row, numbers) in rows.items()
        for figure in _figures(part, code, row, numbers, columns, context, rules)
    )
    return part.measure.blocks(part.header, figures), left


def _is_sum(label: str) -> bool:
    return bool(AMONG_STATES.match(label) or PART.match(label))


def _at(part: Part, row: Row) -> str:
    return part.desk.sheet.place(row.number, part.heads.label)


def _numbers(part: Part, row: Row, columns: Columns) -> dict[int, Number]:
    return {column: part.desk.number(row.number, column, mark) for column, (_, _, mark) in columns.items()}


def _tell_double(
    part: Part, code: str, first: tuple[Row, dict[int, Number]], second: tuple[Row, dict[int, Number]]
) -> None:
    rows = f"{code} appears in rows {first[0].number} and {second[0].number}"
    if [one.value for one in first[1].values()] == [one.value for one in second[1].values()]:
        part.desk.problems.warn(part.desk.file, part.desk.sheet.name, f"{rows} with the same figures.")
    else:
        part.desk.problems.add(part.desk.file, part.desk.sheet.name, f"{rows} with different figures.")


def _tell_misspelt(desk: Desk, row: Row, context: Context) -> None:
    """Tell of a row whose name is close to a member state's."""
    suggestion = context.names.suggestion(row.label)
    if suggestion and bare(row.label) not in OUTSIDERS:
        text = f"{row.label!r} is not a member state.{suggestion}"
        desk.problems.add(desk.file, _row_place(desk, row), text)


def _row_place(desk: Desk, row: Row) -> str:
    return ", ".join(part for part in (desk.sheet.name, f"Row {row.number}") if part)


def _stranger(part: Part, row: Row, context: Context, rules: Rules) -> Left:
    """Leave out a row that names no member state; a name close to one's is a problem in a ministry's file."""
    if rules.strict:
        _tell_misspelt(part.desk, row, context)
    return Left(_at(part, row), row.label, "not a member state")


def _check_totals(
    part: Part,
    totals: list[tuple[Row, dict[int, Number]]],
    rows: dict[str, tuple[Row, dict[int, Number]]],
    columns: Columns,
) -> None:
    """Note a total that differs from the sum of the states by more than half a unit."""
    for row, numbers in totals:
        if PART.match(folded(row.label)) or any(other.number > row.number for other, _ in rows.values()):
            continue
        for column in columns:
            stated = numbers[column].value
            states = [found[column].value for _, found in rows.values()]
            if stated is None or None in states:
                continue
            total = sum(value for value in states if value is not None)
            if abs(stated - total) > 0.5:
                cell = part.desk.sheet.address(row.number, column)
                text = f"{stated:,.1f} in {cell} differs from the sum of states {total:,.1f}"
                name = row.label if "total" in row.label.casefold() else f"{row.label} total"
                part.desk.problems.add(
                    part.desk.file, part.desk.sheet.name, f"{name} {text} by {abs(stated - total):,.1f}."
                )


def _tell_jumps(part: Part, rows: dict[str, tuple[Row, dict[int, Number]]], columns: Columns) -> None:
    for code, (_, numbers) in rows.items():
        values = {columns[column][0]: one.value for column, one in numbers.items() if one.value is not None}
        for text in jumps(code, values):
            part.desk.problems.warn(part.desk.file, part.desk.sheet.name, text)


def _measures(
    part: Part, columns: Columns, own: str, context: Context, rules: Rules
) -> tuple[list[Block], list[Left]]:
    """Read a table of one state: each row is a measure of its own."""
    if not own:
        return [], [_nameless(part, context, rules)]
    table, found = part.measure, list[Block]()
    plains = [without_notes(row.label) for row in part.segment.rows]
    names = Counter(plains)
    for row, plain in zip(part.segment.rows, plains, strict=True):
        name = plain if names[plain] == 1 else row.label
        unit, numbers = _row_unit(part, row, own, rules), _numbers(part, row, columns)
        if rules.strict and not unit:
            _tell_unclear_unit(part, row, own)
        measure = replace(table, unit=unit or table.unit, name=name or table.name)
        named = replace(part, measure=measure, units={} if unit else part.units)
        found += measure.blocks(part.header, _figures(named, own, row, numbers, columns, context, rules))
    return found, []


def _row_unit(part: Part, row: Row, own: str, rules: Rules) -> Unit | None:
    """Return the unit a row of one state names or shows for itself; None where it is the table's."""
    if rules.row_unit:
        return rules.row_unit(row.label, part.measure.unit)
    sheet, table = part.desk.sheet, part.measure.unit
    if named := within.of_row(sheet, part.heads, row, table, own):
        return named[0]
    share = table.kind == "money" and within.percentages(sheet, part.heads, row)
    return Unit("%", "share", 0.01) if share else None


def _tell_unclear_unit(part: Part, row: Row, own: str) -> None:
    """Note a row whose label names a unit that is not clear: it need not be the table's."""
    if named := within.unclear_unit(row.label, own):
        told = f"{named!r} may be one unit or another, and the table is in {part.measure.unit.label}"
        part.desk.add(row.number, part.heads.label, f"{told}. Write 'EUR thousand' or 'EUR million'.")


def _nameless(part: Part, context: Context, rules: Rules) -> Left:
    """Leave out a table that names no member state; a ministry's is asked to name its own."""
    if rules.strict:
        labels = [row.label for row in part.segment.rows]
        rows = ", ".join(repr(label[:40]) for label in labels[:_SHOWN])
        more = ", ..." if len(labels) > _SHOWN else "."
        text = f"no member state is named. Rows read: {rows}{more} Correct the name, {NAME_IT}"
        context.problems.add(part.desk.file, part.desk.sheet.name, text)
    return Left(part.desk.sheet.name, part.measure.name, "no member state is named")


def _figures(
    part: Part,
    code: str,
    row: Row,
    numbers: dict[int, Number],
    columns: Columns,
    context: Context,
    rules: Rules,
) -> Iterator[Figure]:
    beside_label = _beside_label(part, row) if part.measure.unit.currency == "national" else ""
    flags = part.heads.flags
    for column, number in numbers.items():
        if number.value is None:
            continue
        sheet = part.desk.sheet
        beside = sheet.text(row.number, flags[column]) if column in flags else ""
        flag = number.flag or beside or rules.flag(sheet, row.number, column) or part.heads.years[column].flag
        flagged = replace(number, flag=flag) if flag != number.flag else number
        place = sheet.address(row.number, column)
        own = part.units.get(column)
        measure = replace(part.measure, unit=own) if own else part.measure
        if not (rules.strict and is_percentage_of_money(part.desk, row.number, column, number, measure.unit)):
            yield measure.figure(code, columns[column][0], flagged, place, context.names, beside_label)


def _beside_label(part: Part, row: Row) -> str:
    """Return the texts left of the years, where a currency may be named: 'Bulgaria (Leva)'."""
    return " ".join(part.desk.sheet.text(row.number, column) for column in range(1, part.heads.first))
