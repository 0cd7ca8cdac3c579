"""Checks: found against expected, recomputed from the cells of the workbook and as the run found them."""

from collections.abc import Iterator
from dataclasses import dataclass

from forecaster.report.formulas import Shown, link, number, total
from forecaster.report.sheet import (
    HEADER,
    Cell,
    Cells,
    Column,
    Formula,
    Light,
    Row,
    Sheet,
    Span,
    Table,
    formula,
)
from forecaster.run import Check, Run
from forecaster.sheets import assumptions, calls, inputs, outlays, scenarios, strain, tie_out, treasury
from models.arrays import UNION

NAME = "Checks"
MASTER_TABLE = Cells(NAME, "master")
MASTER = MASTER_TABLE.at("master", "result")
LIVE = Cells(NAME, "live")
FOUND = Cells(NAME, "found")

ROUNDING = 0.0005
"""What a mean may lose by being added up in EUR 1,000: half of that [EUR m]."""

PLACES_OF_FLOAT = 1e-6
"""Room for the last digits of sums that are equal but for their order [EUR m]."""


@dataclass(frozen=True)
class Live:
    """A check of cells. added: how many rounded means the two sides add up."""

    name: str
    found: Formula
    expected: Cell
    added: int
    unit: str = "EUR m"


COLUMNS = (
    Column("name", "control", width=76, wrap=True),
    Column("where", "looks at"),
    Column("kind", "must be"),
    Column("unit", "unit"),
    Column("found", "found", role="simulated", width=14),
    Column("expected", "expected", role="simulated", width=14),
    Column("excess", "beyond", "E notation", "check", width=12),
    Column("tolerance", "allowed", "E notation", "assumption", width=12),
    Column("passed", "holds", "0 or 1", "check"),
    Column("word", "result", role="check"),
)


LIGHTS = (Light("words", ("word",)),)


def checks(run: Run) -> Sheet:
    """Return the sheet of controls."""
    live, found = _live_table(run), _found_table(run)
    return Sheet(
        NAME,
        "Checks: does everything add up?",
        "Which controls were made, and does each hold?",
        (_master(live, found), found, live),
    )


def passed(run: Run) -> bool:
    """Whether every control of the workbook holds."""
    return all(_held(table) == len(table.rows) for table in (_live_table(run), _found_table(run)))


def _live_table(run: Run) -> Table:
    rows = tuple(_live_row(i, check) for i, check in enumerate(_live(run)))
    notes = ("Found and expected are formulas. Allowed: what rounding each mean to EUR 1,000 can add up to.",)
    return Table(LIVE.table, "Recomputed from this workbook", COLUMNS, rows, notes, LIGHTS)


def _found_table(run: Run) -> Table:
    rows = tuple(
        _row(FOUND, i, check, (check.found, check.expected), check.where)
        for i, check in enumerate(run.checks)
    )
    notes = ("Found and expected are values of the run, some of them the worst of all paths.",)
    return Table(FOUND.table, "Found by the run", COLUMNS, rows, notes, LIGHTS)


def _live_row(key: int, live: Live) -> Row:
    tolerance = PLACES_OF_FLOAT + ROUNDING * live.added
    check = Check(live.name, number(live.found), number(live.expected), tolerance, live.unit, "")
    return _row(LIVE, key, check, (live.found, live.expected), ", ".join(_sheets(live)))


def _sheets(live: Live) -> tuple[str, ...]:
    """Sheets whose cells a control compares."""
    formulas = [cell for cell in (live.found, live.expected) if isinstance(cell, Formula)]
    cells = [cell.first if isinstance(cell, Span) else cell for one in formulas for cell in one.references]
    return tuple(dict.fromkeys(cell.sheet for cell in cells))


def _row(cells: Cells, key: int, check: Check, pair: tuple[Cell, Cell], where: str) -> Row:
    """One control: how far found is on the wrong side of expected, and whether that is allowed."""
    found, expected, kind, excess, tolerance, ok = (
        cells.at(key, column) for column in ("found", "expected", "kind", "excess", "tolerance", "passed")
    )
    wrong = formula(
        'IF({2}="equal",ABS({0}-{1}),IF({2}="at least",MAX(0,{1}-{0}),MAX(0,{0}-{1})))',
        found,
        expected,
        kind,
        value=check.excess,
    )
    holds = formula("IF({0}<={1},1,0)", excess, tolerance, value=float(check.passed))
    word = formula('IF({0}=1,"PASS","FAIL")', ok, value="PASS" if check.passed else "FAIL")
    unit = check.unit.replace("EUR million", "EUR m")
    numbers = (*pair, wrong, check.tolerance, holds, word)
    return Row(key, (check.name, where, check.kind, unit, *numbers), unit)


def _held(table: Table) -> int:
    return sum(number(row.cells[8]) == 1.0 for row in table.rows)


def _master(live: Table, found: Table) -> Table:
    at = MASTER_TABLE.at
    rows = [_group(LIVE, live), _group(FOUND, found)]
    made, held = (
        total(MASTER_TABLE.down(column, live.name, found.name), [row.cells[i] for row in rows])
        for column, i in (("made", 2), ("held", 3))
    )
    word = formula(
        'IF({0}={1},"PASS","FAIL")',
        at("master", "made"),
        at("master", "held"),
        value="PASS" if made.value == held.value else "FAIL",
    )
    last = Row("master", ("All controls: the master check", word, made, held), strong=True)
    columns = (
        Column("name", "controls", width=76),
        Column("result", "result", role="check"),
        Column("made", "made", "count"),
        Column("held", "held", "count"),
    )
    return Table(
        MASTER_TABLE.table, "Master check", columns, (*rows, last), (), (Light("words", ("result",)),)
    )


def _group(cells: Cells, table: Table) -> Row:
    """How many controls of a table were made, how many hold."""
    passed_cells = cells.down("passed", table.rows[0].key, table.rows[-1].key)
    made = formula("COUNT({0})", passed_cells, value=float(len(table.rows)))
    held = formula("SUM({0})", passed_cells, value=float(_held(table)))
    word = formula(
        'IF({0}={1},"PASS","FAIL")',
        MASTER_TABLE.at(table.name, "made"),
        MASTER_TABLE.at(table.name, "held"),
        value="PASS" if made.value == held.value else "FAIL",
    )
    return Row(table.name, (table.title, word, made, held))


def _live(run: Run) -> Iterator[Live]:
    yield _envelope(run)
    yield from _grants(run)
    yield from _payments(run)
    yield _outstanding(run)
    yield from _own_resources(run)
    yield from _payers(run)
    yield from _union_means(run)
    yield from _states_in_red(run)
    yield _figures(run)


def _envelope(run: Run) -> Live:
    lines = assumptions.LINES.at(assumptions.TOTAL, "amount")
    found = link(lines, sum(line.amount for line in run.case.programme.lines))
    return Live("Programme lines add up to the envelope", found, run.case.programme.envelope, 0)


def _grants(run: Run) -> Iterator[Live]:
    paid = Shown(outlays.PAYMENTS, outlays.payments(run))
    first, last = run.case.programme.first_payment, run.case.programme.last_payment
    for name, years in (
        (f"Grant payments before {first} are zero", [year for year in run.years if year < first]),
        (f"Grant payments after {last} are zero", [year for year in run.years if year > last]),
    ):
        added = len(years) * len(run.case.programme.lines)
        yield Live(name, paid.across(outlays.GRANTS, years), 0.0, added)


def _payments(run: Run) -> Iterator[Live]:
    paid = Shown(outlays.PAYMENTS, outlays.payments(run))
    lines = [line.id for line in run.case.programme.lines]
    for line in (*lines, outlays.TOTAL):
        added = (len(run.years) + 3) * (len(lines) if line == outlays.TOTAL else 1)
        name = f"Paid within, paid after the horizon and decommitted = commitments: {line}"
        yield Live(name, paid.link(line, "used"), paid.link(line, "commitments"), added)


def _outstanding(run: Run) -> Live:
    last = Shown(tie_out.OUTSTANDING, tie_out.outstanding(run)).link(tie_out.OPEN, tie_out.AFTER)
    added = (len(run.years) + 3) * len(run.case.programme.lines)
    return Live("Commitments are paid or decommitted in the end: nothing is outstanding", last, 0.0, added)


def _own_resources(run: Run) -> Iterator[Live]:
    paid = Shown(outlays.PAYMENTS, outlays.payments(run))
    called = Shown(treasury.CALLS, treasury.calls(run))
    share = run.case.assumptions.treasury.additionality.value
    for year in run.years:
        expected = formula(
            "{0}*{1}",
            outlays.PAYMENTS.at(outlays.TOTAL, year),
            assumptions.VALUES.at("treasury.additionality", "value").fix(),
            value=number(paid.cell(outlays.TOTAL, year)) * share,
        )
        found = called.link(("eu_budget", treasury.TOTAL), year)
        name = f"Own resources of all states = EU payments x additionality: {year}"
        yield Live(name, found, expected, len(run.forecast.states) + len(run.case.programme.lines))


def _payers(run: Run) -> Iterator[Live]:
    borne = Shown(outlays.CONTRACTS, outlays.contracts(run))
    for line in (line.id for line in run.case.programme.lines if line.contract):
        found, expected = (borne.link((line, item), "within") for item in ("borne", "outlay"))
        name = f"States + industry + Ukraine + EU = contract outlay: {line}"
        yield Live(name, found, expected, 5 * len(run.years))


def _union_means(run: Run) -> Iterator[Live]:
    """Sums of the states' means against the means of the union's joint draws, over the horizon."""
    layers = Shown(calls.LAYERS, calls.layers(run))
    pockets = Shown(treasury.CALLS, treasury.calls(run))
    added = (len(run.forecast.states) + 1) * len(run.years)
    for metric in calls.ITEMS:
        expected = float(run.statistics.mean(metric, run.baseline, UNION).sum())
        name = f"Sum of the states = union from joint draws: {calls.ITEMS[metric]}"
        parts = 2 if metric == "gross_call" else 1
        yield Live(name, layers.link((metric, calls.TOTAL), "within"), expected, parts * added)
    expected = float(run.statistics.mean("treasury_call", run.baseline, UNION).sum())
    found = pockets.link((treasury.ALL, treasury.TOTAL), "within")
    yield Live("Sum of the states = union from joint draws: treasury call", found, expected, 3 * added)


def _states_in_red(run: Run) -> Iterator[Live]:
    """Sum of the states' P(red) against the mean number of states in red; only where all states are shown."""
    if len(run.states) < len(run.forecast.states):
        return
    counted = Shown(scenarios.RESULTS, scenarios.results(run))
    red, years = (strain.STRAIN.states(run, column).fix() for column in ("red", "year"))
    for t, year in enumerate(run.years):
        value = sum(float(run.statistics.probability("red", run.baseline, s)[t]) for s in run.states)
        head = outlays.PAYMENTS.at(HEADER, year)
        found = formula("SUMIFS({0},{1},{2})", red, years, head, value=value)
        expected = counted.link((scenarios.STATES_IN_RED, run.baseline), year)
        name = f"Sum of P(red) over states = mean number of states in red: {year}"
        yield Live(name, found, expected, 0, "states, mean")


def _figures(run: Run) -> Live:
    figures = run.figures
    values = inputs.FIGURES.down("value", figures[0].place, figures[-1].place)
    found = formula("COUNT({0})", values, value=float(len(figures)))
    return Live("Numbers on the Inputs sheet = numbers read", found, float(len(figures)), 0, "count")
