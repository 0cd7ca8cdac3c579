"""Tables with one row a figure, or one row for a state and year: a column of states, a column of years."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from forecaster.figures import Figure
from forecaster.readers import cells, units
from forecaster.readers.files.book import Book, Sheet
from forecaster.readers.layouts import grid
from forecaster.readers.layouts.above import Above, Stated
from forecaster.readers.layouts.beside import Rules, calendar_year, is_percentage_of_money, settled_unit
from forecaster.readers.layouts.hidden import hidden_parts, hidden_rows
from forecaster.readers.names import Names, folded
from forecaster.readers.numbers import Desk
from forecaster.readers.understanding import Block, Context, Left, Measure
from forecaster.readers.units import Unit

_SAMPLE = 300
_VALUE = frozenset(
    {"value", "obs value", "amount", "wert", "betrag", "valeur", "montant", "importe", "kwota"}
)
_FLAG = frozenset({"flag", "flags", "obs flag", "status flag"})
_UNIT = frozenset({"unit", "unit of measure", "einheit", "unite", "unidad", "jednostka", "unita"})
_LABELS = frozenset({"source", "vintage", "last update", "dataflow", "freq", "conf status", "note", "notes"})


@dataclass(frozen=True)
class Shape:
    """Where a tidy table keeps what. values: column -> heading; dims: columns that tell measures apart."""

    header: int
    state: int
    year: int
    values: dict[int, str]
    dims: tuple[int, ...]
    flag: int
    unit: int


def shape(sheet: Sheet, names: Names) -> Shape | None:
    """Find a tidy table by its content: one column often names states, another years."""
    for header in range(1, min(len(sheet.rows), 20) + 1):
        columns = grid.headings(sheet, header)
        if (
            len(columns) < 3
            or sum(cells.year(sheet.value(header, column)) is not None for column in columns) > 1
        ):
            continue
        rows = range(header + 1, min(len(sheet.rows), header + _SAMPLE) + 1)
        states = [column for column in columns if _often(sheet, column, rows, names.code)]
        years = [
            column for column in columns if column not in states and _often(sheet, column, rows, cells.year)
        ]
        if states and years:
            return _shape(sheet, header, columns, states, years[0], rows)
    return None


def _often(sheet: Sheet, column: int, rows: range, names: Callable[[str], object]) -> bool:
    """Whether a third of a column's texts name something: other countries may be among the states."""
    texts = [text for row in rows if (text := sheet.text(row, column))]
    return len(texts) > 2 and sum(names(text) is not None for text in texts) * 3 > len(texts)


def _shape(
    sheet: Sheet, header: int, columns: dict[int, str], states: list[int], year: int, rows: range
) -> Shape | None:
    plain = {column: text.replace("_", " ") for column, text in columns.items()}
    others = {column: text for column, text in plain.items() if column not in {*states, year}}
    flag = next((column for column, text in others.items() if text in _FLAG), 0)
    unit = next((column for column, text in others.items() if text in _UNIT), 0)
    value = [column for column, text in others.items() if text in _VALUE]
    numeric = [column for column in others if column not in {flag, unit} and _numeric(sheet, column, rows)]
    values = value or numeric
    if not values:
        return None
    dims = tuple(
        column
        for column, text in others.items()
        if column not in {*values, flag, unit} and text not in _LABELS and value
    )
    return Shape(
        header, states[0], year, {column: sheet.text(header, column) for column in values}, dims, flag, unit
    )


def _numeric(sheet: Sheet, column: int, rows: range) -> bool:
    found = [value for row in rows if (value := sheet.value(row, column)) not in {None, ""}]
    numbers = sum(
        (isinstance(value, int | float) and not isinstance(value, bool))
        or (isinstance(value, str) and (cells.is_missing(value) or cells.split(value) is not None))
        for value in found
    )
    return bool(found) and numbers * 2 > len(found)


def blocks(
    book: Book, sheet: Sheet, found: Shape, context: Context, rules: Rules
) -> tuple[list[Block], list[Left]]:
    """Read a tidy table: a block for each column of values and each combination of the other columns."""
    desk = context.desk(book, sheet)
    left = list(hidden_parts(book, sheet, context))
    skipped = hidden_rows(sheet, context)
    rows = [row for row in range(found.header + 1, len(sheet.rows) + 1) if row not in skipped]
    strangers = {
        text for row in rows if (text := sheet.text(row, found.state)) and not context.names.code(text)
    }
    left += [
        Left(sheet.place(found.header, found.state), text, "not a member state") for text in sorted(strangers)
    ]
    if rules.strict and desk.is_cut(found.header, rows):
        return [], [*left, Left(sheet.name, found.values[min(found.values)], "more cells than headings")]
    left += _without_year(desk, found, rows, context)
    marks = {column: desk.decimal(column, rows, context.decimal) for column in found.values}
    if desk.differ(marks, rows):
        return [], left
    result: list[Block] = []
    for column, heading in found.values.items():
        mark = marks[column]
        if mark is None:
            continue
        groups = _groups(sheet, found, rows, context.names)
        for dims, members in groups.items():
            unit = _unit(desk, found, column, members[0], context, rules)
            if unit is None:
                left.append(Left(sheet.place(found.header, column), heading, "no unit"))
                continue
            name = " / ".join(dims) if dims else cells.clean(heading)
            measure = Measure(name, unit, book, sheet.name)
            figures = list(_figures(desk, found, column, mark, measure, members, context))
            if rules.strict:
                _tell_doubles(desk, figures, context)
            result += measure.blocks(found.header, figures)
    return result, left


def _without_year(desk: Desk, found: Shape, rows: list[int], context: Context) -> list[Left]:
    """Rows of member states with a text in the place of the year, such as 'Vorjahr', told by the first."""
    sheet = desk.sheet
    texts = {
        row: text
        for row in rows
        if (text := sheet.text(row, found.year)) and cells.year(sheet.value(row, found.year)) is None
        if context.names.code(sheet.text(row, found.state))
    }
    if texts:
        first, text = next(iter(texts.items()))
        more = f" (such rows in all: {len(texts):,})" if len(texts) > 1 else ""
        told = f"{text[:40]!r} is not a year: its row was left out{more}. Enter the year alone: 2026."
        desk.warn(first, found.year, told)
    return [Left(sheet.place(row, found.year), text, "no year") for row, text in texts.items()]


def _groups(sheet: Sheet, found: Shape, rows: list[int], names: Names) -> dict[tuple[str, ...], list[int]]:
    """Rows of member states by the texts of their other columns; the unit is one of these."""
    groups: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for row in rows:
        if names.code(sheet.text(row, found.state)) is not None:
            key = [sheet.text(row, column) for column in found.dims]
            groups[tuple([*key, sheet.text(row, found.unit)] if found.unit else key)].append(row)
    return groups


def _unit(desk: Desk, found: Shape, column: int, row: int, context: Context, rules: Rules) -> Unit | None:
    stated = _stated(desk, found, column, row, context, rules)
    return settled_unit(desk, found.header, stated, context, strict=rules.strict and not found.unit)


def _stated(desk: Desk, found: Shape, column: int, row: int, context: Context, rules: Rules) -> Stated:
    """Return the unit a row names where there is a column of units; else what heading or texts above name."""
    if found.unit:
        unit, place = units.coded(desk.sheet.text(row, found.unit)), (row, found.unit)
        return [] if unit is None else [(unit, place)]
    heading, place = found.values[column], (found.header, column)
    known = units.parsed(heading, context.code) or rules.unit(folded(heading))
    if known is not None:
        return [(known, place)]
    return Above(desk.sheet, found.header - 1, context).units(1, found.header - 1)


def _figures(
    desk: Desk, found: Shape, column: int, mark: str, measure: Measure, rows: list[int], context: Context
) -> Iterator[Figure]:
    names = context.names
    for row in rows:
        named = cells.year(desk.sheet.value(row, found.year))
        if named is None:
            continue
        year = calendar_year(desk, (row, found.year), named, context)
        if year is None:
            continue
        number = desk.number(row, column, mark)
        if number.value is None or is_percentage_of_money(desk, row, column, number, measure.unit):
            continue
        code = names.code(desk.sheet.text(row, found.state)) or ""
        beside = desk.sheet.text(row, found.flag) if found.flag else ""
        flagged = replace(number, flag=number.flag or beside or named.flag)
        yield measure.figure(code, year, flagged, desk.sheet.address(row, column), names)


def _tell_doubles(desk: Desk, figures: Sequence[Figure], context: Context) -> None:
    """Note, once a table, a state and year with two different figures; one counts in a state's own file."""
    first: dict[tuple[str, str], Figure] = {}
    pairs = [(first.setdefault((one.code, one.item), one), one) for one in figures]
    unlike = [(before, after) for before, after in pairs if before.value != after.value]
    if unlike:
        before, after = unlike[0]
        both = f"{after.code} {after.item} is {before.raw} in {before.cell} and {after.raw} in {after.cell}"
        more = f" (such figures in all: {len(unlike):,})" if len(unlike) > 1 else ""
        text = f"{both}{more}. Keep one row for each state and year: the one that counts."
        tell = desk.problems.add if context.code else desk.problems.warn
        tell(desk.file, desk.sheet.name, text)
