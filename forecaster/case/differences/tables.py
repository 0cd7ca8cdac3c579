"""What the tables of a case hold: states, figures, plans, loans, fiscal rules, sources."""

from collections import Counter
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator
from dataclasses import fields
from typing import TypeVar

from forecaster.case.case import Case
from forecaster.case.differences.entries import UNITS, WORDS, Content, Entry, Value, listed
from forecaster.figures import Plan, Rule, SafeLoan, Source, State

Item = TypeVar("Item")
Given = TypeVar("Given", bound=Plan | SafeLoan)

PANEL = "panel"
"""The table whose rows need not be states of the case."""

TOLD_APART = {"plans": "plans", "safe": "loans", "rules": "rules", "states": "states"}
"""Tables whose numbers stand among the figures too -> the part that holds all of them."""


def states(case: Case) -> Content:
    """Every field of every state that holds something."""
    lone = {"name"}  # a state of one side only is told by its name alone
    return {
        (state.code, name): Entry(
            "states",
            f"{state.code}, {name}",
            value,
            "",
            "states",
            name not in WORDS,
            "" if name in lone else state.code,
        )
        for state in case.budgets.states
        for name, value in _fields(state, {"code"})
    }


def figures(case: Case) -> Content:
    """Every figure; of several for the same table, state and year the last, which is the one in use."""
    return {
        (figure.table, figure.code, figure.item): Entry(
            f"figures.{figure.table}",
            f"{figure.table}, {figure.code} {figure.item}",
            figure.value,
            figure.used_unit,
            figure.place,
            code="" if figure.table == PANEL else figure.code,
        )
        for figure in case.budgets.figures
        if figure.table not in TOLD_APART
    }


def plans(case: Case) -> Content:
    """Every field of every plan; of several for the same state, year and series each by its number."""

    def key(plan: Plan) -> tuple[Hashable, ...]:
        return plan.code, plan.year, plan.series

    def of(plan: Plan) -> str:
        return f"plan of {plan.code} {plan.year}, {plan.series}"

    skipped = {"code", "year", "series", "cell"}
    return _given_by_states("plans", of, _numbered(case.budgets.plans, key), skipped)


def loans(case: Case) -> Content:
    """Every field of every SAFE loan."""

    def key(loan: SafeLoan) -> tuple[Hashable, ...]:
        return (loan.code,)

    def of(loan: SafeLoan) -> str:
        return f"SAFE loan of {loan.code}"

    return _given_by_states("loans", of, _numbered(case.budgets.loans, key), {"code", "cell"})


def rules(case: Case) -> Content:
    """Every field of every standing under the fiscal rules."""
    return {
        (rule.code, name): Entry(
            "rules",
            f"fiscal rules, {rule.code}: {name}",
            value,
            "",
            "rules",
            name not in WORDS,
            rule.code,
        )
        for rule in case.budgets.rules
        for name, value in _fields(rule, {"code"})
    }


def sources(case: Case) -> Content:
    """Who published each table, in which vintage, by which definition."""
    return {
        (source.table, name): Entry(
            "sources", f"source of {source.table}: {name}", value, "", "sources", moves=False
        )
        for source in case.budgets.sources
        for name, value in _fields(source, {"table"})
    }


def _numbered(
    items: Iterable[Item], key: Callable[[Item], tuple[Hashable, ...]]
) -> Iterator[tuple[tuple[Hashable, ...], Item]]:
    """Items by key; of several with the same key each has a number of its own."""
    seen: Counter[tuple[Hashable, ...]] = Counter()
    for item in items:
        found = key(item)
        seen[found] += 1
        yield (*found, seen[found]), item


def _given_by_states(
    section: str,
    of: Callable[[Given], str],
    numbered: Iterable[tuple[tuple[Hashable, ...], Given]],
    skipped: set[str],
) -> Content:
    """Entries of plans or loans by key and field, but for those skipped; of: what one is called."""
    return {
        (*found, name): Entry(
            section,
            f"{of(one)}: {name}",
            value,
            UNITS.get(name, ""),
            one.cell,
            name not in WORDS,
            one.code,
        )
        for found, one in numbered
        for name, value in _fields(one, skipped)
    }


def _fields(
    item: State | Plan | SafeLoan | Rule | Source, skipped: Collection[str]
) -> Iterator[tuple[str, Value]]:
    """Name and value of each field of a row that holds something."""
    for entry in fields(item):
        value = listed(getattr(item, entry.name))
        if entry.name not in skipped and value is not None:
            yield entry.name, value
