"""Printed pages of a sheet: how small it becomes, where they end, which titles they repeat.

A sheet is printed one page wide. A block that fits on a page is not cut but begins a new one; a longer table
is cut where the text in its first column changes, and its titles stand on each of its pages.
"""

import math
from collections.abc import Hashable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from forecaster.report.layout import CHART_ROWS, FIRST_ROW, MIXED, Page, Placed, wrapped
from forecaster.report.sheet import Chart, Gallery, Notes, Table, displayed
from forecaster.workbook.charts import BESIDE, GAP
from forecaster.workbook.heights import PLAIN_POINTS, TITLE_POINTS, head_points, row_points, unit_points

WIDTH, HEIGHT = 798.0, 501.0  # points between the margins of landscape A4
POINTS = 0.75  # a pixel
CHARACTER = 5.58  # points of a digit of the font that columns are measured in
BESIDES = 3.75  # points of a column's ends
UNSET = 48.0  # points of a column that no table has
READABLE = 0.6  # size in print down to which a sheet is made smaller for a table to be whole on a page
SURE = 0.93  # of a page that is filled: other fonts make other heights
FEWEST = 8  # rows of a table that are worth beginning at the foot of a page
FRONT_POINTS = TITLE_POINTS + (FIRST_ROW - 1) * PLAIN_POINTS  # of the sheet's title and what is under it
LEAST = 3  # rows that a last page holds
FULL = 0.6  # of a page from which on it may end where the first column changes


@dataclass(frozen=True)
class Strip:
    """The rows of a block.

    points: height of each; heads: how many of them are titles; firsts: first cells of the others.
    """

    top: int
    points: tuple[float, ...]
    heads: int = 0
    firsts: tuple[Hashable, ...] = ()

    @property
    def smallest(self) -> float:
        """Points that must be left on a page for the block to begin there, where it is longer than a page."""
        return sum(self.points[: self.heads + FEWEST])


@lru_cache(maxsize=1)
def scale(page: Page) -> float:
    """Return the size in print over the size on the screen of a sheet that is one page wide.

    Smaller than that needs where a table of which no page repeats the titles is whole on a page then.
    """
    titles, heads, plain = repeated(page), {placed.top: placed.heads for placed in page.tables}, _plain(page)
    untitled = [
        SURE * HEIGHT / (sum(strip.points) + (FRONT_POINTS if strip.top == FIRST_ROW else 0.0))
        for strip in _strips(page)
        if strip.top in heads and (titles is None or heads[strip.top] < titles[0])
    ]
    return min((size for size in untitled if READABLE <= size < plain), default=plain)


def _plain(page: Page) -> float:
    """Size at which a sheet is one page wide."""
    return min(1.0, WIDTH / max(_columns(page), _charts(page), 1.0))


def area(page: Page) -> tuple[int, int] | None:
    """Return the last row and column that are printed, None where that needs no saying."""
    if page.printed is None and scale(page) == _plain(page):
        return None
    return page.bottom if page.printed is None else page.printed, last_column(page)


def last_column(page: Page) -> int:
    """Return the last column that is printed: of the tables, beside the charts, or empty for smaller print.

    One more than these need, since other programs make columns a little narrower.
    """
    size = scale(page)
    beyond = max(_charts(page), WIDTH / size if size < _plain(page) else 0.0) - _columns(page)
    return len(page.widths) - 1 + (1 + math.ceil(beyond / UNSET) if beyond > 0.0 else 0)


def _columns(page: Page) -> float:
    """Points that the columns take."""
    return sum(CHARACTER * width + BESIDES for width in page.widths)


def _charts(page: Page) -> float:
    """Points that the widest row of charts takes."""
    charts = [block for block in page.sheet.blocks if isinstance(block, Chart | Gallery)]
    return max((_across(block) for block in charts), default=0.0)


def _across(block: Chart | Gallery) -> float:
    """Points that charts side by side take."""
    count = len(block.charts) if isinstance(block, Gallery) else 1
    return POINTS * (count * BESIDE[count] + (count - 1) * GAP)


@lru_cache(maxsize=1)
def repeated(page: Page) -> tuple[int, int] | None:
    """Return the rows that stand at the top of each page that follows them.

    Titles of a table that are right for all tables after it too, where one of these is longer than a page or
    they stay in view on the screen: a page never begins with the titles of another table. Over a table that
    is itself longer than a page they stand without the kinds of its numbers where later ones have others.
    """
    points = {strip.top: sum(strip.points) for strip in _strips(page)}
    printed = [placed for placed in page.tables if placed.top in points]
    long = {top for top, height in points.items() if height > _room(_plain(page))}
    for k, placed in enumerate(printed):
        if not all(_fits(placed.table, other.table) for other in printed[k:]):
            continue
        if all(_same_kinds(placed, other) for other in printed[k:]):
            if any(other.top in long for other in printed[k:]):
                return placed.heads, placed.first - 1
            if k == 0 and page.frozen[0] > FIRST_ROW:
                return placed.heads, page.frozen[0] - 1
        elif placed.top in long:
            return placed.heads, placed.first - 1 - any(placed.rightward)
    return None


def _fits(above: Table, below: Table) -> bool:
    """Whether the titles of one table are right over another, as far as that has columns."""
    heads = [[(column.title, column.unit) for column in table.columns] for table in (above, below)]
    return heads[0][: len(heads[1])] == heads[1]


def _same_kinds(above: Placed, below: Placed) -> bool:
    """Whether the kinds of numbers under the titles of one table are right over another."""
    return all(
        kind == MIXED or numbers in {kind, ""}
        for kind, numbers in zip(above.kinds, below.kinds, strict=False)
    )


def breaks(page: Page) -> tuple[int, ...]:
    """Return the rows before which a new page begins."""
    titles = repeated(page)
    heads = {placed.heads: placed for placed in page.tables}
    above = sum(_head_points(page, heads[titles[0]])[: titles[1] + 1 - titles[0]]) if titles else 0.0
    full = _room(scale(page))
    left, found = full - FRONT_POINTS, list[int]()
    for strip in _strips(page):
        fresh = full - (above if titles and strip.top >= titles[0] - 1 else 0.0)
        height = sum(strip.points)
        if (
            strip.top > FIRST_ROW
            and left < full
            and min(height, strip.smallest if height > fresh else height) > left
        ):
            found.append(strip.top)
            left = fresh
        for row in _cuts(strip, left, fresh):
            found.append(row)
            left, height = fresh, sum(strip.points[row - strip.top :])
        left -= height + PLAIN_POINTS
    return tuple(found)


def _cuts(strip: Strip, left: float, fresh: float) -> Iterator[int]:
    """Rows within a block before which a page ends. left, fresh: points on this page and on the next."""
    begun, used = 0, 0.0
    for i, points in enumerate(strip.points):
        if used + points > left and i > begun:
            begun = _cut(strip, begun, i, left)
            yield strip.top + begun
            left, used = fresh, sum(strip.points[begun:i])
        used += points


def _cut(strip: Strip, begun: int, full: int, left: float) -> int:
    """The row before which a page ends best that is full before another row."""
    latest = min(full, max(begun + 1, len(strip.points) - LEAST))
    for i in range(latest, begun, -1):
        j = i - strip.heads
        if sum(strip.points[begun:i]) < FULL * left or j < 1:
            break
        if strip.firsts and strip.firsts[j] != strip.firsts[j - 1]:
            return i
    return latest


def _room(size: float) -> float:
    """Points of rows, as high as on the screen, that fit on a page in a size."""
    return SURE * HEIGHT / size


def _strips(page: Page) -> Iterator[Strip]:
    """The blocks that are printed, from the top down."""
    placed = iter(page.tables)
    for top, block in zip(page.tops, page.sheet.blocks, strict=True):
        if page.printed is not None and top > page.printed:
            return
        if isinstance(block, Chart | Gallery):
            yield Strip(top, (CHART_ROWS * PLAIN_POINTS,))
        elif isinstance(block, Notes):
            lines = len(wrapped(block.lines, page.breadth)) + bool(block.title)
            yield Strip(top, (PLAIN_POINTS,) * lines)
        else:
            yield _table_strip(page, next(placed))


def _table_strip(page: Page, placed: Placed) -> Strip:
    rows = placed.table.rows[: None if page.printed is None else page.printed + 1 - placed.first]
    above = (*(PLAIN_POINTS,) * (placed.heads - placed.top), *_head_points(page, placed))
    points = tuple(row_points(placed.table.columns, row) for row in rows)
    return Strip(placed.top, above + points, len(above), tuple(displayed(row.cells[0]) for row in rows))


def _head_points(page: Page, placed: Placed) -> tuple[float, ...]:
    """Heights of a table's titles, units and kinds."""
    rows = placed.first - placed.heads
    below = (unit_points(placed, page.widths),) if any(column.unit for column in placed.table.columns) else ()
    return (head_points(placed, page.widths), *below, PLAIN_POINTS)[:rows]
