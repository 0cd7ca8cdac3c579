"""How a command ends that is interrupted or fails: one line, an exit code, no trace, nothing half-written."""

import errno
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import click
import pytest
from commands import ended_alone, invoke, start

from forecaster import pipeline, workbook


def test_ctrl_c_is_not_heard_once_the_command_has_ended():
    """Pressed twice, it comes while Python shuts down: that had ended in a trace, or in another exit code."""
    code = (
        "import atexit, signal, sys\n"
        "from forecaster import cli\n"
        "atexit.register(signal.raise_signal, signal.SIGINT)\n"
        "cli.cli = lambda **_: sys.exit(130)\n"
        "cli.main()"
    )
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[3])}
    ended = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False
    )
    assert (ended.returncode, ended.stderr) == (130, "")


def test_ctrl_c_held_down_is_heard_once():
    """It comes again while the first is told: that had ended in `Aborted!` and 1, or in a trace and -2."""
    ended = ended_alone("""
cli.cli.command("do")(lambda: signal.raise_signal(signal.SIGINT))
told = endings._told
endings._told = lambda error: signal.raise_signal(signal.SIGINT) or told(error)
""")
    assert (ended.returncode, ended.stderr) == (130, "Interrupted. No file is left half-written.\n")


def test_on_windows_a_reader_that_has_gone_is_no_internal_error():
    """`forecaster list levers | more`, left early: Windows calls that an invalid argument."""
    ended = ended_alone("""
class Gone:
    encoding, errors = "utf-8", "strict"
    write = lambda self, text: self.flush()
    fileno = lambda self: 1
    def flush(self):
        raise OSError(errno.EINVAL, "Invalid argument")
endings.CLOSED = (errno.EINVAL,)
def do():
    sys.stdout = Gone()
    try:
        print("a line")
    finally:
        sys.stdout = sys.__stdout__
        print("what Python still holds")
cli.cli.command("do")(do)
""")
    assert (ended.returncode, ended.stdout, ended.stderr) == (1, "", "")


def test_exit_codes_in_the_help_are_those_of_the_errors():
    from forecaster.errors import ForecasterError

    shown = invoke("--help").stdout
    for error in ForecasterError.__subclasses__():
        assert re.search(rf"^\s+{error.exit_code}  \w", shown, re.MULTILINE)


def test_a_full_disk_is_no_internal_error(tmp_path, monkeypatch):
    def full(*_, **__):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(pipeline, "run", full)
    ended = invoke("run", "-o", tmp_path / "out.xlsx")
    assert ended.exit_code == 7
    assert ended.stderr.startswith("No space is left where the output is printed to or where temporary files")


@pytest.mark.parametrize("option", ["--help", "--version"])
def test_nor_is_one_that_help_is_printed_to(monkeypatch, option):
    def full(*_, **__):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(click.Group, "parse_args", full)
    ended = invoke(option)
    assert ended.exit_code == 7
    assert ended.stderr.startswith("No space is left where the output is printed to")


def test_a_share_that_is_out_of_reach_is_no_internal_error(tmp_path, monkeypatch):
    def gone(path):
        raise OSError(errno.EINVAL, "The network location cannot be reached", str(path))

    monkeypatch.setattr(Path, "is_dir", gone)
    ended = invoke("check", tmp_path / "case")
    assert ended.exit_code == 3
    told = "cannot be reached or read (The network location cannot be reached)."
    assert ended.stderr == f"{tmp_path / 'case'}: {told}\n"


def test_an_internal_error_is_one_line_to_report(tmp_path, monkeypatch):
    def broken(*_, **__):
        raise ZeroDivisionError("division by zero")

    monkeypatch.setattr(pipeline, "run", broken)
    ended = invoke("run", "-o", tmp_path / "out.xlsx")
    assert ended.exit_code == 1
    assert re.fullmatch(
        r"Internal error, forecaster [\d.]+, test_endings\.py:\d+: ZeroDivisionError: division by zero\. "
        r"Please report this line; --debug shows the trace\.\n",
        ended.stderr,
    )
    assert list(tmp_path.iterdir()) == []
    assert isinstance(invoke("run", "--debug", "-o", tmp_path / "out.xlsx").exception, ZeroDivisionError)


@pytest.mark.usefixtures("quick")
def test_an_interrupt_while_the_report_is_written_leaves_nothing(tmp_path, monkeypatch):
    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(workbook, "write", interrupted)
    monkeypatch.setattr(signal, "signal", lambda *_: None)  # this process goes on, and hears Ctrl-C
    ended = invoke("run", "-o", tmp_path / "out.xlsx")
    assert ended.exit_code == 130
    assert ended.stderr == "Interrupted. No file is left half-written.\n"
    assert list(tmp_path.iterdir()) == []


def shown_until(terminal, pattern):
    """What a terminal shows until it shows the pattern or ends."""
    shown = ""
    while not re.search(pattern, shown):
        try:
            shown += os.read(terminal, 1024).decode()
        except OSError:
            break
    return shown


@pytest.mark.skipif(sys.platform == "win32", reason="needs a terminal of POSIX")
def test_ctrl_c_in_mid_run_is_one_line_and_leaves_nothing(tmp_path, tmp_path_factory):
    cache = {"XDG_CACHE_HOME": str(tmp_path_factory.mktemp("cache"))}
    terminal, stderr = os.openpty()
    with start("run", "--paths", 2**18, "-o", tmp_path / "out.xlsx", stderr=stderr, env=cache) as program:
        os.close(stderr)
        shown = shown_until(terminal, r"[1-9]\d*%")
        program.send_signal(signal.SIGINT)
        shown += shown_until(terminal, "$never")
        os.close(terminal)
        stdout, _ = program.communicate(timeout=120)
    assert "Simulating" in shown
    assert shown.rstrip().endswith("Interrupted. No file is left half-written."), shown
    assert "Traceback" not in shown
    assert (program.returncode, stdout) == (130, b"")
    assert list(tmp_path.iterdir()) == []
