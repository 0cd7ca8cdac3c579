"""Values of TOML files that are allowed and look like a slip: each is told, the bundled ones are not."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

import pytest
from invented.union import assuming, with_lines

from forecaster.case import Case
from forecaster.case.programme import Call
from forecaster.case.scenarios import with_combinations
from forecaster.case.slips import slips

THE_CALL = Call(year=2026, share=1.0, date=date(2026, 10, 31))


def with_terms(case: Case, **terms: object) -> Case:
    return replace(case, programme=case.programme.model_copy(update=terms))


def with_levers(case: Case, name: str, levers: Mapping[str, object]) -> Case:
    tables = (
        table.model_copy(update={"levers": levers}) if table.id == name else table for table in case.scenarios
    )
    return replace(case, scenarios=tuple(tables))


def with_run(case: Case, **settings: object) -> Case:
    run = case.assumptions.run.model_copy(update=settings)
    return replace(case, assumptions=case.assumptions.model_copy(update={"run": run}))


def test_the_bundled_case_holds_none(whole: Case) -> None:
    assert list(slips(whole)) == []


@pytest.mark.parametrize(
    ("key", "value", "told"),
    [
        (
            "budgets.pledge_target",
            0.035,
            "budgets.pledge_target: 0.035 per cent of GDP. If 3.5 per cent is meant, write 3.5.",
        ),
        (
            "budgets.pledge_year",
            2025,
            (
                "budgets.pledge_year: 2025 is not after the base year 2025; the target stands as reached in "
                "the first year after the plans."
            ),
        ),
    ],
)
def test_assumptions(whole: Case, key: str, value: float, told: str) -> None:
    assert list(slips(assuming(whole, {key: value}))) == [f"assumptions.toml, {told}"]


def test_none_of_a_limit_is_no_slip(whole: Case) -> None:
    assert list(slips(assuming(whole, {"fiscal.escape_cap": 0.0}))) == []


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"as_of": date(2016, 11, 22)}, "run.as_of: 2016-11-22 is before the base year, 2025."),
        (
            {"as_of": date(2025, 11, 22)},
            (
                "run.as_of: 2025-11-22 is before the newest figures, of 2026-11-22 (as_of in the tables "
                "plans and sources). Give the day on which all figures were known."
            ),
        ),
        (
            {"as_of": date(2036, 1, 1)},
            (
                "run.as_of: 2036-01-01 is after the last projected year 2035. Give the day on which the "
                "figures were known, or a later run.base_year."
            ),
        ),
        (
            {"as_of": date(2027, 11, 22)},
            (
                "run.as_of: 2027-11-22 is more than half a year after the newest figures, of 2026-11-22 "
                "(as_of in the tables plans and sources). A slip of the year, or are newer figures out?"
            ),
        ),
        (
            {"ministry": "PL", "states": ("DE",)},
            "run.states: not used, as run.ministry shows the view of PL alone.",
        ),
    ],
)
def test_settings(whole: Case, settings: Mapping[str, object], told: str) -> None:
    assert list(slips(with_run(whole, **settings))) == [f"assumptions.toml, {told}"]


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        (
            {"date": date(2062, 10, 31)},
            "programme.calls: that of 2026 closes on 2062-10-31, after the last payments (2033).",
        ),
        (
            {"year": 2062},
            (
                "programme.calls: that of 2062 closes on 2026-10-31. Awards and payments follow the day; the "
                "year counts for lines with spread_to alone."
            ),
        ),
    ],
)
def test_calls(whole: Case, changes: Mapping[str, object], told: str) -> None:
    calls = (THE_CALL.model_copy(update=changes),)
    assert next(slips(with_terms(whole, calls=calls))) == f"programme.toml, {told}"


def test_a_call_may_close_in_the_year_beside_its_own(whole: Case) -> None:
    beside = THE_CALL.model_copy(update={"year": 2027})
    assert list(slips(with_terms(whole, calls=(beside,)))) == []


@pytest.mark.parametrize(
    ("entries", "told"),
    [
        (
            {"steps": ((0.0, 0.5), (14.0, 0.5)), "milestones": 0.0},
            (
                "line[procurement].steps: what falls due 14 years after award is never paid, as payments end "
                "in 2033 (programme.last_payment)."
            ),
        ),
        (
            {"duration": (1.0, 6.0)},
            "line[procurement].duration: 1 to 6 months. Durations are months, not years.",
        ),
        (
            {"contract": False},
            (
                "line[procurement]: eu_share, states_part, grant_to, new, min_participants, ranges of no "
                "effect, as contract is false."
            ),
        ),
    ],
)
def test_lines(whole: Case, entries: Mapping[str, object], told: str) -> None:
    assert list(slips(with_lines(whole, {"procurement": entries}))) == [f"programme.toml, {told}"]


def test_bounds_of_the_law_do_not_vanish_with_a_name(whole: Case) -> None:
    renamed = with_lines(whole, {"common_projects": {"id": "commonprojects"}})
    assert list(slips(renamed)) == [
        (
            "programme.toml, line: none has the id common_projects, whose amount Article 3(4) bounds. Did "
            "you mean commonprojects?"
        )
    ]
    assert list(slips(with_terms(whole, celex="32025R2634"))) == [
        (
            "programme.toml, programme.celex: '32025R2634' is not 32025R2643, so the bounds of that "
            "regulation are not looked at."
        )
    ]


@pytest.mark.parametrize(
    ("levers", "told"),
    [
        ({}, "recession: moves nothing; every lever is neutral in the projected years."),
        (
            {"budget": [1.0] * 10 + [0.9]},
            "recession: moves nothing; every lever is neutral in the projected years.",
        ),
        (
            {"budget": {"PL": [1.0, 1.0]}},
            "recession: moves nothing; every lever is neutral in the projected years.",
        ),
        (
            {"leaves": [], "growth": [0.0, 0.0], "saving": -0.1},
            "recession.levers: leaves, growth of no effect, as neutral in the projected years.",
        ),
        (
            {"budget": {"PL": [1.0, 0.05]}},
            "recession.levers.budget: 0.05 leaves 5 per cent. To take 5 per cent away, write 0.95.",
        ),
    ],
)
def test_levers(whole: Case, levers: Mapping[str, object], told: str) -> None:
    assert list(slips(with_levers(whole, "recession", levers))) == [f"scenarios.toml, {told}"]


def test_a_bonus_that_takes_away(whole: Case) -> None:
    """Below the share without it; of several shares, below the least."""
    for line, share, least in (("reinforcement", 0.05, "0.36"), ("procurement", 0.02, "0.02725")):
        told = (
            f"line[{line}].bonus_share: {share} is below eu_share, {least}; a bonus raises what the EU bears."
        )
        changed = with_lines(whole, {line: {"bonus_share": share}})
        assert list(slips(changed)) == [f"programme.toml, {told}"]


def test_a_first_payment_before_the_first_call(whole: Case) -> None:
    told = "programme.first_payment: 2020 is before the first call, of 2026."
    assert list(slips(with_terms(whole, first_payment=2020))) == [f"programme.toml, {told}"]
    assert list(slips(with_terms(whole, first_payment=2026))) == []


def test_a_state_that_leaves_twice(whole: Case) -> None:
    assert list(slips(with_levers(whole, "recession", {"leaves": ["DE", "FR", "DE"]}))) == [
        "scenarios.toml, recession.levers.leaves: DE named twice. Is another state meant?"
    ]


def test_saving_lost_where_nobody_leaves(whole: Case) -> None:
    (told,) = slips(with_levers(whole, "recession", {"leaving_saving": -0.1}))
    assert told == (
        "scenarios.toml, recession.levers.leaving_saving: "
        "of no effect, as no state leaves. Name it in leaves."
    )


def test_two_scenarios_of_one_title(whole: Case) -> None:
    recession = next(table for table in whole.scenarios if table.id == "recession")
    named = tuple(
        table.model_copy(update={"title": recession.title.upper()}) if table.id == "severe" else table
        for table in whole.scenarios
    )
    title = recession.title.upper()
    assert list(slips(replace(whole, scenarios=named))) == [
        f"scenarios.toml, severe.title: '{title}' is a name of recession too."
    ]


def test_a_scenario_by_the_name_of_another(whole: Case) -> None:
    tables = (
        table.model_copy(update={"title": "Base case" if table.id == "baseline" else "Baseline"})
        for table in whole.scenarios
        if table.id in {"baseline", "recession"}
    )
    assert list(slips(replace(whole, scenarios=tuple(tables)))) == [
        "scenarios.toml, recession.title: 'Baseline' is a name of baseline too."
    ]


def test_the_newest_figures_may_be_half_a_year_old(whole: Case) -> None:
    """A month stands for its first day; what is no date says nothing."""
    source = replace(whole.budgets.sources[0], as_of="winter")
    plan = replace(whole.budgets.plans[0], as_of="2026-06")
    old = replace(whole, budgets=replace(whole.budgets, sources=(source,), plans=(plan,)))
    told = [list(slips(with_run(old, as_of=date(2026, 12, day)))) for day in (1, 2)]
    assert [len(lines) for lines in told] == [0, 1]


def test_a_state_that_leaves_is_a_lever(whole: Case) -> None:
    assert list(slips(with_levers(whole, "recession", {"leaves": ["DE"]}))) == []


def test_a_scenario_that_is_a_part_of_another_acts_twice_beside_it(whole: Case) -> None:
    both = replace(whole, scenarios=with_combinations(whole.scenarios, ["severe+recession"]))
    assert list(slips(both)) == ["scenarios.toml, severe+recession: the levers of recession act twice."]


def test_equal_parts_after_the_last_payments_are_told(whole: Case) -> None:
    assert list(slips(with_terms(whole, last_payment=2033))) == []
    told = "programme.toml, line[administration].spread_to: 2033 is after the last payments (2032, "
    assert [line.startswith(told) for line in slips(with_terms(whole, last_payment=2032))] == [True]
