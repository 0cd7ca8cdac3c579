"""A run of three invented states, its sheets and its workbook, made once."""

from dataclasses import replace

import pytest
from invented.union import invented

from forecaster.case.settings import settled
from forecaster.forecasts.backtest import case_backtest
from forecaster.pipeline import run as simulated
from forecaster.report.layout import Layout
from forecaster.report.sheet import Sheet
from forecaster.run import Run
from forecaster.sheets import report
from forecaster.workbook import content


@pytest.fixture(scope="session")
def run(tmp_path_factory) -> Run:
    """A run of the invented union, with the backtest its small panel is usually spared."""
    found = simulated(settled(invented(tmp_path_factory.mktemp("case")), paths=2048, drivers=True))
    return replace(found, accuracy=case_backtest(found.case))


@pytest.fixture(scope="session")
def sheets(run) -> tuple[Sheet, ...]:
    """All sheets of the run."""
    return report(run)


@pytest.fixture(scope="session")
def layout(sheets) -> Layout:
    """Where everything lands."""
    return Layout(sheets)


@pytest.fixture(scope="session")
def book(run, tmp_path_factory):
    """The workbook of the run, as a file."""
    path = tmp_path_factory.mktemp("report") / "report.xlsx"
    path.write_bytes(content(run))
    return path
