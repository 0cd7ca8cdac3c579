"""Scenarios: what each moves, and what comes of it, side by side."""

from collections.abc import Callable, Iterator

from forecaster.case.scenarios import ScenarioTable
from forecaster.checks.expectations import found
from forecaster.report import places
from forecaster.report.sheet import Cell, Cells, Column, Notes, Row, Sheet, Table, lead, year_columns, yearly
from forecaster.run import Run
from forecaster.sheets import treasury
from forecaster.sheets.scenarios.severities import severities
from models.arrays import UNION, Floats
from models.stress import LEVERS, Scenario, scenario

NAME = "Scenarios"
ASKED = Cells(NAME, "asked")
SEVERITY = Cells(NAME, "severity")
LEVER = Cells(NAME, "levers")
RESULTS = Cells(NAME, "results")

QUANTITIES = treasury.LAYERS | {"budget": "defence budgets", "outlay_beyond": "outlays after the horizon"}
"""Quantity that a scenario may be expected to move -> what a reader sees, where its key does not say it."""

HEADS = ("scenario", "lever or place", "quantity")
"""Titles before the unit, the same over levers and results: printed pages of both repeat them."""


def scenarios(run: Run) -> Sheet:
    """Return the sheet of scenarios."""
    return Sheet(
        NAME,
        "Scenarios: levers and results side by side",
        "What if the world turns out otherwise, and what exactly is turned?",
        (
            _asked(run),
            _sources(run),
            severities(run, SEVERITY),
            _levers(run),
            results(run),
        ),
    )


def _tables(run: Run) -> tuple[ScenarioTable, ...]:
    return tuple(table for table in run.case.scenarios if table.id in run.settings.scenarios)


def _asked(run: Run) -> Table:
    """Return the question of each scenario, and which way it was expected to move what."""
    columns = (
        Column("scenario", "scenario"),
        Column("title", "in words", width=24, wrap=True),
        Column("asks", "asks", width=46, wrap=True),
        Column("expected", "expected, and what the run found", width=34, wrap=True),
    )
    rows = tuple(
        Row(table.id, (table.id, table.title, table.asks, _expected(run, table))) for table in _tables(run)
    )
    return Table(ASKED.table, "What each scenario asks", columns, rows)


def _sources(run: Run) -> Notes:
    """Return what the levers of each scenario rest on: in a column, it took a page and a half."""
    lines = tuple(f"{table.id}: {table.source}." for table in _tables(run))
    return Notes("What the levers rest on", lines)


def _expected(run: Run, table: ScenarioTable) -> str:
    """What a scenario is expected to move, and which way the run found it to move."""
    told = (
        f"{QUANTITIES.get(quantity, quantity.replace('_', ' '))} {direction}, found "
        f"{found(run.statistics, quantity, table.id, run.baseline)}"
        for quantity, direction in table.expects.items()
    )
    return ", ".join(told) or "nothing"


def _levers(run: Run) -> Table:
    rows = [row for table in _tables(run) for row in _lever_rows(run, table)]
    heads = (
        Column("code", HEADS[0]),
        Column("name", HEADS[1]),
        Column("item", HEADS[2], width=46, wrap=True),
        Column("unit", "unit"),
    )
    columns = (*heads, *year_columns(run.years, "assumption"))
    notes = (
        (
            "Only levers that are not neutral. A number without a year holds in all years, a successor in "
            "those in which it commits money; a list is neutral after its end. All scenarios run on the same "
            "draws, so differences are due to the levers alone. Growth and inflation are added up as "
            "logarithms: 0.05 makes prices 5.13 % higher."
        ),
        *(() if rows else ("No scenario of this run moves a lever.",)),
    )
    return Table(LEVER.table, "Levers", columns, tuple(rows), notes, keys=4)


def _lever_rows(run: Run, table: ScenarioTable) -> Iterator[Row]:
    resolved = scenario(table.id, table.levers, len(run.years))
    for name in LEVERS:
        if name not in table.levers:
            continue
        for item, unit, cells in _settings(run, resolved, name):
            yield yearly((table.id, name, item), (table.id, name, item), unit, cells)


def _settings(run: Run, resolved: Scenario, name: str) -> Iterator[tuple[str, str, list[Cell]]]:
    """What a lever is set to: what it moves, its unit, a cell a year."""
    lever, years = LEVERS[name], len(run.years)
    if lever.form == "years":
        for states, values in _by_state(resolved, name):
            yield lever.about + states, lever.unit, values
    elif lever.form == "states":
        yield lever.about, lever.unit, [", ".join(resolved.leaves)] * years
    elif lever.form == "capabilities" and name in resolved.capabilities:
        for capability, value in resolved.capabilities[name].items():
            yield f"{name}: {capability}", lever.unit, [value] * years
    else:
        holds = _commits(run) if name == "successor" else run.years
        number = resolved.number(name)
        yield lever.about, lever.unit, [number if year in holds else None for year in run.years]


def _commits(run: Run) -> range:
    """Years in which a programme that follows this one commits money."""
    given = run.case.assumptions.successor
    return range(given.first_year.value, given.last_year.value + 1)


def _by_state(resolved: Scenario, name: str) -> Iterator[tuple[str, list[Cell]]]:
    """The states a yearly lever moves alike, in words, with its values; "" where it moves all."""
    groups: dict[tuple[float, ...], list[str]] = {}
    for code, values in resolved.local.get(name, {}).items():
        groups.setdefault(tuple(values.tolist()), []).append(code)
    for shared, codes in groups.items():
        yield f": {', '.join(codes)}", list(shared)
    everywhere = [float(x) for x in resolved.yearly[name]]
    if not groups or any(x != LEVERS[name].neutral for x in everywhere):
        yield (": others" if groups else ""), list(everywhere)


def results(run: Run) -> Table:
    """Return the results of the union, side by side."""
    rows = [
        yearly((item, scenario_id), (scenario_id, places.union(run).name, item), unit, cells)
        for item, (unit, measure) in MEASURES.items()
        for scenario_id in run.settings.scenarios
        for cells in ([float(x) for x in measure(run, scenario_id)],)
    ]
    columns = (*lead(*HEADS), *year_columns(run.years))
    notes = ("Of the union as a whole, from joint draws; every state stands on the Strain sheet.",)
    return Table(RESULTS.table, "Results side by side", columns, tuple(rows), notes, keys=4)


def _mean(metric: str) -> Callable[[Run, str], Floats]:
    return lambda run, scenario_id: run.statistics.mean(metric, scenario_id, UNION)


def states_in_red(run: Run, scenario_id: str) -> Floats:
    """Mean number of states in red at once [states]. Shape (year,)."""
    return run.statistics.mean_at_once("red", scenario_id)


STATES_IN_RED = "states in red, mean"

BUDGETS, INVESTMENT = "defence budgets, mean", "money to invest, mean"
SIGNED, NET = "signed before, mean", "net call, mean"

MEASURES: dict[str, tuple[str, Callable[[Run, str], Floats]]] = {
    STATES_IN_RED: ("states, mean", states_in_red),
    BUDGETS: ("EUR m", _mean("budget")),
    INVESTMENT: ("EUR m", _mean("investment")),
    SIGNED: ("EUR m", _mean("committed")),
    NET: ("EUR m", _mean("net_call")),
    "gap, mean": ("EUR m", _mean("gap")),
    "gap without it, mean": ("EUR m", _mean("gap_without")),
    "EU payments, mean": ("EUR m", _mean("payments")),
    "contract outlays, mean": ("EUR m", _mean("outlay")),
    "treasury call, mean": ("EUR m", _mean("treasury_call")),
}
"""What is set side by side: unit and measure by year."""
