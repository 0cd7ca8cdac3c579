r"""Frozen dataclasses as lines of CSV and back, exact to the bit, one record a line.

A character that a cell, a line or a spreadsheet would change stands as in JSON: a line break is \u000a, the
first sign of a text that a spreadsheet would take for a formula \u003d. Numbers are written so that they are
read back as the same; an empty number is a missing one.
"""

import csv
import io
import math
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import fields
from datetime import date
from typing import Any, TypeVar, get_type_hints

from forecaster.errors import Problems

Kind = TypeVar("Kind")

LOST = re.compile(
    "[\\\\\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]"
    "|^[=@]|^[+-](?!\\.?[0-9][0-9.,\u00a0]*$)|x(?=[0-9a-fA-F]{4}_)"
)
"""What does not survive: control characters, starts of formulas, and what looks like a code of Excel's."""

CODE = re.compile(r"\\u([0-9a-f]{4})")


def text(kind: type[Kind], records: Iterable[Kind]) -> str:
    """Return a line of names, then a line for each record."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    names = [field.name for field in fields(kind)]  # type: ignore[arg-type]  # any dataclass
    writer.writerow(names)
    writes = [FORMS[form][0] for form in _forms(kind).values()]
    for record in records:
        values = (getattr(record, name) for name in names)
        writer.writerow([write(value) for write, value in zip(writes, values, strict=True)])
    return stream.getvalue()


def parsed(kind: type[Kind], content: str, file: str, problems: Problems) -> tuple[Kind, ...]:
    """Return the records of a text; what cannot be read is noted with its line and left out."""
    lines = csv.reader(io.StringIO(content, newline=""))
    forms = _forms(kind)
    heading = next(lines, [])
    if heading != list(forms):
        problems.add(file, "line 1", f"the columns are {', '.join(heading)}. Needed: {', '.join(forms)}.")
        return ()
    found = (_record(kind, forms, line, file, lines.line_num, problems) for line in lines if line)
    return tuple(record for record in found if record is not None)


def _record(
    kind: type[Kind], forms: Mapping[str, Any], line: list[str], file: str, number: int, problems: Problems
) -> Kind | None:
    if len(line) != len(forms):
        problems.add(file, f"line {number}", f"has {len(line)} entries. Needed: {len(forms)}.")
        return None
    values: dict[str, object] = {}
    for (name, form), entry in zip(forms.items(), line, strict=True):
        _, read, told = FORMS[form]
        try:
            values[name] = read(entry)
        except ValueError:
            problems.add(file, f"line {number}, {name}", f"{entry!r} is not {told}.")
    return kind(**values) if len(values) == len(forms) else None


def _forms(kind: type) -> dict[str, Any]:
    """Name -> type of each field of a dataclass, in order."""
    hints = get_type_hints(kind)
    return {field.name: hints[field.name] for field in fields(kind)}


def _escaped(value: str) -> str:
    return LOST.sub(lambda found: f"\\u{ord(found.group()):04x}", value)


def _unescaped(entry: str) -> str:
    return CODE.sub(lambda found: chr(int(found[1], 16)), entry)


def _number(value: float) -> str:
    return "" if math.isnan(value) else repr(float(value))


def _finite(entry: str) -> float:
    value = float(entry)
    if not math.isfinite(value) or "_" in entry:
        raise ValueError(entry)
    return value


def _whole(entry: str) -> int:
    if not re.fullmatch("-?[0-9]+", entry):
        raise ValueError(entry)
    return int(entry)


def _flag(entry: str) -> bool:
    if entry not in {"yes", "no"}:
        raise ValueError(entry)
    return entry == "yes"


def _joined(values: tuple[str, ...]) -> str:
    return ";".join(_escaped(value).replace(";", "\\u003b") for value in values)


def _split(entry: str) -> Iterator[str]:
    yield from (_unescaped(part) for part in entry.split(";") if entry)


Form = tuple[Callable[[Any], str], Callable[[str], object], str]

FORMS: Mapping[object, Form] = {
    str: (_escaped, _unescaped, "text"),
    float: (_number, lambda entry: _finite(entry) if entry else math.nan, "a number with a decimal point"),
    float | None: (
        lambda value: "" if value is None else _number(value),
        lambda entry: _finite(entry) if entry else None,
        "a number with a decimal point",
    ),
    int: (str, _whole, "a whole number"),
    bool: (lambda value: "yes" if value else "no", _flag, "yes or no"),
    date | None: (
        lambda value: "" if value is None else value.isoformat(),
        lambda entry: date.fromisoformat(entry) if entry else None,
        "a date such as 2026-11-22",
    ),
    tuple[str, ...]: (_joined, lambda entry: tuple(_split(entry)), "a list of texts"),
}
"""Type of a field -> how it is written, how it is read, what a user reads where that fails."""
