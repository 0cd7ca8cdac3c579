"""Interrupted runs that go on: the same counts, and never those of another run."""

import multiprocessing
import os
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from forecaster import engine
from forecaster.engine import Ways, WorkerError, checkpoint, crew, simulate
from forecaster.engine.checkpoint import ENDING, Checkpoints, Kept
from forecaster.machine import output
from forecaster.machine.processes import helped
from models.shocks import BLOCK
from models.stress import scenario

PATHS = 16 * BLOCK
SCENARIOS = (
    scenario("baseline", {}, 10),
    scenario("recession", {"budget": [1.0, 0.95]}, 10),
    scenario("shock", {"prices": 1.3, "slip": 1.5}, 10),
)


@pytest.fixture(autouse=True)
def often(monkeypatch):
    """A checkpoint every two blocks."""
    monkeypatch.setattr(crew, "STRIDE", 2)


@pytest.fixture
def told():
    return []


@pytest.fixture
def keeper(tmp_path, told):
    def new(*, resume=False, key="a run"):
        return Checkpoints(Kept(tmp_path / "kept", resume, told.append), key)

    return new


@pytest.fixture(scope="module")
def run(invented_model):
    def simulated(keeper=None, *, workers=1, seed=7, scenarios=SCENARIOS, until=PATHS):
        def interrupted(done, total, _):
            if done >= until and done < total:
                raise KeyboardInterrupt

        with helped(workers, 2**20) as helpers:
            return simulate(invented_model, scenarios, PATHS, seed, helpers, interrupted, Ways(keeper=keeper))

    return simulated


@pytest.fixture(scope="module")
def whole(run):
    """Digest of the run that nothing interrupts."""
    return run().statistics.digest()


def files(tmp_path):
    return sorted(path.name for path in (tmp_path / "kept").rglob("*") if path.is_file())


def interrupt(run, keeper, until=7 * BLOCK, **given):
    with pytest.raises(KeyboardInterrupt):
        run(keeper, until=until, **given)


@pytest.mark.parametrize("workers", [(1, 1), (1, 2), (2, 1)])
def test_a_resumed_run_counts_what_an_uninterrupted_one_does(tmp_path, run, keeper, whole, told, workers):
    interrupt(run, keeper(), workers=workers[0])
    assert files(tmp_path) == ["00000004.counts", "00000006.counts"]
    found = run(keeper(resume=True), workers=workers[1])
    assert found.statistics.digest() == whole
    assert told == [
        "6,144 paths are kept; with --resume the same command goes on from there.",
        "Going on from 6,144 paths.",
    ]
    assert files(tmp_path) == []


def test_a_run_may_be_interrupted_twice(run, keeper, whole):
    interrupt(run, keeper())
    interrupt(run, keeper(resume=True), until=11 * BLOCK)
    assert run(keeper(resume=True)).statistics.digest() == whole


def test_a_helper_that_is_killed_leaves_its_checkpoint(invented_model, run, keeper, whole, told):
    def kills(done, *_):
        if done >= 7 * BLOCK:
            for process in multiprocessing.active_children():
                process.kill()
                process.join()

    with pytest.raises(WorkerError, match="a helper process ended"), helped(2, 2**20) as helpers:
        simulate(invented_model, SCENARIOS, PATHS, 7, helpers, kills, Ways(keeper=keeper()))
    assert told[0].endswith(" paths are kept; with --resume the same command goes on from there.")
    assert run(keeper(resume=True)).statistics.digest() == whole


@pytest.mark.parametrize("damage", ["cut", "changed", "longer", "empty", "swapped"])
def test_a_damaged_file_is_told_and_the_one_before_it_used(tmp_path, run, keeper, whole, told, damage):
    interrupt(run, keeper())
    last = next((tmp_path / "kept").rglob("00000006.counts"))
    content = bytearray(last.read_bytes())
    match damage:
        case "cut":
            del content[-1]
        case "changed":
            content[len(content) // 2] ^= 1
        case "longer":
            content += b"\0"
        case "empty":
            content.clear()
        case "swapped":
            content = last.with_name("00000004.counts").read_bytes()
    last.write_bytes(content)
    told.clear()
    assert run(keeper(resume=True)).statistics.digest() == whole
    assert told == [
        "00000006.counts: this checkpoint is damaged and is not used.",
        "Going on from 4,096 paths.",
    ]


def test_with_all_damaged_a_run_starts_anew(tmp_path, run, keeper, whole, told):
    interrupt(run, keeper())
    for file in (tmp_path / "kept").rglob("*.counts"):
        file.write_bytes(b"")
    told.clear()
    assert run(keeper(resume=True)).statistics.digest() == whole
    assert [line.split(":")[0] for line in told] == [
        "00000006.counts",
        "00000004.counts",
        "No unfinished run of this case with these settings and this version",
    ]


@pytest.mark.parametrize(
    "changed",
    [
        {"key": "another case, version or setting"},
        {"seed": 8},
        {"scenarios": (*SCENARIOS, scenario("more", {"budget": 0.9}, 10))},
        {"scenarios": (*SCENARIOS[:2], replace(SCENARIOS[2], id="renamed"))},
    ],
)
def test_another_run_never_uses_it(run, keeper, told, changed):
    interrupt(run, keeper())
    told.clear()
    key = changed.pop("key", "a run")
    fresh = run(**changed).statistics.digest()
    assert run(keeper(resume=True, key=key), **changed).statistics.digest() == fresh
    assert told == [
        "No unfinished run of this case with these settings and this version: from the first path."
    ]


def test_without_resume_a_run_starts_anew_and_says_what_it_could_have_done(run, keeper, whole, told):
    interrupt(run, keeper())
    told.clear()
    assert run(keeper()).statistics.digest() == whole
    advice = "with --resume the same command goes on from there."
    assert told == [f"An unfinished run of this case stands at 6,144 paths; {advice}"]


def test_a_folder_that_cannot_be_written_to_is_told_once(tmp_path, run, keeper, whole, told):
    (tmp_path / "kept").write_text("a file where the folder should be", encoding="utf-8")
    assert run(keeper()).statistics.digest() == whole
    assert len(told) == 1
    assert told[0].startswith("This run cannot be resumed later: ")


def test_what_was_given_up_is_removed_in_time(tmp_path, run, keeper):
    interrupt(run, keeper(key="given up"))
    interrupt(run, keeper(key="recent"))
    old, recent = sorted((tmp_path / "kept").iterdir(), key=lambda folder: folder.stat().st_mtime)
    month_ago = time.time() - (checkpoint.FORGOTTEN_AFTER + 1.0) * 86_400.0
    os.utime(old, (month_ago, month_ago))
    run(keeper())
    assert list((tmp_path / "kept").iterdir()) == [recent]


def test_nothing_half_written_is_ever_in_place(tmp_path, run, keeper, monkeypatch, told):
    """A write that fails, as on a full disk, leaves the checkpoint before it alone."""
    interrupt(run, keeper(), until=3 * BLOCK)
    whole_file = next((tmp_path / "kept").rglob("*.counts"))
    before = whole_file.read_bytes()
    monkeypatch.setattr(checkpoint, "_bytes", _full_disk)
    run(keeper(), until=PATHS)
    assert any("No space left on device" in line for line in told)
    assert not whole_file.exists()  # the run came to its end and needs none
    assert before


def test_an_old_file_that_a_scanner_holds_is_waited_for(run, keeper, whole, monkeypatch, told):
    held, unlink = [], Path.unlink

    def scanned(file, **options):
        if file.suffix == ENDING and file not in held:
            held.append(file)
            raise PermissionError(13, "used by another process")
        unlink(file, **options)

    monkeypatch.setattr(Path, "unlink", scanned)
    monkeypatch.setattr(output, "PAUSES", (0.0,))
    assert run(keeper()).statistics.digest() == whole
    assert held
    assert told == []


def _full_disk(_):
    raise OSError(28, "No space left on device")


def test_long_runs_keep_less_often():
    course = engine._Course({}, None, 2**14, Ways(keeper=object()), print)
    stops = [course.next_stop(0, 16)]
    while stops[-1] < 2**14:
        stops.append(course.next_stop(stops[-1], 16))
    assert stops[:4] == [16, 32, 48, 64]
    assert len(stops) < 60
    assert np.diff(stops)[-2] >= 1024
