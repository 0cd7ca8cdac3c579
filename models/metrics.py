"""What a run reports: METRICS of places, EVENTS that are counted, LINE_METRICS of the programme's lines."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

import numpy as np

from models.arrays import Booleans, Floats, accumulated
from models.outlays import PAYERS, Purchase, borne
from models.strain import Outcome, Thresholds
from models.stress import ACCOUNTS, BOTH, EVERYTHING, INVESTMENT, LOANS, PROGRAMME, SHARES, SPENT, STANDING


@dataclass(frozen=True)
class Metric:
    """A quantity a run reports.

    kept: "distribution" in every scenario; "mean" in every scenario and the distribution in the baseline; or
    "baseline", its distribution there and nothing elsewhere. moved_by: reach of the levers that move it.
    """

    unit: str
    kept: str
    of: Callable[[Outcome], Floats]
    about: str
    moved_by: frozenset[str] = EVERYTHING


@dataclass(frozen=True)
class Event:
    """A yes or no a run counts, path by path and year by year: a value above a level, or below it."""

    value: Callable[[Outcome], Floats]
    above: bool
    level: Callable[[Outcome, Thresholds], Floats | float]
    about: str

    def of(self, outcome: Outcome, thresholds: Thresholds) -> Booleans:
        """Whether it occurs (year, draw)."""
        value, level = self.value(outcome), self.levels(outcome, thresholds)[:, np.newaxis]
        return value > level if self.above else value < level

    def levels(self, outcome: Outcome, thresholds: Thresholds) -> Floats:
        """Level by year (year,), which no scenario moves."""
        return np.full(len(outcome.strain), self.level(outcome, thresholds))


@dataclass(frozen=True)
class LineMetric:
    """A quantity of a programme line, summed over its purchases.

    yearly: by year, else one total a path; everywhere: in every scenario, else in the baseline only.
    """

    yearly: bool
    everywhere: bool
    of: Callable[[Purchase], Floats]
    about: str


BORNE = tuple(f"outlay_{payer}" for payer in PAYERS)
"""Line metrics of what each of PAYERS bears."""


def _obligations(outcome: Outcome) -> Floats:
    """Committed money and net calls [EUR million]."""
    return outcome.standing.committed + outcome.net_call


def _ukraine_loan(outcome: Outcome) -> Floats:
    """Interest of the EU's Ukraine loan on every draw [EUR million]."""
    return np.broadcast_to(outcome.ukraine_loan[:, np.newaxis], outcome.standing.budget.shape)


def _borne(payer: str) -> Callable[[Purchase], Floats]:
    def borne_by(one: Purchase) -> Floats:
        if not one.lot.contract:
            return np.zeros_like(one.outlay.paid)
        return borne(payer, one.lot, one.outlay.actual, one.outlay.paid)

    return borne_by


def _plan_gap(outcome: Outcome) -> Floats:
    """Gap of the plan, which is given where it is asked for."""
    return cast("Floats", outcome.standing.plan_gap)


def _layer(name: str) -> Callable[[Outcome], Floats]:
    def layer(outcome: Outcome) -> Floats:
        value: Floats = getattr(outcome.layers, name)
        return value

    return layer


def _points(name: str) -> Callable[[Outcome], Floats]:
    def points(outcome: Outcome) -> Floats:
        value: Floats = getattr(outcome.points, name)
        return value

    return points


def _balance(outcome: Outcome) -> Floats:
    """Balance; where no accounts are kept any number, which no limit is set for."""
    return outcome.points.balance if outcome.points else outcome.strain


def _balance_without(outcome: Outcome) -> Floats:
    return outcome.points.balance_without if outcome.points else outcome.strain


def _room(outcome: Outcome, _: Thresholds) -> Floats | float:
    """How far the balance may fall before the deficit passes the limit (year,)."""
    return outcome.points.room if outcome.points else -np.inf


MONEY, RATIO, POINTS = "EUR million", "ratio", "% of GDP"


METRICS: dict[str, Metric] = {
    "strain": Metric(
        RATIO, "distribution", lambda o: o.strain, "committed money and net calls over investment", BOTH
    ),
    "strain_without": Metric(
        RATIO, "distribution", lambda o: o.standing.strain_without, "the same without the programme", STANDING
    ),
    "strain_difference": Metric(
        RATIO, "distribution", lambda o: o.strain_difference, "what the programme adds", BOTH
    ),
    "net_call": Metric(
        MONEY, "distribution", lambda o: o.net_call, "what changes because of the programme", PROGRAMME
    ),
    "gap": Metric(MONEY, "distribution", lambda o: o.gap, "promises beyond investment money", BOTH),
    "gap_without": Metric(
        MONEY, "mean", lambda o: o.standing.gap_without, "the same without the programme", STANDING
    ),
    "plan_gap": Metric(
        MONEY,
        "baseline",
        _plan_gap,
        "planned investment at actual cost beyond investment money",
        STANDING,
    ),
    "obligations": Metric(MONEY, "baseline", _obligations, "committed money and net calls"),
    "budget": Metric(MONEY, "mean", lambda o: o.standing.budget, "defence budget", SPENT),
    "investment": Metric(
        MONEY, "mean", lambda o: o.standing.investment, "defence investment", SPENT | INVESTMENT
    ),
    "committed": Metric(
        MONEY, "mean", lambda o: o.standing.committed, "payments on contracts signed before", STANDING
    ),
    "gross_call": Metric(
        MONEY, "mean", lambda o: o.gross_call, "what flows into contracts of the programme", PROGRAMME
    ),
    "eu_budget": Metric(
        MONEY, "mean", lambda o: o.own_resources, "own resources for EU payments", PROGRAMME | SHARES
    ),
    "safe_service": Metric(
        MONEY, "mean", lambda o: o.standing.safe_service, "interest and principal of SAFE loans", LOANS
    ),
    "ukraine_loan": Metric(MONEY, "baseline", _ukraine_loan, "interest of the EU's Ukraine loan"),
    "treasury_call": Metric(
        MONEY, "mean", lambda o: o.treasury_call, "all calls on the treasury", PROGRAMME | SHARES | LOANS
    ),
    "balance_points": Metric(
        POINTS, "mean", _points("balance"), "public balance over its published path", ACCOUNTS
    ),
    "debt_points": Metric(POINTS, "mean", _points("debt"), "public debt over its published path", ACCOUNTS),
    "cofinancing": Metric(MONEY, "baseline", _layer("cofinancing"), "at planned cost on slipped dates"),
    "overrun": Metric(MONEY, "baseline", _layer("overrun"), "actual over planned cost"),
    "timing": Metric(MONEY, "baseline", _layer("timing"), "slipped less planned dates"),
    "grant_received": Metric(MONEY, "baseline", _layer("grant_received"), "EU money to the state"),
    "sustainment": Metric(MONEY, "baseline", _layer("sustainment"), "yearly cost of what was delivered"),
    "going_without": Metric(
        MONEY, "baseline", _layer("going_without"), "what buying the same alone would cost more"
    ),
}


EVENTS: dict[str, Event] = {
    "amber": Event(lambda o: o.strain, True, lambda _, t: t.amber, "strain above the amber threshold"),
    "red": Event(lambda o: o.strain, True, lambda _, t: t.red, "strain above the red threshold"),
    "amber_without": Event(
        lambda o: o.standing.strain_without, True, lambda _, t: t.amber, "amber without the programme"
    ),
    "red_without": Event(
        lambda o: o.standing.strain_without, True, lambda _, t: t.red, "red without the programme"
    ),
    "crosses": Event(_balance, False, _room, "deficit above its limit where the published path is not"),
    "crosses_without": Event(
        _balance_without, False, _room, "the same without the programme's own resources"
    ),
}


def _planned(one: Purchase) -> Floats:
    return np.zeros_like(one.outlay.paid) if one.planned is None else one.planned


def _upkeep(one: Purchase) -> Floats:
    upkeep = one.outlay.upkeep
    return np.zeros_like(one.outlay.paid) if upkeep is None else one.lot.state_share * upkeep


LINE_METRICS: dict[str, LineMetric] = {
    "payments": LineMetric(True, True, lambda one: one.outlay.paid, "EU payments"),
    "outlay": LineMetric(True, True, lambda one: one.outlay.actual, "contracts at actual cost"),
    "upkeep": LineMetric(True, True, _upkeep, "yearly cost to states of what was delivered"),
    "planned": LineMetric(True, False, _planned, "contracts at planned cost on planned dates"),
    "slipped": LineMetric(True, False, lambda one: one.outlay.slipped, "the same on slipped dates"),
    "paid_to_date": LineMetric(True, False, lambda one: accumulated(one.outlay.paid), "EU payments so far"),
    "spent_to_date": LineMetric(
        True, False, lambda one: accumulated(one.outlay.actual), "contracts at actual cost so far"
    ),
    "outlay_states": LineMetric(True, False, _borne("states"), "borne by states, after grants"),
    "outlay_industry": LineMetric(True, False, _borne("industry"), "borne by industry"),
    "outlay_ukraine": LineMetric(True, False, _borne("ukraine"), "borne by Ukraine"),
    "outlay_eu": LineMetric(True, False, _borne("eu"), "borne by the EU"),
    "commitments": LineMetric(
        False, True, lambda one: one.outlay.committed[None], "EU money that finds a project"
    ),
    "payments_beyond": LineMetric(
        False, True, lambda one: one.outlay.paid_beyond[None], "EU payments after the horizon"
    ),
    "decommitted": LineMetric(
        False, True, lambda one: one.outlay.decommitted[None], "EU money not paid by the deadline"
    ),
    "outlay_beyond": LineMetric(
        False, True, lambda one: one.outlay.actual_beyond[None], "contracts after the horizon"
    ),
}
