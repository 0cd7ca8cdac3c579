"""The command line as a whole: how it starts, its help, the names it takes."""

import gc
import os
import signal
import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.shell_completion import BashComplete
from commands import ended_alone, invoke, start

from forecaster.cli import cli

HEAVY = (
    "numpy",
    "numba",
    "pandas",
    "pydantic",
    "openpyxl",
    "scipy",
    "statsmodels",
    "xlsxwriter",
    "forecaster.case",
)


def test_help_answers_at_once_and_loads_only_click():
    """Beside click alone, which is half of it: 0.07 s of processor time together on a quiet machine."""
    code = (
        "import sys, time; started = time.process_time()\n"
        "import click; loaded = time.process_time()\n"
        "from forecaster.cli import cli\n"
        "try: cli(['--help'], prog_name='forecaster')\n"
        "except SystemExit: pass\n"
        "print((time.process_time() - loaded) / (loaded - started))\n"
        "print(*sorted(sys.modules))"
    )
    found = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[3])},
        capture_output=True,
        text=True,
        check=True,
    )
    times, modules = found.stdout.splitlines()[-2:]
    assert float(times) < 6
    assert [name for name in HEAVY if name in modules.split()] == []


@pytest.mark.parametrize(("given", "held"), [(None, "1"), ("3", "3")])
def test_solvers_get_one_thread_unless_told_otherwise(given, held):
    """Set before numpy is loaded, which reads it once."""
    code = (
        "import os, sys\n"
        "from forecaster import cli\n"
        "cli.cli = lambda **_: print('numpy' in sys.modules, os.environ['OPENBLAS_NUM_THREADS'])\n"
        "cli.main()"
    )
    environment = {name: value for name, value in os.environ.items() if name != "OPENBLAS_NUM_THREADS"}
    environment |= {"OPENBLAS_NUM_THREADS": given} if given else {}
    environment["PYTHONPATH"] = str(Path(__file__).resolve().parents[3])
    found = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
    )
    assert found.stdout.split() == ["False", held]


@pytest.mark.parametrize(("given", "held"), [(None, "edip-forecaster"), ("elsewhere", "elsewhere")])
def test_on_windows_machine_code_is_kept_with_the_user(monkeypatch, given, held):
    """A folder of administrators is never tried: numba would not come back from there."""
    from forecaster import cli as module

    found = []
    monkeypatch.setattr(module, "cli", lambda **_: found.append(os.environ["NUMBA_CACHE_DIR"]))
    monkeypatch.setenv("NUMBA_CACHE_DIR", given or "")
    if not given:
        monkeypatch.delenv("NUMBA_CACHE_DIR")
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setattr(signal, "signal", lambda *_: None)  # this process goes on, and hears Ctrl-C,
    monkeypatch.setattr(gc, "freeze", lambda: None)  # and looks for garbage
    module.main()
    assert held in found[0]


@pytest.mark.parametrize(("asked", "printed"), [("", "Łódź, Αθήνα\n"), ("ascii", "??d?, ?????\n")])
def test_on_windows_what_is_printed_to_a_file_keeps_all_letters(asked, printed):
    """Python would print it in the system's code page, here that of Western Europe."""
    ended = ended_alone(f"""
import os
import platformdirs
sys.platform = "win32"
sys.stdout.reconfigure(encoding="{asked or "cp1252"}")
if "{asked}":
    os.environ["PYTHONIOENCODING"] = "{asked}"
cli.cli.command("do")(lambda: print("Łódź, Αθήνα"))
""")
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, printed, "")


def test_on_windows_a_name_stands_for_itself(tmp_path):
    """click would take the brackets of a second download for a pattern, and read another file."""
    (tmp_path / "edip1.xlsx").touch()
    ended = ended_alone(f"""
import os
from types import SimpleNamespace
import click.core
click.core.os = SimpleNamespace(**{{**vars(os), "name": "nt"}})
sys.argv += [{str(tmp_path / "edip[1].xlsx")!r}]
def do(file):
    print(os.path.basename(file))
do = click.core.Command("do", params=[click.core.Argument(["file"])], callback=do)
cli.cli.add_command(do)
""")
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "edip[1].xlsx\n", "")


@pytest.mark.parametrize("name", sorted(cli.commands))
def test_every_command_and_option_has_help(name):
    command = cli.commands[name]
    assert command.help
    options = [param for param in command.params if isinstance(param, click.Option)]
    assert [option.name for option in options if not option.help] == []
    shown = invoke(name, "--help")
    assert shown.exit_code == 0
    assert "130  interrupted" in shown.stdout


def test_a_wrong_command_suggests_what_was_meant():
    ended = invoke("rum")
    assert ended.exit_code == 2
    assert "Did you mean 'run'?" in ended.stderr


def test_on_windows_a_backslash_before_a_quotation_mark_is_told(monkeypatch):
    r"""Of "C:\Haushalt 2027\" --csv tables it makes one name."""
    monkeypatch.setattr(sys, "platform", "win32")
    ended = invoke("check", 'C:\\Haushalt 2027" --csv tables')
    assert ended.exit_code == 2
    assert ended.stderr.endswith(
        "'C:\\Haushalt 2027\" --csv tables' holds a quotation mark, as Windows makes of a backslash before "
        "one. Write the folder without a backslash at its end.\n"
    )


@pytest.mark.parametrize(
    "command",
    [
        ["init"],
        ["reproduce", "book.xlsx"],
        ["check"],
        ["compare", "."],
        ["explain", "PL", "2027"],
        ["run", "--per-state"],
        ["run", "--csv"],
        ["read", "book.xlsx", "--case"],
    ],
)
def test_an_empty_name_is_no_folder(tmp_path, monkeypatch, command):
    monkeypatch.chdir(tmp_path)
    ended = invoke(*command, "")
    assert ended.exit_code == 2
    assert "the name is empty. Write . for the current folder." in ended.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("command", [["read"], ["verify"], ["read", "book.xlsx", "--password-file"]])
def test_an_empty_name_is_no_file(command):
    ended = invoke(*command, "")
    assert ended.exit_code == 2
    assert "the name is empty. Write the name of a file." in ended.stderr


def test_names_are_completed():
    shell = BashComplete(cli, {}, "forecaster", "_FORECASTER_COMPLETE")
    assert [item.value for item in shell.get_completions(["run", "--scenario"], "rec")] == ["recession"]
    assert [item.value for item in shell.get_completions(["run", "--state"], "G")] == ["GR"]
    assert [item.value for item in shell.get_completions(["list"], "sc")] == ["scenarios"]


def test_a_console_of_another_encoding_shows_question_marks():
    with start("list", "states", env={"PYTHONIOENCODING": "cp1252"}) as program:
        stdout, stderr = program.communicate(timeout=120)
    assert (program.returncode, stderr) == (0, b"")
    assert "Österreich".encode("cp1252") in stdout
