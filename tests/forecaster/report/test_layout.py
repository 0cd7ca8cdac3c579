from dataclasses import replace

import pytest

from forecaster.report.layout import Layout, letters, wrapped
from forecaster.report.sheet import (
    HEADER,
    Cells,
    Column,
    Row,
    Sheet,
    Table,
    formula,
    lead,
    year_columns,
    yearly,
)

YEARS = (2026, 2027)


def table(name="money", rows=("AL", "BO"), years=YEARS):
    cells = [1.0] * len(years)
    body = tuple(yearly(code, (code, f"State {code}", "call"), "EUR m", cells) for code in rows)
    return Table(name, "Money", (*lead(), *year_columns(years)), body)


def sheet(name, *tables):
    return Sheet(name, name, "What?", tables)


@pytest.mark.parametrize(("column", "name"), [(0, "A"), (25, "Z"), (26, "AA"), (701, "ZZ"), (702, "AAA")])
def test_letters(column, name):
    assert letters(column) == name


def test_a_cell_knows_its_address():
    layout = Layout((sheet("Calls", table()),))
    cell = Cells("Calls", "money").at("BO", 2027)
    # title lines 1 to 4, table title 5, titles 6, kinds 7 (no column has a unit), AL 8, BO 9
    assert layout.address(cell, "Calls") == "F9"
    assert layout.address(cell, "Cover") == "Calls!F9"
    assert layout.address(cell.fix(), "Calls") == "$F$9"
    assert layout.address(cell.fix("row"), "Calls") == "F$9"
    assert layout.address(cell.fix("column"), "Calls") == "$F9"


def test_a_sheet_name_with_a_sign_is_quoted():
    layout = Layout((sheet("Tie-out", table()),))
    assert layout.address(Cells("Tie-out", "money").at("AL", 2026), "Cover") == "'Tie-out'!E8"


def test_a_span_names_its_sheet_once():
    layout = Layout((sheet("Calls", table()),))
    span = Cells("Calls", "money").across("AL", 2026, 2027)
    assert layout.text(formula("SUM({0})", span, value=2.0), "Cover") == "=SUM(Calls!E8:F8)"
    assert layout.text(formula("SUM({0})", span.fix(), value=2.0), "Calls") == "=SUM($E$8:$F$8)"


def test_a_title_can_be_referred_to():
    layout = Layout((sheet("Calls", table()),))
    year = Cells("Calls", "money").at(HEADER, 2027)
    assert layout.address(year, "Calls") == "F6"
    assert layout.value(year) == 2027


@pytest.mark.parametrize(
    ("reference", "text"),
    [
        (Cells("Calls", "money").at("XX", 2026), "no cell XX, 2026"),
        (Cells("Calls", "money").at("AL", 2040), "no cell AL, 2040"),
        (Cells("Calls", "other").at("AL", 2026), "no table other on sheet Calls"),
        (Cells("Nowhere", "money").at("AL", 2026), "no table money on sheet Nowhere"),
    ],
)
def test_a_reference_to_nothing_is_an_error(reference, text):
    with pytest.raises(KeyError, match=text):
        Layout((sheet("Calls", table()),)).address(reference, "Calls")


def test_a_year_has_one_column():
    with pytest.raises(ValueError, match="2027 stands in another column"):
        Layout((sheet("Calls", table()), sheet("Other", table(years=(2027, 2028)))))


def test_keys_are_unique():
    with pytest.raises(ValueError, match="appears twice"):
        Layout((sheet("Calls", table(rows=("AL", "AL"))),))
    with pytest.raises(ValueError, match="same name"):
        Layout((sheet("Calls", table(), table()),))


def test_a_row_has_a_cell_a_column():
    with pytest.raises(ValueError, match="2 cells, 1 columns"):
        Table("t", "T", (Column("a", "a"),), (Row(1, (1.0, 2.0)),))


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_a_formula_has_a_value(value):
    with pytest.raises(ValueError, match="no finite value"):
        formula("{0}", Cells("Calls", "money").at("AL", 2026), value=value)


def test_columns_hold_their_numbers():
    wide = Table(
        "wide", "Wide", (Column("a", "a", "EUR m"), Column("b", "b", "share")), (Row(1, (-1234567.8, 0.5)),)
    )
    (page,) = Layout((sheet("Wide", wide),)).pages
    assert page.widths[0] >= len("-1,234,567.8") + 1
    assert page.widths[1] >= len("50.0 %") + 1


def test_what_stays_in_view():
    one = Layout((sheet("One", table()),)).pages[0]
    assert one.frozen == (7, 1)
    other = Table("other", "Other", (Column("a", "a"),), (Row(1, ("text",)),))
    assert Layout((sheet("Two", table(), other),)).pages[0].frozen == (4, 0)


def test_a_table_without_a_title_has_no_line_for_it():
    titled, bare = (Layout((sheet("One", one),)).pages[0] for one in (table(), replace(table(), title="")))
    assert (bare.tables[0].heads, bare.bottom) == (titled.tables[0].heads - 1, titled.bottom - 1)


def test_long_lines_are_broken_between_words():
    assert wrapped(("one two three", ""), 8) == ("one two", "three", "")
