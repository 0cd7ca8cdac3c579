"""Judgements: P(red) of the baseline and its range over the judgements that rule it."""

from collections.abc import Callable

from forecaster.drivers.judgements import JUDGEMENTS, NEW, rival
from forecaster.report import places
from forecaster.report.formulas import link
from forecaster.report.places import Place
from forecaster.report.sheet import (
    HEADER,
    Cell,
    Cells,
    Column,
    Formula,
    Light,
    Row,
    Sheet,
    Span,
    Table,
    formula,
)
from forecaster.run import Run
from models.arrays import Floats

NAME = "Judgements"
RANGE = Cells(NAME, "range")
STRAIN = Cells("Strain", "strain")
"""The table of the sheet Strain, which shows the ends of these ranges."""

ENDS = ("low", "low by", "high", "high by")
"""Columns of the ends of a range and of the judgements that give them."""

AS_IT_STANDS = "as it stands"
OWN, ASSUMED = "own figures", "common assumption"


def range_of(run: Run, place: str, year: int) -> dict[str, Cell]:
    """Return the range of P(red) over the judgements in the baseline, as the Strain sheet shows it."""
    cells = _range_cells(run, place, run.years.index(year))
    return {key: link(RANGE.at((place, year), key), cells[key]) for key in ENDS}


def judgements(run: Run) -> Sheet:
    """Return the sheet of the range of P(red) over the judgements that rule it."""
    return Sheet(
        NAME,
        "Judgements: the range of P(red)",
        "How far does the probability of red rest on judgement, and which judgement gives its ends?",
        (_ranges(run),),
    )


def notes(run: Run) -> tuple[str, ...]:
    """Return what the sheet Key says of the judgements that are tried."""
    lines = [f"{name}: {_about(run, name)}." for name in JUDGEMENTS]
    lines.append(
        f"Each is tried by itself on the first {run.judgements.paths:,} paths, in all states and years; "
        "nothing else changes. Where a ministry has handed in its own contracted payments, all but the last "
        "cease to matter."
    )
    lines.append(
        f"{', '.join(NEW)}: points that the programme would add beside what it adds, had states bought "
        "all of its contracts, or nothing of them, without it. They are in no range."
    )
    return tuple(lines)


def _about(run: Run, name: str) -> str:
    about = JUDGEMENTS[name].about
    return f"{about}: {rival(run.case)}" if name == "other forecasts" else about


def _ranges(run: Run) -> Table:
    """Return P(red) of every place and year under each judgement, its ends and what gives them."""
    columns = (
        Column("code", "state"),
        Column("name", "name"),
        Column("year", "year", "year"),
        Column("red", "P(red)", "share"),
        *(Column(name, name, "points", "simulated") for name in run.judgements.names),
        Column("low", "lowest", "share"),
        Column("low by", "lowest with", width=14),
        Column("high", "highest", "share"),
        Column("high by", "highest with", width=14),
        Column("width", "range", "points"),
        Column("effect", "programme adds", "points"),
        Column("wider", "judgement outweighs it", width=12),
        *(Column(name, name, "points", "simulated", width=10) for name in NEW),
        Column("rests", "contracts rest on"),
    )
    keys = [column.key for column in columns]
    rows = tuple(
        Row((place.code, year), tuple(cells[str(key)] for key in keys))
        for place in places.shown(run)
        for t, year in enumerate(run.years)
        for cells in [_range_row(run, place, t)]
    )
    notes = (
        (
            "In the baseline. Under each judgement: points added to P(red), on the same draws. Lowest and "
            "highest: P(red) with the largest of these, one at a time. The range is no interval of "
            "confidence; the sampling error stands on the Strain sheet. What each judgement is: sheet Key."
        ),
    )
    lights = tuple(Light("heat", (column,)) for column in ("red", "low", "high"))
    return Table(RANGE.table, "", columns, rows, notes, lights, keys=3, filtered=True)


def _range_row(run: Run, place: Place, t: int) -> dict[str, Cell]:
    return {"code": place.code, "name": place.name, "year": run.years[t], **_range_cells(run, place.code, t)}


def _range_cells(run: Run, place: str, t: int) -> dict[str, Cell]:
    """Cells of a place and year from P(red) on."""
    key, names = (place, run.years[t]), run.judgements.names
    red, without = _red(run, place)
    points = [round(100.0 * float(change), 9) for change in run.judgements.changes(place)[:, t]]
    tried, heads = RANGE.across(key, names[0], names[-1]), RANGE.across(HEADER, names[0], names[-1]).fix()
    there = (run.baseline, *key)
    low, high = max(0.0, red[t] + min(0.0, *points) / 100.0), min(1.0, red[t] + max(0.0, *points) / 100.0)
    width, effect = 100.0 * (high - low), 100.0 * float(red[t] - without[t])
    at = {name: RANGE.at(key, name) for name in ("red", "low", "high", "width", "effect")}
    wider = "yes" if width > abs(effect) else "no"
    return {
        "red": link(STRAIN.at(there, "red"), float(red[t])),
        **dict(zip(names, points, strict=True)),
        "low": formula("MAX(0,{0}+MIN(0,{1})/100)", at["red"], tried, value=float(low)),
        "low by": _by("MIN", "<", tried, heads, _name(names, points, min)),
        "high": formula("MIN(1,{0}+MAX(0,{1})/100)", at["red"], tried, value=float(high)),
        "high by": _by("MAX", ">", tried, heads, _name(names, points, max)),
        "width": formula("100*({0}-{1})", at["high"], at["low"], value=float(width)),
        "effect": link(STRAIN.at(there, "effect"), effect),
        **_by_new(run, place, t),
        "wider": formula('IF({0}>ABS({1}),"yes","no")', at["width"], at["effect"], value=wider),
        "rests": OWN if run.judgements.own[run.judgements.places.index(place), t] else ASSUMED,
    }


def _by_new(run: Run, place: str, t: int) -> dict[str, Cell]:
    """Points added to P(red) where the programme's contracts add nothing, or all of what they cost."""
    changes = run.judgements.changes_by_new(place)[:, t]
    return {name: round(100.0 * float(change), 9) for name, change in zip(NEW, changes, strict=True)}


def _red(run: Run, place: str) -> tuple[Floats, Floats]:
    """P(red) with and without the programme, by year."""
    probability = run.statistics.probability
    return probability("red", run.baseline, place), probability("red_without", run.baseline, place)


def _by(end: str, beyond: str, tried: Span, heads: Span, value: str) -> Formula:
    """Name of the judgement at one end of the range."""
    text = f'IF({end}({{0}}){beyond}0,INDEX({{1}},MATCH({end}({{0}}),{{0}},0)),"{AS_IT_STANDS}")'
    return formula(text, tried, heads, value=value)


def _name(names: tuple[str, ...], points: list[float], end: Callable[[list[float]], float]) -> str:
    found = end(points)
    beyond = found < 0.0 if end is min else found > 0.0
    return names[points.index(found)] if beyond else AS_IT_STANDS
