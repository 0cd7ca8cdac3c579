"""How good the forecasts are: a method beside its alternatives, its cover, its misses, without look-ahead."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr

from models.arrays import Floats
from models.dependence import MEASURED, correlations
from models.hindcast import (
    Cells,
    Hindcast,
    Joint,
    Replay,
    cells,
    hindcasts,
    replay,
    state_correlation,
    total,
)
from models.projection import Method
from models.scoring import (
    MIDDLE,
    calibration_error,
    cover,
    crps,
    diebold_mariano,
    interval_score,
    skill,
    skill_interval,
)

REFERENCE = "random_walk_drift_levels"
"""The method that skill is measured against."""
BLOCK_YEARS = 3
"""Origins drawn together in the block bootstrap [years]."""
WORST = 10
"""How many misses are named."""
ORIGINS_PRIOR = 20.0
"""Origins at which an estimated correlation is half its own, half the measured default."""
REPLAY_ORIGINS = (2009, 2013, 2019, 2021)
"""Years before budgets turned: the euro crisis, annexation, pandemic and war."""
FLOORS = (0.85, 0.78, 0.70)
"""Share of investment committed one to three years ahead, as the bundled `capacity.committed` has it."""


@dataclass(frozen=True)
class Score:
    """A method's scores over all cells.

    rcrps: CRPS over the last value [share]; msis: 95 % interval score, mase: absolute error of the median,
    both over the usual change; cover80, cover95, calibration, skill and its 90 % interval [share]; better,
    p_value: Diebold-Mariano statistic against the first method and its p-value (0 and 1 for itself).
    """

    method: str
    cells: int
    rcrps: float
    msis: float
    mase: float
    cover80: float
    cover95: float
    calibration: float
    skill: float
    skill_low: float
    skill_high: float
    better: float
    p_value: float


@dataclass(frozen=True)
class Miss:
    """An outcome far from its forecast: values, and the normal score at which it fell."""

    row: int
    origin: int
    year: int
    outcome: float
    low: float
    median: float
    high: float
    score: float


@dataclass(frozen=True)
class Backtest:
    """All that proves the forecasts: what an accuracy sheet shows.

    scores: the method first, then its alternatives; horizons (H,), cover80, cover95 of the method by
    horizon [share] (H,); histogram: share of outcomes in each tenth of their distribution (10,); joint: the
    total under each dependence; rho: correlation between states by horizon, estimated and shrunk (H,);
    misses: the worst; replays: by origin.
    """

    scores: tuple[Score, ...]
    horizons: tuple[int, ...]
    cover80: Floats
    cover95: Floats
    histogram: Floats
    joint: tuple[Joint, ...]
    rho: Floats
    misses: tuple[Miss, ...]
    replays: tuple[Replay, ...]


@dataclass(frozen=True)
class Draws:
    """Independent draws of a backtest: normals, common (H, P) and own (N, H, P); uniforms (B, M)."""

    common: Floats
    own: Floats
    uniform: Floats


def backtest(
    panel: Floats,
    years: Sequence[int],
    weights: Floats,
    methods: Mapping[str, Method],
    draws: Draws,
    first: int = 2000,
    assumed: tuple[float, ...] = MEASURED,
) -> Backtest:
    """Rolling-origin backtest of a panel (N, Z), the first of the methods being the one that is proved.

    weights: what rows are shares of, for their total (N,); first: year of the first origin; assumed:
    correlation between states by horizon, the last one held; the horizon is that of the draws. REFERENCE
    must be among the methods.
    """
    horizon = len(draws.common)
    places = [place for place, year in enumerate(years) if year >= first and place < len(years) - 1]
    found = {name: hindcasts(panel, method, places, horizon) for name, method in methods.items()}
    told = {name: cells(panel, years, part) for name, part in found.items()}
    main, hindcast = next(iter(told.values())), next(iter(found.values()))
    rho = estimated_rho(main, horizon)
    return Backtest(
        scores=tuple(_score(name, part, main, told[REFERENCE], draws.uniform) for name, part in told.items()),
        horizons=tuple(range(1, horizon + 1)),
        cover80=_cover_by_horizon(main, horizon, 80),
        cover95=_cover_by_horizon(main, horizon, 95),
        histogram=np.histogram(ndtr(main.score), bins=10, range=(0.0, 1.0))[0] / len(main.score),
        joint=_joints(panel, weights, hindcast, (correlations(assumed, horizon), rho), draws),
        rho=rho,
        misses=_misses(main),
        replays=tuple(
            replay(panel, years, part, FLOORS[:horizon])
            for part in hindcast
            if years[part.place] in REPLAY_ORIGINS
        ),
    )


def estimated_rho(found: Cells, horizon: int) -> Floats:
    """Correlation between states by horizon (H,), shrunk to the measured default where origins are few."""
    default = correlations(MEASURED, horizon)
    own = np.array([state_correlation(found, ahead) for ahead in range(1, horizon + 1)])
    weight = own[:, 1] / (own[:, 1] + ORIGINS_PRIOR)
    return np.clip(weight * own[:, 0] + (1.0 - weight) * default, 0.0, 0.95)


def _score(name: str, own: Cells, main: Cells, reference: Cells, uniform: Floats) -> Score:
    loss, other, best = (crps(part.quantiles, part.outcome) / part.last for part in (own, reference, main))
    block = (own.origin - own.origin.min()) // BLOCK_YEARS
    picks = (uniform[:, : block.max() + 1] * (block.max() + 1)).astype(np.int64)
    low, high = skill_interval(loss, other, block, picks)
    better, p_value = (
        (0.0, 1.0) if own is main else diebold_mariano(loss, best, own.origin, int(own.horizon.max()))
    )
    moved = own.usual > 0.0
    return Score(
        method=name,
        cells=len(loss),
        rcrps=float(loss.mean()),
        msis=float(np.mean(interval_score(own.quantiles, own.outcome)[moved] / own.usual[moved])),
        mase=float(np.mean(np.abs(own.outcome - own.quantiles[:, MIDDLE])[moved] / own.usual[moved])),
        cover80=cover(own.quantiles, own.outcome, 80),
        cover95=cover(own.quantiles, own.outcome, 95),
        calibration=calibration_error(own.quantiles, own.outcome),
        skill=skill(loss, other),
        skill_low=low,
        skill_high=high,
        better=better,
        p_value=p_value,
    )


def _cover_by_horizon(found: Cells, horizon: int, percent: int) -> Floats:
    here = [found.horizon == ahead for ahead in range(1, horizon + 1)]
    return np.array([cover(found.quantiles[at], found.outcome[at], percent) for at in here])


def _joints(
    panel: Floats, weights: Floats, found: Sequence[Hindcast], rhos: tuple[Floats, Floats], draws: Draws
) -> tuple[Joint, ...]:
    assumed, estimated = rhos
    tried = {"none": np.zeros(len(estimated)), "assumed": assumed, "estimated": estimated}
    return tuple(
        Joint(name, *total(panel, weights, found, rho, (draws.common, draws.own)))
        for name, rho in tried.items()
    )


def _misses(found: Cells) -> tuple[Miss, ...]:
    """The outcomes farthest from their forecasts, one a row and year."""
    chosen: dict[tuple[int, int], int] = {}
    for at in np.argsort(-np.abs(found.score), kind="stable").tolist():
        chosen.setdefault((int(found.row[at]), int(found.origin[at] + found.horizon[at])), at)
    return tuple(_miss(found, at) for at in list(chosen.values())[:WORST])


def _miss(found: Cells, at: int) -> Miss:
    quantiles = found.quantiles[at]
    return Miss(
        row=int(found.row[at]),
        origin=int(found.origin[at]),
        year=int(found.origin[at] + found.horizon[at]),
        outcome=float(found.outcome[at]),
        low=float(quantiles[0]),
        median=float(quantiles[MIDDLE]),
        high=float(quantiles[-1]),
        score=float(found.score[at]),
    )
