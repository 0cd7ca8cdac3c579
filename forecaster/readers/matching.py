"""Whether a cell fits a filter: a number or text, any of several, '*', a bound."""

import re

from forecaster.readers.files.book import as_text
from forecaster.readers.mapping import Match
from forecaster.readers.names import folded

_BOUND = re.compile(r"^(>=|<=|>|<)\s*(-?[\d.]+)$")


def is_open(match: Match) -> bool:
    """Whether a filter names no text of its own: '*' or a bound."""
    return isinstance(match, str) and (match == "*" or _BOUND.match(match) is not None)


def passes(value: object, match: Match) -> bool:
    """Whether a cell fits a filter: equal as number or text (14 is '014'), any of several, '*', '>=4'."""
    if isinstance(match, tuple):
        return any(passes(value, one) for one in match)
    text = as_text(value) if isinstance(value, str | int | float) else ""
    if match == "*":
        return bool(text)
    bound = _BOUND.match(match) if isinstance(match, str) else None
    if bound:
        return _within(text, bound[1], float(bound[2]))
    number = _number(text)
    return folded(text) == folded(str(match)) or (number is not None and number == _number(str(match)))


def _within(text: str, sign: str, limit: float) -> bool:
    number = _number(text)
    if number is None:
        return False
    return {">=": number >= limit, "<=": number <= limit, ">": number > limit, "<": number < limit}[sign]


def _number(text: str) -> float | None:
    plain = text.strip()
    return float(plain) if re.fullmatch(r"-?\d{1,15}(\.\d+)?", plain) else None
