"""Helper processes: started once, one work after another, and gone at the end."""

import multiprocessing
import os
from functools import partial

import pytest

from forecaster.machine.processes import Desk, WorkerError, helped

MANY = 2**20
"""Paths of a run that is worth any number of helpers."""


def taken(desk: Desk) -> tuple[int, list[int]]:
    """Who helps, and the numbers that it takes."""
    return os.getpid(), [number for piece in desk.pieces() for number in piece]


@pytest.mark.parametrize(("workers", "paths"), [(1, MANY), (8, 8192), (None, 1024)])
def test_a_short_run_has_no_helpers(workers, paths):
    with helped(workers, paths) as helpers:
        assert helpers is None


def test_each_number_is_taken_once():
    with helped(3, MANY) as helpers:
        helpers.desk.open(range(10, 45, 4))
        ended = helpers.ask(taken)
        here = [number for piece in helpers.pieces() for number in piece]
        (one, first), (other, second) = ended()
        assert sorted([*here, *first, *second]) == list(range(10, 45))
        assert len({os.getpid(), one, other}) == 3
    assert multiprocessing.active_children() == []


def test_helpers_are_the_same_from_one_work_to_the_next():
    with helped(2, MANY) as helpers:
        who = [helpers.ask(taken)()[0][0] for _ in range(2)]
    assert who[0] == who[1] != os.getpid()


def test_an_errand_aside_is_done_by_a_helper_before_the_rest():
    with helped(2, MANY) as helpers:
        aside = helpers.aside(os.getpid)
        ended = helpers.ask(taken)
        assert ended()[0][0] == aside() != os.getpid()


def test_an_errand_aside_that_fails_is_told():
    with pytest.raises(WorkerError, match="--workers 1"), helped(2, MANY) as helpers:
        helpers.aside(partial(int, "no number"))()
    assert multiprocessing.active_children() == []


def test_a_helper_that_dies_when_all_is_answered_is_not_missed():
    endings = []
    with helped(2, MANY) as helpers:
        helpers.endings.append(endings.append)
        helpers.aside(os.getpid)()
        (process,) = multiprocessing.active_children()
        process.kill()
        process.join()
    assert endings == [True]
    assert multiprocessing.active_children() == []
