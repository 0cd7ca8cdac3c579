"""Beside the figures: columns under no year, notes, codes and second tables, read over or told."""

import pytest

from forecaster.errors import Problems
from forecaster.readers.formats import understood
from forecaster.readers.mapping import Mapping
from forecaster.readers.understanding import Context

UNIT = ["PLN million"]
ADVICE = "Where they belong to a year, head them with it alone: 2026."


def test_figures_under_no_year_are_told(polish):
    values, errors, warnings = polish(
        [UNIT, ["", 2024, 2025, "2025/2024 (x)", 2026, None, "Note"], ["Defence", 1, 2, "1.5", 3, 4, "a"]]
    )
    assert values == {2024: 1, 2025: 2, 2026: 3}
    assert errors == []
    assert warnings == [
        "PL.xlsx, Budget: figures under no year of their own were left out: D2 '2025/2024 (x)'; F2 (empty). "
        + ADVICE
    ]


def test_so_are_those_left_of_the_years_if_their_heading_mentions_one(polish):
    rows = [UNIT, ["No", "Item", "2023 (net)", 2024, 2025, 2026], [1, "Defence", 1, 2, 3, 4]]
    values, _, warnings = polish(rows)
    assert values == {2024: 2, 2025: 3, 2026: 4}
    assert warnings == [
        f"PL.xlsx, Budget: figures under no year of their own were left out: C2 '2023 (net)'. {ADVICE}"
    ]


def test_numbers_of_columns_and_codes_left_of_the_labels_are_no_news(polish):
    down = [UNIT, ["Year", "Defence"], [1, 2], [2025, 50], [2026, 57], [2027, 60]]
    assert polish(down)[1:] == ([], [])
    codes = [UNIT, ["Code", "Item", 2025, 2026, 2027], [752, "Defence", 50, 57, 60], [752, "Arms", 5, 7, 6]]
    assert polish(codes)[1:] == ([], [])


@pytest.mark.parametrize("label", ["Item", None])
def test_two_tables_side_by_side_are_a_question(polish, label):
    """Years that went on in the second had made one row of both: 2028 of 'Arms' counted as of 'Defence'."""
    rows = [
        ["Item", 2025, 2026, 2027, label, 2028, 2029],
        ["Defence", 50, 57, 60, "Arms", 9, 8],
        ["Staff", 9, 9, 9],
    ]
    values, errors, _ = polish([UNIT, *rows])
    told = "the texts of this column name the figures right of it: a second table beside the first."
    assert values == {}
    advice = "Move it below the first or to another sheet, or hide it. Head a column of notes 'Notes'."
    assert errors == [f"PL.xlsx, Budget!E2: {told} {advice}"]


@pytest.mark.parametrize("heading", ["Notes", "Uwagi", "Erläuterungen", "Poznámka", "Σημειώσεις", "Note (1)"])
def test_notes_among_the_years_are_left_out(polish, heading):
    """Words that differ from row to row had been taken for the labels of a second table."""
    rows = [
        ["Item", 2024, 2025, heading, 2026, 2027],
        ["Staff", 9, 9, "two new brigades", 8, 7],
        ["Defence", 50, 57, "law of May", 60, 61],
    ]
    assert polish([UNIT, *rows]) == ({2024: 50, 2025: 57, 2026: 60, 2027: 61}, [], [])


@pytest.mark.parametrize(
    ("label", "heading"), [(None, "Notes"), ("Staff", "Status"), ("Staff", "Notes payable")]
)
def test_words_that_may_label_figures_are_a_question(polish, label, heading):
    """Where a row has no label of its own or the heading does not say notes, its words may be the label."""
    rows = [["Item", 2024, 2025, heading, 2026, 2027], ["Defence", 50, 57, "Arms", 60, 61]]
    values, (error,), _ = polish([UNIT, *rows, [label, None, None, "Ships", 8, 7]])
    assert values == {}
    assert "PL.xlsx, Budget!D2: the texts of this column name the figures right of it" in error


def test_notes_and_flags_among_the_years_are_no_second_table(polish):
    rows = [
        ["Item", 2025, "Note", 2026, "Note", 2027, "Flag", 2028],
        ["Defence", 50, "x", 57, "rise", 60, "p", 61],
    ]
    more = ["Staff", 50, None, 57, "rise", 60, "p", 61]
    assert polish([UNIT, *rows, more])[1] == []


@pytest.mark.parametrize("gap", [[], [[]]])
@pytest.mark.parametrize("years", [[2028, 2030, 2035], [2028]])
def test_the_heading_of_the_labels_heads_a_second_table(polish, gap, years):
    """Its years had been figures of a row 'Item', its rows had counted under the years above."""
    rows = [["Item", 2025, 2026, 2027], ["Defence", 50, 57, 60], *gap, ["Item", *years], ["Arms", 9, 8, 7]]
    values, errors, _ = polish([UNIT, *rows])
    assert values == {2025: 50, 2026: 57, 2027: 60, **dict(zip(years, (9, 8, 7), strict=False))}
    assert errors == []


@pytest.mark.parametrize("words", [None, "Title", "ITEM"])
def test_years_that_follow_each_other_head_a_second_table_beside_any_words(polish, words):
    """Right below the first they had been figures of a row, and 'Arms' had counted under the years above."""
    rows = [["Item", 2025, 2026, 2027], ["Defence", 50, 57, 60], [words, 2028, 2029, 2030], ["Arms", 9, 8, 7]]
    values, errors, _ = polish([UNIT, *rows])
    assert (values, errors) == ({2025: 50, 2026: 57, 2027: 60, 2028: 9, 2029: 8, 2030: 7}, [])


def test_labels_are_words_where_codes_tell_as_many_rows_apart(names, workbook):
    rows = [UNIT, ["Tit.", "Item", "Fkz", 2025, 2026, 2027], ["553 01", "Arms", "032", 1, 2, 3]]
    problems = Problems()
    found = understood(
        workbook([*rows, ["554 01", "Ships", "032", 4, 5, 7]], "PL.xlsx"), Context(names, problems)
    )
    assert [block.measure for block in found.blocks] == ["Arms", "Ships"]
    assert list(problems) == []


@pytest.mark.parametrize(
    "notes", [["act", "act", "act", "plan"], [None, "Dz.U. 2025", None, "2 ships"], ["PLF 2026"] * 4]
)
def test_a_column_of_notes_beside_years_down_is_left_out(polish, notes):
    """It had asked for a unit, and then for numbers in place of the words."""
    figures = zip(range(2024, 2028), range(1, 5), notes, strict=True)
    values, errors, warnings = polish([["Rok", "Wydatki (mln PLN)", "Uwagi"], *map(list, figures)])
    assert values == {2024: 1, 2025: 2, 2026: 3, 2027: 4}
    assert errors == warnings == []


def test_a_row_of_texts_that_begin_like_numbers_is_not_taken_for_notes(polish):
    _, errors, _ = polish([UNIT, ["", 2024, 2025, 2026], ["Defence", "PLN 1", "PLN 2", "PLN 3"]])
    assert len(errors) == 3


@pytest.mark.parametrize(
    ("found", "told"),
    [
        (["43.1bn", "tbd", "tbd"], "'43.1bn' is not a number."),
        (["tbd", "PLN 2000", "2027: tbd"], "'tbd' is not a number."),
        (["#REF!", "#REF!", "#REF!"], "cell shows #REF!."),
    ],
)
def test_words_beside_amounts_and_errors_are_no_notes(polish, found, told):
    """The row had been left out in silence, and the other one read as all there is."""
    _, errors, _ = polish([UNIT, ["", 2024, 2025, 2026], ["Army", 1, 2, 3], ["Navy", *found]])
    assert len(errors) == 3
    assert errors[0].startswith(f"PL.xlsx, Budget!B4: {told}")


def test_a_row_of_words_that_was_asked_for_is_told(polish):
    """It had been said that no such row was found."""
    rows = [UNIT, ["", 2024, 2025, 2026], ["Budget", 1, 2, 3], ["Investment (net)", *["tbd"] * 3]]
    asked = Mapping(file="PL.xlsx", rows={"plan": "Budget", "investment": "Investment"})
    values, errors, _ = polish(rows, asked)
    assert values == {2024: 1, 2025: 2, 2026: 3}
    assert len(errors) == 3
    assert polish(rows)[1] == []


@pytest.mark.parametrize(
    ("heading", "found"), [("Rank", [2, 1, 3]), ("Dział", ["14 01", "14 02", "14 03"]), ("Kod", ["032"] * 3)]
)
def test_ranks_and_codes_between_labels_and_years_need_no_word(polish, heading, found):
    rows = [[label, one, 1, 2, 3] for label, one in zip(("Army", "Navy", "Cyber"), found, strict=True)]
    _, errors, warnings = polish([UNIT, ["", heading, 2024, 2025, 2026], *rows])
    assert errors == warnings == []
    _, _, (warning,) = polish([UNIT, ["", "Last year", 2024, 2025, 2026], ["Army", 1, 2, 3, 4]])
    assert "left out: B2 'Last year'." in warning
