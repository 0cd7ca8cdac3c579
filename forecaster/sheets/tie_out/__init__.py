"""Tie-out: lines against the envelope, payments against commitments, keys, published totals, net position."""

import math
from collections.abc import Iterator

from forecaster.report import places
from forecaster.report.formulas import Shown, difference, link, number, total
from forecaster.report.places import Place
from forecaster.report.sheet import (
    Cell,
    Cells,
    Column,
    Formula,
    Row,
    Sheet,
    Span,
    Table,
    formula,
    lead,
    year_columns,
    yearly,
)
from forecaster.run import Run
from forecaster.sheets import assumptions as given
from forecaster.sheets import inputs, outlays
from forecaster.sheets.tie_out import positions, published
from forecaster.sheets.tie_out.keys import key_paid

NAME = "Tie-out"
ENVELOPE = Cells(NAME, "envelope")
OUTSTANDING = Cells(NAME, "outstanding")
KEYS = Cells(NAME, "keys")

WITHIN, AFTER = "within", "after"
COMMITTED, PAID, LAPSED, OPEN = "committed", "paid", "lapsed", "open"

KEY_COLUMNS = (
    Column("code", "state"),
    Column("name", "name"),
    Column("source", "GNI by"),
    Column("year", "year", "year", "input"),
    Column("gni", "GNI", "EUR m"),
    Column("key", "share of all", "share of GNI"),
    Column("published", "published", "share of GNI"),
    Column("difference", "difference", "points"),
    Column("word", "rounded, they"),
    Column("used", "key used, on average", "share of GNI"),
    Column("moved", "moved by growth", "points"),
)


def tie_out(run: Run) -> Sheet:
    """Return the sheet that holds results against law, accounts and published figures."""
    return Sheet(
        NAME,
        "Tie-out: against the law, the accounts and what others publish",
        "Do the figures agree with the envelope, with commitments still to be paid and with EDA and NATO?",
        (
            _envelope(run),
            outstanding(run),
            _keys(run),
            *published.tables(run, NAME),
            *positions.tables(run, NAME),
        ),
    )


def _envelope(run: Run) -> Table:
    lines = run.case.programme.lines
    rows = [
        Row(line.id, (line.id, line.name, line.status, link(given.LINES.at(line.id, "amount"), line.amount)))
        for line in lines
    ]
    added = total(ENVELOPE.down("amount", lines[0].id, lines[-1].id), [row.cells[3] for row in rows])
    envelope = run.case.programme.envelope
    at = ENVELOPE.at
    less = difference(at("all", "amount"), at("law", "amount"), (added, envelope))
    basis = run.case.programme.legal_basis
    rows += [
        Row("all", ("all", "All lines", "", added), strong=True),
        Row("law", ("envelope", basis, run.case.programme.status, envelope), strong=True),
        Row("less", ("difference", "Lines less envelope", "", less), strong=True),
    ]
    columns = (
        Column("code", "line"),
        Column("name", "name", width=32, wrap=True),
        Column("status", "standing"),
        Column("amount", "EU money", "EUR m", "assumption"),
    )
    return Table(ENVELOPE.table, "Lines of the programme against its envelope", columns, tuple(rows))


def outstanding(run: Run) -> Table:
    """Return the table of commitments, payments, what lapses and what is still to be paid at year-ends."""
    paid = Shown(outlays.PAYMENTS, outlays.payments(run))
    shares = {COMMITTED: _call_shares(run), LAPSED: _lapse_shares(run)}
    rows = []
    for flow, column in ((COMMITTED, "commitments"), (LAPSED, "decommitted")):
        rows += list(_flow(run, paid, flow, column, shares[flow]))
    rows.insert(2, _payments(run, paid))
    rows.append(_open(run, {str(row.key): row for row in rows}))
    columns = (
        *lead("line", "name", "what"),
        *year_columns(run.years, "assumption"),
        Column(WITHIN, "within the horizon"),
        Column(AFTER, "after the horizon"),
    )
    notes = (
        (
            "Means of the baseline, all lines. Committed: what finds a project, by the shares of the calls. "
            f"Decommitted: what is not paid by the end of {run.case.programme.last_payment}."
        ),
        (
            "Outstanding at a year-end = all committed so far - all paid - all decommitted. Last column of "
            "the last row: what remains for ever, zero but for the rounding of means to EUR 1,000."
        ),
    )
    title = "Commitments, payments and what is outstanding at each year-end"
    return Table(OUTSTANDING.table, title, columns, tuple(rows), notes, keys=4)


def _call_shares(run: Run) -> list[float]:
    """Share of the commitments made in each year; what was called for before stands in the first."""
    first = run.years[0]
    return [
        math.fsum(call.share for call in run.case.programme.calls if max(call.year, first) == year)
        for year in run.years
    ]


def _lapse_shares(run: Run) -> list[float]:
    """1 in the last year of payments, at whose end the rest lapses, else 0."""
    last = max(run.case.programme.last_payment, run.years[0])
    return [float(year == last) for year in run.years]


def _flow(run: Run, paid: Shown, flow: str, column: str, shares: list[float]) -> Iterator[Row]:
    """Shares by year, then that share of a total of the Outlays sheet."""
    years, share, at = run.years, f"{flow} share", OUTSTANDING.at
    whole = outlays.PAYMENTS.at(outlays.TOTAL, column).fix()
    amount = number(paid.cell(outlays.TOTAL, column))
    sums: tuple[Cell, ...] = (total(OUTSTANDING.across(share, years[0], years[-1]), shares),)
    rest = formula("1-{0}", at(share, WITHIN), value=1.0 - number(sums[0]))
    heads = ("all", "All lines", f"share {_words(flow)} in the year")
    yield yearly(share, heads, "share", shares, (*sums, rest))
    cells = [
        formula("{0}*{1}", whole, at(share, year), value=amount * part)
        for year, part in zip((*years, AFTER), (*shares, number(rest)), strict=True)
    ]
    within = total(OUTSTANDING.across(flow, years[0], years[-1]), cells[:-1])
    yield yearly(flow, ("all", "All lines", _words(flow)), "EUR m", cells[:-1], (within, cells[-1]))


def _words(flow: str) -> str:
    return {COMMITTED: "committed", LAPSED: "decommitted"}[flow]


def _payments(run: Run, paid: Shown) -> Row:
    cells = [paid.link(outlays.TOTAL, year) for year in run.years]
    within = total(OUTSTANDING.across(PAID, run.years[0], run.years[-1]), cells)
    after = paid.link(outlays.TOTAL, "beyond")
    return yearly(PAID, ("all", "All lines", "EU payments"), "EUR m", cells, (within, after))


def _open(run: Run, rows: dict[str, Row]) -> Row:
    """Outstanding at each year-end, and in the end."""
    flows = {flow: [number(cell) for cell in rows[flow].cells[4:]] for flow in (COMMITTED, PAID, LAPSED)}
    cells = []
    for t, year in enumerate(run.years):
        spans = [_until(run, flow, year) for flow in flows]
        so_far = [math.fsum(values[: t + 1]) for values in flows.values()]
        value = so_far[0] - so_far[1] - so_far[2]
        cells.append(formula("SUM({0})-SUM({1})-SUM({2})", *spans, value=value))
    at = OUTSTANDING.at
    ends = [values[-1] for values in flows.values()]
    final = formula(
        "{0}+{1}-{2}-{3}",
        at(OPEN, run.years[-1]),
        *(at(flow, AFTER) for flow in flows),
        value=number(cells[-1]) + ends[0] - ends[1] - ends[2],
    )
    heads = ("all", "All lines", "outstanding at year-end")
    return yearly(OPEN, heads, "EUR m", cells, (None, final), strong=True)


def _until(run: Run, flow: str, year: int) -> Span:
    span = OUTSTANDING.across(flow, run.years[0], year)
    return Span(span.first.fix("column"), span.last)


def _keys(run: Run) -> Table:
    """Return the key of own resources: of the latest GNI, as published, as used."""
    year = run.case.budgets.years("gni")[-1]
    whole = math.fsum(one.value for one in run.figures if (one.table, one.item) == ("gni", str(year)))
    rows = [_key_row(run, place, whole) for place in places.states(run)]
    notes = (
        (
            f"Published: part of the GNI of {year} by the Commission, rounded, from the Assumptions sheet "
            "(tie_out.key_de and its like). The key of the adopted budget was not found; it belongs there."
        ),
        (
            "Key used: the state's part of all own resources on the Treasury sheet. It moves from the share "
            "of GNI because the key is carried on by nominal growth. Rebates are lump sums and not in it."
        ),
        *(["The shares of the others are in the union's workbook only."] if run.ministry else []),
    )
    title = "Key of own resources against published shares"
    return Table(KEYS.table, title, KEY_COLUMNS, tuple(rows), notes)


def _key_row(run: Run, place: Place, whole: float) -> Row:
    year = run.case.budgets.years("gni")[-1]
    figure = run.case.budgets.figure("gni", place.code, year)
    gni, used = figure.value if figure else 0.0, key_paid(run, place, "eu_budget")
    cells: dict[str, Cell] = {
        "code": place.code,
        "name": place.name,
        "source": next((one.publisher for one in run.case.budgets.sources if one.table == "gni"), ""),
        "year": year,
        "gni": _gni(run, place.code, gni),
        "used": used,
    }
    if not run.ministry:
        cells |= _compared(run, place, gni / whole, used)
    return Row(place.code, tuple(cells.get(str(column.key)) for column in KEY_COLUMNS))


def _gni(run: Run, code: str, value: float) -> Formula:
    return inputs.looked_up(run, "gni", KEYS.at(code, "code"), KEYS.at(code, "year"), value)


def _compared(run: Run, place: Place, key: float, used: Formula) -> dict[str, Cell]:
    """Share of GNI beside the published one, where there is one, and beside the key used, if any is."""
    code, at = place.code, KEYS.at
    values, years = (inputs.column_of(run, "gni", name) for name in ("value", "item"))
    cells: dict[str, Cell] = {
        "key": formula(
            "{0}/SUMIFS({1},{2},{3})", at(code, "gni"), values, years, at(code, "year"), value=key
        ),
        "moved": formula(
            'IF({0}="","",100*({0}-{1}))',
            at(code, "used"),
            at(code, "key"),
            value="" if used.value == "" else 100.0 * (number(used) - key),
        ),
    }
    record = getattr(run.case.assumptions.tie_out, f"key_{code.lower()}", None)
    return cells if record is None else cells | _against(run, code, key, record.value)


def _against(run: Run, code: str, key: float, published: float) -> dict[str, Cell]:
    at, tolerance = KEYS.at, run.case.assumptions.tie_out.key_tolerance.value
    keys, values = (given.column_of(run, name) for name in ("key", "value"))
    return {
        "published": formula(
            'SUMIFS({0},{1},"tie_out.key_"&{2})', values, keys, at(code, "code"), value=published
        ),
        "difference": formula(
            "100*({0}-{1})", at(code, "key"), at(code, "published"), value=100.0 * (key - published)
        ),
        "word": formula(
            'IF(ABS({0}-{1})<={2},"agree","differ")',
            at(code, "key"),
            at(code, "published"),
            given.VALUES.at("tie_out.key_tolerance", "value").fix(),
            value="agree" if abs(key - published) <= tolerance else "differ",
        ),
    }
