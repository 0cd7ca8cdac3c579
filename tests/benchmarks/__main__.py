"""Measures the goals of the engine: one line each, the last `N passed, N failed`; reports/bench.json has all.

    python tests/benchmarks [--quick] [part ...]

Not part of the test suite: times depend on the machine and on what else it does.
"""

import argparse
import json
import os
import platform
import sys
from pathlib import Path

import numpy as np

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
PARTS = ("rates", "peers", "runs", "bits", "accuracy")


def main() -> int:
    parser = argparse.ArgumentParser(prog="benchmarks", description=(__doc__ or "").split("\n")[0])
    parser.add_argument(
        "--quick", action="store_true", help="shorter runs of fewer paths: minutes, not most of an hour"
    )
    parser.add_argument(
        "parts", nargs="*", metavar="part", help=f"of {', '.join(PARTS)}; all where none is named"
    )
    asked = parser.parse_args()
    found = []
    try:
        for part in asked.parts or PARTS:
            for verdict in __import__(part).verdicts(quick=asked.quick):
                print(verdict.line, flush=True)
                for name, value in getattr(verdict, "figures", {}).items():
                    print(f"          {name}: {_shown(value)}", flush=True)
                found.append(verdict)
    finally:
        _write([verdict.record() for verdict in found])
    states = [verdict.passed for verdict in found if hasattr(verdict, "passed")]
    print(f"{sum(states)} passed, {len(states) - sum(states)} failed")
    return 0 if all(states) else 1


def _shown(value: object) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name} {_shown(part)}" for name, part in value.items())
    return f"{value:,.4g}" if isinstance(value, float) else str(value)


def _write(records: list[dict[str, object]]) -> None:
    target = ROOT / "reports" / "bench.json"
    machine = {"cores": os.cpu_count(), "machine": platform.machine(), "numpy": np.__version__}
    target.write_text(
        json.dumps({"machine": machine, "verdicts": records}, indent=2) + "\n", encoding="utf-8"
    )


if __name__ == "__main__":
    sys.path[:0] = [str(HERE), str(ROOT)]
    sys.exit(main())
