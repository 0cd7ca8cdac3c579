"""Filled tables -> Budgets: states first, then every row checked against them."""

import math
from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from forecaster.errors import Problems
from forecaster.figures import Budgets, Plan, Rule, SafeLoan, Source, State
from forecaster.readers.jumps import jumps
from forecaster.readers.names import Names
from forecaster.readers.own import UNHIDE, Filled, Record
from forecaster.readers.own.entries import Typed
from forecaster.readers.own.tables import Table


def budgets(tables: Mapping[str, Filled], files: Mapping[str, str], problems: Problems) -> Budgets:
    """Build the budgets of a case from its tables, noting every row that does not fit."""
    states = states_of(tables.get("states"))
    names = Names(states)
    hidden = tables["states"].hidden if "states" in tables else {}
    rows = {
        name: dict(_rows(filled, names, hidden, problems))
        for name, filled in tables.items()
        if name != "sources"
    }
    for name, filled in tables.items():
        if states and name != "states":
            _check_states(filled, rows.get(name, {}), names, problems)
    figures = tuple(
        figure
        for name, found in rows.items()
        for key, row in found.items()
        for figure in tables[name].figures(row, key[0])
    )
    for filled, _, row in _whole_rows("rules", tables, rows):
        _check_clause(filled, row, problems)
    return Budgets(
        states=states,
        figures=figures,
        plans=tuple(_plan(filled, code, row) for filled, code, row in _whole_rows("plans", tables, rows)),
        loans=tuple(_loan(filled, code, row) for filled, code, row in _whole_rows("safe", tables, rows)),
        rules=tuple(_rule(code, row) for _, code, row in _whole_rows("rules", tables, rows)),
        sources=tuple(_source(row) for row in _records(tables.get("sources"))),
        files=dict(files),
        warnings=problems.warnings,
    )


def _whole_rows(
    name: str, tables: Mapping[str, Filled], rows: Mapping[str, Mapping[tuple[str, ...], Record]]
) -> Iterator[tuple[Filled, str, Record]]:
    """Table, state and row of each row of a list in which nothing is wrong."""
    for key, row in rows.get(name, {}).items():
        if _whole(tables[name], row):
            yield tables[name], key[0], row


def _records(filled: Filled | None) -> tuple[Record, ...]:
    return () if filled is None else filled.records


def _whole(filled: Filled, record: Record) -> bool:
    """Whether no cell of a row is wrong and none that is required is missing; both are noted already."""
    wrong = any(entry.value is None for entry in record.entries.values())
    return not wrong and _required(filled.table) <= record.entries.keys()


def _required(table: Table) -> set[str]:
    return {column.name for column in table.columns if column.required}


def states_of(filled: Filled | None) -> tuple[State, ...]:
    """Return the states of their table, by code; of one that is there twice the first, as that is told.

    A state with a wrong cell is one all the same: the cell is told, and its rows elsewhere are not strange.
    """
    states: dict[str, State] = {}
    for record in _records(filled):
        code = record.text("code")
        if code and code not in states:
            aliases = tuple(alias.strip() for alias in record.text("aliases").split(";") if alias.strip())
            states[code] = State(
                code=code,
                name=record.text("name") or code,
                aliases=aliases,
                currency=record.text("currency"),
                ally=record.value("ally") is True,
                joins=record.text("joins") == "yes",
                loan_key=record.value("loan_key") is True,
            )
    return tuple(states[code] for code in sorted(states))


def _rows(
    filled: Filled, names: Names, hidden: Mapping[str, int], problems: Problems
) -> Iterator[tuple[tuple[str, ...], Record]]:
    """Rows by their key, the state's code first; unknown states and doubles are noted and left out.

    hidden: code of a state -> its row in the table states, where that is hidden.
    """
    seen: dict[tuple[str, ...], Record] = {}
    needed = _required(filled.table)
    for record in filled.records:
        found = record.text("code")
        if not found:
            continue  # told where it stands
        code = names.code(found) or (found if filled.table.any_code or not names.states else None)
        if code is None:
            row = f" Row {hidden[found]} of the table states is hidden. {UNHIDE}" if found in hidden else ""
            advice = row or names.suggestion(found) or _NO_STATE
            text = f"{found!r} is not a member state.{advice}"
            problems.add(filled.file, filled.row_place(record), text)
            continue
        key = (code, *filled.key(record)[1:])
        filled_in = needed | record.entries.keys()
        if any(record.value(name) is None for name in filled.table.key if name in filled_in):
            continue  # what is wrong or missing there is told; it tells no row from another
        if key in seen:
            _double(filled, key, seen[key], record, problems)
            continue
        seen[key] = record
        yield key, record


_NO_STATE = " Remove the row, or give the state a row in the table states."


def _double(filled: Filled, key: tuple[str, ...], first: Record, second: Record, problems: Problems) -> None:
    name = " ".join(part for part in key if part)
    rows = f"{name} appears in rows {first.row} and {second.row}"
    if _values(first) == _values(second):
        problems.warn(filled.file, filled.sheet, f"{rows} with the same figures; the second is left out.")
    else:
        problems.add(filled.file, filled.sheet, f"{rows} with different figures.")


def _values(record: Record) -> list[Typed]:
    """Values of a row but for its state, which may be written in several ways."""
    return [entry.value for name, entry in record.entries.items() if name != "code"]


def _check_states(
    filled: Filled, rows: Mapping[tuple[str, ...], Record], names: Names, problems: Problems
) -> None:
    """Note states without a row, years that are needed and missing, and jumps."""
    hidden = {names.code(text): row for text, row in filled.hidden.items()}
    found = {state.code: rows[state.code,] for state in names.states if (state.code,) in rows}
    _check_later_years(filled, found, problems)
    nowhere = _years_of_no_row(filled.table, list(found.values()))
    if nowhere:
        text = f"no row has {', '.join(nowhere)} ({_span(filled.table)} needed). {_HEADED}"
        problems.add(filled.file, filled.sheet, text)
    for state in names.states:
        record = rows.get((state.code,))
        if record is not None:
            _check_years(filled, state.code, record, nowhere, problems)
        elif filled.table.every_state:
            row = hidden.get(state.code)
            why = f": row {row} is hidden and was left out. {UNHIDE}" if row else "."
            problems.add(filled.file, filled.sheet, f"{state.code} ({state.name}) has no row{why}")


_HEADED = "A column is headed by its year alone, such as 2025."


def _years_of_no_row(table: Table, records: Sequence[Record]) -> list[str]:
    """Return the years that are needed and that none of several rows has: their column is missing."""
    if len(records) < 2:
        return []
    return [year for year in map(str, table.needed_years) if all(year not in row.entries for row in records)]


def _check_later_years(filled: Filled, records: Mapping[str, Record], problems: Problems) -> None:
    """Refuse later years than those that are needed which some state lacks."""
    held = [int(name) for record in records.values() for name in record.entries if name.isdigit()]
    for year in filled.table.later_years(held):
        lacking = [code for code, record in records.items() if str(year) not in record.entries]
        if lacking:
            more = f" and {len(lacking) - 3} more" if len(lacking) > 3 else ""
            text = (
                f"{year} is missing of {', '.join(lacking[:3])}{more}, but later or other cells are filled."
            )
            problems.add(filled.file, filled.sheet, f"{text} {_ALL_OR_NONE}")


_ALL_OR_NONE = "Fill the year for every state, or leave it and later ones out."


def _span(table: Table) -> str:
    return "-".join(dict.fromkeys(map(str, table.needed or ())))


def _check_years(filled: Filled, code: str, record: Record, told: Sequence[str], problems: Problems) -> None:
    """Note years that are needed and missing, but for those told of all rows, and jumps."""
    place = ", ".join(part for part in (filled.sheet, code) if part)
    years = (year for year in map(str, filled.table.needed_years) if year not in told)
    missing = [year for year in years if year not in record.entries]
    if missing:
        verb = "is" if len(missing) == 1 else "are"
        text = f"{', '.join(missing)} {verb} missing ({_span(filled.table)} needed)."
        problems.add(filled.file, place, text)
    if filled.table.money:
        values = {int(figure.item): figure.value for figure in filled.figures(record, code)}
        for text in jumps(code, values):
            problems.warn(filled.file, filled.sheet, text)


def _plan(filled: Filled, code: str, record: Record) -> Plan:
    amount = record.entries["amount"]
    national = record.value("amount_national")
    return Plan(
        code=code,
        year=_integer(record.value("year")),
        amount=_float(amount.value),
        amount_national=national if isinstance(national, float) else None,
        currency=record.text("currency"),
        series=record.text("series"),
        definition=record.text("definition"),
        status=record.text("status"),
        use=record.value("use") is True,
        reason=record.text("reason"),
        as_of=record.text("as_of"),
        source=record.text("source"),
        confidence=record.text("confidence"),
        cell=f"{filled.file}, {filled.place(amount)}",
    )


def _loan(filled: Filled, code: str, record: Record) -> SafeLoan:
    amount = record.entries["allocation"]
    return SafeLoan(
        code=code,
        allocation=_float(amount.value),
        advance=record.value("advance") is True,
        paid_by=record.text("paid_by") or "treasury",
        status=record.text("status"),
        source=record.text("source"),
        cell=f"{filled.file}, {filled.place(amount)}",
    )


def _rule(code: str, record: Record) -> Rule:
    return Rule(
        code=code,
        escape_clause_from=_day(record, "escape_clause_from"),
        escape_clause_to=_day(record, "escape_clause_to"),
        deficit_procedure=record.text("deficit_procedure"),
        deficit_procedure_from=_day(record, "deficit_procedure_from"),
        deadline=record.text("deadline"),
        source=record.text("source"),
    )


def _check_clause(filled: Filled, record: Record, problems: Problems) -> None:
    """Refuse an escape clause that ends before it begins, or ends and never begins."""
    first, last = (_day(record, f"escape_clause_{end}") for end in ("from", "to"))
    if last is None or (first is not None and first <= last):
        return
    begins = f"is before escape_clause_from, {first.isoformat()}" if first else "has no escape_clause_from"
    text = f"escape_clause_to {last.isoformat()} {begins}. Correct one of them."
    problems.add(filled.file, filled.place(record.entries["escape_clause_to"]), text)


def _source(record: Record) -> Source:
    names = ("table", "publisher", "title", "vintage", "as_of", "definition", "terms", "newer")
    return Source(**{name: record.text(name) for name in names})


def _day(record: Record, column: str) -> date | None:
    value = record.value(column)
    return value if isinstance(value, date) else None


def _integer(value: object) -> int:
    return value if isinstance(value, int) else 0


def _float(value: object) -> float:
    return value if isinstance(value, float) else math.nan
