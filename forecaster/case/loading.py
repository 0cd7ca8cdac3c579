"""A case from its folder, read and checked, all problems at once."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path

from forecaster import toml
from forecaster.case import canonical
from forecaster.case.assumptions import Assumptions
from forecaster.case.bundled import bundled
from forecaster.case.case import Case
from forecaster.case.changes import changed
from forecaster.case.programme import Programme, programme
from forecaster.case.scenarios import AND, Known, ScenarioTable, named_twice, scenarios
from forecaster.errors import AssumptionError, InputError, Problems, did_you_mean, typed
from forecaster.figures import Budgets, State
from forecaster.readers import WORKBOOK, read_budgets
from forecaster.readers.combine import combined
from forecaster.readers.mapping import Mapping as OwnFile
from forecaster.readers.mapping import named_files, unusable_sources
from forecaster.readers.names import Names
from forecaster.readers.own.canonical import is_canonical, read_stored
from forecaster.toml import ASSUMPTIONS, PROGRAMME, SCENARIOS, TOML_FILES, TomlFile
from forecaster.toml.keys import Key
from models.budgets import METHODS


def load(folder: Path, settings: Sequence[str] = ()) -> Case:
    """Read and check a case.

    settings: changes of single values such as "cost.growth_median=1.3", as if they stood in the files. Raises
    one error with all problems: InputError where budget tables are among them, else AssumptionError.
    """
    if not folder.is_dir():
        raise InputError(_no_folder(folder))
    figures, others = Problems(), Problems()
    stored = read_stored(folder, figures) if is_canonical(folder) else None
    files = {name: file for name in TOML_FILES if (file := toml.read(folder / name, others))}
    if settings:
        files = changed(files, settings, others)
    budgets = stored.budgets if stored else read_budgets(folder, figures, _own_files(files))
    assumptions, terms, tables = _checked(files, budgets, others)
    if assumptions:
        sources = _sources_there(assumptions, budgets.states, folder, files[ASSUMPTIONS], others)
        if not figures.errors:
            budgets = combined(budgets, sources, folder, assumptions.run.base_year, figures)
    found = Problems()
    found.extend((*figures, *others))
    found.raise_if_any(InputError if figures.errors else AssumptionError)
    assert assumptions is not None
    assert terms is not None
    case = Case(
        folder=folder,
        budgets=budgets,
        assumptions=assumptions,
        programme=terms,
        scenarios=tables,
        warnings=found.warnings,
        files=dict(sorted({**budgets.files, **{file.name: file.sha256 for file in files.values()}}.items())),
    )
    return canonical.carried(case, stored) if stored else case


def _own_files(files: Mapping[str, toml.TomlFile]) -> frozenset[str]:
    """Names of the states' own files, which are read apart, in small letters: on Windows one file still."""
    sources = files[ASSUMPTIONS].data.get("sources") if ASSUMPTIONS in files else None
    return frozenset(name.casefold() for name in named_files(sources).values())


@cache
def bundled_case() -> Case:
    """The case that comes with the tool, read once."""
    return load(bundled())


def _no_folder(folder: Path) -> str:
    if folder.exists() and folder.suffix.lower() == ".xlsx" and folder.name != WORKBOOK:
        return (
            f"{folder}: is a file. A case is a folder; `forecaster reproduce` writes that of a report to one."
        )
    if folder.exists():
        return f"{folder}: is a file. A case is a folder; give the folder that holds it."
    if folder.suffix.lower() == ".xlsx":
        return f"{folder}: report not found. `forecaster run` writes one."
    return f"{folder}: folder not found. Write one with: forecaster init {typed(folder)}"


def _sources_there(
    assumptions: Assumptions, states: tuple[State, ...], folder: Path, file: TomlFile, problems: Problems
) -> dict[str, OwnFile]:
    """What [sources] says of files that are in the folder; files and states that are not there are told."""
    there = {}
    unusable = dict(unusable_sources(assumptions.sources, Names(states)) if states else ())
    _note(problems, file, ((("sources", code), told) for code, told in unusable.items()))
    for code, source in assumptions.sources.items():
        if code in unusable:
            continue
        if (folder / source.file).is_file():
            there[code] = source
        else:
            near = did_you_mean(source.file, (one.name for one in folder.iterdir() if one.is_file()))
            text = f"{source.file} is no file in the folder {folder}.{near}"
            file.note(problems, ("sources", code, "file"), text)
    return there


def _checked(
    files: Mapping[str, TomlFile], budgets: Budgets, problems: Problems
) -> tuple[Assumptions | None, Programme | None, tuple[ScenarioTable, ...]]:
    """Check each file by itself and against what it refers to in the others."""
    assumptions, terms = None, None
    tables: tuple[ScenarioTable, ...] = ()
    if file := files.get(ASSUMPTIONS):
        assumptions = toml.checked(Assumptions, file, problems)
        _note(problems, file, _unusable_settings(assumptions, budgets) if assumptions else ())
    if file := files.get(PROGRAMME):
        terms = programme(file, problems)
        _note(problems, file, _unknown_participants(terms, budgets.states) if terms else ())
        _warn(problems, file, _too_few_states(terms, budgets.states) if terms else ())
    if file := files.get(SCENARIOS):
        tables = scenarios(file, _known(budgets), problems)
        _note(problems, file, _unknown_leavers(tables, budgets.states))
    if assumptions:
        names = tuple(files[SCENARIOS].data) if SCENARIOS in files else ()
        _note(problems, files[ASSUMPTIONS], _unknown_parts(assumptions, budgets.states, names))
    if assumptions and terms:
        _note(problems, files[ASSUMPTIONS], _unknown_case(assumptions, terms))
    return assumptions, terms, tables


IN_PROCEDURE = ("open", "under review")
"""Status of a deficit procedure that binds: one under review was opened before."""


def _known(budgets: Budgets) -> Known:
    bound = (rule.code for rule in budgets.rules if rule.deficit_procedure in IN_PROCEDURE)
    return Known(tuple(state.code for state in budgets.states), tuple(bound))


def _note(problems: Problems, file: TomlFile, findings: Iterable[tuple[Key, str]]) -> None:
    for key, text in findings:
        file.note(problems, key, text)


def _warn(problems: Problems, file: TomlFile, findings: Iterable[tuple[Key, str]]) -> None:
    for key, text in findings:
        problems.warn(file.name, file.place(key), text)


def _unusable_settings(assumptions: Assumptions, budgets: Budgets) -> Iterator[tuple[Key, str]]:
    """Find a method that does not exist, and a base year without figures."""
    method = assumptions.budgets.method.value
    if method not in METHODS:
        told = did_you_mean(method, METHODS) or f" Known: {', '.join(METHODS)}."
        yield ("budgets", "method", "value"), f"unknown method '{method}'.{told}"
    base = assumptions.run.base_year
    for table in ("spending", "gdp"):
        years = budgets.years(table)
        if years and base not in years:
            yield (
                ("run", "base_year"),
                f"{base} is not a year of the table {table}, which holds {years[0]} to {years[-1]}.",
            )


def _unknown_parts(
    assumptions: Assumptions, states: tuple[State, ...], known: tuple[str, ...]
) -> Iterator[tuple[Key, str]]:
    """Find states and scenarios that [run] asks for and the case does not have.

    known: names of the scenarios, those that have problems of their own among them.
    """
    for name in assumptions.run.scenarios:
        for part in [] if name in known or not known else name.split(AND):
            if part not in known:
                told = did_you_mean(part, known) or f" Known: {', '.join(known)}."
                yield ("run", "scenarios"), f"'{part}' is not a scenario of this case.{told}"
        if name not in known and (twice := named_twice(name)):
            yield ("run", "scenarios"), twice
    ministry = assumptions.run.ministry
    for key, codes in (("states", assumptions.run.states), ("ministry", (ministry,) if ministry else ())):
        for code in codes:
            if told := _unknown_state(code, states):
                yield ("run", key), told


def _unknown_participants(terms: Programme, states: tuple[State, ...]) -> Iterator[tuple[Key, str]]:
    for number, line in enumerate(terms.lines):
        for code in line.participants or ():
            if told := _unknown_state(code, states):
                yield ("line", number, "participants", code), told


def _too_few_states(terms: Programme, states: tuple[State, ...]) -> Iterator[tuple[Key, str]]:
    """Find contracts that need more states than can take part: they are never awarded."""
    joining = sum(state.joins for state in states)
    for number, line in enumerate(terms.lines):
        able = len(line.participants) if line.participants else joining
        if states and line.contract and line.min_participants > able:
            text = f"needs {line.min_participants} states, {able} can take part: nothing is ever awarded."
            yield ("line", number, "min_participants"), text


def _unknown_leavers(
    tables: tuple[ScenarioTable, ...], states: tuple[State, ...]
) -> Iterator[tuple[Key, str]]:
    for table in tables:
        leaves = table.levers.get("leaves", ())
        for code in leaves if isinstance(leaves, list) else ():
            if told := _unknown_state(code, states):
                yield (table.id, "levers", "leaves"), told


def _unknown_case(assumptions: Assumptions, terms: Programme) -> Iterator[tuple[Key, str]]:
    """Find a procurement case for which a line names no share."""
    chosen = assumptions.award.procurement_case.value
    for line in terms.lines:
        if not isinstance(line.eu_share, float) and chosen not in line.eu_share:
            known = ", ".join(line.eu_share)
            yield (
                ("award", "procurement_case", "value"),
                f"'{chosen}' is no case of line {line.id}. Known: {known}.",
            )


def _unknown_state(code: str, states: tuple[State, ...]) -> str:
    """Say that a code is none of the case's, or nothing; where no state was read, that was told before."""
    if not states or code in (state.code for state in states):
        return ""
    other = Names(states).code(code)
    told = f" Did you mean {other}?" if other else did_you_mean(code, (state.code for state in states))
    return f"'{code}' is not a state of this case.{told} Remove it here or add its row to the table states."
