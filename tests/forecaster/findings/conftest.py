"""Runs of cases that are quite another than the bundled one, each made once."""

from dataclasses import replace

import pytest
from invented.union import assuming, invented

from forecaster.case import Case
from forecaster.case.settings import settled
from forecaster.pipeline import run as simulated
from forecaster.run import Run
from models.accuracy import Backtest

PATHS = 1024


@pytest.fixture(scope="session")
def case(tmp_path_factory) -> Case:
    return invented(tmp_path_factory.mktemp("sentences") / "case")


@pytest.fixture(scope="session")
def usual(case) -> Run:
    return simulated(settled(case, paths=PATHS))


@pytest.fixture(scope="session")
def huge(case) -> Run:
    """A programme eight hundred times as large, of which states must pay more than they have signed for."""
    return simulated(settled(enlarged(case, 800.0), paths=PATHS))


@pytest.fixture(scope="session")
def tiny(case) -> Run:
    return simulated(settled(enlarged(case, 1e-4), paths=PATHS))


@pytest.fixture(scope="session")
def never(case) -> Run:
    """Red begins where no path comes."""
    return simulated(
        settled(assuming(case, {"strain.amber": 50.0, "strain.red": 100.0}), paths=PATHS, drivers=True)
    )


@pytest.fixture(scope="session")
def early(case) -> Run:
    """Red begins at four tenths of investment money."""
    return simulated(settled(assuming(case, {"strain.amber": 0.2, "strain.red": 0.4}), paths=PATHS))


def enlarged(case: Case, factor: float) -> Case:
    """The case with a programme of so many times the money."""
    terms = case.programme
    lines = tuple(line.model_copy(update={"amount": factor * line.amount}) for line in terms.lines)
    changes = {"envelope": factor * terms.envelope, "lines": lines, "celex": "another"}
    return replace(case, programme=terms.model_copy(update=changes))


@pytest.fixture(scope="session")
def run_with_backtest(usual) -> tuple[Run, Backtest]:
    from forecaster.forecasts.backtest import case_backtest

    return usual, case_backtest(usual.case)
