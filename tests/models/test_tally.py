from collections.abc import Callable

import numpy as np
import pytest

from models.arrays import LEVELS, Floats
from models.statistics import Statistics, wilson_half_width
from models.tally import (
    MONEY_STEP,
    SLOTS,
    ZERO,
    Counts,
    Histograms,
    LineTally,
    ScenarioTally,
    Sums,
    grid,
)

PATHS, PILOT = 2**15, 2048


NO_LINES = LineTally(
    (), Histograms([], np.empty((0, 0, 0)), np.empty((0, 0, 0))), Sums([], [], 0, 0), Sums([], [], 0, 0)
)


def tallied(values: Floats) -> Statistics:
    """Statistics of one metric "m" in place "P" (year, draw), on a grid laid by the first draws."""
    center, width = grid(values[:, :PILOT])
    histograms = Histograms(["m"], center[np.newaxis, np.newaxis], width[np.newaxis, np.newaxis])
    sums = Sums(["m"], [MONEY_STEP], 1, len(values))
    counts = Counts(["positive", "red"], 1, len(values))
    for block in np.split(values, values.shape[1] // 1024, axis=1):
        histograms.add(0, 0, block)
        sums.add(0, 0, block)
        counts.add(0, 0, block > 0.0)
    return Statistics(values.shape[1], {"s": ScenarioTally(("P",), histograms, sums, counts, NO_LINES)})


SHAPES: dict[str, Callable[[np.random.Generator], Floats]] = {
    "normal": lambda r: r.normal(5.0, 2.0, (3, PATHS)),
    "lognormal": lambda r: np.exp(r.normal(0.0, 1.5, (3, PATHS))),
    "two_sided": lambda r: r.standard_t(3.0, (3, PATHS)),
    "large": lambda r: 1e5 * np.exp(r.normal(0.0, 0.2, (3, PATHS))),
    "rare_gap": lambda r: np.maximum(r.normal(-1.7, 1.0, (3, PATHS)), 0.0) * 400.0,
    "rarer_gap": lambda r: np.maximum(r.normal(-2.5, 1.0, (3, PATHS)), 0.0) * 400.0,
}


@pytest.mark.parametrize("shape", list(SHAPES))
def test_percentiles_are_within_a_third_of_their_sampling_error(shape: str) -> None:
    values = SHAPES[shape](np.random.default_rng(1))
    found, ordered = tallied(values).percentiles("m", "s", "P"), np.sort(values, axis=1)
    for k, level in enumerate(LEVELS):
        spread = np.sqrt(level * (1.0 - level) * PATHS)
        rank = level * PATHS
        error = (ordered[:, int(rank + spread)] - ordered[:, int(rank - spread)]) / 2.0
        exact = ordered[:, int(np.ceil(rank)) - 1]
        assert (np.abs(found[:, k] - exact) <= 0.34 * error).all()


@pytest.mark.parametrize("shape", list(SHAPES))
def test_the_shortfall_is_the_mean_of_the_worst_twentieth(shape: str) -> None:
    values = SHAPES[shape](np.random.default_rng(2))
    exact = np.sort(values, axis=1)[:, -PATHS // 20 :].mean(axis=1)
    assert tallied(values).shortfall("m", "s", "P") == pytest.approx(exact, rel=0.01)


def test_a_gap_that_is_rare_is_not_spread_up_to_its_largest_value() -> None:
    values = SHAPES["rare_gap"](np.random.default_rng(3))
    assert (values > 0.0).mean() < 0.05
    found = tallied(values).percentiles("m", "s", "P", [0.975])[:, 0]
    assert found == pytest.approx(np.quantile(values, 0.975, axis=1), rel=0.02)


def test_zeros_are_counted_exactly() -> None:
    values = SHAPES["rare_gap"](np.random.default_rng(4))
    statistics = tallied(values)
    zeros = statistics.tallies["s"].histograms.counts[0, 0, :, ZERO]
    assert zeros.tolist() == (values == 0.0).sum(axis=1).tolist()
    assert (statistics.percentiles("m", "s", "P", [0.5]) == 0.0).all()


def test_a_constant_is_its_own_percentile() -> None:
    values = np.array([[0.0], [7.0], [-3.5]]) * np.ones((3, PATHS))
    assert (tallied(values).percentiles("m", "s", "P") == values[:, :7]).all()


def test_every_value_is_counted_however_far_out() -> None:
    values = np.random.default_rng(5).normal(0.0, 1.0, (2, PATHS))
    values[0, -1], values[1, -1] = 1e18, -1e18
    histograms = Histograms(["m"], *(cell[np.newaxis, np.newaxis] for cell in grid(values[:, :PILOT])))
    histograms.add(0, 0, values)
    assert histograms.counts.sum(axis=-1).ravel().tolist() == [PATHS, PATHS]
    assert histograms.high[0, 0, 0] == 1e18
    assert histograms.low[0, 0, 1] == -1e18


def test_probabilities_and_means_are_exact() -> None:
    values = np.rint(np.random.default_rng(6).normal(0.0, 1e6, (3, PATHS)))
    statistics = tallied(values)
    assert (statistics.probability("positive", "s", "P") == (values > 0.0).mean(axis=1)).all()
    error = statistics.half_width("positive", "s", "P")
    assert (error == wilson_half_width(statistics.probability("positive", "s", "P"), PATHS)).all()
    assert statistics.any_year("positive", "s", "P") == (values > 0.0).any(axis=0).mean()
    exact = [sum(map(int, row)) / PATHS for row in values]
    assert statistics.mean("m", "s", "P") == pytest.approx(exact, rel=1e-15)


def test_merging_is_free_of_order() -> None:
    values = SHAPES["lognormal"](np.random.default_rng(7))
    blocks = [one(block) for block in np.split(values, 32, axis=1)]
    digests = set()
    for order in (range(32), reversed(range(32)), np.random.default_rng(8).permutation(32)):
        merged = blocks[0].empty()
        for k in order:
            merged.merge(blocks[k])
        digests.add(b"".join(array.tobytes() for array in merged.arrays()))
    whole = b"".join(array.tobytes() for array in one(values).arrays())
    assert digests == {whole}


def one(values: Floats) -> ScenarioTally:
    """Tally of some values on a grid of its own, with its events."""
    histograms = Histograms(["m"], np.ones((1, 1, 3)), np.ones((1, 1, 3)))
    tally = ScenarioTally(
        ("P",), histograms, Sums(["m"], [MONEY_STEP], 1, 3), Counts(["big", "red"], 1, 3), NO_LINES
    )
    tally.histograms.add(0, 0, values)
    tally.sums.add(0, 0, values)
    tally.counts.add(0, 0, values > 2.0)
    tally.counts.add_together(0, np.zeros(values.shape, dtype=np.int64))
    return tally


def test_lines_merge_too() -> None:
    values = SHAPES["lognormal"](np.random.default_rng(7))[:1]
    histograms = Histograms(["m"], np.ones((1, 1, 1)), np.ones((1, 1, 1)))
    lines = LineTally(("L",), histograms, Sums(["m"], [1.0], 1, 1), Sums(["t"], [1.0], 1, 1))
    counted = lines.empty()
    for part in (counted.histograms, counted.sums, counted.total_sums):
        part.add(0, 0, values)
    lines.merge(counted)
    lines.merge(counted)
    assert lines.histograms.counts.sum() == 2 * PATHS
    assert (lines.sums.totals == 2 * counted.sums.totals).all()
    assert (lines.total_sums.totals == 2 * counted.total_sums.totals).all()


def test_sums_that_might_not_be_exact_are_refused() -> None:
    sums = Sums(["gap"], [MONEY_STEP], 1, 1)
    sums.add(0, 0, np.full((1, 1024), 8e9))
    assert sums.totals.tolist() == [[[8 * 10**12 * 1024]]]
    with pytest.raises(OverflowError, match="gap: 9e\\+09 is too large to add up exactly"):
        sums.add(0, 0, np.full((1, 1024), -9e9))


def test_states_at_once_are_counted_by_year() -> None:
    counts = Counts(["red"], 3, 2)
    counts.add_together(0, np.array([[0, 0, 1, 2], [2, 2, 2, 2]]))
    assert counts.together.tolist() == [[[2, 1, 1], [0, 0, 4]]]


def test_what_is_not_kept_is_refused() -> None:
    statistics = tallied(SHAPES["normal"](np.random.default_rng(9)))
    assert statistics.has("m", "s")
    assert not statistics.has("strain", "s")
    with pytest.raises(KeyError):
        statistics.mean("strain", "s", "P")
    with pytest.raises(KeyError, match="kept as a mean in scenario s"):
        statistics.percentiles("strain", "s", "P")


def test_the_digest_sees_every_count() -> None:
    values = SHAPES["normal"](np.random.default_rng(10))
    first, second = tallied(values), tallied(values)
    assert first.digest() == second.digest()
    second.tallies["s"].counts.any_year[0, 0] += 1
    assert first.digest() != second.digest()


@pytest.mark.parametrize(
    ("hits", "trials", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0000, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_the_half_width_is_that_of_wilsons_interval(hits: int, trials: int, low: float, high: float) -> None:
    """Newcombe, Statistics in Medicine 17 (1998), 857-872, table I, score method without correction."""
    found = wilson_half_width(np.array([hits / trials]), trials)
    assert found[0] == pytest.approx((high - low) / 2.0, abs=1e-4)


def test_slots_hold_bins_top_and_zeros() -> None:
    histograms = Histograms(["m"], np.zeros((1, 1, 1)), np.ones((1, 1, 1)))
    histograms.add(0, 0, np.array([[0.0, -1.0, 1.0]]))
    assert histograms.counts.shape == (1, 1, 1, SLOTS)
    assert np.flatnonzero(histograms.counts).tolist() == [256, 768, ZERO]
