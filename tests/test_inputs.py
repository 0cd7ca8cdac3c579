"""The bundled inputs: what the tables must hold, whatever reads them; only csv and tomllib are used here."""

import csv
import subprocess
import tomllib
from collections import Counter
from datetime import date
from functools import cache
from itertools import pairwise
from math import fsum, log, sqrt
from pathlib import Path
from statistics import median

import pytest

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
COMPLETE = set(WIDE) - {"panel", "nato_spending", "nato_equipment", "eda_spending", "eda_investment"}
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


def used_plans(code):
    return [row for row in rows("plans") if row["code"] == code and row["use"] == "yes"]


# Tables


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


# Figures, from the publications named in sources.csv


@pytest.mark.parametrize(
    ("table", "code", "year", "published"),
    [
        ("spending", "DE", 2025, 100_689),  # SIPRI, April 2026
        ("spending", "PL", 2025, 41_528),
        ("spending", "MT", 2025, 111),
        ("spending", "FR", 2024, 58_736),
        ("nato_spending", "DE", 2026, 124_660),  # NATO, July 2026
        ("nato_spending", "BG", 2024, 2_027),  # already in euro: not divided by 1.95583
        ("nato_equipment", "PL", 2026, 56),
        ("eda_investment", "DE", 2023, 12_750),  # EDA, December 2024
        ("gdp", "DK", 2025, 408_000),  # WEO, October 2025
    ],
)
def test_spot_values(table, code, year, published):
    assert figures(table)[code, year] == pytest.approx(published, rel=0.005)


def test_national_currencies_are_converted_at_the_rate_of_the_year():
    # NATO, July 2026: 193,789 million zloty, 217,902 million kronor
    assert figures("nato_spending")["PL", 2026] * figures("exchange")["PL", 2026] == pytest.approx(
        193_789, rel=1e-4
    )
    assert figures("nato_spending")["SE", 2026] * figures("exchange")["SE", 2026] == pytest.approx(
        217_902, rel=1e-4
    )


def test_the_gni_key_agrees_with_the_commission():
    # European Commission, 2023: Germany 25.2 %, France 16.8 %, Netherlands 6.05 %
    gni = column("gni", 2023)
    total = fsum(gni.values())
    shares = [100 * gni[code] / total for code in ("DE", "FR", "NL")]
    assert shares == pytest.approx([25.2, 16.8, 6.05], abs=0.05)


def test_the_union_spent_408_billion_in_2025():
    assert fsum(column("spending", 2025).values()) == pytest.approx(408_000, abs=500)


def test_what_allies_had_closed_of_the_gap_to_two_per_cent():
    """What `budgets.pledge_weight_alpha` says; Finland and Sweden were no allies in 2014."""
    outside = OUTSIDE_NATO | {"FI", "SE"}
    low = [code for code, share in column("panel", 2014).items() if share < 2.0 and code not in outside]
    assert len(low) == 20
    share = figures("panel")
    for year, told in ((2019, 0.17), (2021, 0.39), (2024, 0.92)):
        closed = [(share[code, year] - share[code, 2014]) / (2.0 - share[code, 2014]) for code in low]
        assert median(closed) == pytest.approx(told, abs=0.005), year


def test_the_series_in_use_beside_natos_core_figures():
    """What `budgets.pledge_target` says: a ratio that no earlier one foretells three years ahead."""
    spending, nato = figures("spending"), figures("nato_spending")
    ratio = {at: spending[at] / nato[at] for at in nato if at in spending}
    now = {code: value for (code, year), value in ratio.items() if year == 2025}
    assert (now["LU"], now["GR"]) == (min(now.values()), max(now.values()))
    assert (now["LU"], now["GR"]) == pytest.approx((0.63, 1.07), abs=0.005)
    total = fsum(spending[code, 2025] for code in now) / fsum(nato[code, 2025] for code in now)
    assert total == pytest.approx(0.99, abs=0.005)
    by_mean, by_one = [], []
    for (code, year), value in ratio.items():
        if past := [log(ratio[code, before]) for before in range(2021, year - 2)]:
            by_mean.append(log(value) - fsum(past) / len(past))
            by_one.append(log(value))
    assert sqrt(fsum(miss * miss for miss in by_mean) / len(by_mean)) == pytest.approx(0.105, abs=0.0005)
    assert sqrt(fsum(miss * miss for miss in by_one) / len(by_one)) == pytest.approx(0.103, abs=0.0005)


def test_spending_over_gdp_agrees_with_the_panel():
    # SIPRI's GDP is another vintage, and in some states of 2014-2016 a later revised one
    for code in CODES:
        share = 100 * figures("spending")[code, 2025] / figures("gdp")[code, 2025]
        assert share == pytest.approx(figures("panel")[code, 2025], rel=0.06), code


def test_investment_is_within_five_per_cent_of_edas_130_billion():
    nato, equipment = column("nato_spending", 2025), figures("nato_equipment")
    shares = {code: fsum(equipment[code, year] for year in (2024, 2025, 2026)) / 300 for code in nato}
    allies = fsum(nato[code] * shares[code] for code in nato)
    others = fsum(
        figures("spending")[code, 2025]
        * figures("eda_investment")[code, 2023]
        / figures("eda_spending")[code, 2023]
        for code in OUTSIDE_NATO
    )
    assert allies + others == pytest.approx(130_000, rel=0.05)


# Plans


def test_plans_in_use_have_one_amount_a_year_in_each_series():
    keys = Counter((row["code"], row["series"], row["year"]) for row in rows("plans") if row["use"] == "yes")
    assert [key for key, times in keys.items() if times > 1] == []


def test_each_plan_has_an_amount_a_known_status_and_a_source():
    for row in rows("plans"):
        assert float(row["amount"]) > 0
        assert row["status"] in {"voted", "plan", "announced", "estimate"}, row
        assert row["use"] == "yes" or row["reason"], row
        assert row["source"], row


def test_each_plan_in_use_has_a_partner_year_in_its_series():
    years = Counter((row["code"], row["series"]) for row in rows("plans") if row["use"] == "yes")
    assert [key for key, number in years.items() if number < 2] == []


def test_increments_are_never_used():
    increments = [row for row in rows("plans") if "INCREMENT" in row["definition"]]
    assert increments
    assert {row["use"] for row in increments} == {"no"}


def test_the_dutch_pension_buy_out_is_not_used():
    (row,) = [
        row
        for row in rows("plans")
        if row["code"] == "NL" and "one-off military pension" in row["definition"]
    ]
    assert row["use"] == "no"


def test_plans_in_national_currency_use_the_rate_of_their_year():
    for row in rows("plans"):
        if row["amount_national"]:
            rate = figures("exchange").get(
                (row["code"], int(row["year"])), figures("exchange")[row["code"], 2030]
            )
            assert float(row["amount"]) * rate == pytest.approx(
                float(row["amount_national"]), rel=1e-3, abs=0.06
            )


def test_every_state_but_malta_has_a_settled_2026_with_a_2025_in_the_same_series():
    def settled(code):
        plans = used_plans(code)
        base = {row["series"] for row in plans if row["year"] == "2025"}
        return [
            row
            for row in plans
            if row["year"] == "2026" and row["series"] in base and row["status"] != "plan"
        ]

    assert [code for code in CODES if not settled(code)] == ["MT"]


def test_no_plan_in_use_jumps_absurdly():
    # The largest: Lithuania +41 % in 2026, from 4.0 to 5.4 % of GDP
    for code in CODES:
        for series in {row["series"] for row in used_plans(code)}:
            path = sorted(
                (int(r["year"]), float(r["amount"])) for r in used_plans(code) if r["series"] == series
            )
            for (first, old), (last, new) in pairwise(path):
                assert 0.95 < (new / old) ** (1 / (last - first)) < 1.42, (code, series, last)


def test_the_german_series_is_continuous():
    # Einzelplan 14 plus special fund to 2027, the vote alone from 2028 (EUR million)
    path = {row["year"]: float(row["amount"]) for row in used_plans("DE")}
    assert path == {"2025": 86_370, "2026": 108_200, "2027": 139_600, "2028": 136_500, "2029": 152_800}


# Loans, rules, sources


def test_safe_allocations_add_up_to_the_ceiling():
    # 150 bn; rounded figures and a cut of 0.3 bn leave them a little under
    assert fsum(float(row["allocation"]) for row in rows("safe")) == pytest.approx(150_000, rel=0.005)
    assert {row["code"] for row in rows("safe") if row["advance"] == "no"} == {"ES", "FI", "IT"}


def test_seventeen_escape_clauses_and_dates_in_order():
    clauses = [row for row in rows("rules") if row["escape_clause_from"]]
    assert len(clauses) == 17
    for row in clauses:
        assert date.fromisoformat(row["escape_clause_from"]) < date.fromisoformat(row["escape_clause_to"])


def test_deficit_procedures():
    found = {row["code"]: row["deficit_procedure"] for row in rows("rules")}
    procedures = {"AT", "BE", "BG", "FR", "HU", "PL", "RO", "SK"}
    assert {code for code, state in found.items() if state == "open"} == procedures
    assert {code for code, state in found.items() if state == "under review"} == {"IT", "MT"}
    assert {code for code, state in found.items() if state == "proposed"} == {"FI"}


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


# Programme


def test_lines_add_up_to_the_envelope_exactly():
    assert (
        fsum(line["amount"] for line in lines().values())
        == 1500.0
        == toml("programme")["programme"]["envelope"]
    )


def test_legal_floors_and_ceilings():
    # Regulation (EU) 2025/2643, Article 3(4) and 3(6): shares of 1,200 and of 1,500
    amounts = {name: line["amount"] for name, line in lines().items()}
    assert amounts["procurement"] >= 0.15 * 1200
    assert amounts["reinforcement"] >= 0.30 * 1200
    assert amounts["common_projects"] <= 0.25 * 1200
    assert amounts["administration"] == pytest.approx(0.035 * 1500)
    assert lines()["common_projects"]["min_participants"] == 4


@pytest.mark.parametrize("line", lines().values(), ids=lines())
def test_each_line_is_paid_once_and_divided_once(line):
    assert fsum(line["capabilities"].values()) == pytest.approx(1)
    if "spread_to" not in line:
        assert fsum(share for _, share in line["steps"]) + line["milestones"] == pytest.approx(1)
    assert line["status"] in STATUSES
    assert line["source"]


def test_the_share_of_the_union_is_the_observed_one():
    # EDIRPA: over 11 bn of procurement for 300 million, leverage 36.7
    assert lines()["procurement"]["eu_share"]["observed"] == pytest.approx(1 / 36.7, rel=1e-3)


def test_the_calls_divide_the_commitments():
    assert fsum(call["share"] for call in toml("programme")["programme"]["calls"]) == pytest.approx(1)


# Assumptions and scenarios


def test_every_assumption_has_value_unit_source_status_and_note():
    for key, entry in assumptions().items():
        assert {"value", "unit", "source", "status", "note"} <= set(entry), key
        assert entry["status"] in STATUSES, key
        assert len(entry["note"]) > 10, key


def test_every_judgement_on_a_number_has_a_range_that_holds_it():
    for key, entry in assumptions().items():
        if (
            entry["status"] != "judgement"
            or isinstance(entry["value"], str)
            or key == "award.procurement_case"
        ):
            continue
        values = entry["value"] if isinstance(entry["value"], list) else [entry["value"]]
        low, high = entry["range"]
        assert low <= min(values) <= max(values) <= high, key
        assert low < high, key


def test_the_slip_can_be_a_log_normal():
    # A log-normal reaches at most exp(1.2816**2 / 2) = 2.27 means at its 90th percentile, hence a median
    cost = assumptions()
    assert cost["cost.slip_p90"]["value"] / cost["cost.slip_median"]["value"] > 2.27
    assert "median" in cost["cost.slip_median"]["note"]


def test_sustainment_and_prices_name_the_capabilities_of_the_programme():
    bought = {name for line in lines().values() for name in line["capabilities"]}
    assert set(toml("assumptions")["sustainment"]) == bought
    assert {key for key in toml("assumptions")["cost"] if key.startswith("price_sd_")} == {
        f"price_sd_{name}" for name in bought
    }


def test_the_severe_scenario_is_three_scenarios_at_once():
    levers = {name: scenario["levers"] for name, scenario in toml("scenarios").items()}
    assert levers["severe"] == {}
    assert toml("scenarios")["severe"]["combines"] == ["supply-shock", "recession", "rate-shock"]
    assert levers["baseline"] == {}


@pytest.mark.parametrize("name", toml("scenarios"))
def test_each_scenario_asks_a_question_and_says_what_must_move(name):
    scenario = toml("scenarios")[name]
    assert scenario["asks"].endswith("?")
    assert scenario["source"]
    assert set(scenario["expects"].values()) <= {"up", "down"}
    assert bool(scenario["expects"]) == bool(scenario["levers"] or scenario.get("combines"))


@pytest.mark.skipif(not (INPUTS.parent / ".git").exists(), reason="no checkout")
@pytest.mark.parametrize("name", ["gdp.csv", "assumptions.toml", "README.md"])
def test_line_ends_stay_in_a_checkout_on_windows(name):
    """Their hashes are part of a report, which would bear another run id."""
    asked = ["git", "check-attr", "eol", name]
    found = subprocess.run(asked, cwd=INPUTS, capture_output=True, text=True, check=True)
    assert found.stdout.strip() == f"{name}: eol: lf"
