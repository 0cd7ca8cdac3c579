"""TOML written: the standard library only reads it. What is read back equals what was written."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import takewhile

LOST = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]|x(?=[0-9a-fA-F]{4}_)")
"""What JSON lets pass and a cell of a workbook would change."""


def document(heading: str, tables: Mapping[str, object]) -> str:
    """Return a document: a comment, then a section for each table or list of tables."""
    lines = [f"# {heading}"]
    for name, table in tables.items():
        for one in _list(table):
            lines += ["", f"[[{_key(name)}]]", *_entries((name,), one)]
        if isinstance(table, Mapping):
            lines += _section((name,), table)
    return "\n".join(lines) + "\n"


def _list(table: object) -> Sequence[Mapping[str, object]]:
    return [] if isinstance(table, Mapping) or not isinstance(table, Sequence) else table


def _section(path: tuple[str, ...], table: Mapping[str, object]) -> Iterator[str]:
    """Lines of a table; a table of tables needs no line of its own."""
    if not table or not all(isinstance(value, Mapping) for value in table.values()):
        yield from ("", f"[{'.'.join(map(_key, path))}]")
    yield from _entries(path, table)


def _entries(path: tuple[str, ...], table: Mapping[str, object]) -> Iterator[str]:
    """Lines of the entries of a table in their order; the tables at its end have sections of their own."""
    entries = list(table.items())
    last = [*takewhile(lambda entry: isinstance(entry[1], Mapping), reversed(entries))]
    for name, value in entries[: len(entries) - len(last)]:
        yield f"{_key(name)} = {_value(value)}"
    for name, value in reversed(last):
        assert isinstance(value, Mapping)
        yield from _section((*path, name), value)


def _key(name: str) -> str:
    return name if re.fullmatch("[A-Za-z0-9_-]+", name) else _text(name)


def _text(value: str) -> str:
    return LOST.sub(lambda found: f"\\u{ord(found.group()):04x}", json.dumps(value, ensure_ascii=False))


def _value(value: object) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case int() | float():
            return repr(value)
        case str():
            return _text(value)
        case date():
            return value.isoformat()
        case Mapping():
            entries = ", ".join(f"{_key(name)} = {_value(entry)}" for name, entry in value.items())
            return f"{{ {entries} }}" if entries else "{}"
        case Sequence():
            return f"[{', '.join(map(_value, value))}]"
    raise TypeError(f"{value!r} has no form in TOML")
