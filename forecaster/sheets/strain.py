"""Strain: where contracted payments and calls outgrow investment money, by scenario, state and year."""

from collections.abc import Iterator, Mapping

from forecaster.findings.red import beyond
from forecaster.report import records
from forecaster.report.fans import MEDIAN, PERCENTILES, Fan, Line
from forecaster.report.formulas import link
from forecaster.report.places import Place
from forecaster.report.records import Key, Records, simulated
from forecaster.report.sheet import HEADER, Cell, Cells, Column, Formula, Light, Look, Sheet, Table, formula
from forecaster.report.styles import percent
from forecaster.run import Run
from forecaster.sheets import judgements
from forecaster.sheets.assumptions import threshold
from models.arrays import UNION, Floats

NAME = "Strain"
STRAIN = Records(Cells(NAME, "strain"))

NOTES = (
    (
        "Amber and red: strain above the thresholds on the Assumptions sheet. 'Without it': the same draws "
        "without the programme. What it adds: the difference on each draw, then its percentiles. Sampling "
        "error: half of the 95 % Wilson interval; judgement is not in it: its range stands beside it for the "
        "baseline, from the sheet Judgements."
    ),
    (
        "Contracts yet to be signed, but for the programme's and what SAFE pays, are in no figure: where "
        "strain falls in later years, that says no more than that contracts run out. The union stands as if "
        "it had one purse. The sums behind each row stand in the same order on the Money sheet."
    ),
)


def notes(run: Run) -> tuple[str, ...]:
    """Return what the sheet Key says of the columns."""
    return (*NOTES, *_loans(run))


def _what_it_is(run: Run) -> tuple[str, ...]:
    return (
        (
            "Strain = (payments on contracts signed before + net call of the programme) / investment money. "
            f"Red: promises exceed {beyond(run, 'the money')} before anything is moved; it never means that "
            "a state cannot pay."
        ),
        (
            "Contracts yet to be signed are in no figure: strain falls where contracts run out. Printed: the "
            "baseline. More on the columns: sheet Key."
        ),
    )


def _loans(run: Run) -> Iterator[str]:
    """What SAFE loans on top of budgets do to strain; nothing where there are none."""
    given = run.model.capacity
    drawn = [state for state in run.model.states if state.code in run.states and state.safe_draw.any()]
    if not drawn or given.safe_new == 0.0:
        return
    bound = percent(given.safe_committed)
    told = (
        f"A SAFE loan on top of a budget is money to invest, and {bound} of it is bound by contracts: it "
        f"pulls strain towards {bound}, up from below and down from above."
    )
    red = given.safe_committed < run.case.assumptions.strain.red.value
    yield told + (" So a smaller loan may lower the median strain and yet raise P(red)." if red else "")


def strain(run: Run) -> Sheet:
    """Return the sheet of strain."""
    columns = _columns()
    keys = [str(column.key) for column in columns[len(records.HEADS) :]]
    rows = records.rows(run, lambda scenario, place: _cells(run, scenario, place, keys))
    lights = (Light("words", ("light",)), Light("heat", ("amber", "red")), Light("heat", ("red without",)))
    table = Table(
        STRAIN.cells.table,
        "",
        columns,
        rows,
        _what_it_is(run),
        lights,
        keys=4,
        filtered=True,
        prints=records.printed(run),
    )
    return Sheet(
        NAME,
        "Strain: obligations over investment money",
        "Where and when do contracted payments and calls no longer fit into the money for investment?",
        (table,),
    )


def fan(run: Run, sheet: str, place: Place, reason: str) -> Fan:
    """Return the fan of a state's strain, to stand on a sheet; reason: why this state."""
    cells = Cells(sheet, f"fan of {place.code}")
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
        lines=limits(run),
        notes=(
            (
                f"{subject}. To see {other(run)}, write its code into the first column of the percentiles: "
                "table and chart follow, their titles do not."
            ),
        ),
    )


def other(run: Run) -> str:
    """What else a fan can show: another of the states shown, or the union."""
    return "another state" if len(run.states) > 1 else f"the union ({UNION})"


def _percentiles(run: Run, cells: Cells, place: Place) -> Iterator[tuple[Cell, ...]]:
    """Rows of percentiles, looked up on the Strain sheet."""
    levels = run.statistics.percentiles("strain", run.baseline, place.code)
    for name, values in zip(PERCENTILES, levels.T, strict=True):
        code = cells.at(name, "code").fix("column")
        yield tuple(
            STRAIN.looked_up(run, name, code, cells.at(HEADER, year).fix("row"), float(value))
            for year, value in zip(run.years, values, strict=True)
        )


def limits(run: Run) -> tuple[Line, ...]:
    """Return the thresholds of strain as lines over a fan."""
    given = run.case.assumptions.strain
    looks: tuple[tuple[Look, float], ...] = (("red", given.red.value), ("amber", given.amber.value))
    return tuple(
        Line(f"{look} threshold", look, tuple(link(threshold(look), value) for _ in run.years))
        for look, value in looks
    )


def _columns() -> tuple[Column, ...]:
    return (
        *records.HEADS,
        *(simulated(name, f"strain {name}", "share") for name in PERCENTILES),
        Column("light", "median strain", width=9),
        simulated("amber", "P(amber)", "share"),
        simulated("red", "P(red)", "share"),
        simulated("error", "sampling error +/-", "share"),
        Column("low", "lowest over judgements", "share", width=12),
        Column("high", "highest over judgements", "share", width=12),
        Column("red without", "P(red) without it", "share", "simulated", width=9.5),
        Column("effect", "it adds to P(red)", "points", width=9),
        simulated("without P50", "without it P50", "share"),
        simulated("without P95", "without it P95", "share"),
        simulated("adds P50", "it adds P50", "points"),
        simulated("adds P95", "it adds P95", "points"),
    )


def _cells(run: Run, scenario: str, place: Place, keys: list[str]) -> Iterator[tuple[Cell, ...]]:
    """Cells of a place by year, after what names them."""
    found = {name: column.tolist() for name, column in series(run, scenario, place.code).items()}
    for t, year in enumerate(run.years):
        values = {name: column[t] for name, column in found.items()}
        key = (scenario, place.code, year)
        cells: dict[str, Cell] = {
            **values,
            "light": _light(run, key, values[MEDIAN]),
            "effect": _effect(key, values),
            **_judged(run, key),
        }
        yield tuple(cells[name] for name in keys)


def series(run: Run, scenario: str, place: str) -> Mapping[str, Floats]:
    """Every simulated column of a place by year."""
    statistics = run.statistics

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
    }


def light(run: Run, median: float) -> str:
    """Return the word for a median strain: red, amber or green."""
    given = run.case.assumptions.strain
    return "red" if median > given.red.value else "amber" if median > given.amber.value else "green"


def _light(run: Run, key: Key, median: float) -> Formula:
    text = 'IF({0}>{1},"red",IF({0}>{2},"amber","green"))'
    return formula(
        text, STRAIN.at(key, MEDIAN), threshold("red"), threshold("amber"), value=light(run, median)
    )


def _effect(key: Key, values: Mapping[str, float]) -> Formula:
    """Return what the programme adds to P(red) [points]."""
    value = 100.0 * (values["red"] - values["red without"])
    return formula("100*({0}-{1})", STRAIN.at(key, "red"), STRAIN.at(key, "red without"), value=value)


def _judged(run: Run, key: Key) -> Mapping[str, Cell]:
    """Return the range of P(red) over the ruling judgements, which are tried in the baseline only."""
    scenario, place, year = key
    if scenario != run.baseline:
        return dict.fromkeys(judgements.ENDS)
    return judgements.range_of(run, place, year)
