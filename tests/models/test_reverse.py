"""Least unlikely breaks of functions whose design point is known."""

import math
from collections.abc import Callable, Mapping
from statistics import NormalDist
from typing import TypeAlias

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.arrays import Floats
from models.reverse import FARTHEST, Break, Responses, breaks, search

NORMAL = NormalDist()
Response: TypeAlias = Callable[[Floats], Floats]


def linear(weights: Floats, middle: float = 0.0) -> Response:
    return lambda points: middle + (weights[:, np.newaxis] * points).sum(axis=0)


def everything(variables: int) -> Floats:
    return np.ones((1, variables), dtype=bool)


def each(response: Response) -> Responses:
    """The same response to whatever a search asks for."""
    return lambda asked: {k: response(points) for k, points in asked.items()}


def one(response: Response, threshold: float, variables: int) -> Break:
    ((found,),) = breaks([search(threshold, everything(variables))], each(response))
    return found


@given(
    st.lists(st.floats(-3.0, 3.0).filter(lambda x: abs(x) > 0.01), min_size=1, max_size=6),
    st.floats(-3.0, 3.0).filter(lambda x: abs(x) > 1e-3),
)
def test_a_linear_gaussian_case_is_exact(weights: list[float], sigmas: float) -> None:
    """X = a'u is normal with standard deviation |a|: P(X > b |a|) = N(-b), whatever the weights."""
    spread = math.sqrt(sum(weight * weight for weight in weights))
    found = one(linear(np.array(weights)), sigmas * spread, len(weights))
    assert found.reached
    assert found.index == pytest.approx(sigmas, abs=1e-6)
    assert found.probability == pytest.approx(NORMAL.cdf(-sigmas), abs=1e-6)
    assert found.importance == pytest.approx([w * w / spread**2 for w in weights], abs=1e-6)


def test_a_ratio_of_lognormals_is_exact_too() -> None:
    """Cost exp(0.2 u1) over money exp(0.3 u2) passes 1.5 where 0.2 u1 - 0.3 u2 = ln 1.5: linear in logs."""
    found = one(lambda p: np.exp(0.2 * p[0]) / np.exp(0.3 * p[1]), 1.5, 2)
    assert found.index == pytest.approx(math.log(1.5) / math.sqrt(0.13), abs=1e-6)
    assert found.importance == pytest.approx([4 / 13, 9 / 13], abs=1e-3)
    assert found.settled


def test_a_curved_surface_is_met_where_it_is_nearest() -> None:
    """u2 = 3 - u1^2 / 10 is nearest at its vertex (0, 3): along it d^2 = u1^2 + (3 - u1^2 / 10)^2 rises."""
    found = one(lambda p: p[1] + 0.1 * p[0] * p[0], 3.0, 2)
    assert found.index == pytest.approx(3.0, abs=1e-6)
    assert found.point == pytest.approx([0.0, 3.0], abs=1e-3)


def test_a_kink_on_the_way_is_passed() -> None:
    """Slope 2 up to one standard deviation, then 1: the threshold 3 is met at 2."""
    found = one(lambda p: np.minimum(2.0 * p[0], p[0] + 1.0), 3.0, 1)
    assert found.index == pytest.approx(2.0, abs=1e-6)


def test_a_threshold_passed_at_the_origin_has_a_negative_index() -> None:
    found = one(linear(np.array([1.0, 1.0]), middle=2.0), 1.0, 2)
    assert found.index == pytest.approx(-math.sqrt(0.5), abs=1e-6)
    assert found.probability > 0.5
    assert found.point == pytest.approx([-0.5, -0.5], abs=1e-6)


@pytest.mark.parametrize(
    "response",
    [lambda p: 0.0 * p[0], lambda p: np.tanh(p[0]), linear(np.array([0.5]) / FARTHEST)],
    ids=["flat", "bounded", "too far"],
)
def test_what_cannot_break_says_so(response: Response) -> None:
    found = one(response, 1.0, 1)
    assert not found.reached
    assert not found.point.any()


def test_problems_searched_together_do_not_touch_each_other() -> None:
    weights = np.array([0.5, -1.0, 2.0])
    free = np.array([[True, True, True], [True, False, False], [False, True, True]])
    (together,) = breaks([search(1.4, free)], each(linear(weights)))
    for found, mask in zip(together, free, strict=True):
        alone = one(linear(np.where(mask, weights, 0.0)), 1.4, 3)
        assert found.index == pytest.approx(alone.index, abs=1e-9)
        assert not found.point[~mask].any()


def test_points_are_evaluated_as_draws_of_few_passes() -> None:
    calls: list[int] = []

    def counted(points: Floats) -> Floats:
        calls.append(points.shape[1])
        return linear(np.array([1.0, 2.0]))(points)

    breaks([search(2.0, np.ones((3, 2), dtype=bool))], each(counted))
    assert len(calls) <= 8
    assert calls[0] == 3 * (1 + 2 * 2)


def test_searches_side_by_side_come_to_what_each_comes_to() -> None:
    """Bit for bit, though some end before others; what is asked for at the same time is answered at once."""
    responses = [lambda p: p[1] + 0.1 * p[0] * p[0], linear(np.array([1.0, 2.0])), lambda p: 0.0 * p[0]]
    asked_at_once: list[list[int]] = []

    def answered(asked: Mapping[int, Floats]) -> dict[int, Floats]:
        asked_at_once.append(list(asked))
        return {k: responses[k](points) for k, points in asked.items()}

    together = breaks([search(3.0, everything(2)) for _ in responses], answered)
    for (found,), response in zip(together, responses, strict=True):
        alone = one(response, 3.0, 2)
        assert found.point.tobytes() == alone.point.tobytes()
        assert (found.index, found.reached, found.settled) == (alone.index, alone.reached, alone.settled)
    assert asked_at_once[0] == [0, 1, 2]
    assert 0 < len(asked_at_once[-1]) < 3
