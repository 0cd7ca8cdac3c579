"""The command line as a user meets it: what it prints, how it ends, what it leaves behind."""

import errno
import json
import os
import re
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import click
import pytest
from click.shell_completion import BashComplete
from commands import invoke

from forecaster import case as cases
from forecaster import pipeline, workbook
from forecaster.case.settings import settled
from forecaster.cli import cli
from forecaster.findings.answer import answer
from forecaster.run import Check

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


@pytest.fixture
def folder(tmp_path):
    """A case that may be changed, and a place beside it for reports."""
    cases.init(tmp_path / "case", csv=True, force=False)
    return tmp_path / "case"


@pytest.fixture(scope="module")
def finished():
    """A short run of the bundled case, for what commands say and write of it."""
    return pipeline.run(
        settled(
            cases.bundled_case(),
            states=["DE", "GR"],
            scenarios=["recession"],
            paths=1024,
            years=5,
            drivers=False,
        )
    )


@pytest.fixture
def quick(monkeypatch, finished):
    """Commands get the finished run, and what they asked for can be seen."""
    asked = {}

    def run(case, **options):
        asked.update(options, case=case)
        options["progress"](512, 1024)
        return asked.get("run", finished)

    monkeypatch.setattr(pipeline, "run", run)
    return asked


def swap(path, old, new):
    text = path.read_text(encoding="utf-8")
    assert re.search(old, text, re.MULTILINE), old
    path.write_text(re.sub(old, new, text, count=1, flags=re.MULTILINE), encoding="utf-8")


def start(*args, **options):
    """The program in a process of its own."""
    root = str(Path(__file__).resolve().parents[3])
    environment = {**os.environ, "PYTHONPATH": root, **options.pop("env", {})}
    return subprocess.Popen(
        [sys.executable, "-m", "forecaster", *map(str, args)],
        env=environment,
        stdout=subprocess.PIPE,
        **{"stderr": subprocess.PIPE, **options},
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
    monkeypatch.setattr(signal, "signal", lambda *_: None)  # this process goes on, and hears Ctrl-C
    module.main()
    assert held in found[0]


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


def ended_alone(code):
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
        "PYTHONPATH": str(Path(__file__).resolve().parents[3]),
        "PYTHONUNBUFFERED": "",
    }
    return subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, encoding="utf-8", check=False
    )


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


@pytest.mark.parametrize("name", sorted(cli.commands))
def test_every_command_and_option_has_help(name):
    command = cli.commands[name]
    assert command.help
    options = [param for param in command.params if isinstance(param, click.Option)]
    assert [option.name for option in options if not option.help] == []
    shown = invoke(name, "--help")
    assert shown.exit_code == 0
    assert "130  interrupted" in shown.stdout


def test_exit_codes_in_the_help_are_those_of_the_errors():
    from forecaster.errors import ForecasterError

    shown = invoke("--help").stdout
    for error in ForecasterError.__subclasses__():
        assert re.search(rf"^\s+{error.exit_code}  \w", shown, re.MULTILINE)


def test_a_run_writes_the_report_and_answers_in_five_lines(tmp_path, quick, finished):
    target = tmp_path / "out.xlsx"
    ended = invoke(
        "run", "-o", target, "--state", "DE", "--state", "Greece", "--scenario", "recession", "--seed", "7"
    )
    assert ended.exit_code == 0, ended.stderr
    assert ended.stdout.splitlines() == list(answer(finished))
    assert len(ended.stdout.splitlines()) == 5
    assert ended.stderr.splitlines() == [
        *(f"Warning: {warning}" for warning in finished.warnings),
        f"Report: {target}",
    ]
    assert [path.name for path in tmp_path.iterdir()] == ["out.xlsx"]
    asked = quick["case"].assumptions.run
    assert asked.states == ("DE", "GR")
    assert asked.scenarios == ("baseline", "recession")
    assert (asked.seed, asked.paths) == (7, 65536)


def test_many_warnings_are_counted(tmp_path, quick, finished):
    quick["run"] = replace(finished, warnings=tuple(f"warning {n}" for n in range(12)))
    lines = invoke("run", "-o", tmp_path / "out.xlsx").stderr.splitlines()
    assert lines[9:] == [
        "Warning: warning 9",
        "2 more warnings stand on the sheet Provenance.",
        f"Report: {tmp_path / 'out.xlsx'}",
    ]


@pytest.mark.usefixtures("quick")
def test_quiet_says_nothing_but_the_answer(tmp_path):
    ended = invoke("run", "--quiet", "-o", tmp_path / "out.xlsx")
    assert ended.exit_code == 0
    assert ended.stderr == ""


@pytest.mark.usefixtures("quick")
def test_json_is_an_object_with_the_report(tmp_path):
    target = tmp_path / "out.xlsx"
    ended = invoke("run", "--json", "-o", target)
    assert ended.exit_code == 0
    found = json.loads(ended.stdout)
    assert found["report"] == str(target)
    assert found["settings"]["seed"] == 20251231


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize(("reports", "target"), [(True, "reports/edip.xlsx"), (False, "edip.xlsx")])
def test_the_report_goes_to_reports_where_there_is_such_a_folder(tmp_path, monkeypatch, reports, target):
    monkeypatch.chdir(tmp_path)
    if reports:
        Path("reports").mkdir()
    assert invoke("run").exit_code == 0
    assert Path(target).is_file()


MISTAKES = {
    "key misspelt": (
        "assumptions.toml",
        r"^\[cost\.growth_median\]",
        "[cost.growth_meidan]",
        4,
        r"assumptions\.toml, line \d+, cost\.growth_meidan: unknown key\. Did you mean growth_median\?",
    ),
    "unit missing": (
        "assumptions.toml",
        r'^unit = "factor"\n',
        "",
        4,
        r'assumptions\.toml, line \d+, cost\.growth_median\.unit: is missing\. Expected "factor"\.',
    ),
    "TOML syntax": (
        "programme.toml",
        "amount = 240.0",
        "amount = 240,0",
        4,
        r"programme\.toml, line \d+, column \d+: not valid TOML: .+",
    ),
    "state missing": ("spending.csv", r"^PL,.*\n", "", 3, r"spending\.csv.*PL.*"),
    "text": ("spending.csv", r"^(PL,[^,]*,)[^,]*", r"\1abc", 3, r"spending\.csv, .*'abc' is not a number.*"),
    "negative": ("spending.csv", r"^(PL,[^,]*,)", r"\1-", 3, r"spending\.csv, .*-.*"),
}
"""File, pattern, replacement, exit code, line."""


@pytest.mark.parametrize("mistake", MISTAKES)
@pytest.mark.parametrize("command", ["run", "check"])
def test_a_mistake_in_a_file_is_one_line(folder, tmp_path, command, mistake):
    file, old, new, code, line = MISTAKES[mistake]
    swap(folder / file, old, new)
    before = sorted(tmp_path.rglob("*"))
    options = ["-o", tmp_path / "out.xlsx"] if command == "run" else []
    ended = invoke(command, folder, *options)
    assert ended.exit_code == code
    assert re.fullmatch(line, ended.stderr.rstrip("\n"))
    assert ended.stdout == ""
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.parametrize(("file", "code"), [("gdp.csv", 3), ("states.csv", 3), ("scenarios.toml", 4)])
def test_a_missing_file_is_one_line(folder, tmp_path, file, code):
    (folder / file).unlink()
    ended = invoke("run", folder, "-o", tmp_path / "out.xlsx")
    assert ended.exit_code == code
    assert re.fullmatch(rf"{file}: not found.*", ended.stderr.rstrip("\n"))
    assert not (tmp_path / "out.xlsx").exists()


def test_a_report_already_there_stops_before_the_run(tmp_path, monkeypatch):
    monkeypatch.setattr(pipeline, "run", lambda *_, **__: pytest.fail("computed"))
    target = tmp_path / "out.xlsx"
    target.write_bytes(b"mine")
    ended = invoke("run", "-o", target)
    assert ended.exit_code == 6
    assert ended.stderr == f"{target}: is already there. Pass --force to replace it, or another name.\n"
    assert target.read_bytes() == b"mine"


@pytest.mark.usefixtures("quick")
def test_force_replaces_a_report(tmp_path):
    target = tmp_path / "out.xlsx"
    target.write_bytes(b"old")
    assert invoke("run", "--force", "-o", target).exit_code == 0
    assert target.read_bytes() != b"old"


def test_a_place_that_cannot_be_written_stops_before_the_run(tmp_path, monkeypatch):
    monkeypatch.setattr(pipeline, "run", lambda *_, **__: pytest.fail("computed"))
    ended = invoke("run", "-o", tmp_path / "missing" / "out.xlsx")
    assert ended.exit_code == 7
    assert len(ended.stderr.splitlines()) == 1
    assert "does not exist. Create it or choose another." in ended.stderr


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="all folders are open to root")
def test_a_folder_without_permission_stops_before_the_run(tmp_path, monkeypatch):
    monkeypatch.setattr(pipeline, "run", lambda *_, **__: pytest.fail("computed"))
    (tmp_path / "closed").mkdir(mode=0o500)
    ended = invoke("run", "-o", tmp_path / "closed" / "out.xlsx")
    assert ended.exit_code == 7
    assert "Permission denied" in ended.stderr


@pytest.mark.usefixtures("quick")
def test_a_report_open_elsewhere_is_saved_under_another_name(tmp_path, monkeypatch):
    target, replace = tmp_path / "out.xlsx", Path.replace

    def held(part, place):
        if place == target:
            raise PermissionError(13, "held", str(part), None, str(place))
        return replace(part, place)

    target.write_bytes(b"old")
    monkeypatch.setattr(Path, "replace", held)
    ended = invoke("run", "--force", "-o", target)
    assert ended.exit_code == 7
    held_by = "is open in another program, or write-protected"
    assert ended.stderr == f"{target}: {held_by}. The report was saved as out-2.xlsx.\n"
    assert (tmp_path / "out-2.xlsx").is_file()


def test_an_input_is_never_taken_for_the_report(tmp_path):
    cases.init(tmp_path, csv=False, force=False)
    before = (tmp_path / "budgets.xlsx").read_bytes()
    for name in ("budgets.xlsx", "Budgets.XLSX"):  # the same file on Windows
        ended = invoke("run", tmp_path, "--force", "-o", tmp_path / name)
        assert ended.exit_code == 2
        assert "is an input of this case" in ended.stderr
    assert (tmp_path / "budgets.xlsx").read_bytes() == before


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--state", "Grece"], "'Grece' is not a state of this case. Did you mean GR?"),
        (["--state", "XX"], "'XX' is not a state of this case. `forecaster list states` shows them."),
        (["--scenario", "recession+Recession"], "recession+recession names recession twice. Name it once"),
        (["--scenario", "recesion"], "'recesion' is not a scenario of this case. Did you mean recession?"),
        (["--paths", "1000"], "1000 is not a multiple of 1,024."),
        (["--paths", "many"], "'many' is not a whole number."),
        (["--years", "21"], "21 is too large. Allowed: at most 20."),
        (["--precision", "0,5"], "'0,5' is not a number. Write it with a decimal point."),
        (["--precision", "50"], "50.0 is too large. Allowed: at most 10."),
        (["--seed", "-1"], "-1 is too small. Allowed: at least 0."),
        (["--output", "out.csv"], "'out.csv' does not end in .xlsx."),
        (["--cluster", ""], "--cluster names no scheduler. Write its address: tls://host:port."),
        (["--output", ""], "names no workbook. Write a name that ends in .xlsx."),
        (["--scenario", "recession+"], "a name of a scenario is missing. Write one."),
        (["--scenarios", "recession"], "No such option '--scenarios'. (Did you mean one of: '--scenario'"),
    ],
)
def test_wrong_use_suggests_what_was_meant(options, told):
    ended = invoke("run", *options)
    assert ended.exit_code == 2
    assert told in ended.stderr


def test_a_wrong_command_suggests_what_was_meant():
    ended = invoke("rum")
    assert ended.exit_code == 2
    assert "Did you mean 'run'?" in ended.stderr


def test_a_failed_check_is_named_and_the_report_is_there(tmp_path, quick, finished):
    failed = Check("Lines add up", 1499.0, 1500.0, 1e-6, "EUR million", "Outlays")
    bound = Check("administration: amount", 60.0, 52.5, 1e-9, "EUR million", "Outlays", kind="at most")
    quick["run"] = replace(finished, checks=(*finished.checks, failed, bound))
    target = tmp_path / "out.xlsx"
    ended = invoke("run", "--quiet", "-o", target)
    assert ended.exit_code == 5
    assert target.is_file()
    assert ended.stderr.splitlines() == [
        f"{target}, check 'Lines add up' failed: found 1499 EUR million, expected 1500.",
        f"{target}, check 'administration: amount' failed: found 60 EUR million, expected at most 52.5.",
    ]


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


def test_budgets_of_another_case_are_no_place_for_a_report(folder):
    held = (folder / "budgets.xlsx").read_bytes() if (folder / "budgets.xlsx").exists() else b""
    ended = invoke("run", "--force", "-o", folder / "budgets.xlsx")
    assert ended.exit_code == 2
    assert "budgets.xlsx is an input of a case. Choose another name with --output." in ended.stderr
    assert held == ((folder / "budgets.xlsx").read_bytes() if held else b"")
    ended = invoke("compare", folder, folder, "--force", "-o", folder / "budgets.xlsx")
    assert ended.exit_code == 2
    assert "is an input of a case" in ended.stderr


def test_an_internal_error_is_one_line_to_report(tmp_path, monkeypatch):
    def broken(*_, **__):
        raise ZeroDivisionError("division by zero")

    monkeypatch.setattr(pipeline, "run", broken)
    ended = invoke("run", "-o", tmp_path / "out.xlsx")
    assert ended.exit_code == 1
    assert re.fullmatch(
        r"Internal error, forecaster [\d.]+, test_cli\.py:\d+: ZeroDivisionError: division by zero\. "
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


def test_check_says_what_a_case_holds(folder):
    swap(folder / "assumptions.toml", "seed = 20251231", "seed = 7")
    (folder / "notes.csv").write_text("mine\n", encoding="utf-8")
    ended = invoke("check", folder)
    assert ended.exit_code == 0, ended.stderr
    lines = ended.stdout.splitlines()
    assert (
        "States: 27 (AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK)"
        in lines
    )
    assert "Years: 2026 to 2035; base year 2025; inputs as of 2026-11-22" in lines
    assert lines[lines.index("    seed") - 1] == "  settings of the run: 1"
    assert "  procurement: amount 240, at least 180 EUR million (Article 3(4)): holds" in lines
    assert lines[-3] == "Warnings: 2"
    assert lines[-2].startswith("  notes.csv")
    assert lines[-1] == "  MT: no budget voted, estimated or planned for 2026; forecast from its history."


def test_check_fails_where_the_law_does(folder):
    swap(folder / "programme.toml", "amount = 240.0", "amount = 140.0")
    swap(folder / "programme.toml", "amount = 440.0", "amount = 540.0")
    ended = invoke("check", folder)
    assert ended.exit_code == 5
    assert ended.stderr == (
        "Regulation (EU) 2025/2643 of 16 December 2025 does not allow: "
        "procurement: amount 140, at least 180 EUR million (Article 3(4)).\n"
    )
    assert "  procurement: amount 140, at least 180 EUR million (Article 3(4)): DOES NOT HOLD" in ended.stdout


def test_init_writes_a_case_and_replaces_nothing(tmp_path):
    folder = tmp_path / "case"
    assert invoke("init", folder).exit_code == 0
    assert sorted(path.name for path in folder.iterdir()) == [
        "README.md",
        "assumptions.toml",
        "budgets.xlsx",
        "programme.toml",
        "scenarios.toml",
    ]
    again = invoke("init", folder)
    assert again.exit_code == 6
    assert len(again.stderr.splitlines()) == 1
    assert invoke("init", folder, "--force", "--csv").exit_code == 0
    assert (folder / "spending.csv").is_file()


def test_a_name_with_blanks_can_be_copied_from_the_advice(tmp_path):
    folder = tmp_path / "ein Ordner"
    assert f'`forecaster check "{folder}"` and `forecaster run "{folder}"`' in invoke("init", folder).stderr
    missing = tmp_path / "kein Ordner"
    told = f'{missing}: folder not found. Write one with: forecaster init "{missing}"\n'
    assert invoke("check", missing).stderr == told


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


@pytest.mark.parametrize(
    ("what", "name"),
    [
        ("states", "GR"),
        ("scenarios", "recession"),
        ("metrics", "strain"),
        ("levers", "investment_share"),
        ("methods", "pooled"),
        ("sheets", "Summary"),
    ],
)
def test_list_names_what_there_is(what, name):
    ended = invoke("list", what)
    assert ended.exit_code == 0, ended.stderr
    rows = [line.split(maxsplit=1) for line in ended.stdout.splitlines()]
    assert name in [row[0] for row in rows]
    assert all(len(row) == 2 for row in rows)


def test_list_tells_what_may_be_meant():
    ended = invoke("list", "state")
    assert ended.exit_code == 2
    assert "'state' is not one of" in ended.stderr
    assert ended.stderr.rstrip().endswith("Did you mean states?")


def test_list_reads_the_case_that_is_given(folder):
    swap(folder / "scenarios.toml", r"\[consolidation(\.levers)?\]", r"[slump\1]")
    swap(folder / "scenarios.toml", r"\[consolidation\.levers\]", "[slump.levers]")
    assert "slump" in invoke("list", "scenarios", folder).stdout


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


@pytest.mark.slow
def test_a_case_runs_from_init_to_report(tmp_path):
    for args in (
        ("init", "case"),
        ("check", "case"),
        ("run", "case", "-o", "out.xlsx", "--paths", "1024", "--scenario", "recession"),
    ):
        with start(*args, cwd=tmp_path) as program:
            _, stderr = program.communicate(timeout=300)
        assert program.returncode == 0, stderr.decode()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["case", "out.xlsx"]
