"""How far drivers and assumptions move the union's figures and each state's P(red), on the sheet Drivers."""

from collections.abc import Hashable, Iterator

from forecaster.drivers import Drivers
from forecaster.drivers.trials import PATHS as ASSUMED_PATHS
from forecaster.report import places
from forecaster.report.places import Place
from forecaster.report.sheet import Cell, Cells, Chart, Column, Row, Series, Table, formula
from forecaster.report.tornado import ASSUMPTION, DRIVER, Swing, state_swings, union_swings
from forecaster.run import Run
from forecaster.sheets.effects import NOISE, about
from models.arrays import UNION

SHEET = "Drivers"

STATES = Cells(SHEET, "swings by state")
BARS = 12
"""Rows of a tornado: the widest swings."""

TOP = 5
"""Rows of a state."""

NAMES = 34
"""Width of the column of names [characters]: it is the same in all tables of the sheet."""

UNITS = {"net call": "EUR m", "gap": "EUR m", "states in red": "states, mean"}
"""Figures of the union -> their unit."""

KIND = Column("kind", "driver, or key of the assumption")


def tornado(run: Run, found: Drivers, figure: str, title: str) -> Table:
    """Return the widest swings of a figure of the union."""
    cells, unit = Cells(SHEET, figure), UNITS[figure]
    columns = (
        Column("code", "place"),
        Column("name", "what moves it", width=NAMES, wrap=True),
        KIND,
        Column("low", "at P10 or lower end", unit, "simulated"),
        Column("high", "at P90 or upper end", unit, "simulated"),
        Column("swing", "swing", unit),
        Column("error", "+/-", unit, "simulated"),
        Column("correlation", "rank correlation", "correlation", "simulated"),
    )
    rows = tuple(
        Row(swing.name, (UNION, *_cells(run, cells, swing.name, swing)))
        for swing in union_swings(found, figure)[:BARS]
    )
    notes = (
        (
            f"Change of the mean. Drivers: mean of the tenth of {found.paths:,} paths around the P10 and the "
            "P90 of the sum of a driver's normal scores, all else as drawn; +/-: half of the 95 % interval "
            f"of the swing. Assumptions: the mean at the ends of their range, on the same {ASSUMED_PATHS:,} "
            "paths; the sheet Assumptions says more of each key."
        ),
    )
    return Table(cells.table, title, columns, rows, notes)


def tornado_chart(table: Table, title: str) -> Chart:
    """Return a tornado as bars from the mean."""
    cells, rows = Cells(SHEET, table.name), [row.key for row in table.rows]
    first = table.rows[0].cells[1]
    ends = (("low", "at its P10 or lower end", "outer"), ("high", "at its P90 or upper end", "inner"))
    return Chart(
        title=title,
        years=cells.down("name", rows[0], rows[-1]),
        bands=(),
        lines=(),
        unit=UNITS[table.name],
        description=f"{title}: bars to either side of the mean, the widest on top. Moved most by {first}.",
        bars=tuple(
            Series(name, cells.down(column, rows[0], rows[-1]), look)  # type: ignore[arg-type]  # literals
            for column, name, look in ends
        ),
        across="",
        stacked=True,
        lying=True,
    )


def by_state(run: Run, found: Drivers) -> Table:
    """Return what moves P(red) of each state most."""
    columns = (
        Column("code", "state"),
        Column("name", "what moves it", width=NAMES, wrap=True),
        KIND,
        Column("low", "at P10 or lower end", "points", "simulated"),
        Column("high", "at P90 or upper end", "points", "simulated"),
        Column("swing", "swing", "points"),
        Column("error", "+/-", "points", "simulated"),
        Column("correlation", "rank correlation with strain", "correlation", "simulated"),
        Column("rank", "rank", "count"),
    )
    rows = tuple(row for place in places.states(run) for row in _state_rows(run, found, place))
    notes = (
        (
            "Points added to P(red) in any year of the baseline. Years up to the state's worst count for a "
            "driver's score; correlation: with strain in that year. The sheet Assumptions says more of each "
            f"key. Assumptions: {NOISE}."
        ),
    )
    return Table(STATES.table, "What moves P(red) of each state", columns, rows, notes, keys=2, filtered=True)


def _state_rows(run: Run, found: Drivers, place: Place) -> Iterator[Row]:
    for rank, swing in enumerate(state_swings(found, place.code)[:TOP], start=1):
        points = Swing(
            swing.name,
            swing.kind,
            100.0 * swing.low,
            100.0 * swing.high,
            None if swing.error is None else 100.0 * swing.error,
            swing.correlation,
        )
        key = (place.code, rank)
        yield Row(key, (place.code, *_cells(run, STATES, key, points), rank))


def _cells(run: Run, cells: Cells, key: Hashable, swing: Swing) -> tuple[Cell, ...]:
    low, high = cells.at(key, "low"), cells.at(key, "high")
    apart = formula("ABS({0}-{1})", high, low, value=swing.size)
    heads = (about(run, swing.name), swing.name) if swing.kind == ASSUMPTION else (swing.name, DRIVER)
    return (*heads, swing.low, swing.high, apart, swing.error, swing.correlation)
