"""Headings of years as ministries write them: what is read, and what is not left out in silence."""

import pytest
from openpyxl import load_workbook

from forecaster.errors import Problems
from forecaster.readers.formats import understood
from forecaster.readers.mapping import Mapping
from forecaster.readers.understanding import Context

UNIT = ["PLN million"]
ADVICE = "Where they belong to a year, head them with it alone: 2026."


@pytest.fixture
def read(names, workbook):
    """Year -> value of a Polish workbook of these rows; error lines; warnings."""

    def apply(rows, mapping=None, merged=()):
        path = workbook(rows, "PL.xlsx")
        book = load_workbook(path)
        for area in merged:
            book.active.merge_cells(area)
        book.save(path)
        problems = Problems()
        found = understood(path, Context(names, problems, mapping, "PL"))
        values = {int(one.item): one.value for block in found.blocks for one in block.figures}
        return values, [problem.line for problem in problems.errors], list(problems.warnings)

    return apply


@pytest.mark.parametrize(
    "plans",
    [
        ("2026 (plan)", "2027 (plan)"),
        ("Plan 2026", "projekt 2027"),
        ("2026 (vot.)", "2027 (est.)"),
        ("FY26", "FY'27"),
        ("RegE 2026", "Eckwerte 2027"),
        ("Propuneri 2026", "Estimări 2027"),
        ("BVA 2026", "2027 Projection"),
        ("Закон 2026", "Прогноза 2027"),
        ("2026*)", "2027 1)"),
        ("2026. gada budžets", "Projekcija za 2027."),
        ("2026 r. ustawa po zmianach", "Förslag 2027"),
        ("Εκτιμήσεις 2026", "Προβλέψεις 2027"),
        ("Proiect 2026", "Estimare 2027"),
        ("REV 2026", "Allocation 2027"),
        ("Stanziamento 2026", "Estimado 2027"),
    ],
)
def test_planned_years_are_read_beside_plain_ones(read, plans):
    """Three plain years would make a table by themselves, without the plan."""
    values, errors, warnings = read([UNIT, ["", 2023, 2024, 2025, *plans], ["Defence", 1, 2, 3, 4, 5]])
    assert values == {2023: 1, 2024: 2, 2025: 3, 2026: 4, 2027: 5}
    assert errors == warnings == []


def test_figures_under_no_year_are_told(read):
    values, errors, warnings = read(
        [UNIT, ["", 2024, 2025, "2025/2024 (x)", 2026, None, "Note"], ["Defence", 1, 2, "1.5", 3, 4, "a"]]
    )
    assert values == {2024: 1, 2025: 2, 2026: 3}
    assert errors == []
    assert warnings == [
        "PL.xlsx, Budget: figures under no year of their own were left out: D2 '2025/2024 (x)'; F2 (empty). "
        + ADVICE
    ]


@pytest.mark.parametrize("unit", [UNIT, ["PLN"]])
@pytest.mark.parametrize("heading", ["Change %", "% of GDP", "Share of total"])
def test_a_column_that_no_year_heads_says_nothing_of_the_unit(read, unit, heading):
    """Beside a bare currency its percentage had been taken for the unit of the amounts."""
    values, errors, _ = read([unit, ["", 2024, 2025, 2026, heading], ["Defence", 100, 200, 300, 0.5]])
    factor = 1.0 if unit == UNIT else 1e-6
    assert values == {2024: 100 * factor, 2025: 200 * factor, 2026: 300 * factor}
    assert errors == []


@pytest.mark.parametrize(
    ("above", "beside", "factor"), [("Gastos", "x", 1e-3), ("Vydaje", "x", 1), ("", "Gastos", 0)]
)
def test_the_language_of_a_scale_is_that_of_texts_above_its_table(read, above, beside, factor):
    """'mil' is a thousand in Spanish, a million in Czech; a column that no year heads says nothing of it."""
    table = [["", 2024, 2025, 2026, beside], ["Defence", 100, 200, 300, 0.5]]
    for between in ([], [["", 2021, 2022, 2023], ["Defence", 1, 2, 3], [], ["Again"]]):
        values, errors, _ = read([["mil EUR"], [above], *between, *table])
        found = [values.get(year, 0) for year in (2024, 2025, 2026)]
        assert found == [factor * value for value in (100, 200, 300)]
        assert bool(errors) == (not factor)


def test_a_percentage_beside_a_bare_currency_is_a_question(read):
    _, (error,), _ = read([["PLN", "Change %"], ["", 2024, 2025, 2026], ["Defence", 1, 2, 3]])
    assert "several units found: % (B1), PLN (A1)." in error


@pytest.mark.parametrize("shown", ["5%", "5 %"])
def test_a_percentage_among_amounts_is_left_out_and_told(read, shown):
    values, errors, warnings = read([UNIT, ["", 2024, 2025, 2026], ["Defence", 1, 2, shown]])
    assert values == {2024: 1, 2025: 2}
    assert errors == []
    told = f"{shown} is shown as a percentage among amounts in PLN million and was left out."
    assert warnings == [f"PL.xlsx, Budget!D3: {told} Where it is an amount, show it as a number."]


def test_so_are_those_left_of_the_years_if_their_heading_mentions_one(read):
    rows = [UNIT, ["No", "Item", "2023 (net)", 2024, 2025, 2026], [1, "Defence", 1, 2, 3, 4]]
    values, _, warnings = read(rows)
    assert values == {2024: 2, 2025: 3, 2026: 4}
    assert warnings == [
        f"PL.xlsx, Budget: figures under no year of their own were left out: C2 '2023 (net)'. {ADVICE}"
    ]


def test_a_year_merged_over_two_columns_of_figures_is_a_question(read):
    rows = [UNIT, ["", 2024, None, 2025, None, 2026, None], ["Defence", 1, 2, 3, 4, 5, None]]
    _, errors, _ = read(rows, merged=["B2:C2", "D2:E2", "F2:G2"])
    told = (
        "and more than one column under it holds figures. Unmerge it and leave the year over the column that "
        "counts."
    )
    assert errors == [
        f"PL.xlsx, Budget!B2: 2024 is merged over B2:C2, {told}",
        f"PL.xlsx, Budget!D2: 2025 is merged over D2:E2, {told}",
    ]


def test_a_year_over_two_columns_is_a_question(read):
    rows = [UNIT, ["", "voted", None, None, "actual"], ["", *[2024, 2025, 2026] * 2], ["Defence", *range(6)]]
    heads = ", ".join(f"'{year}'" for year in [2024, 2025, 2026] * 2)
    assert read(rows)[1] == [
        (
            f"PL.xlsx, row 3: no row with three years found. Headings read: {heads}. 2024 heads more than "
            "one column; each year may head one. Hide or delete the others."
        )
    ]
    again = "heads a column left of this one too. Hide or delete one of them."
    assert read(rows, Mapping(file="PL.xlsx", header_row=3))[1] == [
        f"PL.xlsx, Budget!E3: 2024 {again}",
        f"PL.xlsx, Budget!F3: 2025 {again}",
        f"PL.xlsx, Budget!G3: 2026 {again}",
    ]


def test_budget_lines_are_not_added_up_over_two_columns_of_a_year(read):
    rows = [UNIT, ["Part", "Ist 2025", "Soll 2025", "Soll 2026"], [29, 1, 2, 3], [29, 4, 5, 6]]
    mapping = {"file": "PL.xlsx", "filter": {"Part": 29}}
    assert read(rows, Mapping.model_validate(mapping))[:2] == (
        {},
        ["PL.xlsx, Budget: 2025 stands in B2 and C2. Set amount and year under [sources.PL]."],
    )
    chosen = Mapping.model_validate({**mapping, "amount": "Soll 2025", "year": 2025})
    assert read(rows, chosen)[:2] == ({2025: 7}, [])


@pytest.mark.parametrize("heading", ["{} (mln zł)", "{}-12-31", "Q1 {}"])
def test_headings_that_hold_more_than_a_year_are_told(read, heading):
    years = [heading.format(year) for year in (2024, 2025, 2026)]
    assert read([UNIT, ["", *years], ["Defence", 1, 2, 3]])[1] == [
        (
            f"PL.xlsx, row 2: no row with three years found. Headings read: {', '.join(map(repr, years))}. "
            f"A year must stand alone in its cell: 2026, not {years[0]!r}."
        )
    ]


def test_years_out_of_order_are_told(read):
    assert read([UNIT, ["", 2025, 2027, 2026], ["Defence", 1, 2, 3]])[1] == [
        (
            "PL.xlsx, row 2: no row with three years found. Headings read: '2025', '2027', '2026'. "
            "From one column to the next, years must all rise or all fall, by less than ten."
        )
    ]


@pytest.mark.parametrize("rows", [[], [["Budget"], ["Equipment"]], [["Budget", "n/a", ":", ".."]]])
def test_years_without_figures_are_told(read, rows):
    """They had been called no row with three years, whose years must all rise or all fall."""
    told = "no figures to read below the years 2025 to 2027. Fill them in, or show what is hidden."
    assert read([UNIT, ["", 2025, 2026, 2027], *rows])[1] == [f"PL.xlsx, Budget, row 2: {told}"]


@pytest.mark.parametrize(
    "text",
    [
        "PLN million, 2020 prices",
        "PLN million at constant prices",
        "mln zł, w cenach stałych",
        "M€ constants 2024",
        "mln euro, prijspeil 2025",
        "MEUR, 2025 års priser",
        "MEUR (2026-pl)",
        "mln zł (w cenach z 2024 r.)",
        "εκατ. ευρώ, σταθερές τιμές 2020",
        "mil. Kč, ve stálých cenách",
        "millió Ft, 2024-es áron",
        "milioane lei, prețuri constante",
        "млн. лв., постоянни цени",
        "mio EUR, stalne cene",
        "Mio. EUR, preisbereinigt",
        "M€, prix de 2024",
    ],
)
def test_prices_of_one_year_are_told(read, text):
    values, errors, warnings = read([[text], ["", 2025, 2026, 2027], ["Defence", 1, 2, 3]])
    assert (values[2027], errors) == (3, [])
    told = "names prices of one year; figures are read as those of each year's own prices."
    assert warnings == [f"PL.xlsx, Budget!A1: {text!r} {told}"]


@pytest.mark.parametrize(
    "text",
    [
        "PLN million, current prices",
        "mln zł w cenach bieżących 2024",
        "mln zł w bieżących cenach 2024",
        "mil. Kč v běžných cenách roku 2024",
        "mil. eur v bežných cenách 2019-2024",
        "Mio. EUR zu jeweiligen Preisen von 2020 bis 2024",
        "млн. лв. по текущи цени на 2024",
    ],
)
def test_current_prices_are_no_news(read, text):
    assert read([[text], ["", 2025, 2026, 2027], ["Defence", 1, 2, 3]])[2] == []


def test_years_down_hold_a_states_measures_across(read):
    """Each column is a measure in a unit of its own."""
    rows = [
        ["Część 29"],
        ["Rok", "Wydatki", "Inwestycje (tys. zł)"],
        [None, "mld zł", None],
        ["2025 plan", 124.3, 42500000],
        [2026, 134.9, 51000000],
        [2027, 140, 53000000],
    ]
    values, errors, warnings = read(rows, Mapping(file="PL.xlsx"))
    assert errors == warnings == []
    assert values == {2025: 42500, 2026: 51000, 2027: 53000}


def test_digits_of_full_width_are_digits(read):
    """The column had been left out without a word."""
    rows = [UNIT, ["", "２０２４", 2025, 2026, 2027], ["Budget", "４.０００,５", 5, 6, 7]]
    assert read(rows) == ({2024: 4000.5, 2025: 5.0, 2026: 6.0, 2027: 7.0}, [], [])


def test_figures_stored_as_text_are_no_headings(read):
    """Denmark's own marks of years are not known; the row of figures had been shown as the headings."""
    rows = [["mio. kr."], ["", "R 2024", "B 2025", "F 2026"], ["Udgifter", "35.700,5", "39.200", "47.000"]]
    _, errors, _ = read(rows)
    found = "no row with three years found. Headings read: 'R 2024', 'B 2025', 'F 2026'."
    assert errors == [f"PL.xlsx, row 2: {found} A year must stand alone in its cell: 2026, not 'R 2024'."]


def test_years_that_formulas_have_not_stored_are_told(read):
    rows = [UNIT, ["", 2024, "=B2+1", "=C2+1"], ["Defence", 1, 2, 3]]
    _, errors, _ = read(rows)
    assert errors == [
        "PL.xlsx, Budget!C2: formula =B2+1 has no stored result. Open the file in Excel, save it, run again."
    ]


def test_a_scale_in_a_note_below_a_bare_currency_is_a_question(read):
    """Whole zlotys had been read."""
    rows = [["Wydatki, PLN"], ["", 2024, 2025, 2026], ["Defence", 1, 2, 3], ["Kwoty w mln PLN"]]
    assert read(rows)[1] == [
        (
            "PL.xlsx, Budget: several units found: PLN (A1), PLN million (A4). "
            'Set unit = "EUR million" under [sources.PL].'
        )
    ]
    assert read([*rows[:3], ["Source: NBP, PLN"]]) == ({2024: 1e-6, 2025: 2e-6, 2026: 3e-6}, [], [])


LONG = ["state", "year", "PLN million"]


def test_two_figures_of_a_state_and_year_are_a_question(read):
    """Of two rows, such as budget and outturn, the second had been taken in silence."""
    rows = [["PL", 2024, 118], ["PL", 2025, 124], ["PL", 2025, 130]]
    told, advice = (
        "PL.xlsx, Budget: PL 2025 is 124 in C3 and 130 in C4",
        "Keep one row for each state and year",
    )
    assert read([LONG, *rows])[1] == [f"{told}. {advice}: the one that counts."]
    more = " (such figures in all: 2)"
    assert read([LONG, *rows, ["PL", 2024, 119]])[1] == [f"{told}{more}. {advice}: the one that counts."]
    assert read([LONG, *rows[:2], rows[1]]) == ({2024: 118, 2025: 124}, [], [])


def test_a_fiscal_year_of_one_row_a_figure_is_a_question(read):
    """It had counted as the first of its two calendar years."""
    rows = [LONG, ["PL", "2024/25", 118], ["PL", "2025/26", 124], ["PL", "2026/27", 130]]
    assert read(rows)[1][0] == (
        "PL.xlsx, Budget!B2: '2024/25' lies in two calendar years. "
        "Set fiscal_year_start = the month it begins in under [sources.PL]."
    )
    mapping = Mapping(file="PL.xlsx", fiscal_year_start=9)
    assert read(rows, mapping) == ({2025: 118, 2026: 124, 2027: 130}, [], [])


def test_a_reading_of_the_year_before_is_told(read):
    """Between labels and years it had been left out in silence, as were rows of it and of all later years."""
    across = [UNIT, ["Item", "Wykonanie roku poprzedniego", 2025, 2026, 2027], ["Defence", 47, 50, 57, 60]]
    left = "PL.xlsx, Budget: figures under no year of their own were left out: "
    assert read(across) == (
        {2025: 50, 2026: 57, 2027: 60},
        [],
        [f"{left}B2 'Wykonanie roku poprzedniego'. {ADVICE}"],
    )
    down = [UNIT, ["Year", "Defence"], ["N-1", 47], [2025, 50], [2026, 57], [2027, 60], ["2028 ff.", 900]]
    assert read(down) == ({2025: 50, 2026: 57, 2027: 60}, [], [f"{left}A3 'N-1'; A7 '2028 ff.'. {ADVICE}"])
    long = [LONG, ["PL", "N-1", 47], ["PL", 2025, 50], ["PL", 2026, 57], ["PL", "2027 ff.", 900]]
    told = "'N-1' is not a year: its row was left out (such rows in all: 2). Enter the year alone: 2026."
    assert read(long) == ({2025: 50, 2026: 57}, [], [f"PL.xlsx, Budget!B2: {told}"])


def test_numbers_of_columns_and_codes_left_of_the_labels_are_no_news(read):
    down = [UNIT, ["Year", "Defence"], [1, 2], [2025, 50], [2026, 57], [2027, 60]]
    assert read(down)[1:] == ([], [])
    codes = [UNIT, ["Code", "Item", 2025, 2026, 2027], [752, "Defence", 50, 57, 60], [752, "Arms", 5, 7, 6]]
    assert read(codes)[1:] == ([], [])


@pytest.mark.parametrize(
    "end",
    [
        "ff.",
        "ss.",
        "sq.",
        "n.",
        "nn.",
        "n. (plan)",
        "i nast.",
        "ev.",
        "fg.",
        "jj.",
        "kk.",
        "sk.",
        "sl.",
        "f.",
        "s.",
        "on",
        "-",
        "...",
    ],
)
def test_a_year_and_all_that_follow_is_no_year(read, end):
    """What is due from 2028 on had all been read as of 2028."""
    heading = f"2028 {end}"
    values, errors, warnings = read([UNIT, ["", 2025, 2026, 2027, heading], ["Defence", 1, 2, 3, 40]])
    assert (values, errors) == ({2025: 1, 2026: 2, 2027: 3}, [])
    assert f"were left out: E2 {heading!r}" in warnings[0]


@pytest.mark.parametrize("label", ["Item", None])
def test_two_tables_side_by_side_are_a_question(read, label):
    """Years that went on in the second had made one row of both: 2028 of 'Arms' counted as of 'Defence'."""
    rows = [
        ["Item", 2025, 2026, 2027, label, 2028, 2029],
        ["Defence", 50, 57, 60, "Arms", 9, 8],
        ["Staff", 9, 9, 9],
    ]
    values, errors, _ = read([UNIT, *rows])
    told = "the texts of this column name the figures right of it: a second table beside the first."
    assert values == {}
    advice = "Move it below the first or to another sheet, or hide it. Head a column of notes 'Notes'."
    assert errors == [f"PL.xlsx, Budget!E2: {told} {advice}"]


@pytest.mark.parametrize("heading", ["Notes", "Uwagi", "Erläuterungen", "Poznámka", "Σημειώσεις", "Note (1)"])
def test_notes_among_the_years_are_left_out(read, heading):
    """Words that differ from row to row had been taken for the labels of a second table."""
    rows = [
        ["Item", 2024, 2025, heading, 2026, 2027],
        ["Staff", 9, 9, "two new brigades", 8, 7],
        ["Defence", 50, 57, "law of May", 60, 61],
    ]
    assert read([UNIT, *rows]) == ({2024: 50, 2025: 57, 2026: 60, 2027: 61}, [], [])


@pytest.mark.parametrize(
    ("label", "heading"), [(None, "Notes"), ("Staff", "Status"), ("Staff", "Notes payable")]
)
def test_words_that_may_label_figures_are_a_question(read, label, heading):
    """Where a row has no label of its own or the heading does not say notes, its words may be the label."""
    rows = [["Item", 2024, 2025, heading, 2026, 2027], ["Defence", 50, 57, "Arms", 60, 61]]
    values, (error,), _ = read([UNIT, *rows, [label, None, None, "Ships", 8, 7]])
    assert values == {}
    assert "PL.xlsx, Budget!D2: the texts of this column name the figures right of it" in error


def test_notes_and_flags_among_the_years_are_no_second_table(read):
    rows = [
        ["Item", 2025, "Note", 2026, "Note", 2027, "Flag", 2028],
        ["Defence", 50, "x", 57, "rise", 60, "p", 61],
    ]
    more = ["Staff", 50, None, 57, "rise", 60, "p", 61]
    assert read([UNIT, *rows, more])[1] == []


@pytest.mark.parametrize("mark", [",", ";"])
def test_whole_lines_in_one_cell_are_told(read, mark):
    rows = [[mark.join(["", "2025", "2026", "2027"])], [mark.join(["Defence", "1", "2", "3"])]]
    advice = f"Part it at {mark!r} (in Excel: Data > Text to Columns)."
    told = f"the whole line {rows[0][0]!r} stands in one cell. {advice}"
    assert read([UNIT, *rows])[1] == [f"PL.xlsx, Budget!A2: {told}"]


@pytest.mark.parametrize("gap", [[], [[]]])
@pytest.mark.parametrize("years", [[2028, 2030, 2035], [2028]])
def test_the_heading_of_the_labels_heads_a_second_table(read, gap, years):
    """Its years had been figures of a row 'Item', its rows had counted under the years above."""
    rows = [["Item", 2025, 2026, 2027], ["Defence", 50, 57, 60], *gap, ["Item", *years], ["Arms", 9, 8, 7]]
    values, errors, _ = read([UNIT, *rows])
    assert values == {2025: 50, 2026: 57, 2027: 60, **dict(zip(years, (9, 8, 7), strict=False))}
    assert errors == []


@pytest.mark.parametrize("words", [None, "Title", "ITEM"])
def test_years_that_follow_each_other_head_a_second_table_beside_any_words(read, words):
    """Right below the first they had been figures of a row, and 'Arms' had counted under the years above."""
    rows = [["Item", 2025, 2026, 2027], ["Defence", 50, 57, 60], [words, 2028, 2029, 2030], ["Arms", 9, 8, 7]]
    values, errors, _ = read([UNIT, *rows])
    assert (values, errors) == ({2025: 50, 2026: 57, 2027: 60, 2028: 9, 2029: 8, 2030: 7}, [])


def test_figures_that_might_be_years_are_figures(read):
    rows = [["Item", 2025, 2026, 2027], ["Arms", 1900, 1950, 2010], ["Staff", 1990, 1995, 2001]]
    values, errors, _ = read([UNIT, *rows])
    assert (values, errors) == ({2025: 1990, 2026: 1995, 2027: 2001}, [])  # of 'Staff', read last


def test_a_heading_said_again_in_the_middle_of_a_table_is_no_row(read):
    heading = ["State", 2025, 2026, 2027]
    rows = [heading, ["Poland", 50, 57, 60], heading, ["Malta", 9, 8, 7], ["Total", 59, 65, 67]]
    values, errors, warnings = read([UNIT, *rows])
    assert (values, errors, warnings) == ({2025: 9, 2026: 8, 2027: 7}, [], [])  # of Malta, read last


def test_columns_of_one_table_have_one_decimal_mark(read):
    """'4.760' with a footnote 2 behind it had been 4.7602 beside 4.390,1."""
    rows = [["Item", 2025, 2026, 2027], ["Defence", "4.390,1", "4.7602", "5"]]
    values, errors, _ = read([UNIT, *rows])
    told = "4.390,1 has decimals after ',', 4.7602 (C3) after '.'"
    advice = "Write both alike; a footnote's digit stands apart or in brackets."
    assert (values, errors) == ({}, [f"PL.xlsx, Budget!B3: {told}. {advice}"])
    long = [[*LONG, "PLN"], ["PL", 2025, "4.390,1", "1"], ["PL", 2026, "5", "4.7602"], ["PL", 2027, "6", "7"]]
    told = "4.390,1 has decimals after ',', 4.7602 (D3) after '.'"
    assert read(long)[:2] == ({}, [f"PL.xlsx, Budget!C2: {told}. {advice}"])


def test_labels_are_words_where_codes_tell_as_many_rows_apart(names, workbook):
    rows = [UNIT, ["Tit.", "Item", "Fkz", 2025, 2026, 2027], ["553 01", "Arms", "032", 1, 2, 3]]
    problems = Problems()
    found = understood(
        workbook([*rows, ["554 01", "Ships", "032", 4, 5, 7]], "PL.xlsx"), Context(names, problems)
    )
    assert [block.measure for block in found.blocks] == ["Arms", "Ships"]
    assert list(problems) == []


@pytest.mark.parametrize("label", ["LPM 2024-2025", "2024-2025", "2024/25"])
def test_a_sum_of_two_years_among_years_down_is_left_out(read, label):
    """It had been taken for the year 2024 out of order: 'no row with three years found'."""
    rows = [["Year", "PLN million"], [2023, 1], [2024, 2], [2025, 4], [label, 6], [2026, 8], [2027, 9]]
    values, errors, (warning,) = read(rows)
    assert values == {2023: 1, 2024: 2, 2025: 4, 2026: 8, 2027: 9}
    assert errors == []
    assert f"left out: A5 {label!r}." in warning


@pytest.mark.parametrize(
    "notes", [["act", "act", "act", "plan"], [None, "Dz.U. 2025", None, "2 ships"], ["PLF 2026"] * 4]
)
def test_a_column_of_notes_beside_years_down_is_left_out(read, notes):
    """It had asked for a unit, and then for numbers in place of the words."""
    figures = zip(range(2024, 2028), range(1, 5), notes, strict=True)
    values, errors, warnings = read([["Rok", "Wydatki (mln PLN)", "Uwagi"], *map(list, figures)])
    assert values == {2024: 1, 2025: 2, 2026: 3, 2027: 4}
    assert errors == warnings == []


def test_a_row_of_texts_that_begin_like_numbers_is_not_taken_for_notes(read):
    _, errors, _ = read([UNIT, ["", 2024, 2025, 2026], ["Defence", "PLN 1", "PLN 2", "PLN 3"]])
    assert len(errors) == 3


@pytest.mark.parametrize(
    ("found", "told"),
    [
        (["43.1bn", "tbd", "tbd"], "'43.1bn' is not a number."),
        (["tbd", "PLN 2000", "2027: tbd"], "'tbd' is not a number."),
        (["#REF!", "#REF!", "#REF!"], "cell shows #REF!."),
    ],
)
def test_words_beside_amounts_and_errors_are_no_notes(read, found, told):
    """The row had been left out in silence, and the other one read as all there is."""
    _, errors, _ = read([UNIT, ["", 2024, 2025, 2026], ["Army", 1, 2, 3], ["Navy", *found]])
    assert len(errors) == 3
    assert errors[0].startswith(f"PL.xlsx, Budget!B4: {told}")


def test_a_row_of_words_that_was_asked_for_is_told(read):
    """It had been said that no such row was found."""
    rows = [UNIT, ["", 2024, 2025, 2026], ["Budget", 1, 2, 3], ["Investment (net)", *["tbd"] * 3]]
    asked = Mapping(file="PL.xlsx", rows={"plan": "Budget", "investment": "Investment"})
    values, errors, _ = read(rows, asked)
    assert values == {2024: 1, 2025: 2, 2026: 3}
    assert len(errors) == 3
    assert read(rows)[1] == []


@pytest.mark.parametrize(
    ("heading", "found"), [("Rank", [2, 1, 3]), ("Dział", ["14 01", "14 02", "14 03"]), ("Kod", ["032"] * 3)]
)
def test_ranks_and_codes_between_labels_and_years_need_no_word(read, heading, found):
    rows = [[label, one, 1, 2, 3] for label, one in zip(("Army", "Navy", "Cyber"), found, strict=True)]
    _, errors, warnings = read([UNIT, ["", heading, 2024, 2025, 2026], *rows])
    assert errors == warnings == []
    _, _, (warning,) = read([UNIT, ["", "Last year", 2024, 2025, 2026], ["Army", 1, 2, 3, 4]])
    assert "left out: B2 'Last year'." in warning


def test_a_change_beside_budget_lines_says_nothing_of_their_unit(read):
    """'% (E2)' had been told as a second unit of the table, which was refused."""
    rows = [["PLN thousand"], ["Part", 2024, 2025, 2026, "Change %"], [29, 1000, 2000, 3000, 50]]
    values, errors, (warning,) = read(rows, Mapping(file="PL.xlsx", filter={"Part": 29}))
    assert values == {2024: 1, 2025: 2, 2026: 3}
    assert errors == []
    assert "left out: E2 'Change %'." in warning


def test_a_unit_right_of_the_years_of_budget_lines_counts(read):
    """It had been passed over, and a unit that was set against it was not told."""
    rows = [["Defence"], ["Part", 2024, 2025, 2026, "PLN thousand"], [29, 1000, 2000, 3000]]
    mapping = Mapping(file="PL.xlsx", filter={"Part": 29})
    assert read(rows, mapping) == ({2024: 1, 2025: 2, 2026: 3}, [], [])
    set_against = Mapping(file="PL.xlsx", filter={"Part": 29}, unit="PLN million")
    _, (error,), _ = read(rows, set_against)
    assert "Budget!E2: the sheet says PLN thousand, [sources.PL] says PLN million." in error


def test_a_total_that_alone_passes_the_filter_is_named(read):
    """'No line passes the filter' had been said of a file with one line for each chapter."""
    rows = [UNIT, ["Part", "Name", 2026], [29, "Total defence", 1], [30, "Total police", 2]]
    _, (error,), _ = read(rows, Mapping(file="PL.xlsx", filter={"Part": 29}))
    told = "no line but totals and their parts passes the filter: 'Total defence'."
    assert error.startswith(f"PL.xlsx, Budget!A3: {told}")
    values, errors, _ = read(rows, Mapping(file="PL.xlsx", filter={"Name": "Total defence"}))
    assert (values, errors) == ({2026: 1}, [])


def test_a_year_that_is_not_read_left_of_the_first_of_budget_lines_is_told(read):
    rows = [UNIT, ["Part", "2024 (paid out)", 2025, 2026], [29, 1, 2, 3]]
    values, errors, (warning,) = read(rows, Mapping(file="PL.xlsx", filter={"Part": 29}))
    assert values == {2025: 2, 2026: 3}
    assert errors == []
    assert "left out: B2 '2024 (paid out)'." in warning


def test_a_table_of_two_years_is_read_where_their_row_is_named(read):
    rows = [UNIT, ["", 2026, 2027], ["Defence", 1, 2]]
    _, (error,), _ = read(rows)
    assert error.endswith("header_row under [sources.PL] names a row of fewer than three.")
    assert read(rows, Mapping(file="PL.xlsx", header_row=2)) == ({2026: 1, 2027: 2}, [], [])


@pytest.mark.parametrize("unit", ["mil PLN", "PLN mil"])
def test_a_row_whose_unit_is_not_clear_is_told(read, unit):
    """It had been read in the table's unit."""
    rows = [UNIT, ["", 2025, 2026, 2027], ["Budget", 1, 2, 4], [f"Ships ({unit})", 5, 6, 8]]
    _, (error,), _ = read(rows)
    told = f"{unit!r} may be one unit or another, and the table is in PLN million."
    assert error == f"PL.xlsx, Budget!A4: {told} Write 'EUR thousand' or 'EUR million'."
    rows[-1][0] = "Drones (Euro Hawk)"
    assert read(rows)[1] == []
