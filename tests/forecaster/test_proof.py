"""A case's backtest: when there is one, and that it does not matter who does it."""

import os
from dataclasses import replace
from functools import partial

import pytest

from forecaster import crew
from forecaster.case import bundled, load
from forecaster.engine import Ways, WorkerError, simulate
from forecaster.proof import case_backtest, errand, shortage
from models.shocks import BLOCK
from models.stress import scenario

SCENARIOS = [scenario("baseline", {}, 10)]


@pytest.fixture(scope="module")
def case():
    return load(bundled())


def test_a_small_panel_has_no_backtest(invented_union):
    assert shortage(invented_union) == (
        "The reference panel holds 6 series and 25 years from 2000 on to forecast from; a backtest needs 10 "
        "and 10."
    )
    assert errand(invented_union) is None


def test_few_origins_are_too_few(case):
    run = case.assumptions.run.model_copy(update={"base_year": 2009})
    early = replace(case, assumptions=case.assumptions.model_copy(update={"run": run}))
    assert "27 series and 9 years" in shortage(early)


@pytest.mark.slow
def test_a_helper_finds_the_same_bits(invented_model, case, monkeypatch):
    monkeypatch.setattr(crew, "PASSES_PER_WORKER", 1)
    apart = done(invented_model, errand(case), 2)
    assert repr(apart) == repr(case_backtest(case))


@pytest.mark.parametrize("workers", [1, 2, 3])
def test_an_errand_is_done_once_wherever(invented_model, monkeypatch, tmp_path, workers):
    monkeypatch.setattr(crew, "PASSES_PER_WORKER", 1)
    here = str(os.getpid())
    noted = done(invented_model, partial(_note, tmp_path / "notes"), workers)
    assert (tmp_path / "notes").read_text(encoding="utf-8") == f"{noted}\n"
    assert (noted == here) is (workers == 1)


def _note(file):
    """Who does it, written down."""
    with file.open("a", encoding="utf-8") as notes:
        notes.write(f"{os.getpid()}\n")
    return str(os.getpid())


def test_without_an_errand_there_is_no_result(invented_model):
    assert done(invented_model, None, 1) is None


def test_an_errand_that_fails_is_told(invented_model, monkeypatch):
    monkeypatch.setattr(crew, "PASSES_PER_WORKER", 1)
    with pytest.raises(WorkerError, match="--workers 1"):
        done(invented_model, partial(int, "no number"), 2)


def done(model, work, workers):
    """What an errand beside a short simulation came to."""
    told = (lambda *_: None, Ways(errand=work))
    return simulate(model, SCENARIOS, 8 * BLOCK, 7, workers, *told).errand
