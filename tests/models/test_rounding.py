"""Rounding of arrays beside the text of each number: the same bits."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from models.rounding import DECADES, rounded, rounded_number


def as_text(values: np.ndarray, digits: int) -> bytes:
    return np.array([float(f"{value:.{digits}g}") for value in values.tolist()]).tobytes()


def test_values_are_rounded_to_significant_digits() -> None:
    np.testing.assert_array_equal(rounded(np.array([[1.23456789, -1234567.89]]), 3), [[1.23, -1230000.0]])
    assert rounded_number(1.0 / 3.0, 9) == 0.333333333


@given(arrays(np.float64, 50, elements=st.floats(width=64)), st.integers(1, 12))
def test_any_number_has_the_bits_of_its_text(values: np.ndarray, digits: int) -> None:
    assert rounded(values, digits).tobytes() == as_text(values, digits)


@pytest.mark.parametrize("digits", [1, 9, 12])
def test_what_is_near_a_middle_or_a_power_of_ten_has_the_bits_of_its_text(digits: int) -> None:
    steps = np.random.default_rng(5).integers(10 ** (digits - 1), 10**digits, 2_000)
    halves = np.array([float(f"{step}5e{k % 50 - 25}") for k, step in enumerate(steps)])
    odd = np.concatenate([halves, DECADES, 5.0 * DECADES, (1.0 - 10.0**-digits) * DECADES, [0.0, -0.0]])
    values = np.concatenate(
        [side for one in (odd, -odd) for side in (one, np.nextafter(one, 1e300), np.nextafter(one, -1e300))]
    )
    assert rounded(values, digits).tobytes() == as_text(values, digits)


def test_an_array_and_a_number_are_rounded_alike() -> None:
    values = np.random.default_rng(6).lognormal(0.0, 8.0, 10_000)
    assert rounded(values, 12).tolist() == [rounded_number(value) for value in values.tolist()]
