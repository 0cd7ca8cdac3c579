"""The command line: parse, call, print. Results go to stdout, talk to stderr.

Only click is imported here; each command imports what it needs, so that --help answers at once.
"""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from forecaster import __version__
from forecaster.choices import TABLES, Known, Setting
from forecaster.endings import EXIT_CODES, Told, debug_option

if TYPE_CHECKING:
    from forecaster.case import Case
    from forecaster.run import Run


def _load_case(ctx: click.Context, _: click.Parameter, folder: Path | None) -> "Case | None":
    """Load the case before the options that choose among its states and scenarios are read."""
    if ctx.resilient_parsing:
        return None
    from forecaster.case import bundled, load

    return load(folder or bundled())


def _check_ending(ctx: click.Context, param: click.Parameter, target: Path | None) -> Path | None:
    if target and target.suffix.lower() != ".xlsx":
        raise click.BadParameter(f"'{target}' does not end in .xlsx.", ctx, param)
    return target


SHOWN_WARNINGS = 10
"""Warnings printed after a run; the report holds all."""

case_argument = click.argument(
    "case",
    required=False,
    is_eager=True,
    type=click.Path(path_type=Path),
    callback=_load_case,
)


@click.group(cls=Told, epilog=EXIT_CODES, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="forecaster")
def cli() -> None:
    """Project an EU defence programme against the defence budgets of the member states.

    A case is a folder with budget tables and three TOML files; `forecaster init` writes one. Without a case
    the bundled one is used: the 27 states and the programme of Regulation (EU) 2025/2643.
    """


@cli.command(epilog=EXIT_CODES)
@case_argument
@click.option(
    "--state",
    "states",
    multiple=True,
    type=Known("state", "states"),
    help="Report only this state; may be repeated.",
)
@click.option(
    "--scenario",
    "scenarios",
    multiple=True,
    type=Known("scenario", "scenarios"),
    help="Run only the baseline and this scenario; may be repeated.",
)
@click.option("--paths", type=Setting("paths"), help="Number of draws, a multiple of 1,024.")
@click.option("--seed", type=Setting("seed"), help="Seed of the draws; the same seed gives the same report.")
@click.option("--years", type=Setting("years"), help="Number of projected years, 1 to 20.")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    callback=_check_ending,
    help="The report, ending in .xlsx. [default: reports/edip.xlsx, or edip.xlsx without a folder reports]",
)
@click.option("--force", is_flag=True, help="Replace a report that is already there.")
@click.option("--json", "as_json", is_flag=True, help="Print the answer as JSON.")
@click.option("--quiet", is_flag=True, help="No progress bar and no notes.")
@click.option("--workers", type=click.IntRange(min=1), help="Number of processes. [default: all processors]")
@debug_option
def run(  # noqa: PLR0913 - one argument an option
    case: "Case",
    *,
    states: tuple[str, ...],
    scenarios: tuple[str, ...],
    paths: int | None,
    seed: int | None,
    years: int | None,
    output: Path | None,
    force: bool,
    as_json: bool,
    quiet: bool,
    workers: int | None,
) -> None:
    """Run a case and write the report.

    CASE is a folder; without it the bundled case is run.
    """
    from forecaster import pipeline, workbook
    from forecaster.gaps import refuse_gaps
    from forecaster.output import ready

    target = output or _default_report()
    refuse_gaps(case)
    _refuse_inputs(case, target)
    ready(target, force=force)
    with _progress(hidden=quiet) as progress:
        done = pipeline.run(
            case,
            states=states,
            scenarios=scenarios,
            paths=paths,
            seed=seed,
            years=years,
            workers=workers,
            progress=progress,
        )
    workbook.write(done, target, force)
    _answer(done, target, as_json=as_json, quiet=quiet)
    _refuse_failed(done, target)


@cli.command(epilog=EXIT_CODES)
@case_argument
@debug_option
def check(case: "Case") -> None:
    """Read a case and say what it holds.

    CASE is a folder; without it the bundled case is read. Nothing is computed.
    """
    from forecaster.errors import CheckFailed
    from forecaster.gaps import refuse_gaps
    from forecaster.overview import overview
    from forecaster.programme import legal_checks

    refuse_gaps(case)
    click.echo("\n".join(overview(case)))
    failed = [check.name for check in legal_checks(case.programme) if not check.holds]
    if failed:
        raise CheckFailed(f"{case.programme.legal_basis} does not allow: {'; '.join(failed)}.")


@cli.command(epilog=EXIT_CODES)
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--csv", is_flag=True, help="Write the budget tables as CSV files instead of budgets.xlsx.")
@click.option("--force", is_flag=True, help="Replace files that are already there.")
@debug_option
def init(folder: Path, *, csv: bool, force: bool) -> None:
    """Write the bundled case to start from.

    Writes into FOLDER the tables of the 27 states, assumptions, programme, scenarios and a README.
    """
    from forecaster.case import init as copy

    names = copy(folder, csv=csv, force=force)
    click.echo(f"{folder}: {', '.join(names)}")
    click.echo(
        f"Next: change them, then `forecaster check {folder}` and `forecaster run {folder}`.", err=True
    )


@cli.command("read", epilog=EXIT_CODES)
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--case", "case_folder", type=click.Path(path_type=Path), help="Case whose [sources.XX] names FILE."
)
@click.option(
    "--password-file", type=click.Path(path_type=Path), help="File that holds the password of FILE."
)
@click.option("--json", "as_json", is_flag=True, help="Print all that is understood as JSON.")
@click.option("--csv", "as_csv", is_flag=True, help="Print all figures as CSV, each with its cell.")
@debug_option
def read_(
    file: Path, *, case_folder: Path | None, password_file: Path | None, as_json: bool, as_csv: bool
) -> None:
    """Show what is understood of a spreadsheet.

    FILE may be .xlsx, .xlsm, .csv, .tsv or JSON-stat, a ministry's or a publisher's.
    """
    from forecaster.case import bundled
    from forecaster.errors import InputError
    from forecaster.readers import report

    found = report.answer(file, bundled(), case_folder, password_file)
    if as_json:
        click.echo(report.as_json(found))
    elif as_csv:
        click.echo(report.as_csv(found), nl=False)
    else:
        click.echo("\n".join(report.lines(found)))
    found.problems.raise_if_any(InputError)


@cli.command("forecast", epilog=EXIT_CODES)
@case_argument
@click.option(
    "--state",
    "states",
    multiple=True,
    type=Known("state", "states"),
    help="Show only this state; may be repeated.",
)
@click.option("--years", type=Setting("years"), help="Number of projected years, 1 to 20.")
@click.option("--csv", "as_csv", is_flag=True, help="Print as CSV.")
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
@debug_option
def forecast_(
    case: "Case", states: tuple[str, ...], years: int | None, *, as_csv: bool, as_json: bool
) -> None:
    """Print percentiles of each state's defence budget.

    EUR million, with plans and without the pledge. CASE is a folder; without it the bundled case is forecast.
    """
    from forecaster.backtest import case_percentiles

    table = case_percentiles(case, years or case.assumptions.run.years)
    table = table[table["state"].isin(states)] if states else table
    if as_json:
        click.echo(table.to_json(orient="records", double_precision=6, indent=2))
    elif as_csv:
        click.echo(table.to_csv(index=False, lineterminator="\n", float_format="%.9g"), nl=False)
    else:
        shown = table.drop(columns=["note"])
        click.echo(shown.to_string(index=False, na_rep="", float_format="{:,.0f}".format))


@cli.command(epilog=EXIT_CODES)
@click.argument("series", required=False, type=click.Path(path_type=Path))
@click.option("--tasks", type=click.Path(path_type=Path), help="CSV with series_id, origin, hmax.")
@click.option(
    "--method",
    default="pooled",
    show_default=True,
    type=Known("method", "methods"),
    help="`forecaster list methods` shows them.",
)
@click.option(
    "--kind",
    default="share",
    show_default=True,
    type=click.Choice(["share", "amount"]),
    help="What the values are: shares of GDP, without drift in the long run, or amounts.",
)
@click.option("--share", type=click.Path(path_type=Path), help="CSV of the same series as shares of GDP [%].")
@click.option("-o", "--output", type=click.Path(path_type=Path), help="CSV of quantiles to write.")
@debug_option
def backtest(
    series: Path | None,
    tasks: Path | None,
    method: str,
    kind: Literal["share", "amount"],
    share: Path | None,
    output: Path | None,
) -> None:
    """Forecast from the past, without looking ahead.

    SERIES is a CSV with series_id, year, value; each task is forecast from values up to its origin. Without
    SERIES the bundled case's budgets are forecast from 2000 on, scored, and compared with other methods.
    """
    from forecaster import backtest as past

    if series is None:
        from forecaster.case import bundled, load
        from forecaster.proof import case_backtest

        click.echo("\n".join(past.lines(case_backtest(load(bundled())))))
        return
    if tasks is None:
        raise click.UsageError("--tasks is needed with SERIES.")
    panel = past.read_series(series)
    shares = past.read_series(share) if share else None
    found = past.task_quantiles(panel, past.read_tasks(tasks, panel), method, kind, shares)
    past.write(found, output or sys.stdout)


@cli.command("list", epilog=EXIT_CODES)
@click.argument("what", type=click.Choice(list(TABLES)))
@case_argument
@debug_option
def list_(what: str, case: "Case") -> None:
    """List states, scenarios, metrics, methods, sheets.

    CASE is a folder; without it the names of the bundled case are listed.
    """
    table = TABLES[what](case)
    width = max(map(len, table), default=0)
    click.echo("\n".join(f"{name:{width}}  {about}".rstrip() for name, about in table.items()))


def _default_report() -> Path:
    folder = Path("reports")
    return folder / "edip.xlsx" if folder.is_dir() else Path("edip.xlsx")


def _refuse_inputs(case: "Case", target: Path) -> None:
    if target.name in case.files and target.parent.resolve() == case.folder.resolve():
        raise click.UsageError(f"{target} is an input of this case. Choose another name with --output.")


@contextmanager
def _progress(*, hidden: bool) -> Iterator[Callable[[int, int], None]]:
    """Offer a function of (done, total) that moves a bar on a terminal and does nothing elsewhere."""
    if hidden or not sys.stderr.isatty():
        yield lambda *_: None
        return
    with click.progressbar(length=1, label="Simulating", file=sys.stderr) as bar:

        def show(done: int, total: int) -> None:
            bar.length = total
            bar.update(done - bar.pos)

        yield show


def _answer(done: "Run", target: Path, *, as_json: bool, quiet: bool) -> None:
    from forecaster import pipeline

    if as_json:
        click.echo(json.dumps({"report": str(target), **pipeline.summary(done)}, indent=2, allow_nan=False))
    else:
        click.echo("\n".join(pipeline.answer(done)))
    if not quiet:
        more = len(done.warnings) - SHOWN_WARNINGS
        lines = [f"Warning: {warning}" for warning in done.warnings[:SHOWN_WARNINGS]]
        lines += [f"{more} more warnings stand on the sheet Provenance."] if more > 0 else []
        click.echo("\n".join([*lines, f"Report: {target}"]), err=True)


def _refuse_failed(done: "Run", target: Path) -> None:
    from forecaster.errors import CheckFailed

    lines = [
        f"{target}, check '{check.name}' failed: found {check.found:.9g} {check.unit}, "
        f"expected {'' if check.kind == 'equal' else check.kind + ' '}{check.expected:.9g}."
        for check in done.checks
        if not check.passed
    ]
    if lines:
        raise CheckFailed("\n".join(lines))


def main() -> None:
    """Start the command line; text that a console cannot show becomes a question mark."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    cli(prog_name="forecaster")
