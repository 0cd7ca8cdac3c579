"""What states owe for the lots of the programme, shared out to each by its key, and taken apart."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from models.arrays import Floats, Indices, Integers
from models.compiled import compiled
from models.economy import in_own_money
from models.lots import Lot
from models.outlays import LotOutlay, Purchase
from models.participation import Bearers, Keys

CHUNK = 32
"""Draws shared out together."""
PARTS = ("slipped", "planned", "grant", "going_without", "sustainment")
"""What the bill of a lot may be made of."""


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
    """What all states together owe for one lot, and how they share it: by the key of the lot of an index.

    gross, net: money (year, draw); net: what changes because of the programme, which is
    new * gross + (1 - new) * (gross - alone) - grant. parts: what calls are taken apart into, by name; those
    that a lot has. taken: part of the keys that others have left, with what would be bought anyway, which is
    nothing of that part; None where nobody leaves.
    """

    keys: Keys
    index: int
    gross: Floats
    net: Floats
    parts: Mapping[str, Floats]
    taken: tuple[Keys, Floats] | None = None

    def key_of(self, state: int) -> Floats:
        """Share that the state of that index bears. Shape (draw,)."""
        return self.keys.share[self.index, state]

    def net_of(self, state: int) -> Floats:
        """What changes for the state of that index. Shape (year, draw)."""
        own = self.key_of(state) * self.net
        if self.taken is None:
            return own
        keys, anyway = self.taken
        return own + keys.share[self.index, state] * anyway


def bill(purchase: Purchase, keys: Keys, owed: Floats) -> Bill:
    """National bill of a purchase with a contract, taken apart where it says what was planned.

    owed: gross and net as `owe` puts them (2, year, draw).
    """
    lot, outlay, planned = purchase.lot, purchase.outlay, purchase.planned
    granted = outlay.paid if lot.grant_to == "states" else None
    parts = {} if planned is None else dict(_parts(lot, outlay, planned, granted))
    return Bill(keys, purchase.index, owed[0], owed[1], parts)


def owe(purchase: Purchase, owed: Floats) -> None:
    """Put what states owe for a purchase with a contract, gross and net or net alone (2 or 1, year, draw)."""
    lot, outlay = purchase.lot, purchase.outlay
    terms = lot.state_share, lot.new, float(lot.grant_to == "states")
    _owe(outlay.actual, outlay.alone, outlay.paid, terms, owed)


def anyway(purchase: Purchase) -> Floats:
    """What all states together would pay without the programme, each apart. Shape (year, draw)."""
    lot = purchase.lot
    return (1.0 - lot.new) * (lot.state_share * purchase.outlay.alone)


@compiled
def _owe(
    actual: Floats, alone: Floats, paid: Floats, terms: tuple[float, float, float], owed: Floats
) -> None:
    """As `owe`; terms: share of states, share that is new, share of payments that is theirs.

    Net is the last kind: where it is the only one, it takes the place of gross.
    """
    state_share, new, granted = terms
    for t in range(len(actual)):
        for p in range(actual.shape[1]):
            gross = state_share * actual[t, p]
            owed[0, t, p] = gross
            owed[-1, t, p] = gross - (1.0 - new) * (state_share * alone[t, p]) - granted * paid[t, p]


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


def called(bearers: Bearers, which: Sequence[int], owed: Floats) -> Floats:
    """What each state bears of kinds of money that lots owe. Shape (kind, state, year, draw).

    owed: (bill, kind, year, draw); which: lot whose key each bill goes by.
    """
    bills, kinds, years, draws = owed.shape
    calls = np.empty((kinds, len(bearers.begin), years, draws))
    _share_out(
        (bearers.begin, bearers.lot, bearers.share),
        _rounds(which, bearers.lots),
        owed.reshape(bills, kinds * years, draws),
        calls,
    )
    return calls


def _rounds(which: Sequence[int], lots: int) -> Integers:
    """Bill of each lot, in rounds in which lots follow each other (round, lot).

    Lots without one go by a bill behind the last, of nothing.
    """
    found: list[list[int]] = []
    last = lots
    for number, lot in enumerate(which):
        if lot <= last:
            found.append([len(which)] * lots)
        found[-1][lot], last = number, lot
    return np.array(found, np.int64).reshape(len(found), lots)


def parts(bearers: Bearers, bills: Sequence[Bill], like: Floats) -> Mapping[str, Floats]:
    """Calls taken apart, by part of a bill. Shapes (state, year, draw). like: any array (year, draw)."""
    calls = {}
    for name in PARTS:
        those = [bill for bill in bills if name in bill.parts]
        owed = np.array([bill.parts[name] for bill in those]).reshape(len(those), 1, *like.shape)
        calls[name] = called(bearers, [bill.index for bill in those], owed)[0]
    return calls


@compiled
def _share_out(
    bearers: tuple[Integers, Indices, Floats], rounds: Integers, owed: Floats, calls: Floats
) -> None:
    """What is owed by its key, into calls; arrays as in `called`.

    A state at a time, draw by draw, with all kinds and years side by side: of all bills it adds those alone
    of which it bears a share, into a row that stays in the nearest cache. So money and calls of a chunk of
    draws are turned around.
    """
    begin, lot, share = bearers
    kinds, states, years, draws = calls.shape
    money, total = np.zeros((CHUNK, len(owed) + 1, kinds * years)), np.empty((CHUNK, kinds * years))
    for first in range(0, draws, CHUNK):
        last = min(first + CHUNK, draws)
        _turn(owed, first, last, money)
        for i in range(states):
            total[:] = 0.0
            for p in range(last - first):
                mine = total[p]
                for r in range(len(rounds)):
                    for n in range(begin[i, first + p], begin[i, first + p + 1] - 1):
                        part, owes = share[n], money[p, rounds[r, lot[n]]]
                        for t in range(len(owes)):
                            mine[t] += part * owes[t]
            _turn_back(total, i, first, last, calls)


@compiled
def _turn(owed: Floats, first: int, last: int, money: Floats) -> None:
    """Money of some draws, into (draw, bill, kind and year)."""
    for k in range(owed.shape[0]):
        for t in range(owed.shape[1]):
            row = owed[k, t, first:last]
            for p in range(len(row)):
                money[p, k, t] = row[p]


@compiled
def _turn_back(total: Floats, i: int, first: int, last: int, calls: Floats) -> None:
    """Calls of some draws on the state of index i (draw, kind and year), into all as in `called`."""
    kinds, _, years, _ = calls.shape
    for kind in range(kinds):
        for t in range(years):
            row = calls[kind, i, t, first:last]
            for p in range(len(row)):
                row[p] = total[p, kind * years + t]


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
