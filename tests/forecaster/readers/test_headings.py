"""Headings of years as ministries write them: what is read, and what is not left out in silence."""

import pytest

from forecaster.readers.mapping import Mapping

UNIT = ["PLN million"]
ADVICE = "Where they belong to a year, head them with it alone: 2026."


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
def test_planned_years_are_read_beside_plain_ones(polish, plans):
    """Three plain years would make a table by themselves, without the plan."""
    values, errors, warnings = polish([UNIT, ["", 2023, 2024, 2025, *plans], ["Defence", 1, 2, 3, 4, 5]])
    assert values == {2023: 1, 2024: 2, 2025: 3, 2026: 4, 2027: 5}
    assert errors == warnings == []


@pytest.mark.parametrize("unit", [UNIT, ["PLN"]])
@pytest.mark.parametrize("heading", ["Change %", "% of GDP", "Share of total"])
def test_a_column_that_no_year_heads_says_nothing_of_the_unit(polish, unit, heading):
    """Beside a bare currency its percentage had been taken for the unit of the amounts."""
    values, errors, _ = polish([unit, ["", 2024, 2025, 2026, heading], ["Defence", 100, 200, 300, 0.5]])
    factor = 1.0 if unit == UNIT else 1e-6
    assert values == {2024: 100 * factor, 2025: 200 * factor, 2026: 300 * factor}
    assert errors == []


@pytest.mark.parametrize(
    ("above", "beside", "factor"), [("Gastos", "x", 1e-3), ("Vydaje", "x", 1), ("", "Gastos", 0)]
)
def test_the_language_of_a_scale_is_that_of_texts_above_its_table(polish, above, beside, factor):
    """'mil' is a thousand in Spanish, a million in Czech; a column that no year heads says nothing of it."""
    table = [["", 2024, 2025, 2026, beside], ["Defence", 100, 200, 300, 0.5]]
    for between in ([], [["", 2021, 2022, 2023], ["Defence", 1, 2, 3], [], ["Again"]]):
        values, errors, _ = polish([["mil EUR"], [above], *between, *table])
        found = [values.get(year, 0) for year in (2024, 2025, 2026)]
        assert found == [factor * value for value in (100, 200, 300)]
        assert bool(errors) == (not factor)


def test_a_percentage_beside_a_bare_currency_is_a_question(polish):
    _, (error,), _ = polish([["PLN", "Change %"], ["", 2024, 2025, 2026], ["Defence", 1, 2, 3]])
    assert "several units found: % (B1), PLN (A1)." in error


@pytest.mark.parametrize("shown", ["5%", "5 %"])
def test_a_percentage_among_amounts_is_left_out_and_told(polish, shown):
    values, errors, warnings = polish([UNIT, ["", 2024, 2025, 2026], ["Defence", 1, 2, shown]])
    assert values == {2024: 1, 2025: 2}
    assert errors == []
    told = f"{shown} is shown as a percentage among amounts in PLN million and was left out."
    assert warnings == [f"PL.xlsx, Budget!D3: {told} Where it is an amount, show it as a number."]


def test_a_year_merged_over_two_columns_of_figures_is_a_question(polish):
    rows = [UNIT, ["", 2024, None, 2025, None, 2026, None], ["Defence", 1, 2, 3, 4, 5, None]]
    _, errors, _ = polish(rows, merged=["B2:C2", "D2:E2", "F2:G2"])
    told = (
        "and more than one column under it holds figures. Unmerge it and leave the year over the column that "
        "counts."
    )
    assert errors == [
        f"PL.xlsx, Budget!B2: 2024 is merged over B2:C2, {told}",
        f"PL.xlsx, Budget!D2: 2025 is merged over D2:E2, {told}",
    ]


def test_a_year_over_two_columns_is_a_question(polish):
    rows = [UNIT, ["", "voted", None, None, "actual"], ["", *[2024, 2025, 2026] * 2], ["Defence", *range(6)]]
    heads = ", ".join(f"'{year}'" for year in [2024, 2025, 2026] * 2)
    assert polish(rows)[1] == [
        (
            f"PL.xlsx, row 3: no row with three years found. Headings read: {heads}. 2024 heads more than "
            "one column; each year may head one. Hide or delete the others."
        )
    ]
    again = "heads a column left of this one too. Hide or delete one of them."
    assert polish(rows, Mapping(file="PL.xlsx", header_row=3))[1] == [
        f"PL.xlsx, Budget!E3: 2024 {again}",
        f"PL.xlsx, Budget!F3: 2025 {again}",
        f"PL.xlsx, Budget!G3: 2026 {again}",
    ]


@pytest.mark.parametrize("heading", ["{} (mln zł)", "{}-12-31", "Q1 {}"])
def test_headings_that_hold_more_than_a_year_are_told(polish, heading):
    years = [heading.format(year) for year in (2024, 2025, 2026)]
    assert polish([UNIT, ["", *years], ["Defence", 1, 2, 3]])[1] == [
        (
            f"PL.xlsx, row 2: no row with three years found. Headings read: {', '.join(map(repr, years))}. "
            f"A year must stand alone in its cell: 2026, not {years[0]!r}."
        )
    ]


def test_years_out_of_order_are_told(polish):
    assert polish([UNIT, ["", 2025, 2027, 2026], ["Defence", 1, 2, 3]])[1] == [
        (
            "PL.xlsx, row 2: no row with three years found. Headings read: '2025', '2027', '2026'. "
            "From one column to the next, years must all rise or all fall, by less than ten."
        )
    ]


@pytest.mark.parametrize("rows", [[], [["Budget"], ["Equipment"]], [["Budget", "n/a", ":", ".."]]])
def test_years_without_figures_are_told(polish, rows):
    """They had been called no row with three years, whose years must all rise or all fall."""
    told = "no figures to read below the years 2025 to 2027. Fill them in, or show what is hidden."
    assert polish([UNIT, ["", 2025, 2026, 2027], *rows])[1] == [f"PL.xlsx, Budget, row 2: {told}"]


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
def test_prices_of_one_year_are_told(polish, text):
    values, errors, warnings = polish([[text], ["", 2025, 2026, 2027], ["Defence", 1, 2, 3]])
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
def test_current_prices_are_no_news(polish, text):
    assert polish([[text], ["", 2025, 2026, 2027], ["Defence", 1, 2, 3]])[2] == []


def test_years_down_hold_a_states_measures_across(polish):
    """Each column is a measure in a unit of its own."""
    rows = [
        ["Część 29"],
        ["Rok", "Wydatki", "Inwestycje (tys. zł)"],
        [None, "mld zł", None],
        ["2025 plan", 124.3, 42500000],
        [2026, 134.9, 51000000],
        [2027, 140, 53000000],
    ]
    values, errors, warnings = polish(rows, Mapping(file="PL.xlsx"))
    assert errors == warnings == []
    assert values == {2025: 42500, 2026: 51000, 2027: 53000}


def test_digits_of_full_width_are_digits(polish):
    """The column had been left out without a word."""
    rows = [UNIT, ["", "２０２４", 2025, 2026, 2027], ["Budget", "４.０００,５", 5, 6, 7]]
    assert polish(rows) == ({2024: 4000.5, 2025: 5.0, 2026: 6.0, 2027: 7.0}, [], [])


def test_figures_stored_as_text_are_no_headings(polish):
    """Denmark's own marks of years are not known; the row of figures had been shown as the headings."""
    rows = [["mio. kr."], ["", "R 2024", "B 2025", "F 2026"], ["Udgifter", "35.700,5", "39.200", "47.000"]]
    _, errors, _ = polish(rows)
    found = "no row with three years found. Headings read: 'R 2024', 'B 2025', 'F 2026'."
    assert errors == [f"PL.xlsx, row 2: {found} A year must stand alone in its cell: 2026, not 'R 2024'."]


def test_years_that_formulas_have_not_stored_are_told(polish):
    rows = [UNIT, ["", 2024, "=B2+1", "=C2+1"], ["Defence", 1, 2, 3]]
    _, errors, _ = polish(rows)
    assert errors == [
        "PL.xlsx, Budget!C2: formula =B2+1 has no stored result. Open the file in Excel, save it, run again."
    ]


def test_a_scale_in_a_note_below_a_bare_currency_is_a_question(polish):
    """Whole zlotys had been read."""
    rows = [["Wydatki, PLN"], ["", 2024, 2025, 2026], ["Defence", 1, 2, 3], ["Kwoty w mln PLN"]]
    assert polish(rows)[1] == [
        (
            "PL.xlsx, Budget: several units found: PLN (A1), PLN million (A4). "
            'Set unit = "EUR million" under [sources.PL].'
        )
    ]
    assert polish([*rows[:3], ["Source: NBP, PLN"]]) == ({2024: 1e-6, 2025: 2e-6, 2026: 3e-6}, [], [])


LONG = ["state", "year", "PLN million"]


def test_two_figures_of_a_state_and_year_are_a_question(polish):
    """Of two rows, such as budget and outturn, the second had been taken in silence."""
    rows = [["PL", 2024, 118], ["PL", 2025, 124], ["PL", 2025, 130]]
    told, advice = (
        "PL.xlsx, Budget: PL 2025 is 124 in C3 and 130 in C4",
        "Keep one row for each state and year",
    )
    assert polish([LONG, *rows])[1] == [f"{told}. {advice}: the one that counts."]
    more = " (such figures in all: 2)"
    assert polish([LONG, *rows, ["PL", 2024, 119]])[1] == [f"{told}{more}. {advice}: the one that counts."]
    assert polish([LONG, *rows[:2], rows[1]]) == ({2024: 118, 2025: 124}, [], [])


def test_a_fiscal_year_of_one_row_a_figure_is_a_question(polish):
    """It had counted as the first of its two calendar years."""
    rows = [LONG, ["PL", "2024/25", 118], ["PL", "2025/26", 124], ["PL", "2026/27", 130]]
    assert polish(rows)[1][0] == (
        "PL.xlsx, Budget!B2: '2024/25' lies in two calendar years. "
        "Set fiscal_year_start = the month it begins in under [sources.PL]."
    )
    mapping = Mapping(file="PL.xlsx", fiscal_year_start=9)
    assert polish(rows, mapping) == ({2025: 118, 2026: 124, 2027: 130}, [], [])


def test_a_reading_of_the_year_before_is_told(polish):
    """Between labels and years it had been left out in silence, as were rows of it and of all later years."""
    across = [UNIT, ["Item", "Wykonanie roku poprzedniego", 2025, 2026, 2027], ["Defence", 47, 50, 57, 60]]
    left = "PL.xlsx, Budget: figures under no year of their own were left out: "
    assert polish(across) == (
        {2025: 50, 2026: 57, 2027: 60},
        [],
        [f"{left}B2 'Wykonanie roku poprzedniego'. {ADVICE}"],
    )
    down = [UNIT, ["Year", "Defence"], ["N-1", 47], [2025, 50], [2026, 57], [2027, 60], ["2028 ff.", 900]]
    assert polish(down) == ({2025: 50, 2026: 57, 2027: 60}, [], [f"{left}A3 'N-1'; A7 '2028 ff.'. {ADVICE}"])
    long = [LONG, ["PL", "N-1", 47], ["PL", 2025, 50], ["PL", 2026, 57], ["PL", "2027 ff.", 900]]
    told = "'N-1' is not a year: its row was left out (such rows in all: 2). Enter the year alone: 2026."
    assert polish(long) == ({2025: 50, 2026: 57}, [], [f"PL.xlsx, Budget!B2: {told}"])


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
def test_a_year_and_all_that_follow_is_no_year(polish, end):
    """What is due from 2028 on had all been read as of 2028."""
    heading = f"2028 {end}"
    values, errors, warnings = polish([UNIT, ["", 2025, 2026, 2027, heading], ["Defence", 1, 2, 3, 40]])
    assert (values, errors) == ({2025: 1, 2026: 2, 2027: 3}, [])
    assert f"were left out: E2 {heading!r}" in warnings[0]


@pytest.mark.parametrize("mark", [",", ";"])
def test_whole_lines_in_one_cell_are_told(polish, mark):
    rows = [[mark.join(["", "2025", "2026", "2027"])], [mark.join(["Defence", "1", "2", "3"])]]
    advice = f"Part it at {mark!r} (in Excel: Data > Text to Columns)."
    told = f"the whole line {rows[0][0]!r} stands in one cell. {advice}"
    assert polish([UNIT, *rows])[1] == [f"PL.xlsx, Budget!A2: {told}"]


def test_figures_that_might_be_years_are_figures(polish):
    rows = [["Item", 2025, 2026, 2027], ["Arms", 1900, 1950, 2010], ["Staff", 1990, 1995, 2001]]
    values, errors, _ = polish([UNIT, *rows])
    assert (values, errors) == ({2025: 1990, 2026: 1995, 2027: 2001}, [])  # of 'Staff', read last


def test_a_heading_said_again_in_the_middle_of_a_table_is_no_row(polish):
    heading = ["State", 2025, 2026, 2027]
    rows = [heading, ["Poland", 50, 57, 60], heading, ["Malta", 9, 8, 7], ["Total", 59, 65, 67]]
    values, errors, warnings = polish([UNIT, *rows])
    assert (values, errors, warnings) == ({2025: 9, 2026: 8, 2027: 7}, [], [])  # of Malta, read last


def test_columns_of_one_table_have_one_decimal_mark(polish):
    """'4.760' with a footnote 2 behind it had been 4.7602 beside 4.390,1."""
    rows = [["Item", 2025, 2026, 2027], ["Defence", "4.390,1", "4.7602", "5"]]
    values, errors, _ = polish([UNIT, *rows])
    told = "4.390,1 has decimals after ',', 4.7602 (C3) after '.'"
    advice = "Write both alike; a footnote's digit stands apart or in brackets."
    assert (values, errors) == ({}, [f"PL.xlsx, Budget!B3: {told}. {advice}"])
    long = [[*LONG, "PLN"], ["PL", 2025, "4.390,1", "1"], ["PL", 2026, "5", "4.7602"], ["PL", 2027, "6", "7"]]
    told = "4.390,1 has decimals after ',', 4.7602 (D3) after '.'"
    assert polish(long)[:2] == ({}, [f"PL.xlsx, Budget!C2: {told}. {advice}"])


@pytest.mark.parametrize("label", ["LPM 2024-2025", "2024-2025", "2024/25"])
def test_a_sum_of_two_years_among_years_down_is_left_out(polish, label):
    """It had been taken for the year 2024 out of order: 'no row with three years found'."""
    rows = [["Year", "PLN million"], [2023, 1], [2024, 2], [2025, 4], [label, 6], [2026, 8], [2027, 9]]
    values, errors, (warning,) = polish(rows)
    assert values == {2023: 1, 2024: 2, 2025: 4, 2026: 8, 2027: 9}
    assert errors == []
    assert f"left out: A5 {label!r}." in warning


def test_a_table_of_two_years_is_read_where_their_row_is_named(polish):
    rows = [UNIT, ["", 2026, 2027], ["Defence", 1, 2]]
    _, (error,), _ = polish(rows)
    assert error.endswith("header_row under [sources.PL] names a row of fewer than three.")
    assert polish(rows, Mapping(file="PL.xlsx", header_row=2)) == ({2026: 1, 2027: 2}, [], [])


@pytest.mark.parametrize("unit", ["mil PLN", "PLN mil"])
def test_a_row_whose_unit_is_not_clear_is_told(polish, unit):
    """It had been read in the table's unit."""
    rows = [UNIT, ["", 2025, 2026, 2027], ["Budget", 1, 2, 4], [f"Ships ({unit})", 5, 6, 8]]
    _, (error,), _ = polish(rows)
    told = f"{unit!r} may be one unit or another, and the table is in PLN million."
    assert error == f"PL.xlsx, Budget!A4: {told} Write 'EUR thousand' or 'EUR million'."
    rows[-1][0] = "Drones (Euro Hawk)"
    assert polish(rows)[1] == []
