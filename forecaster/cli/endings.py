"""How a command ends: with one clear message and an exit code, never with a traceback."""

import errno
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from forecaster import __version__

EXIT_CODES = """\b
Exit codes:
  0  done
  1  internal error
  2  wrong use of the command line
  3  the budget tables cannot be used
  4  the assumptions, the programme or the scenarios cannot be used
  5  a check failed: the report is written and names it, or verify found something
  6  the output is already there
  7  the output cannot be written
  8  the cluster cannot be used
  130  interrupted"""

DEBUG = "forecaster.debug"
INTERNAL, INTERRUPTED = 1, 130
CLOSED: tuple[int, ...] = (errno.EINVAL,) if sys.platform == "win32" else ()
"""What Windows says where the reader of a pipe, such as `more`, has gone; others raise BrokenPipeError."""
FULL = (errno.ENOSPC, errno.EDQUOT)
FULL_TOLD = (
    "No space is left where the output is printed to or where temporary files stand "
    "(the folder TMPDIR, on Windows TEMP). Make room, or name another place."
)


class Told(click.Group):
    """A group whose commands end with one clear message and an exit code, never with a traceback."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read the options, of which --help and --version print."""
        with _failures_told(ctx):
            return super().parse_args(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:  # noqa: ANN401 - what the command returns, as in click
        """Run the command; a traceback is shown only where --debug asks for it."""
        with _failures_told(ctx):
            return super().invoke(ctx)


@contextmanager
def _failures_told(ctx: click.Context) -> Iterator[None]:
    """Turn any failure into a message and an exit code: the one place that does."""
    try:
        yield
    except (click.ClickException, click.Abort, click.exceptions.Exit, BrokenPipeError):
        raise
    except (KeyboardInterrupt, Exception) as error:
        if _is_interrupt(error):  # held down, Ctrl-C comes again while this is told
            signal.signal(signal.SIGINT, signal.SIG_IGN)
        if isinstance(error, OSError) and error.errno in CLOSED and not error.filename:
            _drop_what_is_printed()
            ctx.exit(INTERNAL)
        if ctx.meta.get(DEBUG) and not _is_interrupt(error):
            raise
        text, code = _told(error)
        click.echo(text, err=True)
        ctx.exit(code)


def _drop_what_is_printed() -> None:
    """Print to nowhere from now on: Python, as it ends, prints what it still holds."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())


def _is_interrupt(error: BaseException | None) -> bool:
    """Whether Ctrl-C is behind a failure: machine code that it meets ends in an error of its own."""
    return error is not None and (isinstance(error, KeyboardInterrupt) or _is_interrupt(error.__cause__))


def _told(error: BaseException) -> tuple[str, int]:
    """Text and exit code of a failure."""
    from forecaster.errors import ForecasterError, InputError, OutputNotWritable

    if _is_interrupt(error):
        return "Interrupted. No file is left half-written.", INTERRUPTED
    if isinstance(error, ForecasterError):
        return str(error), error.exit_code
    if isinstance(error, OSError) and error.errno in FULL:
        return FULL_TOLD, OutputNotWritable.exit_code
    if isinstance(error, OSError) and error.filename:  # an input out of reach, or forbidden
        return f"{error.filename}: cannot be reached or read ({error.strerror}).", InputError.exit_code
    trace = error.__traceback__
    while trace and trace.tb_next:
        trace = trace.tb_next
    place = f"{Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}" if trace else ""
    found = " ".join(f"{type(error).__name__}: {error}".split())
    advice = "Please report this line; --debug shows the trace."
    return f"Internal error, forecaster {__version__}, {place}: {found}. {advice}", INTERNAL


def _note_debug(ctx: click.Context, _: click.Parameter, value: bool) -> None:  # noqa: FBT001 - click's signature
    ctx.meta[DEBUG] = value


debug_option = click.option(
    "--debug",
    is_flag=True,
    expose_value=False,
    is_eager=True,
    callback=_note_debug,
    help="Show the trace of an error.",
)
