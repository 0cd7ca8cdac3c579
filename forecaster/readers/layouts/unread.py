"""Columns of figures beside a table's years that no year heads: never left out in silence."""

from collections.abc import Iterator

from forecaster.readers import cells
from forecaster.readers.files.book import Sheet
from forecaster.readers.layouts import grid
from forecaster.readers.layouts.grid import Heads, Segment
from forecaster.readers.numbers import Desk
from forecaster.readers.understanding import Left


def tell_unread(desk: Desk, heads: Heads, segment: Segment) -> list[Left]:
    """Warn of the columns that are left out; one under a year merged over it too is a problem."""
    left = []
    for column in unread_columns(desk.sheet, heads, segment):
        area = desk.sheet.covered.get((heads.row, column))
        if area and area[1] in heads.years:
            desk.add(heads.row, area[1], _shared(desk.sheet, area))
        else:
            left.append(_left(desk.sheet, heads.row, column))
    if left:
        shown = "; ".join(one.what for one in left)
        text = f"figures under no year of their own were left out: {shown}. {ADVICE}"
        desk.problems.warn(desk.file, desk.sheet.name, text)
    return left


def unread_columns(sheet: Sheet, heads: Heads, segment: Segment) -> Iterator[int]:
    """Columns with figures right of the first year, or under a heading that mentions one."""
    known = {*heads.years, *grid.flag_columns(sheet, heads).values(), *sheet.hidden_columns, heads.label}
    for column in range(1, sheet.width + 1):
        if column in known or not any(
            cells.is_figure(sheet.value(row.number, column)) for row in segment.rows
        ):
            continue
        if column > heads.first or cells.mentions_year(sheet.text(heads.row, column)):
            yield column


def _left(sheet: Sheet, row: int, column: int) -> Left:
    address, heading = sheet.address(row, column), sheet.text(row, column)
    return Left(sheet.name, f"{address} {heading[:40]!r}" if heading else f"{address} (empty)", "no year")


def _shared(sheet: Sheet, area: tuple[int, int, int, int]) -> str:
    span = f"{sheet.address(*area[:2])}:{sheet.address(*area[2:])}"
    return (
        f"{sheet.text(*area[:2])} is merged over {span}, and more than one column under it holds figures. "
        "Unmerge it and leave the year over the column that counts."
    )


ADVICE = "Where they belong to a year, head them with it alone: 2026."
