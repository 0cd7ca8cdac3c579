"""A case to change, and a finished run that commands get in place of a simulation."""

import pytest

from forecaster import case as cases
from forecaster import pipeline
from forecaster.case.settings import settled


@pytest.fixture
def folder(tmp_path):
    """A case that may be changed, and a place beside it for reports."""
    cases.init(tmp_path / "case", csv=True, force=False)
    return tmp_path / "case"


@pytest.fixture(scope="session")
def finished():
    """A short run of the bundled case, for what commands say and write of it."""
    return pipeline.run(
        settled(
            cases.bundled_case(),
            states=["DE", "GR"],
            scenarios=["recession"],
            paths=1024,
            years=5,
            drivers=False,
        )
    )


@pytest.fixture
def quick(monkeypatch, finished):
    """Commands get the finished run, and what they asked for can be seen."""
    asked = {}

    def run(case, **options):
        asked.update(options, case=case)
        options["progress"](512, 1024)
        return asked.get("run", finished)

    monkeypatch.setattr(pipeline, "run", run)
    return asked
