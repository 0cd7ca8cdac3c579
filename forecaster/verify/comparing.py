"""When two cells show the same: numbers exactly or almost, everything else exactly."""

TOLERANCE = 1e-9
"""How far numbers may be apart that are the same but for the order of sums: relative, absolute below 1."""


def distance(one: object, other: object) -> float:
    """How far two values are apart: relative for large numbers, absolute for small, 0 or 1 for texts."""
    if _number(one) and _number(other):
        assert isinstance(one, int | float)
        assert isinstance(other, int | float)
        return abs(one - other) / max(1.0, abs(one))
    return float(_plain(one) != _plain(other))


def shown(value: object) -> str:
    """Return a value as a finding tells it."""
    if value is None or value == "":
        return "nothing"
    return repr(value) if _number(value) else str(value)


def _number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _plain(value: object) -> object:
    return "" if value is None else value
