"""Commitments -> EU payments; contracts -> outlays and their cost."""

from dataclasses import dataclass

import numpy as np

from models.arrays import Floats
from models.economy import Prices
from models.shocks import Shocks, stream
from models.stress import Scenario
from models.tables import Table


@dataclass(frozen=True)
class Lot:
    """The part of a programme line that buys one capability: one contract, one set of draws.

    amount: EU commitment [EUR million]; eu_share: EU's share of the contract; state_share: share of the contract the
    states pay, gross of grants they receive; rest: who bears what nobody else does; grant_to: who receives EU money;
    new: share that would not be bought without the programme; steps: (years after award, share of the grant);
    milestones: share of the grant paid along the contract; spread: years over which the grant is paid in equal parts;
    duration: shortest and longest contract [months]; sustainment: yearly cost of what was delivered [share].
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
    """Dates and distributions shared by all lots. Times are years since the start of the first projected year."""

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
class LotOutlay:
    """What one lot costs and pays. Shapes (year, draw), totals (draw,). EUR million.

    planned, slipped: contract at planned cost on planned and slipped dates; actual: at actual cost; paid: EU payments;
    net: what changes for the states because of the programme, before grants; delivered: value in use before the year.
    """

    committed: Floats
    paid: Floats
    paid_beyond: Floats
    decommitted: Floats
    planned: Floats
    slipped: Floats
    actual: Floats
    actual_beyond: Floats
    net: Floats
    delivered: Floats


def lot_outlay(
    lot: Lot, timing: Timing, shocks: Shocks, scenario: Scenario, prices: Prices, goes_ahead: Floats
) -> LotOutlay:
    """Payments and outlays of one lot. goes_ahead: 0 in draws where too few states take part, else 1 (draw,)."""
    years = len(prices.level)
    score = _cost_score(lot, timing, shocks)
    lag = _between(timing.lag, _share(lot, timing, shocks, "award")) / 12.0
    duration = _between(lot.duration, _share(lot, timing, shocks, "duration")) / 12.0
    stretch = 1.0 + _slip(lot, timing, shocks, scenario, score) / (12.0 * duration)
    committed = lot.amount * goes_ahead * _absorption(lot, timing, shocks, scenario)
    paid = committed * _paid_share(lot, timing, lag, duration, stretch, _ends(years, timing.deadline))
    if lot.cut:
        paid = paid * (1.0 - timing.grant_cut * _share(lot, timing, shocks, "grant_cut"))
    value = committed / lot.eu_share if lot.contract else np.zeros_like(committed)
    planned = value * _contract_share(timing, lag, duration, _ends(years))
    slipped = value * _contract_share(timing, lag, duration * stretch, _ends(years))
    saving = timing.saving(shocks(stream("saving", lot.name), 1)[0]) + scenario.number("saving")
    unit_cost = lot.cost_growth(score) * _contract_price(lot, timing, shocks, scenario, lag)
    unit_cost = unit_cost * scenario.number("cost_growth") * (1.0 - saving) / (1.0 - timing.median_saving)
    cost = unit_cost * prices.level * _exchange(lot, prices)
    outlay = np.diff(slipped, axis=0, prepend=0.0)
    actual = outlay * cost
    done = np.cumsum(actual, axis=0)
    return LotOutlay(
        committed=committed,
        paid=np.diff(paid[:-1], axis=0, prepend=0.0),
        paid_beyond=paid[-1] - paid[-2],
        decommitted=committed - paid[-1],
        planned=np.diff(planned, axis=0, prepend=0.0),
        slipped=outlay,
        actual=actual,
        actual_beyond=(value - slipped[-1]) * cost[-1],
        net=actual * (lot.new - (1.0 - lot.new) * saving / (1.0 - saving)),
        delivered=done - actual,
    )


def _ends(years: int, deadline: float | None = None) -> Floats:
    """Ends of years; with a deadline, ends after it are cut and the deadline itself stands last. Shape (year, 1)."""
    ends = np.arange(1.0, years + 1.0)
    if deadline is not None:
        ends = np.minimum(np.append(ends, max(deadline, float(years))), deadline)
    return ends[:, np.newaxis]


def _share(lot: Lot, timing: Timing, shocks: Shocks, driver: str) -> Floats:
    return timing.uniform(shocks(stream(driver, lot.name), 1)[0])


def _between(bounds: tuple[float, float], share: Floats) -> Floats:
    return bounds[0] + (bounds[1] - bounds[0]) * share


def _cost_score(lot: Lot, timing: Timing, shocks: Shocks) -> Floats:
    """Normal score of cost growth: one common factor and the lot's own."""
    own = shocks(stream("cost", lot.name), 1)[0]
    common = shocks("cost.common", 1)[0]
    return float(np.sqrt(timing.common)) * common + float(np.sqrt(1.0 - timing.common)) * own


def _slip(lot: Lot, timing: Timing, shocks: Shocks, scenario: Scenario, cost_score: Floats) -> Floats:
    """Delay after contract [months], correlated with cost growth."""
    rho = timing.slip_correlation
    own = shocks(stream("slip", lot.name), 1)[0]
    score = rho * cost_score + float(np.sqrt(1.0 - rho * rho)) * own
    months = timing.slip(score) * scenario.number("slip") + scenario.number("slip_months")
    return months + scenario.number("ukraine_slip_months") if lot.ukrainian else months


def _absorption(lot: Lot, timing: Timing, shocks: Shocks, scenario: Scenario) -> Floats:
    """Share of the commitment that finds a project; administration is spent whatever happens."""
    share = timing.absorption(shocks(stream("absorption", lot.name), 1)[0])
    if not lot.grant:
        return np.ones_like(share)
    factor = scenario.number("absorption")
    return share * (factor * scenario.number("ukraine_absorption") if lot.ukrainian else factor)


def _paid_share(
    lot: Lot, timing: Timing, lag: Floats, duration: Floats, stretch: Floats, ends: Floats
) -> Floats:
    """Share of the grant paid by the end of each year. Shape (year, draw).

    Payments are steps; each is spread over `payment_spread` years, so that results are continuous in slip.
    """
    if lot.spread is not None:
        first, last = lot.spread
        return np.clip((ends - first) / (last - first), 0.0, 1.0) * np.ones_like(lag)
    paid = lot.milestones * _contract_share(timing, lag, duration * stretch, ends)
    for called, part in timing.calls:
        award = called + lag
        for after, share in lot.steps:
            waited = (ends - award - after * (stretch if lot.contract else 1.0)) / timing.payment_spread
            paid = paid + part * share * np.clip(waited, 0.0, 1.0)
    return paid


def _contract_share(timing: Timing, lag: Floats, duration: Floats, ends: Floats) -> Floats:
    """Share of a contract paid by the end of each year. Shape (year, draw)."""
    share = np.zeros((len(ends), len(lag)))
    for called, part in timing.calls:
        share += part * timing.profile((ends - called - lag) / duration)
    return share


def _contract_price(lot: Lot, timing: Timing, shocks: Shocks, scenario: Scenario, lag: Floats) -> Floats:
    """Price at the date of contract over the price planned: premium and the capability's own shock. Shape (draw,)."""
    signed = sum(called * part for called, part in timing.calls) + lag
    faded = np.minimum(signed, timing.premium_years)
    premium = timing.premium + scenario.number("premium")
    log_price = premium * (faded - faded * faded / (2.0 * timing.premium_years))
    until = max(called for called, _ in timing.calls) + timing.lag[1] / 12.0
    yearly = shocks(stream("price", lot.capability), int(until) + 1)
    for t, shock in enumerate(yearly):
        log_price = log_price + lot.price_sd * shock * np.clip(signed - t, 0.0, 1.0)
    return timing.exponential(log_price) * scenario.price(lot.capability)


def _exchange(lot: Lot, prices: Prices) -> Floats:
    """Cost over plan because part of it is paid in dollars or hryvnia. Shape (year, draw)."""
    return 1.0 + lot.usd_share * (prices.usd - 1.0) + lot.uah_share * (prices.uah - 1.0)
