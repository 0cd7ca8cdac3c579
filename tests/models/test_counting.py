"""Sums and squares in whole steps: exact, whatever is counted together, or refused."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.cells import empty
from models.counting import AT_ONCE, CHUNK
from models.histograms import Grid, grid, stacked
from models.sums import MONEY_STEP, scale


@pytest.mark.parametrize("number", [AT_ONCE - 1, AT_ONCE, AT_ONCE + 1, 2 * AT_ONCE + 3])
def test_any_number_of_metrics_is_counted_as_each_is_alone(number: int) -> None:
    """The first half with histograms, the first quarter with squares."""
    values = [np.random.default_rng(k).normal(k, 1.0, (2, 2048)) for k in range(number)]
    steps = {f"m{k}": 0.5**k for k in range(number)}
    grids = [stacked([grid(one)]) for one in values[: number // 2]]
    pairs = [scale(one) for one in values[: number // 4]]
    scales = [(about[np.newaxis], step[np.newaxis]) for about, step in pairs]
    together = empty(steps, 1, 2, grids, scales)
    together.count(0, values)
    for k, (name, step) in enumerate(steps.items()):
        alone = empty({name: step}, 1, 2, grids[k : k + 1], scales[k : k + 1])
        alone.count(0, [values[k]])
        pair = (one.arrays(m, bins=k < len(grids)) for one, m in ((together, k), (alone, 0)))
        assert all((a == b).all() for a, b in zip(*pair, strict=True))


@pytest.mark.parametrize("value", [0.0, -0.0, 2.5, -1e-3, 1e30])
@pytest.mark.parametrize("fold", [0.0, 0.5])
def test_values_all_alike_are_counted_as_one_by_one(value: float, fold: float) -> None:
    """Two chunks of one value and one of one draw; zeros of either sign are alike."""
    draws = 2 * CHUNK + 1
    row = np.full((1, draws), value)
    row[0, 1::2] = np.where(row[0, 1::2] == 0.0, -row[0, 1::2], row[0, 1::2])
    some_grid = Grid(np.array([[1.0]]), np.array([[2.0]]), np.array([[fold]]))
    together, alone = (empty({"m": 1e20}, 1, 1, [some_grid]) for _ in range(2))
    together.count(0, [row])
    for k in range(draws):
        alone.count(0, [np.ascontiguousarray(row[:, k : k + 1])])
    assert together.histograms.counts.max() == draws
    assert (together.histograms.counts == alone.histograms.counts).all()


def test_sums_that_might_not_be_exact_are_refused() -> None:
    cells = empty({"gap": MONEY_STEP}, 1, 1)
    cells.count(0, [np.full((1, 1024), 8e9)])
    assert cells.sums.totals.tolist() == [[[8 * 10**12 * 1024]]]
    for size in (-9e9, 9e9, 1e19, -np.inf, np.nan):
        alone = np.ones((3, 1, 1024))
        alone[0, 0, 0], alone[1, 0, 500], alone[2, 0, -1] = size, size, size
        for values in (np.full((1, 1024), size), *alone):
            with pytest.raises(OverflowError, match=r"gap: .* is too large to add up exactly"):
                cells.count(0, [values])


@pytest.mark.parametrize("draws", [4096, 16384, 65536])
def test_sums_of_long_rows_are_refused_as_those_of_short_ones(draws: int) -> None:
    """Terms of half of 2^53 over the draws are added, of more than that they are not."""
    cells, most = empty({"m": 1.0}, 1, 1), 2.0**53 / draws
    cells.count(0, [np.full((1, draws), most / 2.0)])
    assert cells.sums.totals.item() == 2**52
    for size in (2.0 * most, 2.0**44, 2.0**49):
        with pytest.raises(OverflowError, match="too large to add up exactly"):
            cells.count(0, [np.full((1, draws), size)])


@pytest.mark.parametrize("factor", [1.0, 1e3, 1e6])
def test_squares_are_exact_whatever_their_size(factor: float) -> None:
    """Beside Python's own whole numbers; from 2^25 steps on they are squared in two parts."""
    values = np.random.default_rng(12).normal(0.0, 1.0, (2, 4096))
    about, step = np.array([[0.25, -1.0]]), np.array([[2.0**-11, 2.0**-9]])
    wide = Grid(np.zeros((1, 2)), np.ones((1, 2)), np.zeros((1, 2)))
    cells = empty({"m": 1e-3}, 1, 2, [wide], [(about, step)])
    for _ in range(3):
        cells.count(0, [values * factor])
    for t in range(2):
        whole = np.rint((values[t] * factor - about[0, t]) / step[0, t])
        exact = 3 * sum(int(number) ** 2 for number in whole)
        high, low = (int(limb) for limb in cells.squares.totals[0, :, 0, t])
        assert high * 2**32 + low == exact


@pytest.mark.parametrize("steps", [2**25 - 1, 2**25, 2**26 + 1, 2**35 - 1])
def test_the_largest_squares_are_exact_in_a_long_row(steps: int) -> None:
    """The largest squared as they are, the smallest squared in two parts, the largest that there may be."""
    nothing, draws = np.zeros((1, 1)), 2**16 + 1
    for sign in (-1.0, 1.0):
        cells = empty(
            {"m": 1e-3}, 1, 1, [Grid(nothing, nothing + 1.0, nothing)], [(nothing, nothing + 2.0**-24)]
        )
        cells.count(0, [np.full((1, draws), sign * steps * 2.0**-24)])
        high, low = (int(limb) for limb in cells.squares.totals[0, :, 0, 0])
        assert high * 2**32 + low == draws * steps**2


def test_mean_squares_are_the_same_however_draws_are_cut() -> None:
    """To the last bit, of twenty years, where the two parts of the sums of squares are not."""
    years, draws = 20, 3072
    values = np.random.default_rng(3).normal(0.0, 1.0, (years, draws))
    nothing = np.zeros((1, years))
    whole, pieces = (
        empty({"m": 1e-3}, 1, years, [Grid(nothing, nothing + 1.0, nothing)], [(nothing, nothing + 2.0**-24)])
        for _ in range(2)
    )
    whole.count(0, [values])
    for first in range(0, draws, 64):
        pieces.count(0, [np.ascontiguousarray(values[:, first : first + 64])])
    assert (whole.squares.totals != pieces.squares.totals).any()
    assert (whole.squares.mean(0, 0, draws) == pieces.squares.mean(0, 0, draws)).all()


@given(st.lists(st.floats(-1e5, 1e5), min_size=1, max_size=20), st.sampled_from([1e-3, 1e-9, 2.0**-13]))
def test_sums_are_of_steps_rounded_as_numpy_rounds(numbers: list[float], step: float) -> None:
    """Half steps to the even one."""
    values = np.array([*numbers, 0.5 * step, 1.5 * step, -0.5 * step, -2.5 * step])
    cells = empty({"m": step}, 1, 1)
    cells.count(0, [values[np.newaxis]])
    assert cells.sums.totals.item() == int(np.rint(values * (1.0 / step)).astype(np.int64).sum())


def test_squares_that_might_not_be_exact_are_refused() -> None:
    nothing, one = np.zeros((1, 1)), np.ones((1, 1))
    scales = [(nothing, one * 2.0**-24)]
    cells = empty({"strain": 1e-3}, 1, 1, [Grid(nothing, one, nothing)], scales)
    cells.count(0, [np.full((1, 1024), 2047.0)])
    with pytest.raises(OverflowError, match="strain: 3e\\+03 is too large to square exactly"):
        cells.count(0, [np.full((1, 1024), 3000.0)])
    for size in (-2048.0, 2048.0):
        with pytest.raises(OverflowError, match="too large to square exactly"):
            cells.count(0, [np.full((1, 3), size)])
