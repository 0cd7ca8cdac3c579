"""A comparison as a workbook: what changed, and the bridge of each figure."""

import hashlib
import json
from collections.abc import Iterator, Sequence

from forecaster.case.differences import Change
from forecaster.compare.bridge import Bars, Comparison
from forecaster.compare.groups import Group
from forecaster.compare.sides import Side
from forecaster.compare.steps import Steps
from forecaster.compare.told import basis, counted, data, heading, ranked, seen, signed, words
from forecaster.report.formulas import difference
from forecaster.report.sheet import Cell, Cells, Column, Light, Notes, Row, Sheet, Table, formula
from forecaster.sheets.cover import contents
from forecaster.workbook import Book, created, rendered

COVER, CHANGES, BRIDGE, STATES = "Comparison", "Changes", "Bridge", "States"
CONTROLS = Cells(COVER, "controls")
MASTER = CONTROLS.at("closes", "result")
LISTED = Cells(CHANGES, "changes")
UNION = Cells(BRIDGE, "figures")
OF_STATES = Cells(STATES, "figures")
ALLOWED = 1e-9
"""Largest difference between a change and the sum of its bars [unit of the figure]."""

BAR_WIDTH, SIDE_WIDTH = 13, 40
EXAMPLES = 3
"""Changes that stand as examples of what a bar holds."""

QUESTION = "What changed from A to B, and how much of each result did it move?"


def book(found: Comparison) -> bytes:
    """Return the workbook of a comparison; the same bytes for the same sides."""
    name = hashlib.sha256(json.dumps(data(found), sort_keys=True).encode()).hexdigest()[:12]
    title = f"{found.first.name} and {found.second.name} compared"
    latest = max(one.case.assumptions.run.as_of for one in (found.first, found.second)).isoformat()
    return rendered(pages(found), Book(title, name, created(latest), MASTER))


def pages(found: Comparison) -> tuple[Sheet, ...]:
    """Return the sheets: cover, changes, the bridge of the union's figures, those of the states."""
    others = (_changes(found), _bridge(found), _states(found))
    return (_cover(found, others), *others)


def _cover(found: Comparison, others: tuple[Sheet, ...]) -> Sheet:
    blocks = (
        Notes("Answer", tuple(_answer(found)), strong=True),
        _sides(found),
        _bars_table(found),
        _controls(found),
        contents(others, SIDE_WIDTH),
    )
    return Sheet(COVER, f"{found.first.name} and {found.second.name} compared", QUESTION, blocks)


def _width(label: str) -> float:
    """Width of a bar's column [characters]: its longest word is not broken."""
    return max(float(BAR_WIDTH), max(map(len, label.split())) + 1.5)


def _answer(found: Comparison) -> Iterator[str]:
    """The change of each figure of the union with its largest bars."""
    if not found.changes:
        yield "Nothing differs."
    elif not found.groups:
        yield f"{counted(len(found.changes), 'value differs', 'values differ')}; no result moves."
    for bars in found.union:
        if seen(signed(bars.change, bars.headline.unit)):
            largest = "; ".join(f"{label} {amount}" for label, amount in ranked(found, bars)[:2])
            yield f"{heading(bars)}: {largest}."


def _sides(found: Comparison) -> Table:
    pairs = [_about(found.first), _about(found.second)]
    rows = tuple(
        Row(name, (name, pairs[0][name], pairs[1][name], "yes" if pairs[0][name] != pairs[1][name] else "no"))
        for name in pairs[0]
    )
    columns = (
        Column("what", "what", width=SIDE_WIDTH),
        Column("A", "A", width=SIDE_WIDTH, wrap=True),
        Column("B", "B", width=SIDE_WIDTH, wrap=True),
        Column("differs", "differs"),
    )
    return Table("sides", "The two sides", columns, rows, lights=(Light("words", ("differs",)),))


def _about(one: Side) -> dict[str, str]:
    given = one.case.assumptions.run
    return {
        "case": one.name,
        "figures as of": given.as_of.isoformat(),
        "programme": one.case.programme.name,
        "states": ", ".join(one.case.budgets.codes),
        "years": f"{given.base_year + 1} to {given.base_year + one.years}",
        "paths of the bridge": f"{one.paths:,}",
        "seed of the bridge": str(one.seed),
    }


def _bars_table(found: Comparison) -> Table:
    rows = tuple(_bar_row(found, group) for group in found.groups)
    columns = (
        Column("bar", "bar", width=SIDE_WIDTH),
        Column("holds", "such as", width=SIDE_WIDTH, wrap=True),
        Column("why", "why together", width=SIDE_WIDTH, wrap=True),
        Column("changes", "changes", "count", "input"),
    )
    notes = (
        f"{basis(found)}.",
        (
            "Bars are swapped from A to B one after the other, in the order of this table and in the reverse "
            "order; a bar is the mean of the two. What moves nothing in the scenario has a bar of zero."
        ),
        *(() if rows else ("No bar: nothing that differs moves a result.",)),
    )
    return Table("bars", "The bars of the bridge", columns, rows, notes)


def _bar_row(found: Comparison, group: Group) -> Row:
    held = [change for change in found.changes if change.part in group.parts and change.moves]
    examples = "; ".join(words(change) for change in held[:EXAMPLES])
    more = f"; and {len(held) - EXAMPLES:,} more" if len(held) > EXAMPLES else ""
    why = f"one without the other is no valid case: {group.reason}" if group.reason else ""
    return Row(group.label, (group.label, examples + more, why, len(held)), "count")


def _controls(found: Comparison) -> Table:
    """The one control: in each figure start and bars add up to the end."""
    tables = [(UNION, found.union), (OF_STATES, found.states)]
    spans = [cells.down("error", _key(bars[0]), _key(bars[-1])) for cells, bars in tables]
    worst, allowed = CONTROLS.at("closes", "found"), CONTROLS.at("closes", "allowed")
    good = found.worst_error <= ALLOWED
    cells: tuple[Cell, ...] = (
        "start and bars add up to the end in every figure",
        formula('IF({0}<={1},"PASS","FAIL")', worst, allowed, value="PASS" if good else "FAIL"),
        formula("MAX({0},{1})", *spans, value=found.worst_error),
        ALLOWED,
    )
    columns = (
        Column("name", "control", width=SIDE_WIDTH),
        Column("result", "result", role="check"),
        Column("found", "largest difference", "E notation", "check"),
        Column("allowed", "allowed", "E notation", "assumption"),
    )
    lights = (Light("words", ("result",)),)
    return Table(CONTROLS.table, "Control", columns, (Row("closes", cells),), lights=lights)


def _changes(found: Comparison) -> Sheet:
    labels = {part: group.label for group in found.groups for part in group.parts}
    rows = tuple(_change_row(i, change, labels) for i, change in enumerate(found.changes))
    columns = (
        Column("bar", "bar of the bridge", width=30, wrap=True),
        Column("what", "what", width=48, wrap=True),
        Column("unit", "unit"),
        Column("A", "A", role="input", width=16, wrap=True),
        Column("B", "B", role="input", width=16, wrap=True),
        Column("change", "B less A", width=14),
        Column("place A", "place in A", width=34, wrap=True),
        Column("place B", "place in B", width=34, wrap=True),
    )
    notes = (
        (
            "Every value that differs. 'no result': a text, a source, a status. Blank: the side does not "
            "have it. A state of one side only is one line."
        ),
    )
    title = counted(len(rows), "change", "changes")
    table = Table(LISTED.table, title, columns, rows, notes, keys=2, filtered=True)
    return Sheet(CHANGES, "Changes: every value that differs", "Which values differ, and where?", (table,))


def _change_row(key: int, change: Change, labels: dict[str, str]) -> Row:
    less: Cell = None
    if isinstance(change.old, float) and isinstance(change.new, float):
        less = difference(LISTED.at(key, "B"), LISTED.at(key, "A"), (change.new, change.old))
    bar = labels.get(change.part, "no result") if change.moves else "no result"
    cells = (bar, change.what, change.unit, change.old, change.new, less, change.old_place, change.new_place)
    return Row(key, cells, change.unit)


def _bridge(found: Comparison) -> Sheet:
    steps = [Steps(BRIDGE, UNION, _key(bars), _title(bars), bars, found.groups) for bars in found.union]
    moved = [one for one in steps if one.moves]
    return Sheet(
        BRIDGE,
        "Bridge: what moved the figures of the union",
        "How much of the change of each figure did each kind of change make?",
        (_figures(UNION, found, found.union), *(block for one in moved for block in (one.chart, one.table))),
    )


def _states(found: Comparison) -> Sheet:
    red = [bars for bars in found.states if bars.headline.quantity == "red"]
    most = max(red, key=lambda bars: abs(bars.change))
    steps = Steps(STATES, OF_STATES, _key(most), _title(most), most, found.groups)
    charts = (steps.chart,) if steps.moves else ()
    tables = (_figures(OF_STATES, found, found.states), *((steps.table,) if steps.moves else ()))
    return Sheet(
        STATES,
        "States: what moved the figures of each state",
        "How much of each state's change did each kind of change make?",
        (*charts, *tables),
    )


def _key(bars: Bars) -> tuple[str, str]:
    return bars.headline.place, bars.headline.quantity


def _title(bars: Bars) -> str:
    return f"{bars.headline.place}: {bars.headline.name}"


def _figures(cells: Cells, found: Comparison, figures: Sequence[Bars]) -> Table:
    """Figures with their start, their bars and their end."""
    columns = (
        Column("place", "state"),
        Column("figure", "figure"),
        Column("unit", "unit"),
        Column("A", "A", role="simulated", width=BAR_WIDTH),
        *(
            Column(group.label, group.label, role="simulated", width=_width(group.label))
            for group in found.groups
        ),
        Column("B", "B", role="simulated", width=BAR_WIDTH),
        Column("error", "A + bars - B", "E notation", "check", width=BAR_WIDTH),
    )
    rows = tuple(_figure_row(cells, found.groups, bars) for bars in figures)
    notes = (
        f"{basis(found)}.",
        "Yearly figures are those of the year in which red is most likely in A or in B.",
    )
    return Table(cells.table, "Figures and their bars", columns, rows, notes, keys=3)


def _figure_row(cells: Cells, groups: Sequence[Group], bars: Bars) -> Row:
    key, unit = _key(bars), bars.headline.unit
    start, end = cells.at(key, "A"), cells.at(key, "B")
    text, references = "ABS({0}-{1})", [start, end]
    if groups:
        text = "ABS({0}+SUM({2})-{1})"
    span = [cells.across(key, groups[0].label, groups[-1].label)] if groups else []
    error = formula(text, *references, *span, value=bars.error)
    return Row(
        key, (bars.headline.place, bars.headline.name, unit, bars.start, *bars.steps, bars.end, error), unit
    )
