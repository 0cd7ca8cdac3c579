"""forecaster run: simulate a case and write the report."""

import json
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

import click

from forecaster.cli.ahead import case_argument, started
from forecaster.cli.arguments import (
    refuse_budgets,
    set_option,
    state_option,
    workers_option,
    xlsx_only,
    years_option,
)
from forecaster.cli.choices import Known, Setting
from forecaster.cli.endings import EXIT_CODES, debug_option
from forecaster.cli.folders import folder_options, ready_folders, write_folders
from forecaster.cli.progress import progress_bar

if TYPE_CHECKING:
    from forecaster.case import Case
    from forecaster.engine.checkpoint import Kept
    from forecaster.engine.crew import CrewOf
    from forecaster.run import Run

SHOWN_WARNINGS = 10
"""Warnings printed after a run; the report holds all."""


@click.command(epilog=EXIT_CODES)
@case_argument
@state_option("Report only this state")
@click.option(
    "--scenario",
    "scenarios",
    multiple=True,
    type=Known("scenario", "scenarios"),
    help="Run only the baseline and this scenario; may be repeated; a+b runs two together.",
)
@set_option
@click.option("--paths", type=Setting("paths", int), help="Number of draws, a multiple of 1,024.")
@click.option(
    "--precision",
    type=Setting("precision", float),
    help="Double the paths until every P(red) of the baseline is within so many points, 0.025 to 10 (95 %).",
)
@click.option(
    "--seed", type=Setting("seed", int), help="Seed of the draws; the same seed gives the same report."
)
@years_option
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    callback=xlsx_only,
    help="The report, ending in .xlsx. [default: reports/edip.xlsx, or edip.xlsx without a folder reports]",
)
@folder_options
@click.option("--no-drivers", is_flag=True, help="Look for no drivers and breaking points: quicker.")
@click.option("--force", is_flag=True, help="Replace a report that is already there.")
@click.option("--json", "as_json", is_flag=True, help="Print the answer as JSON.")
@click.option("--quiet", is_flag=True, help="No progress bar and no notes.")
@workers_option
@click.option("--cluster", metavar="ADDRESS", help="Count the paths on the Dask scheduler at this address.")
@click.option("--insecure", is_flag=True, help="Trust a --cluster that is reached without tls.")
@click.option("--resume", is_flag=True, help="Go on with the same run where it was interrupted.")
@debug_option
def run(  # noqa: PLR0913 - one argument an option
    case: "Case",
    *,
    states: tuple[str, ...],
    scenarios: tuple[str, ...],
    changes: tuple[str, ...],
    paths: int | None,
    precision: float | None,
    seed: int | None,
    years: int | None,
    output: Path | None,
    per_state: Path | None,
    tables: Path | None,
    no_drivers: bool,
    force: bool,
    as_json: bool,
    quiet: bool,
    workers: int | None,
    cluster: str | None,
    insecure: bool,
    resume: bool,
) -> None:
    """Run a case and write the report.

    CASE is a folder; without it the bundled case is run.
    """
    from forecaster import pipeline
    from forecaster.assembly.gaps import refuse_gaps
    from forecaster.case.settings import settled
    from forecaster.machine.output import ready

    if paths and precision:
        raise click.UsageError("--paths says how many draws, --precision as many as it takes. Give one.")
    target = output or _default_report()
    case = _changed(case, changes)
    _refuse_idle(case, scenarios, changes)
    refuse_gaps(case)
    _refuse_inputs(case, target)
    ready(target, force=force)
    ready_folders(case, states, per_state, tables, force=force)
    asked = settled(
        case,
        states=states,
        scenarios=scenarios,
        paths=paths,
        precision=precision,
        seed=seed,
        years=years,
        drivers=False if no_drivers else None,
    )
    kept = _kept(resume=resume, quiet=quiet)
    with (
        progress_bar("Simulating", hidden=quiet, unit="paths") as progress,
        _crew(cluster, insecure=insecure) as crew,
    ):
        done = pipeline.run(asked, workers=workers, progress=progress, crew=crew, kept=kept, team=started())
    _write(done, target, force=force)
    _answer(done, target, as_json=as_json, quiet=quiet)
    for line in write_folders(done, per_state, tables, force=force):
        if not quiet:
            click.echo(line, err=True)
    _refuse_failed(done, target)


def _crew(address: str | None, *, insecure: bool) -> AbstractContextManager["CrewOf | None"]:
    """Who counts the paths, None for this machine."""
    from forecaster.engine.cluster import at

    if address == "":
        raise click.UsageError("--cluster names no scheduler. Write its address: tls://host:port.")
    return nullcontext() if address is None else at(address, insecure=insecure)


def _kept(*, resume: bool, quiet: bool) -> "Kept":
    """Where an unfinished run is kept: in the user's cache."""
    from platformdirs import user_cache_path

    from forecaster.engine.checkpoint import Kept

    folder = user_cache_path("edip-forecaster", appauthor=False) / "unfinished"
    return Kept(folder, resume, lambda line: None if quiet else click.echo(line, err=True))


def _changed(case: "Case", changes: tuple[str, ...]) -> "Case":
    """Read the case again with the values of --set."""
    from forecaster.case import load

    return load(case.folder, changes) if changes else case


def _refuse_idle(case: "Case", scenarios: tuple[str, ...], changes: tuple[str, ...]) -> None:
    """Refuse a lever of a scenario that is not run, alone or as a part of another: it would move nothing."""
    from forecaster.case.scenarios import run_with
    from models.stress import LEVERS

    asked = scenarios or case.assumptions.run.scenarios
    known = {table.id for table in case.scenarios}
    for change in changes if asked else ():
        name, _, lever = change.partition("=")[0].strip().partition(".")
        if name in known and lever in LEVERS and name not in run_with(case.scenarios, asked):
            raise click.UsageError(
                f"--set {change} changes a scenario that is not run. Name it too: --scenario {name}."
            )


def _default_report() -> Path:
    folder = Path("reports")
    return folder / "edip.xlsx" if folder.is_dir() else Path("edip.xlsx")


def _refuse_inputs(case: "Case", target: Path) -> None:
    names = {name.lower() for name in case.files}  # one file on Windows, whichever the letters
    if target.name.lower() in names and target.parent.resolve() == case.folder.resolve():
        raise click.UsageError(f"{target} is an input of this case. Choose another name with --output.")
    refuse_budgets(target)


def _write(done: "Run", target: Path, *, force: bool) -> None:
    """Write the report. Its program takes a quarter of a second to load, for which no helper need wait."""
    from forecaster import workbook

    workbook.write(done, target, force)


def _answer(done: "Run", target: Path, *, as_json: bool, quiet: bool) -> None:
    from forecaster.findings.answer import answer, summary

    if as_json:
        click.echo(json.dumps({"report": str(target), **summary(done)}, indent=2, allow_nan=False))
    else:
        click.echo("\n".join(answer(done)))
    if not quiet:
        more = len(done.warnings) - SHOWN_WARNINGS
        lines = [f"Warning: {warning}" for warning in done.warnings[:SHOWN_WARNINGS]]
        told = "warning stands" if more == 1 else "warnings stand"
        lines += [f"{more} more {told} on the sheet Provenance."] if more > 0 else []
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
