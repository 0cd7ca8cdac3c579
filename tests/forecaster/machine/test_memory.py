"""What is freed is no longer counted as this process's."""

import gc
import mmap
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from forecaster.machine.memory import hand_back, lasting, let_go, set_aside


def resident() -> int:
    """Pages of memory that this process has in use."""
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells it (/proc)")
def test_what_is_free_is_handed_back():
    """Arrays too small for a map of their own, with others between that stay."""
    arrays = [np.ones(12_000) for _ in range(1000)]
    held = resident()
    del arrays[:-1]
    hand_back()
    assert held - resident() > 900 * 12_000 * 8 // 4096
    assert arrays[0].sum() == 12_000.0


def faults() -> int:
    """Pages fetched from the system while arrays come and go."""
    resource = pytest.importorskip("resource")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    for _ in range(20):
        [np.ones(12_000) for _ in range(20)]
    return int(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)


@pytest.mark.skipif(sys.platform != "linux", reason="glibc's allocator")
def test_what_is_freed_is_kept_meanwhile_and_handed_back_at_the_end(root):
    """In a process that is told, as a Dask worker is, to hand back all it can."""
    program = (
        "from forecaster.machine.memory import kept\nfrom test_memory import faults, resident\n"
        "before = faults()\n"
        "with kept():\n    faults(); meanwhile = faults(); held = resident()\n"
        "print(before, meanwhile, held - resident())"
    )
    told = subprocess.run(
        [sys.executable, "-c", program],
        env={
            **os.environ,
            "MALLOC_TRIM_THRESHOLD_": "65536",
            "PYTHONPATH": os.pathsep.join((str(root), str(Path(__file__).parent))),
        },
        capture_output=True,
        text=True,
        check=True,
    )
    before, meanwhile, given_back = map(int, told.stdout.split())
    assert before > 2000
    assert meanwhile < 20
    assert given_back > 300


@pytest.mark.parametrize(
    "ended",
    [
        lambda shared, _: let_go(shared),
        lambda _, array: set_aside([np.ones(3), array.view(np.int64).reshape(-1, 8), array]),
    ],
)
def test_a_mapped_file_keeps_what_was_written_and_takes_no_memory(ended, tmp_path):
    size = 2**25
    with (tmp_path / "map").open("wb+") as file:
        file.truncate(size)
        shared = mmap.mmap(file.fileno(), size)
    array = np.frombuffer(shared, dtype=np.uint8)
    array[:] = 7
    held = resident() if sys.platform == "linux" else 0
    ended(shared, array)
    if sys.platform == "linux":
        assert held - resident() > 0.9 * size // 4096
    assert (tmp_path / "map").read_bytes().count(7) == size
    assert (array == 7).all()


def test_garbage_is_not_looked_for_in_what_lasts():
    """Neither while it is made nor later; what is made afterwards is gone through."""
    with lasting():
        assert not gc.isenabled()
        made: list[object] = [[]]
    assert gc.isenabled()
    later: list[object] = [[]]
    assert all(made is not one for one in gc.get_objects())
    assert any(later is one for one in gc.get_objects())
