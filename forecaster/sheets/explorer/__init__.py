"""Explorer: one state in one scenario, both picked in the workbook and looked up on the other sheets."""

from dataclasses import replace

from forecaster.findings.moved import moved
from forecaster.report.fans import MEDIAN, PERCENTILES
from forecaster.report.sheet import (
    Cells,
    Chart,
    Column,
    Gallery,
    Light,
    Notes,
    Sheet,
    Table,
    formula,
    lead,
    year_columns,
    yearly,
)
from forecaster.report.styles import shown
from forecaster.run import Run
from forecaster.sheets import budgets, calls, money, scenarios, strain
from forecaster.sheets.explorer import curve, picks
from forecaster.sheets.explorer.charts import (
    LAYERS,
    MONEY,
    STRAIN,
    STRAIN_ITEMS,
    TITLES,
    WHOLE,
    fan,
    layers_chart,
    red_chart,
    titles,
)
from forecaster.sheets.explorer.picks import NAME, SCENARIO, Pick
from models.arrays import UNION

BUDGET = Cells(NAME, "budget")
PROGRAMME = Cells(NAME, "programme")

MONEY_ITEMS = {
    "budget": "defence budget, mean",
    "investment": "money to invest, mean",
    "committed": "signed before, mean",
    "gross": "gross call, mean",
    "net": "net call, mean",
    "net P50": "net call, P50",
    "net P95": "net call, P95",
    "gap": "gap, mean",
    "gap P95": "gap, P95",
    "own": "own resources, mean",
    "safe": "service of SAFE loans, mean",
}
"""Column of the Money sheet -> what a reader sees."""

PROGRAMME_ITEMS = ("EU payments, mean", "contract outlays, mean")
"""Rows of the Scenarios sheet."""


def explorer(run: Run) -> Sheet:
    """Return the sheet on which a reader picks a state and a scenario."""
    pick = picks.first(run)
    strained = fan(pick)
    return Sheet(
        NAME,
        "Explorer: one state in one scenario",
        "What does the programme mean for a state of your choice, in a scenario of your choice?",
        (
            Notes("How to use this sheet", _uses(pick)),
            picks.choice(pick),
            *_charts(run, strained.chart),
            _strain(pick),
            _money(pick),
            _layers(pick),
            _budget(pick),
            _programme(pick),
            curve.curve(pick),
            strained.table,
            titles(pick),
            picks.found(pick),
            *picks.lists(pick),
            curve.peaks(pick),
        ),
    )


def _charts(run: Run, strained: Chart) -> tuple[Gallery, ...]:
    """Charts of strain and, where the programme calls for anything, of its calls."""
    if not moved(run, "net_call"):
        return (Gallery((strained, red_chart(run))),)
    called = curve.chart(TITLES.at("curve", "title"))
    return Gallery((strained, layers_chart(run))), Gallery((red_chart(run), called))


def _uses(pick: Pick) -> tuple[str, ...]:
    return (
        "Pick a scenario and a state, or the union, in the yellow cells; figures and charts follow.",
        (
            "Excel does not run the simulation again: every figure is looked up among those simulated, on "
            "the sheets Strain, Money, Calls, Budgets and Scenarios."
        ),
        (
            "In Protected View and in previews nothing is looked up: whatever the yellow cells say, the "
            f"figures shown are those of {pick.run.baseline} and {pick.place.spoken}."
        ),
    )


def _columns(pick: Pick, item: str) -> tuple[Column, ...]:
    """Columns wide enough for whatever is picked: nothing is larger than a budget of the union."""
    run = pick.run
    most = run.statistics.percentiles("budget", run.baseline, UNION)[:, -1].max()
    means = [run.statistics.mean("budget", name, UNION).max() for name in run.settings.scenarios]
    width = len(shown(float(max(most, *means)), "EUR m")) + 2.0
    years = year_columns(run.years)
    return (*lead("state", "name", item), *(replace(column, width=width) for column in years))


def _strain(pick: Pick) -> Table:
    values = _strain_values(pick)
    rows = tuple(
        yearly(key, picks.heads(pick, item), unit, picks.recorded(pick, strain.STRAIN, key, values[key]))
        for key, (item, unit) in STRAIN_ITEMS.items()
    )
    notes = (
        "Strain and the probabilities by percentile stand further down; median strain in words: see Key.",
    )
    lights = (Light("words", pick.run.years),)
    return Table(STRAIN.table, "Does it fit?", _columns(pick, "strain"), rows, notes, lights, keys=4)


def _strain_values(pick: Pick) -> dict[str, list[float] | list[str]]:
    """What the Strain sheet shows for the first pick, by column."""
    run = pick.run
    found = strain.series(run, run.baseline, pick.place.code)
    return {
        **{name: values.tolist() for name, values in found.items()},
        "light": [strain.light(run, median) for median in found[MEDIAN]],
        "effect": (100.0 * (found["red"] - found["red without"])).tolist(),
    }


def _money(pick: Pick) -> Table:
    series = money.series(pick.run, pick.run.baseline, pick.place.code)
    rows = tuple(
        yearly(
            key,
            picks.heads(pick, item),
            "EUR m",
            picks.recorded(pick, money.MONEY, key, series[key].tolist()),
        )
        for key, item in MONEY_ITEMS.items()
    )
    notes = ("Defence investment pays the net call, the treasury the last two: two pockets, never added up.",)
    return Table(MONEY.table, "How much is it?", _columns(pick, "money"), rows, notes, keys=4)


def _layers(pick: Pick) -> Table:
    """Calls by layer; where a scenario keeps the gross call alone, that is shown in one."""
    run = pick.run
    ends = (next(iter(calls.ITEMS)), run.states[0]), (list(calls.ITEMS)[-1], calls.TOTAL)
    rows = []
    for metric, item in calls.ITEMS.items():
        values = _called(run, metric, pick.place.code)
        cells = picks.in_baseline(pick, LAYERS.at(metric, "item"), calls.LAYERS, ends, values)
        rows.append(yearly(metric, picks.heads(pick, item), "EUR m", cells))
    baseline = picks.baseline(run)
    apart = [
        formula("IF({0}={1},0,{2})", SCENARIO, baseline, MONEY.at("gross", year), value=0.0)
        for year in run.years
    ]
    rows.append(yearly(WHOLE, picks.heads(pick, WHOLE), "EUR m", apart))
    notes = (
        (
            f"Means, from the Calls sheet. Layers are kept for '{run.baseline}' alone: in other scenarios "
            "they are blank, and the last row shows the gross call whole; the net call stands above."
        ),
    )
    return Table(LAYERS.table, "From which layer?", _columns(pick, "layer"), tuple(rows), notes, keys=4)


def _called(run: Run, metric: str, code: str) -> list[float]:
    """Return what the Calls sheet shows: the gross call is the sum of its parts there."""
    parts = ("cofinancing", "overrun") if metric == "gross_call" else (metric,)
    means = [run.statistics.mean(part, run.baseline, code).tolist() for part in parts]
    return [sum(values) for values in zip(*means, strict=True)]


def _budget(pick: Pick) -> Table:
    run = pick.run
    ends = (run.states[0], PERCENTILES[0]), (UNION, "mean")
    levels = run.statistics.percentiles("budget", run.baseline, pick.place.code)
    rows = tuple(
        yearly(
            name,
            picks.heads(pick, f"budget, {name}"),
            "EUR m",
            picks.in_baseline(pick, BUDGET.at(name, "item"), budgets.BUDGETS, ends, values.tolist()),
        )
        for name, values in zip(PERCENTILES, levels.T, strict=True)
    )
    notes = (
        f"From the Budgets sheet, for '{run.baseline}' alone: blank in other scenarios. Means stand above.",
    )
    return Table(
        BUDGET.table, "How sure is the defence budget?", _columns(pick, "budget"), rows, notes, keys=4
    )


def _programme(pick: Pick) -> Table:
    run = pick.run
    items = list(scenarios.MEASURES)
    ends = (items[0], run.baseline), (items[-1], run.settings.scenarios[-1])
    rows = []
    for item in PROGRAMME_ITEMS:
        unit, measure = scenarios.MEASURES[item]
        values = measure(run, run.baseline).tolist()
        cells = picks.in_scenario(pick, PROGRAMME.at(item, "item"), scenarios.RESULTS, ends, values)
        rows.append(yearly(item, (UNION, "whole programme", item), unit, cells))
    notes = ("Of the whole programme in the scenario picked, whatever the state; from the Scenarios sheet.",)
    title = "What does the programme pay and cost?"
    return Table(PROGRAMME.table, title, _columns(pick, "outlay"), tuple(rows), notes, keys=4)
