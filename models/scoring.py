"""Scores of quantile forecasts. Quantiles have shape (C, Q) at LEVELS13, outcomes (C,), C forecasts."""

import numpy as np
from scipy.special import stdtr

from models.arrays import Floats, Integers

LEVELS13: Floats = np.array([0.025, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.975])
"""Levels of a forecast that is scored."""
MIDDLE = 6
"""Position of the median in LEVELS13."""
INTERVALS = {80: (2, 10), 90: (1, 11), 95: (0, 12)}
"""Central intervals [%] by the positions of their ends in LEVELS13."""


def pinball(quantiles: Floats, outcome: Floats) -> Floats:
    """Pinball loss of each quantile (C, Q), in the unit of the outcome; Koenker and Bassett, 1978."""
    error = outcome[:, None] - quantiles
    return np.maximum(LEVELS13 * error, (LEVELS13 - 1.0) * error)


def crps(quantiles: Floats, outcome: Floats) -> Floats:
    """Continuous ranked probability score (C,): twice the integral of pinball losses over the levels.

    Each quantile stands for the levels nearer to it than to its neighbours. Gneiting and Ranjan, Journal of
    Business and Economic Statistics 29(3), 2011, equation 7.
    """
    edges = np.concatenate([[0.0], 0.5 * (LEVELS13[1:] + LEVELS13[:-1]), [1.0]])
    return 2.0 * (pinball(quantiles, outcome) * np.diff(edges)).sum(axis=1)


def interval_score(quantiles: Floats, outcome: Floats) -> Floats:
    """Width of the 95 % interval plus 40 times the distance outside (C,); Gneiting and Raftery, JASA 102."""
    low, high = quantiles[:, 0], quantiles[:, -1]
    outside = np.maximum(low - outcome, 0.0) + np.maximum(outcome - high, 0.0)
    return np.asarray(high - low + (2.0 / 0.05) * outside)


def cover(quantiles: Floats, outcome: Floats, percent: int) -> float:
    """Share of outcomes inside a central interval of INTERVALS [share]."""
    low, high = INTERVALS[percent]
    return float(np.mean((outcome >= quantiles[:, low]) & (outcome <= quantiles[:, high])))


def calibration_error(quantiles: Floats, outcome: Floats) -> float:
    """Mean distance between each level and the share of outcomes at or under its quantile [share]."""
    return float(np.mean(np.abs(np.mean(outcome[:, None] <= quantiles, axis=0) - LEVELS13)))


def skill(score: Floats, reference: Floats) -> float:
    """Part of a reference's mean score that a forecast saves [share]."""
    return float(1.0 - np.mean(score) / np.mean(reference))


def skill_interval(score: Floats, reference: Floats, block: Integers, picks: Integers) -> tuple[float, float]:
    """90 % interval of skill when whole blocks of forecasts are drawn again.

    block: number from 0 of each forecast's block (C,); picks: blocks drawn, one row a sample (B, blocks).
    Kunsch, Annals of Statistics 17(3), 1989.
    """
    own, other = np.bincount(block, score), np.bincount(block, reference)
    drawn = 1.0 - own[picks].sum(axis=1) / other[picks].sum(axis=1)
    low, high = np.quantile(drawn, [0.05, 0.95])
    return float(low), float(high)


def diebold_mariano(score: Floats, reference: Floats, period: Integers, horizon: int) -> tuple[float, float]:
    """Statistic and two-sided p-value that two mean scores are equal; negative: the first is better.

    Differences are averaged over the forecasts of a period (C,), so that states that move together count
    once; their variance allows for overlap over the horizon with Bartlett weights. As periods are few, the
    statistic is scaled down and read off Student's t; a single one shows nothing. Diebold and Mariano,
    Journal of Business and Economic Statistics 13(3), 1995; Harvey, Leybourne and Newbold, International
    Journal of Forecasting 13(2), 1997.
    """
    number = np.bincount(period - period.min())
    total = np.bincount(period - period.min(), score - reference)
    yearly = total[number > 0] / number[number > 0]
    centred, periods = yearly - yearly.mean(), len(yearly)
    if periods == 1:
        return float(np.sign(yearly[0])), 1.0
    ahead = min(horizon, periods - 1)
    variance = np.mean(centred**2)
    for lag in range(1, ahead):
        variance += 2.0 * (1.0 - lag / ahead) * np.sum(centred[lag:] * centred[:-lag]) / periods
    few = (periods - ahead) * (periods - ahead + 1) / periods**2
    statistic = float(yearly.mean() / np.sqrt(max(variance, 1e-300) / periods / few))
    return statistic, float(2.0 * stdtr(periods - 1, -abs(statistic)))


def brier(probability: Floats, happened: Floats) -> float:
    """Mean squared distance of probabilities from what happened, 0 or 1; Brier, Monthly Weather Review 78."""
    return float(np.mean((probability - happened) ** 2))
