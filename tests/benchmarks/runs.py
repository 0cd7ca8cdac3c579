"""Goals 2, 3 and 5: whole simulations and runs: time, memory, helpers, a Dask scheduler."""

import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from statistics import median

import numpy as np
from bundled import SEED, bundled, seconds
from verdicts import Skipped, Verdict

from forecaster.engine import Ways, simulate
from forecaster.engine.cluster import at
from forecaster.engine.count import groups
from forecaster.engine.crew import local
from forecaster.engine.pilot import blank
from forecaster.machine.processes import helped
from models.shocks import BLOCK
from models.tally import bytes_of

ROOT = Path(__file__).resolve().parents[2]
LARGE, DEFAULT, SMALL = 2**20, 2**16, 2**15
TWELVE = 12
QUIET = {
    "distributed.worker.profile.enabled": False,
    "distributed.worker.memory.monitor-interval": "1s",
    "distributed.admin.tick.interval": "1s",
    "distributed.admin.system-monitor.interval": "10s",
}
"""What CONTRIBUTING.md asks of a scheduler and of its workers."""
PACE = "a normal of numpy's Philox at the time [ns]; 10.9 where the goals were set"
"""Goals in seconds are those of one machine; this tells how fast another is, and how fast at that time."""
RUNS = 3
"""Runs of which the median counts: other work on a machine makes some slower. What is compared is run in
turn, each first every other time: within minutes the machine may get faster or slower."""


def verdicts(*, quick: bool) -> Iterator[Verdict | Skipped]:
    """Quick runs are shorter, and figures of a million paths scaled up from theirs.

    The first simulation of a process loads what others find.
    """
    paths = DEFAULT if quick else LARGE
    _simulated(SMALL, TWELVE, 2)
    normals: list[float] = []

    def by_processes() -> float:
        normals.append(_normal())
        return _simulated(paths, TWELVE, 2)

    runs: list[Callable[[], float]] = [by_processes]
    if find_spec("distributed") is not None:
        runs.append(partial(_simulated_by_dask, paths))
    twelve, *there = _in_turn(*runs)
    yield _times(paths, twelve, normals)
    yield _default_run()
    yield from _memory_of_runs(quick=quick)
    yield _helpers(SMALL if quick else LARGE // 4)
    yield _dask(paths, twelve, *there)


def _in_turn(*runs: Callable[[], float]) -> list[list[float]]:
    """Times of runs, each made RUNS times [s]."""
    times: list[list[float]] = [[] for _ in runs]
    pairs = list(zip(runs, times, strict=True))
    for _ in range(RUNS):
        for run, found in pairs:
            found.append(run())
        pairs.reverse()
    return times


def _simulated(paths: int, scenarios: int, workers: int, ways: Ways | None = None) -> float:
    """Wall time of a simulation [s]."""
    case = bundled()
    started = time.perf_counter()
    with helped(workers, paths) as helpers:
        simulate(
            case.model, case.scenarios[:scenarios], paths, SEED, helpers, lambda *_: None, ways or Ways()
        )
    return time.perf_counter() - started


def _normal() -> float:
    """What numpy's Philox takes for a normal on one core now [ns]."""
    generator, out = np.random.Generator(np.random.Philox(SEED)), np.empty(BLOCK)
    return 1e9 * seconds(lambda: [generator.standard_normal(out=out) for _ in range(BLOCK)], 9) / BLOCK**2


def _times(paths: int, twelve: Sequence[float], normals: Sequence[float]) -> Verdict:
    """Twelve scenarios took these times [s]: their median. normals: as `_normal` before each [ns]."""
    every = len(bundled().scenarios)
    scale = LARGE / paths
    whole = scale * _simulated(paths, every, 2)
    figures = {
        "paths simulated": paths,
        "each [s]": [round(scale * one, 1) for one in twelve],
        PACE: [round(one, 1) for one in normals],
        f"all {every} scenarios, 1,048,576 paths [s]": whole,
    }
    name = "1,048,576 paths, 12 scenarios, 2 processes"
    return Verdict(2, name, scale * median(twelve), "at most", 90.0, "s", figures)


def _default_run() -> Verdict:
    """The default run with forecasts and workbook: the median of some."""
    walls, normals = zip(*((_timed_run(DEFAULT, 2), _normal()) for _ in range(RUNS)), strict=True)
    figures = {"each [s]": [round(one, 1) for one in walls], PACE: [round(one, 1) for one in normals]}
    name = "default run, forecasts and workbook included"
    return Verdict(2, name, median(walls), "at most", 20.0, "s", figures)


def _memory_of_runs(*, quick: bool) -> Iterator[Verdict | Skipped]:
    """Memory of the default run: the goal is one of a single process."""
    together, largest = _measured_run(DEFAULT, 2)
    case = bundled()
    tallies, _ = blank(case.model, groups(case.scenarios), SEED)
    yield Verdict(3, "tallies", bytes_of(tallies) / 1e6, "at most", 120.0, "MB")
    if not together:
        yield Skipped(3, "memory of a run", "only Linux tells it (/proc)")
        return
    _, alone = _measured_run(DEFAULT, 1)
    figures = {"two processes, proportional, together [MB]": together, "the larger of two [MB]": largest}
    yield Verdict(3, "peak of a run in one process, resident", alone, "at most", 450.0, "MB", figures)
    if quick:
        yield Skipped(3, "growth of memory from 65,536 to 1,048,576 paths", "takes minutes: without --quick")
        return
    more, _ = _measured_run(LARGE, 2)
    growth = 100.0 * (more / together - 1.0)
    yield Verdict(3, "growth of memory from 65,536 to 1,048,576 paths", growth, "at most", 5.0, "%")


@contextmanager
def _run(paths: int, workers: int) -> Iterator[subprocess.Popen[bytes]]:
    """A run of the program with a workbook that nobody keeps; it has ended when this has."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "forecaster", "run", "--quiet"]
        command += ["--paths", str(paths), "--workers", str(workers)]
        with subprocess.Popen(
            [*command, "--output", str(Path(folder) / "out.xlsx")],
            env={**os.environ, "PYTHONPATH": str(ROOT), "XDG_CACHE_HOME": folder},
            stdout=subprocess.DEVNULL,
        ) as process:
            yield process
        subprocess.CompletedProcess(command, process.returncode).check_returncode()


def _timed_run(paths: int, workers: int) -> float:
    """Wall time of a run at which nobody looks meanwhile [s]."""
    started = time.perf_counter()
    with _run(paths, workers) as process:
        process.wait()
        return time.perf_counter() - started


def _measured_run(paths: int, workers: int) -> tuple[float, float]:
    """Proportional memory of all processes of a run and resident memory of the largest, peaks [MB].

    To look takes a process some milliseconds, several times a second.
    """
    together = largest = 0.0
    with _run(paths, workers) as process:
        while process.poll() is None:
            found = [_memory(one) for one in _family(process.pid)]
            together = max(together, sum(share for share, _ in found))
            largest = max([largest, *(resident for _, resident in found)])
            time.sleep(0.2)
    return together, largest


def _family(process: int) -> Iterator[int]:
    """A process and those it started."""
    yield process
    try:
        for children in Path(f"/proc/{process}/task").glob("*/children"):
            for child in children.read_text().split():
                yield from _family(int(child))
    except OSError:
        return


def _memory(process: int) -> tuple[float, float]:
    """Proportional and whole resident memory [MB]; nothing of a process that has ended."""
    try:
        told = Path(f"/proc/{process}/smaps_rollup").read_text()
    except OSError:
        return 0.0, 0.0
    pss, rss = (re.search(rf"^{name}:\s+(\d+)", told, re.MULTILINE) for name in ("Pss", "Rss"))
    return (int(pss[1]) / 1024.0, int(rss[1]) / 1024.0) if pss and rss else (0.0, 0.0)


def _helpers(paths: int) -> Verdict:
    """One process in passes of as many paths as those of two, and two."""
    alone = Ways(crew=partial(local, helpers=None))
    one, two = _in_turn(partial(_simulated, paths, TWELVE, 1, alone), partial(_simulated, paths, TWELVE, 2))
    figures = {
        "paths": paths,
        "one process, each [s]": [round(time, 1) for time in one],
        "two, each [s]": [round(time, 1) for time in two],
    }
    faster = median(alone / both for alone, both in zip(one, two, strict=True))
    return Verdict(5, "two processes against one", faster, "at least", 1.7, "times", figures)


def _simulated_by_dask(paths: int) -> float:
    """Wall time of a simulation by two workers of a scheduler on this machine [s].

    As in a run with --cluster, helpers of this machine share the first paths.
    """
    import_module("dask").config.set(QUIET)
    with import_module("distributed").LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=":0", host="127.0.0.1"
    ) as cluster:
        started = time.perf_counter()
        with at(cluster.scheduler_address, insecure=False) as crew:
            _simulated(paths, TWELVE, 2, Ways(crew=crew))
        return time.perf_counter() - started


def _dask(paths: int, two: Sequence[float], there: Sequence[float] = ()) -> Verdict | Skipped:
    """Times of two processes, and beside each one of two workers of a scheduler, none without Dask [s]."""
    if not there:
        return Skipped(
            5, "Dask against processes", "distributed is not installed: pip install --editable .[bench]"
        )
    overhead = 100.0 * (median(dask / both for dask, both in zip(there, two, strict=True)) - 1.0)
    figures = {
        "paths": paths,
        "Dask, each [s]": [round(one, 1) for one in there],
        "two, each [s]": [round(one, 1) for one in two],
    }
    return Verdict(5, "Dask against processes", overhead, "at most", 5.0, "% more", figures)
