import math

import numpy as np
import pytest

from models.arrays import Floats, accumulated
from models.economy import Economy, gdp_deviation, gdp_lever, levered, persistent, prices
from models.model import Model
from models.shocks import BLOCK, drawn
from models.stress import scenario

YEARS = 10


@pytest.fixture
def economy(invented_model: Model) -> Economy:
    return invented_model.economy


def no_shocks(_: str, rows: int) -> Floats:
    return np.zeros((rows, 3))


def test_without_shocks_nothing_leaves_its_baseline(economy: Economy) -> None:
    found = prices(economy, no_shocks, YEARS)
    assert (found.level == 1.0).all()
    assert (found.usd == 1.0).all()
    assert (found.uah == 1.0).all()
    assert (found.rate == 0.0).all()
    assert (gdp_deviation(economy, no_shocks, "AL", YEARS).nominal == 0.0).all()


def test_rates_walk_at_random_each_by_its_own_size(economy: Economy) -> None:
    """A shock of one deviation a year: three years on interest and logs of currencies are three off."""
    found = prices(economy, lambda _, rows: np.ones((rows, 1)), 3)
    walked = np.array([1.0, 2.0, 3.0])
    assert found.rate.ravel() == pytest.approx(economy.rate * walked)
    assert found.usd.ravel() == pytest.approx(np.exp(economy.usd * walked), rel=1e-5)
    assert found.uah.ravel() == pytest.approx(np.exp(economy.uah * walked), rel=1e-5)


def test_a_single_shock_fades_by_its_persistence() -> None:
    innovations = np.zeros((4, 1))
    innovations[0] = 1.0
    assert persistent(innovations, 0.5).ravel().tolist() == [1.0, 0.5, 0.25, 0.125]
    assert innovations.sum() == 1.0


def test_gdp_is_its_two_autoregressions_added_up(economy: Economy) -> None:
    shocks = drawn(1, 0, 1)
    growth = economy.growth_common * shocks("growth.common", YEARS)
    growth += economy.growth_own * shocks("growth/AL", YEARS)
    deflator = economy.deflator_common * shocks("deflator.common", YEARS)
    deflator += economy.deflator_own * shocks("deflator/AL", YEARS)
    real = persistent(growth, economy.growth_persistence)
    found = gdp_deviation(economy, shocks, "AL", YEARS)
    assert (found.growth == real).all()
    assert (found.nominal == accumulated(real + persistent(deflator, economy.deflator_persistence))).all()


def test_first_year_deviations_have_the_size_assumed(economy: Economy) -> None:
    """Growth 0.018 and deflator 0.012 a year: independent, so 0.02163 together."""
    shocks = drawn(1, 0, 32)
    found = gdp_deviation(economy, shocks, "AL", YEARS).nominal
    assert found[0].std() == pytest.approx(math.hypot(0.018, 0.012), rel=0.02)
    level = np.log(prices(economy, shocks, YEARS).level[0])
    assert level.std() == pytest.approx(0.012 * math.sqrt(0.6), rel=0.02)
    for name in ("usd", "uah"):
        size = np.log(getattr(prices(economy, shocks, YEARS), name)[4]).std()
        assert size == pytest.approx({"usd": 0.08, "uah": 0.09}[name] * math.sqrt(5.0), rel=0.02)


def test_states_are_correlated_as_assumed(economy: Economy) -> None:
    """(0.018^2 x 0.5 + 0.012^2 x 0.6) / (0.018^2 + 0.012^2) = 0.5308."""
    shocks = drawn(2, 0, 32)
    one, other = (gdp_deviation(economy, shocks, code, YEARS).nominal[0] for code in ("AL", "NO"))
    assert np.corrcoef(one, other)[0, 1] == pytest.approx(0.5308, abs=4.0 / math.sqrt(32 * BLOCK))


def test_levers_add_to_growth_prices_and_rates(economy: Economy) -> None:
    stress = scenario("any", {"growth": [-0.03, -0.02], "deflator": [0.0, 0.05], "rates": 0.01}, 3)
    factor = np.exp(gdp_lever(stress, "AL").ravel())
    assert factor == pytest.approx(np.exp([-0.03, 0.0, 0.0]), rel=1e-6)
    moved = levered(prices(economy, no_shocks, 3), economy, stress)
    assert moved.level[:, 0] == pytest.approx(np.exp([0.0, 0.05, 0.05]), rel=1e-6)
    assert (moved.rate == 0.01).all()
    assert (moved.usd == 1.0).all()
