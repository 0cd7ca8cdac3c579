"""Spending and investment beside what EDA and NATO publish, for the Tie-out sheet."""

import math
from collections.abc import Iterator, Sequence

from forecaster.assembly.investment import investment_start, published_scale
from forecaster.checks.controls import INVESTMENT_CHECK
from forecaster.report import places
from forecaster.report.formulas import difference, number, ratio, total
from forecaster.report.places import Place
from forecaster.report.sheet import Cell, Cells, Column, Formula, Row, Table, formula
from forecaster.run import Run
from forecaster.sheets import assumptions as given
from forecaster.sheets import inputs
from models.arrays import UNION

EDA, NATO, INVESTMENT, TOTALS = "eda", "nato", "investment by source", "published totals"
SUM = "sum"

DEFINITIONS = {
    "eda_spending": (
        "EDA",
        (
            "EDA adds up what ministries report as defence expenditure. SIPRI, whose series is used, also "
            "counts armed police and military aid and estimates by its own rules (general knowledge)."
        ),
    ),
    "nato_spending": (
        "NATO",
        (
            "NATO's edition of July 2026 counts core defence in a new and narrower definition; its last "
            "years are estimates. SIPRI's figure, which is used, follows a definition of its own."
        ),
    ),
}
"""Table of the inputs -> publisher, and why its figures are not those used."""

COMPARED = (
    Column("source", "published by"),
    Column("year", "year", "year", "input"),
    Column("used", "spending used", "EUR m"),
    Column("published", "published", "EUR m"),
    Column("difference", "published less used", "EUR m"),
    Column("share", "of what is used", "share"),
)
"""Spending as it is used beside what is published of it."""


def tables(run: Run, sheet: str) -> tuple[Table, ...]:
    """Return the comparisons with EDA and NATO, those that the case has figures for."""
    base = run.case.assumptions.run.base_year
    latest = max((year for year in run.case.budgets.years("eda_spending") if year <= base), default=base)
    found = (
        _spending(run, Cells(sheet, EDA), "eda_spending", latest),
        _spending(run, Cells(sheet, NATO), "nato_spending", base),
        _investment(run, Cells(sheet, INVESTMENT)),
        _totals(run, Cells(sheet, TOTALS)),
    )
    return tuple(table for table in found if table.rows)


def _spending(run: Run, cells: Cells, source: str, year: int) -> Table:
    """Spending of a year as used and as published, for the states that both have."""
    publisher, why = DEFINITIONS[source]
    rows = [
        _spending_row(run, cells, source, place, year)
        for place in places.states(run)
        if all(run.case.budgets.figure(table, place.code, year) for table in (source, "spending"))
    ]
    columns = (Column("code", "state"), Column("name", "name"), *COMPARED)
    title = f"Defence spending of {year} as used and by {publisher}"
    return Table(cells.table, title, columns, (*rows, *_sums(cells, rows)), (why,))


def _spending_row(run: Run, cells: Cells, source: str, place: Place, year: int) -> Row:
    code, at = place.code, cells.at
    used, published = (_figure(run, cells, code, table, year) for table in ("spending", source))
    pair = at(code, "published"), at(code, "used")
    less = difference(*pair, (published, used))
    share = ratio(at(code, "difference"), at(code, "used"), (less, used))
    publisher, _ = DEFINITIONS[source]
    return Row(code, (code, place.name, publisher, year, used, published, less, share))


def _figure(run: Run, cells: Cells, code: str, table: str, year: int, column: str = "year") -> Formula:
    """Figure of a state in a table of the Inputs sheet, of the year in a column of the same row."""
    figure = run.case.budgets.figure(table, code, year)
    value = figure.value if figure else 0.0
    return inputs.looked_up(run, table, cells.at(code, "code"), cells.at(code, column), value)


def _sums(cells: Cells, rows: Sequence[Row]) -> Iterator[Row]:
    """The states above together, where there are several."""
    if len(rows) < 2:
        return
    used, published = (
        total(cells.down(column, rows[0].key, rows[-1].key), [row.cells[i] for row in rows])
        for column, i in (("used", 4), ("published", 5))
    )
    less = difference(cells.at(SUM, "published"), cells.at(SUM, "used"), (published, used))
    share = ratio(cells.at(SUM, "difference"), cells.at(SUM, "used"), (less, used))
    name = f"These {len(rows)} states"
    yield Row(SUM, (SUM, name, "", None, used, published, less, share), strong=True)


def _investment(run: Run, cells: Cells) -> Table:
    """Investment as used in the base year, by NATO in that year and by EDA in its latest."""
    used = dict(zip(run.case.budgets.codes, _used_investment(run), strict=True))
    rows = [_investment_row(run, cells, place, used[place.code]) for place in places.states(run)]
    if len(rows) > 1:
        added = total(cells.down("used", rows[0].key, rows[-1].key), [row.cells[4] for row in rows])
        rows.append(Row(SUM, (SUM, f"These {len(rows)} states", "", None, added, *[None] * 6), strong=True))
    columns = (
        Column("code", "state"),
        Column("name", "name"),
        Column("source", "share of investment by"),
        Column("year", "year", "year", "input"),
        Column("used", "investment used", "EUR m", "input"),
        Column("spending", "NATO, spending", "EUR m"),
        Column("equipment", "NATO, equipment", "share"),
        Column("nato", "NATO, investment", "EUR m"),
        Column("share", "NATO over used", "factor"),
        Column("eda year", "year", "year", "input"),
        Column("eda", "EDA, investment", "EUR m"),
    )
    notes = (
        (
            "Investment used: spending in the source of the investment share x that share, for allies NATO's "
            f"mean of three years, else EDA's latest{nato_moves(run)}. "
            "NATO counts major equipment and its research, EDA equipment and all research."
        ),
        f"Blank: not published.{_checked(run)}",
    )
    return Table(cells.table, "Defence investment by source", columns, tuple(rows), notes)


def nato_moves(run: Run) -> str:
    """How far NATO's share moves from one year to the next at the most: why a mean is taken."""
    budgets = run.case.budgets
    moved = [
        abs(after.value - before.value)
        for code in budgets.codes
        for year in budgets.years("nato_equipment")
        if (after := budgets.figure("nato_equipment", code, year))
        and (before := budgets.figure("nato_equipment", code, year - 1))
    ]
    if not moved:
        return ""
    return f": one year of NATO's moves by up to {100.0 * max(moved):.0f} points, therefore the mean"


def _checked(run: Run) -> str:
    """Where the sum stands against EDA's total; nothing where the run has no such control."""
    names = [check.name for check in run.checks if check.name.startswith(INVESTMENT_CHECK)]
    return (
        f" The Checks sheet holds the sum of the {len(run.forecast.states)} against EDA's total."
        if names
        else ""
    )


def _used_investment(run: Run) -> list[float]:
    """Investment of the base year as the model starts from it [EUR million], by state of the case."""
    case = run.case
    base = case.assumptions.run.base_year
    spending = case.budgets.wide("spending", case.budgets.codes, [base])[:, 0]
    return [float(x) for x in spending * published_scale(case) * investment_start(case)]


def _investment_row(run: Run, cells: Cells, place: Place, used: float) -> Row:
    code, at, budgets = place.code, cells.at, run.case.budgets
    base = run.case.assumptions.run.base_year
    known = [year for year in budgets.years("eda_investment") if budgets.figure("eda_investment", code, year)]
    eda: tuple[Cell, ...] = (None, None)
    if known:
        eda = (known[-1], _figure(run, cells, code, "eda_investment", known[-1], "eda year"))
    if not all(budgets.figure(table, code, base) for table in ("nato_spending", "nato_equipment")):
        by_eda = _used_by_eda(run, cells, code, known[-1], used) if known else used
        return Row(code, (code, place.name, "EDA, latest year", base, by_eda, *[None] * 4, *eda))
    spending, share = (
        _figure(run, cells, code, table, base) for table in ("nato_spending", "nato_equipment")
    )
    amount = number(spending) * number(share)
    product = formula("{0}*{1}", at(code, "spending"), at(code, "equipment"), value=amount)
    nato = (spending, share, product, ratio(at(code, "nato"), at(code, "used"), (product, used)))
    by_nato = _used_by_nato(run, cells, code, used)
    return Row(code, (code, place.name, "NATO, mean of three years", base, by_nato, *nato, *eda))


def _used_by_nato(run: Run, cells: Cells, code: str, used: float) -> Formula:
    """Spending by NATO x the mean of its shares of the base year and its neighbours."""
    base, read = run.case.assumptions.run.base_year, run.case.budgets.figure
    shares = [share for year in (base - 1, base, base + 1) if (share := read("nato_equipment", code, year))]
    span = inputs.FIGURES.down("value", shares[0].place, shares[-1].place).fix()
    return formula("{0}*SUM({1})/COUNT({1})", cells.at(code, "spending"), span, value=used)


def _used_by_eda(run: Run, cells: Cells, code: str, year: int, used: float) -> Cell:
    """EDA's investment of its latest year x growth of spending since; a value where NATO has part in it."""
    base, read = run.case.assumptions.run.base_year, run.case.budgets.figure
    invested = read("eda_investment", code, year)
    now, then = (read("spending", code, one) for one in (base, year))
    if not (invested and now and then) or not math.isclose(invested.value * now.value / then.value, used):
        return used
    spent = (inputs.FIGURES.at(figure.place, "value").fix() for figure in (now, then))
    return formula("{0}*{1}/{2}", cells.at(code, "eda"), *spent, value=used)


def _totals(run: Run, cells: Cells) -> Table:
    """Spending of all states as used beside the totals that EDA published; only where all are shown."""
    tie, budgets = run.case.assumptions.tie_out, run.case.budgets
    published = {
        "tie_out.spending_before": (tie.year.value - 1, tie.spending_before.value),
        "tie_out.spending": (tie.year.value, tie.spending.value),
    }
    complete = len(run.states) == len(budgets.codes) == tie.states.value
    rows = [
        _total_row(run, cells, key, year, value)
        for key, (year, value) in published.items()
        if complete and year in budgets.years("spending")
    ]
    columns = (Column("key", "assumption"), Column("name", "of"), *COMPARED)
    notes = (
        DEFINITIONS["eda_spending"][1],
        "EDA's figure of the last year is an estimate made before its end.",
    )
    return Table(cells.table, "Spending of the 27 against EDA's totals", columns, tuple(rows), notes)


def _total_row(run: Run, cells: Cells, key: str, year: int, value: float) -> Row:
    at = cells.at
    values, years = (inputs.column_of(run, "spending", name) for name in ("value", "item"))
    spent = math.fsum(
        figure.value for figure in run.figures if (figure.table, figure.item) == ("spending", str(year))
    )
    used = formula("SUMIFS({0},{1},{2})", values, years, at(key, "year"), value=spent)
    numbers, keys = (given.column_of(run, name) for name in ("value", "key"))
    published = formula("SUMIFS({0},{1},{2})", numbers, keys, at(key, "key"), value=value)
    less = difference(at(key, "published"), at(key, "used"), (published, used))
    share = ratio(at(key, "difference"), at(key, "used"), (less, used))
    return Row(key, (key, f"{UNION}, all states", "EDA", year, used, published, less, share))
