"""The bundled case, loaded once."""

import pytest

from forecaster.case import Case, bundled_case


@pytest.fixture(scope="session")
def whole() -> Case:
    """The case of a run without a folder."""
    return bundled_case()
