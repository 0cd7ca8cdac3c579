"""What is wrong with a TOML file, in sentences: with its syntax, or with what a table holds."""

import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from forecaster.errors import nearest
from forecaster.toml.keys import Key, item

PER_CENT = 100.0
SYNTAX_HINT = (
    "Text stands in quotes, decimals have a point and thousands no mark, true and false are in small "
    "letters, a comment begins with #, every line is key = value or a [table]."
)
LINE_SHOWN = 60
_LINE = re.compile(r"line (\d+), column (\d+)")
_POSITION = re.compile(r"^(?P<what>.*?) \(at (?P<where>.*)\)$", re.DOTALL)


def syntax_error(error: str, text: str) -> tuple[str, str]:
    """Place and sentence of a TOML syntax error in a text, with the line that holds it."""
    match = _POSITION.match(error)
    what, where = (match["what"], match["where"]) if match else (error, "")
    line, column = _line_at(text, where)
    told = _mixed_brackets(line, text) or _in_words(what)
    sentences = [
        told or f"{what.rstrip('.').lower()}.",
        f"The line reads `{line.strip()[:LINE_SHOWN]}`." if line.strip() else "",
        _lookalike(line if re.match(_UNCLOSED, what) else line[column : column + 1])
        or ("" if told else SYNTAX_HINT),
    ]
    return where, f"not valid TOML: {' '.join(filter(None, sentences))}"


def _line_at(text: str, where: str) -> tuple[str, int]:
    """Line and column [from 0] that 'line 3, column 16' names; an empty line where none is named."""
    found = _LINE.match(where)
    return (text.split("\n")[int(found[1]) - 1], int(found[2]) - 1) if found else ("", 0)


def _mixed_brackets(line: str, text: str) -> str:
    """What to do where a table of a list stands in single brackets, on this line or before; else ''."""
    name = line.partition("#")[0].strip().strip("[]")
    one, many = f"[{name}]", f"[[{name}]]"
    if not {one, many} <= {other.partition("#")[0].strip() for other in text.splitlines()}:
        return ""
    return f"{one} and {many} are both there. Each table of a list stands in double brackets."


def _in_words(what: str) -> str:
    """What Python says of a syntax error in words of our own, with advice; '' where we have none."""
    for pattern, told in _SYNTAX.items():
        if found := re.match(pattern, what):
            return told.format(*(_tuple_as_key(one) for one in found.groups()))
    return ""


def _lookalike(signs: str) -> str:
    """What to do about the first sign that looks like another one; '' where there is none."""
    return next((_LOOKALIKES[sign] for sign in signs if sign in _LOOKALIKES), "")


def _tuple_as_key(text: str) -> str:
    """Dotted key of a tuple as Python writes it."""
    return ".".join(re.findall(r"'([^']*)'", text))


def findings(model: type[BaseModel], data: object, errors: list[ErrorDetails]) -> Iterator[tuple[Key, str]]:
    """Key and sentence of each problem; a misspelt key is not told again as a missing one."""
    missing = {error["loc"]: None for error in errors if error["type"] == "missing"}
    unknown = {error["loc"]: "" for error in errors if error["type"] == "extra_forbidden"}
    for key in unknown:
        *table, name = key
        known = _known_keys(model, tuple(table))
        meant = nearest(str(name), known)
        missing.pop((*table, meant or ""), None)
        unknown[key] = f"Did you mean {meant}?" if meant else f"Known keys: {', '.join(known)}."
    yield from ((key, f"unknown key. {told}") for key, told in unknown.items())
    yield from ((key, "is missing." + _expected(model, key)) for key in missing)
    others = [error for error in errors if error["type"] not in {"missing", "extra_forbidden"}]
    first: dict[Key, ErrorDetails] = {}
    for error in others:
        if not _counts_what_is_wrong(error):
            first.setdefault(_in_data(error["loc"], data), error)
    yield from ((key, _sentence(error)) for key, error in first.items())


def first_finding(error: ValidationError) -> str:
    """Say the first problem of a validation, for a value that came from elsewhere than a file."""
    return _sentence(error.errors()[0])


def _counts_what_is_wrong(error: ErrorDetails) -> bool:
    """Whether a list is called too short only because its entries, each told by itself, do not count."""
    least = error.get("ctx", {}).get("min_length", 0)
    return error["type"] == "too_short" and isinstance(error["input"], list) and len(error["input"]) >= least


def _in_data(key: Key, data: object) -> Key:
    """Part of a key that leads to something in the file: without marks of pydantic such as '[key]'."""
    for length, part in enumerate(key):
        data = item(data, part)
        if data is None:
            return key[:length]
    return key


def _sentence(error: ErrorDetails) -> str:
    """Say what was found and what is allowed."""
    context = error.get("ctx", {})
    found = _as_written(error["input"])
    text = _SENTENCES.get(error["type"], "{found}: {message}.").format(
        found=found if len(found) < 60 else f"{found[:57]}...",
        message=str(context.get("error", error["msg"])).rstrip("."),
        **{name: _plain(value) for name, value in context.items() if name != "error"},
    )
    return f"{text.removesuffix('.') if text.endswith('?.') else text}{_as_share(error)}"


def _as_written(value: object) -> str:
    """A value as a TOML file has it."""
    if isinstance(value, bool):
        return str(value).lower()
    return value.isoformat() if isinstance(value, date) else repr(value)


def _as_share(error: ErrorDetails) -> str:
    """' 5 % is 0.05.' where a number that may be per cent is above what a share can be."""
    value, most = error["input"], error.get("ctx", {}).get("le")
    if error["type"] != "less_than_equal" or most != 1.0 or isinstance(value, str) or value > PER_CENT:
        return ""
    return f" {value:g} % is {value / PER_CENT:g}."


def _plain(bound: object) -> str:
    """'1' for 1.0, '1,024' for 1024."""
    if isinstance(bound, float):
        return f"{bound:g}"
    return f"{bound:,}" if isinstance(bound, int) else str(bound)


def _known_keys(model: type[BaseModel], key: Key) -> list[str]:
    table = _model_at(model, key)
    return [field.alias or name for name, field in table.model_fields.items()] if table else []


def _expected(model: type[BaseModel], key: Key) -> str:
    """What to write for a key that is missing: the few values allowed, or a table as `init` has it."""
    if _model_at(model, key):
        return f" A case made by `forecaster init` has it: copy [{'.'.join(map(str, key))}] from there."
    *table, name = key
    parent = _model_at(model, tuple(table))
    field = parent.model_fields.get(str(name)) if parent else None
    allowed = [value for value in get_args(field.annotation) if isinstance(value, str)] if field else []
    return f" Expected {_or(allowed)}." if allowed else ""


def _or(words: list[str]) -> str:
    """'"a", "b" or "c"'."""
    quoted = [f'"{word}"' for word in words]
    return " or ".join(part for part in (", ".join(quoted[:-1]), quoted[-1]) if part)


def _model_at(model: type[BaseModel], key: Key) -> type[BaseModel] | None:
    """Model that describes the table at a key; None where its keys are free."""
    here: object = model
    for part in key:
        if isinstance(part, int):
            continue
        if get_origin(here) in {dict, Mapping}:
            here = get_args(here)[1]
            continue
        table = _inner_model(here)
        fields = table.model_fields.items() if table else ()
        here = {field.alias or name: field.annotation for name, field in fields}.get(part)
    return None if get_origin(here) in {dict, Mapping} else _inner_model(here)


def _inner_model(annotation: object) -> type[BaseModel] | None:
    """Model named in an annotation such as tuple[Line, ...], if there is one."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    found = (_inner_model(inner) for inner in get_args(annotation))
    return next((model for model in found if model), None)


_QUOTE = "{} is a quote as word processors make it. Type a straight one in its place."
_LOOKALIKES = {
    **{sign: _QUOTE.format(sign) for sign in "“”„‟«»‘’‚"},
    **{sign: f"{sign} is a dash. Type the minus sign - in its place." for sign in "–—−"},
    "\u00a0": "A blank there is one of a word processor or web page. Type an ordinary one in its place.",
}
"""Sign that is put in for another by word processors -> what to do."""
_UNCLOSED = r"Illegal character '\\[nr]'"
_SYNTAX = {
    r"Cannot declare (\(.*\)) twice": "the table [{}] is there twice. Keep one.",
    r"Cannot overwrite a value": "a key or table is there twice. Keep one.",
    r"Duplicate inline table key ('.*')": "the key {} is there twice. Keep one.",
    _UNCLOSED: "a quote is opened on this line and not closed. Text stands in quotes.",
    r"Invalid hex value|Unescaped '\\'|Escaped character": (
        "\\ has a meaning of its own in double quotes. A path stands in single quotes ('C:\\data\\x.xlsx'), "
        'or with / ("C:/data/x.xlsx").'
    ),
}
"""What Python says of a syntax error -> what a user reads."""
_NUMBER = "{found} is not a number. Write it without quotes, with a decimal point."
_SENTENCES = {
    "bool_type": "{found} is neither true nor false.",
    "date_type": "{found} is not a date. Write it as 2026-11-22, without quotes.",
    "dict_type": "{found} is not a table such as {{ name = 0.5 }}.",
    "float_type": _NUMBER,
    "finite_number": "{found} is not a finite number.",
    "greater_than": "{found} is too small. Allowed: more than {gt}.",
    "greater_than_equal": "{found} is too small. Allowed: at least {ge}.",
    "int_from_float": "{found} is not a whole number.",
    "int_type": "{found} is not a whole number.",
    "less_than": "{found} is too large. Allowed: less than {lt}.",
    "less_than_equal": "{found} is too large. Allowed: at most {le}.",
    "literal_error": "{found} is not allowed. Expected {expected}.",
    "model_type": "{found} is not a table of keys and values.",
    "multiple_of": "{found} is not a multiple of {multiple_of}.",
    "string_pattern_mismatch": "{found} is not a name of small letters, digits and _, a letter first.",
    "string_too_short": "is empty.",
    "string_type": "{found} is not text in quotes.",
    "too_long": "has {actual_length} entries. Allowed: at most {max_length}.",
    "too_short": "has {actual_length} entries. Needed: at least {min_length}.",
    "tuple_type": '{found} is not a list such as [0.5, 1.0] or ["PL", "DE"].',
    "value_error": "{message}.",
}
