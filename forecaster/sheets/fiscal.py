"""Fiscal: what shocks, pledges and calls add to public balance and debt, beside their published path."""

from collections.abc import Iterator, Sequence

import numpy as np

from forecaster.findings.fiscal import loans, most_added
from forecaster.report import places
from forecaster.report.formulas import number
from forecaster.report.places import Place
from forecaster.report.sheet import (
    HEADER,
    Cell,
    Cells,
    Column,
    Light,
    Row,
    Sheet,
    Table,
    formula,
    lead,
    year_columns,
    yearly,
)
from forecaster.report.styles import decimal, percent
from forecaster.run import Run
from forecaster.sheets import budgets, inputs, treasury
from forecaster.sheets.assumptions import VALUES
from models.arrays import UNION, Floats

NAME = "Fiscal"
CROSSES = Cells(NAME, "crosses")
POINTS = Cells(NAME, "points")
SCENARIOS = Cells(NAME, "scenarios")

ANY, TOGETHER = "any year", "together"
LEVELS = {"P5": 0.05, "P50": 0.50, "P95": 0.95}
MEASURES = {"balance": "balance_points", "debt": "debt_points"}
"""Table of the published path, also what the deviation is called -> its metric."""
GDP = "% of GDP"


def fiscal(run: Run) -> Sheet:
    """Return the sheet of public balance and debt."""
    return Sheet(
        NAME,
        "Fiscal: balance and debt beside their published path",
        "How far do shocks, pledges and calls move public balance and debt, and which limits are near?",
        (_crosses(run), _scenarios(run), _points(run)),
    )


def open_years(run: Run, code: str) -> Floats:
    """Whether the published deficit of a state is within the limit, by year: only then can it pass it."""
    given = run.model.fiscal
    return np.asarray(given.balance[run.forecast.states.index(code)] >= -given.limit)


def _limit(run: Run) -> str:
    return f"{run.case.assumptions.fiscal.deficit_limit.value:g} % of GDP"


def _crosses(run: Run) -> Table:
    rows = tuple(_chance(run, place) for place in places.states(run))
    notes = [
        (
            f"Share of paths with a deficit above {_limit(run)} in a year in which the published path is not "
            "above it. Blank: the published path is above it already, and the question is settled. No policy "
            "answers: nothing is cut and no tax raised when the limit comes near."
        )
    ]
    if opened := [code for code in run.states if open_years(run, code).any()]:
        error = max(_sampling_error(run, code) for code in opened)
        notes.append(
            "It holds the business cycle, which the programme does not move. What the programme adds stands "
            f"below: at most {decimal(100.0 * most_added(run, opened), 2)} points. Sampling error: at "
            f"most {decimal(error, 1)} points either way (95 %)."
        )
    once = Column(ANY, f"any year to {run.years[-1]}", role="simulated")
    columns = (*lead("state", "name", "quantity"), *year_columns(run.years), once)
    lights = (Light("heat", (*run.years, ANY)),)
    return Table(
        CROSSES.table, f"P(deficit above {_limit(run)})", columns, rows, tuple(notes), lights, keys=4
    )


def _sampling_error(run: Run, code: str) -> float:
    """Half of the widest 95 % interval of a state's probabilities [points]."""
    return 100.0 * float(run.statistics.half_width("crosses", run.baseline, code).max())


def _chance(run: Run, place: Place) -> Row:
    open_ = open_years(run, place.code)
    cells = _where(open_, run.statistics.probability("crosses", run.baseline, place.code))
    once = run.statistics.any_year("crosses", run.baseline, place.code) if open_.any() else None
    key = ("crosses", place.code)
    return Row(key, (place.code, place.name, "probability", "share", *cells, once), "share")


def _without(run: Run, place: Place) -> Iterator[Row]:
    """Probability without the programme's own resources, and what they add to it."""
    open_, key = open_years(run, place.code), ("without", place.code)
    found, without = (
        _where(open_, run.statistics.probability(event, run.baseline, place.code))
        for event in ("crosses", "crosses_without")
    )
    heads = (place.code, place.name, "P(above limit) without the programme")
    yield yearly(key, heads, "share", without)
    added = [
        None
        if first is None
        else formula(
            "100*({0}-{1})",
            CROSSES.at(("crosses", place.code), year),
            POINTS.at(key, year),
            value=100.0 * (number(first) - number(second)),
        )
        for year, first, second in zip(run.years, found, without, strict=True)
    ]
    heads = (place.code, place.name, "the programme adds to it")
    yield yearly(("adds", place.code), heads, "points", added)


def _together(run: Run) -> Row:
    """Mean number of states that pass the limit at once."""
    cells = run.statistics.mean_at_once("crosses", run.baseline).tolist()
    union = places.union(run)
    heads = (union.code, union.name, f"states that pass {_limit(run)} at once")
    return yearly(TOGETHER, heads, "states, mean", cells)


def _where(open_: Floats, values: Floats) -> list[Cell]:
    return [float(x) if shown else None for x, shown in zip(values, open_, strict=True)]


def _scenarios(run: Run) -> Table:
    last = run.years[-1]
    rows = [_scenario(run, name) for name in run.settings.scenarios]
    codes = [place.code for place in places.states(run) if open_years(run, place.code).any()]
    notes = (
        (
            f"Share of paths in which the deficit passes {_limit(run)} in at least one year, as above; "
            "states whose published path is above it in every year are left out. Balance and debt of the "
            "union: means of the states' deviations from their paths, weighted by GDP."
        ),
    )
    columns = (
        Column("place", "place"),
        Column("scenario", "scenario"),
        Column("balance", f"balance of the union, {last}", GDP, "simulated"),
        Column("debt", f"debt of the union, {last}", GDP, "simulated"),
        *(Column(code, code, "share", "simulated") for code in codes),
    )
    lights = (Light("heat", tuple(codes)),) if codes else ()
    title = f"P(deficit above {_limit(run)} in any year to {last}), by scenario"
    return Table(SCENARIOS.table, title, columns, tuple(rows), notes, lights, keys=2)


def _scenario(run: Run, name: str) -> Row:
    union = (float(run.statistics.mean(metric, name, UNION)[-1]) for metric in MEASURES.values())
    chances = (
        run.statistics.any_year("crosses", name, place.code)
        for place in places.states(run)
        if open_years(run, place.code).any()
    )
    return Row(name, (UNION, name, *union, *chances))


def _points(run: Run) -> Table:
    rows = [_year_used(run, table) for table in MEASURES]
    for place in places.states(run):
        for table in MEASURES:
            rows += _deviation(run, place, table)
            rows += _levels(run, place, table)
        rows += [_loans(run, place), _own_resources(run, place), *_without(run, place)]
    rows += [row for table in MEASURES for row in _deviation(run, places.union(run), table)]
    rows.append(_loans(run, places.union(run)))
    rows.append(_together(run))
    given = run.case.assumptions.fiscal
    notes = (
        (
            "Deviations from the published path in points of GDP; a minus is a larger deficit or less debt. "
            "They hold the output gap, interest on debt that falls due or is new, defence budgets beyond "
            "their median without pledge, SAFE loans on top of budgets, own resources for the programme and "
            "the Ukraine loan. The programme's calls on defence are inside the budgets, not counted again."
        ),
        (
            "The deficit counts what is delivered, with accrued interest; a SAFE loan is debt when drawn. "
            "The path stays at its last year. A point of output gap moves the balance by "
            f"{given.semi_elasticity.value:g} points; {percent(given.gap_persistence.value)} of a gap is "
            "left a year later."
        ),
        (
            "Percentiles are simulated; path and mean are added by formula, since means may be. The union's "
            "points are the states' weighted by GDP on each path; per cent of GDP are never added."
        ),
    )
    columns = (*lead("state", "name", "quantity"), *year_columns(run.years))
    return Table(POINTS.table, "Points of balance and debt", columns, tuple(rows), notes, keys=4)


def _year_used(run: Run, table: str) -> Row:
    """Return the year of a published path that is used in each year."""
    nearest, items = run.case.budgets.nearest_year, inputs.column_of(run, table, "item")
    text = "MAX(MIN({0}),MIN({1},MAX({0})))"
    cells = [
        formula(text, items, POINTS.at(HEADER, year).fix("row"), value=nearest(table, year))
        for year in run.years
    ]
    key = (treasury.YEAR_USED, table)
    return yearly(key, ("all", "All states", f"{table}, published path of"), "year", cells)


def _deviation(run: Run, place: Place, table: str) -> Iterator[Row]:
    """Mean and percentiles of the deviation."""
    metric = MEASURES[table]
    mean = [float(x) for x in run.statistics.mean(metric, run.baseline, place.code)]
    name = place.name if place.code != UNION else f"{place.name}, by GDP"
    heads = (place.code, name)
    yield yearly((table, "mean", place.code), (*heads, f"{table}, points, mean"), GDP, mean)
    levels = run.statistics.percentiles(metric, run.baseline, place.code, tuple(LEVELS.values()))
    for level, values in zip(LEVELS, levels.T, strict=True):
        cells = [float(x) for x in values]
        yield yearly((table, level, place.code), (*heads, f"{table}, points, {level}"), GDP, cells)


def _levels(run: Run, place: Place, table: str) -> Iterator[Row]:
    """The published path, and the path with the mean deviation."""
    path = _path(run, place, table)
    key = (table, "path", place.code)
    code, used = POINTS.at(key, "code").fix("column"), (treasury.YEAR_USED, table)
    cells = [
        inputs.looked_up(run, table, code, POINTS.at(used, year).fix("row"), value, "100*")
        for year, value in zip(run.years, path, strict=True)
    ]
    yield yearly(key, (place.code, place.name, f"{table}, published path"), GDP, cells)
    mean = run.statistics.mean(MEASURES[table], run.baseline, place.code)
    added = [
        formula(
            "{0}+{1}",
            POINTS.at(key, year),
            POINTS.at((table, "mean", place.code), year),
            value=value + float(points),
        )
        for year, value, points in zip(run.years, path, mean, strict=True)
    ]
    heads = (place.code, place.name, f"{table}, path and mean")
    yield yearly((table, "level", place.code), heads, GDP, added)


def _path(run: Run, place: Place, table: str) -> Sequence[float]:
    given = run.case.budgets
    found = (given.figure(table, place.code, given.nearest_year(table, year)) for year in run.years)
    return [100.0 * figure.value if figure else 0.0 for figure in found]


def _loans(run: Run, place: Place) -> Row:
    """Part of the debt's points that is SAFE loans on top of budgets, without the interest on them."""
    cells = [float(x) for x in loans(run, place.states)]
    return yearly(
        ("loans", place.code), (place.code, place.name, "debt, SAFE loans in the points"), GDP, cells
    )


def _own_resources(run: Run, place: Place) -> Row:
    """What the programme itself takes from the balance: own resources over GDP on its baseline path."""
    aside = run.case.assumptions.fiscal.in_path.value
    means = run.statistics.mean("eu_budget", run.baseline, place.code)
    gdp = run.forecast.gdp[run.forecast.states.index(place.code)]
    cells = [
        formula(
            "1000*1000*({0}-1)*{1}/{2}",
            VALUES.at("fiscal.in_path", "value").fix(),
            treasury.CALLS.at(("eu_budget", place.code), year),
            budgets.BUDGETS.at(budgets.gdp_row(place.code), year),
            value=1e6 * (aside - 1.0) * float(call) / float(output),
        )
        for year, call, output in zip(run.years, means, gdp, strict=True)
    ]
    heads = (place.code, place.name, "balance, programme's own resources")
    return yearly(("own", place.code), heads, "EUR per million of GDP", cells)
