"""Lines of a national budget, chosen by a filter and added up: units, totals and columns beside them."""

from forecaster.readers.mapping import Mapping

UNIT = ["PLN million"]


def test_budget_lines_are_not_added_up_over_two_columns_of_a_year(polish):
    rows = [UNIT, ["Part", "Ist 2025", "Soll 2025", "Soll 2026"], [29, 1, 2, 3], [29, 4, 5, 6]]
    mapping = {"file": "PL.xlsx", "filter": {"Part": 29}}
    assert polish(rows, Mapping.model_validate(mapping))[:2] == (
        {},
        ["PL.xlsx, Budget: 2025 stands in B2 and C2. Set amount and year under [sources.PL]."],
    )
    chosen = Mapping.model_validate({**mapping, "amount": "Soll 2025", "year": 2025})
    assert polish(rows, chosen)[:2] == ({2025: 7}, [])


def test_a_change_beside_budget_lines_says_nothing_of_their_unit(polish):
    """'% (E2)' had been told as a second unit of the table, which was refused."""
    rows = [["PLN thousand"], ["Part", 2024, 2025, 2026, "Change %"], [29, 1000, 2000, 3000, 50]]
    values, errors, (warning,) = polish(rows, Mapping(file="PL.xlsx", filter={"Part": 29}))
    assert values == {2024: 1, 2025: 2, 2026: 3}
    assert errors == []
    assert "left out: E2 'Change %'." in warning


def test_a_unit_right_of_the_years_of_budget_lines_counts(polish):
    """It had been passed over, and a unit that was set against it was not told."""
    rows = [["Defence"], ["Part", 2024, 2025, 2026, "PLN thousand"], [29, 1000, 2000, 3000]]
    mapping = Mapping(file="PL.xlsx", filter={"Part": 29})
    assert polish(rows, mapping) == ({2024: 1, 2025: 2, 2026: 3}, [], [])
    set_against = Mapping(file="PL.xlsx", filter={"Part": 29}, unit="PLN million")
    _, (error,), _ = polish(rows, set_against)
    assert "Budget!E2: the sheet says PLN thousand, [sources.PL] says PLN million." in error


def test_a_total_that_alone_passes_the_filter_is_named(polish):
    """'No line passes the filter' had been said of a file with one line for each chapter."""
    rows = [UNIT, ["Part", "Name", 2026], [29, "Total defence", 1], [30, "Total police", 2]]
    _, (error,), _ = polish(rows, Mapping(file="PL.xlsx", filter={"Part": 29}))
    told = "no line but totals and their parts passes the filter: 'Total defence'."
    assert error.startswith(f"PL.xlsx, Budget!A3: {told}")
    values, errors, _ = polish(rows, Mapping(file="PL.xlsx", filter={"Name": "Total defence"}))
    assert (values, errors) == ({2026: 1}, [])


def test_a_year_that_is_not_read_left_of_the_first_of_budget_lines_is_told(polish):
    rows = [UNIT, ["Part", "2024 (paid out)", 2025, 2026], [29, 1, 2, 3]]
    values, errors, (warning,) = polish(rows, Mapping(file="PL.xlsx", filter={"Part": 29}))
    assert values == {2025: 2, 2026: 3}
    assert errors == []
    assert "left out: B2 '2024 (paid out)'." in warning
