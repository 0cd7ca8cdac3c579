"""Bundled plans: one amount a year in each series, in use where they can be."""

from collections import Counter
from itertools import pairwise

import pytest
from input_files import CODES, figures, rows


def used_plans(code):
    return [row for row in rows("plans") if row["code"] == code and row["use"] == "yes"]


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
