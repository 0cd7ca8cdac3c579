"""Who takes part in a contract, with which key, and who leaves."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from models.arrays import Booleans, Floats, Indices, Integers
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
    """Which lots each state bears a share of, draw by draw.

    begin: first entry of each draw; behind its last there is a free one, which nobody reads
    (state, draw + 1); lot, share: of each entry, state by state (entry,); lots: how many there are.
    """

    begin: Integers
    lot: Indices
    share: Floats
    lots: int

    @cached_property
    def number(self) -> Integers:
        """How many states bear a share of each lot. Shape (lot, draw)."""
        return _number(self.begin, self.lot, self.lots)


@dataclass(frozen=True)
class Keys:
    """How the national bill of each lot is shared."""

    bearers: Bearers

    @cached_property
    def share(self) -> Floats:
        """Share that each state bears of each lot, zeros included (lot, state, draw)."""
        some = self.bearers
        found = np.zeros((some.lots, len(some.begin), some.begin.shape[1] - 1))
        _spread(some.begin, some.lot, some.share, found)
        return found


def bearers(keys: Floats) -> Bearers:
    """Who bears a share by keys (lot, state, draw)."""
    begin = _beginnings(keys)
    entries = int(begin[-1, -1]) if len(begin) else 0
    lot, share = np.zeros(entries, np.int32), np.zeros(entries)
    _enter(keys, begin[:, :-1].copy(), lot, share)
    return Bearers(begin, lot, share, len(keys))


@compiled
def _beginnings(keys: Floats) -> Integers:
    """First entry of each draw, and the end of all of a state (state, draw + 1)."""
    lots, states, draws = keys.shape
    begin, end = np.zeros((states, draws + 1), np.int64), 0
    for i in range(states):
        begin[i, 0] = end
        number = begin[i, 1:]
        for k in range(lots):
            for p in range(draws):
                number[p] += keys[k, i, p] != 0.0
        for p in range(draws):
            begin[i, p + 1] += begin[i, p] + 1
        end = begin[i, draws]
    return begin


@compiled
def _enter(keys: Floats, at: Integers, lot: Indices, share: Floats) -> None:
    """Lot and share of all entries; at: where the next one of a draw goes (state, draw), which moves on.

    A zero is entered too, and the next one over it: to ask first takes longer. So there are free entries.
    """
    lots, states, draws = keys.shape
    for i in range(states):
        for k in range(lots):
            for p in range(draws):
                lot[at[i, p]] = k
                share[at[i, p]] = keys[k, i, p]
                at[i, p] += keys[k, i, p] != 0.0


@compiled
def _number(begin: Integers, lot: Indices, lots: int) -> Integers:
    """How many entries each lot has (lot, draw)."""
    found = np.zeros((lots, begin.shape[1] - 1), np.int64)
    for i in range(len(begin)):
        for p in range(found.shape[1]):
            for n in range(begin[i, p], begin[i, p + 1] - 1):
                found[lot[n], p] += 1
    return found


@compiled
def _spread(begin: Integers, lot: Indices, share: Floats, keys: Floats) -> None:
    """Shares of all entries into keys of zeros (lot, state, draw)."""
    for i in range(keys.shape[1]):
        for p in range(keys.shape[2]):
            for n in range(begin[i, p], begin[i, p + 1] - 1):
                keys[lot[n], i, p] = share[n]


def key(participation: Participation, lot: Lot, shocks: Shocks) -> Floats:
    """Share of a lot's national bill that each state bears, before any leaves. Shape (state, draw).

    Named shares are taken as they are. Else states are drawn without replacement with probability
    proportional to their chance (the smallest exponential waiting times win) and share by investment: shares
    sum to one, or to zero where nobody can take part or there is no contract to bear.
    """
    return _keys(participation, [lot], shocks)[0]


def keys(participation: Participation, lots: Sequence[Lot], shocks: Shocks) -> Keys:
    """Keys of all lots, before any state leaves."""
    return Keys(bearers(_keys(participation, lots, shocks)))


def _keys(participation: Participation, lots: Sequence[Lot], shocks: Shocks) -> Floats:
    """The same (lot, state, draw)."""
    draws = shocks("cost.common", 1).shape[1]
    found = np.zeros((len(lots), len(participation.states), draws))
    for lot, place in zip(lots, found, strict=True):
        if lot.keys is not None:
            place[:] = np.array(lot.keys)[:, np.newaxis]
        elif lot.contract:
            _draw(participation, lot, shocks, place)
    return found


def remaining(participation: Participation, keys: Keys, scenario: Scenario) -> Keys:
    """Keys after the states of a scenario have left and the rest bear their part; as they are where none do.

    Nobody bears anything where all have left. What a new member bears is taken off all.
    """
    found = keys.bearers
    if scenario.leaves:
        found = _without(found, participation, scenario)
        found = replace(found, share=_filled_up(found.begin, found.lot, found.share, found.lots))
    if part := scenario.number("joining_part"):
        found = replace(found, share=found.share * (1.0 - part))
    return keys if found is keys.bearers else Keys(found)


def taken_over(participation: Participation, keys: Keys, after: Keys, scenario: Scenario) -> Keys:
    """Part of the keys of the rest that was to be borne by states that leave.

    keys, after: before any state leaves, and those that remain.
    """
    before = _without(keys.bearers, participation, scenario)
    own = before.share * (1.0 - scenario.number("joining_part"))
    return Keys(replace(before, share=after.bearers.share - own))


def _without(bearers: Bearers, participation: Participation, scenario: Scenario) -> Bearers:
    """Those that a scenario does not let leave, with the shares that they had; who leaves has no entries."""
    leaves = _leaves(participation, scenario)
    return replace(bearers, begin=np.where(leaves[:, np.newaxis], 0, bearers.begin))


@compiled
def _filled_up(begin: Integers, lot: Indices, share: Floats, lots: int) -> Floats:
    """Shares over the sum of their lot in each draw. Arrays as in `Bearers`."""
    total = np.zeros((lots, begin.shape[1] - 1))
    for i in range(len(begin)):
        for p in range(total.shape[1]):
            for n in range(begin[i, p], begin[i, p + 1] - 1):
                total[lot[n], p] += share[n]
    found = np.zeros_like(share)
    for i in range(len(begin)):
        for p in range(total.shape[1]):
            for n in range(begin[i, p], begin[i, p + 1] - 1):
                found[n] = share[n] / total[lot[n], p]
    return found


def left(participation: Participation, keys: Keys, lot: int, scenario: Scenario) -> Floats:
    """1 in draws where a state that leaves was to take part, else 0. Shape (draw,).

    keys: before any state leaves; lot: its index.
    """
    some = keys.bearers
    return _left(some.begin[_leaves(participation, scenario)], some.lot, lot)


def _leaves(participation: Participation, scenario: Scenario) -> Booleans:
    """Whether a state leaves (state,)."""
    return np.array([code in scenario.leaves for code in participation.states], np.bool_)


@compiled
def _left(begin: Integers, lot: Indices, wanted: int) -> Floats:
    """The same of the lot that is wanted. begin: as in `Bearers`, of the states that leave."""
    found = np.zeros(begin.shape[1] - 1)
    for i in range(len(begin)):
        for p in range(len(found)):
            for n in range(begin[i, p], begin[i, p + 1] - 1):
                if lot[n] == wanted:
                    found[p] = 1.0
    return found


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
    chance (able,) a state waits less.
    """
    least = np.empty((seats, CHUNK))
    for first in range(0, waits.shape[1], CHUNK):
        last = min(first + CHUNK, waits.shape[1])
        _find_first(waits, first, last, chances, least)
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


@compiled
def _find_first(waits: Floats, first: int, last: int, chances: Floats, least: Floats) -> None:
    """The shortest waits of a chunk of draws, in order, into least (seat, draw); waits by chance in place.

    Zero is added to the shorter of two waits, since the compiler would store it draw by draw, only where it
    differs from what stands there: that takes three times as long.
    """
    least[:] = np.inf
    later = np.empty(last - first)
    for i in range(len(chances)):
        own = waits[i, first:last]
        for p in range(len(own)):
            own[p] /= chances[i]
            later[p] = own[p]
        for seat in range(len(least)):
            for p in range(len(later)):
                wait, other = least[seat, p], later[p]
                least[seat, p], later[p] = min(wait, other) + 0.0, max(wait, other)
