"""Past: what each state has spent on defence, and the method that carries it on."""

from collections.abc import Iterator

import numpy as np

from forecaster.report import places
from forecaster.report.places import Place
from forecaster.report.sheet import Cell, Cells, Column, Row, Sheet, Table, formula
from forecaster.run import Run
from models.budgets import in_words

NAME = "Past"
"""Not History: Excel keeps that name for itself."""
METHODS = Cells(NAME, "methods")
WORDS = Cells(NAME, "words")
HISTORY = Cells(NAME, "history")


def past(run: Run) -> Sheet:
    """Return the sheet of past spending and of what is made of it."""
    return Sheet(
        NAME,
        "Past: what was spent, and how it is carried on",
        "What has each state spent on defence, and by which method does the forecast go on from there?",
        (_methods(run), _in_words(run), _history(run)),
    )


def _methods(run: Run) -> Table:
    rows = []
    for place in places.states(run):
        i = run.forecast.states.index(place.code)
        asked, used = run.case.assumptions.budgets.method.value, run.forecast.method[i]
        planned = sum(map(bool, run.forecast.plan_status[i]))
        fallback = "no" if used == asked else f"yes, asked for {asked}"
        cells: tuple[Cell, ...] = (
            place.code,
            place.name,
            used,
            fallback,
            float(run.forecast.base[i]),
            planned,
        )
        rows.append(Row(place.code, (*cells, run.forecast.notes[i])))
    columns = (
        Column("code", "state"),
        Column("name", "name"),
        Column("method", "method used"),
        Column("fallback", "fallback"),
        Column("base", f"spent in {run.case.assumptions.run.base_year}", "EUR m", "input"),
        Column("plans", "years with a plan", "count", "input"),
        Column("notes", "notes", width=10),
    )
    notes = (
        "Fallback: another method than the one asked for, because the series is too short or alone.",
        "Plans by the growth of a definition, such as vote: what each holds stands on the sheet Plans.",
        _pledge(run),
    )
    return Table(METHODS.table, "Methods and what they rest on", columns, tuple(rows), notes)


def _in_words(run: Run) -> Table:
    """What each method does that a forecast used or that the sheet Accuracy sets beside it."""
    compared = [score.method for score in run.accuracy.scores] if run.accuracy else []
    names = dict.fromkeys((*run.forecast.method, *compared))
    rows = tuple(Row(name, (name, in_words(name))) for name in names)
    columns = (Column("method", "method"), Column("words", "in words", width=10))
    notes = ("The methods used, and those that the sheet Accuracy sets beside them.",)
    return Table(WORDS.table, "What each method does", columns, rows, notes)


def _pledge(run: Run) -> str:
    given = run.case.assumptions.budgets
    return (
        f"Allies move towards the pledge of {given.pledge_target.value:g} % of GDP by "
        f"{given.pledge_year.value} with a weight drawn from Beta({given.pledge_weight_alpha.value:g}, "
        f"{given.pledge_weight_beta.value:g}), shared between states with a correlation of "
        f"{given.pledge_common.value:g}. The pledged path leaves the share of GDP of the last vote or plan "
        "that counts in a straight line, passes what is announced, reaches the pledge and stays there; the "
        "weight is the part of the way to it in logarithms, and no budget is lowered."
    )


def _history(run: Run) -> Table:
    rows = [row for place in places.states(run) for row in _history_rows(run, place)]
    columns = (
        Column("code", "state"),
        Column("name", "name"),
        Column("source", "source"),
        Column("year", "year", "year", "input"),
        Column("spent", "defence spending", "EUR m", "input"),
        Column("growth", "growth over the year before", "share"),
    )
    notes = (
        "The first year of a state has no growth. Each figure stands on the Inputs sheet with its cell.",
    )
    return Table(HISTORY.table, "What was spent", columns, tuple(rows), notes)


def _history_rows(run: Run, place: Place) -> Iterator[Row]:
    spent = run.forecast.history[run.forecast.states.index(place.code)]
    source = next((s.publisher for s in run.case.budgets.sources if s.table == "spending"), "")
    before: float | None = None
    for year, value in zip(run.forecast.history_years, spent, strict=True):
        amount = None if np.isnan(value) else float(value)
        growth: Cell = None
        if amount is not None and before is not None:
            at = HISTORY.at
            growth = formula(
                "{0}/{1}-1",
                at((place.code, year), "spent"),
                at((place.code, year - 1), "spent"),
                value=amount / before - 1.0,
            )
        yield Row((place.code, year), (place.code, place.name, source, year, amount, growth))
        before = amount
