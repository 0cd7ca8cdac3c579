from functools import reduce

import numpy as np
import pytest

from models.arrays import TOGETHER, Total, summed


@pytest.mark.parametrize("number", [1, 2, 3, 4])
def test_terms_are_added_up_and_none_is_written_over(number: int) -> None:
    terms = [np.full((2, 3), 10.0**k) for k in range(number)]
    assert (summed(iter(terms)) == float("1" * number)).all()
    assert [float(term[0, 0]) for term in terms] == [10.0**k for k in range(number)]


@pytest.mark.parametrize("number", range(1, 3 * TOGETHER))
def test_any_number_of_terms_is_added_from_the_first_to_the_last(number: int) -> None:
    """To the bit, of numbers whose sum depends on the order; a sum can be told on the way."""
    terms = [np.random.default_rng(k).normal(0.0, 10.0**k, (2, 7)) for k in range(number)][::-1]
    total = Total()
    for k, term in enumerate(terms):
        total.add(term)
        assert (total.so_far() == reduce(np.add, terms[: k + 1])).all()


def test_of_one_term_the_sum_is_that_term() -> None:
    (only,) = terms = [np.ones((2, 3))]
    assert summed(terms) is only
