"""What a reader picks on the Explorer sheet, and how a pick finds its figures on the other sheets.

Scenario and place stand in two cells with lists. The Strain and the Money sheet hold a record for
each scenario, place and year in one order, so that the number of a record follows from where the picks stand.
"""

from collections.abc import Hashable, Iterable
from dataclasses import dataclass

from forecaster.report import places
from forecaster.report.formulas import link
from forecaster.report.places import Place
from forecaster.report.records import Records
from forecaster.report.sheet import (
    HEADER,
    Cell,
    Cells,
    Choice,
    Column,
    Formula,
    Light,
    Ref,
    Row,
    Span,
    Table,
    formula,
    lead,
    year_columns,
    yearly,
)
from forecaster.run import Run
from forecaster.sheets import money, obligations, strain

NAME = "Explorer"
CHOICE = Cells(NAME, "choice")
FOUND = Cells(NAME, "found")
SCENARIOS = Cells(NAME, "scenarios")
PLACES = Cells(NAME, "places")

SCENARIO, PLACE = (CHOICE.at(key, "choice").fix() for key in ("scenario", "place"))
CODE = CHOICE.at("place", "found").fix()

SOURCES = {"Strain": strain.STRAIN, "Money": money.MONEY}
"""Sheets with records."""

KEYS = {"scenario": SCENARIO, "code": CODE, "year": None}
"""What names a record -> the cell that holds the pick; years stand in the titles."""


@dataclass(frozen=True)
class Pick:
    """What is picked when the workbook is opened: the baseline and a place."""

    run: Run
    place: Place

    @property
    def shown(self) -> tuple[Place, ...]:
        """The places that can be picked."""
        return places.shown(self.run)


def first(run: Run) -> Pick:
    """Return what is picked at first: the large state most strained in its worst year."""
    return Pick(run, obligations.chosen(run)[0])


def choice(pick: Pick) -> Table:
    """Return the table with the cells to pick in."""
    run = pick.run
    rows = (
        Row("scenario", ("scenario", run.baseline, _title(run))),
        Row("place", ("state", pick.place.name, _code(pick))),
        Row("holds", ("lookup", None, _holds(run)), role="text"),
    )
    columns = (
        Column("what", "choose"),
        Column("choice", "here", role="choice"),
        Column("found", "which is"),
    )
    notes = (
        "Lookup: FAIL where the Strain or the Money sheet was sorted anew; what is shown here is then wrong.",
    )
    options = (
        Choice("scenario", "choice", _scenario_column(run, "id"), "Pick a scenario"),
        Choice("place", "choice", _place_column(pick, "name"), "Pick a state or the union"),
    )
    lights = (Light("words", ("found",)),)
    return Table(CHOICE.table, "Your choice", columns, rows, notes, lights, choices=options)


def lists(pick: Pick) -> tuple[Table, Table]:
    """Return what can be picked: scenarios, places."""
    scenarios = tuple(Row(name, (name, title)) for name, title in _titles(pick.run).items())
    shown = tuple(Row(place.code, (place.code, place.name)) for place in pick.shown)
    return (
        Table(
            SCENARIOS.table,
            "Scenarios",
            (Column("id", "scenario"), Column("title", "title", width=9)),
            scenarios,
        ),
        Table(PLACES.table, "States", (Column("code", "state"), Column("name", "name")), shown),
    )


def found(pick: Pick) -> Table:
    """Return the table that finds the records of the pick by year."""
    run = pick.run
    rows = [_record(pick)]
    for name, records in SOURCES.items():
        rows += [_same(pick, name, records, column, picked) for column, picked in KEYS.items()]
    columns = (*lead("state", "name", "step"), *year_columns(run.years))
    notes = (
        "Where the records stand: scenarios follow each other, in them states, in them years.",
        "1: what stands there is what was picked.",
    )
    return Table(FOUND.table, "How the figures are found", columns, tuple(rows), notes, keys=4)


def baseline(run: Run) -> Ref:
    """Return the cell with the name of the baseline."""
    return SCENARIOS.at(run.baseline, "id").fix()


def heads(pick: Pick, item: str) -> tuple[Cell, Cell, Cell]:
    """Return code and name of the place picked, and what a row holds."""
    return link(CODE, pick.place.code), link(PLACE, pick.place.name), item


def recorded(pick: Pick, records: Records, column: str, values: Iterable[float | str]) -> tuple[Cell, ...]:
    """Cells by year of a column of records."""
    column_cells = records.column(pick.run, column)
    return tuple(
        formula("INDEX({0},{1})", column_cells, FOUND.at("record", year).fix("row"), value=value)
        for year, value in zip(pick.run.years, values, strict=True)
    )


def in_baseline(
    pick: Pick, row: Ref, source: Cells, ends: tuple[Hashable, Hashable], values: Iterable[float]
) -> tuple[Cell, ...]:
    """Cells by year, from a table of the baseline; blank in other scenarios.

    row: any cell of the row they stand in, whose code and item say what is looked for; ends: keys of the
    first and the last row of the table.
    """
    text = 'IF({0}<>{1},"",SUMIFS({2},{3},{4},{5},{6}))'
    fixed = _keys(row, source, ends)
    return tuple(
        formula(text, SCENARIO, baseline(pick.run), source.down(year, *ends).fix("row"), *fixed, value=value)
        for year, value in zip(pick.run.years, values, strict=True)
    )


def in_scenario(
    pick: Pick, row: Ref, source: Cells, ends: tuple[Hashable, Hashable], values: Iterable[float]
) -> tuple[Cell, ...]:
    """Cells by year, from a table whose first column holds the scenario."""
    text = "SUMIFS({0},{1},{2},{3},{4})"
    codes, _, items, item = _keys(row, source, ends)
    return tuple(
        formula(text, source.down(year, *ends).fix("row"), codes, SCENARIO, items, item, value=value)
        for year, value in zip(pick.run.years, values, strict=True)
    )


def _keys(row: Ref, source: Cells, ends: tuple[Hashable, Hashable]) -> tuple[Ref | Span, ...]:
    """Codes and items of a table, each with what a row looks for among them."""
    home = Cells(row.sheet, row.table)
    return (
        source.down("code", *ends).fix(),
        home.at(row.row, "code").fix("column"),
        source.down("item", *ends).fix(),
        home.at(row.row, "item").fix("column"),
    )


def _scenario_column(run: Run, column: str) -> Span:
    return SCENARIOS.down(column, run.baseline, run.settings.scenarios[-1]).fix()


def _place_column(pick: Pick, column: str) -> Span:
    return PLACES.down(column, pick.shown[0].code, pick.shown[-1].code).fix()


def _title(run: Run) -> Formula:
    titles, ids = (_scenario_column(run, column) for column in ("title", "id"))
    return formula("INDEX({0},MATCH({1},{2},0))", titles, SCENARIO, ids, value=_titles(run)[run.baseline])


def _titles(run: Run) -> dict[str, str]:
    """Title of each scenario; a combination has none but its name."""
    known = {table.id: table.title for table in run.case.scenarios}
    return {name: known.get(name, name) for name in run.settings.scenarios}


def _code(pick: Pick) -> Formula:
    codes, names = (_place_column(pick, column) for column in ("code", "name"))
    return formula("INDEX({0},MATCH({1},{2},0))", codes, PLACE, names, value=pick.place.code)


def _holds(run: Run) -> Formula:
    """Return PASS where every record found is that of the choice."""
    first, last = ("Strain", "scenario"), ("Money", "year")
    area = Span(FOUND.at(first, run.years[0]), FOUND.at(last, run.years[-1]))
    return formula('IF(MIN({0})=1,"PASS","FAIL")', area, value="PASS")


def _record(pick: Pick) -> Row:
    """Number of the record by year: those before the scenario, before the place in it, before the year."""
    run, records = pick.run, strain.STRAIN
    start = FOUND.at(HEADER, run.years[0]).fix()
    cells = [
        formula(
            "MATCH({0},{1},0)+MATCH({2},{3},0)+{4}-{5}-1",
            SCENARIO,
            records.column(run, "scenario"),
            CODE,
            records.column(run, "code"),
            FOUND.at(HEADER, year).fix("row"),
            start,
            value=float(pick.shown.index(pick.place) * len(run.years) + t + 1),
        )
        for t, year in enumerate(run.years)
    ]
    return yearly("record", heads(pick, "number of the record"), "count", cells)


def _same(pick: Pick, name: str, records: Records, column: str, picked: Ref | None) -> Row:
    """Return whether what names the records is what was picked, 1 or 0."""
    run = pick.run
    cells = [
        formula(
            "IF(INDEX({0},{1})={2},1,0)",
            records.column(run, column),
            FOUND.at("record", year).fix("row"),
            picked or FOUND.at(HEADER, year).fix("row"),
            value=1.0,
        )
        for year in run.years
    ]
    return yearly((name, column), heads(pick, f"{column} on {name} is the choice"), "0 or 1", cells)
