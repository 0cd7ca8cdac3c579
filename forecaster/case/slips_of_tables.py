"""Figures of the tables that are allowed, and yet look like a slip of the unit."""

from collections.abc import Hashable, Iterable, Iterator

from forecaster.case.case import Case
from forecaster.figures import Figure, Plan
from forecaster.readers import WORKBOOK

LEAST_SHARE = {
    "panel": 0.001,
    "debt": 0.02,
    "revenue": 0.02,
    "nato_equipment": 0.02,
    "balance": 0.0015,
    "interest": 0.0015,
}
"""Table in per cent -> share below which a figure is taken for a share that was written for per cents."""

MOST_SHARE = {
    "panel": 0.25,
    "balance": 0.4,
    "debt": 3.0,
    "revenue": 0.9,
    "interest": 0.3,
}
"""Table in per cent -> share above which, or below minus which, no member state's has been for decades."""

NEAR_ZERO = ("balance", "interest")
"""Tables of which single figures may be next to nothing, but not all of a state's."""

SIZES = {
    "plan": (0.1, 4.0),
    "investment": (0.01, 1.5),
    "commitments": (0.01, 1.0),
    "SAFE loan": (0.001, 10.0),
}
"""Parts of a state's spending in the base year between which each of these lies, in a year or as a whole."""

BESIDE = {
    "gni": ("gdp", 0.4, 2.0),
    "nato_spending": ("spending", 0.4, 2.5),
    "eda_spending": ("spending", 0.4, 2.5),
    "eda_investment": ("eda_spending", 0.005, 1.0),
}
"""Table of money -> a table of the same years, and the parts of its figure between which one here lies."""

DEFINITIONS = 2.0
"""Times the reference panel within which spending by another definition lies: NATO's is up to 1.4 times."""

APART = 0.1
"""How far a plan in a state's own money may be from that in euro: rates other than ours explain as much."""


def slips_of_tables(case: Case) -> Iterator[str]:
    """A line for each, with its cell, what it means as it stands, and what else may be meant."""
    yield from _shares(case)
    yield from _first(_beyond(case))
    yield from _first(_far_from_another(case))
    yield from _far_from_panel(case)
    yield from _first(_far_from_spending(case))
    yield from _first(_more_signed_than_invested(case))
    yield from _first(_two_amounts(case))
    yield from _other_currency(case)


def _first(lines: Iterable[tuple[Hashable, str]]) -> Iterator[str]:
    """Of the lines of one kind, such as a state and table, the first."""
    told = dict[Hashable, str]()
    for kind, line in lines:
        told.setdefault(kind, line)
    yield from told.values()


def _shares(case: Case) -> Iterator[str]:
    """Shares written for per cents in the tables; of a state and table the first one."""
    rows = dict[tuple[str, str], list[Figure]]()
    for figure in case.budgets.figures:
        if figure.table in LEAST_SHARE:
            rows.setdefault((figure.table, figure.code), []).append(figure)
    for (table, code), row in rows.items():
        largest = max(abs(one.value) for one in row)
        sizes = ((one, largest if table in NEAR_ZERO else one.value) for one in row)
        slip = next((one for one, size in sizes if 0.0 < size < LEAST_SHARE[table]), None)
        if slip is not None:
            percent = 100.0 * slip.value
            yield (
                f"{slip.place}: {code} {slip.item}: {percent:g} {slip.unit}. If {100.0 * percent:g} per cent "
                f"is meant, write {100.0 * percent:g}."
            )


def _beyond(case: Case) -> Iterator[tuple[tuple[str, str], str]]:
    """Per cents that lost their decimal point, as in 78508 for 78.508, by state and table."""
    for one in case.budgets.figures:
        most = MOST_SHARE.get(one.table)
        if most is not None and abs(one.value) > most:
            found = f"{one.code} {one.item}: {100.0 * one.value:,.10g} {one.unit}"
            yield (one.table, one.code), f"{one.place}: {found}. Decimal point lost?"


def _far_from_another(case: Case) -> Iterator[tuple[tuple[str, str], str]]:
    """Money of another size than that of another table in the same year, by state and table."""
    base = case.assumptions.run.base_year
    for one in (one for one in case.budgets.figures if one.table in BESIDE and int(one.item) <= base):
        other, least, most = BESIDE[one.table]
        known = case.budgets.figure(other, one.code, one.item)
        if known and known.value > 0.0 and one.value > 0.0 and not least < one.value / known.value < most:
            line = (
                f"{one.place}: {one.code} {one.item}: EUR {one.value:,.1f} million beside {other} of "
                f"{known.value:,.1f} ({known.place}): unit mixed up?"
            )
            yield (one.table, one.code), line


def _far_from_panel(case: Case) -> Iterator[str]:
    """Spending of another size than the reference panel has, such as in national currency; of a state one."""
    told = dict[str, str]()
    for spent in (one for one in case.budgets.figures if one.table == "spending"):
        code, year = spent.code, spent.item
        gdp, panel = (case.budgets.figure(table, code, year) for table in ("gdp", "panel"))
        if not gdp or not panel or not gdp.value > 0.0:
            continue
        if not LEAST_SHARE["panel"] <= panel.value <= MOST_SHARE["panel"]:
            continue  # told as a share, or as one without its decimal point
        share = spent.value / gdp.value
        if not 1.0 / DEFINITIONS <= share / panel.value <= DEFINITIONS:
            told[code] = (
                f"{spent.place}: {code} {year}: spending of EUR {spent.value:,.1f} million is "
                f"{100.0 * share:.3g} % of GDP, where the reference panel has {100.0 * panel.value:.3g} % "
                f"({panel.place}). Another unit, currency or state?"
            )
    yield from told.values()


def _far_from_spending(case: Case) -> Iterator[tuple[tuple[str, str], str]]:
    """What is planned, committed or lent of another size than spending, by state and kind."""
    base = case.assumptions.run.base_year
    for what, code, when, amount, place in _coming(case):
        before = case.budgets.figure("spending", code, base)
        least, most = SIZES[what]
        if before and amount > 0.0 and before.value > 0.0 and not least < amount / before.value < most:
            line = (
                f"{place}: {code}{when}: {what} of EUR {amount:,.1f} million beside spending of "
                f"{before.value:,.1f} in {base} ({before.place}): unit mixed up?"
            )
            yield (what, code), line


def _coming(case: Case) -> Iterator[tuple[str, str, str, float, str]]:
    """What it is, state, year, amount [EUR million] and place of all that is decided of coming years."""
    base = case.assumptions.run.base_year
    for plan in case.budgets.plans:
        if plan.use and plan.year >= base:
            yield "plan", plan.code, f" {plan.year}", plan.amount, plan.cell
    for figure in case.budgets.figures:
        if figure.table in {"investment", "commitments"} and int(figure.item) >= base:
            yield figure.table, figure.code, f" {figure.item}", figure.value, figure.place
    for loan in case.budgets.loans:
        yield "SAFE loan", loan.code, "", loan.allocation, loan.cell


def _more_signed_than_invested(case: Case) -> Iterator[tuple[str, str]]:
    """Payments on contracts beyond the state's own investment of the year, by state: it is red by itself."""
    for signed in (one for one in case.budgets.figures if one.table == "commitments"):
        invested = case.budgets.figure("investment", signed.code, signed.item)
        if invested and signed.value > invested.value:
            line = (
                f"{signed.place}: {signed.code} {signed.item}: EUR {signed.value:,.1f} million committed "
                f"beside investment of {invested.value:,.1f} ({invested.place}): red whatever comes. "
                "Contracts of investment alone, or all that is owed?"
            )
            yield signed.code, line


def _two_amounts(case: Case) -> Iterator[tuple[str, str]]:
    """Plans whose amounts in euro and in the state's own money differ, by state."""
    currencies = {state.code: state.currency for state in case.budgets.states}
    for plan in case.budgets.plans:
        known = case.budgets.figure("exchange", plan.code, plan.year)
        rate = 1.0 if plan.currency == "EUR" else known.value if known else None
        if wrong := _other_amount(plan, currencies[plan.code], rate):
            yield plan.code, f"{plan.cell}: {plan.code} {plan.year}: {wrong}"


def _other_amount(plan: Plan, currency: str, rate: float | None) -> str:
    """What is wrong with the amount in a currency of which so many make a euro; "" where nothing is."""
    if plan.amount_national is None:
        return ""
    if plan.currency not in {"EUR", currency}:
        known = " or ".join(dict.fromkeys(("EUR", currency)))
        return f"the currency of amount_national is {plan.currency!r}, not {known}."
    if rate is None or abs(plan.amount_national - plan.amount * rate) <= APART * plan.amount * rate:
        return ""
    return (
        f"EUR {plan.amount:,.1f} million and {plan.currency} {plan.amount_national:,.1f} million in one row, "
        f"where a euro is {rate:g} {plan.currency}. The amount in euro counts."
    )


def _other_currency(case: Case) -> Iterator[str]:
    """States whose currency is not the one of their rates: EUR goes with 1 in every year, no other does."""
    place = f"{WORKBOOK}, states" if WORKBOOK in case.files else "states.csv"
    exchange = [one for one in case.budgets.figures if one.table == "exchange"]
    for state in case.budgets.states:
        rates = {one.value for one in exchange if one.code == state.code}
        if rates and (rates == {1.0}) != (state.currency == "EUR"):
            told = "1 in every year, as EUR has" if rates == {1.0} else "other than 1"
            found = f"currency {state.currency!r}; its rates, table exchange, are {told}"
            yield f"{place}: {state.code}: {found}. Correct one of them."
