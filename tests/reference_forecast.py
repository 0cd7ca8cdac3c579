"""Forecasts a second time in plain Python: loops, `math` and lists, nothing from the project.

Written from `models/FORECASTING.md` and what the modules say of their numbers, one series and one year at a
time. A series is a list of yearly values, None before it starts, without holes.
"""

import math
from collections.abc import Callable, Sequence
from itertools import pairwise
from statistics import NormalDist, fmean, linear_regression, median

Row = list[float]
Gapped = list[float | None]
SCORES = [k / 16.0 for k in range(-72, 73)]
STANDARD = NormalDist()


class Panel:
    """All that the states of a panel share, and each one's scale, by all that is known in each year."""

    def __init__(self, series: Sequence[Gapped], shares: Sequence[Gapped]) -> None:
        self.rows = [Series(one, share) for one, share in zip(series, shares, strict=True)]
        years = range(len(series[0]))
        known = [
            median([row.deviation(t) for row in self.rows if row.number(t) >= 5] or [0.0]) for t in years
        ]
        first = next(one for one in known if one > 0.0)
        self.common = [next((one for one in reversed(known[: t + 1]) if one > 0.0), first) for t in years]
        self.growth = [self._of_rows(fmean, lambda row, t: _cut(row.growth(t), 0.3), t) for t in years]
        self.level = [self._of_rows(median, lambda row, t: row.share[t], t) for t in years]
        self.economy = _faded([self._of_rows(median, Series.economy, t) for t in years], 8.0)
        squares = [1.0, *(self._of_rows(fmean, self._surprise, t, 1.0) for t in years[1:])]
        usual = [max(fmean(squares[: t + 1]), 1e-3) for t in years]
        recent = [now / then for now, then in zip(_faded(squares, 1.0), usual, strict=True)]
        self.unrest = [math.sqrt(max(one, 1e-3) ** 0.75) for one in recent]

    def _of_rows(
        self,
        mean: Callable[[Row], float],
        value: Callable[["Series", int], float | None],
        t: int,
        none: float = 0.0,
    ) -> float:
        found = [one for one in (value(row, t) for row in self.rows) if one is not None]
        return mean(found) if found else none

    def _surprise(self, row: "Series", t: int) -> float | None:
        """Squared growth in scales of the year before, of a series with five growths by then."""
        growth = row.growth(t)
        return (
            None
            if growth is None or row.number(t - 1) < 5
            else min((growth / self.scale(row, t - 1)) ** 2, 25.0)
        )

    def scale(self, row: "Series", t: int) -> float:
        """Own deviation and the panel's, averaged in logs: five own years weigh as much as the panel."""
        weight = row.number(t) / (row.number(t) + 5.0)
        own = max(row.deviation(t) or self.common[t], 0.25 * self.common[t])
        return math.exp(weight * math.log(own) + (1.0 - weight) * math.log(self.common[t]))

    def features(self, row: "Series", t: int) -> Row:
        """Own growth, that of the two years before, common growth, gap of the share, growth of economy."""
        scale = self.scale(row, t)
        own, last, before = (
            0.0 if growth is None else _cut(growth / scale, 3.0)
            for growth in (row.growth(t), row.growth(t - 1), row.growth(t - 2))
        )
        share, economy = row.share[t], row.economy(t)
        gap = 0.0 if share is None else _cut(share - self.level[t], 1.5)
        beyond = 0.0 if economy is None else (economy - self.economy[t]) / scale
        return [own, last + before, self.growth[t] / scale, gap, beyond]


class Series:
    """One series in logs, with its share of GDP in logs."""

    def __init__(self, values: Gapped, shares: Gapped) -> None:
        self.log, self.share = _logs(values), _logs(shares)

    def growth(self, t: int) -> float | None:
        """Log growth of a year."""
        return _step(self.log, t)

    def growths(self, t: int) -> Row:
        """All growths up to a year."""
        return [growth for s in range(t + 1) if (growth := self.growth(s)) is not None]

    def economy(self, t: int) -> float | None:
        """Growth of what the shares are shares of, unless it is a break in the figures."""
        grown, share = self.growth(t), _step(self.share, t)
        found = None if grown is None or share is None else grown - share
        return found if found is not None and abs(found) < 0.25 else None

    def number(self, t: int) -> int:
        """Growths shown up to a year."""
        return len(self.growths(t))

    def deviation(self, t: int) -> float:
        """Root mean square of growth so far, half-life 15 years, spikes cut at 2.2 medians; 0 without."""
        sizes = [(t - s, abs(growth)) for s in range(t + 1) if (growth := self.growth(s)) is not None]
        limit = 2.2 * median([size for _, size in sizes] or [0.0])
        weights = [0.5 ** (age / 15.0) for age, _ in sizes]
        squares = (weight * min(size, limit) ** 2 for weight, (_, size) in zip(weights, sizes, strict=True))
        return math.sqrt(sum(squares) / (sum(weights) or 1.0))


def pooled(
    series: Sequence[Gapped],
    panel: Sequence[Gapped],
    horizon: int,
    *,
    shares: Sequence[Gapped],
    panel_shares: Sequence[Gapped],
    drift: float,
) -> list[list[Row]]:
    """Quantiles of log growth at SCORES, by series and year ahead."""
    seen = Panel(panel, panel_shares)
    last = len(panel[0]) - 1
    known = [_experience(seen, ahead) for ahead in range(1, horizon + 2)]
    alone = [_slope(*one, ahead) for ahead, one in enumerate(known, 1)]
    slopes = [alone[0]]
    for before, own, after in zip(alone, alone[1:], alone[2:], strict=False):
        slopes.append([(a + 2.0 * b + c) / 4.0 for a, b, c in zip(before, own, after, strict=True)])
    spreads = []
    for ahead, ((rows, changes, unrest), slope) in enumerate(zip(known, slopes, strict=False), 1):
        left = [
            (change - _dot(row, slope)) / then
            for row, change, then in zip(rows, changes, unrest, strict=True)
        ]
        with_drift, still = _quantiles(left), _quantiles(left + [-one for one in left])
        mixed = [drift * a + (1.0 - drift) * b for a, b in zip(with_drift, still, strict=True)]
        wider = math.sqrt(1.0 + 0.04 * ahead) * seen.unrest[last]
        spreads.append([wider * part for part in _smoothed(mixed)])
    found = []
    for one, share in zip(series, shares, strict=True):
        row = Series(one, share)
        scale, features = seen.scale(row, last), seen.features(row, last)
        found.append(
            [
                [scale * (_dot(features, slope) + part) for part in spread]
                for slope, spread in zip(slopes, spreads, strict=True)
            ]
        )
    return found


def alone(
    series: Sequence[Gapped], panel: Sequence[Gapped], horizon: int, path: Callable[[Row, int], Row]
) -> list[list[Row]]:
    """The same of a method that looks at one series; path: its growth from the last of some growths on.

    Errors are those it made on the panel once a series had shown eight growths, in scales and unrest of their
    time, as far below as above.
    """
    seen = Panel(panel, panel)
    last = len(panel[0]) - 1
    errors: list[Row] = [[] for _ in range(horizon)]
    for row in seen.rows:
        for t in (t for t in range(last) if row.number(t) >= 8):
            scale, told = seen.scale(row, t) * seen.unrest[t], path(row.growths(t), horizon)
            for ahead in range(min(horizon, last - t)):
                grown = sum(row.growths(t + ahead + 1)[row.number(t) :])
                errors[ahead].append((grown - told[ahead]) / scale)
    spreads = [_smoothed(_quantiles(one + [-error for error in one])) for one in errors]
    found = []
    for one in series:
        row = Series(one, one)
        scale, told = seen.scale(row, last) * seen.unrest[last], path(row.growths(last), horizon)
        wider = [scale * math.sqrt(1.0 + 0.03 * ahead) for ahead in range(1, horizon + 1)]
        found.append(
            [
                [middle + size * part for part in spread]
                for middle, size, spread in zip(told, wider, spreads, strict=True)
            ]
        )
    return found


def still(_: Row, horizon: int) -> Row:
    """No growth."""
    return [0.0] * horizon


def drifting(growths: Row, horizon: int) -> Row:
    """The mean growth goes on."""
    return [fmean(growths) * ahead for ahead in range(1, horizon + 1)]


def persistent(growths: Row, horizon: int) -> Row:
    """Half the mean growth goes on, the last departure from it fades by its autocorrelation, -0.3 to 0.8.

    That is shrunk as if half the data said that there is none.
    """
    mean = fmean(growths)
    off = [growth - mean for growth in growths]
    squares = sum(one * one for one in off[:-1]) + 0.5 * sum(one * one for one in off)
    decay = max(-0.3, min(sum(a * b for a, b in pairwise(off)) / squares, 0.8))
    return [
        0.5 * mean * ahead + off[-1] * sum(decay**k for k in range(1, ahead + 1))
        for ahead in range(1, horizon + 1)
    ]


def theta(growths: Row, horizon: int) -> Row:
    """Smoothing by the weight that would have done best so far, and half the least-squares slope.

    Hyndman and Billah (2003): level + slope / 2 * (h - 1 + (1 - (1 - w)^n) / w).
    """
    values = [sum(growths[:t]) for t in range(len(growths) + 1)]
    tried = [_smoothing(values, weight) for weight in (*(k / 20.0 for k in range(1, 20)), 0.99)]
    _, level, weight = min(tried, key=lambda one: one[0])
    settling = (1.0 - (1.0 - weight) ** len(values)) / weight
    slope = linear_regression(range(len(values)), values).slope
    return [level - values[-1] + 0.5 * slope * (ahead + settling) for ahead in range(horizon)]


def _smoothing(values: Row, weight: float) -> Row:
    """Squared errors of exponential smoothing from the first value on, its last level, and its weight."""
    level, squares = values[0], 0.0
    for value in values[1:]:
        squares += (value - level) ** 2
        level += weight * (value - level)
    return [squares, level, weight]


def combination(growths: Row, horizon: int) -> Row:
    """The mean of Theta and persistent growth."""
    both = zip(theta(growths, horizon), persistent(growths, horizon), strict=True)
    return [(one + other) / 2.0 for one, other in both]


def _experience(seen: Panel, ahead: int) -> tuple[list[Row], Row, Row]:
    """Features, changes in scales and unrest of all projections whose outcome is known."""
    rows, changes, unrest = [], [], []
    for row in seen.rows:
        for t in range(len(row.log) - ahead):
            now, then = row.log[t], row.log[t + ahead]
            if row.growth(t) is not None and now is not None and then is not None:
                rows.append(seen.features(row, t))
                changes.append((then - now) / seen.scale(row, t))
                unrest.append(seen.unrest[t])
    return rows, changes, unrest


def _slope(rows: list[Row], changes: Row, _: Row, ahead: int) -> Row:
    """Ridge regression: 50 rows of typical size a year ahead say "no effect", of momentum a squared year."""
    width = range(len(rows[0]))
    left = [[sum(row[j] * row[k] for row in rows) for k in width] for j in width]
    right = [sum(row[j] * change for row, change in zip(rows, changes, strict=True)) for j in width]
    for j, power in enumerate((2, 2, 1, 1, 2)):
        left[j][j] += 50.0 * ahead**power * max(left[j][j] / len(rows), 1e-12)
    return _solved(left, right)


def _solved(left: list[Row], right: Row) -> Row:
    """Gauss: one equation after the other taken off all others."""
    table = [[*row, value] for row, value in zip(left, right, strict=True)]
    for j in range(len(table)):
        pivot = table[j] = [value / table[j][j] for value in table[j]]
        for k, row in enumerate(table):
            if k != j:
                table[k] = [value - row[j] * own for value, own in zip(row, pivot, strict=True)]
    return [row[-1] for row in table]


def _quantiles(sample: Row) -> Row:
    """The sample's own up to 2.25 deviations, beyond on a line with the mean slope of the last one."""
    ordered, number = sorted(sample), len(sample)
    scores = [STANDARD.inv_cdf((k + 0.5) / number) for k in range(number)]
    edge = min(2.25, scores[-1])
    inner = [_between(scores, ordered, _cut(z, edge)) for z in SCORES]
    up = _between(SCORES, inner, edge) - _between(SCORES, inner, edge - 1.0)
    down = _between(SCORES, inner, 1.0 - edge) - _between(SCORES, inner, -edge)
    return [
        own + max(z - edge, 0.0) * up + min(z + edge, 0.0) * down
        for z, own in zip(SCORES, inner, strict=True)
    ]


def _smoothed(quantiles: Row) -> Row:
    """Quantiles drawn three tenths towards a normal of the same median and 95 % range."""
    low, middle, high = (_between(SCORES, quantiles, z) for z in (-1.96, 0.0, 1.96))
    return [
        0.7 * q + 0.3 * (middle + z * (high - low) / 3.92) for z, q in zip(SCORES, quantiles, strict=True)
    ]


def _between(xs: Sequence[float], ys: Sequence[float], x: float) -> float:
    """On straight lines between points, level outside them."""
    if x <= xs[0] or x >= xs[-1]:
        return ys[0] if x <= xs[0] else ys[-1]
    k = next(k for k, (low, high) in enumerate(pairwise(xs)) if low <= x <= high)
    return ys[k] + (ys[k + 1] - ys[k]) * (x - xs[k]) / (xs[k + 1] - xs[k])


def _faded(values: Row, half_life: float) -> Row:
    """Exponentially weighted mean so far."""
    keep, found = 0.5 ** (1.0 / half_life), values[:1]
    for value in values[1:]:
        found.append(keep * found[-1] + (1.0 - keep) * value)
    return found


def _logs(values: Gapped) -> Gapped:
    return [None if value is None else math.log(value) for value in values]


def _step(values: Gapped, t: int) -> float | None:
    """Change from the year before, None where either is not known."""
    now, before = (values[t], values[t - 1]) if t > 0 else (None, None)
    return None if now is None or before is None else now - before


def _cut(value: float | None, limit: float) -> float | None:
    return None if value is None else max(-limit, min(value, limit))


def _dot(a: Row, b: Row) -> float:
    return sum(x * y for x, y in zip(a, b, strict=True))
