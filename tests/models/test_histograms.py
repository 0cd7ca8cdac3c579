import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.histograms import BINS, DENSE, folded, grid, unfolded

REALS = st.floats(-1e9, 1e9, allow_subnormal=False)
SCALES = st.floats(1e-9, 1e6)


@given(st.lists(REALS, min_size=2, max_size=30), SCALES)
def test_folding_keeps_order_and_signs(values: list[float], scale: float) -> None:
    rising = np.sort(np.array(values))
    found = folded(rising[np.newaxis], np.array([scale]))[0]
    assert (np.diff(found) >= 0.0).all()
    assert (np.sign(found) * np.sign(rising) >= 0.0).all()


@given(REALS, SCALES)
def test_what_is_folded_can_be_unfolded(value: float, scale: float) -> None:
    """To single precision of |x| + scale."""
    folds = np.array([scale])
    found = unfolded(folded(np.array([[value]]), folds)[0].astype(np.float64), folds)
    assert found[0] == pytest.approx(value, rel=1e-5, abs=1e-5 * scale)


def test_folding_is_worked_by_hand() -> None:
    """1 + |x| is 1, 2, 3, 4 and 8: doublings 0, 1, 1.5 (half-way from 2 to 4), 2 and 3."""
    found = folded(np.array([[0.0, 1.0, 2.0, -3.0, 7.0]]), np.array([1.0]))
    assert found.tolist() == [[0.0, 1.0, 1.5, -2.0, 3.0]]


def test_even_values_are_not_folded() -> None:
    generator = np.random.default_rng(1)
    for values in (
        generator.normal(0.0, 1.0, (5, 2048)),
        generator.normal(5.0, 1.0, (5, 2048)),
        generator.uniform(-1.0, 1.0, (5, 2048)),
    ):
        assert (grid(values).fold == 0.0).all()


def test_values_that_crowd_beside_zero_are_folded() -> None:
    values = np.exp(np.random.default_rng(2).normal(0.0, 5.0, (5, 2048)))
    laid = grid(values)
    assert (laid.fold > 0.0).all()
    assert laid.fold == pytest.approx(np.quantile(values, 0.02, axis=1), rel=0.2)


@pytest.mark.parametrize("share", [0.0, 0.3])
def test_zero_is_an_edge_where_values_lie_on_both_sides(share: float) -> None:
    generator = np.random.default_rng(3)
    values = np.where(generator.random((20, 2048)) < share, 0.0, generator.normal(0.7, 1.0, (20, 2048)))
    laid = grid(values)
    at_zero = laid.center / (np.abs(laid.center) + laid.width) * (BINS / 2)
    assert at_zero == pytest.approx(np.rint(at_zero), abs=1e-9)


def test_moving_an_edge_onto_zero_hardly_moves_the_grid() -> None:
    values = np.random.default_rng(4).normal(0.7, 1.0, (20, 2048))
    laid = grid(values)
    p10, median, p90 = np.quantile(values[:, :DENSE], [0.1, 0.5, 0.9], axis=1)
    assert laid.center == pytest.approx(median, abs=0.02)
    assert laid.width == pytest.approx(0.75 * (p90 - p10), rel=0.05)


def test_a_cell_of_zeros_alone_has_a_grid() -> None:
    laid = grid(np.zeros((2, 2048)))
    assert (laid.center == 0.0).all()
    assert (laid.width == 1.0).all()
