"""Metrics: how far calls and promises strain what a state has. METRICS and EVENTS are what a run reports."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

import numpy as np

from models.arrays import Booleans, Floats, accumulated
from models.compiled import compiled
from models.financing import Layers
from models.fiscal import Points
from models.lots import Lot
from models.outlays import LotOutlay
from models.stress import BOTH, EVERYTHING, PROGRAMME, SHARES, STANDING


@dataclass(frozen=True)
class Standing:
    """What a place has and has promised whatever the programme does. Shapes (year, draw), EUR million.

    strain_without: promises over investment [ratio], gap_without: promises beyond it; plan_gap: planned
    investment at the prices and cost growth of the draw, with the service of loans that defence bears, beyond
    investment money, given where it is asked for.
    """

    budget: Floats
    investment: Floats
    committed: Floats
    safe_service: Floats
    strain_without: Floats
    gap_without: Floats
    plan_gap: Floats | None = None


@dataclass(frozen=True)
class Outcome:
    """One place in one scenario: a state, or the union as the sum over states.

    Shapes (year, draw), EUR million, ukraine_loan (year,); strain, strain_difference: of promises and net
    calls over investment, and what the programme adds to it [ratio]; treasury_call: own resources, service of
    SAFE loans and interest of the Ukraine loan; points: of GDP, of the union the mean weighted by GDP;
    layers: given where the programme's calls are taken apart.
    """

    standing: Standing
    gross_call: Floats
    net_call: Floats
    strain: Floats
    strain_difference: Floats
    gap: Floats
    eu_budget: Floats
    ukraine_loan: Floats
    treasury_call: Floats
    layers: Layers | None = None
    points: Points | None = None


@dataclass(frozen=True)
class Thresholds:
    """Strain above which a year is amber or red [ratio]."""

    amber: float
    red: float


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
    """A quantity of a programme line, of a lot, its outlay and its planned outlay.

    yearly: by year, else one total a path; everywhere: in every scenario, else in the baseline only.
    """

    yearly: bool
    everywhere: bool
    of: Callable[[Lot, LotOutlay, Floats | None], Floats]
    about: str


PAYERS = ("states", "industry", "ukraine", "eu")
"""Who may bear a part of a contract."""

BORNE = tuple(f"outlay_{payer}" for payer in PAYERS)
"""Line metrics of what each of PAYERS bears."""


@compiled
def without(committed: Floats, investment: Floats) -> tuple[Floats, Floats]:
    """Strain and gap without the programme. Shapes (year, draw)."""
    strain, gap = np.empty_like(committed), np.empty_like(committed)
    for t in range(len(committed)):
        for p in range(committed.shape[1]):
            strain[t, p] = committed[t, p] / investment[t, p]
            gap[t, p] = max(committed[t, p] - investment[t, p], 0.0)
    return strain, gap


def gap_of_plan(planned: Floats, investment: Floats) -> Floats:
    """What is planned beyond investment money. Shape (year, draw)."""
    return np.asarray(np.maximum(planned - investment, 0.0))


@compiled
def strained(committed: Floats, net: Floats, investment: Floats) -> tuple[Floats, Floats, Floats]:
    """Strain with the programme's net calls, what they add to it, and the gap. Shapes (year, draw)."""
    strain, difference, gap = np.empty_like(net), np.empty_like(net), np.empty_like(net)
    for t in range(len(net)):
        for p in range(net.shape[1]):
            promised = committed[t, p] + net[t, p]
            strain[t, p] = promised / investment[t, p]
            difference[t, p] = net[t, p] / investment[t, p]
            gap[t, p] = max(promised - investment[t, p], 0.0)
    return strain, difference, gap


def obligations(outcome: Outcome) -> Floats:
    """Committed money and net calls [EUR million]."""
    return outcome.standing.committed + outcome.net_call


def ukraine_loan(outcome: Outcome) -> Floats:
    """Interest of the EU's Ukraine loan on every draw [EUR million]."""
    return np.broadcast_to(outcome.ukraine_loan[:, np.newaxis], outcome.standing.budget.shape)


def bill(lot: Lot, cost: Floats, paid: Floats) -> dict[str, Floats]:
    """Who bears a contract of a cost when the EU has paid: states, industry, Ukraine, EU.

    Adds to the cost.
    """
    return {payer: borne(payer, lot, cost, paid) for payer in PAYERS}


def borne(payer: str, lot: Lot, cost: Floats, paid: Floats) -> Floats:
    """What one of PAYERS bears of a contract, what nobody else does included."""
    states = lot.state_share * cost - (paid if lot.grant_to == "states" else 0.0)
    fixed = {"states": states, "eu": paid}
    if payer == lot.rest:
        return fixed.get(payer, 0.0) + (cost - states - paid)
    return fixed.get(payer, np.zeros_like(cost))


def _bill(payer: str) -> Callable[[Lot, LotOutlay, Floats | None], Floats]:
    def share(lot: Lot, outlay: LotOutlay, _: Floats | None) -> Floats:
        if not lot.contract:
            return np.zeros_like(outlay.paid)
        return borne(payer, lot, outlay.actual, outlay.paid)

    return share


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
    "obligations": Metric(MONEY, "baseline", obligations, "committed money and net calls"),
    "budget": Metric(MONEY, "mean", lambda o: o.standing.budget, "defence budget", STANDING),
    "investment": Metric(MONEY, "mean", lambda o: o.standing.investment, "defence investment", STANDING),
    "committed": Metric(
        MONEY, "mean", lambda o: o.standing.committed, "payments on contracts signed before", STANDING
    ),
    "gross_call": Metric(
        MONEY, "mean", lambda o: o.gross_call, "what flows into contracts of the programme", PROGRAMME
    ),
    "eu_budget": Metric(
        MONEY, "mean", lambda o: o.eu_budget, "own resources for EU payments", PROGRAMME | SHARES
    ),
    "safe_service": Metric(
        MONEY, "mean", lambda o: o.standing.safe_service, "interest and principal of SAFE loans", STANDING
    ),
    "ukraine_loan": Metric(MONEY, "baseline", ukraine_loan, "interest of the EU's Ukraine loan"),
    "treasury_call": Metric(MONEY, "mean", lambda o: o.treasury_call, "all calls on the treasury"),
    "balance_points": Metric(POINTS, "mean", _points("balance"), "public balance over its published path"),
    "debt_points": Metric(POINTS, "mean", _points("debt"), "public debt over its published path"),
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


def _planned(_: Lot, outlay: LotOutlay, planned: Floats | None) -> Floats:
    return np.zeros_like(outlay.paid) if planned is None else planned


def _upkeep(lot: Lot, outlay: LotOutlay, _: Floats | None) -> Floats:
    return np.zeros_like(outlay.paid) if outlay.upkeep is None else lot.state_share * outlay.upkeep


LINE_METRICS: dict[str, LineMetric] = {
    "payments": LineMetric(True, True, lambda _, o, __: o.paid, "EU payments"),
    "outlay": LineMetric(True, True, lambda _, o, __: o.actual, "contracts at actual cost"),
    "upkeep": LineMetric(True, True, _upkeep, "yearly cost to states of what was delivered"),
    "planned": LineMetric(True, False, _planned, "contracts at planned cost on planned dates"),
    "slipped": LineMetric(True, False, lambda _, o, __: o.slipped, "the same on slipped dates"),
    "paid_to_date": LineMetric(True, False, lambda _, o, __: accumulated(o.paid), "EU payments so far"),
    "spent_to_date": LineMetric(
        True, False, lambda _, o, __: accumulated(o.actual), "contracts at actual cost so far"
    ),
    "outlay_states": LineMetric(True, False, _bill("states"), "borne by states, after grants"),
    "outlay_industry": LineMetric(True, False, _bill("industry"), "borne by industry"),
    "outlay_ukraine": LineMetric(True, False, _bill("ukraine"), "borne by Ukraine"),
    "outlay_eu": LineMetric(True, False, _bill("eu"), "borne by the EU"),
    "commitments": LineMetric(
        False, True, lambda _, o, __: o.committed[None], "EU money that finds a project"
    ),
    "payments_beyond": LineMetric(
        False, True, lambda _, o, __: o.paid_beyond[None], "EU payments after the horizon"
    ),
    "decommitted": LineMetric(
        False, True, lambda _, o, __: o.decommitted[None], "EU money not paid by the deadline"
    ),
    "outlay_beyond": LineMetric(
        False, True, lambda _, o, __: o.actual_beyond[None], "contracts after the horizon"
    ),
}
