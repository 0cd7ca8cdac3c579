"""Units that change inside a table of one state: by block, column or row; and tables one below the other."""

import pytest

from forecaster.errors import Problems
from forecaster.readers.formats import understood
from forecaster.readers.mapping import Mapping
from forecaster.readers.understanding import Context


@pytest.fixture
def read(names, workbook):
    """Read rows as a Czech ministry's file: measure -> its values [million], error lines."""

    def apply(rows, *, warned=0, **keys):
        problems = Problems()
        path = workbook(rows, "CZ.xlsx")
        found = understood(path, Context(names, problems, Mapping(file=path.name, **keys), "CZ", "CZ"))
        assert len(problems.warnings) == warned
        values = {block.measure: [one.value for one in block.figures] for block in found.blocks}
        return values, [problem.line for problem in problems.errors]

    return apply


TITLE = ["Kapitola 307 (mil. K\u010d)"]
YEARS = ["Ukazatel", 2025, 2026, 2027]
TOTAL = ["V\u00fddaje", 154400, 175000, 190000]
PART = [52000000, 66000000, 70000000]
READ = {"V\u00fddaje": TOTAL[1:], "Technika": [52000, 66000, 70000]}


@pytest.mark.parametrize(
    "line",
    [
        ["Investice (v tis. K\u010d)"],
        ["Investice", *["tis. K\u010d"] * 3],
        [None, None, None, "v tis. K\u010d"],
    ],
)
def test_a_line_between_rows_names_the_unit_of_those_below(read, line):
    assert read([TITLE, YEARS, TOTAL, line, ["Technika", *PART]]) == (READ, [])


def test_a_unit_stays_where_another_line_stands_below_it(read):
    rows = [TITLE, YEARS, TOTAL, ["v tis. K\u010d"], ["Investice"], ["Technika", *PART]]
    assert read(rows) == (READ, [])


def test_a_later_line_without_a_unit_is_told(read):
    rows = [
        TITLE,
        YEARS,
        TOTAL,
        ["Investice (tis. K\u010d)"],
        ["Technika", *PART],
        ["Provoz"],
        ["Palivo", *PART],
    ]
    assert read(rows, warned=1) == (READ | {"Palivo": READ["Technika"]}, [])
    assert (
        read(
            [["Kapitola 307"], YEARS, [None, *["mil. K\u010d"] * 3], TOTAL, ["Provoz"], ["Palivo", 1, 2, 3]]
        )[1]
        == []
    )


def test_a_note_between_rows_that_mentions_a_currency_names_no_unit(read):
    rows = [TITLE, YEARS, TOTAL, ["Zdroj: kurz EUR"], ["Technika", 52000, 66000, 70000]]
    assert read(rows) == (READ, [])


@pytest.mark.parametrize("title", [TITLE, ["Kapitola 307"]])
def test_a_column_of_units_counts_row_by_row(read, title):
    rows = [
        title,
        ["Ukazatel", "Jednotka", 2025, 2026, 2027],
        [TOTAL[0], "mil. K\u010d", *TOTAL[1:]],
        ["Technika", "tis. K\u010d", *PART],
        ["Pod\u00edl", "%", 1.5, 2, 2.5],
    ]
    assert read(rows) == (READ | {"Pod\u00edl": [0.015, 0.02, 0.025]}, [])


@pytest.mark.parametrize("ending", [" (tis.)", " v tis. K\u010d", ", tis. K\u010d", " [tis. K\u010d]"])
def test_a_label_names_the_unit_of_its_row(read, ending):
    values, errors = read([TITLE, YEARS, TOTAL, ["Technika" + ending, *PART]])
    assert errors == []
    assert list(values.values()) == list(READ.values())


def test_units_under_the_years_are_those_of_the_table(read):
    rows = [["Kapitola 307"], YEARS, [None, *["mil. K\u010d"] * 3], TOTAL]
    assert read(rows) == ({TOTAL[0]: TOTAL[1:]}, [])


def test_units_under_the_years_may_differ(read):
    rows = [
        ["Kapitola 307"],
        YEARS,
        [None, "tis. K\u010d", "mil. K\u010d", "mld. K\u010d"],
        ["V\u00fddaje", 154400000, 175000, 190],
    ]
    assert read(rows) == ({TOTAL[0]: TOTAL[1:]}, [])


def test_a_year_without_a_unit_beside_years_of_several_is_a_question(read):
    rows = [["Kapitola 307"], YEARS, [None, "tis. K\u010d", "mil. K\u010d"], TOTAL]
    values, (error,) = read(rows)
    assert values == {}
    assert error.startswith("CZ.xlsx, Budget: several units found: CZK thousand (B3), CZK million (C3).")
    settled = {TOTAL[0]: [154.4, *TOTAL[2:]]}
    assert read(rows, unit="CZK million") == (settled, [])
    _, (error,) = read(rows, unit="CZK billion")
    assert error.startswith("CZ.xlsx, Budget!B3: the sheet says CZK thousand, [sources.CZ] says CZK billion.")


def test_a_set_unit_that_no_row_has_is_told_with_the_cell(read):
    rows = [["Kapitola 307"], ["Ukazatel", "Jednotka", 2025, 2026, 2027], ["Technika", "tis. K\u010d", *PART]]
    _, (error,) = read(rows, unit="CZK million")
    assert error.startswith("CZ.xlsx, Budget!B3: the sheet says CZK thousand, [sources.CZ] says CZK million.")


@pytest.mark.parametrize("years", [[2026, 2027], ["2026 n\u00e1vrh", "2027 v\u00fdhled"], [2025, 2026, 2027]])
@pytest.mark.parametrize("keys", [{}, {"header_row": 2}])
def test_a_second_table_has_its_own_heading_and_unit(read, years, keys):
    rows = [
        TITLE,
        YEARS,
        TOTAL,
        [],
        ["Fond modernizace (tis. K\u010d)"],
        ["Ukazatel", *years],
        ["Technika", *PART[-len(years) :]],
    ]
    second = {} if keys else {"Technika": READ["Technika"][-len(years) :]}
    assert read(rows, **keys) == ({TOTAL[0]: TOTAL[1:]} | second, [])


def test_a_unit_below_the_table_counts_where_none_stands_above(read):
    rows = [["Kapitola 307"], YEARS, ["Technika", *PART], [], ["\u00dadaje v tis. K\u010d"]]
    assert read(rows) == ({"Technika": READ["Technika"]}, [])
    _, (error,) = read(rows, unit="CZK million")
    assert error.startswith("CZ.xlsx, Budget!A5: the sheet says CZK thousand, [sources.CZ] says CZK million.")


def test_a_row_of_percentages_is_no_money(read):
    values, errors = read([TITLE, YEARS, TOTAL, ["Pod\u00edl", "1,5 %", "2 %", "n/a"]])
    assert errors == []
    assert values == {TOTAL[0]: TOTAL[1:], "Pod\u00edl": [0.015, 0.02]}


@pytest.mark.parametrize("numbers", [["a", 1, 2, 3], ["1", "2", "3", "4"], [None, 2, 3, 4]])
def test_a_row_that_numbers_the_columns_is_no_row_of_figures(read, numbers):
    assert read([TITLE, YEARS, numbers, TOTAL]) == ({TOTAL[0]: TOTAL[1:]}, [])


def test_words_below_the_years_are_no_figures(read):
    rows = [TITLE, YEARS, [None, "Skute\u010dnost", "N\u00e1vrh", "V\u00fdhled"], TOTAL]
    assert read(rows) == ({TOTAL[0]: TOTAL[1:]}, [])
    _, errors = read([TITLE, YEARS, ["Technika", "Skute\u010dnost", 2, 3], TOTAL])
    assert [error.split(":")[0] for error in errors] == ["CZ.xlsx, Budget!B3"]
