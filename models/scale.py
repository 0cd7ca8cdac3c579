"""How much a yearly series usually moves: the unit in which growth and errors of all methods are counted."""

from dataclasses import dataclass

import numpy as np

from models.arrays import Floats
from models.projection import SeriesError, counts, median, weighted_mean

SCALE_HALF_LIFE = 15.0
"""Half-life of growths in a series' scale [years]."""
SCALE_PRIOR_YEARS = 5.0
"""Years of own growth at which a scale is half its own, half the panel's [years]."""
SCALE_FLOOR = 0.25
"""A series' own scale is at least this part of the panel's median [share]: constancy is not certainty."""
SPIKE_LIMIT = 2.2
"""Growth counts in the scale up to so many median absolute growths (1.5 normal-consistent deviations)."""
UNREST_POWER = 0.75
"""Squared spread goes with the panel's unrest to this power [exponent]: 0 ignores that all move at once."""
UNREST_HALF_LIFE = 1.0
"""Half-life of squared standardised growth in the panel's unrest [years]."""
FAMILIAR_YEARS = 5
"""Years of growth after which a state's growth can surprise [years]."""
UNREST_LIMIT = 25.0
"""A squared standardised growth counts up to this in unrest."""


@dataclass(frozen=True)
class Scales:
    """How much the rows of a panel usually move, by all that is known in each year.

    number: of growths shown, own: scale of each row [log], both (N, Z); common: median scale of the panel
    [log], unrest: spread of the errors made from that year on over the usual [ratio], both (Z,).
    """

    number: Floats
    own: Floats
    common: Floats
    unrest: Floats


def scales(logged: Floats) -> Scales:
    """Scales of a panel of logs (N, Z). Raises SeriesError where it is too short to have any."""
    number, alone = deviations(logged)
    common = common_scale(number, alone)
    own = shrunk(number, alone, common)
    return Scales(number, own, common, unrest(growth_of(logged), number, own))


def latest_scale(logged: Floats, common: Floats) -> Floats:
    """Scale of each row of logs (N, Z) in its last year (N,); common: the panel's in that year."""
    growth = growth_of(logged)
    return shrunk(counts(growth), deviation(growth), common)


def growth_of(logged: Floats) -> Floats:
    """Log growth in each year's own column, NaN where the year before is missing."""
    return np.diff(logged, axis=1, prepend=np.nan)


def deviations(logged: Floats) -> tuple[Floats, Floats]:
    """How many growths each row has shown by each year, and their deviation; NaN before any; both (N, Z)."""
    growth = growth_of(logged)
    # A mean depends on the ratios of its weights alone, so one row of weights serves each year's past.
    year = np.arange(growth.shape[1])
    so_far = np.where(year <= year[:, None, None], growth, np.nan)
    return np.cumsum(np.isfinite(growth), axis=1).astype(np.float64), deviation(so_far).T


def deviation(growth: Floats) -> Floats:
    """Exponentially weighted root mean square of log growth (..., Y) with spikes cut; NaN without growth."""
    size = np.abs(growth)
    limit = SPIKE_LIMIT * median(size)
    weights = 0.5 ** (np.arange(growth.shape[-1])[::-1] / SCALE_HALF_LIFE)
    return np.asarray(np.sqrt(weighted_mean(np.minimum(size, limit[..., None]) ** 2, weights)))


def common_scale(number: Floats, own: Floats) -> Floats:
    """Median scale over the panel (Z,) from members with some years of growth; earlier, the first known."""
    common = median(np.where(number >= SCALE_PRIOR_YEARS, own, np.nan).T)
    known = np.flatnonzero(np.isfinite(common) & (common > 0.0))
    if not len(known):
        raise SeriesError("the panel is too short: no series has five years of growth")
    return common[known[np.maximum(np.searchsorted(known, np.arange(len(common)), side="right") - 1, 0)]]


def shrunk(number: Floats, own: Floats, common: Floats) -> Floats:
    """Own scale and the panel's, averaged in logs by the years of own growth."""
    weight = number / (number + SCALE_PRIOR_YEARS)
    floored = np.maximum(np.where(np.isfinite(own), own, common), SCALE_FLOOR * common)
    return np.asarray(np.exp(weight * np.log(floored) + (1.0 - weight) * np.log(common)))


def unrest(growth: Floats, number: Floats, scale: Floats) -> Floats:
    """Spread of errors made from each year on, over the usual (Z,): higher after years in which all moved.

    growth (N, Z) is held against the scale of the year before, from FAMILIAR_YEARS growths on.
    """
    known = np.where(number >= FAMILIAR_YEARS, scale, np.nan)
    squares = np.minimum((growth[:, 1:] / known[:, :-1]) ** 2, UNREST_LIMIT)
    mean = weighted_mean(squares.T, np.ones(len(growth)))
    mean = np.concatenate([[1.0], np.where(np.isfinite(mean), mean, 1.0)])
    usual = np.cumsum(mean) / np.arange(1, len(mean) + 1)
    recent = faded(mean, UNREST_HALF_LIFE) / np.maximum(usual, 1e-3)
    return np.asarray(np.sqrt(np.maximum(recent, 1e-3) ** UNREST_POWER))


def faded(values: Floats, half_life: float) -> Floats:
    """Exponentially weighted mean of a series so far, from its first value on."""
    keep = 0.5 ** (1.0 / half_life)
    mean = values.copy()
    for year in range(1, len(values)):
        mean[year] += keep * (mean[year - 1] - mean[year])
    return mean
