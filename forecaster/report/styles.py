"""How a report looks, by what a cell is (role) and what it measures (unit). Data only."""

import re
from collections.abc import Mapping
from functools import cache

from forecaster.report.sheet import Role

TEXT = "#1A1A1A"
PAPER = "#FFFFFF"
ACCENT = "#1F3864"
RULE = "#BFC5D2"
SEAM = "#7C8DB5"

FILLS: dict[Role, tuple[str, str, str]] = {
    "text": (TEXT, PAPER, "text"),
    "input": ("#123E7C", "#E8F0FB", "read from a file"),
    "assumption": ("#6B3F00", "#FFF3D6", "assumption of the case"),
    "simulated": ("#43246E", "#F3EEFA", "simulated, a value"),
    "formula": (TEXT, PAPER, "formula, follow it"),
    "check": ("#0B4A22", "#EAF4EC", "control of the run"),
    "link": ("#0B4FA3", PAPER, "leads to another sheet"),
    "choice": ("#1A1A1A", "#FFE27A", "yours to choose from a list"),
}
"""Role -> colour of the text, colour behind it, what it means in words."""

ROLE_WORDS: dict[Role, str] = {
    "text": "given",
    "input": "input",
    "assumption": "assumed",
    "simulated": "simulated",
    "formula": "formula",
    "check": "control",
    "link": "",
    "choice": "choose",
}
"""Role -> the word under a column's title."""

WORDS: dict[str, tuple[str, str]] = {
    "FAIL": ("#FFFFFF", "#9B1C1C"),
    "PASS": ("#0B4A22", "#D5EBDA"),
    "red": ("#FFFFFF", "#9B1C1C"),
    "amber": ("#3D2B00", "#FFC84A"),
    "green": ("#0B4A22", "#D5EBDA"),
    "yes": ("#3D2B00", "#FFE3A3"),
}
"""A word that is coloured where it stands -> colour of the text, colour behind it."""

SAID: dict[str, str] = {"FAIL": "#9B1C1C", "PASS": "#0B4A22"}
"""A word in a line of text -> colour of that line on paper."""

HEAT: tuple[tuple[float, str, str], ...] = (
    (0.50, "#FFFFFF", "#9B1C1C"),
    (0.20, "#3D1200", "#F39A6B"),
    (0.05, "#3D2B00", "#FFD98A"),
    (0.01, "#3D3300", "#FFF5CC"),
)
"""Shares from which a cell of a heat map takes a colour, from the largest down; below it stays white."""

BANDS: Mapping[str, str] = {
    "outer": "#C9D6EC",
    "middle": "#9DB4DC",
    "inner": "#6F90C8",
    "total": "#1F3864",
    "rise": "#B4471F",
    "fall": "#2F7D6B",
}
"""Colours of the bands of a fan chart, P5 to P95, P10 to P90, P25 to P75, and of the steps of a bridge."""

HATCHED = frozenset({"fall"})
"""Bands that are hatched: in grey, and to some eyes, a rise and a fall are of one colour."""

LINES: Mapping[str, tuple[str, str]] = {
    "line": ("#12294F", "solid"),
    "red": ("#9B1C1C", "dash"),
    "amber": ("#8A5A00", "round_dot"),
}
"""Colour and dash of the lines of a chart."""

SMALLEST = 5
"""Decimals after which a number in a sentence counts as zero, the usual ones among them."""

FORMATS: tuple[tuple[str, str, str], ...] = (
    ("EUR m", "#,##0.0", "{:,.1f}"),
    ("EUR per", "#,##0.00", "{:,.2f}"),
    ("million", "#,##0.0", "{:,.1f}"),
    ("%", "0.00", "{:.2f}"),
    ("share of GDP", "0.00 %", "{:.2%} "),
    ("share of GNI", "0.00 %", "{:.2%} "),
    ("share of investment", "0.00 %", "{:.2%} "),
    ("share of revenue", "0.00 %", "{:.2%} "),
    ("share", "0.0 %", "{:.1%} "),
    ("probability", "0.0 %", "{:.1%} "),
    ("points", "0.00", "{:.2f}"),
    ("factor", "0.00", "{:.2f}"),
    ("ratio", "0.00", "{:.2f}"),
    ("year", "0", "{:.0f}"),
    ("months", "0.0", "{:.1f}"),
    ("count", "#,##0", "{:,.0f}"),
    ("states, mean", "0.0", "{:.1f}"),
    ("states", "#,##0", "{:,.0f}"),
    ("paths", "#,##0", "{:,.0f}"),
    ("0 or 1", "0", "{:.0f}"),
    ("correlation", "0.00", "{:.2f}"),
    ("deviations", "0.0", "{:.1f}"),
    ("statistic", "0.00", "{:.2f}"),
    ("score", "0.000", "{:.3f}"),
    ("E notation", "0.0E+00", "{:.1e}"),
    ("", "#,##0.00##", "{:,.4f}"),
)
"""Start of a unit's name, number format, the same for Python; the first that fits counts."""


@cache
def number_format(unit: str, role: Role = "simulated") -> str:
    """Return the number format of a unit: 0.0 is a number too small to show, 0 is nothing.

    What is assumed is shown to its last digit.
    """
    form = next(form for start, form, _ in FORMATS if unit.startswith(start))
    if role == "assumption":
        form = "General" if form == "0" else re.sub(r"\.0+(?!0|E)", r"\g<0>##", form)
    return f"{form};-{form};0{' %' if form.endswith('%') else ''}" if "." in form else form


def half_place(form: str) -> float:
    """Return half of the last place that a number format shows: what is nearer to zero reads as zero.

    Nothing does where the places follow the number.
    """
    if form == "General" or "E" in form:
        return 0.0
    decimals = re.search(r"\.([0#]+)", form)
    places = len(decimals[1]) if decimals else 0
    return 0.5 * 10.0 ** -(places + 2 * ("%" in form))


def unsigned(form: str) -> str:
    """Return a number format without its sign for what is below zero."""
    positive, *_, zero = form.split(";") if ";" in form else (form, "0")
    return f"{positive};{positive};{zero}"


def shown(value: float, unit: str) -> str:
    """Return a number other than zero as a cell of this unit shows it, in English."""
    return _pattern(unit).format(value).replace("% ", " %")


def percent(share: float, digits: int = 0) -> str:
    """Return a share as sentences say it, such as 24 %."""
    return f"{decimal(100.0 * share, digits)} %"


def decimal(value: float, digits: int, sign: str = "") -> str:
    """Return a number with so many decimals, with more where it would read as zero and is not.

    sign: "+" where a plus is told too.
    """
    for more in range(digits, digits + SMALLEST):
        told = f"{value + 0.0:{sign},.{more}f}"
        if any(digit in told for digit in "123456789"):
            return told
    return f"{0.0:{sign},.{digits}f}"


def euros(millions: float) -> str:
    """Return an amount [EUR million] as sentences say it, such as EUR 1.6 m."""
    return f"EUR {amount(millions)} m"


def amount(millions: float) -> str:
    """Return the number of an amount: the smaller, the more decimals."""
    size = abs(millions)
    return decimal(millions, 0 if size >= 100 else 1 if size >= 1 or size == 0 else 2)


@cache
def _pattern(unit: str) -> str:
    return next(pattern for start, _, pattern in FORMATS if unit.startswith(start))
