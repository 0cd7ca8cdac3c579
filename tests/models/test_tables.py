import math

import numpy as np
import pytest
from scipy import stats

from models import tables
from models.arrays import Floats
from models.shocks import normals, stream_key
from models.tables import Table

SCORES = np.linspace(-3.9, 3.9, 1001)
SHARES = stats.norm.cdf(SCORES)
CUT = tables.lognormal(1.1, 0.25, 0.8, 2.5)


def cut_lognormal(x: Floats) -> Floats:
    whole = stats.lognorm(0.25, scale=1.1)
    low, high = whole.cdf(0.8), whole.cdf(2.5)
    return np.clip((whole.cdf(x) - low) / (high - low), 0.0, 1.0)


MARGINALS = {
    "uniform": (tables.uniform(), stats.uniform()),
    "lognormal": (tables.lognormal(9.0, 0.765), stats.lognorm(0.765, scale=9.0)),
    "beta_19_1": (tables.beta(19.0, 1.0), stats.beta(19.0, 1.0)),
    "beta_2_2": (tables.beta(2.0, 2.0), stats.beta(2.0, 2.0)),
    "triangular": (tables.triangular(-0.05, 0.05, 0.2), stats.triang(0.4, -0.05, 0.25)),
    "exponential": (tables.waiting(), stats.expon()),
}


@pytest.mark.parametrize("name", list(MARGINALS))
def test_quantiles_are_those_of_the_distribution(name: str) -> None:
    table, distribution = MARGINALS[name]
    exact = distribution.ppf(SHARES)
    assert table(SCORES) == pytest.approx(exact, rel=2e-6, abs=1e-6)


@pytest.mark.parametrize("name", list(MARGINALS))
def test_samples_follow_the_distribution(name: str) -> None:
    table, distribution = MARGINALS[name]
    sample = table(normals(stream_key(3, name), 0, 20).ravel())
    assert stats.kstest(sample, distribution.cdf).pvalue > 0.01


def test_a_lognormal_is_cut_by_transform() -> None:
    assert cut_lognormal(CUT(SCORES)) == pytest.approx(SHARES, abs=1e-6)
    sample = CUT(normals(stream_key(4, "cut"), 0, 20).ravel())
    assert sample.min() >= 0.8
    assert sample.max() <= 2.5
    assert stats.kstest(sample, cut_lognormal).pvalue > 0.01


def test_a_lognormal_without_spread_is_its_median_within_the_cuts() -> None:
    assert tables.lognormal(1.1, 0.0)(SCORES).tolist() == [1.1] * len(SCORES)
    assert tables.lognormal(1.1, 0.0, high=1.05)(SCORES).tolist() == [1.05] * len(SCORES)


def test_a_triangle_without_width_is_a_point() -> None:
    assert tables.triangular(0.05, 0.05, 0.05)(SCORES).tolist() == [0.05] * len(SCORES)


def test_the_exponential_keeps_seven_digits() -> None:
    x = np.linspace(-6.0, 6.0, 99_991)
    assert np.abs(tables.exponential()(x) / np.exp(x) - 1.0).max() < 1e-8


def test_pass_through_has_the_stated_errors() -> None:
    table = tables.pass_through(0.5, 0.25)
    for start, bound in ((0.5, 7e-8), (0.1, 3e-6)):
        x = np.linspace(start, 8.0, 99_991)
        exact = np.where(x > 1.0, x**0.5, x**0.25)
        assert np.abs(table(x) / exact - 1.0).max() < bound


@pytest.mark.parametrize("steepness", [1.0, 3.5, 100.0])
def test_the_profile_of_payments_is_a_rayleigh_curve_cut_at_its_end(steepness: float) -> None:
    profile, whole = tables.rayleigh_profile(steepness), stats.weibull_min(2.0, scale=steepness**-0.5)
    x = np.linspace(0.0, 1.0, 9_973)
    assert profile(x) == pytest.approx(whole.cdf(x) / whole.cdf(1.0), abs=1e-6)
    assert profile(np.array([-1.0, 0.0, 1.0, 5.0])).tolist() == [0.0, 0.0, 1.0, 1.0]


def test_half_of_a_contract_is_paid_before_half_time() -> None:
    """60 % at half time is the rule of thumb of the profile, 51 and 68 % what the note on its range says."""
    for steepness, paid in ((2.5, 0.51), (3.5, 0.60), (4.5, 0.68)):
        assert tables.rayleigh_profile(steepness)(np.array([0.5]))[0] == pytest.approx(paid, abs=0.005)


def test_values_at_nodes_are_rounded_to_twelve_digits() -> None:
    assert tables.tabulated(np.exp, 0.0, 1.0, 1).values.tolist() == [1.0, 2.71828182846]


def test_tables_hold_their_end_values_and_leave_their_argument_alone() -> None:
    table = Table(-1.0, 2.0, np.array([3.0, 4.0, 8.0]))
    x = np.array([-9.0, -1.0, -0.75, 0.0, 9.0])
    assert table(x).tolist() == [3.0, 3.0, 3.5, 8.0, 8.0]
    assert x.tolist() == [-9.0, -1.0, -0.75, 0.0, 9.0]


def test_what_is_no_number_stays_none() -> None:
    """Nor does it read what lies beside a table."""
    table = Table(0.0, 1.0, np.array([1.0, 2.0]))
    assert np.isnan(table(np.full(5, np.nan))).all()
    assert np.isnan(tables.rows_interpolated(np.full((2, 3), np.nan), np.ones((2, 4)))).all()


def test_a_score_of_zero_is_the_median() -> None:
    zero = np.zeros(1)
    assert tables.uniform()(zero)[0] == 0.5
    assert tables.lognormal(9.0, 0.765)(zero)[0] == 9.0
    assert tables.waiting()(zero)[0] == pytest.approx(math.log(2.0), rel=1e-11)


@pytest.mark.parametrize("name", list(MARGINALS))
def test_tables_rise(name: str) -> None:
    assert (np.diff(MARGINALS[name][0].values) >= 0.0).all()


def test_each_row_goes_through_its_own_table() -> None:
    nodes = np.linspace(-4.5, 4.5, 145)
    values = np.stack([nodes**3, np.exp(nodes)])
    scores = np.random.default_rng(1).normal(0.0, 2.5, (2, 500))
    exact = np.stack([np.interp(row, nodes, table) for row, table in zip(scores, values, strict=True)])
    assert tables.rows_interpolated(scores, values) == pytest.approx(exact, rel=1e-12, abs=1e-12)
