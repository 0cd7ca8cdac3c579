"""What the bundled tables must hold, whatever reads them: states, years, sources, line ends."""

import subprocess
from collections import Counter
from datetime import date

import pytest
from input_files import CODES, INPUTS, OUTSIDE_NATO, WIDE, figures, rows

COMPLETE = set(WIDE) - {"panel", "nato_spending", "nato_equipment", "eda_spending", "eda_investment"}


@pytest.mark.parametrize("table", ["states", "rules", *WIDE])
def test_a_row_for_each_of_the_27_in_order(table):
    assert [row["code"] for row in rows(table)] == CODES


@pytest.mark.parametrize(("table", "years"), WIDE.items())
def test_a_column_for_each_year(table, years):
    assert list(rows(table)[0]) == ["code", *map(str, years)]


@pytest.mark.parametrize("table", sorted(COMPLETE))
def test_no_gap_where_none_is_allowed(table):
    assert len(figures(table)) == len(CODES) * len(WIDE[table])


@pytest.mark.parametrize("code", CODES)
def test_the_panel_has_no_hole_after_its_first_year(code):
    known = sorted(year for of, year in figures("panel") if of == code)
    assert known == list(range(known[0], 2026))
    assert len(known) >= 33


def test_allies_have_nato_figures_and_only_they():
    allies = {row["code"] for row in rows("states") if row["ally"] == "yes"}
    assert allies == set(CODES) - OUTSIDE_NATO
    for table in ("nato_spending", "nato_equipment"):
        assert set(figures(table)) == {(code, year) for code in allies for year in WIDE[table]}


def test_states_outside_nato_have_an_investment_share_from_eda():
    for code in OUTSIDE_NATO:
        assert 0 < figures("eda_investment")[code, 2023] < figures("eda_spending")[code, 2023]


def test_no_name_stands_for_two_states():
    names = Counter(
        name.casefold()
        for row in rows("states")
        for name in {row["code"], row["name"], *row["aliases"].split(";")}
    )
    assert [name for name, times in names.items() if times > 1] == []


def test_greece_and_czechia_are_known_by_their_other_names():
    aliases = {row["code"]: row["aliases"].split(";") for row in rows("states")}
    assert {"EL", "GRC"} <= set(aliases["GR"])
    assert {"CZE", "Czech Republic"} <= set(aliases["CZ"])


def test_states_that_join_only_where_named_and_states_outside_the_ukraine_loan():
    assert {row["code"] for row in rows("states") if row["joins"] == "named"} == {"CY", "IE", "MT"}
    assert {row["code"] for row in rows("states") if row["loan_key"] == "no"} == {"CZ", "HU", "SK"}


def test_the_euro_is_worth_one_where_it_is_the_currency():
    currencies = {row["code"]: row["currency"] for row in rows("states")}
    at_one = {
        code for code in CODES if all(figures("exchange")[code, year] == 1 for year in WIDE["exchange"])
    }
    assert at_one == {code for code, currency in currencies.items() if currency == "EUR"}
    assert set(CODES) - at_one == {"CZ", "DK", "HU", "PL", "RO", "SE"}


def test_a_row_of_sources_for_each_table_and_no_other():
    tables = {path.stem for path in INPUTS.glob("*.csv")} - {"sources"}
    assert {row["table"] for row in rows("sources")} == tables
    for row in rows("sources"):
        assert row["publisher"]
        assert row["definition"]
        assert row["terms"]
        assert date.fromisoformat(row["as_of"])


def test_the_readme_tells_of_every_table():
    text = (INPUTS / "README.md").read_text(encoding="utf-8")
    assert [path.stem for path in INPUTS.glob("*.csv") if f"`{path.stem}`" not in text] == []


@pytest.mark.skipif(not (INPUTS.parent / ".git").exists(), reason="no checkout")
@pytest.mark.parametrize("name", ["gdp.csv", "assumptions.toml", "README.md"])
def test_line_ends_stay_in_a_checkout_on_windows(name):
    """Their hashes are part of a report, which would bear another run id."""
    asked = ["git", "check-attr", "eol", name]
    found = subprocess.run(asked, cwd=INPUTS, capture_output=True, text=True, check=True)
    assert found.stdout.strip() == f"{name}: eol: lf"
