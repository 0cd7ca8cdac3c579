"""The command line as a user meets it, in the process of the test."""

from typing import Any

from click.testing import CliRunner

from forecaster.cli import cli


def invoke(*args: object) -> Any:
    """How a command ended: its exit code, what it printed."""
    return CliRunner().invoke(cli, [str(arg) for arg in args], prog_name="forecaster")
