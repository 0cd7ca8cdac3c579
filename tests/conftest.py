"""What all tests share: the place of the project, a fixed hypothesis profile, Ctrl-C, no LibreOffice."""

import gc
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from forecaster.case import Case
    from models.model import Model

settings.register_profile("fixed", derandomize=True, deadline=None, database=None)
settings.load_profile("fixed")

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # as a shell leaves it to what runs in the background
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(autouse=True)
def unfrozen() -> Iterator[None]:
    """What a command took for lasting, being a process's only one, may be garbage after a test."""
    yield
    gc.unfreeze()


@pytest.fixture(scope="session")
def root() -> Path:
    """Folder of the checkout."""
    return Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def invented_union(tmp_path_factory: pytest.TempPathFactory) -> "Case":
    """The union of three invented states, as a case; two of the three take part in a contract."""
    from invented.union import assuming, invented

    case = invented(tmp_path_factory.mktemp("invented") / "case")
    return assuming(case, {"participation.states_per_contract": 2})


@pytest.fixture(scope="session")
def invented_model(invented_union: "Case") -> "Model":
    """The model of that case over ten years."""
    from forecaster import assembly

    return assembly.model(invented_union, assembly.budget_forecast(invented_union, range(2026, 2036)))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files with slow tests first, so that none is left to one processor at the end.

    And skip, with a reason, what needs LibreOffice where there is none.
    """
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in slow)
    if shutil.which("soffice"):
        return
    for item in items:
        if item.get_closest_marker("libreoffice"):
            item.add_marker(pytest.mark.skip(reason="LibreOffice (soffice) is not installed"))
