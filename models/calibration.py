"""Spreads learned from a method's own past errors, pooled over a panel in units of each series' scale.

Textbook intervals of yearly series at a nominal 95 % hold 62 to 84 % of outcomes; pooled past errors hold
what they promise (split conformal prediction: Vovk, Gammerman and Shafer, Algorithmic Learning in a Random
World, 2005).
"""

import numpy as np

from models.arrays import Floats
from models.projection import SCORES, score_quantiles

FEWEST_ERRORS = 30
"""Past errors a horizon must show; with fewer, normal shape and square root of the horizon stand in."""
SMOOTHING = 0.3
"""Weight of the normal shape in the residuals' quantiles [share]: old crises fatten the tails of the pool."""
HORIZON_WIDENING = 0.03
"""Growth of the squared spread with the horizon, for what a short past has not shown [per year]."""


def calibrated(centre: Floats, scale: Floats, errors: Floats) -> Floats:
    """Quantiles of log growth (S, H, K) about a centre (S, H) from errors in scales of any size (M, H).

    Errors are mirrored: a method's centre stands, and what drifted in the panel's past is not a forecast.
    scale: usual growth of each series, unrest included [log] (S,). Errors NaN where unknown; a horizon with
    fewer than FEWEST_ERRORS takes the normal shape of the first.
    """
    known = [column[np.isfinite(column)] for column in errors.T]
    first = float(np.sqrt(np.mean(known[0] ** 2))) if len(known[0]) else 1.0
    spreads = [
        np.sqrt(1.0 + HORIZON_WIDENING * ahead) * _spread(sample, first * np.sqrt(ahead))
        for ahead, sample in enumerate(known, 1)
    ]
    return np.asarray(centre[:, :, None] + scale[:, None, None] * np.stack(spreads))


def _spread(errors: Floats, deviation: float) -> Floats:
    """Quantiles of mirrored errors on SCORES (K,), normal of the given deviation where they are few."""
    if len(errors) < FEWEST_ERRORS:
        return deviation * SCORES
    return smoothed(score_quantiles(np.concatenate([errors, -errors])))


def smoothed(quantiles: Floats) -> Floats:
    """Quantiles on SCORES drawn towards a normal of the same median and the same 95 % range."""
    low, middle, high = np.interp([-1.96, 0.0, 1.96], SCORES, quantiles)
    normal = middle + SCORES * (high - low) / 3.92
    return (1.0 - SMOOTHING) * quantiles + SMOOTHING * normal


def past_errors(forecasts: Floats, logged: Floats, scale: Floats) -> Floats:
    """Errors of forecasts from every year (N, Z, H), in scales of their origin (M, H)."""
    years, horizon = forecasts.shape[1:]
    later = np.concatenate([logged, np.full((len(logged), horizon), np.nan)], axis=1)
    outcome = np.stack([later[:, ahead : ahead + years] for ahead in range(1, horizon + 1)], axis=-1)
    return np.asarray(((outcome - forecasts) / scale[:, :, None]).reshape(-1, horizon))
