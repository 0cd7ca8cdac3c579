from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from scipy.special import ndtri

from models.accuracy import REFERENCE, Backtest, Draws, backtest, estimated_rho
from models.budgets import METHODS
from models.hindcast import Hindcast, at_levels, cells, hindcasts, replay, state_correlation, total
from models.projection import SCORES, Projection
from models.scoring import (
    LEVELS13,
    brier,
    calibration_error,
    cover,
    crps,
    diebold_mariano,
    interval_score,
    pinball,
    skill,
    skill_interval,
)

YEARS = tuple(range(1976, 2026))
METHOD = METHODS["pooled"]
NAMES = ("pooled", "random_walk", REFERENCE)


@pytest.fixture(scope="module")
def panel():
    """Shares of GDP of twelve invented states: random walks with a common part."""
    draw = np.random.default_rng(3)
    steps = 0.05 * draw.standard_normal((1, 50)) + 0.1 * draw.standard_normal((12, 50))
    shares = np.exp(np.cumsum(steps, axis=1))
    shares[-2:, :20] = np.nan
    return shares


@pytest.fixture(scope="module")
def proof(panel):
    return proved(panel)


def proved(panel, **assumed):
    draw = np.random.default_rng(1)
    draws = Draws(draw.standard_normal((3, 512)), draw.standard_normal((12, 3, 512)), draw.random((200, 20)))
    methods = {name: METHODS[name] for name in NAMES}
    return backtest(panel, YEARS, np.ones(12), methods, draws, first=2008, **assumed)


def normal_quantiles(centre, deviation):
    return np.asarray(centre)[:, None] + np.asarray(deviation)[:, None] * ndtri(LEVELS13)


def test_pinball_by_hand():
    """A quantile of level 0.9 at 1: an outcome of 3 costs 0.9 * 2, an outcome of 0 costs 0.1 * 1."""
    quantiles = np.ones((2, 13))
    np.testing.assert_allclose(pinball(quantiles, np.array([3.0, 0.0]))[:, 10], [1.8, 0.1])


def test_crps_is_near_its_closed_form_for_a_normal():
    """Gneiting and Raftery, JASA 102, 2007, equation 21: at its centre, sigma (sqrt(2) - 1) / sqrt(pi)."""
    exact = (np.sqrt(2.0) - 1.0) / np.sqrt(np.pi)
    assert crps(normal_quantiles([0.0], [1.0]), np.array([0.0]))[0] == pytest.approx(exact, rel=0.03)


def test_crps_equals_that_of_a_scoring_library():
    library = pytest.importorskip("scoringrules", reason="scoringrules is not installed")
    quantiles, outcome = normal_quantiles([0.0, 1.0, 2.0], [1.0, 2.0, 0.5]), np.array([0.3, -4.0, 2.2])
    mean = 2.0 * library.quantile_score(outcome[:, None], quantiles, LEVELS13)
    np.testing.assert_allclose(2.0 * pinball(quantiles, outcome), mean)


def test_a_sure_and_right_forecast_costs_nothing():
    sure, outcome = np.full((1, 13), 2.0), np.array([2.0])
    assert crps(sure, outcome)[0] == interval_score(sure, outcome)[0] == 0.0


def test_interval_score_by_hand():
    """From 0 to 10: 10 inside, 10 + 40 * 2 at 12, 10 + 40 * 1 at -1."""
    quantiles = np.tile(np.linspace(0.0, 10.0, 13), (3, 1))
    np.testing.assert_allclose(interval_score(quantiles, np.array([5.0, 12.0, -1.0])), [10.0, 90.0, 50.0])


def test_cover_and_calibration_of_a_true_forecast():
    outcome = np.random.default_rng(4).standard_normal(20_000)
    quantiles = normal_quantiles(np.zeros(20_000), np.ones(20_000))
    assert cover(quantiles, outcome, 80) == pytest.approx(0.80, abs=0.01)
    assert cover(quantiles, outcome, 95) == pytest.approx(0.95, abs=0.01)
    assert calibration_error(quantiles, outcome) < 0.01


def test_skill_and_its_interval():
    score, reference = np.array([1.0, 1.0, 3.0, 3.0]), np.array([2.0, 2.0, 4.0, 4.0])
    assert skill(score, reference) == pytest.approx(1.0 - 8.0 / 12.0)
    picks = np.array([[0, 0], [1, 1], [0, 1]])
    low, high = skill_interval(score, reference, np.array([0, 0, 1, 1]), picks)
    assert 0.25 <= low <= 1.0 / 3.0 <= high <= 0.5


def test_diebold_mariano_by_hand():
    """Yearly differences 1, 2, 3, one step ahead: the t-test of mean 2, deviation 1, 2 degrees of freedom."""
    statistic, p_value = diebold_mariano(np.array([1.0, 2.0, 3.0]), np.zeros(3), np.array([1, 2, 3]), 1)
    assert statistic == pytest.approx(2.0 / (1.0 / np.sqrt(3.0)))
    assert p_value == pytest.approx(1.0 - statistic / np.sqrt(2.0 + statistic**2))


def test_skill_lies_in_nine_of_ten_samples_within_its_interval():
    """Twenty-one samples of one block each, of skill 0.80 to 1: the second lowest and the second highest."""
    number = np.arange(21)
    found = skill_interval(number.astype(float), np.full(21, 100.0), number, number[:, np.newaxis])
    assert found == pytest.approx((0.81, 0.99))


def test_diebold_mariano_of_errors_that_overlap_by_hand():
    """Differences 1, 2, 3, 6, two steps ahead: variance 3.5, and 0.5 by the overlap.

    Harvey, Leybourne and Newbold scale by (4 - 2) (4 - 2 + 1) / 16.
    """
    statistic, _ = diebold_mariano(np.array([1.0, 2.0, 3.0, 6.0]), np.zeros(4), np.arange(4), 2)
    assert statistic == pytest.approx(3.0 / np.sqrt(4.0 / 4.0 / 0.375))


@pytest.mark.parametrize("outcome", [-1.0, 3.0])
def test_crps_of_a_single_value_is_its_absolute_error(outcome):
    """Gneiting and Raftery, JASA 102, 2007, section 4.2."""
    assert crps(np.ones((1, 13)), np.array([outcome]))[0] == pytest.approx(2.0)


def test_diebold_mariano_of_one_period_shows_nothing():
    assert diebold_mariano(np.array([3.0, 1.0]), np.ones(2), np.array([7, 7]), 5) == (1.0, 1.0)


def test_methods_that_are_alike_are_seldom_told_apart():
    """25 origins whose errors overlap over five years: told apart in one case of seven at most.

    One in twenty is promised; read off the normal distribution, unscaled, it would be one in four.
    """
    news = np.random.default_rng(5).standard_normal((2000, 29))
    rows = np.lib.stride_tricks.sliding_window_view(news, 5, axis=1).sum(axis=2)
    found = [diebold_mariano(row, np.zeros(25), np.arange(25), 5)[1] for row in rows]
    assert np.mean(np.array(found) < 0.05) < 0.16


def test_brier_by_hand():
    assert brier(np.array([0.5, 1.0]), np.array([1.0, 1.0])) == pytest.approx(0.125)


def test_levels_are_read_between_scores():
    np.testing.assert_allclose(at_levels(3.0 * SCORES + 1.0), 3.0 * ndtri(LEVELS13) + 1.0)


def test_nothing_after_the_origin_is_looked_at(panel):
    noisy = panel.copy()
    noisy[:, 41:] = np.random.default_rng(9).lognormal(size=noisy[:, 41:].shape)
    for name in NAMES:
        (one,), (other,) = (hindcasts(p, METHODS[name], [40], 5) for p in (panel, noisy))
        np.testing.assert_array_equal(one.log_quantiles, other.log_quantiles)


def test_a_cell_holds_outcome_and_forecast_side_by_side(panel):
    found = hindcasts(panel, METHOD, [47], 5)
    told = cells(panel, YEARS, found)
    assert len(told.row) == 24
    assert set(told.horizon) == {1, 2}
    assert set(told.origin) == {2023}
    first = (told.row == 3) & (told.horizon == 2)
    assert told.outcome[first] == panel[3, 49]
    assert told.last[first] == panel[3, 47]
    np.testing.assert_allclose(
        told.quantiles[first][0], panel[3, 47] * np.exp(at_levels(found[0].log_quantiles[3, 1])), rtol=1e-12
    )


def test_the_total_of_a_forecast_without_doubt_is_exact():
    panel = np.array([[1.0, 2.0], [3.0, 3.0]])
    sure = Hindcast(
        0, np.arange(2), np.log(np.array([2.0, 1.0]))[:, None, None] * np.ones((2, 1, len(SCORES)))
    )
    normals = np.zeros((1, 8)), np.zeros((2, 1, 8))
    rcrps, cover80, cover95 = total(panel, np.array([1.0, 10.0]), [sure], np.array([0.3]), normals)
    assert rcrps == pytest.approx(0.0, abs=1e-12)
    assert cover80 <= cover95


@pytest.mark.parametrize(
    ("rank", "in80", "in95"),
    [(0.11, 1.0, 1.0), (0.89, 1.0, 1.0), (0.92, 0.0, 1.0), (0.04, 0.0, 1.0), (0.98, 0.0, 0.0)],
)
def test_a_total_is_in_the_middle_of_its_draws_or_not(rank, in80, in95):
    """Two hundred draws in equal steps of probability, the outcome where so many of them are below it."""
    grown = np.array([[1.0, np.exp(ndtri(rank))]])
    draws = ndtri((np.arange(200) + 0.5) / 200)[np.newaxis]
    found = Hindcast(0, np.arange(1), np.broadcast_to(SCORES, (1, 1, len(SCORES))))
    _, cover80, cover95 = total(grown, np.ones(1), [found], np.zeros(1), (0.0 * draws, draws[np.newaxis]))
    assert (cover80, cover95) == (in80, in95)


def test_a_total_of_states_that_move_together_is_wider(proof):
    alone, together = proof.joint[0], proof.joint[1]
    assert alone.dependence == "none"
    assert alone.cover95 <= together.cover95


def test_the_total_is_tried_with_the_correlation_that_is_assumed(panel):
    alone, assumed, _ = proved(panel, assumed=(0.0,)).joint
    assert assumed == replace(alone, dependence="assumed")
    again = proved(panel, assumed=tuple(proved(panel).rho))
    assert again.joint[1] == replace(again.joint[2], dependence="assumed") != assumed


def test_replay_of_a_cut_foreseen():
    """Two states, one falls by half; a forecast centred on no change gives both the same chance of it."""
    panel = np.array([[2.0, 2.0, 1.0], [2.0, 2.0, 2.0]])
    found = Hindcast(1, np.arange(2), np.broadcast_to(0.2 * SCORES, (2, 1, len(SCORES))))
    told = replay(panel, (2001, 2002, 2003), found, [0.8])
    assert (told.origin, told.cells, told.happened) == (2002, 2, 0.5)
    assert told.forecast == pytest.approx(0.1323, abs=1e-3)
    assert told.climatology == pytest.approx(0.5)


def test_a_replay_is_held_against_what_was_usual_over_as_many_years():
    """15 % a year less: never under 0.8 a year on, always two years on; then it stops."""
    panel = np.array([[4.0, 3.4, 2.89, 2.89, 2.89]])
    found = Hindcast(2, np.arange(1), np.broadcast_to(0.2 * SCORES, (1, 2, len(SCORES))))
    told = replay(panel, (2001, 2002, 2003, 2004, 2005), found, [0.8, 0.8])
    assert (told.cells, told.happened, told.climatology) == (2, 0.0, 0.5)


def test_correlation_of_states_that_miss_alike_is_one():
    panel = np.exp(np.outer(np.ones(4), np.arange(30) % 2) * 0.1)
    found = hindcasts(panel, METHODS["random_walk"], range(20, 29), 1)
    told = cells(panel, tuple(range(30)), found)
    correlation, origins = state_correlation(told, 1)
    assert origins == 9.0
    assert correlation == pytest.approx(np.mean(told.score**2))
    assert state_correlation(told, 2) == (0.0, 0.0)


def test_few_origins_leave_the_measured_correlation(panel):
    told = cells(panel, YEARS, hindcasts(panel, METHOD, [48], 1))
    rho = estimated_rho(told, 3)
    np.testing.assert_allclose(rho[1:], [0.16, 0.25])
    correlation, origins = state_correlation(told, 1)
    assert origins == 1.0
    assert rho[0] == pytest.approx(np.clip((correlation + 20.0 * 0.08) / 21.0, 0.0, 0.95))


def test_a_backtest_tells_all(proof):
    assert isinstance(proof, Backtest)
    assert [score.method for score in proof.scores] == list(NAMES)
    main, _, reference = proof.scores
    assert reference.skill == reference.skill_low == reference.skill_high == 0.0
    assert main.skill_low <= main.skill <= main.skill_high
    assert (main.better, main.p_value) == (0.0, 1.0)
    assert 0.70 <= main.cover80 <= 0.90
    assert proof.cover80.shape == proof.cover95.shape == proof.rho.shape == (3,)
    assert proof.histogram.sum() == pytest.approx(1.0)
    assert [replayed.origin for replayed in proof.replays] == [2009, 2013, 2019, 2021]


def standing_still(deviation):
    """A method that sees no growth and the same deviation whatever the panel."""

    def method(series, _, horizon):
        none = ("",) * len(series)
        spread = np.broadcast_to(deviation * SCORES, (len(series), horizon, len(SCORES)))
        return Projection(spread, none, none)

    return method


def by_hand(panel, deviation):
    """Scores of that method, one or two years ahead, by cell: CRPS, interval, miss, number of its block."""
    for origin, row, ahead in product(range(2008, 2025), range(len(panel)), (1, 2)):
        place = YEARS.index(origin)
        if origin + ahead <= YEARS[-1]:
            now, outcome = panel[row, place], panel[row, [place + ahead]]
            usual = np.nanmean(np.abs(np.diff(panel[row, : place + 1])))
            quantiles = now * np.exp(normal_quantiles([0.0], [deviation]))
            width, miss = interval_score(quantiles, outcome)[0], abs(outcome[0] - now)
            yield crps(quantiles, outcome)[0] / now, width / usual, miss / usual, (origin - 2008) // 3


def test_scores_are_those_of_each_forecast_by_hand(panel):
    """CRPS over the last value, interval and miss over the usual change up to the origin, from 2008 on.

    For the interval of its skill origins of three neighbouring years are drawn together, here six times six.
    """
    draws = Draws(np.zeros((2, 4)), np.zeros((12, 2, 4)), np.random.default_rng(2).random((50, 9)))
    methods = {"still": standing_still(0.1), REFERENCE: standing_still(0.3)}
    found, reference = backtest(panel, YEARS, np.ones(12), methods, draws, first=2008).scores
    loss, msis, mase, block = np.array(list(by_hand(panel, 0.1))).T
    other = np.array(list(by_hand(panel, 0.3)))[:, 0]
    assert found.cells == len(loss) == 12 * (17 + 16)
    assert [found.rcrps, found.msis, found.mase] == pytest.approx([loss.mean(), msis.mean(), mase.mean()])
    assert found.skill == pytest.approx(1.0 - loss.mean() / other.mean())
    picks = (draws.uniform[:, :6] * 6).astype(int)
    interval = skill_interval(loss, other, block.astype(int), picks)
    assert (found.skill_low, found.skill_high) == pytest.approx(interval)
    assert loss.mean() < other.mean()
    assert reference.better > 0.0


def test_the_worst_misses_are_named_once_a_state_and_year(proof):
    scores = [abs(miss.score) for miss in proof.misses]
    assert scores == sorted(scores, reverse=True)
    assert len({(miss.row, miss.year) for miss in proof.misses}) == len(proof.misses) == 10
    assert all(miss.low <= miss.median <= miss.high for miss in proof.misses)
