"""Named, counter-based streams: the only random numbers.

A stream is addressed by (seed, name, replica, block), so a new state, scenario, driver or year moves no other
number. Every shock is an independent standard normal; distributions and correlations are made from them
further on.
"""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias

import numpy as np

from models import philox
from models.arrays import Floats

BLOCK = 1024
"""Paths in a logical block: the unit of addressing, never changed by how blocks are run."""

Shocks: TypeAlias = Callable[[str, int], Floats]
"""A source of normals: (stream name, rows) -> array (rows, draw). Simulated, frozen or chosen by hand."""


@dataclass(frozen=True)
class Driver:
    """A family of streams. over: what there is one stream for; yearly: a row a year, else one row."""

    over: str
    yearly: bool
    about: str


@lru_cache(maxsize=4096)
def stream_key(seed: int, name: str, replica: int = 0) -> int:
    """Philox key of a stream: first 128 bits of SHA-256 over the length-prefixed parts."""
    digest = hashlib.sha256()
    for part in (str(seed), name, str(replica)):
        data = part.encode()
        digest.update(len(data).to_bytes(4, "little") + data)
    return int.from_bytes(digest.digest()[:16], "little")


def normals(key: int, block: int, rows: int) -> Floats:
    """Standard normals of one block of one stream. Shape (rows, BLOCK).

    More rows leave the first ones unchanged.
    """
    return philox.normals(key, block, 1, rows, BLOCK)


def drawn(seed: int, first_block: int, blocks: int, replica: int = 0) -> Shocks:
    """Shocks of consecutive blocks. Streams of the union are kept, since every state reads them.

    Do not write to them.
    """
    kept: dict[tuple[str, int], Floats] = {}

    def shocks(name: str, rows: int) -> Floats:
        if (name, rows) in kept:
            return kept[name, rows]
        found = philox.normals(stream_key(seed, name, replica), first_block, blocks, rows, BLOCK)
        if "/" not in name:
            kept[name, rows] = found
        return found

    return shocks


def noting(streams: dict[str, int]) -> Shocks:
    """A source of zeros, one draw, that notes each stream it is asked for with the most rows asked of it."""

    def shocks(name: str, rows: int) -> Floats:
        streams[name] = max(rows, streams.get(name, 0))
        return np.zeros((rows, 1))

    return shocks


def chosen(variables: Sequence[tuple[str, int]], points: Floats) -> Shocks:
    """A source of chosen points (variable, draw); all that is not among the variables is at its median.

    variables: stream and row of each.
    """
    where: dict[str, list[tuple[int, int]]] = {}
    for at, (name, row) in enumerate(variables):
        where.setdefault(name, []).append((row, at))

    def shocks(name: str, rows: int) -> Floats:
        values = np.zeros((rows, points.shape[1]))
        for row, at in where.get(name, ()):
            if row < rows:
                values[row] = points[at]
        return values

    return shocks


def side_by_side(sources: Sequence[Shocks]) -> Shocks:
    """A source of the draws of several, those of one after those of the other."""
    return lambda name, rows: np.concatenate([source(name, rows) for source in sources], axis=1)


def stream(driver: str, *places: str) -> str:
    """Name of a stream: the driver and the state, lot or capability it belongs to."""
    return "/".join((driver, *places))


def driver_of(stream: str) -> str:
    """Driver that a stream belongs to."""
    return stream.split("/", 1)[0]


DRIVERS: dict[str, Driver] = {
    "budget.common": Driver("union", yearly=True, about="defence budgets of all states together"),
    "growth.common": Driver("union", yearly=True, about="real growth of all economies together"),
    "deflator.common": Driver("union", yearly=True, about="prices of all economies together"),
    "rate": Driver("union", yearly=True, about="interest rate of loans not yet drawn"),
    "usd": Driver("union", yearly=True, about="US dollar against the euro"),
    "uah": Driver("union", yearly=True, about="hryvnia against the euro, beyond relative inflation"),
    "cost.common": Driver("union", yearly=False, about="cost growth of all contracts together"),
    "pledge.common": Driver("union", yearly=False, about="how far pledges are kept, all states together"),
    "price": Driver("capability", yearly=True, about="price of a capability before contract"),
    "budget": Driver("state", yearly=True, about="a state's defence budget"),
    "growth": Driver("state", yearly=True, about="a state's real growth"),
    "deflator": Driver("state", yearly=True, about="a state's prices"),
    "currency": Driver("state", yearly=True, about="a state's own currency against the euro"),
    "investment_share": Driver("state", yearly=True, about="share of the budget that is invested"),
    "pledge": Driver("state", yearly=False, about="how far a state keeps its pledge"),
    "legacy_cost": Driver("state", yearly=False, about="cost growth of contracts signed before"),
    "award": Driver("lot", yearly=False, about="time from call to award"),
    "duration": Driver("lot", yearly=False, about="planned duration of a contract"),
    "slip": Driver("lot", yearly=False, about="delay after contract"),
    "cost": Driver("lot", yearly=False, about="cost growth of a contract"),
    "absorption": Driver("lot", yearly=False, about="share of the money that finds a project"),
    "saving": Driver("lot", yearly=False, about="saving of buying together"),
    "grant_cut": Driver("lot", yearly=False, about="part of a signed grant that is not paid"),
    "participation": Driver("lot and state", yearly=False, about="which states take part"),
}
