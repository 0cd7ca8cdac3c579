"""Methods that statsmodels fits, on logs: damped exponential smoothing, unobserved components, ARIMA.

Each fit is checked: one that does not converge, or flies away, gives way to Theta and says so. Spreads come
from the method's own errors at a sample of the panel's past origins, as for all methods.
"""

import warnings
from collections.abc import Callable
from typing import TypeAlias

import numpy as np

from models.arrays import Floats, Integers
from models.calibration import calibrated
from models.projection import Projection, bridged, joined, logs
from models.rounding import rounded
from models.scale import latest_scale, scales
from models.univariate import theta

Fit: TypeAlias = Callable[[Floats, int], tuple[Floats, bool]]
"""(log values (n,), horizon H) -> log forecast (H,) and whether the fit converged."""

FEWEST_YEARS = 10
"""Years a series must show to be fitted."""
CALIBRATION_ORIGINS = 40
"""Past origins of the panel at which a method is fitted to learn its errors: spread evenly, for time."""
FARTHEST = 3.0
"""A forecast may move so many scales times the root of the horizon; beyond, the fit has blown up."""
ORDERS = (((0, 1, 0), "n"), ((0, 1, 0), "t"), ((1, 1, 0), "t"), ((0, 1, 1), "n"))
"""ARIMA orders tried, without (n) or with (t) drift; the corrected Akaike criterion chooses."""


def damped_ets(series: Floats, panel: Floats, horizon: int) -> Projection:
    """Exponential smoothing with damped trend; Gardner and McKenzie, Management Science 31(10), 1985."""
    return _fitted("damped_ets", _damped_ets, series, panel, horizon)


def unobserved_components(series: Floats, panel: Floats, horizon: int) -> Projection:
    """Local level with a constant drift; Harvey, Forecasting, Structural Time Series Models, 1989, 2.3."""
    return _fitted("unobserved_components", _unobserved_components, series, panel, horizon)


def arima(series: Floats, panel: Floats, horizon: int) -> Projection:
    """ARIMA of ORDERS by information criterion; Hyndman and Khandakar, J. of Statistical Software 27(3)."""
    return _fitted("arima", _arima, series, panel, horizon)


def _fitted(name: str, fit: Fit, series: Floats, panel: Floats, horizon: int) -> Projection:
    logged, notes = logs(series)
    usual, unrest_now, errors = _experience(fit, bridged(panel) if len(panel) else logged, horizon)
    scale = unrest_now * latest_scale(logged, usual)
    centre = np.array(
        [_centre(fit, values, horizon, size) for values, size in zip(logged, scale, strict=True)]
    )
    failed = np.isnan(centre).any(axis=1)
    quantiles = calibrated(np.nan_to_num(centre), scale, errors)
    stand_in = theta(series, panel, horizon)
    quantiles[failed] = stand_in.log_quantiles[failed]
    names = tuple(np.where(failed, stand_in.method, name).tolist())
    told = (f"{name} too short or not converged: {used} instead" if used != name else "" for used in names)
    return Projection(rounded(quantiles, 6), names, tuple(map(joined, notes, told)))


def _centre(fit: Fit, logged: Floats, horizon: int, scale: float) -> Floats:
    """Median log growth from the last value (H,); NaN throughout where the fit fails."""
    known = logged[np.isfinite(logged)]
    if len(known) < FEWEST_YEARS or np.ptp(known) == 0.0:
        return np.full(horizon, np.nan)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        forecast, converged = fit(known, horizon)
    growth = forecast - known[-1]
    sound = converged and bool(
        np.all(np.abs(growth) <= FARTHEST * scale * np.sqrt(np.arange(1, horizon + 1)))
    )
    return growth if sound else np.full(horizon, np.nan)


def _experience(fit: Fit, logged: Floats, horizon: int) -> tuple[Floats, float, Floats]:
    """The panel's usual growth and unrest in its last year; errors at a sample of past origins (M, H)."""
    seen = scales(logged)
    scale = seen.own * seen.unrest
    errors = []
    for row, year in _origins(seen.number, logged, horizon):
        growth = _centre(fit, logged[row, : year + 1], horizon, scale[row, year])
        outcome = logged[row, year + 1 : year + 1 + horizon] - logged[row, year]
        errors.append((outcome - growth) / scale[row, year])
    return seen.common[-1:], float(seen.unrest[-1]), np.array(errors).reshape(-1, horizon)


def _origins(number: Floats, logged: Floats, horizon: int) -> Integers:
    """Rows and years of the panel, spread evenly, from which a whole horizon is known; shape (M, 2)."""
    ended = np.zeros_like(logged, dtype=bool)
    ended[:, :-horizon] = np.isfinite(logged[:, horizon:])
    possible = np.argwhere((ended & (number >= FEWEST_YEARS)).T)[:, ::-1]
    chosen = np.linspace(0, len(possible) - 1, min(CALIBRATION_ORIGINS, len(possible)))
    return possible[np.round(chosen).astype(np.int64)]


def _damped_ets(logged: Floats, horizon: int) -> tuple[Floats, bool]:
    from statsmodels.tsa.exponential_smoothing.ets import ETSModel

    found = ETSModel(logged, error="add", trend="add", damped_trend=True).fit(disp=False)
    return np.asarray(found.forecast(horizon)), bool(found.mle_retvals.get("converged", True))


def _unobserved_components(logged: Floats, horizon: int) -> tuple[Floats, bool]:
    from statsmodels.tsa.statespace.structural import UnobservedComponents

    found = UnobservedComponents(logged, level="local linear deterministic trend").fit(disp=False)
    return np.asarray(found.forecast(horizon)), bool(found.mle_retvals["converged"])


def _arima(logged: Floats, horizon: int) -> tuple[Floats, bool]:
    from statsmodels.tsa.arima.model import ARIMA

    fits = [ARIMA(logged, order=order, trend=trend).fit(cov_type="none") for order, trend in ORDERS]
    sound = [fit for fit in fits if fit.mle_retvals is None or fit.mle_retvals["converged"]]
    if not sound:
        return np.full(horizon, np.nan), False
    return np.asarray(min(sound, key=lambda fit: fit.aicc).forecast(horizon)), True
