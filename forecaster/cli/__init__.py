"""The command line: parse, call, print. Results go to stdout, talk to stderr.

Only click is imported here; each command imports what it needs, so that --help answers at once. A command is
a function in a file of this folder and its entry in COMMANDS.
"""

import gc
import os
import signal
import sys
from typing import TextIO

import click

from forecaster import __version__
from forecaster.cli.cases import check, init, list_, read_
from forecaster.cli.compare import compare
from forecaster.cli.endings import EXIT_CODES, Told
from forecaster.cli.explain import explain
from forecaster.cli.forecasts import backtest, forecast_
from forecaster.cli.run import run
from forecaster.cli.verify import reproduce, verify


@click.group(cls=Told, epilog=EXIT_CODES, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="forecaster")
def cli() -> None:
    """Project an EU defence programme against the defence budgets of the member states.

    A case is a folder with budget tables and three TOML files; `forecaster init` writes one. Without a case
    the bundled one is used: the 27 states and the programme of Regulation (EU) 2025/2643.
    """


def main() -> None:
    """Start the command line. A name stands for itself, which click on Windows may take for a pattern.

    What is printed to a file or a pipe is UTF-8, on Windows too, where a code page lacks letters of other
    states; text that a console cannot show becomes a question mark.

    numpy's solvers get one thread, here and in helpers: their matrices are small, and threads that wait for
    work took eight times the solvers' own time.
    """
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    if sys.platform == "win32":  # numba first tries the program's own folder, which administrators may
        # have made: there its attempt never ends (numba#8755, Python's tempfile before 2026)
        from platformdirs import user_cache_dir

        os.environ.setdefault("NUMBA_CACHE_DIR", user_cache_dir("edip-forecaster", appauthor=False))
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding=_encoding(stream), errors="replace")
    try:
        cli(prog_name="forecaster", windows_expand_args=False)
    finally:  # a second Ctrl-C, while Python shuts down, neither adds a trace nor changes the exit code
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        gc.freeze()  # or garbage is looked for in all that ends now: after a run that takes 0.3 seconds


def _encoding(stream: TextIO) -> str | None:
    """Encoding to print in; None for the one that stands, such as a console's own."""
    stands = sys.platform != "win32" or stream.isatty() or "PYTHONIOENCODING" in os.environ
    return None if stands else "utf-8"


COMMANDS: tuple[click.Command, ...] = (
    run,
    check,
    init,
    list_,
    read_,
    forecast_,
    backtest,
    compare,
    explain,
    verify,
    reproduce,
)

for command in COMMANDS:
    cli.add_command(command)
