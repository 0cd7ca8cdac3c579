"""Figures of the tables that are allowed, and yet look like a slip of the unit."""

from collections.abc import Iterator

from forecaster.case.case import Case
from forecaster.figures import Figure, Plan

LEAST_SHARE = {
    "panel": 0.001,
    "debt": 0.02,
    "revenue": 0.02,
    "nato_equipment": 0.02,
    "balance": 0.0015,
    "interest": 0.0015,
}
"""Table in per cent -> share below which a figure is taken for a share that was written for per cents."""

NEAR_ZERO = ("balance", "interest")
"""Tables of which single figures may be next to nothing, but not all of a state's."""

SIZES = {"plan": (0.1, 4.0), "investment": (0.01, 1.5), "commitments": (0.01, 1.0)}
"""Parts of a state's spending in the base year between which each of these lies in a year."""

DEFINITIONS = 2.0
"""Times the reference panel within which spending by another definition lies: NATO's is up to 1.4 times."""

APART = 0.1
"""How far a plan in a state's own money may be from that in euro: rates other than ours explain as much."""


def slips_of_tables(case: Case) -> Iterator[str]:
    """A line for each, with its cell, what it means as it stands, and what else may be meant."""
    yield from _shares(case)
    yield from _far_from_panel(case)
    yield from _far_from_spending(case)
    yield from _two_amounts(case)


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


def _far_from_panel(case: Case) -> Iterator[str]:
    """Spending of another size than the reference panel has, such as in national currency; of a state one."""
    told = dict[str, str]()
    for spent in (one for one in case.budgets.figures if one.table == "spending"):
        code, year = spent.code, spent.item
        gdp, panel = (case.budgets.figure(table, code, year) for table in ("gdp", "panel"))
        if not gdp or not panel or not gdp.value > 0.0:
            continue
        if panel.value < LEAST_SHARE["panel"]:
            continue  # told as a share
        share = spent.value / gdp.value
        if not 1.0 / DEFINITIONS <= share / panel.value <= DEFINITIONS:
            told[code] = (
                f"{spent.place}: {code} {year}: spending of EUR {spent.value:,.1f} million is "
                f"{100.0 * share:.3g} % of GDP, where the reference panel has {100.0 * panel.value:.3g} % "
                f"({panel.place}). Another unit, currency or state?"
            )
    yield from told.values()


def _far_from_spending(case: Case) -> Iterator[str]:
    """Plans, investment and commitments of another size than spending; of a state and kind the first one."""
    base = case.assumptions.run.base_year
    far = dict[tuple[str, str], str]()
    for what, code, year, amount, place in _coming(case):
        before = case.budgets.figure("spending", code, base)
        least, most = SIZES[what]
        if before and amount > 0.0 and before.value > 0.0 and not least < amount / before.value < most:
            told = (
                f"{place}: {code} {year}: {what} of EUR {amount:,.1f} million beside spending of "
                f"{before.value:,.1f} in {base} ({before.place}): unit mixed up?"
            )
            far.setdefault((what, code), told)
    yield from far.values()


def _coming(case: Case) -> Iterator[tuple[str, str, int, float, str]]:
    """What it is, state, year, amount [EUR million] and place of all that is decided of coming years."""
    base = case.assumptions.run.base_year
    for plan in case.budgets.plans:
        if plan.use and plan.year >= base:
            yield "plan", plan.code, plan.year, plan.amount, plan.cell
    for figure in case.budgets.figures:
        if figure.table in {"investment", "commitments"} and int(figure.item) >= base:
            yield figure.table, figure.code, int(figure.item), figure.value, figure.place


def _two_amounts(case: Case) -> Iterator[str]:
    """Plans whose amounts in euro and in the state's own money differ; of a state the first one."""
    currencies = {state.code: state.currency for state in case.budgets.states}
    told = dict[str, str]()
    for plan in case.budgets.plans:
        known = case.budgets.figure("exchange", plan.code, plan.year)
        rate = 1.0 if plan.currency == "EUR" else known.value if known else None
        if wrong := _other_amount(plan, currencies[plan.code], rate):
            told.setdefault(plan.code, f"{plan.cell}: {plan.code} {plan.year}: {wrong}")
    yield from told.values()


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
