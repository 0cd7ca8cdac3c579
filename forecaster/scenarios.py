"""scenarios.toml: named sets of levers, checked against the levers that exist."""

import math
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Literal

from forecaster.assumptions import CAPABILITIES
from forecaster.errors import Problems, did_you_mean
from forecaster.quantities import Words
from forecaster.toml import Key, Table, TomlFile, checked
from models.strain import EVENTS, LINE_METRICS, METRICS
from models.stress import LEVERS, Lever

BASELINE = "baseline"
LONGEST = 20
"""Years a list may name: the longest horizon."""


class _Body(Table):
    title: Words
    asks: Words
    source: Words
    expects: Mapping[str, Literal["up", "down", "none"]]
    levers: Mapping[str, object]


class ScenarioTable(_Body):
    """A scenario as written. asks: its question; expects: quantity -> direction; levers: name -> value.

    A lever is a number, numbers by projected year, factors by capability or codes of states, as its form
    says.
    """

    id: str


def scenarios(file: TomlFile, problems: Problems) -> tuple[ScenarioTable, ...]:
    """Scenarios in the order of the file, the baseline first; without those that have problems."""
    _check_baseline(file, problems)
    return tuple(table for name in file.data if (table := _scenario(file, name, problems)))


def _check_baseline(file: TomlFile, problems: Problems) -> None:
    names = list(file.data)
    if BASELINE not in names:
        problems.add(file.name, "", f"the table [{BASELINE}] is missing. It holds no levers and comes first.")
        return
    if names[0] != BASELINE:
        problems.add(file.name, file.place((BASELINE,)), f"comes after {names[0]}. The baseline comes first.")
    body = file.data[BASELINE]
    if isinstance(body, Mapping) and body.get("levers"):
        problems.add(
            file.name, file.place((BASELINE, "levers")), "the baseline moves no lever. Add a scenario."
        )


def _scenario(file: TomlFile, name: str, problems: Problems) -> ScenarioTable | None:
    place = file.place((name,))
    if not re.fullmatch("[a-z0-9]+(-[a-z0-9]+)*", name):
        problems.add(
            file.name, place, "a scenario is named in small letters, digits and hyphens: supply-shock."
        )
    for key, text in _findings(file.data[name]):
        problems.add(file.name, file.place((name, *key)), text)
    body = checked(_Body, file, problems, at=(name,))
    return ScenarioTable.model_construct(id=name, **dict(body)) if body else None


def _findings(body: object) -> Iterator[tuple[Key, str]]:
    """Key and sentence of each lever or expectation that does not exist or has the wrong form."""
    levers, expects = (
        body.get(key, {}) if isinstance(body, Mapping) else {} for key in ("levers", "expects")
    )
    for name, value in levers.items() if isinstance(levers, Mapping) else ():
        if name not in LEVERS:
            told = did_you_mean(name, LEVERS) or f" Known: {', '.join(LEVERS)}."
            yield ("levers", name), f"unknown lever.{told}"
        elif wrong := _wrong(LEVERS[name], value):
            yield ("levers", name), wrong
    known = (*METRICS, *EVENTS, *LINE_METRICS)
    for name in expects if isinstance(expects, Mapping) else ():
        if name not in known:
            yield (
                ("expects", name),
                f"unknown quantity.{did_you_mean(name, known)} See `forecaster list metrics`.",
            )


def _wrong(lever: Lever, value: object) -> str:
    """Say what is wrong with a lever's value, or nothing."""
    match lever.form, value:
        case "states", list() if all(isinstance(code, str) for code in value):
            return ""
        case "states", _:
            return f'{value!r} is not a list of states such as ["DE", "FR"].'
        case "years", list() if not 0 < len(value) <= LONGEST:
            return f"has {len(value)} entries. Allowed: 1 to {LONGEST}, one a projected year."
        case "years", list():
            return _wrong_number(lever, value)
        case "capabilities", dict():
            return _wrong_capability(value) or _wrong_number(lever, value.values())
    return _wrong_number(lever, [value])


def _wrong_capability(names: Iterable[str]) -> str:
    unknown = next((name for name in names if name not in CAPABILITIES), None)
    if unknown is None:
        return ""
    known = f" Known: {', '.join(CAPABILITIES)}."
    return f"unknown capability {unknown}.{did_you_mean(unknown, CAPABILITIES) or known}"


def _wrong_number(lever: Lever, values: Iterable[object]) -> str:
    for value in values:
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            return f"{value!r} is not {FORMS[lever.form]}."
        if lever.unit.startswith("factor") and value <= 0:
            return f"{value!r} is too small. Allowed: more than 0; 1 is neutral."
    return ""


FORMS = {
    "years": "a number; this lever takes one number, or a list of one a projected year",
    "number": "a number; this lever takes one number for all years",
    "capabilities": "a number; this lever takes one number, or a table such as { drones = 1.5 }",
}
