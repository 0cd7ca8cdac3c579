"""Distributions: a normal score goes in. And sums, changes and memory over years."""

import math
from collections.abc import Sequence
from statistics import NormalDist

from reference_model.case import Row

STANDARD = NormalDist()


def probability(score: float) -> float:
    return 0.5 * math.erfc(-score / math.sqrt(2.0))


def uniform(low: float, high: float, score: float) -> float:
    return low + (high - low) * probability(score)


def cut_lognormal(median: float, sigma: float, low: float, high: float, score: float) -> float:
    """The share of the score is mapped into the part of the distribution between the cuts."""
    if sigma == 0.0:
        return min(max(median, low), high)
    first = probability(math.log(low / median) / sigma)
    last = probability(math.log(high / median) / sigma)
    inside = STANDARD.inv_cdf(first + (last - first) * probability(score))
    return median * math.exp(sigma * inside)


def triangular(low: float, mode: float, high: float, score: float) -> float:
    if high == low:
        return low
    share = probability(score)
    if share < (mode - low) / (high - low):
        return low + math.sqrt(share * (high - low) * (mode - low))
    return high - math.sqrt((1.0 - share) * (high - low) * (high - mode))


def beta(a: float, b: float, score: float) -> float:
    """Quantile by bisection of the regularised incomplete beta function."""
    wanted, low, high = probability(score), 0.0, 1.0
    if b == 1.0:
        return float(wanted ** (1.0 / a))
    for _ in range(60):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if incomplete_beta(a, b, middle) < wanted else (low, middle)
    return 0.5 * (low + high)


def incomplete_beta(a: float, b: float, x: float) -> float:
    """By its power series x^a (1-x)^b / (a B(a, b)) * sum of B(a+1, n+1) / B(a+b, n+1) x^(n+1)."""
    if x <= 0.0 or x >= 1.0:
        return 0.0 if x <= 0.0 else 1.0
    if x > 0.5:
        return 1.0 - incomplete_beta(b, a, 1.0 - x)
    term = total = 1.0
    n = 0
    while term > 1e-17 * total:
        term *= x * (a + b + n) / (a + 1.0 + n)
        total += term
        n += 1
    scale = math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b)
    return math.exp(scale + a * math.log(x) + b * math.log(1.0 - x)) / a * total


def together(rho: float, common: float, own: float) -> float:
    return math.sqrt(rho) * common + math.sqrt(1.0 - rho) * own


def nine(value: float) -> float:
    """Fitted and derived figures enter the simulation at nine significant digits."""
    return float(f"{value:.8e}")


def inside(x: float) -> float:
    return min(max(x, 0.0), 1.0)


def running(values: Sequence[float]) -> Row:
    return [math.fsum(values[: t + 1]) for t in range(len(values))]


def changes(totals: Sequence[float]) -> Row:
    return [totals[t] - (totals[t - 1] if t else 0.0) for t in range(len(totals))]


def autoregression(innovations: Sequence[float], persistence: float) -> Row:
    path: Row = []
    for t, innovation in enumerate(innovations):
        path.append(innovation + (persistence * path[t - 1] if t else 0.0))
    return path
