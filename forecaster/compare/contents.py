"""What a case holds, subject by subject: every value with what it is, its unit and its place."""

from collections import Counter
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from typing import TypeAlias, TypeVar

from forecaster.case.programme import Programme, Terms
from forecaster.compare.sides import Side
from forecaster.figures import Plan, Rule, SafeLoan, State
from forecaster.figures.quantities import Record
from forecaster.figures.toml import ASSUMPTIONS, PROGRAMME, SCENARIOS, Table
from forecaster.sheets.inputs import used_unit

Value: TypeAlias = float | str | None
"""A number or a text; None where a side does not have it."""

Content: TypeAlias = Mapping[Hashable, "Entry"]
"""All that one subject of a case holds: key, the same on both sides -> entry."""

Item = TypeVar("Item")
Given = TypeVar("Given", bound=Plan | SafeLoan)

PANEL = "panel"
"""The table whose rows need not be states of the case."""

TOLD_APART = {"plans": "plans", "safe": "loans", "rules": "rules", "states": "states"}
"""Tables whose numbers stand among the figures too -> the part that holds all of them."""

UNITS = {
    "amount": "EUR m",
    "envelope": "EUR m",
    "allocation": "EUR m",
    "weight": "share",
    "year": "year",
    "first_payment": "year",
    "last_payment": "year",
    "spread_to": "year",
}
"""Units of fields by their names; all others are shares, spans or counts, as their files say."""

WORDS = {
    "aliases",
    "as_of",
    "celex",
    "confidence",
    "currency",
    "definition",
    "legal_basis",
    "reason",
    "source",
}
"""Fields that say where a value comes from or what it is called: no result depends on them."""


@dataclass(frozen=True)
class Entry:
    """A value of a case.

    part: what it is swapped with; moves: whether results may depend on it; code: of the state it belongs to.
    """

    part: str
    what: str
    value: Value
    unit: str
    place: str
    moves: bool = True
    code: str = ""


def _numbered(
    items: Iterable[Item], key: Callable[[Item], tuple[Hashable, ...]]
) -> Iterator[tuple[tuple[Hashable, ...], Item]]:
    """Items by key; of several with the same key each has a number of its own."""
    seen: Counter[tuple[Hashable, ...]] = Counter()
    for item in items:
        found = key(item)
        seen[found] += 1
        yield (*found, seen[found]), item


def _settings(side: Side) -> Content:
    """What the sides are bridged with, then what their [run] tables say."""
    bridged: dict[str, tuple[Value, str]] = {
        "years": (float(side.years), "count"),
        "paths": (float(side.paths), "paths"),
        "seed": (str(side.seed), ""),
    }
    content: dict[Hashable, Entry] = {
        f"bridged {key}": Entry(f"settings.{key}", f"{key} of the bridge", value, unit, "")
        for key, (value, unit) in bridged.items()
    }
    for key, given in side.case.assumptions.run:
        value = str(given) if key == "seed" else _listed(given)
        if value is not None and key != "years":
            what = f"run.{key}"
            content[key] = Entry(f"settings.{key}", what, value, "", f"{ASSUMPTIONS}, {what}", moves=False)
    return content


def _states(side: Side) -> Content:
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
        for state in side.case.budgets.states
        for name, value in _fields(state, {"code"})
    }


def _figures(side: Side) -> Content:
    """Every figure; of several for the same table, state and year the last, which is the one in use."""
    return {
        (figure.table, figure.code, figure.item): Entry(
            f"figures.{figure.table}",
            f"{figure.table}, {figure.code} {figure.item}",
            figure.value,
            used_unit(figure),
            figure.place,
            code="" if figure.table == PANEL else figure.code,
        )
        for figure in side.case.budgets.figures
        if figure.table not in TOLD_APART
    }


def _plans(side: Side) -> Content:
    def key(plan: Plan) -> tuple[Hashable, ...]:
        return plan.code, plan.year, plan.series

    def of(plan: Plan) -> str:
        return f"plan of {plan.code} {plan.year}, {plan.series}"

    skipped = {"code", "year", "series", "cell", "amount_national", "currency"}
    return _given_by_states("plans", of, _numbered(side.case.budgets.plans, key), skipped)


def _loans(side: Side) -> Content:
    def key(loan: SafeLoan) -> tuple[Hashable, ...]:
        return (loan.code,)

    def of(loan: SafeLoan) -> str:
        return f"SAFE loan of {loan.code}"

    return _given_by_states("loans", of, _numbered(side.case.budgets.loans, key), {"code", "cell"})


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


def _rules(side: Side) -> Content:
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
        for rule in side.case.budgets.rules
        for name, value in _fields(rule, {"code"})
    }


def _fields(item: State | Plan | SafeLoan | Rule, skipped: Collection[str]) -> Iterator[tuple[str, Value]]:
    """Name and value of each field of a row that holds something."""
    for entry in fields(item):
        value = _listed(getattr(item, entry.name))
        if entry.name not in skipped and value is not None:
            yield entry.name, value


def _sources(side: Side) -> Content:
    return {
        (source.table, name): Entry(
            "sources", f"source of {source.table}: {name}", value, "", "sources", moves=False
        )
        for source in side.case.budgets.sources
        for name, value in (
            ("publisher", source.publisher),
            ("title", source.title),
            ("vintage", source.vintage),
            ("as_of", source.as_of),
        )
        if value
    }


def _assumptions(side: Side) -> Content:
    return {
        (key, name): Entry(f"assumptions.{key}", label, value, unit, f"{ASSUMPTIONS}, {key}", moves)
        for key, record in side.case.assumptions.entries()
        for name, label, value, unit, moves in _record(key, record)
    }


def _record(key: str, record: Record) -> Iterator[tuple[str, str, Value, str, bool]]:
    """Name, words, value, unit of each entry of a record, and whether results depend on it."""
    unit = str(getattr(record, "unit", ""))
    for i, value in enumerate(record.value if isinstance(record.value, tuple) else (record.value,)):
        label = f"{key}[{i + 1}]" if isinstance(record.value, tuple) else key
        yield f"value {i}", label, _plain(value), unit, True
    if record.range is not None:
        low, high = record.range
        yield "range", f"{key}: range", f"{low:g} to {high:g}", "", False
    yield "status", f"{key}: status", record.status, "", False
    yield "source", f"{key}: source", record.source, "", False


def _programme(side: Side) -> Content:
    programme = side.case.programme
    content: dict[Hashable, Entry] = {}
    for part, name, table in _tables(programme):
        for field, value in _flat(table):
            moves = field not in WORDS | {"name", "status"}
            what = f"{name}{field}"
            unit = UNITS.get(field.rpartition(".")[2], "")
            content[part, field] = Entry(part, what, value, unit, f"{PROGRAMME}, {what}", moves)
    return content


def _tables(programme: Programme) -> Iterator[tuple[str, str, Table]]:
    """Part, beginning of its keys and content of the terms and of each line."""
    yield (
        "programme.terms",
        "programme.",
        Terms.model_construct(**{field: getattr(programme, field) for field in Terms.model_fields}),
    )
    for line in programme.lines:
        yield f"programme.line.{line.id}", f"line[{line.id}].", line


def _flat(table: Table, before: str = "") -> Iterator[tuple[str, Value]]:
    """Every value of a table under its dotted key."""
    for field, value in table:
        yield from _flat_value(f"{before}{field}", value)


def _flat_value(key: str, value: object) -> Iterator[tuple[str, Value]]:
    match value:
        case None:
            return
        case Table():
            yield from _flat(value, f"{key}.")
        case Mapping():
            for name, inner in value.items():
                yield from _flat_value(f"{key}.{name}", inner)
        case list() | tuple():
            for number, inner in enumerate(value, start=1):
                yield from _flat_value(f"{key}[{number}]", inner)
        case _:
            yield key, _plain(value)


def _scenarios(side: Side) -> Content:
    content: dict[Hashable, Entry] = {}
    for table in side.case.scenarios:
        told = {"title": table.title, "asks": table.asks, "source": table.source, "expects": table.expects}
        for what, text in _flat_value(table.id, told):
            content[what] = Entry("scenarios", what, text, "", f"{SCENARIOS}, {what}", moves=False)
        for lever, value in _flat_value(f"{table.id}.levers", table.levers):
            content[lever] = Entry("scenarios", lever, value, "", f"{SCENARIOS}, {lever}")
    return content


def _listed(value: object) -> Value:
    """A value, or several in one text; None where it is empty."""
    if value is None or value in ("", ()):
        return None
    return ", ".join(map(str, value)) if isinstance(value, tuple) else _plain(value)


def _plain(value: object) -> Value:
    """A number as a float, yes and no as words, all else as text."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return float(value) if isinstance(value, int | float) else str(value)


SUBJECTS: tuple[Callable[[Side], Content], ...] = (
    _settings,
    _states,
    _figures,
    _plans,
    _loans,
    _rules,
    _sources,
    _assumptions,
    _programme,
    _scenarios,
)
