"""What is hidden in a workbook is not read, and told."""

import pytest

UNHIDE = "Unhide it to have it read."


def test_a_hidden_row_that_is_needed_is_named_in_the_error(edited, read):
    def edit(book):
        book["spending"].row_dimensions[7].hidden = True

    text = "GR (Greece) has no row: row 7 is hidden and was left out."
    assert read(edited(edit))[1] == [f"budgets.xlsx, spending: {text} {UNHIDE}"]


def test_every_hidden_row_of_a_list_is_told(edited, read):
    """Of two hidden plans of a state the first had been left out without a word; a filter hides hundreds."""

    def edit(book):
        sheet = book["plans"]
        for row in range(7, 17):
            for column in range(1, 14):
                sheet.cell(row, column, sheet.cell(6, column).value)
            sheet.cell(row, 2, 2020 + row)
            sheet.row_dimensions[row].hidden = True

    budgets, errors, warnings = read(edited(edit))
    lines = [f"Row {row} is hidden and was left out ({2020 + row}). {UNHIDE}" for row in range(7, 12)]
    more = "5 more rows, the last Row 16, are hidden and were left out. Unhide them, or clear the filter."
    assert (len(budgets.plans), errors) == (1, [])
    assert warnings == [f"budgets.xlsx, plans: {line}" for line in (*lines, more)]


def test_a_hidden_state_is_told_in_every_table(edited, read):
    def edit(book):
        book["states"].row_dimensions[7].hidden = True

    errors = read(edited(edit))[1]
    told = f"Row 7: 'GR' is not a member state. Row 7 of the table states is hidden. {UNHIDE}"
    assert f"budgets.xlsx, gdp, {told}" in errors
    assert all("of the table states is hidden" in line for line in errors)


@pytest.mark.parametrize(
    ("sheet", "column", "text"),
    [
        ("spending", "M", "column M (2025) is hidden."),
        ("spending", "A", "column A (code) is hidden."),
        ("plans", "I", "column I (use) is hidden."),
    ],
)
def test_a_hidden_column_that_is_needed_is_one_error(edited, read, sheet, column, text):
    def edit(book):
        book[sheet].column_dimensions[column].hidden = True

    assert read(edited(edit))[1] == [f"budgets.xlsx, {sheet}: {text} {UNHIDE}"]


def test_a_hidden_column_that_can_be_missing_is_left_out_and_told(edited, read):
    def edit(book):
        book["panel"].column_dimensions["B"].hidden = True

    budgets, errors, warnings = read(edited(edit))
    text = "Column B is hidden and was left out (100)."
    assert (errors, warnings) == ([], [f"budgets.xlsx, panel: {text} {UNHIDE}"])
    assert budgets.years("panel") == (2025,)


def test_a_hidden_sheet_is_not_read(edited, read):
    def edit(book):
        book["spending"].sheet_state = "hidden"

    budgets, errors, _ = read(edited(edit))
    assert errors == [f"budgets.xlsx, spending: this sheet is hidden and was left out. {UNHIDE}"]
    assert budgets.years("spending") == ()


def test_a_hidden_sheet_is_told_when_the_workbook_is_looked_at(edited, root):
    from forecaster.readers import preview

    def edit(book):
        book["spending"].sheet_state = "hidden"

    found = preview.answer(edited(edit) / "budgets.xlsx", root / "inputs")
    assert found.understanding is not None
    assert "spending" not in {block.sheet for block in found.understanding.blocks}
    text = f"budgets.xlsx, spending: this sheet is hidden and was left out. {UNHIDE}"
    assert text in found.problems.warnings
