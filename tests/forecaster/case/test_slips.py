"""Values that are allowed and look like a slip: each is told, the bundled ones and the examples are not."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

import pytest
from invented.union import assuming, with_lines

from forecaster.case import Case, bundled_case
from forecaster.case.programme import Call
from forecaster.case.scenarios import with_combinations
from forecaster.case.slips import slips

THE_CALL = Call(year=2026, share=1.0, date=date(2026, 10, 31))


@pytest.fixture(scope="module")
def whole() -> Case:
    return bundled_case()


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
                "line[procurement]: eu_share, states_part, grant_to, new, min_participants of no effect, as "
                "contract is false."
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


@pytest.mark.parametrize("factor", [1000.0, 5.5, 0.04])
def test_plans_of_another_size_than_spending(whole: Case, factor: float) -> None:
    """Millions written as thousands, euro taken for koruny; a plan that is not used is left alone."""
    spent = next(
        one for one in whole.budgets.figures if (one.table, one.code, one.item) == ("spending", "AT", "2025")
    )
    plans = tuple(
        replace(plan, amount=factor * plan.amount, amount_national=None)
        if (plan.code, plan.year) == ("AT", 2026)
        else plan
        for plan in whole.budgets.plans
    )
    used = next(plan for plan in plans if (plan.code, plan.year, plan.use) == ("AT", 2026, True))
    assert list(slips(replace(whole, budgets=replace(whole.budgets, plans=plans)))) == [
        (
            f"{used.cell}: AT 2026: plan of EUR {used.amount:,.1f} million beside spending of "
            f"{spent.value:,.1f} in 2025 ({spent.place}): unit mixed up?"
        )
    ]
    idle = tuple(replace(plan, use=False) for plan in plans)
    assert list(slips(replace(whole, budgets=replace(whole.budgets, plans=idle)))) == []


@pytest.mark.parametrize(
    ("table", "value"),
    [("commitments", 9e6), ("commitments", 7e3), ("commitments", 3.0), ("investment", 8e5)],
)
def test_commitments_and_investment_of_another_size(whole: Case, table: str, value: float) -> None:
    spent = next(one for one in whole.budgets.figures if (one.table, one.code) == ("spending", "AT"))
    own = replace(spent, table=table, item="2026", value=value)
    for amount, told in ((value, [f"AT 2026: {table} of EUR {value:,.1f} million"]), (1500.0, [])):
        figures = (
            *whole.budgets.figures,
            replace(own, value=amount),
            replace(own, item="2027", value=amount),
        )
        found = list(slips(replace(whole, budgets=replace(whole.budgets, figures=figures))))
        assert [line for line in found if "unit mixed up?" in line] == found
        assert len(found) == len(told)
        assert all(start in line for start, line in zip(told, found, strict=True))


def test_equal_parts_after_the_last_payments_are_told(whole: Case) -> None:
    assert list(slips(with_terms(whole, last_payment=2033))) == []
    told = "programme.toml, line[administration].spread_to: 2033 is after the last payments (2032, "
    assert [line.startswith(told) for line in slips(with_terms(whole, last_payment=2032))] == [True]


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        (
            {"amount_national": 100.0},
            (
                "EUR 5,184.0 million and EUR 100.0 million in one row, where a euro is 1 EUR. The amount in "
                "euro counts."
            ),
        ),
        ({"currency": "EURO"}, "the currency of amount_national is 'EURO', not EUR."),
        ({"currency": "EURO", "amount_national": None}, ""),
    ],
)
def test_plans_in_two_kinds_of_money(whole: Case, changes: Mapping[str, object], told: str) -> None:
    first = replace(whole.budgets.plans[0], **changes)
    budgets = replace(whole.budgets, plans=(first, *whole.budgets.plans[1:]))
    expected = [f"{first.cell}: AT 2026: {told}"] if told else []
    assert list(slips(replace(whole, budgets=budgets))) == expected


def test_a_plan_in_money_of_the_state_is_held_against_its_rate(whole: Case) -> None:
    """Another rate than that of the table explains a tenth."""
    plan = next(one for one in whole.budgets.plans if (one.code, one.currency) == ("PL", "PLN"))
    for factor, lines in ((1.09, 0), (1.11, 1), (0.89, 1)):
        national = factor * plan.amount * rate_of(whole, plan.code, plan.year)
        plans = tuple(
            replace(one, amount_national=national) if one is plan else one for one in whole.budgets.plans
        )
        found = list(slips(replace(whole, budgets=replace(whole.budgets, plans=plans))))
        assert len(found) == lines


def rate_of(case: Case, code: str, year: int) -> float:
    return next(
        one.value
        for one in case.budgets.figures
        if (one.table, one.code, one.item) == ("exchange", code, str(year))
    )


def with_row(case: Case, table: str, code: str, factor: float, *items: str) -> Case:
    """A case with some figures of a state times a factor."""
    figures = (
        replace(one, value=factor * one.value)
        if (one.table, one.code) == (table, code) and (not items or one.item in items)
        else one
        for one in case.budgets.figures
    )
    return replace(case, budgets=replace(case.budgets, figures=tuple(figures)))


@pytest.mark.parametrize("table", ["panel", "debt", "revenue", "nato_equipment"])
def test_a_share_among_per_cents(whole: Case, table: str) -> None:
    """0.62 where 62 per cent is meant: debt of nearly nothing, and no other table tells."""
    meant = whole.budgets.figure(table, "PL", 2024)
    assert meant is not None
    (told,) = slips(with_row(whole, table, "PL", 0.01, "2024"))
    value = 100.0 * meant.value
    advice = f"If {value:g} per cent is meant, write {value:g}."
    assert told == f"{meant.place}: PL 2024: {0.01 * value:g} {meant.unit}. {advice}"


def test_spending_in_the_money_of_the_state(whole: Case) -> None:
    """Poland's budget in zloty is a fifth of GDP; NATO's figure of Lithuania is no slip. One line a state."""
    spent, panel = (whole.budgets.figure(table, "PL", 2025) for table in ("spending", "panel"))
    assert spent is not None
    assert panel is not None
    assert list(slips(with_row(whole, "spending", "LT", 1.4))) == []
    (told,) = (line for line in slips(with_row(whole, "spending", "PL", 4.3)) if "reference" in line)
    assert told == (
        f"{spent.place}: PL 2025: spending of EUR {4.3 * spent.value:,.1f} million is 19.4 % of GDP, where "
        f"the reference panel has {100.0 * panel.value:.3g} % ({panel.place}). Another unit, currency or "
        "state?"
    )


@pytest.mark.parametrize("table", ["balance", "interest"])
def test_a_row_of_shares_among_per_cents(whole: Case, table: str) -> None:
    """A balance may be next to nothing in a year, not in all of a state's years; one line a row."""
    (told,) = slips(with_row(whole, table, "PL", 0.01))
    assert told.startswith(f"{table}.csv") or f"{table}!" in told
    assert "per cent is meant, write" in told
    assert list(slips(with_row(whole, table, "PL", 0.01, "2026"))) == []


@pytest.mark.parametrize("table", ["panel", "debt", "revenue", "balance", "interest"])
def test_a_per_cent_that_lost_its_decimal_point(whole: Case, table: str) -> None:
    """62.3 typed where the program takes the point for a mark of thousands: 62,300 % of GDP."""
    meant = whole.budgets.figure(table, "PL", 2025)
    assert meant is not None
    (told,) = slips(with_row(whole, table, "PL", 1000.0, "2025"))
    assert told == f"{meant.place}: PL 2025: {1e5 * meant.value:,.10g} {meant.unit}. Decimal point lost?"


@pytest.mark.parametrize(
    ("table", "factor", "other"),
    [
        ("gni", 0.001, "gdp"),
        ("nato_spending", 1000.0, "spending"),
        ("eda_spending", 0.001, "spending"),
        ("eda_investment", 1000.0, "eda_spending"),
    ],
)
def test_money_of_another_size_than_another_table(whole: Case, table: str, factor: float, other: str) -> None:
    """A state's row in billions or in thousands: each year agrees with the one before."""
    told = list(slips(with_row(whole, table, "PL", factor)))
    assert f" million beside {other} of " in told[0]
    assert told[0].endswith("unit mixed up?")
    assert len(told) == (2 if table == "eda_spending" else 1)  # investment is beside it


def test_a_loan_of_another_size_than_spending(whole: Case) -> None:
    loans = tuple(
        replace(loan, allocation=loan.allocation / 1000.0) if loan.code == "BE" else loan
        for loan in whole.budgets.loans
    )
    (told,) = slips(replace(whole, budgets=replace(whole.budgets, loans=loans)))
    assert ": BE: SAFE loan of EUR 8.3 million beside spending of 12,882.0 in 2025 (" in told


@pytest.mark.parametrize(
    ("code", "currency", "rates"),
    [("AT", "EURO", "1 in every year, as EUR has"), ("SE", "EUR", "other than 1")],
)
def test_a_currency_that_is_not_the_one_of_its_rates(
    whole: Case, code: str, currency: str, rates: str
) -> None:
    states = (
        replace(state, currency=currency) if state.code == code else state for state in whole.budgets.states
    )
    told = list(slips(replace(whole, budgets=replace(whole.budgets, states=tuple(states)))))
    found = f"budgets.xlsx, states: {code}: currency '{currency}'"
    assert told[-1] == f"{found}; its rates, table exchange, are {rates}. Correct one of them."
