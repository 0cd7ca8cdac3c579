"""What moves a result: shares of variance, rank correlations, and means where a driver is low or high.

Shares of variance by pick and freeze: a family of drivers is taken from one set of draws, all others from
another. First-order share: Saltelli et al. (2010), "Variance based sensitivity analysis of model output",
table 2 (b); total share: Jansen (1999), "Analysis of variance designs for model output", equation 24. Their
errors come from a jackknife over groups of paths.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from models.arrays import Floats, Integers
from models.shocks import DRIVERS, Shocks, driver_of
from models.statistics import SCORE_95
from models.variants import Sample

GROUPS = 32
"""Groups of paths of the jackknife."""

SCORE = 2.0395
"""97.5 % point of Student's t with 31 degrees of freedom: half-widths of 95 % intervals from 32 groups."""

LOW, HIGH = (0.05, 0.15), (0.85, 0.95)
"""Paths around the P10 and the P90 of a driver: a tenth of them each."""


@dataclass(frozen=True)
class Focus:
    """Where to look: indices of years. worst: of each state (state,); gap, red: of the union."""

    worst: tuple[int, ...]
    gap: int
    red: int


@dataclass(frozen=True)
class Span:
    """How much of a driver counts: so many years of a yearly one, of one of states only that state's streams.

    state: all states where None.
    """

    years: int
    state: str | None = None


@dataclass(frozen=True)
class Shares:
    """Shares of the variance of each figure, by family, and halves of their 95 % intervals.

    first: of a family alone; total: of all it takes part in. Shapes (family, figure); NaN where a figure does
    not vary. first_sum_error, total_sum_error: of their sums over all families (figure,).
    """

    first: Floats
    first_error: Floats
    total: Floats
    total_error: Floats
    first_sum_error: Floats
    total_sum_error: Floats


@dataclass(frozen=True)
class Swings:
    """A figure where a driver is around its P10 and its P90, all others as drawn. Shapes (figure,).

    mean: over all draws; error: half of the 95 % interval of the difference of low and high; correlation:
    rank correlation with the driver.
    """

    mean: Floats
    low: Floats
    high: Floats
    error: Floats
    correlation: Floats


def figures(found: Sample, focus: Focus) -> Floats:
    """Every state's strain in its worst year, whether it is red in any year, and the union's figures.

    Shape (figure, draw): strain by state [ratio]; red by state [0 or 1]; net call over all years and gap in a
    year [EUR million], states in red in a year [count].
    """
    strains, gaps = zip(*(state.strained() for state in found.promises()), strict=True)
    red = [strain > found.model.thresholds.red for strain in strains]
    worst = [strain[t] for strain, t in zip(strains, focus.worst, strict=True)]
    any_year = [one.any(axis=0) for one in red]
    net = found.net_calls.sum(axis=0).sum(axis=0)
    gap = np.sum([one[focus.gap] for one in gaps], axis=0)
    return np.array([*worst, *any_year, net, gap, np.sum([one[focus.red] for one in red], axis=0)])


def shares(ours: Floats, rest: Floats, mixed: Floats) -> Shares:
    """Shares of variance from results on two independent sets of draws and on mixtures of them.

    ours, rest: (figure, draw); mixed: with one family from ours and all others from rest (family, figure,
    draw). The number of draws is a multiple of GROUPS.
    """
    center = ((ours + rest) / 2.0).mean(axis=1, keepdims=True)
    a, b = ours - center, rest - center
    variance = [_by_group(part) for part in ((a * a + b * b) / 2.0, (a + b) / 2.0)]
    alone = np.array([_by_group(a * (one - center - b)) for one in mixed])
    taking_part = np.array([_by_group((rest - one) * (rest - one) / 2.0) for one in mixed])
    products = (alone, taking_part, alone.sum(axis=0), taking_part.sum(axis=0))
    first, total, (_, first_sum), (_, total_sum) = (_estimate(product, *variance) for product in products)
    return Shares(*first, *total, first_sum, total_sum)


def scores(
    shocks: Shocks, streams: Mapping[str, int], driver: str, spans: Iterable[Span]
) -> dict[Span, Floats]:
    """Sums of the normals of a driver over its streams, as standard normals, by span. Shapes (draw,).

    streams: all that the model reads, with their rows. Each stream is drawn once for all spans.
    """
    totals = dict.fromkeys(spans, np.float64(0.0))
    counted = dict.fromkeys(totals, 0)
    for name in (name for name in streams if driver_of(name) == driver):
        drawn = shocks(name, streams[name])
        for span in totals:
            if _belongs(name, driver, span.state):
                part = drawn[: span.years] if DRIVERS[driver].yearly else drawn
                totals[span] = totals[span] + part.sum(axis=0)
                counted[span] += len(part)
    return {span: np.asarray(total / np.sqrt(float(counted[span]))) for span, total in totals.items()}


def reads(streams: Mapping[str, int], driver: str, state: str | None = None) -> bool:
    """Whether the model reads a row of a driver, for one state where it is a driver of states.

    A stream may be asked for no row: where all contracts are awarded at once, no price moves before them.
    """
    return any(
        rows and driver_of(name) == driver and _belongs(name, driver, state) for name, rows in streams.items()
    )


@dataclass(frozen=True)
class Ranked:
    """Figures, or a driver, in order. Shapes (row, draw).

    order: places of the values from the smallest on; ranks: less the mean rank.
    """

    values: Floats
    order: Integers
    ranks: Floats


def ranked(values: Floats) -> Ranked:
    """Values (row, draw) with their order and their ranks."""
    order = np.argsort(values, axis=1, kind="stable")
    found = np.array([ranks(row, places) for row, places in zip(values, order, strict=True)])
    return Ranked(values, order, found - found.mean(axis=1, keepdims=True))


def ranks(values: Floats, order: Integers) -> Floats:
    """Ranks from 1 on (draw,) of values in a known order, equal values at their mean rank.

    Like `scipy.stats.rankdata`, whose package takes half a second and 47 MB to load.
    """
    ordered = values[order]
    first = np.flatnonzero(np.concatenate(([True], ordered[1:] != ordered[:-1])))
    number = np.diff(first, append=len(values))
    found = np.empty(len(values))
    found[order] = np.repeat(np.cumsum(number) - (number - 1) / 2.0, number)
    return found


def swings(figures: Ranked, driver: Ranked) -> Swings:
    """Figures around the P10 and the P90 of a driver, of one row, and their rank correlation with it."""
    values = figures.values
    order, draws = driver.order[0], values.shape[1]
    bands = [values[:, order[round(draws * start) : round(draws * stop)]] for start, stop in (LOW, HIGH)]
    low, high = (band.mean(axis=1) for band in bands)
    variance = sum((band.var(axis=1) / band.shape[1] for band in bands), np.zeros(len(values)))
    error = SCORE_95 * np.sqrt(variance)
    return Swings(values.mean(axis=1), low, high, error, rank_correlation(figures, driver))


def rank_correlation(figures: Ranked, driver: Ranked) -> Floats:
    """Spearman's rank correlation of figures with a driver, of one row; 0 of what is constant.

    Sums instead of a library's matrix product, whose last bit differs between machines.
    """
    x, y = driver.ranks[0], figures.ranks
    spread = np.sqrt((x * x).sum() * (y * y).sum(axis=1))
    return np.asarray((x * y).sum(axis=1) / np.where(spread > 0.0, spread, 1.0))


def _belongs(name: str, driver: str, state: str | None) -> bool:
    """Whether a stream counts for a state: its own where streams are by state, any else."""
    return state is None or "state" not in DRIVERS[driver].over or name.rsplit("/", 1)[-1] == state


def _estimate(product: Floats, squares: Floats, center: Floats) -> tuple[Floats, Floats]:
    """A mean product over the variance of what was drawn, and half of its 95 % interval by the jackknife.

    Each as means over groups of draws (..., group); the interval from what is left without each group.
    """
    whole = _ratio(*(part.mean(axis=-1) for part in (product, squares, center)))
    without = _ratio(
        *((part.sum(axis=-1, keepdims=True) - part) / (GROUPS - 1) for part in (product, squares, center))
    )
    apart = without - without.mean(axis=-1, keepdims=True)
    return whole, np.asarray(SCORE * np.sqrt((GROUPS - 1) / GROUPS * (apart * apart).sum(axis=-1)))


def _ratio(mean: Floats, squares: Floats, center: Floats) -> Floats:
    variance = squares - center * center
    return np.asarray(mean / np.where(variance > 0.0, variance, np.nan))


def _by_group(x: Floats) -> Floats:
    """Means over groups of neighbouring draws. Shape (..., group)."""
    return np.asarray(x.reshape(*x.shape[:-1], GROUPS, -1).mean(axis=-1))


FAMILIES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "defence budgets": ("budget.common", "budget"),
        "pledges": ("pledge.common", "pledge"),
        "growth": ("growth.common", "growth"),
        "inflation": ("deflator.common", "deflator"),
        "investment share": ("investment_share",),
        "cost growth": ("cost.common", "legacy_cost", "cost"),
        "prices before contract": ("price",),
        "currencies and interest": ("usd", "uah", "currency", "rate"),
        "dates and delays": ("award", "duration", "slip"),
        "money used and saved": ("absorption", "saving", "grant_cut"),
        "who takes part": ("participation",),
    }
)
"""Families of drivers: every entry of DRIVERS is in one of them."""
