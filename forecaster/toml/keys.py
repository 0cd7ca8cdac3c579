"""Keys of a TOML file: on which line each stands, and how it is written."""

import re
from collections.abc import Mapping

Key = tuple[str | int, ...]

_HEADER = re.compile(r"\s*(\[\[?)\s*([^\[\]]+?)\s*\]")
_ASSIGNMENT = re.compile(r"\s*([\w.\"'-]+)\s*=")


def key_lines(text: str) -> dict[Key, int]:
    """Line on which each table and each key at the start of a line stands."""
    lines: dict[Key, int] = {}
    rows: dict[str, int] = {}
    table: Key = ()
    for number, line in enumerate(text.splitlines(), start=1):
        if header := _HEADER.match(line):
            names = _names(header[2])
            if header[1] == "[[":
                rows[names[0]] = rows.get(names[0], -1) + 1
            table = (names[0], rows[names[0]], *names[1:]) if names[0] in rows else names
            for length in range(1, len(table) + 1):
                lines.setdefault(table[:length], number)
        elif assignment := _ASSIGNMENT.match(line):
            lines.setdefault(table + _names(assignment[1]), number)
    return lines


def _names(text: str) -> tuple[str, ...]:
    return tuple(name.strip().strip("\"'") for name in text.split("."))


def dotted(key: Key, data: object) -> str:
    """'line[procurement].amount': a row of a list of tables goes by its id, else by its number from 1."""
    text = ""
    for part in key:
        data = item(data, part)
        if isinstance(part, int):
            name = data.get("id", part + 1) if isinstance(data, Mapping) else part + 1
            text += f"[{name}]"
        else:
            text += f".{part}" if text else part
    return text


def item(data: object, part: str | int) -> object:
    """Entry of a table or list; None where there is none."""
    if isinstance(data, list) and isinstance(part, int):
        return data[part] if part < len(data) else None
    return data.get(part) if isinstance(data, Mapping) else None
