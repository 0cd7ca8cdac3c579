"""How probable red is: by state and scenario, by state and year; how many states are in red at once."""

from collections.abc import Iterator

import numpy as np

from forecaster.findings.judged import signed
from forecaster.findings.red import beyond
from forecaster.report import places
from forecaster.report.places import Place
from forecaster.report.sheet import (
    HEADER,
    Cells,
    Column,
    Light,
    Row,
    Table,
    lead,
    year_columns,
    yearly,
)
from forecaster.report.styles import percent
from forecaster.run import Run
from forecaster.sheets import strain
from forecaster.sheets.key import OFTEN, in_words

NAME = "Summary"
RED = Cells(NAME, "red")
COUNT = Cells(NAME, "count")

BESIDE = 10
"""Scenarios side by side in a heat map."""


def by_scenario(run: Run) -> tuple[Table, ...]:
    """P(red) by state and scenario, so many scenarios side by side as there are years elsewhere."""
    names = run.settings.scenarios
    parts = [names[i : i + BESIDE] for i in range(0, len(names), BESIDE)]
    return tuple(_heat(run, number, part) for number, part in enumerate(parts, start=1))


def _heat(run: Run, number: int, names: tuple[str, ...]) -> Table:
    cells = Cells(NAME, f"heat {number}")
    rows = tuple(_heat_row(run, cells, place, names) for place in places.shown(run))
    columns = (
        *lead("state", "name", "what"),
        *(Column(name, name.replace("-", " "), role="simulated") for name in names),
        *([Column("word", f"{run.baseline} in words")] if run.baseline in names else []),
    )
    steps = ", ".join(f"{word} from {percent(step)}" for step, word in reversed(OFTEN.items()))
    notes = (
        (
            f"Share of {run.settings.paths:,} paths in which promises exceed {beyond(run)} in at least "
            f"one year of {run.horizon}. Last row: the union as if it had one purse."
        ),
        (
            f"Colours and words: {steps}. Red comes before anything is moved or cut. How much is already "
            f"signed for is a judgement. {signed(run)}"
        ),
    )
    title = "Probability of red by state and scenario" + (", continued" if number > 1 else "")
    shown = notes if number == 1 else ()
    return Table(cells.table, title, columns, rows, shown, (Light("heat", names),))


def _heat_row(run: Run, cells: Cells, place: Place, names: tuple[str, ...]) -> Row:
    found = [run.statistics.any_year("red", name, place.code) for name in names]
    first = cells.at(place.code, run.baseline)
    word = [in_words(first, found[names.index(run.baseline)])] if run.baseline in names else []
    return yearly(place.code, (place.code, place.name, "P(red) in any year"), "share", found, word)


def by_year(run: Run) -> Table:
    """P(red) of the baseline by state and year."""
    rows = tuple(_red_row(run, place) for place in places.shown(run))
    columns = (*lead("state", "name", "what"), *year_columns(run.years))
    notes = (f"In the scenario '{run.baseline}', from the Strain sheet.",)
    lights = (Light("heat", run.years),)
    return Table(RED.table, "Probability of red by state and year", columns, rows, notes, lights)


def _red_row(run: Run, place: Place) -> Row:
    code = RED.at(place.code, "code").fix("column")
    values = run.statistics.probability("red", run.baseline, place.code)
    cells = [
        strain.STRAIN.looked_up(run, "red", code, RED.at(HEADER, year).fix("row"), float(value))
        for year, value in zip(run.years, values, strict=True)
    ]
    return yearly(place.code, (place.code, place.name, "P(red)"), "share", cells)


def states_at_once(run: Run) -> Table:
    """Number of states in red by scenario and year."""
    rows = [row for name in run.settings.scenarios for row in _count_rows(run, name)]
    columns = (*lead("scenario", "place", "states in red"), *year_columns(run.years))
    notes = ("How many states are in red in the same year, counted on each path.",)
    return Table(COUNT.table, "Number of states in red by year", columns, tuple(rows), notes)


def _count_rows(run: Run, scenario: str) -> Iterator[Row]:
    reached = np.cumsum(run.statistics.at_once("red", scenario), axis=1)
    mean = run.statistics.mean_at_once("red", scenario).tolist()
    name = places.union(run).name
    yield yearly((scenario, "mean"), (scenario, name, "mean"), "states, mean", mean)
    for level in (0.5, 0.95):
        cells = [float(np.searchsorted(row, level)) for row in reached]
        item = f"P{100 * level:.0f}"
        yield yearly((scenario, item), (scenario, name, item), "states", cells)
