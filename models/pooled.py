"""The pooled local projection: one ridge regression a horizon, over all states of the reference panel.

    log Y(i,t+h) - log Y(i,t) = sigma(i,t) * [ b_h' x(i,t) + e_h ]

x is the own last growth in units of its scale, the panel's mean of it, and the log gap of the share to the
panel's median. Scale, momentum and mean reversion are common to the states: one series is too short to tell
them apart. Local projections after Jorda, American Economic Review 95(1), 2005; see models/FORECASTING.md.
"""

from dataclasses import dataclass

import numpy as np

from models.arrays import Booleans, Floats, Integers
from models.projection import (
    Projection,
    SeriesError,
    counts,
    logs,
    median,
    rounded,
    score_quantiles,
    weighted_mean,
)
from models.univariate import theta

GROWTH_LIMIT = 3.0
"""Growth counts as a feature up to so many scales [scales]: one aircraft payment is no momentum."""
GAP_LIMIT = 1.5
"""The gap to the panel's median counts up to this [log]."""
SCALE_HALF_LIFE = 15.0
"""Half-life of growths in a series' scale [years]."""
SCALE_PRIOR_YEARS = 5.0
"""Years of own growth at which a scale is half its own, half the panel's [years]."""
SCALE_FLOOR = 0.1
"""A series' own scale is at least this part of the panel's median [share]: constancy is not certainty."""
SPIKE_LIMIT = 3.0 * 1.4826
"""Growth counts in the scale up to so many median absolute growths (3 normal-consistent ones)."""
ORIGIN_HALF_LIFE = 50.0
"""Half-life of origins in regression and residuals [years]."""
RIDGE_ROWS = 100.0
"""Weight of the prior "no momentum, no reversion" [rows of the regression]."""
HORIZON_WIDENING = 2.0 / 35.0
"""Growth of the squared spread with the horizon for overlapping residuals [per year]."""
UNREST_POWER = 0.5
"""Spread goes with panel unrest to this power [exponent]: 0 ignores that all move at once, 1 follows it."""
UNREST_HALF_LIFE = 1.5
"""Half-life of squared standardised growth in the panel's unrest [years]."""
UNREST_LIMIT = 25.0
"""A squared standardised growth counts up to this in unrest."""
FEWEST_PEERS = 5
"""Series a panel must hold for its regression to mean anything."""


@dataclass(frozen=True)
class Panel:
    """What the reference panel of N series and Z years teaches.

    logged: logs (N, Z); features: regressors at each possible origin (N, Z, 3); scale: (N, Z) [log growth];
    origins: where a row may start a projection (N, Z). Shape (Z,): common_scale: median scale; common_growth:
    mean standardised growth; level: log median share; unrest: recent over usual squared standardised growth.
    """

    logged: Floats
    features: Floats
    scale: Floats
    origins: Booleans
    common_scale: Floats
    common_growth: Floats
    level: Floats
    unrest: Floats


def pooled(series: Floats, panel: Floats, horizon: int) -> Projection:
    """Growth of shares of GDP (S, Y) by the projection fitted on the panel's shares (N, Z).

    Residuals are mirrored: in the long run a share of GDP has no drift. A series alone, with fewer than
    FEWEST_PEERS in the panel, goes by Theta. Raises SeriesError as `projection` and `theta` do.
    """
    if len(panel) < FEWEST_PEERS:
        return theta(series, panel, horizon)
    return projection(series, panel, horizon, shares=series, panel_shares=panel, mirrored=True)


def projection(
    series: Floats, panel: Floats, horizon: int, *, shares: Floats, panel_shares: Floats, mirrored: bool
) -> Projection:
    """Growth of any yearly quantity (S, Y); the gap is that of shares (S, Y) to panel_shares (N, Z).

    With mirrored=False residuals keep their mean and amounts the common drift of the panel.
    Raises SeriesError for a series without value in its last year or a panel of fewer than FEWEST_PEERS.
    """
    if len(panel) < FEWEST_PEERS:
        raise SeriesError(
            f"the panel holds {len(panel)} series; a pooled projection needs {FEWEST_PEERS} or more"
        )
    logged, notes = logs(series)
    reference = _reference(logs(panel)[0], logs(panel_shares)[0])
    features, scale = _own(logged, logs(shares)[0], reference)
    steps = [_step(reference, ahead, mirrored=mirrored) for ahead in range(1, horizon + 1)]
    growth = [scale[:, None] * ((features @ slope)[:, None] + spread) for slope, spread in steps]
    return Projection(rounded(np.stack(growth, axis=1), 9), ("pooled",) * len(series), notes)


def _reference(logged: Floats, shares: Floats) -> Panel:
    growth = np.full_like(logged, np.nan)
    growth[:, 1:] = np.diff(logged, axis=1)
    own = np.stack([_deviation(growth[:, : year + 1]) for year in range(logged.shape[1])], axis=1)
    number = np.cumsum(np.isfinite(growth), axis=1)
    common = _common_scale(own, number)
    scale = _shrunk(own, number, common)
    standardised = np.clip(growth / scale, -GROWTH_LIMIT, GROWTH_LIMIT)
    mean_growth = _or_zero(weighted_mean(standardised.T, np.ones(len(logged))))
    level = median(shares.T)
    gap = np.clip(_or_zero(shares - level), -GAP_LIMIT, GAP_LIMIT)
    features = np.stack([_or_zero(standardised), np.broadcast_to(mean_growth, gap.shape), gap], axis=-1)
    unrest = _unrest(growth[:, 1:] / scale[:, :-1])
    return Panel(logged, features, scale, np.isfinite(standardised), common, mean_growth, level, unrest)


def _own(logged: Floats, shares: Floats, reference: Panel) -> tuple[Floats, Floats]:
    """Features (S, 3) and scale (S,) of the series at their last year."""
    growth = np.diff(logged, axis=1)
    scale = _shrunk(_deviation(growth), counts(growth), reference.common_scale[-1])
    last = growth[:, -1] if growth.shape[1] else np.full(len(growth), np.nan)
    standardised = np.clip(_or_zero(last / scale), -GROWTH_LIMIT, GROWTH_LIMIT)
    gap = np.clip(shares[:, -1] - reference.level[-1], -GAP_LIMIT, GAP_LIMIT)
    common = np.full(len(logged), reference.common_growth[-1])
    return np.stack([standardised, common, gap], axis=-1), scale


def _step(reference: Panel, ahead: int, *, mirrored: bool) -> tuple[Floats, Floats]:
    """Slopes (3,) and spread (K,) of the projection so many years ahead, in scales."""
    origins = reference.origins[:, :-ahead] & np.isfinite(reference.logged[:, ahead:])
    if not origins.any():
        raise SeriesError(f"the panel is too short for a projection {ahead} years ahead")
    change = ((reference.logged[:, ahead:] - reference.logged[:, :-ahead]) / reference.scale[:, :-ahead])[
        origins
    ]
    features = reference.features[:, :-ahead][origins]
    age = reference.logged.shape[1] - 1 - np.nonzero(origins)[1]
    weights = 0.5 ** (age / ORIGIN_HALF_LIFE)
    slope = _ridge(features, change, weights / weights.mean())
    multiplier = np.sqrt(reference.unrest**UNREST_POWER)
    residual = (change - features @ slope) / multiplier[np.nonzero(origins)[1]]
    if mirrored:
        residual, weights = np.concatenate([residual, -residual]), np.concatenate([weights, weights])
    widening = np.sqrt(1.0 + HORIZON_WIDENING * ahead)
    return slope, score_quantiles(residual, weights) * (widening * multiplier[-1])


def _ridge(features: Floats, change: Floats, weights: Floats) -> Floats:
    """Weighted least squares without intercept, shrunk to zero by RIDGE_ROWS rows of typical size."""
    weighted = features.T * weights
    gram = weighted @ features
    typical = np.maximum(np.diag(gram) / len(change), 1e-12)
    return np.asarray(np.linalg.solve(gram + RIDGE_ROWS * np.diag(typical), weighted @ change))


def _deviation(growth: Floats) -> Floats:
    """Exponentially weighted root mean square of log growth (N, Y) with spikes cut; NaN without growth."""
    size = np.abs(growth)
    limit = SPIKE_LIMIT * median(size)
    weights = 0.5 ** (np.arange(growth.shape[1])[::-1] / SCALE_HALF_LIFE)
    return np.sqrt(weighted_mean(np.minimum(size, limit[:, None]) ** 2, weights))


def _common_scale(own: Floats, number: Integers) -> Floats:
    """Median scale over the panel (Z,) from members with some years of growth; earlier, the first known."""
    common = median(np.where(number >= SCALE_PRIOR_YEARS, own, np.nan).T)
    known = np.flatnonzero(np.isfinite(common) & (common > 0.0))
    if not len(known):
        raise SeriesError("the panel is too short: no series has five years of growth")
    return common[known[np.maximum(np.searchsorted(known, np.arange(len(common)), side="right") - 1, 0)]]


def _shrunk(own: Floats, number: Floats, common: Floats) -> Floats:
    """Own scale and the panel's, averaged in logs by the years of own growth."""
    weight = number / (number + SCALE_PRIOR_YEARS)
    floored = np.maximum(np.where(np.isfinite(own), own, common), SCALE_FLOOR * common)
    return np.exp(weight * np.log(floored) + (1.0 - weight) * np.log(common))


def _unrest(surprise: Floats) -> Floats:
    """Recent mean of squared standardised growth (N, Z-1) over its mean so far, one a year (Z,)."""
    squares = weighted_mean(np.minimum(surprise**2, UNREST_LIMIT).T, np.ones(len(surprise)))
    squares = np.concatenate([[1.0], np.where(np.isfinite(squares), squares, 1.0)])
    keep = 0.5 ** (1.0 / UNREST_HALF_LIFE)
    recent = squares.copy()
    recent[0] = 1.0
    for year in range(1, len(recent)):
        recent[year] += keep * (recent[year - 1] - recent[year])
    usual = np.cumsum(squares) / np.arange(1, len(squares) + 1)
    return recent / np.maximum(usual, 1e-3)


def _or_zero(values: Floats) -> Floats:
    return np.where(np.isfinite(values), values, 0.0)
