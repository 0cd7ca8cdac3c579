"""S-curve of the net call on the Explorer sheet: in the year in which it is largest, for what is picked."""

from forecaster.report.fans import PERCENTILES
from forecaster.report.sheet import (
    HEADER,
    Cells,
    Chart,
    Column,
    Formula,
    Ref,
    Row,
    Series,
    Span,
    Table,
    formula,
    lead,
)
from forecaster.run import Run
from forecaster.sheets.explorer import picks
from forecaster.sheets.explorer.picks import CODE, NAME, SCENARIO, Pick
from models.arrays import LEVELS

CURVE = Cells(NAME, "curve")
PEAKS = Cells(NAME, "peaks")

YEAR = CURVE.at(PERCENTILES[0], "year").fix()
"""Cell with the year of the curve."""


def peak(run: Run, scenario: str, code: str) -> int:
    """Number of the year with the largest mean net call."""
    return int(run.statistics.mean("net_call", scenario, code).argmax())


def curve(pick: Pick) -> Table:
    """Return the percentiles of what is picked, looked up in the table of peaks."""
    run, code = pick.run, pick.place.code
    t = peak(run, run.baseline, code)
    levels = run.statistics.percentiles("net_call", run.baseline, code)[t]
    block = Span(_column(pick, PERCENTILES[0]).first, _column(pick, PERCENTILES[-1]).last)
    rows = []
    for name, level, value in zip(PERCENTILES, LEVELS, levels, strict=True):
        titles = PEAKS.across(HEADER, PERCENTILES[0], PERCENTILES[-1]).fix()
        item = CURVE.at(name, "item").fix("column")
        net = _found(pick, "INDEX({4},0,MATCH({5},{6},0))", block, item, titles, value=float(value))
        year = _found(pick, "{4}", _column(pick, "year"), value=float(run.years[t]))
        rows.append(Row(name, (*picks.heads(pick, _title(name)), "EUR m", year, level, net)))
    columns = (
        *lead("state", "name", "net call"),
        Column("year", "in", "year"),
        Column("level", "paths below", "share"),
        Column("net", "net call", "EUR m"),
    )
    notes = ("In its largest year, so many of all paths lie below so much. Minus is money saved.",)
    return Table(CURVE.table, "How sure is the net call?", columns, tuple(rows), notes, keys=4)


def peaks(pick: Pick) -> Table:
    """Return the percentiles of the net call of every scenario and place, in its largest year."""
    run = pick.run
    rows = []
    for scenario in run.settings.scenarios:
        for place in pick.shown:
            t = peak(run, scenario, place.code)
            levels = run.statistics.percentiles("net_call", scenario, place.code)[t]
            heads = (place.code, place.name, scenario, "EUR m", run.years[t])
            rows.append(Row((scenario, place.code), (*heads, *(float(x) for x in levels))))
    columns = (
        *lead("state", "name", "scenario"),
        Column("year", "year", "year", "simulated"),
        *(Column(name, _title(name), "EUR m", "simulated") for name in PERCENTILES),
    )
    notes = ("The year in which its mean is largest. Printed: the baseline.",)
    title = "Net call in its largest year, by scenario and state"
    return Table(PEAKS.table, title, columns, tuple(rows), notes, keys=4, prints=len(pick.shown))


def chart(heading: Ref) -> Chart:
    """Return the S-curve of what is picked. heading: the cell with its title."""
    net, level = (CURVE.down(column, PERCENTILES[0], PERCENTILES[-1]) for column in ("net", "level"))
    return Chart(
        title="net call",
        years=net,
        bands=(),
        lines=(Series("share of paths below", level, "line"),),
        unit="share of paths below",
        description=(
            "S-curve of the net call in the year in which it is largest, for the state and scenario picked: "
            "along the bottom EUR million, upwards the share of paths in which it is lower."
        ),
        across="net call, EUR m",
        scattered=True,
        heading=heading,
    )


def _title(percentile: str) -> str:
    return f"net call {percentile}"


def _column(pick: Pick, column: str) -> Span:
    codes = [place.code for place in pick.shown]
    return PEAKS.down(
        column, (pick.run.baseline, codes[0]), (pick.run.settings.scenarios[-1], codes[-1])
    ).fix()


def _found(pick: Pick, what: str, *references: Ref | Span, value: float) -> Formula:
    """Return the number that stands in a column of the peaks for what is picked."""
    keys = (_column(pick, "item"), SCENARIO, _column(pick, "code"), CODE)
    return formula(f"SUMIFS({what},{{0}},{{1}},{{2}},{{3}})", *keys, *references, value=value)
