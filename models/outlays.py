"""Commitments -> EU payments; contracts -> outlays, their cost, and who bears it."""

import math
from dataclasses import dataclass

import numpy as np

from models.arrays import Floats
from models.compiled import compiled
from models.economy import Prices
from models.lots import Lot, LotDraws, LotLevers, Timing, waited

PAYERS = ("states", "industry", "ukraine", "eu")
"""Who may bear a part of a contract."""


@dataclass(frozen=True)
class Pace:
    """Shares of a lot's grant and of its contract paid by the end of each year. Shapes (year, draw).

    grant: in a row more, the last, by the deadline; contract: where there is none all of the grant's.
    """

    grant: Floats
    contract: Floats


@dataclass(frozen=True)
class LotOutlay:
    """What one lot costs and pays. Shapes (year, draw), totals (draw,). EUR million.

    paid: EU payments; slipped: contract at planned cost on slipped dates; actual: at actual cost;
    upkeep: yearly cost of what was delivered before the year, None where it needs none;
    value: of the contract at planned cost, within and beyond the horizon; alone: the contract without saving,
    as states would pay that buy it apart.
    """

    committed: Floats
    value: Floats
    paid: Floats
    paid_beyond: Floats
    decommitted: Floats
    slipped: Floats
    actual: Floats
    actual_beyond: Floats
    alone: Floats
    upkeep: Floats | None = None


@dataclass(frozen=True)
class Purchase:
    """A lot as a scenario buys it.

    index: of the draws and the key it goes by; planned: the contract on planned dates (year, draw) [EUR
    million], given where calls are taken apart.
    """

    lot: Lot
    index: int
    outlay: LotOutlay
    planned: Floats | None = None


def pace(lot: Lot, timing: Timing, drawn: LotDraws, years: int) -> Pace:
    """How fast one lot is paid in so many years; drawn: as a scenario moves them."""
    stretch = 1.0 + drawn.slip / (12.0 * drawn.duration)
    granted = _paid_share(lot, timing, drawn, stretch, _ends(years, timing.deadline))
    if not lot.contract:
        return Pace(granted, granted)
    return Pace(granted, contract_share(timing, drawn.lag, drawn.duration * stretch, _ends(years)))


def lot_outlay(
    lot: Lot,
    timing: Timing,
    drawn: LotDraws,
    levers: LotLevers,
    prices: Prices,
    goes_ahead: Floats,
    pace: Pace,
) -> LotOutlay:
    """Payments and outlays of one lot in a scenario.

    drawn, prices: as that moves them; levers: how it moves the lot; goes_ahead: 0 in draws where too few
    states take part, else 1 (draw,).
    """
    committed, value, granted, unit_cost, after_saving = _signed(
        (drawn.absorption, goes_ahead, drawn.cut),
        (drawn.saving, drawn.cost_growth, drawn.price, _premium(timing, drawn.lag, levers.premium)),
        (lot.amount, levers.joint, lot.eu_share if lot.contract else math.inf, timing.median_saving),
    )
    paid = pace.grant
    paid_each, slipped, actual, alone, upkeep, actual_beyond = _outlaid(
        (paid, pace.contract),
        (granted, value, unit_cost, after_saving),
        (prices.level, prices.usd, prices.uah),
        (lot.usd_share, lot.uah_share, lot.sustainment * levers.sustainment),
    )
    return LotOutlay(
        committed=committed,
        value=value,
        paid=paid_each,
        paid_beyond=paid[-1] * granted - paid[-2] * granted,
        decommitted=committed - paid[-1] * granted,
        slipped=slipped,
        actual=actual,
        actual_beyond=actual_beyond,
        alone=alone,
        upkeep=upkeep if lot.sustainment else None,
    )


@compiled
def _signed(
    money: tuple[Floats, Floats, Floats],
    cost: tuple[Floats, Floats, Floats, Floats],
    terms: tuple[float, float, float, float],
) -> tuple[Floats, Floats, Floats, Floats, Floats]:
    """What is signed for a lot: commitment, value of the contract at planned cost and grant [EUR million].

    Then cost over plan but for prices and what saving leaves of it [factor]. Shapes (draw,).
    money: absorption, whether it goes ahead, cut of the grant; cost: saving, cost growth, price and premium;
    all (draw,), as in `LotDraws`; terms: EU commitment, lever on what states buy together, EU's share of the
    contract, infinite where there is none, and the median saving.
    """
    (absorption, goes_ahead, cut), (saving, cost_growth, price, premium) = money, cost
    amount, joint, eu_share, median_saving = terms
    committed, value, granted = np.empty_like(cut), np.empty_like(cut), np.empty_like(cut)
    unit_cost, after_saving = np.empty_like(cut), np.empty_like(cut)
    for p in range(len(cut)):
        found = amount * goes_ahead[p] * absorption[p]
        committed[p], value[p] = found * joint, found / eu_share
        granted[p] = found * joint * (1.0 - cut[p])
        after_saving[p] = 1.0 - saving[p] * joint
        unit_cost[p] = cost_growth[p] * price[p] * premium[p] * (after_saving[p] / (1.0 - median_saving))
    return committed, value, granted, unit_cost, after_saving


@compiled
def _outlaid(
    shares: tuple[Floats, Floats],
    lot: tuple[Floats, Floats, Floats, Floats],
    prices: tuple[Floats, Floats, Floats],
    rates: tuple[float, float, float],
) -> tuple[Floats, Floats, Floats, Floats, Floats, Floats]:
    """Payments, contract at planned and at actual cost, that without saving, upkeep; what is spent beyond.

    Shapes (year, draw), the last (draw,): it costs what the last year's prices make it.
    shares: of the grant and of the contract paid by the end of each year (year, draw); lot: grant, value of
    the contract, cost over plan but for prices, what saving leaves (draw,); prices: level, dollar, hryvnia
    (year, draw); rates: part of the cost in dollars and in hryvnia, upkeep of what was delivered.
    """
    paid_share, spent_share = shares
    granted, value, unit_cost, after_saving = lot
    level, usd, uah = prices
    usd_share, uah_share, sustainment = rates
    paid, slipped, actual = np.empty_like(level), np.empty_like(level), np.empty_like(level)
    alone, upkeep, delivered = np.empty_like(level), np.empty_like(level), np.zeros(len(value))
    paid_before, spent_before, price = np.zeros(len(value)), np.zeros(len(value)), np.zeros(len(value))
    for t in range(len(level)):
        for p in range(len(value)):
            paid_now, spent_now = paid_share[t, p] * granted[p], spent_share[t, p] * value[p]
            paid[t, p], slipped[t, p] = paid_now - paid_before[p], spent_now - spent_before[p]
            paid_before[p], spent_before[p] = paid_now, spent_now
            exchange = 1.0 + usd_share * (usd[t, p] - 1.0) + uah_share * (uah[t, p] - 1.0)
            price[p] = exchange * level[t, p] * unit_cost[p]
            cost = slipped[t, p] * price[p]
            actual[t, p], alone[t, p] = cost, cost / after_saving[p]
            upkeep[t, p] = delivered[p] * sustainment
            delivered[p] += cost
    return paid, slipped, actual, alone, upkeep, (value - spent_before) * price


def planned(timing: Timing, drawn: LotDraws, outlay: LotOutlay) -> Floats:
    """Contract at planned cost on the dates planned in a scenario [EUR million]. Shape (year, draw).

    drawn: as the scenario moves them.
    """
    spent = contract_share(timing, drawn.lag, drawn.duration, _ends(len(outlay.paid))) * outlay.value
    return np.diff(spent, axis=0, prepend=0.0)


def contract_share(timing: Timing, lag: Floats, duration: Floats, ends: Floats) -> Floats:
    """Share of a contract paid by the end of each year. Shape (year, draw)."""
    parts = np.array([part for _, part in timing.calls])
    passed = _passed(np.array([called for called, _ in timing.calls]), lag, duration, ends)
    return _weighed(timing.profile(passed), parts)


@compiled
def _passed(calls: Floats, lag: Floats, duration: Floats, ends: Floats) -> Floats:
    """Part of a contract's duration that has passed by the end of each year, by call (call, year, draw)."""
    passed = np.empty((len(calls), len(ends), len(lag)))
    for c in range(len(calls)):
        for t in range(len(ends)):
            for p in range(len(lag)):
                passed[c, t, p] = (ends[t] - (calls[c] + lag[p])) / duration[p]
    return passed


@compiled
def _weighed(shares: Floats, parts: Floats) -> Floats:
    """Sum over calls of shares (call, year, draw) by the part of each call (call,). Shape (year, draw)."""
    found = np.zeros_like(shares[0])
    for c in range(len(parts)):
        for t in range(len(found)):
            for p in range(found.shape[1]):
                found[t, p] += parts[c] * shares[c, t, p]
    return found


def _ends(years: int, deadline: float | None = None) -> Floats:
    """Ends of years (year,); with a deadline, ends after it are cut and the deadline itself stands last."""
    ends = np.arange(1.0, years + 1.0)
    if deadline is not None:
        ends = np.minimum(np.append(ends, max(deadline, float(years))), deadline)
    return ends


def _paid_share(lot: Lot, timing: Timing, drawn: LotDraws, stretch: Floats, ends: Floats) -> Floats:
    """Share of the grant paid by the end of each year. Shape (year, draw).

    Payments are steps; each is spread over `payment_spread` years, so that results are continuous in slip.
    """
    if lot.spread is not None:
        first, last = lot.spread
        return np.clip((ends - first) / (last - first), 0.0, 1.0)[:, np.newaxis] * np.ones_like(stretch)
    paid = np.zeros((len(ends), len(stretch)))
    if lot.milestones > 0.0:
        paid += lot.milestones * contract_share(timing, drawn.lag, drawn.duration * stretch, ends)
    none = np.zeros_like(stretch)
    slipped = (stretch, drawn.slip / 12.0) if lot.contract else (1.0 + none, none)
    due = np.array(timing.calls), np.array(lot.steps).reshape(-1, 2)
    _add_steps(paid, ends, (drawn.lag, *slipped), due, timing.payment_spread)
    return paid


@compiled
def _add_steps(
    paid: Floats,
    ends: Floats,
    times: tuple[Floats, Floats, Floats],
    due: tuple[Floats, Floats],
    spread: float,
) -> None:
    """Add payments in steps to what is paid by the end of each year (year, draw).

    A step is as late as the contract is by then: a step after its planned end by all of its delay, no more.

    times: call to award, stretch of the contract and its whole delay (draw,); due: calls with the part of
    each, steps after award with the share of each, both (number, 2); spread: years over which a step is paid.
    """
    lag, stretch, delay = times
    calls, steps = due
    date = np.empty_like(lag)
    for called, part in calls:
        for after, share in steps:
            for p in range(len(date)):
                date[p] = called + lag[p] + min(after * stretch[p], after + delay[p])
            for t in range(len(ends)):
                for p in range(len(date)):
                    paid[t, p] += part * share * min(max((ends[t] - date[p]) / spread, 0.0), 1.0)


def _premium(timing: Timing, lag: Floats, more: float) -> Floats:
    """Defence inflation above the general price level until contract, fading in a straight line.

    None on a contract that was awarded before the first projected year. more: what a scenario adds to it
    [share per year]. Shape (draw,).
    """
    faded = np.clip(waited(timing, lag), 0.0, timing.premium_years)
    return timing.exponential(
        (timing.premium + more) * (faded - faded * faded / (2.0 * timing.premium_years))
    )


def borne_by_all(lot: Lot, cost: Floats, paid: Floats) -> dict[str, Floats]:
    """What each of PAYERS bears of a contract of a cost when the EU has paid. Adds to the cost."""
    return {payer: borne(payer, lot, cost, paid) for payer in PAYERS}


def borne(payer: str, lot: Lot, cost: Floats, paid: Floats) -> Floats:
    """What one of PAYERS bears of a contract, what nobody else does included."""
    states = lot.state_share * cost - (paid if lot.grant_to == "states" else 0.0)
    fixed = {"states": states, "eu": paid}.get(payer)
    if payer == lot.rest:
        rest = cost - states - paid
        return rest if fixed is None else fixed + rest
    return np.zeros_like(cost) if fixed is None else fixed
