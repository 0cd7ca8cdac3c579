"""Bundled assumptions and scenarios: each with what the reader must know of it."""

import pytest
from input_files import STATUSES, assumptions, lines, toml


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


def test_ends_of_absorption_leave_unspent_what_its_source_says():
    """The second shape had an upper end of 3, with which 14 % was left where the source has 3 to 8."""
    award = assumptions()
    shapes = [award[f"award.absorption_{shape}"] for shape in ("alpha", "beta")]
    (alpha, beta), (alphas, betas) = ([shape[key] for shape in shapes] for key in ("value", "range"))
    left = [beta / (end + beta) for end in alphas] + [end / (alpha + end) for end in betas]
    assert all(0.02 < share < 0.1 for share in left)


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
