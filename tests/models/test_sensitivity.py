"""Shares of variance against published values and another library; swings against closed forms."""

import numpy as np
import pytest
from scipy.special import ndtr
from scipy.stats import rankdata, spearmanr, t

from models.sensitivity import (
    FAMILIES,
    GROUPS,
    SCORE,
    Focus,
    Span,
    figures,
    rank_correlation,
    ranked,
    ranks,
    reads,
    scores,
    shares,
    swings,
)
from models.shocks import DRIVERS, drawn
from models.simulation import outcome
from models.stress import scenario
from models.variants import driver_of, drivers_read, mixed, sample

BASELINE = scenario("baseline", {}, 10)
FOCUS = Focus((1, 1, 1), 2, 2)


def ishigami(x: np.ndarray) -> np.ndarray:
    """Ishigami and Homma (1990), a = 7, b = 0.1, of uniform shares (3, draw)."""
    angle = np.pi * (2.0 * x - 1.0)
    return np.sin(angle[0]) + 7.0 * np.sin(angle[1]) ** 2 + 0.1 * angle[2] ** 4 * np.sin(angle[0])


G = np.array([0.0, 0.5, 3.0, 9.0, 99.0, 99.0])


def sobol_g(x: np.ndarray) -> np.ndarray:
    """Sobol's g function with a = 0, 0.5, 3, 9, 99, 99 (Saltelli and Sobol 1995)."""
    return np.prod((np.abs(4.0 * x - 2.0) + G[:, None]) / (1.0 + G[:, None]), axis=0)


def picked(function, inputs: int, draws: int):
    """Results on two sets of uniform shares, and with each input of the first in the second."""
    generator = np.random.Generator(np.random.Philox(11))
    ours, rest = (ndtr(generator.standard_normal((inputs, draws))) for _ in range(2))
    mixtures = []
    for k in range(inputs):
        one = rest.copy()
        one[k] = ours[k]
        mixtures.append(function(one)[None])
    return function(ours)[None], function(rest)[None], np.array(mixtures)


def test_ishigami():
    """Published: first order 0.3139, 0.4424, 0; total 0.5576, 0.4424, 0.2437 (Saltelli et al. 2008)."""
    found = shares(*picked(ishigami, 3, 65536))
    assert found.first[:, 0] == pytest.approx([0.3139, 0.4424, 0.0], abs=0.02)
    assert found.total[:, 0] == pytest.approx([0.5576, 0.4424, 0.2437], abs=0.02)
    assert (found.first_error < 0.02).all()


def test_sobol_g():
    """Closed forms: V_i = 1 / (3 (1 + a_i)^2), V = prod(1 + V_i) - 1, S_i = V_i / V; 0.59 for x1."""
    own = 1.0 / (3.0 * (1.0 + G) ** 2)
    whole = np.prod(1.0 + own) - 1.0
    total = own * np.prod(1.0 + own) / (1.0 + own) / whole
    found = shares(*picked(sobol_g, 6, 65536))
    assert found.first[:, 0] == pytest.approx(own / whole, abs=0.02)
    assert found.total[:, 0] == pytest.approx(total, abs=0.02)
    assert own[0] / whole == pytest.approx(0.59, abs=0.005)


def test_another_library_finds_the_same():
    """SALib's estimators on the same results; its first set is our rest, its second ours.

    It centres on the mean of all results, mixtures included: first-order shares differ by that.
    """
    sobol = pytest.importorskip("SALib.analyze.sobol", reason="SALib is not installed")
    ours, rest, mixtures = picked(ishigami, 3, 2048)
    results = np.column_stack([rest[0], mixtures[:, 0].T, ours[0]]).ravel()
    problem = {"num_vars": 3, "names": ["a", "b", "c"], "bounds": [[0.0, 1.0]] * 3}
    theirs = sobol.analyze(problem, results, calc_second_order=False, num_resamples=100, seed=1)
    found = shares(ours, rest, mixtures)
    assert found.first[:, 0] == pytest.approx(theirs["S1"], abs=1e-4)
    assert found.total[:, 0] == pytest.approx(theirs["ST"], abs=1e-9)
    assert found.total_error[:, 0] == pytest.approx(theirs["ST_conf"], rel=0.6)


def test_intervals_hold_the_value_as_often_as_they_say():
    """y = x1 + x2 + x3: a third each, first order and total; 200 sets of 1,024 draws."""
    generator = np.random.Generator(np.random.Philox(5))
    ours, rest = (generator.standard_normal((3, 200, 1024)) for _ in range(2))
    mixtures = np.array([rest.sum(axis=0) - rest[k] + ours[k] for k in range(3)])
    found = shares(ours.sum(axis=0), rest.sum(axis=0), mixtures)
    for value, error in ((found.first, found.first_error), (found.total, found.total_error)):
        inside = np.abs(value - 1.0 / 3.0) <= error
        assert 0.90 <= inside.mean() <= 0.99
    assert (np.abs(found.first.sum(axis=0) - 1.0) <= found.first_sum_error).mean() >= 0.90


def test_what_does_not_vary_has_no_shares():
    found = shares(np.ones((1, GROUPS)), np.ones((1, GROUPS)), np.ones((2, 1, GROUPS)))
    assert np.isnan(found.first).all()
    assert np.isnan(found.total).all()


def test_every_driver_is_in_one_family():
    assert sorted(driver for family in FAMILIES.values() for driver in family) == sorted(DRIVERS)


def test_shares_of_the_model_add_up_around_one(invented_model):
    """First-order shares add to at most one, total shares to at least one, within their intervals."""
    rest, ours = (drawn(7, 0, 4, replica) for replica in (1, 0))
    before = sample(invented_model, rest, BASELINE)
    asked, streams = drivers_read(invented_model)
    mixtures = np.array(
        [
            figures(mixed(before, ours, frozenset(family), asked), FOCUS)
            for family in FAMILIES.values()
            if any(reads(streams, driver) for driver in family)
        ]
    )
    whole = figures(sample(invented_model, ours, BASELINE), FOCUS)
    found = shares(whole, figures(before, FOCUS), mixtures)
    assert (found.first.sum(axis=0) <= 1.0 + found.first_sum_error)[:3].all()
    assert (found.total.sum(axis=0) >= 1.0 - found.total_sum_error)[:3].all()
    assert (found.total + found.total_error >= found.first - found.first_error).all()


def test_figures_are_those_of_the_outcomes(invented_model):
    found = sample(invented_model, drawn(7, 0, 1), BASELINE)
    values = figures(found, FOCUS)
    *states, union = outcome(invented_model, found.shocks, BASELINE)
    assert values.shape == (9, 1024)
    assert values[0].tolist() == states[0].strain[1].tolist()
    assert values[3].tolist() == (states[0].strain > 1.0).any(axis=0).tolist()
    assert values[6] == pytest.approx(union.net_call.sum(axis=0))
    assert values[7].tolist() == union.gap[2].tolist()
    assert values[8].tolist() == sum(state.strain[2] > 1.0 for state in states).tolist()


def test_a_score_is_the_sum_of_a_drivers_normals(invented_model):
    shocks = drawn(7, 0, 1)
    _, streams = drivers_read(invented_model)

    def score(driver, *span):
        (found,) = scores(shocks, streams, driver, [Span(*span)]).values()
        return found

    assert score("budget", 1, "NO").tolist() == shocks("budget/NO", 10)[0].tolist()
    three = shocks("budget/NO", 10)[:3].sum(axis=0) / np.sqrt(3.0)
    assert score("budget", 3, "NO") == pytest.approx(three)
    assert score("cost.common", 3).tolist() == shocks("cost.common", 1)[0].tolist()
    lots = [name for name in streams if driver_of(name) == "slip"]
    slip = sum(shocks(name, 1)[0] for name in lots) / np.sqrt(float(len(lots)))
    assert score("slip", 3, "NO") == pytest.approx(slip)
    assert np.std(score("participation", 3)) == pytest.approx(1.0, abs=0.1)


def test_scores_of_several_spans_are_those_of_each(invented_model):
    shocks = drawn(7, 0, 1)
    _, streams = drivers_read(invented_model)
    spans = [Span(2, "NO"), Span(10), Span(3)]
    together = scores(shocks, streams, "budget", spans)
    assert list(together) == spans
    for span in spans:
        assert together[span].tolist() == scores(shocks, streams, "budget", [span])[span].tolist()


def test_a_stream_of_no_row_is_not_read():
    """Contracts awarded in the first year: their prices are drawn for no year before it."""
    assert reads({"price/ammunition": 1}, "price")
    assert not reads({"price/ammunition": 0}, "price")
    assert reads({"price/ammunition": 0, "price/drones": 1}, "price")


def test_a_swing_of_a_line_is_its_slope_between_the_deciles():
    """y = 2 x + noise: means around P10 and P90 lie 2 x 2 x 1.2816 apart; rank correlation near 0.89."""
    generator = np.random.Generator(np.random.Philox(3))
    driver, noise = generator.standard_normal((2, 65536))
    found = swings(ranked(np.array([2.0 * driver + noise, noise])), ranked(driver[np.newaxis]))
    assert found.high[0] - found.low[0] == pytest.approx(4.0 * 1.2816, abs=0.1)
    assert abs(found.high[1] - found.low[1]) <= 2.0 * found.error[1]
    assert found.correlation[0] == pytest.approx(6.0 / np.pi * np.arcsin(2.0 / np.sqrt(5.0) / 2.0), abs=0.01)


def test_half_widths_are_those_of_students_t_and_of_the_difference_of_two_means():
    """Of forty draws in order 2 to 5 are around P10, 34 to 37 around P90; each four have the variance 5/4."""
    assert pytest.approx(t.ppf(0.975, GROUPS - 1), abs=5e-5) == SCORE
    draws = ranked(np.arange(40.0)[np.newaxis])
    found = swings(draws, draws)
    assert (found.low[0], found.high[0]) == (3.5, 35.5)
    assert found.error[0] == pytest.approx(1.959964 * np.sqrt(2.0 * 1.25 / 4.0))


def test_rank_correlation_agrees_with_scipy():
    generator = np.random.Generator(np.random.Philox(4))
    driver, values = generator.standard_normal((2, 500))
    values = np.round(values + driver, 1)
    of_driver = ranked(driver[None])
    assert rank_correlation(ranked(values[None]), of_driver)[0] == pytest.approx(
        spearmanr(values, driver).statistic, abs=1e-12
    )
    assert rank_correlation(ranked(np.ones((1, 500))), of_driver)[0] == 0.0


def test_equal_values_share_their_mean_rank():
    values = np.round(np.random.Generator(np.random.Philox(5)).standard_normal(500), 1)
    assert (ranks(values, np.argsort(values)) == rankdata(values)).all()
