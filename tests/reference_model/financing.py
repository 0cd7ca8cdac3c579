"""SAFE loans, own resources, and the interest of the Ukraine loan."""

from collections.abc import Sequence

from reference_model.case import Case, Row
from reference_model.distributions import nine
from reference_model.economy import World


def loan_draws(case: Case, code: str) -> list[tuple[float, float]]:
    """SAFE money drawn by year: advance, and the rest in equal parts from the second year to the last.

    All in the first year where that is the last, or comes after it.
    """
    allocation, advanced, _ = case.loans.get(code, (0.0, False, ""))
    first, last = case.years[0], int(case.assumed["safe.last_draw"])
    advance = allocation * case.assumed["safe.advance"] if advanced else 0.0
    rest = allocation - advance
    if last <= first:
        return [(advance, rest) if year == first else (0.0, 0.0) for year in case.years]
    each = rest / (last - first)
    return [(advance if year == first else 0.0, each if first < year <= last else 0.0) for year in case.years]


def loan_service(case: Case, drawn: Sequence[tuple[float, float]], world: World) -> Row:
    """Interest from the year after a draw on what is not repaid; equal parts of principal after the grace."""
    grace, parts = int(case.assumed["safe.grace"]), int(case.assumed["safe.repayment"])
    service = []
    for t in range(len(case.years)):
        due = 0.0
        for v in range(t):
            age, money = t - v, sum(drawn[v])
            repaid = min(max(age - 1 - grace, 0), parts)
            rate = world.rate[v] if v else case.assumed["safe.rate"]
            due += money * rate * (1.0 - repaid / parts)
            due += money / parts if grace < age <= grace + parts else 0.0
        service.append(due)
    return service


def own_resources(case: Case, code: str, t: int) -> float:
    return nine(income_share(case, code, t))


def income_share(case: Case, code: str, t: int) -> float:
    """Share of the state in gross national income, carried on from the latest figure by nominal GDP."""
    latest = max(year for _, year in case.tables["gni"])
    grown = {
        state: case.tables["gni"][state, latest]
        * case.forecast.gdp[state][t]
        / case.tables["gdp"][state, latest]
        for state in case.states
    }
    return grown[code] / sum(grown.values())


def ukraine_loan(case: Case, code: str) -> Row:
    """Interest of the loan by the national income of the states that bear it; half of it the year before."""
    if not case.states[code]["loan_key"]:
        return [0.0] * len(case.years)
    bearing = [s for s, state in case.states.items() if state["loan_key"]]
    count = range(len(case.years))
    key = [nine(income_share(case, code, t) / sum(income_share(case, s, t) for s in bearing)) for t in count]
    start = case.assumed["treasury.ukraine_from"]
    parts = [1.0 if year >= start else 0.5 if year == start - 1 else 0.0 for year in case.years]
    return [key[t] * parts[t] * case.assumed["treasury.ukraine_interest"] for t in count]


def loan_repayment(case: Case, drawn: Row) -> Row:
    """Principal of SAFE loans paid back in a year."""
    grace, parts = int(case.assumed["safe.grace"]), int(case.assumed["safe.repayment"])
    return [
        sum(drawn[v] / parts for v in range(t) if grace < t - v <= grace + parts) for t in range(len(drawn))
    ]
