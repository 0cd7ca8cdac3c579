"""Who takes part in a contract, with which key, and who leaves."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from models.arrays import Floats, Integers
from models.compiled import compiled
from models.lots import Lot
from models.shocks import Shocks, stream
from models.stress import Scenario
from models.tables import Table


CHUNK = 512
"""Draws for which it is found together who takes part: their waits stay in the nearest cache."""


@dataclass(frozen=True)
class Participation:
    """Who may take part, and how states are drawn.

    states: codes; investment: yearly investment, by which those that take part share [EUR million] (state,);
    chance: in what proportion states are drawn (state,); joins: whether a state is drawn without being named
    (state,); per_contract: states in a contract, or as many as the law asks for where that is more; waiting:
    times of which the shortest are drawn, by normal score.
    """

    states: tuple[str, ...]
    investment: tuple[float, ...]
    chance: tuple[float, ...]
    joins: tuple[bool, ...]
    per_contract: int
    waiting: Table


@dataclass(frozen=True)
class Bearers:
    """Who bears a share of each lot's national bill: keys without their zeros, draw by draw.

    begin: first entry of each draw; behind its last there is a free one (lot, draw + 1); state, share: of
    each entry (lot, entry); states: how many there are.
    """

    begin: Integers
    state: Integers
    share: Floats
    states: int

    @cached_property
    def number(self) -> Integers:
        """How many bear a share of each lot. Shape (lot, draw)."""
        return np.diff(self.begin) - 1


@dataclass(frozen=True)
class Keys:
    """Share of each lot's national bill that each state bears (lot, state, draw)."""

    share: Floats

    @cached_property
    def bearers(self) -> Bearers:
        """The same without its zeros."""
        return bearers(self.share)


def bearers(keys: Floats) -> Bearers:
    """Who bears a share by keys (lot, state, draw)."""
    begin = _beginnings(keys)
    entries = len(keys), int(begin[:, -1].max(initial=0))
    state, share = np.empty(entries, np.int64), np.empty(entries)
    _enter(keys, begin[:, :-1].copy(), state, share)
    return Bearers(begin, state, share, keys.shape[1])


@compiled
def _beginnings(keys: Floats) -> Integers:
    """First entry of each draw, and the end of all (lot, draw + 1)."""
    lots, states, draws = keys.shape
    begin = np.zeros((lots, draws + 1), np.int64)
    for k in range(lots):
        number = begin[k, 1:]
        for i in range(states):
            for p in range(draws):
                number[p] += keys[k, i, p] != 0.0
        for p in range(draws):
            begin[k, p + 1] += begin[k, p] + 1
    return begin


@compiled
def _enter(keys: Floats, at: Integers, state: Integers, share: Floats) -> None:
    """State and share of all entries; at: where the next one of a draw goes (lot, draw), which moves on.

    A zero is entered too, and the next one over it: to ask first takes longer. So there are free entries.
    """
    lots, states, draws = keys.shape
    for k in range(lots):
        for i in range(states):
            for p in range(draws):
                state[k, at[k, p]] = i
                share[k, at[k, p]] = keys[k, i, p]
                at[k, p] += keys[k, i, p] != 0.0


def key(participation: Participation, lot: Lot, shocks: Shocks) -> Floats:
    """Share of a lot's national bill that each state bears, before any leaves. Shape (state, draw).

    Sums to one. Named shares are taken as they are. Else states are drawn without replacement with
    probability proportional to their chance (the smallest exponential waiting times win) and share by
    investment.
    """
    return keys(participation, [lot], shocks).share[0]


def keys(participation: Participation, lots: Sequence[Lot], shocks: Shocks) -> Keys:
    """Keys of all lots, before any state leaves."""
    draws = shocks("cost.common", 1).shape[1]
    found = np.zeros((len(lots), len(participation.states), draws))
    for lot, place in zip(lots, found, strict=True):
        if lot.keys is None:
            _draw(participation, lot, shocks, place)
        else:
            place[:] = np.array(lot.keys)[:, np.newaxis]
    return Keys(found)


def remaining(participation: Participation, keys: Keys, scenario: Scenario) -> Keys:
    """Keys after the states of a scenario have left and the rest bear their part; as they are where none do.

    Zero where all have left. What a new member bears is taken off all.
    """
    if scenario.leaves:
        staying = keys.share * _stays(participation, scenario)
        for of_lot in staying:
            shared(of_lot)
        keys = Keys(staying)
    part = scenario.number("joining_part")
    return Keys(keys.share * (1.0 - part)) if part else keys


def taken_over(participation: Participation, keys: Keys, after: Keys, scenario: Scenario) -> Keys:
    """Part of the keys of the rest that was to be borne by states that leave.

    keys, after: before any state leaves, and those that remain.
    """
    before = keys.share * ((1.0 - scenario.number("joining_part")) * _stays(participation, scenario))
    return Keys(np.subtract(after.share, before, out=before))


def _stays(participation: Participation, scenario: Scenario) -> Floats:
    """0 of a state that leaves, else 1. Shape (state, 1)."""
    return np.array([[float(code not in scenario.leaves)] for code in participation.states])


def left(participation: Participation, keys: Floats, scenario: Scenario) -> Floats:
    """1 in draws where a state that leaves was to take part, else 0. Shape (draw,).

    keys: of one lot, before any state leaves (state, draw).
    """
    leaving = [code in scenario.leaves for code in participation.states]
    return np.asarray((keys[leaving] > 0.0).any(axis=0), np.float64)


@compiled
def shared(weight: Floats) -> Floats:
    """Weights (state, draw) over their sum, zero where that is zero. In place."""
    states, draws = weight.shape
    total = np.zeros(draws)
    for i in range(states):
        for p in range(draws):
            total[p] += weight[i, p]
    for i in range(states):
        for p in range(draws):
            weight[i, p] /= total[p] if total[p] > 0.0 else 1.0
    return weight


def goes_ahead(lot: Lot, members: Integers) -> Floats:
    """1 in draws where at least the legal minimum of states takes part, else 0. Shape (draw,).

    Where states pay a part, one of them at least must be there to pay it. members: states that take part.
    """
    if not lot.contract:
        return np.ones(len(members))
    least = max(lot.minimum, 1) if lot.state_share > 0.0 else lot.minimum
    return (members >= least).astype(np.float64)


def _draw(participation: Participation, lot: Lot, shocks: Shocks, key: Floats) -> None:
    """Put the shares of the states that are drawn into a key of zeros (state, draw)."""
    able = [i for i, weight in enumerate(participation.investment) if participation.joins[i] and weight > 0.0]
    scores = [shocks(stream("participation", lot.name, participation.states[i]), 1) for i in able]
    if seats := min(max(participation.per_contract, lot.minimum), len(able)):
        chances, weights = (
            np.array([of[i] for i in able]) for of in (participation.chance, participation.investment)
        )
        waits = participation.waiting(np.concatenate(scores))
        _share_among_first(waits, np.array(able), chances, weights, seats, key)


@compiled
def _share_among_first(
    waits: Floats, able: Integers, chances: Floats, weights: Floats, seats: int, key: Floats
) -> None:
    """Share by weight among those that wait least, as many as there are seats, into a key (state, draw).

    waits: what those able to take part would wait at a chance of one (able, draw), written over; by its
    chance (able,) a state waits less. Zero is added to the shorter of two waits, or it would be stored only
    where it is another, which takes longer.
    """
    least, later = np.empty((seats, CHUNK)), np.empty(CHUNK)  # the shortest waits so far, in order; others
    for first in range(0, waits.shape[1], CHUNK):
        last = min(first + CHUNK, waits.shape[1])
        least[:] = np.inf
        for i in range(len(able)):
            own = waits[i, first:last]
            for p in range(len(own)):
                own[p] /= chances[i]
                later[p] = own[p]
            for seat in range(seats):
                for p in range(len(own)):
                    wait, other = least[seat, p], later[p]
                    least[seat, p], later[p] = min(wait, other) + 0.0, max(wait, other)
        total = np.zeros(CHUNK)
        for i in range(len(able)):
            own = waits[i, first:last]
            for p in range(len(own)):
                own[p] = weights[i] if own[p] <= least[seats - 1, p] else 0.0
                total[p] += own[p]
        for i in range(len(able)):
            own, share = waits[i, first:last], key[able[i], first:last]
            for p in range(len(own)):
                share[p] = own[p] / total[p]
