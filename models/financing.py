"""Who pays what, from which pocket: the calls on one state."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from models.arrays import Floats
from models.economy import Prices
from models.outlays import Lot, LotOutlay
from models.stress import Scenario


@dataclass(frozen=True)
class Financing:
    """Keys and loan terms.

    gni_key: share of own resources (state, year); loan_key: share of the Ukraine loan's interest (state,);
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
class Layers:
    """The programme's calls taken apart. Shapes (year, draw), EUR million; receipts are negative.

    cofinancing: at planned cost on slipped dates; overrun: actual over planned cost, the state's own currency
    included; timing: planned cost on slipped less planned dates, which adds to zero over the life;
    going_without: what buying all of it alone, without saving and grant, would cost more.
    """

    cofinancing: Floats
    overrun: Floats
    timing: Floats
    grant_received: Floats
    going_without: Floats
    sustainment: Floats


@dataclass(frozen=True)
class Bill:
    """What all states together owe for one lot, and how they share it. key: (state, draw); money.

    (year, draw).

    net: what changes because of the programme, which is new * gross + (1 - new) * (gross - alone) - grant;
    grant: to the states, None where they receive none; going_without: see Layers; sustainment: None where
    what is delivered needs none; planned: None where calls are not taken apart.
    """

    key: Floats
    gross: Floats
    net: Floats
    grant: Floats | None
    going_without: Floats
    slipped: Floats
    planned: Floats | None
    sustainment: Floats | None


def bill(lot: Lot, outlay: LotOutlay, key: Floats, planned: Floats | None) -> Bill:
    """National bill of a lot that has a contract.

    planned: the contract on planned dates (year, draw), to take calls apart.
    """
    grant = outlay.paid if lot.grant_to == "states" else None
    gross, alone = lot.state_share * outlay.actual, lot.state_share * outlay.alone
    net = gross - (1.0 - lot.new) * alone
    more = alone - gross
    return Bill(
        key=key,
        gross=gross,
        net=net if grant is None else net - grant,
        grant=grant,
        going_without=more if grant is None else more + grant,
        slipped=lot.state_share * outlay.slipped,
        planned=None if planned is None else lot.state_share * planned,
        sustainment=None if outlay.upkeep is None else lot.state_share * outlay.upkeep,
    )


def called(state: int, bills: Sequence[Bill], amount: str, like: Floats) -> Floats:
    """Part of the state of that index in one amount of all bills; like: any array (year, draw)."""
    owed = ((bill.key[state], getattr(bill, amount)) for bill in bills)
    return weighted(((key, money) for key, money in owed if money is not None), like)


def layers(state: int, bills: Sequence[Bill], gross: Floats, euro: Floats | None) -> Layers:
    """Calls on the state of that index taken apart.

    gross: its gross calls in its own money (year, draw); euro: value of the euro in that money over plan.
    """
    slipped = called(state, bills, "slipped", gross)
    return Layers(
        cofinancing=slipped,
        overrun=gross - slipped,
        timing=slipped - called(state, bills, "planned", gross),
        grant_received=-in_own_money(called(state, bills, "grant", gross), euro),
        going_without=in_own_money(called(state, bills, "going_without", gross), euro),
        sustainment=in_own_money(called(state, bills, "sustainment", gross), euro),
    )


def in_own_money(money: Floats, euro: Floats | None) -> Floats:
    """Euros of a contract as they weigh on a budget in another currency [EUR million at planned rates]."""
    return money if euro is None else money * euro


def eu_budget(state: int, financing: Financing, paid: Floats, scenario: Scenario) -> Floats:
    """Own resources for EU payments (year, draw) [EUR million]."""
    raised = financing.additionality * scenario.number("additionality")
    key = financing.gni_key[state] * (raised * (1.0 - scenario.number("joining_key")))
    return key[:, np.newaxis] * paid


def weighted(parts: Iterable[tuple[Floats | float, Floats]], like: Floats) -> Floats:
    """Sum of shares (draw,), or numbers, times money (year, draw), in a buffer that stays in the cache."""
    total, product = np.zeros_like(like), np.empty_like(like)
    for share, money in parts:
        np.multiply(share, money, out=product)
        total += product
    return total


def safe_service(financing: Financing, prices: Prices) -> tuple[Floats, ...]:
    """Interest and principal of one euro of SAFE loans, for each schedule of draws. Shapes (year, draw).

    Interest starts the year after the draw, at the rate of the year of the draw, that of the first projected
    year being known; principal is repaid in equal
    parts after the years of grace. Source: Regulation (EU) 2025/1106, Articles 10 and 12.
    """
    years = len(prices.rate)
    parts_due = np.clip(np.arange(1, years + 1) - financing.safe_grace, 0, financing.safe_repayment)
    due = np.diff(parts_due, prepend=0)[:, np.newaxis] / financing.safe_repayment
    outstanding = 1.0 - np.append(0, parts_due[:-1])[:, np.newaxis] / financing.safe_repayment
    services = tuple(np.zeros_like(prices.rate) for _ in financing.safe_schedules)
    for schedule, service in zip(financing.safe_schedules, services, strict=True):
        for v in np.flatnonzero(schedule[:-1]):
            later = years - 1 - v
            rate = financing.safe_rate + (prices.rate[v] if v > 0 else 0.0)
            service[v + 1 :] += schedule[v] * (rate * outstanding[:later] + due[:later])
    return services


def ukraine_loan(state: int, financing: Financing) -> Floats:
    """Interest of the Ukraine loan, the same on every draw. Shape (year,)."""
    return np.asarray(financing.loan_key[state] * financing.ukraine_interest)
