"""scenarios.toml: named sets of levers, checked against the levers that exist."""

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Literal

from forecaster.case.assumptions import CAPABILITIES
from forecaster.errors import AssumptionError, Problems, did_you_mean
from forecaster.toml import Table, TomlFile, Words, checked
from forecaster.toml.keys import Key
from models.metrics import EVENTS, LINE_METRICS, METRICS
from models.stress import FACTOR, LEVERS, LIMITS, LONGEST, OTHERS, SHARE, YEARLY, combined, limits, named

BASELINE = "baseline"
PROCEDURE = "procedure"
"""In a lever that differs by state: all states in an excessive deficit procedure."""
NAME = "[a-z0-9]+(-[a-z0-9]+)*"
AND = "+"
"""Joins the names of scenarios that act together: recession+rate-shock."""


class _Body(Table):
    title: Words
    asks: Words
    source: Words
    expects: Mapping[str, Literal["up", "down", "none"]]
    combines: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()
    levers: Mapping[str, object]


class ScenarioTable(_Body):
    """A scenario. asks: its question; expects: quantity -> direction.

    levers: name -> value: a number, numbers by projected year, or a table by capability or state, as its form
    says. combines: scenarios whose levers are to be added to its own; once they are, parts names them.
    """

    id: str


@dataclass(frozen=True)
class Known:
    """Codes a lever may name: the states of the case, and those in an excessive deficit procedure."""

    states: tuple[str, ...]
    in_procedure: tuple[str, ...]


def scenarios(file: TomlFile, known: Known, problems: Problems) -> tuple[ScenarioTable, ...]:
    """Scenarios in the order of the file, the baseline first; without those that have problems."""
    _check_baseline(file, problems)
    found = tuple(table for name in file.data if (table := _scenario(file, name, known, problems)))
    whole = tuple(_with_its_parts(table, found, file, problems) for table in found)
    for table in whole:
        if AND in table.id:
            _check_combination(table, whole, file, problems)
    return whole


def combination(tables: Sequence[ScenarioTable], name: str) -> ScenarioTable:
    """Scenarios joined in a name such as recession+rate-shock; expected is what all expect alike.

    Raises AssumptionError where two set a lever that can be set but once, or where one is named twice.
    """
    if told := named_twice(name):
        raise AssumptionError(told)
    by_name = {table.id: table for table in tables}
    parts = [by_name[part] for part in name.split(AND)]
    try:
        levers = reduce(combined, [part.levers for part in parts])
    except ValueError as error:
        raise AssumptionError(f"{name}: {error}. Such scenarios cannot be combined.") from None
    alike = set.intersection(*(set(part.expects.items()) for part in parts))
    return ScenarioTable(
        id=name,
        title=" and ".join(part.title for part in parts),
        asks=" ".join(part.asks for part in parts),
        source=f"Choice: the levers of {' and '.join(part.id for part in parts)} together",
        expects=dict(sorted(alike)),
        parts=tuple(part.id for part in parts),
        levers=dict(levers),
    )


def named_twice(name: str) -> str:
    """What is wrong with a combination that names a scenario twice, and what to do; empty where none is."""
    twice = [part for part, count in Counter(name.split(AND)).items() if count > 1]
    told = f"{name} names {' and '.join(twice)} twice. Name it once"
    return f"{told}; for stronger levers write a scenario of its own." if twice else ""


def with_combinations(tables: Sequence[ScenarioTable], names: Iterable[str]) -> tuple[ScenarioTable, ...]:
    """Scenarios and those combinations among the names that are not there yet."""
    known = {table.id for table in tables}
    new = (name for name in dict.fromkeys(names) if AND in name and name not in known)
    return (*tables, *(combination(tables, name) for name in new))


def run_with(tables: Sequence[ScenarioTable], names: Iterable[str]) -> frozenset[str]:
    """Scenarios whose levers act in a run of those named: themselves, and those they are made of."""
    parts = {table.id: table.parts for table in tables}
    named = {part for name in names for part in (name, *name.split(AND))}
    return frozenset(named | {part for name in named for part in parts.get(name, ())})


def _check_baseline(file: TomlFile, problems: Problems) -> None:
    names = list(file.data)
    if BASELINE not in names:
        problems.add(file.name, "", f"the table [{BASELINE}] is missing. It holds no levers and comes first.")
        return
    if names[0] != BASELINE:
        problems.add(file.name, file.place((BASELINE,)), f"comes after {names[0]}. The baseline comes first.")
    body = file.data[BASELINE]
    if isinstance(body, Mapping) and (body.get("levers") or body.get("combines")):
        file.note(problems, (BASELINE, "levers"), "the baseline moves no lever. Add a scenario.")


def _check_combination(
    table: ScenarioTable, tables: Sequence[ScenarioTable], file: TomlFile, problems: Problems
) -> None:
    """A table named recession+rate-shock, as a report has it, stands for those two and nothing else."""
    parts = table.id.split(AND)
    if unknown := [part for part in parts if part not in file.data]:
        told = f"+ joins scenarios of this file, and {' and '.join(unknown)} is none. Use a hyphen."
        file.note(problems, (table.id,), told)
    elif {*parts} <= {other.id for other in tables}:
        try:
            same = combination(tables, table.id).levers == table.levers
        except AssumptionError as error:
            file.note(problems, (table.id,), str(error))
            return
        if not same:
            told = f"not those of {' and '.join(parts)} together. Remove this table"
            file.note(problems, (table.id, "levers"), f"{told}: --scenario {table.id} needs none.")


def _scenario(file: TomlFile, name: str, known: Known, problems: Problems) -> ScenarioTable | None:
    place = file.place((name,))
    if not re.fullmatch(rf"{NAME}(\{AND}{NAME})*", name):
        problems.add(
            file.name, place, "a scenario is named in small letters, digits and hyphens: supply-shock."
        )
    wrong = dict(_findings(file.data[name], known))
    for key, text in wrong.items():
        file.note(problems, (name, *key), text)
    body = checked(_Body, file, problems, at=(name,))
    if not body:
        return None
    sound = {lever: value for lever, value in body.levers.items() if ("levers", lever) not in wrong}
    return ScenarioTable.model_construct(id=name, **{**dict(body), "levers": by_code(sound, known)})


def by_code(levers: Mapping[str, object], known: Known) -> dict[str, object]:
    """Levers with the states in an excessive deficit procedure by their codes, where one names them so.

    A state that is named itself goes by its own entry.
    """
    return {
        name: {**dict.fromkeys(known.in_procedure, value[PROCEDURE]), **_without(value, PROCEDURE)}
        if isinstance(value, Mapping) and PROCEDURE in value
        else value
        for name, value in levers.items()
    }


def _without(table: Mapping[str, object], place: str) -> dict[str, object]:
    return {name: given for name, given in table.items() if name != place}


def _with_its_parts(
    table: ScenarioTable, tables: Sequence[ScenarioTable], file: TomlFile, problems: Problems
) -> ScenarioTable:
    """A scenario with the levers of those it combines, and its own."""
    by_name = {other.id: other for other in tables if not other.combines}
    key = (table.id, "combines")
    for name in table.combines:
        failed = name in file.data and name not in {other.id for other in tables}  # its own problem is told
        if name not in by_name and not failed:
            near = "" if name in file.data else did_you_mean(name, by_name)
            told = near or " Name scenarios that combine nothing themselves."
            file.note(problems, key, f"'{name}' is no scenario that can be combined.{told}")
    parts = [by_name[name].levers for name in table.combines if name in by_name]
    try:
        levers = reduce(combined, [*parts, table.levers])
    except ValueError as error:
        file.note(problems, key, f"{error}. Leave one of them out.")
        return table
    return (
        table.model_copy(update={"levers": levers, "combines": (), "parts": table.combines})
        if parts
        else table
    )


def _findings(body: object, known: Known) -> Iterator[tuple[Key, str]]:
    """Key and sentence of each lever or expectation that does not exist or has the wrong form."""
    levers, expects = (
        body.get(key, {}) if isinstance(body, Mapping) else {} for key in ("levers", "expects")
    )
    for name, value in levers.items() if isinstance(levers, Mapping) else ():
        if name not in LEVERS:
            told = did_you_mean(name, LEVERS) or f" Known: {', '.join(LEVERS)}."
            yield ("levers", name), f"unknown lever.{told}"
        elif wrong := _wrong(name, value, known):
            yield ("levers", name), wrong
    quantities = (*METRICS, *EVENTS, *LINE_METRICS)
    for name in expects if isinstance(expects, Mapping) else ():
        if name not in quantities:
            yield (
                ("expects", name),
                f"unknown quantity.{did_you_mean(name, quantities)} See `forecaster list metrics`.",
            )


def _wrong(name: str, value: object, known: Known) -> str:
    """Say what is wrong with a lever's value, or nothing."""
    lever = LEVERS[name]
    match lever.form, value:
        case "states", _:
            listed = isinstance(value, list) and all(isinstance(code, str) for code in value)
            return "" if listed else f'{value!r} is not a list of states such as ["DE", "FR"].'
        case "years", list() if not 0 < len(value) <= LONGEST:
            return f"has {len(value)} entries. Allowed: 1 to {LONGEST}, one a projected year."
        case "years", list():
            return _wrong_number(name, value)
        case "years", dict() if lever.by_state:
            wrong = (_wrong(name, given, known) for given in value.values() if not isinstance(given, dict))
            return _wrong_place(value, (*known.states, PROCEDURE), "state") or next(filter(None, wrong), "")
        case "capabilities", dict():
            wrong_name = _wrong_place(value, CAPABILITIES, "capability")
            return wrong_name or _wrong_number(name, value.values())
    return _wrong_number(name, [value])


def _wrong_place(table: Mapping[str, object], known: Sequence[str], kind: str) -> str:
    unknown = {name: did_you_mean(name, known) for name in named(table) if name not in known}
    nested = next((name for name, given in table.items() if isinstance(given, dict)), None)
    if nested is not None:
        return f"{nested} holds a table. Give it a number or a list of numbers."
    if not unknown or not known:
        return ""
    told = " ".join(f"Unknown {kind} {name}.{near}" for name, near in unknown.items()).replace("U", "u", 1)
    return told if all(unknown.values()) else f"{told} Known: {', '.join(known)} and {OTHERS}."


def _wrong_number(name: str, values: Iterable[object]) -> str:
    lever = LEVERS[name]
    for value in values:
        if isinstance(value, bool) or not isinstance(value, int | float) or not -math.inf < value < math.inf:
            return f"{value!r} is not {FORMS[lever.form]}{BY_STATE if lever.by_state else ''}."
        if text := _out_of_bounds(name, value):
            return text
    return ""


def _out_of_bounds(name: str, value: float) -> str:
    (least, most), unit = limits(name), LEVERS[name].unit
    is_factor = unit == FACTOR and name not in LIMITS
    wrong = "small" if value < least or (is_factor and value <= 0) else "large" if value > most else ""
    if not wrong:
        return ""
    if is_factor:
        return f"{value!r} is too {wrong}. Allowed: more than 0, at most {most:g}; 1 is neutral."
    return f"{value!r} is too {wrong}. Allowed: {least:g} to {most:g}{HINTS.get(unit, '')}."


HINTS = {YEARLY: "; 0.03 is three per cent a year", SHARE: "; 0.03 is three points"}
"""Unit -> what is told where a number is beyond its limits."""

FORMS = {
    "years": "a number; this lever takes one number, or a list of one a projected year",
    "number": "a number; this lever takes one number for all years",
    "capabilities": "a number; this lever takes one number, or a table such as { drones = 1.5 }",
}
BY_STATE = ", or a table of these by state such as { PL = 0.9, procedure = 0.95 }"
