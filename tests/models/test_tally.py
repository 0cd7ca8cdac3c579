from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.arrays import LEVELS, Floats
from models.cells import Cells, empty
from models.counting import SLOTS, ZERO
from models.histograms import Grid, Histograms, grid, stacked
from models.statistics import Statistics, wilson_half_width
from models.sums import MONEY_STEP, scale
from models.tally import Counts, Kept, LineTally, ScenarioTally, added, bytes_of, moved, results, stored

PATHS, PILOT = 2**15, 2048

NO_LINES = LineTally((), empty({}, 0, 1), empty({}, 0, 1))


def cells_of(pilot: Floats) -> Cells:
    """Cells of metric "m" in one place, on a grid laid by pilot values (year, draw)."""
    about, step = (array[np.newaxis] for array in scale(pilot))
    return empty({"m": MONEY_STEP}, 1, len(pilot), [stacked([grid(pilot)])], [(about, step)])


def tally(pilot: Floats) -> ScenarioTally:
    """Tally of one metric "m" in place "P"."""
    counts = Counts(["positive", "red"], 1, len(pilot))
    return keeping(cells_of(pilot), counts)


def keeping(cells: Cells, counts: Counts, *, bins: bool = True) -> ScenarioTally:
    """Tally of place "P" that keeps all metrics of some cells."""
    return ScenarioTally(("P",), cells, {name: Kept(cells, bins) for name in cells.metrics}, counts, NO_LINES)


def histogram(of: ScenarioTally) -> Histograms:
    return of.own.histograms


def counted(into: ScenarioTally, values: Floats) -> ScenarioTally:
    """The tally after a pass of values (year, draw)."""
    into.own.count(0, [values])
    levels = np.repeat([[0.0], [1.0]], len(values), axis=1)
    into.counts.count(0, (values, values), levels, np.array([True, True]), None)
    return into


def tallied(values: Floats) -> Statistics:
    """Statistics of values (year, draw) counted block by block."""
    into = tally(values[:, :PILOT])
    for block in np.split(values, values.shape[1] // 1024, axis=1):
        counted(into, block)
    return Statistics(values.shape[1], {"s": into})


SHAPES: dict[str, Callable[[np.random.Generator], Floats]] = {
    "normal": lambda r: r.normal(5.0, 2.0, (3, PATHS)),
    "lognormal": lambda r: np.exp(r.normal(0.0, 1.5, (3, PATHS))),
    "two_sided": lambda r: r.standard_t(3.0, (3, PATHS)),
    "large": lambda r: 1e5 * np.exp(r.normal(0.0, 0.2, (3, PATHS))),
    "rare_gap": lambda r: np.maximum(r.normal(-1.7, 1.0, (3, PATHS)), 0.0) * 400.0,
    "crossing": lambda r: np.where(r.random((3, PATHS)) < 0.3, 0.0, r.normal(0.3, 1.0, (3, PATHS))),
    "skewed_with_zeros": lambda r: np.where(
        r.random((3, PATHS)) < 0.2, 0.0, r.gamma(1.0, 3.0, (3, PATHS)) - 1.0
    ),
    "many_scales": lambda r: np.exp(r.normal(0.0, 4.0, (3, PATHS))),
    "many_scales_both_sides": lambda r: np.sinh(r.normal(0.5, 3.0, (3, PATHS))),
    "rarer_gap": lambda r: np.maximum(r.normal(-2.5, 1.0, (3, PATHS)), 0.0) * 400.0,
}


@pytest.mark.parametrize("shape", list(SHAPES))
def test_percentiles_are_within_half_of_their_sampling_error(shape: str) -> None:
    values = SHAPES[shape](np.random.default_rng(1))
    found, ordered = tallied(values).percentiles("m", "s", "P"), np.sort(values, axis=1)
    for k, level in enumerate(LEVELS):
        spread = np.sqrt(level * (1.0 - level) * PATHS)
        rank = level * PATHS
        error = (ordered[:, int(rank + spread)] - ordered[:, int(rank - spread)]) / 2.0
        exact = ordered[:, int(np.ceil(rank)) - 1]
        assert (np.abs(found[:, k] - exact) <= 0.5 * error).all()


@pytest.mark.parametrize("shape", list(SHAPES))
def test_the_shortfall_is_the_mean_of_the_worst_twentieth(shape: str) -> None:
    values = SHAPES[shape](np.random.default_rng(2))
    exact = np.sort(values, axis=1)[:, -PATHS // 20 :].mean(axis=1)
    near = 0.05 if "many_scales" in shape else 0.01
    assert tallied(values).shortfall("m", "s", "P") == pytest.approx(exact, rel=near)


def test_a_shortfall_that_reaches_below_zero_takes_the_zeros_on_its_way() -> None:
    """The worst twentieth is a fifth above zero, two fifths zeros, two fifths just below."""
    values = -np.random.default_rng(14).uniform(1.0, 2.0, (3, PATHS))
    values[:, 0::50], values[:, 1::100] = 0.0, np.arange(1.0, 4.0)[:, np.newaxis]
    exact = np.sort(values, axis=1)[:, -PATHS // 20 :].mean(axis=1)
    assert tallied(values).shortfall("m", "s", "P") == pytest.approx(exact, abs=0.01)


def test_what_is_too_far_out_for_a_bin_is_told_within_what_was_seen() -> None:
    """Two in a hundred values are so large beside all others that single precision has no bin for them."""
    values = np.random.default_rng(15).normal(0.0, 1.0, (1, PATHS))
    cells = empty({"m": MONEY_STEP}, 1, 1, [stacked([grid(values[:, :PILOT])])])
    usual = float(values.max())
    values[0, ::50] = 2e8
    found = Statistics(PATHS, {"s": counted(keeping(cells, Counts(["positive", "red"], 1, 1)), values)})
    p97, p99 = found.percentiles("m", "s", "P", [0.97, 0.99])[0]
    assert p97 <= usual < p99 <= 2e8
    assert usual < found.shortfall("m", "s", "P")[0] <= 2e8


def test_a_gap_that_is_rare_is_not_spread_up_to_its_largest_value() -> None:
    values = SHAPES["rare_gap"](np.random.default_rng(3))
    assert (values > 0.0).mean() < 0.05
    found = tallied(values).percentiles("m", "s", "P", [0.975])[:, 0]
    assert found == pytest.approx(np.quantile(values, 0.975, axis=1), rel=0.02)


@pytest.mark.parametrize("shape", ["rare_gap", "rarer_gap", "crossing", "normal"])
def test_zeros_are_counted_exactly_and_all_values_in_any_order(shape: str) -> None:
    """Scattered, and all together at the end, where chunks of zeros alone follow chunks without any."""
    values = SHAPES[shape](np.random.default_rng(4))
    statistics, pilot = tallied(values), values[:, :PILOT]
    found = histogram(statistics.tallies["s"]).counts
    assert found[0, 0, :, ZERO].tolist() == (values == 0.0).sum(axis=1).tolist()
    assert found.sum(axis=-1).ravel().tolist() == [PATHS] * 3
    for together in (np.sort(values, axis=1), -np.sort(-values, axis=1)):
        again = counted(tally(pilot), together)
        assert (histogram(again).counts == found).all()
    if "gap" in shape:
        assert (statistics.percentiles("m", "s", "P", [0.5]) == 0.0).all()


def test_a_constant_is_its_own_percentile() -> None:
    values = np.array([[0.0], [7.0], [-3.5]]) * np.ones((3, PATHS))
    assert (tallied(values).percentiles("m", "s", "P") == values[:, :7]).all()


def test_every_value_is_counted_however_far_out() -> None:
    values = np.random.default_rng(5).normal(0.0, 1.0, (2, PATHS))
    into = tally(values[:, :PILOT])
    values[0, -1], values[1, -1] = 1e6, -1e6
    found = histogram(counted(into, values))
    assert found.counts.sum(axis=-1).ravel().tolist() == [PATHS, PATHS]
    assert found.high[0, 0, 0] == 1e6
    assert found.low[0, 0, 1] == -1e6


@given(st.lists(st.floats(-1e9, 1e9), min_size=1, max_size=70))
def test_smallest_and_largest_are_kept(numbers: list[float]) -> None:
    """Of numbers of either sign, the tiniest included; zeros have no sign, whichever came first."""
    values = np.array([[*numbers, 0.0, -0.0, 5e-324, -5e-324]])
    found = histogram(counted(tally(values), values))
    assert found.low.tobytes() == np.array(values.min() + 0.0).tobytes()
    assert found.high.tobytes() == np.array(values.max() + 0.0).tobytes()


def test_a_zero_without_sign_is_kept_of_zeros() -> None:
    for values in (np.array([[-0.0, 0.0]]), np.array([[0.0, -0.0]]), np.full((1, 2), -0.0)):
        found = histogram(counted(tally(values), values))
        assert found.low.tobytes() == found.high.tobytes() == np.zeros(1).tobytes()


def test_what_lies_below_zero_is_not_mixed_with_what_lies_above() -> None:
    """An edge stands on zero: ranks on either side of the zeros are exact."""
    values = SHAPES["crossing"](np.random.default_rng(11))
    negative = (values < 0.0).mean(axis=1)
    found = histogram(tallied(values).tallies["s"])
    center, width, _ = found.at(0)[0]
    k = np.rint(512 - 512 * center / (np.abs(center) + width)).astype(int)
    below = [found.counts[0, 0, t, : k[t]].sum() / PATHS for t in range(3)]
    assert below == pytest.approx(negative, abs=2.0 / PATHS)


def test_probabilities_and_means_are_exact() -> None:
    values = np.rint(np.random.default_rng(6).normal(0.0, 1e6, (3, PATHS)))
    statistics = tallied(values)
    assert (statistics.probability("positive", "s", "P") == (values > 0.0).mean(axis=1)).all()
    error = statistics.half_width("positive", "s", "P")
    expected = wilson_half_width(statistics.probability("positive", "s", "P"), PATHS)
    assert error == pytest.approx(expected, rel=1e-8)
    assert statistics.any_year("positive", "s", "P") == (values > 0.0).any(axis=0).mean()
    exact = [sum(map(int, row)) / PATHS for row in values]
    assert statistics.mean("m", "s", "P") == pytest.approx(exact, rel=1e-15)


def joined(tallies: dict[str, ScenarioTally]) -> bytes:
    return b"".join(array.tobytes() for array in results(tallies))


def test_merging_is_free_of_order() -> None:
    values = SHAPES["lognormal"](np.random.default_rng(7))
    pilot = values[:, :PILOT]
    parts = []
    for block in np.split(values, 32, axis=1):
        found = {"s": tally(pilot)}
        buffer = np.zeros(bytes_of(found), dtype=np.uint8)
        moved(found, buffer)
        counted(found["s"], block)
        parts.append(buffer)
    whole = joined({"s": counted(tally(pilot), values)})
    for order in (range(32), reversed(range(32)), np.random.default_rng(8).permutation(32)):
        merged = {"s": tally(pilot)}
        for k in order:
            added(merged, parts[k])
        assert joined(merged) == whole


def test_what_scenarios_share_is_held_and_added_once() -> None:
    """Two scenarios with the same cells: half the bytes, one count, and what is read of both is the same."""
    values = SHAPES["lognormal"](np.random.default_rng(7))
    one, apart = tally(values[:, :PILOT]), tally(values[:, :PILOT])
    sharing = replace(one, own=empty({}, 1, 3), counts=Counts(["positive", "red"], 1, 3))
    assert bytes_of({"one": one, "two": sharing}) < 0.6 * bytes_of({"one": one, "two": apart})
    both = {"one": one, "two": sharing}
    buffer = np.zeros(bytes_of(both), dtype=np.uint8)
    moved(both, buffer)
    counted(one, values)
    found = Statistics(PATHS, both)
    assert (found.percentiles("m", "one", "P") == found.percentiles("m", "two", "P")).all()
    assert (found.mean("m", "one", "P") == tallied(values).mean("m", "s", "P")).all()
    added(both, buffer.copy())
    assert histogram(one).counts.sum() == 2 * 3 * PATHS


def test_a_mean_shared_with_a_distribution_stays_a_mean() -> None:
    values = SHAPES["normal"](np.random.default_rng(7))
    one = tally(values[:, :PILOT])
    sharing = keeping(one.own, one.counts, bins=False)
    found = Statistics(PATHS, {"one": counted(one, values), "two": sharing})
    assert (found.mean("m", "two", "P") == found.mean("m", "one", "P")).all()
    assert (found.has("m", "one"), found.has("m", "two")) == (True, False)


def test_lines_are_kept_too() -> None:
    values = SHAPES["lognormal"](np.random.default_rng(7))[:1]
    laid = Grid(np.ones((1, 1)), np.ones((1, 1)), np.zeros((1, 1)))
    yearly, once = empty({"m": 1.0}, 1, 1, [laid]), empty({"t": 1.0}, 1, 1)
    for one in (yearly, once, yearly, once):
        one.count(0, [values])
    lines = LineTally(("L",), yearly, once)
    tally_ = ScenarioTally((), empty({}, 0, 1), {}, Counts(["red"], 1, 1), lines)
    found = Statistics(2 * PATHS, {"s": tally_})
    assert found.has("m", "s")
    assert not found.has("t", "s")
    exact = np.rint(values).sum() / PATHS
    assert found.mean("m", "s", "L").item() == found.mean("t", "s", "L").item() == exact
    assert found.percentiles("m", "s", "L", [0.5]).item() == pytest.approx(np.median(values), rel=0.01)


def only_sum(name: str) -> Cells:
    return empty({name: MONEY_STEP}, 1, 1)


@pytest.mark.parametrize("shape", ["normal", "lognormal", "rare_gap"])
def test_the_standard_error_is_that_of_the_mean(shape: str) -> None:
    values = SHAPES[shape](np.random.default_rng(13))
    found = tallied(values).standard_error("m", "s", "P")
    assert found == pytest.approx(values.std(axis=1) / np.sqrt(PATHS), rel=1e-5)


def test_the_standard_error_of_what_is_not_squared_is_refused() -> None:
    one = keeping(only_sum("n"), Counts(["red"], 1, 1))
    with pytest.raises(KeyError, match="squares of n are not kept in scenario s"):
        Statistics(PATHS, {"s": one}).standard_error("n", "s", "P")


def test_states_at_once_are_counted_by_year() -> None:
    """Two years, four draws; the union is not counted among the states."""
    counts = Counts(["red"], 3, 2)
    hits = counts.nowhere(4)
    levels, above = np.array([[1.0, 1.0]]), np.array([True])
    for _ in range(2):
        counts.count(0, (np.array([[2.0, 1.0, 0.0, 1.0], [2.0, 2.0, 2.0, 2.0]]),), levels, above, hits)
    counts.count(0, (np.array([[0.0, 2.0, 0.0, 0.0], [0.0, 0.0, 0.0, 0.0]]),), levels, above, None)
    hits[0, 0, 1] += 1
    for _ in range(2):
        counts.add_together(hits)
    assert counts.together.tolist() == [[[4, 2, 2], [0, 0, 8]]]
    statistics = Statistics(8, {"s": keeping(only_sum("n"), counts)})
    assert statistics.at_once(counts.events[0], "s").tolist() == [[0.5, 0.25, 0.25], [0.0, 0.0, 1.0]]
    assert statistics.mean_at_once(counts.events[0], "s").tolist() == [0.75, 2.0]


@pytest.mark.parametrize(
    ("side", "levels", "yearly"), [("below", (1.0, -np.inf), [3, 0]), ("above", (0.0, np.inf), [2, 0])]
)
def test_an_event_is_a_value_below_its_level_or_above_it(
    side: str, levels: tuple[float, float], yearly: list[int]
) -> None:
    """Of four draws three are below 1, two above 0 and none beyond infinity; at the level is neither."""
    counts = Counts(["crosses"], 1, 2)
    values = np.array([[0.0, 1.0, 0.5, -9.0], [0.0, 1.0, 0.5, -9.0]])
    hits = counts.nowhere(4)
    counts.count(0, (values,), np.array([levels]), np.array([side == "above"]), hits)
    assert (counts.yearly.tolist(), counts.any_year.tolist()) == ([[yearly]], [[yearly[0]]])
    assert hits.sum(axis=-1).tolist() == [yearly]


def test_what_is_not_kept_is_refused() -> None:
    statistics = tallied(SHAPES["normal"](np.random.default_rng(9)))
    assert statistics.has("m", "s")
    assert not statistics.has("strain", "s")
    with pytest.raises(KeyError, match="strain is not kept in scenario s"):
        statistics.mean("strain", "s", "P")
    one = keeping(only_sum("n"), Counts(["red"], 1, 1))
    with pytest.raises(KeyError, match="n is kept as a mean in scenario s, not as a distribution"):
        Statistics(PATHS, {"s": one}).percentiles("n", "s", "P")


def test_the_digest_sees_every_count() -> None:
    values = SHAPES["normal"](np.random.default_rng(10))
    first, second = tallied(values), tallied(values)
    assert first.digest() == second.digest()
    second.tallies["s"].counts.any_year[0, 0] += 1
    assert first.digest() != second.digest()


def test_the_digest_sees_what_one_scenario_alone_may_tell() -> None:
    """The first by name shares its sum with another, whose distribution it may not tell."""
    values = SHAPES["normal"](np.random.default_rng(10))
    one = counted(tally(values[:, :PILOT]), values)
    both = {"a": keeping(one.own, one.counts, bins=False), "b": one}
    seen = {Statistics(PATHS, both).digest()}
    for array in stored(both):
        array.reshape(-1)[:1] += 1
        seen.add(Statistics(PATHS, both).digest())
    assert len(seen) == 1 + sum(1 for array in stored(both) if array.size)


@pytest.mark.parametrize(
    ("hits", "trials", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0000, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_the_half_width_is_that_of_wilsons_interval(hits: int, trials: int, low: float, high: float) -> None:
    """Newcombe, Statistics in Medicine 17 (1998), 857-872, table I, score method without correction."""
    found = wilson_half_width(np.array([hits / trials]), trials)
    assert found[0] == pytest.approx((high - low) / 2.0, abs=1e-4)


def test_slots_hold_bins_top_and_zeros() -> None:
    cells = empty({"m": 1.0}, 1, 1, [Grid(np.zeros((1, 1)), np.ones((1, 1)), np.zeros((1, 1)))])
    cells.count(0, [np.array([[0.0, -1.0, 1.0]])])
    assert cells.histograms.counts.shape == (1, 1, 1, SLOTS)
    assert np.flatnonzero(cells.histograms.counts).tolist() == [256, 768, ZERO]


def test_values_too_small_for_single_precision_have_a_bin() -> None:
    """A median of 1e-50 lays a grid of that width, which single precision would take for zero."""
    values = np.full((2, 600), 1e-50)
    cells = empty({"m": 1.0}, 1, 2, [stacked([grid(values)])])
    cells.count(0, [values])
    assert cells.histograms.counts.sum(axis=-1).tolist() == [[[600, 600]]]


def test_values_of_all_sizes_down_to_nothing_have_a_grid() -> None:
    """All but a few are nothing beside those: folded, their median and their spread are zero."""
    values = 10.0 ** np.random.default_rng(14).uniform(-300.0, -20.0, (1, 2048))
    values[0, :20] = 1.0
    laid = grid(values)
    assert laid.width[0] > 0.0
    cells = empty({"m": 1.0}, 1, 1, [stacked([laid])])
    cells.count(0, [values])
    assert cells.histograms.counts.sum() == 2048
