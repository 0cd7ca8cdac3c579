"""Who pays what, from which pocket: the calls on one state."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from models.arrays import Floats, Integers
from models.compiled import compiled
from models.economy import Prices
from models.lots import Lot
from models.outlays import LotOutlay
from models.stress import Scenario

CHUNK = 256
"""Draws shared out together."""
PARTS = ("slipped", "planned", "grant", "going_without", "sustainment")
"""What the bill of a lot may be made of."""


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
    """What all states together owe for one lot, and how they share it. key: (state, draw).

    gross, net, money: (year, draw); net: what changes because of the programme, which is
    new * gross + (1 - new) * (gross - alone) - grant. parts: what calls are taken apart into, by name; those
    that a lot has.
    """

    key: Floats
    gross: Floats
    net: Floats
    parts: Mapping[str, Floats]


def bill(lot: Lot, outlay: LotOutlay, key: Floats, planned: Floats | None) -> Bill:
    """National bill of a lot that has a contract.

    planned: the contract on planned dates (year, draw), to take calls apart.
    """
    grant = outlay.paid if lot.grant_to == "states" else None
    paid = np.zeros_like(outlay.paid) if grant is None else grant
    gross, net = _owed(outlay.actual, outlay.alone, paid, lot.state_share, lot.new)
    parts = {} if planned is None else dict(_parts(lot, outlay, planned, grant))
    return Bill(key, gross, net, parts)


@compiled
def _owed(
    actual: Floats, alone: Floats, grant: Floats, state_share: float, new: float
) -> tuple[Floats, Floats]:
    """Gross and net bill of all states together. Shapes (year, draw)."""
    gross, net = np.empty_like(actual), np.empty_like(actual)
    for t in range(len(actual)):
        for p in range(actual.shape[1]):
            gross[t, p] = state_share * actual[t, p]
            net[t, p] = gross[t, p] - (1.0 - new) * (state_share * alone[t, p]) - grant[t, p]
    return gross, net


def _parts(
    lot: Lot, outlay: LotOutlay, planned: Floats, grant: Floats | None
) -> Iterator[tuple[str, Floats]]:
    """What the bill is made of, see Layers; planned and slipped: on planned and on slipped dates."""
    yield "slipped", lot.state_share * outlay.slipped
    yield "planned", lot.state_share * planned
    saved = lot.state_share * outlay.alone - lot.state_share * outlay.actual
    yield "going_without", saved if grant is None else saved + grant
    if grant is not None:
        yield "grant", grant
    if outlay.upkeep is not None:
        yield "sustainment", lot.state_share * outlay.upkeep


def called(keys: Floats, which: Sequence[int], money: Sequence[Floats], like: Floats) -> Floats:
    """What each state bears of some money of lots (year, draw). Shape (state, year, draw).

    keys: (lot, state, draw); which: lot whose key each goes by; like: any array (year, draw).
    """
    calls = np.zeros((keys.shape[1], *like.shape))
    if money:
        _shared_out(keys, np.array(which), np.stack(money), calls)
    return calls


def parts(keys: Floats, which: Sequence[int], bills: Sequence[Bill], like: Floats) -> Mapping[str, Floats]:
    """Calls taken apart, by part of a bill. Shapes (state, year, draw); arguments as of `called`."""
    owed = {
        name: [(k, bill.parts[name]) for k, bill in zip(which, bills, strict=True) if name in bill.parts]
        for name in PARTS
    }
    return {
        name: called(keys, [k for k, _ in those], [money for _, money in those], like)
        for name, those in owed.items()
    }


@compiled
def _shared_out(keys: Floats, which: Integers, money: Floats, calls: Floats) -> None:
    """Add money (bill, year, draw) by its key (lot, state, draw) to calls (state, year, draw).

    Chunks of draws, so that the money of all lots stays in the cache from one state to the next.
    """
    states, years, draws = calls.shape
    for first in range(0, draws, CHUNK):
        last = min(first + CHUNK, draws)
        for i in range(states):
            for k in range(len(which)):
                key = keys[which[k], i, first:last]
                if not key.any():
                    continue
                for t in range(years):
                    owed, call = money[k, t, first:last], calls[i, t, first:last]
                    for p in range(len(key)):
                        call[p] += key[p] * owed[p]


def layers(calls: Mapping[str, Floats], gross: Floats, euro: Floats | None) -> Layers:
    """Calls on a state taken apart.

    calls: its part of the parts of bills (year, draw), by name; gross: its gross calls in its own money
    (year, draw); euro: value of the euro in that money over plan.
    """
    slipped = calls["slipped"]
    return Layers(
        cofinancing=slipped,
        overrun=gross - slipped,
        timing=slipped - calls["planned"],
        grant_received=-in_own_money(calls["grant"], euro),
        going_without=in_own_money(calls["going_without"], euro),
        sustainment=in_own_money(calls["sustainment"], euro),
    )


def in_own_money(money: Floats, euro: Floats | None) -> Floats:
    """Euros of a contract as they weigh on a budget in another currency [EUR million at planned rates]."""
    return money if euro is None else money * euro


def eu_budget(state: int, financing: Financing, paid: Floats, scenario: Scenario) -> Floats:
    """Own resources for EU payments (year, draw) [EUR million]."""
    raised = financing.additionality * scenario.number("additionality")
    key = financing.gni_key[state] * (raised * (1.0 - scenario.number("joining_key")))
    return key[:, np.newaxis] * paid


def served(loans: Floats, services: Floats) -> Floats:
    """Service of a state's SAFE loans (schedule,). Shape (year, draw).

    services: of one euro, by schedule (schedule, year, draw).
    """
    total = np.zeros(services.shape[1:])
    for loan, service in zip(loans, services, strict=True):
        if loan != 0.0:
            total += loan * service
    return total


def safe_service(financing: Financing, prices: Prices) -> Floats:
    """Interest and principal of one euro of SAFE loans, by schedule of draws. Shape (schedule, year, draw).

    Interest starts the year after the draw, at the rate of the year of the draw, that of the first projected
    year being known; principal is repaid in equal
    parts after the years of grace. Source: Regulation (EU) 2025/1106, Articles 10 and 12.
    """
    years = len(prices.rate)
    parts_due = np.clip(np.arange(1, years + 1) - financing.safe_grace, 0, financing.safe_repayment)
    due = np.diff(parts_due, prepend=0)[:, np.newaxis] / financing.safe_repayment
    outstanding = 1.0 - np.append(0, parts_due[:-1])[:, np.newaxis] / financing.safe_repayment
    services = np.zeros((len(financing.safe_schedules), *prices.rate.shape))
    for schedule, service in zip(financing.safe_schedules, services, strict=True):
        for v in np.flatnonzero(schedule[:-1]):
            later = years - 1 - v
            rate = financing.safe_rate + (prices.rate[v] if v > 0 else 0.0)
            service[v + 1 :] += schedule[v] * (rate * outstanding[:later] + due[:later])
    return services


def ukraine_loan(state: int, financing: Financing) -> Floats:
    """Interest of the Ukraine loan, the same on every draw. Shape (year,)."""
    return np.asarray(financing.loan_key[state] * financing.ukraine_interest)
