"""What treasuries pay: own resources for EU payments, interest of the Ukraine loan, service of SAFE loans."""

from dataclasses import dataclass

import numpy as np

from models.arrays import Floats, Integers
from models.compiled import compiled
from models.economy import Prices
from models.stress import Scenario


@dataclass(frozen=True)
class Financing:
    """Keys and loan terms.

    gni_key: share of own resources, loan_key: of the Ukraine loan's interest (state, year);
    additionality: share of EU payments that raises contributions; ukraine_interest: (year,) [EUR million];
    safe_rate, safe_grace, safe_repayment: interest [share per year], years before and of repayment;
    safe_schedules: how one euro of a loan is drawn over the years (schedule, year).
    """

    gni_key: Floats
    loan_key: Floats
    additionality: float
    ukraine_interest: Floats
    safe_rate: float
    safe_grace: int
    safe_repayment: int
    safe_schedules: Floats


@dataclass(frozen=True)
class Contributions:
    """What treasuries pay to the EU: those of all states, then the union's. Shapes (place, year).

    raised: own resources for one euro of EU payments; ukraine_loan: interest of that loan [EUR million].
    """

    raised: Floats
    ukraine_loan: Floats


def contributions(financing: Financing, scenario: Scenario) -> Contributions:
    """Contributions in a scenario."""
    part = financing.additionality * scenario.number("additionality")
    raised = financing.gni_key * (part * (1.0 - scenario.number("joining_key")))
    return Contributions(_with_sum(raised), _with_sum(financing.loan_key * financing.ukraine_interest))


def _with_sum(of_states: Floats) -> Floats:
    """What is given by (state, year), and its sum over states last (place, year)."""
    return np.concatenate([of_states, of_states.sum(axis=0, keepdims=True)])


@dataclass(frozen=True)
class Treasury:
    """Calls on the treasury of a place. Shapes (year, draw), EUR million.

    own_resources: for EU payments; ukraine_loan: interest of that loan, the same on every draw (year,);
    total: both, and the service of SAFE loans.
    """

    own_resources: Floats
    ukraine_loan: Floats
    total: Floats


def treasury(owed: Contributions, place: int, paid: Floats, service: Floats) -> Treasury:
    """Calls on the treasury of the place of that index; paid: EU payments, service: of SAFE loans."""
    ukraine_loan = owed.ukraine_loan[place]
    own_resources, total = _treasury(paid, service, owed.raised[place], ukraine_loan)
    return Treasury(own_resources, ukraine_loan, total)


@compiled
def _treasury(paid: Floats, service: Floats, raised: Floats, ukraine_loan: Floats) -> tuple[Floats, Floats]:
    """Own resources and all calls (year, draw); raised, ukraine_loan: (year,)."""
    own, total = np.empty_like(paid), np.empty_like(paid)
    for t in range(len(paid)):
        for p in range(paid.shape[1]):
            own[t, p] = raised[t] * paid[t, p]
            total[t, p] = own[t, p] + service[t, p] + ukraine_loan[t]
    return own, total


@compiled
def served(loans: Floats, services: Floats) -> Floats:
    """Service of SAFE loans (schedule,). Shape (year, draw).

    services: of one euro, by schedule (schedule, year, draw). Raises ValueError where there are not as many.
    """
    if len(loans) != len(services):
        raise ValueError("loans and services are of different schedules")
    total = np.zeros_like(services[0])
    for s in range(len(loans)):
        if loans[s] != 0.0:
            for t in range(len(total)):
                for p in range(total.shape[1]):
                    total[t, p] += loans[s] * services[s, t, p]
    return total


def safe_service(financing: Financing, prices: Prices) -> Floats:
    """Interest and principal of one euro of SAFE loans, by schedule of draws. Shape (schedule, year, draw).

    Interest starts the year after the draw, at the rate of the year of the draw, in the first projected year
    the one assumed. Source: Regulation (EU) 2025/1106, Articles 10 and 12.
    """
    fallen = parts_due(len(prices.rate), financing.safe_grace, financing.safe_repayment)
    due = np.diff(fallen, prepend=0) / financing.safe_repayment
    outstanding = 1.0 - np.append(0, fallen[:-1]) / financing.safe_repayment
    return _services(financing.safe_schedules, financing.safe_rate, prices.rate, due, outstanding)


@compiled
def _services(schedules: Floats, assumed: float, rate: Floats, due: Floats, outstanding: Floats) -> Floats:
    """The same; assumed: interest rate, rate: what is added to it from the second year on (year, draw).

    due, outstanding: parts of a loan in its years after the draw (year,).
    """
    services = np.zeros((len(schedules), *rate.shape))
    for s in range(len(schedules)):
        for drawn in range(len(rate)):
            if schedules[s, drawn] == 0.0:
                continue
            for t in range(drawn + 1, len(rate)):
                later = t - drawn - 1
                for p in range(rate.shape[1]):
                    paid = assumed + (rate[drawn, p] if drawn > 0 else 0.0)
                    services[s, t, p] += schedules[s, drawn] * (paid * outstanding[later] + due[later])
    return services


def parts_due(years: int, grace: int, repayment: int) -> Integers:
    """How many parts of a SAFE loan have fallen due by the end of each year after its draw (year,).

    Equal parts, one in each year of repayment, after the years of grace. Source: as above, Article 10(2).
    """
    return np.clip(np.arange(1, years + 1) - grace, 0, repayment)
