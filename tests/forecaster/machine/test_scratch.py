"""A temporary folder that cannot be used is told of, with nothing left there."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from forecaster.engine import simulate
from forecaster.errors import OutputNotWritable
from forecaster.machine.processes import helped
from models.model import Model
from models.shocks import BLOCK
from models.stress import scenario

BASELINE = (scenario("baseline", {}, 10),)


@contextmanager
def full_disk() -> Iterator[None]:
    """As on a disk with no room left, no file gets larger than 4 MB."""
    resource = pytest.importorskip("resource")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4_000_000, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def simulated(model: Model, workers: int) -> None:
    with helped(workers, 2**20) as helpers:
        simulate(model, BASELINE, 2 * BLOCK, 7, helpers, lambda *_: None)


@pytest.mark.parametrize("workers", [1, 2])
def test_counts_that_find_no_room_are_told(invented_model: Model, workers, tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    told = r": what the simulation counts \(\d+ MB\) cannot be written to this temporary folder: .*large"
    with pytest.raises(OutputNotWritable, match=told), full_disk():
        simulated(invented_model, workers)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("workers", "what"), [(1, "what the simulation counts"), (2, "what is handed to helper processes")]
)
def test_a_folder_that_is_not_there_is_told(invented_model: Model, workers, what, tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "gone"))
    with pytest.raises(OutputNotWritable, match=rf"{Path('gone')}: {what}.* TMPDIR \(on Windows TEMP\)"):
        simulated(invented_model, workers)
