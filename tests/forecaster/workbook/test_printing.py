"""Where printed pages end: blocks stay whole, long tables keep their titles, print stays readable."""

import io
from dataclasses import replace
from datetime import datetime
from itertools import pairwise

import openpyxl
import pytest

from forecaster.report.layout import Layout, Page, letters
from forecaster.report.sheet import Cells, Chart, Column, Notes, Row, Series, Sheet, Span, Table
from forecaster.workbook import Book, printing, rendered
from forecaster.workbook.heights import PLAIN_POINTS
from forecaster.workbook.printing import HEIGHT, WIDTH, breaks, last_column, repeated, scale


def table(name, rows, titles=("a", "b"), states=None, width=60.0):
    """A table whose rows are text, of `states` rows a state."""
    columns = tuple(Column(title, title, width=width) for title in titles)
    body = tuple(Row(i, (f"S{i // (states or rows)}", *("x",) * (len(titles) - 1))) for i in range(rows))
    return Table(name, name, columns, body)


def page_of(*blocks) -> Page:
    return Layout((Sheet("Data", "Data", "What?", blocks),)).pages[0]


def book(first: str) -> Book:
    """What the workbook says about itself; first: a table of its sheet."""
    master = Cells("Data", first).at(0, "a")
    return Book("Programme", "0123456789ab", datetime.fromisoformat("2026-01-02"), master)


def filled(page: Page) -> list[int]:
    """Rows on each page but the last."""
    ends = (0, *breaks(page))
    return [after - before for before, after in pairwise(ends)]


def fits(page: Page) -> int:
    """Plain rows that fit on a page."""
    return int(HEIGHT / scale(page) / PLAIN_POINTS)


def test_a_block_that_fits_on_a_page_begins_one_rather_than_being_cut():
    page = page_of(table("first", 20), table("second", 20), table("third", 3))
    assert breaks(page) == (page.tops[1],)


def test_short_blocks_share_a_page():
    assert breaks(page_of(table("first", 5), Notes("Words", ("few",)), table("second", 5))) == ()


def test_a_chart_is_not_cut():
    nothing = Span(Cells("Data", "t").at(0, "a"), Cells("Data", "t").at(1, "a"))
    chart = Chart("C", nothing, (), (), "EUR m", "d")
    page = page_of(table("t", 18), chart, table("last", 2))
    assert breaks(page)[0] == page.tops[1]


def test_what_is_printed_reaches_to_the_end_of_the_charts():
    nothing = Span(Cells("Data", "t").at(0, "a"), Cells("Data", "t").at(1, "a"))
    chart = Chart("C", nothing, (), (Series("s", nothing, "line"),), "EUR m", "d")
    narrow, wide = (replace(table("t", 9, width=width), prints=3) for width in (20.0, 90.0))
    assert last_column(page_of(wide, chart)) == 1
    assert last_column(page_of(narrow)) == 1
    page = page_of(narrow, chart)
    points = 2 * (5.58 * 20.0 + 3.75) + (last_column(page) - 1) * 48.0
    assert 48.0 <= points - 940 * 0.75 < 96.0
    found = openpyxl.load_workbook(io.BytesIO(rendered((page.sheet,), book("t"))))
    assert found["Data"].print_area == f"'Data'!$A$1:${letters(last_column(page))}${page.printed + 1}"


def test_the_first_block_stays_under_the_title():
    page = page_of(table("t", 29), table("u", 2))
    assert page.tops[0] not in breaks(page)


def test_no_page_overflows_and_none_but_the_last_is_near_empty():
    page = page_of(table("long", 300, states=1))
    assert max(filled(page)) <= fits(page)
    assert min(filled(page)) >= 0.5 * fits(page)


def test_a_long_table_is_cut_between_states():
    page = page_of(table("long", 120, states=7))
    first = page.tables[0].first
    assert {(row - first) % 7 for row in breaks(page)} == {0}
    assert max(filled(page)) <= fits(page)


def test_a_long_table_leaves_no_line_or_two_for_the_last_page():
    for rows in range(25, 90):
        page = page_of(table("long", rows))
        assert not breaks(page) or page.tables[0].bottom + 1 - breaks(page)[-1] >= printing.LEAST


def test_high_rows_count_as_high():
    columns = (Column("a", "a", width=20, wrap=True),)
    rows = tuple(Row(i, ("word " * 40,)) for i in range(12))
    page = page_of(Table("t", "t", columns, rows))
    assert max(filled(page)[1:]) <= 3  # 10 lines each: 132 of 501 points


def test_what_is_not_printed_has_no_pages():
    columns = (Column("a", "a"),)
    rows = tuple(Row(i, ("x",)) for i in range(400))
    assert breaks(page_of(Table("t", "t", columns, rows, prints=10))) == ()


def test_titles_of_a_long_table_are_repeated_after_short_ones_with_others():
    page = page_of(table("short", 5, ("p", "q")), table("long", 90))
    assert repeated(page) == (page.tables[1].heads, page.tables[1].first - 1)


def test_of_long_tables_with_other_titles_the_last_repeats_its_own():
    page = page_of(table("first", 90, ("p", "q")), table("second", 90), table("third", 90))
    assert repeated(page) == (page.tables[1].heads, page.tables[1].first - 1)


def test_titles_never_stand_over_a_table_with_others():
    assert repeated(page_of(table("first", 90), table("second", 5, ("p", "q")))) is None


def test_titles_stand_over_tables_that_have_the_first_of_them():
    """A column more at the end of the first; numbers of one kind under a title that says mixed."""
    years = tuple(Column(year, year, width=20.0) for year in (2026, 2027))
    rows = (Row(0, (1.0, 2.0, 3.0), role="input"), *(Row(i, (1.0, 2.0, 3.0)) for i in range(1, 90)))
    many = Table("many", "many", (*years, Column("sum", "sum", width=20.0)), rows)
    few = Table("few", "few", years, (Row(0, (1.0, 2.0), role="simulated"),))
    assert repeated(page_of(many, few)) == (
        page_of(many, few).tables[0].heads,
        page_of(many).tables[0].first - 1,
    )


def test_titles_stand_without_kinds_where_a_later_table_has_others():
    """A table of formulas went on over a page without titles, as one below it is simulated."""
    years = tuple(Column(year, year, width=20.0) for year in (2026, 2027))
    rows = tuple(Row(i, (1.0, 2.0), role="input") for i in range(90))
    few = Table("few", "few", years, (Row(0, (1.0, 2.0), role="simulated"),))
    page = page_of(Table("many", "many", years, rows), few)
    assert repeated(page) == (page.tables[0].heads, page.tables[0].first - 2)
    assert repeated(page_of(replace(page.tables[0].table, rows=rows[:5]), few)) is None


def test_a_long_table_goes_before_the_titles_that_stay_in_view():
    """Two tables with the same years, the second with a column more: its titles stand on its pages."""
    years = tuple(Column(year, year, width=20.0) for year in (2026, 2027))
    few = Table("few", "few", years, (Row(0, ("x", "x")),))
    wide = (*years, Column("sum", "sum", width=20.0))
    many = Table("many", "many", wide, tuple(Row(i, ("x",) * 3) for i in range(90)))
    page = page_of(few, many)
    assert page.frozen[0] == page.tables[0].first
    assert repeated(page) == (page.tables[1].heads, page.tables[1].first - 1)


def test_short_tables_repeat_nothing():
    assert repeated(page_of(table("first", 5), table("second", 5, ("p", "q")))) is None


@pytest.mark.parametrize(("width", "size"), [(60.0, 1.0), (120.0, pytest.approx(WIDTH / 1346.7, rel=1e-4))])
def test_the_size_in_print_is_what_one_page_across_allows(width, size):
    """2 columns of 120 characters: 2 (120 x 5.58 + 3.75) = 1346.7 points, worked out by hand."""
    assert scale(page_of(table("t", 3, width=width))) == size


def test_pages_end_in_the_file_where_they_should():
    sheet = Sheet("Data", "Data", "What?", (table("first", 20), table("second", 60)))
    found = openpyxl.load_workbook(io.BytesIO(rendered((sheet,), book("first"))))["Data"]
    page = Layout((sheet,)).pages[0]
    assert tuple(one.id for one in found.row_breaks.brk) == breaks(page)
    heads, last = repeated(page)
    assert found.print_title_rows == f"${heads + 1}:${last + 1}"


def test_a_sheet_is_printed_smaller_for_a_table_without_titles_to_be_whole():
    """30 rows, a page too many at full size, before a long table whose titles are repeated."""
    page = page_of(table("first", 30, ("p", "q"), width=20.0), table("long", 90, width=20.0))
    assert 0.6 < scale(page) < 1.0
    assert repeated(page)[0] == page.tables[1].heads
    assert not any(page.tables[0].first <= row <= page.tables[0].bottom for row in breaks(page))
    points = 2 * (5.58 * 20.0 + 3.75) + (last_column(page) - 1) * 48.0
    assert WIDTH / points <= scale(page)
    found = openpyxl.load_workbook(io.BytesIO(rendered((page.sheet,), book("long"))))["Data"]
    assert found.print_area == f"'Data'!$A$1:${letters(last_column(page))}${page.tables[1].bottom + 1}"


def test_print_is_not_made_too_small_to_read():
    page = page_of(table("first", 60, ("p", "q")), table("long", 90))
    assert scale(page) == 1.0
