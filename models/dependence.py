"""How the errors of budget forecasts move together, over states and over the horizon.

    z(i,h) = sqrt(rho_h) f_h + sqrt(1 - rho_h) u(i,h),   f_h = (e_1 + ... + e_h) / sqrt(h),   u alike

One factor for all states, which matters more the further ahead, and random walks over the horizon: drawn
anew each year, budgets would jump and gaps added over years come out too small.
"""

import numpy as np

from models.arrays import Floats

MEASURED: tuple[float, ...] = (0.08, 0.16, 0.25, 0.36, 0.43)
"""Correlation of the states' errors one to five years ahead; 27 states, origins 2000-2023."""


def loadings(rho: tuple[float, ...], years: int) -> Floats:
    """Correlation between states in each projected year (T,): as given, the last one held."""
    return np.array([rho[min(year, len(rho) - 1)] for year in range(years)])


def scores(common: Floats, own: Floats, rho: Floats) -> Floats:
    """Correlated normal scores of one state's budget errors (T, P), from independent normals.

    common (T, P) is the same for all states, own (T, P) the state's; rho: correlation between states (T,).
    Each row is standard normal; rows h and k of one state are correlated by about sqrt(h / k), h < k.
    """
    together, alone = np.sqrt(rho)[:, None], np.sqrt(1.0 - rho)[:, None]
    return together * walk(common) + alone * walk(own)


def walk(steps: Floats) -> Floats:
    """Random walks (T, P) of independent standard normal steps, each year back at unit variance."""
    scale: Floats = np.sqrt(np.arange(1.0, len(steps) + 1.0))[:, None]
    return np.cumsum(steps, axis=0) / scale
