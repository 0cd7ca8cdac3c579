"""Cells whose number format shows another number than they store."""

import pytest
from openpyxl import load_workbook

from forecaster.case import template


def shown(sheet, cell, value, as_):
    def edit(book):
        book[sheet][cell].value, book[sheet][cell].number_format = value, as_

    return edit


def test_a_cell_shown_as_a_percentage_is_read_as_shown(edited, read):
    budgets, errors, warnings = read(edited(shown("growth", "B6", 0.021, "0.0%")))
    figure = budgets.figure("growth", "AT", 2025)
    assert (figure.value, figure.raw, figure.factor) == (0.021, "0.021", 1.0)
    told = "the number format shows a percentage; the stored value 0.021 is read as 2.1 %."
    assert (errors, warnings) == ([], [f"budgets.xlsx, growth!B6: {told}"])
    assert budgets.figure("growth", "AT", 2026).value == 1.0


def test_a_sign_that_scales_nothing_is_none(edited, read):
    budgets, _, warnings = read(edited(shown("growth", "B6", 2.1, '0.0"%"')))
    assert budgets.figure("growth", "AT", 2025).value == pytest.approx(0.021)
    assert warnings == []


def test_a_text_with_a_sign_is_no_share_whatever_its_format(edited, read):
    budgets, _, warnings = read(edited(shown("growth", "B6", "2.1%", "0.0%")))
    assert budgets.figure("growth", "AT", 2025).value == pytest.approx(0.021)
    assert warnings == []


def test_a_format_of_money_that_scales_is_told_once(edited, read):
    def edit(book):
        for cell in "BCD":
            shown("spending", f"{cell}6", 100, "#,##0,")(book)

    budgets, errors, warnings = read(edited(edit))
    assert budgets.figure("spending", "AT", 2014).value == 100.0
    told = "the number format shows thousands; the stored value 100 is what counts. So in 2 more cells."
    assert (errors, warnings) == ([], [f"budgets.xlsx, spending!B6: {told}"])


@pytest.mark.parametrize(("value", "as_", "found"), [("45 %", "General", "45 %"), (0.45, "0%", "45 %")])
def test_a_percentage_is_no_amount(edited, read, value, as_, found):
    """A ministry that knows the committed share enters it where the amount belongs; Excel stores 0.45."""
    _, errors, warnings = read(edited(shown("plans", "C6", value, as_)))
    told = f"{found} is a percentage. A number that is shown without % is needed here."
    assert (errors, warnings) == ([f"budgets.xlsx, plans!C6: {told}"], [])


def test_per_cent_and_share_of_the_two_forms_are_the_same(case, read, change):
    change("growth", "100", "2.1")
    template.write(case, case / "budgets.xlsx")
    book = load_workbook(case / "budgets.xlsx")
    shown("growth", "B6", 0.021, "0.0%")(book)
    book.save(case / "budgets.xlsx")
    assert read(case)[1] == []
    shown("growth", "B6", 0.022, "0.0%")(book)
    book.save(case / "budgets.xlsx")
    assert "'0.022' differs from '2.1'" in read(case)[1][0]
