"""Forecasts from past origins, and what they should have foreseen: cells to score, the total, budget cuts."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr, ndtri

from models.arrays import Floats, Integers
from models.dependence import news, scores
from models.projection import CENTRE, SCORES, Method
from models.scoring import LEVELS13, brier
from models.tables import rows_interpolated


@dataclass(frozen=True)
class Hindcast:
    """A method's forecasts from one past origin, of the rows known there.

    place: column of the origin; rows: of the panel (R,); log_quantiles: of growth, on SCORES (R, H, K).
    """

    place: int
    rows: Integers
    log_quantiles: Floats


@dataclass(frozen=True)
class Cells:
    """Forecasts of one method, one row each (C,): all from values up to the origin only.

    row: of the panel; origin, horizon [years]; outcome, last: value then and at the origin; usual: mean
    absolute yearly change up to the origin; score: normal score at which the outcome fell; quantiles: (C,
    13) at LEVELS13.
    """

    row: Integers
    origin: Integers
    horizon: Integers
    outcome: Floats
    last: Floats
    usual: Floats
    score: Floats
    quantiles: Floats


@dataclass(frozen=True)
class Joint:
    """How well the total of all states is forecast under one assumption on dependence [share]."""

    dependence: str
    rcrps: float
    cover80: float
    cover95: float


@dataclass(frozen=True)
class Replay:
    """Falling below a share of the median, forecast from one origin one to three years on [share]."""

    origin: int
    cells: int
    brier: float
    climatology: float
    forecast: float
    happened: float


def hindcasts(panel: Floats, method: Method, places: Sequence[int], horizon: int) -> tuple[Hindcast, ...]:
    """Forecasts of every row of a panel (N, Z) from each origin column, from values up to it and no later."""
    return tuple(_hindcast(panel[:, : place + 1], method, horizon) for place in places)


def _hindcast(known: Floats, method: Method, horizon: int) -> Hindcast:
    rows = np.flatnonzero(known[:, -1] > 0.0)
    return Hindcast(known.shape[1] - 1, rows, method(known[rows], known, horizon).log_quantiles)


def cells(panel: Floats, years: Sequence[int], found: Sequence[Hindcast]) -> Cells:
    """All forecasts whose outcome the panel (N, Z) knows, row by row."""
    parts = [_cells(panel, years, hindcast) for hindcast in found]
    return Cells(*(np.concatenate(column) for column in zip(*parts, strict=True)))


def _cells(panel: Floats, years: Sequence[int], found: Hindcast) -> tuple[Floats | Integers, ...]:
    outcome = _outcomes(panel, found)
    row, step = np.nonzero(outcome > 0.0)
    state, place = found.rows[row], found.place
    last, then = panel[state, place], outcome[row, step]
    grown = found.log_quantiles[row, step]
    usual = _usual_change(panel[:, : place + 1])[state]
    fell = np.array([np.interp(x, q, SCORES) for x, q in zip(np.log(then / last), grown, strict=True)])
    origin = np.full(len(row), years[place])
    quantiles = last[:, None] * np.exp(at_levels(grown))
    return state, origin, step + 1, then, last, usual, fell.reshape(len(row)), quantiles


def _outcomes(panel: Floats, found: Hindcast) -> Floats:
    """What came of a hindcast (R, H), NaN beyond the panel."""
    later = np.full((len(found.rows), found.log_quantiles.shape[1]), np.nan)
    known = panel[found.rows, found.place + 1 : found.place + 1 + later.shape[1]]
    later[:, : known.shape[1]] = known
    return later


def _usual_change(known: Floats) -> Floats:
    """Mean absolute yearly change of each row [own unit] (N,)."""
    change = np.abs(np.diff(known, axis=1))
    return np.nansum(change, axis=1) / np.maximum(np.isfinite(change).sum(axis=1), 1)


def at_levels(log_quantiles: Floats) -> Floats:
    """Log quantiles on SCORES (..., K) read at LEVELS13 (..., 13), in straight lines between scores."""
    place = (ndtri(LEVELS13) - SCORES[0]) / (SCORES[1] - SCORES[0])
    low = np.floor(place).astype(np.int64)
    part = place - low
    return np.asarray(log_quantiles[..., low] * (1.0 - part) + log_quantiles[..., low + 1] * part)


def total(
    panel: Floats, weights: Floats, found: Sequence[Hindcast], rho: Floats, normals: tuple[Floats, Floats]
) -> tuple[float, float, float]:
    """CRPS over the last value of the weighted total of all rows, cover of its 80 and 95 % intervals [share].

    weights (N,): what a row's value is a share of; normals: common (H, P) and own (N, H, P), independent.
    """
    common, own = normals
    score = np.stack([scores(news(common, row, rho)) for row in own])
    parts = [part for hindcast in found for part in _totals(panel, weights, hindcast, score)]
    rcrps, rank = np.array(parts).T
    off = np.abs(rank - 0.5)
    return float(rcrps.mean()), float(np.mean(off <= 0.4)), float(np.mean(off <= 0.475))


def _totals(panel: Floats, weights: Floats, found: Hindcast, score: Floats) -> list[tuple[float, float]]:
    """CRPS over the last value, and rank of the outcome among the draws, per horizon known."""
    outcome, base = _outcomes(panel, found), weights[found.rows] * panel[found.rows, found.place]
    parts = []
    for step in np.flatnonzero(np.all(outcome > 0.0, axis=0)):
        growth = np.exp(rows_interpolated(score[found.rows, step], found.log_quantiles[:, step]))
        draws, truth = np.sort(base @ growth), float(weights[found.rows] @ outcome[:, step])
        parts.append((_sample_crps(draws, truth) / float(base.sum()), float(np.mean(draws <= truth))))
    return parts


def _sample_crps(ordered: Floats, outcome: float) -> float:
    """CRPS of an ordered sample: mean distance to the outcome less half the mean distance of its members."""
    number = len(ordered)
    spread = np.sum((2.0 * np.arange(1, number + 1) - number - 1.0) * ordered) / number**2
    return float(np.mean(np.abs(ordered - outcome)) - spread)


def replay(panel: Floats, years: Sequence[int], found: Hindcast, floors: Sequence[float]) -> Replay:
    """Forecasts that a value falls under a part of its median, against the frequency so far.

    floors: the part, by years ahead, such as the committed share of investment.
    """
    outcome, probability, usual = _outcomes(panel, found), [], []
    log_last = np.log(panel[found.rows, found.place])
    happened = []
    for step, floor in enumerate(floors):
        known = np.flatnonzero(outcome[:, step] > 0.0)
        quantiles = found.log_quantiles[known, step]
        line = quantiles[:, CENTRE] + np.log(floor)
        below = [np.interp(x, row, SCORES) for x, row in zip(line, quantiles, strict=True)]
        probability.append(ndtr(np.array(below)))
        happened.append(np.log(outcome[known, step]) - log_last[known] < line)
        usual.append(np.full(len(known), _frequency(panel[:, : found.place + 1], step + 1, floor)))
    forecast, fell, climate = (
        np.concatenate(part).astype(np.float64) for part in (probability, happened, usual)
    )
    return Replay(
        years[found.place],
        len(fell),
        brier(forecast, fell),
        brier(climate, fell),
        float(forecast.mean()),
        float(fell.mean()),
    )


def _frequency(known: Floats, ahead: int, floor: float) -> float:
    """How often values fell under a part of where they were, in all years known [share]."""
    ratio = known[:, ahead:] / known[:, :-ahead]
    return float(np.mean(ratio[np.isfinite(ratio)] < floor))


def state_correlation(found: Cells, horizon: int) -> tuple[float, float]:
    """Mean product of the scores of two rows at a horizon, and the number of origins it rests on."""
    here = found.horizon == horizon
    sums = {}
    for origin in np.unique(found.origin[here]):
        score = found.score[here & (found.origin == origin)]
        pairs = len(score) * (len(score) - 1)
        if pairs:
            sums[int(origin)] = (score.sum() ** 2 - (score**2).sum()) / pairs
    return (float(np.mean(list(sums.values()))), float(len(sums))) if sums else (0.0, 0.0)
