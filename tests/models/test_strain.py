import numpy as np

from models import strain


def test_strain_and_gaps_are_those_of_their_year_and_draw() -> None:
    """Two years, two draws: committed 1 2 / 3 4, net calls 4 3 / 2 1, investment 2 4 / 5 10."""
    committed, net, investment = (
        np.array(x) for x in ([[1.0, 2], [3, 4]], [[4.0, 3], [2, 1]], [[2.0, 4], [5, 10]])
    )
    with_it, difference, gap = strain.strained(committed, net, investment)
    assert with_it.tolist() == [[2.5, 1.25], [1.0, 0.5]]
    assert difference.tolist() == [[2.0, 0.75], [0.4, 0.1]]
    assert gap.tolist() == [[3.0, 1.0], [0.0, 0.0]]
    planned = np.array([[3.0, 4], [6, 9]])
    without, gap_without = strain.without(committed, investment)
    assert without.tolist() == [[0.5, 0.5], [0.6, 0.4]]
    assert gap_without.tolist() == [[0.0, 0.0], [0.0, 0.0]]
    assert strain.gap_of_plan(planned, investment).tolist() == [[1.0, 0.0], [1.0, 0.0]]
