"""The pooled local projection: one ridge regression a horizon, over all states of the reference panel.

    log Y(i,t+h) - log Y(i,t) = sigma(i,t) * [ b_h' x(i,t) + e_h ]

x holds own momentum, the panel's common growth, the gap of the share to the panel's median and the state of
the economy. Momentum and mean reversion are common to the states: one series is too short to tell them
apart. Local projections after Jorda, American Economic Review 95(1), 2005. What was tried:
models/FORECASTING.md.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from models.arrays import Booleans, Floats
from models.calibration import smoothed
from models.projection import (
    Projection,
    SeriesError,
    bridged,
    logs,
    median,
    score_quantiles,
    weighted_mean,
)
from models.rounding import rounded
from models.scale import faded, growth_of, latest_scale, scales
from models.univariate import theta

GROWTH_LIMIT = 3.0
"""Growth counts as momentum up to so many scales [scales]: one aircraft payment is no trend."""
COMMON_LIMIT = 0.3
"""A state's growth counts in the panel's common growth up to this [log]."""
GAP_LIMIT = 1.5
"""The gap of a share to the panel's median counts up to this [log]."""
ECONOMY_LIMIT = 0.25
"""A yearly change of the economy beyond this is a break in the figures and left out [log]."""
ECONOMY_HALF_LIFE = 8.0
"""Half-life of the panel's usual growth of the economy [years]."""
RIDGE_ROWS = 50.0
"""Weight of "no effect" on common slopes per year ahead, and per squared year ahead on momentum [rows]."""
RIDGE_POWERS = np.array([2.0, 2.0, 1.0, 1.0, 2.0])
"""Momentum fades with the horizon, common growth and the gap less so: powers of the horizon, per feature."""
HORIZON_WIDENING = 0.04
"""Growth of the squared spread with the horizon, for overlapping residuals [per year]."""
SHARE_DRIFT = 0.15
"""Part of the panel's drift that goes on in shares of GDP [share]: long decades of decline must end."""
FEWEST_PEERS = 5
"""Series a panel must hold for its regression to mean anything."""


@dataclass(frozen=True)
class Climate:
    """What the states of a panel share at each year, all (Z,).

    scale: median scale of growth [log]; growth: mean growth [log]; level: log median share; economy: usual
    growth of the economy [log]; unrest: spread of the year's errors over the usual [ratio].
    """

    scale: Floats
    growth: Floats
    level: Floats
    economy: Floats
    unrest: Floats


@dataclass(frozen=True)
class Reference:
    """The panel as a source of experience.

    logged: logs (N, Z); features: regressors at each possible origin (N, Z, 5); scale: (N, Z) [log growth];
    origins: where a row may start a projection (N, Z).
    """

    logged: Floats
    features: Floats
    scale: Floats
    origins: Booleans
    climate: Climate


@dataclass(frozen=True)
class Experience:
    """Projections R so many years ahead whose outcome is known.

    features: (R, 5); change: over these years [scales] (R,); unrest: of the panel when they began (R,).
    """

    ahead: int
    features: Floats
    change: Floats
    unrest: Floats


def pooled(series: Floats, panel: Floats, horizon: int) -> Projection:
    """Pooled projection: growth of shares of GDP, learned from all states of the reference panel.

    Series (S, Y), panel (N, Z). In the long run a share of GDP has hardly any drift (SHARE_DRIFT). A series
    alone, with fewer than FEWEST_PEERS in the panel, goes by Theta. Raises SeriesError as both do.
    """
    if len(panel) < FEWEST_PEERS:
        return theta(series, panel, horizon)
    return projection(series, panel, horizon, shares=series, panel_shares=panel, drift=SHARE_DRIFT)


def projection(
    series: Floats, panel: Floats, horizon: int, *, shares: Floats, panel_shares: Floats, drift: float
) -> Projection:
    """Growth of any yearly quantity (S, Y), its gap and its economy told by shares of GDP (S, Y) and (N, Z).

    drift: part of the panel's common drift that goes on [share], 1 for amounts; the rest is mirrored away.
    Raises SeriesError for a series without value in its last year or a panel too short for the horizon.
    """
    logged, notes = logs(series)
    reference = _reference(bridged(panel), bridged(panel_shares))
    climate = reference.climate
    scale = latest_scale(logged, climate.scale[-1:])
    now = Climate(*(getattr(climate, name)[-1:] for name in Climate.__dataclass_fields__))
    features = _features(logged, bridged(shares), scale[:, None], now)[:, -1]
    known = [_experience(reference, ahead) for ahead in range(1, horizon + 2)]
    quantiles = [
        scale[:, None] * ((features * slope).sum(axis=1)[:, None] + _spread(one, slope, climate, drift))
        for one, slope in zip(known, _slopes(known), strict=False)
    ]
    return Projection(rounded(np.stack(quantiles, axis=1), 9), ("pooled",) * len(series), notes)


def _reference(logged: Floats, shares: Floats) -> Reference:
    growth, seen = growth_of(logged), scales(logged)
    limited = np.clip(growth, -COMMON_LIMIT, COMMON_LIMIT)
    climate = Climate(
        scale=seen.common,
        growth=_or_zero(weighted_mean(limited.T, np.ones(len(logged)))),
        level=median(shares.T),
        economy=faded(_or_zero(median(_economy(logged, shares).T)), ECONOMY_HALF_LIFE),
        unrest=seen.unrest,
    )
    features = _features(logged, shares, seen.own, climate)
    return Reference(logged, features, seen.own, np.isfinite(growth), climate)


def _features(logged: Floats, shares: Floats, scale: Floats, climate: Climate) -> Floats:
    """Regressors (N, Z, 5) of rows at each year, in their scale of that year.

    Own growth of the year; of the two years before; common growth; gap of the share; growth of the economy.
    """
    growth = growth_of(logged)
    own, last, before = (_standard(_earlier(growth, years) / scale) for years in range(3))
    gap = np.clip(_or_zero(shares - climate.level), -GAP_LIMIT, GAP_LIMIT)
    economy = _or_zero(_economy(logged, shares) - climate.economy) / scale
    common = climate.growth / scale
    return np.stack(np.broadcast_arrays(own, last + before, common, gap, economy), axis=-1)


def _earlier(values: Floats, years: int) -> Floats:
    """Values so many columns earlier, NaN where there were none."""
    return np.concatenate([np.full((len(values), years), np.nan), values], axis=1)[:, : values.shape[1]]


def _economy(logged: Floats, shares: Floats) -> Floats:
    """Growth of what the shares are shares of; zero throughout where the quantity is the share itself."""
    change = growth_of(logged - shares)
    return np.where(np.abs(change) < ECONOMY_LIMIT, change, np.nan)


def _standard(values: Floats) -> Floats:
    return np.clip(_or_zero(values), -GROWTH_LIMIT, GROWTH_LIMIT)


def _experience(reference: Reference, ahead: int) -> Experience:
    """All projections so many years ahead whose outcome is known."""
    origins = reference.origins[:, :-ahead] & np.isfinite(reference.logged[:, ahead:])
    change = (reference.logged[:, ahead:] - reference.logged[:, :-ahead]) / reference.scale[:, :-ahead]
    return Experience(
        ahead=ahead,
        features=reference.features[:, :-ahead][origins],
        change=change[origins],
        unrest=reference.climate.unrest[np.nonzero(origins)[1]],
    )


def _slopes(known: Sequence[Experience]) -> Floats:
    """Slopes of each year ahead but the last (H, 5), a quarter of them from either neighbour.

    Alone, a horizon rests on single years: 2020, when shares rose because GDP fell, and the rise five years
    later would make all states jump in the fifth year. Smooth local projections: Barnichon and Brownlees,
    Review of Economics and Statistics 101(3), 2019.
    """
    horizon = len(known) - 1
    own = np.stack([_slope(one) for one in known if one.ahead <= horizon or len(one.change)])
    smooth = own.copy()
    smooth[1:-1] = 0.25 * own[:-2] + 0.5 * own[1:-1] + 0.25 * own[2:]
    return smooth[:horizon]


def _slope(known: Experience) -> Floats:
    """Slopes of one year ahead by itself (5,)."""
    if not len(known.change):
        raise SeriesError(f"the panel is too short for a projection {known.ahead} years ahead")
    return _ridge(known.features, known.change, RIDGE_ROWS * known.ahead**RIDGE_POWERS)


def _spread(known: Experience, slope: Floats, climate: Climate, drift: float) -> Floats:
    """Spread (K,) of the projection so many years ahead, in scales."""
    residual = (known.change - known.features @ slope) / known.unrest
    still = score_quantiles(np.concatenate([residual, -residual]))
    quantiles = smoothed(drift * score_quantiles(residual) + (1.0 - drift) * still)
    return quantiles * (np.sqrt(1.0 + HORIZON_WIDENING * known.ahead) * climate.unrest[-1])


def _ridge(features: Floats, change: Floats, rows: Floats) -> Floats:
    """Least squares without intercept, each slope shrunk to zero by so many rows of typical size."""
    gram = features.T @ features
    typical = np.maximum(np.diag(gram) / len(change), 1e-12)
    return np.asarray(np.linalg.solve(gram + np.diag(rows * typical), features.T @ change))


def _or_zero(values: Floats) -> Floats:
    return np.where(np.isfinite(values), values, 0.0)
