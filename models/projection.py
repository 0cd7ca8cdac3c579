"""What every forecasting method takes and returns, and the small pieces all methods share."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from scipy.special import ndtri

from models.arrays import Booleans, Floats
from models.tables import SPREAD_LIMIT

CENTRE = round(16 * SPREAD_LIMIT)
"""Position of the median, z = 0, in SCORES."""

SCORES: Floats = np.arange(-CENTRE, CENTRE + 1) / 16.0
"""Normal scores z from -4.5 to 4.5 in steps of 1/16, shape (K,): quantile k stands at probability Phi(z)."""

P90 = 1.2815515655446004
"""Normal score of the 90th percentile."""

EDGE = 2.25
"""Normal score up to which a sample's own quantiles are taken."""


class SeriesError(ValueError):
    """A series no method can forecast; the text says which and why."""


@dataclass(frozen=True)
class Projection:
    """Predictive distribution of log growth from the origin, per series and horizon.

    log_quantiles: quantiles of log(Y[t+h] / Y[t]) on SCORES, shape (S, H, K); method: the method really used,
    per series, so that a fallback shows; notes: what a reader must know of each series, "" for nothing.
    """

    log_quantiles: Floats
    method: tuple[str, ...]
    notes: tuple[str, ...]


Method: TypeAlias = Callable[[Floats, Floats, int], Projection]
"""(series (S, Y), panel (N, Z), horizon) -> projection. Yearly values, NaN before a series' start; the last
column of the series is the origin, the panel ends there or earlier."""


def logs(series: Floats) -> tuple[Floats, tuple[str, ...]]:
    """Yearly series (S, Y) in logs, holes and zeros inside bridged in a straight line, and a note per series.

    Raises SeriesError when a series has no positive last value.
    """
    for row in np.flatnonzero(~_positive(series[:, -1])).tolist():
        raise SeriesError(
            f"series {row}: the last year has no positive value, so there is no origin to forecast from"
        )
    logged = bridged(series)
    missing = (np.isfinite(logged) & ~_positive(series)).sum(axis=1).tolist()
    told = "missing or zero years inside the history are bridged"
    return logged, tuple(f"{number} {told}" if number else "" for number in missing)


def bridged(series: Floats) -> Floats:
    """Logs of yearly series (S, Y) from each one's first to its last positive year, NaN outside."""
    positive = _positive(series)
    logged = np.where(positive, np.log(np.where(positive, series, 1.0)), np.nan)
    for values in logged:
        known = np.flatnonzero(np.isfinite(values))
        if len(known) and known[-1] - known[0] >= len(known):
            inside = np.arange(known[0], known[-1] + 1)
            values[inside] = np.interp(inside, known, values[known])
    return logged


def _positive(values: Floats) -> Booleans:
    return np.isfinite(values) & (values > 0.0)


def counts(values: Floats) -> Floats:
    """How many values along the last axis are not NaN."""
    return np.asarray(np.isfinite(values).sum(axis=-1), dtype=np.float64)


def median(values: Floats) -> Floats:
    """Median along the last axis without the NaN; NaN where nothing is left, and no warning."""
    ordered = np.sort(values, axis=-1)
    number = np.isfinite(values).sum(axis=-1)[..., None]
    low = np.take_along_axis(ordered, np.maximum(number - 1, 0) // 2, axis=-1)[..., 0]
    high = np.take_along_axis(ordered, np.minimum(number // 2, values.shape[-1] - 1), axis=-1)[..., 0]
    return 0.5 * (low + high)


def weighted_mean(values: Floats, weights: Floats) -> Floats:
    """Weighted mean along the last axis without the NaN; NaN where nothing is left, and no warning."""
    known: Booleans = np.isfinite(values)
    total = np.where(known, weights, 0.0).sum(axis=-1)
    summed = np.where(known, values * weights, 0.0).sum(axis=-1)
    return np.where(total > 0.0, summed / np.where(total > 0.0, total, 1.0), np.nan)


def score_quantiles(sample: Floats) -> Floats:
    """Quantiles of a sample (n,) on SCORES, shape (K,).

    Inside |z| <= EDGE they are the sample's own (mid-point rule); beyond it, where a few observations would
    rule, they go on in a straight line with the mean slope of the last unit of z.
    """
    number = len(sample)
    scores = ndtri((np.arange(number) + 0.5) / number)
    edge = min(EDGE, float(scores[-1]))
    inner = np.interp(np.clip(SCORES, -edge, edge), scores, np.sort(sample))
    upper = np.interp([edge - 1.0, edge], SCORES, inner)
    lower = np.interp([-edge, 1.0 - edge], SCORES, inner)
    above = np.maximum(SCORES - edge, 0.0) * max(upper[1] - upper[0], 0.0)
    below = np.minimum(SCORES + edge, 0.0) * max(lower[1] - lower[0], 0.0)
    return np.maximum.accumulate(inner + above + below)


def joined(*notes: str) -> str:
    """All notes in one line, empty ones left out."""
    return "; ".join(note for note in notes if note)
