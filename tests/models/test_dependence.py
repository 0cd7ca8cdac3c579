import numpy as np
import pytest
from scipy.stats import spearmanr

from models.dependence import MEASURED, correlations, news, scores


def coefficients(rho):
    """Weights of the normals of each year on each year's score: common and own, (T, T) each."""
    years = len(rho)
    unit, none = np.eye(years), np.zeros((years, years))
    return scores(news(unit, none, rho)), scores(news(none, unit, rho))


def test_loadings_hold_the_last_one():
    np.testing.assert_array_equal(correlations((0.1, 0.2), 4), [0.1, 0.2, 0.2, 0.2])


@pytest.mark.parametrize("rho", [MEASURED, (0.0,), (1.0,), (0.5, 0.5, 0.1)])
def test_every_year_is_standard_normal(rho):
    common, own = coefficients(correlations(rho, 12))
    np.testing.assert_allclose((common**2 + own**2).sum(axis=1), 1.0)


def test_states_are_correlated_as_measured_at_each_horizon():
    common, _ = coefficients(correlations(MEASURED, 12))
    np.testing.assert_allclose((common**2).sum(axis=1), correlations(MEASURED, 12))


@pytest.mark.parametrize(("first", "second", "measured"), [(1, 2, 0.72), (2, 4, 0.72), (1, 5, 0.48)])
def test_errors_of_a_state_move_together_over_the_horizon_as_measured(first, second, measured):
    normals = np.random.default_rng(7).standard_normal((2, 5, 50_000))
    path = scores(news(*normals, correlations(MEASURED, 5)))
    assert spearmanr(path[first - 1], path[second - 1]).statistic == pytest.approx(measured, abs=0.05)


def test_a_longer_horizon_moves_no_earlier_year():
    normals = np.random.default_rng(1).standard_normal((2, 12, 64))
    short = scores(news(*normals[:, :5], correlations(MEASURED, 5)))
    np.testing.assert_array_equal(scores(news(*normals, correlations(MEASURED, 12)))[:5], short)
