"""Figures that a run of the case cannot start from, though each cell by itself can be read."""

import math
from collections.abc import Iterator

import numpy as np

from forecaster.assembly.investment import investment_mean, investment_start, published_scale
from forecaster.case import Case
from forecaster.errors import InputError, Problems
from forecaster.figures import Figure, State
from forecaster.readers import WORKBOOK


def refuse_gaps(case: Case) -> None:
    """Raise InputError where a figure is out of BOUNDS, or one is missing that a forecast goes on from."""
    for found in (_wrong, _missing):
        problems = Problems()
        for file, place, told in found(case):
            problems.add(file, place, told)
        problems.raise_if_any(InputError)


def _wrong(case: Case) -> Iterator[tuple[str, str, str]]:
    """File, place and fault of each figure that is there."""
    for figure in case.budgets.figures:
        if told := _out_of_bounds(figure):
            yield figure.file, figure.address, f"{_said(figure)}. {told}"
    for plan in case.budgets.plans:
        if plan.use and plan.amount <= 0.0:
            file, _, cell = plan.cell.partition(", ")
            yield file, cell, f"{plan.code} {plan.year} is {plan.amount:g}. A plan is above 0."
    for figure, told in _off_scale(case):
        yield figure.file, figure.address, f"{_said(figure)}, {told}: unit mixed up?"


def _missing(case: Case) -> Iterator[tuple[str, str, str]]:
    """File and place of each figure that is not there, and what is needed."""
    for state in _without_share(case):
        yield *_place(case, "nato_equipment"), _share_needed(case, state)
    for table in ("growth", "deflator"):
        if told := _gdp_without(case, table):
            yield *_place(case, table), told


def _place(case: Case, table: str) -> tuple[str, str]:
    """File and sheet of a table."""
    return (WORKBOOK, table) if WORKBOOK in case.files else (f"{table}.csv", "")


def _out_of_bounds(figure: Figure) -> str:
    above, most, told = BOUNDS.get(figure.table, (-math.inf, math.inf, ""))
    return "" if above < figure.value <= most else told


def _said(figure: Figure) -> str:
    return f"{figure.code} {figure.item} is {figure.raw}"


def _off_scale(case: Case) -> Iterator[tuple[Figure, str]]:
    """Spending beyond all of GDP, and GDP that is a multiple of that of the year before, or a part of it."""
    gdp = {(figure.code, figure.item): figure for figure in case.budgets.figures if figure.table == "gdp"}
    for figure in case.budgets.figures:
        of_state = gdp.get((figure.code, figure.item)) if figure.table == "spending" else None
        if of_state and figure.value > of_state.value > 0.0:
            yield figure, f"{100.0 * figure.value / of_state.value:,.0f} % of gross domestic product"
    for (code, year), figure in gdp.items():
        before = gdp.get((code, str(int(year) - 1)))
        if before and min(figure.value, before.value) > 0.0 and not _near(figure, before):
            yield figure, f"{_times(figure.value / before.value)} that of {before.item}"


def _near(figure: Figure, before: Figure) -> bool:
    return before.value / JUMP < figure.value < before.value * JUMP


def _times(ratio: float) -> str:
    return f"{ratio:,.0f} times" if ratio >= 1.0 else f"{ratio:.3g} times"


def _without_share(case: Case) -> Iterator[State]:
    known = np.array([investment_start(case), investment_mean(case), published_scale(case)])
    for state, figures in zip(case.budgets.states, known.T, strict=True):
        if not (figures > 0.0).all():
            yield state


def _share_needed(case: Case, state: State) -> str:
    base = case.assumptions.run.base_year
    return (
        f"{state.code} ({state.name}): the share of spending that is invested is not known, or 0, around "
        f"{base}. Needed: nato_equipment of a year from {base - 4} to {base - 1} and of one from {base - 1} "
        f"to {base + 1}, and nato_spending of {base}; or eda_spending and eda_investment up to {base}."
    )


def _gdp_without(case: Case, table: str) -> str:
    """What is wrong where GDP ends in a year of which the table that carries it on lacks a state."""
    last = case.budgets.years("gdp")[-1]
    lacking = [code for code in case.budgets.codes if case.budgets.figure(table, code, last) is None]
    if not lacking:
        return ""
    whose = "" if len(lacking) == len(case.budgets.codes) else f" of {', '.join(lacking)}"
    return (
        f"{last} is missing{whose}, though the table gdp has it: GDP is carried on by growth and deflator of "
        f"its last year. Enter {last} here, or leave it out of gdp."
    )


JUMP = 3.0
"""Factor from one year to the next within which gross domestic product stays: judgement."""

BOUNDS = {
    "spending": (0.0, math.inf, "A forecast needs a budget above 0 in each year."),
    "gdp": (0.0, math.inf, "Gross domestic product is above 0."),
    "gni": (0.0, math.inf, "Gross national income is above 0."),
    "exchange": (0.0, math.inf, "A rate is units of a currency for one euro, above 0."),
    "growth": (-1.0, math.inf, "Growth is above -100 %."),
    "deflator": (-1.0, math.inf, "Inflation is above -100 %."),
    "nato_equipment": (-math.inf, 1.0, "A share of spending is at most 100 %."),
}
"""Table -> what a figure must be above, what it may at most be [EUR million or share], what a user reads."""
