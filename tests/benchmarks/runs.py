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
from typing import NamedTuple

import numpy as np
from bundled import SEED, TWELVE, bundled
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
QUIET = {
    "distributed.worker.profile.enabled": False,
    "distributed.worker.memory.monitor-interval": "1s",
    "distributed.admin.tick.interval": "1s",
    "distributed.admin.system-monitor.interval": "10s",
}
"""What CONTRIBUTING.md asks of a scheduler and of its workers."""
AS_DESIGNED = 10.87
"""What numpy's Philox took for a normal where goals in seconds were set, at 92 million a second [ns]."""
PROBE = 2.0
"""How long normals are drawn before a run and after it [s]: other work on a machine comes and goes."""
RUNS = 3
"""Runs of which the median counts. What is compared is run in turn, each first every other time: within
minutes the machine may get faster or slower."""


class Timed(NamedTuple):
    """Wall time of a run [s], and what numpy's Philox took for a normal before and after it [ns]."""

    seconds: float
    normal: float

    @property
    def as_designed(self) -> float:
        """What the run would take where goals in seconds were set [s]."""
        return self.seconds * AS_DESIGNED / self.normal


def verdicts(*, quick: bool) -> Iterator[Verdict | Skipped]:
    """Quick runs are shorter, and figures of a million paths scaled up from theirs.

    The first simulation of a process loads what others find.
    """
    paths = DEFAULT if quick else LARGE
    _simulated(SMALL, TWELVE, 2)
    runs: list[Callable[[], float]] = [partial(_simulated, paths, TWELVE, 2)]
    if find_spec("distributed") is not None:
        runs.append(partial(_simulated_by_dask, paths))
    two, *there = _in_turn(*runs)
    yield _times(paths, two)
    yield _default_run()
    yield from _memory_of_runs(quick=quick)
    yield _helpers(SMALL if quick else LARGE // 4)
    yield _dask(paths, two, *there)


def _in_turn(*runs: Callable[[], float]) -> list[list[Timed]]:
    """Times of runs, each made RUNS times."""
    times: list[list[Timed]] = [[] for _ in runs]
    pairs = list(zip(runs, times, strict=True))
    for _ in range(RUNS):
        for run, found in pairs:
            before = _normal()
            taken = run()
            found.append(Timed(taken, (before + _normal()) / 2.0))
        pairs.reverse()
    return times


def _normal() -> float:
    """What numpy's Philox takes for a normal on one core now, other work on it included [ns]."""
    generator, out = np.random.Generator(np.random.Philox(SEED)), np.empty(BLOCK)
    pieces, started = 0, time.perf_counter()
    while (taken := time.perf_counter() - started) < PROBE:
        for _ in range(BLOCK):
            generator.standard_normal(out=out)
        pieces += 1
    return 1e9 * taken / (pieces * BLOCK**2)


def _each(runs: Sequence[Timed]) -> list[float]:
    """Wall times to a tenth of a second [s]."""
    return [round(run.seconds, 1) for run in runs]


def _in_seconds(name: str, runs: Sequence[Timed], bound: float, figures: dict[str, object]) -> Verdict:
    """A goal in seconds: the median of runs, and beside it what they would take where it was set."""
    figures |= {
        "each [s]": _each(runs),
        "a normal of numpy's Philox around each [ns]": [round(run.normal, 1) for run in runs],
        f"where a normal takes {AS_DESIGNED} ns [s]": median(run.as_designed for run in runs),
    }
    return Verdict(2, name, median(run.seconds for run in runs), "at most", bound, "s", figures)


def _simulated(paths: int, scenarios: int, workers: int, ways: Ways | None = None) -> float:
    """Wall time of a simulation [s]."""
    case = bundled()
    started = time.perf_counter()
    with helped(workers, paths) as helpers:
        simulate(
            case.model, case.scenarios[:scenarios], paths, SEED, helpers, lambda *_: None, ways or Ways()
        )
    return time.perf_counter() - started


def _times(paths: int, two: Sequence[Timed]) -> Verdict:
    """Twelve scenarios took these times: their median."""
    every = len(bundled().scenarios)
    scale = LARGE / paths
    figures: dict[str, object] = {
        "paths simulated": paths,
        f"all {every} scenarios, 1,048,576 paths [s]": scale * _simulated(paths, every, 2),
    }
    runs = [run._replace(seconds=scale * run.seconds) for run in two]
    return _in_seconds("1,048,576 paths, 12 scenarios, 2 processes", runs, 90.0, figures)


def _default_run() -> Verdict:
    """The default run with forecasts and workbook: the median of some."""
    (runs,) = _in_turn(partial(_timed_run, DEFAULT, 2))
    return _in_seconds("default run, forecasts and workbook included", runs, 20.0, {})


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
    figures = {"paths": paths, "one process, each [s]": _each(one), "two, each [s]": _each(two)}
    faster = median(single.seconds / both.seconds for single, both in zip(one, two, strict=True))
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


def _dask(paths: int, two: Sequence[Timed], there: Sequence[Timed] = ()) -> Verdict | Skipped:
    """Times of two processes, and beside each one of two workers of a scheduler, none without Dask."""
    if not there:
        return Skipped(
            5, "Dask against processes", "distributed is not installed: pip install --editable .[bench]"
        )
    ratios = (dask.seconds / both.seconds for dask, both in zip(there, two, strict=True))
    overhead = 100.0 * (median(ratios) - 1.0)
    figures = {
        "paths": paths,
        "Dask, each [s]": _each(there),
        "two, each [s]": _each(two),
    }
    return Verdict(5, "Dask against processes", overhead, "at most", 5.0, "% more", figures)
