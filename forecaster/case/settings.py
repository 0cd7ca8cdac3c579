"""What a run was asked for, put into its case: an option and an entry of [run] come to the same."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from forecaster.case.case import Case
from forecaster.case.scenarios import with_combinations


def settled(  # noqa: PLR0913  each is an option of the command line
    case: Case,
    *,
    states: Sequence[str] = (),
    scenarios: Sequence[str] = (),
    paths: int | None = None,
    precision: float | None = None,
    seed: int | None = None,
    years: int | None = None,
    drivers: bool | None = None,
) -> Case:
    """Return the case whose [run] table says what is given here, and for the rest what it said before.

    Scenarios that are combined there are among its own. Paths without a precision mean that many; states take
    the place of the one whose ministry's view the case asks for, which else shows its own state alone.
    """
    given = case.assumptions.run
    ministry = "" if states else given.ministry
    scenarios = tuple(scenarios) or given.scenarios
    case = replace(case, scenarios=with_combinations(case.scenarios, scenarios))
    known = [table.id for table in case.scenarios]
    changes: dict[str, object] = {
        "paths": paths or given.paths,
        "precision": precision if precision or paths else given.precision,
        "seed": given.seed if seed is None else seed,
        "years": years or given.years,
        "drivers": given.drivers if drivers is None else drivers,
        "states": () if ministry else _part(case.budgets.codes, states or given.states),
        "ministry": ministry,
        "scenarios": _part(known, (known[0], *scenarios)) if scenarios else (),
    }
    return _changed(case, changes)


def of_ministry(case: Case, state: str) -> Case:
    """Return a settled case that shows the view of one state's ministry, whichever states it showed."""
    return _changed(case, {"states": (), "ministry": state})


def shown(case: Case) -> tuple[str, ...]:
    """Codes of the states a settled case shows."""
    states = case.assumptions.run.states
    return tuple(code for code in case.budgets.codes if not states or code in states)


def _changed(case: Case, changes: dict[str, object]) -> Case:
    run = case.assumptions.run.model_copy(update=changes)
    return replace(case, assumptions=case.assumptions.model_copy(update={"run": run}))


def _part(known: Sequence[str], chosen: Iterable[str]) -> tuple[str, ...]:
    """The chosen in the order of the known; none where they are all, which is what none means."""
    part = tuple(name for name in known if name in set(chosen))
    return () if len(part) == len(known) else part
