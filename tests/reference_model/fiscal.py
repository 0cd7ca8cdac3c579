"""Balance and debt over the published path."""

import math
from collections.abc import Mapping

from reference_model.case import Case, Levers, Normal, Row
from reference_model.distributions import autoregression, nine, together
from reference_model.economy import World, gdp_over_baseline
from reference_model.financing import loan_draws, loan_repayment, loan_service, own_resources, ukraine_loan

POINTS = ("balance_points", "debt_points")


def points(
    case: Case, code: str, budget: Row, paid: Row, world: World, lever: Levers, normal: Normal
) -> Mapping[str, Row]:
    """Balance and debt over the published path [% of GDP], year by year as in the design.

    A SAFE loan on top of the budget is part of the debt; its own interest replaces that of the path on it.
    """
    a, drawn = case.assumed, [sum(parts) for parts in loan_draws(case, code)]
    new, aside = a["capacity.safe_new"], 1.0 - a["fiscal.in_path"]
    additional = a["treasury.additionality"] * lever.number("additionality", 1.0)
    additional *= 1.0 - lever.number("joining_key", 0.0)
    logs = gdp_over_baseline(case, code, lever, normal)
    gdp = [case.tables["gdp"][code, case.base], *case.forecast.gdp[code]]
    lived = [gdp[0], *(gdp[t + 1] * math.exp(logs[t]) for t in range(len(logs)))]
    gap, dearer = output_gap(case, code, lever, normal), dearer_debt(case, code, world)
    service, repaid = loan_service(case, loan_draws(case, code), world), loan_repayment(case, drawn)
    if case.loans.get(code, (0.0, False, ""))[2] == "defence":
        service = [0.0] * len(service)
    lag, loan, owed = int(a["fiscal.safe_delivery"]), ukraine_loan(case, code), 0.0
    balance: Row = []
    debt: Row = []
    for t in range(len(case.years)):
        rate = on_path(case, "interest", code, case.years[t])
        before = 100.0 * on_path(case, "debt", code, case.years[t] - 1)
        shrink, path = lived[t] / lived[t + 1], gdp[t] / gdp[t + 1]
        delivered = drawn[t - lag] if t >= lag else 0.0
        outflow = aside * (own_resources(case, code, t) * paid[t] * additional + loan[t])
        outflow += new * (service[t] - repaid[t] + delivered - (rate + dearer[t]) * owed)
        defence = budget[t] / lived[t + 1] - nine(math.exp(case.forecast.center[code][t])) / gdp[t + 1]
        primary = a["fiscal.semi_elasticity"] * gap[t] - defence - outflow / lived[t + 1]
        last = debt[-1] if debt else 0.0
        interest = (last + before) * (rate + dearer[t]) * shrink - before * rate * path
        balance.append(100.0 * primary - interest)
        ahead = 100.0 * new * (drawn[t] - delivered) / lived[t + 1]
        snow = before * ((1.0 + rate + dearer[t]) * shrink - (1.0 + rate) * path)
        debt.append(last * (1.0 + rate + dearer[t]) * shrink + snow - 100.0 * primary + ahead)
        owed += drawn[t] - repaid[t]
    return {"balance_points": balance, "debt_points": debt}


def on_path(case: Case, table: str, code: str, year: int) -> float:
    """Figure of a year; the nearest year of the table holds outside it."""
    known = [one for _, one in case.tables[table]]
    return case.tables[table][code, min(max(year, min(known)), max(known))]


def output_gap(case: Case, code: str, lever: Levers, normal: Normal) -> Row:
    """What is left of this and earlier years' deviations of real growth [share of GDP]."""
    sd, rho = case.assumed["economy.growth_sd"], case.assumed["economy.growth_common"]
    shocks = [
        sd * together(rho, normal("growth.common", t), normal(f"growth/{code}", t))
        for t in range(len(case.years))
    ]
    growth = autoregression(shocks, case.assumed["economy.growth_persistence"])
    moved = lever.years("growth", 0.0, code)
    fading = case.assumed["fiscal.gap_persistence"]
    return [sum((growth[s] + moved[s]) * fading ** (t - s) for s in range(t + 1)) for t in range(len(growth))]


def dearer_debt(case: Case, code: str, world: World) -> Row:
    """What shocks add to the rate paid in a year on the debt of the year before.

    Of a year's debt the part kept from the year before has its rate, all else that of the year.
    """
    rates = [0.0]
    for t in range(1, len(case.years)):
        year = case.years[t - 1]
        gdp = (case.tables["gdp"][code, case.base], *case.forecast.gdp[code])
        stock = on_path(case, "debt", code, year - 1) * gdp[t - 1]
        grown = on_path(case, "debt", code, year) * gdp[t]
        kept = min(1.0, (1.0 - case.assumed["fiscal.maturing"]) * stock / grown)
        fresh = world.rate[t - 1] - case.assumed["safe.rate"] if t > 1 else 0.0
        rates.append(kept * rates[-1] + (1.0 - kept) * fresh)
    return rates


def mean_by_gdp(case: Case, places: Mapping[str, Mapping[str, Row]], name: str) -> Row:
    """Mean over the states, each by its GDP on the published path."""
    gdp = case.forecast.gdp
    return [
        sum(gdp[code][t] * places[code][name][t] for code in case.states)
        / sum(gdp[code][t] for code in case.states)
        for t in range(len(case.years))
    ]
