"""What tests rest on when they compare a workbook with one that was worked out anew."""

import openpyxl
import pytest
from recalculate import errors, formulas, values


@pytest.fixture
def book(tmp_path):
    """A number, a text, an error, a formula, and a gap."""
    file = openpyxl.Workbook()
    for address, value in {"B2": 1.5, "C2": "word", "B4": "#REF!", "C4": "=1/0"}.items():
        file.active[address] = value
    file.active["B4"].data_type = "e"
    file.save(tmp_path / "book.xlsx")
    return tmp_path / "book.xlsx"


def test_values_formulas_and_errors_of_a_workbook(book):
    assert values(book) == {"Sheet!B2": 1.5, "Sheet!C2": "word"}
    assert formulas(book) == {"Sheet!C4": "=1/0"}
    assert errors(book) == ["xl/worksheets/sheet1.xml!B4"]
