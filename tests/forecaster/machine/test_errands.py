"""Work shared out between processes: the same results, in order, whoever does it."""

import multiprocessing
import operator
import threading
import time
from functools import partial

import pytest

from forecaster.machine.errands import begun, results
from forecaster.machine.processes import WorkerError, helped

MANY = 2**20
"""Paths of a run that is worth any number of helpers."""


def product(first: int, second: int) -> partial:
    """An errand that any process can read."""
    return partial(operator.mul, first, second)


def end_of_a_helper() -> None:
    """Kill the first helper that starts, as the operating system may."""
    while not (helpers := multiprocessing.active_children()):
        time.sleep(0.01)
    helpers[0].kill()


def test_one_process_needs_no_other():
    assert results([product(2, 3), product(4, 5)], None) == [6, 20]
    assert multiprocessing.active_children() == []


def test_results_stand_in_the_order_asked_for():
    errands = [product(7, k) for k in range(20)]
    with helped(3, MANY) as helpers:
        assert results([], helpers) == []
        assert results(errands, helpers) == [7 * k for k in range(20)]
        assert results(errands[:1], helpers) == [0]
    assert multiprocessing.active_children() == []


def test_helpers_do_the_rest_while_this_process_does_something_else():
    with helped(2, MANY) as helpers:
        finished = begun([product(7, k) for k in range(20)], helpers)
        while helpers.desk.done.value < 20:
            time.sleep(0.01)
        assert finished() == [7 * k for k in range(20)]


def test_a_helper_that_dies_is_told():
    killer = threading.Thread(target=end_of_a_helper)
    killer.start()
    with pytest.raises(WorkerError, match="--workers 1"), helped(2, MANY) as helpers:
        results([partial(time.sleep, 0.1)] * 10, helpers)
    killer.join()
    assert multiprocessing.active_children() == []


def failed():
    """Waits for an errand whose process has ended without an answer."""
    with helped(2, MANY) as helpers:
        finished = begun([partial(int, "no number")], helpers)
        for process in multiprocessing.active_children():
            process.join()
        finished()


def test_an_errand_that_fails_is_told():
    with pytest.raises(WorkerError, match="--workers 1"):
        failed()
    assert multiprocessing.active_children() == []
