"""Paths chosen by the sampling error they leave."""

from itertools import pairwise

import numpy as np
import pytest

from forecaster.engine import Ways, simulate
from forecaster.engine.precision import FEWEST, MOST, enough, expected, half_width, is_looked_at, next_look
from models.cells import empty
from models.shocks import BLOCK
from models.statistics import wilson_half_width
from models.stress import scenario
from models.tally import Counts, LineTally, ScenarioTally


def baseline(*red):
    """Tally of one place in which red was counted so often in each year."""
    counts = Counts(["amber", "red"], 1, len(red))
    counts.yearly[1, 0] = red
    nothing = empty({}, 0, 1)
    return ScenarioTally(("P",), nothing, {}, counts, LineTally((), nothing, nothing))


def test_the_half_width_is_that_of_the_worst_year():
    """p = 0.5 on 100 paths: 1.96 sqrt(0.25/100 + 1.96^2/40000) / (1 + 1.96^2/100) = 0.0962."""
    assert half_width(baseline(1, 50, 99), 100) == pytest.approx(0.09617, abs=1e-5)
    assert half_width(baseline(0, 0), 0) == 1.0


def test_counts_a_pass_ahead_of_the_paths_are_no_more_than_all():
    assert half_width(baseline(110), 100) == half_width(baseline(100), 100)


def test_a_search_looks_at_powers_of_two():
    looks = [next_look(0)]
    while looks[-1] * BLOCK < MOST:
        looks.append(next_look(looks[-1]))
    assert [look * BLOCK for look in looks] == [2**k for k in range(13, 25)]
    assert [blocks for blocks in range(70) if is_looked_at(blocks)] == [8, 16, 32, 64]
    assert next_look(9) == next_look(15) == 16


@pytest.mark.parametrize(("share", "points"), [(0.5, 1.0), (0.1, 1.0), (0.0, 0.1), (0.3, 0.05), (0.5, 0.01)])
def test_what_is_expected_is_the_smallest_power_of_two_that_does(share, points):
    paths = 2**20
    found = expected(baseline(round(share * paths)), paths=2**20, points=points)
    reached = [100.0 * float(wilson_half_width(np.array(share), 2**k)) for k in range(13, 25)]
    fewest = next((2 ** (13 + k) for k, width in enumerate(reached) if width <= points), MOST)
    assert found == max(fewest, paths)


def test_what_is_asked_for_is_enough_to_the_last_digit():
    """One path in two red: what 16,384 paths leave is met by as many, a thousandth less by twice that."""
    counted, paths = baseline(2**13), 2**14
    points = 100.0 * half_width(counted, paths)
    assert enough(counted, paths, points)
    assert expected(counted, paths, points) == paths
    assert not enough(counted, paths, 0.999 * points)
    assert expected(counted, paths, 0.999 * points) == 2 * paths
    assert enough(counted, paths, 1.001 * points)
    assert expected(baseline(2**12), FEWEST, 1.001 * points) == paths


@pytest.mark.parametrize("counted", [0, 100])
def test_before_the_first_path_the_fewest_are_expected(counted):
    """Counts of a run under way may be a pass ahead of the paths."""
    assert expected(baseline(counted), paths=0, points=0.025) == FEWEST


def test_the_finest_that_may_be_asked_for_can_be_reached():
    assert enough(baseline(MOST // 2), MOST, 0.025)


SCENARIOS = (scenario("baseline", {}, 10), scenario("squeeze", {"budget": 0.9}, 10))


def searched(model, scenarios=SCENARIOS):
    """A search for 0.7 points on the invented union, and what it told on the way."""
    told = []
    found = simulate(model, scenarios, MOST, 7, None, lambda *now: told.append(now), Ways(0.7))
    return found.statistics, told


@pytest.fixture(scope="module")
def search(invented_model):
    return searched(invented_model)


def test_a_search_ends_at_the_first_power_of_two_that_does(search, invented_model):
    found, _ = search
    assert found.paths & (found.paths - 1) == 0
    assert FEWEST < found.paths < 2**16
    assert 100.0 * found.worst_half_width("red", "baseline") <= 0.7
    whole = simulate(invented_model, SCENARIOS[:1], found.paths // 2, 7, None, lambda *_: None)
    assert 100.0 * whole.statistics.worst_half_width("red", "baseline") > 0.7


def test_what_is_found_is_what_as_many_paths_find(search, invented_model):
    found, _ = search
    given = simulate(invented_model, SCENARIOS, found.paths, 7, None, lambda *_: None).statistics
    assert found.digest() == given.digest()


def test_other_scenarios_do_not_move_the_number_of_paths(search, invented_model):
    wild = (SCENARIOS[0], scenario("wild", {"budget": 0.5, "committed": 0.3}, 10))
    assert searched(invented_model, wild)[0].paths == search[0].paths


def test_progress_tells_paths_and_the_worst_half_width(search):
    found, told = search
    assert [done for done, _, _ in told] == sorted(done for done, _, _ in told)
    assert all(done <= total for done, total, _ in told)
    assert told[-1][:2] == (found.paths, found.paths)
    assert told[-1][2] == pytest.approx(found.worst_half_width("red", "baseline"), rel=1e-8)
    assert all(later <= earlier * 1.1 for (_, _, earlier), (_, _, later) in pairwise(told))
