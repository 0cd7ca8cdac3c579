"""Assumptions: what was assumed, with unit, range, source and status, and the lines of the programme."""

import math
from collections.abc import Iterator
from functools import cache

from forecaster.case.differences.from_bundled import assumed
from forecaster.case.programme import LINE, Line
from forecaster.case.quantities import Record
from forecaster.report.sheet import Cell, Cells, Column, Ref, Row, Sheet, Span, Table, formula
from forecaster.run import Run
from forecaster.sheets.effects import NOISE
from forecaster.toml import ASSUMPTIONS, PROGRAMME

NAME = "Assumptions"
VALUES = Cells(NAME, "assumptions")
LINES = Cells(NAME, "lines")
TOTAL = "total"

NOTES, SOURCES = 48, 42
"""Widths of long texts [characters]: with wider ones the sheet prints too small."""

COLUMNS = (
    Column("key", "key"),
    Column("value", "value", role="assumption", width=15),
    Column("unit", "unit"),
    Column("low", "range from", role="assumption"),
    Column("high", "range to", role="assumption"),
    Column("status", "status"),
    Column("changed", "changed from the bundled case", width=13),
    Column("moves", "moves P(red) by", "points", "simulated"),
    Column("note", "what it is", width=NOTES, wrap=True),
    Column("source", "source", width=SOURCES, wrap=True),
    Column("file", "file"),
)

LINE_COLUMNS = (
    Column("id", "line"),
    Column("amount", "EU money", unit="EUR m", role="assumption"),
    Column("rest", "who bears what nobody else does"),
    Column("share", "EU part of a contract", unit="share", role="assumption"),
    Column("states", "states' part of the rest", unit="share", role="assumption"),
    Column("status", "status"),
    Column("new", "bought only because of it", unit="share", role="assumption"),
    Column("file", "file"),
    Column("name", "name", width=NOTES),
    Column("source", "source", width=SOURCES, wrap=True),
)


def assumptions(run: Run) -> Sheet:
    """Return the sheet of assumptions and programme lines."""
    return Sheet(
        NAME,
        "Assumptions: what was assumed, and the lines of the programme",
        "What did we have to assume, where does it come from, how sure is it?",
        (_lines(run), _values(run)),
    )


@cache
def threshold(name: str) -> Ref:
    """Cell of a threshold of strain, such as "red", with $."""
    return VALUES.at(f"strain.{name}", "value").fix()


def column_of(run: Run, column: str) -> Span:
    """Return the cells of one column of all assumptions, with $."""
    rows = _values(run).rows
    return VALUES.down(column, rows[0].key, rows[-1].key).fix()


def _values(run: Run) -> Table:
    changed = assumed(run.changed)
    moves = {effect.ends.key: 100.0 * effect.size for effect in run.drivers.effects} if run.drivers else {}
    records = sorted(run.case.records.items(), key=lambda entry: -moves.get(entry[0], -1.0))
    rows = tuple(row for key, record in records for row in _rows(key, record, key in changed, moves.get(key)))
    notes = (
        (
            "Status: confirmed = read at the source; weak = a secondary source; judgement = ours, shown "
            "to be argued with; derived = arithmetic on other figures. A list has one row for each of "
            "its years. Of the lines of the programme: judgements that have a range."
        ),
        _order(run),
    )
    return Table(VALUES.table, "Assumptions of the case", COLUMNS, rows, notes, keys=1, filtered=True)


def _order(run: Run) -> str:
    """Return how the assumptions are sorted."""
    if run.drivers is None:
        return "In the order of the file: effects on P(red) were left out of this run."
    return (
        "Sorted by effect on P(red), the largest first, then in the order of the file: points by which it "
        "moves between the ends of the range, a list between the values that the sheet Effects gives, on "
        f"average over states; {NOISE}. Blank: no range."
    )


def _rows(
    key: str,
    record: Record,
    changed: bool,  # noqa: FBT001 - data of the row
    moves: float | None,
) -> Iterator[Row]:
    """One row for a number or a choice, one an entry for a list."""
    value, unit = record.value, record.unit
    low, high = record.range or (None, None)
    values = value if isinstance(value, tuple) else (value,)
    for i, entry in enumerate(values, start=1):
        name = f"{key}[{i}]" if isinstance(value, tuple) else key
        word = "yes" if changed else "no"
        cells: tuple[Cell, ...] = (name, entry, unit, low, high, record.status, word, moves)
        file = PROGRAMME if key.startswith(f"{LINE}.") else ASSUMPTIONS
        yield Row(name, (*cells, record.note, record.source, file), unit)


def _lines(run: Run) -> Table:
    programme = run.case.programme
    case = run.case.assumptions.award.procurement_case.value
    total = formula(
        "SUM({0})",
        LINES.down("amount", programme.lines[0].id, programme.lines[-1].id),
        value=math.fsum(line.amount for line in programme.lines),
    )
    last = Row(TOTAL, (TOTAL, total, *[""] * (len(LINE_COLUMNS) - 2)), strong=True)
    notes = (f"The EU's part of a procurement contract is the case '{case}' (award.procurement_case).",)
    rows = (*(_line(line, case) for line in programme.lines), last)
    return Table(LINES.table, "Lines of the programme", LINE_COLUMNS, rows, notes)


def _line(line: Line, case: str) -> Row:
    share = line.share_of_contract(case) if line.contract else None
    rest = line.rest if line.contract else "no contract"
    numbers: tuple[Cell, ...] = (line.amount, rest, share, line.states_part, line.status, line.new)
    return Row(line.id, (line.id, *numbers, PROGRAMME, line.name, line.source))
