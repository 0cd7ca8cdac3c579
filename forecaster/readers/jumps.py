"""Steps from one year to the next that look like a change of unit."""

import math
from collections.abc import Iterator, Mapping
from itertools import pairwise

JUMP = 500.0  # a step of this ratio or more from one year to the next is more likely a change of unit


def jumps(code: str, values: Mapping[int, float]) -> Iterator[str]:
    """Texts for steps between years that look like a change of unit. values: by year."""
    known = [year for year in sorted(values) if values[year] > 0]
    for before, after in pairwise(known):
        ratio = values[after] / values[before]
        if ratio >= JUMP:
            yield f"{code} {after} is {_rounded(ratio):,} times {code} {before}: unit mixed up?"
        elif ratio <= 1 / JUMP:
            yield f"{code} {before} is {_rounded(1 / ratio):,} times {code} {after}: unit mixed up?"


def _rounded(ratio: float) -> int:
    """Return a ratio to two digits, or the power of ten it lies within a fifth of."""
    power = 10 ** round(math.log10(ratio))
    digits = 10 ** (math.floor(math.log10(ratio)) - 1)
    return int(power) if 0.8 < ratio / power < 1.25 else int(round(ratio / digits) * digits)
