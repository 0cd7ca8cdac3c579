"""A case that is a workbook alone, changed by hand."""

import pytest
from openpyxl import load_workbook

from forecaster.case import template


@pytest.fixture
def edited(case):
    """Write the template of a case, change the workbook, and keep it alone: edited(lambda book: ...)."""

    def apply(edit):
        template.write(case, case / "budgets.xlsx")
        for path in case.glob("*.csv"):
            path.unlink()
        book = load_workbook(case / "budgets.xlsx")
        edit(book)
        book.save(case / "budgets.xlsx")
        return case

    return apply
