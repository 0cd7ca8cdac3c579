import time
from dataclasses import replace
from types import MappingProxyType

import numpy as np
import pytest
import reference_forecast
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from models import fitted
from models.budgets import (
    METHODS,
    Position,
    bounded,
    forecast,
    gdp_path,
    own_shares,
)
from models.plans import PlanRow, PlanRules
from models.pooled import projection
from models.projection import CENTRE, SCORES, Projection, SeriesError, logs, score_quantiles

FITTED = ("damped_ets", "unobserved_components", "arima")
QUICK = tuple(name for name in METHODS if name not in FITTED)
YEARS, ROWS = 50, 27
RULES = PlanRules(
    voted_sd=0.03, weight_near=0.8, weight_far=0.6, pledge_target=3.5, share_limit=12.0, pledge_year=2035
)


@pytest.fixture(scope="module")
def panel():
    """Shares of GDP of an invented union: random walks with a common part, the last rows starting late."""
    draw = np.random.default_rng(3)
    steps = 0.05 * draw.standard_normal((1, YEARS)) + 0.1 * draw.standard_normal((ROWS, YEARS))
    shares = 2.0 * np.exp(np.cumsum(steps, axis=1) / 3.0)
    shares[-5:, : YEARS // 2] = np.nan
    return shares


@pytest.fixture
def few_fits(monkeypatch):
    """Methods that are fitted learn their errors from four origins only."""
    monkeypatch.setattr(fitted, "CALIBRATION_ORIGINS", 4)


def position(shares, years=10):
    """Where the states of that union stand: GDP of 1,000, growing by 3 % a year."""
    states = len(shares)
    gdp = 1000.0 * 1.03 ** np.arange(years + 1) * np.ones((states, 1))
    return Position(
        states=tuple(f"S{row:02d}" for row in range(states)),
        years=tuple(range(2026, 2026 + years)),
        history_years=tuple(range(2016, 2026)),
        history=10.0 * shares[:, -10:],
        shares=shares,
        gdp=gdp,
        allies=np.ones(states, dtype=bool),
    )


@pytest.mark.parametrize("name", QUICK)
def test_quantiles_are_finite_and_rise(panel, name):
    found = METHODS[name](panel, panel, 10)
    assert found.log_quantiles.shape == (ROWS, 10, len(SCORES))
    assert np.isfinite(found.log_quantiles).all()
    assert (np.diff(found.log_quantiles, axis=2) >= 0.0).all()
    assert len(found.method) == len(found.notes) == ROWS


@pytest.mark.slow
@pytest.mark.parametrize("name", FITTED)
@pytest.mark.usefixtures("few_fits")
def test_fitted_methods_forecast_or_say_what_stands_in(panel, name):
    series = np.vstack([panel[:2], np.full(YEARS, 2.0)])
    found = METHODS[name](series, panel, 5)
    assert np.isfinite(found.log_quantiles).all()
    assert found.method[2] == "theta"
    assert "not converged" in found.notes[2]
    assert all(method == name or note for method, note in zip(found.method, found.notes, strict=True))


def test_a_fit_that_does_not_converge_gives_way_to_theta(panel, monkeypatch):
    monkeypatch.setattr(fitted, "_arima", lambda _, horizon: (np.full(horizon, np.nan), False))
    found = fitted.arima(panel[:1], panel, 3)
    assert found.method == ("theta",)
    assert found.notes == ("arima too short or not converged: theta instead",)


@pytest.mark.parametrize("name", QUICK)
def test_each_series_stands_alone_bit_by_bit(panel, name):
    whole, part = METHODS[name](panel, panel, 5), METHODS[name](panel[3:4], panel, 5)
    np.testing.assert_array_equal(whole.log_quantiles[3:4], part.log_quantiles)


@pytest.mark.parametrize("name", QUICK)
def test_the_unit_does_not_matter(panel, name):
    thousand = METHODS[name](1000.0 * panel, 1000.0 * panel, 3).log_quantiles
    np.testing.assert_allclose(thousand, METHODS[name](panel, panel, 3).log_quantiles, atol=1e-7)


def hard_series(name):
    series = np.full(YEARS, np.nan)
    usual = np.exp(0.1 * np.sin(np.arange(YEARS)))
    if name == "five years":
        series[-5:] = usual[-5:]
    elif name == "constant":
        series[:] = 2.0
    else:
        series[:] = usual
        series[30] = {"hole": np.nan, "zero": 0.0, "spike": 10.0}[name]
    return series[None]


@pytest.mark.parametrize("trouble", ["five years", "constant", "hole", "zero", "spike"])
@pytest.mark.parametrize("name", QUICK)
def test_hard_series_are_forecast(panel, name, trouble):
    found = METHODS[name](hard_series(trouble), panel, 10)
    assert np.isfinite(found.log_quantiles).all()
    assert (found.log_quantiles[0, :, -1] >= found.log_quantiles[0, :, 0]).all()
    assert bool(found.notes[0]) >= (trouble in {"hole", "zero"})


def test_a_spike_in_the_past_hardly_widens_the_forecast(panel):
    calm = METHODS["pooled"](hard_series("hole"), panel, 1).log_quantiles[0, 0]
    spiked = METHODS["pooled"](hard_series("spike"), panel, 1).log_quantiles[0, 0]
    assert np.ptp(spiked) < 1.5 * np.ptp(calm)


@pytest.mark.parametrize("last", [np.nan, 0.0])
@pytest.mark.parametrize("name", QUICK)
def test_a_series_without_an_origin_is_refused(panel, name, last):
    series = panel[:2].copy()
    series[1, -1] = last
    with pytest.raises(SeriesError, match="series 1: the last year has no positive value"):
        METHODS[name](series, panel, 3)


def test_a_constant_series_alone_is_refused():
    with pytest.raises(SeriesError, match="no series has five years of growth"):
        METHODS["pooled"](np.full((1, 20), 2.0), np.empty((0, 20)), 3)


@pytest.mark.parametrize(("peers", "method"), [(1, "theta"), (4, "theta"), (5, "pooled")])
def test_a_series_with_fewer_than_five_in_the_panel_goes_by_theta(panel, peers, method):
    assert METHODS["pooled"](panel[:1], panel[:peers], 3).method == (method,)


def test_too_short_for_a_recursion_is_told(panel):
    found = METHODS["theta"](hard_series("five years")[:, -4:], panel, 3)
    assert found.method == ("random_walk",)
    assert "random walk instead of theta" in found.notes[0]
    assert METHODS["theta"](hard_series("five years"), panel, 3).method == ("theta",)
    assert found.log_quantiles[0, 0, CENTRE] == pytest.approx(0.0, abs=1e-12)


def test_a_panel_shorter_than_the_horizon_is_refused(panel):
    with pytest.raises(SeriesError, match="too short for a projection 12 years ahead"):
        METHODS["pooled"](panel[:, -13:], panel[:20, -13:], 13)


def test_theta_forecasts_as_statsmodels_does():
    from statsmodels.tsa.forecasting.theta import ThetaModel

    series = np.exp(np.cumsum(np.random.default_rng(5).normal(0.03, 0.1, 40)))
    fit = ThetaModel(np.log(series), period=1, deseasonalize=False, use_test=False).fit()
    own = METHODS["theta"](series[None], np.empty((0, 40)), 5).log_quantiles[0, :, CENTRE]
    np.testing.assert_allclose(own, np.asarray(fit.forecast(5)) - np.log(series[-1]), atol=0.01)


def test_random_walk_with_drift_in_levels_by_hand():
    """Steps 1, 2, 3: drift 2, standard deviation 1; two years on 7 + 4 and sqrt(2 (1 + 2/3)) deviations."""
    found = METHODS["random_walk_drift_levels"](np.array([[1.0, 2.0, 4.0, 7.0]]), np.empty((0, 4)), 2)
    at = np.flatnonzero(SCORES == 1.0)[0]
    assert found.log_quantiles[0, 1, CENTRE] == pytest.approx(np.log(11.0 / 7.0), rel=1e-8)
    assert found.log_quantiles[0, 1, at] == pytest.approx(
        np.log((11.0 + np.sqrt(10.0 / 3.0)) / 7.0), rel=1e-8
    )


def test_the_drift_of_a_steady_series_is_its_growth():
    steady = 1.05 ** np.arange(30)[None] * np.array([[1.0], [2.0]])
    found = METHODS["random_walk_drift"](steady, steady, 3)
    np.testing.assert_allclose(found.log_quantiles[0, :, CENTRE], np.log(1.05) * np.arange(1, 4), rtol=1e-6)


def test_shares_keep_little_of_the_drift_that_amounts_keep(panel):
    falling = panel * 0.97 ** np.arange(YEARS)
    share = METHODS["pooled"](falling, falling, 5).log_quantiles[:, -1, CENTRE].mean()
    amount = projection(falling, falling, 5, shares=falling, panel_shares=falling, drift=1.0)
    assert amount.log_quantiles[:, -1, CENTRE].mean() < share < 0.0


def test_a_state_far_over_the_panel_is_forecast_to_fall_behind():
    draw = np.random.default_rng(11)
    level = np.zeros((ROWS, YEARS))
    for year in range(1, YEARS):
        level[:, year] = 0.8 * level[:, year - 1] + 0.1 * draw.standard_normal(ROWS)
    shares = np.exp(level)
    shares[0], shares[1] = shares[2] * 2.0, shares[2] / 2.0
    found = METHODS["pooled"](shares, shares, 5).log_quantiles[:, -1, CENTRE]
    assert found[0] < found[2] < found[1]


def plain(values):
    """A table as lists, None where a value is missing."""
    return [[None if np.isnan(value) else float(value) for value in row] for row in values]


@pytest.fixture
def eight():
    """Shares of eight series: one leaps, one stands still at last, one lies far out, one starts late."""
    draw = np.random.default_rng(8)
    steps = 0.03 * draw.standard_normal((1, 32)) + 0.06 * draw.standard_normal((8, 32)) - 0.01
    steps[1, 20], steps[2, 25:] = 0.9, 0.0
    shares = 2.0 * np.exp(np.cumsum(steps, axis=1))
    shares[3] *= 9.0
    shares[4, :22] = np.nan
    return shares


@pytest.mark.parametrize("kind", ["share", "amount"])
def test_the_pooled_forecast_is_that_of_its_reference(eight, kind):
    """`tests/reference_forecast.py`; the economy breaks off in one series and year."""
    draw, series, drift = np.random.default_rng(9), eight, 0.15
    if kind == "amount":
        rates = 0.02 + 0.02 * draw.standard_normal((1, 32)) + 0.02 * draw.standard_normal((8, 32))
        rates[5, 15] = 0.4
        series, drift = eight * np.exp(np.cumsum(rates, axis=1)), 1.0
    found = projection(series, series, 4, shares=eight, panel_shares=eight, drift=drift).log_quantiles
    shares = {"shares": plain(eight), "panel_shares": plain(eight)}
    expected = reference_forecast.pooled(plain(series), plain(series), 4, **shares, drift=drift)
    np.testing.assert_allclose(found, expected, rtol=1e-7, atol=1e-12)
    if kind == "share":
        np.testing.assert_array_equal(METHODS["pooled"](eight, eight, 4).log_quantiles, found)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("random_walk", reference_forecast.still),
        ("random_walk_drift", reference_forecast.drifting),
        ("persistent_growth", reference_forecast.persistent),
        ("theta", reference_forecast.theta),
        ("combination", reference_forecast.combination),
    ],
)
def test_a_method_for_one_series_is_that_of_its_reference(eight, method, path):
    found = METHODS[method](eight, eight, 4).log_quantiles
    expected = reference_forecast.alone(plain(eight), plain(eight), 4, path)
    np.testing.assert_allclose(found, expected, rtol=1e-7, atol=1e-12)


@given(arrays(np.float64, st.integers(2, 200), elements=st.floats(-5, 5)))
def test_score_quantiles_rise_and_hold_the_median(sample):
    found = score_quantiles(sample)
    assert (np.diff(found) >= 0.0).all()
    assert found[CENTRE] == pytest.approx(np.median(sample), abs=1e-9)


def test_score_quantiles_of_a_normal_sample_are_its_scores():
    sample = 2.0 * np.random.default_rng(2).standard_normal(200_000)
    inside = np.abs(SCORES) <= 2.5
    np.testing.assert_allclose(score_quantiles(sample)[inside], 2.0 * SCORES[inside], atol=0.05)


def test_holes_are_bridged_in_a_straight_line_and_told():
    logged, notes = logs(np.array([[np.nan, 1.0, 0.0, 4.0], [1.0, 1.0, 1.0, 1.0]]))
    np.testing.assert_allclose(logged[0, 1:], [0.0, np.log(2.0), np.log(4.0)])
    assert notes == ("1 missing or zero years inside the history are bridged", "")


def test_without_plans_the_median_is_share_times_gdp(panel):
    here = position(panel)
    found = forecast(here, panel, RULES)
    growth = METHODS["pooled"](panel, panel, 10).log_quantiles[:, :, CENTRE]
    np.testing.assert_allclose(
        np.exp(found.center), here.history[:, -1:] * np.exp(growth) * here.gdp[:, 1:] / 1000.0
    )
    assert (found.spread[:, :, CENTRE] == 0.0).all()
    assert (np.diff(found.spread, axis=2) > 0.0).all()
    assert all("no budget voted, estimated or planned for 2026" in note for note in found.notes)


def test_a_voted_year_is_the_median_with_its_own_spread_and_the_new_origin(panel):
    here = position(panel)
    base = float(here.history[4, -1])
    rows = [PlanRow("S04", 2025, 50.0, "vote", "voted"), PlanRow("S04", 2026, 60.0, "vote", "voted")]
    found = forecast(here, panel, replace(RULES, share_limit=np.inf), rows)
    assert np.exp(found.center[4, 0]) == pytest.approx(1.2 * base)
    np.testing.assert_allclose(found.spread[4, 0], 0.03 * SCORES, atol=1e-12)
    longer = np.append(panel[4], 1.2 * panel[4, -1] / 1.03)[None]
    method = METHODS["pooled"](longer, panel, 9).log_quantiles[0]
    expected = np.log(1.2 * base * 1.03) + method[0, CENTRE]
    assert found.center[4, 1] == pytest.approx(expected, rel=1e-8)
    own = method[0] - method[0, CENTRE]
    np.testing.assert_allclose(np.abs(found.spread[4, 1]), np.hypot(own, 0.03 * SCORES), rtol=1e-6)


def test_the_upper_tail_of_a_budget_bends_towards_the_limit():
    gdp, center = np.full((1, 1), 1000.0), np.log(np.full((1, 1), 40.0))
    spread = np.array([[[-0.5, 0.0, 0.01, 0.5, 5.0, 500.0]]])
    found = bounded(spread, center, gdp, share_limit=12.0)[0, 0]
    assert found[:2].tolist() == [-0.5, 0.0]
    assert found[2] == pytest.approx(0.01, rel=1e-4)
    assert (np.diff(found) > 0.0).all()
    assert 40.0 * np.exp(found[-1]) == pytest.approx(120.0, rel=1e-5)
    assert (40.0 * np.exp(found) < 120.0).all()


def test_the_pledge_is_reached_in_its_year_past_what_is_announced(panel):
    """Four times the base year's budget is announced for year two, 30 % of GDP is pledged for year five."""
    here = position(panel)
    rows = [PlanRow("S04", 2025, 50.0, "vote", "voted"), PlanRow("S04", 2027, 200.0, "vote", "announced")]
    found = forecast(here, panel, replace(RULES, pledge_target=30.0, pledge_year=2030), rows)
    base, gdp = here.history[4, -1], here.gdp[4]
    path = np.interp(np.arange(1, 11), [0, 2, 5], [base / 10.0, 400.0 * base / gdp[2], 30.0])
    np.testing.assert_allclose(
        found.pledge_pull[4], np.log(path * gdp[1:] / 100.0) - found.center[4], rtol=1e-7
    )


def test_a_budget_near_the_limit_keeps_room_for_a_tenth():
    """Twice as much as the limit allows; a deviation of 0.1 with room for 0.1 becomes 0.1 over root two."""
    gdp, center = np.full((1, 1), 1000.0), np.log(np.full((1, 1), 240.0))
    found = bounded(np.array([[[0.1]]]), center, gdp, share_limit=12.0)
    assert found.item() == pytest.approx(0.1 / np.sqrt(2.0))


def test_all_years_voted_leave_nothing_to_the_method(panel):
    rows = [PlanRow("S00", year, 50.0, "vote", "voted") for year in range(2025, 2028)]
    found = forecast(position(panel[:1], years=2), panel, RULES, rows)
    np.testing.assert_allclose(np.exp(found.center[0]), 10.0 * panel[0, -1])


def test_a_state_more_or_less_moves_no_other_by_a_bit(panel):
    rows = [PlanRow("S04", 2025, 50.0, "vote", "voted"), PlanRow("S04", 2026, 60.0, "vote", "voted")]
    whole, part = (
        forecast(position(panel), panel, RULES, rows),
        forecast(position(panel[:20]), panel, RULES, rows),
    )
    for name in ("center", "spread", "pledge_pull"):
        np.testing.assert_array_equal(getattr(whole, name)[:20], getattr(part, name))


def test_a_longer_horizon_moves_no_earlier_year(panel):
    long, short = forecast(position(panel), panel, RULES), forecast(position(panel, years=4), panel, RULES)
    np.testing.assert_array_equal(long.center[:, :4], short.center)
    np.testing.assert_array_equal(long.spread[:, :4], short.spread)


def test_one_pair_of_odd_years_makes_no_jump_of_all_states(panel):
    odd = panel.copy()
    for year in (20, 25, YEARS - 1):
        odd[:, year:] *= 1.3
    middle = METHODS["pooled"](odd, odd, 8).log_quantiles[:, :, CENTRE].mean(axis=0)
    step = np.diff(middle)
    assert step[3] - 0.5 * (step[2] + step[4]) < 0.04


def test_no_budget_in_the_base_year_names_the_state(panel):
    here = position(panel)
    history = here.history.copy()
    history[7, -1] = np.nan
    with pytest.raises(SeriesError, match="no positive budget in 2025 for S07"):
        forecast(replace(here, history=history), panel, RULES)


def test_gdp_goes_on_at_its_last_nominal_growth():
    path = gdp_path(np.array([[100.0, 110.0]]), np.array([0.02]), np.array([0.03]), 2)
    np.testing.assert_allclose(path, [[100.0, 110.0, 110.0 * 1.0506, 110.0 * 1.0506**2]])


def test_own_shares_carry_the_reference_back_at_their_own_level():
    reference = np.array([[1.0, 2.0, 4.0], [np.nan] * 3])
    shares = own_shares(np.array([[30.0, 60.0], [20.0, 20.0]]), np.full((2, 2), 1000.0), reference)
    np.testing.assert_allclose(shares, [[1.5, 3.0, 6.0], [np.nan, 2.0, 2.0]])


def test_the_table_of_methods_cannot_be_changed():
    assert isinstance(METHODS, MappingProxyType)
    assert all(isinstance(METHODS[name].__doc__, str) for name in METHODS)


def test_27_states_and_ten_years_take_under_half_a_second(panel):
    long = np.tile(panel, 2)[:, -77:]
    started = time.process_time()
    found = METHODS["pooled"](long, long, 10)
    assert time.process_time() - started < 0.5
    assert isinstance(found, Projection)
