"""A backtest beside a run: where it runs, what ends it, and when there is none."""

import multiprocessing
from contextlib import suppress
from dataclasses import replace

import pytest

from forecaster import proof
from forecaster.case import bundled, load
from forecaster.engine import WorkerError
from forecaster.proof import WORTH_PATHS, backtested, case_backtest, shortage


@pytest.fixture(scope="module")
def case():
    return load(bundled())


def test_a_small_panel_has_no_backtest(invented_union):
    assert shortage(invented_union) == (
        "The reference panel holds 6 series and 25 years from 2000 on to forecast from; a backtest needs 10 "
        "and 10."
    )
    with backtested(invented_union, WORTH_PATHS, 2) as collected:
        assert collected() is None


def test_few_origins_are_too_few(case):
    run = case.assumptions.run.model_copy(update={"base_year": 2009})
    early = replace(case, assumptions=case.assumptions.model_copy(update={"run": run}))
    assert "27 series and 9 years" in shortage(early)


def test_short_runs_and_one_worker_need_no_process(case, monkeypatch):
    monkeypatch.setattr(proof, "case_backtest", lambda given: given)
    for paths, workers in ((WORTH_PATHS, 1), (WORTH_PATHS - 1024, 2)):
        with backtested(case, paths, workers) as collected:
            assert collected() is case
    assert multiprocessing.active_children() == []


@pytest.mark.slow
def test_a_process_of_its_own_finds_the_same_bits(case):
    with backtested(case, WORTH_PATHS, 2) as collected:
        assert len(multiprocessing.active_children()) == 1
        apart = collected()
    assert repr(apart) == repr(case_backtest(case))
    assert multiprocessing.active_children() == []


def test_an_interrupt_ends_the_process(case):
    with suppress(KeyboardInterrupt), backtested(case, WORTH_PATHS, 2):
        (process,) = multiprocessing.active_children()
        raise KeyboardInterrupt
    assert process.exitcode


def test_a_process_that_dies_is_told(case):
    with backtested(case, WORTH_PATHS, 2) as collected:
        (process,) = multiprocessing.active_children()
        process.kill()
        with pytest.raises(WorkerError, match="--workers 1"):
            collected()
