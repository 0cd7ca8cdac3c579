"""Who pays what, from which pocket: the calls on one state."""

from dataclasses import dataclass

import numpy as np

from models.arrays import Floats
from models.economy import Prices
from models.outlays import Lot, LotOutlay


@dataclass(frozen=True)
class Financing:
    """Keys and loan terms.

    gni_key: share of own resources (state, year); loan_key: share of the Ukraine loan's interest (state,);
    additionality: share of EU payments that raises contributions; ukraine_interest: (year,) [EUR million];
    safe_rate, safe_grace, safe_repayment: interest [share per year], years before and of repayment.
    """

    gni_key: Floats
    loan_key: Floats
    additionality: float
    ukraine_interest: Floats
    safe_rate: float
    safe_grace: int
    safe_repayment: int


@dataclass(frozen=True)
class Calls:
    """What one state pays, by layer. Shapes (year, draw), EUR million; receipts are negative.

    net: what changes because of the programme: new * gross + (1 - new) * (gross - alone) + grant received.
    timing: planned cost on slipped dates less planned dates; adds to zero over the life.
    """

    cofinancing: Floats
    overrun: Floats
    timing: Floats
    grant_received: Floats
    sustainment: Floats
    net: Floats
    eu_budget: Floats
    safe_service: Floats
    ukraine_loan: Floats


def calls(
    state: int,
    financing: Financing,
    lots: tuple[Lot, ...],
    outlays: tuple[LotOutlay, ...],
    keys: tuple[Floats, ...],
    safe_service: Floats,
) -> Calls:
    """Calls on the state of that index. keys: one array (state, draw) a lot; safe_service: (year, draw)."""
    shape = outlays[0].paid.shape
    planned, slipped, actual, grants, sustainment, net, paid = (np.zeros(shape) for _ in range(7))
    for lot, outlay, key in zip(lots, outlays, keys, strict=True):
        paid += outlay.paid
        if not lot.contract:
            continue
        share = key[state] * lot.state_share
        planned += share * outlay.planned
        slipped += share * outlay.slipped
        actual += share * outlay.actual
        net += share * outlay.net
        sustainment += share * lot.sustainment * outlay.delivered
        if lot.grant_to == "states":
            grants += key[state] * outlay.paid
    return Calls(
        cofinancing=slipped,
        overrun=actual - slipped,
        timing=slipped - planned,
        grant_received=-grants,
        sustainment=sustainment,
        net=net - grants,
        eu_budget=(financing.gni_key[state] * financing.additionality)[:, np.newaxis] * paid,
        safe_service=safe_service,
        ukraine_loan=(financing.loan_key[state] * financing.ukraine_interest)[:, np.newaxis] * np.ones(shape),
    )


def safe_service(financing: Financing, draws: Floats, prices: Prices) -> Floats:
    """Interest and principal of loans drawn by year (year,). Shape (year, draw).

    Interest starts the year after the draw, at the rate of the year of the draw; principal is repaid in equal parts
    after the years of grace. Source: Regulation (EU) 2025/1106, Articles 10 and 12.
    """
    service = np.zeros_like(prices.rate)
    for v, amount in enumerate(draws):
        rate = financing.safe_rate + prices.rate[v]
        for t in range(v + 1, len(draws)):
            repaid = max(0, t - v - 1 - financing.safe_grace)
            due = t - v > financing.safe_grace
            outstanding = max(0.0, 1.0 - repaid / financing.safe_repayment)
            service[t] += amount * rate * outstanding
            if due and repaid < financing.safe_repayment:
                service[t] += amount / financing.safe_repayment
    return service
