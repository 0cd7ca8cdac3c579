"""Obligations: what is promised against what can be invested, in money, state by state."""

from collections.abc import Iterator, Sequence

from forecaster.findings.red import most_strained
from forecaster.report import places
from forecaster.report.fans import MEDIAN, PERCENTILES, Fan, Line, by_percentile
from forecaster.report.formulas import number
from forecaster.report.places import Place
from forecaster.report.sheet import Cell, Cells, Row, Sheet, Table, formula, lead, year_columns, yearly
from forecaster.run import Run
from forecaster.sheets.strain import other
from models.arrays import UNION
from models.plans import FIRM

NAME = "Obligations"
STATES = Cells(NAME, "states")
FAN = Cells(NAME, "fan")
GAPS = Cells(NAME, "gaps")
PLANS = Cells(NAME, "plans")

LARGE = 10
"""How many of the largest spenders count as large."""

MONEY = {"P5": "investment money, P5", "P50": "investment money, median"}
"""Percentile of the money to invest -> what a reader sees."""

NOTES = (
    (
        "Obligations = payments on contracts signed before + net call of the programme. Investment money: "
        "what the defence budget leaves for equipment and research. Scenario: the baseline."
    ),
    (
        "Percentiles of each by itself: how often one exceeds the other on the same path is P(red) on the "
        "Strain sheet. The union's come from joint draws: they are not sums of those of the states."
    ),
)

GAP_NOTES = (
    (
        "Obligations beyond investment money on the same path, zero where they fit; of the union the sum of "
        "the states' gaps. Means, and other scenarios: Money sheet."
    ),
)
PLAN_NOTES = (
    (
        "Everything the plan of a ministry would buy, at the prices and cost growth of each path, what SAFE "
        "loans on top of it are bound to, and the service of loans that a defence budget bears, less the "
        "money to invest: what an audit office calls an unaffordable plan. Blank where no budget is voted or "
        "planned: against a median of our own it would be a coin toss."
    ),
)


def obligations(run: Run) -> Sheet:
    """Return the sheet of obligations against investment money."""
    shown = fan(run)
    return Sheet(
        NAME,
        "Obligations: promises against the money to invest",
        "How much is promised in each year, in EUR million, and does it fit into what can be invested?",
        (shown.chart, shown.table, _states(run), _gaps(run), *_plans(run)),
    )


def fan(run: Run) -> Fan:
    """Return the fan of the most strained large state, with its median investment money as a line."""
    place, rule = chosen(run)
    rows = {row.key: row.cells[4:] for row in _state_rows(run, place)}
    median = MONEY[MEDIAN]
    return Fan(
        cells=FAN,
        title=f"{place.name} ({rule}): obligations against investment money",
        heads=(place.code, place.name),
        unit="EUR m",
        years=run.years,
        percentiles=tuple(_found(run, name, rows[place.code, name]) for name in PERCENTILES),
        description=(
            f"Fan of the obligations of {place.spoken} by year in EUR million, payments on contracts signed "
            "before and the net call of the programme, and the median of its investment money."
        ),
        lines=(Line(median, "red", _found(run, median, rows[place.code, median])),),
        notes=(
            (
                f"{place.name}: {rule}. To see {other(run)}, write its code into the first column of all "
                "rows but the bands: table and chart follow, their titles do not."
            ),
        ),
    )


def chosen(run: Run) -> tuple[Place, str]:
    """Return the large state that is most strained in its worst year, and the rule that chose it."""
    spent = dict(zip(run.forecast.states, run.forecast.base.tolist(), strict=True))
    large = sorted(run.states, key=lambda code: -spent[code])[:LARGE]
    place = next(place for place in most_strained(run) if place.code in large)
    if len(large) == 1:
        return place, "the state shown"
    if run.statistics.any_year("red", run.baseline, place.code) == 0.0:
        return place, f"one of the {len(large)} largest spenders, none of which is ever in red"
    return place, f"of the {len(large)} largest spenders the one most strained in its worst year"


def _found(run: Run, item: str, cells: Sequence[Cell]) -> tuple[Cell, ...]:
    """Cells of a row of the fan: what stands in the table of all states for the code and item of that row."""
    first, last = (run.states[0], PERCENTILES[0]), (UNION, MONEY[MEDIAN])
    codes, items = (STATES.down(column, first, last).fix() for column in ("code", "item"))
    code, what = (FAN.at(item, column).fix("column") for column in ("code", "item"))
    return tuple(
        formula(
            "SUMIFS({0},{1},{2},{3},{4})",
            STATES.down(year, first, last).fix("row"),
            codes,
            code,
            items,
            what,
            value=number(cell),
        )
        for year, cell in zip(run.years, cells, strict=True)
    )


def _states(run: Run) -> Table:
    rows = [row for place in places.shown(run) for row in _state_rows(run, place)]
    columns = (*lead("state", "name", "quantity"), *year_columns(run.years))
    title = "Obligations and investment money by state and year"
    return Table(STATES.table, title, columns, tuple(rows), NOTES, keys=4)


def _gaps(run: Run) -> Table:
    rows = [row for place in places.shown(run) for row in _gap_rows(run, place)]
    columns = (*lead("state", "name", "quantity"), *year_columns(run.years))
    return Table(GAPS.table, "Gap by state and year", columns, tuple(rows), GAP_NOTES, keys=4)


def _gap_rows(run: Run, place: Place) -> Iterator[Row]:
    """Percentiles of what is promised beyond the money to invest."""
    values = run.statistics.percentiles("gap", run.baseline, place.code)
    for item, cells in by_percentile(values).items():
        yield yearly((place.code, item), (place.code, place.name, f"gap, {item}"), "EUR m", cells)


def _plans(run: Run) -> Iterator[Table]:
    """The whole plan of each ministry that has one, against the money to invest; no table where none has."""
    rows = [row for place in places.states(run) for row in _plan_rows(run, place)]
    if rows:
        columns = (*lead("state", "name", "quantity"), *year_columns(run.years))
        title = "Plan gap: planned investment at actual cost beyond the money to invest"
        yield Table(PLANS.table, title, columns, tuple(rows), PLAN_NOTES, keys=4)


def _plan_rows(run: Run, place: Place) -> Iterator[Row]:
    """Mean and percentiles of the plan gap, in years for which the budget is voted or planned."""
    status = run.forecast.plan_status[run.forecast.states.index(place.code)]
    own = [one in FIRM for one in status[: len(run.years)]]
    if not any(own):
        return
    values = run.statistics.percentiles("plan_gap", run.baseline, place.code)
    items = by_percentile(values)
    mean: list[Cell] = [float(x) for x in run.statistics.mean("plan_gap", run.baseline, place.code)]
    for item, cells in {"mean": mean, **{name: list(items[name]) for name in ("P50", "P95")}}.items():
        shown = [cell if planned else None for cell, planned in zip(cells, own, strict=True)]
        yield yearly((place.code, item), (place.code, place.name, f"plan gap, {item}"), "EUR m", shown)


def _state_rows(run: Run, place: Place) -> Iterator[Row]:
    """Percentiles of obligations, then those of the money to invest."""
    due, money = (
        by_percentile(run.statistics.percentiles(metric, run.baseline, place.code))
        for metric in ("obligations", "investment")
    )
    items = {**due, **{item: money[level] for level, item in MONEY.items()}}
    for item, cells in items.items():
        yield yearly((place.code, item), (place.code, place.name, item), "EUR m", cells)
