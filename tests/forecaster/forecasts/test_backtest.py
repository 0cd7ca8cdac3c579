"""A case's backtest: when there is one, and that it does not matter who does it."""

from dataclasses import replace

import pytest
from invented.union import assuming

from forecaster.case import bundled_case
from forecaster.forecasts.backtest import case_backtest, errand, lines, shortage
from forecaster.machine.processes import helped
from models.accuracy import FLOORS


@pytest.fixture(scope="module")
def case():
    return bundled_case()


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


def test_the_total_is_tried_with_the_correlation_of_the_case(case, monkeypatch):
    monkeypatch.setattr("forecaster.forecasts.backtest.backtest", lambda *given: given[-1])
    assert case_backtest(assuming(case, {"dependence.budget_rho": (0.2, 0.3)})) == (0.2, 0.3)


def test_budgets_that_are_replayed_are_held_against_what_is_committed(case):
    assert case.assumptions.capacity.committed.value[: len(FLOORS)] == FLOORS


@pytest.mark.slow
def test_a_helper_finds_the_same_bits(case):
    with helped(2, 2**20) as helpers:
        apart = helpers.aside(errand(case))()
    assert repr(apart) == repr(case_backtest(case))


@pytest.mark.slow
def test_the_case_proves_its_method(case):
    proof = case_backtest(case)
    main = proof.scores[0]
    assert main.method == "pooled"
    assert main.skill >= 0.30
    assert main.cover80 == pytest.approx(0.80, abs=0.03)
    assert main.cover95 == pytest.approx(0.95, abs=0.015)
    assert all(score.rcrps >= main.rcrps for score in proof.scores)
    assert proof.joint[1].cover80 == pytest.approx(0.80, abs=0.06)
    text = lines(proof)
    assert text[1].startswith("pooled")
    assert len(text) == 1 + len(proof.scores) + 3
