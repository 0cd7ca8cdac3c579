import numpy as np
import pytest
from scipy.stats import spearmanr

from models.dependence import MEASURED, correlations, news, scores


def coefficients(rho, settled=0):
    """Weights of the normals of each year on each year's score: common and own, (T, T) each."""
    years = len(rho)
    unit, none = np.eye(years), np.zeros((years, years))
    return tuple(scores(news(*normals, rho, settled), settled) for normals in ((unit, none), (none, unit)))


def test_loadings_hold_the_last_one():
    np.testing.assert_array_equal(correlations((0.1, 0.2), 4), [0.1, 0.2, 0.2, 0.2])


@pytest.mark.parametrize("rho", [MEASURED, (0.0,), (1.0,), (0.5, 0.5, 0.1)])
def test_every_year_is_standard_normal(rho):
    common, own = coefficients(correlations(rho, 12))
    np.testing.assert_allclose((common**2 + own**2).sum(axis=1), 1.0)


@pytest.mark.parametrize("settled", [0, 1, 2])
def test_states_are_correlated_as_measured_in_each_year(settled):
    common, own = coefficients(correlations(MEASURED, 12), settled)
    np.testing.assert_allclose((common**2).sum(axis=1), correlations(MEASURED, 12))
    np.testing.assert_allclose((common**2 + own**2).sum(axis=1), 1.0)


@pytest.mark.parametrize("settled", [1, 2, 12])
def test_news_before_a_voted_budget_moves_no_later_one(settled):
    """After it errors move together over the years as they do after the base year where nothing is voted."""
    common, own = coefficients(np.zeros(12), settled)
    assert not common.any()
    assert not own[settled:, :settled].any()
    _, unsettled = coefficients(np.zeros(12))
    np.testing.assert_array_equal(own[settled:, settled:], unsettled[: 12 - settled, : 12 - settled])
    np.testing.assert_array_equal(own[:settled, :settled], unsettled[:settled, :settled])


@pytest.mark.parametrize(("first", "second", "measured"), [(1, 2, 0.72), (2, 4, 0.72), (1, 5, 0.48)])
def test_errors_of_a_state_move_together_over_the_horizon_as_measured(first, second, measured):
    normals = np.random.default_rng(7).standard_normal((2, 5, 50_000))
    path = scores(news(*normals, correlations(MEASURED, 5)))
    assert spearmanr(path[first - 1], path[second - 1]).statistic == pytest.approx(measured, abs=0.05)


def test_a_longer_horizon_moves_no_earlier_year():
    normals = np.random.default_rng(1).standard_normal((2, 12, 64))
    short = scores(news(*normals[:, :5], correlations(MEASURED, 5)))
    np.testing.assert_array_equal(scores(news(*normals, correlations(MEASURED, 12)))[:5], short)
