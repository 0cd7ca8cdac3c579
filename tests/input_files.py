"""The bundled inputs as they are written: only csv and tomllib read them here."""

import csv
import tomllib
from functools import cache
from pathlib import Path

INPUTS = Path(__file__).parents[1] / "inputs"
CODES = [
    *("AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU"),
    *("IE", "IT", "LT", "LU", "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK"),
]
WIDE = {
    "panel": range(1949, 2026),
    "spending": range(2014, 2026),
    "gdp": range(2014, 2031),
    "growth": range(2014, 2031),
    "deflator": range(2014, 2031),
    "balance": range(2023, 2031),
    "debt": range(2023, 2031),
    "revenue": range(2023, 2031),
    "interest": range(2023, 2031),
    "exchange": range(2014, 2031),
    "nato_spending": range(2021, 2027),
    "nato_equipment": range(2021, 2027),
    "eda_spending": range(2017, 2024),
    "eda_investment": range(2017, 2024),
    "gni": range(2023, 2024),
}
OUTSIDE_NATO = {"AT", "CY", "IE", "MT"}
STATUSES = {"confirmed", "weak", "judgement", "derived"}


@cache
def rows(table):
    with (INPUTS / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file))


@cache
def figures(table):
    """(code, year) -> number; missing cells are left out."""
    return {
        (row["code"], int(year)): float(cell)
        for row in rows(table)
        for year, cell in row.items()
        if year != "code" and cell
    }


@cache
def toml(name):
    return tomllib.loads((INPUTS / f"{name}.toml").read_text(encoding="utf-8"))


def column(table, year):
    return {code: value for (code, of), value in figures(table).items() if of == year}


def assumptions():
    sections = {name: table for name, table in toml("assumptions").items() if name != "run"}
    return {f"{name}.{key}": entry for name, table in sections.items() for key, entry in table.items()}


def lines():
    return {line["id"]: line for line in toml("programme")["line"]}
