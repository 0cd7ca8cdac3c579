"""A union of three invented states, one of them coded NO on purpose, as a case like any other.

The figures are in `case/`; the assumptions are the bundled ones with settings of their own.
"""

import re
import shutil
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from forecaster.case import Case, bundled, load

HERE = Path(__file__).parent
FIGURES, EXPECTED = HERE / "case", HERE / "expected"
RUN = {"base_year": 2025, "years": 10, "paths": 4096, "seed": 7, "as_of": "2026-01-01", "drivers": "false"}


def written(folder: Path, **settings: object) -> Path:
    """The case in a folder; settings: entries of the [run] table other than the usual."""
    folder.mkdir(parents=True, exist_ok=True)
    for file in sorted(FIGURES.iterdir()):
        shutil.copy(file, folder / file.name)
    table = "".join(f"{key} = {value}\n" for key, value in (RUN | settings).items())
    text = (bundled() / "assumptions.toml").read_text("utf-8")
    text, replaced = re.subn(r"(?ms)^\[run\]$.*?(?=^\[|^# [A-Z])", f"[run]\n{table}\n", text, count=1)
    assert replaced == 1
    (folder / "assumptions.toml").write_text(text, "utf-8")
    return folder


def invented(folder: Path, **settings: object) -> Case:
    """The case read from a folder it is written to."""
    return load(written(folder, **settings))


def assuming(case: Case, values: Mapping[str, Any]) -> Case:
    """The case with other values of assumptions, named as in "cost.growth_median"."""
    assumptions = case.assumptions
    for key, value in values.items():
        section, name = key.split(".")
        table = getattr(assumptions, section)
        record = getattr(table, name).model_copy(update={"value": value})
        assumptions = assumptions.model_copy(update={section: table.model_copy(update={name: record})})
    return replace(case, assumptions=assumptions)


def with_lines(case: Case, changes: Mapping[str, Mapping[str, Any]]) -> Case:
    """The case with other entries of lines: line -> entry -> value."""
    assert changes.keys() <= {line.id for line in case.programme.lines}
    lines = tuple(line.model_copy(update=dict(changes.get(line.id, {}))) for line in case.programme.lines)
    return replace(case, programme=case.programme.model_copy(update={"lines": lines}))


def with_levers(case: Case, scenario: str, levers: Mapping[str, object]) -> Case:
    """The case with further levers of a scenario, which go before its own."""
    tables = (
        table.model_copy(update={"levers": {**table.levers, **levers}}) if table.id == scenario else table
        for table in case.scenarios
    )
    return replace(case, scenarios=tuple(tables))


def with_figures(case: Case, table: str, values: Mapping[tuple[str, int], float]) -> Case:
    """The case with further figures of a table: (code, year) -> figure."""
    model = case.budgets.figures[0]
    added = tuple(
        replace(model, table=table, code=code, item=str(year), value=value, sheet=table)
        for (code, year), value in values.items()
    )
    return replace(case, budgets=replace(case.budgets, figures=(*case.budgets.figures, *added)))


def without(case: Case, code: str) -> Case:
    """The case without a state; the reference panel stays."""
    budgets = case.budgets
    return replace(
        case,
        budgets=replace(
            budgets,
            states=tuple(state for state in budgets.states if state.code != code),
            figures=tuple(f for f in budgets.figures if f.table == "panel" or f.code != code),
            plans=tuple(plan for plan in budgets.plans if plan.code != code),
            loans=tuple(loan for loan in budgets.loans if loan.code != code),
            rules=tuple(rule for rule in budgets.rules if rule.code != code),
        ),
    )
