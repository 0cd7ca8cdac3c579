"""Mixtures of two cases: each part of a case is taken from one side or the other, never from a file.

Taking some parts from the second side gives the same case as taking all others from the first: a bridge reads
the same in both directions. States of one side only bring their own figures with them.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from typing import Protocol, TypeVar

import numpy as np
from pydantic import BaseModel, ValidationError

from forecaster import assembly
from forecaster.assembly.gaps import refuse_gaps
from forecaster.case import Case
from forecaster.case.assumptions import Assumptions
from forecaster.case.differences import Change
from forecaster.case.differences.tables import PANEL, TOLD_APART
from forecaster.case.programme import Line, Programme, off_envelope
from forecaster.compare.sides import Side
from forecaster.errors import ForecasterError
from forecaster.figures import Budgets, Figure, State
from forecaster.toml.mistakes import first_finding
from models.budgets import METHODS
from models.model import Model
from models.projection import SeriesError
from models.stress import Scenario


class Coded(Protocol):
    """Whatever belongs to a state."""

    @property
    def code(self) -> str:
        """Code of the state."""


Owned = TypeVar("Owned", bound=Coded)
Named = TypeVar("Named")


@dataclass(frozen=True)
class Choice:
    """Which parts come from the second side; all others come from the first."""

    first: Side
    second: Side
    taken: frozenset[str]

    def of(self, part: str) -> Side:
        """The side a part is taken from."""
        return self.second if part in self.taken else self.first


def moving(found: Sequence[Change]) -> tuple[str, ...]:
    """Parts that hold a change results may depend on, in order."""
    return tuple(sorted({change.part for change in found if change.moves}))


def mixed(first: Side, second: Side, taken: Collection[str]) -> Side:
    """A side made of parts of the second and, for all others, of the first."""
    choice = Choice(first, second, frozenset(taken))
    case = replace(
        first.case,
        budgets=_budgets(choice),
        assumptions=_assumptions(choice),
        programme=_programme(choice),
        scenarios=choice.of("scenarios").case.scenarios,
    )
    return Side(
        name=f"{first.name} with parts of {second.name}",
        case=case,
        years=choice.of("settings.years").years,
        paths=choice.of("settings.paths").paths,
        seed=choice.of("settings.seed").seed,
    )


@dataclass(frozen=True)
class Runnable:
    """What a side is simulated with."""

    model: Model
    scenario: Scenario
    seed: int
    paths: int


def runnable(one: Side, scenario: str) -> Runnable:
    """The model and the scenario of a side.

    Raises ForecasterError where a figure is missing that a forecast starts from.
    """
    base = one.case.assumptions.run.base_year
    years = tuple(range(base + 1, base + 1 + one.years))
    try:
        model = assembly.model(one.case, assembly.budget_forecast(one.case, years))
    except SeriesError as error:
        raise ForecasterError(f"no forecast can be made ({error})") from error
    known = [
        *(array for state in model.states for array in (state.median, state.spread, state.investment_share)),
        model.financing.gni_key,
    ]
    if not all(np.isfinite(array).all() for array in known):
        raise ForecasterError("a figure is missing that a forecast starts from")
    return Runnable(model, assembly.scenarios(one.case, (scenario,), one.years)[-1], one.seed, one.paths)


def conflicts(case: Case) -> tuple[str, ...]:
    """What of a case does not fit together, though each part does where it comes from."""
    try:
        refuse_gaps(case)
    except ForecasterError as error:
        return (" ".join(str(error).split()),)
    return (*_unordered(case), *_unsettled(case), *_unknown(case))


def _budgets(choice: Choice) -> Budgets:
    states = _states(choice)
    codes = {state.code for state in states}

    def kept(part: str, rows: Callable[[Budgets], Sequence[Owned]]) -> tuple[Owned, ...]:
        return tuple(row for row in _rows(choice, part, rows) if row.code in codes)

    tables = sorted({figure.table for one in (choice.first, choice.second) for figure in _all(one)})
    return replace(
        choice.first.case.budgets,
        states=states,
        figures=tuple(figure for table in tables for figure in _table(choice, table, codes)),
        plans=kept("plans", lambda budgets: budgets.plans),
        loans=kept("loans", lambda budgets: budgets.loans),
        rules=kept("rules", lambda budgets: budgets.rules),
    )


def _all(one: Side) -> tuple[Figure, ...]:
    return one.case.budgets.figures


def _table(choice: Choice, table: str, codes: Collection[str]) -> list[Figure]:
    part = TOLD_APART.get(table, f"figures.{table}")
    if table == PANEL:  # taken as a whole, as its rows need not be states
        return [figure for figure in _all(choice.of(part)) if figure.table == table]
    rows = _rows(choice, part, lambda budgets: budgets.figures)
    return [figure for figure in rows if figure.table == table and figure.code in codes]


def _rows(choice: Choice, part: str, rows: Callable[[Budgets], Sequence[Owned]]) -> list[Owned]:
    """Rows of one side, and of the other those of states that are its alone."""
    chosen = choice.of(part)
    other = choice.second if chosen is choice.first else choice.first
    own = set(other.case.budgets.codes) - set(chosen.case.budgets.codes)
    return [
        *rows(chosen.case.budgets),
        *(row for row in rows(other.case.budgets) if row.code in own),
    ]


def _states(choice: Choice) -> tuple[State, ...]:
    """States of the chosen side, in an order both sides share."""
    return _in_shared_order(
        choice.of("states").case.budgets.states,
        [side.case.budgets.codes for side in (choice.first, choice.second)],
        lambda state: state.code,
    )


def _in_shared_order(
    items: Sequence[Named], orders: Sequence[Sequence[str]], name: Callable[[Named], str]
) -> tuple[Named, ...]:
    """Items as they stand where both sides have the same, else by name."""
    return tuple(items) if orders[0] == orders[1] else tuple(sorted(items, key=name))


def _assumptions(choice: Choice) -> Assumptions:
    given = choice.first.case.assumptions
    sections: dict[str, BaseModel] = {}
    for section in type(given).model_fields:
        mine, theirs = (getattr(one.case.assumptions, section) for one in (choice.first, choice.second))
        if isinstance(mine, BaseModel):
            keys = [key for key in type(mine).model_fields if f"assumptions.{section}.{key}" in choice.taken]
            sections[section] = mine.model_copy(update={key: getattr(theirs, key) for key in keys})
    return given.model_copy(update=sections)


def _programme(choice: Choice) -> Programme:
    terms = choice.of("programme.terms").case.programme
    lines = [_line(choice, name) for name in sorted(_line_ids(choice.first) | _line_ids(choice.second))]
    order = [tuple(line.id for line in one.case.programme.lines) for one in (choice.first, choice.second)]
    known = [line for line in lines if line is not None]
    if order[0] == order[1]:
        known.sort(key=lambda line: order[0].index(line.id))
    return terms.model_copy(update={"lines": tuple(known)})


def _line_ids(one: Side) -> set[str]:
    return {line.id for line in one.case.programme.lines}


def _line(choice: Choice, name: str) -> Line | None:
    lines = choice.of(f"programme.line.{name}").case.programme.lines
    return next((line for line in lines if line.id == name), None)


def _unordered(case: Case) -> list[str]:
    """What a section of the assumptions refuses as a whole, such as a low above a high."""
    told = []
    for _, table in case.assumptions:
        if isinstance(table, BaseModel):
            try:
                type(table).model_validate(dict(table))
            except ValidationError as error:
                told.append(first_finding(error))
    return told


def _unsettled(case: Case) -> list[str]:
    """Lines that do not add up to the envelope, a method and a procurement case that do not exist."""
    lines, told = case.programme.lines, []
    if off := off_envelope((line.amount for line in lines), case.programme.envelope):
        told.append(off)
    chosen = case.assumptions.award.procurement_case.value
    told += [
        f"line {line.id} has no share for the case '{chosen}'"
        for line in lines
        if not isinstance(line.eu_share, float) and chosen not in line.eu_share
    ]
    if case.assumptions.budgets.method.value not in METHODS:
        told.append(f"there is no method '{case.assumptions.budgets.method.value}'")
    return told


def _unknown(case: Case) -> list[str]:
    """States that are named in the programme or a scenario but not in the case, and years without figures."""
    codes = set(case.budgets.codes)
    named = {code for line in case.programme.lines for code in line.participants or ()}
    for table in case.scenarios:
        leaves = table.levers.get("leaves", ())
        named |= {str(code) for code in leaves} if isinstance(leaves, list | tuple) else set()
    told = [f"{code} is named but is no state" for code in sorted(named - codes)]
    spent, gdp = (case.budgets.years(table) for table in ("spending", "gdp"))
    if not spent or not gdp or case.assumptions.run.base_year not in spent or gdp[0] > spent[0]:
        told.append("the figures of GDP do not cover the years of spending")
    return told
