"""Methods that look at one series alone: random walks and Theta, on logs."""

import numpy as np
from scipy.special import ndtri

from models.arrays import Floats
from models.projection import (
    SCORES,
    Projection,
    SeriesError,
    counts,
    joined,
    logs,
    median,
    rounded,
    weighted_mean,
)

THETA_OBSERVATIONS = 6
"""Fewest observations Theta is fitted to; below, the random walk stands in."""


def random_walk(series: Floats, panel: Floats, horizon: int) -> Projection:
    """Log growth without drift, normal with each series' own deviation and the square root of the horizon."""
    logged, notes = logs(series)
    deviation = _growth_deviation(logged, panel, 0.0)
    steps = np.sqrt(np.arange(1, horizon + 1))
    quantiles = deviation[:, None, None] * steps[:, None] * SCORES
    return Projection(rounded(quantiles, 9), ("random_walk",) * len(series), notes)


def random_walk_drift(series: Floats, panel: Floats, horizon: int) -> Projection:
    """Log growth with each series' mean growth, whose own error widens the spread."""
    logged, notes = logs(series)
    growth = np.diff(logged, axis=1)
    drift = np.where(counts(growth) > 0, weighted_mean(growth, np.ones(growth.shape[1])), 0.0)
    deviation = _growth_deviation(logged, panel, drift[:, None])
    ahead = np.arange(1, horizon + 1)
    steps = np.sqrt(ahead * (1.0 + ahead / np.maximum(counts(growth), 1.0)[:, None]))
    quantiles = ahead[:, None] * drift[:, None, None] + (deviation[:, None] * steps)[..., None] * SCORES
    return Projection(rounded(quantiles, 9), ("random_walk_drift",) * len(series), notes)


def theta(series: Floats, panel: Floats, horizon: int) -> Projection:
    """Theta method of statsmodels on logs, normal around its forecast; short series go by the random walk.

    Assimakopoulos and Nikolopoulos, International Journal of Forecasting 16(4), 2000.
    """
    logged, notes = logs(series)
    short = (counts(logged) < THETA_OBSERVATIONS) | (
        np.ptp(np.nan_to_num(logged - logged[:, -1:]), axis=1) == 0.0
    )
    quantiles = random_walk(series, panel, horizon).log_quantiles
    for row in np.flatnonzero(~short):
        quantiles[row] = _theta_quantiles(logged[row, np.isfinite(logged[row])], horizon)
    names = tuple("random_walk" if stand_in else "theta" for stand_in in short)
    told = ("too short or constant for Theta: random walk" if stand_in else "" for stand_in in short)
    return Projection(rounded(quantiles, 6), names, tuple(map(joined, notes, told)))


def _theta_quantiles(known: Floats, horizon: int) -> Floats:
    from statsmodels.tsa.forecasting.theta import ThetaModel

    fit = ThetaModel(known, period=1, deseasonalize=False, use_test=False).fit()
    centre = np.asarray(fit.forecast(horizon)) - known[-1]
    interval = np.asarray(fit.prediction_intervals(horizon, alpha=0.05))
    deviation = (interval[:, 1] - interval[:, 0]) / (2.0 * ndtri(0.975))
    return np.asarray(centre[:, None] + deviation[:, None] * SCORES)


def _growth_deviation(logged: Floats, panel: Floats, centre: Floats | float) -> Floats:
    """Root mean square of log growth about a centre (S,); the panel's where fewer than three are known."""
    growth = np.diff(logged, axis=1) - centre
    own = np.sqrt(weighted_mean(growth**2, np.ones(growth.shape[1])))
    thin = (counts(growth) < 3) | ~(own > 0.0)
    if not thin.any():
        return own
    peers = np.diff(logs(panel)[0], axis=1) if panel.size else np.empty((0, 1))
    common = (
        median(np.sqrt(weighted_mean(peers**2, np.ones(peers.shape[1])))[None])[0] if len(peers) else np.nan
    )
    if not np.isfinite(common):
        raise SeriesError(
            f"series {np.flatnonzero(thin)[0]}: constant or under four observations, and no panel to lean on"
        )
    return np.where(thin, common, own)
