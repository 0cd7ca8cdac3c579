"""Metrics: how far calls and promises strain what a state has. METRICS and EVENTS are what a run reports."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from models.arrays import Booleans, Floats
from models.outlays import Lot, LotOutlay


@dataclass(frozen=True)
class Outcome:
    """One place in one scenario: a state, or the union as the sum over states. Shapes (year, draw), EUR million."""

    budget: Floats
    investment: Floats
    committed: Floats
    cofinancing: Floats
    overrun: Floats
    timing: Floats
    grant_received: Floats
    sustainment: Floats
    net_call: Floats
    gap: Floats
    gap_without: Floats
    eu_budget: Floats
    safe_service: Floats
    ukraine_loan: Floats


@dataclass(frozen=True)
class Thresholds:
    """Strain above which a year is amber or red [ratio]."""

    amber: float
    red: float


@dataclass(frozen=True)
class Metric:
    """A quantity a run reports.

    everywhere: whether its full distribution is kept in every scenario, else in the baseline only (mean elsewhere).
    """

    unit: str
    everywhere: bool
    of: Callable[[Outcome], Floats]
    about: str


@dataclass(frozen=True)
class Event:
    """A yes or no a run counts, path by path and year by year."""

    of: Callable[[Outcome, Thresholds], Booleans]
    about: str


@dataclass(frozen=True)
class LineMetric:
    """A quantity of a programme line: yearly, or one total a path."""

    yearly: bool
    of: Callable[[Lot, LotOutlay], Floats]
    about: str


def gap(obligations: Floats, investment: Floats) -> Floats:
    """What is promised beyond what is there [EUR million]."""
    return np.maximum(obligations - investment, 0.0)


def strain(outcome: Outcome) -> Floats:
    """Committed money and net calls over investment [ratio]."""
    return (outcome.committed + outcome.net_call) / outcome.investment


def strain_without(outcome: Outcome) -> Floats:
    """The same without the programme [ratio]."""
    return outcome.committed / outcome.investment


def strain_difference(outcome: Outcome) -> Floats:
    """What the programme adds to strain [ratio]."""
    return outcome.net_call / outcome.investment


def gross_call(outcome: Outcome) -> Floats:
    """What flows from defence investment into contracts of the programme [EUR million]."""
    return outcome.cofinancing + outcome.overrun


def treasury_call(outcome: Outcome) -> Floats:
    """Own resources, service of SAFE loans and of the Ukraine loan [EUR million]."""
    return outcome.eu_budget + outcome.safe_service + outcome.ukraine_loan


def bill(lot: Lot, cost: Floats, paid: Floats) -> dict[str, Floats]:
    """Who bears a contract of a cost when the EU has paid: states, industry, Ukraine, EU; adds to the cost."""
    states = lot.state_share * cost - (paid if lot.grant_to == "states" else 0.0)
    rest = cost - states - paid
    shares = {"states": states, "industry": np.zeros_like(cost), "ukraine": np.zeros_like(cost), "eu": paid}
    shares[lot.rest] = shares[lot.rest] + rest
    return shares


def _bill(payer: str) -> Callable[[Lot, LotOutlay], Floats]:
    def share(lot: Lot, outlay: LotOutlay) -> Floats:
        if not lot.contract:
            return np.zeros_like(outlay.paid)
        return bill(lot, outlay.actual, outlay.paid)[payer]

    return share


METRICS: dict[str, Metric] = {
    "strain": Metric("ratio", True, strain, "committed money and net calls over investment"),
    "strain_without": Metric("ratio", True, strain_without, "the same without the programme"),
    "strain_difference": Metric("ratio", True, strain_difference, "what the programme adds to strain"),
    "net_call": Metric("EUR million", True, lambda o: o.net_call, "what changes because of the programme"),
    "gap": Metric("EUR million", True, lambda o: o.gap, "promises beyond investment money"),
    "gap_without": Metric("EUR million", False, lambda o: o.gap_without, "the same without the programme"),
    "budget": Metric("EUR million", False, lambda o: o.budget, "defence budget"),
    "investment": Metric("EUR million", False, lambda o: o.investment, "defence investment"),
    "committed": Metric("EUR million", False, lambda o: o.committed, "payments on contracts signed before"),
    "gross_call": Metric("EUR million", False, gross_call, "what flows into contracts of the programme"),
    "cofinancing": Metric("EUR million", False, lambda o: o.cofinancing, "at planned cost on slipped dates"),
    "overrun": Metric("EUR million", False, lambda o: o.overrun, "actual over planned cost"),
    "timing": Metric("EUR million", False, lambda o: o.timing, "slipped less planned dates"),
    "grant_received": Metric("EUR million", False, lambda o: o.grant_received, "EU money to the state"),
    "sustainment": Metric("EUR million", False, lambda o: o.sustainment, "yearly cost of what was delivered"),
    "eu_budget": Metric("EUR million", False, lambda o: o.eu_budget, "own resources for EU payments"),
    "safe_service": Metric("EUR million", False, lambda o: o.safe_service, "interest and principal of SAFE"),
    "ukraine_loan": Metric("EUR million", False, lambda o: o.ukraine_loan, "interest of the Ukraine loan"),
    "treasury_call": Metric("EUR million", False, treasury_call, "all calls on the treasury"),
}

EVENTS: dict[str, Event] = {
    "amber": Event(lambda o, t: strain(o) > t.amber, "strain above the amber threshold"),
    "red": Event(lambda o, t: strain(o) > t.red, "strain above the red threshold"),
    "amber_without": Event(lambda o, t: strain_without(o) > t.amber, "amber without the programme"),
    "red_without": Event(lambda o, t: strain_without(o) > t.red, "red without the programme"),
}

LINE_METRICS: dict[str, LineMetric] = {
    "payments": LineMetric(True, lambda _, o: o.paid, "EU payments"),
    "planned": LineMetric(True, lambda _, o: o.planned, "contracts at planned cost on planned dates"),
    "outlay": LineMetric(True, lambda _, o: o.actual, "contracts at actual cost"),
    "outlay_states": LineMetric(True, _bill("states"), "borne by states, after grants"),
    "outlay_industry": LineMetric(True, _bill("industry"), "borne by industry"),
    "outlay_ukraine": LineMetric(True, _bill("ukraine"), "borne by Ukraine"),
    "outlay_eu": LineMetric(True, _bill("eu"), "borne by the EU"),
    "commitments": LineMetric(False, lambda _, o: o.committed[None], "EU money that finds a project"),
    "payments_beyond": LineMetric(False, lambda _, o: o.paid_beyond[None], "EU payments after the horizon"),
    "decommitted": LineMetric(False, lambda _, o: o.decommitted[None], "EU money not paid by the deadline"),
    "outlay_beyond": LineMetric(
        False, lambda _, o: o.actual_beyond[None], "contract outlay after the horizon"
    ),
}
