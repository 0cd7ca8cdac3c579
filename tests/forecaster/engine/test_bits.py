"""The same bits whatever runs them: code for other processors, other kernels, Python, a killed program."""

import os
import pickle
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from numpy._core import _multiarray_umath as features

from forecaster import assembly
from forecaster.engine import simulate
from models.shocks import BLOCK
from models.stress import scenario

PATHS = 8 * BLOCK
LEVERS = {"baseline": {}, "shock": {"prices": 1.3, "slip": 1.5}}
YEARS = range(2026, 2030)
"""Enough for all loops: contracts are awarded, paid, delivered and kept up in them."""

ELSEWHERE = """
import hashlib, pickle, sys
from pathlib import Path
import numpy as np
sys.path.insert(0, sys.argv[1])
from forecaster.engine import simulate
model, scenarios, paths = pickle.loads(Path(sys.argv[2]).read_bytes())
print(simulate(model, scenarios, paths, 7, None, lambda *_: None).statistics.digest())
print(hashlib.sha256(np.exp(np.linspace(-5.0, 5.0, 100_001)).tobytes()).hexdigest())
"""


def scenarios(model, names=tuple(LEVERS)):
    return [scenario(name, LEVERS[name], len(model.years)) for name in names]


def digest(model, scenarios, paths):
    return simulate(model, scenarios, paths, 7, None, lambda *_: None).statistics.digest()


@pytest.fixture(scope="module")
def elsewhere(root, tmp_path_factory, invented_model):
    """Digests of the counts and of np.exp in a process with another environment."""
    work = tmp_path_factory.mktemp("bits") / "work"
    usual = invented_model, scenarios(invented_model), PATHS

    def digests(asked=usual, **environment):
        work.write_bytes(pickle.dumps(asked))
        run = subprocess.run(
            [sys.executable, "-c", ELSEWHERE, str(root), str(work)],
            env={**os.environ, **environment},
            capture_output=True,
            text=True,
            check=True,
        )
        return run.stdout.split()

    return digests


@pytest.fixture(scope="module")
def here(invented_model):
    return digest(invented_model, scenarios(invented_model), PATHS)


def test_other_code_of_numpy_gives_the_same_counts(elsewhere, here):
    """With all code for this processor's own instructions left aside; np.exp shows that it is."""
    used = [name for name in features.__cpu_dispatch__ if features.__cpu_features__.get(name)]
    if not used:
        pytest.skip("numpy has no code for this processor beyond its baseline")
    found, exp = elsewhere(NPY_DISABLE_CPU_FEATURES=" ".join(used))
    if exp == elsewhere()[1]:
        pytest.skip("np.exp is the same without this processor's instructions: nothing would be shown")
    assert found == here


def test_loops_compiled_for_the_plainest_processor_give_the_same_counts(elsewhere, here, tmp_path):
    assert (
        elsewhere(NUMBA_CPU_NAME="generic", NUMBA_CPU_FEATURES="", NUMBA_CACHE_DIR=str(tmp_path))[0] == here
    )


@pytest.mark.slow
def test_loops_are_the_formula(elsewhere, invented_union):
    """Read as plain Python, which refuses what is out of bounds, they give the bits of the machine code.

    One scenario alone goes through every line and branch of them.
    """
    model = assembly.model(invented_union, assembly.budget_forecast(invented_union, YEARS))
    asked = model, scenarios(model, ["shock"]), BLOCK
    assert elsewhere(asked, NUMBA_DISABLE_JIT="1")[0] == digest(*asked)


@pytest.mark.parametrize("kernels", ["Haswell", "Prescott"])
def test_other_kernels_of_openblas_give_the_same_counts(elsewhere, here, kernels):
    assert elsewhere(OPENBLAS_CORETYPE=kernels)[0] == here


@pytest.mark.slow
def test_a_program_that_is_killed_goes_on_to_the_same_report(root, tmp_path, invented_union):
    """Byte for byte that of a run which nothing interrupts."""

    def started(name, *more):
        command = [
            *("run", invented_union.folder, "-o", tmp_path / name),
            *("--paths", 3 * 2**15, "--scenario", "baseline", "--workers", 1, "--no-drivers"),
        ]
        return subprocess.Popen(
            [sys.executable, "-m", "forecaster", *map(str, (*command, *more))],
            env={**os.environ, "PYTHONPATH": str(root), "XDG_CACHE_HOME": str(tmp_path / "cache")},
            stderr=subprocess.PIPE,
            text=True,
        )

    with started("killed.xlsx") as program:
        while not list((tmp_path / "cache").rglob("*.counts")) and program.poll() is None:
            time.sleep(0.02)
        program.send_signal(signal.SIGTERM if sys.platform == "win32" else signal.SIGKILL)
    assert not (tmp_path / "killed.xlsx").exists()
    reports = []
    for name, more in (("resumed.xlsx", ["--resume"]), ("whole.xlsx", [])):
        with started(name, *more) as program:
            _, told = program.communicate(timeout=600)
        assert program.returncode == 0, told
        assert ("Going on from" in told) is bool(more)
        reports.append(Path(tmp_path / name).read_bytes())
    assert reports[0] == reports[1]
