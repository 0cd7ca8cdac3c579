"""Methods that look at one series alone, on logs, with spreads learned from their own past errors.

A recursion forecasts from every year of every series at once, so its errors so far are known without
refitting; pooled over a panel and scaled by each series' usual growth they give intervals that hold what
they promise, where textbook intervals of yearly series at a nominal 95 % hold 62 to 84 % (split conformal
prediction, pooled).
"""

from collections.abc import Callable
from typing import TypeAlias

import numpy as np

from models.arrays import Floats
from models.calibration import calibrated, past_errors
from models.projection import SCORES, Projection, SeriesError, bridged, counts, joined, logs
from models.rounding import rounded
from models.scale import growth_of, latest_scale, scales

Recursion: TypeAlias = Callable[[Floats, int], Floats]
"""(logged (N, Z), horizon H) -> log forecasts from every year (N, Z, H); NaN before a series allows one."""

FEWEST_GROWTHS = 4
"""Growths a series must show for a recursion other than the random walk to forecast it."""
SEASONED_GROWTHS = 8
"""Growths after which a series' errors count in the pool: a method is not judged while it starts."""
SMOOTHINGS: Floats = np.append(np.arange(0.05, 0.96, 0.05), 0.99)
"""Grid of smoothing weights tried by Theta [share]."""
DRIFT_WEIGHT = 0.5
"""Part of a series' mean growth taken to go on [share]: Theta's half, and half the drift shrunk to zero."""
PERSISTENCE_PRIOR = 0.5
"""Weight of "no persistence" in the autoregression of growth [parts of the data]."""
PERSISTENCE_LIMITS = (-0.3, 0.8)
"""Bounds of that autocorrelation."""
SMALLEST_LEVEL = 1e-3
"""Levels are cut at this part of the last value [share]."""


def random_walk(series: Floats, panel: Floats, horizon: int) -> Projection:
    """Random walk: the last value goes on."""
    return _calibrated("random_walk", _still, series, panel, horizon)


def random_walk_drift(series: Floats, panel: Floats, horizon: int) -> Projection:
    """Random walk that grows by the mean growth so far."""
    return _calibrated("random_walk_drift", _drifting, series, panel, horizon)


def random_walk_drift_levels(series: Floats, panel: Floats, horizon: int) -> Projection:  # noqa: ARG001
    """Random walk with drift in levels, normal, not calibrated: the reference of all skill.

    Cut at SMALLEST_LEVEL. Hyndman and Athanasopoulos, Forecasting: Principles and Practice, 3rd edition, 5.5.
    """
    logged, notes = logs(series)
    rows = [_level_quantiles(values[np.isfinite(values)], horizon) for values in np.exp(logged)]
    return Projection(rounded(np.array(rows), 9), ("random_walk_drift_levels",) * len(series), notes)


def theta(series: Floats, panel: Floats, horizon: int) -> Projection:
    """Theta: simple smoothing with half the trend, as statsmodels' ThetaModel, the smoothing by grid.

    Assimakopoulos and Nikolopoulos, International Journal of Forecasting 16(4), 2000; the forecast function
    is that of Hyndman and Billah, International Journal of Forecasting 19(2), 2003.
    """
    return _calibrated("theta", _theta, series, panel, horizon)


def persistent_growth(series: Floats, panel: Floats, horizon: int) -> Projection:
    """Persistent growth: half the mean goes on, the last departure fades by its autocorrelation."""
    return _calibrated("persistent_growth", _persistent, series, panel, horizon)


def combination(series: Floats, panel: Floats, horizon: int) -> Projection:
    """Combination: the mean of Theta and persistent growth."""
    return _calibrated("combination", _combined, series, panel, horizon)


def _calibrated(name: str, recursion: Recursion, series: Floats, panel: Floats, horizon: int) -> Projection:
    """A recursion's forecasts with its pooled past errors; series too short for it stay where they are."""
    logged, notes = logs(series)
    usual, unrest_now, errors = _experience(recursion, bridged(panel) if len(panel) else logged, horizon)
    scale = unrest_now * latest_scale(logged, usual)
    short = counts(growth_of(logged)) < FEWEST_GROWTHS
    centre = np.where(short[:, None], 0.0, recursion(logged, horizon)[:, -1] - logged[:, -1:])
    quantiles = calibrated(centre, scale, errors)
    names = tuple("random_walk" if stand_in else name for stand_in in short)
    told = (f"under {FEWEST_GROWTHS + 1} years: random walk instead of {name}" if x else "" for x in short)
    return Projection(rounded(quantiles, 9), names, tuple(map(joined, notes, told)))


def _experience(recursion: Recursion, logged: Floats, horizon: int) -> tuple[Floats, float, Floats]:
    """The panel's usual growth and unrest in its last year; past errors in scales of the origin (M, H)."""
    seen = scales(logged)
    seasoned = (seen.number >= SEASONED_GROWTHS)[:, :, None]
    forecasts = np.where(seasoned, recursion(logged, horizon), np.nan)
    errors = past_errors(forecasts, logged, seen.own * seen.unrest)
    return seen.common[-1:], float(seen.unrest[-1]), errors


def _so_far(growth: Floats) -> tuple[Floats, Floats]:
    """How many growths each row has shown (N, Z), and their mean, zero before the first."""
    number = np.cumsum(np.isfinite(growth), axis=1).astype(np.float64)
    return number, np.cumsum(np.nan_to_num(growth), axis=1) / np.maximum(number, 1.0)


def _still(logged: Floats, horizon: int) -> Floats:
    return np.repeat(logged[:, :, None], horizon, axis=2)


def _drifting(logged: Floats, horizon: int) -> Floats:
    _, mean = _so_far(growth_of(logged))
    return logged[:, :, None] + mean[:, :, None] * np.arange(1, horizon + 1)


def _theta(logged: Floats, horizon: int) -> Floats:
    """Simple smoothing by the best weight so far of SMOOTHINGS, plus half the trend so far."""
    level, weight = _smoothed(logged)
    number = np.cumsum(np.isfinite(logged), axis=1)
    ahead = np.arange(1, horizon + 1)
    settling = (1.0 - (1.0 - weight) ** number) / weight
    growing = DRIFT_WEIGHT * _trend(logged)[:, :, None] * (ahead - 1 + settling[:, :, None])
    return level[:, :, None] + growing


def _smoothed(logged: Floats) -> tuple[Floats, Floats]:
    """Exponentially smoothed level (N, Z), and its weight of least squared error so far."""
    rows = np.arange(len(logged))
    level = np.full((len(logged), len(SMOOTHINGS)), np.nan)
    squares = np.zeros_like(level)
    levels, weights = np.full_like(logged, np.nan), np.full_like(logged, np.nan)
    for year, values in enumerate(logged.T):
        error = values[:, None] - level
        error[np.isnan(error)] = 0.0
        squares += error * error
        level = np.where(np.isnan(level), values[:, None], level + SMOOTHINGS * error)
        best = squares.argmin(axis=1)
        levels[:, year], weights[:, year] = level[rows, best], SMOOTHINGS[best]
    return levels, weights


def _trend(logged: Floats) -> Floats:
    """Least-squares slope of each row up to each year (N, Z); zero up to the first value."""
    known = np.isfinite(logged)
    number = np.cumsum(known, axis=1)
    place = np.where(known, number - 1.0, 0.0)
    value = np.where(known, logged - np.nanmin(np.where(known, logged, np.inf), axis=1, keepdims=True), 0.0)
    cross = number * np.cumsum(place * value, axis=1) - np.cumsum(place, axis=1) * np.cumsum(value, axis=1)
    spread = number * np.cumsum(place * place, axis=1) - np.cumsum(place, axis=1) ** 2
    return np.asarray(cross / np.maximum(spread, 1.0))


def _persistent(logged: Floats, horizon: int) -> Floats:
    """Half the mean growth, and the last growth's departure from the mean fading by its autocorrelation."""
    growth = growth_of(logged)
    _, mean = _so_far(growth)
    departure = np.nan_to_num(growth - mean)
    decay = _autocorrelation(growth)[:, :, None] ** np.arange(1, horizon + 1)
    drift = DRIFT_WEIGHT * mean[:, :, None] * np.arange(1, horizon + 1)
    return logged[:, :, None] + drift + departure[:, :, None] * np.cumsum(decay, axis=2)


def _autocorrelation(growth: Floats) -> Floats:
    """First autocorrelation of growth so far (N, Z), shrunk to zero and kept within PERSISTENCE_LIMITS."""
    number, mean = _so_far(growth)
    value = np.nan_to_num(growth)
    earlier = np.concatenate([np.zeros((len(value), 1)), value[:, :-1]], axis=1)
    pairs = np.maximum(number - 1.0, 0.0)
    total, before = np.cumsum(value, axis=1), np.cumsum(earlier, axis=1)
    first = np.take_along_axis(value, np.isfinite(growth).argmax(axis=1)[:, None], axis=1)
    product = np.cumsum(value * earlier, axis=1) - mean * (total - first + before) + pairs * mean**2
    squares = np.cumsum(value * value, axis=1) - number * mean**2
    lagged = np.cumsum(earlier * earlier, axis=1) - 2.0 * mean * before + pairs * mean**2
    shrunk = product / np.maximum(lagged + PERSISTENCE_PRIOR * squares, 1e-12)
    return np.asarray(np.clip(shrunk, *PERSISTENCE_LIMITS))


def _combined(logged: Floats, horizon: int) -> Floats:
    return 0.5 * (_theta(logged, horizon) + _persistent(logged, horizon))


def _level_quantiles(values: Floats, horizon: int) -> Floats:
    """Log growth by the random walk with drift in levels (H, K)."""
    steps = np.diff(values)
    if len(steps) < 2:
        raise SeriesError(f"{len(values)} observations: a drift in levels needs three or more")
    ahead = np.arange(1, horizon + 1)
    deviation = np.std(steps, ddof=1) * np.sqrt(ahead * (1.0 + ahead / len(steps)))
    level = values[-1] + (ahead * np.mean(steps))[:, None] + deviation[:, None] * SCORES
    return np.asarray(np.log(np.maximum(level / values[-1], SMALLEST_LEVEL)))
