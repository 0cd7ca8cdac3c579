"""Work shared out between processes: the same results, in order, whoever does it."""

import multiprocessing
import operator
import os
import threading
import time
from functools import partial

import pytest

from forecaster.engine import WorkerError
from forecaster.errands import processes, results


def product(first: int, second: int) -> partial:
    """An errand that any process can read."""
    return partial(operator.mul, first, second)


def end_of_a_helper() -> None:
    """Kill the first helper that starts, as the operating system may."""
    while not (helpers := multiprocessing.active_children()):
        time.sleep(0.01)
    helpers[0].kill()


def test_one_process_needs_no_other():
    assert results([product(2, 3), product(4, 5)], 1) == [6, 20]
    assert results([product(2, 3)], 8) == [6]
    assert results([], 2) == []
    assert multiprocessing.active_children() == []


def test_results_stand_in_the_order_asked_for():
    errands = [product(7, k) for k in range(20)]
    assert results(errands, 3) == [7 * k for k in range(20)]
    assert multiprocessing.active_children() == []


def test_short_work_stays_in_one_process():
    assert processes(4, long=False) == 1
    assert processes(4, long=True) == 4
    assert processes(None, long=True) == os.cpu_count()


def test_a_helper_that_dies_is_told():
    killer = threading.Thread(target=end_of_a_helper)
    killer.start()
    with pytest.raises(WorkerError, match="--workers 1"):
        results([partial(time.sleep, 0.1)] * 10, 2)
    killer.join()
    assert multiprocessing.active_children() == []
