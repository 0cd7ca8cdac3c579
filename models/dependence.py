"""How the errors of budget forecasts move together, over states and over the horizon.

    w(i,k) = sqrt(v_k) e_k + sqrt(1 - v_k) u(i,k)
    z(i,h) = [ (1 + m) (w_1 + ... + w_h) - m w_h ] / sqrt((h - 1) (1 + m)^2 + 1)

Each year brings news, of which a part v_k is common to all states, and news has a short memory m: a forecast
that misses one year misses the next by a little more. Drawn anew each year, budgets would jump and gaps added
over years come out too small. v_k is such that two states are correlated by rho_h at every horizon.

After settled budgets the method starts anew, and so does the sum of news: h counts from the last of them, as
it counted from the origin where the memory was measured. rho goes on by years since the base year; two states
of which one has settled more years are correlated a little less.
"""

import math
from functools import lru_cache

import numpy as np

from models.arrays import Floats
from models.compiled import compiled

MEASURED: tuple[float, ...] = (0.08, 0.16, 0.25, 0.36, 0.43)
"""Correlation of the states' errors one to five years ahead; 27 states, origins 2000-2023."""

MEMORY = 0.1
"""Part of a year's news repeated in the next [share]. Rank correlations of a state's errors at horizons
(1,2), (2,4), (1,5): measured 0.72, 0.72, 0.48; drawn 0.72, 0.71, 0.44 (without memory 0.69, 0.69, 0.43)."""


def correlations(rho: tuple[float, ...], years: int) -> Floats:
    """Correlation between states at each horizon (T,): as given, the last one held."""
    return np.array([rho[min(year, len(rho) - 1)] for year in range(years)])


def mixed(rho: float, common: Floats, own: Floats) -> Floats:
    """Standard normals of which the share rho of the variance is common. Any shape, of both the same."""
    found = np.empty(common.shape)
    shared, apart = (np.ascontiguousarray(one).reshape(-1) for one in (common, own))
    _mixed(shared, apart, math.sqrt(rho), math.sqrt(1.0 - rho), found.reshape(-1))
    return found


@compiled
def _mixed(common: Floats, own: Floats, shared: float, apart: float, found: Floats) -> None:
    """The same by loadings, into what is found (draw,)."""
    for p in range(len(found)):
        found[p] = shared * common[p] + apart * own[p]


def news(common: Floats, own: Floats, rho: Floats, settled: int = 0) -> Floats:
    """News of each year on one state's budget (T, P), from independent normals.

    common (T, P) is the same for all states, own (T, P) the state's; rho: correlation of the errors of two
    states in each year (T,); settled: how many first years are voted. Each row is standard normal, and
    independent of the others.
    """
    return _news(common, own, *_loadings(tuple(rho.tolist()), settled))


@compiled
def _news(common: Floats, own: Floats, shared: Floats, apart: Floats) -> Floats:
    """The same; shared, apart: loadings (T,)."""
    found = np.empty_like(common)
    for t in range(len(common)):
        for p in range(common.shape[1]):
            found[t, p] = shared[t] * common[t, p] + apart[t] * own[t, p]
    return found


def scores(heard: Floats, settled: int = 0) -> Floats:
    """Normal scores of one state's budget errors, from its news of each year; both standard normal (T, P).

    settled: how many first years are voted.
    """
    return _scores(heard, settled, _deviations(len(heard), settled))


@compiled
def _scores(heard: Floats, settled: int, deviation: Floats) -> Floats:
    """The same; deviation: standard deviation of the sum of news (T,)."""
    score = np.empty_like(heard)
    total = np.zeros(heard.shape[1])
    for t in range(len(heard)):
        if t == settled:
            total[:] = 0.0
        for p in range(len(total)):
            total[p] += heard[t, p]
            score[t, p] = ((1.0 + MEMORY) * total[p] - MEMORY * heard[t, p]) / deviation[t]
    return score


@lru_cache(maxsize=64)
def _loadings(rho: tuple[float, ...], settled: int) -> tuple[Floats, Floats]:
    """Loadings of `_news` (T,), made once a run. Do not write to them."""
    part = np.concatenate([_common_news(np.array(years)) for years in (rho[:settled], rho[settled:])])
    return np.sqrt(part), np.sqrt(1.0 - part)


@lru_cache(maxsize=64)
def _deviations(years: int, settled: int) -> Floats:
    """Standard deviation of the sum of news up to each year (T,), made once a run. Do not write to it."""
    return np.sqrt(np.concatenate([_sizes(settled), _sizes(years - settled)]))


def _common_news(rho: Floats) -> Floats:
    """Part of each year's news that all states share (T,): it correlates errors by rho at each horizon.

    Where rho falls faster than old news allows, the part is 0; where it rises faster than new news allows, 1.
    """
    repeated = (1.0 + MEMORY) * (1.0 + MEMORY)
    parts, before = np.empty_like(rho), 0.0
    for year, size in enumerate(_sizes(len(rho))):
        parts[year] = min(max(rho[year] * size - repeated * before, 0.0), 1.0)
        before += parts[year]
    return parts


def _sizes(years: int) -> Floats:
    """Variance of the sum of so many years of news with memory (T,)."""
    return np.asarray(np.arange(years) * ((1.0 + MEMORY) * (1.0 + MEMORY)) + 1.0, dtype=np.float64)
