import numpy as np
import pytest

from models.arrays import summed


@pytest.mark.parametrize("number", [1, 2, 3, 4])
def test_terms_are_added_up_and_none_is_written_over(number: int) -> None:
    terms = [np.full((2, 3), 10.0**k) for k in range(number)]
    assert (summed(iter(terms)) == float("1" * number)).all()
    assert [float(term[0, 0]) for term in terms] == [10.0**k for k in range(number)]
