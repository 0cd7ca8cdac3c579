"""Drivers: what moves the figures."""

from collections.abc import Iterator

import numpy as np

from forecaster.drivers import PROGRAMME, UNION_FIGURES, Drivers
from forecaster.findings.moved import moved
from forecaster.findings.red import worst_year_otherwise
from forecaster.report import places
from forecaster.report.formulas import total
from forecaster.report.sheet import (
    Block,
    Cell,
    Cells,
    Column,
    Light,
    Notes,
    Row,
    Sheet,
    Table,
)
from forecaster.report.styles import percent
from forecaster.report.tornado import DRIVER, union_swings
from forecaster.run import Run
from forecaster.sheets import effects
from forecaster.sheets.drivers import swings
from forecaster.sheets.drivers.swings import NAMES, SHEET
from models.arrays import UNION

SHARES = Cells(SHEET, "shares")
STATE_SHARES = Cells(SHEET, "shares by state")

SHARE = "share"


def drivers(run: Run) -> Sheet:
    """Return the sheet of drivers."""
    left_out = Notes("", ("Swings and shares of variance were left out of this run.",))
    told: tuple[Block, ...] = _driven(run, run.drivers) if run.drivers else (left_out,)
    return Sheet(
        SHEET,
        "Drivers: what moves the figures",
        "What moves strain and calls: which drivers, which assumptions?",
        told,
    )


def _driven(run: Run, found: Drivers) -> tuple[Block, ...]:
    years = {"net call": f"of {run.horizon}", "gap": f"in {run.years[found.focus.gap]}"}
    titles = {name: f"What moves the union's {name} {when}" for name, when in years.items()}
    tornados = {name: swings.tornado(run, found, name, title) for name, title in titles.items()}
    drawn = ("gap", "net call") if moved(run, "net_call") else ("gap",)
    charts = tuple(swings.tornado_chart(tornados[name], titles[name]) for name in drawn)
    return (
        Notes("In short", tuple(_told(run, found)), strong=True),
        *charts,
        tornados["gap"],
        tornados["net call"],
        _shares(run, found),
        _state_shares(run, found),
        swings.by_state(run, found),
    )


def _told(run: Run, found: Drivers) -> Iterator[str]:
    """Sentences on the union's gap, on variance, on assumptions."""
    gap = [swing for swing in union_swings(found, "gap") if swing.kind == DRIVER][:2]
    mean = float(found.swings[found.places[-1], "budget.common"].mean[1])
    ends = " and ".join(
        f"{swing.name} (from EUR {max(0.0, mean + swing.low):,.0f} m at its P10 to EUR "
        f"{max(0.0, mean + swing.high):,.0f} m at its P90)"
        for swing in gap
    )
    year = run.years[found.focus.gap]
    yield (
        f"1. Of the drivers, these move the sum of the states' gaps in {year} most, EUR {mean:,.0f} m on "
        f"average over the {found.paths:,} paths looked at: {ends}."
    )
    total = dict(
        zip(found.families, found.shares.total[:, _figure_index(found, "gap")].tolist(), strict=True)
    )
    ranked = sorted(total, key=lambda name: -total[name])
    parts = ", ".join(f"{name} in {percent(total[name])}" for name in ranked[:3])
    own = sum(total[name] for name in PROGRAMME if name in total)
    yield (
        f"2. These take part in so much of its variance: {parts}; the programme's own drivers together in "
        f"{percent(min(own, 1.0), 2)}."
    )
    strongest = ", ".join(
        f"{effects.about(run, effect.ends.key)} ({effect.ends.key}, {100.0 * effect.size:.1f} points)"
        for effect in found.effects[:3]
    )
    yield (
        f"3. Of the assumptions, P(red) rests most on {strongest}: how far it moves between the values that "
        f"the sheet {effects.NAME} gives, on average over the states."
    )


def _figure_index(found: Drivers, figure: str) -> int:
    """Column of a figure of the union in shares."""
    return found.shares.total.shape[1] - len(UNION_FIGURES) + UNION_FIGURES.index(figure)


def _shares(run: Run, found: Drivers) -> Table:
    columns = [
        Column("code", "place"),
        Column("name", "family of drivers", width=NAMES),
        Column("unit", "unit"),
    ]
    for figure in UNION_FIGURES:
        columns += [
            Column((figure, "first"), f"{figure}: alone", role="simulated"),
            Column((figure, "first error"), "+/-", role="simulated"),
            Column((figure, "total"), f"{figure}: with others", role="simulated"),
            Column((figure, "total error"), "+/-", role="simulated"),
        ]
    rows = [
        Row(name, (UNION, name, SHARE, *_share_cells(found, k)), SHARE)
        for k, name in sorted(enumerate(found.families), key=lambda family: family[1] in PROGRAMME)
    ]
    years = f"{run.years[found.focus.gap]} (gap) and {run.years[found.focus.red]} (states in red)"
    notes = (
        (
            "Alone: part of the variance that goes when the family is known (first order). With others: part "
            "that stays when all others are known (total). Sums: at most 100 % alone, at least 100 % with "
            f"others, within the error. The net call is of all years, the others of {years}."
        ),
        (
            f"Pick and freeze on {found.paths:,} paths: Saltelli et al. (2010) for the first order, Jansen "
            "(1999) for the total; +/- is half of a 95 % interval (jackknife over 32 groups of paths)."
        ),
        f"The programme's own are the last {len(PROGRAMME)} families: they reach strain through it alone.",
    )
    last = (
        Row("sum", (UNION, "Sum", SHARE, *_share_sums(found, rows)), SHARE, strong=True),
        Row("programme", (UNION, "The programme's own", SHARE, *_own_shares(rows)), SHARE, strong=True),
    )
    lights = tuple(Light("heat", ((figure, "total"),)) for figure in UNION_FIGURES)
    title = "Shares of variance by family of drivers, union"
    return Table(SHARES.table, title, tuple(columns), (*rows, *last), notes, lights)


def _share_cells(found: Drivers, family: int) -> Iterator[Cell]:
    shares = found.shares
    for figure in UNION_FIGURES:
        at = (family, _figure_index(found, figure))
        for values in (shares.first, shares.first_error, shares.total, shares.total_error):
            yield float(values[at])


def _share_sums(found: Drivers, rows: list[Row]) -> Iterator[Cell]:
    """Sums of shares as formulas, their errors as simulated."""
    for k, figure in enumerate(UNION_FIGURES):
        errors = (found.shares.first_sum_error, found.shares.total_sum_error)
        for j, (order, error) in enumerate(zip(("first", "total"), errors, strict=True)):
            cells = [row.cells[3 + 4 * k + 2 * j] for row in rows]
            yield total(SHARES.down((figure, order), rows[0].key, rows[-1].key), cells)
            yield float(error[_figure_index(found, figure)])


def _own_shares(rows: list[Row]) -> Iterator[Cell]:
    """Sums over the families that reach strain through the programme alone, without errors."""
    own = [row for row in rows if row.key in PROGRAMME]
    for k, figure in enumerate(UNION_FIGURES):
        for j, order in enumerate(("first", "total")):
            cells = [row.cells[3 + 4 * k + 2 * j] for row in own]
            yield total(SHARES.down((figure, order), own[0].key, own[-1].key), cells)
            yield None


def _state_shares(run: Run, found: Drivers) -> Table:
    columns = (
        Column("code", "state"),
        Column("name", "name", width=NAMES),
        Column("year", "worst year", "year"),
        *(Column(name, name, SHARE, "simulated") for name in found.families),
        Column("error", "largest +/-", SHARE, "simulated"),
    )
    rows = []
    for place in places.states(run):
        i = found.places.index(place.code)
        shares, error = found.shares.total[:, i], float(np.max(found.shares.total_error[:, i]))
        heads = (place.code, place.name, run.years[found.focus.worst[i]])
        rows.append(Row(place.code, (*heads, *(float(share) for share in shares), error)))
    told = "With others (total), of strain in the year in which red is most probable."
    notes = (f"{told} {worst_year_otherwise(run)}".rstrip(),)
    title = "Shares of the variance of each state's strain"
    lights = (Light("heat", found.families),)
    return Table(STATE_SHARES.table, title, columns, tuple(rows), notes, lights, keys=2)
