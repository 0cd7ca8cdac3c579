"""Helper processes: started once, one work after another, and gone at the end."""

import multiprocessing
import os
import time
from functools import partial
from pathlib import Path

import pytest

from forecaster.machine.processes import Desk, WorkerError, ahead, helped

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


@pytest.mark.parametrize(
    ("work", "hands", "sizes"),
    [
        (range(0, 64, 3), 2, [3] * 20 + [2, 2]),
        (range(7, 71, 3), 1, [3] * 20 + [2, 2]),
        (range(0, 63, 3), 2, [3] * 19 + [2, 2, 2]),
        (range(0, 64, 3), 8, [3] * 16 + [2] * 8),
        (range(5), 2, [1] * 5),
        (range(0), 2, []),
    ],
)
def test_there_are_as_many_pieces_for_each_of_all_hands(work, hands, sizes):
    with helped(2, MANY) as helpers:
        helpers.desk.open(work, hands)
        pieces = [piece for piece in helpers.pieces() if piece]
    assert [len(piece) for piece in pieces] == sizes
    assert [number for piece in pieces for number in piece] == [*range(work.start, work.stop)]


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


def appears(file: Path) -> bool:
    """Whether a file is there within half a minute."""
    end = time.monotonic() + 30.0
    while not file.exists() and time.monotonic() < end:
        time.sleep(0.01)
    return file.exists()


def test_a_single_process_starts_no_helper_ahead(monkeypatch):
    monkeypatch.setattr(os, "cpu_count", lambda: 1)
    for workers in (1, None):
        with ahead(workers, os.getpid) as team:
            assert team is None
        assert multiprocessing.active_children() == []


@pytest.mark.parametrize("workers", [2, 3])
def test_a_helper_started_ahead_loads_at_once_and_is_the_first_of_the_run(tmp_path, workers):
    loaded = tmp_path / "loaded"
    with ahead(workers, partial(Path.touch, loaded)) as team:
        assert appears(loaded)
        (process,) = multiprocessing.active_children()
        with helped(workers, MANY, team=team) as helpers:
            others = [who for who, _ in helpers.ask(taken)()]
        assert others[0] == process.pid
        assert len({*others}) == workers - 1
        assert multiprocessing.active_children() == []


def test_a_helper_started_ahead_ends_where_the_run_needs_none():
    with ahead(2, os.getpid) as team, helped(2, 1024, team=team) as helpers:
        assert helpers is None
        assert multiprocessing.active_children() == []


def test_a_helper_started_ahead_ends_with_what_is_refused():
    with pytest.raises(ValueError, match="no case"), ahead(2, os.getpid):
        raise ValueError("no case")
    assert multiprocessing.active_children() == []


def test_a_helper_that_dies_while_it_loads_is_told():
    with (
        pytest.raises(WorkerError, match="exit status 3"),
        ahead(2, partial(os._exit, 3)) as team,
        helped(2, MANY, team=team) as helpers,
    ):
        helpers.ask(taken)()
    assert multiprocessing.active_children() == []
