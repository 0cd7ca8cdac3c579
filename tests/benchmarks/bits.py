"""Goal 4: one tally hash, whoever counts and wherever. The tests of it are the suite's own."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from verdicts import Verdict

ROOT = Path(__file__).resolve().parents[2]
TESTS = ("test_bits.py", "test_engine.py", "test_checkpoint.py", "test_cluster.py")


def verdicts(*, quick: bool) -> Iterator[Verdict]:
    """How many of the tests of equal bits fail."""
    files = [str(ROOT / "tests" / "forecaster" / "engine" / name) for name in TESTS[: 1 if quick else None]]
    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "--no-header", "-rs", *files],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    lines = run.stdout.strip().splitlines()
    failed = float(run.returncode != 0)
    figures = {
        "tests": lines[-1] if lines else "none",
        "skipped": [x for x in lines if x.startswith("SKIPPED")],
    }
    yield Verdict(4, "tests of equal bits: runs that failed", failed, "at most", 0.0, "", figures)
