"""Figures that are allowed and look like a slip: each is told with its cell, and what else may be meant."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from forecaster.case import Case
from forecaster.case.slips import slips


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


def test_more_committed_than_invested(whole: Case) -> None:
    """All that is owed, personnel included, taken for contracts of investment; of a state the first year."""
    given = next(one for one in whole.budgets.figures if one.table == "spending" and one.code == "AT")
    amounts = {
        ("investment", "2026"): 1_200.0,
        ("investment", "2027"): 1_300.0,
        ("commitments", "2028"): 900.0,
    }
    amounts |= {("commitments", "2026"): 1_200.5, ("commitments", "2027"): 1_400.0}
    own = tuple(
        replace(given, table=table, item=year, value=value, cell=f"{table[0]}{year}")
        for (table, year), value in amounts.items()
    )
    budgets = replace(whole.budgets, figures=(*whole.budgets.figures, *own))
    signed, invested = own[3], own[0]
    assert list(slips(replace(whole, budgets=budgets))) == [
        (
            f"{signed.place}: AT 2026: EUR 1,200.5 million committed beside investment of 1,200.0 "
            f"({invested.place}): red whatever comes. Contracts of investment alone, or all that is owed?"
        )
    ]
    calm = tuple(one for one in own if one.table == "investment" or one.item == "2028")
    budgets = replace(whole.budgets, figures=(*whole.budgets.figures, *calm))
    assert list(slips(replace(whole, budgets=budgets))) == []
