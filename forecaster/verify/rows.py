"""One formula a row: along the years of a table, and down the columns of a list."""

from collections.abc import Iterator
from itertools import groupby, pairwise

from forecaster.verify.book import Leaf, Place, address
from forecaster.verify.relative import odd

FEWEST_YEARS = 3
"""Numbers side by side that rise by one, from which a row is titles of years whatever else it holds."""

WIDEST = 60
"""Columns of a sheet that are looked at for years."""

ALL, MOST = 0.0, 0.8
"""Share of copies of one formula from which the others are odd: along years, down a list."""

FEWEST_RECORDS = 5
"""Formulas below each other from which most say what all should be."""

Odd = tuple[Place, str, str]
"""Cell, what was found, what was expected."""


def broken_rows(leaf: Leaf) -> Iterator[Odd]:
    """Find cells whose formula is no copy of that of their neighbours."""
    for block in _blocks(leaf):
        years = _years(leaf, block)
        if years:
            yield from _along(leaf, block, years)
        else:
            yield from _down(leaf, block)


def _blocks(leaf: Leaf) -> Iterator[list[int]]:
    """Rows of a sheet that stand together, with no empty row between them."""
    rows = sorted({row for row, _ in leaf.values} | {row for row, _ in leaf.formulas})
    for _, group in groupby(enumerate(rows), key=lambda pair: pair[1] - pair[0]):
        yield [row for _, row in group]


def _years(leaf: Leaf, block: list[int]) -> list[int]:
    """Columns of the years in the first row of a block that has titles of years."""
    for row in block:
        rising = [run for run in _runs(leaf, row) if _rises([leaf.values[row, column] for column in run])]
        years = max(rising, key=len, default=[])
        if len(years) >= FEWEST_YEARS or (years and _are_titles(leaf, row, years)):
            return years
    return []


def _runs(leaf: Leaf, row: int) -> list[list[int]]:
    """Columns of a row that hold years, those side by side together."""
    columns = [column for column in range(1, WIDEST) if _is_year(leaf, (row, column))]
    together = groupby(enumerate(columns), key=lambda pair: pair[1] - pair[0])
    return [[column for _, column in group] for _, group in together]


def _are_titles(leaf: Leaf, row: int, years: list[int]) -> bool:
    """Whether a row holds words only beside its years, as no record of a list with formulas does."""
    others = [(row, column) for column in range(1, WIDEST) if column not in years]
    return all(isinstance(leaf.values.get(place, ""), str) and place not in leaf.formulas for place in others)


def _is_year(leaf: Leaf, place: Place) -> bool:
    value = leaf.values.get(place)
    return isinstance(value, int) and not isinstance(value, bool) and 1900 <= value < 2200


def _rises(values: list[int]) -> bool:
    return all(b == a + 1 for a, b in pairwise(values))


def _along(leaf: Leaf, block: list[int], years: list[int]) -> Iterator[Odd]:
    for row in block:
        formulas = [((row, column), text) for column in years if (text := leaf.formulas.get((row, column)))]
        yield from _oddities(leaf, formulas, ALL)
        typed = [(row, column) for column in years if _is_number(leaf, (row, column))]
        if len(formulas) > len(typed) > 0:
            usual = formulas[0]
            for place in typed:
                yield (
                    place,
                    f"{leaf.values[place]} typed in",
                    f"a formula like {usual[1]} in {address(usual[0])}",
                )


def _is_number(leaf: Leaf, place: Place) -> bool:
    return isinstance(leaf.values.get(place), int | float) and place not in leaf.formulas


def _down(leaf: Leaf, block: list[int]) -> Iterator[Odd]:
    records = set(block) - leaf.strong
    columns = sorted({column for row, column in leaf.formulas if row in records})
    for column in columns:
        formulas = [
            ((row, column), text)
            for row in block
            if row in records and (text := leaf.formulas.get((row, column)))
        ]
        if len(formulas) >= FEWEST_RECORDS:
            yield from _oddities(leaf, formulas, MOST)


def _oddities(leaf: Leaf, formulas: list[tuple[Place, str]], least: float) -> Iterator[Odd]:
    found = odd(formulas, least)
    if found:
        places, usual = found
        for place in places:
            yield place, leaf.formulas[place], f"a copy of {leaf.formulas[usual]} in {address(usual)}"
