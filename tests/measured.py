"""What it takes to read a file, measured in the process that reads it."""

import math
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl

from forecaster.readers import preview


def measure(file: Path, inputs: Path) -> dict[str, Any]:
    """Errors, format and count of figures; processor time [s] and peak of memory of this process [MB]."""
    start = time.process_time()
    found = preview.answer(file, inputs)
    preview.lines(found)
    understood = found.understanding
    return {
        "seconds": time.process_time() - start,
        "megabytes": peak(),
        "errors": [problem.line for problem in found.problems.errors],
        "format": understood.format if understood else None,
        "figures": sum(len(block.figures) for block in understood.blocks) if understood else 0,
    }


def loading(file: Path) -> float:
    """Processor time that openpyxl takes to load a workbook [s]: a measure of the machine as it is now."""
    start = time.process_time()
    openpyxl.load_workbook(file).close()
    return time.process_time() - start


TRIES = 3


def assert_within(times: float, seconds: Callable[[], float], file: Path) -> None:
    """Hold what something takes [s] to so many times what openpyxl takes to load a workbook.

    The shortest of up to three tries of each: what else a machine does makes them slower, and never faster.
    """
    taken, loaded = math.inf, math.inf
    for _ in range(TRIES):
        taken, loaded = min(taken, seconds()), min(loaded, loading(file))
        if taken < times * loaded:
            return
    raise AssertionError(f"{taken:.2f} s, {taken / loaded:.1f} times the {loaded:.2f} s of openpyxl")


def peak() -> float:
    """Most memory this process ever held [MB], 0 where the system does not tell."""
    status = Path("/proc/self/status")
    return int(status.read_text().split("VmHWM:")[1].split()[0]) / 1e3 if status.exists() else 0.0
