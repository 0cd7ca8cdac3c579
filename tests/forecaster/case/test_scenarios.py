"""scenarios.toml: what is accepted, and what a user reads where something is wrong; scenarios together."""

import pytest
from toml_files import changed, read

from forecaster.case.scenarios import BY_STATE, FORMS, combination, with_combinations
from forecaster.errors import AssumptionError
from models.stress import LEVERS


def test_scenarios_are_typed(tmp_path):
    found, lines = read(tmp_path, "scenarios.toml", changed("scenarios.toml"))
    assert lines == []
    assert found[0].id == "baseline"
    assert dict(found[0].levers) == {}
    recession = next(table for table in found if table.id == "recession")
    assert recession.levers["growth"][:3] == [0.0, -0.03, -0.02]
    assert recession.expects == {"strain": "up"}


NEW = """
[new]
title = "New"
asks = "?"
source = "Judgement"
expects = {{ {expects} }}
[new.levers]
{levers}
"""


@pytest.mark.parametrize(
    ("levers", "expects", "told"),
    [
        ("growht = 0.1", "", "new.levers.growht: unknown lever. Did you mean growth?"),
        ("zzz = 0.1", "", f"new.levers.zzz: unknown lever. Known: {', '.join(LEVERS)}."),
        ("growth = []", "", "new.levers.growth: has 0 entries. Allowed: 1 to 20, one a projected year."),
        (
            'growth = "low"',
            "",
            f"new.levers.growth: 'low' is not {FORMS['years']}{BY_STATE}.",
        ),
        (
            "growth = [0.1, true]",
            "",
            f"new.levers.growth: True is not {FORMS['years']}{BY_STATE}.",
        ),
        (
            "slip = [1.0, 2.0]",
            "",
            "new.levers.slip: [1.0, 2.0] is not a number; this lever takes one number for all years.",
        ),
        (
            "budget = 0",
            "",
            "new.levers.budget: 0 is too small. Allowed: more than 0, at most 10; 1 is neutral.",
        ),
        (
            "prices = { dornes = 1.2 }",
            "",
            "new.levers.prices: unknown capability dornes. Did you mean drones?",
        ),
        (
            "prices = { drones = inf }",
            "",
            f"new.levers.prices: inf is not {FORMS['capabilities']}.",
        ),
        (
            "budget = { PL = 0.9, XX = 0.8 }",
            "",
            "new.levers.budget: unknown state XX. Known: DE, FR, PL, procedure and others.",
        ),
        (
            "budget = { PL = 0.9, XX = 0.8, procedur = 1.0, FL = 1.0 }",
            "",
            (
                "new.levers.budget: unknown state XX. Unknown state procedur. Did you mean procedure? "
                "Unknown state FL. Known: DE, FR, PL, procedure and others."
            ),
        ),
        (
            "budget = { PL = { DE = 0.9 } }",
            "",
            "new.levers.budget: PL holds a table. Give it a number or a list of numbers.",
        ),
        (
            "budget = { PL = [] }",
            "",
            "new.levers.budget: has 0 entries. Allowed: 1 to 20, one a projected year.",
        ),
        (
            "budget = { others = 0.0 }",
            "",
            "new.levers.budget: 0.0 is too small. Allowed: more than 0, at most 10; 1 is neutral.",
        ),
        (
            "growth = [0.0, -3]",
            "",
            "new.levers.growth: -3 is too small. Allowed: -0.5 to 0.5; 0.03 is three per cent a year.",
        ),
        (
            "investment_share = 9",
            "",
            "new.levers.investment_share: 9 is too large. Allowed: -0.9 to 0.9; 0.03 is three points.",
        ),
        ("slip_months = 150", "", "new.levers.slip_months: 150 is too large. Allowed: -120 to 120."),
        ("rates = { PL = 0.01 }", "", f"new.levers.rates: {{'PL': 0.01}} is not {FORMS['years']}."),
        ("joint = 1.5", "", "new.levers.joint: 1.5 is too large. Allowed: 0 to 1."),
        ("successor = -1", "", "new.levers.successor: -1 is too small. Allowed: 0 to 100000."),
        ('leaves = "DE"', "", """new.levers.leaves: 'DE' is not a list of states such as ["DE", "FR"]."""),
        (
            "growth = 0.1",
            'strian = "up"',
            "new.expects.strian: unknown quantity. Did you mean strain? See `forecaster list metrics`.",
        ),
        (
            "growth = 0.1",
            'strain = "more"',
            "new.expects.strain: 'more' is not allowed. Expected 'up', 'down' or 'none'.",
        ),
    ],
)
def test_a_mistake_in_a_scenario_is_one_line(tmp_path, levers, expects, told):
    text = changed("scenarios.toml") + NEW.format(levers=levers, expects=expects)
    _, lines = read(tmp_path, "scenarios.toml", text)
    assert len(lines) == 1
    assert lines[0].startswith("scenarios.toml, line ")
    assert lines[0].endswith(f", {told}")


@pytest.mark.parametrize(
    "levers",
    [
        "growth = -0.01",
        "growth = [0.0, -0.01]",
        "prices = 1.2",
        "prices = { drones = 1.2, others = 1.1 }",
        "budget = { PL = 0.9, procedure = [1.0, 0.95], others = 0.99 }",
        "joint = 0",
        'leaves = ["DE"]',
        "slip = 2",
    ],
)
def test_every_form_of_lever_is_accepted(tmp_path, levers):
    text = changed("scenarios.toml") + NEW.format(levers=levers, expects="")
    found, lines = read(tmp_path, "scenarios.toml", text)
    assert lines == []
    assert found[-1].id == "new"


def test_states_in_a_procedure_are_named_by_their_codes(tmp_path):
    text = changed("scenarios.toml") + NEW.format(levers="budget = { procedure = 0.9, DE = 0.8 }", expects="")
    found, _ = read(tmp_path, "scenarios.toml", text)
    assert found[-1].levers == {"budget": {"FR": 0.9, "PL": 0.9, "DE": 0.8}}


@pytest.mark.parametrize("levers", ["PL = 0.7, procedure = 0.9", "procedure = 0.9, PL = 0.7"])
def test_a_state_that_is_named_goes_by_its_own_entry(tmp_path, levers):
    text = changed("scenarios.toml") + NEW.format(levers=f"budget = {{ {levers} }}", expects="")
    found, _ = read(tmp_path, "scenarios.toml", text)
    assert found[-1].levers == {"budget": {"FR": 0.9, "PL": 0.7}}


def test_a_scenario_holds_the_levers_of_those_it_combines(tmp_path):
    new = NEW.format(levers="growth = -0.01", expects="").replace(
        "[new.levers]", 'combines = ["recession", "rate-shock"]\n[new.levers]'
    )
    found, lines = read(tmp_path, "scenarios.toml", changed("scenarios.toml") + new)
    assert lines == []
    recession = next(table for table in found if table.id == "recession")
    assert found[-1].levers["growth"][:4] == [-0.01, -0.04, -0.03, -0.01]
    assert found[-1].levers["budget"] == recession.levers["budget"]
    assert found[-1].levers["rates"] == 0.015
    assert (found[-1].combines, found[-1].parts) == ((), ("recession", "rate-shock"))


@pytest.mark.parametrize(
    ("combined", "told"),
    [
        ('"recesion"', "'recesion' is no scenario that can be combined. Did you mean recession?"),
        (
            '"severe"',
            "'severe' is no scenario that can be combined. Name scenarios that combine nothing themselves.",
        ),
        ('"pledge-met", "pledge-missed"', "both set pledge, to 1 and to 0. Leave one of them out."),
    ],
)
def test_what_cannot_be_combined_is_told(tmp_path, combined, told):
    new = NEW.format(levers="", expects="").replace("[new.levers]", f"combines = [{combined}]\n[new.levers]")
    _, lines = read(tmp_path, "scenarios.toml", changed("scenarios.toml") + new)
    assert [line.split("new.combines: ")[1] for line in lines] == [told]


@pytest.mark.parametrize("value", ["[[1]]", "2026-01-01"])
def test_a_lever_of_the_wrong_form_is_told_once_where_scenarios_combine(tmp_path, value):
    entries = NEW.format(levers=f"growth = {value}", expects="")
    entries = entries.replace("[new.levers]", 'combines = ["recession"]\n[new.levers]')
    _, lines = read(tmp_path, "scenarios.toml", changed("scenarios.toml") + entries)
    assert len(lines) == 1
    assert "new.levers.growth: " in lines[0]


def test_a_number_of_hundreds_of_digits_is_too_large(tmp_path):
    entries = NEW.format(levers=f"growth = 1{'0' * 400}", expects="")
    _, lines = read(tmp_path, "scenarios.toml", changed("scenarios.toml") + entries)
    assert len(lines) == 1
    assert "is too large. Allowed: " in lines[0]


def test_scenarios_are_joined_by_a_plus(tmp_path):
    found, _ = read(tmp_path, "scenarios.toml", changed("scenarios.toml"))
    both = with_combinations(found, ["recession+rate-shock", "recession"])[-1]
    assert (both.id, both.parts) == ("recession+rate-shock", ("recession", "rate-shock"))
    assert set(both.levers) == {"growth", "budget", "investment_share", "rates"}
    assert both.expects == {}
    assert combination(found, "recession+supply-shock").expects == {"strain": "up"}
    with pytest.raises(AssumptionError, match="both set pledge"):
        combination(found, "pledge-met+pledge-missed")


def test_the_baseline_is_first_and_neutral(tmp_path):
    new = NEW.format(levers="", expects="")
    assert read(tmp_path, "scenarios.toml", new)[1] == [
        "scenarios.toml: the table [baseline] is missing. It holds no levers and comes first."
    ]
    _, lines = read(tmp_path, "scenarios.toml", new + new.replace("new", "baseline") + "slip = 2\n")
    assert [line.split(": ", 1)[1] for line in lines] == [
        "comes after new. The baseline comes first.",
        "the baseline moves no lever. Add a scenario.",
    ]


def test_a_scenario_is_named_plainly(tmp_path):
    text = changed("scenarios.toml") + NEW.format(levers="", expects="").replace("[new", "[New_one")
    _, lines = read(tmp_path, "scenarios.toml", text)
    assert [line.split(": ", 1)[1] for line in lines] == [
        "a scenario is named in small letters, digits and hyphens: supply-shock."
    ]


BOTH = """
["{name}"]
title = "Both"
asks = "?"
source = "Judgement"
expects = {{}}
["{name}".levers]
{levers}
"""


@pytest.mark.parametrize(
    ("name", "levers", "told"),
    [
        ("rate-shock+fragmented", "rates = 0.015\njoint = 0", ""),
        (
            "rate-shock+fragmented",
            "rates = 0.02\njoint = 0",
            "not those of rate-shock and fragmented together.",
        ),
        (
            "rate-shock+mine",
            "rates = 0.015",
            "+ joins scenarios of this file, and mine is none. Use a hyphen.",
        ),
        (
            "pledge-met+pledge-missed",
            "pledge = 1",
            "both set pledge, to 1 and to 0. Such scenarios cannot be",
        ),
        ("rate-shock+rate-shock", "rates = 0.03", "rate-shock+rate-shock names rate-shock twice."),
    ],
)
def test_a_table_named_as_a_combination_holds_what_its_parts_come_to(tmp_path, name, levers, told):
    """Levers of its own would hide the combination, and stand in no list of what the case changes."""
    text = changed("scenarios.toml") + BOTH.format(name=name, levers=levers)
    _, lines = read(tmp_path, "scenarios.toml", text)
    assert len(lines) == bool(told)
    assert all(told in line for line in lines)
