"""Budgets: what each state may spend, and on which plans."""

from collections.abc import Iterator

import numpy as np

from forecaster.report import places
from forecaster.report.fans import MEDIAN, by_percentile
from forecaster.report.formulas import ratio
from forecaster.report.places import Place
from forecaster.report.sheet import Cells, Row, Sheet, Table, lead, year_columns, yearly
from forecaster.run import Run

NAME = "Budgets"
BUDGETS = Cells(NAME, "budgets")

STATUS_WORDS = {
    "": "no plan",
    "voted": "voted",
    "estimate": "estimate",
    "plan": "plan",
    "announced": "announced",
}


def budgets(run: Run) -> Sheet:
    """Return the sheet of defence budgets."""
    return Sheet(
        NAME,
        "Budgets: what each state may spend on defence",
        "How large will the defence budget be, how sure is that, and what is it based on?",
        (_budgets(run),),
    )


def gdp_row(code: str) -> tuple[str, str]:
    """Key of the row that holds a state's GDP."""
    return code, "gdp"


def _budgets(run: Run) -> Table:
    rows = [row for i, place in enumerate(places.states(run)) for row in _state_rows(run, place)]
    rows += _percentile_rows(run, places.union(run))
    columns = (*lead("state", "name", "quantity"), *year_columns(run.years))
    notes = (
        (
            "Current prices. Percentiles of the simulated budget, pledge and shocks to GDP included. A "
            "plan that is voted or the ministry's own is carried over by its growth within one "
            "definition."
        ),
        (
            "The union's percentiles come from joint draws: they are not sums of those of the states. "
            "Blank: no plan for that year. GDP past its last published year grows by that year's real growth "
            "and deflator."
        ),
    )
    return Table(BUDGETS.table, "", columns, tuple(rows), notes, keys=4)


def _state_rows(run: Run, place: Place) -> Iterator[Row]:
    i = run.forecast.states.index(place.code)
    yield from _percentile_rows(run, place)
    plan = [None if np.isnan(x) else float(x) for x in run.forecast.plan[i]]
    status = [STATUS_WORDS[word] for word in run.forecast.plan_status[i]]
    gdp = [float(x) for x in run.forecast.gdp[i]]
    yield yearly((place.code, "plan"), (place.code, place.name, "plan"), "EUR m", plan)
    yield yearly((place.code, "status"), (place.code, place.name, "standing of the plan"), "word", status)
    yield yearly(gdp_row(place.code), (place.code, place.name, "GDP, baseline path"), "EUR m", gdp)
    yield _share_row(run, place, gdp)


def _percentile_rows(run: Run, place: Place) -> Iterator[Row]:
    values = run.statistics.percentiles("budget", run.baseline, place.code)
    for name, cells in by_percentile(values).items():
        heads = (place.code, place.name, f"budget, {name}")
        yield yearly((place.code, name), heads, "EUR m", cells)
    mean = [float(x) for x in run.statistics.mean("budget", run.baseline, place.code)]
    yield yearly((place.code, "mean"), (place.code, place.name, "budget, mean"), "EUR m", mean)


def _share_row(run: Run, place: Place, gdp: list[float]) -> Row:
    """Median budget over the baseline path of GDP."""
    medians = by_percentile(run.statistics.percentiles("budget", run.baseline, place.code))[MEDIAN]
    cells = [
        ratio(BUDGETS.at((place.code, MEDIAN), year), BUDGETS.at(gdp_row(place.code), year), (budget, path))
        for year, budget, path in zip(run.years, medians, gdp, strict=True)
    ]
    return yearly((place.code, "share"), (place.code, place.name, "median of GDP"), "share of GDP", cells)
