"""Two files that should hold the same table: every difference, with both places."""

import math

from forecaster.errors import Problems
from forecaster.readers.own import Filled, Record
from forecaster.readers.own.entries import Entry

_ADVICE = "Make them equal, or keep one of the two files."


def note_differences(first: Filled, second: Filled, problems: Problems) -> None:
    """Note each cell and row in which two fillings of one table differ."""
    ours, theirs = _by_key(first), _by_key(second)
    for key, record in ours.items():
        if key in theirs:
            _note_cells(first, record, second, theirs[key], problems)
        else:
            _note_row(first, record, second, problems)
    for key, record in theirs.items():
        if key not in ours:
            _note_row(second, record, first, problems)


def _by_key(filled: Filled) -> dict[tuple[str, ...], Record]:
    """Rows by key; the second of two equal keys gets a number of its own."""
    rows: dict[tuple[str, ...], Record] = {}
    for record in filled.records:
        key = filled.key(record)
        while key in rows:
            key = (*key, "again")
        rows[key] = record
    return rows


def _note_cells(first: Filled, record: Record, second: Filled, twin: Record, problems: Problems) -> None:
    for name in dict.fromkeys([*record.entries, *twin.entries]):
        ours, theirs = record.entries.get(name), twin.entries.get(name)
        if _same(ours, theirs):
            continue
        here = first.place(ours) if ours else f"{first.row_place(record)}, column {name}"
        there = second.place(theirs) if theirs else f"{second.row_place(twin)}, column {name}"
        mine, other = (ours.raw if ours else "empty"), (theirs.raw if theirs else "empty")
        text = f"{mine!r} differs from {other!r} in {second.file}, {there}. {_ADVICE}"
        problems.add(first.file, here, text)


def _same(ours: Entry | None, theirs: Entry | None) -> bool:
    """Whether two cells hold the same, be it as per cent in one and as a share in the other."""
    if ours is None or theirs is None or ours.factor == theirs.factor:
        return (ours.value if ours else None) == (theirs.value if theirs else None)
    if ours.amount is None or theirs.amount is None:
        return ours.value == theirs.value
    return math.isclose(ours.amount, theirs.amount, rel_tol=1e-12)


def _note_row(filled: Filled, record: Record, other: Filled, problems: Problems) -> None:
    name = " ".join(part for part in filled.key(record) if part)
    problems.add(filled.file, filled.row_place(record), f"{name} has no row in {other.file}. {_ADVICE}")
