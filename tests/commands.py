"""The command line as a user meets it, in the process of the test or in one of its own."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from click.testing import CliRunner

from forecaster.cli import cli


def invoke(*args: object) -> Any:
    """How a command ended: its exit code, what it printed."""
    return CliRunner().invoke(cli, [str(arg) for arg in args], prog_name="forecaster")


def start(*args: object, **options: Any) -> subprocess.Popen[bytes]:
    """The program in a process of its own."""
    root = str(Path(__file__).resolve().parents[1])
    environment = {**os.environ, "PYTHONPATH": root, **options.pop("env", {})}
    return subprocess.Popen(
        [sys.executable, "-m", "forecaster", *map(str, args)],
        env=environment,
        stdout=subprocess.PIPE,
        **{"stderr": subprocess.PIPE, **options},
    )


def ended_alone(code: str) -> subprocess.CompletedProcess[str]:
    """How a command named `do` ends in a process of its own."""
    code = f"""
import errno, signal, sys
from forecaster import cli
from forecaster.cli import endings
sys.argv = ["forecaster", "do"]
{code}
cli.main()
"""
    environment = {
        **os.environ,
        "PYTHONPATH": str(Path(__file__).resolve().parents[1]),
        "PYTHONUNBUFFERED": "",
    }
    return subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, encoding="utf-8", check=False
    )
