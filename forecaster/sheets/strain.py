"""Strain: where contracted payments and calls outgrow investment money, by scenario, state and year."""

from collections.abc import Iterator, Mapping
from typing import Literal

from forecaster import places
from forecaster.fans import MEDIAN, PERCENTILES, Fan, Line
from forecaster.places import Place
from forecaster.run import Run
from forecaster.sheet import (
    HEADER,
    Cell,
    Cells,
    Column,
    Formula,
    Light,
    Ref,
    Row,
    Sheet,
    Span,
    Table,
    formula,
)
from forecaster.sheets.assumptions import threshold
from models.arrays import UNION, Floats

NAME = "Strain"
STRAIN = Cells(NAME, "strain")

NOTES = (
    (
        "Strain = (payments on contracts signed before + net call of the programme) / investment money. "
        "Amber and red: strain above the thresholds on the Assumptions sheet. Red means that promises "
        "exceed the money before anything is moved; it never means that a state cannot pay."
    ),
    (
        "'Without it': the same draws without the programme. What it adds: the difference on each draw, "
        "then its percentiles. Sampling error: half of the 95 % Wilson interval; judgement is not in it."
    ),
    (
        "Figures more than five years after the base year rest on contracts signed before alone. Not "
        "material: the mean net call is below both limits of the Assumptions sheet. Printed: the baseline."
    ),
)


def strain(run: Run) -> Sheet:
    """Return the sheet of strain."""
    columns = _columns(run)
    rows = tuple(
        row
        for scenario in run.settings.scenarios
        for place in (*places.states(run), places.union(run))
        for row in _rows(run, scenario, place, [str(column.key) for column in columns[4:]])
    )
    lights = (Light("words", ("light",)), Light("heat", ("amber", "red")), Light("heat", ("red without",)))
    baseline = (len(run.states) + 1) * len(run.years)
    table = Table(
        STRAIN.table, "Strain", columns, rows, NOTES, lights, keys=4, filtered=True, prints=baseline
    )
    return Sheet(
        NAME,
        "Strain: obligations over investment money",
        "Where and when do contracted payments and calls no longer fit into the money for investment?",
        (table,),
    )


def baseline_column(run: Run, column: str) -> Span:
    """Return the cells of one column for the baseline, states and union, with $."""
    first = (run.baseline, run.states[0], run.years[0])
    return STRAIN.down(column, first, (run.baseline, UNION, run.years[-1])).fix()


def states_column(run: Run, column: str) -> Span:
    """Return the cells of one column for the states in the baseline."""
    first = (run.baseline, run.states[0], run.years[0])
    return STRAIN.down(column, first, (run.baseline, run.states[-1], run.years[-1]))


def looked_up(run: Run, column: str, code: Ref, year: Ref, value: float) -> Formula:
    """Return a formula that finds a number of the baseline for the state and the year in two cells."""
    found, codes, years = (baseline_column(run, name) for name in (column, "code", "year"))
    return formula("SUMIFS({0},{1},{2},{3},{4})", found, codes, code, years, year, value=value)


def fan(run: Run, sheet: str, place: Place, reason: str) -> Fan:
    """Return the fan of a state's strain, to stand on a sheet; reason: why this state."""
    cells = Cells(sheet, f"fan of {place.code}")
    given = run.case.assumptions.strain
    subject = f"{place.name}, {reason}"
    return Fan(
        cells=cells,
        title=f"{place.name}: obligations as a share of investment money",
        heads=(place.code, run.baseline),
        unit="share of investment",
        years=run.years,
        percentiles=tuple(_percentiles(run, cells, place)),
        description=(
            f"Fan of the strain of {subject}, by year: what is signed for and the net call over "
            "investment money. Above 100 % promises exceed the money."
        ),
        lines=(
            _limit(run, "red threshold", "red", given.red.value),
            _limit(run, "amber threshold", "amber", given.amber.value),
        ),
        notes=(
            (
                f"{subject}. To see another, write its code into the first column of the percentiles: "
                "table and chart follow, their titles do not."
            ),
        ),
    )


def _percentiles(run: Run, cells: Cells, place: Place) -> Iterator[tuple[Cell, ...]]:
    """Rows of percentiles, looked up on the Strain sheet."""
    levels = run.statistics.percentiles("strain", run.baseline, place.code)
    for name, values in zip(PERCENTILES, levels.T, strict=True):
        code = cells.at(name, "code").fix("column")
        yield tuple(
            looked_up(run, name, code, cells.at(HEADER, year).fix("row"), float(value))
            for year, value in zip(run.years, values, strict=True)
        )


def _limit(run: Run, title: str, name: Literal["red", "amber"], value: float) -> Line:
    return Line(title, name, tuple(formula("{0}", threshold(name), value=value) for _ in run.years))


def _columns(run: Run) -> tuple[Column, ...]:
    level = run.case.assumptions.strain.shortfall_level.value
    return (
        Column("code", "state"),
        Column("name", "name"),
        Column("scenario", "scenario"),
        Column("year", "year", "year", width=7),
        *(_simulated(name, f"strain {name}", "share") for name in PERCENTILES),
        Column("light", "median strain"),
        _simulated("amber", "P(amber)", "share"),
        _simulated("red", "P(red)", "share"),
        _simulated("error", "sampling error +/-", "share"),
        _simulated("red without", "P(red) without it", "share"),
        Column("effect", "it adds to P(red)", "points"),
        _simulated("without P50", "without it P50", "share"),
        _simulated("without P95", "without it P95", "share"),
        _simulated("adds P50", "it adds P50", "points"),
        _simulated("adds P95", "it adds P95", "points"),
        _simulated("net", "net call mean", "EUR m"),
        _simulated("net P95", "net call P95", "EUR m"),
        _simulated("committed", "signed before mean", "EUR m"),
        _simulated("investment", "money to invest mean", "EUR m"),
        _simulated("budget", "defence budget mean", "EUR m"),
        _simulated("gap", "gap mean", "EUR m"),
        _simulated("gap P95", "gap P95", "EUR m"),
        _simulated("gap tail", f"gap, mean beyond P{100 * level:.0f}", "EUR m"),
        Column("word", "net call is"),
    )


def _simulated(key: str, title: str, unit: str) -> Column:
    return Column(key, title, unit, "simulated")


def _rows(run: Run, scenario: str, place: Place, keys: list[str]) -> Iterator[Row]:
    series = _series(run, scenario, place.code)
    for t, year in enumerate(run.years):
        values = {name: float(column[t]) for name, column in series.items()}
        key = (scenario, place.code, year)
        cells: dict[str, Cell] = {
            **values,
            "light": _light(run, key, values[MEDIAN]),
            "effect": _effect(key, values),
            "word": _word(run, key, values),
        }
        yield Row(key, (place.code, place.name, scenario, year, *(cells[name] for name in keys)))


def _series(run: Run, scenario: str, place: str) -> Mapping[str, Floats]:
    """Every simulated column of a place by year."""
    statistics = run.statistics
    level = run.case.assumptions.strain.shortfall_level.value

    def tail(metric: str) -> tuple[Floats, Floats]:
        median, high = statistics.percentiles(metric, scenario, place, (0.50, 0.95)).T
        return median, high

    levels = statistics.percentiles("strain", scenario, place)
    without, adds = tail("strain_without"), tail("strain_difference")
    return {
        **dict(zip(PERCENTILES, levels.T, strict=True)),
        "without P50": without[0],
        "without P95": without[1],
        "adds P50": 100.0 * adds[0],
        "adds P95": 100.0 * adds[1],
        "amber": statistics.probability("amber", scenario, place),
        "red": statistics.probability("red", scenario, place),
        "error": statistics.half_width("red", scenario, place),
        "red without": statistics.probability("red_without", scenario, place),
        "net": statistics.mean("net_call", scenario, place),
        "net P95": tail("net_call")[1],
        "committed": statistics.mean("committed", scenario, place),
        "investment": statistics.mean("investment", scenario, place),
        "budget": statistics.mean("budget", scenario, place),
        "gap": statistics.mean("gap", scenario, place),
        "gap P95": tail("gap")[1],
        "gap tail": statistics.shortfall("gap", scenario, place, level),
    }


def _light(run: Run, key: tuple[str, str, int], median: float) -> Formula:
    """Return the word for the median strain: red, amber or green."""
    given = run.case.assumptions.strain
    word = "red" if median > given.red.value else "amber" if median > given.amber.value else "green"
    text = 'IF({0}>{1},"red",IF({0}>{2},"amber","green"))'
    return formula(text, STRAIN.at(key, MEDIAN), threshold("red"), threshold("amber"), value=word)


def _effect(key: tuple[str, str, int], values: Mapping[str, float]) -> Formula:
    """Return what the programme adds to P(red) [points]."""
    value = 100.0 * (values["red"] - values["red without"])
    return formula("100*({0}-{1})", STRAIN.at(key, "red"), STRAIN.at(key, "red without"), value=value)


def _word(run: Run, key: tuple[str, str, int], values: Mapping[str, float]) -> Formula:
    """Return whether the net call is worth a sentence."""
    given = run.case.assumptions.strain
    limit = max(given.material_money.value, given.material_share.value * values["investment"])
    return formula(
        'IF(ABS({0})<MAX({1},{2}*{3}),"not material","material")',
        STRAIN.at(key, "net"),
        threshold("material_money"),
        threshold("material_share"),
        STRAIN.at(key, "investment"),
        value="not material" if abs(values["net"]) < limit else "material",
    )
