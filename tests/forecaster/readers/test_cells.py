import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecaster.readers import cells


@pytest.mark.parametrize(
    ("text", "value", "flag"),
    [
        ("1234.5", 1234.5, ""),
        ("1,234.5", 1234.5, ""),
        ("(45.2)", -45.2, ""),
        ("3-", -3.0, ""),
        ("\u22124.5", -4.5, ""),
        ("7 (1)", 7.0, "(1)"),
        ("12*", 12.0, "*"),
        ("12 b", 12.0, "b"),
        ("45.2e", 45.2, "e"),
        ("12 bp", 12.0, "bp"),
        ("1'234.5", 1234.5, ""),
        ("1\u2019234.5", 1234.5, ""),
        ("1\u202f234.5", 1234.5, ""),
        ("1\u00a0234.5", 1234.5, ""),
        ("\u200e1234.5\u200f", 1234.5, ""),
        ("12\u200b34.5", 1234.5, ""),
        ("1234.5 1)", 1234.5, "1)"),
        ("1 234 12)", 1234.0, "12)"),
        ("(45.2) 1)", -45.2, "1)"),
        ("45.2* 1)", 45.2, "*1)"),
        ("2.1 %", 2.1, ""),
        ("1.5E+03", 1500.0, ""),
        ("12\u00b9", 12.0, "\u00b9"),
    ],
)
def test_number_texts(text, value, flag):
    parts = cells.split(text)
    assert parts is not None
    assert (cells.value(parts), parts.flag) == (value, flag)


@pytest.mark.parametrize("text", ["1.234,5", "1 234,5", "1'234,5", "1234,5"])
def test_decimal_commas(text):
    parts = cells.split(text)
    assert cells.evidence(parts.core) == ","
    assert cells.value(parts, ",") == 1234.5


@pytest.mark.parametrize(
    "text",
    [
        "abc",
        "7 km",
        "43 bn",
        "6 pp",
        "7 pc",
        "43.1bn",
        "1 2 3",
        "1.2.3",
        "12,34,5",
        "",
        "-",
        "inf",
        "1_000",
        "0x10",
        "(5",
        "12345)",
        "12.345)",
        "5)",
    ],
)
def test_no_numbers(text):
    parts = cells.split(text)
    assert parts is None or cells.value(parts, ".") is None or cells.value(parts, ",") is None


@pytest.mark.parametrize(
    ("core", "mark"),
    [
        ("1.234", "?"),
        ("1,234", "?"),
        ("0.123", "."),
        ("1234,567", ","),
        ("1.234.567", ","),
        ("12.5", "."),
        ("7", ""),
    ],
)
def test_what_a_text_proves(core, mark):
    assert cells.evidence(core) == mark


@pytest.mark.parametrize(
    "text", [":", "..", "...", ". .", "n/a", "-", "xxx", ": c", "\u2013", "N/A", "c", ""]
)
def test_missing_marks_are_never_zero(text):
    assert cells.is_missing(text)
    assert not cells.is_missing("0")


def test_flag_of_a_missing_value():
    assert cells.missing_flag(": c") == "c"
    assert cells.missing_flag("c") == "c"
    assert cells.missing_flag(":") == ""


@pytest.mark.parametrize(
    ("heading", "year", "flag"),
    [
        (2024, 2024, ""),
        (2024.0, 2024, ""),
        ("2024", 2024, ""),
        ("2024e", 2024, "e"),
        ("2024 est.", 2024, "e"),
        ("2024p", 2024, "p"),
        ("2024 f", 2024, "f"),
        ("- 2024 -", 2024, ""),
        ("FY2024", 2024, ""),
        ("FY 2024", 2024, ""),
        ("2024*", 2024, ""),
        ("2024 (1)", 2024, ""),
        ("2017e ", 2017, "e"),
        ("Ist 2019", 2019, ""),
        ("2026 (plan)", 2026, ""),
        ("2026 (Plan) e", 2026, "e"),
        ("Soll 2025", 2025, ""),
        ("Haushaltsplan 2026", 2026, ""),
        ("PLF 2026", 2026, ""),
        ("2024 r.", 2024, ""),
        ("2024 r", 2024, "r"),
        ("2026. évi terv", 2026, ""),
        ("Skutečnost 2024", 2024, ""),
        ("2026 г.", 2026, ""),
        ("\u200f2026\u200e", 2026, ""),
    ],
)
def test_year_headings(heading, year, flag):
    assert cells.year(heading) == cells.Year(year, flag, second=False)


@pytest.mark.parametrize("heading", ["2023/24", "2023-24", "2023/2024"])
def test_years_that_lie_in_two(heading):
    assert cells.year(heading) == cells.Year(2023, "", second=True)


@pytest.mark.parametrize(
    "heading",
    [
        1899,
        2100,
        2024.5,
        True,
        "2024 total",
        "2025/2035",
        "plan",
        "plan 2026-2030",
        "2026 (mln zł)",
        "12345",
        "",
        None,
        "202",
    ],
)
def test_what_is_no_year(heading):
    assert cells.year(heading) is None


@given(st.text(max_size=30))
def test_any_text_is_read_without_a_failure(text):
    parts = cells.split(text)
    if parts is not None:
        cells.value(parts, ".")
        cells.value(parts, ",")
    cells.year(text)
    cells.is_missing(text)


@given(st.floats(min_value=-1e12, max_value=1e12).map(lambda value: round(value, 3)))
def test_printed_numbers_read_back(value):
    english = cells.split(f"{value:,.3f}")
    german = cells.split(f"{value:,.3f}".translate(str.maketrans(",.", ".,")))
    assert cells.value(english, ".") == pytest.approx(value)
    assert cells.value(german, ",") == pytest.approx(value)


@pytest.mark.parametrize(
    "text",
    ["AT", "austria", "Austria*", "Austria (1)", "Austria1)", "Austria 1)", "AT 12)", "\u200eAustria\u202c"],
)
def test_names_of_a_state(names, text):
    """A row that names no state is left out among other countries, so a mark must not make it one."""
    assert names.code(text) == "AT"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("ΕΛΛΑΔΑ", "GR"),
        ("ΚΥΠΡΟΣ", "CY"),
        ("OSTERREICH", "AT"),
        ("ČESKO", "CZ"),
        ("Grece", None),
        ("Island", None),
    ],
)
def test_capitals_name_a_state_without_their_accents(names, text, code):
    """Greek capitals bear none."""
    assert names.code(text) == code
