"""Formulas as distances: copies of one formula read the same wherever they stand."""

import re
from collections import Counter
from collections.abc import Iterable

from openpyxl.utils import column_index_from_string

from forecaster.verify.book import Place

TEXT = re.compile(r'"[^"]*"')
ADDRESS = re.compile(r"(?<![\w.])(\$?)([A-Z]{1,3})(\$?)([0-9]{1,7})(?![\w.(!])")
NUMBER = re.compile(r"(?<![\w$.])[0-9][0-9.]*(?:E[+-]?[0-9]+)?(?![\w.])")
FUNCTION = re.compile(r"([A-Z][A-Z0-9.]*)\(")
SHEET = re.compile(r"'[^']*'!|(?<![\w.])[A-Za-z_][\w.]*!")


def bare(formula: str) -> str:
    """A formula without its texts in quotes and the names of sheets."""
    return SHEET.sub("", TEXT.sub('""', formula))


def relative(formula: str, place: Place) -> str:
    """Return the formula with each address as a distance from its own cell, in the manner of R1C1."""
    row, column = place

    def distance(found: re.Match[str]) -> str:
        across, letters, down, digits = found.groups()
        there = column_index_from_string(letters)
        left = f"C{there}" if across else f"C[{there - column}]"
        return (f"R{digits}" if down else f"R[{int(digits) - row}]") + left

    return ADDRESS.sub(distance, formula)


def odd(cells: Iterable[tuple[Place, str]], least: float) -> tuple[list[Place], Place] | None:
    """Places whose formula differs from that of the others, and one of the others.

    None where all are copies of one formula, or where fewer than a share `least` are.
    """
    known = {place: relative(formula, place) for place, formula in cells}
    if len(set(known.values())) < 2:
        return None
    common, count = Counter(known.values()).most_common(1)[0]
    if count < least * len(known):
        return None
    usual = next(place for place, pattern in known.items() if pattern == common)
    return [place for place, pattern in known.items() if pattern != common], usual
