import pytest
from contrast import contrast

from forecaster.report.styles import (
    ACCENT,
    BANDS,
    FILLS,
    HEAT,
    LINES,
    PAPER,
    ROLE_WORDS,
    SAID,
    TEXT,
    WORDS,
    half_place,
    number_format,
    percent,
    shown,
    unsigned,
)
from forecaster.workbook.charts import FONT

PAIRS = [
    *((text, paper) for text, paper, _ in FILLS.values()),
    *WORDS.values(),
    *((text, paper) for _, text, paper in HEAT),
    *((colour, PAPER) for colour in SAID.values()),
    (ACCENT, PAPER),
    (PAPER, ACCENT),
    (TEXT, PAPER),
    (FONT["color"], PAPER),
]


def test_contrast_of_known_colours():
    # WCAG 2.1: black on white 21:1; #767676 on white is the lightest grey that passes 4.5:1
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21.0)
    assert contrast("#777777", "#FFFFFF") < 4.5 < contrast("#767676", "#FFFFFF")


@pytest.mark.parametrize(("text", "paper"), PAIRS)
def test_everything_can_be_read(text, paper):
    assert contrast(text, paper) >= 4.5


@pytest.mark.parametrize(
    "colour", [*(line for line, _ in LINES.values()), *(BANDS[look] for look in ("total", "rise", "fall"))]
)
def test_lines_and_bars_stand_out(colour):
    # WCAG 2.1, 1.4.11: what must be seen to understand a graphic has 3:1 against what is beside it
    assert contrast(colour, PAPER) >= 3.0


@pytest.mark.parametrize(
    ("unit", "form", "value", "text"),
    [
        ("EUR m", "#,##0.0", 1234.56, "1,234.6"),
        ("EUR million per year", "#,##0.0", 3500, "3,500.0"),
        ("share per year", "0.0 %", 0.018, "1.8 %"),
        ("share of GDP", "0.00 %", 0.0123, "1.23 %"),
        ("share of GNI", "0.00 %", 0.06046, "6.05 %"),  # 6.0 % had stood beside a published 6.1 %: "agree"
        ("% of GDP", "0.00", 3.5, "3.50"),
        ("factor", "0.00", 1.1, "1.10"),
        ("year", "0", 2026, "2026"),
        ("states, mean", "0.0", 3.04, "3.0"),
        ("states", "#,##0", 3, "3"),
        ("log", "#,##0.00##", 0.15, "0.1500"),
    ],
)
def test_the_format_follows_the_unit(unit, form, value, text):
    assert number_format(unit).split(";")[0] == form
    assert shown(value, unit) == text


@pytest.mark.parametrize(
    ("unit", "role", "form"),
    [
        ("EUR m", "formula", "#,##0.0;-#,##0.0;0"),
        ("share", "simulated", "0.0 %;-0.0 %;0 %"),
        ("year", "input", "0"),
        ("share", "assumption", "0.0## %;-0.0## %;0 %"),
        ("factor", "assumption", "0.00##;-0.00##;0"),
        ("years", "assumption", "General"),
        ("paths", "assumption", "#,##0"),
        ("E notation", "assumption", "0.0E+00;-0.0E+00;0"),
    ],
)
def test_zero_differs_from_little_and_an_assumption_is_shown_to_its_last_digit(unit, role, form):
    """0.5 years had been printed as 1, a tolerance of 0.05 % as 0.1 %."""
    assert number_format(unit, role) == form


@pytest.mark.parametrize(
    ("form", "half", "plain"),
    [
        ("#,##0.0;-#,##0.0;0", 0.05, "#,##0.0;#,##0.0;0"),
        ("0.0## %;-0.0## %;0 %", 0.000005, "0.0## %;0.0## %;0 %"),
        ("#,##0", 0.5, "#,##0;#,##0;0"),
        ("0.0E+00;-0.0E+00;0", 0.0, "0.0E+00;0.0E+00;0"),
        ("General", 0.0, "General;General;0"),
    ],
)
def test_what_reads_as_zero_is_known_and_can_be_shown_without_a_sign(form, half, plain):
    assert half_place(form) == pytest.approx(half)
    assert unsigned(form) == plain


def test_every_colour_has_words():
    assert set(ROLE_WORDS) == set(FILLS)
    assert all(meaning for _, _, meaning in FILLS.values())


@pytest.mark.parametrize(
    ("share", "digits", "text"), [(0.236, 0, "24 %"), (0.236, 1, "23.6 %"), (1.0, 0, "100 %")]
)
def test_a_share_in_a_sentence(share, digits, text):
    assert percent(share, digits) == text
