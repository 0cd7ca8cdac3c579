"""A temporary folder that cannot be used is told of, with nothing left there."""

import multiprocessing
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from forecaster.engine import WorkerError, crew, simulate
from forecaster.errors import OutputNotWritable
from forecaster.machine import output
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


def ends(*_: object) -> None:
    pass


def is_interrupted(*_: object) -> None:
    raise KeyboardInterrupt


def loses_its_helper(*_: object) -> None:
    for process in multiprocessing.active_children():
        process.kill()
        process.join()


@pytest.fixture
def removed(monkeypatch) -> list[str]:
    """Files of temporary folders that are still open or mapped when they go: Windows would leave them."""
    found: list[str] = []
    cleanup = tempfile.TemporaryDirectory.cleanup

    def watched(folder: tempfile.TemporaryDirectory[str]) -> None:
        maps = Path("/proc/self/maps").read_text(encoding="utf-8").splitlines()
        opened = [str(link.readlink()) for link in Path("/proc/self/fd").iterdir() if link.is_symlink()]
        found.extend(line for line in (*maps, *opened) if folder.name in line)
        cleanup(folder)

    monkeypatch.setattr(tempfile.TemporaryDirectory, "cleanup", watched)
    return found


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells it (/proc)")
@pytest.mark.parametrize("run", [ends, is_interrupted, loses_its_helper])
def test_nothing_in_a_temporary_folder_is_in_use_when_it_goes(
    invented_model: Model, removed: list[str], run: Callable[..., None], tmp_path: Path, monkeypatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    try:
        with helped(2, 2**20) as helpers:
            simulate(invented_model, BASELINE, 8 * BLOCK, 7, helpers, run)
    except (KeyboardInterrupt, WorkerError):
        pass
    assert removed == []


def test_a_tally_that_a_scanner_holds_is_waited_for(
    invented_model: Model, tmp_path: Path, monkeypatch
) -> None:
    """A helper had died of it."""
    (tmp_path / "tally").write_bytes(bytes(8))
    held, mapped = [], np.memmap

    def scanned(*of: object, **options: object) -> object:
        held.append(of)
        if len(held) < 3:
            raise PermissionError(13, "used by another process")
        return mapped(*of, **options)

    monkeypatch.setattr(np, "memmap", scanned)
    monkeypatch.setattr(output, "PAUSES", (0.0, 0.0))
    monkeypatch.setattr(crew, "laid", lambda _, array: held.append(len(array)))
    job = crew.Job(invented_model, (), 7, 1)
    crew._Counting(job, {}, tmp_path / "tally")(SimpleNamespace(pieces=list, locks=()))
    assert held[3:] == [8]
