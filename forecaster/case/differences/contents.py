"""What a case holds, subject by subject: every value with what it is, its unit and its place."""

from collections.abc import Callable, Hashable, Iterator, Mapping

from forecaster.case.case import Case
from forecaster.case.differences import tables
from forecaster.case.differences.entries import UNITS, WORDS, Content, Entry, Value, listed, plain
from forecaster.case.programme import Programme, Range, Terms
from forecaster.case.quantities import Record
from forecaster.toml import ASSUMPTIONS, PROGRAMME, SCENARIOS, Table


def _settings(case: Case) -> Content:
    """What the [run] table says. No result depends on it but by what a comparison is made with."""
    return {
        key: Entry(f"settings.{key}", f"run.{key}", value, "", f"{ASSUMPTIONS}, run.{key}", moves=False)
        for key, given in case.assumptions.run
        if (value := str(given) if key == "seed" else listed(given)) is not None
    }


def _assumptions(case: Case) -> Content:
    return {
        (key, name): Entry(f"assumptions.{key}", label, value, unit, f"{ASSUMPTIONS}, {key}", moves)
        for key, record in case.assumptions.entries()
        for name, label, value, unit, moves in _record(key, record)
    }


def _record(key: str, record: Record) -> Iterator[tuple[str, str, Value, str, bool]]:
    """Name, words, value, unit of each entry of a record, and whether results depend on it."""
    for i, value in enumerate(record.value if isinstance(record.value, tuple) else (record.value,)):
        label = f"{key}[{i + 1}]" if isinstance(record.value, tuple) else key
        yield f"value {i}", label, plain(value), record.unit, True
    if record.range is not None:
        low, high = record.range
        yield "range", f"{key}: range", f"{low:g} to {high:g}", "", False
    if record.note:
        yield "note", f"{key}: note", record.note, "", False
    yield "status", f"{key}: status", record.status, "", False
    yield "source", f"{key}: source", record.source, "", False


def _programme(case: Case) -> Content:
    programme = case.programme
    content: dict[Hashable, Entry] = {}
    for part, name, table in _tables(programme):
        for field, value in _flat(table):
            moves = field not in WORDS | {"name", "status"} and not field.startswith("ranges.")
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
        case Range(range=(low, high), reason=reason):
            yield key, f"{low:g} to {high:g}"
            yield f"{key}.reason", reason
        case Table():
            yield from _flat(value, f"{key}.")
        case Mapping():
            for name, inner in value.items():
                yield from _flat_value(f"{key}.{name}", inner)
        case list() | tuple():
            for number, inner in enumerate(value, start=1):
                yield from _flat_value(f"{key}[{number}]", inner)
        case _:
            yield key, plain(value)


def _scenarios(case: Case) -> Content:
    content: dict[Hashable, Entry] = {}
    for table in case.scenarios:
        told = {"title": table.title, "asks": table.asks, "source": table.source, "expects": table.expects}
        for what, text in _flat_value(table.id, told):
            content[what] = Entry("scenarios", what, text, "", f"{SCENARIOS}, {what}", moves=False)
        for lever, value in _flat_value(f"{table.id}.levers", table.levers):
            content[lever] = Entry("scenarios", lever, value, "", f"{SCENARIOS}, {lever}")
    return content


SUBJECTS: tuple[Callable[[Case], Content], ...] = (
    _settings,
    tables.states,
    tables.figures,
    tables.plans,
    tables.loans,
    tables.rules,
    tables.sources,
    _assumptions,
    _programme,
    _scenarios,
)
