"""Charts of the Explorer sheet: they follow what is picked, titles and all."""

from forecaster.findings.moved import moved
from forecaster.findings.red import beyond
from forecaster.report.fans import PERCENTILES, Fan
from forecaster.report.sheet import HEADER, Cell, Cells, Chart, Column, Look, Row, Series, Table, formula
from forecaster.run import Run
from forecaster.sheets import calls, strain
from forecaster.sheets.explorer import picks
from forecaster.sheets.explorer.curve import YEAR, peak
from forecaster.sheets.explorer.picks import NAME, PLACE, SCENARIO, Pick

TITLES = Cells(NAME, "titles")
FAN = Cells(NAME, "fan")
STRAIN = Cells(NAME, "strain")
MONEY = Cells(NAME, "money")
LAYERS = Cells(NAME, "layers")

STRAIN_ITEMS = {
    "light": ("median strain", "word"),
    "amber": ("P(amber)", "share of paths"),
    "red": ("P(red)", "share of paths"),
    "error": ("sampling error of P(red) +/-", "share of paths"),
    "red without": ("P(red) without the programme", "share of paths"),
    "effect": ("programme adds to P(red)", "points"),
    "without P50": ("strain without it, P50", "share"),
    "without P95": ("strain without it, P95", "share"),
    "adds P50": ("programme adds to strain, P50", "points"),
    "adds P95": ("programme adds to strain, P95", "points"),
}
"""Column of the Strain sheet -> what a reader sees, unit."""

WHOLE = "gross call, not taken apart"
"""Row of what scenarios keep that do not keep layers."""

ABOUT = {
    "fan": "obligations as a share of investment money",
    "layers": "what flows into contracts, and what changes",
    "red": "probability of red with and without the programme",
}
"""Chart -> end of its title."""

OF_CALLS = ("layers", "curve")
"""Charts of what the programme calls for."""


def fan(pick: Pick) -> Fan:
    """Return the fan of strain, with what can be invested as a line."""
    levels = pick.run.statistics.percentiles("strain", pick.run.baseline, pick.place.code)
    red = pick.run.case.assumptions.strain.red.value
    return Fan(
        cells=FAN,
        title="Strain by percentile",
        heads=picks.heads(pick, "")[:2],
        unit="share of investment",
        years=pick.run.years,
        percentiles=tuple(
            picks.recorded(pick, strain.STRAIN, name, values.tolist())
            for name, values in zip(PERCENTILES, levels.T, strict=True)
        ),
        description=(
            "Fan of strain by year for the state and scenario picked: what is signed for and the net call "
            f"over investment money. Above the red line, {100.0 * red:g} %, promises "
            f"exceed {beyond(pick.run, 'the money')}."
        ),
        lines=strain.limits(pick.run),
        notes=(_threshold(red),),
        heading=TITLES.at("fan", "title"),
    )


def _threshold(red: float) -> str:
    """What the red threshold is of what can be invested."""
    if red == 1.0:
        return "The red threshold is what can be invested: at 100 % all of it is promised."
    return f"At 100 % all that can be invested is promised; the red threshold stands at {100.0 * red:g} %."


def layers_chart(run: Run) -> Chart:
    """Return the chart of calls by layer."""
    looks: dict[str, Look] = {"cofinancing": "inner", "overrun": "rise", WHOLE: "middle"}
    items = {**calls.ITEMS, WHOLE: WHOLE}
    return Chart(
        title=ABOUT["layers"],
        years=LAYERS.across(HEADER, run.years[0], run.years[-1]),
        bars=tuple(
            Series(items[key], LAYERS.across(key, run.years[0], run.years[-1]), look)
            for key, look in looks.items()
        ),
        bands=(),
        lines=(Series("net call", MONEY.across("net", run.years[0], run.years[-1]), "line"),),
        unit="EUR m",
        description=(
            "Columns by year: co-financing at planned cost and overrun, together the gross call, for the "
            "state and the scenario picked; the line is the net call. Means."
        ),
        stacked=True,
        heading=TITLES.at("layers", "title"),
    )


def red_chart(run: Run) -> Chart:
    """Return the chart of the probability of red."""
    looks: dict[str, Look] = {"red": "rise", "red without": "outer"}
    return Chart(
        title=ABOUT["red"],
        years=STRAIN.across(HEADER, run.years[0], run.years[-1]),
        bars=tuple(
            Series(STRAIN_ITEMS[key][0], STRAIN.across(key, run.years[0], run.years[-1]), look)
            for key, look in looks.items()
        ),
        bands=(),
        lines=(Series("P(amber)", STRAIN.across("amber", run.years[0], run.years[-1]), "amber"),),
        unit="share of paths",
        description=(
            "Columns by year: probability of red with the programme and without it, for the state and the "
            "scenario picked; the line is the probability of amber."
        ),
        heading=TITLES.at("red", "title"),
    )


def titles(pick: Pick) -> Table:
    """Return the table of the titles that the charts show."""
    year = peak(pick.run, pick.run.baseline, pick.place.code)
    said = f"net call in {pick.run.years[year]}, when it is largest"
    curve = formula('"net call in "&{0}&", when it is largest"', YEAR, value=said)
    about: dict[str, Cell] = {**ABOUT, "curve": curve}
    words = {**ABOUT, "curve": said}
    rows = tuple(
        Row(
            key,
            (
                key,
                cell,
                formula(
                    '{0}&", "&{1}&": "&{2}',
                    PLACE,
                    SCENARIO,
                    TITLES.at(key, "about"),
                    value=f"{pick.place.name}, {pick.run.baseline}: {words[key]}",
                ),
            ),
        )
        for key, cell in about.items()
        if key not in OF_CALLS or moved(pick.run, "net_call")
    )
    columns = (
        Column("chart", "chart"),
        Column("about", "shows", width=17, wrap=True),
        Column("title", "title", width=9),
    )
    return Table(TITLES.table, "Titles of the charts", columns, rows)
