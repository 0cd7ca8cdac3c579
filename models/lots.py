"""What a lot of the programme is, and what is random about it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from models.arrays import Floats
from models.compiled import compiled
from models.dependence import mixed
from models.shocks import Shocks, stream
from models.stress import Scenario
from models.tables import Table


@dataclass(frozen=True)
class Lot:
    """The part of a programme line that buys one capability: one contract, one set of draws.

    amount: EU commitment [EUR million]; eu_share: EU's share of the contract; state_share: share of the
    contract the states pay, gross of grants they receive; rest: who bears what nobody else does; grant_to:
    who receives EU money; grant: whether that must find a project first, as administration need not; new:
    share that would not be bought without the programme; steps: (years after award, share of the grant);
    milestones: share of the grant paid along the contract; spread: years over which the grant is paid in
    equal parts; duration: shortest and longest contract [months]; cut: whether part of a signed grant may
    stay unpaid; ukrainian: whether produced in Ukraine; usd_share, uah_share: part of the cost in dollars and
    in hryvnia; price_sd: how the price walks before contract [share per year]; sustainment: yearly cost of
    what was delivered [share]; minimum: states that the law asks for; cost_growth: after contract [factor] by
    normal score; keys: share of each state where these are named (state,), None where states are drawn.
    """

    name: str
    line: str
    capability: str
    amount: float
    contract: bool
    eu_share: float
    state_share: float
    rest: str
    grant_to: str
    grant: bool
    new: float
    steps: tuple[tuple[float, float], ...]
    milestones: float
    spread: tuple[float, float] | None
    duration: tuple[float, float]
    cut: bool
    ukrainian: bool
    usd_share: float
    uah_share: float
    price_sd: float
    sustainment: float
    minimum: int
    cost_growth: Table
    keys: tuple[float, ...] | None = None


@dataclass(frozen=True)
class Timing:
    """Dates and distributions shared by all lots.

    calls: dates, with the part of each; deadline: last date of a payment: dates are years since the start of
    the first projected year; lag: shortest and longest time from call to award [months]; payment_spread: time
    over which a step is paid [years]; premium: defence inflation above the general [share per year], gone
    after premium_years; common: part of the variance of cost growth that all contracts share;
    slip_correlation: of delay with cost growth; grant_cut: largest part of a signed grant that is not paid;
    median_saving: the one that planned cost holds. Tables by normal score: slip [months], absorption, saving,
    uniform [share]; profile: share of a contract paid by part of its duration.
    """

    calls: tuple[tuple[float, float], ...]
    deadline: float
    lag: tuple[float, float]
    payment_spread: float
    premium: float
    premium_years: float
    common: float
    slip_correlation: float
    slip: Table
    absorption: Table
    saving: Table
    median_saving: float
    grant_cut: float
    uniform: Table
    profile: Table
    exponential: Table


@dataclass(frozen=True)
class LotDraws:
    """What is random about a lot, before any lever. Shapes (draw,).

    lag: call to award [years]; duration: planned contract [years]; slip: delay after contract [months];
    absorption: share of the money that finds a project; cut: share of a signed grant that is not paid;
    saving: of buying together; cost_growth: after contract [factor]; price: at contract over plan [factor],
    without the premium.
    """

    lag: Floats
    duration: Floats
    slip: Floats
    absorption: Floats
    cut: Floats
    saving: Floats
    cost_growth: Floats
    price: Floats


@dataclass(frozen=True)
class Successor:
    """A programme like this one that follows it.

    timing: its calls and deadline; spread: years over which administration is paid, since the start of the
    first projected year; size: its years of commitments over this programme's money [years / EUR million], so
    that amount * size * yearly commitments is a lot's amount.
    """

    timing: Timing
    spread: tuple[float, float]
    size: float


def mixed_lots(lots: Sequence[Lot], scenario: Scenario) -> list[Lot]:
    """Lots as a scenario mixes what is bought; the money of each line stays what it is."""
    factors = [scenario.of("mix", lot.capability) for lot in lots]
    if all(factor == 1.0 for factor in factors):
        return list(lots)
    before = dict.fromkeys((lot.line for lot in lots), 0.0)
    after = dict(before)
    for lot, factor in zip(lots, factors, strict=True):
        before[lot.line] += lot.amount
        after[lot.line] += lot.amount * factor
    return [
        replace(lot, amount=lot.amount * factor * before[lot.line] / after[lot.line])
        for lot, factor in zip(lots, factors, strict=True)
    ]


def lot_draws(lot: Lot, timing: Timing, shocks: Shocks) -> LotDraws:
    """Random numbers of a lot, from its own streams and the common ones."""

    def normal(driver: str) -> Floats:
        return shocks(stream(driver, lot.name), 1)[0]

    cost = mixed(timing.common, shocks("cost.common", 1)[0], normal("cost"))
    slip = mixed(timing.slip_correlation * timing.slip_correlation, cost, normal("slip"))
    absorption = timing.absorption(normal("absorption"))
    lag = _between(timing.lag, timing.uniform(normal("award"))) / 12.0
    return LotDraws(
        lag=lag,
        duration=_between(lot.duration, timing.uniform(normal("duration"))) / 12.0,
        slip=timing.slip(slip),
        absorption=absorption if lot.grant else np.ones_like(absorption),
        cut=timing.grant_cut * timing.uniform(normal("grant_cut")) if lot.cut else np.zeros_like(absorption),
        saving=timing.saving(normal("saving")),
        cost_growth=lot.cost_growth(cost),
        price=timing.exponential(_capability_price(lot, timing, shocks, waited(timing, lag))),
    )


@dataclass(frozen=True)
class LotLevers:
    """How a scenario moves the contract and the payments of one lot: levers of that name, or their sum.

    price: of its capability; joint: of its saving and grant, 1 where the grant is not for states that buy
    together; absorption: 1 for administration, which is spent whatever happens.
    """

    lag_months: float
    duration: float
    slip: float
    slip_months: float
    absorption: float
    saving: float
    joint: float
    premium: float
    cost_growth: float
    price: float
    sustainment: float

    @property
    def dates(self) -> tuple[float, float, float, float]:
        """Those that move when a lot is signed and delivered."""
        return self.lag_months, self.duration, self.slip, self.slip_months


def lot_levers(lot: Lot, scenario: Scenario) -> LotLevers:
    """Levers of one lot; those of lines produced in Ukraine come on top."""
    number = scenario.number
    months, absorption = number("slip_months"), number("absorption")
    if lot.ukrainian:
        months += number("ukraine_slip_months")
        absorption *= number("ukraine_absorption")
    return LotLevers(
        lag_months=number("lag_months"),
        duration=number("duration"),
        slip=number("slip"),
        slip_months=months,
        absorption=absorption if lot.grant else 1.0,
        saving=number("saving"),
        joint=number("joint") if lot.grant_to == "states" else 1.0,
        premium=number("premium"),
        cost_growth=number("cost_growth"),
        price=scenario.of("prices", lot.capability),
        sustainment=number("sustainment"),
    )


def lot_levered(drawn: LotDraws, levers: LotLevers) -> LotDraws:
    """Draws of a lot as a scenario moves them."""
    lag, duration, slip, absorption, saving, cost_growth, price = _levered(
        (drawn.lag, drawn.duration, drawn.slip, drawn.absorption),
        (drawn.saving, drawn.cost_growth, drawn.price),
        (levers.lag_months / 12.0, levers.duration, levers.slip, levers.slip_months, levers.absorption),
        (levers.saving, levers.cost_growth, levers.price),
    )
    return LotDraws(lag, duration, slip, absorption, drawn.cut, saving, cost_growth, price)


@compiled
def _levered(
    drawn: tuple[Floats, Floats, Floats, Floats],
    cost: tuple[Floats, Floats, Floats],
    levers: tuple[float, float, float, float, float],
    of_cost: tuple[float, float, float],
) -> tuple[Floats, Floats, Floats, Floats, Floats, Floats, Floats]:
    """All draws as they are moved, in the order of `LotDraws`, but for the cut. Shapes (draw,).

    levers: added to the lag [years], factor on the duration, factor on the delay and what is added to it
    [months], factor on absorption; of_cost: added to the saving, factors on cost growth and on price.
    """
    later, longer, slip_factor, slip_months, absorbed = levers
    lag, slip, absorption = np.empty_like(drawn[0]), np.empty_like(drawn[2]), np.empty_like(drawn[3])
    for p in range(len(lag)):
        lag[p] = max(drawn[0][p] + later, 0.0)
        slip[p] = max(drawn[2][p] * slip_factor + slip_months, 0.0)
        absorption[p] = min(drawn[3][p] * absorbed, 1.0)
    saving, cost_growth, price = cost[0] + of_cost[0], cost[1] * of_cost[1], cost[2] * of_cost[2]
    return lag, drawn[1] * longer, slip, absorption, saving, cost_growth, price


def waited(timing: Timing, lag: Floats) -> Floats:
    """Time from the start of the horizon to contract, on average over the calls [years]. Shape (draw,)."""
    return sum(called * part for called, part in timing.calls) + lag


def _between(bounds: tuple[float, float], share: Floats) -> Floats:
    return bounds[0] + (bounds[1] - bounds[0]) * share


def _capability_price(lot: Lot, timing: Timing, shocks: Shocks, wait: Floats) -> Floats:
    """Log of the capability's price at the date of contract over the price planned. Shape (draw,).

    It walks from the first projected year on: no price moves before contracts awarded earlier.
    """
    until = max(called for called, _ in timing.calls) + timing.lag[1] / 12.0
    rows = max(int(until) + 1, 0)
    return _walked(lot.price_sd, shocks(stream("price", lot.capability), rows), wait)


@compiled
def _walked(size: float, yearly: Floats, wait: Floats) -> Floats:
    """Where a random walk of yearly shocks (year, draw) of a size is after a time [years]. Shape (draw,)."""
    place = np.zeros_like(wait)
    for t in range(len(yearly)):
        for p in range(len(wait)):
            place[p] += size * yearly[t, p] * min(max(wait[p] - t, 0.0), 1.0)
    return place
