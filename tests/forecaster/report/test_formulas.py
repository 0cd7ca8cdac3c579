import pytest

from forecaster.report.formulas import Shown, difference, link, number, ratio, total, total_row
from forecaster.report.sheet import Cells, Column, Link, Row, Table, formula

CELLS = Cells("Calls", "money")
A, B = CELLS.at("a", "x"), CELLS.at("b", "x")


def test_values_follow_from_the_cells():
    assert difference(A, B, (5.0, 2.0)).value == 3.0
    assert ratio(A, B, (5.0, 2.0)).value == 2.5
    assert total(CELLS.down("x", "a", "b"), (1.0, None, float("nan"), formula("1", value=2.0))).value == 3.0
    assert link(A, formula("1", value="PASS")).value == "PASS"


def test_a_ratio_to_nothing_is_blank():
    assert ratio(A, B, (5.0, 0.0)).value == ""


@pytest.mark.parametrize("cell", [None, "text", Link("there", "Cover")])
def test_what_shows_no_number(cell):
    with pytest.raises(TypeError, match="shows no number"):
        number(cell)


def test_a_link_needs_something_to_show():
    with pytest.raises(TypeError, match="holds no number and no text"):
        link(A, None)


def test_a_total_row_adds_every_column():
    rows = [Row("a", ("A", 1.0, 2.0), "EUR m"), Row("b", ("B", 3.0, 4.0), "EUR m")]
    row = total_row(CELLS, "sum", ("all",), ["x", "y"], rows)
    assert (row.cells[0], row.cells[1].value, row.cells[2].value) == ("all", 4.0, 6.0)
    assert row.strong
    table = Table("money", "Money", (Column("n", "n"), Column("x", "x"), Column("y", "y")), (*rows, row))
    shown = Shown(CELLS, table)
    assert shown.across("b", ["x", "y"]).value == 7.0
    assert shown.across("b", []).value == 0.0
    assert shown.link("sum", "y").value == 6.0
