"""Outlays: what the EU commits and pays, what the contracts behind it cost and who bears that."""

import math
from collections.abc import Iterator
from dataclasses import replace

from forecaster.case.programme import Line
from forecaster.findings.moved import moved
from forecaster.report.fans import Fan, by_percentile
from forecaster.report.formulas import Shown, difference, link, number, total, total_row
from forecaster.report.sheet import (
    Cell,
    Cells,
    Chart,
    Column,
    Gallery,
    Row,
    Sheet,
    Table,
    formula,
    year_columns,
    yearly,
)
from forecaster.run import Run
from forecaster.sheets import assumptions as given
from forecaster.sheets.outlays import plan_bridge
from models.arrays import UNION
from models.metrics import BORNE

NAME = "Outlays"
PAYMENTS = Cells(NAME, "payments")
CONTRACTS = Cells(NAME, "contracts")
BRIDGE = Cells(NAME, "bridge")
CURVES = Cells(NAME, "curves")
TOTAL = "total"
GRANTS = "grants"

AFTER = (
    Column("within", "within the horizon", "EUR m"),
    Column("beyond", "after the horizon", "EUR m", "simulated"),
    Column("decommitted", "decom- mitted", "EUR m", "simulated"),
    Column("used", "sum of three", "EUR m"),
    Column("commitments", "commit- ments", "EUR m", "simulated"),
    Column("envelope", "envelope", "EUR m"),
    Column("unused", "finds no project", "EUR m"),
    Column("grant", "is a grant"),
)

CONTRACT_ITEMS = {
    "planned": "planned cost and dates",
    "slipped": "planned cost, later dates",
    "outlay_states": "states, after grants",
    "outlay_industry": "industry",
    "outlay_ukraine": "Ukraine",
    "outlay_eu": "EU",
    "outlay": "contract outlay",
}


def outlays(run: Run) -> Sheet:
    """Return the sheet of commitments, payments and contracts."""
    paid = _fan(run, "payments", "EU payments of the programme")
    cost = _fan(run, "outlay", "Outlays on contracts of the programme, all payers together")
    borne, bars = contracts(run), Cells(NAME, "bars")
    bridge = plan_bridge.bridge(run, BRIDGE, Shown(CONTRACTS, borne), CONTRACT_ITEMS)
    pays, costs = (plan_bridge.curve_chart(run, CURVES, metric) for metric in plan_bridge.CURVES)
    steps = plan_bridge.bridge_chart(bars)
    return Sheet(
        NAME,
        "Outlays: from commitments to payments and contracts",
        "How much does the EU pay in which year, what do the contracts cost, and who bears it?",
        (
            payments(run),
            *_gallery(run, ("payments", paid.chart), ("outlay", cost.chart)),
            *_gallery(run, ("outlay", steps), ("payments", pays), ("outlay", costs)),
            bridge,
            plan_bridge.by_year(run, Cells(NAME, "bridge by year")),
            plan_bridge.curves(run, CURVES),
            paid.table,
            cost.table,
            plan_bridge.steps(bars, Shown(BRIDGE, bridge)),
            borne,
        ),
    )


def _gallery(run: Run, *charts: tuple[str, Chart]) -> tuple[Gallery, ...]:
    """Charts, each of a metric, without those that would be empty; none where all would."""
    drawn = tuple(chart for metric, chart in charts if moved(run, metric))
    return (Gallery(drawn),) if drawn else ()


def payments(run: Run) -> Table:
    """Return the table of EU payments by line and year."""
    lines = run.case.programme.lines
    rows = [_payment_row(run, line) for line in lines]
    columns = (*plan_bridge.LEAD, *year_columns(run.years), *AFTER)
    heads = (TOTAL, "All lines", "EU payments, mean", "EUR m")
    last = total_row(PAYMENTS, TOTAL, heads, [column.key for column in columns[4:-1]], rows)
    last = replace(last, cells=(*last.cells, ""))
    notes = (
        (
            f"Means over {run.settings.paths:,} paths of the scenario '{run.baseline}': means may be "
            "added up, percentiles may not."
        ),
        (
            "Commitments: the part of the envelope that finds a project. Decommitted: not paid by the "
            "deadline; participants then bear it."
        ),
    )
    return Table(
        PAYMENTS.table,
        "EU payments by line and year",
        columns,
        (*rows, last, _grants(run, rows)),
        notes,
        keys=4,
    )


def _payment_row(run: Run, line: Line) -> Row:
    mean, at = run.statistics.mean, PAYMENTS.at
    paid: list[Cell] = [float(x) for x in mean("payments", run.baseline, line.id)]
    beyond, decommitted, committed = (
        float(mean(metric, run.baseline, line.id)[0])
        for metric in ("payments_beyond", "decommitted", "commitments")
    )
    within = total(PAYMENTS.across(line.id, run.years[0], run.years[-1]), paid)
    used = total(PAYMENTS.across(line.id, "within", "decommitted"), (within, beyond, decommitted))
    envelope = link(given.LINES.at(line.id, "amount"), line.amount)
    unused = difference(at(line.id, "envelope"), at(line.id, "commitments"), (envelope, committed))
    after = (within, beyond, decommitted, used, committed, envelope, unused, "yes" if line.grant else "no")
    return yearly(line.id, (line.id, line.name, "EU payments, mean"), "EUR m", paid, after)


def _grants(run: Run, rows: list[Row]) -> Row:
    """Return what is paid as grants, which the law binds to its years."""
    grants = [row for row in rows if row.cells[-1] == "yes"]
    cells = [
        formula(
            'SUMIFS({0},{1},"yes")',
            PAYMENTS.down(column, rows[0].key, rows[-1].key).fix("row"),
            PAYMENTS.down("grant", rows[0].key, rows[-1].key).fix(),
            value=math.fsum(number(row.cells[i]) for row in grants),
        )
        for i, column in enumerate((*run.years, "within", "beyond"), start=4)
    ]
    blank = [None] * (len(rows[0].cells) - 4 - len(cells))
    return yearly(GRANTS, (TOTAL, "All lines", "of which grants"), "EUR m", cells, blank, strong=True)


def contracts(run: Run) -> Table:
    """Return the table of contracts and who bears them."""
    rows = [row for line in run.case.programme.lines if line.contract for row in _contract_rows(run, line)]
    within = Column("within", "within the horizon", "EUR m")
    beyond = Column("beyond", "after the horizon", "EUR m", "simulated")
    columns = (*plan_bridge.LEAD, *year_columns(run.years), within, beyond)
    notes = (
        (
            "Means. Planned cost: at the baseline price path, with the median saving, on planned dates. "
            "Later dates: with slip. Outlay: with cost growth, prices, exchange rates and the saving drawn."
        ),
        (
            "In each year states + industry + Ukraine + EU = contract outlay; the Checks sheet compares "
            "the two, with room for the rounding of each mean to EUR 1,000. Below zero: grants that arrive "
            "before the outlay they are for."
        ),
        (
            "Gross call + grants received of all states on the Calls sheet can differ from what states "
            "bear here: there the euros of a state outside the euro hold what its moved rate costs it."
        ),
    )
    shown = (*rows, *_all_lines(run, rows))
    return Table(CONTRACTS.table, "Contracts and who bears them", columns, shown, notes, keys=4)


def _all_lines(run: Run, rows: list[Row]) -> Iterator[Row]:
    """Return the sum of all lines for each payer and for the whole outlay."""
    for metric in (*BORNE, "outlay") if rows else ():
        key, item = (TOTAL, metric), CONTRACT_ITEMS[metric]
        of_lines = [row for row in rows if row.cells[2] == item]
        columns = (*run.years, "within", *(("beyond",) if metric == "outlay" else ()))
        sums = [
            formula(
                "SUMIFS({0},{1},{2})",
                CONTRACTS.down(column, rows[0].key, rows[-1].key).fix("row"),
                CONTRACTS.down("item", rows[0].key, rows[-1].key).fix(),
                CONTRACTS.at(key, "item").fix("column"),
                value=math.fsum(number(row.cells[i]) for row in of_lines),
            )
            for i, column in enumerate(columns, start=4)
        ]
        blank = [None] * (len(rows[0].cells) - 4 - len(sums))
        yield yearly(key, (TOTAL, "All lines", item), "EUR m", sums, blank, strong=True)


def _contract_rows(run: Run, line: Line) -> Iterator[Row]:
    cells = {
        metric: [float(x) for x in run.statistics.mean(metric, run.baseline, line.id)]
        for metric in CONTRACT_ITEMS
    }
    for metric, item in CONTRACT_ITEMS.items():
        key = (line.id, metric)
        within = total(CONTRACTS.across(key, run.years[0], run.years[-1]), cells[metric])
        beyond = run.statistics.mean("outlay_beyond", run.baseline, line.id)
        after = (within, float(beyond[0]) if metric == "outlay" else None)
        yield yearly(key, (line.id, line.name, item), "EUR m", cells[metric], after)
    yield _borne(run, line, cells)


def _borne(run: Run, line: Line, cells: dict[str, list[float]]) -> Row:
    """Return the sum of the four payers by year."""
    key = (line.id, "borne")
    sums = [
        total(
            CONTRACTS.down(year, (line.id, BORNE[0]), (line.id, BORNE[-1])),
            [cells[metric][t] for metric in BORNE],
        )
        for t, year in enumerate(run.years)
    ]
    within = total(CONTRACTS.across(key, run.years[0], run.years[-1]), sums)
    return yearly(key, (line.id, line.name, "all four together"), "EUR m", sums, (within, None), strong=True)


def _fan(run: Run, metric: str, title: str) -> Fan:
    return Fan(
        cells=Cells(NAME, f"fan of {metric}"),
        title=title,
        heads=(UNION, "All lines"),
        unit="EUR m",
        years=run.years,
        percentiles=tuple(by_percentile(run.statistics.percentiles(metric, run.baseline, UNION)).values()),
        description=f"{title} by year: median and bands P5 to P95, P10 to P90, P25 to P75.",
        notes=("From joint draws: a percentile of the whole is not the sum of the lines' percentiles.",),
    )
